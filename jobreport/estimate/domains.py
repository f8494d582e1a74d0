"""Sums of every question by municipality x wave x group, and the estimates they make.

A municipality and wave is a stratum; the country and "all others" are added up from the strata.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from jobreport.estimate.estimators import (
    BLOCK,
    Estimates,
    Floats,
    Ints,
    Moments,
    answer_sums,
    domain_scores,
    moments_of_answers,
    ratio_estimates,
    stratified_variance,
)
from jobreport.estimate.measures import Answers, Measure
from jobreport.estimate.sample import Sample

COUNTRY = "000"
OTHERS = "others"


@dataclass(frozen=True)
class Places:
    """What rows are about: the country, perhaps all others, and the chosen municipalities."""

    codes: tuple[str, ...]
    pooled: tuple[Ints, ...]
    single: Ints

    @classmethod
    def of(cls, known: Sequence[str], chosen: Collection[str], focus: Collection[str]) -> Places:
        """Find the places among the known municipalities; 'others' leaves out those in focus."""
        pooled = {COUNTRY: np.arange(len(known))}
        if focus:
            pooled[OTHERS] = np.array([i for i, code in enumerate(known) if code not in focus], int)
        single = [i for i, code in enumerate(known) if code in chosen]
        codes = (*pooled, *(known[i] for i in single))
        return cls(codes, tuple(pooled.values()), np.array(single, dtype=np.int64))


class Sums:
    """The sums of every question, by municipality x wave x group; each question is passed once."""

    def __init__(self, sample: Sample, group_by: tuple[str, ...]) -> None:
        self.sample = sample
        self.finest = group_by[0] if group_by else ""
        self.cells = {column: sample.cell(column) for column in ("", *group_by)}
        self._answers: dict[Measure, Answers] = {}
        self._found: dict[tuple[Measure | tuple[str, ...], str], Floats] = {}
        self._counts: dict[str, Floats] = {}

    def shape(self, column: str) -> tuple[int, int, int]:
        """Municipalities, waves, groups (the last holds those without a group)."""
        sample = self.sample
        return len(sample.municipalities), len(sample.waves), self.cells[column][1]

    @cached_property
    def strata(self) -> Floats:
        """Everybody who answered, by municipality and wave; shape (municipalities, waves, 1)."""
        return self.answered("")

    def answered(self, column: str) -> Floats:
        """Everybody who answered, by cell."""
        if column not in self._counts and not column and self.finest:
            self._counts[column] = self.answered(self.finest).sum(axis=2, keepdims=True)
        if column not in self._counts:
            shape, cell = self.shape(column), self.cells[column][0]
            counts = np.zeros(int(np.prod(shape)))
            for start in range(0, len(cell), BLOCK):
                counts += np.bincount(cell[start : start + BLOCK], minlength=len(counts))
            self._counts[column] = counts.reshape(shape)
        return self._counts[column]

    def of(self, measure: Measure, column: str) -> Moments:
        """Moments of a measure by cell; shape as `shape`."""
        one = len(measure.items) == 1
        answers = Answers.of(measure, self.sample.responses) if one else self._values(measure)
        sums = self._sums(measure.items if one else measure, answers, column)
        return moments_of_answers(sums, answers.table, ~np.isnan(answers.table))

    def _values(self, measure: Measure) -> Answers:
        """Values of a mean of several questions; it costs a pass of all respondents."""
        if measure not in self._answers:
            self._answers = {measure: Answers.of(measure, self.sample.responses)}
        return self._answers[measure]

    def _sums(self, asked: Measure | tuple[str, ...], answers: Answers, column: str) -> Floats:
        key = (asked, column)
        if key not in self._found:
            if not column and self.finest:
                self._found[key] = self._sums(asked, answers, self.finest).sum(axis=3, keepdims=True)
            else:
                shape, width = self.shape(column), len(answers.table)
                cell = self.cells[column][0]
                sums = answer_sums(cell, int(np.prod(shape)), self.sample.weight, answers.of_rows, width - 2)
                self._found[key] = sums.reshape(3, *shape, width)
        return self._found[key]


def domain_estimates(sums: Sums, places: Places, measure: Measure, column: str) -> Estimates:
    """Estimate a measure in every place, wave and group; arrays of shape (places, waves, groups)."""
    cells = sums.of(measure, column)
    found = _stack(
        *(ratio_estimates(cells.take(pool), sums.strata[pool]) for pool in places.pooled),
        _single(cells, sums.strata, places.single),
    )
    if sums.sample.calibration is None:
        return found
    variance = _calibrated_variance(sums, places, measure, column)
    return replace(found, variance=np.where(found.n < 2, np.nan, variance))


def _single(cells: Moments, strata: Floats, index: Ints) -> Estimates:
    """Each municipality and wave is a stratum of its own."""
    own = cells.take(index)
    return ratio_estimates(own.reshape(1, *own.n.shape), strata[index][None])


def _calibrated_variance(sums: Sums, places: Places, measure: Measure, column: str) -> Floats:
    """Variance of every place, wave and group from the residuals of its scores.

    A domain's scores spread over its whole stratum once the margins are taken out, so each group is
    a pass of its own.
    """
    sample, (cell, width) = sums.sample, sums.cells[column]
    value, group = measure.values(sample.responses), cell % width
    place, wave = np.divmod(sample.stratum, len(sample.waves))
    strata = sums.strata[:, :, 0]
    variance = np.zeros((len(places.codes), len(sample.waves), width))

    def by_stratum(y: Floats, domain: Ints) -> Floats:
        scores = sample.contributions(domain_scores(y, sample.weight, domain, strata.size)[1])
        parts = stratified_variance(scores, sample.stratum, strata.reshape(-1))
        return parts.reshape(strata.shape)

    for g in range(width):
        inside = np.where(group == g, value, np.nan)
        for i, pool in enumerate(places.pooled):
            of_pool = np.where(np.isin(place, pool), inside, np.nan)
            variance[i, :, g] = by_stratum(of_pool, wave)[pool].sum(axis=0)
        variance[len(places.pooled) :, :, g] = by_stratum(inside, sample.stratum)[places.single]
    return variance


def _stack(*parts: Estimates) -> Estimates:
    fields = ("estimate", "variance", "n", "n_effective", "df")
    width = parts[-1].n.ndim
    arrays = [
        [value if value.ndim == width else value[None] for value in (getattr(p, field) for p in parts)]
        for field in fields
    ]
    return Estimates(*(np.concatenate(array) for array in arrays))
