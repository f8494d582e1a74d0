"""The tallies of a sample, by question and grouping: each respondent is passed once for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np

from jobreport.compare.overlap import Overlap
from jobreport.compare.tally import Pairs, Residuals, Tally
from jobreport.estimate.estimators import Bools, Floats, Ints, answer_sums
from jobreport.estimate.measures import Answers, Measure
from jobreport.estimate.sample import Sample

SPARSE = 2  # a table of pairs of cells may have so many entries per pair of rows; above that the rows are kept
Made = TypeVar("Made")


class Tallies:
    """The tallies of a sample, each made when it is first asked for and then kept.

    A mean and a share of the same question share one: they are two values of the same cells.
    """

    def __init__(self, sample: Sample) -> None:
        self.sample, self.overlap = sample, Overlap(sample)
        self.is_weighted = bool(np.ptp(sample.weight) > 0)
        self._made: dict[object, Any] = {}

    def of(self, measure: Measure, column: str = "", group: int | None = None) -> tuple[Tally, Floats]:
        """Count respondents by answer and the groups of a column, or one of the groups alone.

        Returns
        -------
        (tally, value of each cell; NaN is no valid answer)
        """
        every = measure.items, measure.lookup
        answers = self._once(every, partial(Answers.of, measure, self.sample.responses))
        key = every if len(measure.items) > 1 else measure.items
        counted = self._once((key, column), partial(_Counted, self.overlap, answers, column))
        tally = self._once((key, column, group), partial(counted.tally, group))
        return tally, tally.values(answers.table)

    def _once(self, key: object, make: Callable[[], Made]) -> Made:
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made


class _Counted:
    """Sums of the answers to one question by stratum and group; shape (3, strata, groups and unknown, answers)."""

    def __init__(self, overlap: Overlap, answers: Answers, column: str) -> None:
        self.overlap, self.sample, self.answer = overlap, overlap.sample, answers.of_rows
        self.answers = len(answers.table)
        self.groups = len(self.sample.groups(column))
        self.group: Ints = np.broadcast_to(np.int8(0), len(self.answer))
        if column:
            self.group = np.asarray(self.sample.responses[column].cat.codes)
        cell, width = self.sample.cell(column)
        strata = overlap.places * overlap.waves
        sums = answer_sums(cell, strata * width, self.sample.weight, self.answer, self.answers - 2)
        self.sums = sums.reshape(3, strata, width, self.answers)[:, :, : self.groups]
        self._people: dict[object, Floats] = {}

    def tally(self, group: int | None) -> Tally:
        """Cells in which anybody is, in order of their strata."""
        people = partial(self.people, group)
        pairs = self._pairs(group)
        if self.sample.calibration is not None:
            return self._residuals(group, pairs, people)
        sums = self.sums if group is None else self.sums[:, :, group : group + 1]
        n, w, ww = sums.reshape(3, -1)
        kept = np.flatnonzero(n)
        number = np.full(len(n), -1, dtype=np.int32)
        number[kept] = np.arange(len(kept), dtype=np.int32)
        stratum, rest = np.divmod(kept, sums.shape[2] * self.answers)
        cells = [number[self._cell(rows, group)] for rows in pairs]
        return Tally(
            overlap=self.overlap,
            stratum=stratum,
            group=rest // self.answers,
            answer=rest % self.answers,
            answers=self.answers,
            n=n[kept],
            w=w[kept],
            ww=ww[kept],
            pairs=_counted(cells, self._products(*pairs), stratum // self.overlap.waves),
            distinct=people,
        )

    def _residuals(self, group: int | None, pairs: tuple[Ints, Ints], people: Any) -> Residuals:
        sample, one = self.sample, np.ones(len(self.answer))
        stratum, weight, both = sample.stratum, sample.weight, Pairs(*pairs, one[pairs[0]], self._products(*pairs))
        answer = self.answer + np.int32(1)
        cells = (self.overlap, stratum, self.group, answer, self.answers, one, weight, weight**2)
        return Residuals(*cells, both, people, group)

    def _pairs(self, group: int | None) -> tuple[Ints, Ints]:
        """Pairs of rows whose groups are known, or are that one."""
        first, second = self.overlap.pairs
        if self.sample.calibration is not None:
            return first, second
        one, other = self.group[first], self.group[second]
        inside = (one >= 0) & (other >= 0) if group is None else (one == group) & (other == group)
        return first[inside], second[inside]

    def _cell(self, rows: Ints, group: int | None) -> Ints:
        cell = self.sample.stratum[rows].astype(np.int64)
        if group is None:
            cell = cell * self.groups + self.group[rows]
        return cell * self.answers + self.answer[rows] + 1

    def _products(self, first: Ints, second: Ints) -> Floats:
        return self.sample.weight[first] * self.sample.weight[second]

    def people(self, group: int | None, valid: Bools, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people with a valid answer in some waves, by municipality."""
        key = (group is None, valid.tobytes(), waves)
        if key not in self._people:
            self._people[key] = self._by_group(valid, waves, together=group is None)
        return np.asarray(self._people[key][:, group or 0])

    @cached_property
    def _repeated(self) -> tuple[Ints, Ints]:
        """Answer and group of those who answered more than once."""
        return self.answer[self.overlap.repeated.rows], self.group[self.overlap.repeated.rows]

    def _by_group(self, valid: Bools, waves: tuple[int, ...], *, together: bool) -> Floats:
        overlap, used = self.overlap, self.overlap.in_waves(waves)
        answer, group = self._repeated
        chosen = np.append(valid[1:], valid[:1])[answer] & used[overlap.repeated_wave] & (group >= 0)
        groups = 1 if together else self.groups
        twice = overlap.counted_twice(chosen, np.zeros_like(group) if together else group, groups)
        n = self.sums[0].reshape(overlap.places, overlap.waves, self.groups, self.answers)
        n = n[:, used][..., valid].sum(axis=(1, 3))
        return np.asarray((n.sum(axis=1, keepdims=True) if together else n) - twice)


def _counted(pairs: Sequence[Ints], product: Floats, place: Ints) -> Pairs:
    """Add up pairs of rows between the same two cells, where there are fewer such cells than pairs.

    Parameters
    ----------
    pairs
        First and second cell of every pair, both of one municipality.
    product
        Product of the two weights.
    place
        Municipality of each cell, ascending.
    """
    first, second = pairs
    begins = np.searchsorted(place, place)
    within = int((np.arange(len(place)) - begins).max(initial=0)) + 1
    size = len(place) * within
    if size > SPARSE * len(first):
        return Pairs(first, second, np.ones(len(first)), product)
    key = first.astype(np.int64) * within + second - begins[first]
    n, w = np.bincount(key, minlength=size).astype(float), np.bincount(key, product, size)
    there = np.flatnonzero(n)
    cell = there // within
    return Pairs(cell, there % within + begins[cell], n[there], np.asarray(w, dtype=float)[there])
