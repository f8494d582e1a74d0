"""A random sample of few persons: the interval holds the share of those persons, reckoned over all samples."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from jobreport.estimate.estimators import Estimates, share_interval


def interval(seen, n, persons):
    """Interval of a share where so many of n who answered said so, drawn from so many persons."""
    p, left = seen / n, 1 - n / persons
    spread = p * (1 - p) * left
    alike = (np.broadcast_to(np.asarray(value, float), seen.shape) for value in (n, n, n - 1))
    return share_interval(Estimates(p, spread / (n - 1), *alike, spread, np.full(seen.shape, persons)))


def lowest_coverages(n, persons):
    """Of shares that so many persons can have, by the number of ways to draw n of them; and the mean width.

    First with the number of persons, then as though there were infinitely many.
    """
    seen, true = np.arange(n + 1.0), np.unique(np.linspace(1, persons - 1, 100).round())[:, None]
    chance = hypergeom.pmf(seen, persons, true, n)
    for drawn_from in (persons, np.inf):
        low, high = interval(seen, n, drawn_from)
        held = (low <= true / persons) & (true / persons <= high)
        yield (chance * held).sum(axis=1).min(), (high - low).mean()


@pytest.mark.parametrize(("n", "persons"), [(148, 389), (240, 400), (380, 1000), (20, 25), (50, 60), (400, 4000)])
@pytest.mark.dear
def test_a_share_of_few_persons_is_held_in_at_least_94_of_100_samples(n, persons):
    """As though there were infinitely many it is held in up to 99.99, by intervals up to twice as wide."""
    (held, width), (cautious, wide) = lowest_coverages(n, persons)
    assert held >= 0.94
    assert cautious >= held
    assert width < wide


def held(n, persons, share, *, known):
    """Coverage and mean width where so many of so many persons are drawn at random, at one true share."""
    seen = np.arange(n + 1.0)
    low, high = interval(seen, n, persons if known else np.inf)
    chance = hypergeom.pmf(seen, persons, round(share * persons), n)
    true = round(share * persons) / persons
    return (chance * ((low <= true) & (true <= high))).sum(), (chance * (high - low)).sum()


@pytest.mark.parametrize(
    ("n", "persons", "wanted"),
    [
        (148, 389, ((0.993, 0.164), (0.961, 0.128))),
        (380, 1000, ((0.991, 0.101), (0.961, 0.079))),
        (240, 400, ((0.999, 0.128), (0.956, 0.080))),
        (400, 4000, ((0.967, 0.098), (0.953, 0.093))),
    ],
)
def test_as_measured_before_and_with_the_number_of_persons(n, persons, wanted):
    """(coverage, width) at a share of 60 pct. as though there were infinitely many persons, and with their number."""
    found = [held(n, persons, 0.6, known=known) for known in (False, True)]
    assert np.array(found) == pytest.approx(np.array(wanted), abs=0.012)


@pytest.mark.parametrize(
    ("persons", "positive", "others", "wanted"),
    [(4000, 0.40, 0.35, 0.249), (389, 0.45, 0.30, 0.336), (4000, 0.45, 0.30, 0.0)],
)
def test_where_everybody_was_asked_it_holds_these_persons_share_only_if_the_silent_are_alike(
    persons, positive, others, wanted
):
    """Why the method says there what the interval is not: answering by answer gives it 25 of 100, not 95."""
    rng, true = np.random.default_rng(3), 0.6
    yes = rng.binomial(round(true * persons), positive, 4000)
    n = yes + rng.binomial(round((1 - true) * persons), others, 4000)
    low, high = interval(yes.astype(float), n, np.inf)
    assert ((low <= true) & (true <= high)).mean() == pytest.approx(wanted, abs=0.05)
