"""What makes an official series unfit for comparison: gaps, mixed kinds of period, sources or units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from jobreport.domain import municipalities, periods
from jobreport.errors import Problem
from jobreport.intake.formats.contract import EXAMPLES
from jobreport.setup.params_model import Event, RegisterSeries

LARGEST_JUMP = 5.0
"""No official rate becomes five times as large from one period to the next in the median municipality."""
HUNDRED = 100.0
HIGHEST_MEDIAN = {"pct_of_labour_force": 25.0}
"""Above this the figures are no per cent: in 2014-2024 the highest of any municipality and year was 9.6 (AUP02)."""

_UNREAD_VALUE = {"register_value_missing", "register_scale_break", "register_implausible"}
BREEDS = {
    "table_municipality_unknown": {
        "register_municipality_absent", "register_all_is_not_all", "register_rows_missing", "register_value_missing",
    },
    "table_not_a_number": _UNREAD_VALUE,
    "register_decimal_comma": _UNREAD_VALUE,
}  # fmt: skip
"""Problem with cells -> what then seems wrong with the series, and may not be."""


def of_their_own(breaches: Iterable[Problem], cells: Iterable[Problem]) -> Iterator[Problem]:
    """Leave out what only follows from cells that could not be read."""
    bred = set().union(*(BREEDS.get(problem.key, set()) for problem in cells))
    return (problem for problem in breaches if problem.key not in bred)


def shape(rows: pd.DataFrame, series: RegisterSeries, event: Event, where: str) -> Iterator[Problem]:
    """Find what is wrong with a series as such, before any window is looked at.

    Parameters
    ----------
    rows
        Rows of the one series; columns of the register.
    """
    yield from _sources(rows, series, where)
    yield from _scale(rows, series, where)
    yield from _municipalities(rows, series, event, where)
    found = sorted(set(rows["period"]))
    kinds = {periods.per_year(period) for period in found}
    if len(kinds) > 1:
        examples = [next(p for p in found if periods.per_year(p) == kind) for kind in sorted(kinds)]
        yield Problem("register_frequencies_mixed", where, {"series": series.series, "kinds": examples})
        return
    yield from _gaps(rows, found, series, where)


def unreadable(found: Sequence[str], series: RegisterSeries, where: str) -> Iterator[Problem]:
    """Find periods of which it cannot be said when they were; nothing else about the series can be said then."""
    unread = [period for period in found if periods.span(period) is None]
    if unread:
        yield Problem("register_period_unreadable", where, {"series": series.series, "periods": unread[:EXAMPLES]})


def _gaps(rows: pd.DataFrame, found: list[str], series: RegisterSeries, where: str) -> Iterator[Problem]:
    """Periods that nobody has, and rows that a municipality lacks of those that others have."""
    whole = [found[0]]
    while whole[-1] != found[-1] and len(whole) < 10_000:
        whole.append(periods.successor(whole[-1]))
    absent = [period for period in whole if period not in found]
    if absent:
        yield Problem("register_gap", where, {"series": series.series, "periods": absent[:EXAMPLES]})
    there = pd.crosstab(rows["municipality_code"], rows["period"]).reindex(columns=found)
    lacking = [(code, found[place]) for code, row in zip(there.index, there.to_numpy(), strict=True)
               for place in np.flatnonzero(row == 0)]  # fmt: skip
    if lacking:
        examples = [f"'{code}' {period}" for code, period in lacking[:EXAMPLES]]
        facts = {"series": series.series, "examples": examples, "count": len(lacking)}
        yield Problem("register_rows_missing", where, facts)


def _municipalities(rows: pd.DataFrame, series: RegisterSeries, event: Event, where: str) -> Iterator[Problem]:
    """'all' must be all, unless the file is plainly about a part of the country (fewer than half)."""
    absent = [code for code in municipalities.names() if code not in set(rows["municipality_code"])]
    half = len(municipalities.names()) // 2
    if event.comparison == "all" and 0 < len(absent) < half:
        named = [f"'{code}' ({municipalities.name(code)})" for code in absent[:EXAMPLES]]
        facts = {"series": series.series, "codes": named, "count": len(absent)}
        yield Problem("register_all_is_not_all", where, facts)


def _sources(rows: pd.DataFrame, series: RegisterSeries, where: str) -> Iterator[Problem]:
    pairs = rows[["source", "table"]].drop_duplicates().to_numpy().tolist()
    if len(pairs) > 1:
        named = [", ".join(pair) for pair in pairs[:EXAMPLES]]
        yield Problem("register_sources_mixed", where, {"series": series.series, "sources": " / ".join(named)})


def _scale(rows: pd.DataFrame, series: RegisterSeries, where: str) -> Iterator[Problem]:
    value = rows["value"].dropna()
    if series.unit.startswith("pct") and not value.empty:
        limit = HIGHEST_MEDIAN.get(series.unit, HUNDRED)
        if value.median() > limit or value.max() > HUNDRED or value.min() < 0:
            facts = {"median": f"{value.median():g}", "largest": f"{value.max():g}", "limit": f"{limit:g}"}
            yield Problem("register_implausible", where, {"series": series.series, "unit": series.unit, **facts})
    table = rows.drop_duplicates(["municipality_code", "period"]).pivot(
        index="municipality_code", columns="period", values="value"
    )
    ratio = (table / table.shift(axis=1)).where(lambda r: np.isfinite(r) & (r > 0)).median()
    for place, factor in enumerate(ratio):
        if factor > LARGEST_JUMP or factor < 1 / LARGEST_JUMP:
            ends = {"before": table.columns[place - 1], "after": table.columns[place]}
            yield Problem("register_scale_break", where, {"series": series.series, "factor": f"{factor:.2g}", **ends})
