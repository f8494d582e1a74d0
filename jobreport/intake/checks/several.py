"""Several choices in one cell ('Mail;Telefon;'), as Microsoft Forms and Google Forms write them: a column for each.

Such a column is called by the question and the choice, 'How? [Mail]', and holds 1 where the choice is among those of
the cell, 0 where others are, and nothing where nobody answered.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks import personal
from jobreport.intake.checks.admission import MOST_ANSWERS, OFTEN
from jobreport.intake.formats.tables import RawTable
from jobreport.setup import coding
from jobreport.setup.coding import normal

DIVIDERS = (";", ", ")
KIND = "multiple"
_ENDED = 0.9  # of the cells that end with the divider, as Microsoft Forms ends all of them


def named(asked: str, choice: str) -> str:
    """Name the column of a choice.

    Examples
    --------
    >>> named("Hvordan?", "Mail")
    'Hvordan? [Mail]'
    """
    return f"{asked} [{choice}]"


def choice(asked: str, column: str) -> str:
    """The choice that a column is of; '' where it is of none of this question.

    Examples
    --------
    >>> choice("Hvordan?", "Hvordan? [Andet [skriv]]"), choice("Hvordan?", "Hvornår? [Mail]")
    ('Andet [skriv]', '')
    """
    begun = f"{asked} ["
    return column[len(begun) : -1] if column.startswith(begun) and column.endswith("]") else ""


def parts(cell: str, divider: str) -> list[str]:
    """Split a cell into its choices.

    Examples
    --------
    >>> parts("Mail;Telefon;", ";"), parts("Mail, Telefon", ", ")
    (['Mail', 'Telefon'], ['Mail', 'Telefon'])
    """
    return [part for text in cell.split(divider) if (part := text.strip())]


def choices(cells: Iterable[str]) -> tuple[str, ...]:
    """Find the choices of a column whose cells hold several; () where each holds one answer.

    What fewer than three wrote is somebody's own words and no choice.

    Examples
    --------
    >>> choices(["Mail;Telefon;", "Mail;", "Telefon;"] * 3), choices(["Ja, helt", "Ja, delvist", "Nej"] * 3)
    (('Mail', 'Telefon'), ())
    """
    texts = Counter(text for text in cells if text)
    if len(texts) > 2**MOST_ANSWERS:  # more than there are ways to choose
        return ()
    ended = sum(count for text, count in texts.items() if text.endswith(";"))
    if texts and ended >= _ENDED * texts.total():
        found = {text: parts(text, ";") for text in texts}
    else:
        found = _by_comma(texts)
    given: Counter[str] = Counter()
    for text, of in found.items():
        given.update(dict.fromkeys(of, texts[text]))
    often = tuple(part for part, count in given.items() if count >= OFTEN)
    return often if 1 < len(often) <= MOST_ANSWERS and any(len(of) > 1 for of in found.values()) else ()


def _by_comma(texts: Mapping[str, int]) -> dict[str, list[str]]:
    # Split at commas, where choices stand alone as well and together in more ways than there are choices.
    found = _whole({text: parts(text, DIVIDERS[1]) for text in texts})
    every = {part for of in found.values() for part in of}
    alone = {of[0] for of in found.values() if len(of) == 1}
    return found if len(alone) > len(every) / 2 and len(found) > len(every) else {}


def _whole(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    # Put together again what is never seen apart: a choice that has a comma itself.
    every = Counter(part for of in found.values() for part in of)
    pairs = Counter(pair for of in found.values() for pair in pairwise(of))
    next_to = {pair for pair, count in pairs.items() if every[pair[0]] == count == every[pair[1]]}
    made: dict[str, list[str]] = {}
    for text, of in found.items():
        made[text] = of[:1]
        for before, part in pairwise(of):
            if (before, part) in next_to:
                made[text][-1] += DIVIDERS[1] + part
            else:
                made[text].append(part)
    return made


def split(tables: Sequence[RawTable]) -> list[RawTable]:
    """Give tables a column for each choice of the columns that hold several, in every table the same."""
    there: dict[str, list[str]] = {}
    for table in tables:
        for name in (str(name) for name in table.frame.columns if table.kinds.get(str(name)) in (None, "text")):
            found = _shown(table, name) if _is_text(table, name) else ()
            there.setdefault(name, []).extend(each for each in found if each not in there[name])
    return [
        _told(table, {name: each for name, each in there.items() if each and name in table.frame}) for table in tables
    ]


def _told(table: RawTable, asked: Mapping[str, Sequence[str]]) -> RawTable:
    questions = {named(name, one): table.questions.get(name) or name for name, each in asked.items() for one in each}
    kinds = {**table.kinds, **dict.fromkeys(asked, KIND)}
    return replace(_with(table, asked), kinds=kinds, questions={**table.questions, **questions})


def _shown(table: RawTable, name: str) -> Sequence[str]:
    found = choices(coding.apply(table.frame[name], str, coding.plain))
    return () if personal.about_persons(name, table.questions.get(name, "")) else found


def _is_text(table: RawTable, name: str) -> bool:
    cells = table.frame[name]
    return not table.labels.get(name) and bool(cells.notna().any()) and coding.is_text(cells)


def _with(table: RawTable, asked: Mapping[str, Sequence[str]]) -> RawTable:
    columns = {named(name, one): _chosen(table.frame[name], one) for name, each in asked.items() for one in each}
    if not columns:
        return table
    return replace(table, frame=pd.concat([table.frame, pd.DataFrame(columns, index=table.frame.index)], axis=1))


def _chosen(cells: pd.Series, wanted_one: str) -> pd.Series:
    # Whether each cell holds a choice: '1' or '0', and '' where it is empty.
    wanted = f"\n{normal(wanted_one)}\n"
    divider = _divider(cells)

    def of(cell: str) -> str:
        held = "\n".join(parts(cell, divider))
        return str(int(wanted.replace(divider, "\n") in f"\n{held}\n")) if held else ""

    return coding.apply(cells, of)


def _divider(cells: pd.Series) -> str:
    held = coding.apply(cells.drop_duplicates(), str, coding.plain)
    return DIVIDERS[0] if held.str.contains(DIVIDERS[0], regex=False).any() else DIVIDERS[1]


@dataclass
class Asked:
    """The choices that a codebook names of columns that hold several, over all files of a survey.

    ``given`` says of each column and choice whether anybody gave it, ``unknown`` in how many cells of a column an
    answer stands that is none of its choices.
    """

    given: dict[tuple[str, str], bool] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)

    def columns_of(self, table: RawTable, used: Iterable[str]) -> RawTable:
        """Give a table the columns of choices that a codebook names and the table has in cells of several."""
        asked: dict[str, list[str]] = {}
        there = sorted(map(str, table.frame.columns), key=len, reverse=True)  # (of two that fit the longer is meant)
        for name in (name for name in used if name not in table.frame and name.endswith("]")):
            whole = next((each for each in there if choice(each, name)), None)
            if whole is not None:
                asked.setdefault(whole, []).append(choice(whole, name))
        made = _with(table, asked)
        for name, each in asked.items():
            self.unknown[name] += _unknown(table.frame[name], each)
            for one in each:
                here = bool(made.frame[named(name, one)].eq("1").any())
                self.given[name, one] = self.given.get((name, one), False) or here
        return made

    def never_given(self, where: str) -> Iterator[Problem]:
        """Find choices that nobody gave in any file, beside answers that are none of the choices.

        They may be misspelt, and would be told as 0.
        """
        for name, count in self.unknown.items():
            never = [one for (asked, one), given in self.given.items() if asked == name and not given]
            if never and count:
                yield Problem("choice_never_given", where, {"column": name, "choices": never, "count": count})


def _unknown(cells: pd.Series, known: Sequence[str]) -> int:
    divider = _divider(cells)
    whole = {normal(part) for one in known for part in parts(one, divider)}
    return int(coding.apply(cells, lambda cell: bool({*map(normal, parts(cell, divider))} - whole)).sum())
