"""What the columns of a file seem to be: proposals, each of which a person must confirm."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks.aggregates import COLUMNS
from jobreport.intake.formats.tables import RawTable
from jobreport.prepare.init import keys, questions, scales
from jobreport.prepare.init.columns import Column, describe
from jobreport.prepare.init.questions import QuestionFound, ScaleFound, recognise_scale
from jobreport.setup import coding

MEANS = "means"  # the doubt about a scale that only means are given of
_KEYS = ("wave", "municipality_code")
_USUAL = tuple("12345")
_BOXES = ("positive", "neutral", "negative", "")


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
    unit_recode: Mapping[str, str] | None = None  # what stands for a unit -> its key, where a person named them
    free_text: tuple[str, ...] = ()
    days: tuple[str, ...] = ()  # columns of dates that nothing was proposed for
    row_numbers: tuple[str, ...] = ()  # columns named as numbers of persons, that count rows
    is_table: bool = False  # counts, shares or means instead of answers

    def column(self, name: str) -> Column | None:
        """Return a column by name."""
        return next((column for column in self.columns if column.name == name), None)


def propose(table: RawTable, counted: frozenset[str] | None = None, said: Mapping[str, str] | None = None) -> Proposal:
    """Look at every column of a file and propose what it is.

    ``counted``: columns that count rows in every file of the survey; None if this is the only file. ``said``: which
    column a person says is what; '' where none is.
    """
    if set(COLUMNS) <= set(table.frame.columns):
        named = {key: _column(table, key) for key in _KEYS}
        cells = table.frame
        asked = [_question(name, cells[cells["question"] == name]) for name in _texts(cells["question"])]
        return Proposal(table, tuple(named.values()), named, questions=tuple(asked), is_table=True)
    counted = keys.row_numbers([table]) if counted is None else counted
    columns = tuple(describe(table, str(name)) for name in table.frame.columns)
    its_keys = keys.said(keys.found(columns, table, counted), columns, said or {})
    groups = keys.groups(columns, table, {column.name for column in its_keys.values()})
    taken = {column.name for column in (*its_keys.values(), *groups.values())}
    strata = keys.strata(its_keys, table)
    rest = [column for column in columns if column.name not in taken]
    days = tuple(column.name for column in keys.may_be("answered_on", rest, table))
    asked = list(questions.found(rest))
    asked += questions.of_choices(rest, {name for each in asked for name in (each.name, each.indicator)})
    return Proposal(
        table=table,
        columns=columns,
        keys=its_keys,
        groups=groups,
        outside={name: keys.outside(table.frame[c.name], c.answers, strata) for name, c in groups.items()},
        questions=tuple(asked),
        municipality_recode=keys.recode(its_keys.get("municipality_code")),
        wave_recode=keys.wave_recode(its_keys.get("wave"), table),
        free_text=tuple(column.name for column in rest if column.kind == "text" and column.name not in days),
        days=days,
        row_numbers=tuple(column.name for column in columns if column.name in counted),
    )


def _column(table: RawTable, name: str) -> Column:
    there = _texts(table.frame[name])
    return Column(name, "", {text: text for text in there}, False, len(table.frame), len(there), "closed", there)


def _texts(cells: pd.Series) -> tuple[str, ...]:
    return tuple(str(text) for text in coding.apply(cells, str, coding.plain).unique() if text)


def _question(name: str, rows: pd.DataFrame) -> QuestionFound:
    answers = {text: text for text in _texts(rows["answer"]) if text not in _BOXES}
    column = Column(name, "", answers, False, len(rows), len(answers), "closed", tuple(answers))
    scale = recognise_scale(column) if answers else None
    box = scales.ends(len(_USUAL))
    usual = ScaleFound("gennemsnit_1_5", _USUAL, _USUAL, (), box, box, (), unsure=(MEANS,))
    return QuestionFound(name, name, column, scale or usual)


def not_answers(table: RawTable) -> list[Problem]:
    """Find a table of means or shares in a layout of its own: a row for each municipality or question, and decimals."""
    frame = table.frame
    decimals = [name for name in frame.columns if _has_decimals(frame[name])]
    texts = (name for name in frame.columns if frame[name].map(lambda cell: isinstance(cell, str)).any())
    named = (name for name in texts if name not in decimals and frame[name].is_unique)
    if len(decimals) < 2 or 2 * len(decimals) < len(frame.columns) or not any(named):
        return []
    return [Problem("table_not_answers", table.where, {"columns": decimals[:5], "wanted": list(COLUMNS)})]


def _has_decimals(cells: pd.Series) -> bool:
    texts = [text.replace(",", ".") for text in _texts(cells)]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
    return bool(len(numbers)) and bool(numbers.notna().all()) and bool((numbers % 1 != 0).mean() > 0.5)
