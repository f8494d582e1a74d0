"""The results at a glance, as a reader reads them: a row for each question and round, and the report in one line."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.released import Row
from jobreport.domain.texts import texts_of
from jobreport.page import Card, KeyFigure, Parts, plain
from jobreport.report.scope import Scope, series_of
from jobreport.wording import Register
from jobreport.wording.phrases import situation
from jobreport.wording.survey import MOVES, Survey
from jobreport.wording.writer import Writer

HUNDRED = frozenset({"share"})
DECIMALS = 2
NUMBERS = ("estimate", "ci_low", "ci_high")


def results(scope: Scope, *, everybody: bool = False) -> pd.DataFrame:
    """One row per question (or official series) and round of the report's own municipality.

    Parameters
    ----------
    everybody
        Whether it is about all municipalities: theirs by region and name, with the municipality in the first column.

    Returns
    -------
    DataFrame
        With columns named in the report's language, in the order in which they are read; shares are in per cent.
        A number that is hidden or was not asked for is missing, and the last column says why. ``attrs['place']`` is
        the municipality.
    """
    words = texts_of("workbook", scope.params.language)["results"]
    count = words["headers"][7]
    told = [
        (writer.municipality(writer.code), *_told(writer, row, before))
        for writer in (_everybody(scope.writer) if everybody else [scope.writer])
        for row, before in _rows(writer)
    ]
    made = pd.DataFrame(told, columns=[words["municipality"], *words["headers"]]).astype({count: "Int64"})
    made = made if everybody else made.drop(columns=words["municipality"])
    made.attrs["place"] = words["everybody"] if everybody else scope.municipality()
    return made


def _everybody(writer: Writer) -> Iterator[Writer]:
    known = set(writer.estimates["municipality_code"])
    places = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    for place in (one for one in places if one.code in known):
        yield replace(writer, params=writer.params.model_copy(update={"municipality_code": place.code}))


def _rows(writer: Writer) -> Iterator[tuple[Row, str]]:
    # Each question (or official series) and round, and the round before; '' at the first.
    where = {"municipality_code": writer.code, "group_by": ""}
    for name in (*writer.questions_told(), *series_of(writer.params)):
        found = [row for row in writer.rows("estimates", **writer.told_by(name) | where) if not row.spans_waves]
        ordered = sorted(found, key=lambda row: row.text("wave"))
        yield from zip(ordered, ["", *(row.text("wave") for row in ordered)], strict=False)


def _change(writer: Writer, row: Row, before: str) -> Row | None:
    which = {"wave_before": before, "wave_after": row.text("wave"), "scale": "points", "adjustment": "", "group_by": ""}
    official = row.text("measure") == "register"
    found = [] if official or not before else writer.between_rounds((row.text("indicator"),), **which)
    return found[0] if len(found) == 1 else None


def _numbers(row: Row | None, names: tuple[str, ...]) -> list[float]:
    if row is None:
        return [math.nan] * len(names)
    times = 100 if row.text("unit") in HUNDRED else 1
    return [round(row.value(name) * times, DECIMALS) if row.has(name) else math.nan for name in names]


def _told(writer: Writer, row: Row, before: str) -> tuple[Any, ...]:
    numbers = _numbers(row, NUMBERS)
    changed = _numbers(_change(writer, row, before), ("change", "ci_low", "ci_high"))
    what = plain(writer.measure(row, closed=True))
    words = texts_of("workbook", writer.language)["results"]
    base = int(row.value("n")) if row.has("n") else None
    named = (writer.indicator(row.text("indicator")), row.text("wave"), what[:1].upper() + what[1:])
    return (*named, numbers[0], writer.unit(row) or words["points"], *numbers[1:], base, *changed, words[_remark(row)])


def _remark(row: Row) -> str:
    if not row.asked:
        return "not_asked"
    if row.text("measure") == "register":
        return "official"
    return "suppressed" if row.suppressed else "uncertain" if row.uncertain else "plain"


def line(scope: Scope) -> Card | None:
    """Return what a list of reports says of this one; None where it has no figures.

    Its title is the indicator that the report is judged by. Its facts are the latest level with interval, the change
    with interval, and how many answered.
    """
    survey = scope.on(Survey)
    names = survey.told_names() if scope.params.survey is not None else ()
    if names:
        event = scope.writer.own_event()
        chosen = event.outcome.indicator if event is not None and event.outcome is not None else names[0]
        at = names.index(chosen) if chosen in names else 0
        figures = [figure for band in survey.key_figures().blocks for figure in getattr(band, "items", ())]
        return Card((survey.indicator(names[at]),), _of_survey(survey, names[at], figures[at]))
    series = series_of(scope.params)
    items = getattr(scope.on(Register).key_figures(series[0]), "items", ()) if series else ()
    official = (scope.writer.word("glance.official"),)
    return Card(items[0].label, (items[0].parts, items[0].detail, official)) if items else None


def _of_survey(survey: Survey, name: str, figure: KeyFigure) -> tuple[Parts, Parts, Parts]:
    level, change = survey.latest_level(name), survey.change_of(name)
    moved = change is not None and situation(change) in (*MOVES, "described")
    nothing = (survey.word(f"glance.{'hidden' if level is not None else 'not_asked'}"),)
    beside: Parts = figure.detail if moved else (survey.word("glance.no_change"),)
    if level is None or not level.has("estimate"):
        return nothing, beside, nothing
    told = survey.say(f"glance.level{'' if level.has('ci_low', 'ci_high') else '_alone'}", row=level)
    return told, beside, (survey.count(level, "n") if level.has("n") else survey.word("common.not_stated"),)
