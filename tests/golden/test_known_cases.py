"""Published or independently known figures that the comparison must give again.

* Unemployment in Ishøj 2021 -> 2022 beside 96 municipalities (Danmarks Statistik, AUP02, yearly means):
  the figures were computed independently of this code, with the t interval and rank of its definition.
* Organ donation in California: Kessler, J. B. and Roth, A. E. (2014), "Don't take 'no' for an answer: an
  experiment with actual organ donor registrations", NBER 20378; the register data as in the package
  causaldata (Huntington-Klein, The Effect, chapter 18): difference in differences -2.246 points. A
  regression clustered by state calls it significant (p = .001); one treated state beside 26 cannot be.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobreport.compare import register_changes
from jobreport.domain.municipalities import all_municipalities
from tests.events import event

UNEMPLOYMENT = Path(__file__).parents[2] / "data" / "register" / "unemployment.csv"


@pytest.fixture(scope="module")
def unemployment():
    series = pd.read_csv(UNEMPLOYMENT, dtype={"municipality_code": str, "period": str})
    return register_changes(
        series,
        event=event(["183"], exposed=["187"]),
        before=["2021"],
        after=["2022"],
        regions={m.code: m.region for m in all_municipalities()},
        names={m.code: m.name for m in all_municipalities()},
    )


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
        -0.790, -1.438, -0.141,
    ]  # fmt: skip
    assert (row["n_comparison"], row["rank"]) == (96, 3)


def test_ishoej_in_per_cent(unemployment):
    row = one(unemployment, method="effect", municipality_code="183", scale="log")
    assert round(row["change"], 3) == 0.034
    in_per_cent = 100 * (np.exp(row[["change", "ci_low", "ci_high"]].astype(float)) - 1)
    assert in_per_cent.round(1).tolist() == [3.5, -11.8, 21.4]
    assert (row["n_comparison"], row["rank"]) == (96, 59)


def test_ishoej_effect_by_hand_from_the_rows(unemployment):
    changes = rows(unemployment, method="change", scale="points")
    others = changes[changes["role"] == "comparison"]["change"]
    own = one(changes, municipality_code="183")["change"]
    effect = one(unemployment, method="effect", municipality_code="183", scale="points")
    assert len(others) == 96
    assert effect["change"] == pytest.approx(own - others.mean(), abs=1e-12)
    assert effect["standard_error"] == pytest.approx(others.std() * np.sqrt(1 + 1 / 96), rel=1e-12)
    assert one(changes, municipality_code="187")["role"] == "exposed"
    assert round(one(changes, municipality_code="000")["change"], 2) == -1.09


def test_four_of_seven_false_dates_stand_out_in_points(unemployment):
    false = rows(unemployment, method="false_date", municipality_code="183", scale="points")
    assert false["specification"].tolist() == [str(year) for year in range(2015, 2022)]
    stand_out = false[(false["ci_low"] > 0) | (false["ci_high"] < 0)]["specification"]
    assert stand_out.tolist() == ["2015", "2016", "2017", "2019"]
    assert false[false["reason"] == "excludes_zero"]["specification"].tolist() == stand_out.tolist()


def test_so_the_word_is_not_effect(unemployment):
    row = one(unemployment, method="effect", municipality_code="183", scale="points")
    assert row["wording_level"] == "change"
    assert row["reason"] == "false_dates=2015,2016,2017,2019;sign_depends_on_choice"


def test_the_specification_curve_holds_both_figures(unemployment):
    curve = rows(unemployment, method="specification", municipality_code="183")
    chosen = curve[curve["specification"].str.startswith("chosen;")]
    assert len(chosen) == 1
    choice = "before=1;after=1;scale={};comparison=all;weighted=yes;adjusted=no"
    assert chosen["specification"].item() == "chosen;" + choice.format("points")
    assert round(chosen["change"].item(), 3) == -0.790
    log = one(curve, specification=choice.format("log"))
    assert (round(log["change"], 3), log["rank"]) == (0.034, 59)
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
    table = register_changes(
        series,
        event=event(["California"]),
        before=periods[:3],
        after=periods[3:],
        names={},
    )
    row = one(table, method="effect", scale="points")
    assert round(row["change"], 3) == -2.246
    assert row["n_comparison"] == 26
    assert round(row["p_value"], 2) == 0.48
    assert row["rank"] == 5
    assert row["p_smallest_possible"] == pytest.approx(1 / 27)
