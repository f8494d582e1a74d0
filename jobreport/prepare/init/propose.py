"""What the columns of a file seem to be: proposals, each of which a person must confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.rules import SUPPRESS_AT_LEAST
from jobreport.intake.checks import across, personal
from jobreport.intake.formats.tables import RawTable
from jobreport.prepare.init import vocabulary
from jobreport.prepare.init.columns import MOST_GROUPS, Column, describe
from jobreport.prepare.init.vocabulary import sortable
from jobreport.setup import coding
from jobreport.setup.coding import normal

LONGEST_NAME = 4  # a name of more words is a question

RARE = 0.05


@dataclass(frozen=True)
class ScaleFound:
    """A scale in the file: its labels from least to most positive and the codes in that order."""

    kind: str
    labels_da: tuple[str, ...]
    labels_en: tuple[str, ...]
    codes: tuple[str, ...]
    positive: int
    negative: int
    outside: tuple[tuple[str, str, str], ...]  # code, Danish label, English label of 'ved ikke' and the like
    only_numbers: bool = False  # no labels in the file: the direction cannot be known


@dataclass(frozen=True)
class QuestionFound:
    """A question proposed for an indicator; ``label`` is its short name where a person gave one."""

    indicator: str
    name: str
    column: Column
    scale: ScaleFound
    label: str = ""


@dataclass(frozen=True)
class Proposal:
    """Everything proposed for one file."""

    table: RawTable
    columns: tuple[Column, ...]
    keys: Mapping[str, Column] = field(default_factory=dict)
    groups: Mapping[str, Column] = field(default_factory=dict)
    outside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # grouping -> codes that are no group
    questions: tuple[QuestionFound, ...] = ()
    municipality_recode: Mapping[str, str] = field(default_factory=dict)
    wave_recode: Mapping[str, str] = field(default_factory=dict)
    free_text: tuple[str, ...] = ()
    row_numbers: tuple[str, ...] = ()  # columns named as numbers of persons, that count rows

    def column(self, name: str) -> Column | None:
        """Return a column by name."""
        return next((column for column in self.columns if column.name == name), None)


def propose(table: RawTable, counted: frozenset[str] | None = None) -> Proposal:
    """Look at every column of a file and propose what it is.

    Parameters
    ----------
    table
        A file as read.
    counted
        Columns that count rows in every file of the survey; None if this is the only file.
    """
    counted = row_numbers([table]) if counted is None else counted
    columns = tuple(describe(table, str(name)) for name in table.frame.columns)
    candidates = tuple(column for column in columns if column.name not in counted)
    keys = {
        key: found
        for key in vocabulary.KEY_WORDS
        if (found := _key(key, candidates if key == across.KEY else columns, table)) is not None
    }
    status = next((column for column in columns if column.kind == "status"), None)
    if status is not None:
        keys["status"] = status
    taken = {column.name for column in keys.values()}
    groups = {}
    for name, words in vocabulary.GROUP_WORDS.items():
        found = next((c for c in columns if c.name not in taken and _is_group(c, words)), None)
        if found is not None:
            groups[name] = found
            taken.add(found.name)
    rest = [column for column in columns if column.name not in taken]
    return Proposal(
        table=table,
        columns=columns,
        keys=keys,
        groups=groups,
        outside={name: outside(table.frame[c.name], c.answers, _strata(keys, table)) for name, c in groups.items()},
        questions=tuple(_questions(rest)),
        municipality_recode=_recode(keys.get("municipality_code")),
        wave_recode=_wave_recode(keys.get("wave"), table),
        free_text=tuple(column.name for column in columns if column.kind == "text" and column.name not in taken),
        row_numbers=tuple(column.name for column in columns if column.name in counted),
    )


def _strata(keys: Mapping[str, Column], table: RawTable) -> int:
    """How many waves and municipalities the file holds, as far as its columns are known."""
    names = [keys[key].name for key in ("wave", "municipality_code") if key in keys]
    return len(table.frame[names].drop_duplicates()) if names else 1


def row_numbers(tables: Sequence[RawTable]) -> frozenset[str]:
    """Find the columns that are named as numbers of persons and count rows in every file that has them."""
    words = vocabulary.KEY_WORDS[across.KEY].header
    found: dict[str, bool] = {}
    for table in tables:
        waves = _waves_of_rows(table)
        for name in map(str, table.frame.columns):
            if is_named(name, words):
                found[name] = found.get(name, True) and across.is_row_number(table.frame[name], waves)
    return frozenset(name for name, counts in found.items() if counts)


def _waves_of_rows(table: RawTable) -> pd.Series | None:
    names = [str(name) for name in table.frame.columns if is_named(str(name), vocabulary.KEY_WORDS["wave"].header)]
    return coding.apply(table.frame[names[0]], str, coding.plain) if names else None


def recognise_scale(column: Column) -> ScaleFound | None:
    """Find the known scale whose labels the column has, all of them, beside 'ved ikke' and the like."""
    by_label = {normal(label): code for code, label in column.answers.items()}
    outside = tuple(
        (code, column.answers[code], vocabulary.DONT_KNOW[label])
        for label, code in by_label.items()
        if label in vocabulary.DONT_KNOW
    )
    labels = set(by_label) - set(vocabulary.DONT_KNOW)
    for scale in vocabulary.SCALES:
        for words in (scale.da, scale.en):
            wanted = [normal(word) for word in words]
            whole = labels == set(wanted) if column.coded else labels <= set(wanted) and len(labels) >= 3
            if whole:
                codes = tuple(by_label.get(word, "") for word in wanted) if column.coded else ()
                return ScaleFound(scale.kind, scale.da, scale.en, codes, scale.positive, scale.negative, outside)
    return None


def _questions(columns: list[Column]) -> Iterator[QuestionFound]:
    scaled = [(column, scale) for column in columns if (scale := recognise_scale(column)) is not None]
    taken: set[str] = set()
    for item in vocabulary.ITEMS:
        fitting = [
            (column, scale)
            for column, scale in scaled
            if column.name not in taken
            and scale.kind in item.kinds
            and any(word in f"{column.question} {column.name}".casefold() for word in item.words)
        ]
        if fitting:
            column, scale = max(fitting, key=lambda pair: _preference(pair[0]))
            taken.add(column.name)
            yield QuestionFound(item.indicator, item.name, column, scale)
        elif (bare := _bare(item, columns, taken)) is not None:
            taken.add(bare[0].name)
            yield QuestionFound(item.indicator, item.name, *bare)


def _bare(item: vocabulary.Item, columns: list[Column], taken: set[str]) -> tuple[Column, ScaleFound] | None:
    """A column of small numbers whose name or text fits, with the usual scale but no codes."""
    for column in columns:
        named = any(word in f"{column.question} {column.name}".casefold() for word in item.words)
        if named and column.name not in taken and column.kind == "number" and len(column.answers) >= 3:
            scale = next(scale for scale in vocabulary.SCALES if scale.kind == item.kinds[0])
            found = ScaleFound(scale.kind, scale.da, scale.en, (), scale.positive, scale.negative, (), True)
            return column, found
    return None


def _preference(column: Column) -> int:
    text = column.question.casefold()
    return sum(word in text for word in vocabulary.PREFERRED)


def _key(key: str, columns: tuple[Column, ...], table: RawTable) -> Column | None:
    words = vocabulary.KEY_WORDS[key].header
    fitting = [column for column in columns if column.filled and _named(column, words)]
    if key == "municipality_code":
        return _municipality(fitting, columns, table)
    if key == "respondent_id":
        fitting = [column for column in fitting if column.distinct > MOST_GROUPS]
    return fitting[0] if fitting else None


def _named(column: Column, words: tuple[str, ...]) -> bool:
    return is_named(column.name, words)


def is_named(name: str, words: tuple[str, ...]) -> bool:
    """Tell whether a header is one of some words, alone or among a few others.

    Examples
    --------
    >>> is_named("ID", ("id",)), is_named("Hvad er dit id i vores system?", ("id",))
    (True, False)
    """
    header = name.casefold()
    parts = set(re.findall(r"[^\W_]+", header)) | {header}
    return len(parts) <= LONGEST_NAME and bool(parts & set(words))


def _municipality(fitting: list[Column], columns: tuple[Column, ...], table: RawTable) -> Column | None:
    """A column of municipalities: named so, or holding nothing but names of municipalities."""
    for column in fitting:
        if _all_places(column, table) or _recode(column):
            return column
    for column in columns:
        if column.kind in ("closed", "text") and column.filled and (_recode(column) or _all_places(column, table)):
            return column
    return None


def _all_places(column: Column, table: RawTable) -> bool:
    codes = coding.apply(
        table.frame[column.name].drop_duplicates(), lambda text: municipalities.recognise(text) or text == ""
    )
    return bool(codes.astype(bool).all()) and column.distinct > 0


def _recode(column: Column | None) -> Mapping[str, str]:
    """Read municipalities from answer labels: code -> municipality code; empty unless all labels are places."""
    if column is None or not column.coded or not column.answers:
        return {}
    found = {code: municipalities.recognise(label) for code, label in column.answers.items()}
    read = {code: place for code, place in found.items() if place is not None}
    return read if len(read) == len(found) and not all(code == place for code, place in read.items()) else {}


def _is_group(column: Column, words: vocabulary.Words) -> bool:
    if not column.answers or column.distinct > MOST_GROUPS or column.kind not in ("closed", "number"):
        return False
    if personal.about_persons(column.name, column.question):
        return False
    labels = " ".join(column.answers.values()).casefold()
    text_words = set(re.findall(r"[^\W_]+", column.question.casefold()))
    asked = bool(text_words & set(words.header)) and len(text_words) <= 10
    return _named(column, words.header) or asked or sum(word in labels for word in words.answers) >= 2


def waves_in(proposal: Proposal) -> list[str]:
    """List the waves that a column of the file names, in the order of their labels."""
    found = _wave_cells(proposal.keys.get("wave"), proposal.table)
    return sorted(proposal.wave_recode.get(cell, cell) for cell in found)


def _wave_recode(column: Column | None, table: RawTable) -> dict[str, str]:
    """Name the waves by the labels that the file gives their codes, in an order that sorts in time."""
    cells = _wave_cells(column, table)
    labels = table.labels.get(column.name, {}) if column is not None else {}
    said = {cell: labels.get(normal(cell), "") or cell for cell in cells}
    names = sortable(list(said.values()))
    recoded = {cell: names.get(name, name) for cell, name in said.items()}
    return {} if all(cell == name for cell, name in recoded.items()) else recoded


def _wave_cells(column: Column | None, table: RawTable) -> list[str]:
    return sorted(wave_spellings(column, table))


def wave_spellings(column: Column | None, table: RawTable) -> dict[str, list[str]]:
    """Return the waves that a column names, each by its commonest spelling, with its other spellings.

    Capital letters tell no two waves apart: they are read as one.
    """
    if column is None:
        return {}
    texts: pd.Series = coding.apply(table.frame[column.name], str, coding.plain)
    counts = texts[texts != ""].value_counts()
    found: dict[str, list[str]] = {}
    for cell in sorted(counts.index, key=lambda cell: (-int(counts[cell]), str(cell))):
        found.setdefault(normal(cell), []).append(str(cell))
    return {spellings[0]: spellings[1:] for spellings in found.values()}


def outside(cells: pd.Series, answers: Mapping[str, str], strata: int) -> tuple[str, ...]:
    """Codes whose label says that nothing was told, and those of very few answers beside large groups.

    Few is fewer than five a wave and municipality and under five per cent of all. Two values at least stay inside.

    Parameters
    ----------
    cells, answers
        The column of the grouping, and its codes with their labels.
    strata
        Waves and municipalities in the file.

    Examples
    --------
    >>> cells = pd.Series(["Kvinde"] * 60 + ["Mand"] * 50 + ["Andet"] * 2)
    >>> outside(cells, {"Kvinde": "Kvinde", "Mand": "Mand", "Andet": "Andet"}, 1)
    ('Andet',)
    """
    texts = coding.apply(cells, normal)
    counts = texts[texts != ""].value_counts()
    few = min(SUPPRESS_AT_LEAST * strata, RARE * counts.sum())
    untold = {*vocabulary.NOT_TOLD, *vocabulary.DONT_KNOW}
    found = [
        code for code, label in answers.items() if normal(label) in untold or 0 < _count(counts, code, label) < few
    ]
    return tuple(found) if len(answers) - len(found) > 1 else ()


def _count(counts: pd.Series, code: str, label: str) -> int:
    return int(sum(counts.get(text, 0) for text in {normal(code), normal(label)}))
