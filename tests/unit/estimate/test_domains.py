"""How few stand behind each domain: the fewest answers, the fewest effective ones, and whether all chose one box."""

import numpy as np
import pandas as pd

from jobreport.estimate.domains import OUTSIDE, behind
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)


def asked(name, *waves):
    return Indicator(name, {}, (Question(name, {}, SCALE, {}, waves=waves),))


def domains(rows, *indicators, by=()):
    """Of rows of wave, municipality, group, weight, and an answer to each question (-1: none), by municipality."""
    names = [each.name for each in indicators]
    columns = ["wave", "municipality_code", "g", "weight", *names]
    frame = pd.DataFrame([row[: len(columns)] for row in rows], columns=columns)
    frame = frame.astype(dict.fromkeys(names, "int8") | dict.fromkeys(["wave", "municipality_code", "g"], "category"))
    tallies = Tallies(Sample(frame.assign(respondent_id=range(len(frame)))), list(by))
    found = behind(tallies, all_measures(indicators))
    return (
        found[found["municipality_code"].ne("000")]
        .set_index(["wave", "municipality_code", "group_by", "group"])
        .sort_index()
    )


ROWS = [
    ("w0", "183", "k", 1.0, 5, 4), ("w0", "183", "k", 3.0, 4, -1), ("w0", "183", "m", 1.0, 1, 1),
    ("w0", "187", "k", 1.0, 5, 5), ("w1", "183", "k", 1.0, 3, -1), ("w0", "183", None, 1.0, 2, 2),
]  # fmt: skip


def test_the_fewest_answers_to_a_question_that_was_asked_and_the_fewest_effective_ones():
    found = domains(ROWS, asked("p"), asked("q", "w0"))
    assert found["n"].to_dict() == {("w0", "183", "", ""): 3, ("w0", "187", "", ""): 1, ("w1", "183", "", ""): 1}
    effective = found["effective"].to_dict()
    assert effective["w0", "183", "", ""] == (1 + 1 + 1) ** 2 / 3, "of q; of p (1 + 3 + 1 + 1)² / 12 = 3 too"
    assert domains(ROWS, asked("p"))["effective"].to_dict()["w0", "183", "", ""] == 36 / 12
    assert domains(ROWS[:2], asked("p"))["effective"].tolist() == [16 / 10]


def test_a_domain_whose_answers_all_lie_in_one_box_is_marked_and_boxes_are_counted():
    found = domains(ROWS, asked("p"), asked("q", "w0"))
    assert found["one_box"].to_dict() == {
        ("w0", "183", "", ""): False, ("w0", "187", "", ""): True, ("w1", "183", "", ""): True,
    }  # fmt: skip
    here = found.loc[("w0", "183", "", "")]
    assert [here[f"p|{box}"] for box in ("", "positive", "neutral", "negative")] == [4, 2, 0, 2]
    assert [here[f"q|{box}"] for box in ("", "positive", "negative")] == [3, 1, 2]
    assert np.isnan(found.loc[("w1", "183", "", ""), "q|"]), "what was not asked has no answers, and not nought"


def test_groups_are_told_and_those_in_none_of_them_apart():
    found = domains(ROWS, asked("p"), by=("g",))
    here = found.loc["w0", "183", "g"]
    assert here["n"].to_dict() == {"k": 2, "m": 1, OUTSIDE: 1}
    assert here["one_box"].to_dict() == {"k": True, "m": True, OUTSIDE: False}
    assert here["effective"].to_dict() | {OUTSIDE: None} == {"k": 16 / 10, "m": 1.0, OUTSIDE: None}
    assert np.isnan(here.loc[OUTSIDE, "effective"])
    assert OUTSIDE not in found.loc["w1", "183", "g"].index
