"""How closely a hidden count can be known, beside every table of whole numbers that fits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

from jobreport.release import ranges
from jobreport.release.ranges import Equations, Ranges

CELLS = ("a1", "a2", "b1", "b2")
SUMS = Equations.of(
    [*CELLS, "a", "b", "1", "2"], [["a", "a1", "a2"], ["b", "b1", "b2"], ["1", "a1", "b1"], ["2", "a2", "b2"]]
)
SIGNS = np.array([1, -1, -1, 1])


def with_sums(cells: np.ndarray) -> np.ndarray:
    """Two places of two groups, with the sums of both."""
    a1, a2, b1, b2 = np.moveaxis(cells, -1, 0)
    return np.stack([a1, a2, b1, b2, a1 + a2, b1 + b2, a1 + b1, a2 + b2], axis=-1)


def possible(boxes: np.ndarray) -> set[int]:
    """How many more the first cell can have: each box may move by itself, none below nought, no cell to nothing."""
    steps = itertools.product(range(-20, 21), repeat=len(boxes))
    found = set()
    for each in steps:
        moved = boxes + np.array(each)[:, None] * SIGNS
        if moved.min() >= 0 and (moved.sum(axis=0) >= np.minimum(1, boxes.sum(axis=0))).all():
            found.add(sum(each))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_count_is_narrow_where_the_tables_that_fit_are_near_each_other(seed: int) -> None:
    """Of a question with two boxes: one person of each count stays where he is, unless the exact search is needed."""
    boxes = np.random.default_rng(seed).integers(0, 5, (2, 4))
    width = max(possible(boxes)) - min(possible(boxes))
    for threshold in range(1, 9):
        found = Ranges(SUMS, with_sums(boxes[None].astype(float))).narrow({*CELLS}, threshold)
        assert found == (set(CELLS) if width < threshold else set()), (threshold, width)


def test_what_boxes_apart_do_not_reach_is_asked_of_all_boxes_together() -> None:
    """Of the first cell one stays in the first box, though both there may go where the one in the second box stays."""
    boxes = np.array([[2, 3, 3, 3], [1, 3, 3, 0]])
    assert possible(boxes) == set(range(-2, 6))
    told = Ranges(SUMS, with_sums(boxes[None].astype(float)))
    assert told.narrow({*CELLS}, 7) == set()
    assert told.narrow({*CELLS}, 8) == set(CELLS)


def test_of_several_questions_those_of_the_first_with_narrow_counts_are_told() -> None:
    wide, narrow = np.array([9.0, 9.0, 9.0, 9.0]), np.array([2.0, 2.0, 2.0, 2.0])
    told = Ranges(SUMS, with_sums(np.stack([wide, narrow, narrow])[:, None]))
    assert told.narrow({*CELLS}, 5) == set(CELLS)
    assert Ranges(SUMS, with_sums(wide[None, None])).narrow({*CELLS}, 5) == set()


def test_a_negative_rest_is_nobodys_and_makes_nothing_safe() -> None:
    """A box may be a person too small by rounding: from there no exchange begins, and no program finds a solution."""
    boxes = np.array([[9.0, 9.0, 9.0, 9.0], [-1.0, 5.0, 5.0, 5.0]])
    told = Ranges(SUMS, with_sums(boxes[None]))
    told._wander(told._places({*CELLS}), 5)
    assert (told._low == told._high).all()


def test_what_the_sums_alone_make_narrow_costs_no_program() -> None:
    told = Ranges(SUMS, with_sums(np.array([1.0, 2.0, 2.0, 1.0])).tolist())
    assert told.narrow({*CELLS}, 5) == set(CELLS)
    assert told.solved == 0


def test_the_way_that_a_program_finds_for_one_question_is_gone_in_the_others() -> None:
    """Three places in a ring, of which no two share two groups: no exchange, and one way round for every question."""
    ring = ["a1", "a2", "b2", "b3", "c3", "c1"]
    lines = [[place, *(cell for cell in ring if place in cell)] for place in "abc123"]
    equations = Equations.of([*ring, *"abc123"], lines)
    sizes = np.array([[9.0, 8, 7, 6, 7, 8], [6, 7, 8, 9, 8, 7], [4, 4, 4, 4, 9, 9]])
    told = Ranges(equations, np.pad(sizes, ((0, 0), (0, 6)))[:, None])
    assert told.narrow(set(ring), 5) == set()
    assert told.solved == 2
    assert told.narrow(set(ring), 7) == set(ring), "seven tables fit the last, and no two are seven apart"


def test_what_exchanges_make_safe_costs_no_program() -> None:
    told = Ranges(SUMS, with_sums(np.array([6.0, 7.0, 8.0, 9.0])).tolist())
    assert told.narrow({*CELLS}, 5) == set()
    assert told.solved == 0


def test_programs_are_solved_of_counts_that_depend_on_each_other_alone() -> None:
    lines = sparse.csr_array([[-1.0, -1.0, 0, 0, 0], [0, -1.0, -1.0, 0, 0], [0, 0, 0, -1.0, -1.0]])
    first = np.array([True, False, False, False, False])
    assert ranges._linked(lines, first).tolist() == [True, True, True, False, False]
    assert not ranges._linked(lines, np.zeros(5, dtype=bool)).any()


def test_the_sums_alone_leave_each_count_what_the_others_can_do_without() -> None:
    """Of 6 people in three places with one at least none has more than 4; a hidden whole may have 20 more."""
    line = np.array([[-1.0, -1.0, -1.0]])
    assert ranges._widest(sparse.csr_array(line), np.array([[1.0, 2.0, 3.0]]), 5).tolist() == [3, 3, 3]
    hidden_whole = sparse.csr_array([[1.0, -1.0, -1.0, -1.0]])
    assert ranges._widest(hidden_whole, np.array([[6.0, 1.0, 2.0, 3.0]]), 5).min() >= 20
