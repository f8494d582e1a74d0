"""From round to round without an event: whom each round is held against, and that the numbers are the event's."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.compare.rounds import pairs, round_changes
from jobreport.compare.survey import survey_changes
from jobreport.domain.released import COUNTRY, KEYS
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question
from tests.events import event
from tests.unit.compare.test_survey import ONE, SCALE, TWO, one, rows, survey

NAMES = {"100": "Hundred"}


def rounds(frame, indicators=(ONE,), group_by=(), **more):
    asked = {"simulated": True, "names": NAMES, "focus": ["100"]} | more
    return round_changes(Tallies(Sample(frame), group_by), indicators, **asked)


@pytest.fixture(scope="module")
def table():
    return rounds(survey(), (ONE, TWO), group_by=("g",), mix="g")


def test_every_change_is_since_the_previous_and_since_the_first_round(table):
    assert set(zip(table["wave_before"], table["wave_after"], strict=True)) == {("w2", "w3"), ("w0", "w3")}
    assert set(table["event"]) == {""}
    assert set(table["role"]) == {"", "country"}
    assert not table.duplicated(list(KEYS["changes"])).any()


def test_groups_and_the_mix_are_told_of_those_in_front_and_of_all_together(table):
    apart = table[table["group_by"].ne("") | table["adjustment"].ne("") | table["method"].ne("change")]
    assert set(apart["municipality_code"]) == {"100", COUNTRY}
    assert {"mix", "rates"} <= set(table["method"])


def test_two_rounds_give_one_change_and_not_two():
    assert set(rounds(survey(waves=2))["wave_before"]) == {"w0"}


def test_a_change_is_the_difference_of_two_weighted_shares_with_its_own_interval():
    frame = survey(municipalities=1, n=400).assign(weight=1.0).drop(columns="respondent_id")
    found = one(rounds(frame), municipality_code="100", category="positive", wave_before="w2")
    positive = frame["q"].gt(3).groupby(frame["wave"], observed=True).mean()
    assert found["change"] == pytest.approx(positive["w3"] - positive["w2"])
    error = np.sqrt(sum(positive[w] * (1 - positive[w]) / 399 for w in ("w2", "w3")))
    assert found["standard_error"] == pytest.approx(error, rel=1e-3)
    assert found["ci_high"] - found["change"] == pytest.approx(stats.t.ppf(0.975, 798) * error, rel=2e-3)
    assert "overlap_unknown" in found["reason"]


def test_the_numbers_are_those_of_an_event_with_the_same_rounds(table):
    asked = {"event": event(["100"]), "before": ["w2"], "after": ["w3"], "mix": "g"}
    of_event = survey_changes(Tallies(Sample(survey()), ("g",)), (ONE, TWO), simulated=True, names=NAMES, **asked)
    keys = [key for key in KEYS["changes"] if key not in ("event", "role")]
    ours = rows(table, wave_before="w2").set_index(keys)
    theirs = of_event.set_index(keys).reindex(ours.index)
    numbers = ["change", "standard_error", "ci_low", "ci_high", "n_before", "n_after"]
    pd.testing.assert_frame_equal(ours[numbers], theirs[numbers])


def test_a_round_that_did_not_ask_or_in_which_nobody_answered_is_passed_over():
    asked = Indicator("q", {}, (Question("q", {}, SCALE, waves=("w0", "w1", "w3")),))
    frame = survey()
    absent = frame[~(frame["municipality_code"].eq("101") & frame["wave"].eq("w3"))]
    found = rounds(absent, (asked,))
    of_place = found.groupby("municipality_code")
    pairs = {code: {*zip(of["wave_before"], of["wave_after"], strict=True)} for code, of in of_place}
    assert pairs["100"] == pairs[COUNTRY] == {("w1", "w3"), ("w0", "w3")}
    assert pairs["101"] == {("w0", "w1")}


def test_what_may_not_be_compared_has_a_reason_and_no_number():
    other = Indicator("satisfaction", {}, ONE.items, comparable=False, reason="Andre ord")
    found = rounds(survey(), (other,))
    assert set(found["reason"]) == {"not_comparable"}
    assert set(found["event"]) == {""}
    assert found["change"].isna().all()
    assert len(found)


def test_one_round_alone_has_no_change():
    assert rounds(survey(waves=1)).empty


def test_one_who_answered_at_all_makes_a_round_for_his_municipality():
    places = [("101", "w0"), ("101", "w1"), ("101", "w2"), ("147", "w2"), ("147", "w2"), ("153", "w0"), ("153", "w1")]
    frame = pd.DataFrame(places, columns=["municipality_code", "wave"]).assign(weight=1.0, q=np.int8(3))
    frame = frame.astype({"municipality_code": "category", "wave": "category"})
    found = pairs(Sample(frame), all_measures([ONE])[:1])
    assert found == {("w1", "w2"): ("101", COUNTRY), ("w0", "w2"): ("101", COUNTRY), ("w0", "w1"): ("153",)}
