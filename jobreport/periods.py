"""What days a period of a register covers: '2021', '2021K1' (or Q1), '2021M01'."""

from __future__ import annotations

import re
from datetime import date, timedelta

_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})[KQ]([1-4])")
_MONTH = re.compile(r"(\d{4})M(0[1-9]|1[0-2])")


def _until(year: int, month: int) -> date:
    """Last day before the first of a month; month 13 is January of the next year."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)


def span(period: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period as StatBank writes it, None if it is not one.

    Examples
    --------
    >>> span("2021K4")
    (datetime.date(2021, 10, 1), datetime.date(2021, 12, 31))
    """
    if found := _YEAR.fullmatch(period):
        year = int(found[1])
        return date(year, 1, 1), date(year, 12, 31)
    if found := _QUARTER.fullmatch(period):
        year, quarter = int(found[1]), int(found[2])
        return date(year, 3 * quarter - 2, 1), _until(year, 3 * quarter + 1)
    if found := _MONTH.fullmatch(period):
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), _until(year, month + 1)
    return None
