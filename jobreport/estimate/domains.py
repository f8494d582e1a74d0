"""Estimates of municipalities, the country and "all others" in every wave and group.

A municipality and wave is a stratum; the country and "all others" are added up from the strata.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jobreport.domain.released import COUNTRY, OTHERS
from jobreport.estimate.estimators import (
    Estimates,
    Floats,
    Ints,
    Moments,
    domain_scores,
    ratio_estimates,
    stratified_variance,
)
from jobreport.estimate.measures import Measure
from jobreport.estimate.tally import Tallies


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


def domain_estimates(tallies: Tallies, places: Places, measure: Measure, column: str) -> Estimates:
    """Estimate a measure in every place, wave and group; arrays of shape (places, waves, groups)."""
    cells, strata = tallies.moments(measure, column), tallies.answered()
    found = _stack(
        *(ratio_estimates(cells.take(pool), strata[pool]) for pool in places.pooled),
        _single(cells, strata, places.single),
    )
    if tallies.sample.calibration is None:
        return found
    variance = _calibrated_variance(tallies, places, measure, column)
    return replace(found, variance=np.where(found.n < 2, np.nan, variance))


def _single(cells: Moments, strata: Floats, index: Ints) -> Estimates:
    """Each municipality and wave is a stratum of its own."""
    own = cells.take(index)
    return ratio_estimates(own.reshape(1, *own.n.shape), strata[index][None])


def _calibrated_variance(tallies: Tallies, places: Places, measure: Measure, column: str) -> Floats:
    """Variance of every place, wave and group from the residuals of its scores.

    A domain's scores spread over its whole stratum once the margins are taken out, so each group is
    a pass of its own.
    """
    sample = tallies.sample
    cell, width = sample.cell(column)
    value, group = measure.values(sample.responses), cell % width
    place, wave = np.divmod(sample.stratum, len(sample.waves))
    strata = tallies.answered()[:, :, 0]
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
