"""Respondents of one place, wave, group and answer counted together: ten million rows become a few thousand cells.

All measures of a question give values to the same few answers, so every estimate, and every product of the scores of
one person's rows, is a sum over cells and over pairs of cells. Only after calibration does each respondent have a
residual of his own; then the score of a cell is handed to everybody in it.
A sample has one tally for every question and grouping, passed once whatever is made of it: levels or changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, partial
from math import prod
from typing import Any

import numpy as np

from jobreport.estimate.estimators import BLOCK, Adding, Bools, Floats, Ints, Values, answer_sums
from jobreport.estimate.measures import Answers, Measure
from jobreport.estimate.sample import Keeping, Overlap, Pairs, Sample, Within, counted_pairs

LARGE = ("pairs", "answers", "by_stratum", "by_wave", "_by_waves", "_cell_of_rows")


class Tally(Keeping):
    """Cells of respondents, the values that measures give them, and the pairs between them.

    Attributes
    ----------
    stratum, group, n, w, ww
        One entry per cell: municipality and wave, group (of ``groups``), respondents, sum of weights, of squared
        weights.
    part, parts
        The group again where each is estimated apart; 0 and 1 where all are one.

    What is estimated at once are *series*: every measure in every part, the measures running fastest.
    """

    def __init__(self, counted: _Counted, tables: Floats, *, apart: bool) -> None:
        self._counted, self._tables, self._apart = counted, tables, apart
        self.overlap = counted.tallies.overlap
        sums = counted.sums[:, :, :, : counted.groups]
        kept = np.flatnonzero(sums[0])
        self.n, self.w, self.ww = sums.reshape(3, -1)[:, kept]
        self.stratum, rest = np.divmod(kept, counted.groups * counted.answers)
        self.group, self.answer = np.divmod(rest, counted.answers)
        self.groups = counted.groups
        self.parts = counted.groups if apart else 1
        self.measures = tables.shape[1]
        self.part = self.group if apart else np.zeros_like(self.group)
        self._number = np.full(sums[0].size, -1, dtype=np.int32)
        self._number[kept] = np.arange(len(kept), dtype=np.int32)

    @cached_property
    def bases(self) -> tuple[Ints, Ints]:
        """Which answers are valid: a measure of each such base, and of each measure the number of its base."""
        _, first, which = np.unique(~np.isnan(self._tables), axis=1, return_index=True, return_inverse=True)
        return np.asarray(first), np.asarray(which).ravel()

    @property
    def values(self) -> Floats:
        """Value of each cell by every measure; shape (cells, measures), NaN is no answer."""
        return np.take(self._tables, self.answer, axis=0)

    @cached_property
    def answers(self) -> Values:
        """The values, and which of them are answers."""
        return Values.of(self._tables).take(self.answer)

    @cached_property
    def by_stratum(self) -> Adding:
        """Adds up values of cells by municipality, wave and part."""
        return Adding(self.stratum * self.parts + self.part, self.overlap.places * self.overlap.waves * self.parts)

    @cached_property
    def by_wave(self) -> Adding:
        """Adds up values of cells by wave and part."""
        waves = self.overlap.waves
        return Adding(self.stratum % waves * self.parts + self.part, waves * self.parts)

    def sums(self, scores: Floats, *, weighted: bool = True) -> tuple[Floats, Floats]:
        """Sums of weighted scores and of their squares; shape (municipalities, waves, series)."""
        shape = (self.overlap.places, self.overlap.waves, self.parts * scores.shape[1])
        if self.is_calibrated:
            rows = [self._of_rows(each) for each in self.contributions(scores, weighted=weighted)]
            return np.stack([total for total, _ in rows], axis=2), np.stack([squares for _, squares in rows], axis=2)
        w, ww = (self.w, self.ww) if weighted else (self.n, self.n)
        total, squares = self.by_stratum(scores * w[:, None]), self.by_stratum(scores**2 * ww[:, None])
        return total.reshape(shape), squares.reshape(shape)

    def products(self, scores: Floats, squares: Floats, *, weighted: bool = True) -> Floats:
        """Sums of products of weighted scores within persons; shape (municipalities, waves, waves, series).

        ``squares`` are those of `sums`, a score times itself.
        """
        places, waves = self.overlap.places, self.overlap.waves
        if self.is_calibrated:
            of_rows = [self._between(each) for each in self.contributions(scores, weighted=weighted)]
            found = np.stack(of_rows, axis=3)
        else:
            # (a column is added up by itself; all of them at once would be more than all that is held of millions)
            width = max(BLOCK // max(len(self.pairs.first), 1), 1)
            parts = [self._added(scores[:, i : i + width], weighted=weighted) for i in range(0, scores.shape[1], width)]
            found = np.concatenate(parts, axis=2).reshape(places, waves, waves, -1)
        found = found + found.transpose(0, 2, 1, 3)
        within = np.arange(waves)
        found[:, within, within] += squares
        return np.asarray(found)

    def _added(self, scores: Floats, *, weighted: bool) -> Floats:
        products = np.take(scores, self.pairs.first, axis=0)
        products *= np.take(scores, self.pairs.second, axis=0)
        products *= (self.pairs.w if weighted else self.pairs.n)[:, None]
        return self._by_waves(products).reshape(-1, self.parts, scores.shape[1])

    @cached_property
    def _by_waves(self) -> Adding:
        (first, second), waves = (self.pairs.first, self.pairs.second), self.overlap.waves
        where = self.stratum[first] * waves + self.stratum[second] % waves
        return Adding(where * self.parts + self.part[first], self.overlap.places * waves * waves * self.parts)

    @property
    def is_calibrated(self) -> bool:
        """Whether a respondent contributes what margins or clusters leave of him, and not as all who answered alike."""
        sample = self.overlap.sample
        return sample.calibration is not None or sample.units is not None or sample.replicates is not None

    def contributions(self, scores: Floats, *, weighted: bool = True) -> Iterator[Floats]:
        """What each respondent contributes to every series; outside its part everybody has a residual too."""
        inside = self._cell_of_rows >= 0
        part = self.part[self._cell_of_rows]
        for one in range(self.parts):
            here = inside & (part == one)
            for column in scores.T:
                own = np.where(here, column[self._cell_of_rows], 0.0)
                yield self.overlap.sample.contributions(own, weighted=weighted)

    def _of_rows(self, scores: Floats) -> tuple[Floats, Floats]:
        shape, stratum = (self.overlap.places, self.overlap.waves), self.overlap.sample.stratum
        sums = [np.bincount(stratum, each, prod(shape)).reshape(shape) for each in (scores, scores**2)]
        return sums[0].astype(float), sums[1].astype(float)

    def _between(self, scores: Floats) -> Floats:
        places, waves = self.overlap.places, self.overlap.waves
        stratum, (first, second) = self.overlap.sample.stratum, self.overlap.pairs
        where = stratum[first] * waves + stratum[second] % waves
        found = np.bincount(where, scores[first] * scores[second], places * waves * waves)
        return found.reshape(places, waves, waves).astype(float)  # (without any pair NumPy counts in integers)

    def units(self, inside: Bools) -> tuple[Floats, Floats]:
        """Clusters and strata with anybody in the cells ``inside``, by municipality and wave.

        Without clusters and own strata they are respondents, and municipalities with a wave.
        """
        sample, size = self.overlap.sample, self.overlap.places * self.overlap.waves
        if sample.replicates is not None:
            return np.array([float(sample.rank(self.rows(inside)))]), np.ones(1)
        if sample.units is not None:
            return sample.units.counted(self.rows(inside), sample.stratum, size)
        n = np.bincount(self.stratum[inside], self.n[inside], size).astype(float)
        return n, (n > 0).astype(float)

    def rows(self, inside: Bools) -> Bools:
        """Respondents of the cells ``inside``."""
        return np.append(inside, False)[self._cell_of_rows]

    def replicated(self, replicate: int) -> Floats:
        """Sum of the weights of each cell in a replicate."""
        sample, there = self.overlap.sample, self._cell_of_rows >= 0
        assert sample.replicates is not None  # noqa: S101 - asked for where there are some
        weight = (sample.replicates[:, replicate] * sample.weight)[there]
        return np.bincount(self._cell_of_rows[there], weight, len(self.n)).astype(float)

    @cached_property
    def _cell_of_rows(self) -> Ints:
        return np.where(self._counted.group >= 0, self._number[self._counted.cell(slice(None))], np.int32(-1))

    @cached_property
    def pairs(self) -> Pairs:
        """Pairs of rows whose groups are known, and the same where groups are apart."""
        counted, weight = self._counted, self.overlap.sample.weight
        first, second = self.overlap.pairs
        one, other = counted.group[first], counted.group[second]
        inside = (one == other) & (one >= 0) if self._apart else (one >= 0) & (other >= 0)
        first, second = first[inside], second[inside]
        cells = self._number[counted.cell(first)], self._number[counted.cell(second)]
        return counted_pairs(cells, weight[first] * weight[second], self.stratum // self.overlap.waves)

    def people(self, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people with a valid answer in some waves; shape (municipalities, series)."""
        valid = (~np.isnan(self._tables)).T
        counts = [self._counted.people(each, waves, together=not self._apart) for each in valid]
        return np.stack(counts, axis=2).reshape(self.overlap.places, -1)


def questions(measures: Sequence[Measure]) -> list[tuple[Measure, ...]]:
    """Take measures together that give values to the same answers; shares of single answers by themselves.

    (Levels, windows and changes are made of all but these, so that they share their sums.)
    """
    found: dict[object, list[Measure]] = {}
    for measure in measures:
        found.setdefault((_question(measure), measure.is_single_answer), []).append(measure)
    return [tuple(same) for same in found.values()]


def _question(measure: Measure) -> tuple[object, ...]:
    return (measure.items, measure.lookup) if len(measure.items) > 1 else measure.items


class Tallies(Keeping):
    """The tallies of a sample, each made when it is first asked for and then kept.

    A mean and a share of the same question share one: they are two values of the same cells. Levels and changes are
    made of the same sums; without groups these are the sums of the groups of the first of ``group_by``.
    """

    def __init__(self, sample: Sample, group_by: Sequence[str] = ()) -> None:
        self.sample, self.group_by = sample, tuple(group_by)
        self.finest = group_by[0] if group_by else ""

    @property
    def overlap(self) -> Overlap:
        """Who answered more than once."""
        return self.once("overlap", lambda: Overlap(self.sample))

    @cached_property
    def is_weighted(self) -> bool:
        """Whether anybody counts more than another."""
        return bool(np.ptp(self.sample.weight) > 0)

    def of_places(self, codes: Collection[str]) -> Tallies:
        """Those of some municipalities, where no other is shown: the others have their places, and no answer."""
        meant = frozenset(codes).intersection(self.sample.municipalities)
        if len(meant) in (0, len(self.sample.municipalities)):
            return self
        return self.once(("places", meant), lambda: self._of_places(meant))

    def _of_places(self, codes: Collection[str]) -> Tallies:
        meant = np.array([code in codes for code in self.sample.municipalities])
        return Tallies(self.sample.only(meant[self.sample.stratum // len(self.sample.waves)]), self.group_by)

    def of(self, measures: Sequence[Measure], column: str = "", *, apart: bool = True) -> Tally:
        """Count respondents by answer and the groups of a column.

        Parameters
        ----------
        measures
            Of one question, as `questions` takes them together.
        apart
            Estimate every group alone; else all who are in any of them.
        """
        key = ("tally", measures, column, apart)
        return self.once(key, lambda: self._tally(measures, column, apart=apart))

    def _tally(self, measures: Sequence[Measure], column: str, *, apart: bool) -> Tally:
        tables = np.stack([self._answers(measure).table for measure in measures], axis=1)
        return Tally(self._counted(measures[0], column), tables, apart=apart)

    def valid(self, measure: Measure, column: str = "") -> tuple[Floats, ...]:
        """Valid answers to a measure, those with the value 1, sums of weights and of their squares; as `answered`."""
        sums, table = self._counted(measure, column).sums, self._answers(measure).table
        n, w, ww = (each[..., ~np.isnan(table)].sum(axis=-1) for each in sums)
        return n, sums[0][..., table == 1].sum(axis=-1), w, ww

    def answered(self, column: str = "") -> Floats:
        """Everybody who answered, by municipality, wave and group, the last being those without a known group."""
        return self.once((column,), lambda: self._everybody(column))

    def within(self, column: str, *, together: bool) -> Within:
        """Who answered more than once in a known group of a column; ``together`` these are as one group."""
        if not column:
            return self.overlap.everybody
        group, groups = self.sample.codes(column), 1 if together else len(self.sample.groups(column))
        group = np.minimum(group, 0) if together else group
        return self.once(("within", column, together), lambda: self.overlap.within(group, groups))

    def cell(self, column: str) -> Ints:
        """Municipality, wave and group of each respondent in one number."""
        return self.once(("cell", column), lambda: self.sample.cell(column)[0])

    def _everybody(self, column: str) -> Floats:
        if not column and self.finest:
            return np.asarray(self.answered(self.finest).sum(axis=2, keepdims=True))
        cell, shape = self.cell(column), self.sample.shape(column)
        counts = np.zeros(prod(shape))
        for start in range(0, len(cell), BLOCK):
            counts += np.bincount(cell[start : start + BLOCK], minlength=len(counts))
        return counts.reshape(shape)

    def _answers(self, measure: Measure) -> Answers:
        return self.once((measure.items, measure.lookup), partial(Answers.of, measure, self.sample.responses))

    def _counted(self, measure: Measure, column: str) -> _Counted:
        finest = self._counted(measure, self.finest) if self.finest and not column else None
        key = (_question(measure), column, "counted")
        return self.once(key, partial(_Counted, self, self._answers(measure), column, finest))

    def let_go(self) -> None:
        """Forget what is large in the tallies of questions that are done with; who asks for it has it made again."""
        for each in self._made.values():
            if isinstance(each, Tallies):
                each.let_go()
            elif isinstance(each, Tally):
                for name in LARGE:
                    vars(each).pop(name, None)

    def keep_sums(self) -> None:
        """Forget all tallies and who answered again: of a survey that only the levels of waves are still asked of."""
        kept = {key: each for key, each in self._made.items() if not isinstance(each, (Tally, Within, Overlap))}
        vars(self).update(_made=kept)


class _Counted(Keeping):
    """Sums of the answers to one question; shape (3, municipalities, waves, groups and unknown, answers)."""

    def __init__(self, tallies: Tallies, answers: Answers, column: str, finest: _Counted | None) -> None:
        self.tallies, self.sample, self.column, self.answer = tallies, tallies.sample, column, answers.of_rows
        self.answers = len(answers.table)
        self.groups = len(self.sample.groups(column))
        self.group = self.sample.codes(column)
        self.sums: Floats = self._sums(column) if finest is None else finest.sums.sum(axis=3, keepdims=True)

    def _sums(self, column: str) -> Floats:
        cell, shape = self.tallies.cell(column), self.sample.shape(column)
        sums = answer_sums(cell, prod(shape), self.sample.weight, self.answer, self.answers - 2)
        return sums.reshape(3, *shape, self.answers)

    def cell(self, rows: Any) -> Ints:
        """Municipality, wave, group and answer of some respondents in one number."""
        cell = self.sample.stratum[rows].astype(np.int64) * self.groups
        cell += self.group[rows]
        cell *= self.answers
        cell += self.answer[rows]
        cell += 1
        return np.asarray(cell)

    def people(self, valid: Bools, waves: tuple[int, ...], *, together: bool) -> Floats:
        """Number of distinct people with a valid answer in some waves, by municipality and group."""
        make = partial(self._by_group, valid, waves, together=together)
        return self.once((together, valid.tobytes(), waves), make)

    def _by_group(self, valid: Bools, waves: tuple[int, ...], *, together: bool) -> Floats:
        overlap, used = self.tallies.overlap, self.tallies.overlap.in_waves(waves)
        groups = 1 if together else self.groups
        within = self.tallies.within(self.column, together=together)
        answer = np.take(self.answer, np.take(overlap.repeated.rows, within.place)) + np.int32(1)
        answer += np.take(overlap.repeated_wave, within.place) * np.int32(self.answers)
        twice = overlap.counted_twice(np.take(used[:, None] & valid, answer), within, groups)
        n = self.sums[0][:, used, : self.groups][..., valid].sum(axis=(1, 3))
        return np.asarray((n.sum(axis=1, keepdims=True) if together else n) - twice)
