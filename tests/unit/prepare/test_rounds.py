"""Rounds are found in a column by its question or answers, in the days of the answers, or in the name of the file."""

import random
import re

import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.prepare import check, init
from jobreport.setup import params

PLEASED = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
ASKED = "Hvor tilfreds er du?"


def written(folder, columns, rows, name="svar.csv"):
    path = folder / name
    lines = [";".join([*columns, "Kommune", ASKED])]
    drawn = random.Random(1)
    lines += [";".join([*map(str, cells), "Ishøj", drawn.choice(PLEASED)]) for cells in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def begun(folder, path):
    """What init writes, with the one line deleted that marks all as proposals."""
    started = init.start([path], folder, "ours")
    book = started.codebook.read_text(encoding="utf-8")
    started.codebook.write_text(re.sub(r"(?m)^proposal: true.*\n", "", book), encoding="utf-8")
    return started


def two_springs(n):
    return [f"{2024 + n // 60}-03-{1 + n % 28:02} 10:0{n % 10}:00"]


@pytest.mark.dear
def test_gaps_between_the_days_of_answers_are_rounds_and_nothing_has_to_be_typed(tmp_path):
    path = written(tmp_path, ["Tidsstempel"], map(two_springs, range(120)))
    started = begun(tmp_path, path)
    text = started.params.read_text(encoding="utf-8")
    assert re.findall(r'wave: "(.*?)"', text) == ["2024", "2025"]
    assert re.findall(r'(?:from|to): "(.*?)"', text) == ["2024-03-01", "2024-03-28", "2025-03-01", "2025-03-28"]
    assert "1.–28. marts 2024: 60" in started.found
    assert "2 målinger" in check.check(started.params)
    responses = checks.read_inputs(params.read(started.params)).responses
    assert responses["wave"].value_counts().to_dict() == {"2024": 60, "2025": 60}


def days_and_times(*hours):
    """A day in each of two springs for 60 persons, at as many columns as there are hours."""
    return [[f"{1 + n % 28:02}-03-{2024 + n // 60} {hour}:0{n % 10}" for hour in hours] for n in range(120)]


def test_the_only_column_of_days_with_a_time_is_when_somebody_answered_whatever_it_is_called(tmp_path):
    started = begun(tmp_path, written(tmp_path, ["Indleveret"], days_and_times(10)))
    assert '  answered_on: "Indleveret" #' in started.codebook.read_text(encoding="utf-8")
    assert re.findall(r'wave: "(.*?)"', started.params.read_text(encoding="utf-8")) == ["2024", "2025"]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (["Mødt"], [[cell.removesuffix(f" 10:0{n % 10}")] for n, (cell,) in enumerate(days_and_times(10))]),
        (["Mødt"], [[f"2024-03-{1 + n % 28:02} 00:00:00"] for n in range(120)]),
        (["Mødt", "Gået"], days_and_times(9, 11)),
        (["Mødt"], [[f"{13 + n % 9}-03-{1950 + n // 3} 07:15"] for n in range(120)]),
        (["Mødt"], [[f"0{1 + n % 9}-03-2024 10:15"] for n in range(120)]),
    ],
    ids=["days alone", "midnights", "two times", "hours of birth", "day or month"],
)
def test_days_that_may_be_of_something_else_are_named_and_not_called_free_text(tmp_path, columns, rows):
    started = init.start([written(tmp_path, columns, rows)], tmp_path, "ours")
    book = started.codebook.read_text(encoding="utf-8")
    assert f"  answered_on: ingen. Datoer står i {', '.join(columns)}. " in started.found
    assert "Fri tekst" not in started.found
    assert all(f'  # answered_on: "{column}" # ikke foreslået' in book for column in columns)


def test_times_beside_a_column_of_rounds_are_not_taken_for_when_somebody_answered(tmp_path):
    rows = [[f"{13 + n % 9}-03-{2023 + n // 60} 09:15", 2024 + n // 60] for n in range(120)]
    started = init.start([written(tmp_path, ["Samtale", "Måling"], rows)], tmp_path, "ours")
    assert "  answered_on: ingen. Datoer står i Samtale. " in started.found
    assert re.findall(r'wave: "(.*?)"', started.params.read_text(encoding="utf-8")) == ["2024", "2025"]


def test_days_with_the_month_first_are_read_as_enalyzer_writes_them(tmp_path):
    """A made-up layout: no file of Enalyzer's was found; it can write answers as text, and days as MM-DD-YYYY."""
    days = [[f"03-{1 + n % 28:02}-{2024 + n // 60}", f"n{n}"] for n in range(120)]
    started = begun(tmp_path, written(tmp_path, ["Dato afsendt", "Respondent"], days))
    text = started.params.read_text(encoding="utf-8")
    assert re.findall(r'(?:from|to): "(.*?)"', text) == ["2024-03-01", "2024-03-28", "2025-03-01", "2025-03-28"]
    responses = checks.read_inputs(params.read(started.params)).responses
    assert responses["wave"].value_counts().to_dict() == {"2024": 60, "2025": 60}


def test_an_answer_between_two_rounds_is_refused_by_its_row(tmp_path):
    rows = [two_springs(n) for n in range(120)]
    rows[7] = ["2024-09-09 10:00:00"]
    started = begun(tmp_path, written(tmp_path, ["Tidsstempel"], rows))
    with pytest.raises(InputRefused) as refused:
        check.check(started.params)
    assert [(problem.key, problem.values["rows"]) for problem in refused.value.problems] == [("date_in_no_wave", "9")]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Hvilken runde svarede du i?", lambda n: 2024 + n % 2),
        ("s_1", lambda n: ("Forår 2024", "Forår 2025")[n % 2]),
        ("s_1", lambda n: ("Forår 24", "forår 25", "Forår 25")[n % 3]),
        ("s_1", lambda n: ("marts '24", "okt. 24")[n % 2]),
        ("År", lambda n: 2024 + n % 2),
    ],
)
def test_a_column_of_rounds_is_found_by_what_was_asked_or_answered(tmp_path, column, cell):
    (found,) = init.look([written(tmp_path, [column], ([cell(n)] for n in range(83)))])
    assert found.keys["wave"].name == column


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Hvilket år er du født?", lambda n: 1980 + n % 5),
        ("Hvornår begyndte dit forløb, og i hvilket år?", lambda n: 2020 + n % 5),
        ("Antal år", lambda n: 1 + n % 5),
        ("Spor", lambda n: ("Spor 24", "Spor 25")[n % 2]),
    ],
)
def test_a_year_that_is_no_round_is_none(tmp_path, column, cell):
    (found,) = init.look([written(tmp_path, [column], ([cell(n)] for n in range(83)))])
    assert "wave" not in found.keys


@pytest.mark.parametrize(("name", "wave"), [("svar 2024.csv", '"2024"'), ("svar.csv", "null")])
def test_a_single_round_is_named_by_the_file_or_asked_for(tmp_path, name, wave):
    path = written(tmp_path, ["nr"], ([f"A{n}"] for n in range(83)), name)
    started = begun(tmp_path, path)
    text = started.params.read_text(encoding="utf-8").replace("report_date: null", "report_date: '2025-01-01'")
    assert f"wave: {wave}" in text
    started.params.write_text(text, encoding="utf-8")
    if wave == "null":
        with pytest.raises(InputRefused):
            check.check(started.params)
        started.params.write_text(text.replace("wave: null", "wave: '2024'"), encoding="utf-8")
    responses = checks.read_inputs(params.read(started.params)).responses
    assert responses["wave"].value_counts().to_dict() == {"2024": 83}


def test_ages_in_years_become_bands(tmp_path):
    path = written(tmp_path, ["Hvor gammel er du?"], ([20 + n % 45] for n in range(200)), "svar-2024.csv")
    started = begun(tmp_path, path)
    responses = checks.read_inputs(params.read(started.params)).responses
    ages = [20 + n % 45 for n in range(200)]
    assert responses["age_group"].value_counts()["15-29 år"] == sum(age < 30 for age in ages)
    assert responses["age_group"].value_counts()["60-99 år"] == sum(age >= 60 for age in ages)


def test_a_misspelt_municipality_leaves_the_column_what_it_is_and_is_refused_by_its_row(tmp_path):
    path = written(tmp_path, ["Tidsstempel"], map(two_springs, range(120)))
    path.write_text(path.read_text(encoding="utf-8").replace("Ishøj", "Ishoj", 1), encoding="utf-8")
    started = begun(tmp_path, path)
    assert 'municipality_code: "Kommune"' in started.codebook.read_text(encoding="utf-8")
    text = started.params.read_text(encoding="utf-8").replace("municipality_code: null", "municipality_code: '183'")
    started.params.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match="Ishoj") as refused:
        checks.read_inputs(params.read(started.params))
    assert "række 2" in str(refused.value)
