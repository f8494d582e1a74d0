"""A municipality's level by its own waves: nobody is pulled towards the others, and what is news is said to be."""

import numpy as np
import pytest

from jobreport.estimate.own_waves import own_waves

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
