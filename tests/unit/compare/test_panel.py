"""What is compared: windows, lines before the event, choices, and who is usable, by places that can be counted."""

from types import SimpleNamespace

import numpy as np
import pytest

from jobreport.compare.panel import (
    Changes,
    Choice,
    Line,
    Question,
    Window,
    false_windows,
    other_windows,
    unforeseen,
)
from jobreport.compare.rows import Roles
from jobreport.estimate.measures import Measure

ROLES = Roles(("183",), (), ("101", "147"))


def test_a_window_is_found_in_order_of_time_and_each_period_counts_the_same():
    window = Window.of(["a", "b", "c", "d", "e"], ["b", "a"], ["e", "d"])
    assert window == Window((0, 1), (3, 4))
    assert window.contrast(6) == (-0.5, -0.5, 0, 0.5, 0.5, 0)
    assert Window((1,), (0, 2, 3, 4)).contrast(5) == (0.25, -1, 0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("before", "after"), [([], ["b"]), (["a"], []), (["a"], ["x"]), (["b"], ["b"]), (["b"], ["a"])]
)
def test_windows_must_be_there_and_one_end_before_the_other(before, after):
    with pytest.raises(ValueError, match="window"):
        Window.of(["a", "b"], before, after)


def test_false_dates_lie_whole_years_earlier_and_end_before_the_event():
    quarters = Window((4, 5, 6, 7), (8, 9, 10, 11))
    assert false_windows(quarters, 4) == (Window((0, 1, 2, 3), (4, 5, 6, 7)),)
    assert false_windows(Window((3,), (5,))) == (Window((0,), (2,)), Window((1,), (3,)))
    assert [(w.before, w.after) for w in false_windows(Window((2, 3, 4), (5, 6, 7)))] == [
        ((2,), (3, 4)),
        ((2, 3), (4,)),
    ]
    halves = false_windows(Window((0, 1, 2, 3), (4, 5, 6, 7)), 2)
    assert [(w.before, w.after) for w in halves] == [((0, 1), (2, 3))]


def test_other_windows_hold_one_to_three_years_beside_the_event():
    found = other_windows(Window((1, 2), (3,)), 5)
    assert [(w.before, w.after) for w in found] == [
        ((1, 2), (3,)), ((2,), (3,)), ((2,), (3, 4)), ((1, 2), (3, 4)), ((0, 1, 2), (3,)), ((0, 1, 2), (3, 4)),
    ]  # fmt: skip
    years = other_windows(Window((2, 3), (4, 5)), 8, seasons=2)
    assert [(w.before, w.after) for w in years] == [
        ((2, 3), (4, 5)), ((2, 3), (4, 5, 6, 7)), ((0, 1, 2, 3), (4, 5)), ((0, 1, 2, 3), (4, 5, 6, 7)),
    ]  # fmt: skip


def test_periods_in_which_the_event_was_known_are_left_out_or_left_for_earlier_years():
    window = Window((2, 3), (4,))
    assert unforeseen(window, ()) is None
    assert unforeseen(window, {4}) is None
    assert unforeseen(window, {3}) == Window((2,), (4,))
    assert unforeseen(window, {2, 3}) == Window((0, 1), (4,))
    assert unforeseen(window, {1, 2, 3}) is None, "nothing is earlier"
    assert unforeseen(Window((4, 5), (6,)), {3, 4, 5}, seasons=2) == Window((0, 1), (6,))
    assert unforeseen(Window((1,), (2,)), {1}, seasons=2) is None


def test_a_line_goes_through_what_was_seen_in_whole_years():
    line = Line.before(3, [True, False, True, True, True])
    assert line.periods == (0, 2, 3)
    assert line.contrast(5) == pytest.approx((-5 / 14, 0, 1 / 14, 4 / 14, 0)), "around 5/3; squares of 14/3"
    halves = Line.before(4, [True] * 6, 2)
    assert halves.periods == (1, 2, 3, 4)
    assert halves.contrast(5) == pytest.approx((0, -0.5, -0.5, 0.5, 0.5))
    assert (halves.steps, line.steps) == (2, 3)
    assert Line((2,)).contrast(3) == (0, 0, 0)
    assert Line((1, 2), 2).contrast(3) == (0, 0, 0), "one year is no line"
    assert halves.distance(Window((3, 4), (5, 6))) == 1.0
    assert line.distance(Window((2, 3), (5,))) == 2.5


def changes(change, variance=None, spread=None):
    tables = (None if table is None else np.array(table) for table in (change, variance, spread))
    return Changes(*tables, codes=("101", "147", "183", "185"))


def test_a_change_without_a_variance_is_compared_with_nobody():
    found = changes([[1.0, np.nan, 5.0, 2.0]], [[0.1, 0.1, 0.1, 0.0]])
    assert found.usable.tolist() == [[True, False, True, False]]
    assert changes([[1.0, np.nan, 5.0, 2.0]]).usable.tolist() == [[True, False, True, True]]
    (effect,) = found.effects(["183"], ["101", "147", "185"])
    assert (effect.n_comparison, effect.change) == (1, 4)


def test_each_choice_is_compared_with_its_own_or_all_with_the_same():
    found = changes([[0.0, 2.0, 5.0, 9.0], [1.0, 1.0, 5.0, 7.0]])
    assert [each.change for each in found.effects(["183"], ["101", "147"])] == [4, 4]
    assert [each.change for each in found.effects(["183"], ["101"], ["185"])] == [5, -2]
    assert np.isnan([each.change for each in found.effects(["183", "999"], ["101", "147"])]).all()
    assert found.where(["185", "999", "101"]) == [3, 0]
    turned = found.take([1, 0, 0])
    assert turned.change[:, 3].tolist() == [7, 9, 9]
    assert (turned.variance, turned.spread) == (None, None)
    spread = changes([[0.0, 2.0, 5.0, 9.0]], None, [[1.0, 2.0, 1.0, 1.0]]).take([0])
    assert spread.effects(["183"], ["101", "147"])[0].change == pytest.approx(5 - (2 / 4) / (5 / 4))


def measure(name, unit, category=""):
    return Measure("help", name, category, unit, ("help",), (), 0.0, 1.0)


def question(**more):
    return Question(ROLES, Window((0, 1), (2,)), ("points", "log"), {"event": "e"}, **more)


def test_a_margin_is_in_the_unit_of_a_share_and_a_hundred_times_as_wide_of_an_index():
    asked = question(unchanged_margin=0.05)
    headlines = {("help", "share", "positive")}
    share = asked.about(measure("share", "share", "positive"), headlines)
    assert (share.unchanged_margin, share.headline) == (0.05, True)
    assert share.identity == {"event": "e", "indicator": "help", "measure": "share", "category": "positive"}
    index = asked.about(measure("index", "points_0_100"), headlines)
    assert (index.unchanged_margin, index.headline) == (5.0, False)
    assert asked.about(measure("mean", "points_1_5"), headlines).unchanged_margin is None
    assert question().about(measure("share", "share"), headlines).unchanged_margin is None


def test_the_mix_is_held_still_in_points_alone():
    asked = question(adjustments=(False, True))
    assert asked.choices() == (
        Choice(asked.window), Choice(asked.window, adjusted=True), Choice(asked.window, "log")
    )  # fmt: skip


def test_a_row_says_what_was_compared_and_how():
    panel = SimpleNamespace(unit=lambda scale: f"unit of {scale}", periods=("a", "b", "c"))
    row = question().row(panel, Choice(Window((0, 1), (2,)), "log", adjusted=True), "effect", change=2.0, scale="mine")
    assert row == {
        "event": "e", "method": "effect", "unit": "unit of log", "scale": "mine", "adjustment": "mix",
        "wave_before": "a+b", "wave_after": "c", "change": 2.0,
    }  # fmt: skip
    assert question().row(panel, Choice(Window((0,), (2,))), "change")["adjustment"] == ""
