"""Exchanges: every sum stands, no count is led where the sums do not let it, and the pairs of a list are apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from jobreport.release.exchanges import Walk, exchanges


def crossed(places: int, groups: int, hidden: np.ndarray) -> sparse.csr_array:
    """Sums within places and within groups, of the hidden counts alone; the last group is a whole of the two before."""
    cells = np.arange(places * groups).reshape(places, groups)
    lines = [*cells, *cells.T]
    matrix = np.array([-np.isin(cells.ravel(), line).astype(float) for line in lines])
    if groups > 3:
        whole = np.zeros((places, places * groups))
        for line, row in zip(whole, cells, strict=True):
            line[row[-1]], line[row[:2]] = 1.0, -1.0
        matrix = np.vstack([matrix, whole])
    matrix = matrix[:, hidden]
    return sparse.csr_array(matrix[np.abs(matrix).any(axis=1)])


def walked(seed: int) -> tuple[sparse.csr_array, np.ndarray, Walk]:
    """A table of small counts with some published, and where exchanges lead from it."""
    draw = np.random.default_rng(seed)
    places, groups = draw.integers(2, 6), draw.integers(2, 5)
    hidden = np.flatnonzero(draw.random(places * groups) < 0.8)
    known = crossed(places, groups, hidden)
    truth = draw.integers(0, 7, len(hidden)).astype(float)
    walk = Walk(truth[None].copy(), np.minimum(truth, 1)[None], truth[None] + 8, truth[None].copy(), truth[None].copy())
    lists = exchanges(known)
    for _ in range(6):
        walk.look(lists)
        walk.go(lists, draw.choice((-1.0, 1.0), walk.at.shape), draw)
    return known, truth, walk


@pytest.mark.parametrize("seed", range(12))
def test_no_count_is_led_where_whole_numbers_that_fit_do_not_go(seed: int) -> None:
    known, truth, walk = walked(seed)
    np.testing.assert_array_equal(known @ walk.at[0], known @ truth)
    assert (walk.at >= walk.least).all()
    assert (walk.at <= walk.most).all()
    limits = LinearConstraint(known, known @ truth, known @ truth)
    for count, unit in enumerate(np.eye(len(truth))):
        bounds = Bounds(walk.least[0], walk.most[0])
        ends = [sign * milp(sign * unit, constraints=limits, bounds=bounds, integrality=1).fun for sign in (1, -1)]
        assert ends[0] - 1e-6 <= walk.low[0, count] <= truth[count] <= walk.high[0, count] <= ends[1] + 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_pairs_of_a_list_leave_the_same_over_and_share_no_count(seed: int) -> None:
    known, _, _ = walked(seed)
    for one, other in exchanges(known):
        over = (known[:, one] - known[:, other]).toarray()
        np.testing.assert_array_equal(over, over[:, :1].repeat(len(one), axis=1))
        assert len({*one, *other}) == 2 * len(one)


def test_a_count_goes_as_far_as_the_smaller_of_the_two_that_give_it_room() -> None:
    """Of [[3, 2], [4, 5]] the first may be 2 more (the others of its line are 2 and 4), and 3 fewer."""
    truth = np.array([[3.0, 2.0, 4.0, 5.0]])
    walk = Walk(truth.copy(), np.zeros_like(truth), truth + 20, truth.copy(), truth.copy())
    walk.look(exchanges(crossed(2, 2, np.arange(4))))
    assert walk.low.tolist() == [[0, 0, 2, 2]]
    assert walk.high.tolist() == [[5, 5, 7, 7]]


def test_of_several_pairs_each_is_told_the_best_of_the_others() -> None:
    """Of three places with two groups: one gains what its other group has, up to the most another place can lose."""
    truth = np.array([[1.0, 9.0, 4.0, 1.0, 6.0, 1.0]])
    walk = Walk(truth.copy(), np.zeros_like(truth), truth + 20, truth.copy(), truth.copy())
    walk.look(exchanges(crossed(3, 2, np.arange(6))))
    assert walk.high.tolist() == [[7, 10, 5, 5, 7, 7]]


def test_counts_that_stand_in_one_line_alone_or_in_a_long_one_make_no_list() -> None:
    assert exchanges(sparse.csr_array([[-1.0, -1.0, -1.0]])) == []
    assert exchanges(sparse.csr_array(np.full((1, 40), -1.0))) == []
    assert exchanges(sparse.csr_array([[1.0, -1.0]])) == []
