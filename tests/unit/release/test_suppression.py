"""Where the rules of suppression begin and end: each bound is tried on both sides of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from jobreport.estimate.domains import OUTSIDE, behind
from jobreport.estimate.measures import BOXES, all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.release import suppression
from jobreport.release.suppression import (
    COUNTRY,
    NEARLY_ALL,
    OTHERS,
    Rule,
    domains_of,
    suppressed_domains,
    together,
)
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.estimates import estimate

WAVE = "2021-2"
ROW = {"indicator": "satisfaction", "measure": "share", "category": "positive", "wave": WAVE, "estimate": 0.5}


def estimates(*rows: dict[str, object]) -> pd.DataFrame:
    """Rows of one municipality; what a row does not say is of everybody."""
    plain = ROW | {"municipality_code": "183", "group_by": "", "group": ""}
    return pd.DataFrame([plain | {"n_answered": row.get("n"), "n_effective": row.get("n")} | row for row in rows])


def of_groups(whole: int, **groups: int) -> pd.DataFrame:
    return estimates({"n": whole}, *({"group_by": "age", "group": name, "n": n} for name, n in groups.items()))


def hidden(table: pd.DataFrame, **thresholds: int) -> set[str]:
    return {group or code for _, code, _, group in suppressed_domains(domains_of(table), Rule(**thresholds))}


@pytest.mark.parametrize("category", ["positive", "neutral", "negative"])
@pytest.mark.parametrize(
    ("n", "share", "found"), [(4, 0.5, {"183"}), (5, 0.5, set()), (9, 1.0, {"183"}), (10, 1.0, set())]
)
def test_few_are_fewer_than_five_and_all_in_one_box_fewer_than_ten(category, n, share, found):
    assert hidden(estimates({"n": n, "estimate": share, "category": category})) == found


@pytest.mark.parametrize(
    ("n", "share", "found"), [(7, 0.5, {"183"}), (8, 0.5, set()), (15, 1.0, {"183"}), (16, 1.0, set())]
)
def test_a_raised_threshold_raises_both(n, share, found):
    assert hidden(estimates({"n": n, "estimate": share}), suppress_below=8) == found


def test_all_in_one_box_is_said_of_the_boxes_of_a_share_alone():
    assert hidden(estimates({"n": 9, "estimate": 1.0, "category": "5"})) == set()
    assert hidden(estimates({"n": 9, "estimate": 4.0, "measure": "mean", "category": "positive"})) == set()


def test_an_item_with_few_answers_hides_the_whole_group():
    assert hidden(estimates({"n": 40}, {"n": 4, "indicator": "trust"})) == {"183"}


def test_an_item_that_was_not_asked_hides_nothing():
    assert hidden(estimates({"n": None, "n_answered": None, "indicator": "trust"}, {"n": 40})) == set()
    assert hidden(estimates({"n": None, "n_answered": 4})) == {"183"}


def test_registers_sums_of_others_and_windows_of_waves_are_not_judged():
    for row in ({"measure": "register"}, {"municipality_code": OTHERS}, {"wave": "2021-1+2021-2"}):
        assert hidden(estimates({"n": 2} | row, {"n": 40})) == set()


def test_each_wave_is_judged_by_itself():
    table = estimates({"n": 4, "wave": "2021-1"}, {"n": 40})
    assert suppressed_domains(domains_of(table), Rule()) == {("2021-1", "183", "", "")}


def test_two_hidden_groups_are_enough_where_they_leave_room_for_five_possibilities():
    # hidden together are 7: each may be 1 to 6, and those are six possibilities
    assert hidden(of_groups(67, a=3, b=4, c=20, d=40)) == {"a", "b"}
    # hidden together are 5: each may be 1 to 4, and those are four
    assert hidden(of_groups(65, a=2, b=3, c=20, d=40)) == {"a", "b", "c"}


def test_the_smallest_of_those_shown_is_hidden_beside_and_of_two_alike_the_first_by_name():
    assert hidden(of_groups(93, a=3, b=40, c=30, d=20)) == {"a", "d"}
    assert hidden(of_groups(83, a=3, b=40, d=20, c=20)) == {"a", "c"}


def test_where_nothing_stands_beside_the_whole_is_hidden():
    assert "183" in hidden(of_groups(4, a=4))


def test_a_group_that_is_the_difference_of_two_totals_has_company():
    """Of two municipalities and the country: one hidden group could be had as the country's less the other's."""
    rows = [
        {"municipality_code": code, "group_by": "age" if group else "", "group": group, "n": n}
        for code, group, n in [
            ("101", "a", 4), ("101", "b", 60), ("147", "a", 50), ("147", "b", 70), ("101", "", 64), ("147", "", 120),
            (COUNTRY, "a", 54), (COUNTRY, "b", 130), (COUNTRY, "", 184),
        ]
    ]  # fmt: skip
    found = {(code, group) for _, code, _, group in suppressed_domains(domains_of(estimates(*rows)), Rule())}
    assert {("101", "a"), ("101", "b"), ("147", "a")} <= found


def test_what_stands_behind_a_domain_is_the_same_by_sums_of_answers_as_by_rows():
    """Unequal weights, somebody in no group, a question that a wave did not ask, and one that all answer alike."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({name: rng.integers(-1, 6, 300, dtype=np.int8) for name in ("q", "r")})
    frame = frame.assign(wave=rng.choice(["1", "2"], 300), municipality_code=rng.choice(["101", "147", "183"], 300))
    frame = frame.assign(sex=rng.choice(["k", "m", None], 300, p=[0.6, 0.35, 0.05]), weight=rng.uniform(0.1, 2, 300))
    frame.loc[frame["municipality_code"].eq("183") & frame["sex"].eq("k"), "q"] = 5
    frame = frame.astype(dict.fromkeys(["wave", "municipality_code", "sex"], "category"))
    scale = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
    asked = [Question("q", {}, scale, {"da": ("ved ikke",)}), Question("r", {}, scale, waves=("1",))]
    several = [Indicator(one.name, {}, (one,)) for one in asked]
    sample = Tallies(Sample(frame), ("sex",))
    by_sums = together(behind(sample, all_measures(several)))
    by_rows = domains_of(estimate(frame, several, group_by=("sex",), simulated=True, names={}))
    assert by_sums["one_box"].any()
    assert by_sums["group"].iloc[-1] == OUTSIDE
    weighted = [column for column in by_sums if column.endswith(BOXES)]  # (a share of rows is weighted, a count is not)
    assert len(weighted) == 6
    pd.testing.assert_frame_equal(by_sums.drop(columns=weighted), by_rows.drop(columns=weighted), check_dtype=False)


def test_nearly_all_is_nine_of_ten():
    few = {f"g{number}": 2 for number in range(9)}
    assert NEARLY_ALL == 0.9
    assert hidden(of_groups(68, z=50, **few)) == {*few, "z"}, "nine of ten hidden: the tenth goes with them"
    more = dict(list(few.items())[:8])
    assert hidden(of_groups(116, y=50, z=50, **more)) == set(more), "eight of ten: the others stand"


def test_who_is_in_no_group_counts_as_a_group_that_nobody_is_shown():
    table = estimates(
        {"n": 63}, {"n": 30, "group_by": "age", "group": "a"}, {"n": 30, "group_by": "age", "group": "b"}
    ).assign(measure="mean", category="")
    assert hidden(table) == {"a"}, "three stand outside: one group more is hidden, and no row of theirs is named"


def test_a_threshold_is_raised_in_steps_so_that_reports_side_by_side_tell_no_more():
    table = of_groups(77, a=3, b=7, c=9, d=58)
    assert hidden(table) <= hidden(table, suppress_below=6) <= hidden(table, suppress_below=10)


def test_the_rule_is_five_and_thirty_and_not_lower():
    assert dataclasses.astuple(Rule()) == (5, 30, 30)
    with pytest.raises(ValueError, match="may not be under 5"):
        suppressed_domains(domains_of(of_groups(10)), Rule(suppress_below=4))
    assert suppressed_domains(domains_of(of_groups(10)), Rule(suppress_below=5)) == frozenset()


def test_beside_a_count_that_can_be_narrowed_the_smallest_of_its_line_is_hidden_else_its_smallest_total():
    whole, a, b, c, elsewhere = ((WAVE, "183", "age" if g else "", g) for g in ("", "a", "b", "c", "d"))
    country, all_elsewhere = (WAVE, COUNTRY, "age", "a"), (WAVE, "147", "", "")
    table = {whole: 60, a: 3, b: 40, c: 17, elsewhere: 1, country: 90, all_elsewhere: 2}
    lines = [[whole, a, b, c], [country, a], [all_elsewhere, elsewhere]]

    def beside(*hidden, of=a):
        return suppression._next_to_hide(suppression._Sums(table, lines, {}), set(hidden), of)

    assert beside(a) == c
    assert beside(c, of=c) == a
    assert beside(a, c) == b
    assert beside(a, b, c) == whole, "the smaller of two totals; a line that it is not in counts for nothing"
    assert beside(a, b, c, whole) == country
    assert beside(a, b, c, whole, country) is None


@pytest.mark.parametrize(
    ("weights", "gone"),
    [((100, 1, 1, 1, 1), True), ((1, 1, 1, 1, 1), False), ((2, 1, 1, 1, 1), False), ((5.01, 1, 1, 1, 1, 1), True)],
)
def test_one_person_who_weighs_more_than_all_the_others_is_not_shown(weights, gone):
    """Kish's effective number is (sum w)² / sum w²; a weight of more than half of the sum leaves fewer than four."""
    effective = sum(weights) ** 2 / sum(weight**2 for weight in weights)
    table = of_groups(40).assign(n=len(weights), n_answered=len(weights), n_effective=effective)
    assert bool(suppressed_domains(domains_of(table), Rule())) is gone
    if 2 * max(weights) > sum(weights):
        assert effective < 4
