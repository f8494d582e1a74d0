"""Units of a municipality: who is seen from one, who stands behind all together, and what a unit's report leaves."""

from types import SimpleNamespace

import pandas as pd

from jobreport.release import units

PEOPLE = pd.DataFrame(
    {"municipality_code": ["187", "183", "183", "183"], "unit": ["187", "183-b", "183-a", "183-a"], "q": [1, 2, 3, 4]}
).astype({"municipality_code": "category"})


def test_a_unit_sees_its_own_answers_and_those_of_the_rest_of_its_municipality():
    seen = units.seen_from(PEOPLE, "183-a")
    assert seen["municipality_code"].tolist() == ["others", "183-a", "183-a"]
    assert seen["q"].tolist() == [2, 3, 4]
    assert [*seen.index] == [0, 1, 2]
    assert [*seen["municipality_code"].cat.categories] == ["183-a", "others"]
    assert [*units.seen_from(PEOPLE[:1], "187-x")["municipality_code"].cat.categories] == ["others"]


def test_a_municipality_sees_everybody_as_they_are():
    assert units.seen_from(PEOPLE, "183") is PEOPLE


def counted(rows):
    """How many answers stand behind each place, as `behind` counts them, and behind everybody."""
    n = rows.groupby("municipality_code", observed=False).size()
    return pd.DataFrame({"municipality_code": [*map(str, n.index), "000"], "n": [*n, n.sum()]})


def test_one_decision_is_of_the_country_the_municipalities_and_every_unit():
    found = units.domains_of_all(PEOPLE, pd.DataFrame({"n": [9]}), counted)
    assert list(zip(found["municipality_code"], found["n"], strict=True)) == [
        ("183", 3), ("187", 1), ("000", 4), ("183-a", 2), ("183-b", 1),
    ]  # fmt: skip
    assert [*found.index] == [0, 1, 2, 3, 4]


def test_where_nobody_has_a_unit_the_places_of_the_report_are_all():
    own = pd.DataFrame({"n": [9]})
    assert units.domains_of_all(PEOPLE.drop(columns="unit"), own, counted) is own


def test_rows_of_the_whole_municipality_stand_in_its_own_report_but_for_how_questions_go_together():
    rows = pd.DataFrame({"municipality_code": ["000", "183-a", "000", "others"], "n": [1, 2, 3, 4]})
    assert units.of_two_places(rows)["n"].tolist() == [2, 4]
    told = rows.assign(diagnostic=["reliability", "weights", "weights", "weights"])
    assert units.of_two_places(told)["n"].tolist() == [1, 2, 4]


def inputs(unit):
    return SimpleNamespace(params=SimpleNamespace(own_unit=unit), invited="as in the file")


def test_who_was_invited_to_a_unit_is_what_the_params_say_of_it():
    assert units.invited(inputs(None)) == "as in the file"
    assert units.invited(inputs(SimpleNamespace(code="183-a", invited={}))) is None
    found = units.invited(inputs(SimpleNamespace(code="183-a", invited={"2024": 50, "2025": 60})))
    row = {"municipality_code": "183-a", "group_by": "", "group": ""}
    assert found.drop(columns="n_answered").to_dict("records") == [
        {"wave": "2024", "n_invited": 50} | row, {"wave": "2025", "n_invited": 60} | row,
    ]  # fmt: skip
    assert found["n_answered"].isna().all()
