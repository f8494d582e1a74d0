"""Estimates of municipalities, the country and "all others" in every wave and group, and contrasts of waves.

A municipality and wave is a stratum; the country and "all others" are added up from the strata. A level of a wave, of a
window and a change are contrasts of the same estimates, with one variance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, OTHERS
from jobreport.estimate.contrasts import Contrasts, Waves
from jobreport.estimate.estimators import Bools, Estimates, Floats, Ints, Values, scores_of, summed
from jobreport.estimate.measures import Measure
from jobreport.estimate.tally import Tallies, Tally

OUTSIDE = "\0"
"""Stands for the group of those who are in none."""


@dataclass(frozen=True)
class WaveEstimates(Contrasts):
    """Estimates of all series of a tally in every wave, with what is needed for the variance of any contrast.

    ``scored`` are the scores of the cells against the estimates of their domains, ``given`` other values of the cells
    than the tally's; ``pool`` are the municipalities that are one place.
    """

    tally: Tally
    weighted: bool
    pool: Ints | None
    given: Values | None
    scored: Floats

    @classmethod
    def of(cls, tally: Tally, *, weighted: bool = True, pool: Ints | None = None) -> WaveEstimates:
        """Estimate every municipality, or those of a ``pool`` together, in every wave; made once for each tally."""
        key = (weighted, None if pool is None else tuple(pool.tolist()))
        return tally.once(key, lambda: cls.of_values(tally, None, weighted=weighted, pool=pool))

    @classmethod
    def of_values(
        cls, tally: Tally, given: Values | None, *, weighted: bool = True, pool: Ints | None = None
    ) -> WaveEstimates:
        """Estimate other values of the cells than the tally's own: a column for each series."""
        values, places = _values(tally, given, pool), 1 if pool is not None else tally.overlap.places
        added, weight = tally.by_stratum if pool is None else tally.by_wave, (tally.w if weighted else tally.n)[:, None]
        # (measures of the same answers have the same counts: each base is counted once)
        first, which = (np.arange(values.known.shape[1]),) * 2 if given is not None else tally.bases
        valid = np.take(values.valid, first, axis=1)
        n = added(valid * tally.n[:, None])
        counted = (added(valid * each[:, None]) for each in (tally.w, tally.ww)) if weighted else (n, n)
        units = _units(tally, valid, n if pool is None else None)
        n, w, ww = (np.take(each, which, axis=1) for each in (n, *counted))
        part = _domain(tally, pool) * tally.parts + tally.part
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate = added(weight * values.known) / w
        scored = scores_of(values, estimate, w, part)
        totals, squares = tally.sums(scored, weighted=weighted)
        totals, squares = totals * _whole(tally)[:, :, None], squares * _whole(tally)[:, :, None] ** 2
        effective = w**2 / np.where(ww > 0, ww, 1.0)
        spread = w * added(weight * scored**2)
        by_wave = (each.reshape(places, tally.overlap.waves, -1) for each in (estimate, n, w, effective, spread))
        estimate, n, w, effective, spread = by_wave
        overlap = tally.overlap
        by_place = (each.reshape(*totals.shape[:2], tally.parts, -1)[..., which] for each in units)
        drawn, strata = (each.reshape(totals.shape) for each in by_place)
        known = np.full(overlap.places, overlap.known)
        found = (estimate, n, w, effective, spread, totals, squares, overlap.answered, known, drawn, strata)
        return cls(*found, tally, weighted, pool, given, scored, pooled=pool is not None)

    @property
    def population(self) -> Floats | None:
        """How many there are in all, of a random sample of them."""
        return self.tally.overlap.sample.population

    @cached_property
    def products(self) -> Floats:
        """Sums of products of scores within persons; shape (municipalities, waves, waves, series)."""
        whole = _whole(self.tally)
        alone = self.squares / whole[:, :, None] ** 2
        products = self.tally.products(self.scored, alone, weighted=self.weighted)
        return products * (whole[:, :, None] * whole[:, None, :])[..., None]

    @property
    def clustered(self) -> bool:
        """Whether the sample has clusters or strata of its own."""
        return self.tally.overlap.sample.units is not None

    @property
    def base_shares(self) -> Floats:
        """Share of its domain's base that one answer of each cell is, before its weight; 0 outside the base."""
        _, total, domain = self._of_domains
        valid = _values(self.tally, self.given, self.pool).valid
        return np.asarray(valid / np.take(np.where(total == 0, 1.0, total), domain, axis=0))

    @property
    def _of_domains(self) -> tuple[Floats, Floats, Ints]:
        tally, columns = self.tally, self.estimate.shape[2] // self.tally.parts
        estimate, total = (each.reshape(-1, columns) for each in (self.estimate, self.weights))
        return estimate, total, _domain(tally, self.pool) * tally.parts + tally.part

    @cached_property
    def replicated(self) -> Floats:
        """Estimates with the weights of every replicate; shape (replicates, places, waves, series)."""
        tally, replicates = self.tally, self.tally.overlap.sample.replicates
        values, part = _values(tally, self.given, self.pool), self._of_domains[2]
        size, made = len(self.estimate.reshape(-1, values.known.shape[1])), []
        for number in range(0 if replicates is None else replicates.shape[1]):
            weight = tally.replicated(number)
            total = summed(values.valid * weight[:, None], part, size)
            with np.errstate(invalid="ignore", divide="ignore"):
                found = summed(values.known * weight[:, None], part, size) / total
            made.append(found.reshape(self.estimate.shape))
        return np.stack(made)

    @property
    def by_replicates(self) -> bool:
        """Whether the variance is that of the replicates."""
        return self.weighted and self.tally.overlap.sample.replicates is not None

    def _variances(self, coefficients: Floats, of_scores: Floats) -> Floats:
        if not self.by_replicates:
            return super()._variances(coefficients, of_scores)
        c, scale = self._of_all(coefficients), self.tally.overlap.sample.scale
        whole, squares = self.values(coefficients), np.zeros(())
        for each in self.replicated:
            # (in a replicate that has nobody of a domain it is what it is in all)
            there = np.where(np.isnan(each), self.estimate, each)
            moved = np.where(c != 0, c * np.where(c != 0, there, 0.0), 0.0).sum(axis=2) - whole
            squares = squares + moved**2
        single = (np.where(c != 0, self.n, np.inf) < 2).any(axis=2)
        return np.asarray(np.where(single, np.nan, (scale or 0.0) * squares))

    def waves(self) -> Estimates:
        """Estimates of every wave by itself; shape (places, waves, series)."""
        found = super().waves()
        if not self.by_replicates:
            return found
        waves = np.eye(self.estimate.shape[1])
        return replace(found, variance=np.moveaxis(self.contrasts(waves)[1], 0, 1), df=self._ranks - 1.0)

    @cached_property
    def _ranks(self) -> Floats:
        # Rank of the replicate weights of those with a value; shape (places, waves, series).
        tally, sample = self.tally, self.tally.overlap.sample
        valid, waves = _values(tally, self.given, self.pool).valid > 0, tally.overlap.waves
        domain = _domain(tally, self.pool)
        found = np.zeros((len(self.estimate) * waves, tally.parts, valid.shape[1]))
        for at, part in np.unique(np.stack([domain, tally.part], axis=1), axis=0):
            here = (domain == at) & (tally.part == part)
            found[at, part] = [sample.rank(tally.rows(here & column)) for column in valid.T]
        return found.reshape(self.estimate.shape)

    def degrees_of_freedom(self, waves: Waves) -> Floats:
        """As of any estimates; of replicate weights those of the wave that has most."""
        if not self.by_replicates:
            return super().degrees_of_freedom(waves)
        return np.asarray(self._ranks[:, list(waves)].max(axis=1) - 1.0)

    def within_persons(self) -> Floats:
        """Sums of products of scores within persons; shape (municipalities, waves, waves, series)."""
        return self.products

    def size(self, waves: Waves) -> Floats:
        """Distinct people who answered anything in some waves, by municipality."""
        return self.tally.overlap.size(waves)

    def people(self, waves: Waves) -> Floats:
        """Distinct people with a valid answer in some waves; shape (municipalities, series)."""
        people = self.tally.people(waves)
        return people if self.pool is None else np.where(np.isin(np.arange(len(people)), self.pool)[:, None], people, 0)


def _whole(tally: Tally) -> Floats:
    # What sums of contributions are multiplied by so that n/(n - 1) is in them where units are the sample's own.
    n = tally.overlap.answered
    if tally.overlap.sample.units is None:
        return np.ones((1, 1))
    return np.where(n > 1, np.sqrt(n / np.maximum(n - 1, 1)), 1.0)


def _units(tally: Tally, valid: Floats, n: Floats | None) -> tuple[Floats, Floats]:
    # Units and strata that have a value, a column for each base; shape (municipalities and waves, parts, bases).
    # ``n`` is how many answers there are of each, if that is known.
    if tally.overlap.sample.units is None:
        n = tally.by_stratum(valid * tally.n[:, None]) if n is None else n
        return n, (n > 0).astype(float)
    found = [[tally.units((column > 0) & (tally.part == part)) for column in valid.T] for part in range(tally.parts)]
    units, strata = (np.moveaxis(np.array(found)[:, :, i], 2, 0) for i in (0, 1))
    return units, strata


def _values(tally: Tally, given: Values | None, pool: Ints | None) -> Values:
    values = tally.answers if given is None else given
    inside = np.isin(np.arange(tally.overlap.places), pool) if pool is not None else np.ones(1, dtype=bool)
    return values if inside.all() else values.inside(inside[tally.stratum // tally.overlap.waves])


def _domain(tally: Tally, pool: Ints | None) -> Ints:
    return tally.stratum if pool is None else tally.stratum % tally.overlap.waves


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

    def only(self, codes: Collection[str]) -> Domains:
        """Keep some municipalities of those that are counted together, and all that are pooled."""
        kept = {
            column: np.array([code in codes or i < len(each.pooled) for i, code in enumerate(each.codes)])
            for column, each in self.places.items()
        }
        inside = {column: self.inside[column] & kept[column][:, None, None] for column in self.places}
        left = np.concatenate([inside[column][self.inside[column]] for column in self.places])
        return Domains(self.places, inside, self.frame[left])

    @classmethod
    def of(cls, tallies: Tallies, places: Mapping[str, Places]) -> Domains:
        """Find them; who has no group is in none."""
        counts = {column: _of_places(known_groups(tallies, column), each) for column, each in places.items()}
        groups = {column: tallies.sample.groups(column) for column in places}
        parts = [_named(tallies, name, places[name].codes, counts[name], groups[name]) for name in places]
        return cls(
            places, {column: counted > 0 for column, counted in counts.items()}, pd.concat(parts, ignore_index=True)
        )


def known_groups(tallies: Tallies, column: str) -> Floats:
    """Everybody who answered and whose group is known, by municipality, wave and group."""
    return tallies.answered(column)[:, :, : len(tallies.sample.groups(column))]


def _of_places(counts: Floats, places: Places) -> Floats:
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


def behind(tallies: Tallies, measures: Sequence[Measure]) -> pd.DataFrame:
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
    parts = [_behind(tallies, measures, places, column) for column in ("", *tallies.group_by)]
    return pd.concat([rows for part in parts for rows in part], ignore_index=True)


def _behind(
    tallies: Tallies, measures: Sequence[Measure], places: Places, column: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = tallies.sample.groups(column)
    groups = len(names)
    counts = _of_places(known_groups(tallies, column), places)
    n, one_box = counts.copy(), np.zeros(counts.shape, dtype=bool)
    effective, boxes = np.full(counts.shape, np.inf), {}
    rest = np.full((*counts.shape[:2], 1), np.inf)
    for measure in measures:
        asked = np.array([measure.asked_in(wave) for wave in tallies.sample.waves])[:, None]
        valid, yes, *weights = (_of_places(each, places) for each in tallies.valid(measure, column))
        outside, valid, yes = valid[:, :, groups:], valid[:, :, :groups], yes[:, :, :groups]
        n = np.where(asked, np.minimum(n, valid), n)
        one_box |= asked & measure.is_box & (yes == valid) & (valid > 0)
        if measure.is_box:
            boxes[box_column(measure.indicator, "")] = np.where(asked, valid, np.nan)
            boxes[box_column(measure.indicator, measure.category)] = np.where(asked, yes, np.nan)
            effective = np.where(asked, np.fmin(effective, _kish(*weights)[:, :, :groups]), effective)
        if column and not measure.is_share:
            rest = np.where(asked & (outside > 0), np.minimum(rest, outside), rest)
    rest[counts.sum(axis=2, keepdims=True) == 0] = np.inf
    inside = _named(tallies, column, places.codes, counts, names).drop(columns="n_answered")
    beside = _named(tallies, column, places.codes, np.where(np.isfinite(rest), rest, 0.0), (OUTSIDE,))
    scarce = {"n": n.astype(np.int64), "one_box": one_box, "effective": effective} | boxes
    told = pd.DataFrame({name: values[counts > 0] for name, values in scarce.items()}, index=inside.index)
    whole = pd.concat([inside, told], axis=1)  # (a column at a time takes long where there are many questions)
    return whole, beside.rename(columns={"n_answered": "n"}).assign(one_box=False, effective=np.nan)


def box_column(question: str, box: str) -> str:
    """Return the column of `behind` that counts the answers to a question in a box; those in all for ''."""
    return f"{question}|{box}"


def _kish(weight: Floats, square: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(weight**2 / square)


def domain_estimates(
    tallies: Tallies, places: Places, measures: Sequence[Measure], column: str, *, weighted: bool = True
) -> Estimates:
    """Estimate the measures of a question in every place, wave and group.

    Returns
    -------
    Estimates of shape (places, waves, groups, measures)
    """
    tally = tallies.of(measures, column)
    parts = [WaveEstimates.of(tally, weighted=weighted, pool=pool).waves() for pool in places.pooled]
    if len(places.single):
        own = tallies.of_places([tallies.sample.municipalities[place] for place in places.single])
        parts.append(WaveEstimates.of(own.of(measures, column), weighted=weighted).waves().at(places.single))
    return Estimates.joined(parts).reshape(len(places.codes), tally.overlap.waves, tally.parts, len(measures))
