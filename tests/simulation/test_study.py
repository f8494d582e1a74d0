"""The committed results of the simulation study are held to what is promised, and made again in part.

What is promised: every 95 pct. interval of a share or a mean holds the truth in at least 94 pct. of samples; the event
test finds a change where there is none in at most 8 of 100 cases, unless trends are not parallel.
"""

from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent


def error(promised: float, replicates: int) -> float:
    return 3 * sqrt(promised * (1 - promised) / replicates)


@pytest.fixture(scope="module")
def intervals() -> pd.DataFrame:
    return pd.read_csv(HERE / "study_intervals.csv", keep_default_na=False, na_values={"p": [""]})


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return pd.read_csv(HERE / "study_events.csv").set_index("name")


def test_unweighted_shares_cover_at_least_95(intervals):
    rows = intervals.query("measure == 'share' and weights == 'equal' and waves == 1")
    assert sorted(set(rows["n"])) == [20, 50, 200]
    assert (rows["p"].min(), rows["p"].max()) == (0.02, 0.98)
    assert rows["coverage"].min() >= 0.95 - error(0.95, 20_000)
    assert (rows["without_interval"] == 0).all()


def test_every_interval_covers_at_least_94(intervals):
    """Shares and means, 20 answers and more, weights of cv 1.5 and less, one wave and the mean of three."""
    assert intervals["coverage"].min() >= 0.94
    kinds = intervals.groupby(["measure", "waves"])["weights"].unique().map(set)
    assert all({"equal", "cv 1", "cv 1.5"} <= each for each in kinds)
    assert len(kinds) == 4


def test_intervals_of_r_do_not(intervals):
    """What was printed before: of shares 85 at cv 1.5, of means 86 where four fifths give the top answer."""
    lowest = intervals.groupby(["measure", "weights"])["coverage_of_r"].min()
    assert lowest["share", "cv 1.5"] < 0.86
    assert lowest["mean", "equal"] < 0.87


def test_what_it_costs_is_width(intervals):
    """With equal weights nothing; at cv 1.5 at most half as wide again."""
    wider = (intervals["mean_width"] / intervals["mean_width_of_r"]).groupby(
        [intervals["measure"], intervals["weights"], intervals["waves"]]
    )
    assert wider.mean()["share", "equal"].max() < 1.01
    assert wider.mean()["mean", "equal"].max() < 1.06
    assert wider.mean().max() < 1.5


def test_no_false_alarms_where_trends_are_parallel(events):
    parallel = events[events["drift"] == 0]
    assert len(parallel) >= 12
    assert parallel["size"].max() <= 0.08
    # Without any shocks it is cautious, with four others and with a large municipality beside small ones
    # too; it is not asleep.
    alike = parallel[(parallel["comparison"] >= 12) & (parallel["n_treated"] <= parallel["n_comparison"])]
    assert alike["size"].min() >= 0.01


def test_no_false_alarms_for_a_large_municipality(events):
    large = events[events["n_treated"] > events["n_comparison"]]
    assert len(large) == 4
    assert large["size"].max() <= 0.06


def test_parallel_trends_are_what_the_test_rests_on(events):
    assert (events[events["drift"] > 0]["size"] > 0.08).all()


def test_no_bias_where_trends_are_parallel(events):
    parallel = events[events["drift"] == 0]
    standard_error = parallel["spread_of_change"] / parallel["replicates"] ** 0.5
    assert (parallel["mean_error"].abs() < 4 * standard_error).all()


def test_power_grows_with_the_change_and_with_the_municipalities(events):
    assert (events["power_5"] <= events["power_10"]).all()
    assert (events["power_10"] <= events["power_15"]).all()
    base = events.loc["12 others, 3 + 3 waves of 150 answers"]
    assert events.loc["42 others", "power_10"] > base["power_10"] > events.loc["4 others", "power_10"]
    # 80 pct. power at the detectable change: for 10 points below it the power is lower, above higher
    assert 0.10 < base["detectable_change"] < 0.15
    assert base["power_10"] < 0.80 < base["power_15"]


def test_few_municipalities_cannot_reach_5_pct_by_rank(events):
    few = events[events["comparison"] < 19]
    assert (few["size_of_rank"] == 0).all()
    many = events.loc["97 others"]
    assert many["size_of_rank"] == pytest.approx(0.05, abs=error(0.05, 4000))


@pytest.mark.parametrize("row", [0, 3, 16, 55, 100, 137])
def test_intervals_can_be_made_again(study, intervals, row):
    case = list(study.intervals())[row]
    stored = intervals.iloc[row]
    made = study.study_interval(case)
    assert (stored["n"], stored["weights"]) == (case.n, case.weights)
    for column in ("coverage", "design_effect", "uncertain", "mean_width"):
        # two of 20,000 may fall on an end of their interval and be rounded elsewhere on other processors
        assert made[column] == pytest.approx(stored[column], abs=1e-4, rel=1e-4), column


@pytest.mark.parametrize("name", ["12 others, 3 + 3 waves of 150 answers", "register, 96 others"])
@pytest.mark.dear
def test_events_can_be_made_again(study, events, name):
    """With 300 countries instead of 4,000."""
    scenario = next(each for each in study.SCENARIOS if each.name == name)
    made, stored = study.study_event(scenario, replicates=300), events.loc[name]
    for column in ("size", "power_5", "power_10", "power_15"):
        slack = 4 * sqrt(max(stored[column] * (1 - stored[column]), 0.01) / 300)
        assert made[column] == pytest.approx(stored[column], abs=slack), column
    assert made["mean_standard_error"] == pytest.approx(stored["mean_standard_error"], rel=0.05)


@pytest.mark.simulation
def test_the_files_are_what_the_study_gives(study):
    for name, table in study.tables().items():
        stored = pd.read_csv(HERE / name, keep_default_na=False, na_values={"p": [""]})
        pd.testing.assert_frame_equal(
            stored.drop(columns=["version", "numpy"]),
            table.drop(columns=["version", "numpy"]),
            check_dtype=False,
            atol=5e-4,
            rtol=1e-4,
        )
