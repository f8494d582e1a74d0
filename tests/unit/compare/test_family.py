"""Several comparisons of one event: Holm by hand, the main outcome first, and a single question told by its index."""

import gc

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from jobreport.compare.family import adjusted, families, main_outcome, with_controls, with_holm
from jobreport.setup.params_model import Outcome
from tests.events import event
from tests.unit.compare.test_survey import ONE, TWO, changes, one, rows, survey

KEYS = [("a", "share", "positive"), ("b", "share", "positive"), ("c", "index", "")]


def effects(p, n_comparison=42, **more):
    """Effects of one standard error whose t test has these p-values."""
    from scipy import stats

    t = stats.t(n_comparison - 1).isf(np.array(p) / 2)
    made = pd.DataFrame(KEYS, columns=["indicator", "measure", "category"])
    tested = np.nan if n_comparison < 9 else np.array(p)
    common = {"method": "effect", "municipality_code": "183", "adjustment": "", "scale": "points", "reason": "x"}
    return made.assign(change=t, standard_error=1.0, n_comparison=n_comparison, p_value=tested, **(common | more))


@pytest.mark.parametrize("p", [(0.01, 0.02, 0.04), (0.001, 0.6, 0.024), (0.2, 0.2, 0.2)])
def test_without_a_main_outcome_it_is_holm_of_statsmodels(p, monkeypatch):
    monkeypatch.setattr(gc, "collect", lambda: 0)  # (statsmodels looks for garbage each time)
    found = with_holm(effects(p), [set(KEYS)])
    wanted = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(found["p_adjusted"], wanted)
    lost = (np.array(p) < 0.05) & (wanted >= 0.05)
    assert found["reason"].tolist() == [f"x{';one_of_several' * bool(each)}" for each in lost]


def test_the_main_outcome_keeps_its_p_and_opens_the_gate_for_the_rest():
    closed = with_holm(effects((0.001, 0.08, 0.001)), [set(KEYS)], KEYS[1])
    assert closed["p_adjusted"].tolist() == pytest.approx([0.08, 0.08, 0.08])
    assert closed["reason"].tolist() == ["x;one_of_several", "x", "x;one_of_several"]
    opened = with_holm(effects((0.001, 0.04, 0.03)), [set(KEYS)], KEYS[1])
    assert opened["p_adjusted"].tolist() == pytest.approx([0.04, 0.04, 0.04])
    assert opened["reason"].tolist() == ["x", "x", "x"]


def test_where_no_p_is_shown_the_word_is_corrected_all_the_same():
    found = with_holm(effects((0.03, 0.04, 0.9), n_comparison=6), [set(KEYS)])
    assert found["p_adjusted"].isna().all()
    assert found["reason"].tolist() == ["x;one_of_several", "x;one_of_several", "x"]


def test_municipalities_scales_and_adjustments_are_families_of_their_own():
    apart = pd.concat(
        [effects((0.03, 0.9, 0.9), **each) for each in ({}, {"municipality_code": "187"}, {"scale": "log"})],
        ignore_index=True,
    )
    assert with_holm(apart, [set(KEYS)])["p_adjusted"].tolist() == pytest.approx([0.09, 1, 1] * 3)


def test_a_question_of_an_index_is_judged_among_the_questions():
    main, questions = families([ONE, TWO])
    assert main == {("satisfaction", "share", "positive"), ("trust", "index", "")}
    assert questions == {(name, "share", "positive") for name in ("satisfaction", "a", "b")}


def test_alone_a_main_outcome_is_itself():
    assert adjusted(np.array([0.03]), np.array([True])).tolist() == [0.03]


EFFECT = {"event": "e", "method": "effect", "municipality_code": "183", "adjustment": "", "group_by": ""}
EFFECT |= {"category": "positive", "measure": "share", "wording_level": "effect", "reason": "x", "indicator": "b"}
EFFECT |= {"scale": "points", "ci_low": -1.0, "ci_high": 3.0}


def controlled(*changed, control=("b", "share", "positive"), event_="e"):
    found = with_controls(pd.DataFrame([EFFECT | each for each in changed]), {event_: control})
    return list(zip(found["wording_level"], found["reason"], strict=True))


UP, DOWN = {"ci_low": 1.0}, {"ci_low": -3.0, "ci_high": -1.0}


def test_what_an_event_cannot_touch_is_never_its_effect_and_takes_the_others_with_it_where_it_moved():
    other = {"indicator": "a"}
    assert controlled(other, {}) == [("effect", "x"), ("change", "x;negative_control")], "it did not move"
    for moved in (UP, DOWN):
        assert controlled(other, moved) == [("change", "x;control_moved=b"), ("change", "x;negative_control")]
    assert controlled({"indicator": "a", "wording_level": "description"}, UP)[0] == ("description", "x;control_moved=b")


@pytest.mark.parametrize(
    "other",
    [{"event": "f"}, {"method": "change"}, {"measure": "register"}, {"municipality_code": "187"}],
)
def test_a_control_that_moved_says_nothing_of_other_events_places_and_official_figures(other):
    assert controlled({"indicator": "a"} | other, UP)[0] == ("effect", "x")


@pytest.mark.parametrize(
    "moved",
    [{"scale": "log"}, {"adjustment": "mix"}, {"group_by": "g"}, {"category": "negative"}, {"measure": "mean"},
     {"ci_low": 0.0}, {"ci_low": -3.0, "ci_high": 0.0}, {"ci_low": np.nan}],
)  # fmt: skip
def test_a_control_moves_by_its_own_main_comparison_and_only_clearly(moved):
    assert controlled({"indicator": "a"}, UP | moved)[0] == ("effect", "x")


def test_without_a_control_every_effect_stands():
    assert controlled({"indicator": "a"}, UP, event_="f") == [("effect", "x"), ("effect", "x")]


def test_an_event_may_name_what_it_is_judged_by_first():
    assert main_outcome(event(["183"]).model_copy(update={"outcome": None})) is None
    first = event(["183"]).model_copy(update={"outcome": Outcome(indicator="trust", measure="index")})
    assert main_outcome(first) == ("trust", "index", "")


@pytest.fixture(scope="module")
def by_index():
    """Satisfaction, one question, is the main outcome by its index."""
    happened = event(["100"]).model_copy(update={"outcome": Outcome(indicator="satisfaction", measure="index")})
    told = (ONE.__class__(**{**vars(ONE), "told": "index"}), TWO)
    return changes(survey(14), told, event=happened, unchanged_margin=0.5)


def test_an_index_as_outcome_goes_through_all_that_a_share_does(by_index):
    index = rows(by_index, indicator="satisfaction", measure="index", municipality_code="100")
    share = rows(by_index, indicator="trust", measure="index", municipality_code="100")
    assert (
        set(index["method"]) == set(share["method"]) >= {"specification", "course", "false_date", "unchanged", "path"}
    )
    row = one(index, method="effect")
    assert row["p_adjusted"] == pytest.approx(row["p_value"]), "it stands by itself"
    assert "choices_not_tried" not in row["reason"]
    margin = one(index, method="unchanged")
    assert margin["specification"] == "margin=50", "in index points"


def test_the_others_follow_it(by_index):
    first = one(by_index, indicator="satisfaction", measure="index", municipality_code="100", method="effect")
    trust = one(by_index, indicator="trust", measure="index", municipality_code="100", method="effect")
    assert trust["p_adjusted"] == pytest.approx(max(trust["p_value"], first["p_value"]))
