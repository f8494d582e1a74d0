"""A table of one's own: R's numbers, the report's intervals and, unless refused, its suppression."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import jobreport

GOLDEN = Path(__file__).parents[2] / "golden"
TIGHT = {"rtol": 1e-10, "atol": 1e-12}
POSITIVE = [4, 5]


@pytest.fixture(scope="module")
def people():
    """The made-up respondents whose numbers R has computed; 0 is "don't know"."""
    frame = pd.read_csv(GOLDEN / "people.csv")
    return frame.assign(answer=frame["q1"].where(frame["q1"] > 0))


@pytest.fixture(scope="module")
def reference():
    table = pd.read_csv(GOLDEN / "reference.csv", dtype=str, keep_default_na=False)
    return table.set_index(["case", "measure", "wave", "m", "group"]).sort_index()


def expected(reference, case, measure, wave, found, of_group=False):
    keys = [(case, measure, wave, row.m, row.g if of_group else "") for row in found.itertuples()]
    return [reference.loc[[key]].iloc[0][["estimate", "se"]].astype(float).tolist() for key in keys]


@pytest.mark.parametrize(
    ("case", "how"),
    [
        ("estimate", {"strata": "m"}),
        ("clusters", {"strata": "m", "cluster": "team"}),
        ("clusters_in_parts", {"strata": ["m", "part"], "cluster": "team"}),
    ],
)
@pytest.mark.parametrize("by", [["m"], ["m", "g"]])
def test_levels_are_those_of_r(people, reference, case, how, by):
    asked = people[people["wave"].eq(2) & people["m"].isin(["a", "b", "c"])]
    options = {"by": by, "weight": "w", "released": False, **how}
    for measure, found in (
        ("positive", jobreport.share(asked, "answer", POSITIVE, **options)),
        ("mean", jobreport.mean(asked, "answer", **options)),
    ):
        ours = found[["estimate", "standard_error"]].to_numpy()
        np.testing.assert_allclose(ours, expected(reference, case, measure, "2", found, by == ["m", "g"]), **TIGHT)


@pytest.mark.parametrize("person", ["id_full", "id_half", "id_none"])
@pytest.mark.dear
def test_changes_are_those_of_r(people, reference, person):
    case = f"change_{person}"
    for place in ("a", "b", "c"):
        asked = people[people["m"].eq(place)]
        times = {"period": "wave", "before": 1, "after": 2, "person": person, "weight": "w", "released": False}
        for measure, answers in (("positive", POSITIVE), ("mean", None)):
            found = jobreport.change(asked, "answer", answers, **times).iloc[0]
            of_r = reference.loc[[(case, measure, "1>2", place, "")]].iloc[0][["estimate", "se"]].astype(float)
            np.testing.assert_allclose([found["change"], found["standard_error"]], of_r.tolist(), **TIGHT)


@pytest.fixture(scope="module")
def labelled(study):
    return study.unsafe_responses(labelled=True)


def answers(frame, **where):
    kept = np.logical_and.reduce([frame[column].eq(value) for column, value in where.items()])
    return frame[kept], [*frame["satisfaction"].cat.categories[-2:]]


@pytest.mark.parametrize("by", ["gender", "age_group"])
@pytest.mark.dear
def test_levels_and_suppression_are_those_of_a_report(study, labelled, by):
    of_report = study.all_estimates(
        indicator="satisfaction", measure="share", category="positive", municipality_code="730", group_by=by, tidy=True
    )
    counted = 0
    for wave, rows in of_report.groupby("wave"):
        asked, positive = answers(labelled, municipality_code="730", wave=wave)
        found = jobreport.share(asked, "satisfaction", positive, by=by, weight="weight").set_index(by)
        hidden = found.loc[rows["group"], "flag"].eq("suppressed").to_numpy()
        in_report = rows["flag"].eq("suppressed").to_numpy()
        assert not (hidden & ~in_report).any()  # (a report hides a group for its other questions too)
        shown = rows[~in_report]
        ours = found.loc[shown["group"], ["estimate", "ci_low", "ci_high"]] * 100
        np.testing.assert_allclose(ours.to_numpy(float), shown[["estimate", "ci_low", "ci_high"]].to_numpy(float))
        counted += len(shown)
    assert counted > 4


def test_a_change_is_that_of_a_report(study, labelled):
    before, after = ["2020-2", "2021-1", "2021-2"], ["2022-1", "2022-2", "2023-1"]
    asked, positive = answers(labelled, municipality_code="730")
    times = {"period": "wave", "before": before, "after": after, "person": "respondent_id", "weight": "weight"}
    of_report = study.changes(
        indicator="satisfaction", measure="share", category="positive", municipality_code="730", group_by="",
        method="change", scale="points", adjustment="", event="ishoej_2022",
    ).iloc[0]  # fmt: skip
    found = jobreport.change(asked, "satisfaction", positive, **times).iloc[0]
    for column in ("n_before", "n_after", "change", "standard_error", "ci_low", "ci_high"):
        assert found[column] == of_report[column]


def few(**columns):
    return pd.DataFrame({"answer": [1, 2] * 50, "group": ["small"] * 3 + ["large"] * 97, **columns})


@pytest.mark.dear
def test_a_small_group_is_hidden_and_so_is_who_would_give_it_away():
    found = jobreport.share(few(), "answer", 1, by="group").set_index("group")
    assert found["flag"].tolist() == ["suppressed", "suppressed"]
    assert found[["n", "estimate", "ci_low"]].isna().all(axis=None)
    assert jobreport.share(few(), "answer", 1)["n"].tolist() == [100]
    open_to_me = jobreport.share(few(), "answer", 1, by="group", released=False).set_index("group")
    assert open_to_me["n"].to_dict() == {"large": 97, "small": 3}


def test_a_combination_does_not_give_the_columns_away_of_which_it_is_made():
    frame = few(half=["x", "y"] * 50)
    found = jobreport.share(frame, "answer", 1, by=["group", "half"])
    assert set(found.loc[found["group"].eq("small"), "flag"]) == {"suppressed"}
    assert len(found) == 4


def test_a_cell_is_not_the_rest_of_its_row_that_is_shown():
    """The young are 43 of whom 40 are rich: with 40 shown, the three others would be known, whatever else is hidden."""
    cells = {("young", "poor"): 3, ("young", "rich"): 40, ("old", "poor"): 30, ("old", "rich"): 50}
    age, money = zip(*(cell for cell, n in cells.items() for _ in range(n)), strict=True)
    frame = pd.DataFrame({"answer": [1, 2, 1] * 41, "age": age, "money": money})
    found = jobreport.share(frame, "answer", 1, by=["age", "money"]).set_index(["age", "money"])["flag"]
    assert found["young", "poor"] == found["young", "rich"] == "suppressed"


@pytest.mark.dear
def test_one_answer_of_many_is_told_of_thirty_at_least():
    frame = pd.DataFrame({"answer": [1, 2, 3, 4] * 6})
    assert jobreport.share(frame, "answer", 1)["flag"].item() == "suppressed"
    assert jobreport.share(frame, "answer")["flag"].eq("suppressed").all()
    assert jobreport.share(frame, "answer", [1, 2])["n"].item() == 24
    assert jobreport.share(pd.concat([frame] * 2), "answer")["answer"].tolist() == [1, 2, 3, 4]


@pytest.mark.dear
def test_few_who_all_answer_alike_are_hidden():
    frame = pd.DataFrame({"answer": [5] * 8})
    assert jobreport.share(frame, "answer", 5)["flag"].item() == "suppressed"
    assert jobreport.mean(frame, "answer", ends=(1, 5))["flag"].item() == "suppressed"


def test_a_blank_is_no_answer_and_periods_stand_in_the_order_asked_for():
    glad = [True, False] * 20 + [True] * 30 + [None] * 10
    frame = pd.DataFrame({"when": ["før"] * 40 + ["efter"] * 40, "glad": glad})
    found = jobreport.change(frame, "glad", True, period="when", before="før", after="efter")
    assert found[["n_before", "n_after", "change"]].iloc[0].tolist() == [40, 30, 0.5]


@pytest.mark.dear
def test_periods_are_matched_as_they_are_and_not_as_they_are_written():
    """A blank makes whole numbers of a table decimal: 2023.0 is 2023."""
    frame = pd.DataFrame({"year": [2023] * 40 + [2024] * 40, "glad": [0, 1] * 20 + [0, 1, 1, 1] * 10})
    asked = {"period": "year", "before": 2023, "after": 2024}
    blank = pd.DataFrame({"year": [None], "glad": [1]})
    expected = jobreport.change(frame, "glad", 1, **asked)
    pd.testing.assert_frame_equal(jobreport.change(pd.concat([frame, blank]), "glad", 1, **asked), expected)
    coded = frame.assign(year=frame["year"].astype("category"))
    pd.testing.assert_frame_equal(jobreport.change(coded, "glad", 1, **asked), expected)


def test_what_is_made_of_released_rows_stands_among_the_diagnostics_of_a_report(study):
    """The part of a difference that comes of the answers, and a level over the municipality's own rounds."""
    found = study.diagnostics()
    assert {"of_answers"} <= {*found["measure"]}
    assert {"own_waves"} <= {*found["diagnostic"]}
