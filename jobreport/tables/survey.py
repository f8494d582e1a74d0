"""Tables of a survey: every measure before and after, groups, who answered."""

from __future__ import annotations

import pandas as pd

from jobreport.display import Column, Inline, Paragraph, Parts, Table
from jobreport.domain import rules
from jobreport.tables import cells
from jobreport.wording import lines, numbers
from jobreport.wording.cells import Row, rows
from jobreport.wording.labels import Labels
from jobreport.wording.levels import main_measure
from jobreport.wording.survey import shown_groups

ONE_QUESTION = (
    *(("share", "positive"), ("share", "neutral"), ("share", "negative"), ("mean", ""), ("index", ""), ("n", "")),
    *(("dont_know", ""), ("dont_know_n", "")),
)
OF_INDEX = (("index", ""), ("mean", ""), ("n", ""))
OF_ITEM = (("share", "positive"), ("share", "negative"), ("n", ""), ("dont_know", ""))
BASE_OF = {"n": ("share", "positive"), "dont_know_n": ("dont_know", "")}
BASE_NAMES = {"n": "tables.base_of", "dont_know_n": "tables.dont_know_base"}
"""A line of bases is read from the rows of the measure above it."""


def estimates(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, indicator: str) -> Table | Paragraph:
    """Return every measure of an indicator and its questions, a column per wave (or window), bases under the shares.

    Parameters
    ----------
    estimates, changes
        Released rows; windows are shown instead of waves where the estimates hold both of them.
    labels
        Names and language.
    indicator
        Its name.
    """
    wanted = _wanted(labels, indicator)
    waves = _waves(estimates, labels, indicator)
    keys = dict.fromkeys((name, *_read(measure)) for name, measure in wanted)  # a set would bind headers by chance
    table = {key: _by_wave(estimates, labels, *key) for key in keys}
    found = [row for by_wave in table.values() for wave, row in by_wave.items() if wave in waves]
    if not found:
        return lines.nothing(labels, indicator)
    return Table(
        f"table-estimates-{indicator}",
        (*cells.columns(labels, "measure"), *_wave_columns(found, waves)),
        tuple(_line(name, measure, table[name, *_read(measure)], waves, labels) for name, measure in wanted),
        labels.texts.fill(
            "tables.estimates",
            name=labels.indicator(indicator),
            municipality=labels.municipality(labels.code),
            level=numbers.rule("interval_level", labels.language),
        ),
        cells.notes(found, labels, *_beside(labels, indicator, waves)),
        lines.source(labels, indicator),
        simulated=found[0].simulated,
    )


def _beside(labels: Labels, indicator: str, waves: list[str]) -> tuple[Parts, ...]:
    """A warning where columns stand beside each other that may not be compared."""
    apart = len(waves) > 1 and not labels.comparable(indicator)
    return (labels.texts.fill("notes.not_comparable"),) if apart else ()


def _wanted(labels: Labels, indicator: str) -> list[tuple[str, tuple[str, str]]]:
    items = [name for name, _ in labels.codebook.asked_under(indicator)] if labels.codebook else []
    if len(items) < 2:
        return [(indicator, measure) for measure in ONE_QUESTION]
    return [(indicator, m) for m in OF_INDEX] + [(name, m) for name in items for m in OF_ITEM]


def _read(measure: tuple[str, str]) -> tuple[str, str]:
    return BASE_OF.get(measure[0], measure)


def _waves(estimates: pd.DataFrame, labels: Labels, indicator: str) -> list[str]:
    waves = sorted(_by_wave(estimates, labels, indicator, *main_measure(labels, indicator)))
    windows = [wave for wave in waves if "+" in wave]
    return windows if len(windows) > 1 else [wave for wave in waves if "+" not in wave]


def _by_wave(estimates: pd.DataFrame, labels: Labels, name: str, measure: str, category: str) -> dict[str, Row]:
    if measure == "share" and main_measure(labels, name) == ("index", ""):
        measure, category = "index", ""
    which = {"indicator": name, "measure": measure, "category": category, "municipality_code": labels.code}
    return {row.text("wave"): row for row in rows(estimates, "estimates", group_by="", **which)}


def _wave_columns(found: list[Row], waves: list[str]) -> tuple[Column, ...]:
    first = {row.text("wave"): row for row in reversed(found)}
    return tuple(Column((numbers.window(first[wave], "wave"),), "right") for wave in waves)


def _line(
    name: str, measure: tuple[str, str], by_wave: dict[str, Row], waves: list[str], labels: Labels
) -> tuple[Parts, ...]:
    counted = measure[0] in BASE_OF
    shown = [by_wave.get(wave) for wave in waves]
    return (
        _measure(name, measure, _unit(by_wave), labels),
        *(cells.base(row, "n", labels) if counted else cells.with_interval(row, labels) for row in shown),
    )


def _unit(by_wave: dict[str, Row]) -> str:
    return next((row.text("unit") for row in by_wave.values()), "")


def _measure(name: str, measure: tuple[str, str], unit: str, labels: Labels) -> Parts:
    title = labels.indicator(name)
    if measure[0] in BASE_OF:
        return labels.texts.fill(BASE_NAMES[measure[0]], name=title)
    return labels.texts.fill("tables.measure", name=title, measure=_short(measure[1] or measure[0], unit, labels))


def _short(key: str, unit: str, labels: Labels) -> Parts:
    if key == "mean" and unit != f"points_{rules.MEAN_LOWEST:g}_{rules.MEAN_HIGHEST:g}":
        key = "mean_of_other_scale"  # its ends are not those that the rule names
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
            measure=_short(category or measure, found[0].text("unit"), labels),
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
        cells.notes(whole, labels, labels.texts.fill("notes.valid", name=labels.definite(name))),
        lines.source(labels, name),
        simulated=whole[0].simulated,
    )


def _response_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    wave: Inline = numbers.window(row, "wave")
    return ((wave,), *(cells.base(row, column, labels) for column in ("n_invited", "n_answered", "n")))
