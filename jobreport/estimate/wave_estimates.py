"""Estimates of one measure in every wave, and the value and variance of any contrast of waves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobreport.estimate.estimators import ROUNDING, Bools, Estimates, Floats, domain_scores, with_replacement
from jobreport.estimate.tally import Tally


@dataclass(frozen=True)
class WaveEstimates:
    """Estimates of one measure in every wave, with what is needed for the variance of any contrast.

    ``estimate``, ``n`` and ``n_effective`` have shape (places, waves): municipalities, or one place, the country.
    The sums of products and of scores stay by municipality, the strata. ``valid`` are the cells with an answer.
    """

    tally: Tally
    estimate: Floats
    n: Floats
    n_effective: Floats
    products: Floats
    totals: Floats
    valid: Bools
    pooled: bool

    @classmethod
    def of(cls, tally: Tally, values: Floats, *, weighted: bool = True, pooled: bool = False) -> WaveEstimates:
        """Estimate every municipality (or all together, ``pooled``) in every wave.

        Parameters
        ----------
        values
            Value of each cell of the tally; NaN is no answer.
        """
        places, waves = (1 if pooled else tally.overlap.places), tally.overlap.waves
        weight, valid = (tally.w if weighted else tally.n), ~np.isnan(values)
        domain = tally.stratum % waves if pooled else tally.stratum
        estimate, scores = domain_scores(values, weight, domain, places * waves)
        sums = [
            np.bincount(domain, np.where(valid, each, 0.0), places * waves) for each in (tally.n, tally.w, tally.ww)
        ]
        n, w, ww = np.asarray(sums, dtype=float).reshape(3, places, waves)
        totals, products = tally.sums(scores, weighted=weighted)
        effective = w**2 / np.where(ww > 0, ww, 1.0)
        return cls(tally, estimate.reshape(places, waves), n, effective, products, totals, valid, pooled)

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
        known = self.tally.overlap.known
        variance = self._by_person(by_place, waves) if known else self._independent(by_place)
        variance = variance.sum(keepdims=True) if self.pooled else variance
        single = (np.where(used, self.n, np.inf) < 2).any(axis=1)
        return value, np.where(single, np.nan, variance)

    def _by_person(self, c: Floats, waves: tuple[int, ...]) -> Floats:
        n = self.tally.overlap.size(waves)
        squares = np.einsum("pa,pab,pb->p", c, self.products, c)
        # (where everybody answers the same again nothing is left but rounding)
        alone = np.einsum("pa,paa->p", c**2, self.products)
        squares[squares <= ROUNDING * alone] = 0.0
        return with_replacement(squares, (c * self.totals).sum(axis=1), n)

    def _independent(self, c: Floats) -> Floats:
        overlap = self.tally.overlap
        n = np.stack([overlap.size((wave,)) for wave in range(overlap.waves)], axis=1)
        squares = c**2 * np.diagonal(self.products, axis1=1, axis2=2)
        by_wave = with_replacement(squares, c * self.totals, n)
        return np.asarray(by_wave.sum(axis=1))

    def level(self, waves: tuple[int, ...]) -> Estimates:
        """Estimate the plain mean of some waves: each counts the same, however many answered in it.

        The effective number is Kish's of that mean, where an answer weighs less the more answered in its wave; and
        where no variation shows how much people repeat themselves, at most the number of people.
        """
        used = self.tally.overlap.in_waves(waves)
        estimate, variance = self.contrast(used / len(waves))
        with np.errstate(divide="ignore"):
            effective = len(waves) ** 2 / (1 / self.n_effective[:, used]).sum(axis=1)
        people = self.tally.people(self.valid, waves)
        people = people.sum(keepdims=True) if self.pooled else people
        effective = np.where(variance > 0, effective, np.minimum(effective, people))
        return Estimates(estimate, variance, self.answers(waves), effective, self.degrees_of_freedom(waves))

    def answers(self, waves: tuple[int, ...]) -> Floats:
        """Valid answers in some waves; shape (places,)."""
        return np.asarray(self.n[:, list(waves)].sum(axis=1))

    def degrees_of_freedom(self, waves: tuple[int, ...]) -> Floats:
        """People with a valid answer less one, or less the municipalities they live in."""
        people = self.tally.people(self.valid, waves)
        if not self.pooled:
            return np.asarray(people - 1)
        return np.asarray([people.sum() - (people > 0).sum()])
