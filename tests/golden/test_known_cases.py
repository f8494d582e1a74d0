"""Published or independently known figures that the comparison must give again.

* Unemployment in Ishøj 2021 -> 2022 beside 96 municipalities (Danmarks Statistik, AUP02, yearly means):
  effect, interval and rank were computed independently of this code, by the definition in `compare.spread`; taken to
  swing alike at every level they were -0.79 (-1.44 to -0.14) and number 3 of 97, as up to version 0.1.0.
* Organ donation in California: Kessler, J. B. and Roth, A. E. (2014), "Don't take 'no' for an answer: an
  experiment with actual organ donor registrations", NBER 20378; the register data as in the package
  causaldata (Huntington-Klein, The Effect, chapter 18): difference in differences -2.246 points. A
  regression clustered by state calls it significant (p = .001); one treated state beside 26 cannot be.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.register import Official
from jobreport.domain import municipalities
from jobreport.domain.municipalities import all_municipalities
from tests.events import event

UNEMPLOYMENT = Path(__file__).parents[2] / "data" / "register" / "unemployment.csv"
SERIES = pd.read_csv(UNEMPLOYMENT, dtype={"municipality_code": str, "period": str})
ASKED = {"event": event(["183"], exposed=["187"]), "before": ["2021"], "after": ["2022"], "names": {}}
DIAGNOSTICS = Official(SERIES, **ASKED).diagnostics()


@pytest.fixture(scope="module")
def unemployment():
    return Official(SERIES, **ASKED, regions={m.code: m.region for m in all_municipalities()}).changes()


def rows(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def one(table, **where):
    found = rows(table, **where)
    assert len(found) == 1, f"{len(found)} rows for {where}"
    return found.iloc[0]


def test_ishoej_in_points(unemployment):
    row = one(unemployment, method="effect", municipality_code="183", scale="points")
    assert row[["change", "ci_low", "ci_high"]].astype(float).round(3).tolist() == [
        -0.866, -1.861, 0.130,
    ]  # fmt: skip
    assert (row["n_comparison"], row["rank"]) == (96, 9)


def test_ishoej_in_per_cent(unemployment):
    row = one(unemployment, method="effect", municipality_code="183", scale="log")
    assert round(row["change"], 3) == 0.032
    in_per_cent = 100 * (np.exp(row[["change", "ci_low", "ci_high"]].astype(float)) - 1)
    assert in_per_cent.round(1).tolist() == [3.3, -9.9, 18.3]
    assert (row["n_comparison"], row["rank"]) == (96, 60)


def test_ishoej_effect_by_hand_from_the_rows(unemployment):
    changes = rows(unemployment, method="change", scale="points")
    others = changes[changes["role"] == "comparison"]["change"]
    own = one(changes, municipality_code="183")["change"]
    effect = one(unemployment, method="effect", municipality_code="183", scale="points")
    assert len(others) == 96
    spread = by_hand(SERIES[SERIES["period"] == "2021"].set_index("municipality_code")["value"].drop("000"))
    swing = rows(DIAGNOSTICS, diagnostic="swing").set_index("municipality_code")["value"]
    pd.testing.assert_series_equal(swing, spread[swing.index], check_names=False, check_index=False, rtol=1e-12)
    weight = 1 / spread[changes[changes["role"] == "comparison"]["municipality_code"]].to_numpy() ** 2
    mean = (weight * others).sum() / weight.sum()
    s2 = (weight * (others - mean) ** 2).sum() / 95
    assert effect["change"] == pytest.approx(own - mean, abs=1e-12)
    assert effect["standard_error"] ** 2 == pytest.approx(s2 * (spread["183"] ** 2 + 1 / weight.sum()), rel=1e-12)
    assert one(changes, municipality_code="187")["role"] == "exposed"
    assert round(one(changes, municipality_code="000")["change"], 2) == -1.09


def by_hand(level):
    """Spread of every municipality beside one midway, from its level before and its inhabitants."""
    alike, count, high = rows(DIAGNOSTICS, diagnostic="spread")["value"]
    persons = pd.Series(municipalities.persons())
    midway = [np.exp(np.log(each.drop(["183", "187"])).mean()) for each in (level, persons)]
    relative = level / midway[0]
    return np.sqrt(alike + count * relative / (persons[level.index] / midway[1]) + high * relative**2)


def test_one_false_date_of_seven_stands_out(unemployment):
    """Where all were taken to swing alike four of seven stood out in points, for Ishøj lies second highest of 98."""
    false = rows(unemployment, method="false_date", municipality_code="183", scale="points")
    assert false["specification"].tolist() == [str(year) for year in range(2015, 2022)]
    stand_out = false[(false["ci_low"] > 0) | (false["ci_high"] < 0)]["specification"]
    assert stand_out.tolist() == ["2017"]
    false = rows(unemployment, method="false_date", municipality_code="183", scale="log")
    stand_out = false[(false["ci_low"] > 0) | (false["ci_high"] < 0)]["specification"]
    assert stand_out.tolist() == ["2017"]
    assert false[false["reason"] == "excludes_zero"]["specification"].tolist() == stand_out.tolist()


def test_no_choice_is_clear_so_the_sign_depends_on_none(unemployment):
    row = one(unemployment, method="effect", municipality_code="183", scale="points")
    assert (row["p_value"] > 0.05, row["reason"]) == (True, "false_dates=2017")


def test_one_in_thirteen_stands_out_at_ishoejs_level_where_nothing_happened(unemployment):
    found = one(DIAGNOSTICS, diagnostic="false_alarms", municipality_code="183", category="points")
    assert (round(found["value"], 3), found["n"]) == (0.077, 168)
    parts = rows(DIAGNOSTICS, diagnostic="spread")
    assert parts["category"].tolist() == ["alike", "count", "level"]
    assert parts["value"].round(2).tolist() == [0.11, 0.46, 0.43]
    assert (parts["n"] == 7 * 96).all()


def test_the_specification_curve_holds_both_figures(unemployment):
    curve = rows(unemployment, method="specification", municipality_code="183")
    chosen = curve[curve["specification"].str.startswith("chosen;")]
    assert len(chosen) == 1
    choice = "before=1;after=1;scale={};comparison=all;weighted=yes;adjusted=no"
    assert chosen["specification"].item() == "chosen;" + choice.format("points")
    assert round(chosen["change"].item(), 3) == -0.866
    log = one(curve, specification=choice.format("log"))
    assert (round(log["change"], 3), log["rank"]) == (0.032, 60)
    # windows of 1-3 years before and after, two scales, all / region / similar municipalities
    assert len(curve) == 9 * 2 * 3
    assert set(np.sign(curve["change"])) == {-1.0, 1.0}


def test_organ_donation():
    from causaldata import organ_donations

    data = organ_donations.load_pandas().data
    quarters = ["Q42010", "Q12011", "Q22011", "Q32011", "Q42011", "Q12012"]
    series = pd.DataFrame(
        {
            "municipality_code": data["State"],
            "period": data["Quarter"].map({q: f"{i}:{q}" for i, q in enumerate(quarters)}),
            "series": "registered",
            "value": 100 * data["Rate"],
            "unit": "pct",
        }
    )
    periods = sorted(series["period"].unique())
    table = Official(
        series,
        event=event(["California"]),
        before=periods[:3],
        after=periods[3:],
        names={},
    ).changes()
    row = one(table, method="effect", scale="points")
    changes = rows(table, method="change", scale="points")
    plain = changes.groupby("role")["change"].mean()
    assert round(plain["treated"] - plain["comparison"], 3) == -2.246, "as published"
    assert round(row["change"], 3) == -2.345, "states with high rates swing a little more"
    assert row["n_comparison"] == 26
    assert round(row["p_value"], 2) == 0.46
    assert row["rank"] == 5
    assert row["p_smallest_possible"] == pytest.approx(1 / 27)
