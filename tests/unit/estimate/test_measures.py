"""What is measured of a question: the value of every answer, by measure."""

import numpy as np
import pandas as pd
import pytest

from jobreport.estimate.measures import Answers, all_measures, headline, item_mean, measures_of, measures_of_question
from jobreport.setup.codebook import Indicator, Question, Scale

FIVE = Scale("grad", {"da": tuple("abcde")}, 2, 1)
UNSURE = {"da": ("ved ikke",)}
NAN = np.nan


def question(name="q", scale=FIVE, **more):
    return Question(name, {}, scale, **more)


def looked_up(*measures):
    """Measure and category -> value of the answers none, don't know, 1, 2, 3, 4 and 5."""
    return {(m.name, m.category): [None if np.isnan(v) else v for v in m.lookup] for m in measures}


def test_each_answer_has_a_value_in_every_measure():
    found = looked_up(*measures_of_question(question(dont_know=UNSURE), "help"))
    none = [None, None]
    assert found == {
        ("share", "positive"): [*none, 0, 0, 0, 1, 1], ("share", "neutral"): [*none, 0, 1, 1, 0, 0],
        ("share", "negative"): [*none, 1, 0, 0, 0, 0], ("share", "answer_1"): [*none, 1, 0, 0, 0, 0],
        ("share", "answer_2"): [*none, 0, 1, 0, 0, 0], ("share", "answer_3"): [*none, 0, 0, 1, 0, 0],
        ("share", "answer_4"): [*none, 0, 0, 0, 1, 0], ("share", "answer_5"): [*none, 0, 0, 0, 0, 1],
        ("mean", ""): [*none, 1, 2, 3, 4, 5], ("index", ""): [*none, 0, 25, 50, 75, 100],
        ("dont_know", ""): [None, 1, 0, 0, 0, 0, 0],
    }  # fmt: skip


def test_who_does_not_know_may_belong_to_the_base_of_the_shares_alone():
    found = looked_up(*measures_of_question(question(dont_know=UNSURE, dont_know_in_base=True), "help"))
    assert found["share", "positive"] == [None, 0, 0, 0, 0, 1, 1]
    assert found["share", "neutral"][1] == found["share", "negative"][1] == 0
    assert found["mean", ""][1] is None
    assert ("dont_know", "") not in looked_up(*measures_of_question(question(), "help"))


def test_a_measure_says_its_unit_its_ends_and_what_was_asked():
    by_name = {(m.name, m.category): m for m in measures_of_question(question(), "help")}
    known = {("share", "positive"): ("share", 0, 1), ("mean", ""): ("points_1_5", 1, 5)}
    for key, (unit, low, high) in (known | {("index", ""): ("points_0_100", 0, 100)}).items():
        measure = by_name[key]
        assert (measure.indicator, measure.unit, measure.lowest, measure.highest) == ("help", unit, low, high)
        assert (measure.items, measure.questions) == (("q",), (question(),))
    single, box = by_name["share", "answer_1"], by_name["share", "positive"]
    assert [(m.is_share, m.is_box, m.is_single_answer) for m in (single, box, by_name["mean", ""])] == [
        (True, False, True), (True, True, False), (False, False, False)
    ]  # fmt: skip


def test_a_mean_of_several_needs_half_of_them():
    whole = measures_of(Indicator("trust", {}, (question("a"), question("b"), question("c"))))
    assert [(m.indicator, m.name) for m in whole[:3]] == [("trust", "mean"), ("trust", "index"), ("a", "share")]
    answers = pd.DataFrame({"a": [5, 5, -1, 2], "b": [3, 0, -1, 2], "c": [1, -1, -1, 0]})
    np.testing.assert_array_equal(whole[0].values(answers), [3, NAN, NAN, 2])
    np.testing.assert_array_equal(whole[1].values(answers), [50, NAN, NAN, 25])
    two = measures_of(Indicator("both", {}, (question("a"), question("b"))))[0]
    np.testing.assert_array_equal(two.values(answers), [4, 5, NAN, 2])


def test_values_of_one_question_are_looked_up():
    share = measures_of_question(question("b"), "help")[0]
    answers = pd.DataFrame({"a": [1, 1, 1], "b": [5, 0, 3]})
    np.testing.assert_array_equal(share.values(answers), [1, NAN, 0])
    found = Answers.of(share, answers)
    assert (found.of_rows.tolist(), found.table.tolist()[2:]) == ([5, 0, 3], [0, 0, 0, 1, 1])
    both = Answers.of(measures_of(Indicator("both", {}, (question("a"), question("b"))))[0], answers)
    np.testing.assert_array_equal(both.table[both.of_rows + 1], [3, 1, 2])


def test_a_measure_was_asked_where_half_of_its_questions_were():
    asked = (question("a", waves=("1",)), question("b", waves=("1", "2")), question("c", waves=("3",)))
    mean = measures_of(Indicator("trust", {}, asked))[0]
    assert [mean.asked_in(wave) for wave in "123"] == [True, False, False]
    assert [measures_of(Indicator("both", {}, asked[:2]))[0].asked_in(wave) for wave in "123"] == [True, True, False]


def test_a_question_of_several_indicators_is_measured_once_and_each_is_told_by_what_it_says():
    alone, both = Indicator("a", {}, (question("a"),)), Indicator("both", {}, (question("a"), question("b")))
    names = [m.indicator for m in all_measures([alone, both]) if m.name == "index"]
    assert names == ["a", "both", "b"]
    told = [
        (m.indicator, m.name, m.category)
        for m in map(headline, (alone, both, Indicator("a", {}, alone.items, told="mean")))
    ]
    assert told == [("a", "share", "positive"), ("both", "index", ""), ("a", "mean", "")]
    assert [(m.indicator, m.name) for m in map(item_mean, (alone, both))] == [("a", "index"), ("both", "index")]
    short = question("z", Scale("ja_nej", {"da": ("nej", "ja")}, 1, 1))
    with pytest.raises(ValueError, match=r"^both: items with scales of"):
        measures_of(Indicator("both", {}, (question("a"), short)))
