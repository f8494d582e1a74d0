"""From what stands in a file's cells to codes: nothing is guessed, what is not known is reported.

A cell is compared by its text: '5', 5, 5.0 and '5,0' are the same; so are 'Ishøj ' and 'ishøj' in
either Unicode form. Work is done once per distinct value, so ten million rows cost little.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

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
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    text = unicodedata.normalize("NFC", str(value)).replace("\u00a0", " ")
    text = re.sub(r"\s+", " ", text).strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


@dataclass(frozen=True)
class Coded:
    """A coded column: one code per row, and which rows hold something that is not in the table."""

    codes: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.bool_]


def apply(column: pd.Series, function: Callable[[str], object], text: Callable[[object], str] = normal) -> pd.Series:
    """Apply a function of the cell's text to every cell, computed once per distinct cell."""
    positions, distinct = pd.factorize(column, use_na_sentinel=False)
    results = np.empty(len(distinct), dtype=object)
    results[:] = [function(text(value)) for value in distinct]
    taken = results[positions] if len(results) else np.empty(0, dtype=object)
    return pd.Series(taken, index=column.index, dtype=object)


def code(column: pd.Series, table: Mapping[str, int], missing: int) -> Coded:
    """Translate a column by a table of normalised texts.

    Parameters
    ----------
    column
        Cells as read, any dtype.
    table
        Normalised text -> code.
    missing
        Code of an empty cell, and of one that is not in the table (which is also reported).
    """
    positions, distinct = pd.factorize(column, use_na_sentinel=False)
    texts = [normal(value) for value in distinct]
    known = {"": missing} | dict(table)
    codes = np.array([known.get(text, missing) for text in texts], dtype=np.int64)
    unknown = np.array([text not in known for text in texts], dtype=bool)
    if not texts:
        return Coded(np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))
    return Coded(codes[positions], unknown[positions])
