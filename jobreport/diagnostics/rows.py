"""Rows of `diagnostics`: one number that says how far the estimates can be trusted."""

from __future__ import annotations

from jobreport.estimate.measures import Measure, measures_of
from jobreport.setup.codebook import Indicator

Row = dict[str, object]


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
