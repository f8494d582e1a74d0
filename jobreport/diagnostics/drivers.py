"""What goes with the outcome: design-based correlations and a joint regression, with intervals.

They say what goes together, not what causes what.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from jobreport.diagnostics.design import Row, covariance, degrees_of_freedom
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import INTERVAL_LEVEL
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.measures import Measure
from jobreport.estimate.sample import Sample

FEWEST = 30
SAME = "same_answers"


@dataclass(frozen=True)
class Fitted:
    """Estimates with their covariance matrix and degrees of freedom."""

    value: Floats
    v: Floats
    df: int

    @property
    def error(self) -> Floats:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.v)))


def drivers(sample: Sample, outcome: Measure, candidates: Sequence[Measure], codes: Sequence[str]) -> list[Row]:
    """How strongly each candidate goes with the outcome, in the latest wave.

    Parameters
    ----------
    outcome, candidates
        Measures that are means or indices, such as satisfaction (0-100) and the trust items.
    codes
        Municipalities beside the country; fewer than 30 common answers give no rows.

    Returns
    -------
    Rows 'correlation' (weighted Pearson, interval by Fisher's z with the design-based SE) and
    'coefficient' (all candidates together, index points of the outcome per index point); ``category``
    is the candidate, ``indicator`` the outcome, ``n`` those who answered all questions. A row has the reason
    'same_answers' and no number where everybody gave one answer, or two questions were answered so alike that
    nothing tells them apart.
    """
    if not candidates:
        return []
    rows: list[Row] = []
    for code in (COUNTRY, *(code for code in codes if code in sample.municipalities)):
        own = sample
        if code != COUNTRY:
            own = sample.only(sample.stratum // len(sample.waves) == sample.municipalities.index(code))
        y = outcome.values(own.responses)
        x = np.stack([one.values(own.responses) for one in candidates], axis=1)
        inside = ~np.isnan(y) & ~np.isnan(x).any(axis=1)
        n = int(inside.sum())
        if n < FEWEST or degrees_of_freedom(inside, own) <= x.shape[1]:
            continue
        where = {"municipality_code": code, "wave": own.waves[-1], "n": n}
        where |= {"diagnostic": "drivers", "indicator": outcome.indicator}
        for i, one in enumerate(candidates):
            rows.append(where | {"category": one.indicator} | _correlation_row(x[:, i], y, own, inside))
        for one, row in zip(candidates, _coefficient_rows(x, y, own, inside), strict=True):
            rows.append(where | {"category": one.indicator} | row)
    return rows


def _correlation_row(x: Floats, y: Floats, sample: Sample, inside: Bools) -> Row:
    row: Row = {"measure": "correlation", "unit": "coefficient"}
    if not told_apart(x[inside][:, None], y[inside]):
        return row | {"reason": SAME}
    found = correlation(x, y, sample, inside)
    r, error = float(found.value[0]), float(found.error[0])
    half = special.stdtrit(found.df, (1 + INTERVAL_LEVEL) / 2) * error / (1 - r**2)
    ends = np.tanh([np.arctanh(r) - half, np.arctanh(r) + half])
    return row | {"value": r, "ci_low": ends[0], "ci_high": ends[1]}


def _coefficient_rows(x: Floats, y: Floats, sample: Sample, inside: Bools) -> list[Row]:
    row: Row = {"measure": "coefficient", "unit": "points_per_point"}
    if not told_apart(x[inside], y[inside]):
        return [row | {"reason": SAME}] * x.shape[1]
    joint = regression(x, y, sample, inside)
    half = special.stdtrit(joint.df, (1 + INTERVAL_LEVEL) / 2) * joint.error
    ends = zip(joint.value, joint.value - half, joint.value + half, strict=True)
    return [row | {"value": value, "ci_low": low, "ci_high": high} for value, low, high in list(ends)[1:]]


def told_apart(x: Floats, y: Floats) -> bool:
    """Whether answers vary so that neither a question nor the outcome follows from the other questions.

    Examples
    --------
    >>> bored, eager = np.array([1.0, 1.0, 2.0, 5.0]), np.array([4.0, 5.0, 1.0, 2.0])
    >>> told_apart(bored[:, None], eager), told_apart(bored[:, None], 2 * bored), told_apart(bored[:, None] * 0, eager)
    (True, False, False)
    """
    centred = np.column_stack([x, y])
    centred -= centred.mean(axis=0)
    return bool(np.linalg.matrix_rank(centred) == centred.shape[1])


def correlation(x: Floats, y: Floats, sample: Sample, inside: Bools) -> Fitted:
    """Weighted correlation and its variance by linearisation.

    Equal to R's ``svycontrast`` of the moments from ``svymean(~x + y + x^2 + y^2 + xy)``.
    """
    weight = np.where(inside, sample.weight, 0.0)
    total = weight.sum()
    zx, zy = (_standardised(np.where(inside, v, 0.0), weight) for v in (x, y))
    r = float((weight * zx * zy).sum() / total)
    influence = np.where(inside, zx * zy - r / 2 * (zx**2 + zy**2), 0.0) / total
    contributions = sample.contributions(influence)[:, None]
    v = covariance(contributions, sample)
    return Fitted(np.array([r]), v, degrees_of_freedom(inside, sample))


def _standardised(values: Floats, weight: Floats) -> Floats:
    mean = (weight * values).sum() / weight.sum()
    spread = np.sqrt((weight * (values - mean) ** 2).sum() / weight.sum())
    return np.asarray((values - mean) / spread)


def regression(x: Floats, y: Floats, sample: Sample, inside: Bools) -> Fitted:
    """Weighted least squares with intercept; variances from scores.

    Equal to R's ``svyglm`` (gaussian): its degrees of freedom are respondents less strata less
    coefficients plus one.
    """
    design = np.column_stack([np.ones(len(y)), x])
    design[~inside] = 0.0
    target = np.where(inside, y, 0.0)
    weighted = design * np.where(inside, sample.weight, 0.0)[:, None]
    bread = np.linalg.inv(weighted.T @ design)
    value = bread @ (weighted.T @ target)
    del weighted  # (of millions each of these tables is a tenth of all that is held)
    target -= design @ value
    design *= target[:, None]
    scores = design @ bread
    del design, target
    for score in scores.T:
        score[:] = sample.contributions(score)
    v = covariance(scores, sample)
    df = degrees_of_freedom(inside, sample) - x.shape[1]
    return Fitted(np.asarray(value), v, df)
