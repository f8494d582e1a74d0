"""Known margins are met exactly; what cannot be met is refused; what was joined is told."""

import numpy as np
import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.estimate import weights
from jobreport.estimate.sample import Sample
from jobreport.estimate.weights import _merged, calibrate


def people(groups, **more):
    frame = pd.DataFrame({"g": groups} | more)
    for column, value in {"wave": "1", "municipality_code": "183"}.items():
        if column not in frame:
            frame[column] = value
        frame[column] = frame[column].astype("category")
    for column in set(frame) & {"g", "h"}:
        frame[column] = frame[column].astype("category")
    if "weight" not in frame:
        frame["weight"] = 1.0
    return frame


def margin(counts, group_by="g", code="183", wave="1"):
    return pd.DataFrame(
        [
            {"wave": wave, "municipality_code": code, "group_by": group_by, "group": g, "count": n}
            for g, n in counts.items()
        ]
    )


def test_poststratification_by_hand():
    # 10 women and 20 men stand for 40 and 40: weights 4 and 2
    given = people(["k"] * 10 + ["m"] * 20)
    found, calibration = calibrate(given, margin({"k": 40, "m": 40}), "poststratify")
    assert found["weight"].tolist() == [4.0] * 10 + [2.0] * 20
    assert calibration.collapsed == ()
    assert given["weight"].eq(1).all()


def test_scores_lose_what_the_margin_explains():
    given = people(["k"] * 10 + ["m"] * 20)
    _, calibration = calibrate(given, margin({"k": 40, "m": 40}), "poststratify")
    explained = np.where(given["g"] == "k", 3.0, -1.0)
    assert np.abs(calibration.residuals(explained)).max() < 1e-13
    within = np.tile([1.0, -1.0], 15)
    np.testing.assert_allclose(calibration.residuals(explained + within), within, atol=1e-13)


def test_whole_strata_alone_have_the_residuals_they_have_among_all():
    frame = people(["k", "m", "m"] * 20, wave=["1"] * 30 + ["2"] * 30)
    known = pd.concat([margin({"k": 40, "m": 40}), margin({"k": 30, "m": 90}, wave="2")])
    weighted, calibration = calibrate(frame, known, "poststratify")
    later = (frame["wave"] == "2").to_numpy()
    scores = np.arange(60.0) % 7
    alone = Sample(weighted, calibration).only(later)
    # (two groups fitted: 30 answers are divided by 28, not 29)
    expected = calibration.residuals(scores) * calibration.weight * np.sqrt(29 / 28)
    np.testing.assert_allclose(alone.contributions(scores[later]), expected[later])
    assert (len(alone.responses), alone.waves) == (30, ("1", "2"))


def test_raking_meets_every_margin():
    rng = np.random.default_rng(2)
    frame = people(
        rng.choice(["a", "b", "c"], 300, p=[0.6, 0.3, 0.1]),
        h=rng.choice(["x", "y"], 300),
        weight=rng.uniform(0.5, 2, 300),
        wave=rng.choice(["1", "2"], 300),
    )
    tables = [
        margin({"a": 100, "b": 300, "c": 200}, wave=wave).assign(count=lambda t, s=size: t["count"] * s)
        for wave, size in (("1", 1), ("2", 2))
    ]
    tables += [margin({"x": 500, "y": 100}, "h", wave="1"), margin({"x": 700, "y": 500}, "h", wave="2")]
    known = pd.concat(tables)
    found, calibration = calibrate(frame, known)
    for row in known.itertuples():
        here = found[(found["wave"] == row.wave) & (found[row.group_by] == row.group)]
        assert here["weight"].sum() == pytest.approx(row.count, rel=1e-10)
    explained = np.where(frame["g"] == "a", 2.0, 0.0) + np.where(frame["h"] == "x", 1.0, 5.0)
    assert np.abs(calibration.residuals(explained)).max() < 1e-12


def test_joint_margins_are_written_with_a_star():
    frame = people(["k", "k", "m", "m"] * 5, h=["x", "y"] * 10)
    joint = margin({"k*x": 10, "k*y": 20, "m*x": 30, "m*y": 40}, "g*h")
    found, _ = calibrate(frame, joint, "poststratify")
    assert found.groupby(["g", "h"], observed=True)["weight"].first().tolist() == [2, 4, 6, 8]


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ([9, 9, 9], [[0], [1], [2]]),
        ([9, 4, 7], [[0], [1, 2]]),
        ([6, 4, 7], [[0, 1], [2]]),
        ([1, 1, 9], [[0, 1, 2]]),
        ([3, 3, 9, 9], [[0, 1], [2], [3]]),
        ([0, 9], [[0, 1]]),
        ([1, 2], [[0, 1]]),
    ],
)
def test_small_categories_join_their_smaller_neighbour(counts, cells):
    assert _merged(list(range(len(counts))), np.array(counts), 5) == cells


def test_joining_is_told_and_the_sum_is_kept():
    frame = people(["a"] * 10 + ["b"] * 2 + ["c"] * 6)
    found, calibration = calibrate(frame, margin({"a": 10, "b": 20, "c": 30}), "poststratify")
    assert [c.groups for c in calibration.collapsed] == [(("b", "c"),)]
    assert found["weight"].tolist() == [1.0] * 10 + [50 / 8] * 8


def test_those_without_a_group_keep_their_share():
    frame = people(["a"] * 10 + ["b"] * 20 + [np.nan] * 10)
    found, _ = calibrate(frame, margin({"a": 50, "b": 50}), "poststratify")
    sums = found.groupby(found["g"].astype(object).fillna("?"))["weight"].sum()
    assert sums.round(9).to_dict() == {"?": 25.0, "a": 37.5, "b": 37.5}


HERE = ["183 1"]
TWO_MARGINS = (
    ("rake", {"x": 11}, "x", "margins_differ", {"margins": ["g", "h"], "places": HERE}),
    ("rake", {"x": 4, "y": 6}, "xy", "margins_impossible", {"column": ["g", "h"], "places": []}),
    ("poststratify", {"x": 5, "y": 5}, "xy", "margins_not_joint", {"margins": ["g", "h"]}),
)


@pytest.mark.parametrize(
    ("frame", "known", "method", "key", "said"),
    [
        (people(["a"] * 5, municipality_code="201"), margin({"a": 5}), "rake", "margin_missing",
         {"column": "g", "places": ["201 1"], "count": 1}),
        (people(["a"] * 5, wave="2"), margin({"a": 5}), "rake", "margin_missing",
         {"column": "g", "places": ["183 2"], "count": 1}),
        (people(["a"] * 6, wave=[*"123456"]), margin({"a": 5}, wave="9"), "rake", "margin_missing",
         {"column": "g", "places": [f"183 {wave}" for wave in "12345"], "count": 6}),
        (people(["a", "b"] * 5), margin({"a": 5}), "rake", "margin_group_missing", {"column": "g", "groups": ["b"]}),
        (people(["a"] * 5), margin({"a": 5}, "age"), "rake", "margin_column_missing", {"columns": ["age"]}),
        (people(["a"] * 5), margin({"a*x": 5}, "g*age"), "rake", "margin_column_missing", {"columns": ["g*age"]}),
        (people(["a"] * 5), margin({"a": 5}, ""), "rake", "margin_column_missing", {"columns": [""]}),
        (people(["a", "b"] * 5), margin({"a": 5, "b": 0}), "rake", "margins_impossible",
         {"column": "g", "places": HERE}),
        *((people(["a", "b"] * 5, h=[*letters] * (10 // len(letters))),
           pd.concat([margin({"a": 5, "b": 5}), margin(other, "h")]), method, key, said)
          for method, other, letters, key, said in TWO_MARGINS),
    ],
)  # fmt: skip
def test_what_cannot_be_weighted_is_refused_with_where(frame, known, method, key, said, monkeypatch):
    monkeypatch.setattr(weights, "MOST_ROUNDS", 1_000)  # (where margins contradict each other all are gone through)
    with pytest.raises(InputRefused) as refused:
        calibrate(frame, known, method)
    (problem,) = refused.value.problems
    assert (problem.key, problem.values, problem.where) == (key, said, "margins")
    assert problem.text("da")
    assert problem.text("en")


def test_no_other_way_of_weighting_is_known():
    with pytest.raises(ValueError, match=r"^method is 'linear', not 'poststratify' or 'rake'$"):
        calibrate(people(["a"] * 5), margin({"a": 5}), "linear")


@pytest.mark.parametrize("alone", [0.5, 1, 3])
def test_persons_of_whom_nobody_answered_are_stood_for_by_their_neighbours(alone):
    given = people(["k"] * 10 + ["m"] * 20)
    known = margin({"k": 40, "x": alone, "m": 40})
    found, calibration = calibrate(given, known, "poststratify")
    assert found["weight"].sum() == pytest.approx(80 + alone)
    assert [one.groups for one in calibration.collapsed] == [(("k", "x"),)]


def test_labels_of_margins_may_be_numbers():
    given = people(["k"] * 10 + ["m"] * 20)
    known = margin({"k": 40, "m": 40}).assign(wave=1, municipality_code=183)
    assert calibrate(given, known, "poststratify")[0]["weight"].tolist() == [4.0] * 10 + [2.0] * 20
