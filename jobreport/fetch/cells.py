"""StatBank's two answers, JSON-stat and BULK, to the same table of cells.

One row is one cell: a column of codes per variable, and ``value``, which is NaN where the source holds
a cell back (suppressed, missing or too uncertain). A zero is a zero that the source states or implies.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobreport.errors import FetchFailed, Problem

VALUE = "INDHOLD"
HELD_BACK = ("", "..")
CONTENTS = "ContentsCode"
Selection = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Cells:
    """Cells of one answer.

    Parameters
    ----------
    frame
        One column per variable (its code as asked), and ``value``.
    implied
        Cells that the answer left out and that therefore have the table's value for left-out cells.
    """

    frame: pd.DataFrame
    implied: int


def from_jsonstat(document: Any, selection: Selection, where: str) -> Cells:
    """Read JSON-stat 1 as StatBank writes it; ``null`` is a cell that is held back.

    Raises
    ------
    FetchFailed
        If it is no JSON-stat, or its dimensions or codes are not those asked for.
    """
    try:
        dataset = document["dataset"]
        dimension = dataset["dimension"]
        names, sizes = list(dimension["id"]), list(dimension["size"])
        codes = [_codes(dimension[name]["category"]["index"]) for name in names]
        values = _dense(dataset["value"], math.prod(sizes))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FetchFailed(Problem("fetch_not_jsonstat", where)) from None
    if [len(part) for part in codes] != sizes or len(values) != math.prod(sizes):
        raise FetchFailed(Problem("fetch_not_jsonstat", where))
    rows = [(*place, value) for place, value in zip(itertools.product(*codes), values, strict=True)]
    frame = pd.DataFrame(rows, columns=[*names, "value"]).drop(columns=CONTENTS, errors="ignore")
    frame["value"] = frame["value"].astype(float)
    frame = _as_asked(frame, selection, where)
    absent = math.prod(len(part) for part in selection.values()) - len(frame)
    if absent:
        raise FetchFailed(Problem("fetch_cells_absent", where, {"count": absent}))
    return Cells(frame, 0)


def _codes(index: Any) -> list[str]:
    """Codes of a dimension in their order; the index is a list or a mapping of code to place."""
    return [
        str(code)
        for code in (sorted(index, key=lambda code: int(index[code])) if isinstance(index, Mapping) else index)
    ]


def _dense(values: Any, size: int) -> list[Any]:
    """Values in order; JSON-stat may write only those that are not null, by place."""
    if isinstance(values, Mapping):
        return [values.get(str(place)) for place in range(size)]
    return list(values)


def from_bulk(text: str, selection: Selection, left_out: float, language: str, where: str) -> Cells:
    """Read BULK: rows unsorted, a cell that is not there has the value ``left_out``, an empty one is held back.

    Parameters
    ----------
    left_out
        The table's ``suppressedDataValue``, which is what its name does not say: the value of rows that
        streaming formats leave out, nearly always 0. NaN if the table states none.
    language
        'en' writes decimals with a point, 'da' with a comma.

    Raises
    ------
    FetchFailed
        If a row is broken, stands twice, or has a code that was not asked for.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    header = [name.strip() for name in next(reader, [])]
    if not header or header[-1].upper() != VALUE:
        raise FetchFailed(Problem("fetch_not_bulk", where, {"columns": header or ["-"]}))
    rows = [row for row in reader if row]
    bad = [number for number, row in enumerate(rows, start=2) if len(row) != len(header)]
    if bad:
        raise FetchFailed(Problem("fetch_row_broken", where, {"rows": bad[:5], "count": len(bad)}))
    frame = pd.DataFrame(rows, columns=[*header[:-1], "value"], dtype=object)
    frame["value"] = [_number(cell, language, where) for cell in frame["value"]]
    frame = _as_asked(frame, selection, where)
    return _filled(frame, selection, left_out, where)


def _number(cell: str, language: str, where: str) -> float:
    text = cell.strip()
    if text in HELD_BACK:
        return math.nan
    try:
        return float(text.replace(",", ".") if language == "da" else text)
    except ValueError:
        raise FetchFailed(Problem("fetch_cell_unreadable", where, {"language": language})) from None


def _filled(frame: pd.DataFrame, selection: Selection, left_out: float, where: str) -> Cells:
    names = list(selection)
    if frame.duplicated(names).any():
        raise FetchFailed(Problem("fetch_cell_twice", where, {"count": int(frame.duplicated(names).sum())}))
    every = pd.MultiIndex.from_product([list(selection[name]) for name in names], names=names)
    stated = frame.set_index(names)["value"]
    absent = every[~every.isin(stated.index)]
    whole = pd.concat([stated, pd.Series(left_out, index=absent, name="value", dtype=float)])
    return Cells(whole.reindex(every).reset_index(), len(absent))


def _as_asked(frame: pd.DataFrame, selection: Selection, where: str) -> pd.DataFrame:
    """Name the columns as they were asked for, whatever their case, and refuse codes nobody asked for."""
    by_upper = {str(name).upper(): name for name in frame.columns}
    absent = [name for name in selection if name.upper() not in by_upper]
    if absent:
        facts: dict[str, object] = {"variables": absent}
        facts["found"] = [name for name in frame.columns if name != "value"]
        raise FetchFailed(Problem("fetch_variable_gone", where, facts))
    frame = frame.rename(columns={by_upper[name.upper()]: name for name in selection})[[*selection, "value"]]
    for name, codes in selection.items():
        strange = sorted(set(frame[name]) - set(codes))
        if strange:
            raise FetchFailed(Problem("fetch_code_unasked", where, {"variable": name, "codes": strange[:5]}))
    return frame
