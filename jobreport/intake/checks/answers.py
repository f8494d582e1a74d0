"""What can be wrong with the answers: every cell that the codebook does not know, by row number.

What stands in a cell is quoted only where it cannot be personal: a number of at most three digits, or
the codebook's own label that it comes close to.
"""

import difflib
import re
from collections.abc import Iterator, Mapping

import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.coded import Asked, CodedFile
from jobreport.intake.formats.contract import EXAMPLES, breach
from jobreport.intake.formats.delimited import garbled
from jobreport.setup import coding
from jobreport.setup.codebook import NOT_ANSWERED
from jobreport.setup.coding import normal

ALIKE = 0.8
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_SHORT = re.compile(r"-?\d{1,3}(?:[.,]\d)?")


def problems(file: CodedFile, where: str) -> Iterator[Problem]:
    """Find answers that are none, in every question and wave, and values of a grouping that the codebook lacks."""
    for asked in file.asked:
        yield from _question(asked, where)
    for name, (cells, coded) in file.groups.items():
        unknown = pd.Series(coded.unknown, index=cells.index)
        facts = {"values": _short(coding.apply(cells[unknown], str)) or ["…"]}
        known = list(file.codebook.groups[name].values)
        yield from breach("group_value_unknown", where, unknown, name=name, column=cells.name, known=known, **facts)


def _question(asked: Asked, where: str) -> Iterator[Problem]:
    cells, coded = asked.cells, asked.coded
    facts = {"name": asked.item.name, "column": cells.name, "wave": asked.wave}
    if coded.unknown.any():
        yield from _unknown(cells[coded.unknown], asked.table, facts, where)
    elif (coded.codes == NOT_ANSWERED).all() and len(cells):
        yield Problem("question_empty", where, facts)
    yield from _changed_type(asked, facts, where)


def _unknown(
    cells: pd.Series, table: Mapping[str, object], facts: Mapping[str, object], where: str
) -> Iterator[Problem]:
    texts = coding.apply(cells, str)
    number = texts.str.fullmatch(_NUMBER).astype(bool)
    broken = coding.apply(cells, garbled, coding.plain).astype(bool)
    near = texts.map(lambda text: _near(text, table))
    spelt = near.notna() & ~number & ~broken
    codes = sorted((text for text in table if _NUMBER.fullmatch(text)), key=_by_size) or ["-"]
    shown = _short(texts[number]) or ["…"]
    yield from breach("answer_outside_scale", where, number, **facts, values=shown, codes=codes)
    yield from breach("answer_spelling", where, spelt, **facts, labels=sorted(set(near[spelt]))[:EXAMPLES])
    yield from breach("text_garbled", where, broken, **facts)
    yield from breach("answer_unknown", where, ~number & ~broken & ~spelt, **facts)


def _by_size(number: str) -> float:
    return float(number.replace(",", "."))


def _short(texts: pd.Series) -> list[str]:
    # Quote numbers of at most three digits; anything longer could be personal.
    return sorted({text for text in texts if _SHORT.fullmatch(text)}, key=_by_size)[:EXAMPLES]


def _near(text: str, table: Mapping[str, object]) -> str | None:
    labels = [label for label in table if not _NUMBER.fullmatch(label)]
    found = difflib.get_close_matches(text, labels, n=1, cutoff=ALIKE)
    return found[0] if found else None


def _changed_type(asked: Asked, facts: Mapping[str, object], where: str) -> Iterator[Problem]:
    # A column that holds both numbers and label texts was put together of two exports.
    there = asked.coded.texts
    labels = {normal(label) for listed in asked.item.scale.labels.values() for label in listed}
    labels -= {label for label in labels if _NUMBER.fullmatch(label)}
    if labels.isdisjoint(there) or not any(map(_NUMBER.fullmatch, there)):
        return
    texts = coding.apply(asked.cells, str)
    filled = texts[texts != ""]
    as_label, as_number = filled.isin(labels), filled.str.fullmatch(_NUMBER).astype(bool)
    later = as_label if as_number.to_numpy()[0] else as_number
    yield from breach("column_changes_type", where, later, **facts)
