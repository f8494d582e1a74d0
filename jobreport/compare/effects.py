"""Rows about the treated and the exposed beside the comparison: effect, false dates, robustness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jobreport.compare.panel import Changes, Choice, Panel
from jobreport.compare.permitted import lowered, permitted
from jobreport.compare.question import Question
from jobreport.compare.rows import COMPARISON, Row, effect_numbers, joined
from jobreport.compare.specification import sign_changes, specification_rows
from jobreport.compare.windows import Window, false_windows
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, FEWEST_FOR_TEST, UNCHANGED_LEVEL


def effect_rows(panel: Panel, asked: Question) -> list[Row]:
    """All rows that compare: for each unit and scale its effect and what it withstands."""
    rows: list[Row] = []
    curves = _curves(panel, asked)
    for scale in asked.scales:
        for adjusted in asked.adjustments if scale == "points" else (False,):
            choice = Choice(asked.window, scale, adjusted=adjusted)
            changes = panel.changes(choice)
            rows.append(_mean_row(panel, asked, choice, changes))
            for role, code, codes in asked.roles.units():
                unit: Row = {"role": role, "municipality_code": code}
                false = _false_rows(panel, asked, choice, unit, codes) if asked.false_dates else []
                curve = curves.get(code, [])
                rows.append(_effect_row(panel, asked, choice, unit, codes, changes, false, curve))
                rows += false
                if asked.headline and choice == Choice(asked.window, asked.scales[0]):
                    rows += _checks(panel, asked, choice, unit, codes, changes)
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
    """The mean change of the comparison municipalities, which every effect is measured against."""
    others = asked.roles.comparison
    found = changes.effect(others[:1], others)
    numbers: Row = {"n_comparison": found.n_comparison, "change": found.mean}
    if found.df > 0:
        mean = type(found)(found.mean, found.mean_error, found.df, 0, 0, np.nan, np.nan)
        numbers["standard_error"] = mean.standard_error
        numbers["ci_low"], numbers["ci_high"] = mean.interval()
    place = {"role": "comparison", "municipality_code": COMPARISON}
    return asked.row(panel, choice, "comparison_mean", **place, **numbers)


def _effect_row(
    panel: Panel,
    asked: Question,
    choice: Choice,
    unit: Row,
    codes: Sequence[str],
    changes: Changes,
    false: Sequence[Row],
    curve: Sequence[Row],
) -> Row:
    found = changes.effect(codes, asked.roles.comparison)
    last = asked.window.before[-1] + 1
    waves_before = min(int(panel.observed(code)[:last].sum()) for code in codes) // asked.seasons
    level, reasons = permitted(found.n_comparison, waves_before)
    stand_out = [str(row["specification"]) for row in false if row["reason"] == "excludes_zero"]
    level, weaknesses = lowered(level, stand_out, sign_changes(curve), tried=bool(curve))
    lost = len(changes.where(asked.roles.comparison)) - found.n_comparison
    dropped = f"comparison_left_out={lost}" if lost else ""
    if np.isnan(found.change) and found.n_comparison:
        level, reasons = "description", (*reasons, "own_change_unknown")
    elif found.n_comparison > 1 and np.isnan(found.standard_error):
        level, reasons = "description", (*reasons, "no_spread")
    return asked.row(
        panel,
        choice,
        "effect",
        **unit,
        **effect_numbers(found),
        wording_level=level,
        reason=joined([*reasons, *weaknesses, dropped]),
    )


def _false_rows(panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str]) -> list[Row]:
    rows = []
    for window in false_windows(choice.window, asked.seasons):
        false = Choice(window, choice.scale, choice.weighted, choice.adjusted)
        found = panel.changes(false).effect(codes, asked.roles.comparison)
        if not np.isfinite(found.change):
            continue
        numbers = effect_numbers(found)
        low, high = (numbers.get(end, np.nan) for end in ("ci_low", "ci_high"))
        stands_out = bool(low > 0 or high < 0)  # type: ignore[operator]
        named = {"specification": panel.periods[window.after[0]]}
        reason = "excludes_zero" if stands_out else ""
        rows.append(asked.row(panel, false, "false_date", **unit, **named, **numbers, reason=reason))
    return rows


def _checks(
    panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str], changes: Changes
) -> list[Row]:
    """Leave-one-out, the path, least squares and, if asked, the interval for 'unchanged'."""
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
    found = {
        code: changes.effect(codes, [other for other in others if other != code])
        for code in (changes.codes[i] for i in changes.usable(others))
    }
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
    """Every period beside the last one before the event, of the same season: did the municipalities move alike?"""
    last = choice.window.before[-1]
    rows = []
    for period in range(len(panel.periods)):
        base = last - (last - period) % asked.seasons
        if period == base or base < 0:
            continue
        window = Window((base,), (period,))
        found = panel.changes(Choice(window, choice.scale)).effect(codes, asked.roles.comparison)
        if not np.isfinite(found.change):
            continue
        named = {"specification": panel.periods[period]}
        step = Choice(window, choice.scale)
        rows.append(asked.row(panel, step, "path", **unit, **named, **effect_numbers(found)))
    return rows


def _least_squares(
    panel: Panel, asked: Question, choice: Choice, unit: Row, codes: Sequence[str], changes: Changes
) -> list[Row]:
    """Regress the changes on being treated (pingouin), all municipalities counting the same.

    For registers this is the effect again by another road; for surveys it ignores that some
    municipalities are measured better than others.
    """
    others = [i for i in changes.where(asked.roles.comparison) if np.isfinite(changes.change[i])]
    own = [i for i in changes.where(codes) if np.isfinite(changes.change[i])]
    if len(own) < len(codes) or len(others) < FEWEST_FOR_INTERVAL or np.ptp(changes.change[others]) == 0:
        return []
    import pingouin

    treated = np.repeat([1.0, 0.0], [len(own), len(others)])
    found = pingouin.linear_regression(treated, changes.change[own + others], as_dataframe=False)
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
    """'Unchanged' needs the 90 pct. interval within a margin that was fixed beforehand."""
    found = changes.effect(codes, asked.roles.comparison)
    numbers = effect_numbers(found)
    if "ci_low" not in numbers or not np.isfinite(found.change):
        return []
    low, high = found.interval(UNCHANGED_LEVEL)
    margin = abs(float(asked.unchanged_margin or 0.0))
    inside = -margin < low and high < margin
    numbers |= {"ci_low": low, "ci_high": high, "specification": f"margin={margin:g}"}
    reason = "within_margin" if inside else "outside_margin"
    return [asked.row(panel, choice, "unchanged", **unit, **numbers, reason=reason)]
