"""Tables of changes: a register series in points and in per cent, and the effect beside its rank."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import COUNTRY, Row, one, rows
from jobreport.page import Paragraph, Parts, Table
from jobreport.tables import cells
from jobreport.wording import lines, numbers
from jobreport.wording.labels import Labels

OTHERS = "comparison"


def register_changes(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str) -> Table | Paragraph:
    """Return a series before and after, its change in points and in per cent, beside the country.

    Parameters
    ----------
    estimates, changes
        Released rows.
    labels
        Names and language.
    series
        The series' name.
    """
    elsewhere = labels.own_event() is None  # then the mean of the others would hold the municipality itself
    codes = [*(code for code, _ in labels.places()), COUNTRY, *([] if elsewhere else [OTHERS])]
    found = [(code, _own(changes, series, code, "points"), _own(changes, series, code, "log")) for code in codes]
    found = [line for line in found if line[1] is not None]
    if not found:
        return lines.nothing(labels, series)
    first = found[0][1]
    assert first is not None  # noqa: S101 - filtered above
    return Table(
        f"table-changes-{series}",
        cells.columns(labels, "municipality", "before", "after", "change_points", "change_per_cent"),
        tuple(_register_line(estimates, code, points, log, labels) for code, points, log in found),
        labels.texts.fill(
            "tables.register_changes",
            name=labels.indicator(series),
            before=numbers.window(first, "wave_before"),
            after=numbers.window(first, "wave_after"),
            unit=labels.axis_unit(first),
        ),
        cells.notes([], labels, *(() if elsewhere else (labels.texts.fill("notes.others_mean"),))),
        lines.source(labels, series),
        simulated=first.simulated,
    )


def _own(changes: pd.DataFrame, series: str, code: str, scale: str) -> Row | None:
    method = "comparison_mean" if code == OTHERS else "change"
    which = {"indicator": series, "measure": "register", "municipality_code": code, "adjustment": ""}
    return one(changes, "changes", method=method, scale=scale, **which)


def _register_line(
    estimates: pd.DataFrame, code: str, points: Row | None, log: Row | None, labels: Labels
) -> tuple[Parts, ...]:
    return (
        cells.words(labels.municipality(code)),
        _level(estimates, points, "wave_before", labels),
        _level(estimates, points, "wave_after", labels),
        cells.value(points, "change", labels, sign=True),
        cells.value(log, "change", labels, sign=True),
    )


def _level(estimates: pd.DataFrame, change: Row | None, column: str, labels: Labels) -> Parts:
    if change is None or change.text("municipality_code") == OTHERS:
        return labels.texts.fill("common.no_number")
    which = {name: change.text(name) for name in ("indicator", "measure", "municipality_code")}
    level = one(estimates, "estimates", wave=change.text(column), **which)
    return cells.value(level, "estimate", labels) if level else labels.texts.fill("common.no_number")


def effects(
    changes: pd.DataFrame, labels: Labels, indicator: str, measure: str = "register", category: str = ""
) -> Table | Paragraph:
    """Return the difference from the other municipalities: interval, rank, p, detectable change, wording level.

    Parameters
    ----------
    changes
        Released changes.
    labels
        Names and language.
    indicator, measure, category
        Which rows; both scales and both adjustments stand in the table.
    """
    which = {"indicator": indicator, "measure": measure, "category": category, "group_by": ""}
    found = rows(changes, "changes", method="effect", **which)
    if not found:
        return lines.nothing(labels, indicator)
    heads = ("municipality", "how", "difference", "interval", "rank", "p_rank", "detectable", "level")
    level = numbers.rule("interval_level", labels.language)
    more = labels.texts.fill("notes.effects", level=level, power=numbers.rule("power", labels.language))
    return Table(
        f"table-effects-{indicator}-{measure}",
        cells.columns(labels, *heads, left=("how", "level")),
        tuple(_effect_line(row, labels) for row in found),
        labels.texts.fill(
            "tables.effects",
            name=labels.indicator(indicator),
            before=numbers.window(found[0], "wave_before"),
            after=numbers.window(found[0], "wave_after"),
        ),
        cells.notes(found, labels, more),
        lines.source(labels, indicator),
        simulated=found[0].simulated,
    )


def _effect_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    mixed = row.text("adjustment") == "mix"
    how = labels.texts.word("tables.mix") if mixed else labels.unit(row, change=True)
    ranked = row.has("rank", "n_comparison")
    return (
        cells.words(labels.municipality(row.text("municipality_code"))),
        cells.words(how),
        cells.value(row, "change", labels, sign=True),
        cells.interval(row, labels),
        _ranked(row, labels) if ranked else labels.texts.fill("common.no_number"),
        (numbers.rank_p(row, labels.language),) if ranked else labels.texts.fill("common.no_number"),
        _detectable(row, labels),
        labels.texts.fill(f"tables.level.{row.text('wording_level') or 'none'}"),
    )


def _ranked(row: Row, labels: Labels) -> Parts:
    of = numbers.ranked(row, labels.language)
    return labels.texts.fill("tables.rank_of", rank=numbers.count(row, "rank", labels.language), of=of)


def _detectable(row: Row, labels: Labels) -> Parts:
    if not row.has("detectable_change"):
        return labels.texts.fill("common.no_number")
    return (numbers.number(row, "detectable_change", labels.language, size=True),)
