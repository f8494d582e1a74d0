"""Who is who, what a comparison of so many may state, and rows that say why they hold no number."""

import numpy as np
import pytest

from jobreport.compare.effect import Effect
from jobreport.compare.permitted import gated, lowered, permitted
from jobreport.compare.rows import Roles, effect_numbers, is_clear, joined, not_compared, told_by_changes, withheld_rows
from jobreport.estimate.measures import all_measures
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.events import event

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)


def found(n, change=2.0, error=0.5, rank=1):
    return Effect(change, error, n - 1, rank, n, 1.0, 0.1)


@pytest.mark.parametrize(
    ("n", "stated"),
    [
        (3, {"n_comparison", "change", "rank", "p_smallest_possible"}),
        (4, {"n_comparison", "change", "rank", "p_smallest_possible"} | {
            "standard_error", "ci_low", "ci_high", "detectable_change"}),
        (9, {"n_comparison", "change", "rank", "p_smallest_possible"} | {
            "standard_error", "ci_low", "ci_high", "detectable_change", "p_value"}),
    ],
)  # fmt: skip
def test_of_four_there_is_an_interval_and_of_nine_a_test(n, stated):
    numbers = effect_numbers(found(n))
    assert {*numbers} == stated
    assert numbers["p_smallest_possible"] == 1 / (n + 1)
    assert {*effect_numbers(found(n, rank=0))} == stated - {"rank", "p_smallest_possible"}


def test_of_eight_there_is_no_p():
    assert "p_value" not in effect_numbers(found(8))


def test_clear_is_an_interval_of_four_others_or_more_on_one_side_of_nought():
    assert is_clear(found(4))
    assert is_clear(found(4, change=-2.0))
    assert not is_clear(found(3, error=0.01))
    assert not is_clear(found(4, change=0.1))
    assert not is_clear(found(4, change=np.nan))


def test_with_two_degrees_of_freedom_nothing_is_said_to_be_detectable():
    assert np.isnan(found(3).detectable_change)
    assert found(4).detectable_change > 0
    assert np.isnan(found(4, error=0.0).p_value)
    assert found(4).p_value == found(4, change=-2.0).p_value == pytest.approx(0.02801, abs=1e-4), "t of 4 with 3"


def test_each_unit_of_the_treated_and_all_of_them_get_an_effect():
    roles = Roles.of(event(["183", "187"], exposed=["185"]), ["000", "101", "183", "185", "187"])
    assert roles.comparison == ("101",)
    assert roles.units() == (
        ("treated", "183", ("183",)), ("treated", "187", ("187",)), ("treated", "treated", ("183", "187")),
        ("exposed", "185", ("185",)),
    )  # fmt: skip
    assert Roles(("183",), (), ()).units() == (("treated", "183", ("183",)),)
    assert roles.of_code("999") == "others"
    listed = Roles.of(event(["183"], comparison=["147", "101"]), ["101", "147", "183", "185"])
    assert listed.comparison == ("147", "101")


@pytest.mark.parametrize("event_", [event(["183"], exposed=["183"]), event(["183"], comparison=["183", "101"])])
def test_nobody_has_two_roles(event_):
    with pytest.raises(ValueError, match=r"two roles in one event: \['183'\]"):
        Roles.of(event_, ["101", "183"])


def test_reasons_stand_once_in_their_order():
    assert joined(["b", "", "a", "b"]) == "b;a"


def indicator(name, *items):
    return Indicator(name, {}, tuple(Question(item, {}, SCALE) for item in items or (name,)))


def test_rows_without_a_number_are_of_every_municipality_and_the_country():
    measures = told_by_changes(all_measures([indicator("help")]))
    assert [(m.name, m.category) for m in measures] == [
        ("share", "positive"), ("share", "neutral"), ("share", "negative"), ("mean", ""), ("index", ""),
    ]  # fmt: skip
    common = {"before": ["1", "2"], "after": ["3"], "simulated": True}
    rows = withheld_rows(measures[:1], event=event(["183"]), codes=["183", "101"], reason="not_asked", **common)
    assert rows[0] == {
        "event": "e", "method": "change", "scale": "points", "reason": "not_asked", "simulated": True,
        "wave_before": "1+2", "wave_after": "3", "indicator": "help", "measure": "share", "category": "positive",
        "unit": "share", "municipality_code": "183", "role": "treated",
    }  # fmt: skip
    assert [(row["municipality_code"], row["role"]) for row in rows[1:]] == [("101", "comparison"), ("000", "country")]
    between = withheld_rows(measures[:1], event=None, codes=["183"], reason="not_asked", **common)
    assert [(row["event"], row["role"]) for row in between] == [("", "others"), ("", "country")]


def test_a_question_that_is_compared_elsewhere_has_no_row_without_a_number():
    both, one = indicator("both", "a", "b"), indicator("a")
    asked = {"event": event(["183"]), "codes": ["183"], "before": ["1"], "after": ["2"], "simulated": False}
    rows = not_compared([both, one], [one], names={"183": "Ishøj"}, **asked)
    assert set(rows["indicator"]) == {"both", "b"}
    assert set(rows["reason"]) == {"not_comparable"}
    assert set(rows["municipality"]) == {"Ishøj", "000"}


@pytest.mark.parametrize(
    ("others", "waves", "said"),
    [
        (0, 4, ("description", ("no_comparison",))),
        (1, 4, ("description", ("descriptive_only",))),
        (3, 4, ("description", ("descriptive_only",))),
        (4, 4, ("change", ("interval_only",))),
        (8, 4, ("change", ("interval_only",))),
        (9, 4, ("effect", ("normality_assumed",))),
        (18, 4, ("effect", ("normality_assumed",))),
        (19, 4, ("effect", ())),
        (19, 3, ("change", ("parallel_unchecked",))),
        (3, 3, ("description", ("descriptive_only", "parallel_unchecked"))),
    ],
)
def test_what_may_be_said_begins_with_the_design(others, waves, said):
    assert permitted(others, waves) == said


def test_a_weakness_lowers_the_word_once_and_untried_choices_take_the_effect():
    assert lowered("effect", [], False) == ("effect", ())
    assert lowered("effect", ["2015"], True) == ("change", ("false_dates=2015", "sign_depends_on_choice"))
    assert lowered("description", [], True) == ("description", ("sign_depends_on_choice",))
    assert lowered("effect", [], False, tried=False) == ("change", ("choices_not_tried",))
    assert lowered("change", [], False, tried=False) == ("change", ())
    assert lowered("effect", ["2015"], False, tried=False) == ("change", ("false_dates=2015",))


def test_an_effect_is_clear_and_bears_the_course_before_going_on():
    assert gated("effect", clear=True, bears=True) == ("effect", ())
    assert gated("effect", clear=True, bears=False) == ("change", ("course_goes_on",))
    assert gated("effect", clear=True, bears=None) == ("change", ("course_unknown",))
    assert gated("effect", clear=False, bears=True) == ("change", ())
    assert gated("effect", clear=False, bears=None) == ("change", ())
    assert gated("change", clear=True, bears=False) == ("change", ())
