"""A municipality's level by its own waves: nobody is pulled towards the others, and what is news is said to be."""

import numpy as np
import pytest
from scipy import stats

from jobreport.estimate.own_waves import OwnWaves, _smoothed, own_waves

WAVES = 5


def country(places=20, n=100, seed=1):
    """Shares of some municipalities, their covariances and their numbers of answers."""
    rng = np.random.default_rng(seed)
    truth = 0.6 + rng.normal(0, 0.07, (places, 1)) + rng.normal(0, 0.03, (places, WAVES))
    found = rng.binomial(n, truth) / n
    return found, (found * (1 - found) / (n - 1))[:, :, None] * np.eye(WAVES), np.full(found.shape, float(n))


def test_one_that_lies_far_from_the_others_is_not_made_like_them():
    estimate, covariance, n = country()
    moved = estimate.copy()
    moved[0] -= 0.3
    far, near = (own_waves(each, covariance, n) for each in (moved, estimate))
    assert far.level[0] == pytest.approx(near.level[0] - 0.3, abs=1e-9)
    assert far.variance == pytest.approx(near.variance)


def test_a_move_that_all_make_is_no_swing():
    estimate, covariance, n = country()
    steps = np.array([0.0, 0.1, -0.1, 0.05, 0.2])
    moved, still = (own_waves(each, covariance, n) for each in (estimate + steps, estimate))
    assert moved.between == pytest.approx(still.between)
    assert moved.level == pytest.approx(still.level + 0.2)


def test_a_latest_wave_that_jumps_does_not_fit():
    estimate, covariance, n = country()
    assert own_waves(estimate, covariance, n).fits[1]
    estimate[1, -1] += 0.3
    found = own_waves(estimate, covariance, n)
    assert not found.fits[1]
    assert found.apart[1] > 1.96


def test_the_same_people_again_tell_less():
    """What the same people share is in every wave of theirs, and no number of waves shows it."""
    estimate, covariance, n = country()
    error = np.sqrt(np.einsum("utt->ut", covariance))
    same = error[:, :, None] * error[:, None, :] * np.where(np.eye(WAVES) > 0, 1.0, 0.5)
    apart, panel = (own_waves(estimate, each, n) for each in (covariance, same))
    assert (panel.variance > 1.3 * apart.variance).all()
    alike = error[:, :, None] * error[:, None, :]
    assert np.isfinite(own_waves(estimate, alike, n).level).all(), "all of whom answer the same again"


def test_one_wave_or_no_variation_has_no_level_of_several():
    estimate, covariance, n = country()
    estimate[2, 1:] = np.nan
    estimate[3], covariance[3] = 1.0, 0.0
    found = own_waves(estimate, covariance, n)
    assert np.flatnonzero(np.isnan(found.level)).tolist() == [2, 3]
    assert not found.fits[[2, 3]].any()


def test_a_rare_share_has_an_interval_within_the_scale_and_few_answers_none():
    estimate, covariance, n = country()
    estimate[0] = [0.07, 0.08, 0.1, 0.07, 0.09]
    covariance[0] = np.diag(estimate[0] * (1 - estimate[0]) / 99)
    found = own_waves(estimate, covariance, n)
    low, high = found.interval(0.0, 1.0, share=True)
    assert 0 < low[0] < found.level[0] < high[0] < 0.2
    n[1] = 19
    assert np.isnan(own_waves(estimate, covariance, n).interval(0.0, 1.0, share=True)[0]).sum() == 1


def test_a_table_of_two_waves_by_hand():
    """0 and 2, 0 and -2, 0 and 0: apart from rows and columns each is 1 from what they say, four squares over two.

    Of these 2 the samples make a half, so the level gives back a quarter of the 1. Beside the other two the latest is
    3 above what they let expect, whose variance is 2 x 2 x (1 + 1/2). The error is 1/2 - 1/24, and 1/8 for not knowing
    how much they swing.
    """
    estimate = np.array([[0.0, 2.0], [0.0, -2.0], [0.0, 0.0]])
    found = own_waves(estimate, np.full((3, 2, 2), 0.5) * np.eye(2), np.full((3, 2), 40.0))
    assert found.between == pytest.approx(1.5)
    assert found.level == pytest.approx([1.75, -1.75, 0.0])
    assert found.apart == pytest.approx([3 / 6**0.5, -3 / 6**0.5, 0.0])
    assert found.variance == pytest.approx(1 / 2 - 1 / 24 + 1 / 8)
    assert found.answers.tolist() == [40, 40, 40]


def test_answers_are_those_of_a_wave_on_average():
    estimate, covariance, n = country()
    n[0], estimate[0, 0] = [7.0, 10, 20, 30, 60], np.nan
    assert own_waves(estimate, covariance, n).answers[0] == 30
    n[1] = [1.0, 9, 20, 30, 40]
    assert own_waves(estimate, covariance, n).answers[1] == 20, "one answer is a wave"
    n[1, 0] = 0.0
    assert own_waves(estimate, covariance, n).answers[1] == 24.75, "and none is not"


def test_an_effective_answer_is_as_unsure_in_every_wave_of_a_municipality():
    """100 answers of which one is worth 100, and 25 worth 50 each: 90 of all, so 0.9 and 3.6; half of it together."""
    covariance = np.array([[[1.0, 0.5 * 2**0.5], [0.5 * 2**0.5, 2.0]]])
    n, known = np.array([[100.0, 25.0]]), np.ones((1, 2), dtype=bool)
    np.testing.assert_allclose(_smoothed(covariance, n, None, known), [[[0.9, 0.9], [0.9, 3.6]]])
    spread = np.array([[100.0, 75.0]])
    least = (100 * 100 + 25 * 75) / 125
    np.testing.assert_allclose(
        np.einsum("utt->ut", _smoothed(covariance, n, spread, known)), [[least / 100, least / 25]]
    )
    one = _smoothed(covariance, n, None, np.array([[True, False]]))
    np.testing.assert_allclose(one, [[[1.0, 0.0], [0.0, 0.0]]])


def levels(level, variance, answers=1000.0, apart=0.0):
    level = np.atleast_1d(level).astype(float)
    return OwnWaves(level, np.full_like(level, variance), np.full_like(level, apart), np.full_like(level, answers), 0.0)


def test_a_level_fits_within_its_own_prediction():
    fits = [bool(levels(0.5, 0.01, apart=apart).fits.item()) for apart in (1.95, -1.95, 1.97, -1.97, np.nan)]
    assert fits == [True, True, False, False, False]


def test_the_interval_of_a_level_is_made_on_the_logit_of_its_place():
    """50 of 0 to 100, error 5: the logit 0 and 1.96 x 5 / (100 x 0.25) either way."""
    low, high = levels(50.0, 25.0).interval(0.0, 100.0, share=False)
    assert [low.item(), high.item()] == pytest.approx([40.3235, 59.6765], abs=1e-3)


def test_the_interval_of_a_share_worth_few_of_a_kind_is_that_of_so_many_answers():
    """0.5 worth 60: thirty of a kind, on the logit; worth 50: as 25 of 50 by Clopper and Pearson."""
    low, high = levels(0.5, 0.25 / 60.001).interval(0.0, 1.0, share=True)
    half = 1.959964 / 60**0.5 * 2
    assert [low.item(), high.item()] == pytest.approx([1 / (1 + np.exp(half)), 1 / (1 + np.exp(-half))], abs=1e-5)
    few = stats.binomtest(25, 50).proportion_ci(method="exact")
    low, high = levels(0.5, 0.25 / 50).interval(0.0, 1.0, share=True)
    assert [low.item(), high.item()] == pytest.approx([few.low, few.high])
    rare = stats.binomtest(45, 50).proportion_ci(method="exact")
    low, high = levels(0.9, 0.09 / 50).interval(0.0, 1.0, share=True)
    assert [low.item(), high.item()] == pytest.approx([rare.low, rare.high])


@pytest.mark.parametrize(
    ("level", "answers", "there"),
    [
        (0.5, 20, True),
        (0.5, 19.9, False),
        ([0.1, 0.3], 25, True),
        ([0.1, 0.3], 24, False),
        ([0.9, 0.7], 25, True),
        ([0.1, np.nan], 49, False),
        ([0.1, np.nan], 51, True),
        (np.nan, 99, False),
    ],
)
def test_a_share_of_which_a_wave_has_too_few_has_no_interval(level, answers, there):
    low, high = levels(level, 0.0025, answers).interval(0.0, 1.0, share=True)
    assert (bool(np.isfinite(low[0])), bool(np.isfinite(high[0]))) == (there, there)


def test_a_mean_asks_for_twenty_answers_and_not_for_a_rarer_kind():
    assert np.isfinite(levels(1.1, 0.01, 20).interval(1.0, 5.0, share=False)).all()
    assert np.isnan(levels(1.1, 0.01, 19).interval(1.0, 5.0, share=False)).all()
