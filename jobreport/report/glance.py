"""The results at a glance: for each question and round the number that the report tells it by, as a reader reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from jobreport.domain.released import Row, spans_waves
from jobreport.domain.texts import texts_of
from jobreport.page import plain
from jobreport.report import views
from jobreport.report.scope import Scope

HUNDRED = frozenset({"share"})
DECIMALS = 2
NUMBERS = ("estimate", "ci_low", "ci_high")


def results(scope: Scope) -> pd.DataFrame:
    """One row per question (or official series) and round of the report's own municipality.

    Returns
    -------
    DataFrame
        With columns named in the report's language, in the order in which they are read; shares are in per cent.
        A number that is hidden or was not asked for is missing, and the last column says why. ``attrs['place']`` is
        the municipality.
    """
    words = texts_of("workbook", scope.params.language)["results"]
    told = [_told(scope, row) for row in _rows(scope)]
    made = pd.DataFrame(told, columns=list(words["headers"])).astype({words["headers"][7]: "Int64"})
    made.attrs["place"] = scope.municipality()
    return made


def _rows(scope: Scope) -> Iterator[Row]:
    writer = scope.writer
    where = {"municipality_code": scope.params.municipality_code, "group_by": ""}
    told = [writer.told_by(name) for name in writer.questions_told()]
    told += [{"indicator": name, "measure": "register", "category": ""} for name in views.series_of(scope.params)]
    for which in told:
        found = [row for row in writer.rows("estimates", **which | where) if not spans_waves(row.text("wave"))]
        yield from sorted(found, key=lambda row: row.text("wave"))


def _told(scope: Scope, row: Row) -> tuple[Any, ...]:
    writer = scope.writer
    times = 100 if row.text("unit") in HUNDRED else 1
    numbers = [round(row.value(name) * times, DECIMALS) if row.has(name) else math.nan for name in NUMBERS]
    what = plain(writer.measure(row, closed=True))
    words = texts_of("workbook", scope.params.language)["results"]
    base = int(row.value("n")) if row.has("n") else None
    named = (writer.indicator(row.text("indicator")), row.text("wave"), what[:1].upper() + what[1:])
    return (*named, numbers[0], writer.unit(row) or words["points"], *numbers[1:], base, words[_remark(row)])


def _remark(row: Row) -> str:
    if not row.asked:
        return "not_asked"
    if row.text("measure") == "register":
        return "official"
    return "suppressed" if row.suppressed else "uncertain" if row.uncertain else "plain"
