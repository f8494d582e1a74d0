"""The answers of persons with their weights: the sample that everything told of them is estimated from.

They are those of a survey that the params name, or a table of an analyst's own (`Answers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jobreport.estimate.estimators import Floats
from jobreport.intake.checks import Inputs
from jobreport.intake.formats.contract import POPULATION
from jobreport.setup.params_model import Survey

if TYPE_CHECKING:
    from jobreport.estimate.sample import Sample
    from jobreport.estimate.weights import Calibration

Columns = str | Sequence[str]
PLACE = "own"
GROUPS, ANSWER = "groups", "answer"
NO_ANSWER = 1  # codes below it are none: -1 is nothing, 0 is "don't know"


def sampled(given: pd.DataFrame, inputs: Inputs, survey: Survey) -> Sample:
    """Return answers, all or those to one question, with what the survey knows of their weights."""
    from jobreport.estimate.sample import Sample

    responses, calibration = weighted(given, inputs.margins, survey)
    return Sample(responses, calibration, _population(responses, inputs.invited, survey), _scale(responses, survey))


def weighted(
    responses: pd.DataFrame, margins: pd.DataFrame | None, survey: Survey
) -> tuple[pd.DataFrame, Calibration | None]:
    """Weight to known margins where the params give some; else the weights are those of the file."""
    from jobreport.estimate.weights import calibrate

    return (responses, None) if margins is None else calibrate(responses, margins, survey.margins_method)


def _scale(responses: pd.DataFrame, survey: Survey) -> float | None:
    from jobreport.estimate.sample import REPLICATE

    count = sum(str(name).startswith(REPLICATE) for name in responses)
    return survey.replicates.scale(count) if survey.replicates is not None and count else None


def _population(responses: pd.DataFrame, invited: pd.DataFrame | None, survey: Survey) -> Floats | None:
    # How many there are in all in every municipality and wave of a random sample, where that is stated.
    # Where clusters or parts were drawn it is their number that would matter, and nobody states it.
    from jobreport.estimate.sample import CLUSTER, OWN_STRATUM

    drawn_alone = not {CLUSTER, OWN_STRATUM} & {*responses} and survey.replicates is None
    if survey.selection != "random" or invited is None or POPULATION not in invited or not drawn_alone:
        return None
    known = invited[invited["group_by"] == ""].set_index(["municipality_code", "wave"])[POPULATION]
    every = [responses[name].cat.categories for name in ("municipality_code", "wave")]
    return known.reindex(pd.MultiIndex.from_product(every)).to_numpy(float).reshape(*map(len, every))


def listed(given: object) -> list[Any]:
    """Several values as they are, one alone as a list.

    Examples
    --------
    >>> listed("ja"), listed(("ja", "nej")), listed(5)
    (['ja'], ['ja', 'nej'], [5])
    """
    return [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)


@dataclass(frozen=True)
class Answers:
    """A table with a row for each respondent, and the columns of it that are named.

    Parameters
    ----------
    frame
        The table.
    question, by, weight, strata, cluster, person, period
        Columns.
    told
        Columns of what is made of it, whose names no group may have.
    times
        The periods that are asked for, in their order; empty where nothing is said.

    Raises
    ------
    TypeError, KeyError, ValueError
        If it is no table, if there is no such column, with those there are, or if what a column holds cannot be used.
    """

    frame: pd.DataFrame
    question: str
    by: Columns = ()
    weight: str | None = None
    strata: Columns = ()
    cluster: str | None = None
    person: str | None = None
    period: str | None = None
    told: tuple[str, ...] = ()
    times: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.frame, pd.DataFrame):
            raise TypeError(f"{type(self.frame).__name__}: a pandas.DataFrame is needed, with a row per respondent")
        self._hold_columns()
        self._hold_persons()

    def _hold_columns(self) -> None:
        there = [*self.frame.columns]
        telling = [name for name in (self.question, self.period, *self.of("by")) if name is not None]
        others = [name for name in (self.weight, self.cluster, self.person, *self.of("strata")) if name is not None]
        if missing := [str(name) for name in (*telling, *others) if name not in there]:
            raise KeyError(f"no column {', '.join(missing)}; there are {', '.join(map(str, there))}")
        if twice := {name for name in (*telling, *others) if there.count(name) > 1 or telling.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))}: the column must be there once, and be named for one thing")
        if taken := {*self.of("by")} & {*self.told}:
            raise ValueError(f"{', '.join(sorted(taken))}: what comes out has a column of that name; call it another")

    def _hold_persons(self) -> None:
        # Nobody answers twice in a period; who is not named stands alone.
        if self.person is not None:
            named = self.frame[[self.person, self.period]].dropna()
            if again := int(named.duplicated().sum()):
                raise ValueError(f"{self.person}: {again} rows are of somebody who is there already in that period")

    def of(self, what: str) -> list[str]:
        """The names of ``by`` or ``strata``, of which one may stand alone."""
        named: list[str] = listed(getattr(self, what))
        return named

    def values(self, what: str = "question") -> list[Any]:
        """The different answers in order; of a column of categories all that there can be."""
        name = getattr(self, what)
        column = self.frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            return [*column.cat.categories]
        try:
            found: list[Any] = sorted(column.dropna().unique().tolist())
        except TypeError:
            raise ValueError(f"{name}: words and numbers are mixed; make them one of the two") from None
        if what == "question" and column.dtype == np.int8 and found and found[0] < NO_ANSWER:
            raise ValueError(f"{name}: codes below 1 are no answers; take them out, or use labelled=True")
        if not found:
            raise ValueError(f"{name}: it is blank in every row")
        return found

    def asked(self, what: str, wanted: object) -> list[Any]:
        """Return some values of a column as it has them; each must be one, and there must be one at least."""
        known, name, values = self.values(what), getattr(self, what), listed(wanted)
        wrong = [value for value in values if value not in known]
        if wrong or not values:
            said = f"{', '.join(map(repr, wrong))} is none of" if wrong else "name at least one of"
            raise ValueError(f"{name}: {said} {', '.join(map(repr, known))}")
        return [known[known.index(value)] for value in values]

    def points(self) -> list[float]:
        """What each answer counts in a mean: its number, if it is called by one, else its place in the order."""
        values, ordered = self.values(), isinstance(self.frame[self.question].dtype, pd.CategoricalDtype)
        try:
            points = [float(value) for value in values]
        except (TypeError, ValueError):
            if ordered:
                return [float(place) for place in range(1, len(values) + 1)]
            raise ValueError(
                f"{self.question}: words have no mean; use share, or an ordered pandas.Categorical"
            ) from None
        if not np.isfinite(points).all():
            raise ValueError(f"{self.question}: an answer is infinite, and so would be the mean")
        return points

    def key(self, values: Sequence[Any]) -> pd.Series:
        """Number of each row's answer, from 1; -1 where there is none."""
        place = self.frame[self.question].map({value: number for number, value in enumerate(values, start=1)})
        return place.astype(float).fillna(-1).astype(np.min_scalar_type(-len(values) - 2))

    def weights(self) -> pd.Series:
        """Weight of each row; 1 where nobody weighs more than another."""
        if self.weight is None:
            return pd.Series(1.0, index=self.frame.index)
        weights = pd.to_numeric(self.frame[self.weight], errors="coerce").astype(float)
        if wrong := int((~np.isfinite(weights) | (weights < 0)).sum()):
            raise ValueError(f"{self.weight}: {wrong} weights are missing, no numbers or below 0")
        if not weights.any():
            raise ValueError(f"{self.weight}: every weight is 0, so that nobody counts")
        return weights

    def responses(self, values: Sequence[Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Rows as `Sample` takes them, and the values of ``by`` that each group stands for."""
        from jobreport.estimate.sample import CLUSTER, OWN_STRATUM

        place = pd.Categorical([PLACE] * len(self.frame))
        rows: dict[str, Any] = {"municipality_code": place, "wave": self._waves(), "weight": self.weights()}
        rows[ANSWER] = self.key(values)
        by = self.of("by")
        groups, number = self._groups(by)
        rows |= {GROUPS: number} if by else {}
        rows |= {f"{GROUPS}_{name}": self._groups([name])[1] for name in by if len(by) > 1}
        rows |= {OWN_STRATUM: self._groups(self.of("strata"))[1].astype(str)} if self.of("strata") else {}
        rows |= {CLUSTER: self.frame[self.cluster]} if self.cluster else {}
        rows |= {"respondent_id": self.frame[self.person]} if self.person else {}
        return pd.DataFrame(rows, index=self.frame.index).reset_index(drop=True), groups

    def _groups(self, names: list[str]) -> tuple[pd.DataFrame, pd.Series]:
        # Every group that is there, and the number of each row's; none for who lacks one of the values.
        if not names:
            return pd.DataFrame(), pd.Series(dtype="category")
        there = self.frame[names].drop_duplicates().dropna().sort_values(names, ignore_index=True)
        numbered = there.assign(number=[str(number) for number in range(len(there))])
        number = self.frame[names].merge(numbered, how="left", on=names)["number"].to_numpy()
        return there, pd.Series(pd.Categorical(number, categories=numbered["number"]), index=self.frame.index)

    def _waves(self) -> pd.Series:
        if self.period is None:
            return pd.Series("now", self.frame.index, dtype="category")
        order = pd.CategoricalDtype([wave_of(place) for place in range(len(self.times))], ordered=True)
        named = {time: wave_of(place) for place, time in enumerate(self.times)}
        return self.frame[self.period].astype(object).map(named).astype(order)


def wave_of(place: int) -> str:
    """Name of a period by its place: two may be written alike, and be of any kind.

    Examples
    --------
    >>> wave_of(3)
    '0003'
    """
    return f"{place:04d}"
