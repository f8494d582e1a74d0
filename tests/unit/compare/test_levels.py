"""The level over the years: of what is released alone, never across an event, never the news of the latest wave."""

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.levels import NO_COVARIANCES, over_the_years, wave_covariances, window_estimates
from jobreport.domain.released import frame
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
ASKED = (Indicator("q", {}, (Question("q", {}, SCALE, {}),)),)
CODES = ("101", "147", "153", "155", "157", "159", "161", "163")
WAVES = ("2020", "2021", "2022", "2023")
EVENT = {"101": [(("2020", "2021"), ("2022", "2023"))]}


def estimates(n=100, moved=0.0):
    rng = np.random.default_rng(3)
    rows = []
    for code in CODES:
        level = rng.uniform(0.4, 0.7)
        for wave in WAVES:
            value = level + rng.normal(0, 0.04) + (moved if code == "101" and wave >= "2022" else 0.0)
            cells = {"estimate": value, "standard_error": np.sqrt(value * (1 - value) / n), "n": n, "n_effective": n}
            rows.append({"municipality_code": code, "wave": wave, **cells})
    key = {"indicator": "q", "measure": "share", "category": "positive", "unit": "share", "simulated": False}
    return frame("estimates", [row | key for row in rows], {})


def level_of(table, code="101", events=None, covariances=NO_COVARIANCES):
    rows = over_the_years(table, covariances, ASKED, [code], events or {})
    return rows[0] if rows else None


def test_a_level_is_pooled_of_all_its_waves_and_says_which():
    row = level_of(estimates())
    assert (row["wave"], row["n"]) == ("2020+2021+2022+2023", 400)
    assert row["ci_low"] < row["value"] < row["ci_high"]


def test_never_across_an_event():
    row = level_of(estimates(moved=0.2), events=EVENT)
    assert (row["wave"], row["n"]) == ("2022+2023", 200)
    still = level_of(estimates(), events=EVENT)
    assert row["value"] == pytest.approx(still["value"] + 0.2, abs=0.01), "waves before do not hold it back"
    others = level_of(estimates(moved=0.2), "147", EVENT)
    assert others["wave"] == "2020+2021+2022+2023"


def test_a_wave_on_no_side_of_the_event_belongs_to_none():
    row = level_of(estimates(), events={"101": [(("2020",), ("2022", "2023"))]})
    assert row["wave"] == "2022+2023"
    assert level_of(estimates(), events={"101": [(("2020",), ("2023",))]}) is None


def test_a_latest_wave_outside_its_prediction_has_no_level_of_all():
    table = estimates()
    latest = table["municipality_code"].eq("101") & table["wave"].eq("2023")
    row = level_of(table.assign(estimate=table["estimate"].mask(latest, 0.95)))
    assert row["reason"] == "latest_apart"
    assert "value" not in row


def test_nothing_rests_on_what_is_hidden():
    """A hidden figure, whatever it is, changes no level: else the levels of the others would tell it."""
    table = estimates()
    hidden = table["municipality_code"].eq("147") & table["wave"].eq("2021")
    numbers = ["estimate", "standard_error", "n", "n_effective"]
    blank = table.assign(
        **{name: table[name].mask(hidden) for name in numbers}, flag=np.where(hidden, "suppressed", "")
    )
    secret = estimates()
    secret["estimate"] = secret["estimate"].mask(hidden, 0.01)
    of_blank, of_secret, of_all = (
        pd.DataFrame(over_the_years(each, NO_COVARIANCES, ASKED, CODES, {})).set_index("municipality_code")
        for each in (blank, secret, table)
    )
    assert of_blank.loc["147", "wave"] == "2020+2022+2023"
    assert of_blank.loc["101", "value"] != of_all.loc["101", "value"] != of_secret.loc["101", "value"]


def test_it_takes_four_others():
    few = estimates()
    assert level_of(few[few["municipality_code"].isin(CODES[:4])]) is None
    assert level_of(few[few["municipality_code"].isin(CODES[:5])]) is not None


def test_questions_that_were_asked_otherwise_are_not_pooled():
    (asked,) = ASKED
    changed = (Indicator("q", {}, asked.items, comparable=False),)
    assert over_the_years(estimates(), NO_COVARIANCES, changed, CODES, {}) == []


def answers(persons, share=0.6):
    rng = np.random.default_rng(5)
    rows = []
    for code in CODES:
        liking = rng.random(persons)
        for wave in WAVES:
            answer = np.where(liking < share, 5, 1)
            rows.append(
                pd.DataFrame({"municipality_code": code, "wave": wave, "respondent_id": range(persons), "q": answer})
            )
    table = pd.concat(rows, ignore_index=True).assign(weight=1.0)
    table["respondent_id"] = table["municipality_code"] + "_" + table["respondent_id"].astype(str)
    return table.astype({"municipality_code": "category", "wave": "category", "q": "int8"})


def test_those_who_answer_again_make_the_errors_of_waves_alike():
    table = answers(60)
    same = wave_covariances(Tallies(Sample(table, None)), ASKED).set_index(["municipality_code", "wave", "beside"])
    variance, beside = (same.loc[("101", "2020", wave), "covariance"] for wave in ("2020", "2023"))
    assert beside == pytest.approx(variance), "everybody answers the same again"
    unknown = wave_covariances(Tallies(Sample(table.drop(columns="respondent_id"), None)), ASKED)
    apart = unknown.set_index(["municipality_code", "wave", "beside"]).loc[("101", "2020", "2023"), "covariance"]
    assert apart == pytest.approx(0.0, abs=1e-12)
    assert len(same) == len(CODES) * 10


def counted(*cells):
    """So many positive and others of a municipality, wave and group; each weighs 1."""
    each = [(code, wave, group, answer) for code, wave, group, yes, no in cells for answer in [5] * yes + [1] * no]
    frame = pd.DataFrame(each, columns=["municipality_code", "wave", "g", "q"]).assign(weight=1.0)
    return frame.astype({"q": "int8"} | dict.fromkeys(["municipality_code", "wave", "g"], "category"))


WHERE = ["municipality_code", "wave", "group_by", "group"]
TOWNS = counted(
    ("101", "1", "k", 10, 30), ("101", "2", "k", 30, 10), ("101", "1", "m", 40, 0), ("101", "2", "m", 20, 20),
    ("147", "1", "k", 30, 10), ("147", "2", "k", 10, 30), ("147", "1", "m", 20, 20), ("147", "2", "m", 20, 20),
)  # fmt: skip


def windowed(category="positive", asked=ASKED, **options):
    options = {"windows": [["1", "2"], ["1"]], "focus": ["101"], "names": {"101": "By"}} | options
    rows = window_estimates(Tallies(Sample(TOWNS), ["g"]), asked, simulated=True, **options)
    return rows[rows["category"].eq(category)].set_index(WHERE)


def test_a_window_of_two_waves_is_their_plain_mean_of_everybody_and_of_the_groups_in_front():
    found = windowed()
    assert found["estimate"].round(9).to_dict() == {
        ("101", "1+2", "", ""): 0.625, ("147", "1+2", "", ""): 0.5, ("000", "1+2", "", ""): 0.5625,
        ("101", "1+2", "g", "k"): 0.5, ("000", "1+2", "g", "k"): 0.5,
        ("101", "1+2", "g", "m"): 0.75, ("000", "1+2", "g", "m"): 0.625,
    }  # fmt: skip
    assert [*found.index.get_level_values("group_by")] == [""] * 3 + ["g"] * 4
    assert found["n"].to_dict()["000", "1+2", "", ""] == 320
    assert found.loc[("101", "1+2", "", ""), "municipality"] == "By"
    assert found["simulated"].all()
    assert found["n_effective"].isna().all(), "the waves have their own"
    own = found.loc[("101", "1+2", "g", "k")]
    assert own["standard_error"] == pytest.approx((2 * 80 / 79 * 0.1875 / 40) ** 0.5 / 2), "eighty were drawn"


def test_single_answers_of_windows_are_given_of_those_in_front_and_of_everybody_alone():
    assert [*windowed("answer_5").index] == [("101", "1+2", "", ""), ("000", "1+2", "", "")]


def test_a_window_with_a_wave_that_did_not_ask_has_no_row_and_one_wave_is_itself():
    late = (Indicator("q", {}, (Question("q", {}, SCALE, {}, waves=("2",)),)),)
    assert len(windowed(asked=late)) == 0
    assert len(windowed(windows=[["1"], ["2"]])) == 0
