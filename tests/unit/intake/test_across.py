"""Answers that stand again, scales turned round and dates that cannot be are refused; chance is not."""

import random

import pandas as pd
import pytest

from jobreport.intake.checks import across
from tests.unit.intake.test_declared import apart, in_wave, keys


def drawn(seed, wave, size=60, shares=(25, 32, 20, 13, 10), asked=("q1", "q2")):
    """Answers of one wave, drawn anew for every person, whose numbers have gaps; code 1 is the most satisfied."""
    chance = random.Random(seed)
    return [
        {
            "id": f"{seed}{3 * number:04d}", "runde": wave, "kommune": chance.choice(("183", "185")),
            **{name: str(chance.choices(range(1, 6), shares)[0]) for name in asked},
            "ydelse": chance.choice("12"), "dato": f"{wave}-03-{number % 20 + 10:02d}", "vægt": "1.5", "bemærkning": "",
        }
        for number in range(size)
    ]  # fmt: skip


def moved(rows, wave):
    return [{**row, "runde": wave, "dato": wave + row["dato"][4:]} for row in rows]


def test_the_same_file_or_a_copy_of_it_in_two_waves_is_refused(project, forms):
    for second in ("a.csv", "b.csv"):
        apart(project, "a.csv", second)
        project.codebook = project.codebook.replace("wave: runde, ", "").replace(", answered_on: dato", "")
        for name in ("a.csv", "b.csv"):
            (project.folder / name).write_bytes(forms["delimited"](drawn(1, "2021")))
        assert keys(project.refusal()) == ["wave_same_file"]


@pytest.mark.parametrize(
    ("order", "known"), [("first", True), ("last", True), ("sorted", True), ("first", False), ("last", False)]
)
def test_a_wave_that_holds_the_answers_of_the_wave_before_is_refused(order, known, project):
    project.codebook = project.codebook if known else project.codebook.replace("respondent_id: id, ", "")
    before, new = drawn(1, "2021"), drawn(2, "2022")
    again = moved(before, "2022")
    whole = {"first": again + new, "last": new + again, "sorted": sorted(again + new, key=lambda row: row["q1"])}
    project.rows = before + whole[order]
    refused = project.refusal()
    assert keys(refused) == ["wave_rows_again"]
    assert "60 svar fra målingen 2021" in refused.text("da")


def test_people_who_answer_again_and_groups_that_are_alike_are_no_repetition(project):
    before = drawn(1, "2021")
    again = moved(before, "2022")
    for row, new in zip(again, drawn(2, "2022"), strict=True):
        row["q1"] = new["q1"]
    project.rows = before + again
    assert len(project.read().responses) == 120
    project.rows = [{**row, "q1": "2", "q2": "4"} for row in before + again]  # everybody agrees, twice
    assert len(project.read().responses) == 120


@pytest.mark.parametrize("order", ["appended", "sorted"])
def test_a_file_appended_to_itself_is_refused(order, project):
    project.codebook = project.codebook.replace("respondent_id: id, ", "")
    once = drawn(1, "2021", 200)
    twice = once + once if order == "appended" else sorted(once + once, key=lambda row: row["q1"])
    project.rows = twice + drawn(2, "2022")
    refused = project.refusal()
    assert keys(refused) == ["rows_appended"]
    assert "2 gange" in refused.text("da")


def test_a_scale_turned_round_in_one_wave_is_refused_until_somebody_says_why_it_is_right(project):
    project.rows = drawn(1, "2021", 120) + drawn(2, "2022", 120, shares=(10, 13, 20, 32, 25))
    refused = project.refusal()
    assert keys(refused) == ["answers_mirrored", "answers_mirrored"]
    assert "satisfaction: svarene i målingen 2022 ligner dem i 2021 vendt om" in refused.text("da")
    in_wave(project, "{direction: Spørgeskemaet er efterset}")
    assert [problem.values["name"] for problem in project.refusal().problems] == ["meaning"]


def test_a_real_fall_that_is_no_mirror_is_not_questioned(project):
    fallen = drawn(2, "2022", 120, shares=(18, 22, 22, 20, 18))
    project.rows = drawn(1, "2021", 120) + fallen
    assert len(project.read().responses) == 240


WAVE = "    - {{wave: '2022', from: '2022-01-01', to: '2022-12-31'}}"


@pytest.mark.parametrize(
    ("waves", "expected"),
    [
        ("    - {{wave: '2022', from: '2022-01-01', to: '2022-12-31'}}\n    - {{wave: a}}\n    - {{wave: A}}",
         "wave_named_twice"),
        ("    - {{wave: '2022', from: '2021-06-01', to: '2022-12-31'}}", "waves_overlap"),
        ("    - {{wave: '2022', from: '2021-01-01', to: '2021-12-31'}}", "wave_year_differs"),
        ("    - {{wave: '2022', from: '0022-01-01', to: '0022-12-31'}}", "wave_date_impossible"),
        ("    - {{wave: '2022', from: '2022-01-01', to: '2099-12-31'}}", "wave_in_future"),
        (WAVE + "\nreport_date: '2022-06-30'", "wave_in_future"),
    ],
)  # fmt: skip
def test_dates_and_names_of_waves_that_cannot_be(waves, expected, project):
    project.params = project.params.replace(WAVE, waves)
    assert expected in keys(project.refusal())


def test_files_whose_names_say_each_others_year_are_refused(project, forms):
    first, second = apart(project, "svar-2022.csv", "svar-2021.csv")
    for name, rows in (("svar-2022.csv", first), ("svar-2021.csv", second)):
        (project.folder / name).write_bytes(forms["delimited"](rows))
    assert keys(project.refusal()) == ["wave_files_swapped", "wave_files_swapped"]


def test_waves_that_differ_by_case_alone_are_one_name_in_the_codebook(project):
    in_wave(project, "{column: q1}, 'x': {column: q1}, 'X': {column: q1}")
    assert keys(project.refusal()) == ["codebook_name_twice"]


def renumbered(rows, seed, wave):
    """The same answers as another export gives them: other numbers of persons, and another order."""
    again = moved(rows, wave)
    random.Random(seed).shuffle(again)
    return [{**row, "id": f"9{place * 7:05d}"} for place, row in enumerate(again)]


@pytest.mark.parametrize("size", [80, 400])
@pytest.mark.parametrize("more", [0, 60])
def test_last_years_answers_under_new_numbers_are_refused(project, size, more):
    asked = ("q1", "q2")
    before = drawn(1, "2021", size, asked=asked)
    new = drawn(2, "2022", more, asked=asked)
    project.rows = before + renumbered(before, 3, "2022") + new
    if more:  # a cumulative export has the old answers as one block
        project.rows = before + [{**row, "id": f"8{row['id']}"} for row in moved(before, "2022")] + new
    refused = project.refusal()
    assert keys(refused) == ["wave_rows_again"]
    assert f"{size} svar fra målingen 2021" in refused.text("da")


def rows_of(seed, size, questions, answers=5):
    chance = random.Random(seed)
    return pd.DataFrame([[chance.randrange(answers) for _ in range(questions)] for _ in range(size)])


def hashes(frame):
    return across._hashes(frame)


def test_most_rows_of_a_wave_in_another_in_any_order_are_a_copy_even_where_some_were_deleted():
    before, new = rows_of(1, 300, 6), rows_of(2, 500, 6)
    again = pd.concat([before.sample(285, random_state=4), new]).sample(frac=1, random_state=5)
    assert across._again(hashes(before), hashes(again)) == 285


@pytest.mark.parametrize(
    ("questions", "answers", "size"),
    [(2, 5, 60), (3, 5, 400), (6, 5, 60), pytest.param(1, 3, 5000, marks=pytest.mark.slow), (4, 2, 90)],
)
@pytest.mark.parametrize("seeds", [5, pytest.param(20, marks=pytest.mark.slow)])
def test_rows_that_chance_alone_repeats_are_no_copy(questions, answers, size, seeds):
    for seed in range(seeds):
        small, large = (hashes(rows_of(100 * seed + k, n, questions, answers)) for k, n in ((1, size), (2, 20 * size)))
        assert across._again(small, large) == 0
        assert across._again(small, hashes(rows_of(100 * seed + 3, size, questions, answers))) == 0


def test_the_same_people_under_other_numbers_who_answer_mostly_alike_are_no_copy():
    before = rows_of(1, 400, 5)
    again = before.copy()
    changed = before.sample(160, random_state=2).index  # two in five change an answer
    again.loc[changed, 0] = (again.loc[changed, 0] + 1) % 5
    assert across._again(hashes(before), hashes(again)) == 0
