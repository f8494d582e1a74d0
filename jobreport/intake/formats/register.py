"""Official series: one row per municipality and period, and what makes a series unfit for comparison."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from jobreport.domain import municipalities, periods
from jobreport.domain.texts import both
from jobreport.errors import Problem
from jobreport.intake.formats import contract
from jobreport.intake.formats.content import Content
from jobreport.intake.formats.contract import EXAMPLES
from jobreport.setup.params_model import Event, RegisterColumns, RegisterSeries

COLUMNS = ("municipality_code", "period", "series", "value", "unit", "source", "table", "retrieved")

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


def read(
    file: Path | Content, where: str, described: Sequence[RegisterSeries] = ()
) -> tuple[tuple[pd.DataFrame, tuple[str, ...]], list[Problem]]:
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
        the source), and the larger areas (regions, landsdele) whose rows are left out. And every problem:
        unknown municipalities, cells that are no numbers, rows that stand twice.
    """
    foreign = [(series, series.columns) for series in described if series.columns is not None]
    parts = [_described(file, where, series, named) for series, named in foreign]
    frame = pd.concat(parts, ignore_index=True) if parts else contract.read(file, where, COLUMNS)[list(COLUMNS)].copy()
    frame["period"] = frame["period"].str.removesuffix(".0")  # a year in a cell of Excel is a number
    frame["value"], problems = _values(frame["value"], where)
    larger = frame["municipality_code"].map(municipalities.is_larger_area)
    left_out, frame = frame.loc[larger, "municipality_code"], frame[~larger]
    codes = frame["municipality_code"].map(code_of)
    unknown = codes.isna()
    name = foreign[0][1].municipality if foreign else "municipality_code"
    problems += contract.unknown(frame.loc[unknown, "municipality_code"].rename(name), where)
    frame = frame.assign(municipality_code=codes)
    # (an area that is not known is none of those that stand twice)
    again = frame.duplicated(["municipality_code", "period", "series"]) & ~unknown
    problems += contract.breach("register_row_twice", where, again)
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


def _described(file: Path | Content, where: str, series: RegisterSeries, named: RegisterColumns) -> pd.DataFrame:
    found = contract.read(file, where, (named.municipality, named.period, named.value))
    value = found[named.value]
    if named.decimal == ",":
        value = value.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    stated = (series.source or {}).get("da", contract.NOT_STATED)
    cells: dict[str, object] = {"municipality_code": found[named.municipality], "period": found[named.period]}
    cells |= {"value": value, "series": series.series, "unit": series.unit, "source": stated}
    return pd.DataFrame(cells).reindex(columns=list(COLUMNS), fill_value=contract.NOT_STATED)


def _values(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    comma = column.str.fullmatch(r"-?\d+,\d+")
    values, problems = contract.numbers(column.mask(comma, ""), where)
    return values, problems + contract.breach("register_decimal_comma", where, comma, column=column.name)


def breaches(frame: pd.DataFrame, series: RegisterSeries, event: Event | None, where: str) -> Iterator[Problem]:
    """Find what a register lacks for a comparison: the series, its unit, periods, municipalities."""
    held = _Held(frame[frame["series"] == series.series], series, event, where)
    if held.rows.empty:
        known = sorted(set(frame["series"]))
        near = difflib.get_close_matches(series.series, known, n=1, cutoff=0.0)
        yield held.problem("register_series_absent", known=known, near=near or both("none"))
    else:
        yield from held.problems()


def of_their_own(breaches: Iterable[Problem], cells: Iterable[Problem]) -> Iterator[Problem]:
    """Leave out what only follows from cells that could not be read."""
    bred = set().union(*(BREEDS.get(problem.key, set()) for problem in cells))
    return (problem for problem in breaches if problem.key not in bred)


@dataclass(frozen=True)
class _Held:
    # What a file holds of a series, and the event that it is asked about.
    rows: pd.DataFrame
    series: RegisterSeries
    event: Event | None
    where: str

    def problem(self, key: str, **facts: object) -> Problem:
        return Problem(key, self.where, {"series": self.series.series, **facts})

    def problems(self) -> Iterator[Problem]:
        found, series, event = sorted(set(self.rows["period"])), self.series, self.event
        if (units := sorted(set(self.rows["unit"]))) != [series.unit]:
            yield self.problem("register_unit_differs", unit=series.unit, units=units)
        if unread := [period for period in found if periods.span(period) is None]:
            # which period is the first, the last or absent cannot be said before all can be read
            yield self.problem("register_period_unreadable", periods=unread[:EXAMPLES])
            return
        span = {"first": found[0], "last": found[-1]}
        if absent := [period for period in (*series.before, *series.after) if period not in found]:
            yield self.problem("register_period_absent", **span, periods=absent)
        outside = any(set(window) <= set(absent) for window in (series.before, series.after))
        if outside and event is not None:
            yield self.problem("event_outside_register", **span, event=event.event, date=event.date.isoformat())
        yield from self._municipalities()
        yield from self._sources()
        yield from self._scale()
        yield from self._all_is_all()
        yield from self._periods(found)

    def _municipalities(self) -> Iterator[Problem]:
        event, rows, asked = self.event, self.rows, [*self.series.before, *self.series.after]
        if event is None:
            return
        named = [*event.treated, *event.exposed, *(() if event.comparison == "all" else event.comparison)]
        present = set(rows["municipality_code"])
        if absent := [f"'{code}' ({municipalities.name(code)})" for code in named if code not in present]:
            yield self.problem("register_municipality_absent", codes=absent)
        if rows.loc[rows["period"].isin(asked) & rows["municipality_code"].isin(event.treated), "value"].isna().any():
            yield self.problem("register_value_missing")

    def _periods(self, found: list[str]) -> Iterator[Problem]:
        # Periods that nobody has, and rows that a municipality lacks of those that others have.
        # A series of no event may lack periods: no false dates are made of it, and its path is drawn in true time.
        kinds = {periods.per_year(period): period for period in reversed(found)}
        if len(kinds) > 1:
            yield self.problem("register_frequencies_mixed", kinds=[kinds[kind] for kind in sorted(kinds)])
            return
        whole = [found[0]]
        while whole[-1] != found[-1] and len(whole) < 10_000:
            whole.append(periods.successor(whole[-1]))
        absent = [period for period in whole if period not in found]
        if absent and self.event is not None:
            yield self.problem("register_gap", periods=absent[:EXAMPLES])
        there = set(zip(self.rows["municipality_code"], self.rows["period"], strict=True))
        codes = sorted(self.rows["municipality_code"].dropna().unique())
        if lacking := [f"'{code}' {period}" for code in codes for period in found if (code, period) not in there]:
            yield self.problem("register_rows_missing", examples=lacking[:EXAMPLES], count=len(lacking))

    def _all_is_all(self) -> Iterator[Problem]:
        # 'all' must be all, unless the file is plainly about a part of the country (fewer than half).
        present = set(self.rows["municipality_code"])
        absent = [code for code in municipalities.names() if code not in present]
        half = len(municipalities.names()) // 2
        if (self.event is None or self.event.comparison == "all") and 0 < len(absent) < half:
            named = [f"'{code}' ({municipalities.name(code)})" for code in absent[:EXAMPLES]]
            yield self.problem("register_all_is_not_all", codes=named, count=len(absent))

    def _sources(self) -> Iterator[Problem]:
        pairs = self.rows[["source", "table"]].drop_duplicates().to_numpy().tolist()
        if len(pairs) > 1:
            named = [", ".join(pair) for pair in pairs[:EXAMPLES]]
            yield self.problem("register_sources_mixed", sources=" / ".join(named))

    def _scale(self) -> Iterator[Problem]:
        value, unit = self.rows["value"].dropna(), self.series.unit
        if unit.startswith("pct") and not value.empty:
            limit = HIGHEST_MEDIAN.get(unit, HUNDRED)
            if value.median() > limit or value.max() > HUNDRED or value.min() < 0:
                facts = {"median": f"{value.median():g}", "largest": f"{value.max():g}", "limit": f"{limit:g}"}
                yield self.problem("register_implausible", unit=unit, **facts)
        table = self.rows.drop_duplicates(["municipality_code", "period"]).pivot(
            index="municipality_code", columns="period", values="value"
        )
        ratio = (table / table.shift(axis=1)).where(lambda r: np.isfinite(r) & (r > 0)).median()
        for place, factor in enumerate(ratio):
            if factor > LARGEST_JUMP or factor < 1 / LARGEST_JUMP:
                ends = {"before": table.columns[place - 1], "after": table.columns[place]}
                yield self.problem("register_scale_break", factor=f"{factor:.2g}", **ends)
