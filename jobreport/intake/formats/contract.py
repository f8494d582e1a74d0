"""Read one of the project's own tables: a CSV file or sheet with agreed columns, every cell text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf
from pathlib import Path

import numpy as np
import pandas as pd

from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import content as contents
from jobreport.intake.formats import delimited, tables
from jobreport.intake.formats.content import Content

NOT_STATED = "ikke oplyst"
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
THOUSANDS = r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+"
FIRST_ROW = 2  # the first row of a file names the columns
EXAMPLES = delimited.EXAMPLES


def read(file: Path | Content, where: str, columns: Sequence[str]) -> pd.DataFrame:
    """Read a table and refuse it if a column is missing; spaces around cells go.

    Lines that begin with # are notes. Other columns are kept.
    """
    content = contents.of(file, where)
    if content.parts is not None:
        raise InputRefused([Problem("file_unreadable", where)])
    if content.suffix in tables.WORKBOOKS:
        frame = tables.read_table(content, where).frame
    else:
        rows, _ = delimited.read_rows(content.data, where)
        frame = delimited.frame([row for row in rows if not (row and row[0].startswith("#"))], where)
    absent = [name for name in columns if name not in frame]
    if absent:
        facts = {"columns": absent, "found": list(frame.columns)}
        raise InputRefused([Problem("table_column_missing", where, facts)])
    return frame.map(lambda cell: "" if cell is None else str(cell).strip())


def number(cell: str) -> float:
    """Read a number; a blank or 'ikke oplyst' is NaN. ValueError if it is neither."""
    if cell in ("", NOT_STATED):
        return float("nan")
    value = float(cell) if _NUMBER.fullmatch(cell) else float("inf")  # float() also takes 1_0, nan and other scripts
    if isinf(value):
        raise ValueError("not a number")
    return value


def thousands(column: pd.Series, where: str) -> list[Problem]:
    """Find whole numbers in which a point may stand between thousands: 12.000 is twelve or twelve thousand."""
    wrong = column.str.fullmatch(THOUSANDS)
    facts = {"column": column.name, "rows": [place + FIRST_ROW for place in np.flatnonzero(wrong)[:EXAMPLES].tolist()]}
    return [Problem("number_thousands", where, facts | {"count": int(wrong.sum())})] if wrong.any() else []


def numbers(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    """Read a column of numbers with decimal points; rows that are none are a problem."""
    values, bad = [], []
    for place, cell in enumerate(column):
        try:
            values.append(number(cell))
        except ValueError:
            values.append(float("nan"))
            bad.append(place + 2)
    facts = {"column": column.name, "rows": bad[:EXAMPLES], "count": len(bad)}
    problems = [Problem("table_not_a_number", where, facts)] if bad else []
    return pd.Series(values, index=column.index, dtype=float, name=column.name), problems
