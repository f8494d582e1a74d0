"""A table of counts, shares or means instead of answers: what it tells of rounds, municipalities and questions."""

from __future__ import annotations

import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks.aggregates import COLUMNS
from jobreport.intake.formats.tables import RawTable
from jobreport.prepare.init import scales
from jobreport.prepare.init.columns import Column
from jobreport.prepare.init.questions import QuestionFound, ScaleFound, recognise_scale
from jobreport.setup import coding

MEANS = "means"  # the doubt about a scale that only means are given of
_KEYS = ("wave", "municipality_code")
_USUAL = tuple("12345")
_BOXES = ("positive", "neutral", "negative", "")


def is_table(table: RawTable) -> bool:
    """Tell whether a file has the columns of a table of counts, shares and means."""
    return set(COLUMNS) <= set(table.frame.columns)


def keys(table: RawTable) -> dict[str, Column]:
    """The columns of rounds and municipalities, as those of a file of answers."""
    return {key: _column(table, key) for key in _KEYS}


def _column(table: RawTable, name: str) -> Column:
    there = _texts(table.frame[name])
    return Column(name, "", {text: text for text in there}, False, len(table.frame), len(there), "closed", there)


def _texts(cells: pd.Series) -> tuple[str, ...]:
    return tuple(str(text) for text in coding.apply(cells, str, coding.plain).unique() if text)


def questions(table: RawTable) -> list[QuestionFound]:
    """Its questions, each on the scale that its answers tell; of means alone on the usual one, which is unsure."""
    cells = table.frame
    return [_question(name, cells[cells["question"] == name]) for name in _texts(cells["question"])]


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
    texts = [name for name in frame.columns if frame[name].map(lambda cell: isinstance(cell, str)).any()]
    named = [name for name in texts if name not in decimals and frame[name].is_unique]
    if len(decimals) < 2 or 2 * len(decimals) < len(frame.columns) or not named:
        return []
    return [Problem("table_not_answers", table.where, {"columns": decimals[:5], "wanted": list(COLUMNS)})]


def _has_decimals(cells: pd.Series) -> bool:
    texts = [text.replace(",", ".") for text in _texts(cells)]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
    return bool(len(numbers)) and bool(numbers.notna().all()) and bool((numbers % 1 != 0).mean() > 0.5)
