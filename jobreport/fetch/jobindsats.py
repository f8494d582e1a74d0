"""STAR's jobindsats.dk: its API version 2, and the CSV files one can download without a key.

Facts about the service from its documentation and from domain knowledge that is marked as read: GET
``data/{table}/json`` with ``area`` and ``period``, the key in the header ``Authorization`` without "Bearer";
areas come as names; CSV has ``;`` and decimal comma. An answer is a list whose first element holds
``Variables`` (each with a ``Label``) and ``Data`` (rows). Periods are asked for one by one.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jobreport.errors import FetchFailed, Problem, refuse
from jobreport.fetch.connection import Connection, as_json
from jobreport.intake.formats import content, delimited
from jobreport.intake.formats.contract import breach
from jobreport.intake.formats.register import COLUMNS, code_of

ADDRESS = "https://api.jobindsats.dk/v2"
KEY_VARIABLE = "JOBINDSATS_KEY"
SOURCE = "Styrelsen for Arbejdsmarked og Rekruttering, jobindsats.dk"
AREA = ("area", "område", "kommune")
PERIOD = ("period", "periode")
HELD_BACK = ("", "-", ".", "..", "*", "nan", "none")
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_DANISH_NUMBER = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?")
_PERIOD = re.compile(r"(\d{4})(?:([MKQY])0?(\d{1,2}))?")
_NAMED_MONTH = re.compile(r"([a-zæøå]{3})[a-zæøå]*\.? (\d{4})")


@dataclass(frozen=True)
class Wanted:
    """Which figures of a table make the series."""

    series: str  # series, unit: as they are to stand in the register
    unit: str
    measure: str  # label of the column that holds the figures
    where: Mapping[str, str]  # label of each further column -> the one value of it that is wanted


@dataclass(frozen=True)
class Jobindsats:
    """A client of the API."""

    connection: Connection

    def periods(self, table: str, first_year: int) -> tuple[str, ...]:
        """Ask which periods a table has, from a year on."""
        told = self._ask(f"tables/{table}/json", {})
        try:
            periods = [str(period) for period in told[0]["Period"]]
        except (KeyError, IndexError, TypeError):
            raise FetchFailed(Problem("fetch_not_table", self.connection.base, {"table": table})) from None
        return tuple(p for p in periods if p[:4].isdigit() and int(p[:4]) >= first_year)

    def rows(self, table: str, period: str) -> pd.DataFrame:
        """Ask for all areas of a table in one period; columns are named by their labels."""
        told = self._ask(f"data/{table}/json", {"area": "*", "period": period})
        try:
            labels = [str(variable["Label"]) for variable in told[0]["Variables"]]
            return pd.DataFrame(told[0]["Data"], columns=labels, dtype=object)
        except (KeyError, IndexError, TypeError, ValueError):
            raise FetchFailed(Problem("fetch_not_jobindsats", self.connection.base, {"table": table})) from None

    def _ask(self, path: str, question: Mapping[str, str]) -> Any:
        where = f"{self.connection.base}/{path}"
        try:
            return as_json(self.connection.ask(path, question, query=True), where)
        except FetchFailed as failed:
            if failed.problem.values.get("status") in (401, 403):
                raise FetchFailed(Problem("fetch_key_refused", where, {"variable": KEY_VARIABLE})) from None
            raise


def connect(key: str | None, connection: Connection) -> Jobindsats:
    """Make a client; the key goes into the header and nowhere else.

    Raises
    ------
    FetchFailed
        If there is no key.
    """
    if not key:
        raise FetchFailed(Problem("fetch_key_missing", connection.base, {"variable": KEY_VARIABLE}))
    headers = {"Authorization": key.strip()}
    return Jobindsats(Connection(connection.base, headers, connection.patience, connection.sleep))


def read_download(path: Path, where: str) -> pd.DataFrame:
    """Read a CSV file downloaded from jobindsats.dk; cells stay text."""
    rows, _ = delimited.read_rows(content.read(path, where).data, where)
    return delimited.frame(rows, where)


def register(rows: pd.DataFrame, table: str, wanted: Wanted, retrieved: str, where: str) -> tuple[pd.DataFrame, int]:
    """Make the rows of a register.

    Returns columns of `jobreport.intake.formats.register.COLUMNS`; and how many rows were left out because their area
    is no municipality (regions, clusters, labour market councils).

    Raises
    ------
    InputRefused
        With every problem: a column that is not there, a figure that cannot be read, several rows for one
        municipality and period.
    """
    area, period = _column(rows, AREA), _column(rows, PERIOD)
    refuse(_absent(rows, wanted, area, period, where))
    chosen = rows
    for label, value in wanted.where.items():
        chosen = chosen[chosen[label].astype(str).str.strip() == value]
    codes = chosen[area].map(code_of)
    kept = chosen[codes.notna()].assign(municipality_code=codes.dropna())
    values = [number(cell) for cell in kept[wanted.measure]]
    spans = [period_code(cell) for cell in kept[period]]
    refuse(_unreadable(kept, values, spans, wanted, where))
    made = kept.assign(
        value=np.array(values, dtype=float),
        period=np.array(spans, dtype=object),
        series=wanted.series,
        unit=wanted.unit,
    )
    refuse(_ambiguous(made, rows, wanted, (str(area), str(period)), where))
    made = made.assign(source=SOURCE, table=table, retrieved=retrieved)[list(COLUMNS)]
    return made.sort_values(["municipality_code", "period"], ignore_index=True), len(chosen) - len(kept)


def _column(rows: pd.DataFrame, names: Sequence[str]) -> str | None:
    return next((name for name in rows.columns if str(name).strip().lower() in names), None)


def _absent(rows: pd.DataFrame, wanted: Wanted, area: str | None, period: str | None, where: str) -> list[Problem]:
    labels = [wanted.measure, *wanted.where]
    absent = [label for label in labels if label not in rows]
    absent += ["Område"] if area is None else []
    absent += ["Periode"] if period is None else []
    facts = {"columns": absent, "found": list(rows.columns)}
    found = [Problem("table_column_missing", where, facts)] if absent else []
    for label, value in wanted.where.items():
        known = sorted(set(rows[label].astype(str).str.strip())) if label in rows else [value]
        if value not in known:
            found.append(Problem("fetch_value_unknown", where, {"column": label, "value": value, "known": known[:8]}))
    return found


def number(cell: object) -> float | None:
    """Read a figure: a JSON number, or text with decimal comma; NaN where none is given; None if it is neither.

    Examples
    --------
    >>> number("1.234,5"), number(3), number("4.7")
    (1234.5, 3.0, None)
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    text = str(cell).strip().replace("\u2212", "-").replace("\xa0", "")
    if text.lower() in HELD_BACK:
        return math.nan
    return float(text.replace(".", "").replace(",", ".")) if _DANISH_NUMBER.fullmatch(text) else None


def period_code(cell: object) -> str | None:
    """Write a period as StatBank does; None if it is not a year, quarter or month.

    Examples
    --------
    >>> period_code("2023M01"), period_code("2023Q2"), period_code("Jan 2023"), period_code("2023QMAT02")
    ('2023M01', '2023K2', '2023M01', None)
    """
    text = str(cell).strip().removesuffix(".0")
    if found := _NAMED_MONTH.fullmatch(text.lower()):
        short = found[1]
        return f"{found[2]}M{MONTHS.index(short) + 1:02d}" if short in MONTHS else None
    found = _PERIOD.fullmatch(text.upper())
    if not found:
        return None
    year, kind, part = found[1], found[2], int(found[3] or 1)
    if kind == "M":
        return f"{year}M{part:02d}" if 1 <= part <= 12 else None
    if kind in ("K", "Q"):
        return f"{year}K{part}" if 1 <= part <= 4 else None
    return year if part == 1 else None


def _unreadable(
    kept: pd.DataFrame, values: Sequence[object], spans: Sequence[object], wanted: Wanted, where: str
) -> list[Problem]:
    found = []
    for column, read in ((wanted.measure, values), ("Periode", spans)):
        bad = pd.Series([value is None for value in read], index=kept.index, dtype=bool)
        found += breach("fetch_figure_unreadable", where, bad, column=column)
    return found


def _ambiguous(
    made: pd.DataFrame, rows: pd.DataFrame, wanted: Wanted, known: tuple[str, str], where: str
) -> list[Problem]:
    # Several figures for one municipality and period: a column divides them further and must be chosen from.
    if not made.duplicated(["municipality_code", "period"]).any():
        return []
    open_columns = [c for c in rows.columns if c not in (*known, wanted.measure, *wanted.where)]
    dividing = [c for c in open_columns if 1 < made[c].nunique() < len(made)] if open_columns else []
    return [Problem("fetch_choose_value", where, {"columns": dividing or ["-"]})]
