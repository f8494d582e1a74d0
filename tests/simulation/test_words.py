"""What words.py found is held to what is promised: the word effect where there is nothing but a course, and the rank.

Before: false "clear" under a drift of 2 points a wave 31.9, 69.9 and 90.2 pct. with 3, 6 and 8 waves before (800
draws); the raw rank among the outer tenth in 26.1 pct. with 20 answers and 0.0 with 1,000. Now 8 at most, and 10.
"""

import importlib.util
import sys
from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def words():
    place = importlib.util.spec_from_file_location("simulation_words", HERE / "words.py")
    module = importlib.util.module_from_spec(place)
    sys.modules[place.name] = module
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found():
    return pd.read_csv(HERE / "study_words.csv")


def of(found, what):
    return found[found["what"] == what].set_index("case")[["before", "after"]]


def test_a_course_alone_is_called_an_effect_in_at_most_8_of_100(found):
    gate = of(found, "gate")
    drift = gate[gate.index.str.contains("drift 2")]
    assert drift["before"].tolist() == pytest.approx([0.31, 0.72, 0.91], abs=0.04)
    assert drift["after"].max() <= 0.08
    assert gate[gate.index.str.contains("drift 0, effect 0")]["after"].max() <= 0.03


def test_false_dates_alone_see_next_to_nothing_with_three_waves_before(found):
    """As measured before: flagged in 8 to 10 where nothing happens, 8 to 15 on a course; the word in 19 to 26."""
    flagged = of(found, "false dates")
    assert flagged["before"].between(0.06, 0.17).all()
    assert flagged.filter(like="drift 2", axis=0)["after"].between(0.17, 0.29).all()


def test_that_the_dissatisfied_answer_less_is_taken_for_a_change(found):
    """As measured before: 12.6 pct. with 12 others and 22.6 with 42 and 400 answers; for an effect seldom."""
    response = of(found, "response")
    assert response["before"].tolist() == pytest.approx([0.126, 0.226], abs=0.03)
    assert response["after"].max() <= 0.08


def test_one_municipality_in_four_changes_by_more_than_its_sample_gives_and_few_are_told_of_a_clear_rise(found):
    own = of(found, "own")
    assert own["before"].between(0.20, 0.30).all()
    assert own["after"].max() <= 0.05


def test_an_effect_of_15_points_is_called_one_the_more_the_longer_one_looked_before(found):
    power = of(found, "gate").filter(like="effect 15", axis=0)["after"]
    assert power.tolist() == pytest.approx([0.46, 0.75, 0.84], abs=0.04)


def test_the_outer_tenth_by_rank_is_a_tenth_however_many_answered(found):
    rank = of(found, "rank")
    assert rank["after"].between(0.08, 0.125).all()
    assert rank.loc["20 answers", "before"] > 0.25
    assert rank.loc["1000 answers", "before"] < 0.02


def test_one_that_swings_twice_as_much_is_called_clear_too_often_and_an_effect_seldom(found):
    """As measured before: 12.7 with 12 and 18.1 with 42 others. No comparison can tell; the method says so."""
    swing = of(found, "swing")
    assert swing["before"].tolist() == pytest.approx([0.127, 0.181], abs=0.03)
    assert swing["after"].max() <= 0.08


def test_one_of_three_indicators_is_called_clear_by_chance_in_5_of_100(found):
    """Before, by their intervals: 10.1 with 12 and 11.4 with 43 others (1,600 tests); Holm 2.7 and 3.7.

    In 37 countries 5.1 was found where the main outcome is named: chance in the draws, for in 3,000 it is under 5.
    """
    family = found[found["what"] == "family"]
    assert family["before"].between(0.09, 0.14).all()
    assert family["error"].between(0, 0.002, inclusive="right").all()
    assert (family["after"] + family["error"] <= 0.05).all()


def test_an_index_detects_less_than_the_share_of_the_same_question_with_as_few_alarms(found):
    """As measured before: share 13.9 and 12.8 points, its index 12.4 and 11.5, trust 10.9, 10.1, all 10.6, 9.8."""
    outcome = of(found, "outcome")
    assert outcome["before"].max() <= 0.05 + 3 * sqrt(0.05 * 0.95 / 1625)
    for others, wanted in ((12, (0.139, 0.124, 0.109, 0.106)), (43, (0.128, 0.115, 0.101, 0.098))):
        names = ("satisfaction share", "satisfaction index", "trust index", "index of all five")
        seen = [outcome.loc[f"{others} others, {name}", "after"] for name in names]
        assert seen == pytest.approx(wanted, rel=0.06)
        assert seen == sorted(seen, reverse=True)


def test_a_row_can_be_made_again(words, found):
    case = words.GATES[1]
    made, stored = words.gate(*case, replicates=200), of(found, "gate")
    for name in ("before", "after"):
        share = stored.loc[made.case, name]
        assert float(getattr(made, name)) == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / 200))


@pytest.mark.simulation
def test_the_file_is_what_the_script_gives(words, found):
    made = words.rows().replace("", None)
    made = made.astype({"before": float, "after": float, "error": float})
    pd.testing.assert_frame_equal(made, found[made.columns.tolist()], atol=2e-3)
