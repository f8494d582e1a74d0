"""Numbers as they are printed: Babel's formats, the reader's units, each bound to its cell.

Shares become per cent, changes of shares percentage points, log changes per cent. This is the only place
where a unit changes, and it changes nothing but the way a number is written.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from jobreport.domain import periods, rules
from jobreport.domain.released import Row, pattern, waves_in
from jobreport.domain.texts import LOCALES
from jobreport.page import Number, Parts
from jobreport.wording.texts import Texts

MINUS = "\u2212"
LEVEL_PLACES = {"share": 0, "points_0_100": 0, "per_cent": 1}
CHANGE_PLACES = {"share": 1, "per_cent": 1, "points_0_100": 1, "log_points": 1}
OTHER_PLACES = 2
FLOAT_DIGITS = 10
P_LIMIT = 0.001  # of what three decimals of a p-value can tell


def decimal(value: float, places: int, language: str, *, sign: bool = False) -> str:
    """Write a number with the language's separators and a true minus sign.

    ``sign``: whether a positive number gets a plus.

    Examples
    --------
    >>> decimal(-1234.56, 1, "da"), decimal(0.04, 1, "en", sign=True)
    ('−1.234,6', '0.0')
    """
    exact = abs(Decimal(repr(round(float(value), FLOAT_DIGITS))))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = _separated(rounded, places, language)
    if not any(digit in text for digit in "123456789"):
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


@lru_cache(maxsize=10_000)  # the ticks of an axis alone are written five times before they are drawn
def _separated(rounded: Decimal, places: int, language: str) -> str:
    return format_decimal(rounded, format="#,##0" + ("." + "0" * places if places else ""), locale=language)


def shown(row: Row, column: str) -> float:
    """Return a cell in the unit it is printed in.

    Examples
    --------
    >>> row = Row("changes", "k", {"unit": "log_points", "scale": "log", "change": 0.0344})
    >>> round(shown(row, "change"), 1)
    3.5
    """
    value = row.value(column)
    if row.text("scale") == "log":
        return 100 * math.expm1(value)
    return 100 * value if row.text("unit") == "share" else value


def places(row: Row) -> int:
    """Return how many decimals a row's numbers are printed with."""
    by_unit = CHANGE_PLACES if row.table == "changes" else LEVEL_PLACES
    return by_unit.get(row.text("unit"), OTHER_PLACES)


def printed(row: Row, column: str) -> float:
    """Return a cell as a row's numbers are printed: in that unit and to so many decimals."""
    return round(shown(row, column), places(row))


def telling_places(pair: tuple[Row, Row], column: str, least: int) -> int:
    """Return how many decimals two numbers need before they are printed differently, at most three more than `least`.

    Examples
    --------
    >>> pair = tuple(Row("changes", "k", {"scale": "log", "change": math.log(left)}) for left in (0.896, 0.901))
    >>> [round(shown(row, "change"), 1) for row in pair], telling_places(pair, "change", 0)
    ([-10.4, -9.9], 1)
    """
    values = [shown(row, column) for row in pair]
    apart = (n for n in range(least, least + 4) if len({decimal(value, n, "en") for value in values}) > 1)
    return next(apart, least)


def probability(value: float, language: str) -> str:
    """Write a p-value with three decimals; what would be printed as nought or as one is told by its limit.

    Examples
    --------
    >>> [probability(value, "da") for value in (0.14, 1.0, 0.9994, 0.0001)]
    ['0,140', 'over 0,999', '0,999', 'under 0,001']
    """
    if value >= 1 - P_LIMIT / 2:
        return f"over {decimal(1 - P_LIMIT, 3, language)}"
    return f"under {decimal(P_LIMIT, 3, language)}" if value < P_LIMIT / 2 else decimal(value, 3, language)


def long_date(value: date, language: str) -> str:
    """Write a date.

    Examples
    --------
    >>> long_date(date(2022, 1, 1), "da")
    '1. januar 2022'
    """
    return format_date(value, format="long", locale=LOCALES[language])


def bound(text: str, row: Row, column: str) -> Number | str:
    """Return a text that was read from a cell; bound if a digit stands in it."""
    return Number(text, row.table, row.key, column) if any(c.isdigit() for c in text) else text


def params_text(text: str, path: str) -> Number | str:
    """Return a text from the params; bound if a digit stands in it."""
    return Number(text, "params", path, "value") if any(c.isdigit() for c in text) else text


@dataclass(frozen=True)
class Printer:
    """Writes the cells of rows as bound numbers, in the language of its texts."""

    texts: Texts

    @property
    def language(self) -> str:
        """The report's language."""
        return self.texts.language

    def number(
        self,
        row: Row,
        column: str,
        *,
        sign: bool = False,
        size: bool = False,
        decimals: int | None = None,
        plain: bool = False,
    ) -> Number:
        """Return the cell as a bound number in the unit it is printed in, without the unit's name.

        ``size``: whether the sign is left to the words ('faldt med 1,81'). ``plain``: whether the cell is printed as it
        is: it has no unit (a p-value, an alpha).

        Raises
        ------
        ValueError
            If the cell holds no number.
        """
        if not row.has(column):
            raise ValueError(f"{row.table} has no number in {column} of {row.key}")
        value = row.value(column) if plain else shown(row, column)
        digits = places(row) if decimals is None else decimals
        text = decimal(abs(value) if size else value, digits, self.language, sign=sign)
        return Number(text, row.table, row.key, column)

    def count(self, row: Row, column: str) -> Number:
        """Return a whole number ('1.234')."""
        return Number(decimal(row.value(column), 0, self.language), row.table, row.key, column)

    def ranked(self, row: Row) -> Number:
        """Return how many municipalities are ranked: the comparison and the one compared."""
        return Number(decimal(row.value("n_comparison") + 1, 0, self.language), row.table, row.key, "n_comparison+1")

    def rank_p(self, row: Row) -> Number:
        """Return the p-value of the rank, rank / (comparison + 1)."""
        value = row.value("rank") / (row.value("n_comparison") + 1)
        return Number(probability(value, self.language), row.table, row.key, "rank/(n_comparison+1)")

    def p_value(self, row: Row, column: str) -> Parts:
        """Return 'p = 0,140', or 'p over 0,999'."""
        text = probability(row.value(column), self.language)
        return ("p " if " " in text else "p = ", Number(text, row.table, row.key, column))

    def count_rows(self, found: int, row: Row, varying: tuple[str, ...], what: str) -> Number:
        """Return a number of rows; `what` is 'count', 'count_excluding_zero', 'count_positive', ..."""
        return Number(decimal(found, 0, self.language), row.table, pattern(row, *varying), what)

    def window(self, row: Row, column: str = "wave") -> Number:
        """Return a window of waves ('2020-2+2021-1+2021-2') as its first and last wave, or as its whole years."""
        waves = waves_in(row.text(column))
        waves = periods.whole_years(waves) or waves
        text = waves[0] if len(waves) == 1 else f"{waves[0]} – {waves[-1]}"
        return Number(text, row.table, row.key, column)

    def written(self, row: Row, column: str) -> Number | str:
        """Return a cell of text; bound if a digit stands in it."""
        return bound(row.text(column), row, column)

    def rule(self, name: str) -> Number:
        """Return one of the project's fixed numbers."""
        value = rules.PRINTED[name]
        decimals = 0 if float(value).is_integer() else len(str(value).partition(".")[2])
        return Number(decimal(value, decimals, self.language), "rules", name, "value")

    def params_number(self, value: float, path: str, decimals: int = 0) -> Number:
        """Return a number from the params; `path` is where it stands ('disclosure.suppress_below')."""
        return Number(decimal(value, decimals, self.language), "params", path, "value")

    def params_date(self, value: date, path: str) -> Number:
        """Return a date from the params ('1. januar 2022')."""
        return Number(long_date(value, self.language), "params", path, "value")
