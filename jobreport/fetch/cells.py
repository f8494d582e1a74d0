"""StatBank's answer in JSON-stat to a table of cells.

One row is one cell: a column of codes per variable, and ``value``, which is NaN where the source holds
a cell back (suppressed, missing or too uncertain). A zero is a zero that the source states.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from jobreport.errors import FetchFailed, Problem

CONTENTS = "ContentsCode"
Selection = Mapping[str, Sequence[str]]


def from_jsonstat(document: Any, selection: Selection, where: str) -> pd.DataFrame:
    """Read JSON-stat 1 as StatBank writes it; ``null`` is a cell that is held back.

    Returns
    -------
    pandas.DataFrame
        One column per variable (its code as asked), and ``value``; a row for every cell that was asked for.

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
    return frame


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
