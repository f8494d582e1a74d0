"""A table of one's own: what a column becomes as answers, groups, weights and waves, and what cannot be used.

That each parameter is refused where it is wrong is shown in `tests/unit/test_wrong_values.py`; here on which side.
"""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jobreport.intake.formats.contract import POPULATION
from jobreport.release.answers import Answers, listed, sampled, wave_of, weighted

FRAME = pd.DataFrame(
    {"glad": [2, 1, None, 2], "sex": ["m", "k", "k", None], "age": [30, 20, 30, 20], "w": [1, 0, 2.5, 1], "year": 2023},
    index=[7, 8, 9, 9],
)


def of(column="glad", frame=FRAME, **named):
    return Answers(frame, column, **named)


def column(*values, kind=None):
    return of("q", pd.DataFrame({"q": pd.Series([*values], dtype=kind)}))


def refused(error, why):
    return pytest.raises(error, match=re.escape(why))


def test_several_are_a_list_and_one_alone_becomes_one():
    assert listed(range(2)) == [0, 1]
    assert listed("ja") == ["ja"]
    assert listed(None) == [None]


def test_answers_are_in_order_and_of_categories_all_there_can_be():
    assert column(2, 1, None, 2).values() == [1, 2]
    assert column("nej", "ja").values() == ["ja", "nej"]
    levels = pd.CategoricalDtype(["lav", "mellem", "høj"], ordered=True)
    assert column("høj", None, kind=levels).values() == ["lav", "mellem", "høj"]
    assert of(period="year").values("period") == [2023]


@pytest.mark.parametrize(
    ("values", "kind", "why"),
    [
        ([1, "ja"], object, "q: words and numbers are mixed; make them one of the two"),
        ([None, None], object, "q: it is blank in every row"),
        ([0, 1], np.int8, "q: codes below 1 are no answers; take them out, or use labelled=True"),
    ],
)
def test_a_column_that_is_no_answers_is_refused(values, kind, why):
    with refused(ValueError, f"{why}"):
        column(*values, kind=kind).values()


def test_codes_are_answers_from_one_on_and_noughts_are_where_nobody_coded_them():
    assert column(1, 5, kind=np.int8).values() == [1, 5]
    assert column(0, 1, kind=np.int64).values() == [0, 1]


def test_what_is_asked_for_is_given_as_the_column_has_it():
    assert [*map(type, column(1.0, 2.0).asked("question", [2]))] == [float]
    assert column(1, 2, 3).asked("question", (3, 1)) == [3, 1]
    with refused(ValueError, "q: 5, 'x' is none of 1, 2"):
        column(1, 2).asked("question", [5, 1, "x"])
    with refused(ValueError, "q: name at least one of 1, 2"):
        column(1, 2).asked("question", [])


def test_an_answer_counts_its_number_else_its_place():
    assert column(2, 7).points() == [2, 7]
    assert column("10", "2").points() == [10, 2]
    assert column("høj", kind=pd.CategoricalDtype(["lav", "høj"])).points() == [1, 2]
    assert column(5, kind=pd.CategoricalDtype([0, 5])).points() == [0, 5]
    with refused(ValueError, "q: words have no mean; use share, or an ordered pandas.Categorical"):
        column("lav").points()
    with refused(ValueError, "q: an answer is infinite, and so would be the mean"):
        column(1, np.inf).points()


def test_each_row_has_the_number_of_its_answer():
    assert of().key([1, 2]).tolist() == [2, 1, -1, 2]
    assert of().key([1, 2]).dtype == np.int8
    assert of().key([*range(1, 127)]).dtype == np.int8
    assert of().key([*range(1, 128)]).dtype == np.int16


def test_weights_are_those_of_the_column_and_else_everybody_weighs_one():
    assert of().weights().tolist() == [1, 1, 1, 1]
    assert of(weight="w").weights().tolist() == [1, 0, 2.5, 1]
    for wrong, count in (([1, -0.1, None, np.inf], 3), (["1", "to", 1, 1], 1)):
        with refused(ValueError, f"w: {count} weights are missing, no numbers or below 0"):
            of(frame=FRAME.assign(w=wrong), weight="w").weights()
    with refused(ValueError, "w: every weight is 0, so that nobody counts"):
        of(frame=FRAME.assign(w=0), weight="w").weights()


def test_a_row_is_a_person_of_one_place_and_wave_with_a_group_by_every_column():
    rows, groups = of(by=["age", "sex"], weight="w").responses([1, 2])
    assert groups.to_dict("list") == {"age": [20, 30, 30], "sex": ["k", "k", "m"]}
    assert rows["groups"].astype(object).where(rows["groups"].notna(), "none").tolist() == ["2", "0", "1", "none"]
    assert rows["groups_age"].tolist() == ["1", "0", "1", "0"]
    assert rows["groups_sex"].astype(object).where(rows["groups_sex"].notna(), "none").tolist() == [
        "1",
        "0",
        "0",
        "none",
    ]
    assert rows["answer"].tolist() == [2, 1, -1, 2]
    assert rows["weight"].tolist() == [1, 0, 2.5, 1]
    assert set(rows["wave"]) == {"now"}
    assert set(rows["municipality_code"]) == {"own"}
    assert [*rows.index] == [0, 1, 2, 3]
    assert [*rows] == ["municipality_code", "wave", "weight", "answer", "groups", "groups_age", "groups_sex"]


def test_one_column_alone_is_the_group_and_without_any_there_is_none():
    rows, groups = of(by="age").responses([1, 2])
    assert [*rows] == ["municipality_code", "wave", "weight", "answer", "groups"]
    assert groups["age"].tolist() == [20, 30]
    rows, groups = of().responses([1, 2])
    assert [*rows] == ["municipality_code", "wave", "weight", "answer"]
    assert groups.shape == (0, 0)


def test_who_was_drawn_together_and_who_is_who_go_with_the_rows():
    frame = FRAME.assign(team=["a", "b", "a", None], who=[1, 2, 3, 4])
    rows, _ = of(frame=frame, strata="age", cluster="team", person="who", period="year", times=(2023,)).responses(
        [1, 2]
    )
    assert rows["stratum"].tolist() == ["1", "0", "1", "0"]
    assert rows["cluster"].tolist()[:3] == ["a", "b", "a"]
    assert rows["respondent_id"].tolist() == [1, 2, 3, 4]


def test_periods_are_waves_in_the_order_they_are_asked_for():
    frame = FRAME.assign(year=[2024, 2023, 2024, 2022])
    waves = of(frame=frame, period="year", times=(2024, 2023)).responses([1, 2])[0]["wave"]
    assert waves.tolist()[:3] == [wave_of(0), wave_of(1), wave_of(0)]
    assert waves.isna().tolist() == [False, False, False, True]
    assert [*waves.cat.categories] == ["0000", "0001"]
    assert waves.cat.ordered


def test_columns_must_be_there_once_and_be_named_for_one_thing():
    with refused(KeyError, "no column team, area; there are glad, sex, age, w, year"):
        of(cluster="team", strata=["age", "area"])
    with refused(ValueError, "glad: the column must be there once, and be named for one thing"):
        of(by="glad")
    with refused(ValueError, "w: the column must be there once"):
        of(frame=pd.concat([FRAME, FRAME[["w"]]], axis=1), weight="w")
    with refused(ValueError, "age, sex: what comes out has a column of that name; call it another"):
        of(by=["sex", "age"], told=("age", "sex", "n"))
    assert of(weight="w", strata="w", cluster="w").of("strata") == ["w"], "how they were drawn may be one column"


def test_nobody_answers_twice_in_a_period_but_in_two_periods_and_without_a_name():
    frame = FRAME.assign(who=[1, 1, None, None], year=[2023, 2024, 2023, 2023])
    assert of(frame=frame, person="who", period="year").person == "who"
    with refused(ValueError, "who: 1 rows are of somebody who is there already in that period"):
        of(frame=frame.assign(year=2023), person="who", period="year")


def test_only_a_table_is_a_table():
    with refused(TypeError, "list: a pandas.DataFrame is needed, with a row per respondent"):
        Answers([1], "glad")


def people(**columns):
    codes = {"municipality_code": ["183", "183", "185"], "wave": ["1", "2", "2"], "weight": [1.0, 1.0, 1.0]}
    return pd.DataFrame(codes | columns).astype({"municipality_code": "category", "wave": "category"})


INVITED = pd.DataFrame(
    [("1", "183", "", 500.0), ("2", "183", "", 400.0), ("2", "185", "", 90.0), ("1", "183", "sex", 7.0)],
    columns=["wave", "municipality_code", "group_by", POPULATION],
)


def asked(selection="random", replicates=None):
    return SimpleNamespace(selection=selection, replicates=replicates, margins_method="raking")


def given(invited=INVITED):
    return SimpleNamespace(margins=None, invited=invited)


def test_how_many_there_are_in_all_is_known_of_a_random_sample_of_persons_alone():
    population = sampled(people(), given(), asked()).population
    assert population[0].tolist() == [500, 400]
    assert population[1][1:].tolist() == [90]
    assert population[1][0] != population[1][0], "nobody stated it"
    for other in (
        sampled(people(), given(), asked("all")),
        sampled(people(), given(None), asked()),
        sampled(people(), given(INVITED.drop(columns=POPULATION)), asked()),
        sampled(people(cluster=["a", "b", "c"]), given(), asked()),
        sampled(people(stratum=["a", "b", "c"]), given(), asked()),
        sampled(people(), given(), asked(replicates=SimpleNamespace(scale=float))),
    ):
        assert other.population is None


def test_answers_are_weighted_to_known_margins_in_the_way_that_is_asked_for():
    """Ten women and twenty men stand for 40 and 40: weights 4 and 2."""
    place = {"wave": "1", "municipality_code": "183"}
    answers = pd.DataFrame({"sex": ["k"] * 10 + ["m"] * 20} | place).astype("category").assign(weight=1.0)
    margins = pd.DataFrame([place | {"group_by": "sex", "group": sex, "count": 40} for sex in "km"])
    stratified = SimpleNamespace(margins_method="poststratify")
    assert weighted(answers, margins, stratified)[0]["weight"].tolist() == [4] * 10 + [2] * 20
    assert weighted(answers, None, stratified)[0]["weight"].eq(1).all()


def test_what_belongs_to_replicate_weights_is_counted_in_the_file():
    halves = {"replicate_1": [2.0, 0.0, 1.0], "replicate_2": [0.0, 2.0, 1.0]}
    jackknife = asked(replicates=SimpleNamespace(scale=lambda count: (count - 1) / count))
    assert sampled(people(**halves), given(), jackknife).scale == 0.5
    assert sampled(people(), given(), jackknife).scale is None
    assert sampled(people(**halves), given(), asked()).scale is None
