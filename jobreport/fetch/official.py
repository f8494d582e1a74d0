"""Three official series per municipality: what is asked of StatBank, and how cells become a register."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from jobreport.domain import municipalities, periods
from jobreport.errors import FetchFailed, Problem
from jobreport.fetch.statbank import SOURCE, Table, Variable
from jobreport.intake.formats.register import COLUMNS

EDUCATION = {
    "education_unskilled": ("H10", "H20", "H35"),
    "education_vocational": ("H30",),
    "education_short": ("H40",),
    "education_medium": ("H50", "H60"),
    "education_long": ("H70", "H80"),
}
"""Groups of HFUDD11's main levels. Unskilled: primary school, upper secondary and preparatory courses, which give
no vocational qualification; medium holds bachelors. H90, not stated, is in no group and not in the base."""
EDUCATION_UNSTATED = "H90"
_MAIN_LEVEL = re.compile(r"H\d\d")
FREQUENCIES = {12: "monthly", 4: "quarterly", 1: "yearly"}


@dataclass(frozen=True)
class Official:
    """One of the series that can be fetched by name."""

    name: str  # name of the series, or of the group of series
    table: str  # StatBank's table
    unit: str  # unit of the values as stored
    # variable whose values are all fetched; the others, but for area and time, are fetched at their total
    spread: str = ""
    yearly: str = "mean"  # how a year is made: 'mean' of all its periods, or its 'first' period


OFFICIAL = {
    "unemployment": Official("unemployment", "AUP02", "pct_of_labour_force"),
    "education": Official("education", "HFUDD11", "pct_of_stated_education", spread="HFUDD"),
    "population": Official("population", "FOLK1A", "persons", yearly="first"),
}


def selection(
    table: Table, official: Official, codes: Sequence[str] | None, first_year: int
) -> dict[str, tuple[str, ...]]:
    """Choose a code for every variable of a table: places and periods as wanted, totals of the rest.

    ``codes``: municipalities; None is all 98. The country is always added.

    Raises
    ------
    FetchFailed
        If the table is no longer what it was: a municipality, total, level or period cannot be found.
    """
    area, time = table.area(), table.time()
    wanted = tuple(codes) if codes else tuple(municipalities.names())
    if absent := [code for code in wanted if code not in area.labels]:
        raise FetchFailed(Problem("fetch_area_gone", table.table, {"codes": absent[:5], "count": len(absent)}))
    country = (municipalities.COUNTRY_CODE,) if municipalities.COUNTRY_CODE in area.labels else ()
    chosen = {area.code: country + wanted, time.code: _periods(table, time, first_year)}
    for variable in table.variables:
        if variable.code not in chosen:
            spread = variable.code.upper() == official.spread
            chosen[variable.code] = _levels(table, variable) if spread else (_total(table, variable),)
    if official.spread:
        table.variable(official.spread)
    return chosen


def _periods(table: Table, time: Variable, first_year: int) -> tuple[str, ...]:
    kept = tuple(code for code in time.labels if code[:4].isdigit() and int(code[:4]) >= first_year)
    if not kept:
        facts = {"year": first_year, "last": max(time.labels, default="-")}
        raise FetchFailed(Problem("fetch_no_period", table.table, facts))
    return kept


def _total(table: Table, variable: Variable) -> str:
    total = variable.total()
    if total is None:
        facts = {"variable": variable.code, "values": list(variable.labels)[:8]}
        raise FetchFailed(Problem("fetch_total_gone", table.table, facts))
    return total


def _levels(table: Table, variable: Variable) -> tuple[str, ...]:
    # Main levels of education; one that no group holds means that the classification has changed.
    levels = tuple(code for code in variable.labels if _MAIN_LEVEL.fullmatch(code))
    known = {*(code for group in EDUCATION.values() for code in group), EDUCATION_UNSTATED}
    if set(levels) != known:
        facts = {"variable": variable.code, "new": sorted(set(levels) - known) or ["-"]}
        facts["gone"] = sorted(known - set(levels)) or ["-"]
        raise FetchFailed(Problem("fetch_levels_changed", table.table, facts))
    return levels


def register(cells: pd.DataFrame, table: Table, official: Official, *, retrieved: str, yearly: bool) -> pd.DataFrame:
    """Make the rows of a register of a table's cells.

    ``cells``: a column of codes per variable, and ``value``; NaN where the source holds a figure back. Returns columns
    of `jobreport.intake.formats.register.COLUMNS`, sorted.
    """
    named = cells.rename(columns={table.area().code: "municipality_code", table.time().code: "period"})
    named["period"] = named["period"].str.replace("Q", "K", regex=False)
    if official.spread:
        named = _composition(named, table.variable(official.spread).code)
    else:
        named = named.assign(series=official.name)
    rows = named[["municipality_code", "period", "series", "value"]]
    if yearly:
        rows = _by_year(rows, official.yearly)
    facts = {"unit": official.unit, "source": SOURCE, "table": table.table, "retrieved": retrieved}
    return rows.assign(**facts)[list(COLUMNS)].sort_values(["series", "municipality_code", "period"], ignore_index=True)


def _composition(cells: pd.DataFrame, level: str) -> pd.DataFrame:
    counts = cells.set_index(["municipality_code", "period", level])["value"].unstack()
    groups = {name: counts[list(codes)].sum(axis=1, skipna=False) for name, codes in EDUCATION.items()}
    stated = sum(groups.values(), start=pd.Series(0.0, index=counts.index))
    shares = pd.DataFrame({name: 100 * group / stated.where(stated > 0) for name, group in groups.items()})
    return shares.melt(ignore_index=False, var_name="series").reset_index()


def _by_year(rows: pd.DataFrame, how: str) -> pd.DataFrame:
    # One figure per whole year; a year that lacks a period is left out, one with a gap is NaN.
    years = rows.assign(year=rows["period"].str[:4], per_year=rows["period"].map(periods.per_year))
    years = years.sort_values("period")
    grouped = years.groupby(["municipality_code", "series", "year"], sort=False)
    if how == "first":
        made = grouped.head(1).assign(period=lambda frame: frame["year"])
        return made[["municipality_code", "period", "series", "value"]]
    made = grouped.agg(
        value=("value", lambda values: values.mean(skipna=False)), n=("value", "size"), per_year=("per_year", "first")
    ).reset_index()
    whole = made[made["n"] == made["per_year"]].rename(columns={"year": "period"})
    return whole[["municipality_code", "period", "series", "value"]]


def frequency(rows: pd.DataFrame) -> str:
    """Name how often a register's figures come: 'monthly', 'quarterly' or 'yearly'."""
    return FREQUENCIES[max(map(periods.per_year, rows["period"].unique()))]


def counted(rows: pd.DataFrame) -> Mapping[str, int]:
    """Count figures, those that the source holds back, and zeros: the last two are never the same."""
    held_back, zeros = rows["value"].isna(), rows["value"] == 0
    return {"rows": len(rows), "held_back": int(held_back.sum()), "zeros": int(zeros.sum())}
