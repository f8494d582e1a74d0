"""A unit beside the others of its municipality, and p-values corrected for the number of indicators tried."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.diagnostics import beside_others
from jobreport.diagnostics.groups import corrected, with_holm
from jobreport.estimate.measures import Measure

BIRK = "183-birk"
SHARES = [Measure(name, "share", "positive", "share", (name,), (), 0.0, 1.0) for name in ("help", "trust")]


def level(code, estimate, error, n, **cells):
    row = {"indicator": "help", "measure": "share", "category": "positive", "unit": "share", "wave": "2022"}
    row |= {"group_by": "", "municipality_code": code, "estimate": estimate, "standard_error": error}
    return row | {"n": n, "n_effective": float(n)} | cells


def held(*levels):
    return beside_others(pd.DataFrame(levels), SHARES, BIRK)


OWN, OTHERS = level(BIRK, 0.7, 0.03, 101), level("others", 0.5, 0.04, 201)
OTHER = (
    {"group_by": "g"},
    {"wave": "2021+2022"},
    {"category": "negative"},
    {"measure": "mean"},
    {"indicator": "other"},
)
ASIDE = [OWN | cells for cells in (*OTHER, {"municipality_code": "183"})]


def test_a_unit_is_held_against_the_others_with_the_interval_and_the_p_of_welch():
    """Errors of 3 and 4 points are together one of 5."""
    (row,) = held(OWN, OTHERS, *ASIDE)
    freedom = 0.05**4 / (0.03**4 / 100 + 0.04**4 / 200)
    reach = stats.t.ppf(0.975, freedom) * 0.05
    assert row["value"] == pytest.approx(0.2)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(0.2 - reach), pytest.approx(0.2 + reach))
    assert row["p_value"] == row["p_adjusted"] == pytest.approx(2 * stats.t.sf(4, freedom))
    named = ("diagnostic", "indicator", "measure", "category", "unit", "municipality_code", "wave", "n")
    assert tuple(row[name] for name in named) == (
        "beside_others", "help", "share", "positive", "share", "others", "2022", 302,
    )  # fmt: skip


def test_a_fall_is_as_unlikely_as_a_rise():
    (up,), (down,) = held(OWN, OTHERS), held(OWN | {"estimate": 0.3}, OTHERS)
    assert down["value"] == pytest.approx(-0.2)
    assert down["p_value"] == pytest.approx(up["p_value"])


@pytest.mark.parametrize("side", [0, 1])
def test_where_all_of_one_side_answered_alike_or_are_not_there_nothing_is_held_against_them(side):
    for error in (0.0, np.nan):
        rows = [OWN, OTHERS]
        rows[side] = rows[side] | {"standard_error": error}
        assert held(*rows) == []
    assert held((OWN, OTHERS)[side]) == []


def test_each_round_is_corrected_for_its_own_number_of_indicators():
    trust = [each | {"indicator": "trust", "estimate": value} for each, value in ((OWN, 0.6), (OTHERS, 0.5))]
    earlier = [each | {"wave": "2021"} for each in (OWN, OTHERS)]
    found = {(row["wave"], row["indicator"]): row for row in held(*trust, OWN, OTHERS, *earlier)}
    assert list(found) == [("2021", "help"), ("2022", "help"), ("2022", "trust")]
    assert found["2021", "help"]["p_adjusted"] == found["2021", "help"]["p_value"]
    assert found["2022", "help"]["p_adjusted"] == pytest.approx(2 * found["2022", "help"]["p_value"])
    assert found["2022", "trust"]["p_adjusted"] == pytest.approx(found["2022", "trust"]["p_value"])


def test_tests_made_one_indicator_at_a_time_are_corrected_place_by_place_and_round_by_round():
    usual = {"municipality_code": "183", "group_by": "g", "wave": "2022", "measure": "welch", "p_adjusted": 0.9}
    cells = [{"p_value": 0.01}, {"p_value": 0.03, "measure": "rao_scott"}, {"p_value": 0.02, "wave": "2021"},
             {"p_value": 0.02, "municipality_code": "187"}, {"p_value": 0.02, "group_by": "h"}, {"p_value": np.nan},
             {"p_value": 0.02, "measure": "alpha"}]  # fmt: skip
    found = corrected(pd.DataFrame([usual | each for each in cells]))["p_adjusted"].tolist()
    assert found == pytest.approx([0.02, 0.03, 0.02, 0.02, 0.02, 0.9, 0.9])


def test_the_first_row_of_each_measure_is_corrected_for_how_many_there_are():
    """Holm: the least of three times three, the next times two, and none less than the one before."""
    families = [[{"p_value": p}, {"p_value": 0.5}] for p in (0.01, 0.04, 0.03)]
    rows = with_holm([*families, []])
    assert [row["p_adjusted"] for row in rows[::2]] == pytest.approx([0.03, 0.06, 0.06])
    assert all("p_adjusted" not in row for row in rows[1::2])
