"""Rows of `diagnostics`: one number that says how far the estimates can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from jobreport.estimate.measures import Measure, measures_of
from jobreport.setup.codebook import Indicator

DIAGNOSTIC_COLUMNS = (
    "diagnostic",
    "indicator",
    "measure",
    "category",
    "unit",
    "municipality_code",
    "municipality",
    "wave",
    "group_by",
    "group",
    "value",
    "ci_low",
    "ci_high",
    "n",
    "p_value",
    "p_adjusted",
    "flag",
    "reason",
    "simulated",
)
NUMBERS = ("value", "ci_low", "ci_high", "p_value", "p_adjusted")
COUNTRY = "000"

Row = dict[str, object]


def frame(rows: Sequence[Row], names: Mapping[str, str], *, simulated: bool) -> pd.DataFrame:
    """Make the table of rows that leave out what they do not have."""
    table = pd.DataFrame(rows).reindex(columns=list(DIAGNOSTIC_COLUMNS))
    for column in DIAGNOSTIC_COLUMNS:
        if column in NUMBERS:
            table[column] = table[column].astype(np.float64)
        elif column not in ("n", "simulated"):
            table[column] = table[column].astype(object).fillna("")
    table["n"] = table["n"].astype("Int64")
    table["municipality"] = [names.get(code, code) for code in table["municipality_code"]]
    table["simulated"] = simulated
    return table


def headline(indicator: Indicator) -> Measure:
    """The measure that stands for an indicator: its positive share, or the index of several items."""
    measures = measures_of(indicator)
    if len(indicator.items) > 1:
        return next(m for m in measures if m.name == "index" and m.indicator == indicator.name)
    return next(m for m in measures if m.category == "positive")


def item_mean(indicator: Indicator) -> Measure:
    """The index of an indicator, whether of one item or of several."""
    found = (m for m in measures_of(indicator) if m.name == "index")
    return next(m for m in found if m.indicator == indicator.name)
