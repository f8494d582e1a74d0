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

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import optimize, special

from jobreport.domain.rules import INTERVAL_LEVEL, POWER
from jobreport.estimate.estimators import Floats

TIE = 1e-9


@dataclass(frozen=True)
class Effect:
    """What one comparison found; NaN where it cannot be computed.

    ``change`` is the treated municipality's change less ``mean``, the mean change of ``n_comparison``
    others; ``rank`` is 1 if no other municipality differs more from the rest (ties count against
    it), 0 where several are treated together.
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


def effect(
    treated: Floats,
    comparison: Floats,
    treated_variance: Floats | None = None,
    comparison_variance: Floats | None = None,
) -> Effect:
    """Compare the change of treated municipalities with that of others.

    Parameters
    ----------
    treated, comparison
        Changes, one per municipality. Several treated count as their plain mean.
    treated_variance, comparison_variance
        Their sampling variances; None for registers, which have none.

    Returns
    -------
    With K treated and J0 others, and t with J0 - 1 degrees of freedom:

    * registers: change - plain mean, SE^2 = s^2 (1/K + 1/J0), s the standard deviation of the others;
    * surveys: change - random-effects mean, SE^2 = tau^2/K + v + SE(mean)^2, v the variance of the
      treated's mean change, but at least the standard error of tau^2 (over K).

    That floor matters only where the treated are measured much better than the others. tau^2 is then
    nearly all of SE^2, but known no better than the others' sampling errors allow: without the floor a
    large municipality beside small ones looks affected too often (tests/simulation, 'large treated').

    With one municipality to compare with there is no SE, with none nothing at all.

    Examples
    --------
    Others changed by 0 and 2, the treated by 5: 5 - 1 = 4, s^2 = 2, SE^2 = 2 x (1 + 1/2) = 3.

    >>> found = effect(np.array([5.0]), np.array([0.0, 2.0]))
    >>> found.change, round(found.standard_error**2, 9), found.rank
    (4.0, 3.0, 1)
    """
    k, j0 = len(treated), len(comparison)
    if j0 == 0:
        return Effect(np.nan, np.nan, 0, 0, 0, np.nan, np.nan)
    own = float(treated.mean())
    if comparison_variance is None or treated_variance is None:
        mean, mean_variance, between = _plain(comparison)
        variance = between / k + mean_variance
    else:
        mean, mean_variance, between = random_effects(comparison, comparison_variance)
        known_to = np.sqrt(2 * (j0 - 1)) / float((1 / comparison_variance).sum())
        own_variance = max(float(treated_variance.sum()) / k**2, known_to / k)
        variance = between / k + own_variance + mean_variance
    rank = rank_of(own, comparison) if k == 1 else 0
    error, mean_error = float(np.sqrt(variance)), float(np.sqrt(mean_variance))
    return Effect(own - mean, error, j0 - 1, rank, j0, mean, mean_error)


def _plain(changes: Floats) -> tuple[float, float, float]:
    """Mean, its variance and the variance between municipalities; changes that are all alike show none."""
    between = float(changes.var(ddof=1)) if len(changes) > 1 and np.ptp(changes) > TIE else np.nan
    return float(changes.mean()), between / len(changes), between


def random_effects(changes: Floats, variances: Floats) -> tuple[float, float, float]:
    """Random-effects mean of changes, its variance, and tau^2 between municipalities (Paule-Mandel).

    Notes
    -----
    tau^2 solves sum (change - mean)^2 / (variance + tau^2) = J - 1, and is 0 where the left side is
    smaller already at 0. Newton's steps from 0 never pass the root, as the left side falls ever more
    slowly. statsmodels' ``combine_effects(method_re="iterated")`` gives the same to its tolerance.

    Examples
    --------
    Changes 0 and 2, each with variance 1: Q = 2/(1 + tau^2) = 1 gives tau^2 = 1.

    >>> mean, variance, between = random_effects(np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(mean, 6), round(variance, 3), round(between, 3)
    (1.0, 1.0, 1.0)
    """
    if len(changes) < 2:
        return float(changes[0]), np.nan, np.nan
    between = 0.0
    while True:
        weight = 1 / (variances + between)
        mean = float(weight @ changes / weight.sum())
        squares = (changes - mean) ** 2
        excess = float(weight @ squares) - (len(changes) - 1)
        if excess <= TIE:
            return mean, float(1 / weight.sum()), between
        between += excess / float(weight**2 @ squares)


def rank_of(treated: float, comparison: Floats) -> int:
    """Place of the treated among all by |change - mean of the others|; ties count against it.

    Examples
    --------
    >>> rank_of(2.0, np.array([-2.0, 0.0, 0.0]))
    2
    """
    changes = np.append(comparison, treated)
    distance = np.abs(changes - changes.mean())
    # (the mean of the others is further away than the mean of all by the same factor J/(J-1) for all)
    slack = TIE * max(1.0, float(distance.max()))
    return int((distance >= distance[-1] - slack).sum())


@cache
def detectable_multiple(df: int, power: float = POWER, level: float = INTERVAL_LEVEL) -> float:
    """How many standard errors a true change must have to be found with the given power.

    Two-sided test, noncentral t, at least 3 degrees of freedom; 2.80 for many.
    """
    critical = _t(df, (1 + level) / 2)

    def missing(multiple: float) -> float:
        upper, lower = special.nctdtr(df, multiple, [critical, -critical])
        return float(1 - upper + lower) - power

    return float(optimize.brentq(missing, 0.0, 1.5 * critical + 1.5))


def _t(df: int, probability: float) -> float:
    return float(special.stdtrit(df, probability)) if df > 0 else np.nan
