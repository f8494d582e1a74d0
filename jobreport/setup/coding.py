"""From what stands in a file's cells to codes: nothing is guessed, what is not known is reported.

A cell is compared by its text: '5', 5, 5.0 and '5,0' are the same; so are 'Ishøj ' and 'ishøj' in
either Unicode form. Work is done once per distinct value, so ten million rows cost little.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobreport.domain import rules

_BLOCK = 1 << 18  # cells at once, so that what is made on the way takes no room
_WHOLE = re.compile(r"([+-]?\d+)[.,]0+")


def normal(value: object) -> str:
    """Reduce a cell to the text that is compared; missing becomes ''.

    Examples
    --------
    >>> normal(5.0), normal(" Meget  tilfreds "), normal(None), normal("08")
    ('5', 'meget tilfreds', '', '08')
    """
    return plain(value).casefold()


def plain(value: object) -> str:
    """Reduce a cell to text as `normal` does, but keep capital letters, as keys of persons need.

    Examples
    --------
    >>> plain(" aB3 "), plain(7.0)
    ('aB3', '7')
    """
    if isinstance(value, str):
        text = value
    elif value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    else:
        text = str(bool(value)) if isinstance(value, (bool, np.bool_)) else str(value)
    text = " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())
    whole = _WHOLE.fullmatch(text) if text.endswith("0") else None
    return whole[1] if whole else text


def first_number(labels: Sequence[str]) -> int | None:
    """Return the number of the first answer of a scale, where the answers are called by numbers that rise by one.

    Each may hold one number; the outermost two may be words alone.

    Examples
    --------
    >>> first_number(["0 - Slet ikke", "1", "2", "3 - Helt sikkert"]), first_number(["Aldrig", "1", "2", "Altid"])
    (0, 0)
    >>> first_number(["Lav", "Høj"]), first_number(["18-29 år", "30-39 år"]), first_number(["5", "4", "3"])
    (None, None, None)
    """
    held = [re.findall(r"(?<!\d)[-+−]?\d+", label) for label in labels]
    if not any(held) or any(len(each) > 1 for each in held) or not all(held[1:-1]):
        return None
    firsts = {int(each[0].replace("−", "-")) - place for place, each in enumerate(held) if each}
    return firsts.pop() if len(firsts) == 1 else None


def lowest(labels: Mapping[str, Sequence[str]]) -> float:
    """Return the number of the least positive answer of a scale: what the answers are called by, else the rule's.

    ``labels``: language -> answers, the least positive first.

    Examples
    --------
    >>> lowest({"da": ["0 - Slet ikke", "1", "2"], "en": ["Not", "Somewhat", "Very"]}), lowest({"da": ["Lav", "Høj"]})
    (0.0, 1.0)
    """
    called = (first_number(each) for each in labels.values())
    return float(next((first for first in called if first is not None), rules.MEAN_LOWEST))


@dataclass(frozen=True)
class Coded:
    """A coded column: one code per row, which hold something that is not in the table, and the texts there."""

    codes: npt.NDArray[np.signedinteger[Any]]
    unknown: npt.NDArray[np.bool_]
    texts: frozenset[str]


def compact(column: pd.Series) -> pd.Series:
    """Number the distinct cells of a column, so that each is held and looked at once; whole numbers stay.

    Examples
    --------
    >>> compact(pd.Series(["5", None, "5"])).cat.codes.tolist()
    [0, -1, 0]
    """
    if pd.api.types.is_integer_dtype(column.dtype) or isinstance(column.dtype, pd.CategoricalDtype):
        return column
    if column.dtype == bool:
        made = pd.Categorical.from_codes(column.to_numpy().view(np.int8), dtype=pd.CategoricalDtype([False, True]))
        return pd.Series(made, index=column.index)
    codes, values = pd.factorize(column)
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(values)), index=column.index)


def is_text(column: pd.Series) -> bool:
    """Tell whether every cell that holds anything is a text; of a column that holds nothing too.

    Examples
    --------
    >>> is_text(pd.Series(["5", None])), is_text(pd.Series([5, None])), is_text(pd.Series(["5", 5]))
    (True, False, False)
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        return not column.notna().any()
    distinct = pd.Series(_distinct(column)[1], dtype=object).dropna()
    return pd.api.types.is_string_dtype(distinct)


def _distinct(column: pd.Series) -> tuple[npt.NDArray[np.signedinteger[Any]], list[object]]:
    # Place of every cell among the distinct values; the last of them is a missing cell.
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes), [*column.cat.categories, None]
    codes, values = pd.factorize(column)
    return codes, [*values, None]


def apply(column: pd.Series, function: Callable[[str], object], text: Callable[[object], str] = normal) -> pd.Series:
    """Apply a function of the cell's text to every cell, computed once per distinct cell."""
    positions, distinct = _distinct(column)
    results = np.empty(len(distinct), dtype=object)
    results[:] = [function(text(value)) for value in distinct]
    return pd.Series(_spread(results, positions), index=column.index, dtype=object)


def blank(column: pd.Series) -> pd.Series:
    """Tell which cells are empty.

    Examples
    --------
    >>> blank(pd.Series(["a", " ", None])).tolist()
    [False, True, True]
    """
    return that(column, lambda text: text == "")


def that(column: pd.Series, holds: Callable[[str], bool]) -> pd.Series:
    """Tell of which cells' texts something holds, asked once per distinct cell.

    Examples
    --------
    >>> that(pd.Series(["Ja", None, "nej"]), "ja".__eq__).tolist()
    [True, False, False]
    """
    positions, distinct = _distinct(column)
    answers = np.array([holds(normal(value)) for value in distinct], dtype=bool)
    return pd.Series(_spread(answers, positions), index=column.index)


def texts(
    column: pd.Series, function: Callable[[str], str | None] = str, text: Callable[[object], str] = normal
) -> pd.Series:
    """As `apply` for a function that gives texts: a category of those that occur, sorted; None is missing.

    Examples
    --------
    >>> texts(pd.Series([" B", "a", "b"])).cat.codes.tolist()
    [1, 0, 1]
    """
    positions, distinct = _distinct(column)
    there = _occurring(positions, len(distinct))
    found = [function(text(value)) if here else None for value, here in zip(distinct, there, strict=True)]
    names = sorted({name for name in found if name is not None})
    number = {name: place for place, name in enumerate(names)}
    codes = np.array([-1 if name is None else number[name] for name in found], dtype=_smallest(len(names)))
    category = pd.Categorical.from_codes(_spread(codes, positions), categories=pd.Index(names, dtype=object))
    return pd.Series(category, index=column.index)


def code(column: pd.Series, table: Mapping[str, int], missing: int) -> Coded:
    """Translate a column by a table of normalised texts.

    ``table``: normalised text -> code. ``missing``: code of an empty cell, and of one that is not in the table (which
    is also reported).
    """
    positions, distinct = _distinct(column)
    known = {"": missing} | dict(table)
    cells = [normal(value) for value in distinct]
    codes = np.array([known.get(cell, missing) for cell in cells], dtype=_smallest(max(known.values())))
    unknown = np.array([cell not in known for cell in cells], dtype=bool)
    here = _occurring(positions, len(cells))
    there = frozenset(np.array(cells, dtype=object)[here])
    everywhere = np.broadcast_to(np.False_, len(positions))  # (what is known of every cell takes no room)
    return Coded(_spread(codes, positions), _spread(unknown, positions) if unknown[here].any() else everywhere, there)


def _spread(of_distinct: npt.NDArray[Any], positions: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[Any]:
    found = np.empty(len(positions), of_distinct.dtype)
    for start in range(0, len(positions), _BLOCK):
        found[start : start + _BLOCK] = of_distinct[positions[start : start + _BLOCK]]
    return found


def _occurring(positions: npt.NDArray[np.signedinteger[Any]], number: int) -> npt.NDArray[np.bool_]:
    there = np.zeros(number, dtype=bool)
    for start in range(0, len(positions), _BLOCK):
        there[positions[start : start + _BLOCK]] = True
    return there


def _smallest(largest: int) -> np.dtype[Any]:
    return np.dtype(np.min_scalar_type(-largest - 1))


@dataclass(frozen=True)
class Answers:
    """Where a question's answers stand in the file, and what each means: normalised text -> code."""

    column: str
    table: Mapping[str, int]


@dataclass(frozen=True)
class Layout:
    """Which column of the file is what."""

    columns: Mapping[str, str] = field(default_factory=dict)  # key of `responses` -> column of the file
    # key of `responses` -> normalised text in the file -> what it means
    recodes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)  # key of `responses` -> the one value that all rows have
    # (question, normalised wave) -> answers; wave '' holds for every wave without an entry of its own
    answers: Mapping[tuple[str, str], Answers] = field(default_factory=dict)
    # column of `responses` -> (column of the file, normalised text -> key of the value, '' for none)
    groups: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    # answered, invited: normalised status codes that count as having answered, and as invited; empty: every row
    answered: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    date_format: str = ""  # how text dates are written, such as 'DD-MM-YYYY'; '' if the file leaves no doubt
    # columns confirmed as a date or a survey key that looks like personal data, or as weights that differ by wave
    allowed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # columns that are dropped before anything in them is looked at

    @property
    def used(self) -> tuple[str, ...]:
        """Columns of the file that are needed, each once; all others are dropped at the door."""
        named = [*self.columns.values(), *(answers.column for answers in self.answers.values())]
        named += [column for column, _ in self.groups.values()]
        return tuple(dict.fromkeys(named))
