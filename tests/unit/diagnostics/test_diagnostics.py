"""How far the figures can be trusted: rows with a base, and numbers checked by hand."""

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics import survey_diagnostics
from jobreport.diagnostics.design import covariance, wald
from jobreport.diagnostics.groups import with_holm
from jobreport.diagnostics.nonresponse import (
    again,
    bounds,
    by_odds,
    earlier,
    odds,
    of_answers,
    of_changes,
    turning_odds,
)
from jobreport.diagnostics.reliability import omega, reliability
from jobreport.domain.released import COLUMNS
from jobreport.estimate.measures import measures_of
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.estimate.weights import calibrate
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.estimates import estimate

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)


def questions(*names):
    return tuple(Question(name, {}, SCALE) for name in names)


INDICATORS = (
    Indicator("satisfaction", {}, questions("q")),
    Indicator("trust", {}, questions("a", "b", "c")),
)
KEY = [
    "diagnostic", "indicator", "measure", "category", "municipality_code", "wave", "group_by", "group",
]  # fmt: skip


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(11)
    n = 1200
    group = rng.choice(["k", "m", "o"], n, p=[0.5, 0.4, 0.1])
    latent = rng.normal(0, 1, n) + np.where(group == "m", -0.8, 0.0)
    frame = pd.DataFrame(
        {
            "municipality_code": rng.choice(["101", "147", "183", "187"], n),
            "wave": rng.choice(["1", "2"], n),
            "g": group,
            "weight": rng.uniform(0.5, 2, n),
        }
    )
    for column in ("municipality_code", "wave", "g"):
        frame[column] = frame[column].astype("category")
    for item in ("q", "a", "b", "c"):
        points = np.clip(np.round(3 + latent + rng.normal(0, 0.7, n)), 1, 5)
        frame[item] = points.astype("int8")
    return frame


@pytest.fixture(scope="module")
def invited(frame):
    counts = frame.groupby(["municipality_code", "wave"], observed=True).size()
    table = counts.rename("n_answered").reset_index()
    return table.assign(n_invited=2 * table["n_answered"])


@pytest.fixture(scope="module")
def table(frame, invited):
    kwargs = {"simulated": True, "names": {"183": "Ishøj"}}
    estimates = estimate(frame, INDICATORS, invited=invited, group_by=("g",), **kwargs)
    return survey_diagnostics(Tallies(Sample(frame), ("g",)), INDICATORS, estimates, mix="g", focus=["183"], **kwargs)


def rows(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def one(table, **where):
    found = rows(table, **where)
    assert len(found) == 1, f"{len(found)} rows for {where}"
    return found.iloc[0]


@pytest.mark.dear
def test_rows_are_the_contract(table):
    assert tuple(table.columns) == COLUMNS["diagnostics"]
    assert not table.duplicated(KEY).any()
    assert table["n"].notna().all()
    assert set(table["diagnostic"]) == {
        "reliability", "weights", "nonresponse", "group_test", "drivers", "funnel",
    }  # fmt: skip
    assert table["simulated"].all()


def test_bounds_and_tipping_point(table):
    where = {"municipality_code": "183", "wave": "2", "group_by": "", "indicator": "satisfaction"}
    worst, best, tipping = (one(table, measure=name, **where)["value"] for name in ("worst", "best", "tipping_point"))
    rate = one(table, measure="rate", municipality_code="183", wave="2", group_by="")["value"]
    assert rate == 0.5
    assert best - worst == pytest.approx(0.5)
    # with that share among the others exactly half of all are positive
    assert worst + 0.5 * tipping == pytest.approx(0.5)


def small_file():
    """Two groups that answer unequally and are weighted up: 2 of 5 and 3 of 4 answered; 1 and 2 are positive."""
    answers = [("k", 5, 2.5), ("k", 1, 2.5), ("m", 4, 4 / 3), ("m", 5, 4 / 3), ("m", 2, 4 / 3)]
    frame = pd.DataFrame(answers, columns=["g", "q", "weight"]).assign(municipality_code="183", wave="1")
    for column in ("municipality_code", "wave", "g"):
        frame[column] = frame[column].astype("category")
    frame["q"] = frame["q"].astype("int8")
    place = {"municipality_code": "183", "wave": "1"}
    invited = [
        place | {"group_by": "", "group": "", "n_invited": 9, "n_answered": 5},
        place | {"group_by": "g", "group": "k", "n_invited": 5, "n_answered": 2},
        place | {"group_by": "g", "group": "m", "n_invited": 4, "n_answered": 3},
    ]
    return frame, pd.DataFrame(invited)


@pytest.mark.parametrize(("group_by", "group", "asked"), [("", "", 9), ("g", "k", 5), ("g", "m", 4)])
def test_bounds_are_the_least_and_the_most_over_every_way_the_silent_could_have_answered(group_by, group, asked):
    frame, invited = small_file()
    known = {"simulated": True, "names": {}}
    estimates = estimate(frame, INDICATORS[:1], invited=invited, group_by=("g",), **known)
    found = survey_diagnostics(Tallies(Sample(frame), ("g",)), INDICATORS[:1], estimates, focus=["183"], **known)
    answers = frame.loc[frame["g"].eq(group) if group else slice(None), "q"] >= 4
    completed = [
        np.mean([*answers, *silent]) for silent in itertools.product([False, True], repeat=asked - len(answers))
    ]
    where = {"municipality_code": "183", "group_by": group_by, "group": group, "category": "positive"}
    assert one(found, measure="worst", **where)["value"] == pytest.approx(min(completed))
    assert one(found, measure="best", **where)["value"] == pytest.approx(max(completed))


@pytest.mark.parametrize("silent", range(1, 4))
def test_odds_equal_every_way_the_silent_could_have_answered(silent):
    """3 of 5 answers are positive, and 1 to 3 of the 4 others: their odds of answering give the share of all nine."""
    answered = {"positive": 3, "not": 2}
    all_asked = {"positive": 3 + silent, "not": 2 + 4 - silent}
    each = {kind: answered[kind] / (all_asked[kind] - answered[kind]) for kind in answered}
    true, odds_of_answering = all_asked["positive"] / 9, each["positive"] / each["not"]
    assert by_odds(3 / 5, 5 / 9, odds_of_answering) == pytest.approx(true, abs=1e-15)
    assert turning_odds(3 / 5, 5 / 9, target=true) == pytest.approx(odds_of_answering)


def test_where_nobody_who_was_silent_could_turn_it_no_odds_do():
    assert np.isnan(turning_odds(0.9, 0.95))
    assert np.isnan(turning_odds(1.0, 0.4))
    share = measures_of(INDICATORS[0])[0]
    assert [row["measure"] for row in odds(0.9, 95, 100, share)] == ["at_odds"]
    assert [row["measure"] for row in odds(0.4, 50, 100, share)] == ["at_odds", "turning_odds_of_others"]
    assert odds(0.9, 100, 100, share) == []


def own_change(before, after):
    """A change from one wave to two others, of 38 of 100 asked in each; and the levels at its ends."""
    row = {"event": "e", "indicator": "satisfaction", "measure": "share", "category": "positive", "method": "change"}
    row |= {"adjustment": "", "group_by": "", "municipality_code": "183", "wave_before": "1", "wave_after": "2+3"}
    levels = [
        {"indicator": "satisfaction", "category": "positive", "group_by": "", "municipality_code": "183"}
        | {"wave": wave, "estimate": estimate}
        for wave, estimate in (("1", before), ("2+3", after))
    ]
    changes = pd.DataFrame([row | {"change": after - before, "n_before": 38, "n_after": 76}])
    return changes, pd.DataFrame(levels)


def invited_in_three_waves(**wave_three):
    rows = [{"municipality_code": "183", "wave": wave, "n_invited": 100.0, "n_answered": 38.0} for wave in "123"]
    rows[2] |= wave_three
    return pd.DataFrame(rows).assign(group_by="", group="")


@pytest.mark.parametrize(
    ("before", "after", "name", "value"),
    [(0.59, 0.69, "vanishing_odds", 1.98), (0.59, 0.64, "vanishing_odds", 1.40),
     (0.41, 0.31, "vanishing_odds_of_others", 1.98)],
)  # fmt: skip
def test_a_change_vanishes_at_some_odds_of_answering(before, after, name, value):
    """38 pct. answered: 59 to 69 pct. is no change if the positive became twice as likely to answer."""
    rate, row = of_changes(*own_change(before, after), invited_in_three_waves(), ["183"])
    assert (rate["measure"], rate["wave"], rate["value"], rate["n"]) == ("rate", "2+3", 0.38, 76)
    assert (row["measure"], row["wave"], row["category"]) == (name, "1+2+3", "e")
    assert row["value"] == pytest.approx(value, abs=0.005)
    share, wanted = (after, before) if name == "vanishing_odds" else (1 - after, 1 - before)
    assert by_odds(share, 0.38, row["value"]) == pytest.approx(wanted)


def test_of_a_wave_that_does_not_say_how_many_were_asked_no_odds_are_told():
    assert of_changes(*own_change(0.59, 0.69), None, ["183"]) == []
    assert of_changes(*own_change(0.59, 0.69), invited_in_three_waves(), ["187"]) == []
    assert of_changes(*own_change(0.59, 0.69), invited_in_three_waves(n_invited=np.nan), ["183"]) == []
    (row,) = of_changes(*own_change(0.59, 0.69), invited_in_three_waves(n_answered=np.nan), ["183"])
    assert row["measure"] == "vanishing_odds"


def test_what_more_answers_could_take_away_is_the_part_of_the_own_sample():
    changes, _ = own_change(0.59, 0.69)
    own = changes.assign(scale="points", standard_error=0.03, event="e")
    rows = pd.concat([own, own.assign(method="effect", standard_error=0.05)], ignore_index=True)
    (row,) = of_answers(rows, ["183"])
    assert (row["value"], row["wave"], row["category"]) == (pytest.approx(0.36), "1+2+3", "e")
    assert (row["diagnostic"], row["measure"], row["unit"]) == ("nonresponse", "of_answers", "share")
    hidden = rows.assign(standard_error=rows["standard_error"].where(rows["method"] == "change"))
    assert of_answers(hidden, ["183"]) == []
    assert of_answers(rows, ["187"]) == []


@pytest.mark.parametrize(("came_again", "told"), [(12, 0.6), (4, None), (16, None), (20, None)])
def test_how_many_came_again_is_told_where_neither_they_nor_the_others_are_few(came_again, told):
    ids = [*range(20), *range(came_again), *range(100, 120 - came_again)]
    frame = pd.DataFrame({"respondent_id": ids, "wave": ["1"] * 20 + ["2"] * 20, "municipality_code": "183"})
    rows = again(frame, ["1"], ["2"], "e", 5)
    assert [(row["value"], row["n"], row["wave"]) for row in rows] == ([] if told is None else [(told, 20, "1+2")])
    assert again(frame.drop(columns="respondent_id"), ["1"], ["2"], "e", 5) == []


def panel(came_again):
    """Two waves of 40 people; those who came again had all answered the top before, of the others every second."""
    ids = [*range(40), *range(came_again), *range(100, 140 - came_again)]
    before = [5] * came_again + [1, 5] * ((40 - came_again) // 2)
    people = pd.DataFrame({"respondent_id": ids, "wave": ["1"] * 40 + ["2"] * 40, "q": [*before, *([3] * 40)]})
    return people.assign(municipality_code="183", weight=1.0).astype(
        {"wave": "category", "municipality_code": "category", "q": "int8"}
    )


@pytest.mark.parametrize(("came_again", "told"), [(10, True), (30, True), (4, False), (36, False), (40, False)])
def test_those_who_came_again_stand_beside_those_who_did_not_by_what_they_had_answered(came_again, told):
    told_by = INDICATORS[:1]
    rows = earlier(Sample(panel(came_again)), told_by, ["1"], ["2"], "e", ["183"], 10)
    if not told:
        assert rows == []
        return
    again_before, left_before = rows
    assert (again_before["measure"], again_before["value"], again_before["n"]) == ("again_before", 1.0, came_again)
    assert (left_before["measure"], left_before["value"], left_before["n"]) == ("left_before", 0.5, 40 - came_again)
    assert {row["wave"] for row in rows} == {"1+2"}, "hidden where a wave of either side is"
    assert left_before["ci_low"] < 0.5 < left_before["ci_high"]
    nobody = panel(came_again).drop(columns="respondent_id")
    assert earlier(Sample(nobody), told_by, ["1"], ["2"], "e", ["183"], 10) == []
    assert earlier(Sample(panel(came_again)), told_by, ["1"], ["2"], "e", [], 10) == []


def test_those_who_came_again_are_not_told_of_where_one_outweighs_the_others():
    people = panel(10)
    people.loc[0, "weight"] = 20.0  # of a sum of 29: (29)^2 / (20^2 + 9) = 2.1 effective answers
    assert earlier(Sample(people), INDICATORS[:1], ["1"], ["2"], "e", ["183"], 10) == []


def test_weights_cannot_move_the_truth_outside_the_bounds():
    """1,000 asked and 100 answered, 20 positive; 200 asked and 100 answered, 90 positive: 110 and 1,110 of 1,200."""
    share = measures_of(INDICATORS[0])[0]
    worst, best, tipping = (row["value"] for row in bounds(110 / 200, 200, 1200, share))
    assert (round(worst, 3), round(best, 3), round(tipping, 3)) == (0.092, 0.925, 0.49)


def test_no_share_can_turn_a_finding_with_few_silent():
    share = measures_of(INDICATORS[0])[0]
    row = bounds(0.9, 95, 100, share)[2]
    assert (row["measure"], row["reason"]) == ("tipping_point", "cannot_turn")
    assert "value" not in row
    assert len(bounds(0.9, 100, 100, share)) == 2


def test_unweighted_stands_beside_weighted(table, frame):
    row = one(table, measure="unweighted", municipality_code="183", wave="2", category="positive")
    here = frame[(frame["municipality_code"] == "183") & (frame["wave"] == "2")]
    assert row["value"] == pytest.approx((here["q"] >= 4).mean())
    assert row["ci_low"] < row["value"] < row["ci_high"]


def test_groups_that_differ_are_found(table):
    trust = one(table, measure="wald", municipality_code="000")
    assert trust["p_adjusted"] < 1e-6
    difference = one(table, measure="largest_difference", municipality_code="000")
    assert difference["value"] > 10
    share = one(table, measure="rao_scott", municipality_code="000")
    assert share["p_value"] <= share["p_adjusted"] < 1e-3
    assert 0.1 < one(table, measure="cramer_v", municipality_code="000")["value"] < 1
    assert set(rows(table, diagnostic="group_test")["group_by"]) == {"g"}


def test_small_groups_are_left_out_of_the_test(frame):
    few = frame.copy()
    few["g"] = few["g"].cat.add_categories("rare")
    few.loc[few.index[few["wave"] == "2"][:3], "g"] = "rare"
    estimates = estimate(few, INDICATORS, simulated=True, names={})
    table = survey_diagnostics(Tallies(Sample(few), ("g",)), INDICATORS, estimates, simulated=True, names={})
    assert one(table, measure="rao_scott")["reason"] == "groups_left_out=1"


def test_holm_multiplies_the_smallest():
    families = [[{"p_value": 0.01}], [{"p_value": 0.04}, {"other": 1}], []]
    found = with_holm(families)
    assert [row.get("p_adjusted") for row in found] == [pytest.approx(0.02), pytest.approx(0.04), None]


def test_drivers_have_intervals(table):
    found = rows(table, diagnostic="drivers", municipality_code="183")
    assert set(found["category"]) == {"a", "b", "c"}
    assert set(found["measure"]) == {"correlation", "coefficient"}
    assert (found["ci_low"] < found["value"]).all()
    assert (found["value"] < found["ci_high"]).all()
    assert rows(found, measure="correlation")["value"].between(0.3, 0.9).all()


def test_funnel_limits_hold_what_chance_gives(table):
    for code in ("101", "183"):
        where = {"diagnostic": "funnel", "indicator": "satisfaction", "municipality_code": code}
        narrow, wide = one(table, measure="limit_95", **where), one(table, measure="limit_998", **where)
        assert wide["ci_low"] < narrow["ci_low"] < narrow["value"] < narrow["ci_high"] < wide["ci_high"]
    country = {"municipality_code": "000", "indicator": "satisfaction"}
    for measure, expected in (("outside_95", 4 * 0.05), ("outside_998", 4 * 0.002)):
        row = one(table, measure=measure, **country)
        assert (row["ci_high"], row["unit"]) == (pytest.approx(expected), "municipalities")
        limits = rows(table, diagnostic="funnel", indicator="satisfaction", measure=measure.replace("outside", "limit"))
        assert row["value"] == limits["reason"].eq("outside").sum()


def test_a_municipality_without_a_group_is_not_standardised(frame):
    lacking = frame[~((frame["municipality_code"] == "183") & (frame["g"] == "o"))]
    estimates = estimate(lacking, INDICATORS, simulated=True, names={})
    table = survey_diagnostics(Tallies(Sample(lacking)), INDICATORS, estimates, mix="g", simulated=True, names={})
    row = one(table, measure="standardised", municipality_code="183", indicator="satisfaction")
    assert (np.isnan(row["value"]), row["reason"]) == (True, "empty_group")


def test_weights_are_described(table, frame):
    row = one(table, measure="design_effect", municipality_code="000", wave="1")
    weight = frame.loc[frame["wave"] == "1", "weight"]
    assert row["value"] == pytest.approx(1 + weight.var(ddof=0) / weight.mean() ** 2)
    assert one(table, measure="max", municipality_code="000", wave="1")["value"] > 1


@pytest.mark.dear
def test_joined_categories_are_told(frame):
    margins = pd.DataFrame(
        [
            {"wave": w, "municipality_code": c, "group_by": "g", "group": g, "count": 100}
            for w in "12"
            for c in frame["municipality_code"].cat.categories
            for g in "kmo"
        ]
    )
    weighted, calibration = calibrate(frame, margins, "poststratify", smallest=20)
    estimates = estimate(weighted, INDICATORS, simulated=True, names={}, calibration=calibration)
    table = survey_diagnostics(Tallies(Sample(weighted, calibration)), INDICATORS, estimates, simulated=True, names={})
    joined = rows(table, measure="joined")
    assert len(joined) == len(calibration.collapsed) > 0
    assert joined["reason"].str.contains("m+o", regex=False).any()


def test_reliability_is_flagged_below_07(frame):
    rng = np.random.default_rng(1)
    noise = frame.copy()
    for item in ("a", "b", "c"):
        noise[item] = rng.integers(1, 6, len(noise)).astype("int8")
    found = [row for row in reliability(noise, INDICATORS) if row["measure"] == "alpha"]
    assert [row["reason"] for row in found] == ["below_0.7", "below_0.7"]
    good = [row for row in reliability(frame, INDICATORS) if row["measure"] == "alpha"]
    assert [row["reason"] for row in good] == ["", ""]
    assert reliability(frame.head(20), INDICATORS) == []


def test_omega_of_known_loadings():
    """Items that are a factor times .9, .8, .6 plus noise: omega = 2.3^2 / (2.3^2 + .19 + .36 + .64)."""
    loadings = np.array([0.9, 0.8, 0.6])
    rng = np.random.default_rng(0)
    factor = rng.normal(size=(200_000, 1))
    answers = factor * loadings + rng.normal(size=(200_000, 3)) * np.sqrt(1 - loadings**2)
    assert omega(answers) == pytest.approx(2.3**2 / (2.3**2 + 1.19), abs=0.005)


def test_covariance_of_two_sums():
    # two strata of two: 2/1 x centred products
    u = np.array([[1.0, 0.0], [3.0, 2.0], [0.0, 5.0], [0.0, 5.0]])
    found = covariance(u, SimpleNamespace(stratum=np.array([4, 4, 9, 9]), replicates=None, scale=None))
    np.testing.assert_allclose(found, [[4.0, 4.0], [4.0, 4.0]])


@pytest.mark.dear
def test_answers_that_the_weighting_explains_whole_are_not_tested():
    """One answer in each municipality, weighted to the country's number there: no score is left to vary."""
    places = [f"{code}" for code in range(101, 141)]
    people = one_place().head(40).assign(municipality_code=pd.Categorical(places), q=[1, 5] * 20)
    known = pd.DataFrame({"wave": "1", "municipality_code": places, "group_by": "g", "group": "k", "count": 10})
    known = pd.concat([known, known.assign(group="m")])
    weighted, calibration = calibrate(people, known)
    common = {"simulated": False, "names": {}}
    estimates = estimate(weighted, INDICATORS, calibration, ("g",), **common)
    table = survey_diagnostics(Tallies(Sample(weighted, calibration), ("g",)), INDICATORS, estimates, **common)
    assert rows(table, diagnostic="group_test").empty


def test_wald_needs_enough_respondents():
    assert wald(np.array([1.0, 2.0]), np.eye(2), 0) is None
    assert wald(np.array([1.0, 2.0]), np.zeros((2, 2)), 50) is None
    # one contrast: F is the squared t
    assert wald(np.array([1.0, 3.0]), np.eye(2), 50).statistic == pytest.approx(4 / 2)


def one_place(**answers):
    """Sixty people in one municipality and wave: the answers given, the other questions anyhow."""
    rng = np.random.default_rng(5)
    people = {item: rng.integers(1, 6, 60) for item in ("q", "a", "b", "c")} | answers
    places = {"municipality_code": ["183"] * 60, "wave": ["1"] * 60, "g": ["k", "m"] * 30}
    frame = pd.DataFrame(places | people).astype(dict.fromkeys(places, "category"))
    return frame.assign(weight=1.0)


def described(people):
    common = {"simulated": True, "names": {}}
    estimates = estimate(people, INDICATORS, group_by=("g",), **common)
    table = survey_diagnostics(Tallies(Sample(people), ("g",)), INDICATORS, estimates, mix="g", focus=["183"], **common)
    return rows(table, diagnostic="drivers", municipality_code="183").set_index(["measure", "category"])


def test_two_questions_answered_alike_by_everybody_have_no_coefficients_and_the_reason():
    answers = np.random.default_rng(2).integers(1, 6, 60)
    found = described(one_place(a=answers, b=answers))
    told = found.loc["coefficient"]
    assert set(told["reason"]) == {"same_answers"}
    assert told["value"].isna().all()
    assert found.loc["correlation", "ci_low"].notna().all()


@pytest.mark.dear
def test_a_question_answered_as_satisfaction_by_everybody_has_no_correlation_and_the_others_have():
    answers = np.random.default_rng(2).integers(1, 6, 60)
    found = described(one_place(q=answers, a=answers))
    assert found.loc[("correlation", "a"), "reason"] == "same_answers"
    assert np.isnan(found.loc[("correlation", "a"), "value"])
    assert found.loc[("correlation", "b"), ["value", "ci_low", "ci_high"]].notna().all()


def test_a_question_answered_one_way_by_everybody_leaves_the_others_their_correlation():
    found = described(one_place(c=np.full(60, 4)))
    assert list(found.loc["correlation", "reason"]) == ["", "", "same_answers"]
    assert found.loc["coefficient", "value"].isna().all()


@pytest.mark.parametrize("mirrored", [False, True])
def test_an_index_whose_sum_never_varies_has_no_reliability(mirrored):
    given = np.random.default_rng(3).integers(1, 6, 60) if mirrored else np.full(60, 4)
    people = one_place(a=given, b=6 - given if mirrored else given, c=np.full(60, 4))
    found = [row["measure"] for row in reliability(people, INDICATORS)]
    assert found == ["alpha_without_item"] * (2 if mirrored else 0)
