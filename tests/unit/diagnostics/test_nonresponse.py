"""Rows of non-response to the last cell: bounds, odds, rates, who came again, and what was left unweighted."""

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics.nonresponse import (
    again,
    bounds,
    earlier,
    nonresponse,
    odds,
    of_answers,
    of_changes,
    skipped,
    unweighted,
)
from jobreport.estimate.measures import Measure, headline
from jobreport.estimate.sample import Sample
from tests.unit import view_rows as made

SHARE = Measure("help", "share", "positive", "share", ("help",), (), 0.0, 1.0)
MEAN = Measure("help", "mean", "", "points_1_5", ("help",), (), 1.0, 5.0)
HELP = {"indicator": "help", "category": "positive", "n": 40}


def near(value):
    return pytest.approx(value)


def test_of_forty_of_a_hundred_the_bounds_and_the_tipping_point():
    """24 of a hundred for sure, 84 at most; 26 of the 60 others make a half."""
    usual = HELP | {"unit": "share"}
    assert bounds(0.6, 40, 100, SHARE) == [
        usual | {"measure": "worst", "value": near(0.24)}, usual | {"measure": "best", "value": near(0.84)},
        usual | {"measure": "tipping_point", "reason": "", "value": near(26 / 60)},
    ]  # fmt: skip
    low, high = bounds(3.0, 40, 100, MEAN)
    assert (low["value"], high["value"], low["unit"]) == (near(1.8), near(4.2), "points_1_5")
    assert [row["value"] for row in bounds(0.6, 40, 40, SHARE)] == [0.6, 0.6]
    assert [row["value"] for row in bounds(0.6, 41, 40, SHARE)] == [0.6, 0.6], "no more answered than all"


@pytest.mark.parametrize(
    ("share", "n", "point"), [(0.5, 50, 0.5), (1.0, 50, 0.0), (0.0, 50, 1.0), (1.0, 51, None), (0.0, 51, None)]
)
def test_a_majority_turns_where_some_share_of_the_silent_could_make_it(share, n, point):
    row = bounds(share, n, 100, SHARE)[2]
    assert row.get("value") == (None if point is None else near(point))
    assert row["reason"] == ("cannot_turn" if point is None else "")


def test_odds_are_told_of_a_share_of_which_some_were_silent():
    """Of 0.6 at odds of 1.5 with 40 of a hundred: 0.6 x (1 + 0.5 x 0.4 x 0.4) / (0.6 + 1.5 x 0.4)."""
    at, turning = odds(0.6, 40, 100, SHARE)
    assert at == HELP | {"measure": "at_odds", "unit": "share", "value": near(0.6 * 1.08 / 1.2)}
    assert turning == HELP | {"measure": "turning_odds", "unit": "ratio", "value": near(0.6 * 0.34 / (0.4 * 0.26))}
    below = odds(0.4, 40, 100, SHARE)[1]
    assert below == HELP | {
        "measure": "turning_odds_of_others",
        "unit": "ratio",
        "value": near(0.6 * 0.34 / (0.4 * 0.26)),
    }
    assert odds(0.6, 40, 40, SHARE) == odds(3.0, 40, 100, MEAN) == []
    even = odds(0.5, 40, 100, SHARE)[1]
    assert (even["measure"], even["value"]) == ("turning_odds", near(1.0))


PLACE = {"municipality_code": "183", "wave": "1", "group_by": "", "group": ""}


def levels(*rows):
    usual = PLACE | {"indicator": "help", "measure": "share", "category": "positive", "n": 40, "estimate": 0.9}
    return pd.DataFrame([usual | {"n_invited": 100.0, "n_answered": 50.0} | row for row in rows])


def test_a_domain_has_one_rate_and_the_rows_of_every_measure_by_what_was_answered_once():
    table = levels({}, {"measure": "mean", "category": ""}, {"group_by": "g", "group": "k", "n_invited": np.nan})
    plain = table.assign(estimate=[0.6, 3.0, 0.1])
    rows = nonresponse(table, plain, [SHARE, MEAN])
    whole = PLACE | {"diagnostic": "nonresponse"}
    assert rows[0] == whole | {"measure": "rate", "unit": "share", "value": 0.5, "n": 50}
    assert rows[1:6] == [whole | row for row in (*odds(0.6, 40, 100, SHARE), *bounds(0.6, 40, 100, SHARE))]
    assert rows[6:] == [whole | row for row in bounds(3.0, 40, 100, MEAN)]
    for left in ({"n": 0}, {"n_invited": 0.0}, {"indicator": "other"}, {"category": "negative"}, {"measure": "mean"}):
        assert nonresponse(levels(left), levels(left), [SHARE]) == []


CHANGE = {
    "event": "e",
    "indicator": "help",
    "category": "positive",
    "method": "change",
    "adjustment": "",
    "group_by": "",
}
CHANGE |= {
    "municipality_code": "183",
    "wave_before": "1+2",
    "wave_after": "3",
    "change": 0.1,
    "n_before": 70,
    "n_after": 38,
}


def told(levels_of=((0.59, "1+2"), (0.69, "3")), **changed):
    shares = [
        {"indicator": "help", "category": "positive", "group_by": "", "municipality_code": "183"}
        | {"wave": wave, "estimate": estimate} for estimate, wave in levels_of
    ]  # fmt: skip
    asked = pd.DataFrame([PLACE | {"wave": wave, "n_invited": 100.0, "n_answered": 40.0} for wave in "123"])
    asked = pd.concat([asked, asked.assign(group_by="g", n_invited=7.0)], ignore_index=True)
    return of_changes(pd.DataFrame([CHANGE | changed]), pd.DataFrame(shares), asked, ["183"])


def test_a_change_has_the_rate_of_its_windows_of_several_waves_and_the_odds_at_which_it_vanishes():
    rate, vanishing = told()
    common = {"diagnostic": "nonresponse", "municipality_code": "183"}
    assert rate == common | {"wave": "1+2", "measure": "rate", "unit": "share", "value": 0.4, "n": 80}
    odds_of = 0.69 * (1 - 0.59 - 0.31 * 0.38) / (0.31 * (0.59 - 0.69 * 0.38))
    assert vanishing == common | {
        "indicator": "help", "category": "e", "wave": "1+2+3", "measure": "vanishing_odds", "unit": "ratio",
        "value": near(odds_of), "n": 38,
    }  # fmt: skip
    (alone,) = told(wave_before="2", levels_of=((0.59, "2"), (0.69, "3")))
    assert (alone["measure"], alone["wave"]) == ("vanishing_odds", "2+3")


@pytest.mark.parametrize(
    "changed",
    [{"method": "effect"}, {"adjustment": "mix"}, {"group_by": "g"}, {"category": "negative"}, {"change": np.nan},
     {"municipality_code": "187"}],
)  # fmt: skip
def test_only_ones_own_plain_changes_of_shares_have_odds(changed):
    assert told(**changed) == []


def test_where_nobody_was_asked_no_odds_make_a_change_vanish():
    asked = pd.DataFrame([PLACE | {"wave": wave, "n_invited": 0.0, "n_answered": 0.0} for wave in "123"])
    assert (
        of_changes(
            pd.DataFrame([CHANGE]),
            pd.DataFrame(
                [
                    {"category": "", "group_by": "", "indicator": "help"}
                    | {"municipality_code": "183", "wave": "3", "estimate": 0.5}
                ]
            ),
            asked,
            ["183"],
        )
        == []
    )


def test_where_all_who_were_asked_have_answered_no_odds_make_a_change_vanish():
    for everybody in (100, 138):
        assert [row["measure"] for row in told(n_after=everybody)] == ["rate"]


def test_every_change_has_its_odds_and_a_window_one_rate():
    shares, asked = [], pd.DataFrame([PLACE | {"wave": wave, "n_invited": 100.0, "n_answered": 40.0} for wave in "123"])
    for name in ("help", "trust"):
        usual = {"indicator": name, "category": "positive", "group_by": "", "municipality_code": "183"}
        shares += [usual | {"wave": wave, "estimate": estimate} for wave, estimate in (("1+2", 0.59), ("3", 0.69))]
    both = pd.DataFrame([CHANGE, CHANGE | {"indicator": "trust"}])
    rows = of_changes(both, pd.DataFrame(shares), asked, ["183"])
    assert [(row["measure"], row.get("indicator")) for row in rows] == [
        ("rate", None), ("vanishing_odds", "help"), ("vanishing_odds", "trust")
    ]  # fmt: skip


def beside(**changed):
    own = CHANGE | {"scale": "points", "standard_error": 0.03}
    return of_answers(pd.DataFrame([own, own | {"method": "effect", "standard_error": 0.05} | changed]), ["183"])


def test_the_part_of_the_variance_that_more_answers_could_take_away():
    assert beside() == [
        {"diagnostic": "nonresponse", "indicator": "help", "category": "e", "municipality_code": "183",
         "wave": "1+2+3", "measure": "of_answers", "unit": "share", "n": 108, "value": near(0.36)}
    ]  # fmt: skip
    assert beside(standard_error=0.02)[0]["value"] == 1.0
    for other in ({"event": "f"}, {"adjustment": "mix"}, {"group_by": "g"}, {"scale": "log"}, {"wave_after": "4"}):
        assert beside(**other) == []


def answered(**row):
    usual = {"indicator": "help", "measure": "share", "category": "positive", "n": 40, "n_answered": 50} | PLACE
    return usual | row


def test_who_skipped_a_question_is_who_answered_neither_it_nor_that_he_did_not_know():
    rows = [answered(), answered(measure="dont_know", category="", n=45), answered(category="negative", n=50)]
    (row,) = skipped(pd.DataFrame(rows))
    assert row == {
        "diagnostic": "nonresponse", "measure": "skipped", "unit": "share", "indicator": "help",
        "municipality_code": "183", "wave": "1", "n": 50, "value": 0.1,
    }  # fmt: skip
    for other in ({"group_by": "g"}, {"n_answered": None}, {"n": None}, {"n_answered": 0}):
        assert skipped(pd.DataFrame([answered(**other)])) == []
    assert skipped(pd.DataFrame([answered(n=60)]))[0]["value"] == 0


def came(first=20, both=12):
    ids = [*range(first), *range(both), *range(100, 110), None, None]
    waves = ["1"] * first + ["2"] * (len(ids) - first - 1) + ["1"]
    return pd.DataFrame({"respondent_id": ids, "wave": waves, "municipality_code": "183"})


def test_who_came_again_is_told_of_as_a_part_of_those_named_before():
    (row,) = again(came(), ["1"], ["2"], "e", 5)
    assert row == {
        "diagnostic": "nonresponse", "measure": "again", "unit": "share", "category": "e", "municipality_code": "183",
        "wave": "1+2", "n": 20, "value": 0.6,
    }  # fmt: skip
    for both, least, there in ((8, 8, True), (8, 9, False), (12, 8, True), (12, 9, False)):
        assert bool(again(came(both=both), ["1"], ["2"], "e", least)) == there
    assert again(came(), ["1"], ["3"], "e", 5) == []


def people():
    """Ten who came again had answered 5, 4 of the ten others too; another municipality and a nameless one beside."""
    rows = [(number, "1", "183", 5) for number in range(10)] + [(number, "2", "183", 3) for number in range(10)]
    rows += [(number, "1", "183", 5 if number < 24 else 1) for number in range(20, 30)]
    rows += [(number, wave, "187", 1) for number in range(10) for wave in "12"] + [(None, "1", "183", 1)]
    frame = pd.DataFrame(rows, columns=["respondent_id", "wave", "municipality_code", "satisfaction"])
    frame = frame.assign(weight=1.0).astype({"satisfaction": "int8"})
    return Sample(frame.astype({"wave": "category", "municipality_code": "category"}))


def test_those_who_came_again_and_those_who_left_stand_apart_by_the_last_wave_before():
    asked = [made.CODEBOOK.indicators[0]]
    again_before, left_before = earlier(people(), asked, ["1"], ["2"], "e", ["183"], 10)
    common = {"diagnostic": "nonresponse", "indicator": "satisfaction", "unit": "share", "municipality_code": "183"}
    common |= {"wave": "1+2", "category": "e", "n": 10, "flag": "uncertain"}
    for row, name, value in ((again_before, "again_before", 1.0), (left_before, "left_before", 0.4)):
        assert {key: row[key] for key in common} == common
        assert (row["measure"], row["value"]) == (name, near(value))
        assert {*row} == {*common, "measure", "value", "ci_low", "ci_high"}
    assert earlier(people(), asked, ["1"], ["2"], "e", ["183"], 11) == []
    assert headline(asked[0]).category == "positive"


def test_an_unweighted_figure_stands_where_weights_move_it():
    plain = made.frame(*(made.estimate(indicator="help", wave=wave, estimate=0.5, ci_low=0.4, ci_high=0.6, n=90)
                         for wave in "12"))  # fmt: skip
    weighted = plain.assign(estimate=[0.55, 0.5], ci_low=0.0)
    (row,) = unweighted(weighted, plain)
    assert (row["diagnostic"], row["measure"], row["value"], row["wave"]) == ("nonresponse", "unweighted", 0.5, "1")
    assert (row["ci_low"], row["ci_high"], row["n"], row["indicator"], row["category"]) == (
        0.4,
        0.6,
        90,
        "help",
        "positive",
    )
    assert unweighted(weighted.assign(indicator="other"), plain) == []
