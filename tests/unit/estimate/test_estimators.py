"""Sums that can be checked in the head, and the corners where formulas break."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.estimate import estimators
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import (
    Estimates,
    answer_sums,
    domain_scores,
    mean_interval,
    share_interval,
    with_replacement,
)
from jobreport.estimate.measures import measures_of_question
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Question, Scale
from tests.simulation import study

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
POINTS = next(measure for measure in measures_of_question(Question("q", {}, SCALE), "q") if measure.name == "mean")
YES = dataclasses.replace(POINTS, lookup=(np.nan, 0.0, 1.0, *[np.nan] * 4))


def estimated(y, weight=None, municipality=None, stratum_n=None, *, together=False):
    """Estimate answers 1 to 5 (or 0 and 1) of some municipalities in one wave; NaN is no answer."""
    y = np.asarray(y, dtype=float)
    silent = (stratum_n or len(y)) - len(y)
    frame = pd.DataFrame({"q": np.append(np.nan_to_num(y, nan=-1), np.full(silent, -1)).astype("int8"), "wave": "1"})
    frame["weight"] = np.append(np.ones(len(y)) if weight is None else weight, np.ones(silent))
    frame["municipality_code"] = "a" if municipality is None else municipality
    tallies = Tallies(Sample(frame.astype({"wave": "category", "municipality_code": "category"})))
    measure = YES if np.nanmax(y, initial=0) <= 1 else POINTS
    pool = np.arange(len(tallies.sample.municipalities)) if together else None
    return WaveEstimates.of(tallies.of((measure,)), pool=pool).waves().at((slice(None), 0, 0))


def one_domain(y, weight=None, stratum_n=None):
    """Estimate one domain in one stratum."""
    return estimated(y, weight, stratum_n=stratum_n)


def test_share_by_hand():
    # 3 of 4: p = .75, V = 4/3 x (3 x .25^2 + .75^2) / 16 = .0625
    found = one_domain([1, 1, 1, 0])
    assert found.estimate[0] == 0.75
    assert found.variance[0] == pytest.approx(0.0625, abs=1e-15)
    assert found.n_effective[0] == 4
    assert found.df[0] == 3


def test_weighted_mean_by_hand():
    # weights 1 and 3, answers 1 and 5: mean 4; scores 1 x (1 - 4)/4 and 3 x (5 - 4)/4
    found = one_domain([1, 5], [1, 3])
    assert found.estimate[0] == 4
    assert found.variance[0] == pytest.approx(2 * (0.75**2 + 0.75**2))
    assert found.n_effective[0] == pytest.approx(16 / 10)


def test_those_outside_the_domain_count_in_the_stratum():
    # the same two answers among 2 and among 100 respondents: n/(n-1) is 2 and 100/99
    alone, among = one_domain([0, 1]), one_domain([0, 1], stratum_n=100)
    assert alone.variance[0] / among.variance[0] == pytest.approx(2 / (100 / 99))


def test_no_answer_to_the_item_is_outside_the_domain():
    found = one_domain([1, 0, np.nan, np.nan])
    assert found.n[0] == 2
    assert found.estimate[0] == 0.5
    assert found.variance[0] == pytest.approx(4 / 3 * 2 * 0.25**2)


def test_nobody_and_one_answer_have_no_variance():
    nobody, single = one_domain([np.nan]), one_domain([1.0], stratum_n=10)
    for found in (nobody, single):
        assert np.isnan(found.variance[0])
    assert np.isnan(share_interval(nobody)).all()
    low, high = share_interval(single)
    assert (low[0], high[0]) == (pytest.approx(0.025), 1.0)
    assert np.isnan(mean_interval(single, 1, 5)).all()


@pytest.mark.parametrize("n", [2, 5, 20, 200])
@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_interval_at_0_and_100_per_cent_is_clopper_pearson(n, answer):
    low, high = share_interval(one_domain([answer] * n, [0.7] * n))
    exact = stats.binomtest(int(answer) * n, n).proportion_ci(method="exact")
    assert low[0] == pytest.approx(exact.low, abs=1e-12)
    assert high[0] == pytest.approx(exact.high, abs=1e-12)


def test_all_alike_gives_a_mean_no_interval():
    found = one_domain([4] * 10, np.linspace(0.1, 3, 10))
    assert found.variance[0] == 0
    assert np.isnan(mean_interval(found, 1, 5)).all()


@pytest.mark.parametrize("answers", [51, 200])
def test_one_extreme_weight_widens_the_interval(answers):
    y = np.tile([0.0, 1.0], answers)[:answers]
    weight = np.ones(answers)
    plain = share_interval(one_domain(y))
    # the respondent who stands for nearly everybody says yes: R's interval would shrink to a few
    # points, because the variance of a near-constant is near 0
    weight[1] = 1000.0
    heavy = share_interval(one_domain(y, weight))
    assert heavy[1][0] - heavy[0][0] > 2 * (plain[1][0] - plain[0][0])
    mean = one_domain(1 + 4 * y, weight)
    assert mean_interval(mean, 1, 5)[0][0] < 2.0


def test_mean_interval_stays_within_the_scale():
    # mean 4, three quarters up the scale; V = 4/3 x (3 x 1 + 9) / 16 = 1, a quarter of the scale
    low, high = mean_interval(one_domain([5, 5, 5, 1]), 1, 5)
    half = stats.t.ppf(0.975, 3) * 0.25 / (0.75 * 0.25)
    expected = [1 + 4 / (1 + np.exp(side) / 3) for side in (half, -half)]
    assert (low[0], high[0]) == (pytest.approx(expected[0]), pytest.approx(expected[1]))
    assert 1 < low[0] < 1.2
    assert 4.9 < high[0] < 5


def test_weights_give_a_mean_at_least_the_variance_of_the_answers_they_leave():
    # weights 3, 1, 1, 1 leave 36/12 = 3 answers; the heavy one lies at the mean and hides the spread
    found = one_domain([3, 1, 5, 3], [3, 1, 1, 1])
    assert found.n_effective[0] == pytest.approx(3)
    assert found.spread[0] == pytest.approx(8 / 6)
    assert found.variance[0] == pytest.approx(4 / 3 * 8 / 36)
    low, _ = mean_interval(found, 1, 5)
    half = stats.t.ppf(0.975, 3) * np.sqrt(8 / 6 / 2) / 4 / 0.25
    assert low[0] == pytest.approx(1 + 4 / (1 + np.exp(half)))


def test_country_adds_up_its_strata():
    # two municipalities of 2 respondents: V = sum over strata of 2/1 x sum (u - mean u)^2
    y, w = np.array([1.0, 0, 1, 1]), np.array([1.0, 1, 2, 2])
    found = estimated(y, w, ["a", "a", "b", "b"], together=True)
    p = 5 / 6
    u = w * (y - p) / 6
    by_hand = sum(2 * ((u[i : i + 2] - u[i : i + 2].mean()) ** 2).sum() for i in (0, 2))
    assert found.estimate[0] == pytest.approx(p)
    assert found.variance[0] == pytest.approx(by_hand, rel=1e-13)
    assert found.df[0] == 2


def test_blocks_do_not_change_sums(monkeypatch):
    rng = np.random.default_rng(4)
    cell, answer = rng.integers(0, 7, 1000), rng.integers(-1, 6, 1000)
    weight = rng.uniform(0.2, 3, 1000)
    whole = answer_sums(cell, 7, weight, answer, 5)
    monkeypatch.setattr(estimators, "BLOCK", 100)
    np.testing.assert_allclose(answer_sums(cell, 7, weight, answer, 5), whole, rtol=1e-13)


def test_one_respondent_of_a_stratum_adds_its_squared_score():
    found = with_replacement(np.array([0.25, 10.0]), np.array([0.5, 4.0]), np.array([1.0, 2.0]))
    assert found.tolist() == [0.25, 4.0]


def test_estimates_from_scores_are_those_from_six_sums():
    """The simulations reckon by the sums of weights, values and their squares: another road to the same figures."""
    rng = np.random.default_rng(6)
    y, weight, place = rng.integers(1, 6, 400), rng.uniform(0.2, 3, 400), rng.integers(0, 7, 400)
    sums, base = study.moments(place, 7, weight, y.astype(float)), np.bincount(place).astype(float)
    found = [estimated(y, weight, place.astype(str), together=together) for together in (False, True)]
    expected = [
        study.ratio_estimates(sums.reshape(1, 7), base[None]),
        study.ratio_estimates(sums.reshape(7, 1), base[:, None]),
    ]
    for ours, theirs in zip(found, expected, strict=True):
        for name in ("estimate", "variance", "n", "n_effective", "df", "spread"):
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-12)


@pytest.mark.parametrize(("freedom", "quantile"), [(1, 12.7062), (2, 4.3027), (0, np.nan), (-1, np.nan)])
def test_a_quantile_needs_degrees_of_freedom(freedom, quantile):
    found = float(estimators.t_quantile(0.975, np.array(freedom)))
    assert found == pytest.approx(quantile, abs=1e-4, nan_ok=True)


def test_less_than_one_degree_of_freedom_is_some():
    """Half of one reaches further than one."""
    assert float(estimators.t_quantile(0.975, np.array(0.5))) > 12.7062


@pytest.mark.parametrize(("freedom", "lost"), [(10.0, 1.0), (5.0, 2.2281 / 2.5706), (0.0, 2.2281 / 12.7062)])
def test_few_degrees_of_freedom_leave_fewer_effective_answers(freedom, lost):
    """Half of eleven, with the variance of five: t of 10 over t of what there is, squared, of them."""
    found = Estimates(*np.array([[0.5], [0.05], [11.0], [11.0], [freedom], [0.25], [np.inf]]))
    effective = 5 * lost**2
    expected = stats.beta.ppf(0.025, effective / 2, effective / 2 + 1)
    low, high = share_interval(found)
    assert (low[0], high[0]) == (pytest.approx(expected, rel=1e-4), pytest.approx(1 - expected, rel=1e-4))


def test_some_of_a_sample_of_a_stated_population_are_still_of_it():
    """Those of the second wave alone: who there are in all is known of both."""
    wave, place = pd.Categorical(["1", "1", "2"]), pd.Categorical(["183"] * 3)
    people = pd.DataFrame({"wave": wave, "municipality_code": place, "weight": 1.0})
    population = np.array([[40.0, 50.0]])
    only = Sample(people, population=population, scale=0.5).only(np.array([False, False, True]))
    assert (len(only.responses), only.population is population, only.scale) == (1, True, 0.5)


def test_each_domain_has_its_weighted_mean_and_each_answer_its_score():
    """Answers 1 and 5 of weights 3 and 1: 2, so -1 and 3 over four; one outside scores nothing."""
    y = np.array([[1.0], [5.0], [np.nan], [4.0], [np.nan]])
    weight, domain = np.array([3.0, 1.0, 9.0, 2.0, 2.0]), np.array([0, 0, 0, 2, 1])
    estimate, scored = domain_scores(y, weight, domain, 3)
    assert estimate[[0, 2], 0].tolist() == [2, 4]
    assert np.isnan(estimate[1, 0])
    assert scored[:, 0].tolist() == [-0.25, 0.75, 0, 0, 0]
