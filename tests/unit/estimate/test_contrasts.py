"""Changes of log odds, whose odds, slopes and variances can be worked out in the head."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from jobreport.estimate.contrasts import logit_changes


def waves(*shares, variance=0.01):
    """Independent waves of one place and one question."""
    shares = np.array(shares)[:, None]

    def contrasts(weights):
        return None, variance * (weights**2).sum(axis=2)

    return SimpleNamespace(values=lambda weights: (weights @ shares)[:, None, :], contrasts=contrasts)


@pytest.mark.parametrize(
    ("before", "after", "ratio"), [(0.5, 0.75, 3.0), (0.75, 0.5, 1 / 3), (0.2, 0.5, 4.0), (0.5, 0.5, 1.0)]
)
def test_a_change_of_log_odds_is_the_logarithm_of_the_odds_ratio_with_the_variance_of_both(before, after, ratio):
    change, variance = logit_changes(waves(before, after), np.array([[-1.0, 1.0]]))
    slopes = [1 / (share * (1 - share)) for share in (before, after)]
    assert change.item() == pytest.approx(math.log(ratio))
    assert variance.item() == pytest.approx(0.01 * (slopes[0] ** 2 + slopes[1] ** 2))


def test_the_windows_shares_are_the_means_of_their_waves_and_waves_of_neither_count_nothing():
    """Before 0.4 and 0.6, then a wave that is left out, after 0.75: from one half to three quarters."""
    change, variance = logit_changes(waves(0.4, 0.6, 0.9, 0.75), np.array([[-0.5, -0.5, 0.0, 1.0]]))
    assert change.item() == pytest.approx(math.log(3))
    assert variance.item() == pytest.approx(0.01 * (2 * (0.5 * 4) ** 2 + (16 / 3) ** 2))


@pytest.mark.parametrize("pair", [(0.0, 0.5), (0.5, 0.0), (1.0, 0.5), (0.5, 1.0)])
def test_of_nobody_or_everybody_there_are_no_log_odds(pair):
    change, variance = logit_changes(waves(*pair), np.array([[-1.0, 1.0]]))
    assert np.isnan(change).all()
    assert np.isnan(variance).all()
