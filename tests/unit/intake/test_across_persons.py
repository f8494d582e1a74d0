"""A row number is no person, and matched persons are counted, told, and stopped if they change who they are."""

import random
import re

import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.checks.across import is_row_number
from jobreport.prepare import check, init

ROWS = 60
GENDER = """
groups:
  gender:
    column: køn
    label: {da: Køn, en: Gender}
    values:
      - {code: K, key: kvinde, label: {da: Kvinder, en: Women}}
      - {code: M, key: mand, label: {da: Mænd, en: Men}}
"""


def numbers(order):
    """The numbers 1 to ROWS of two waves, begun again in each, in some order."""
    whole = list(range(1, ROWS + 1))
    if order == "shuffled":
        return [random.Random(1).sample(whole, ROWS), random.Random(2).sample(whole, ROWS)]
    return [whole, whole[::-1] if order == "sorted" else whole]


@pytest.mark.parametrize("order", ["restarted", "sorted", "shuffled"])
@pytest.mark.parametrize("prefix", ["", "R"])
def test_numbers_without_a_gap_are_row_numbers_in_any_order(order, prefix):
    first, second = numbers(order)
    cells = pd.Series([f"{prefix}{number}" for number in (*first, *second)])
    waves = pd.Series(["2021"] * ROWS + ["2022"] * ROWS)
    assert is_row_number(cells, waves)
    assert is_row_number(cells)


def test_numbers_of_persons_of_whom_some_stayed_away_are_none():
    drawn = random.Random(1)
    cells = pd.Series([*drawn.sample(range(1, 101), 60), *drawn.sample(range(1, 101), 60)])
    assert not is_row_number(cells, pd.Series(["2021"] * 60 + ["2022"] * 60))


def people(order="restarted", first_number=1, gender=lambda n, wave: "KM"[n % 2]):
    drawn = random.Random(3)
    return [
        {
            "ID": str(number + first_number - 1),
            "runde": wave,
            "kommune": "183" if number % 2 else "185",
            "q1": str(drawn.randint(1, 5)),
            "q2": str(drawn.randint(1, 5)),
            "køn": gender(number, wave),
        }
        for wave, listed in zip(("2021", "2022"), numbers(order), strict=True)
        for number in listed
    ]


def set_up(project, rows, allowed=""):
    project.rows = rows
    (project.folder / project.file).unlink(missing_ok=True)
    book = re.sub(
        r"columns: .*", "columns: {respondent_id: ID, wave: runde, municipality_code: kommune}", project.codebook
    )
    project.codebook = book.split("groups:")[0] + GENDER + allowed


def test_a_row_number_in_last_years_codebook_is_refused_and_says_how_many_it_matches(project):
    set_up(project, people())
    (problem,) = project.refusal().problems
    assert problem.key == "respondent_row_number"
    assert "60 af 60 numre fra 2021 findes også i 2022" in problem.text()
    assert "allowed: ['ID']" in problem.text()


@pytest.mark.dear
def test_a_number_that_a_person_vouches_for_is_counted_and_told_by_check(project, forms):
    set_up(project, people(), "allowed: [ID]\n")
    told = check.check(project.write(forms["delimited"](project.rows)))
    assert "ID: 60 af 60 numre fra 2021 findes også i 2022; de regnes for de samme personer." in told
    assert "ligner et rækkenummer" in told


@pytest.mark.parametrize("allowed", ["", "allowed: [ID]\n"])
def test_persons_who_change_gender_stop_the_report_whatever_anybody_vouches_for(project, allowed):
    rows = people(gender=lambda n, wave: "KM"[(n + (wave == "2022" and n % 5 == 0)) % 2])
    if not allowed:
        rows = [{**row, "ID": str(3 * int(row["ID"]))} for row in rows]  # no row numbers, and no persons either
    set_up(project, rows, allowed)
    (problem,) = project.refusal().problems
    assert problem.key == "respondent_changes"
    assert "har 12 en anden værdi i Køn" in problem.text()


def test_a_few_slips_of_gender_are_none(project):
    rows = people(gender=lambda n, wave: "KM"[(n + (wave == "2022" and n < 3)) % 2])
    set_up(project, rows, "allowed: [ID]\n")
    assert len(project.read().responses) == 2 * ROWS


def proposed(project, forms, rows):
    """Begin with one file per wave, as spreadsheets of forms come."""
    paths = []
    for wave in ("2021", "2022"):
        paths.append(project.folder / f"{wave}.csv")
        part = [{k: v for k, v in row.items() if k != "runde"} for row in rows if row["runde"] == wave]
        paths[-1].write_bytes(forms["delimited"](forms["labelled"](part)))
    return init.start(paths, project.folder, name="vores")


@pytest.mark.parametrize("order", ["restarted", "sorted", "shuffled"])
def test_init_proposes_no_row_number_as_a_person_and_says_so(project, forms, order):
    started = proposed(project, forms, people(order))
    assert "Kolonnen ID løber uden huller og ligner et rækkenummer" in started.found
    written = started.codebook.read_text(encoding="utf-8")
    assert "\n  respondent_id:" not in written
    assert '# respondent_id: "ID"' in written


def test_init_proposes_a_number_that_has_gaps_in_some_wave(project, forms):
    rows = [row for row in people() if row["runde"] == "2021" or int(row["ID"]) % 4]
    assert '\n  respondent_id: "ID"' in proposed(project, forms, rows).codebook.read_text(encoding="utf-8")


def test_a_benefit_may_change_but_not_as_between_strangers(project):
    codebook = project.codebook
    for changed, refused in ((10, False), (30, True)):
        rows = people()
        for row in rows:
            shift = row["runde"] == "2022" and int(row["ID"]) <= changed
            row["ID"], row["ydelse"] = str(3 * int(row["ID"])), str((int(row["ID"]) + shift) % 2 + 1)
        project.codebook = codebook
        set_up(project, rows)
        project.codebook = project.codebook.replace("køn", "ydelse").replace("gender", "benefit_group")
        project.codebook = project.codebook.replace("code: K", "code: 1").replace("code: M", "code: 2")
        project.codebook = project.codebook.replace("Køn", "Ydelse").replace("Gender", "Benefit")
        if refused:
            assert [each.key for each in project.refusal().problems] == ["respondent_changes"]
        else:
            assert len(project.read().responses) == 2 * ROWS


def test_the_order_of_the_rows_decides_nothing(project):
    """Numbered after sorting by the answer, the waves would seem to share their persons."""
    keys = set()
    for order in ("restarted", "sorted", "shuffled"):
        set_up(project, people(order))
        with pytest.raises(InputRefused) as caught:
            checks.read_inputs(checks.read_params(project.write()))
        keys |= {problem.key for problem in caught.value.problems}
    assert keys == {"respondent_row_number"}
