"""Counts of a table as answers to one question at a time: nobody is made up, and no two questions share a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks.rules import absent, rows
from jobreport.setup.codebook import DONT_KNOW, Codebook, Indicator, Question
from jobreport.setup.params_model import Params

DOMAIN = ["wave", "municipality_code", "group_by", "group"]
FIGURE = [*DOMAIN, "question", "measure", "code"]  # what one row of a table is about


@dataclass(frozen=True)
class Counted:
    """The answers to one question.

    Parameters
    ----------
    indicator
        The question under the name its figures stand under; without 'don't know' where the table leaves it out.
    answers
        As `responses`, a row per answer given, with no other question in it.
    """

    indicator: Indicator
    answers: pd.DataFrame


def by_question(counted: pd.DataFrame, codebook: Codebook, waves: Sequence[str]) -> tuple[Counted, ...]:
    """Give every question of a table of counts its own answers.

    Parameters
    ----------
    counted
        wave, municipality_code, group_by, group, question, code (0 is 'don't know'), value.
    codebook
        Its questions, under the names of their figures; an index of several is not made.
    waves
        Labels in order of time; none are sorted.
    """
    order = tuple(waves) or tuple(sorted(set(counted["wave"])))
    asked = {name: (item, each) for each in codebook.indicators for name, item in each.named_items}
    cells = {str(question): own for question, own in counted.groupby("question", sort=False)}
    return tuple(
        Counted(
            replace(each, name=name, items=(_as_stated(item, cells[item.name]),)),
            _answers(cells[item.name], item.name, codebook, order),
        )
        for name, (item, each) in asked.items()
        if item.name in cells
    )


def _as_stated(item: Question, cells: pd.DataFrame) -> Question:
    return item if _states_dont_know(cells) else replace(item, dont_know={})


def _states_dont_know(cells: pd.DataFrame) -> bool:
    """Whether every domain has its number of 'don't know': left out is not nought."""
    return bool(cells.groupby(DOMAIN)["code"].apply(lambda codes: (codes == DONT_KNOW).any()).all())


def _answers(cells: pd.DataFrame, question: str, codebook: Codebook, waves: Sequence[str]) -> pd.DataFrame:
    times = cells["value"].astype(np.int64)
    each = cells.loc[cells.index.repeat(times)].reset_index(drop=True)
    made = pd.DataFrame(
        {
            "wave": pd.Categorical(each["wave"], categories=list(waves), ordered=True),
            "municipality_code": pd.Categorical(each["municipality_code"]),
            "weight": 1.0,
            question: each["code"].astype(np.int8),
        }
    )
    groups = {
        name: pd.Categorical(each["group"].where(each["group_by"] == name), categories=list(group.values))
        for name, group in codebook.groups.items()
    }
    return made.assign(**groups)


def unanswered(counted: pd.DataFrame, sizes: Mapping[str, int], where: str) -> Iterator[Problem]:
    """Find counts that leave an answer of the scale out: it may be nought, or not stated."""
    code = pd.to_numeric(counted["code"], errors="coerce")
    whole = counted.assign(code=code.astype(float))[code.gt(DONT_KNOW).to_numpy(bool)]
    for (*_, question), cells in whole.groupby([*DOMAIN, "question"], sort=False):
        if cells["code"].nunique() < sizes[str(question)]:
            yield Problem("aggregate_counts_missing", where, rows(cells["code"].notna()))


def across_files(tables: Sequence[pd.DataFrame], params: Params) -> Iterator[Problem]:
    """Find what only all tables together can show: a municipality without a figure, one figure in two files."""
    frame = pd.concat(tables, ignore_index=True)
    yield from absent(set(frame["municipality_code"]), {params.municipality_code: "municipality_code"}, params.where)
    twice = frame.assign(code=frame["code"].astype(str)).duplicated(FIGURE)
    if twice.any():
        yield Problem("aggregate_in_two_files", params.where, {"count": int(twice.sum())})
