"""The cells that printed numbers are bound to, and whether a printed number says what its cell holds.

This reads the printed text; it shares nothing with the code that wrote it.
"""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from jobreport.domain.released import FEW, KEYS

Value = object
Key = tuple[str, str, str]
SEPARATORS = {"da": (".", ","), "en": (",", ".")}
NUMERAL = re.compile(r"[+\u2212-]?\d[\d.,\u00a0\u202f]*")
LIMIT = re.compile(r"(over|under) ")  # of a p-value that is told by what it lies beyond, in both languages
MORE_THAN_A_NUMBER = re.compile(r"[^\W\d_]|\d[^\d.,\s]+\d")  # a letter, or numerals that are joined: 18-29
WRITTEN_OUT = re.compile(r"\[U\+(0?[0-9A-F]{4,5}|10[0-9A-F]{4})\]")
INVISIBLE = str.maketrans({"\u00ad": None, "\u200b": None, "\u2060": None, "\u00a0": " ", "\u202f": " "})
COUNTS = re.compile(r"count(?:_(excluding_zero|positive|negative|suppressed|uncertain))?")


@dataclass(frozen=True)
class Quoted:
    """The texts with digits in a codebook or a params file. ``texts``: as they stand there, longest first."""

    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, *held: object) -> Quoted:
        """Gather the texts of whatever holds them.

        Examples
        --------
        >>> Quoted.of({"da": "18-29 år"}, ["Tilfreds", "Tilfreds (4)"]).texts
        ('Tilfreds (4)', '18-29 år')
        """
        found = {plain(text) for each in held for text in _texts_of(each) if re.search(r"\d", text)}
        return cls(tuple(sorted(found, key=lambda text: (-len(text), text))))

    def rest(self, text: str) -> str:
        """Return what a text says besides its quotations, in small letters or capitals.

        A quotation that is a bare number frees a text only where it is the whole of it, or stands in quotation marks: a
        "5" among the answers would otherwise free every 5.

        Examples
        --------
        >>> Quoted(("18-29 år", "5")).rest("Af dem på 18-29 år svarede 5"), Quoted(("5",)).rest("5")
        ('Af dem på  svarede 5', '')
        >>> Quoted(("18-29",)).rest("18-29: 5 pct."), Quoted(("9", "10")).rest("»9« eller »10«: 9")
        (': 5 pct.', ' eller : 9')
        """
        left = plain(text)
        for quoted in self.texts:
            if left.casefold() == quoted.casefold():
                return ""
            if MORE_THAN_A_NUMBER.search(quoted):
                left = re.sub(rf"(?<!\w){re.escape(quoted)}(?!\w)", "", left, flags=re.IGNORECASE)
            else:
                left = left.replace(f"»{quoted}«", "").replace(f"“{quoted}”", "")
        return left

    def holds(self, text: str) -> bool:
        """Tell whether all numerals of a piece of text, which a line may have broken off, stand in quotations."""
        return set(re.findall(r"\d+", unhidden(text))) <= {
            n for quoted in self.texts for n in re.findall(r"\d+", quoted)
        }


def plain(text: str) -> str:
    r"""Return a text as it is compared: no soft hyphens, every space a plain one, letters and their marks joined.

    Examples
    --------
    >>> plain("18-29 a\u030ar") == plain("18-29\u00a0\u00e5r"), plain("2[U+200B]0") == plain("2\u200b0")
    (True, True)
    """
    return " ".join(unicodedata.normalize("NFC", unhidden(text)).translate(INVISIBLE).split())


def unhidden(text: str) -> str:
    """Return a text with the hidden characters that a page writes out as they stand in its source: no digits.

    Examples
    --------
    >>> unhidden("Ish[U+202E]øj, [U+0039]") == "Ish" + chr(0x202E) + "øj, [U+0039]"
    True
    """
    return WRITTEN_OUT.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    meant = chr(int(found[1], 16))
    return found[0] if meant.isprintable() else meant


def _texts_of(held: object) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        yield from (text for pair in held.items() for part in pair for text in _texts_of(part))
    elif isinstance(held, (list, tuple)):
        yield from (text for part in held for text in _texts_of(part))
    elif dataclasses.is_dataclass(held):
        yield from (text for part in dataclasses.fields(held) for text in _texts_of(getattr(held, part.name)))


@dataclass(frozen=True)
class Cells:
    """Every cell that a report may print."""

    # 'estimates', 'changes', 'diagnostics', 'benchmarks', 'claims'
    rows: Mapping[str, Mapping[str, Mapping[str, Value]]]
    params: Mapping[str, Any]  # the params as read, with the front matter under 'report'
    rules: Mapping[str, float]  # the project's fixed numbers
    # the worked examples of the notebook on the method
    examples: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    # texts of the codebook and the params in which digits may stand unbound
    quoted: Quoted = field(default_factory=Quoted)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pd.DataFrame],
        params: Mapping[str, Any],
        rules: Mapping[str, float],
        front: Mapping[str, Any],
    ) -> Cells:
        """Index released tables by their keys.

        Raises
        ------
        ValueError
            If two rows of a table have the same key: a number could not be told to be theirs.
        """
        rows = {name: _Keyed(name, table) for name, table in tables.items()}
        return cls(rows, {**params, "report": {**front, "report_date": front["date"]}}, rules)

    def value(self, key: Key) -> Value:
        """What a cell holds; derived columns ('n_comparison+1', 'count_positive') are worked out.

        Raises
        ------
        KeyError
            If there is no such table, row or column, or the cell is empty.
        """
        table, row, column = key
        if table == "rules":
            return self.rules[row]
        if table == "example":
            return self.examples[row][column]
        if table == "params":
            return _descend(self.params, row if column == "value" else f"{row}.{column}")
        held = self.rows[table]
        if COUNTS.fullmatch(column):
            return _count(held, row, column)
        return _derived(held[row], column)


class _Row(Mapping[str, Value]):
    def __init__(self, columns: _Columns, place: int) -> None:
        self._columns, self._place = columns, place

    def __getitem__(self, column: str) -> Value:
        return self._columns[column][self._place]

    def __iter__(self) -> Iterator[str]:
        return map(str, self._columns.table)

    def __len__(self) -> int:
        return len(self._columns.table.columns)


class _Columns(dict[str, list[Value]]):
    def __init__(self, table: pd.DataFrame) -> None:
        super().__init__()
        self.table = table

    def __missing__(self, column: str) -> list[Value]:
        self[column] = self.table[column].tolist()
        return self[column]


class _Keyed(Mapping[str, Mapping[str, Value]]):
    """The rows of a table by their keys: of many rows few are printed, and of many columns fewer."""

    def __init__(self, name: str, table: pd.DataFrame) -> None:
        self._columns = _Columns(table)
        keys = _keys(name, self._columns)
        self._place = {key: place for place, key in enumerate(keys)}
        if len(self._place) < len(keys):
            twice = next(key for place, key in enumerate(keys) if self._place[key] != place)
            raise ValueError(f"two rows of {name} have the key {twice}")

    def __getitem__(self, key: str) -> Mapping[str, Value]:
        return _Row(self._columns, self._place[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)


def _keys(name: str, columns: _Columns) -> list[str]:
    if name in KEYS:
        parts = (_texts(columns.table[column]) for column in KEYS[name])
        return ["|".join(row) for row in zip(*parts, strict=True)]
    own = name.removesuffix("s")
    given = columns[own] if own in columns.table else [None] * len(columns.table)
    return [str(place if _is_missing(value) else value) for place, value in enumerate(given)]


def _texts(cells: pd.Series) -> list[str]:
    if len(cells) < FEW or not isinstance(cells.dtype, pd.StringDtype):
        return [*map(_text, cells.tolist())]
    codes, known = pd.factorize(cells, use_na_sentinel=False)
    texts = [*map(_text, known.tolist())]
    return [texts[code] for code in codes.tolist()]


def _is_missing(value: Value) -> bool:
    return value is None or value is pd.NA or value == "" or (isinstance(value, float) and math.isnan(value))


def _text(value: Value) -> str:
    return "" if _is_missing(value) else str(value)


def _descend(held: Any, path: str) -> Value:
    for step in path.split("."):
        held = held[int(step)] if isinstance(held, (list, tuple)) else held[step]
    if held is None:
        raise KeyError(path)
    return held


def _derived(row: Mapping[str, Value], column: str) -> Value:
    if sum_ := re.fullmatch(r"(\w+)\+1", column):
        return float(row[sum_[1]]) + 1  # type: ignore[arg-type]
    if quotient := re.fullmatch(r"(\w+)/\((\w+)\+1\)", column):
        return float(row[quotient[1]]) / (float(row[quotient[2]]) + 1)  # type: ignore[arg-type]
    value = row[column]
    if _is_missing(value):
        raise KeyError(column)
    return value


def _count(held: Mapping[str, Mapping[str, Value]], pattern: str, column: str) -> int:
    fits = re.compile(r"\|".join(r"[^|]*" if part == "*" else re.escape(part) for part in pattern.split("|")))
    alike = (key for begin in [pattern.partition("*")[0]] for key in held if key.startswith(begin))
    return sum(_counts(held[key], column) for key in alike if fits.fullmatch(key))


def _counts(row: Mapping[str, Value], column: str) -> bool:
    if column in ("count_suppressed", "count_uncertain"):
        return row["flag"] == column.removeprefix("count_")
    if row["flag"] == "suppressed":
        return False
    value = _number(row, "change" if "change" in row else "estimate")
    return {
        "count": True,
        "count_excluding_zero": _number(row, "ci_low") > 0 or _number(row, "ci_high") < 0,
        "count_positive": value > 0,
        "count_negative": value < 0,
    }[column]


def _number(row: Mapping[str, Value], column: str) -> float:
    value = row.get(column)
    return math.nan if _is_missing(value) else float(value)  # type: ignore[arg-type]


def agrees(text: str, value: Value, language: str) -> bool:
    """Whether a printed number is what its cell holds, in one of the units that reports print.

    A share may be printed in per cent, a change of logarithms as per cent, a fall as its size. What is compared
    is the printed number with half a unit of its last decimal. A text, a date or a window of waves agrees if it
    is the same, or if its numerals are among those of the cell.

    Examples
    --------
    >>> agrees("59 pct.", 0.5949, "da"), agrees("60 pct.", 0.5949, "da"), agrees("1.234", 1234, "da")
    (True, False, True)
    >>> agrees("1. januar 2022", "2022-01-01", "da"), agrees("1. januar 2023", "2022-01-01", "da")
    (True, False)
    >>> agrees("over 0,999", 1.0, "da"), agrees("over 0,999", 0.99, "da"), agrees("under 0.001", 0.0001, "en")
    (True, False, True)
    """
    numerals = NUMERAL.findall(text)
    stored = _as_number(value)
    if stored is not None and (limit := LIMIT.match(text)) is not None and len(numerals) == 1:
        printed, _ = _parsed(numerals[0], language)
        return stored > printed if limit[1] == "over" else stored < printed
    if stored is None:
        return text == str(value) or _numerals(text) <= _numerals(str(value))
    if len(numerals) != 1:
        return False
    printed, half = _parsed(numerals[0], language)
    candidates = (stored, 100 * stored, 100 * math.expm1(min(stored, 50)))
    return any(abs(abs(printed) - abs(c)) <= half and (printed >= 0 or c <= half) for c in candidates)


def _as_number(value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return None if math.isnan(number) else number


def _parsed(numeral: str, language: str) -> tuple[float, float]:
    # A printed number, and half a unit of its last decimal (with room for the way halves are rounded).
    thousands, point = SEPARATORS[language]
    cleaned = re.sub(rf"[{re.escape(thousands)}\u00a0\u202f]", "", numeral.rstrip(".,\u00a0\u202f"))
    cleaned = cleaned.replace(point, ".").replace("\u2212", "-")
    decimals = len(cleaned.partition(".")[2])
    return float(cleaned), 0.5 * 10**-decimals * (1 + 1e-9)


def _numerals(text: str) -> Counter[int]:
    return Counter(map(int, re.findall(r"\d+", text)))
