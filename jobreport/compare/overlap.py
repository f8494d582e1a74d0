"""Who answered more than once: covariances between waves from scores summed per respondent.

A respondent of two waves is one draw, not two. As in R's ``svydesign(id = ~respondent, strata =
~municipality)`` the variance of a change is n/(n-1) times the sum of squared deviations of the scores
summed per respondent; without respondent ids the waves count as independent strata.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jobreport.estimators import Floats, Ints, domain_scores
from jobreport.sample import Sample


class Overlap:
    """Respondents of a sample and the pairs of rows that belong to one of them."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.places, self.waves = len(sample.municipalities), len(sample.waves)
        self.known = "respondent_id" in sample.responses
        self.place, self.wave = np.divmod(sample.stratum, self.waves)
        self.person = self._person()
        self._pairs = self._all_pairs()
        self._pair_of_waves = self.sample.stratum[self._pairs[0]] * self.waves + self.wave[self._pairs[1]]

    def _person(self) -> Ints:
        """Number of the person behind each row; someone who moved is another person.

        Rows without an id are people of their own.
        """
        rows = len(self.place)
        if not self.known:
            return np.arange(rows)
        ids = self.sample.responses["respondent_id"]
        code, found = ids.factorize()
        code = np.where(code < 0, len(found) + np.arange(rows), code).astype(np.int64)
        _, person = np.unique(code * self.places + self.place, return_inverse=True)
        return np.asarray(person, dtype=np.int64)

    def _all_pairs(self) -> tuple[Ints, Ints]:
        """Rows i and j of one person in two waves, each pair once."""
        first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        order = np.argsort(self.person, kind="stable")
        person = self.person[order]
        lag = 1
        while True:
            same = np.flatnonzero(person[lag:] == person[:-lag])
            if not len(same):
                return np.concatenate(first), np.concatenate(second)
            first.append(order[same])
            second.append(order[same + lag])
            lag += 1

    def products(self, rows: Ints, scores: Floats) -> Floats:
        """Sums of products of weighted scores within persons; shape (municipalities, waves, waves).

        ``scores`` are those of ``rows``; everybody else scores 0.
        """
        shape = (self.places, self.waves, self.waves)
        first, second = self._pairs
        alone = np.bincount(self.sample.stratum[rows], scores**2, self.places * self.waves)
        total = np.zeros(shape)
        diagonal = np.arange(self.waves)
        total[:, diagonal, diagonal] = alone.reshape(self.places, self.waves)
        if len(first):
            every = np.zeros(len(self.person))
            every[rows] = scores
            pairs = np.bincount(self._pair_of_waves, every[first] * every[second], int(np.prod(shape)))
            pairs = pairs.reshape(shape)
            total += pairs + pairs.transpose(0, 2, 1)
        return total

    @cached_property
    def _place_of_person(self) -> Ints:
        place = np.zeros(int(self.person.max(initial=-1)) + 1, dtype=np.int64)
        place[self.person] = self.place
        return place

    def people(self, rows: Ints, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people with one of the rows in one of the waves, by municipality."""
        used = np.zeros(self.waves, dtype=bool)
        used[list(waves)] = True
        present = np.zeros(len(self._place_of_person), dtype=bool)
        present[self.person[rows[used[self.wave[rows]]]]] = True
        return np.bincount(self._place_of_person[present], minlength=self.places).astype(float)

    @cached_property
    def _sizes(self) -> dict[tuple[int, ...], Floats]:
        return {}

    def size(self, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people who answered anything in some waves, by municipality."""
        if waves not in self._sizes:
            self._sizes[waves] = self.people(np.arange(len(self.person)), waves)
        return self._sizes[waves]


@dataclass(frozen=True)
class WaveEstimates:
    """Estimates of one measure in every wave, with what is needed for the variance of any contrast.

    ``estimate`` and ``n`` have shape (places, waves): municipalities, or one place, the country. The
    sums of products and of scores stay by municipality, the strata. ``answered`` are the rows with an answer.
    """

    overlap: Overlap
    estimate: Floats
    n: Floats
    products: Floats
    totals: Floats
    answered: Ints
    pooled: bool

    @classmethod
    def of(cls, overlap: Overlap, values: Floats, *, weighted: bool = True, pooled: bool = False) -> WaveEstimates:
        """Estimate every municipality (or all together, ``pooled``) in every wave; NaN is no answer."""
        sample, answered = overlap.sample, np.flatnonzero(~np.isnan(values))
        weight = sample.weight[answered] if weighted else np.ones(len(answered))
        places, waves = (1 if pooled else overlap.places), overlap.waves
        domain = (overlap.wave if pooled else sample.stratum)[answered]
        estimate, scores = domain_scores(values[answered], weight, domain, places * waves)
        n = np.bincount(domain, minlength=places * waves).astype(float)
        rows, scores = sample.contributions_of(answered, scores, weighted=weighted)
        totals = np.bincount(sample.stratum[rows], scores, overlap.places * waves)
        return cls(
            overlap,
            estimate.reshape(places, waves),
            n.reshape(places, waves),
            overlap.products(rows, scores),
            np.asarray(totals, dtype=float).reshape(overlap.places, waves),
            answered,
            pooled,
        )

    def contrast(self, coefficients: Floats) -> tuple[Floats, Floats]:
        """Value and variance of sums of wave estimates.

        Parameters
        ----------
        coefficients
            Shape (waves,) or (places, waves); waves with 0 are not used.

        Returns
        -------
        (value, variance), shape (places,); NaN where a wave that is used has no answer.
        """
        c = np.broadcast_to(coefficients, self.estimate.shape)
        used = c != 0
        waves = tuple(np.flatnonzero(used.any(axis=0)).tolist())
        value = np.where(used, c * np.where(used, self.estimate, 0.0), 0.0).sum(axis=1)
        by_place = np.broadcast_to(c, self.totals.shape)
        known = self.overlap.known
        variance = self._by_person(by_place, waves) if known else self._independent(by_place)
        variance = variance.sum(keepdims=True) if self.pooled else variance
        single = (np.where(used, self.n, np.inf) < 2).any(axis=1)
        return value, np.where(single, np.nan, variance)

    def _by_person(self, c: Floats, waves: tuple[int, ...]) -> Floats:
        n = self.overlap.size(waves)
        squares = np.einsum("pa,pab,pb->p", c, self.products, c)
        return _with_replacement(squares, (c * self.totals).sum(axis=1), n)

    def _independent(self, c: Floats) -> Floats:
        n = np.stack([self.overlap.size((wave,)) for wave in range(self.overlap.waves)], axis=1)
        squares = c**2 * np.diagonal(self.products, axis1=1, axis2=2)
        by_wave = _with_replacement(squares, c * self.totals, n)
        return np.asarray(by_wave.sum(axis=1))

    def answers(self, waves: tuple[int, ...]) -> Floats:
        """Valid answers in some waves; shape (places,)."""
        return np.asarray(self.n[:, list(waves)].sum(axis=1))

    def effective(self, waves: tuple[int, ...]) -> Floats:
        """Kish's effective number of valid answers in some waves; shape (places,)."""
        domain = (self.overlap.wave if self.pooled else self.overlap.sample.stratum)[self.answered]
        weight = self.overlap.sample.weight[self.answered]
        sums = (np.bincount(domain, w, self.n.size).reshape(self.n.shape) for w in (weight, weight**2))
        total, squares = sums
        effective = total**2 / np.where(squares > 0, squares, 1.0)
        return np.asarray(effective[:, list(waves)].sum(axis=1))

    def degrees_of_freedom(self, waves: tuple[int, ...]) -> Floats:
        """People with a valid answer less one, or less the municipalities they live in."""
        people = self.overlap.people(self.answered, waves)
        if not self.pooled:
            return np.asarray(people - 1)
        return np.asarray([people.sum() - (people > 0).sum()])


def _with_replacement(squares: Floats, total: Floats, n: Floats) -> Floats:
    """n/(n-1) x (sum of squares - total^2/n); one respondent counts with the squared score."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (squares - total**2 / n) * n / (n - 1)
    return np.asarray(np.where(n > 1, np.maximum(spread, 0.0), squares))
