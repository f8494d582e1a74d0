"""One treated municipality beside many untreated: the difference, its interval and its rank.

The usual tests (before/after chi-square, pooled or clustered difference in differences) take
respondents for the sample and find changes where there are none; here municipalities are the sample.

References
----------
Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the
National Bureau of Standards 87, 377-385.
Conley, T. G. and Taber, C. R. (2011). Inference with "difference in differences" with a small number
of policy changes. Review of Economics and Statistics 93, 113-125. (the controls show the spread)
Bloom, H. S. (1995). Minimum detectable effects. Evaluation Review 19, 547-556.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import optimize, special

from jobreport.domain.rules import INTERVAL_LEVEL, POWER
from jobreport.estimate.estimators import Floats, Ints

TIE = 1e-9


@dataclass(frozen=True)
class Effect:
    """What one comparison found; NaN where it cannot be computed.

    ``change`` is the treated municipality's change less ``mean``, the mean change of ``n_comparison``
    others; ``rank`` is 1 if no other municipality differs more from the rest, measured by how much each may
    swing (ties count against it), 0 where several are treated together.
    """

    change: float
    standard_error: float
    df: int
    rank: int
    n_comparison: int
    mean: float
    mean_error: float

    @property
    def p_value(self) -> float:
        """Two-sided p of the t test that the change is that of the others."""
        if not self.standard_error > 0:
            return np.nan
        return float(2 * special.stdtr(self.df, -abs(self.change) / self.standard_error))

    @property
    def p_smallest_possible(self) -> float:
        """The smallest p that ranks among so few municipalities can give."""
        return 1 / (self.n_comparison + 1)

    @property
    def detectable_change(self) -> float:
        """The true change that would be found significant (5 pct.) in 80 of 100 cases."""
        return detectable_multiple(self.df) * self.standard_error if self.df > 2 else np.nan

    def interval(self, level: float = INTERVAL_LEVEL) -> tuple[float, float]:
        """Interval of the change by Student's t."""
        half = _t(self.df, (1 + level) / 2) * self.standard_error
        return self.change - half, self.change + half


@dataclass(frozen=True)
class Measured:
    """Changes of municipalities by several choices, and their sampling variances; shape (choices, municipalities).

    ``variance`` is None for registers, which have none. ``spread`` is how much each of their municipalities may swing
    of itself beside the others (`spread.Spread`); None if all swing alike.
    """

    change: Floats
    variance: Floats | None = None
    spread: Floats | None = None

    def each(self, make: Callable[[Floats], Floats]) -> Measured:
        """Make the same of every array that there is."""
        more = (None if each is None else make(each) for each in (self.variance, self.spread))
        return Measured(make(self.change), *more)

    def of(self, rows: Ints, columns: Ints | None = None) -> Measured:
        """Some of the choices, and of each the municipalities that its row of ``columns`` names."""
        kept = self.each(lambda table: table[rows])
        return kept if columns is None else kept.each(lambda table: np.take_along_axis(table, columns, axis=1))

    @property
    def swings(self) -> Floats:
        """How much each may swing of itself."""
        return np.ones_like(self.change) if self.spread is None else self.spread


def effects(treated: Measured, comparison: Measured, others: Sequence[Ints]) -> list[Effect]:
    """Compare the changes of treated municipalities with those of others, by many choices at once.

    Parameters
    ----------
    treated
        NaN where a change is not known. Several treated count as their plain mean.
    comparison
        All municipalities.
    others
        For every choice the positions among these of those to compare with.

    Returns
    -------
    list of Effect, one for every choice. With K treated and J0 others, and t with J0 - 1 degrees of freedom:

    * registers: change - mean weighted by w = 1/spread^2, SE^2 = s^2 (sum of the treated's spread^2 / K^2 + 1/sum w),
      s^2 = sum w (change - mean)^2 / (J0 - 1); where all swing alike the plain mean and s^2 (1/K + 1/J0);
    * surveys: change - random-effects mean, SE^2 = tau^2/K + v + SE(mean)^2, v the variance of the
      treated's mean change, but at least the standard error of tau^2 (over K).

    That floor matters only where the treated are measured much better than the others. tau^2 is then
    nearly all of SE^2, but known no better than the others' sampling errors allow: without the floor a
    large municipality beside small ones looks affected too often (tests/simulation, 'large treated').

    With one municipality to compare with there is no SE, with none nothing at all.

    Examples
    --------
    Others changed by 0 and 2, the treated by 5: 5 - 1 = 4, s^2 = 2, SE^2 = 2 x (1 + 1/2) = 3.

    >>> (found,) = effects(Measured(np.array([[5.0]])), Measured(np.array([[0.0, 2.0]])), [np.arange(2)])
    >>> found.change, round(found.standard_error**2, 9), found.rank
    (4.0, 3.0, 1)
    """
    found: dict[int, Effect] = {}
    sizes = np.array([len(each) for each in others])
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        among = np.stack([others[row] for row in rows.tolist()])
        same = _of_size(treated.of(rows), comparison.of(rows, among))
        found |= dict(zip(rows.tolist(), same, strict=True))
    return [found[row] for row in range(len(others))]


def _of_size(treated: Measured, others: Measured) -> list[Effect]:
    choices, j0 = others.change.shape
    if j0 == 0:
        return [Effect(np.nan, np.nan, 0, 0, 0, np.nan, np.nan)] * choices
    k, own = treated.change.shape[1], treated.change.mean(axis=1)
    if treated.variance is None or others.variance is None:
        mean, mean_variance, between = weighted_mean(others.change, others.swings)
        variance = between * (treated.swings**2).sum(axis=1) / k**2 + mean_variance
        errors = treated.swings, others.swings
    else:
        mean, mean_variance, between = random_effects(others.change, others.variance)
        known_to = np.sqrt(2 * (j0 - 1)) / (1 / others.variance).sum(axis=1)
        own_variance = np.maximum(treated.variance.sum(axis=1) / k**2, known_to / k)
        variance = between / k + own_variance + mean_variance
        # (ranked with the floor of the interval: a very exact one among others would stand out by itself)
        errors = tuple(
            np.sqrt(np.maximum(each, known_to[:, None]) + between[:, None])
            for each in (treated.variance, others.variance)
        )
    error = np.where(np.isnan(own), np.nan, np.sqrt(variance))
    rank = ranks(own, others.change, errors[0][:, 0], errors[1]) if k == 1 else np.zeros(choices, dtype=np.int64)
    columns = (own - mean, error, rank, mean, np.sqrt(mean_variance))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Effect(change, spread, j0 - 1, place, j0, m, of_mean) for change, spread, place, m, of_mean in rows]


def weighted_mean(changes: Floats, spread: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean of changes that swing unlike, its variance, and the variance of one whose spread is 1.

    Parameters
    ----------
    changes, spread
        Shape (comparisons, municipalities); changes that are all alike show no variance.

    Examples
    --------
    One that swings twice as much counts a quarter: mean (0 x 1 + 5 x 1/4) / (5/4) = 1, s^2 = 1 + 16/4 = 5, over 5/4.

    >>> [found.tolist() for found in weighted_mean(np.array([[0.0, 5.0]]), np.array([[1.0, 2.0]]))]
    [[1.0], [4.0], [5.0]]
    """
    weight, j0 = 1 / spread**2, changes.shape[1]
    total = weight.sum(axis=1)
    mean = np.vecdot(weight, changes) / total
    between = np.full(len(changes), np.nan)
    if j0 > 1:
        unlike = np.ptp(changes, axis=1) > TIE
        between[unlike] = np.vecdot(weight, (changes - mean[:, None]) ** 2)[unlike] / (j0 - 1)
    return mean, between / total, between


def random_effects(changes: Floats, variances: Floats) -> tuple[Floats, Floats, Floats]:
    """Random-effects mean of changes, its variance, and tau^2 between municipalities (Paule-Mandel).

    Parameters
    ----------
    changes, variances
        Shape (comparisons, municipalities); each row is a comparison of its own.

    Returns
    -------
    (mean, variance, tau^2), one per comparison

    Notes
    -----
    tau^2 solves sum (change - mean)^2 / (variance + tau^2) = J - 1, and is 0 where the left side is
    smaller already at 0. Newton's steps from 0 never pass the root, as the left side falls ever more
    slowly. statsmodels' ``combine_effects(method_re="iterated")`` gives the same to its tolerance.

    Examples
    --------
    Changes 0 and 2, each with variance 1: Q = 2/(1 + tau^2) = 1 gives tau^2 = 1.

    >>> [found.round(3).tolist() for found in random_effects(np.array([[0.0, 2.0]]), np.array([[1.0, 1.0]]))]
    [[1.0], [1.0], [1.0]]
    """
    mean, variance, between = (np.full(len(changes), np.nan) for _ in range(3))
    if changes.shape[1] < 2:
        return changes[:, 0].astype(float), variance, between
    between[:] = 0.0
    left = np.arange(len(changes))
    while len(left):
        weight = 1 / (variances[left] + between[left, None])
        total = weight.sum(axis=1)
        mean[left], variance[left] = np.vecdot(weight, changes[left]) / total, 1 / total
        squares = (changes[left] - mean[left, None]) ** 2
        excess = np.vecdot(weight, squares) - (changes.shape[1] - 1)
        slope = np.vecdot(weight**2, squares)
        more = excess > TIE
        between[left[more]] += excess[more] / slope[more]  # (elsewhere all changes may be alike, and the slope 0)
        left = left[more]
    return mean, variance, between


def ranks(treated: Floats, comparison: Floats, treated_error: Floats, comparison_error: Floats) -> Ints:
    """Place of each treated among all of its row by |change - mean of the others| / its error; ties count against it.

    Measured in points alone the place says who was measured worst or swings most: with 20 answers beside others'
    up to 1,000 it was among the outer tenth in 26 of 100 countries where nothing happened.

    Parameters
    ----------
    treated, comparison
        Changes.
    treated_error, comparison_error
        How far each may lie from the mean by chance, on any scale that is the same for a row.

    Examples
    --------
    >>> alike = np.array([1.0]), np.ones((1, 3))
    >>> ranks(np.array([2.0]), np.array([[-2.0, 0.0, 0.0]]), *alike).tolist()
    [2]
    >>> ranks(np.array([2.0]), np.array([[-3.0, 0.0, 0.0]]), np.array([1.0]), np.array([[9.0, 1.0, 1.0]])).tolist()
    [1]
    """
    changes = np.concatenate([comparison, treated[:, None]], axis=1)
    weight = 1 / np.concatenate([comparison_error, treated_error[:, None]], axis=1) ** 2
    total = weight.sum(axis=1, keepdims=True)
    mean = (weight * changes).sum(axis=1, keepdims=True) / total
    # (from the mean of all, and back to that of the others: who weighs much draws the mean of all to itself)
    distance = np.abs(changes - mean) * np.sqrt(weight / (1 - weight / total))
    slack = TIE * np.maximum(1.0, distance.max(axis=1))
    return np.asarray((distance >= (distance[:, -1] - slack)[:, None]).sum(axis=1))


@cache
def detectable_multiple(df: int) -> float:
    """How many standard errors a true change must have to be found with the power that the rules ask for.

    Two-sided test, noncentral t, at least 3 degrees of freedom; 2.80 for many.
    """
    critical = _t(df, (1 + INTERVAL_LEVEL) / 2)

    def missing(multiple: float) -> float:
        upper, lower = special.nctdtr(df, multiple, [critical, -critical])
        return float(1 - upper + lower) - POWER

    return float(optimize.brentq(missing, 0.0, 1.5 * critical + 1.5))


def _t(df: int, probability: float) -> float:
    return float(special.stdtrit(df, probability)) if df > 0 else np.nan
