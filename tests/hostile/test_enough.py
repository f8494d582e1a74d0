"""How many hostile inputs there are more than when the program was attacked first."""

from tests.hostile import files, packages, params_cases, test_answers, test_personal_shapes
from tests.hostile.workbooks import WHOLE

FIRST = 87 + 383
"""Survey files and params files in the tables of then."""


def test_there_are_a_hundred_and_fifty_new_rows_beside_a_hundred_ways_of_writing_a_person():
    new = len(files.CASES) + len(params_cases.cases()) - FIRST + len(WHOLE) + len(test_answers.CASES)
    assert new + len(packages.EVERY) >= 250
    assert new >= 150
    assert len(set(test_personal_shapes.PERSONAL)) >= 100
