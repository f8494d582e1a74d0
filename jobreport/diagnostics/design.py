"""Covariances of several estimates at once, from scores, and tests made of them.

References
----------
Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell
proportions estimated from survey data. Annals of Statistics 12, 46-60.
Thomas, D. R. and Rao, J. N. K. (1987). Small-sample comparisons of level and power for simple
goodness-of-fit statistics under cluster sampling. JASA 82, 630-636. (the F forms)
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from jobreport.estimate.estimators import Bools, Floats, Ints, summed
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tally

Row = dict[str, object]
NOISE = 1e-9  # a variance below is what is left of none, after weighting to groups that explain every answer


@dataclass(frozen=True)
class Test:
    """A test statistic with its F approximation; ``effect`` is Cramér's V where there is one."""

    statistic: float
    df: float
    df_error: float
    effect: float = np.nan

    @property
    def p_value(self) -> float:
        """Probability of at least this F if the groups do not differ."""
        return float(special.fdtrc(self.df, self.df_error, self.statistic))


def covariance(contributions: Floats, sample: Sample) -> Floats:
    """Covariance matrix of sums of weighted scores: per stratum n/(n-1) x sum of centred products.

    Parameters
    ----------
    contributions
        Shape (respondents, estimates), zero outside a domain; everybody of the strata is there.
    sample
        Where each respondent belongs; of replicate weights the covariance is that of the sums in every replicate.
    """
    if sample.replicates is not None and sample.scale is not None:
        moved = contributions.T @ (sample.replicates - 1)
        return np.asarray(sample.scale * moved @ moved.T)
    _, place, n = np.unique(sample.stratum, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(place, column) / n for column in contributions.T], axis=1)
    # (one respondent in a stratum counts with its own products, as in estimators.with_replacement)
    means[n == 1] = 0.0
    scale = np.sqrt(np.where(n > 1, n / np.maximum(n - 1, 1), 1.0))
    centred = np.take(means, place, axis=0)
    np.subtract(contributions, centred, out=centred)
    centred *= np.take(scale, place)[:, None]
    return np.asarray(centred.T @ centred)


def covariance_of_cells(tally: Tally, scores: Floats, within: Bools) -> Floats:
    """Covariance matrix of sums of weighted scores of cells, as `covariance` of their respondents.

    Parameters
    ----------
    tally
        Of the latest wave, groups not apart.
    scores
        Shape (cells, estimates), zero outside a domain.
    within
        The municipalities of the domain.
    """
    waves, sample = tally.overlap.waves, tally.overlap.sample
    if tally.is_calibrated:
        rows = within[sample.stratum // waves]
        contributions = np.stack([each[rows] for each in tally.contributions(scores)], axis=1)
        return covariance(contributions, sample.only(rows))
    n = tally.overlap.answered.ravel()
    strata = np.repeat(within, waves) & (n > 0)
    scale = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    totals = summed(scores * tally.w[:, None], tally.stratum, len(n))[strata]
    squares = (scores * (tally.ww * scale[tally.stratum] * strata[tally.stratum])[:, None]).T @ scores
    # (one respondent in a stratum counts with its own products, as in estimators.with_replacement)
    spread = np.where(n > 1, scale / np.maximum(n, 1), 0.0)[strata]
    return np.asarray(squares - (totals * spread[:, None]).T @ totals)


def degrees_of_freedom(inside: Bools, sample: Sample) -> int:
    """Respondents, or clusters, less strata."""
    if sample.replicates is not None:
        return sample.rank(inside) - 1
    if sample.units is None:
        return int(inside.sum()) - len(np.unique(sample.stratum[inside]))
    units, strata = sample.units.counted(inside, sample.stratum, int(sample.stratum.max()) + 1)
    return int(units.sum() - strata.sum())


def rao_scott(tally: Tally, row: Ints, column: Ints, within: Bools) -> Test | None:
    """Rao-Scott test (second-order, F form) that two classifications are independent.

    Parameters
    ----------
    tally
        Of the latest wave, groups not apart.
    row, column
        Classes 0, 1, ... of each cell; -1 is outside. Classes without respondents are dropped.
    within
        The municipalities of the domain; those outside the table score zero.

    Returns
    -------
    Test, or None if a classification has one class only or the answers do not vary beyond what weighting explains.
    Equal to R's ``svychisq(statistic = "F")``
    with the degrees of freedom of the table's own respondents.
    """
    inside = within[tally.stratum // tally.overlap.waves] & (row >= 0) & (column >= 0)
    rows, r = np.unique(row[inside], return_inverse=True)
    columns, c = np.unique(column[inside], return_inverse=True)
    if len(rows) < 2 or len(columns) < 2:
        return None
    weight = tally.w[inside]
    cells, n = len(rows) * len(columns), tally.n[inside].sum()
    cell = c * len(rows) + r
    share = np.bincount(cell, weight, cells) / weight.sum()
    scores = np.zeros((len(row), cells))
    scores[inside] = (np.arange(cells) == cell[:, None]) - share
    scores /= weight.sum()
    v = covariance_of_cells(tally, scores, within)
    table = share.reshape(len(columns), len(rows)).T
    expected = np.outer(table.sum(1), table.sum(0))
    pearson = n * ((table - expected) ** 2 / expected).sum()
    contrasts = _interactions(len(rows), len(columns))
    inverse = np.divide(1.0, share, out=np.zeros(cells), where=share > 0)
    denominator = contrasts.T @ (contrasts * inverse[:, None]) / n
    middle = contrasts * inverse[:, None]
    delta = np.linalg.solve(denominator, middle.T @ v @ middle)
    trace = np.trace(delta)
    if trace < NOISE:
        return None
    df = trace**2 / np.trace(delta @ delta)
    units, strata = tally.units(inside)
    error = df * (units.sum() - strata.sum())
    cramer = np.sqrt(pearson / n / (min(len(rows), len(columns)) - 1))
    return Test(float(pearson / trace), float(df), float(error), float(cramer))


def _interactions(rows: int, columns: int) -> Floats:
    r = np.tile(np.arange(rows), columns)
    c = np.repeat(np.arange(columns), rows)
    main = [np.ones(rows * columns)]
    main += [(r == i).astype(float) for i in range(1, rows)]
    main += [(c == j).astype(float) for j in range(1, columns)]
    both = [((r == i) & (c == j)).astype(float) for j in range(1, columns) for i in range(1, rows)]
    base, target = np.stack(main, axis=1), np.stack(both, axis=1)
    return np.asarray(target - base @ np.linalg.lstsq(base, target, rcond=None)[0])


def wald(means: Floats, v: Floats, df_error: int) -> Test | None:
    """Wald test (F form adjusted for few respondents) that means are equal.

    F = (d - k + 1)/(d k) x W with k and d - k + 1 degrees of freedom, k = groups - 1, d =
    ``df_error``. None if the covariance of the differences is singular.
    """
    k = len(means) - 1
    contrast = np.eye(k + 1)[1:] - np.eye(k + 1)[0]
    spread = contrast @ v @ contrast.T
    if k < 1 or df_error < k or np.trace(spread) < NOISE or np.linalg.matrix_rank(spread) < k:
        return None
    difference = contrast @ means
    statistic = float(difference @ np.linalg.solve(spread, difference))
    left = df_error - k + 1
    return Test(statistic * left / (df_error * k), float(k), float(left))


def score(share: Floats, variance: Floats, n: Floats, waves: int) -> Test | None:
    """Pearson's test that shares of separate groups are alike, at their effective numbers of answers.

    A group's effective number is p(1 - p)/variance, never more than its answers, and these where all answered alike:
    the variance under the hypothesis is that of the common share, so few answers do not look sure of themselves.
    None for fewer than two groups, or where all answered alike.

    Examples
    --------
    With independent answers it is Pearson's chi-square, as F: 30 of 50 against 20 of 50 gives 4.

    >>> share = np.array([0.6, 0.4])
    >>> round(score(share, share * (1 - share) / 50, np.array([50.0, 50.0]), 1).statistic, 6)
    4.0
    """
    if len(share) < 2:
        return None
    varied = variance > 0
    effective = np.where(varied, np.fmin(share * (1 - share) / np.where(varied, variance, 1.0), n), n)
    common = float((effective * share).sum() / effective.sum())
    if not NOISE < common < 1 - NOISE:
        return None
    statistic = float((effective * (share - common) ** 2).sum() / (common * (1 - common)))
    groups, error = len(share) - 1, float((n - waves).sum())
    return Test(statistic / groups, groups, error) if error > 0 else None


def welch(mean: Floats, variance: Floats, n: Floats) -> Test | None:
    """Welch's test that means of separate groups are alike, each with its own variance (of the mean).

    None for fewer than two groups, or where one did not vary. With two groups it is the square of Welch's t.

    Examples
    --------
    >>> found = welch(np.array([3.0, 1.0]), np.array([0.5, 0.5]), np.array([10.0, 10.0]))
    >>> round(found.statistic, 6), found.df_error
    (4.0, 18.0)
    """
    groups = len(mean)
    if groups < 2 or not (variance > NOISE).all() or not (n > 1).all():
        return None
    weight = 1 / variance
    common = (weight * mean).sum() / weight.sum()
    unsure = float(((1 - weight / weight.sum()) ** 2 / (n - 1)).sum())
    spread = float((weight * (mean - common) ** 2).sum()) / (groups - 1)
    statistic = spread / (1 + 2 * (groups - 2) * unsure / (groups**2 - 1))
    return Test(statistic, groups - 1, (groups**2 - 1) / (3 * unsure))
