"""Tables of a survey: every measure before and after, groups, who answered."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from jobreport.domain.released import Row, rows, spans_waves
from jobreport.page import Column, Inline, Paragraph, Parts, Table
from jobreport.tables import cells
from jobreport.wording import lines, numbers
from jobreport.wording.labels import Labels
from jobreport.wording.levels import main_measure, questions_told, without_index
from jobreport.wording.survey import shown_groups

ONE_QUESTION = (
    *(("share", "positive"), ("share", "neutral"), ("share", "negative"), ("mean", ""), ("index", ""), ("n", "")),
    *(("dont_know", ""), ("dont_know_n", "")),
)
OF_INDEX = (("index", ""), ("mean", ""), ("n", ""))
OF_ITEM = (("share", "positive"), ("share", "negative"), ("n", ""), ("dont_know", ""))
OF_TABLE = (("share", "positive"), ("share", "negative"), ("mean", ""), ("n", ""), ("dont_know", ""))
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
    keys = dict.fromkeys(
        (name, *_read(measure, labels, name)) for name, measure in wanted
    )  # a set would bind by chance
    waves = _waves(estimates, labels, next(iter(keys))[0])
    table = {key: _by_wave(estimates, labels, *key) for key in keys}
    found = [row for by_wave in table.values() for wave, row in by_wave.items() if wave in waves]
    if not found:
        return lines.nothing(labels, indicator)
    return Table(
        f"table-estimates-{indicator}",
        (*cells.columns(labels, "measure"), *_wave_columns(found, waves)),
        tuple(
            _line(name, measure, table[name, *_read(measure, labels, name)], waves, labels) for name, measure in wanted
        ),
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
        return [
            (indicator, m) for m in (*_single_answers(labels, indicator), *_offered(labels, indicator, ONE_QUESTION))
        ]
    index = [] if without_index(labels, indicator) else [(indicator, m) for m in OF_INDEX]
    of_item = OF_TABLE if labels.of_table else OF_ITEM
    return index + [
        (name, m) for name in items for m in (*_single_answers(labels, name), *_offered(labels, name, of_item))
    ]


def _offered(labels: Labels, name: str, measures: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out 'don't know' of a question that had no such answer."""
    question = labels.question(name)
    none = question is not None and not question.has_dont_know
    return [measure for measure in measures if not (none and measure[0].startswith("dont_know"))]


def _single_answers(labels: Labels, name: str) -> list[tuple[str, str]]:
    """Answers that a table gave one by one, where it gave no box of them."""
    held = sorted(labels.held.get(name, ()))
    boxed = ("share", "positive") in held
    return [each for each in held if each[1].startswith("answer_") and not boxed]


def _read(measure: tuple[str, str], labels: Labels, name: str) -> tuple[str, str]:
    """The row that a line is read from: a base stands in that of the measure it is the base of."""
    if measure[0] == "n" and labels.of_table:
        return main_measure(labels, name)
    return BASE_OF.get(measure[0], measure)


def _waves(estimates: pd.DataFrame, labels: Labels, indicator: str) -> list[str]:
    waves = sorted(_by_wave(estimates, labels, indicator, *main_measure(labels, indicator)))
    windows = [wave for wave in waves if spans_waves(wave)]
    return windows if len(windows) > 1 else [wave for wave in waves if not spans_waves(wave)]


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
        _measure(name, measure, labels),
        *(cells.base(row, "n", labels) if counted else cells.with_interval(row, labels) for row in shown),
    )


def _measure(name: str, measure: tuple[str, str], labels: Labels) -> Parts:
    title = labels.indicator(name)
    if measure[0] in BASE_OF:
        return labels.texts.fill(BASE_NAMES[measure[0]], name=title)
    return labels.texts.fill("tables.measure", name=title, measure=_short(measure[1] or measure[0], labels, name))


def _short(key: str, labels: Labels, name: str) -> Parts:
    question = labels.question(name)
    if key.startswith("answer_") and question is not None:
        return labels.texts.fill("tables.answer", answer=labels.box(question, key))
    ends = {end: numbers.rule(end, labels.language) for end in ("index_lowest", "index_highest")}
    return labels.texts.fill(f"tables.measures.{key}", **ends, **labels.scale_ends(name))


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
            measure=_short(category or measure, labels, indicator),
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
    name = next(iter(questions_told(labels)), "")
    measure, category = main_measure(labels, name)
    which = {"indicator": name, "measure": measure, "category": category, "municipality_code": labels.code}
    found = [row for row in rows(estimates, "estimates", **which) if not row.spans_waves]
    whole = [row for row in found if not row.text("group_by")]
    if not whole:
        return lines.nothing(labels, name)
    return Table(
        "table-response",
        cells.columns(labels, "wave", "invited", "answered", "valid"),
        tuple(_response_line(row, labels) for row in whole),
        labels.texts.fill("tables.response", municipality=labels.municipality(labels.code)),
        cells.notes(whole, labels, labels.texts.fill("notes.valid", name=labels.about(name))),
        lines.source(labels, name),
        simulated=whole[0].simulated,
    )


def _response_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    wave: Inline = numbers.window(row, "wave")
    return ((wave,), *(cells.base(row, column, labels) for column in ("n_invited", "n_answered", "n")))
