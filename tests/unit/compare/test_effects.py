"""What a comparison withstands: every row of one event, by five municipalities whose changes are 1, 2, 3, 4 and 8."""

import numpy as np
import pytest
from scipy import stats

from jobreport.compare.effects import comparison_sets, effect_rows, sign_changes, that_count
from jobreport.compare.panel import Changes, Question, Window
from jobreport.compare.rows import Roles

OTHERS = ("a", "b", "c", "d")
ROLES = Roles(("t",), (), OTHERS)


class Panel:
    """Values of municipalities over periods, all of whom swing alike."""

    choices = (("points", True, False),)
    assumed = "assumed"

    def __init__(self, **values):
        self.codes, self.values = tuple(values), np.array([*values.values()], dtype=float)
        self.periods = tuple(f"{2000 + at}" for at in range(self.values.shape[1]))

    def level(self, window):
        return self.values[:, list(window.before)].mean(axis=1)

    def changes(self, choices):
        after = [self.values[:, list(choice.window.after)].mean(axis=1) for choice in choices]
        before = [self.level(choice.window) for choice in choices]
        return Changes(np.stack(after) - np.stack(before), codes=self.codes)

    def slopes(self, line, scale):
        return Changes((self.values @ np.array(line.contrast(len(self.periods))))[None], codes=self.codes)

    def observed(self, code):
        known = code in self.codes
        return np.isfinite(self.values[self.codes.index(code)]) if known else np.zeros(len(self.periods), dtype=bool)

    def unit(self, scale):
        return f"unit of {scale}"


def rows(panel, window, **asked):
    asked = {"identity": {"event": "e"}, "scales": ("points",), "roles": ROLES} | asked
    return effect_rows(panel, Question(window=window, **asked))


def of(found, method, **where):
    where |= {"method": method}
    return [row for row in found if where.items() <= row.items()]


TWO = Panel(t=[1, 9], a=[1, 2], b=[1, 3], c=[1, 4], d=[1, 5])
NOW = Window((0,), (1,))


def test_the_difference_has_the_interval_of_the_others_spread():
    """8 less 2.5; squares of 5 over 3, times 1 + 1/4; a fourth of them for the mean alone."""
    found = rows(TWO, NOW)
    (row,) = of(found, "effect")
    error = np.sqrt(5 / 3 * 1.25)
    reach = stats.t.ppf(0.975, 3) * error
    assert (row["change"], row["standard_error"], row["n_comparison"], row["rank"]) == (5.5, pytest.approx(error), 4, 1)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(5.5 - reach), pytest.approx(5.5 + reach))
    assert (row["role"], row["municipality_code"], row["wave_before"], row["wave_after"]) == (
        "treated",
        "t",
        "2000",
        "2001",
    )
    assert "p_value" not in row
    (mean,) = of(found, "comparison_mean")
    half = stats.t.ppf(0.975, 3) * np.sqrt(5 / 12)
    assert (mean["change"], mean["n_comparison"], mean["role"], mean["municipality_code"]) == (
        2.5, 4, "comparison", "comparison",
    )  # fmt: skip
    assert [mean["standard_error"], mean["ci_low"], mean["ci_high"]] == pytest.approx(
        [np.sqrt(5 / 12), 2.5 - half, 2.5 + half]
    )
    assert row["reason"].split(";") == ["interval_only", "parallel_unchecked", "assumed"]
    assert row["wording_level"] == "change"


def test_leaving_out_one_after_the_other_gives_the_two_ends():
    ends = {row["specification"]: row for row in of(rows(TWO, NOW), "leave_one_out")}
    assert (ends["min"]["change"], ends["min"]["reason"]) == (5, "left_out=a")
    assert (ends["max"]["change"], ends["max"]["reason"]) == (6, "left_out=d")
    assert ends["min"]["n_comparison"] == ends["max"]["n_comparison"] == 3
    one = Panel(t=[1, 9], a=[1, 2], b=[1, np.nan])
    assert of(rows(one, NOW, roles=Roles(("t",), (), ("a", "b"))), "leave_one_out") == []


def test_the_path_goes_from_the_last_period_before_through_all_others():
    panel = Panel(t=[0, 1, 9, 5], a=[0, 1, 2, 2], b=[0, 1, 3, 2], c=[0, 1, 4, 2], d=[0, 1, 5, 2])
    path = of(rows(panel, Window((0, 1), (2,))), "path")
    assert [(row["specification"], row["change"]) for row in path] == [("2000", 0), ("2002", 5.5), ("2003", 3)]
    assert {row["wave_before"] for row in path} == {"2001"}
    seasons = of(rows(panel, Window((0, 1), (2, 3)), seasons=2, false_dates=False), "path")
    assert [(row["specification"], row["wave_before"]) for row in seasons] == [("2002", "2000"), ("2003", "2001")]


def test_least_squares_of_the_changes_gives_the_difference_again():
    (row,) = of(rows(TWO, NOW), "ols")
    assert [row["change"], row["standard_error"]] == pytest.approx([5.5, np.sqrt(5 / 3 * 1.25)])
    assert row["n_comparison"] == 4
    assert np.isnan(row["p_value"])
    nine = Panel(t=[0, 20], **{f"m{at}": [0, at] for at in range(9)})
    found = rows(nine, NOW, roles=Roles(("t",), (), tuple(f"m{at}" for at in range(9))))
    assert of(found, "ols")[0]["p_value"] == pytest.approx(of(found, "effect")[0]["p_value"])
    alike = Panel(t=[1, 9], a=[1, 2], b=[1, 2], c=[1, 2], d=[1, 2])
    assert of(rows(alike, NOW), "ols") == []
    few = rows(Panel(t=[1, 9], a=[1, 2], b=[1, 3], c=[1, 4]), NOW, roles=Roles(("t",), (), ("a", "b", "c")))
    assert of(few, "ols") == []


def test_unchanged_is_an_interval_of_ninety_within_the_margin():
    near = Panel(t=[1, 3], a=[1, 2], b=[1, 3], c=[1, 4], d=[1, 5])
    reach = stats.t.ppf(0.95, 3) * np.sqrt(5 / 3 * 1.25)
    for margin, reason in ((0.5 + reach + 0.01, "within_margin"), (0.5 + reach - 0.01, "outside_margin")):
        (row,) = of(rows(near, NOW, unchanged_margin=margin), "unchanged")
        assert row["reason"] == reason
        assert [row["change"], row["ci_low"], row["ci_high"]] == pytest.approx([-0.5, -0.5 - reach, -0.5 + reach])
        assert row["specification"] == f"margin={margin:g}"
    assert of(rows(near, NOW), "unchanged") == []
    assert of(rows(near, NOW, unchanged_margin=1.0, scales=("log",)), "unchanged") == []


def test_false_dates_stand_with_the_period_after_and_say_where_nought_is_outside():
    panel = Panel(t=[0, 9, 9, 9], a=[0, 1, 1, 0], b=[0, 2, 2, 0], c=[0, 3, 3, 0], d=[0, 2, 2, 1])
    false = of(rows(panel, Window((2,), (3,))), "false_date")
    assert [(row["specification"], row["change"], row["reason"]) for row in false] == [
        ("2001", 7, "excludes_zero"), ("2002", 0, "")
    ]  # fmt: skip
    (row,) = of(rows(panel, Window((2,), (3,))), "effect")
    assert "false_dates=2001" in row["reason"].split(";")
    assert of(rows(panel, Window((2,), (3,)), false_dates=False), "false_date") == []


def test_only_a_headline_is_tried_by_every_choice():
    found = rows(TWO, NOW, headline=False)
    assert {row["method"] for row in found} == {"effect", "comparison_mean"}
    assert of(rows(TWO, NOW, specifications=False), "specification") == []


STEEP = Panel(**{code: [0, slope, 2 * slope, 2 * slope + jump] for code, slope, jump in
                 (("t", 1.0, 9), ("a", 0.1, 0), ("b", -0.1, 0.1), ("c", 0.1, 0.1), ("d", -0.1, 0))})  # fmt: skip
LAST = Window((2,), (3,))


def test_the_course_before_is_told_with_what_is_left_of_a_clear_difference():
    """The others go up or down by a tenth a wave: a course of 1 beside a mean of 0, squares of 0.04 over 3."""
    found = rows(STEEP, LAST)
    (course,) = of(found, "course")
    error = np.sqrt(0.04 / 3 * 1.25)
    high = 1 + stats.t.ppf(0.75, 3) * error
    assert [course["change"], course["standard_error"], course["ci_high"]] == pytest.approx([1, error, high])
    assert (course["wave_before"], course["wave_after"]) == ("2000+2001+2002", "")
    (left,), (row,) = of(found, "continued"), of(found, "effect")
    assert left["change"] == pytest.approx(row["change"] - high)
    assert left["ci_high"] - left["ci_low"] == pytest.approx(row["ci_high"] - row["ci_low"])
    assert (left["reason"], left["wave_before"]) == ("", "2000+2001+2002")
    (end,) = of(found, "breakdown")
    assert end["change"] == pytest.approx(row["ci_low"])


def test_a_difference_that_the_course_explains_says_so():
    panel = Panel(**{code: [0, at, 2 * at, 3 * at + jump] for code, at, jump in
                     (("t", 1.0, 0), ("a", 0.1, 0.1), ("b", -0.1, 0), ("c", 0.1, 0), ("d", -0.1, 0))})  # fmt: skip
    found = rows(panel, LAST)
    assert of(found, "continued")[0]["reason"] == "course_goes_on"


def test_without_a_clear_difference_or_three_waves_before_there_is_less_of_a_course():
    unclear = Panel(**{code: [0, at, 2 * at, 2 * at + jump] for code, at, jump in
                       (("t", 1.0, 0.5), ("a", 0.1, 1), ("b", -0.1, 0), ("c", 0.1, 2), ("d", -0.1, 0))})  # fmt: skip
    assert {row["method"] for row in rows(unclear, LAST)} & {"course", "continued", "breakdown"} == {"course"}
    assert of(rows(TWO, NOW), "course") == []


def test_of_one_who_is_not_known_or_others_who_do_not_differ_nothing_is_said():
    unknown = Panel(t=[1, np.nan], a=[1, 2], b=[1, 3], c=[1, 4], d=[1, 5])
    (row,) = of(rows(unknown, NOW), "effect")
    assert row["wording_level"] == "description"
    assert "own_change_unknown" in row["reason"].split(";")
    alike = Panel(t=[1, 9], a=[1, 2], b=[1, 2], c=[1, 2], d=[1, 2])
    (row,) = of(rows(alike, NOW), "effect")
    assert (row["wording_level"], "no_spread" in row["reason"].split(";")) == ("description", True)
    gone = Panel(t=[1, 9], a=[1, 2], b=[1, 3], c=[1, 4], d=[1, np.nan])
    (row,) = of(rows(gone, NOW), "effect")
    assert row["reason"].split(";")[-1] == "comparison_left_out=1"
    assert "assumed" not in row["reason"], "of three others there is no interval that assumes anything"


TEN = Panel(t=[5, 9], **{f"m{at}": [at, at + 1] for at in range(10)})
MANY = Roles(("t",), (), tuple(f"m{at}" for at in range(10)))


def sets(**asked):
    regions = {"t": "north"} | {f"m{at}": "north" if at < 4 else "south" for at in range(10)}
    asked = {"roles": MANY, "regions": regions} | asked
    return comparison_sets(TEN, Question(window=NOW, scales=("points",), identity={}, **asked), ["t"])


def test_the_others_may_be_all_those_of_the_region_or_those_most_alike():
    found = sets()
    assert [*found] == ["all", "region", "similar"]
    assert found["all"] == MANY.comparison
    assert found["region"] == ("m0", "m1", "m2", "m3")
    assert found["similar"] == ("m3", "m4", "m5", "m6", "m7"), "half of ten, from 0 to 2 away"
    assert [*sets(listed=True)] == ["listed", "region", "similar"]
    assert [*sets(regions={})] == ["all", "similar"]
    assert [*sets(regions={"t": "north", "m0": "north"})] == ["all", "similar"], "one is too few"


def test_every_choice_stands_in_the_curve_and_the_chosen_one_first():
    found = of(rows(TEN, NOW, roles=MANY), "specification")
    assert [row["specification"] for row in found] == [
        "chosen;before=1;after=1;scale=points;comparison=all;weighted=yes;adjusted=no",
        "before=1;after=1;scale=points;comparison=similar;weighted=yes;adjusted=no",
    ]
    three = Panel(t=[5, 5, 9], **{f"m{at}": [at, at, at + at % 3] for at in range(10)})
    known = rows(three, Window((1,), (2,)), roles=MANY, foreseen=(1,))
    keys = [row["specification"] for row in of(known, "specification")]
    assert keys[0].endswith("adjusted=no;foreseen=yes")
    without = [row for row in of(known, "specification") if row["specification"].endswith("foreseen=no")]
    assert {row["wave_before"] for row in without} == {"2000"}
    assert len(keys) == 6, "one wave before, two, and the one before it; by all and by those alike"


def test_choices_count_that_are_at_least_half_as_precise_as_the_chosen_windows_of_their_scale():
    errors = {"points": (1, 1.41, 1.42), "log": (9, 12, 13)}
    curve = [{"scale": scale, "standard_error": error} for scale, each in errors.items() for error in each]
    assert [row["standard_error"] for row in that_count(curve)] == [1, 1.41, 9, 12]


@pytest.mark.parametrize(("low", "high", "turns"), [(0.1, 3.9, True), (-0.1, 4.0, False), (0.0, 4.0, False)])
def test_the_sign_turns_where_one_of_the_choices_is_sure_of_it(low, high, turns):
    up = {"scale": "points", "standard_error": 1.0, "change": 2.0, "ci_low": low, "ci_high": high}
    down = up | {"change": -0.5, "ci_low": -2.5, "ci_high": 1.5}
    assert sign_changes([up, down]) == turns
    fall, rise = up | {"change": -2.0, "ci_low": -high, "ci_high": -low}, down | {"change": 0.5}
    assert sign_changes([fall, rise]) == turns
    assert not sign_changes([up, up])


def test_the_mean_of_one_other_is_its_change_and_nothing_is_said_of_how_sure_it_is():
    found = rows(TWO, NOW, roles=Roles(("t",), (), ("c",)))
    (mean,), (row,) = of(found, "comparison_mean"), of(found, "effect")
    assert row["reason"].split(";") == ["descriptive_only", "parallel_unchecked"], "one alone has no spread to lack"
    assert (mean["change"], mean["n_comparison"]) == (3, 1)
    assert not {"standard_error", "ci_low", "ci_high"} & {*mean}
    (none,) = of(rows(TWO, NOW, roles=Roles(("t",), (), ())), "comparison_mean")
    assert none["n_comparison"] == 0
