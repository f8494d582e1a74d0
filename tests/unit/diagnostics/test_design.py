"""What tests of groups are made of, by tables that can be added up in the head."""

import numpy as np
import pytest

from jobreport.diagnostics import design


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
