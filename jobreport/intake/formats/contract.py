"""The project's own tables, with agreed columns: how they are read, how wrong ones are told, and those of counts.

Counts belong to a survey: invited and answered, known margins, who served whom.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both
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
INVITED_COLUMNS = ("wave", "municipality_code", "group_by", "group", "n_invited", "n_answered")
POPULATION = "n_population"
MARGIN_COLUMNS = ("wave", "municipality_code", "group_by", "group", "count")
JOBCENTRE_COLUMNS = (
    "jobcentre", "jobcentre_municipality_code", "municipality_code", "valid_from", "valid_to", "source",
)  # fmt: skip


def read(file: Path | Content, where: str, columns: Sequence[str]) -> pd.DataFrame:
    """Read a table and refuse it if a column is missing; spaces around cells go.

    Lines that begin with # are notes. Other columns are kept.
    """
    content = contents.of_answers(file, where)
    if content.parts is not None:
        raise InputRefused([Problem("file_unreadable", where)])
    if content.suffix in tables.WORKBOOKS:
        frame = tables.read_table(content, where).frame
    else:
        rows, _ = delimited.read_rows(content.data, where)
        frame = delimited.frame([row for row in rows if not (row and row[0].startswith("#"))], where)
    if absent := [name for name in columns if name not in frame]:
        facts = {"columns": absent, "found": list(frame.columns)}
        raise InputRefused([Problem("table_column_missing", where, facts)])
    cells = [["" if cell is None else str(cell).strip() for cell in row] for row in frame.to_numpy(object).tolist()]
    return pd.DataFrame(cells, frame.index, frame.columns)


def number(cell: str) -> float:
    """Read a number; a blank or 'ikke oplyst' is NaN, and what is neither is without end (`NO_NUMBER`)."""
    if cell in ("", NOT_STATED):
        return float("nan")
    return float(cell) if _NUMBER.fullmatch(cell) else NO_NUMBER  # float() also takes 1_0, nan and other scripts


def thousands(column: pd.Series, where: str) -> list[Problem]:
    """Find whole numbers in which a point may stand between thousands: 12.000 is twelve or twelve thousand."""
    return breach("number_thousands", where, column.str.fullmatch(THOUSANDS), column=column.name)


def numbers(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    """Read a column of numbers with decimal points; rows that are none are a problem."""
    read = pd.Series([number(cell) for cell in column.to_numpy(object)], column.index, float, column.name)
    wrong = read.abs() == NO_NUMBER
    return read.mask(wrong), breach("table_not_a_number", where, wrong, column=column.name)


def breach(key: str, where: str, wrong: pd.Series, /, **facts: object) -> list[Problem]:
    """Refuse the rows of a file of which a mask is true: at most five by their number, and how many there are.

    Examples
    --------
    >>> breach("count_impossible", "x.csv", pd.Series([False, True], index=[0, 7]))[0].values
    {'rows': '9', 'count': 1}
    """
    rows = [int(place) + FIRST_ROW for place in wrong.index.to_numpy()[wrong.to_numpy(dtype=bool)]]
    shown, more = ", ".join(map(str, rows[:EXAMPLES])), len(rows) - EXAMPLES
    told = both("rows.more", shown=shown, more=more) if more > 0 else shown
    return [Problem(key, where, {**facts, "rows": told, "count": len(rows)})] if rows else []


def unknown(cells: pd.Series, where: str) -> list[Problem]:
    """Refuse cells of one of the project's own tables, if there are any; the index gives the rows of the file."""
    all_of_them = pd.Series(True, index=cells.index)
    return breach("table_municipality_unknown", where, all_of_them, column=cells.name, values=told(cells))


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


def read_invited(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read invited and answered per wave, municipality and group; both blank where not stated.

    ``n_population``, how many there are in all, is a column that may be left out.
    """
    counted = ("n_invited", "n_answered", POPULATION)
    frame, problems = _counts(file, where, INVITED_COLUMNS, counted, optional=(POPULATION,))
    problems += breach("answered_above_invited", where, frame["n_answered"] > frame["n_invited"])
    more = frame[["n_invited", "n_answered"]].max(axis=1) > frame[POPULATION]
    return frame, problems + breach("invited_above_population", where, more)


def read_margins(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read known numbers of persons per wave, municipality and group.

    ``group_by`` names one group column, or several joined by '*' for a joint table; then ``group``
    joins the keys by '*' as well.
    """
    return _counts(file, where, MARGIN_COLUMNS, ("count",))


def read_jobcentres(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read which jobcentre served which municipality, and when ('ikke oplyst' stays as it is)."""
    frame = read(file, where, JOBCENTRE_COLUMNS)[list(JOBCENTRE_COLUMNS)].copy()
    problems = []
    for name in ("jobcentre_municipality_code", "municipality_code"):
        frame[name], found = _codes(frame[name], where)
        problems += found
    return frame, problems


def _counts(
    file: Path | Content, where: str, columns: Sequence[str], counted: Sequence[str], optional: Sequence[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    frame = read(file, where, columns)
    frame = frame.assign(**{name: "" for name in optional if name not in frame})[[*columns, *optional]].copy()
    frame["municipality_code"], problems = _codes(frame["municipality_code"], where)
    for name in counted:
        problems += thousands(frame[name], where)
        frame[name], found = numbers(frame[name], where)
        problems += found
        problems += breach("count_impossible", where, (frame[name] < 0) | (frame[name] % 1 > 0))
    again = frame.duplicated(["wave", "municipality_code", "group_by", "group"]) & frame["municipality_code"].notna()
    return frame, problems + breach("count_row_twice", where, again)


def _codes(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    codes = column.map(municipalities.recognise)
    return codes, unknown(column[codes.isna()], where)
