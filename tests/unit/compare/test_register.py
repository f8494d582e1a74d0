"""Official figures: what a change, a slope and a swing of each are, by three municipalities over five years."""

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.panel import Choice, Line, Window
from jobreport.compare.register import Official, RegisterPanel, register_levels
from jobreport.compare.spread import Spread
from tests.events import event

NAN = np.nan


def figures(periods=("2001", "2002", "2003", "2004", "2005"), name="rate", **values):
    rows = [(code.removeprefix("k"), period, name, value, "percent") for code, row in values.items()
            for period, value in zip(periods, row, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["municipality_code", "period", "series", "value", "unit"])


def panel(**values):
    return RegisterPanel(figures(**values), ("points", "log"))


THREE = {"k101": [2, 4, 8, 16, 32], "k147": [5, 5, 5, 5, 10], "k183": [1, 2, 0, NAN, 4]}


def test_a_panel_holds_the_values_by_municipality_and_period():
    made = panel(**THREE)
    assert (made.codes, made.periods) == (("101", "147", "183"), ("2001", "2002", "2003", "2004", "2005"))
    assert made.values[0].tolist() == [2, 4, 8, 16, 32]
    assert made.choices == (("points", True, False), ("log", True, False))
    assert [made.unit(scale) for scale in ("points", "log")] == ["percent", "log_points"]
    assert made.observed("183").tolist() == [True, True, True, False, True]
    assert made.observed("999").tolist() == [False] * 5
    assert made.level(Window((0, 1), (2,))).tolist() == [3, 5, 1.5]
    with pytest.raises(ValueError, match="duplicate"):
        RegisterPanel(pd.concat([figures(**THREE)] * 2), ("points",))


def test_a_change_is_of_means_or_of_the_logarithm_of_their_ratio():
    window = Window((0, 1), (3, 4))
    found = panel(**THREE).changes([Choice(window), Choice(window, "log"), Choice(Window((2,), (4,)), "log")])
    np.testing.assert_allclose(found.change[0], [24 - 3, 2.5, NAN])
    np.testing.assert_allclose(found.change[1], [np.log(8), np.log(1.5), NAN])
    np.testing.assert_allclose(found.change[2], [np.log(4), np.log(2), NAN], err_msg="of nought there is no ratio")
    assert found.spread.tolist() == [[1, 1, 1]] * 3


def test_a_slope_is_by_period_on_either_scale():
    made, line = panel(**THREE), Line((0, 1, 2))
    np.testing.assert_allclose(made.slopes(line, "points").change, [[3, 0, -0.5]])
    np.testing.assert_allclose(made.slopes(line, "log").change, [[np.log(2), 0, NAN]], atol=1e-12)
    assert np.isnan(made.slopes(Line((1, 2, 3)), "points").change[0, 2])


def test_each_swings_by_its_level_before_or_by_that_of_another_window():
    made = panel(**THREE)
    made.spread = Spread((0.0, 0.0, 1.0), (4.0, 1.0), 9)
    window = Window((0,), (1,))
    moved = made.changes([Choice(window), Choice(window, level=Window((1,), (2,))), Choice(window, "log")])
    np.testing.assert_allclose(moved.spread, [[0.5, 1.25, 0.25], [1, 1.25, 0.5], [1, 1, 1]])
    np.testing.assert_allclose(made.slopes(Line((0, 1)), "points").spread, [[0.75, 1.25, 0.375]])
    assert made.assumed == ""


def test_what_swings_are_made_of_is_learnt_before_the_event_from_the_others_above_nought():
    values = {
        f"k{code}": row
        for code, row in {"101": [2, 3, 2, 4, 9], "147": [5, 7, 4, 7, 9], "183": [1, 2, 3, 1, 9]}.items()
    }
    made = panel(**values)
    made.learn(Window((3,), (4,)), ["101", "147", "999"], 1)
    assert made.spread.n == 3 * 2, "three earlier changes of two others"
    assert made.spread.midway[0] == pytest.approx((4 * 7) ** 0.5)
    zero = panel(**values | {"k183": [1, 0, 3, 1, 9]})
    zero.learn(Window((3,), (4,)), ["101", "147"], 1)
    assert (zero.spread, zero.assumed) == (Spread(), "spread_alike")
    after = panel(**values | {"k183": [1, 2, 3, 1, 0]})
    after.learn(Window((3,), (4,)), ["101", "147"], 1)
    assert after.spread.n == 6, "what comes after the event says nothing"


def test_windows_hold_the_same_months_and_the_country_stands_beside_where_it_has_all_periods():
    quarters = [f"{year}K{quarter}" for year in (2001, 2002) for quarter in (1, 2, 3, 4)]
    values = {"k101": range(1, 9), "k147": range(2, 10), "k000": range(3, 11)}
    table = figures(quarters, **{code: [*map(float, row)] for code, row in values.items()})
    asked = {"event": event(["101"]), "names": {}}
    with pytest.raises(ValueError, match="same months or quarters"):
        Official(table, before=["2001K1"], after=["2002K2"], **asked).changes()
    found = Official(table, before=["2001K1"], after=["2002K1"], **asked).changes()
    own = found[found["method"].eq("change") & found["scale"].eq("points")].set_index("municipality_code")
    assert own["change"].to_dict() == {"000": 4, "101": 4, "147": 4}
    assert own["role"].to_dict() == {"000": "country", "101": "treated", "147": "comparison"}
    lacking = Official(table.drop(table.index[-1]), before=["2001K1"], after=["2002K1"], **asked).changes()
    assert "000" not in set(lacking["municipality_code"])


def test_a_level_of_a_window_is_the_mean_where_every_period_has_a_value():
    table = figures(**THREE)
    found = register_levels(table, windows=[["2002", "2001"], ["2003", "2004"], ["2005"]], names={"101": "Hovedstaden"})
    rows = found.set_index(["wave", "municipality_code"])
    assert [*dict.fromkeys(found["wave"])] == ["2001+2002", "2003+2004"]
    assert rows["estimate"].fillna(-1).to_dict() == {
        ("2001+2002", "101"): 3, ("2001+2002", "147"): 5, ("2001+2002", "183"): 1.5, ("2003+2004", "101"): 12,
        ("2003+2004", "147"): 5, ("2003+2004", "183"): -1,
    }  # fmt: skip
    assert rows.loc[("2003+2004", "183"), "reason"] == "register_missing"
    assert set(found["unit"]) == {"percent"}
    gone = register_levels(table[table["period"].ne("2002")], windows=[["2001", "2002"]], names={})
    assert gone["estimate"].isna().all(), "a period that is not there at all"
    assert len(register_levels(table, windows=[["2005"]], names={})) == 0
