"""One municipality beside many: known figures, hand sums, and what a design may say."""

from datetime import date

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import optimize, special, stats
from statsmodels.stats.meta_analysis import combine_effects

from jobreport.compare.effect import Measured, detectable_multiple, effects, random_effects, ranks
from jobreport.compare.effects import sign_changes
from jobreport.compare.panel import Window, false_windows, other_windows
from jobreport.compare.permitted import lowered, permitted
from jobreport.compare.register import Official
from jobreport.compare.rows import Roles
from jobreport.domain.released import COLUMNS
from tests.estimates import effect
from tests.events import event

KEY = [
    "event", "indicator", "measure", "category", "municipality_code", "role", "group_by", "group",
    "method", "adjustment", "specification", "scale", "wave_before", "wave_after",
]  # fmt: skip


def series(values, periods=None, unit="pct"):
    """Register rows of municipality -> values over the periods."""
    periods = periods or [str(2000 + i) for i in range(len(next(iter(values.values()))))]
    return pd.DataFrame(
        [
            {"municipality_code": c, "period": p, "series": "s", "value": v, "unit": unit}
            for c, row in values.items()
            for p, v in zip(periods, row, strict=True)
        ]
    )


def compare(values, *, before, after, treated=("t",), exposed=(), comparison="all", **more):
    happened = event(treated, exposed=exposed, comparison=comparison)
    more = {"names": {"t": "Treated"}} | more
    return Official(series(values), event=happened, before=before, after=after, **more).changes()


def one(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1, f"{len(table)} rows for {where}"
    return table.iloc[0]


def noisy(j0, periods, seed=1, base=10.0):
    """All begin in 2000 at the same level, so that all may swing alike where nothing is known from before."""
    rng = np.random.default_rng(seed)
    codes = ["t", *(f"c{i:02}" for i in range(j0))]
    return {code: [base, *rng.normal(10, 1, periods - 1)] for code in codes}


def test_effect_by_hand():
    # the others change by 1, 2, 3, 6 (mean 3, s^2 = 14/3), the treated by 8
    values = {"t": [1, 9], "a": [1, 2], "b": [1, 3], "c": [1, 4], "d": [1, 7], "x": [1, 50]}
    table = compare(values, before=["2000"], after=["2001"], exposed=["x"])
    assert tuple(table.columns) == COLUMNS["changes"]
    assert not table.duplicated(KEY).any()
    row = one(table, method="effect", role="treated", scale="points")
    error = np.sqrt(14 / 3 * (1 + 1 / 4))
    assert row["change"] == pytest.approx(5)
    assert row["standard_error"] == pytest.approx(error)
    assert row["ci_low"] == pytest.approx(5 - stats.t(3).ppf(0.975) * error)
    assert (row["n_comparison"], row["rank"]) == (4, 1)
    assert row["p_smallest_possible"] == 1 / 5
    mean = one(table, method="comparison_mean", scale="points")
    assert (mean["change"], mean["standard_error"]) == (3, pytest.approx(np.sqrt(14 / 3 / 4)))
    assert one(table, method="effect", role="exposed", scale="points")["change"] == pytest.approx(46)
    own = one(table, method="change", municipality_code="t", scale="log")
    assert own["change"] == pytest.approx(np.log(9))
    assert own["unit"] == "log_points"
    assert one(table, method="change", municipality_code="x", scale="points")["role"] == "exposed"


def test_windows_are_plain_means():
    values = {"t": [1, 3, 8, 12], "a": [1, 1, 1, 1], "b": [2, 2, 2, 4]}
    table = compare(values, before=["2000", "2001"], after=["2002", "2003"])
    assert one(table, method="change", municipality_code="t", scale="points")["change"] == 8
    row = one(table, method="change", municipality_code="t", scale="log")
    assert row["change"] == pytest.approx(np.log(10 / 2))
    assert (row["wave_before"], row["wave_after"]) == ("2000+2001", "2002+2003")


def test_zero_is_undefined_on_the_log_scale():
    values = noisy(10, 3)
    values["c00"][2] = 0.0
    table = compare(values, before=["2001"], after=["2002"])
    assert one(table, method="change", municipality_code="c00", scale="log")["reason"] == "undefined"
    logs = one(table, method="effect", scale="log")
    assert logs["n_comparison"] == 9
    assert "comparison_left_out=1" in logs["reason"].split(";")
    assert one(table, method="effect", scale="points")["n_comparison"] == 10


def test_a_treated_municipality_without_figures_gets_no_number():
    values = noisy(10, 3)
    values["t"][2] = np.nan
    row = one(compare(values, before=["2001"], after=["2002"]), method="effect", scale="points")
    assert np.isnan(row["change"])
    assert row["wording_level"] == "description"
    assert "own_change_unknown" in row["reason"]


def test_roles_do_not_mix():
    with pytest.raises(ValueError, match="187"):
        Roles.of(event(["183"], exposed=["187"], comparison=["187", "201"]), ["183", "187", "201"])
    roles = Roles.of(event(["183"], exposed=["187"]), ["000", "183", "187", "201"])
    assert roles.comparison == ("201",)
    assert [roles.of_code(c) for c in ("000", "183", "187", "201")] == [
        "country", "treated", "exposed", "comparison",
    ]  # fmt: skip


def test_several_treated_together_have_no_rank():
    table = compare(noisy(10, 2), before=["2000"], after=["2001"], treated=["t", "c00"])
    single = [one(table, method="effect", municipality_code=c, scale="points") for c in ("t", "c00")]
    both = one(table, method="effect", municipality_code="treated", scale="points")
    assert both["change"] == pytest.approx(np.mean([row["change"] for row in single]))
    assert pd.isna(both["rank"])
    assert single[0]["rank"] >= 1
    # SE^2 = s^2 (1/2 + 1/J0) against s^2 (1 + 1/J0)
    ratio = (both["standard_error"] / single[0]["standard_error"]) ** 2
    assert ratio == pytest.approx((1 / 2 + 1 / 9) / (1 + 1 / 9))


def test_least_squares_gives_the_effect_again():
    table = compare(noisy(12, 4), before=["2001", "2002"], after=["2003"])
    numbers = ["change", "standard_error", "ci_low", "ci_high", "p_value"]
    fields = {"scale": "points", "municipality_code": "t"}
    ols, found = one(table, method="ols", **fields), one(table, method="effect", **fields)
    # (pingouin rounds its interval)
    np.testing.assert_allclose(ols[numbers].astype(float), found[numbers].astype(float), rtol=1e-6, atol=1e-6)


def test_leave_one_out_is_the_range_over_all_comparisons():
    values = noisy(6, 2)
    table = compare(values, before=["2000"], after=["2001"])
    change = {code: b - a for code, (a, b) in values.items()}
    others = [code for code in values if code != "t"]
    found = {left: change["t"] - np.mean([change[c] for c in others if c != left]) for left in others}
    for end, pick in (("min", min), ("max", max)):
        row = one(table, method="leave_one_out", specification=end)
        left = pick(found, key=found.get)
        assert row["change"] == pytest.approx(found[left])
        assert row["reason"] == f"left_out={left}"


def test_rank_counts_ties_against_the_treated():
    # (in the last one side is as far as the other, up to rounding)
    others = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [-0.3, 0.1 + 0.2 - 0.3, 0.0]])
    assert ranks(np.array([0.0, 3.0, 0.3]), others, np.ones(3), np.ones((3, 3))).tolist() == [4, 1, 2]


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.5])
def test_paule_mandel_solves_its_equation(spread):
    rng = np.random.default_rng(8)
    v = rng.uniform(0.001, 0.004, 40)
    x = rng.normal(0.1, np.sqrt(v + spread**2))

    def excess(tau2):
        w = 1 / (v + tau2)
        return (w * (x - (w * x).sum() / w.sum()) ** 2).sum() - (len(x) - 1)

    root = optimize.brentq(excess, 0.0, 10.0, xtol=1e-16) if excess(0.0) > 0 else 0.0
    w = 1 / (v + root)
    found = [column[0] for column in random_effects(x[None], v[None])]
    np.testing.assert_allclose(found, ((w * x).sum() / w.sum(), 1 / w.sum(), root), rtol=1e-8)
    same = combine_effects(x, v, method_re="iterated")
    theirs = same.mean_effect_re, same.sd_eff_w_re**2, max(same.tau2, 0.0)
    np.testing.assert_allclose(found, theirs, rtol=1e-5)


def test_changes_that_are_all_alike_have_no_spread_and_warn_of_nothing():
    """Mean 0.25; variance 1/(1/0.5 + 1/0.5 + 1/0.5) = 1/6."""
    found = random_effects(np.full((1, 3), 0.25), np.full((1, 3), 0.5))
    assert [column[0] for column in found] == pytest.approx([0.25, 1 / 6, 0.0])


def test_comparisons_made_at_once_are_those_made_one_by_one():
    """Of several sizes, with and without spread, one that is not known and one without anybody to compare with."""
    rng = np.random.default_rng(9)
    change, variance = rng.normal(0, [[0.01], [0.2], [0.1], [0.1], [0.1]], (5, 14)), rng.uniform(0.001, 0.004, (5, 14))
    change[3, 0] = np.nan
    others = [np.arange(1, 14), np.arange(1, 14), np.array([5, 2, 9]), np.arange(1, 14), np.zeros(0, dtype=int)]
    at_once = effects(Measured(change[:, :1], variance[:, :1]), Measured(change, variance), others)
    for found, d, v, among in zip(at_once, change, variance, others, strict=True):
        assert repr(found) == repr(effect(d[:1], d[among], v[:1], v[among]))
    assert at_once[3].mean == effect(change[3, 1:2], change[3, 1:], variance[3, 1:2], variance[3, 1:]).mean
    assert (at_once[3].rank, at_once[4].n_comparison) == (0, 0)


def test_survey_effect_by_hand():
    # equal sampling variances: tau^2 = s^2 - v, and the random-effects mean is the plain mean
    changes, v = np.array([0.0, 0.1, 0.2, 0.5]), 0.004
    found = effect(np.array([0.6]), changes, np.array([0.01]), np.full(4, v))
    s2 = changes.var(ddof=1)
    assert found.change == pytest.approx(0.6 - 0.2)
    assert found.standard_error**2 == pytest.approx((s2 - v) + 0.01 + s2 / 4, rel=1e-5)
    assert found.df == 3


def test_a_large_treated_municipality_is_no_more_certain_than_tau():
    """v = 0 for the treated does not help: tau^2 has a standard error of v sqrt(2 (J0 - 1))/J0."""
    changes, v = np.array([0.0, 0.1, 0.2, 0.5]), 0.004
    errors = [
        effect(np.array([0.6]), changes, np.array([own]), np.full(4, v)).standard_error
        for own in (1e-9, v * np.sqrt(6) / 4, v)
    ]
    assert errors[0] == pytest.approx(errors[1], rel=1e-12)
    assert errors[1] < errors[2]


@pytest.mark.parametrize("df", [3, 11, 25, 95])
def test_detectable_change_is_found_in_80_of_100(df):
    multiple = detectable_multiple(df)
    power = pingouin.power_ttest(d=multiple / np.sqrt(df + 1), n=df + 1, contrast="one-sample")
    assert power == pytest.approx(0.80, abs=1e-6)


def test_detectable_change_is_missing_with_few():
    assert np.isnan(effect(np.array([1.0]), np.array([0.0, 2.0, 4.0])).detectable_change)


@pytest.mark.parametrize(
    ("j0", "before", "level", "reasons"),
    [
        (0, 6, "description", {"no_comparison"}),
        # every pairing of 3, 5, 12 and 96 municipalities with three, four and six waves before
        (1, 6, "description", {"descriptive_only"}),
        (3, 3, "description", {"descriptive_only", "parallel_unchecked"}),
        (3, 4, "description", {"descriptive_only"}),
        (3, 6, "description", {"descriptive_only"}),
        (4, 4, "change", {"interval_only"}),
        (5, 3, "change", {"interval_only", "parallel_unchecked"}),
        (5, 4, "change", {"interval_only"}),
        (5, 6, "change", {"interval_only"}),
        (8, 6, "change", {"interval_only"}),
        (9, 4, "effect", {"normality_assumed"}),
        (12, 3, "change", {"normality_assumed", "parallel_unchecked"}),
        (12, 4, "effect", {"normality_assumed"}),
        (12, 6, "effect", {"normality_assumed"}),
        (18, 6, "effect", {"normality_assumed"}),
        (19, 4, "effect", set()),
        (96, 3, "change", {"parallel_unchecked"}),
        (96, 4, "effect", set()),
        (96, 6, "effect", set()),
    ],
)
def test_the_design_sets_the_strongest_word(j0, before, level, reasons):
    found, why = permitted(j0, before)
    assert (found, set(why)) == (level, reasons)


def test_weaknesses_lower_the_word_once_and_nothing_raises_it():
    assert lowered("effect", [], False) == ("effect", ())
    assert lowered("effect", ["2019"], False)[0] == "change"
    assert lowered("effect", [], True)[0] == "change"
    assert lowered("effect", ["2019"], True)[0] == "change"
    assert lowered("change", ["2019"], True)[0] == "description"
    assert lowered("description", [], False)[0] == "description"
    assert lowered("effect", [], False, tried=False) == ("change", ("choices_not_tried",))
    assert lowered("change", [], False, tried=False) == ("change", ())
    assert lowered("effect", ["2019"], False, tried=False) == ("change", ("false_dates=2019",))


def test_a_lowered_word_says_every_weakness_in_order():
    assert lowered("effect", ["2015", "2016"], True) == ("change", ("false_dates=2015,2016", "sign_depends_on_choice"))
    assert lowered("description", ["2015"], False) == ("description", ("false_dates=2015",))
    assert permitted(12, 1) == ("change", ("normality_assumed", "parallel_unchecked"))
    assert permitted(0, 1) == ("description", ("no_comparison", "parallel_unchecked"))


@pytest.mark.parametrize("j0", [1, 3, 5, 12])
@pytest.mark.parametrize("waves_before", [1, 3, 4])
def test_few_municipalities_get_few_numbers(j0, waves_before):
    periods = [str(2000 + i) for i in range(waves_before + 1)]
    table = compare(noisy(j0, waves_before + 1), before=periods[-2:-1], after=periods[-1:])
    row = one(table, method="effect", scale="points")
    assert np.isnan(row["ci_low"]) == (j0 < 4)
    assert np.isnan(row["p_value"]) == (j0 < 9)
    assert row["p_smallest_possible"] == pytest.approx(1 / (j0 + 1))
    design, _ = permitted(j0, waves_before)
    levels = ["description", "change", "effect"]
    assert levels.index(row["wording_level"]) <= levels.index(design)
    assert ("parallel_unchecked" in row["reason"]) == (waves_before < 4)


def test_no_comparison_at_all():
    table = compare({"t": [1.0, 2.0]}, before=["2000"], after=["2001"])
    row = one(table, method="effect", scale="points")
    assert (row["wording_level"], row["reason"]) == ("description", "no_comparison;parallel_unchecked")
    assert np.isnan(row["change"])
    assert one(table, method="change", scale="points")["change"] == 1.0


def test_unchanged_needs_a_narrow_interval():
    values = noisy(20, 3)
    found = {
        margin: one(
            compare(values, before=["2001"], after=["2002"], unchanged_margin=margin),
            method="unchanged",
        )
        for margin in (0.01, 100.0)
    }
    assert found[0.01]["reason"] == "outside_margin"
    assert found[100.0]["reason"] == "within_margin"
    effect_row = one(compare(values, before=["2001"], after=["2002"]), method="effect", scale="points")
    half = (effect_row["ci_high"] - effect_row["ci_low"]) / 2
    narrow = (found[100.0]["ci_high"] - found[100.0]["ci_low"]) / 2
    assert narrow / half == pytest.approx(special.stdtrit(19, 0.95) / special.stdtrit(19, 0.975))


def test_false_dates_use_only_what_was_before():
    window = Window.of([str(y) for y in range(2014, 2025)], ["2019", "2020", "2021"], ["2022", "2023"])
    for false in false_windows(window):
        assert false.after[-1] <= window.before[-1]
        assert (len(false.before), len(false.after)) == (3, 2)
    assert [w.after[0] for w in false_windows(window)] == [3, 4, 5, 6]
    assert false_windows(Window((0,), (1,))) == ()
    gap = false_windows(Window((5,), (8,)))
    assert all(w.after[0] - w.before[0] == 3 for w in gap)


def test_a_year_in_which_the_event_was_known_to_come_is_left_for_the_one_before():
    values = noisy(12, 5)
    happened = event(["t"]).model_copy(update={"date": date(2003, 1, 1), "announced": date(2002, 5, 1)})
    told = {"event": happened, "before": ["2002"], "after": ["2003"], "names": {}}
    curve = Official(series(values), **told).changes()
    curve = curve[curve["method"].eq("specification") & curve["scale"].eq("points")]
    (without,) = curve[curve["specification"].str.contains("comparison=all.*foreseen=no")].to_dict("records")
    assert without["wave_before"] == "2001"
    earlier = one(compare(values, before=["2001"], after=["2003"]), method="effect", scale="points")
    assert without["change"] == pytest.approx(earlier["change"], abs=0.02)  # (levels before weigh a little otherwise)


def test_windows_refuse_what_is_not_there():
    with pytest.raises(ValueError, match="2030"):
        Window.of(["2020", "2021"], ["2020"], ["2030"])
    with pytest.raises(ValueError, match="does not end before"):
        Window.of(["2020", "2021"], ["2021"], ["2020"])
    assert Window((0,), (1,)) == other_windows(Window((0,), (1,)), 2)[0]


def chosen(change, error, scale="points"):
    ends = {"ci_low": change - 2 * error, "ci_high": change + 2 * error}
    return {"change": change, "standard_error": error, "scale": scale} | ends


def test_the_sign_depends_on_the_choice_only_where_a_precise_choice_is_clear():
    clear = chosen(1.0, 0.1)
    assert sign_changes([clear, chosen(-0.1, 0.1)])
    assert not sign_changes([clear, chosen(0.0, 0.1)])
    assert not sign_changes([clear, chosen(-0.1, 0.15)]), "less than half as precise"
    assert not sign_changes([chosen(0.1, 0.1), chosen(-0.1, 0.1)]), "nothing is clear, whatever is chosen"
    assert sign_changes([clear, chosen(-0.1, 5.0, "log"), chosen(-0.2, 5.0, "log")]), "each scale has its own precision"
    assert not sign_changes([])
    few = {"scale": "points", "change": -0.1, "n_comparison": 3}
    assert not sign_changes([clear, few]), "too few took part for an interval"
