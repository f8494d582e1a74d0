"""Names of waves that sort in time: a report takes waves in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

SEASONS = (("forår", "foråret", "spring"), ("sommer", "sommeren", "summer"), ("efterår", "efteråret", "autumn", "fall"))
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
ENGLISH = {"may": 5, "oct": 10}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def sortable(names: Sequence[str]) -> dict[str, str]:
    """Propose names in the order of time for waves whose own names are not.

    Returns
    -------
    dict
        Name -> new name, in the order of time; empty where the names sort already, or do not tell when they were.

    Examples
    --------
    >>> sortable(["Efterår 2021", "Forår 2021", "Forår 2022"])
    {'Forår 2021': '2021-1 forår', 'Efterår 2021': '2021-2 efterår', 'Forår 2022': '2022-1 forår'}
    >>> sortable(["2021", "2022"]), sortable(["før", "efter"])
    ({}, {})
    """
    when = {name: _when(name) for name in names}
    if None in when.values() or len(set(when.values())) < len(when):
        return {}
    ordered = sorted(when.items(), key=lambda pair: pair[1] or (0, 0))
    if [name for name, _ in ordered] == sorted(when):
        return {}
    made: dict[str, str] = {}
    for name, found in ordered:
        year = found[0] if found else 0
        place = 1 + sum(known.startswith(f"{year}-") for known in made.values())
        made[name] = f"{year}-{place:02}" if len(names) > 9 else f"{year}-{place}"
        made[name] += _said(name)
    return made


def _when(name: str) -> tuple[int, int] | None:
    """Year and place within it; None if the name does not tell both."""
    years = _YEAR.findall(name)
    if len(years) != 1:
        return None
    for word in re.findall(r"[^\W\d_]+", name.casefold()):
        season = next((place for place, words in enumerate(SEASONS, start=1) if word in words), None)
        if season is not None:
            return int(years[0]), 100 + season
        month = ENGLISH.get(word[:3]) or (MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else None)
        if month is not None:
            return int(years[0]), month
    number = re.search(r"\d+", _YEAR.sub(" ", name))
    return (int(years[0]), int(number[0])) if number else None


def _said(name: str) -> str:
    """The words of a name, which the reader of the report knows; a number is in the new name already."""
    rest = _YEAR.sub(" ", name).strip(" -_.,/")
    return f" {rest.casefold()}" if re.fullmatch(r"[^\W\d_]+", rest) else ""
