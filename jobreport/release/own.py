"""A table of answers of one's own to numbers: with the intervals of a report and, if not refused, its suppression."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from jobreport.compare.panel import Choice, Question, Window
from jobreport.compare.rows import Roles, Row
from jobreport.compare.survey import SurveyPanels, group_rows, own_rows
from jobreport.domain.released import COUNTS, empty
from jobreport.domain.released import frame as frame_of
from jobreport.estimate.domains import behind
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.indicators import estimate
from jobreport.estimate.measures import BOXES, Measure
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.release.answers import ANSWER, GROUPS, PLACE, Answers, Columns, listed, wave_of
from jobreport.release.disclosure import Released, release
from jobreport.release.groupings import covered, nests
from jobreport.release.precision import as_published
from jobreport.release.suppression import Rule, together

NUMBERS = {
    "estimates": ("n", "estimate", "standard_error", "ci_low", "ci_high", "n_effective", "flag", "reason"),
    "changes": ("n_before", "n_after", "change", "standard_error", "ci_low", "ci_high", "flag", "reason"),
}


def share(
    frame: pd.DataFrame,
    question: str,
    answers: object = None,
    *,
    by: Columns = (),
    weight: str | None = None,
    strata: Columns = (),
    cluster: str | None = None,
    released: bool = True,
) -> pd.DataFrame:
    """Estimate the share of those who answered a question with some of its answers.

    Parameters
    ----------
    frame
        One row per respondent.
    question
        A column; a blank is no answer and outside the base.
    answers
        An answer, or a list of those that count; None is each answer by itself.
    by
        Columns; every combination of their values is a group.
    weight, strata, cluster
        Columns: weight of each row, what was drawn from part by part, who was drawn or met together; who has no
        cluster stands alone.
    released
        False leaves out the suppression of small groups; what comes out may then be shown to nobody else.

    Returns
    -------
    DataFrame
        Columns ``by``, perhaps ``answer``, ``n, estimate, standard_error, ci_low, ci_high, n_effective, flag, reason``.
        The estimate is from 0 to 1, the interval (95 pct.) and the digits those of a report. A group that is hidden has
        no number and the flag 'suppressed'. Groups are hidden as the call alone demands: other questions, for which a
        report would hide a group as well, and other calls on the same answers are not weighed together with it.

    Raises
    ------
    KeyError, ValueError
        If there is no such column or answer, with those there are.

    Examples
    --------
    >>> answers = pd.DataFrame({"glad": ["ja"] * 30 + ["nej"] * 20, "sex": ["k", "m"] * 25})
    >>> share(answers, "glad", "ja", by="sex")[["sex", "n", "estimate"]].to_dict("list")
    {'sex': ['k', 'm'], 'n': [25, 25], 'estimate': [0.6, 0.6]}
    """
    answered = Answers(frame, question, by, weight, strata, cluster, told=(ANSWER, *NUMBERS["estimates"]))
    return _levels(answered, _Asked.shares(answered, answers), released=released)


def mean(
    frame: pd.DataFrame,
    question: str,
    *,
    by: Columns = (),
    weight: str | None = None,
    strata: Columns = (),
    cluster: str | None = None,
    ends: tuple[float, float] | None = None,
    released: bool = True,
) -> pd.DataFrame:
    """Estimate the mean of a question's answers: numbers, or an ordered pandas.Categorical.

    Categories count what they are called where that is a number, else their place from 1 on.

    Parameters
    ----------
    frame, question, by, weight, strata, cluster, released
        As `share` takes them.
    ends
        The least and the most that could be answered, which no interval passes; what was answered, if nothing is said.

    Returns
    -------
    DataFrame
        As of `share`, without ``answer``.

    Examples
    --------
    >>> answers = pd.DataFrame({"grade": [1, 2, 3, 4, 5] * 8})
    >>> mean(answers, "grade")[["n", "estimate"]].to_dict("list")
    {'n': [40], 'estimate': [3.0]}
    """
    answered = Answers(frame, question, by, weight, strata, cluster, told=NUMBERS["estimates"])
    return _levels(answered, _Asked.mean(answered, ends), released=released)


def change(
    frame: pd.DataFrame,
    question: str,
    answers: object = None,
    *,
    period: str,
    before: object,
    after: object,
    by: Columns = (),
    weight: str | None = None,
    strata: Columns = (),
    cluster: str | None = None,
    person: str | None = None,
    ends: tuple[float, float] | None = None,
    released: bool = True,
) -> pd.DataFrame:
    """Estimate how a share, or the mean, changed between periods; each period of a side counts the same.

    Parameters
    ----------
    frame, question, answers, by, weight, strata, cluster, ends, released
        As `share` and `mean` take them; without ``answers`` it is the mean that changes.
    period
        The column that says when.
    before, after
        A value of it, or a list.
    person
        The column that says who; who has none stands alone, and without it the periods count as independent.

    Returns
    -------
    DataFrame
        Columns ``by``, ``n_before, n_after, change, standard_error, ci_low, ci_high, flag, reason``.

    Examples
    --------
    >>> answers = pd.DataFrame({"year": [2023] * 40 + [2024] * 40, "glad": [0, 1] * 20 + [0, 1, 1, 1] * 10})
    >>> float(change(answers, "glad", 1, period="year", before=2023, after=2024)["change"].item())
    0.25
    """
    whole = Answers(frame, question, by, weight, strata, cluster, person, period, NUMBERS["changes"])
    sides = [whole.asked("period", side) for side in (before, after)]
    times = (*sides[0], *sides[1])
    if len({*times}) < len(times):
        raise ValueError(f"{period}: a period must stand once, before or after")
    # (other periods tell nothing of these)
    answered = replace(whole, frame=frame[frame[period].isin(times)], times=times)
    wanted = _Asked.mean(answered, ends) if answers is None else _Asked.shares(answered, listed(answers))
    waves = [wave_of(place) for place in range(len(times))]
    return _changes(answered, wanted, [waves[: len(sides[0])], waves[len(sides[0]) :]], released=released)


def _lookup(values: Iterable[float] | Floats) -> tuple[float, ...]:
    return (np.nan, np.nan, *map(float, values))


def _two(ends: object) -> tuple[float, float]:
    try:
        low, high = map(float, listed(ends))
    except (TypeError, ValueError):
        raise ValueError(f"ends: {ends!r} is not two numbers, the least and the most, such as (1, 5)") from None
    return low, high


def _share(question: str, category: str, yes: Iterable[bool] | Bools) -> Measure:
    return Measure(question, "share", category, "share", (ANSWER,), _lookup(yes), 0.0, 1.0)


@dataclass(frozen=True)
class _Asked:
    question: str
    values: list[Any]
    measures: tuple[Measure, ...]

    @classmethod
    def shares(cls, answered: Answers, answers: object) -> _Asked:
        """The share of some answers, or one of each."""
        question, values = answered.question, answered.values()
        asked = values if answers is None else answered.asked("question", answers)
        if answers is None:
            alone = [(f"answer_{place}", [value == other for other in values]) for place, value in enumerate(values)]
            return cls(question, values, tuple(_share(question, name, yes) for name, yes in alone))
        name = BOXES[0] if len(asked) > 1 or len(values) < 3 else "answer_0"  # (one of many is told of fewer groups)
        return cls(question, values, (_share(question, name, [value in asked for value in values]),))

    @classmethod
    def mean(cls, answered: Answers, ends: tuple[float, float] | None) -> _Asked:
        """The mean of numbers, or of places in an order."""
        question, values, points = answered.question, answered.values(), answered.points()
        low, high = (min(points), max(points)) if ends is None else _two(ends)
        if min(points) < low or max(points) > high:
            found = f"answers from {min(points):g} to {max(points):g}"
            raise ValueError(f"{question}: {found} lie outside {low:g} to {high:g}")
        measure = Measure(question, "mean", "", "points", (ANSWER,), _lookup(points), float(low), float(high))
        return cls(question, values, (measure,))

    def boxes(self) -> tuple[Measure, ...]:
        """What may not be all that a few answered: the share and the rest, or the lower and the upper half."""
        place, middle = np.arange(len(self.values)), (len(self.values) - 1) / 2
        halves: dict[str, Bools] = {"positive": place > middle, "neutral": place == middle, "negative": place < middle}
        if self.measures[0].category == BOXES[0]:
            yes = np.array(self.measures[0].lookup[2:])
            halves = {"positive": yes == 1, "negative": yes == 0}
        return tuple(_share(self.question, box, inside) for box, inside in halves.items())


def _levels(answered: Answers, wanted: _Asked, *, released: bool) -> pd.DataFrame:
    responses, groups = answered.responses(wanted.values)
    shown = _Shown.of(responses, groups, released=released)
    made = shown.release(shown.estimates(wanted), empty("changes"), wanted, released=released)
    rows = shown.named(made.estimates, "estimates")
    if len(wanted.measures) == 1:
        return rows
    order = dict(zip([measure.category for measure in wanted.measures], wanted.values, strict=True))
    answers = made.estimates.loc[shown.kept(made.estimates), "category"].map(order)
    rows.insert(len(groups.columns), ANSWER, answers.tolist())
    return rows


def _changes(answered: Answers, wanted: _Asked, sides: list[list[str]], *, released: bool) -> pd.DataFrame:
    responses, groups = answered.responses(wanted.values)
    shown, measure = _Shown.of(responses, groups, released=released), wanted.measures[0]
    tallies = shown.tallies
    panel = SurveyPanels(tallies, (measure,), None).of(measure)
    identity: Row = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
    asked = Question(Roles((), (), ()), Window.of(tallies.sample.waves, *sides), ("points",), identity)
    rows = own_rows(panel, asked, Choice(asked.window), [PLACE])
    rows += [row for column in shown.group_by for row in group_rows(panel, asked, column, [PLACE])]
    told = frame_of("changes", [row | {"event": "", "role": "", "simulated": False} for row in rows], {})
    made = shown.release(shown.estimates(wanted), told, wanted, released=released)
    return shown.named(made.changes, "changes")


@dataclass(frozen=True)
class _Shown:
    responses: pd.DataFrame
    groups: pd.DataFrame
    group_by: tuple[str, ...]

    @classmethod
    def of(cls, responses: pd.DataFrame, groups: pd.DataFrame, *, released: bool) -> _Shown:
        by = tuple(name for name in map(str, responses) if name.startswith(GROUPS))
        return cls(covered(responses, by, [ANSWER]) if released else responses, groups, by)

    @property
    def tallies(self) -> Tallies:
        return Tallies(Sample(self.responses), self.group_by)

    def estimates(self, wanted: _Asked) -> pd.DataFrame:
        """Rows of `estimates` of the whole and of every group."""
        return estimate(self.tallies, wanted.measures, simulated=False, names={})

    def release(self, estimates: pd.DataFrame, changes: pd.DataFrame, wanted: _Asked, *, released: bool) -> Released:
        """Hide what may not be shown; the whole, and each column of a combination, are taken to be known."""
        if not released:
            return Released(estimates, changes, empty("diagnostics"), Rule())
        known = together(behind(self.tallies, wanted.boxes()))
        apart = tuple(nests(self.responses, self.group_by))
        told = release(estimates, changes, empty("diagnostics"), Rule(), domains=known, nests=apart)
        return replace(told, estimates=as_published(told.estimates), changes=as_published(told.changes))

    def kept(self, table: pd.DataFrame) -> pd.Series:
        """Rows that were asked for."""
        wanted = GROUPS if len(self.groups.columns) else ""
        return table["municipality_code"].eq(PLACE) & table["group_by"].eq(wanted)

    def named(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        """Return the rows that were asked for, with the values of their group."""
        kept = table[self.kept(table)]
        numbers = kept[list(NUMBERS[name])].astype(dict.fromkeys({*NUMBERS[name]} & {*COUNTS}, "Int64"))
        if not len(self.groups.columns):
            return numbers.reset_index(drop=True)
        values = self.groups.iloc[kept["group"].astype(int)].reset_index(drop=True)
        return pd.concat([values, numbers.reset_index(drop=True)], axis=1)
