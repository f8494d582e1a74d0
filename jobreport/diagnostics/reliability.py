"""Do the questions of an index measure the same thing? Alpha, omega, and alpha without each item.

All of them are unweighted and use those who answered every item.

References
----------
McDonald, R. P. (1999). Test Theory. Erlbaum. (omega from one factor)
Feldt, L. S., Woodruff, D. J. and Salih, F. A. (1987). Statistical inference for coefficient alpha.
Applied Psychological Measurement 11, 93-103. (the interval that pingouin gives)
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from jobreport.diagnostics.design import Row
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import INTERVAL_LEVEL, RELIABLE_FROM
from jobreport.estimate.estimators import Floats
from jobreport.setup.codebook import Indicator

FEWEST = 30


def reliability(responses: pd.DataFrame, indicators: Sequence[Indicator]) -> list[Row]:
    """Rows 'alpha' (with interval), 'omega' and 'alpha_without_item' (``category`` is the item).

    One set per wave for the whole country and every indicator of at least two items; omega and the
    item-drop need three, and omega a factor that can be found. Under .7 the reason is 'below_0.7'; fewer than 30
    complete answers, or answers whose sum is the same for everybody, give no row.
    """
    rows: list[Row] = []
    for indicator in indicators:
        items = [item.name for item in indicator.items]
        if len(items) < 2:
            continue
        answered = np.logical_and.reduce([responses[item].to_numpy() > 0 for item in items])
        for code, wave in enumerate(responses["wave"].cat.categories):
            whole = np.flatnonzero(answered & (responses["wave"].cat.codes.to_numpy() == code))
            complete = responses[items].take(whole)
            if len(complete) < FEWEST:
                continue
            place = {"municipality_code": COUNTRY, "wave": wave, "n": len(complete)}
            named = {"diagnostic": "reliability", "indicator": indicator.name, "unit": "coefficient"}
            rows += [named | place | row for row in coefficients(complete)]
    return rows


def coefficients(complete: pd.DataFrame) -> list[Row]:
    """Alpha, omega and alpha without each item, of complete answers."""
    rows = [_row("alpha", "", alpha) | {"ci_low": low, "ci_high": high} for alpha, low, high in _alpha(complete)]
    if len(complete.columns) > 2:
        found = omega(complete.to_numpy(float))
        rows += [_row("omega", "", found)] if np.isfinite(found) else []
        for item in complete:
            without = _alpha(complete.drop(columns=item))
            rows += [_row("alpha_without_item", str(item), alpha) for alpha, *_ in without]
    return rows


def _alpha(complete: pd.DataFrame) -> list[tuple[float, float, float]]:
    # Alpha and its interval, in a list; an empty one where the sum never varies and alpha is 0/0.
    import pingouin

    if np.ptp(complete.sum(axis=1)) == 0:
        return []
    alpha, (low, high) = pingouin.cronbach_alpha(complete, nan_policy="listwise", ci=INTERVAL_LEVEL)
    return [(float(alpha), float(low), float(high))]


def _row(measure: str, category: str, value: float) -> Row:
    reason = "below_0.7" if value < RELIABLE_FROM and measure != "alpha_without_item" else ""
    return {"measure": measure, "category": category, "value": value, "reason": reason}


def omega(answers: Floats) -> float:
    """McDonald's omega from a one-factor maximum-likelihood solution of standardised items.

    (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances), at least three items; NaN where no factor
    is found, as among items that have nothing in common or one that everybody answered alike.
    """
    from statsmodels.multivariate.factor import Factor
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    if (np.ptp(answers, axis=0) == 0).any():
        return float("nan")
    model = Factor(corr=np.corrcoef(answers, rowvar=False), n_factor=1, nobs=len(answers), method="ml")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            # the search begins at random loadings; unseeded, the ninth digit differs from run to run
            found = model.fit(rng=1)
        except ConvergenceWarning:
            return float("nan")
    common = float(found.loadings[:, 0].sum()) ** 2
    return common / (common + float(found.uniqueness.sum()))
