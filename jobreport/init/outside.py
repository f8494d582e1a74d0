"""Values of a grouping that are proposed as outside it: they would hide a large group, or are no group at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from jobreport import coding
from jobreport.coding import normal
from jobreport.init import known
from jobreport.suppression import SUPPRESS_AT_LEAST

if TYPE_CHECKING:
    from jobreport.init.propose import Column
    from jobreport.sources.tables import RawTable

RARE = 0.05


def outside(column: Column, table: RawTable, keys: Mapping[str, Column]) -> tuple[str, ...]:
    """Codes whose label says that nothing was told, and those of very few answers beside large groups.

    Few is fewer than five a wave and municipality and under five per cent of all. Two values at least stay inside.

    Parameters
    ----------
    column
        The grouping.
    table
        The file.
    keys
        The columns of wave and municipality, where they are known.
    """
    cells = coding.apply(table.frame[column.name], normal)
    counts = cells[cells != ""].value_counts()
    names = [keys[key].name for key in ("wave", "municipality_code") if key in keys]
    strata = max(len(table.frame[names].drop_duplicates()) if names else 1, 1)
    few = min(SUPPRESS_AT_LEAST * strata, RARE * counts.sum())
    found = [
        code
        for code, label in column.answers.items()
        if normal(label) in known.NOT_TOLD or normal(label) in known.DONT_KNOW or 0 < _count(counts, code, label) < few
    ]
    return tuple(found) if len(column.answers) - len(found) > 1 else ()


def _count(counts: pd.Series, code: str, label: str) -> int:
    return int(sum(counts.get(text, 0) for text in {normal(code), normal(label)}))
