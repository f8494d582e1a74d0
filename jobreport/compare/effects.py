"""Rows about the treated and the exposed beside the comparison: effect, false dates, and every reasonable choice.

The same comparison by every reasonable choice is there so that nobody can pick the best one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
from jobreport.domain.rules import (
    COURSE_LEVEL,
    FEWEST_FOR_INTERVAL,
    FEWEST_FOR_TEST,
    INTERVAL_LEVEL,
    SIMILAR,
    UNCHANGED_LEVEL,
)

OF_REGRESSION = {"change": "coef", "standard_error": "se", "ci_low": "CI2.5", "ci_high": "CI97.5", "p_value": "pval"}


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
        for unit in asked.roles.units():
            one = _Unit(panel, asked, choice, chosen, *unit)
            found, *before = changes.effects(one.codes, one.others)
            false, course = [*one.false_dates(dates[1:], before)], one.course()
            rows += [one.row("effect", **effect_numbers(found), **one.limits(found, false, curves, course)), *false]
            rows += one.course_rows(found, course)
            if asked.headline and choice == Choice(asked.window, asked.scales[0]):
                rows += one.checks()
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
        numbers = _certain(Effect(found.mean, found.mean_error, found.df, 0, found.n_comparison, np.nan, np.nan))
    place = {"role": "comparison", "municipality_code": COMPARISON}
    return asked.row(panel, choice, "comparison_mean", **place, **numbers)


def _certain(found: Effect, level: float = INTERVAL_LEVEL) -> Row:
    numbers: Row = {"n_comparison": found.n_comparison, "change": found.change, "standard_error": found.standard_error}
    return numbers | dict(zip(ENDS, found.interval(level), strict=True))


@dataclass(frozen=True)
class _Unit:
    """Who is treated or exposed, alone or together, beside the comparison by one choice, with its changes."""

    panel: Panel
    asked: Question
    choice: Choice
    changes: Changes
    role: str
    code: str
    codes: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        return self.asked.roles.comparison

    def row(self, method: str, choice: Choice | None = None, /, **values: object) -> Row:
        unit = {"role": self.role, "municipality_code": self.code}
        return self.asked.row(self.panel, choice or self.choice, method, **unit, **values)

    def course(self) -> Course | None:
        seen = np.logical_and.reduce([self.panel.observed(code) for code in self.codes])
        line = Line.before(self.asked.window.before[-1], seen.tolist(), self.asked.seasons)
        if not self.asked.headline or line.steps < 2 or len(self.others) < FEWEST_FOR_INTERVAL:
            return None
        slopes = self.panel.slopes(line, self.choice.scale)
        found = Course.of(slopes, line, self.asked.window, self.codes, self.others)
        return found if found.known else None

    def course_rows(self, found: Effect, course: Course | None) -> Iterator[Row]:
        # The course before, what is left of a clear difference if it goes on, and the course that would explain it.
        # Each row names all the waves it rests on, so that it is hidden where one of them is.
        if course is None or found.n_comparison < FEWEST_FOR_INTERVAL:
            return
        if not self.choice.adjusted:
            named = {"wave_before": self._named(course.periods), "wave_after": ""}
            yield self.row("course", **named, **_certain(course.slope, COURSE_LEVEL))
        if is_clear(found):
            reason = "" if course.bears(found) else "course_goes_on"
            named = {"wave_before": self._named((*course.periods, *self.choice.window.before)), "reason": reason}
            yield self.row("continued", **named, **_certain(course.continued(found)))
            yield self.row("breakdown", n_comparison=found.n_comparison, change=course.breakdown(found))

    def _named(self, periods: Sequence[int]) -> str:
        return window_of(self.panel.periods[i] for i in sorted(set(periods)))

    def limits(
        self, found: Effect, false: Sequence[Row], curves: Mapping[str, Sequence[Row]], course: Course | None
    ) -> Row:
        last, curve = self.asked.window.before[-1] + 1, curves.get(self.code, ())
        waves_before = min(int(self.panel.observed(code)[:last].sum()) for code in self.codes) // self.asked.seasons
        level, reasons = permitted(found.n_comparison, waves_before)
        stand_out = [str(row["specification"]) for row in false if row["reason"] == "excludes_zero"]
        level, weaknesses = lowered(level, stand_out, sign_changes(curve), tried=bool(curve))
        level, gate = gated(level, clear=is_clear(found), bears=None if course is None else course.bears(found))
        if np.isnan(found.change) and found.n_comparison:
            level, reasons = "description", (*reasons, "own_change_unknown")
        elif found.n_comparison > 1 and np.isnan(found.standard_error):
            level, reasons = "description", (*reasons, "no_spread")
        assumed = self.panel.assumed if found.n_comparison >= FEWEST_FOR_INTERVAL else ""
        lost = len(self.changes.where(self.others)) - found.n_comparison
        left_out = f"comparison_left_out={lost}" if lost else ""
        return {"wording_level": level, "reason": joined([*reasons, *weaknesses, *gate, assumed, left_out])}

    def false_dates(self, dates: Sequence[Choice], effects: Sequence[Effect]) -> Iterator[Row]:
        for date, found in zip(dates, effects, strict=True):
            if np.isfinite(found.change):
                named = {"specification": self.panel.periods[date.window.after[0]]}
                reason = "excludes_zero" if is_clear(found) else ""
                yield self.row("false_date", date, **named, **effect_numbers(found), reason=reason)

    def checks(self) -> Iterator[Row]:
        yield from self._leave_one_out()
        yield from self._path()
        yield from self._least_squares()
        if self.asked.unchanged_margin is not None and self.choice.scale == "points":
            yield from self._unchanged(abs(float(self.asked.unchanged_margin)))

    def _leave_one_out(self) -> Iterator[Row]:
        usable = self.changes.usable[0]
        left_out = [code for code in self.others if usable[self.changes.where([code])].any()]
        sets = [[other for other in self.others if other != code] for code in left_out]
        each = self.changes.take([0] * len(sets)).effects(self.codes, *sets) if sets else []
        known = {code: one for code, one in zip(left_out, each, strict=True) if np.isfinite(one.change)}
        for end, choose in {"min": min, "max": max}.items() if len(known) > 1 else ():
            code = choose(known, key=lambda code: known[code].change)
            told = {"specification": end, "reason": f"left_out={code}"}
            yield self.row("leave_one_out", **effect_numbers(known[code]), **told)

    def _path(self) -> Iterator[Row]:
        last, seasons, periods = self.choice.window.before[-1], self.asked.seasons, self.panel.periods
        bases = [(last - (last - period) % seasons, period) for period in range(len(periods))]
        apart = [Window((base,), (period,)) for base, period in bases if period != base and base >= 0]
        steps = [Choice(window, self.choice.scale, level=self.choice.window) for window in apart]
        effects = self.panel.changes(steps).effects(self.codes, self.others) if steps else []
        for step, found in zip(steps, effects, strict=True):
            if np.isfinite(found.change):
                yield self.row("path", step, specification=periods[step.window.after[0]], **effect_numbers(found))

    def _least_squares(self) -> Iterator[Row]:
        # Regress the changes on being treated (pingouin), municipalities counting by how much they swing at their
        # level. For registers this is the effect again by another road; for surveys, where all count the same, it
        # ignores that some municipalities are measured better than others.
        (change,), (swings,) = self.changes.change, self.changes.swings
        own, others = (
            [i for i in self.changes.where(codes) if np.isfinite(change[i])] for codes in (self.codes, self.others)
        )
        if len(own) < len(self.codes) or len(others) < FEWEST_FOR_INTERVAL or np.ptp(change[others]) == 0:
            return
        import pingouin

        treated = np.repeat([1.0, 0.0], [len(own), len(others)])
        weights = 1 / swings[own + others] ** 2
        found = pingouin.linear_regression(treated, change[own + others], weights=weights, as_dataframe=False)
        numbers = {name: found[of][1] for name, of in OF_REGRESSION.items()}
        if len(others) < FEWEST_FOR_TEST:
            numbers["p_value"] = np.nan
        yield self.row("ols", **numbers, n_comparison=len(others))

    def _unchanged(self, margin: float) -> Iterator[Row]:
        # 'Unchanged' needs the 90 pct. interval within a margin that was fixed beforehand.
        (found,) = self.changes.effects(self.codes, self.others)
        if found.n_comparison < FEWEST_FOR_INTERVAL or not np.isfinite(found.change):
            return
        low, high = found.interval(UNCHANGED_LEVEL)
        numbers = effect_numbers(found) | {"ci_low": low, "ci_high": high, "specification": f"margin={margin:g}"}
        reason = "within_margin" if -margin < low and high < margin else "outside_margin"
        yield self.row("unchanged", **numbers, reason=reason)


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
