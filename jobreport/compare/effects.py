"""Rows about the treated and the exposed beside the comparison: effect, false dates, and every reasonable choice.

The same comparison by every reasonable choice is there so that nobody can pick the best one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from jobreport.compare.course import Course
from jobreport.compare.effect import Effect
from jobreport.compare.panel import (
    Changes,
    Choice,
    Line,
    Panel,
    Question,
    Window,
    false_windows,
    other_windows,
    unforeseen,
)
from jobreport.compare.permitted import gated, lowered, permitted
from jobreport.compare.rows import COMPARISON, ENDS, Row, effect_numbers, is_clear, joined
from jobreport.domain.released import window_of
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, FEWEST_FOR_TEST, SIMILAR, UNCHANGED_LEVEL


def effect_rows(panel: Panel, asked: Question) -> list[Row]:
    """All rows that compare: for each unit and scale its effect and what it withstands."""
    rows: list[Row] = []
    curves = _curves(panel, asked)
    for choice in asked.choices():
        earlier = false_windows(choice.window, asked.seasons) if asked.false_dates else ()
        dates = [choice, *(replace(choice, window=window) for window in earlier)]
        changes = panel.changes(dates)
        chosen = changes.take([0])
        rows.append(_mean_row(panel, asked, choice, chosen))
        for role, code, codes in asked.roles.units():
            unit: Row = {"role": role, "municipality_code": code}
            found, *before = changes.effects(codes, asked.roles.comparison)
            false = _false_rows(panel, asked, dates[1:], unit, before)
            course = _course(panel, asked, codes, choice)
            limits = _limits(panel, asked, codes, found, false, curves.get(code, []), course)
            lost = len(changes.where(asked.roles.comparison)) - found.n_comparison
            limits["reason"] = joined([str(limits["reason"]), f"comparison_left_out={lost}" if lost else ""])
            rows += [asked.row(panel, choice, "effect", **unit, **effect_numbers(found), **limits), *false]
            rows += _course_rows(panel, asked, choice, unit, found, course)
            if asked.headline and choice == Choice(asked.window, asked.scales[0]):
                rows += _checks(panel, asked, choice, unit, codes, chosen)
    return rows + [row for curve in curves.values() for row in curve]


def _curves(panel: Panel, asked: Question) -> dict[str, list[Row]]:
    if not (asked.specifications and asked.headline):
        return {}
    return {
        code: specification_rows(panel, asked, {"role": role, "municipality_code": code}, codes)
        for role, code, codes in asked.roles.units()
        if len(codes) == 1
    }


def _mean_row(panel: Panel, asked: Question, choice: Choice, changes: Changes) -> Row:
    others = asked.roles.comparison
    (found,) = changes.effects(others[:1], others)
    numbers: Row = {"n_comparison": found.n_comparison, "change": found.mean}
    if found.df > 0:
        mean = Effect(found.mean, found.mean_error, found.df, 0, 0, np.nan, np.nan)
        numbers["standard_error"] = mean.standard_error
        numbers["ci_low"], numbers["ci_high"] = mean.interval()
    place = {"role": "comparison", "municipality_code": COMPARISON}
    return asked.row(panel, choice, "comparison_mean", **place, **numbers)


def _course(panel: Panel, asked: Question, codes: Sequence[str], choice: Choice) -> Course | None:
    seen = np.logical_and.reduce([panel.observed(code) for code in codes])
    line = Line.before(asked.window.before[-1], seen.tolist(), asked.seasons)
    if not asked.headline or line.steps < 2 or len(asked.roles.comparison) < FEWEST_FOR_INTERVAL:
        return None
    found = Course.of(panel.slopes(line, choice.scale), line, asked.window, codes, asked.roles.comparison)
    return found if found.known else None


def _course_rows(
    panel: Panel, asked: Question, choice: Choice, unit: Row, found: Effect, course: Course | None
) -> list[Row]:
    # The course before, what is left of a clear difference if it goes on, and the course that would explain it.
    # Each row names all the waves it rests on, so that it is hidden where one of them is.
    if course is None or found.n_comparison < FEWEST_FOR_INTERVAL:
        return []
    rows: list[Row] = []
    if not choice.adjusted:
        slope = course.slope
        numbers: Row = {"n_comparison": slope.n_comparison, "change": slope.change}
        numbers |= {"standard_error": slope.standard_error} | dict(zip(ENDS, course.interval(), strict=True))
        named = {"wave_before": _named(panel, course.periods), "wave_after": ""}
        rows.append(asked.row(panel, choice, "course", **unit, **named, **numbers))
    if is_clear(found):
        left = course.continued(found)
        numbers = {"n_comparison": left.n_comparison, "change": left.change, "standard_error": left.standard_error}
        numbers |= dict(zip(ENDS, left.interval(), strict=True))
        reason = "" if course.bears(found) else "course_goes_on"
        named = {"wave_before": _named(panel, (*course.periods, *choice.window.before))}
        rows.append(asked.row(panel, choice, "continued", **unit, **named, **numbers, reason=reason))
        numbers = {"n_comparison": found.n_comparison, "change": course.breakdown(found)}
        rows.append(asked.row(panel, choice, "breakdown", **unit, **numbers))
    return rows


def _named(panel: Panel, periods: Sequence[int]) -> str:
    return window_of(panel.periods[i] for i in sorted(set(periods)))


def _limits(
    panel: Panel,
    asked: Question,
    codes: Sequence[str],
    found: Effect,
    false: Sequence[Row],
    curve: Sequence[Row],
    course: Course | None,
) -> Row:
    last = asked.window.before[-1] + 1
    waves_before = min(int(panel.observed(code)[:last].sum()) for code in codes) // asked.seasons
    level, reasons = permitted(found.n_comparison, waves_before)
    stand_out = [str(row["specification"]) for row in false if row["reason"] == "excludes_zero"]
    level, weaknesses = lowered(level, stand_out, sign_changes(curve), tried=bool(curve))
    level, gate = gated(level, clear=is_clear(found), bears=None if course is None else course.bears(found))
    if np.isnan(found.change) and found.n_comparison:
        level, reasons = "description", (*reasons, "own_change_unknown")
    elif found.n_comparison > 1 and np.isnan(found.standard_error):
        level, reasons = "description", (*reasons, "no_spread")
    assumed = panel.assumed if found.n_comparison >= FEWEST_FOR_INTERVAL else ""
    return {"wording_level": level, "reason": joined([*reasons, *weaknesses, *gate, assumed])}


def _false_rows(
    panel: Panel, asked: Question, dates: Sequence[Choice], unit: Row, effects: Sequence[Effect]
) -> list[Row]:
    rows = []
    for date, found in zip(dates, effects, strict=True):
        if not np.isfinite(found.change):
            continue
        named = {"specification": panel.periods[date.window.after[0]]}
        reason = "excludes_zero" if is_clear(found) else ""
        rows.append(asked.row(panel, date, "false_date", **unit, **named, **effect_numbers(found), reason=reason))
    return rows


def _checks(
    panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str], changes: Changes
) -> list[Row]:
    rows = _leave_one_out(panel, asked, choice, unit, codes, changes)
    rows += _path(panel, asked, choice, unit, codes)
    rows += _least_squares(panel, asked, choice, unit, codes, changes)
    if asked.unchanged_margin is not None and choice.scale == "points":
        rows += _unchanged(panel, asked, choice, unit, codes, changes)
    return rows


def _leave_one_out(
    panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str], changes: Changes
) -> list[Row]:
    others = asked.roles.comparison
    left_out = [code for code in others if changes.usable[0, changes.where([code])].any()]
    sets = [[other for other in others if other != code] for code in left_out]
    each = changes.take([0] * len(sets)).effects(codes, *sets) if sets else []
    found = dict(zip(left_out, each, strict=True))
    known = {code: one for code, one in found.items() if np.isfinite(one.change)}
    if len(known) < 2:
        return []
    ends = {
        "min": min(known, key=lambda code: known[code].change),
        "max": max(known, key=lambda code: known[code].change),
    }
    return [
        asked.row(
            panel,
            choice,
            "leave_one_out",
            **unit,
            **effect_numbers(known[code]),
            specification=end,
            reason=f"left_out={code}",
        )
        for end, code in ends.items()
    ]


def _path(panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str]) -> list[Row]:
    last = choice.window.before[-1]
    bases = [(last - (last - period) % asked.seasons, period) for period in range(len(panel.periods))]
    apart = [Window((base,), (period,)) for base, period in bases if period != base and base >= 0]
    steps = [Choice(window, choice.scale, level=choice.window) for window in apart]
    effects = panel.changes(steps).effects(codes, asked.roles.comparison) if steps else []
    rows = []
    for step, found in zip(steps, effects, strict=True):
        if np.isfinite(found.change):
            named = {"specification": panel.periods[step.window.after[0]]}
            rows.append(asked.row(panel, step, "path", **unit, **named, **effect_numbers(found)))
    return rows


def _least_squares(
    panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str], changes: Changes
) -> list[Row]:
    # Regress the changes on being treated (pingouin), municipalities counting by how much they swing at their level.
    # For registers this is the effect again by another road; for surveys, where all count the same, it ignores that
    # some municipalities are measured better than others.
    (change,), (swings,) = changes.change, changes.measured.swings
    others = [i for i in changes.where(asked.roles.comparison) if np.isfinite(change[i])]
    own = [i for i in changes.where(codes) if np.isfinite(change[i])]
    if len(own) < len(codes) or len(others) < FEWEST_FOR_INTERVAL or np.ptp(change[others]) == 0:
        return []
    import pingouin

    treated = np.repeat([1.0, 0.0], [len(own), len(others)])
    weights = 1 / swings[own + others] ** 2
    found = pingouin.linear_regression(treated, change[own + others], weights=weights, as_dataframe=False)
    numbers = {
        "change": found["coef"][1],
        "standard_error": found["se"][1],
        "ci_low": found["CI2.5"][1],
        "ci_high": found["CI97.5"][1],
        "p_value": found["pval"][1] if len(others) >= FEWEST_FOR_TEST else np.nan,
        "n_comparison": len(others),
    }
    return [asked.row(panel, choice, "ols", **unit, **numbers)]


def _unchanged(
    panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str], changes: Changes
) -> list[Row]:
    # 'Unchanged' needs the 90 pct. interval within a margin that was fixed beforehand.
    (found,) = changes.effects(codes, asked.roles.comparison)
    numbers = effect_numbers(found)
    if "ci_low" not in numbers or not np.isfinite(found.change):
        return []
    low, high = found.interval(UNCHANGED_LEVEL)
    margin = abs(float(asked.unchanged_margin or 0.0))
    inside = -margin < low and high < margin
    numbers |= {"ci_low": low, "ci_high": high, "specification": f"margin={margin:g}"}
    reason = "within_margin" if inside else "outside_margin"
    return [asked.row(panel, choice, "unchanged", **unit, **numbers, reason=reason)]


def comparison_sets(panel: Panel, asked: Question, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Sets to compare with: the chosen one, the same region, the most similar level before.

    Similar are the 20 municipalities (at most half of the chosen set) whose level in the chosen window
    before is nearest to that of the treated; a set of fewer than four is left out.
    """
    everyone = asked.roles.comparison
    sets = {"listed" if asked.listed else "all": everyone}
    regions = {asked.regions.get(code, "") for code in codes} - {""}
    if regions:
        sets["region"] = tuple(code for code in everyone if asked.regions.get(code) in regions)
    level = dict(zip(panel.codes, panel.level(asked.window), strict=True))
    own = np.mean([level.get(code, np.nan) for code in codes])
    distance = {c: abs(level[c] - own) for c in everyone if np.isfinite(level.get(c, np.nan))}
    nearest = sorted(distance, key=lambda code: (distance[code], code))
    sets["similar"] = tuple(sorted(nearest[: min(SIMILAR, len(everyone) // 2)]))
    return {name: found for name, found in sets.items() if len(found) >= FEWEST_FOR_INTERVAL}


def specification_rows(panel: Panel, asked: Question, unit: Row, codes: Sequence[str]) -> list[Row]:
    """One row per combination of windows, scale, comparison set, weights and adjustment.

    The chosen combination stands first; its ``specification`` begins with 'chosen;'. Where the event was known to come
    in a period of the window before, it is also done without those periods.
    """
    sets = comparison_sets(panel, asked, codes)
    without = unforeseen(asked.window, asked.foreseen, asked.seasons)
    windows = other_windows(asked.window, len(panel.periods), asked.seasons) + ((without,) if without else ())
    every = [Choice(window, *how) for window in windows for how in panel.choices]
    changes = panel.changes(every).take(np.repeat(np.arange(len(every)), len(sets)).tolist())
    found = iter(changes.effects(codes, *(list(sets.values()) * len(every))) if sets else ())
    rows = []
    for choice in every:
        for name, comparison in sets.items():
            effect = next(found)
            first = choice == Choice(asked.window, asked.scales[0]) and comparison == asked.roles.comparison
            known = {"foreseen": "no" if choice.window == without else "yes"} if without else {}
            key = ("chosen;" if first else "") + _key(choice, name, known)
            if np.isfinite(effect.change):
                row = asked.row(panel, choice, "specification", **unit, **effect_numbers(effect), specification=key)
                rows.append(row)
    return sorted(rows, key=lambda row: not str(row["specification"]).startswith("chosen;"))


def _key(choice: Choice, comparison: str, more: Mapping[str, str]) -> str:
    parts = {
        "before": len(choice.window.before),
        "after": len(choice.window.after),
        "scale": choice.scale,
        "comparison": comparison,
        "weighted": "yes" if choice.weighted else "no",
        "adjusted": "yes" if choice.adjusted else "no",
        **more,
    }
    return ";".join(f"{name}={value}" for name, value in parts.items())


def sign_changes(curve: Sequence[Row]) -> bool:
    """Whether some choices say up and others say down, and one of them is sure of it.

    Counted are choices at least half as precise as the one of the same scale with the chosen windows: the rest is
    mostly noise. Where none is clear no choice gives another answer than "no clear difference".
    """
    precise = that_count(curve)
    signs = {np.sign(row["change"]) for row in precise}  # type: ignore[call-overload]
    return {1.0, -1.0} <= signs and any(row["ci_low"] > 0 or row["ci_high"] < 0 for row in precise)  # type: ignore[operator]


def that_count(curve: Sequence[Row]) -> list[Row]:
    """Return the choices that are at least half as precise as the one of the same scale with the chosen windows.

    Examples
    --------
    >>> curve = [{"scale": "points", "standard_error": error} for error in (1.0, 1.2, 2.0)]
    >>> [row["standard_error"] for row in that_count(curve)]
    [1.0, 1.2]
    >>> that_count([{"scale": "points", "change": 1.0}])
    []
    """
    known = [row for row in curve if "standard_error" in row]  # (too few were asked in the windows of the others)
    reached = {row["scale"]: row["standard_error"] for row in reversed(known)}  # (the chosen windows stand first)
    return [row for row in known if row["standard_error"] <= np.sqrt(2) * reached[row["scale"]]]
