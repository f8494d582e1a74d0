"""What jobreport says of the made-up country is compared with what is true of it.

Bounds come from the number of intervals, not from what happened to come out: a coverage may fall
short of its promise by three standard errors of a simulated proportion, a mean deviation may lie four
standard errors from zero.
"""

from math import sqrt

import numpy as np
import pandas as pd
import pytest

from jobreport.indicators import estimate
from jobreport.simulate import draw_country, responses, true_values

DRAWS = 6
KEYS = ["indicator", "measure", "category", "municipality_code", "wave", "group_by", "group"]


def simulation_error(promised: float, intervals: int) -> float:
    return 3 * sqrt(promised * (1 - promised) / intervals)


@pytest.fixture(scope="module")
def recovered(indicators):
    """Estimates beside the truth: the shipped country asked six times."""
    country = draw_country()
    truth = true_values(country, ("benefit_group",))
    asked = []
    for draw in range(1, DRAWS + 1):
        estimates = estimate(
            responses(country, draw), indicators, group_by=("benefit_group",), simulated=True, names={}
        )
        asked.append(estimates.merge(truth[[*KEYS, "value"]], on=KEYS, validate="1:1"))
    rows = pd.concat(asked, ignore_index=True)
    rows["error"] = rows["estimate"] - rows["value"]
    rows["covered"] = rows["value"].between(rows["ci_low"], rows["ci_high"])
    return rows


def municipal(rows, group_by=""):
    return rows[(rows["municipality_code"] != "000") & (rows["group_by"] == group_by)]


@pytest.mark.parametrize("indicator", ["satisfaction", "trust", "meaning"])
def test_means_of_municipalities(recovered, indicator):
    rows = municipal(recovered).query("indicator == @indicator and measure == 'mean'")
    assert len(rows) == 44 * 6 * DRAWS
    slack = simulation_error(0.95, len(rows))
    assert 0.93 - slack < rows["covered"].mean() < 0.97 + slack
    assert abs(rows["error"].mean()) < 4 * rows["error"].std() / sqrt(len(rows))


@pytest.mark.parametrize("category", ["positive", "neutral", "negative"])
@pytest.mark.parametrize("indicator", ["satisfaction", "trust_met", "trust_listened", "trust_situation", "meaning"])
def test_shares_of_municipalities(recovered, indicator, category):
    """Korn-Graubard may cover more than it promises, never less."""
    rows = municipal(recovered).query("indicator == @indicator and category == @category")
    assert len(rows) == 44 * 6 * DRAWS
    assert rows["covered"].mean() > 0.95 - simulation_error(0.95, len(rows))
    assert abs(rows["error"].mean()) < 4 * rows["error"].std() / sqrt(len(rows))


def test_standard_errors_are_the_spread_of_the_errors(recovered):
    for _, rows in municipal(recovered).query("measure == 'index'").groupby("indicator"):
        ratio = sqrt((rows["standard_error"] ** 2).mean()) / rows["error"].std()
        # 1,584 domains: the spread itself is known to about 1/sqrt(2 · 1584) = 1.8 pct.
        assert ratio == pytest.approx(1, abs=0.06)


def test_groups_within_municipalities(recovered):
    """Some 10 to 60 answers each. (Choosing rows by their flag would choose by the outcome.)"""
    rows = municipal(recovered, "benefit_group").query("category == 'positive' and n >= 5")
    assert len(rows) > 20_000
    assert rows["covered"].mean() > 0.95
    means = municipal(recovered, "benefit_group").query("measure == 'mean' and n_effective >= 30")
    assert 0.93 < means["covered"].mean() < 0.97


def test_the_whole_country(recovered):
    rows = recovered[(recovered["municipality_code"] == "000") & recovered["measure"].isin(["share", "mean"])]
    # 36 independent samples; the measures of a sample go together, so the slack is that of 48
    assert rows["covered"].mean() > 0.95 - simulation_error(0.95, 6 * DRAWS)
    for _, measure in rows.groupby(["indicator", "measure", "category", "group"]):
        assert abs(measure["error"].mean()) < 4 * measure["standard_error"].mean() / sqrt(6 * DRAWS)


def test_dont_know(recovered):
    rows = municipal(recovered).query("measure == 'dont_know'")
    assert rows["covered"].mean() > 0.95 - simulation_error(0.95, 44 * 6 * DRAWS)
    assert abs(rows["error"].mean()) < 4 * np.std(rows["error"]) / sqrt(44 * 6 * DRAWS)
