"""How closely a hidden count can be known, beside every table of whole numbers that fits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

from jobreport.errors import InputRefused, Problem
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


def widths(lines: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """How far each count reaches in all tables of boxes that have these sums, of which none makes a count nobody."""
    fits = []
    for box in boxes:
        all_counts = np.array(list(itertools.product(range(int((lines @ box).max()) + 1), repeat=len(box))))
        fits.append(all_counts[(all_counts @ lines.T == lines @ box).all(axis=1)])
    together = (fits[0][:, None] + fits[1][None]).reshape(-1, len(boxes[0]))
    told = together[(together >= np.minimum(1, boxes.sum(axis=0))).all(axis=1)]
    return told.max(axis=0) - told.min(axis=0)


@pytest.mark.parametrize(
    "boxes",
    [
        [[0, 2, 0, 2, 2], [3, 3, 2, 1, 3]],
        [[1, 0, 2, 1, 0], [2, 2, 0, 1, 1]],
        [[2, 1, 1, 0, 3], [0, 1, 3, 2, 1]],
    ],
)
@pytest.mark.dear
def test_counts_of_sums_that_cross_are_as_safe_as_every_table_that_fits_says(boxes: list[list[int]]) -> None:
    """Sums that cross: what is found in boxes apart must not make a count nobody in all of them."""
    lines = np.array([[0, 1, 1, 1, 0], [1, 1, 0, 1, 1], [1, 0, 1, 1, 1]])
    names = np.array(["p", "q", "r", "s", "t"])
    sums = [[f"all {place}", *names[line > 0]] for place, line in enumerate(lines)]
    equations = Equations.of([*names, *(line[0] for line in sums)], sums)
    sizes = np.array(boxes)
    truth = np.hstack([sizes, sizes @ lines.T]).astype(float)
    reach, solved = widths(lines, sizes), 0
    for threshold in range(1, reach.max() + 2):
        found = Ranges(equations, truth[None])
        assert found.narrow(set(names), threshold) == set(names[reach < threshold]), threshold
        solved += found.solved
    assert solved, "it took programs"


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


def test_a_hidden_whole_is_the_sum_of_its_hidden_parts() -> None:
    """Of 20 people in two places 3 are known: 17 in three groups, one at least in each, so that each has 1 to 15."""
    sums = Equations.of(
        ["all", "a", "b", "a1", "a2", "b1", "b2"], [["all", "a", "b"], ["a", "a1", "a2"], ["b", "b1", "b2"]]
    )
    hidden = {"a", "b", "a1", "a2", "b2"}
    assert Ranges(sums, [20.0, 8, 12, 4, 4, 3, 9]).narrow(hidden, 14) == set()
    assert Ranges(sums, [20.0, 8, 12, 4, 4, 3, 9]).narrow(hidden, 15) == hidden


def test_what_the_sums_alone_make_narrow_costs_no_program() -> None:
    told = Ranges(SUMS, with_sums(np.array([1.0, 2.0, 2.0, 1.0])).tolist())
    assert told.narrow({*CELLS}, 5) == set(CELLS)
    assert told.solved == 0


def test_the_way_that_a_program_finds_for_one_question_is_gone_in_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three places in a ring, of which no two share two groups: no exchange, and one way round for every question."""
    ring = ["a1", "a2", "b2", "b3", "c3", "c1"]
    lines = [[place, *(cell for cell in ring if place in cell)] for place in "abc123"]
    equations = Equations.of([*ring, *"abc123"], lines)
    sizes = np.array([[9.0, 8, 7, 6, 7, 8], [6, 7, 8, 9, 8, 7], [4, 4, 4, 4, 9, 9]])
    monkeypatch.setattr(ranges, "EACH", 2)
    heard: list[tuple[int, int]] = []
    truth = np.pad(sizes, ((0, 0), (0, 6)))[:, None]
    told = Ranges(equations, truth, lambda *counts: heard.append(counts))
    assert told.narrow(set(ring), 5) == set()
    assert told.solved == 2
    assert heard == [(2, 6)], "the second program of six hidden counts"
    assert told.narrow(set(ring), 7) == set(ring), "seven tables fit the last, and no two are seven apart"
    monkeypatch.setattr(ranges, "MOST_PROGRAMS", 1)
    with pytest.raises(InputRefused) as refused:
        Ranges(equations, truth).narrow(set(ring), 5)
    said = {"hidden": 6, "most": 1}
    assert refused.value.problems == (Problem("suppression_too_large", "disclosure", said),)


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
    boxes = np.array([[1.0, 3.0], [2.0, 0.0]])
    assert ranges._widest(sparse.csr_array(line[:, :2]), boxes, 5).tolist() == [4, 4], "of six in two boxes 1 to 5"
    hidden_whole = sparse.csr_array([[1.0, -1.0, -1.0, -1.0]])
    assert ranges._widest(hidden_whole, np.array([[6.0, 1.0, 2.0, 3.0]]), 5).min() >= 20


def smallest(lines: list[list[float]], truth: list[list[float]], objective: list[float], **known: object) -> np.ndarray:
    """The solution of a program of these lines, counts and boxes."""
    system = ranges._System(sparse.csr_array(np.array(lines)), np.array(truth), 5, known.get("stay"))
    return system.smallest(np.array(objective), 0.0)


SQUARE = [[-1.0, -1, 0, 0], [0, 0, -1.0, -1], [-1.0, 0, -1, 0], [0, -1.0, 0, -1]]


def test_a_program_takes_a_count_as_low_as_the_sums_allow_and_leaves_one_of_each() -> None:
    """Of [3 2; 2 4] the first may be 1 to 4: below, it is nobody, and above, its neighbours are."""
    assert smallest(SQUARE, [[3, 2, 2, 4]], [1, 0, 0, 0]).tolist() == [[1, 4, 4, 2]]
    assert smallest(SQUARE, [[3, 2, 2, 4]], [-1, 0, 0, 0]).tolist() == [[4, 1, 1, 5]]


def test_what_is_nobody_may_stay_nobody() -> None:
    assert smallest(SQUARE, [[3, 0, 2, 4]], [-1, 0, 0, 0]).tolist() == [[3, 0, 2, 4]]
    assert smallest(SQUARE, [[0, 2, 2, 4]], [1, 0, 0, 0]).tolist() == [[0, 2, 2, 4]]


def test_each_box_has_sums_of_its_own_and_one_of_each_in_all_boxes_together() -> None:
    """The first count of the first box can go to nought, as it has two in the second; both together cannot."""
    boxes: list[list[float]] = [[3, 2, 2, 3], [2, 1, 1, 2]]
    assert smallest(SQUARE, boxes, [1, 0, 0, 0, 0, 0, 0, 0])[0].tolist() == [0, 5, 5, 0]
    assert smallest(SQUARE, boxes, [1, 0, 0, 0, 1, 0, 0, 0]).sum(axis=0).tolist() == [1, 7, 7, 1]


def test_boxes_gone_through_apart_keep_who_stays() -> None:
    """Two of the first count stay in its first box, and one of the second in that of the second box."""
    boxes: list[list[float]] = [[3, 2, 2, 3], [2, 1, 1, 2]]
    stay = np.array([[2.0, 0, 0, 0], [0, 1.0, 0, 0]])
    down = smallest(SQUARE, boxes, [1, 0, 0, 0, 1, 0, 0, 0], stay=stay)
    assert down.tolist() == [[2, 3, 3, 2], [0, 3, 3, 0]]
    up = smallest(SQUARE, boxes, [-1, 0, 0, 0, -1, 0, 0, 0], stay=stay)
    assert up.tolist() == [[5, 0, 0, 5], [2, 1, 1, 2]]


def test_no_count_is_tried_further_above_the_truth_than_is_wide_enough() -> None:
    """A hidden whole and its part have no other bound: four times the threshold of five above 3."""
    assert smallest([[1.0, -1.0]], [[3, 3]], [-1, 0]).tolist() == [[23, 23]]


def test_what_has_a_smallest_solution_in_halves_is_asked_for_whole_numbers() -> None:
    """Sums of 10, 9 and 9 round a triangle: with one each outside it a, b and c were 4½, 4½ and 3½; so one has two."""
    triangle = [[-1.0, -1, 0, -1, 0, 0], [0, -1.0, -1, 0, -1, 0], [-1.0, 0, -1, 0, 0, -1]]
    found = smallest(triangle, [[3, 3, 3, 4, 3, 3]], [0, 0, 0, 1, 1, 1])
    assert found[0, 3:].sum() == 4
    assert (np.array(triangle) @ found[0]).tolist() == [-10, -9, -9]
    assert (found >= 1).all()


def test_where_nothing_fits_the_truth_is_the_only_solution() -> None:
    """A box that is a person too small by rounding fits nothing that is above nought."""
    truth: list[list[float]] = [[9, 9, 9, 9], [-1, 0, 5, 5]]
    assert smallest(SQUARE, truth, [1, 0, 0, 0, 1, 0, 0, 0]).tolist() == truth
