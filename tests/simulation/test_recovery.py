"""What jobreport says of the made-up country is compared with what is true of it.

Bounds come from the number of intervals, not from what happened to come out: a coverage may fall
short of its promise as far as one in ten thousand honest sets of intervals would (binomial), a mean
deviation may lie four standard errors from zero.
"""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from jobreport.compare.survey import survey_changes
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.estimate.weights import calibrate
from jobreport.simulate import Country, Design, draw_country, invited, responses, true_effects, true_values
from jobreport.simulate.country import MUNICIPALITIES, WAVES
from tests.estimates import estimate
from tests.events import event

KEYS = ["indicator", "measure", "category", "municipality_code", "wave", "group_by", "group"]


def least(promised: float, intervals: int) -> float:
    """Share of intervals that must hold the truth if each does with the promised probability."""
    return binom.ppf(1e-4, intervals, promised) / intervals


@pytest.fixture(scope="module", params=[2, pytest.param(4, marks=pytest.mark.slow)])
def recovered(request, indicators):
    """Estimates beside the truth: the shipped country asked twice, and four times with the slow tests."""
    country = draw_country()
    truth = true_values(country, ("benefit_group",))
    asked = []
    for draw in range(1, request.param + 1):
        estimates = estimate(
            responses(country, draw), indicators, group_by=("benefit_group",), simulated=True, names={}
        )
        asked.append(estimates.merge(truth[[*KEYS, "value"]], on=KEYS, validate="1:1").assign(draw=draw))
    rows = pd.concat(asked, ignore_index=True)
    rows["error"] = rows["estimate"] - rows["value"]
    rows["covered"] = rows["value"].between(rows["ci_low"], rows["ci_high"])
    return rows


def draws(rows):
    return rows["draw"].nunique()


def municipal(rows, group_by=""):
    return rows[(rows["municipality_code"] != "000") & (rows["group_by"] == group_by)]


@pytest.mark.parametrize("indicator", ["satisfaction", "trust", "meaning"])
@pytest.mark.dear
def test_means_of_municipalities(recovered, indicator):
    rows = municipal(recovered).query("indicator == @indicator and measure == 'mean'")
    assert len(rows) == 44 * 6 * draws(rows)
    assert least(0.93, len(rows)) <= rows["covered"].mean() <= 1 - least(0.03, len(rows))
    assert abs(rows["error"].mean()) < 4 * rows["error"].std() / sqrt(len(rows))


@pytest.mark.parametrize("category", ["positive", "neutral", "negative"])
@pytest.mark.parametrize("indicator", ["satisfaction", "trust_met", "trust_listened", "trust_situation", "meaning"])
def test_shares_of_municipalities(recovered, indicator, category):
    """Korn-Graubard may cover more than it promises, never less."""
    rows = municipal(recovered).query("indicator == @indicator and category == @category")
    assert len(rows) == 44 * 6 * draws(rows)
    assert rows["covered"].mean() >= least(0.95, len(rows))
    assert abs(rows["error"].mean()) < 4 * rows["error"].std() / sqrt(len(rows))


def test_standard_errors_are_the_spread_of_the_errors(recovered):
    for _, rows in municipal(recovered).query("measure == 'index'").groupby("indicator"):
        ratio = sqrt((rows["standard_error"] ** 2).mean()) / rows["error"].std()
        # 528 domains: the spread itself is known to about 1/sqrt(2 · 528) = 3.1 pct.; 1,056 in four draws: to 2.2
        assert ratio == pytest.approx(1, abs=0.07)


def test_groups_within_municipalities(recovered):
    """Some 10 to 60 answers each. (Choosing rows by their flag would choose by the outcome.)"""
    rows = municipal(recovered, "benefit_group").query("category == 'positive' and n >= 5")
    assert len(rows) > 3_750 * draws(rows)
    assert rows["covered"].mean() > 0.95
    means = municipal(recovered, "benefit_group").query("measure == 'mean' and n_effective >= 30")
    assert 0.93 < means["covered"].mean() < 0.97


def test_the_whole_country(recovered):
    rows = recovered[(recovered["municipality_code"] == "000") & recovered["measure"].isin(["share", "mean"])]
    # 6 independent samples of each draw; the measures of a sample go together, so the bound is that of 24
    assert rows["covered"].mean() >= least(0.95, 6 * draws(recovered))
    for _, measure in rows.groupby(["indicator", "measure", "category", "group"]):
        assert abs(measure["error"].mean()) < 4 * measure["standard_error"].mean() / sqrt(6 * draws(recovered))


def test_dont_know(recovered):
    rows = municipal(recovered).query("measure == 'dont_know'")
    assert rows["covered"].mean() >= least(0.95, 44 * 6 * draws(rows))
    assert abs(rows["error"].mean()) < 4 * np.std(rows["error"]) / sqrt(44 * 6 * draws(rows))


HEADLINES = [("satisfaction", "share"), ("trust", "index"), ("meaning", "share")]
EVENT = {"before": WAVES[:3], "after": WAVES[3:], "simulated": True, "names": {}}


def headlines(changes: pd.DataFrame) -> pd.DataFrame:
    """The positive boxes of satisfaction and meaning, and the index of trust."""
    chosen = changes["category"].isin(["positive", ""])
    chosen &= pd.MultiIndex.from_frame(changes[["indicator", "measure"]]).isin(HEADLINES)
    return changes[chosen]


def true_changes(country: Country) -> pd.DataFrame:
    """Mean of the true values of the waves after less that of the waves before."""
    truth = true_values(country)
    sign = np.where(truth["wave"].isin(WAVES[3:]), 1 / 3, -1 / 3)
    keys = ["indicator", "measure", "category", "municipality_code"]
    return (truth["value"] * sign).groupby([truth[key] for key in keys]).sum().rename("truth").reset_index()


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        error=rows["change"] - rows["truth"], covered=rows["truth"].between(rows["ci_low"], rows["ci_high"])
    )


@pytest.mark.parametrize(
    ("repeat", "often"),
    [(0.0, 3), pytest.param(0.0, 5, marks=pytest.mark.slow), (0.6, 3), pytest.param(0.6, 5, marks=pytest.mark.slow)],
)
@pytest.mark.dear
def test_own_changes_whoever_answers_again(indicators, repeat, often):
    """Changes between two waves, where up to six in ten of the first answer in the second as well."""
    design = Design(answers=12_000, municipalities=MUNICIPALITIES[:40], waves=("2021-2", "2022-1"), repeat=repeat)
    country = draw_country(Design(**{**vars(design), "effects": {}}), seed=11)
    truth = true_values(country)
    truth["value"] *= np.where(truth["wave"] == "2022-1", 1, -1)
    keys = ["indicator", "measure", "category", "municipality_code"]
    truth = truth.groupby(keys)["value"].sum().rename("truth").reset_index()
    found = []
    for draw in range(often):
        changes = survey_changes(
            Tallies(Sample(responses(country, draw))),
            indicators,
            **{**EVENT, "before": ("2021-2",), "after": ("2022-1",)},
            event=event(["183"], comparison=MUNICIPALITIES[:2]),
            false_dates=False,
            specifications=False,
        )
        found.append(headlines(changes[changes["method"] == "change"]).merge(truth, on=keys, validate="1:1"))
    rows = judged(pd.concat(found).query("municipality_code != '000'"))
    for _, one in rows.groupby("indicator"):
        assert len(one) == often * 40
        assert one["covered"].mean() >= least(0.95, len(one))
        assert abs(one["error"].mean()) < 4 * one["error"].std() / sqrt(len(one))
        # neither too wide nor too narrow: the spread of 120 errors is known to 6.5 pct., of 200 to 5
        assert sqrt((one["standard_error"] ** 2).mean()) / one["error"].std() == pytest.approx(1, abs=0.15)


@pytest.mark.dear
def test_a_changed_mix_does_not_look_like_changed_answers(indicators):
    """Ten municipalities get 25 points more aktivitetsparate and change in nothing else."""
    changed = MUNICIPALITIES[:10]
    design = Design(
        answers=14_400,
        municipalities=MUNICIPALITIES[:12],
        effects={},
        mix_change=dict.fromkeys(changed, 0.25),
        shock_sd=0.0,
    )
    country = draw_country(design, seed=21)
    chosen = {"event": event(changed), "mix": "benefit_group", "false_dates": False, "specifications": False}
    rows = [
        survey_changes(Tallies(Sample(responses(country, draw))), indicators[:1], **EVENT, **chosen)
        for draw in range(3)
    ]
    shares = headlines(pd.concat(rows)).query("group_by == '' and municipality_code in @changed")
    crude = shares.query("method == 'change' and adjustment == ''")
    adjusted = shares.query("method == 'change' and adjustment == 'mix'")
    rates, mix = shares.query("method == 'rates'"), shares.query("method == 'mix'")
    assert len(crude) == len(adjusted) == len(rates) == len(mix) == 30
    assert crude["change"].mean() == pytest.approx(true_mix_part(country).mean(), abs=0.012)
    assert crude["change"].mean() < -0.03
    assert adjusted["change"].mean() == pytest.approx(0, abs=0.012)
    # nothing changed within any group, so the truth of the adjusted change and of the rates is zero
    for part in (adjusted, rates):
        assert part["change"].between(-0.15, 0.15).all()
        assert (part["ci_low"] * part["ci_high"] < 0).mean() >= least(0.95, 30)
    np.testing.assert_allclose(
        rates["change"].to_numpy() + mix["change"].to_numpy(), crude["change"].to_numpy(), atol=1e-9
    )


def true_mix_part(country: Country) -> np.ndarray:
    """Change of the true share of satisfied, nothing but the mix having changed."""
    truth = true_changes(country).query("indicator == 'satisfaction' and category == 'positive'")
    return truth[truth["municipality_code"].isin(list(country.design.mix_change))]["truth"].to_numpy()


def event_effects(indicators, seeds) -> pd.DataFrame:
    """Effects found and true in many countries of thirteen municipalities, each with its own shocks."""
    found = []
    for seed in seeds:
        design = Design(answers=13 * 6 * 130, municipalities=("183", "187", *MUNICIPALITIES[9:20]), mix_change={})
        country = draw_country(design, seed)
        changes = survey_changes(
            Tallies(Sample(responses(country))),
            indicators,
            **EVENT,
            event=event(["183"], exposed=["187"]),
            false_dates=False,
            specifications=False,
        )
        effects = changes[(changes["method"] == "effect") & (changes["group_by"] == "")]
        truth = true_effects(country).rename(columns={"effect": "truth"})
        keys = ["indicator", "measure", "category", "municipality_code"]
        found.append(headlines(effects).merge(truth[[*keys, "truth"]], on=keys, validate="1:1"))
    return judged(pd.concat(found, ignore_index=True))


def assert_effects_recovered(rows: pd.DataFrame, countries: int) -> None:
    assert len(rows) == countries * 2 * rows["indicator"].nunique()
    # the indicators of a municipality go together: count it once
    assert rows["covered"].mean() >= least(0.95, 2 * countries)
    for _, one in rows.groupby(["indicator", "municipality_code"]):
        assert abs(one["error"].mean()) < 4 * one["error"].std() / sqrt(countries)
    ratio = rows.groupby("indicator").apply(lambda one: sqrt((one["standard_error"] ** 2).mean()) / one["error"].std())
    assert ratio.between(1 - 4 / sqrt(4 * countries), 1 + 4 / sqrt(4 * countries)).all()


@pytest.mark.parametrize("countries", [5, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.dear
def test_event_effects(indicators, countries):
    rows = event_effects(indicators[:1], range(100, 100 + countries))
    assert_effects_recovered(rows, countries)
    truth = rows.groupby("municipality_code")["truth"]
    np.testing.assert_allclose(truth.get_group("183"), 0.08)
    np.testing.assert_allclose(truth.get_group("187"), -0.05)


@pytest.mark.simulation
def test_event_effects_in_many_countries(indicators):
    assert_effects_recovered(event_effects(indicators, range(1000, 1300)), 300)


@pytest.mark.dear
def test_weighting_to_known_margins_removes_the_bias_of_nonresponse(indicators):
    """Aktivitetsparate answer less often and more negatively; the raw share is a point too high."""
    country = draw_country()
    truth = true_values(country)[[*KEYS, "value"]]
    found = {"as answered": [], "raked": []}
    for draw in range(2):
        plain = responses(country, draw).assign(weight=1.0)
        margins = invited(country, draw).query("group_by != ''").rename(columns={"n_invited": "count"})
        raked, calibration = calibrate(plain, margins)
        for name, answers, how in (("as answered", plain, None), ("raked", raked, calibration)):
            estimates = estimate(answers, indicators, simulated=True, names={}, calibration=how)
            found[name].append(estimates.merge(truth, on=KEYS, validate="1:1"))
    rows = {name: municipal(pd.concat(parts)).query("measure == 'mean'") for name, parts in found.items()}
    for indicator in ("satisfaction", "trust", "meaning"):
        bias = {}
        for name, all_rows in rows.items():
            error = all_rows[all_rows["indicator"] == indicator].eval("estimate - value")
            bias[name] = error.mean() / (error.std() / sqrt(len(error)))
        assert bias["as answered"] > 6
        assert abs(bias["raked"]) < 4
    # Linearised variances are a little small after eight margins are fitted to some 130 answers.
    covered = rows["raked"].eval("ci_low <= value <= ci_high")
    assert covered.mean() > 0.93
