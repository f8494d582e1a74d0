"""Tables of a survey: every measure before and after, groups, who answered."""

from __future__ import annotations

import pandas as pd

from jobreport.display import Inline, Paragraph, Parts, Table
from jobreport.tables import cells
from jobreport.wording import lines, numbers
from jobreport.wording.cells import Row, rows
from jobreport.wording.labels import Labels
from jobreport.wording.survey import main_measure, shown_groups

MEASURES = (("share", "positive"), ("share", "neutral"), ("share", "negative"), ("mean", ""), ("index", ""))
DONT_KNOW = ("dont_know", "")


def estimates(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, indicator: str) -> Table | Paragraph:
    """Return every measure of an indicator and its questions: every wave or window, with base and interval.

    Parameters
    ----------
    estimates, changes
        Released rows; the windows of the changes are shown where the estimates hold them.
    labels
        Names and language.
    indicator
        Its name.
    """
    found = [
        row
        for name in _names(labels, indicator)
        for measure, category in (*MEASURES, DONT_KNOW)
        for row in _rows(estimates, changes, labels, name, measure, category)
    ]
    if not found:
        return lines.nothing(labels, indicator)
    return Table(
        f"table-estimates-{indicator}",
        cells.columns(labels, "measure", "wave", "value", "interval", "n", left=("wave",)),
        tuple(_line(row, labels) for row in found),
        labels.texts.fill(
            "tables.estimates", name=labels.indicator(indicator), municipality=labels.municipality(labels.code)
        ),
        cells.notes(found, labels),
        lines.source(labels, indicator),
        simulated=found[0].simulated,
    )


def _names(labels: Labels, indicator: str) -> list[str]:
    known = labels.codebook.indicator(indicator) if labels.codebook else None
    items = [item.name for item in known.items] if known else []
    return [indicator, *(name for name in items if name != indicator)]


def _rows(
    estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, name: str, measure: str, category: str
) -> list[Row]:
    which = {"indicator": name, "measure": measure, "category": category, "municipality_code": labels.code}
    found = rows(estimates, "estimates", group_by="", **which)
    windows = [row for row in found if "+" in row.text("wave")]
    return windows if len(windows) > 1 else found


def _line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    return (
        _measure(row, labels),
        (numbers.window(row, "wave"),),
        cells.value(row, "estimate", labels),
        cells.interval(row, labels),
        cells.base(row, "n", labels),
    )


def _measure(row: Row, labels: Labels) -> Parts:
    key = row.text("category") or row.text("measure")
    return labels.texts.fill(
        "tables.measure", name=labels.indicator(row.text("indicator")), measure=_short(key, labels)
    )


def _short(key: str, labels: Labels) -> Parts:
    names = ("index_lowest", "index_highest", "mean_lowest", "mean_highest")
    return labels.texts.fill(f"tables.measures.{key}", **{name: numbers.rule(name, labels.language) for name in names})


def groups(estimates: pd.DataFrame, labels: Labels, indicator: str, group_by: str) -> Table | Paragraph:
    """Return the main measure of an indicator in every group of a grouping, the suppressed ones named."""
    found = shown_groups(estimates, labels, indicator, group_by)
    if not found:
        return lines.nothing(labels, indicator)
    measure, category = main_measure(labels, indicator)
    return Table(
        f"table-groups-{indicator}-{group_by}",
        cells.columns(labels, "group", "value", "interval", "n"),
        tuple(_group_line(row, labels) for row in found),
        labels.texts.fill(
            "tables.groups",
            name=labels.indicator(indicator),
            grouping=labels.grouping(group_by),
            measure=_short(category or measure, labels),
            wave=numbers.window(found[0], "wave"),
        ),
        cells.notes(found, labels),
        lines.source(labels, indicator),
        simulated=found[0].simulated,
    )


def _group_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    return (
        (labels.group_of(row),),
        cells.value(row, "estimate", labels),
        cells.interval(row, labels),
        cells.base(row, "n", labels),
    )


def response(estimates: pd.DataFrame, labels: Labels) -> Table | Paragraph:
    """Return how many were invited and answered per wave, in all and by group."""
    name = labels.codebook.indicators[0].name if labels.codebook else ""
    measure, category = main_measure(labels, name)
    which = {"indicator": name, "measure": measure, "category": category, "municipality_code": labels.code}
    found = [row for row in rows(estimates, "estimates", **which) if "+" not in row.text("wave")]
    whole = [row for row in found if not row.text("group_by")]
    if not whole:
        return lines.nothing(labels, name)
    return Table(
        "table-response",
        cells.columns(labels, "wave", "invited", "answered", "valid"),
        tuple(_response_line(row, labels) for row in whole),
        labels.texts.fill("tables.response", municipality=labels.municipality(labels.code)),
        cells.notes(whole, labels, labels.texts.fill("notes.valid", name=labels.indicator(name))),
        lines.source(labels, name),
        simulated=whole[0].simulated,
    )


def _response_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    wave: Inline = numbers.window(row, "wave")
    return ((wave,), *(cells.base(row, column, labels) for column in ("n_invited", "n_answered", "n")))
