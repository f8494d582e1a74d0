"""What can be made of estimates in every wave: the waves themselves, levels of windows and changes, with one variance.

It takes sums by municipality and no answers, so that what others released is compared as one's own answers are.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from jobreport.estimate.estimators import ROUNDING, Bools, Estimates, Floats, with_replacement

Waves = tuple[int, ...]


@dataclass(frozen=True)
class Contrasts(ABC):
    """Estimates of series in every wave, with what is needed for the variance of any contrast.

    Attributes
    ----------
    estimate, n, weights, n_effective, spread
        Shape (places, waves, series): municipalities, or one place where they are ``pooled``.
    totals, squares
        Sums of scores and of their squares by municipality, the strata.
    answered, known, units, strata
        Everybody who answered, by municipality and wave; whether it is known of a municipality who answered more than
        once; how many units (respondents, clusters) and strata of them have a value, shape as of ``totals``.
    """

    estimate: Floats
    n: Floats
    weights: Floats
    n_effective: Floats
    spread: Floats
    totals: Floats
    squares: Floats
    answered: Floats
    known: Bools
    units: Floats
    strata: Floats
    pooled: bool = field(default=False, kw_only=True)

    @property
    def clustered(self) -> bool:
        """Whether units and strata are the sample's own: then the sums of scores are whole, with n/(n - 1) in them."""
        return False

    @property
    def population(self) -> Floats | None:
        """How many there are in all by municipality and wave, NaN if unknown; None where nobody was drawn from them."""
        return None

    @abstractmethod
    def within_persons(self) -> Floats:
        """Sums of products of scores within persons; shape (municipalities, waves, waves, series)."""

    @abstractmethod
    def size(self, waves: Waves) -> Floats:
        """Distinct people who answered anything in some waves, by municipality."""

    @abstractmethod
    def people(self, waves: Waves) -> Floats:
        """Distinct people with a valid answer in some waves; shape (municipalities, series)."""

    def waves(self) -> Estimates:
        """Estimates of every wave by itself; shape (places, waves, series)."""
        answered = np.full_like(self.answered, np.inf) if self.clustered else self.answered
        whole = with_replacement(self.squares, self.totals, np.broadcast_to(answered[:, :, None], self.totals.shape))
        variance, units, strata = whole * self._undrawn(), self.units, self.strata
        if self.pooled:
            found = (each.sum(axis=0, keepdims=True) for each in (whole, variance, units, strata))
            whole, variance, units, strata = found
        spread = self.spread * _ratio(variance, whole)
        # (of one cluster nothing is known; it is worth one answer)
        variance = np.where(units < 2, np.nan, variance)
        with np.errstate(invalid="ignore"):
            effective = np.where(self.n > 0, self.n_effective, np.nan)
            effective = np.where(variance > 0, effective, np.fmin(effective, units))
        return Estimates(self.estimate, variance, self.n, effective, units - strata, spread, self._persons())

    def _undrawn(self) -> Floats:
        # The part that was not drawn of every municipality and wave, by which a variance is multiplied; 1 if unknown.
        # Where everybody was, it is as though one had been missed: no interval is without width.
        if self.population is None:
            return np.ones((1, 1, 1))
        left = np.maximum(1 - self.answered / self.population, 1 / self.population)
        return np.where(np.isnan(left), 1.0, left)[:, :, None]

    def _persons(self) -> Floats:
        # How many persons those with a valid answer stand for, infinitely many where that is not known.
        if self.population is None:
            return np.full(self.n.shape, np.inf)
        in_all, answered = np.where(np.isnan(self.population), np.inf, self.population), self.answered
        if self.pooled:
            there = (self.strata > 0).any(axis=2)
            in_all, answered = (np.where(there, each, 0.0).sum(axis=0, keepdims=True) for each in (in_all, answered))
        each = in_all / np.maximum(answered, 1)
        return np.maximum(self.n, 1) * np.where(each > 0, each, np.inf)[:, :, None]

    def contrasts(self, coefficients: Floats) -> tuple[Floats, Floats]:
        """Values and variances of sums of wave estimates, a stack of contrasts at once.

        The variances are those of the process: how many there are in all does not make them smaller.

        Parameters
        ----------
        coefficients
            Shape (contrasts, waves), or (contrasts, places, waves, series); waves with 0 are not used.

        Returns
        -------
        (values, variances), shape (contrasts, places, series); NaN where a wave that is used has no answer.
        """
        return self.values(coefficients), self._variances(coefficients, _each(coefficients))

    def _variances(self, coefficients: Floats, of_scores: Floats) -> Floats:
        by_place = np.broadcast_to(of_scores, (len(of_scores), *self.totals.shape))
        variance = self._variance(by_place, self._people(_each(coefficients) != 0))
        variance = variance.sum(axis=1, keepdims=True) if self.pooled else variance
        single = (np.where(self._of_all(coefficients) != 0, self.n, np.inf) < 2).any(axis=2)
        return np.where(single, np.nan, variance)

    def values(self, coefficients: Floats) -> Floats:
        """Values of contrasts without their variances; as `contrasts`."""
        c = self._of_all(coefficients)
        return np.asarray(np.where(c != 0, c * np.where(c != 0, self.estimate, 0.0), 0.0).sum(axis=2))

    def _of_all(self, coefficients: Floats) -> Floats:
        return np.broadcast_to(_each(coefficients), (len(coefficients), *self.estimate.shape))

    def _people(self, used: Bools) -> Floats:
        # People who answered anything in the waves that a contrast uses; shape (contrasts, municipalities, series).
        contrasts, _, waves, series = used.shape
        patterns = np.swapaxes(used.any(axis=1), 1, 2).reshape(-1, waves)
        sizes = [self.size(tuple(np.flatnonzero(pattern).tolist())) for pattern in patterns]
        by_series = np.stack(sizes).reshape(contrasts, series, -1)
        return np.asarray(np.swapaxes(by_series, 1, 2))

    def _variance(self, c: Floats, people: Floats) -> Floats:
        if self.known.all():
            return self._by_person(c, people)
        apart = self._independent(c)
        return np.where(self.known[:, None], self._by_person(c, people), apart) if self.known.any() else apart

    def _by_person(self, c: Floats, n: Floats) -> Floats:
        n = np.full_like(n, np.inf) if self.clustered else n
        squares = np.einsum("npas,pabs,npbs->nps", c, self.within_persons(), c)
        # (where everybody answers the same again nothing is left but rounding)
        alone = np.einsum("npas,pas->nps", c**2, self.squares)
        squares[squares <= ROUNDING * alone] = 0.0
        return with_replacement(squares, (c * self.totals).sum(axis=2), n)

    def _independent(self, c: Floats) -> Floats:
        answered = np.full_like(self.answered, np.inf) if self.clustered else self.answered
        by_wave = with_replacement(c**2 * self.squares, c * self.totals, answered[:, :, None])
        return np.asarray(by_wave.sum(axis=2))

    def levels(self, windows: Sequence[Waves]) -> Estimates:
        """Estimate the plain mean of the waves of each window: they count the same, however many answered in one.

        The effective number is Kish's of that mean, where an answer weighs less the more answered in its wave; and
        where no variation shows how much people repeat themselves, at most the number of people. The spread is that of
        all the waves' answers about that mean.

        Returns
        -------
        Estimates of shape (windows, places, series)
        """
        used = np.array([[i in window for i in range(self.estimate.shape[1])] for window in windows])
        mean = used / used.sum(axis=1, keepdims=True)
        estimate, whole = self.contrasts(mean)
        variance = whole  # (of the process; of these persons it is less)
        if self.population is not None:
            variance = self._variances(mean, _each(mean) * np.sqrt(self._undrawn()))
        with np.errstate(divide="ignore"):
            each = [len(window) ** 2 / (1 / self.n_effective[:, list(window)]).sum(axis=1) for window in windows]
        people, effective = np.stack([self.people(window) for window in windows]), np.stack(each)
        everybody = people.sum(axis=1, keepdims=True) if self.pooled else people
        effective = np.where(variance > 0, effective, np.minimum(effective, everybody))
        df = np.stack([self.degrees_of_freedom(window) for window in windows])
        answers = np.stack([self.answers(window) for window in windows])
        spread = np.stack([self._spread(window, level) for window, level in zip(windows, estimate, strict=True)])
        spread, persons = spread * _ratio(variance, whole), self._persons()
        persons = np.stack([persons[:, list(window)].sum(axis=1) for window in windows])
        return Estimates(estimate, variance, answers, effective, df, spread, persons)

    def _spread(self, waves: Waves, level: Floats) -> Floats:
        within, beside = self.spread[:, list(waves)], self.estimate[:, list(waves)] - level[:, None]
        return np.asarray((within + beside**2).mean(axis=1))

    def answers(self, waves: Waves) -> Floats:
        """Valid answers in some waves; shape (places, series)."""
        return np.asarray(self.n[:, list(waves)].sum(axis=1))

    def degrees_of_freedom(self, waves: Waves) -> Floats:
        """People with a valid answer less one, or less the municipalities they live in; shape (places, series).

        Of clusters and own strata those of the wave that has most, as though they were the same in every wave.
        """
        if self.clustered:
            left = (self.units - self.strata)[:, list(waves)].max(axis=1)
            return np.asarray(left.sum(axis=0, keepdims=True) if self.pooled else left)
        people = self.people(waves)
        if not self.pooled:
            return np.asarray(people - 1)
        return np.asarray(people.sum(axis=0, keepdims=True) - (people > 0).sum(axis=0, keepdims=True))


def logit_changes(waves: Contrasts, contrasts: Floats) -> tuple[Floats, Floats]:
    """Changes of the log odds of windows' mean shares, and their variances by linearisation; NaN at 0 and 100 per cent.

    Parameters
    ----------
    waves
        Estimates of shares.
    contrasts
        Shape (contrasts, waves): what is after counts positive, what is before negative.

    Returns
    -------
    (changes, variances), shape (contrasts, places, series)
    """
    after = waves.values(np.where(contrasts > 0, contrasts, 0.0))
    before = waves.values(np.where(contrasts < 0, -contrasts, 0.0))
    inside = (after > 0) & (after < 1) & (before > 0) & (before < 1)
    after, before = np.where(inside, after, 0.5), np.where(inside, before, 0.5)
    change = np.log(after / (1 - after)) - np.log(before / (1 - before))
    contrasts = contrasts[:, None, :, None]
    slope = np.where(contrasts > 0, 1 / (after * (1 - after))[:, :, None], 1.0)
    slope = np.where(contrasts < 0, 1 / (before * (1 - before))[:, :, None], slope)
    _, variance = waves.contrasts(contrasts * slope)
    return np.where(inside, change, np.nan), np.where(inside, variance, np.nan)


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, 1.0))


def _each(coefficients: Floats) -> Floats:
    return coefficients if coefficients.ndim > 2 else coefficients[:, None, :, None]
