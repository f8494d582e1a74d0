"""Rows of `diagnostics`: one number that says how far the estimates can be trusted."""

from __future__ import annotations

from jobreport.estimate.measures import Measure, measures_of
from jobreport.setup.codebook import Indicator, main_measure

Row = dict[str, object]


def headline(indicator: Indicator) -> Measure:
    """The measure that stands for an indicator: its positive share, or the index of several items."""
    wanted = (indicator.name, *main_measure(len(indicator.items)))
    return next(m for m in measures_of(indicator) if (m.indicator, m.name, m.category) == wanted)


def item_mean(indicator: Indicator) -> Measure:
    """The index of an indicator, whether of one item or of several."""
    found = (m for m in measures_of(indicator) if m.name == "index")
    return next(m for m in found if m.indicator == indicator.name)
