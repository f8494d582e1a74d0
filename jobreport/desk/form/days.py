"""Days as a Dane writes them, and as params have them."""

import re
from datetime import date

from babel.dates import format_date

from jobreport.domain.texts import LOCALES
from jobreport.prepare.init.vocabulary import MONTHS

_MONTHS = {name: place for place, names in enumerate(MONTHS, start=1) for name in names}
_WRITTEN = re.compile(r"(?P<day>\d{1,2})[\s./-]+(?P<month>\d{1,2}|[^\W\d_]{3,})[\s./-]+(?P<year>\d{4}|\d{2})")


def read(text: str) -> str:
    """Read a day; '' for none.

    Raises
    ------
    ValueError
        If it is no day.

    Examples
    --------
    >>> read("1.3.2024"), read("1. marts 2024"), read("01-03-24"), read("2024-03-01"), read(" ")
    ('2024-03-01', '2024-03-01', '2024-03-01', '2024-03-01', '')
    """
    written = text.strip()
    if not written or re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return date.fromisoformat(written).isoformat() if written else ""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(written)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    month = int(found["month"]) if found["month"].isdigit() else _MONTHS.get(found["month"].casefold()[:3], 0)
    return date(year, month, int(found["day"])).isoformat()


def write(day: str, language: str) -> str:
    """Write a day of params as people do.

    Examples
    --------
    >>> write("2024-03-01", "da"), write("2024-03-01", "en"), write("", "da")
    ('1. marts 2024', '1 March 2024', '')
    """
    return str(format_date(date.fromisoformat(day), "long", locale=LOCALES[language])) if day else ""
