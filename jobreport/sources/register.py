"""Official series: one row per municipality and period."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from jobreport import municipalities
from jobreport.errors import Problem
from jobreport.params_model import Event, RegisterSeries
from jobreport.sources import contract

COLUMNS = ("municipality_code", "period", "series", "value", "unit", "source", "table", "retrieved")


def read(path: Path, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a register file.

    Returns
    -------
    tuple
        The columns of the contract, ``value`` as float in the series' own unit (NaN: suppressed at
        the source), and every problem: unknown municipalities, cells that are no numbers, rows that
        stand twice.
    """
    frame = contract.read(path, where, COLUMNS)[list(COLUMNS)].copy()
    frame["value"], problems = contract.numbers(frame["value"], where)
    codes = frame["municipality_code"].map(
        lambda text: municipalities.COUNTRY_CODE if text in ("000", "0") else municipalities.recognise(text)
    )
    unknown = [place + 2 for place, code in enumerate(codes) if code is None]
    if unknown:
        facts = {"rows": unknown[: contract.EXAMPLES], "count": len(unknown)}
        problems.append(Problem("table_municipality_unknown", where, facts))
    frame["municipality_code"] = codes
    again = frame.duplicated(["municipality_code", "period", "series"])
    if again.any():
        rows = [int(place) + 2 for place in frame.index[again]]
        facts = {"rows": rows[: contract.EXAMPLES], "count": len(rows)}
        problems.append(Problem("register_row_twice", where, facts))
    return frame, problems


def breaches(frame: pd.DataFrame, series: RegisterSeries, event: Event, where: str) -> Iterator[Problem]:
    """Find what a register lacks for a comparison: the series, its unit, periods, municipalities."""
    rows = frame[frame["series"] == series.series]
    facts: dict[str, object] = {"series": series.series, "event": event.event}
    if rows.empty:
        known = sorted(set(frame["series"]))
        near = difflib.get_close_matches(series.series, known, n=1, cutoff=0.0)
        yield Problem("register_series_absent", where, facts | {"known": known, "near": near or ["-"]})
        return
    units = sorted(set(rows["unit"]))
    if units != [series.unit]:
        yield Problem("register_unit_differs", where, facts | {"unit": series.unit, "units": units})
    periods = sorted(set(rows["period"]))
    asked = [*series.before, *series.after]
    absent = [period for period in asked if period not in periods]
    span = {"first": periods[0], "last": periods[-1], "date": event.date.isoformat()}
    if absent:
        yield Problem("register_period_absent", where, facts | span | {"periods": absent})
    if all(period in absent for period in series.before) or all(period in absent for period in series.after):
        yield Problem("event_outside_register", where, facts | span)
    yield from _municipalities(rows, series, event, where)


def _municipalities(rows: pd.DataFrame, series: RegisterSeries, event: Event, where: str) -> Iterator[Problem]:
    present = set(rows["municipality_code"])
    named = list(event.treated) + list(event.exposed)
    named += [] if event.comparison == "all" else list(event.comparison)
    absent = [f"'{code}' ({municipalities.name(code)})" for code in named if code not in present]
    if absent:
        facts = {"series": series.series, "codes": absent}
        yield Problem("register_municipality_absent", where, facts)
    asked = rows[rows["period"].isin([*series.before, *series.after]) & rows["municipality_code"].isin(event.treated)]
    if asked["value"].isna().any():
        yield Problem("register_value_missing", where, {"series": series.series})
