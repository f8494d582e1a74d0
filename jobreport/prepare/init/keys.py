"""Which columns are no questions: who, when, where, weight and groups; by their name, question and answers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.rules import SUPPRESS_AT_LEAST
from jobreport.intake.checks import across, personal, rules
from jobreport.intake.formats.tables import RawTable
from jobreport.prepare.init import vocabulary
from jobreport.prepare.init.columns import MOST_GROUPS, YEARS, Column
from jobreport.prepare.init.questions import recognise_scale
from jobreport.setup import coding
from jobreport.setup.coding import normal

LONGEST_NAME = 4  # a name of more words is a question
LONGEST_QUESTION = 10  # words of a question that asks for one thing
MOST_WAVES = 20
MOST_ASKED = 8  # rounds that a question, and not a name, may tell
DATED = 0.9  # of the cells of a column of dates
RARE = 0.05
MOSTLY = 0.5  # of the values of a column that is called municipality
MOST_LOOKED_AT = 2000  # cells by which a column of dates is known
MOST_UNITS = 200  # nursing homes, schools or teams of a municipality
_TIME = re.compile(r"(?i)[t ](?!0?0[:.]00)\d{1,2}[:.]\d{2}")  # no midnight, which is a day without a time
MOST_YEARS = 10  # that a file of answers spans; the hours when people were born span more
REPEATED = 3  # rows that a unit has at least, on average


def found(columns: Sequence[Column], table: RawTable, counted: frozenset[str]) -> dict[str, Column]:
    """Find the column of each key; ``counted`` are columns that count rows and are nobody's number."""
    free = [column for column in columns if column.name not in counted]
    pairs = ((key, _FINDERS.get(key, _fitting)) for key in vocabulary.KEY_WORDS)
    fitting = {key: finder(key, free if key == across.KEY else columns, table) for key, finder in pairs}
    fitting["status"] = (column for column in columns if column.kind == "status")
    return {key: column for key, those in fitting.items() if (column := next(iter(those), None)) is not None}


def said(found: Mapping[str, Column], columns: Sequence[Column], given: Mapping[str, str]) -> dict[str, Column]:
    """Let the keys be the columns that a person says; a name that the file lacks is no column."""
    named = {column.name: column for column in columns}
    chosen = {key: named.get(name) for key, name in given.items()}
    taken = {column.name for column in chosen.values() if column is not None}
    kept = {key: column for key, column in found.items() if key not in given and column.name not in taken}
    return kept | {key: column for key, column in chosen.items() if column is not None}


def may_be(key: str, columns: Sequence[Column], table: RawTable) -> list[Column]:
    """List the columns that may tell the round, the municipality or the day, whatever they are called."""
    if key == "answered_on":
        return [c for c in columns if c.filled and c.kind != "number" and _are_days(table.frame[c.name])]
    if key == "unit":
        return [column for column in columns if _names_units(column)]
    if key == "municipality_code":
        return [column for column in columns if recode(column) or _places(column, table) >= MOSTLY]
    return [c for c in columns if c.kind in ("closed", "number") and 1 < (len(c.answers) or c.distinct) <= MOST_WAVES]


def _fitting(key: str, columns: Sequence[Column], table: RawTable) -> Iterable[Column]:
    # The columns that are named so, by the first of the words that each is named by.
    words = vocabulary.KEY_WORDS[key].header
    filled = [column for column in columns if column.filled]
    return {each.name: each for word in words for each in filled if is_named(each.name, (word,))}.values()


def _person(key: str, columns: Sequence[Column], table: RawTable) -> Iterable[Column]:
    return (column for column in _fitting(key, columns, table) if column.distinct > MOST_GROUPS)


def _day(key: str, columns: Sequence[Column], table: RawTable) -> Iterable[Column]:
    """By its name; or the only column of times, which a system writes, where no other column tells the round."""
    found = [column for column in _fitting(key, columns, table) if _are_days(table.frame[column.name])]
    if found or next(iter(_wave("wave", columns, table)), None) is not None:
        return found
    stamped = [column for column in columns if _are_stamps(table.frame[column.name])]
    return stamped if len(stamped) == 1 else []


def _are_days(cells: pd.Series) -> bool:
    sample = cells.dropna().iloc[:MOST_LOOKED_AT]
    read = rules.read_dates(sample, "")
    return read is None or (bool(len(sample)) and read.notna().mean() >= DATED)


def _are_stamps(cells: pd.Series) -> bool:
    sample = cells.dropna().iloc[:MOST_LOOKED_AT]
    timed = coding.apply(sample, _TIME.search, str).notna().mean() >= DATED
    read = rules.read_dates(sample, "") if timed else None
    years = [day.year for day in read.dropna()] if read is not None else []
    return bool(years) and len(years) >= DATED * len(sample) and max(years) - min(years) < MOST_YEARS


def _wave(key: str, columns: Sequence[Column], table: RawTable) -> Iterable[Column]:
    named = (column for column in _fitting(key, columns, table) if column.distinct <= MOST_WAVES)
    words = set(vocabulary.KEY_WORDS[key].header)
    return chain(named, (column for column in columns if _tells_rounds(column, table, words)))


def _tells_rounds(column: Column, table: RawTable, words: set[str]) -> bool:
    if not 1 < (len(column.answers) or column.distinct) <= MOST_ASKED:
        return False
    cells = coding.apply(table.frame[column.name], str, coding.plain).unique()
    said = [label for label in (column.answers.values() or cells) if label and label not in column.blanks]
    if not 1 < len(said) <= MOST_ASKED or not all(map(vocabulary.is_round, said)):
        return False
    asked = _words(f"{column.question} {column.name}")
    alone = {normal(column.name), normal(column.question)} & vocabulary.ROUND_ALONE
    return bool(alone or (asked & words and len(asked) <= LONGEST_QUESTION)) or all(map(vocabulary.is_season, said))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


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


def _municipality(key: str, columns: Sequence[Column], table: RawTable) -> Iterable[Column]:
    # A column of municipalities: named so and mostly that, or holding nothing but names of municipalities.
    # What is misspelt in a column of that name is left to `check`, which says in which rows.
    named = (column for column in _fitting(key, columns, table) if _places(column, table) >= MOSTLY or recode(column))
    told = (column for column in columns if column.kind in ("closed", "text") and column.filled)
    return chain(named, (column for column in told if recode(column) or _places(column, table) == 1))


def _unit(key: str, columns: Sequence[Column], table: RawTable) -> Iterable[Column]:
    # A column so named, or a short question of which one it is, whose cells are names or numbers that many share.
    about = [column for column in columns if _asks_for_unit(column, vocabulary.KEY_WORDS[key].header)]
    return (c for c in about if _names_units(c) and not recode(c) and _places(c, table) < MOSTLY)


def _asks_for_unit(column: Column, words: tuple[str, ...]) -> bool:
    asked = _words(f"{column.question} {column.name}")
    which = bool(asked & set(words)) and bool(asked & vocabulary.UNIT_ASKED) and len(asked) <= LONGEST_QUESTION
    return is_named(column.name, words) or is_named(column.question, words) or which


def _names_units(column: Column) -> bool:
    if column.kind not in ("closed", "number", "text") or personal.about_persons(column.name, column.question):
        return False
    answers = {normal(label) for label in column.answers.values()}
    several = 1 < column.distinct <= min(MOST_UNITS, column.filled // REPEATED)
    return several and not answers & vocabulary.YES_NO and recognise_scale(column) is None


def _places(column: Column, table: RawTable) -> float:
    values = table.frame[column.name].drop_duplicates()
    known = coding.apply(values[~coding.blank(values)], municipalities.recognise).notna()
    return float(known.mean()) if len(known) else 0.0


def recode(column: Column | None) -> Mapping[str, str]:
    """Read municipalities from answer labels: code -> municipality code; empty unless all labels are places."""
    if column is None or not column.coded or not column.answers:
        return {}
    found = {code: municipalities.recognise(label) for code, label in column.answers.items()}
    read = {code: place for code, place in found.items() if place is not None}
    return read if len(read) == len(found) and not all(code == place for code, place in read.items()) else {}


def groups(columns: Sequence[Column], table: RawTable, taken: set[str]) -> dict[str, Column]:
    """Find the column of each grouping; ages in years become bands of age."""
    made: dict[str, Column] = {}
    for name, words in vocabulary.GROUP_WORDS.items():
        free = [column for column in columns if column.name not in taken]
        one = next((column for column in free if _is_group(column, words)), None)
        if one is None and name == "age_group":
            one = next((in_years(c) for c in free if _about(c, words) and _are_ages(table.frame[c.name], c)), None)
        if one is not None:
            made[name] = replace(one, answers=youngest_first(one.answers)) if name == "age_group" else one
            taken = {*taken, one.name}
    return made


def youngest_first(answers: Mapping[str, str]) -> dict[str, str]:
    """Order ages, code -> label, from the youngest to the oldest; those without a number stand last.

    Examples
    --------
    >>> youngest_first({"b": "30-49 år", "x": "Vil ikke svare", "c": "50 år eller derover", "a": "Under 30 år"})
    {'a': 'Under 30 år', 'b': '30-49 år', 'c': '50 år eller derover', 'x': 'Vil ikke svare'}
    """

    def age(answer: tuple[str, str]) -> tuple[bool, int, bool]:
        found = re.search(r"\d+", answer[1])
        younger = bool(_words(answer[1]) & vocabulary.YOUNGER)
        return found is None, int(found[0]) if found else 0, not younger

    return dict(sorted(answers.items(), key=age))


def in_years(column: Column) -> Column:
    """A column of ages in years, as bands."""
    return replace(column, kind=YEARS, answers={})


def _are_ages(cells: pd.Series, column: Column) -> bool:
    texts = coding.apply(cells, str, coding.plain)
    ages = [text for text in texts.unique() if text and text not in column.blanks]
    return bool(ages) and all(re.fullmatch(r"\d{2}", text) for text in ages)


def _about(column: Column, words: vocabulary.Words) -> bool:
    asked = _words(f"{column.question} {column.name}")
    return is_named(column.name, words.header) or (bool(asked & set(words.header)) and len(asked) <= LONGEST_QUESTION)


def _is_group(column: Column, words: vocabulary.Words) -> bool:
    if not column.answers or column.distinct > MOST_GROUPS or column.kind not in ("closed", "number"):
        return False
    labels = " ".join(column.answers.values()).casefold()
    told = _about(column, words) or sum(word in labels for word in words.answers) >= 2
    return told and not personal.about_persons(column.name, column.question) and recognise_scale(column) is None


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


def strata(keys: Mapping[str, Column], table: RawTable) -> int:
    """How many waves and municipalities the file holds, as far as its columns are known."""
    names = [keys[key].name for key in ("wave", "municipality_code") if key in keys]
    return len(table.frame[names].drop_duplicates()) if names else 1


def outside(cells: pd.Series, answers: Mapping[str, str], strata: int) -> tuple[str, ...]:
    """Codes whose label says that nothing was told, and those of very few answers beside large groups.

    Few is fewer than five a wave and municipality and under five per cent of all. Two values at least stay inside.
    ``cells``, ``answers``: the column of the grouping, and its codes with their labels. ``strata``: waves and
    municipalities in the file.

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


def wave_recode(column: Column | None, table: RawTable) -> dict[str, str]:
    """Name the waves by the labels that the file gives their codes, in an order that sorts in time."""
    cells = wave_cells(column, table)
    labels = table.labels.get(column.name, {}) if column is not None else {}
    said = {cell: labels.get(normal(cell), "") or cell for cell in cells}
    names = vocabulary.sortable(list(said.values()))
    recoded = {cell: names.get(name, name) for cell, name in said.items()}
    return {} if all(cell == name for cell, name in recoded.items()) else recoded


def wave_cells(column: Column | None, table: RawTable) -> list[str]:
    """List the waves that a column names as it spells them most."""
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


_FINDERS: dict[str, Callable[[str, Sequence[Column], RawTable], Iterable[Column]]] = {
    "respondent_id": _person,
    "wave": _wave,
    "municipality_code": _municipality,
    "answered_on": _day,
    "unit": _unit,
}
