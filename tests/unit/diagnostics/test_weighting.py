"""What was drawn and how it weighs, of answers that can be counted by hand."""

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics.weighting import coverage, drawn, weighting
from jobreport.estimate.measures import headline
from jobreport.estimate.sample import CLUSTER, OWN_STRATUM, Sample
from jobreport.estimate.weights import Calibration, Collapsed
from tests.unit import view_rows as made

PLACE = ["municipality_code", "wave"]


def answers(**columns):
    """Four in Ishøj and two in Vallensbæk, in one round."""
    frame = pd.DataFrame({"municipality_code": ["183"] * 4 + ["187"] * 2, "wave": "1", "satisfaction": np.int8(4)})
    frame = frame.assign(weight=[1.0, 1.0, 1.0, 3.0, 1.0, 1.0], respondent_id=range(6), **columns)
    return frame.astype(dict.fromkeys(PLACE, "category"))


def told(rows, *names):
    return {tuple(row[name] for name in names): (row["value"], row["n"]) for row in rows}


def test_weights_are_told_by_their_design_effect_and_their_ends_beside_the_mean():
    """1, 1, 1 and 3: four times 12 through 6 squared is 4/3; the mean is 1.5."""
    rows = told(weighting(answers(), None), "municipality_code", "measure", "wave")
    assert {key[:2]: value for key, value in rows.items() if key[0] == "183"} == {
        ("183", "design_effect"): (pytest.approx(4 / 3), 4), ("183", "min"): (pytest.approx(2 / 3), 4),
        ("183", "max"): (2.0, 4),
    }  # fmt: skip
    assert rows["187", "design_effect", "1"] == (1.0, 2)
    assert rows["000", "max", "1"] == (pytest.approx(3 / (8 / 6)), 6)
    every = [(row["diagnostic"], row["unit"]) for row in weighting(answers(), None)]
    assert set(every) == {("weights", "ratio")}


LEVEL = made.estimate(wave="1", n=5, estimate=0.5, standard_error=0.25)
OTHER = ({"group_by": "g"}, {"category": "negative"}, {"municipality_code": "187", "n": 1},
         {"municipality_code": "101", "standard_error": None})  # fmt: skip
LEVELS = made.frame(LEVEL, *(LEVEL | cells for cells in OTHER))


def test_clusters_and_strata_of_those_who_answered_are_counted_with_what_they_make_of_the_variance():
    """A quarter squared beside 0.25 / 4: the draw makes no difference."""
    columns = {CLUSTER: ["a", "a", "b", "b", "c", "c"], OWN_STRATUM: ["x", "x", "y", "y", "x", "x"]}
    rows = drawn(Sample(answers(**columns)), LEVELS, [headline(made.CODEBOOK.indicators[0])])
    assert told(rows, "measure", "municipality_code", "unit") == {
        ("strata", "183", "strata"): (2, 4), ("clusters", "183", "clusters"): (2, 4),
        ("clusters", "187", "clusters"): (1, 2), ("variance_ratio", "183", "ratio"): (pytest.approx(1.0), 5),
    }  # fmt: skip
    assert {row["diagnostic"] for row in rows} == {"weights"}
    assert [row["indicator"] for row in rows[3:]] == ["satisfaction"]


def test_of_a_simple_sample_nothing_was_drawn_that_could_be_told():
    assert drawn(Sample(answers()), LEVELS, [headline(made.CODEBOOK.indicators[0])]) == []
    assert coverage(Sample(answers())) == []


def test_of_a_random_sample_the_part_of_all_that_answered_is_told_where_it_is_known():
    (row,) = coverage(Sample(answers(), population=np.array([[10.0], [0.0]])))
    assert (row["municipality_code"], row["wave"], row["value"], row["n"]) == ("183", "1", 0.4, 4)
    assert (row["diagnostic"], row["measure"], row["unit"]) == ("nonresponse", "of_all", "share")


def test_categories_that_were_joined_are_told_with_everybody_of_their_round():
    gone = (
        Collapsed("1", "187", "age", (("18-24", "25-29"), ("60+", "70+", "80+"))),
        Collapsed("1", "183", "sex", (("k", "m"),)),
    )
    made = Calibration(np.zeros(6, int), np.ones(6), np.ones(6), (), gone)
    joined = [row for row in weighting(answers(), made) if row["measure"] == "joined"]
    assert joined[0] == {
        "diagnostic": "weights", "measure": "joined", "category": "age", "unit": "categories", "wave": "1",
        "municipality_code": "187", "value": 5, "n": 2, "reason": "joined=18-24+25-29;joined=60++70++80+",
    }  # fmt: skip
    assert [(row["municipality_code"], row["value"], row["n"]) for row in joined[1:]] == [("183", 2, 4)]


def test_replicate_weights_are_counted_where_anybody_answered():
    columns = {"replicate_1": [1.0] * 6, "replicate_2": [1.0] * 6}
    frame = answers(**columns).assign(wave=pd.Categorical(["1"] * 6, ["1", "2"]))
    rows = drawn(Sample(frame, scale=0.5), LEVELS[:0], [])
    assert told(rows, "measure", "municipality_code", "wave") == {
        ("replicates", "183", "1"): (2, 4), ("replicates", "187", "1"): (2, 2)
    }  # fmt: skip


def test_a_round_in_which_nobody_answered_has_no_weights():
    frame = answers().assign(wave=pd.Categorical(["1"] * 6, ["1", "2"]))
    assert {row["wave"] for row in weighting(frame, None)} == {"1"}
