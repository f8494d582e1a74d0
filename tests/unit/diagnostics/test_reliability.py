"""Alpha, omega and alpha without each question, of answers whose variances can be added up."""

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics.reliability import coefficients, omega, reliability
from jobreport.setup.codebook import Indicator, Question, Scale

SCALE = Scale("grad", {"da": tuple("abcde")}, 2, 2)


def index(*items):
    return Indicator("trust", {}, tuple(Question(item, {}, SCALE) for item in items))


def answers(n=10, wave="1", **columns):
    """Four kinds of people, ``n`` of each."""
    columns = columns or {"a": [1, 1, 5, 5], "b": [1, 5, 1, 5], "c": [1, 1, 5, 5]}
    frame = pd.DataFrame({name: np.repeat(values, n) for name, values in columns.items()}).astype("int8")
    return frame.assign(wave=pd.Categorical([wave] * len(frame), ["1", "2"]))


def told(rows):
    return {(row["measure"], row["category"]): row for row in rows}


def test_alpha_is_what_the_sum_varies_more_than_its_questions():
    """Of a, b and a again: variances of 4 each and of the sum 20, 3/2 x (1 - 12/20); without b both are the same."""
    found = told(reliability(answers(), [index("a", "b", "c")]))
    usual = {"diagnostic": "reliability", "indicator": "trust", "unit": "coefficient", "municipality_code": "000"}
    usual |= {"wave": "1", "n": 40}
    alpha = found["alpha", ""]
    assert {name: alpha[name] for name in usual} == usual
    assert (alpha["value"], alpha["reason"]) == (pytest.approx(0.6), "below_0.7")
    assert alpha["ci_low"] < 0.6 < alpha["ci_high"]
    without = {item: found["alpha_without_item", item]["value"] for item in "abc"}
    assert without == pytest.approx({"a": 0.0, "b": 1.0, "c": 0.0}, abs=1e-12)
    assert {found["alpha_without_item", item]["reason"] for item in "abc"} == {""}, "only a whole index can be too low"


def test_two_questions_have_an_alpha_and_nothing_without_one_of_them():
    assert [row["measure"] for row in reliability(answers(), [index("a", "b")])] == ["alpha"]
    assert reliability(answers(), [index("a")]) == []


def test_thirty_who_answered_every_question_in_a_wave_are_enough():
    few = pd.concat([answers(7, a=[1, 1, 5, 5], b=[1, 5, 1, 5]), answers(1, a=[5, 1, -1, 5], b=[5, 1, 1, 0])])
    assert reliability(few.assign(wave=few["wave"].astype("category")), [index("a", "b")])[0]["n"] == 30
    assert reliability(few[:-3], [index("a", "b")]) == []
    apart = pd.concat([answers(5), answers(5, wave="2")])
    assert reliability(apart.astype({"wave": "category"}), [index("a", "b")]) == [], "twenty in each"


def test_where_the_limit_is_reached_nothing_is_said_of_it():
    values = {
        round(row["value"], 6): row["reason"] for row in coefficients(pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 3]}))
    }
    assert values == {1.0: ""}


def test_a_question_that_everybody_answers_alike_has_no_factor():
    assert np.isnan(omega(np.column_stack([[1, 2, 3, 4], [1, 2, 3, 4], [2, 2, 2, 2]]).astype(float)))
