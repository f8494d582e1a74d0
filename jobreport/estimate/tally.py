"""Respondents of one place, wave, group and answer counted together: ten million rows become a few thousand cells.

All measures of a question give values to the same few answers, so every estimate, and every product of the scores of
one person's rows, is a sum over cells and over pairs of cells. Only after calibration does each respondent have a
residual of his own; then every respondent is a cell.
A sample has one tally for every question and grouping, passed once whatever is made of it: levels or changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import Any, TypeVar

import numpy as np

from jobreport.estimate.estimators import BLOCK, Bools, Floats, Ints, Moments, answer_sums, moments_of_answers
from jobreport.estimate.measures import Answers, Measure
from jobreport.estimate.overlap import Overlap
from jobreport.estimate.sample import Sample

SPARSE = 2  # a table of pairs of cells may have so many entries per pair of rows; above that the rows are kept
Made = TypeVar("Made")


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of one person, by the cells of both: how many, and the sum of the products of their weights."""

    first: Ints
    second: Ints
    n: Floats
    w: Floats


@dataclass(frozen=True)
class Tally:
    """Cells of respondents and the pairs between them; all arrays but ``pairs`` have one entry per cell.

    ``answer`` counts from 0, ``n`` respondents, ``w`` sum of weights, ``ww`` of squared weights. ``distinct`` gives
    from the answers that are valid and the waves the number of people by municipality.
    """

    overlap: Overlap
    stratum: Ints
    group: Ints
    answer: Ints
    answers: int
    n: Floats
    w: Floats
    ww: Floats
    pairs: Pairs
    distinct: Callable[[Bools, tuple[int, ...]], Floats]

    def people(self, valid: Bools, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people in the valid cells of some waves, by municipality."""
        answers = np.zeros(self.answers, dtype=bool)
        answers[self.answer[valid]] = True
        return self.distinct(answers, waves)

    def values(self, table: Floats) -> Floats:
        """Value of every cell from the values of the answers."""
        return np.asarray(table[self.answer])

    def sums(self, scores: Floats, *, weighted: bool = True) -> tuple[Floats, Floats]:
        """Sums of weighted scores by municipality and wave, and of their products within persons.

        Returns
        -------
        (shape (municipalities, waves), shape (municipalities, waves, waves))
        """
        first, second = self.pairs.first, self.pairs.second
        w, ww, both = (self.w, self.ww, self.pairs.w) if weighted else (self.n, self.n, self.pairs.n)
        return self._summed(scores * w, scores**2 * ww, scores[first] * scores[second] * both)

    def _summed(self, scores: Floats, squares: Floats, products: Floats) -> tuple[Floats, Floats]:
        places, waves = self.overlap.places, self.overlap.waves
        total = np.bincount(self.stratum, scores, places * waves).reshape(places, waves)
        alone = np.bincount(self.stratum, squares, places * waves).reshape(places, waves)
        where = self.stratum[self.pairs.first] * waves + self.stratum[self.pairs.second] % waves
        found = np.bincount(where, products, places * waves * waves).reshape(places, waves, waves)
        found = (found + found.transpose(0, 2, 1)).astype(float)  # (without any pair NumPy counts in integers)
        found[:, np.arange(waves), np.arange(waves)] += alone
        return np.asarray(total, dtype=float), np.asarray(found)


@dataclass(frozen=True)
class Residuals(Tally):
    """Every respondent a cell of its own; its score counts with what the margins do not explain.

    Outside the group nobody has a value, but everybody has a residual.
    """

    only: int | None = None

    def values(self, table: Floats) -> Floats:
        """Value of every respondent, NaN outside the group."""
        values = table[self.answer]
        return np.asarray(values if self.only is None else np.where(self.group == self.only, values, np.nan))

    def sums(self, scores: Floats, *, weighted: bool = True) -> tuple[Floats, Floats]:
        """As of a tally."""
        scores = self.overlap.sample.contributions(scores, weighted=weighted)
        return self._summed(scores, scores**2, scores[self.pairs.first] * scores[self.pairs.second])


class Tallies:
    """The tallies of a sample, each made when it is first asked for and then kept.

    A mean and a share of the same question share one: they are two values of the same cells. Levels and changes are
    made of the same sums; without groups these are the sums of the groups of the first of ``group_by``.
    """

    def __init__(self, sample: Sample, group_by: Sequence[str] = ()) -> None:
        self.sample = sample
        self.finest = group_by[0] if group_by else ""
        self._made: dict[object, Any] = {}

    @cached_property
    def overlap(self) -> Overlap:
        """Who answered more than once."""
        return Overlap(self.sample)

    @cached_property
    def is_weighted(self) -> bool:
        """Whether anybody counts more than another."""
        return bool(np.ptp(self.sample.weight) > 0)

    def of(self, measure: Measure, column: str = "", group: int | None = None) -> tuple[Tally, Floats]:
        """Count respondents by answer and the groups of a column, or one of the groups alone.

        Returns
        -------
        (tally, value of each cell; NaN is no valid answer)
        """
        counted = self._counted(measure, column)
        tally = self._once((counted, group), partial(counted.tally, group))
        return tally, tally.values(self._answers(measure).table)

    def moments(self, measure: Measure, column: str = "") -> Moments:
        """Moments of a measure by municipality, wave and group, the last being those without a known group."""
        table = self._answers(measure).table
        return moments_of_answers(self._counted(measure, column).sums, table, ~np.isnan(table))

    def valid(self, measure: Measure, column: str = "") -> tuple[Floats, Floats]:
        """Valid answers to a measure, and those of them with the value 1; shape as of `answered`."""
        n, table = self._counted(measure, column).sums[0], self._answers(measure).table
        return n[..., ~np.isnan(table)].sum(axis=-1), n[..., table == 1].sum(axis=-1)

    def weights(self, measure: Measure, column: str = "") -> tuple[Floats, Floats]:
        """Sums of the weights of valid answers and of their squares; shape as of `answered`."""
        (_, w, ww), table = self._counted(measure, column).sums, self._answers(measure).table
        return w[..., ~np.isnan(table)].sum(axis=-1), ww[..., ~np.isnan(table)].sum(axis=-1)

    def answered(self, column: str = "") -> Floats:
        """Everybody who answered, by municipality, wave and group, the last being those without a known group."""
        return self._once((column,), lambda: self._everybody(column))

    def cell(self, column: str) -> Ints:
        """Municipality, wave and group of each respondent in one number."""
        return self._once(("cell", column), lambda: self.sample.cell(column)[0])

    def _everybody(self, column: str) -> Floats:
        if not column and self.finest:
            return np.asarray(self.answered(self.finest).sum(axis=2, keepdims=True))
        cell, shape = self.cell(column), self.sample.shape(column)
        counts = np.zeros(prod(shape))
        for start in range(0, len(cell), BLOCK):
            counts += np.bincount(cell[start : start + BLOCK], minlength=len(counts))
        return counts.reshape(shape)

    def _answers(self, measure: Measure) -> Answers:
        return self._once((measure.items, measure.lookup), partial(Answers.of, measure, self.sample.responses))

    def _counted(self, measure: Measure, column: str) -> _Counted:
        key = (measure.items, measure.lookup) if len(measure.items) > 1 else measure.items
        finest = self._counted(measure, self.finest) if self.finest and not column else None
        return self._once((key, column, "counted"), partial(_Counted, self, self._answers(measure), column, finest))

    def _once(self, key: object, make: Callable[[], Made]) -> Made:
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made


class _Counted:
    """Sums of the answers to one question; shape (3, municipalities, waves, groups and unknown, answers)."""

    def __init__(self, tallies: Tallies, answers: Answers, column: str, finest: _Counted | None) -> None:
        self.tallies, self.sample, self.answer = tallies, tallies.sample, answers.of_rows
        self.answers = len(answers.table)
        self.groups = len(self.sample.groups(column))
        self.group: Ints = np.broadcast_to(np.int8(0), len(self.answer))
        if column:
            self.group = np.asarray(self.sample.responses[column].cat.codes)
        self.sums: Floats = self._sums(column) if finest is None else finest.sums.sum(axis=3, keepdims=True)
        self._people: dict[object, Floats] = {}

    def _sums(self, column: str) -> Floats:
        cell, shape = self.tallies.cell(column), self.sample.shape(column)
        sums = answer_sums(cell, prod(shape), self.sample.weight, self.answer, self.answers - 2)
        return sums.reshape(3, *shape, self.answers)

    @property
    def overlap(self) -> Overlap:
        """Who answered more than once."""
        return self.tallies.overlap

    def tally(self, group: int | None) -> Tally:
        """Cells in which anybody is, in order of their strata."""
        people = partial(self.people, group)
        pairs = self._pairs(group)
        if self.sample.calibration is not None:
            return self._residuals(group, pairs, people)
        sums = self.sums[:, :, :, : self.groups] if group is None else self.sums[:, :, :, group : group + 1]
        n, w, ww = sums.reshape(3, -1)
        kept = np.flatnonzero(n)
        number = np.full(len(n), -1, dtype=np.int32)
        number[kept] = np.arange(len(kept), dtype=np.int32)
        stratum, rest = np.divmod(kept, sums.shape[3] * self.answers)
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
        n = self.sums[0][:, used, : self.groups][..., valid].sum(axis=(1, 3))
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
