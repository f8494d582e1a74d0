"""What tests of groups are made of, by tables that can be added up in the head."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.diagnostics import design
from jobreport.estimate.measures import headline
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from tests.unit import view_rows as made

SATISFACTION = headline(made.CODEBOOK.indicators[0])


def tally_of(*counted, **columns):
    """So many persons of a municipality and group with an answer; each weighs 1."""
    each = [(code, group, answer) for code, group, answer, n in counted for _ in range(n)]
    frame = pd.DataFrame(each, columns=["municipality_code", "g", "satisfaction"]).assign(wave="1", **columns)
    frame = frame.assign(weight=frame.get("weight", 1.0)).astype({"satisfaction": "int8"})
    return Tallies(Sample(frame.astype(dict.fromkeys(["municipality_code", "wave", "g"], "category")))).of(
        (SATISFACTION,), "g", apart=False
    )


def associated(tally, *codes):
    """The test of groups against answers in some municipalities."""
    within = np.isin(tally.overlap.sample.municipalities, codes)
    return design.rao_scott(tally, tally.values[:, 0].astype(int), tally.group, within)


THIRTY_OF_FIFTY = [("101", "k", 5, 30), ("101", "k", 1, 20), ("101", "m", 5, 20), ("101", "m", 1, 30)]


def test_of_a_simple_sample_groups_are_tested_by_pearson_of_which_one_person_is_taken():
    """Expected is 25 in each cell: four times 25 / 25; a hundred persons of one stratum."""
    found = associated(tally_of(*THIRTY_OF_FIFTY), "101")
    assert (found.statistic, found.df, found.df_error) == pytest.approx((4 * 99 / 100, 1, 99))
    assert found.effect == pytest.approx(0.2), "the root of 4 / 100"
    assert found.p_value == pytest.approx(stats.f.sf(3.96, 1, 99))


def test_the_same_people_of_two_municipalities_are_two_strata():
    """Half of the cells in each, and nobody there who moves the figure: 98 persons are left, and others are outside."""
    halves = [(code, group, answer, n // 2) for code in ("101", "147") for _, group, answer, n in THIRTY_OF_FIFTY]
    found = associated(tally_of(*halves, ("183", "k", 1, 40), ("183", "m", 5, 7)), "101", "147")
    assert (found.statistic, found.df, found.df_error) == pytest.approx((4 * 49 / 50, 1, 98))
    assert found.effect == pytest.approx(0.2)


def test_three_groups_have_two_degrees_of_freedom_and_so_twice_as_many_behind_them():
    """20, 10 and 15 positive of 30 where 15 are expected: four times 25 / 15 and nothing of the last."""
    counts = [("k", 20), ("m", 10), ("o", 15)]
    cells = [("101", group, answer, n) for group, yes in counts for answer, n in ((5, yes), (1, 30 - yes))]
    found = associated(tally_of(*cells), "101")
    assert (found.statistic, found.df, found.df_error) == pytest.approx((20 / 3 / 2 * 89 / 90, 2, 2 * 89))
    assert found.effect == pytest.approx(np.sqrt(20 / 3 / 90))


def test_whoever_answers_twice_over_makes_the_test_half_as_sure():
    """Each person is there twice, as a cluster: Pearson's doubles and the test does not."""
    once = [("101", group, answer, n // 2) for _, group, answer, n in THIRTY_OF_FIFTY]
    pairs = np.repeat(np.arange(50), 2)
    found, alone = associated(tally_of(*THIRTY_OF_FIFTY, cluster=pairs), "101"), associated(tally_of(*once), "101")
    assert (found.statistic, found.df, found.df_error) == pytest.approx((alone.statistic, 1, 49))


@pytest.mark.parametrize(
    "cells",
    [
        [("101", "k", 5, 9), ("101", "k", 1, 9)],
        [("101", "k", 5, 9), ("101", "m", 5, 9)],
    ],
)
def test_one_group_or_one_answer_is_no_table(cells):
    assert associated(tally_of(*cells, ("147", "m", 1, 9)), "101") is None


def test_covariance_of_scores_is_that_within_strata():
    """1 and -1 of two persons: 2/1 x 2; in the other stratum one alone counts with its own square."""
    tally = tally_of(("101", "k", 5, 1), ("101", "m", 1, 1), ("147", "k", 5, 1))
    scores = np.array([[1.0, 0.0], [-1.0, 2.0], [3.0, 1.0]])
    expected = [[4 + 9, -4 + 3], [-4 + 3, 4 + 1]]
    cells = design.covariance_of_cells(tally, scores, np.array([True, True]))
    np.testing.assert_allclose(cells, expected)
    np.testing.assert_allclose(design.covariance(scores, tally.overlap.sample), expected)
    of_one = design.covariance_of_cells(tally, scores, np.array([False, True]))
    np.testing.assert_allclose(of_one, [[9, 3], [3, 1]])


def test_replicate_weights_move_the_sums_to_their_own_covariance():
    """Either of two persons counts twice and the other not at all; half of the squares."""
    columns = {"replicate_1": [2.0, 0.0], "replicate_2": [0.0, 2.0]}
    frame = pd.DataFrame({"municipality_code": "101", "wave": "1", "weight": 1.0, **columns})
    sample = Sample(frame.astype({"municipality_code": "category", "wave": "category"}), scale=0.5)
    np.testing.assert_allclose(design.covariance(np.array([[3.0], [1.0]]), sample), [[4.0]])
    assert design.degrees_of_freedom(np.array([True, True]), sample) == 1


def test_freedom_is_persons_or_clusters_less_strata():
    tally = tally_of(("101", "k", 5, 4), ("147", "k", 5, 3))
    everybody = np.ones(7, dtype=bool)
    assert design.degrees_of_freedom(everybody, tally.overlap.sample) == 5
    assert design.degrees_of_freedom(everybody & (np.arange(7) < 4), tally.overlap.sample) == 3
    teams = tally_of(("101", "k", 5, 4), ("147", "k", 5, 3), cluster=["a", "a", "b", "b", "c", "d", "d"])
    assert design.degrees_of_freedom(everybody, teams.overlap.sample) == 2


def test_shares_of_groups_are_tested_at_no_more_than_their_answers():
    """30 and 20 of 50: 4, whether the variance says as many or more; half of it where the design says half as many."""
    share, n = np.array([0.6, 0.4]), np.array([50.0, 50.0])
    plain = share * (1 - share) / n
    for variance, statistic in ((plain, 4.0), (plain / 3, 4.0), (2 * plain, 2.0)):
        found = design.score(share, variance, n, 3)
        assert (found.statistic, found.df, found.df_error) == pytest.approx((statistic, 1, 94))
    alike = design.score(np.array([1.0, 0.5]), np.array([0.0, 0.005]), n, 1)
    assert alike.statistic == pytest.approx(2 * 50 * 0.25**2 / (0.75 * 0.25)), "all fifty count where nobody differs"


def test_shares_are_not_tested_alone_or_where_all_answered_alike_or_too_few_did():
    n = np.array([50.0, 50.0])
    assert design.score(np.array([0.6]), np.array([0.1]), n[:1], 1) is None
    for all_alike in (0.0, 1.0):
        assert design.score(np.full(2, all_alike), np.zeros(2), n, 1) is None
    assert design.score(np.array([0.5, 0.4]), np.full(2, 0.1), np.array([1.0, 1.0]), 1) is None
    assert design.score(np.array([0.5, 0.4]), np.full(2, 0.1), np.array([2.0, 1.0]), 1).df_error == 1


def test_means_of_three_groups_are_tested_as_welch_did():
    """Variances alike at 1, means 0, 0 and 3: squares of 1, 1 and 4 around 1, each weighing a third of all."""
    found = design.welch(np.array([0.0, 0.0, 3.0]), np.ones(3), np.array([11.0, 11.0, 11.0]))
    unsure = 3 * (2 / 3) ** 2 / 10
    assert found.statistic == pytest.approx((6 / 2) / (1 + 2 * unsure / 8))
    assert (found.df, found.df_error) == pytest.approx((2, 8 / (3 * unsure)))


def test_means_are_not_tested_where_one_did_not_vary_or_one_answered():
    mean, one = np.array([3.0, 1.0]), np.ones(2)
    assert design.welch(mean[:1], one[:1], 10 * one[:1]) is None
    assert design.welch(mean, np.array([1.0, 0.0]), 10 * one) is None
    assert design.welch(mean, one, np.array([10.0, 1.0])) is None


def test_of_a_table_of_two_by_two_what_main_effects_leave_is_one_contrast():
    found = design._interactions(2, 2)
    assert found[:, 0] == pytest.approx([0.25, -0.25, -0.25, 0.25])


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (3, 2), (3, 4)])
def test_what_main_effects_leave_adds_up_to_nothing_in_every_row_and_column(rows, columns):
    found = design._interactions(rows, columns)
    assert found.shape == (rows * columns, (rows - 1) * (columns - 1))
    of_cells = found.reshape(columns, rows, -1)
    assert of_cells.sum(axis=0) == pytest.approx(0)
    assert of_cells.sum(axis=1) == pytest.approx(0)
    assert np.linalg.matrix_rank(found) == found.shape[1]


def test_two_means_are_held_against_each_other_as_a_t_squared():
    """One apart with variances of a quarter each: 1 / 0.5, at the degrees of freedom there are."""
    found = design.wald(np.array([3.0, 4.0]), np.diag([0.25, 0.25]), 7)
    assert (found.statistic, found.df, found.df_error) == (pytest.approx(2.0), 1, 7)


def test_three_means_pay_for_being_three():
    """W is 8 at 0, 2 and 2 with a variance of 1/3 and no more: (7 - 2 + 1) / (7 x 2) of it, and 6 are left."""
    means, v = np.array([0.0, 2.0, 2.0]), np.eye(3) / 3
    found = design.wald(means, v, 7)
    w = 3 * ((means - means.mean()) ** 2).sum()
    assert w == pytest.approx(8)
    assert (found.statistic, found.df, found.df_error) == (pytest.approx(8 * 6 / 14), 2, 6)


def test_means_that_cannot_differ_are_not_held_against_each_other():
    assert design.wald(np.array([1.0, 1.0]), np.zeros((2, 2)), 7) is None
    assert design.wald(np.array([1.0, 2.0, 3.0]), np.eye(3), 1) is None
    assert design.wald(np.array([1.0]), np.eye(1), 7) is None
