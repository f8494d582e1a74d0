"""What goes with satisfaction, of four persons, where each number can be checked in the head."""

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics.drivers import correlation, regression
from jobreport.estimate.sample import Sample

TWO_BY_TWO = np.array([0.0, 0, 1, 1]), np.array([0.0, 1, 0, 1])
UP = np.array([0.0, 0, 1, 1]), np.array([0.0, 1, 1, 2])  # a point higher where x is, half a point either way


def sample(*weights):
    wave = pd.Categorical(["2024"] * len(weights))
    place = pd.Categorical(["183"] * len(weights))
    ids = [str(number) for number in range(len(weights))]
    return Sample(
        pd.DataFrame({"respondent_id": ids, "municipality_code": place, "wave": wave, "weight": weights}),
    )


def with_a_stranger(x, y):
    """The four, and a fifth outside whose answers would change everything."""
    inside = np.array([True] * 4 + [False])
    return np.append(x, 50.0), np.append(y, -70.0), sample(1.0, 1, 1, 1, 1), inside


def test_answers_that_know_nothing_of_each_other_have_a_correlation_of_nothing_and_its_variance():
    """Each person moves it by a quarter, up or down: 4/3 x 4 x 1/16."""
    x, y = TWO_BY_TWO
    found = correlation(x, y, sample(1.0, 1, 1, 1), np.ones(4, dtype=bool))
    assert found.value == pytest.approx([0.0])
    assert found.error**2 == pytest.approx([1 / 3])
    assert found.df == 3


def test_answers_that_are_the_same_are_so_whoever_answers():
    x, _ = TWO_BY_TWO
    found = correlation(x, 3 * x + 1, sample(1.0, 1, 1, 1), np.ones(4, dtype=bool))
    assert found.value == pytest.approx([1.0])
    assert found.error == pytest.approx([0.0], abs=1e-8)


def test_a_person_with_weight_two_counts_as_two_in_a_correlation():
    """Of 0, 1, 1 beside 0, 1, 1, 0: the pair of 1 and 0 counts twice."""
    x, y = np.array([0.0, 1, 1]), np.array([0.0, 1, 0])
    found = correlation(x, y, sample(1.0, 1, 2), np.ones(3, dtype=bool))
    assert found.value == pytest.approx([np.corrcoef([0, 1, 1, 1], [0, 1, 0, 0])[0, 1]])


def test_a_slope_is_the_difference_of_two_means_and_as_unsure_as_it():
    """Means of two persons half a point from theirs: 4/3 x (1/8 + 1/8), and two persons are left."""
    x, y = UP
    found = regression(x[:, None], y, sample(1.0, 1, 1, 1), np.ones(4, dtype=bool))
    assert found.value == pytest.approx([0.5, 1.0])
    assert found.error**2 == pytest.approx([4 / 3 / 8, 4 / 3 / 4])
    assert found.df == 2


def test_whoever_is_outside_moves_nothing():
    for x, y in (TWO_BY_TWO, UP):
        far_x, far_y, five, inside = with_a_stranger(x, y)
        four, all_four = sample(1.0, 1, 1, 1), np.ones(4, dtype=bool)
        alone, beside = correlation(x, y, four, all_four), correlation(far_x, far_y, five, inside)
        assert (beside.value, beside.df) == (pytest.approx(alone.value), alone.df)
        slope, same = regression(x[:, None], y, four, all_four), regression(far_x[:, None], far_y, five, inside)
        assert (same.value, same.df) == (pytest.approx(slope.value), slope.df)
