"""One file of answers by its codebook: every column is read once, with what it holds that nobody knows.

The checks judge what stands here and `responses` are made of it, so that no answer can mean one thing to those who
judge it and another to those who count it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobreport.domain.municipalities import recognise
from jobreport.setup import coding
from jobreport.setup.codebook import NOT_ANSWERED, Codebook, Question


@dataclass(frozen=True)
class Asked:
    """One question in one wave: where its cells stand, and what they mean by that wave's own answers.

    ``wave`` is normalised; '' is the rows that name none. ``rows`` are places in the ``column``.
    """

    item: Question
    wave: str
    rows: npt.NDArray[np.int32]
    column: pd.Series
    table: Mapping[str, int]
    coded: coding.Coded

    @property
    def cells(self) -> pd.Series:
        """The cells as they stand, under the numbers of their rows."""
        return self.column.iloc[self.rows]


@dataclass(frozen=True)
class Keys:
    """Whose rows they are: of everybody in the file, also those who did not answer.

    Parameters
    ----------
    cells
        Key -> its cells, recoded or fixed.
    wave
        Text in one Unicode form; '' where there is none.
    municipality
        Code; missing where a cell names none. None if the file does not say where people live.
    status
        Text in one Unicode form; None without such a column.
    """

    cells: Mapping[str, pd.Series]
    wave: pd.Series
    municipality: pd.Series | None
    status: pd.Series | None

    def of(self, rows: pd.Series) -> Keys:
        """Keep the rows that a mask tells; a wave that none of them names is gone."""
        return Keys(
            {key: column[rows] for key, column in self.cells.items()},
            self.wave[rows].cat.remove_unused_categories(),
            None if self.municipality is None else self.municipality[rows],
            None if self.status is None else self.status[rows],
        )


@dataclass(frozen=True)
class CodedFile:
    """The answers of one file: who gave them, and every question and grouping as codes."""

    codebook: Codebook
    keys: Keys
    persons: Mapping[str, pd.Series]
    groups: Mapping[str, tuple[pd.Series, coding.Coded]]
    asked: tuple[Asked, ...]

    def responses(self, waves: Sequence[str] = (), weight: pd.Series | None = None) -> pd.DataFrame:
        """Make `responses`, one row per respondent and wave.

        Parameters
        ----------
        waves
            Labels of the waves in the order of time; default: sorted by label.
        weight
            None: everybody weighs 1.

        Returns
        -------
        DataFrame
            Columns ``respondent_id`` (whole numbers, or texts as a category), ``jobcentre_code``, ``cluster`` and
            ``stratum`` where the file has them, ``wave`` (ordered category), ``municipality_code`` (category),
            ``weight``, the groups (categories) and per item an int8: -1 not answered, 0 don't know, 1..k best.
        """
        wave, places = self.keys.wave, self.keys.municipality
        if places is None:
            raise KeyError("municipality_code")
        texts = {coding.normal(label): label for label in waves or sorted(set(wave.cat.categories) - {""})}
        order = wave.cat.set_categories(list(texts), ordered=True).cat.rename_categories(list(texts.values()))
        made: dict[str, object] = {
            **self.persons,
            "wave": order,
            "municipality_code": pd.Categorical(places, categories=sorted(places.dropna().unique())),
            "weight": 1.0 if weight is None else weight,
        }
        for name, (_, coded) in self.groups.items():
            keys = pd.Index(list(self.codebook.groups[name].values))
            made[name] = pd.Categorical.from_codes(coded.codes, categories=keys)
        made |= {item.name: self._codes(item) for item in self.codebook.items}
        for names in self.codebook.choices:
            made |= _not_chosen({name: made[name] for name in names})
        return pd.DataFrame(made, index=wave.index, copy=False).reset_index(drop=True)

    def _codes(self, item: Question) -> npt.NDArray[np.int8]:
        codes = np.full(len(self.keys.wave), NOT_ANSWERED, dtype=np.int8)
        for asked in (each for each in self.asked if each.item.name == item.name and each.wave):
            codes[asked.rows] = asked.coded.codes
        return codes


def _not_chosen(codes: Mapping[str, Any]) -> dict[str, npt.NDArray[np.int8]]:
    # Say of those who chose something that they did not choose what they left blank; who left all blank is silent.
    somebody = np.any([each != NOT_ANSWERED for each in codes.values()], axis=0)
    return {name: np.where(somebody & (each == NOT_ANSWERED), 1, each).astype(np.int8) for name, each in codes.items()}


def keys(raw: pd.DataFrame, codebook: Codebook) -> Keys:
    """Read whose rows they are, of every row of a table that has a wave."""
    layout = codebook.layout
    columns = {key: key_column(key, raw, codebook) for key in (*layout.columns, *layout.fixed)}
    cells = {key: column for key, column in columns.items() if column is not None}
    municipality, status = cells.get("municipality_code"), cells.get("status")
    return Keys(
        cells,
        coding.texts(cells["wave"]),
        None if municipality is None else coding.texts(municipality, recognise),
        None if status is None else coding.texts(status),
    )


def key_column(key: str, raw: pd.DataFrame, codebook: Codebook) -> pd.Series | None:
    """Return a key column of a table, recoded or fixed; None if the table has none."""
    layout = codebook.layout
    if key in layout.fixed:
        return pd.Series(layout.fixed[key], index=raw.index, dtype=object)
    column = layout.columns.get(key)
    if column is None or column not in raw:
        return None
    table = layout.recodes.get(key)
    return raw[column] if table is None else coding.texts(raw[column], lambda text: table.get(text, text))


def of(raw: pd.DataFrame, whose: Keys, codebook: Codebook) -> CodedFile:
    """Code every question and grouping of a table; ``whose`` holds the keys of its rows."""
    told = ("respondent_id", "jobcentre_code", "cluster", "stratum", "comment_key")
    persons = {key: _persons(whose.cells[key]) for key in told if key in whose.cells}
    groups = {name: _group(raw, name, codebook) for name in codebook.layout.groups}
    return CodedFile(codebook, whose, persons, groups, tuple(_asked(raw, whose.wave, codebook)))


def _persons(column: pd.Series) -> pd.Series:
    whole = pd.api.types.is_integer_dtype(column.dtype) and not column.hasnans
    return column if whole else coding.texts(column, lambda text: text or None, coding.plain)


def _group(raw: pd.DataFrame, name: str, codebook: Codebook) -> tuple[pd.Series, coding.Coded]:
    column, table = codebook.layout.groups[name]
    places = {key: place for place, key in enumerate(codebook.groups[name].values)}
    numbered = {text: places[key] if key else NOT_ANSWERED for text, key in table.items()}
    return raw[column], coding.code(raw[column], numbered, NOT_ANSWERED)


def _asked(raw: pd.DataFrame, wave: pd.Series, codebook: Codebook) -> Iterator[Asked]:
    told = wave.array.codes
    rows = {label: np.flatnonzero(told == at).astype(np.int32) for at, label in enumerate(wave.cat.categories)}
    for item in codebook.items:
        for label, own in rows.items():
            answers = codebook.answers_in(item.name, label)
            if answers is not None and item.asked_in(label) and answers.column in raw:
                column = raw[answers.column]
                coded = coding.code(column.iloc[own], answers.table, NOT_ANSWERED)
                yield Asked(item, label, own, column, answers.table, coded)
