"""The gate of the word effect beside another package: HonestDiD of diff-diff (honest.py, honest.csv).

What is left where the course goes straight on, and how far that is known, must be the same; it is computed by quite
another road (an optimal affine estimator of event-study coefficients). The gate asks another question of it: the
difference itself must be clear, and stay so at the end of the course's 50 pct. interval, where HonestDiD asks whether
what is left is. The first is stricter where the course runs against the difference, the second where the course is
known worse than the difference.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from jobreport.compare.course import Course
from jobreport.compare.effect import Effect
from jobreport.compare.panel import Changes, Line, Window
from tests.golden.panels import CASES, OTHERS, panel

NORMAL = 1.959963984540054
CODES = tuple(map(str, range(OTHERS + 1)))


@pytest.fixture(scope="module")
def honest() -> dict[tuple[float, ...], tuple[float, float]]:
    with Path(__file__).with_name("honest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    key = ("before", "after", "jump", "trend")
    return {tuple(float(row[name]) for name in key): (float(row["low"]), float(row["high"])) for row in rows}


def gate(before: int, after: int, jump: float, trend: float) -> tuple[Effect, Course]:
    values, periods = panel(before, after, jump, trend), tuple(range(before + after))
    window, line = Window(periods[:before], periods[before:]), Line(periods[:before])
    change, slope = (
        Changes((values @ np.array(each.contrast(before + after)))[None], codes=CODES) for each in (window, line)
    )
    (found,) = change.effects(CODES[:1], CODES[1:])
    return found, Course.of(slope, line, window, CODES[:1], CODES[1:])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_left_if_the_course_goes_on_is_that_of_another_package(honest, case):
    (low, high), (found, course) = honest[case], gate(*case)
    left = found.change - course.distance * course.slope.change
    error = np.hypot(found.standard_error, course.distance * course.slope.standard_error)
    assert (low + high) / 2 == pytest.approx(left, abs=2e-5)
    assert (high - low) / 2 == pytest.approx(NORMAL * error, abs=2e-5)


def test_the_gate_lets_through_what_another_package_does_but_for_those_at_the_edge(honest):
    """50 of 54 agree; the others lie within a tenth of the edge, or have a course that runs against the difference."""
    differ = {}
    for case in CASES:
        low, high = honest[case]
        found, course = gate(*case)
        if course.bears(found) != (low > 0 or high < 0):
            differ[case] = course.bears(found)
    assert differ == {
        (6, 3, 8.0, 0.0): True,
        (6, 3, 8.0, 1.5): True,
        (8, 2, 8.0, -2.5): False,
        (8, 4, 8.0, -2.5): False,
    }
    narrow = [honest[case] for case, only_here in differ.items() if only_here]
    assert all(low + high > 0.9 * (high - low) for low, high in narrow)


def test_a_course_alone_is_let_through_by_neither(honest):
    alone = [case for case in CASES if case[2] == 0]
    assert not any(low > 0 or high < 0 for low, high in (honest[case] for case in alone))
    assert not any(course.bears(found) for found, course in (gate(*case) for case in alone))
