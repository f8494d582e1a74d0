"""A unit beside the others of its municipality, and p-values corrected for the number of indicators tried."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.diagnostics.groups import beside_others, corrected, group_tests, window_tests, with_holm
from jobreport.estimate.measures import Measure, headline, item_mean
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from tests.unit import view_rows as made

BIRK = "183-birk"
SHARES = [Measure(name, "share", "positive", "share", (name,), (), 0.0, 1.0) for name in ("help", "trust")]


def level(code, estimate, error, n, **cells):
    row = {"indicator": "help", "measure": "share", "category": "positive", "unit": "share", "wave": "2022"}
    row |= {"group_by": "", "municipality_code": code, "estimate": estimate, "standard_error": error}
    return row | {"n": n, "n_effective": float(n)} | cells


def held(*levels):
    return beside_others(pd.DataFrame(levels), SHARES, BIRK)


OWN, OTHERS = level(BIRK, 0.7, 0.03, 101), level("others", 0.5, 0.04, 201)
OTHER = (
    {"group_by": "g"},
    {"wave": "2021+2022"},
    {"category": "negative"},
    {"measure": "mean"},
    {"indicator": "other"},
)
ASIDE = [OWN | cells for cells in (*OTHER, {"municipality_code": "183"})]


def test_a_unit_is_held_against_the_others_with_the_interval_and_the_p_of_welch():
    """Errors of 3 and 4 points are together one of 5."""
    (row,) = held(OWN, OTHERS, *ASIDE)
    freedom = 0.05**4 / (0.03**4 / 100 + 0.04**4 / 200)
    reach = stats.t.ppf(0.975, freedom) * 0.05
    assert row["value"] == pytest.approx(0.2)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(0.2 - reach), pytest.approx(0.2 + reach))
    assert row["p_value"] == row["p_adjusted"] == pytest.approx(2 * stats.t.sf(4, freedom))
    named = ("diagnostic", "indicator", "measure", "category", "unit", "municipality_code", "wave", "n")
    assert tuple(row[name] for name in named) == (
        "beside_others", "help", "share", "positive", "share", "others", "2022", 302,
    )  # fmt: skip


def test_a_fall_is_as_unlikely_as_a_rise():
    (up,), (down,) = held(OWN, OTHERS), held(OWN | {"estimate": 0.3}, OTHERS)
    assert down["value"] == pytest.approx(-0.2)
    assert down["p_value"] == pytest.approx(up["p_value"])


@pytest.mark.parametrize("side", [0, 1])
def test_where_all_of_one_side_answered_alike_or_are_not_there_nothing_is_held_against_them(side):
    for error in (0.0, np.nan):
        rows = [OWN, OTHERS]
        rows[side] = rows[side] | {"standard_error": error}
        assert held(*rows) == []
    assert held((OWN, OTHERS)[side]) == []


def test_each_round_is_corrected_for_its_own_number_of_indicators():
    trust = [each | {"indicator": "trust", "estimate": value} for each, value in ((OWN, 0.6), (OTHERS, 0.5))]
    earlier = [each | {"wave": "2021"} for each in (OWN, OTHERS)]
    found = {(row["wave"], row["indicator"]): row for row in held(*trust, OWN, OTHERS, *earlier)}
    assert list(found) == [("2021", "help"), ("2022", "help"), ("2022", "trust")]
    assert found["2021", "help"]["p_adjusted"] == found["2021", "help"]["p_value"]
    assert found["2022", "help"]["p_adjusted"] == pytest.approx(2 * found["2022", "help"]["p_value"])
    assert found["2022", "trust"]["p_adjusted"] == pytest.approx(found["2022", "trust"]["p_value"])


def test_tests_made_one_indicator_at_a_time_are_corrected_place_by_place_and_round_by_round():
    usual = {"municipality_code": "183", "group_by": "g", "wave": "2022", "measure": "welch", "p_adjusted": 0.9}
    cells = [{"p_value": 0.01}, {"p_value": 0.03, "measure": "rao_scott"}, {"p_value": 0.02, "wave": "2021"},
             {"p_value": 0.02, "municipality_code": "187"}, {"p_value": 0.02, "group_by": "h"}, {"p_value": np.nan},
             {"p_value": 0.02, "measure": "alpha"}]  # fmt: skip
    found = corrected(pd.DataFrame([usual | each for each in cells]))["p_adjusted"].tolist()
    assert found == pytest.approx([0.02, 0.03, 0.02, 0.02, 0.02, 0.9, 0.9])


def test_the_first_row_of_each_measure_is_corrected_for_how_many_there_are():
    """Holm: the least of three times three, the next times two, and none less than the one before."""
    families = [[{"p_value": p}, {"p_value": 0.5}] for p in (0.01, 0.04, 0.03)]
    rows = with_holm([*families, []])
    assert [row["p_adjusted"] for row in rows[::2]] == pytest.approx([0.03, 0.06, 0.06])
    assert all("p_adjusted" not in row for row in rows[1::2])


MEAN = Measure("help", "mean", "", "points_1_5", ("help",), (), 1.0, 5.0)
WINDOW = {"group_by": "g", "wave": "2021+2022", "municipality_code": "183"}


def windows(*levels, measure=SHARES[0], **cells):
    """Levels of groups over two waves: estimate, standard error and number of each."""
    usual = WINDOW | {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
    rows = [usual | {"estimate": level, "standard_error": error, "n": n} | cells for level, error, n in levels]
    return pd.DataFrame(rows)


def test_shares_of_windows_are_tested_by_score_at_persons_less_waves():
    """30 and 20 of 50: Pearson's 4; a hundred persons of two groups in two waves each."""
    error = (0.6 * 0.4 / 50) ** 0.5
    (row,) = window_tests(windows((0.6, error, 50), (0.4, error, 50)), SHARES)
    assert row == WINDOW | {
        "diagnostic": "group_test", "indicator": "help", "measure": "score", "category": "positive", "unit": "F",
        "n": 100, "value": pytest.approx(4.0), "p_value": pytest.approx(stats.f.sf(4, 1, 96)),
        "p_adjusted": pytest.approx(stats.f.sf(4, 1, 96)),
    }  # fmt: skip


def test_means_of_windows_are_tested_by_welch_with_a_person_less_for_each_wave():
    """Two apart with errors that are together one: 4; of 11 persons in two waves nine are left, and of 21 nineteen."""
    (row,) = window_tests(windows((3.0, 0.6, 11), (1.0, 0.8, 21), measure=MEAN), [MEAN])
    freedom = 1 / (0.6**4 / 9 + 0.8**4 / 19)
    assert (row["measure"], row["n"], row["value"]) == ("welch", 32, pytest.approx(4.0))
    assert row["p_value"] == pytest.approx(stats.f.sf(4, 1, freedom))


def test_windows_of_few_answers_of_one_wave_or_of_everybody_are_not_tested():
    two = [(0.6, 0.05, 50), (0.4, 0.05, 50)]
    for other in (windows(*two, wave="2022"), windows(*two, group_by=""), windows(two[0], (0.4, 0.05, 4))):
        assert window_tests(other, SHARES) == []
    assert len(window_tests(windows(two[0], (0.4, 0.05, 5)), SHARES)) == 1
    assert window_tests(windows(two[0], (np.nan, np.nan, 50)), SHARES) == []
    assert window_tests(windows(two[0], two[0], measure=MEAN), SHARES) == [], "nobody asked for the mean"


def test_each_window_place_and_grouping_is_corrected_for_its_own_indicators():
    error = (0.6 * 0.4 / 50) ** 0.5
    apart, nearer = [(0.6, error, 50), (0.4, error, 50)], [(0.6, error, 50), (0.5, error, 50)]
    tables = [windows(*apart), windows(*nearer, measure=SHARES[1])]
    tables += [windows(*apart, municipality_code="187"), windows(*apart, group_by="h")]
    rows = window_tests(pd.concat(tables, ignore_index=True), SHARES)
    times = {
        (row["municipality_code"], row["group_by"], row["indicator"]): row["p_adjusted"] / row["p_value"]
        for row in rows
    }
    assert times == pytest.approx(
        {("183", "g", "help"): 2, ("183", "g", "trust"): 1, ("187", "g", "help"): 1, ("183", "h", "help"): 1}
    )


SATISFACTION = made.CODEBOOK.indicators[0]


def answered(*cells):
    """So many persons of a municipality and group with an answer; each weighs 1."""
    each = [(code, group, answer) for code, group, answer, n in cells for _ in range(n)]
    frame = pd.DataFrame(each, columns=["municipality_code", "g", "satisfaction"]).assign(wave="2", weight=1.0)
    frame = frame.astype({"satisfaction": "int8"} | dict.fromkeys(["municipality_code", "wave", "g"], "category"))
    return Tallies(Sample(frame), ["g"])


def grouped(latest, measure, *codes):
    rows = group_tests(latest, [measure], codes)
    return {(row["municipality_code"], row["measure"]): row for row in rows}


FAR = [("183", "k", 5, 30), ("183", "k", 1, 20), ("183", "m", 5, 20), ("183", "m", 1, 30)]
FEW = [("183", "o", 5, 4), ("187", "k", 5, 6), ("187", "k", 1, 6), ("187", "m", 5, 6), ("187", "m", 1, 6)]


def test_shares_of_groups_are_tested_with_and_without_weights_and_by_their_size():
    found = grouped(answered(*FAR, *FEW), headline(SATISFACTION), "183", "999")
    assert {code for code, _ in found} == {"000", "183"}
    own = {name: row for (code, name), row in found.items() if code == "183"}
    assert own["chi2_unweighted"]["value"] == pytest.approx(4.0)
    assert own["chi2_unweighted"]["p_value"] == pytest.approx(stats.chi2.sf(4, 1))
    assert own["cramer_v"]["value"] == pytest.approx(0.2)
    assert own["rao_scott"]["value"] == pytest.approx(4 * 103 / 104), "of the stratum's 104, who are all in the design"
    for row in own.values():
        assert (row["n"], row["reason"], row["wave"], row["group_by"]) == (100, "groups_left_out=1", "2", "g")
    assert own["rao_scott"]["p_adjusted"] == own["rao_scott"]["p_value"]
    assert found["000", "cramer_v"]["n"] == 124
    assert found["000", "cramer_v"]["value"] == pytest.approx(10 / 62 / (0.5 * 0.5) ** 0.5 / 2)


def test_a_group_of_five_is_tested_and_few_expected_are_said_to_be_few():
    of_four, of_five = ([("183", "k", 5, n), ("183", "m", 5, 8), ("183", "m", 1, 8)] for n in (4, 5))
    assert grouped(answered(*of_four), headline(SATISFACTION), "183") == {}
    found = grouped(answered(*of_five), headline(SATISFACTION), "183")
    assert found["183", "rao_scott"]["reason"] == ""
    assert found["183", "chi2_unweighted"]["reason"] == "few_expected"
    enough = answered(("183", "k", 5, 9), ("183", "k", 1, 1), ("183", "m", 5, 1), ("183", "m", 1, 9))
    assert grouped(enough, headline(SATISFACTION), "183")["183", "chi2_unweighted"]["reason"] == "", "five expected"


def test_means_of_groups_are_tested_by_wald_with_the_largest_difference():
    """Twenty at 3 and 5 and as many at 1 and 3: on the index 75 and 25, each 25 from its own; 40 of one stratum."""
    cells = [("183", group, answer, 10) for group, answer in (("k", 5), ("k", 3), ("m", 3), ("m", 1))]
    found = grouped(answered(*cells), item_mean(SATISFACTION), "183")
    assert found["183", "largest_difference"]["value"] == pytest.approx(50)
    assert found["183", "largest_difference"]["unit"] == "points_0_100"
    test = found["183", "wald"]
    variance = 40 / 39 * 2 * 20 * (25 / 20) ** 2
    assert test["value"] == pytest.approx(50**2 / variance)
    assert test["p_value"] == pytest.approx(stats.f.sf(50**2 / variance, 1, 39))
    assert (test["n"], test["reason"]) == (40, "")
