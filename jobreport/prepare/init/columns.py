"""One column of a file as it looks: its question and what stands in it; texts that people wrote are only counted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from jobreport.intake.checks import personal
from jobreport.intake.checks.admission import is_free_text
from jobreport.intake.formats.tables import RawTable
from jobreport.prepare.init import vocabulary
from jobreport.setup import coding
from jobreport.setup.coding import normal

MOST_ANSWERS = 12
MOST_GROUPS = 20
YEARS = "years"  # the kind of a column of ages that are to stand in bands
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Column:
    """One column as found: its question, the answers it can hold and how many rows are filled."""

    name: str
    question: str
    answers: Mapping[str, str]  # code, or the text itself, -> label; empty if there is nothing to choose
    coded: bool  # True if cells hold codes and not the label texts
    filled: int
    distinct: int
    kind: str  # 'closed', 'text', 'number', 'multiple', 'status', 'empty', 'years'
    shown: tuple[str, ...] = ()  # the answers that may be shown before anybody has said what the column is
    blanks: tuple[str, ...] = ()  # what stands where nobody answered, such as NA


def describe(table: RawTable, name: str) -> Column:
    """Describe one column; the texts people wrote are counted, not kept."""
    cells = table.frame[name]
    texts = coding.apply(cells, str, coding.plain)
    gone = blanks(texts)
    made = _described(table, name, texts[~texts.isin(["", *gone])])
    return replace(made, blanks=gone)


def blanks(texts: pd.Series) -> tuple[str, ...]:
    """List what R, pandas and spreadsheets wrote in a column where nobody answered.

    Examples
    --------
    >>> blanks(pd.Series(["1", "NA", "."])), blanks(pd.Series(["Ja", "NA", "."]))
    (('NA', '.'), ('NA',))
    """
    there = [str(text) for text in texts.unique() if text != ""]
    always, of_numbers = vocabulary.BLANKS, vocabulary.BLANKS_OF_NUMBERS
    rest = [text for text in there if text not in always | of_numbers]
    numbers = bool(rest) and all(map(_NUMBER.fullmatch, rest))
    return tuple(text for text in there if text in always or (numbers and text in of_numbers))


def _described(table: RawTable, name: str, filled: pd.Series) -> Column:
    counts = filled.value_counts(sort=False)
    distinct = [str(text) for text in counts.index]
    question = table.questions.get(name, "")
    labels = dict(table.labels.get(name, {}))
    declared = table.kinds.get(name, "")
    if declared == "text" or is_free_text(table, name):
        return Column(name, question, {}, False, len(filled), len(distinct), "text")
    if declared in ("multiple", "status"):
        return Column(name, question, labels, True, len(filled), len(distinct), declared)
    if labels:
        coded = not filled.empty and filled.map(normal).isin({normal(code) for code in labels}).any()
        chosen = () if personal.about_persons(name, question) else tuple(labels.values())
        return Column(name, question, labels, bool(coded), len(filled), len(distinct), "closed", chosen)
    if filled.empty:
        return Column(name, question, {}, False, 0, 0, "empty")
    numbers, persons = all(map(_NUMBER.fullmatch, distinct)), personal.about_persons(name, question)
    if not numbers and len(distinct) <= MOST_GROUPS:
        times = {str(text): int(rows) for text, rows in counts.items()}
        if (shown := personal.shown(times, name, question, vocabulary.is_label)) or persons:
            answers = {text: text for text in distinct}
            return Column(name, question, answers, False, len(filled), len(distinct), "closed", shown)
    kind = "number" if numbers else "text"
    answers = {text: text for text in sorted(distinct, key=float)} if numbers and _few_codes(distinct) else {}
    few = () if persons else tuple(answers)
    return Column(name, question, answers, True, len(filled), len(distinct), kind, few)


def _few_codes(distinct: list[str]) -> bool:
    return len(distinct) <= MOST_ANSWERS and all(re.fullmatch(r"\d{1,2}", text) for text in distinct)
