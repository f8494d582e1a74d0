"""How much municipalities swing at which level: found from before the event, weighed by hand, studentised."""

import numpy as np
import pytest
from scipy import optimize, stats

from jobreport.compare import register_changes, register_diagnostics
from jobreport.compare.effect import effect, ranks
from jobreport.compare.spread import Spread, exponent
from tests.events import event
from tests.unit.compare.test_compare import one, series


def windows(power, rows=40, municipalities=60, seed=3):
    rng = np.random.default_rng(seed)
    level = rng.uniform(2, 8, (rows, municipalities))
    return list(zip(level, rng.normal(size=(rows, 1)) + level**power * rng.normal(size=level.shape), strict=True))


@pytest.mark.parametrize("power", [0.0, 0.4, 0.8, 1.0])
def test_the_power_of_the_level_is_found(power):
    assert exponent(windows(power)) == pytest.approx(power, abs=0.05)


def test_the_power_is_the_most_likely_one_by_another_road():
    """Normal density written out, its mean and constant found by a general optimiser, with the belief around a half."""
    level, change = windows(0.6, rows=1)[0]

    def misfit(theta):
        mean, log_constant, b = theta
        spread = np.exp(log_constant) * level**b
        return -stats.norm.logpdf(change, mean, spread).sum() - stats.norm.logpdf(b, 0.5, 0.5)

    found = optimize.minimize(misfit, [0.0, 0.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert exponent([(level, change)]) == pytest.approx(found.x[2], abs=2e-4)


def test_an_effect_at_twice_the_spread_by_hand():
    """Weights 1, 1 and 1/4: mean 0.5/2.25, s^2 = sum w (d - m)^2 / 2, SE^2 = s^2 (2^2 + 1/2.25)."""
    others, spread = np.array([-1.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    found = effect(np.array([5.0]), others, treated_spread=np.array([2.0]), comparison_spread=spread)
    mean = 0.5 / 2.25
    s2 = ((others - mean) ** 2 / spread**2).sum() / 2
    assert found.change == pytest.approx(5 - mean)
    assert found.standard_error**2 == pytest.approx(s2 * (4 + 1 / 2.25))


def test_the_rank_is_that_of_the_studentised_residuals():
    """Each less the weighted mean of all the others, by the standard error of that difference."""
    rng = np.random.default_rng(5)
    change, error = rng.normal(size=30), rng.uniform(0.3, 3, 30)

    def apart(i):
        rest = np.arange(30) != i
        weight = 1 / error[rest] ** 2
        mean = (weight * change[rest]).sum() / weight.sum()
        return abs(change[i] - mean) / np.sqrt(error[i] ** 2 + 1 / weight.sum())

    distances = np.array([apart(i) for i in range(30)])
    for i in range(30):
        others = np.arange(30) != i
        found = ranks(change[[i]], change[None, others], error[[i]], error[None, others])
        assert found.tolist() == [(distances >= distances[i] - 1e-12).sum()]


def test_what_is_not_above_zero_swings_alike_and_says_so():
    values = {
        "t": [1.0, 2.0, 3.0],
        "a": [0.0, 1.0, 1.0],
        "b": [4.0, 5.0, 7.0],
        "c": [5.0, 5.0, 4.0],
        "d": [1.0, 2.0, 4.0],
    }
    asked = {"event": event(["t"]), "before": ["2001"], "after": ["2002"], "names": {}}
    table = register_changes(series(values), **asked)
    row = one(table, method="effect", scale="points")
    assert row["change"] == pytest.approx(1 - np.mean([0, 2, -1, 2]))
    assert "spread_alike" in row["reason"].split(";")
    assert register_diagnostics(series(values), **asked).empty


def test_nothing_after_the_event_and_nothing_of_the_treated_moves_the_power():
    rng = np.random.default_rng(4)
    values = {f"{i}": rng.uniform(2, 8, 6).tolist() for i in range(20)}
    asked = {"event": event(["0"], exposed=["1"]), "before": ["2004"], "after": ["2005"], "names": {}}

    def power(of):
        return one(register_diagnostics(series(of), **asked), diagnostic="spread")["value"]

    other = {code: [*own[:5], 99.0] for code, own in values.items()}
    other |= {"0": [50.0, 2.0, 70.0, 1.0, 3.0, 3.0], "1": [50.0, 2.0, 70.0, 1.0, 3.0, 3.0]}
    assert power(other) == power(values)
    assert Spread.of([]) == Spread(0.5, 0)
