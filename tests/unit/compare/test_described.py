"""Official figures of no event: whom each is held beside, how far that swings, and the place among all."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.compare.described import Described
from jobreport.domain.released import COUNTRY, KEYS

YEARS = [str(year) for year in range(2014, 2023)]
CODES = [f"{code}" for code in range(101, 161)]


def series(years=YEARS, seed=3):
    """Sixty municipalities on levels of their own that swing in proportion to them, and a country."""
    rng = np.random.default_rng(seed)
    level = np.linspace(2, 8, len(CODES))
    values = level[:, None] * np.exp(rng.normal(0, 0.05, (len(CODES), len(years))))
    rows = [(c, y, v) for c, row in zip(CODES, values, strict=True) for y, v in zip(years, row, strict=True)]
    rows += [(COUNTRY, year, values[:, place].mean()) for place, year in enumerate(years)]
    frame = pd.DataFrame(rows, columns=["municipality_code", "period", "value"])
    return frame.assign(series="s", unit="per_cent")


@pytest.fixture(scope="module")
def frame():
    return series()


@pytest.fixture(scope="module")
def changes(frame):
    return Described(frame, before=["2021"], after=["2022"], names={}).changes()


@pytest.fixture(scope="module")
def places(frame):
    return Described(frame, before=["2021"], after=["2022"], names={}).diagnostics()


def test_each_has_its_own_change_and_one_beside_those_alike_and_nothing_that_concludes(changes):
    assert set(changes["method"]) == {"change", "similar"}
    assert set(changes["event"]) == {""}
    assert set(changes["role"]) == {"", "country"}
    assert not changes.duplicated(list(KEYS["changes"])).any()
    assert changes[["p_value", "p_adjusted", "detectable_change"]].isna().all(axis=None)
    assert set(changes["wording_level"]) == {""}
    assert set(changes.loc[changes["method"].eq("similar"), "municipality_code"]) == set(CODES)


def test_those_alike_are_the_twenty_nearest_in_the_three_years_before(frame, changes):
    wide = frame[frame["municipality_code"].ne(COUNTRY)].pivot(
        index="municipality_code", columns="period", values="value"
    )
    level = wide[["2019", "2020", "2021"]].mean(axis=1)
    alike = (level.drop("130") - level["130"]).abs().nsmallest(20).index
    others = wide.loc[alike, "2022"] - wide.loc[alike, "2021"]
    own = wide.loc["130", "2022"] - wide.loc["130", "2021"]
    row = (
        changes[changes["municipality_code"].eq("130") & changes["method"].eq("similar")]
        .set_index("scale")
        .loc["points"]
    )
    assert row["n_comparison"] == 20
    assert row["change"] == pytest.approx(own - others.mean(), abs=0.01)  # (those who swing more count less)
    half = stats.t.ppf(0.975, 19) * others.std(ddof=1) * np.sqrt(1 + 1 / 20)
    assert row["ci_high"] - row["change"] == pytest.approx(half, rel=0.1)
    assert 1 <= row["rank"] <= 21


@pytest.mark.dear
def test_where_nothing_happened_the_difference_stands_out_as_seldom_as_it_says():
    clear = []
    for seed in range(8):
        made = Described(series(seed=seed), before=["2021"], after=["2022"], names={}).changes()
        made = made[made["method"].eq("similar") & made["scale"].eq("log")]
        clear += ((made["ci_low"] > 0) | (made["ci_high"] < 0)).tolist()
    assert 0.02 < np.mean(clear) < 0.08


@pytest.mark.dear
def test_the_place_counts_from_both_ends_and_those_alike_share_it(frame, places):
    now = frame[frame["period"].eq("2022") & frame["municipality_code"].ne(COUNTRY)].set_index("municipality_code")[
        "value"
    ]
    found = places[places["diagnostic"].eq("place") & places["wave"].eq("2022")]
    below = found[found["category"].eq("from_below")].set_index("municipality_code")["value"]
    above = found[found["category"].eq("from_above")].set_index("municipality_code")["value"]
    assert below.to_dict() == now.rank(method="min").to_dict()
    assert above.to_dict() == now.rank(method="min", ascending=False).to_dict()
    assert set(found["n"]) == {60}
    tied = frame.assign(value=1.0)
    same = Described(tied, before=["2021"], after=["2022"], names={}).diagnostics()
    assert set(same.loc[same["diagnostic"].eq("place"), "value"]) == {1.0}


def test_it_is_told_how_often_the_difference_was_as_large_before(places):
    found = places[places["diagnostic"].eq("as_large") & places["category"].eq("points")]
    assert set(found["n"]) == {7}
    assert found["value"].between(0, 7).all()
    assert found["value"].mean() == pytest.approx(3.5, abs=0.8)


def test_only_earlier_periods_of_the_same_length_in_time_are_earlier(frame):
    kept = frame[frame["period"].isin(["2014", "2015", "2018", "2019", "2022"])]
    made = Described(kept, before=["2019"], after=["2022"], names={}).diagnostics()
    assert set(made.loc[made["diagnostic"].eq("as_large"), "n"]) == {1}  # 2015 to 2018


@pytest.mark.parametrize(("year", "often"), [("2018", 1), (None, 0)])
def test_how_often_a_place_differed_as_much_before_is_counted_over_periods_as_long(frame, year, often):
    """It leaps by 20 in the last year, and either by 40 up and 40 down once before or never."""
    own = frame["municipality_code"].eq("130")
    leaps = frame["value"].where(~own, 5.0 + 20.0 * frame["period"].eq("2022") + 40.0 * frame["period"].eq(year))
    found = Described(frame.assign(value=leaps), before=["2021"], after=["2022"], names={}).diagnostics()
    large = found[found["diagnostic"].eq("as_large") & found["municipality_code"].eq("130")].set_index("category")
    assert large.loc["points", "value"] == 2 * often, "up and down again"
    assert large.loc["points", "n"] == large.loc["log", "n"] > 2
    assert set(large["unit"]) == {"periods"}
