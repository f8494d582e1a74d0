"""Tables of counts that belong to a survey: invited and answered, known margins, who served whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import Problem
from jobreport.intake.formats import contract
from jobreport.intake.formats.content import Content

INVITED_COLUMNS = ("wave", "municipality_code", "group_by", "group", "n_invited", "n_answered")
POPULATION = "n_population"
MARGIN_COLUMNS = ("wave", "municipality_code", "group_by", "group", "count")
JOBCENTRE_COLUMNS = (
    "jobcentre", "jobcentre_municipality_code", "municipality_code", "valid_from", "valid_to", "source",
)  # fmt: skip


def read_invited(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read invited and answered per wave, municipality and group; both blank where not stated.

    ``n_population``, how many there are in all, is a column that may be left out.
    """
    counted = ("n_invited", "n_answered", POPULATION)
    frame, problems = _counts(file, where, INVITED_COLUMNS, counted, optional=(POPULATION,))
    for key, more in (
        ("answered_above_invited", frame["n_answered"] > frame["n_invited"]),
        ("invited_above_population", frame[["n_invited", "n_answered"]].max(axis=1) > frame[POPULATION]),
    ):
        if more.any():
            problems.append(Problem(key, where, contract.in_rows(more)))
    return frame, problems


def read_margins(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read known numbers of persons per wave, municipality and group.

    ``group_by`` names one group column, or several joined by '*' for a joint table; then ``group``
    joins the keys by '*' as well.
    """
    return _counts(file, where, MARGIN_COLUMNS, ("count",))


def read_jobcentres(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read which jobcentre served which municipality, and when ('ikke oplyst' stays as it is)."""
    frame = contract.read(file, where, JOBCENTRE_COLUMNS)[list(JOBCENTRE_COLUMNS)].copy()
    problems = []
    for name in ("jobcentre_municipality_code", "municipality_code"):
        frame[name], found = _codes(frame[name], where)
        problems += found
    return frame, problems


def _counts(
    file: Path | Content, where: str, columns: Sequence[str], counted: Sequence[str], optional: Sequence[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    frame = contract.read(file, where, columns)
    frame = frame.assign(**{name: "" for name in optional if name not in frame})[[*columns, *optional]].copy()
    frame["municipality_code"], problems = _codes(frame["municipality_code"], where)
    for name in counted:
        problems += contract.thousands(frame[name], where)
        frame[name], found = contract.numbers(frame[name], where)
        problems += found
        below = (frame[name] < 0) | (frame[name] % 1 != 0) & frame[name].notna()
        if below.any():
            problems.append(Problem("count_impossible", where, contract.in_rows(below)))
    again = frame.duplicated(["wave", "municipality_code", "group_by", "group"]) & frame["municipality_code"].notna()
    if again.any():
        problems.append(Problem("count_row_twice", where, contract.in_rows(again)))
    return frame, problems


def _codes(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    codes = column.map(municipalities.recognise)
    unknown = codes.isna()
    return codes, [contract.unknown(column[unknown], where)] if unknown.any() else []
