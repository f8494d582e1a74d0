"""How much municipalities swing at which level: found from before the event, weighed by hand, studentised."""

import numpy as np
import pytest
from scipy import optimize, stats

from jobreport.compare.effect import ranks
from jobreport.compare.register import Official
from jobreport.compare.spread import Spread, below, shares, sources
from tests.estimates import effect
from tests.events import event
from tests.unit.compare.test_compare import one, series

MIDWAY = (4.0, 30_000.0)


def windows(parts, rows=60, municipalities=60, seed=3):
    """Sources of variance and changes of municipalities, the changes made of these parts."""
    rng = np.random.default_rng(seed)
    level, persons = (
        rng.uniform(2, 8, (rows, municipalities)),
        np.exp(rng.normal(np.log(MIDWAY[1]), 0.8, municipalities)),
    )
    found = [sources(each, persons, MIDWAY) for each in level]
    noise = rng.normal(size=(rows, municipalities))
    return [(each, 1.0 + np.sqrt(parts @ each) * one) for each, one in zip(found, noise, strict=True)]


@pytest.mark.parametrize("parts", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.5, 0.5), (0.4, 0.3, 0.3)])
def test_what_swings_are_made_of_is_found(parts):
    assert shares(windows(np.array(parts))) == pytest.approx(parts, abs=0.07)


def test_the_parts_are_the_most_likely_ones_by_another_road():
    """Normal density written out, its mean and constant found by a general optimiser, with the belief in thirds."""
    made, change = windows(np.array([0.2, 0.5, 0.3]), rows=1)[0]

    def misfit(theta):
        mean, log_constant, *free = theta
        parts = np.exp([*free, 0.0]) / np.exp([*free, 0.0]).sum()
        density = stats.norm.logpdf(change, mean, np.exp(log_constant) * np.sqrt(parts @ made)).sum()
        return -density - stats.dirichlet.logpdf(parts, [2, 2, 2])

    tight = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 10_000, "maxfev": 10_000}
    found = optimize.minimize(misfit, [1.0, 0.0, 0.0, 0.0], method="Nelder-Mead", options=tight).x[2:]
    assert shares([(made, change)]) == pytest.approx(np.exp([*found, 0.0]) / np.exp([*found, 0.0]).sum(), abs=2e-4)


def test_by_level_and_size_by_hand():
    """Midway 1; twice as high and half as large: .2 x 1 + .5 x 4 + .3 x 4 = 3.4, in per cent over 2."""
    spread = Spread((0.2, 0.5, 0.3), MIDWAY, 9)
    level, persons = np.array([4.0, 8.0]), np.array([30_000.0, 15_000.0])
    assert spread.at(level, persons, "points") == pytest.approx([1, 3.4**0.5])
    assert spread.at(level, persons, "log") == pytest.approx([1, 3.4**0.5 / 2])


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
    table = Official(series(values), **asked).changes()
    row = one(table, method="effect", scale="points")
    assert row["change"] == pytest.approx(1 - np.mean([0, 2, -1, 2]))
    assert "spread_alike" in row["reason"].split(";")
    assert Official(series(values), **asked).diagnostics().empty


def test_nothing_after_the_event_and_nothing_of_the_treated_moves_what_is_found():
    rng = np.random.default_rng(4)
    values = {f"{i}": rng.uniform(2, 8, 6).tolist() for i in range(20)}
    asked = {"event": event(["0"], exposed=["1"]), "before": ["2004"], "after": ["2005"], "names": {}}

    def parts(of):
        found = Official(series(of), **asked).diagnostics()
        return found[found["diagnostic"] == "spread"]["value"].tolist()

    other = {code: [*own[:5], 99.0] for code, own in values.items()}
    other |= {"0": [50.0, 2.0, 70.0, 1.0, 3.0, 3.0], "1": [50.0, 2.0, 70.0, 1.0, 3.0, 3.0]}
    assert parts(other) == parts(values)
    assert Spread.of([], MIDWAY) == Spread((0.3333, 0.3333, 0.3333), MIDWAY, 0)


def test_sizes_count_where_all_are_known():
    """Real codes have inhabitants; of made-up ones all count as of one size."""
    rng = np.random.default_rng(4)
    codes = ("183", "101", "825", "563", "461")
    asked = {"event": event(["183"]), "before": ["2004"], "after": ["2005"], "names": {}}

    def swings(names):
        values = {name: (5 + rng.normal(0, 0.01, 6)).tolist() for name in names}
        found = Official(series(values), **asked).diagnostics()
        return found[found["diagnostic"] == "swing"].set_index("municipality_code")["value"]

    real = swings(codes)
    assert real["825"] > real["563"] > real["183"] > real["461"] > real["101"], "Læsø, Fanø, Ishøj, Odense, København"
    assert np.ptp(swings(("183", "a", "b", "c", "d"))) < 0.05


def test_only_municipalities_with_a_level_and_a_change_tell_how_they_swing_and_only_where_they_differ():
    level, persons, change = np.array([2.0, 4.0, 8.0, 5.0]), np.full(4, MIDWAY[1]), np.array([0.1, 0.5, 1.5, 0.2])
    missing = np.array([1.0, np.nan, 3.0, 4.0, 5.0, 6.0]), np.full(6, 9.0), np.array([np.nan, 1.0, *change])
    whole = (np.append(level, np.nan), np.append(persons, 5.0), np.append(change, 9.0))
    alike = level, persons, np.ones(4)
    alone = level[:1], persons[:1], change[:1]
    expected = Spread.of([(level, persons, change)], MIDWAY)
    assert expected.n == 4
    assert Spread.of([alike, whole, alone], MIDWAY) == expected
    assert Spread.of([missing], MIDWAY).n == 4
    assert Spread.of([whole, missing], MIDWAY).n == 8
    assert sum(expected.parts) == pytest.approx(1, abs=2e-4)


def test_what_rests_on_a_spread_says_whether_it_was_found():
    assert [Spread().reason, Spread((0.3, 0.3, 0.4)).reason, Spread((0.3, 0.3, 0.4), n=1).reason] == [
        "spread_alike", "spread_assumed", "",
    ]  # fmt: skip
    assert Spread().at(np.array([1.0, 9.0]), np.ones(2), "points").tolist() == [1, 1]


def test_the_share_that_lies_below_counts_what_is_known():
    assert below(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), 3.0) == 0.5
    assert np.isnan(below(np.array([np.nan]), 3.0))
