"""The main outcome of an event, held against the codebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jobreport.errors import Problem
from jobreport.setup.codebook import Indicator
from jobreport.setup.params_model import Params


def breaches(params: Params, indicators: Sequence[Indicator]) -> Iterator[Problem]:
    """Find main outcomes that are no indicator, or have no measure of that name."""
    items = {each.name: len(each.items) for each in indicators}
    chosen: dict[str, str] = {}
    for event in params.events:
        if event.outcome is None:
            continue
        name, measure = event.outcome.indicator, event.outcome.measure
        facts = {"event": event.event, "indicator": name, "known": sorted(items)}
        if name not in items:
            yield Problem("outcome_unknown", params.where, facts)
        elif measure == "share" and items[name] > 1:
            yield Problem("outcome_is_an_index", params.where, facts)
        elif chosen.setdefault(name, measure) != measure:
            yield Problem("outcome_in_two_measures", params.where, facts)
