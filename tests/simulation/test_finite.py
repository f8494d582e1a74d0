"""A random sample of few persons: the interval holds the share of those persons, reckoned over all samples."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from jobreport.estimate.estimators import Estimates, share_interval


def lowest_coverage(n, persons, *, known):
    """Of shares that so many persons can have, by the number of ways to draw n of them; and the mean width."""
    seen = np.arange(n + 1.0)
    p, left = seen / n, 1 - n / persons if known else 1.0
    spread = p * (1 - p) * left
    alike = (np.full(n + 1, value, float) for value in (n, n, n - 1))
    of_persons = np.full(n + 1, persons if known else np.inf)
    low, high = share_interval(Estimates(p, spread / (n - 1), *alike, spread, of_persons))
    true = np.unique(np.linspace(1, persons - 1, 100).round())
    held = (low <= true[:, None] / persons) & (true[:, None] / persons <= high)
    return (hypergeom.pmf(seen, persons, true[:, None], n) * held).sum(axis=1).min(), (high - low).mean()


@pytest.mark.parametrize(("n", "persons"), [(148, 389), (240, 400), (380, 1000), (20, 25), (50, 60), (400, 4000)])
def test_a_share_of_few_persons_is_held_in_at_least_94_of_100_samples(n, persons):
    """As though there were infinitely many it is held in up to 99.99, by intervals up to twice as wide."""
    held, width = lowest_coverage(n, persons, known=True)
    cautious, wide = lowest_coverage(n, persons, known=False)
    assert held >= 0.94
    assert cautious >= held
    assert width < wide
