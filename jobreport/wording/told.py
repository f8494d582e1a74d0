"""What the front page tells of: every indicator, but the questions of an index that does not hold together."""

from __future__ import annotations

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.released import Row, rows
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.levels import without_index


def told_names(diagnostics: pd.DataFrame, labels: Labels) -> tuple[str, ...]:
    """Return the names that the front page tells of, in reading order.

    An index whose questions do not hang together is called too uncertain where it is explained; the front
    page must not print it all the same, and tells the questions instead; so it does where a table gives no index.
    """
    known = {one.name: one for one in labels.codebook.indicators} if labels.codebook else {}
    names: list[str] = []
    for name in INDICATORS:
        found = alpha(diagnostics, name)
        items = known[name].items if name in known else ()
        apart = (found is not None and weak(found)) or without_index(labels, name)
        names += [item.name for item in items] if apart else [name]
    return tuple(dict.fromkeys(names))


def alpha(diagnostics: pd.DataFrame, indicator: str) -> Row | None:
    """Return how well the questions of an index hang together in the latest wave; None where that is not known."""
    found = latest_diagnostic(diagnostics, "reliability", indicator=indicator, measure="alpha")
    return found if found is not None and found.has("value") else None


def weak(alpha_row: Row) -> bool:
    """Whether the questions hang too loosely together for an index."""
    return alpha_row.value("value") < rules.RELIABLE_FROM


def latest_diagnostic(diagnostics: pd.DataFrame, diagnostic: str, **criteria: str | tuple[str, ...]) -> Row | None:
    """Return the latest wave's row of a diagnostic."""
    if "diagnostic" not in diagnostics:
        return None
    found = rows(diagnostics, "diagnostics", diagnostic=diagnostic, **criteria)
    return max(found, key=lambda row: row.text("wave"), default=None)
