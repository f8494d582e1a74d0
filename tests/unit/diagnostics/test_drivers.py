"""What goes with satisfaction, of four persons, where each number can be checked in the head."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.diagnostics.drivers import correlation, drivers, regression
from jobreport.estimate.measures import item_mean
from jobreport.estimate.sample import Sample
from jobreport.setup.codebook import Indicator, Question, Scale

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
        assert beside.error**2 == pytest.approx(alone.error**2 * (5 / 4) / (4 / 3)), "five were drawn, not four"
        slope, same = regression(x[:, None], y, four, all_four), regression(far_x[:, None], far_y, five, inside)
        assert (same.value, same.df) == (pytest.approx(slope.value), slope.df)
        assert same.error**2 == pytest.approx(slope.error**2 * (5 / 4) / (4 / 3))


SCALE = Scale("grad", {"da": tuple("abcde")}, 2, 2)
HELP, TRUST, GLAD = (item_mean(Indicator(name, {}, (Question(name, {}, SCALE),))) for name in ("help", "trust", "glad"))
PAIRS = [(1, 1, 20), (5, 5, 20), (1, 5, 10), (5, 1, 10)]  # index 0 and 100; a correlation and a slope of a third


def answered(*cells, code="183", **columns):
    """So many persons with an answer to help and to glad."""
    rows = [(help_, glad) for help_, glad, n in cells for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["help", "glad"]).astype("int8").assign(municipality_code=code, weight=1.0)
    frame = frame.assign(wave="2024", **columns)
    return frame.astype({"municipality_code": "category", "wave": "category"})


def told(frame, *candidates, codes=()):
    rows = drivers(Sample(frame), GLAD, candidates or (HELP,), codes)
    return {(row["municipality_code"], row["measure"], row["category"]): row for row in rows}


def test_rows_hold_the_correlation_on_fishers_scale_and_the_slope_by_t():
    """Influences are 2/3 of forty and 4/3 of twenty, over sixty: 60/59 x (40 x 4/9 + 20 x 16/9) / 3600 of both."""
    found = told(answered(*PAIRS))
    error = (60 / 59 * (40 * 4 / 9 + 20 * 16 / 9) / 3600) ** 0.5
    common = {"wave": "2024", "n": 60, "diagnostic": "drivers", "indicator": "glad", "category": "help"}
    half = stats.t.ppf(0.975, 59) * error / (1 - 1 / 9)
    ends = np.tanh(np.arctanh(1 / 3) + np.array([-half, half]))
    assert found["000", "correlation", "help"] == common | {
        "municipality_code": "000", "measure": "correlation", "unit": "coefficient", "value": pytest.approx(1 / 3),
        "ci_low": pytest.approx(ends[0]), "ci_high": pytest.approx(ends[1]),
    }  # fmt: skip
    half = stats.t.ppf(0.975, 58) * error
    assert found["000", "coefficient", "help"] == common | {
        "municipality_code": "000", "measure": "coefficient", "unit": "points_per_point",
        "value": pytest.approx(1 / 3), "ci_low": pytest.approx(1 / 3 - half), "ci_high": pytest.approx(1 / 3 + half),
    }  # fmt: skip


def test_thirty_who_answered_all_are_told_of_and_each_municipality_by_itself():
    frame = pd.concat(
        [answered(*PAIRS), answered((1, 5, 15), (5, 1, 14), code="187"), answered((1, -1, 9), code="187")]
    )
    frame = frame.astype({"municipality_code": "category"})
    assert {code for code, *_ in told(frame, codes=["183", "187", "999"])} == {"000", "183"}
    assert told(frame)["000", "correlation", "help"]["n"] == 89
    one_more = pd.concat([frame, answered((5, 5, 1), code="187")]).astype({"municipality_code": "category"})
    assert told(one_more, codes=["187"])["187", "correlation", "help"]["n"] == 30
    assert drivers(Sample(frame), GLAD, (), ["183"]) == []


def test_what_tells_nothing_apart_says_so_and_clusters_must_be_more_than_questions():
    same = told(answered((1, 1, 20), (5, 5, 20)))
    assert {row["reason"] for row in same.values()} == {"same_answers"}
    assert not any("value" in row for row in same.values())
    both = answered(*PAIRS, trust=np.int8(3))
    found = told(both, HELP, TRUST)
    assert "reason" not in found["000", "correlation", "help"]
    assert found["000", "correlation", "trust"]["reason"] == "same_answers"
    assert found["000", "coefficient", "help"]["reason"] == found["000", "coefficient", "trust"]["reason"]
    for teams, there in ((2, False), (3, True)):
        frame = answered(*PAIRS, cluster=[f"{at % teams}" for at in range(60)])
        assert bool(told(frame)) == there, "teams less one, and one slope"
