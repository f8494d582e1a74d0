"""What days a period of a register covers: '2021', '2021K1' (or Q1), '2021M01'."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from datetime import date

_PERIOD = re.compile(r"(\d{4})(?:[KQ]([1-4])|M(0[1-9]|1[0-2]))?")
PER_YEAR = {"": 1, "K": 4, "Q": 4, "M": 12}


def season(period: str) -> str:
    """Return what recurs every year: 'M03' of '2021M03', 'K4' of '2021K4'; '' of a year or another label.

    Examples
    --------
    >>> season("2021Q4"), season("2021M03"), season("2021")
    ('K4', 'M03', '')
    """
    return period[4:].replace("Q", "K") if span(period) is not None else ""


def per_year(period: str) -> int:
    """Return how many such periods a year has: 12, 4 or 1."""
    return PER_YEAR[season(period)[:1]]


def same_seasons(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether two windows hold the same months or quarters, each equally often within its window.

    Examples
    --------
    >>> same_seasons(["2020M01", "2021M01"], ["2022M01"]), same_seasons(["2021M12"], ["2022M01"])
    (True, False)
    """
    counts = [Counter(season(period) for period in window) for window in (before, after)]
    even = all(len(set(count.values())) <= 1 for count in counts)
    return even and set(counts[0]) == set(counts[1])


def whole_years(window: Sequence[str]) -> list[str]:
    """Return the years of a window that holds every month or quarter of them; nothing for any other window.

    Examples
    --------
    >>> whole_years(["2021K1", "2021K2", "2021K3", "2021K4"]), whole_years(["2021K1"])
    (['2021'], [])
    """
    if any(not season(period) for period in window):
        return []
    years = Counter(period[:4] for period in window)
    return sorted(years) if all(count == per_year(window[0]) for count in years.values()) else []


def successor(period: str) -> str:
    """Return the period that follows: '2022M01' after '2021M12'. ValueError if it is no period.

    Examples
    --------
    >>> successor("2021K4"), successor("2021"), successor("2021M01")
    ('2022K1', '2022', '2021M02')
    """
    if span(period) is None:
        raise ValueError(f"no period: {period}")
    year, kind = int(period[:4]), season(period)[:1]
    if not kind:
        return str(year + 1)
    part = int(period[5:]) % per_year(period) + 1
    width = 2 if kind == "M" else 1
    return f"{year + (part == 1)}{kind}{part:0{width}d}"


def steps(first: str, last: str) -> int:
    """Return how many periods later the last of two is.

    Examples
    --------
    >>> steps("2019", "2022"), steps("2021K4", "2022K2")
    (3, 2)
    """
    ends = (int(period[:4]) * per_year(period) + int(period[5:] or 1) for period in (last, first))
    return next(ends) - next(ends)


def span(period: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period as StatBank writes it, None if it is not one.

    Examples
    --------
    >>> span("2021K4")
    (datetime.date(2021, 10, 1), datetime.date(2021, 12, 31))
    """
    found = _PERIOD.fullmatch(period)
    if found is None:
        return None
    year, months = int(found[1]), 12 // PER_YEAR[period[4:5]]
    last = months * int(found[2] or found[3] or 1)
    return date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1])
