"""Estimates of municipalities, the country and "all others" in every wave and group.

A municipality and wave is a stratum; the country and "all others" are added up from the strata.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, OTHERS
from jobreport.estimate.estimators import (
    Bools,
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

OUTSIDE = "\0"
"""Stands for the group of those who are in none."""


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


@dataclass(frozen=True)
class Domains:
    """The domains in which anybody answered: by grouping ('' is everybody) the places, and where anybody is inside.

    ``frame`` has a row for each, in the order of ``inside``.
    """

    places: Mapping[str, Places]
    inside: Mapping[str, Bools]
    frame: pd.DataFrame

    @classmethod
    def of(cls, tallies: Tallies, places: Mapping[str, Places]) -> Domains:
        """Find them; who has no group is in none."""
        counts = {column: _of_places(known_groups(tallies, column), each) for column, each in places.items()}
        groups = {column: tallies.sample.groups(column) for column in places}
        parts = [_named(tallies, name, places[name].codes, counts[name], groups[name]) for name in places]
        return cls(places, {column: counted > 0 for column, counted in counts.items()}, pd.concat(parts))


def known_groups(tallies: Tallies, column: str) -> Floats:
    """Everybody who answered and whose group is known, by municipality, wave and group."""
    return tallies.answered(column)[:, :, : len(tallies.sample.groups(column))]


def _of_places(counts: Floats, places: Places) -> Floats:
    """Counts by municipality as counts by place, the pooled ones first."""
    return np.concatenate([*(counts[pool].sum(0, keepdims=True) for pool in places.pooled), counts[places.single]])


def _named(tallies: Tallies, column: str, codes: Sequence[str], counts: Floats, groups: Sequence[str]) -> pd.DataFrame:
    place, wave, group = np.nonzero(counts)
    return pd.DataFrame(
        {
            "municipality_code": np.array(codes, dtype=object)[place],
            "wave": np.array(tallies.sample.waves, dtype=object)[wave],
            "group_by": column,
            "group": np.array(groups, dtype=object)[group],
            "n_answered": counts[counts > 0].astype(np.int64),
        }
    )


def behind(tallies: Tallies, measures: Sequence[Measure], group_by: Sequence[str]) -> pd.DataFrame:
    """How few stand behind each domain: what decides whether it may be shown, whoever is shown it.

    Returns
    -------
    DataFrame with the columns of a domain, ``n``, the fewest answers to a question that was asked (of all who
    answered, where none was), ``effective``, the fewest effective ones (Kish), ``one_box``, whether all answers to
    some question lie in one box, and the answers to each question in all and in each box (`box_column`). Those in no
    group of a grouping, if there are any, have a row of the group `OUTSIDE`.
    """
    known = tallies.sample.municipalities
    places = Places.of(known, known, ())
    parts = [_behind(tallies, measures, places, column) for column in ("", *group_by)]
    return pd.concat([rows for part in parts for rows in part], ignore_index=True)


def _behind(
    tallies: Tallies, measures: Sequence[Measure], places: Places, column: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the groups of one grouping, and of those in none of them."""
    names = tallies.sample.groups(column)
    groups = len(names)
    counts = _of_places(known_groups(tallies, column), places)
    n, one_box = counts.copy(), np.zeros(counts.shape, dtype=bool)
    effective, boxes = np.full(counts.shape, np.inf), {}
    rest = np.full((*counts.shape[:2], 1), np.inf)
    for measure in measures:
        asked = np.array([measure.asked_in(wave) for wave in tallies.sample.waves])[:, None]
        valid, yes = (_of_places(each, places) for each in tallies.valid(measure, column))
        outside, valid, yes = valid[:, :, groups:], valid[:, :, :groups], yes[:, :, :groups]
        n = np.where(asked, np.minimum(n, valid), n)
        one_box |= asked & measure.is_box & (yes == valid) & (valid > 0)
        if measure.is_box:
            boxes[box_column(measure.indicator, "")] = np.where(asked, valid, np.nan)
            boxes[box_column(measure.indicator, measure.category)] = np.where(asked, yes, np.nan)
            kish = _kish(*(_of_places(each, places) for each in tallies.weights(measure, column)))
            effective = np.where(asked, np.fmin(effective, kish[:, :, :groups]), effective)
        if column and not measure.is_share:
            rest = np.where(asked & (outside > 0), np.minimum(rest, outside), rest)
    rest[counts.sum(axis=2, keepdims=True) == 0] = np.inf
    inside = _named(tallies, column, places.codes, counts, names).drop(columns="n_answered")
    beside = _named(tallies, column, places.codes, np.where(np.isfinite(rest), rest, 0.0), (OUTSIDE,))
    scarce = {"n": n.astype(np.int64), "one_box": one_box, "effective": effective} | boxes
    whole = inside.assign(**{name: values[counts > 0] for name, values in scarce.items()})
    return whole, beside.rename(columns={"n_answered": "n"}).assign(one_box=False, effective=np.nan)


def box_column(question: str, box: str) -> str:
    """Return the column of `behind` that counts the answers to a question in a box; those in all for ''."""
    return f"{question}|{box}"


def _kish(weight: Floats, square: Floats) -> Floats:
    """Kish's effective number of answers, (sum w)² / sum w²; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(weight**2 / square)


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
