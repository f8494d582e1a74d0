"""The project's own tables: a CSV file or sheet with agreed columns, every cell text, and how wrong ones are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import isinf
from pathlib import Path

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import content as contents
from jobreport.intake.formats import delimited, tables
from jobreport.intake.formats.content import Content
from jobreport.setup.coding import plain

NOT_STATED = "ikke oplyst"
NO_NUMBER = float("inf")  # no figure is without end
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
    """Read a number; a blank or 'ikke oplyst' is NaN, and what is neither is `NO_NUMBER`."""
    if cell in ("", NOT_STATED):
        return float("nan")
    value = float(cell) if _NUMBER.fullmatch(cell) else NO_NUMBER  # float() also takes 1_0, nan and other scripts
    return NO_NUMBER if isinf(value) else value


def thousands(column: pd.Series, where: str) -> list[Problem]:
    """Find whole numbers in which a point may stand between thousands: 12.000 is twelve or twelve thousand."""
    wrong = column.str.fullmatch(THOUSANDS)
    return [Problem("number_thousands", where, {"column": column.name, **in_rows(wrong)})] if wrong.any() else []


def numbers(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    """Read a column of numbers with decimal points; rows that are none are a problem."""
    read = column.map(number)
    wrong = read == NO_NUMBER
    facts = {"column": column.name, **in_rows(wrong)}
    problems = [Problem("table_not_a_number", where, facts)] if wrong.any() else []
    return read.mask(wrong).astype(float), problems


def in_rows(wrong: pd.Series) -> dict[str, object]:
    """Name the first rows of a file of which a mask is true, and count them all.

    Examples
    --------
    >>> in_rows(pd.Series([False, True], index=[0, 7]))
    {'rows': [9], 'count': 1}
    """
    rows = [int(place) + FIRST_ROW for place in wrong.index[wrong.to_numpy(dtype=bool)]]
    return {"rows": rows[:EXAMPLES], "count": len(rows)}


def unknown(cells: pd.Series, where: str) -> Problem:
    """Refuse the cells of one of the project's own tables; the index gives the rows of the file."""
    rows = in_rows(pd.Series(True, index=cells.index))
    return Problem("table_municipality_unknown", where, {"column": cells.name, "values": told(cells), **rows})


def told(cells: Iterable[object]) -> list[dict[str, object]]:
    """Write the most frequent cells that name no municipality, each with what it may be and how often it stands.

    Examples
    --------
    >>> [one["da"] for one in told(["107", "107", "Ishoi"])]
    ['107 (0153, Brøndby, læst som oktaltal) ×2', 'Ishoi (tættest på Ishøj 183) ×1']
    """
    counted: Counter[tuple[str, str]] = Counter()
    for cell, times in Counter(map(plain, cells)).items():
        written = municipalities.told(cell)
        counted[written["da"], written["en"]] += times
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:EXAMPLES]
    return [{"da": f"{da} ×{times}", "en": f"{en} ×{times}"} for (da, en), times in ordered]
