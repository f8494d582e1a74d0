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


def test_a_count_goes_no_further_than_its_bounds() -> None:
    """Of [[3, 2], [4, 5]] each may be 1 more and 1 fewer, where its sums would let the first be 2 more and 3 fewer."""
    truth = np.array([[3.0, 2.0, 4.0, 5.0]])
    walk = Walk(truth.copy(), np.zeros_like(truth), truth + 1, truth.copy(), truth.copy())
    lists = exchanges(crossed(2, 2, np.arange(4)))
    walk.look(lists)
    assert walk.low.tolist() == [[2, 1, 3, 4]]
    assert walk.high.tolist() == [[4, 3, 5, 6]]
    walk.go(lists, np.array([[1.0, 0.0, 0.0, 0.0]]), np.random.default_rng(1))
    assert walk.at.tolist() == [[4, 1, 3, 6]]


@pytest.mark.parametrize(
    ("toward", "reached"), [(0, [5, 0, 2, 7]), (1, [0, 5, 7, 2]), (2, [0, 5, 7, 2]), (3, [5, 0, 2, 7])]
)
def test_counts_go_as_far_as_they_can_where_they_are_asked_to(toward: int, reached: list[float]) -> None:
    """Of [[3, 2], [4, 5]] the first grows with the fourth by 2, the second with the third by 3; none where none is."""
    truth = np.array([[3.0, 2.0, 4.0, 5.0]])
    for sign, at in ((1.0, reached), (-1.0, [5, 0, 2, 7] if reached[0] == 0 else [0, 5, 7, 2]), (0.0, [3, 2, 4, 5])):
        walk = Walk(truth.copy(), np.zeros_like(truth), truth + 20, truth.copy(), truth.copy())
        walk.go(exchanges(crossed(2, 2, np.arange(4))), sign * np.eye(4)[[toward]], np.random.default_rng(1))
        assert walk.at.tolist() == [at]


def test_of_several_pairs_each_is_told_the_best_of_the_others() -> None:
    """Of three places with two groups: one gains what its other group has, up to the most another place can lose."""
    truth = np.array([[1.0, 9.0, 4.0, 1.0, 6.0, 1.0]])
    walk = Walk(truth.copy(), np.zeros_like(truth), truth + 20, truth.copy(), truth.copy())
    walk.look(exchanges(crossed(3, 2, np.arange(6))))
    assert walk.high.tolist() == [[7, 10, 5, 5, 7, 7]]


def test_a_pair_is_turned_where_its_like_is_the_other_way_round() -> None:
    """Two places name two groups in opposite order: counts 1 and 2 are of one group, 0 and 3 of the other."""
    lines = [[-1, -1, 0, 0], [0, 0, -1, -1], [0, -1, -1, 0], [-1, 0, 0, -1]]
    assert [each.tolist() for each in exchanges(sparse.csr_array(lines))] == [[[1, 0], [2, 3]], [[1, 2], [0, 3]]]


def test_counts_that_stand_in_one_line_alone_or_in_a_long_one_make_no_list() -> None:
    assert exchanges(sparse.csr_array([[-1.0, -1.0, -1.0]])) == []
    assert exchanges(sparse.csr_array(np.full((1, 40), -1.0))) == []
    assert exchanges(sparse.csr_array([[1.0, -1.0]])) == []
