"""Official series: one row per municipality and period."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both
from jobreport.errors import Problem
from jobreport.intake.formats import contract, register_rules
from jobreport.intake.formats.content import Content
from jobreport.setup.params_model import Event, RegisterSeries

COLUMNS = ("municipality_code", "period", "series", "value", "unit", "source", "table", "retrieved")


def read(
    file: Path | Content, where: str, described: Sequence[RegisterSeries] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a register file, or somebody else's file as the params describe it.

    Parameters
    ----------
    described
        Series whose ``columns`` say where municipality, period and figure stand; none for a file with
        the columns of the contract.

    Returns
    -------
    tuple
        The columns of the contract, ``value`` as float in the series' own unit (NaN: suppressed at
        the source), and every problem: unknown municipalities, cells that are no numbers, rows that
        stand twice.
    """
    (frame, _), problems = read_with_areas(file, where, described)
    return frame, problems


def read_with_areas(
    file: Path | Content, where: str, described: Sequence[RegisterSeries] = ()
) -> tuple[tuple[pd.DataFrame, tuple[str, ...]], list[Problem]]:
    """Read a register file as `read` does, and name the larger areas (regions, landsdele) whose rows it leaves out."""
    parts = [_described(file, where, series) for series in described]
    frame = pd.concat(parts, ignore_index=True) if parts else contract.read(file, where, COLUMNS)[list(COLUMNS)].copy()
    frame["period"] = frame["period"].str.removesuffix(".0")  # a year in a cell of Excel is a number
    frame["value"], problems = _values(frame["value"], where)
    larger = frame["municipality_code"].map(municipalities.is_larger_area)
    left_out, frame = frame.loc[larger, "municipality_code"], frame[~larger]
    codes = frame["municipality_code"].map(code_of)
    unknown = codes.isna()
    if unknown.any():
        name = next((series.columns.municipality for series in described if series.columns), "municipality_code")
        cells = frame.loc[unknown, "municipality_code"].rename(name)
        problems.append(contract.unknown(cells, where))
    frame = frame.assign(municipality_code=codes)
    # (an area that is not known is none of those that stand twice)
    again = frame.duplicated(["municipality_code", "period", "series"]) & ~unknown
    if again.any():
        rows = [int(place) + 2 for place in frame.index[again]]
        facts = {"rows": rows[: contract.EXAMPLES], "count": len(rows)}
        problems.append(Problem("register_row_twice", where, facts))
    return (frame, tuple(sorted(set(left_out)))), problems


def code_of(text: object) -> str | None:
    """Return the code of a municipality in any spelling, or of the country; None for any other area.

    Examples
    --------
    >>> code_of("Hele landet"), code_of("Ishøj Kommune"), code_of("Region Sjælland")
    ('000', '183', None)
    """
    written = str(text).strip().casefold()
    countries = ("000", "0", *(name.casefold() for name in both("place.country").values()))
    return municipalities.COUNTRY_CODE if written in countries else municipalities.recognise(text)


def _described(file: Path | Content, where: str, series: RegisterSeries) -> pd.DataFrame:
    """Give the columns of the contract to a file with other names; what it does not state is not stated."""
    named = series.columns
    if named is None:
        return contract.read(file, where, COLUMNS)[list(COLUMNS)].copy()
    found = contract.read(file, where, (named.municipality, named.period, named.value))
    value = found[named.value]
    if named.decimal == ",":
        value = value.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    cells: dict[str, object] = {"municipality_code": found[named.municipality], "period": found[named.period]}
    cells["value"] = value
    stated = (series.source or {}).get("da", contract.NOT_STATED)
    cells |= {"series": series.series, "unit": series.unit, "source": stated}
    cells |= {"table": contract.NOT_STATED, "retrieved": contract.NOT_STATED}
    return pd.DataFrame(cells)[list(COLUMNS)]


def _values(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    """Read the figures; a decimal comma is told by name."""
    comma = column.str.fullmatch(r"-?\d+,\d+")
    rows = [place + 2 for place, written in enumerate(comma) if written]
    values, problems = contract.numbers(column.mask(comma, ""), where)
    if rows:
        facts = {"column": column.name, "rows": rows[: contract.EXAMPLES], "count": len(rows)}
        problems.append(Problem("register_decimal_comma", where, facts))
    return values, problems


def breaches(frame: pd.DataFrame, series: RegisterSeries, event: Event, where: str) -> Iterator[Problem]:
    """Find what a register lacks for a comparison: the series, its unit, periods, municipalities."""
    rows = frame[frame["series"] == series.series]
    facts: dict[str, object] = {"series": series.series, "event": event.event}
    if rows.empty:
        known = sorted(set(frame["series"]))
        near = difflib.get_close_matches(series.series, known, n=1, cutoff=0.0)
        yield Problem("register_series_absent", where, facts | {"known": known, "near": near or both("none")})
        return
    units = sorted(set(rows["unit"]))
    if units != [series.unit]:
        yield Problem("register_unit_differs", where, facts | {"unit": series.unit, "units": units})
    periods = sorted(set(rows["period"]))
    asked = [*series.before, *series.after]
    absent = [period for period in asked if period not in periods]
    unread = list(register_rules.unreadable(periods, series, where))
    if unread:
        yield from unread  # which period is the first, the last or absent cannot be said before all can be read
        return
    span = {"first": periods[0], "last": periods[-1], "date": event.date.isoformat()}
    if absent:
        yield Problem("register_period_absent", where, facts | span | {"periods": absent})
    if all(period in absent for period in series.before) or all(period in absent for period in series.after):
        yield Problem("event_outside_register", where, facts | span)
    yield from _municipalities(rows, series, event, where)
    yield from register_rules.shape(rows, series, event, where)


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
