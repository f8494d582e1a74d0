"""A main outcome that the codebook lacks is refused; one that it has decides what its indicator is told by."""

import pytest

from jobreport.intake.checks import strangers
from tests.unit import view_rows as made


def params(*chosen):
    events = [made.EVENT | {"event": f"e{i}", "outcome": each} for i, each in enumerate(chosen)]
    return made.labels(events=events, registers=[]).params


@pytest.mark.parametrize(
    ("chosen", "problems"),
    [
        ([None], []),
        ([{"indicator": "satisfaction"}], []),
        ([{"indicator": "satisfaction", "measure": "index"}, {"indicator": "trust", "measure": "index"}], []),
        ([{"indicator": "tilfredshed"}], ["outcome_unknown"]),
        ([{"indicator": "trust", "measure": "share"}], ["outcome_is_an_index"]),
        ([{"indicator": "meaning"}, {"indicator": "meaning", "measure": "index"}], ["outcome_in_two_measures"]),
    ],
)
def test_a_main_outcome_is_held_against_the_codebook(chosen, problems):
    assert [problem.key for problem in strangers.outcomes(params(*chosen), made.CODEBOOK.indicators)] == problems


def test_a_single_question_can_be_told_by_its_index():
    told = made.CODEBOOK.telling({"satisfaction": "index"})
    assert [each.main for each in told.indicators] == [("index", ""), ("index", ""), ("share", "positive")]
    assert made.CODEBOOK.indicators[0].main == ("share", "positive")
