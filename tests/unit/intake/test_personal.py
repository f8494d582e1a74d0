"""Personal data are found, what only looks like them may pass when confirmed, and nothing is quoted."""

import numpy as np
import pandas as pd
import pytest

from jobreport.intake.checks import personal


def kinds(frame, questions=None, closed=frozenset()):
    return [finding.kind for finding in personal.findings(frame, questions, closed)]


@pytest.mark.parametrize(
    "cell",
    ["010180-1234", "0101801234", 101801234, 101801234.0, "101801234", 3112991234, "010180 1234",
     "010180–1234", "Cpr: 010180-1234.",
     "610180-1234", "290200-1234", "0101801234.0", "010180\u20091234", "010180\u200b-1234", "0101\u00ad80-1234",
     "０１０１８０－１２３４", "٠١٠١٨٠-١٢٣٤", "01.01.80-1234", "01/01/80-1234", "01-01-80-1234", "010180 - 1234",
     "010180_1234", "x,010180-1234,y", "010180-1234,020280-1234", "1.01801234E+8", "1,01801234e8",
     "101801234.0", "(010180)1234", "010180\t1234", "010180\n1234", "'0101801234", '="0101801234"',
     "DK0101801234", b"010180-1234"],
)  # fmt: skip
def test_cpr_is_found_in_any_writing(cell):
    assert kinds(pd.DataFrame({"x": [cell, None]})) == ["cpr"]


@pytest.mark.parametrize(
    "cell",
    ["321380-1234", "011380-1234", "300280-1234", "12345678", "2022-01-01 12:00:00",
     "20220101120000", 12345678, float("inf"), 0.0101801234, "3.0101801234",
     "18301", "+45 12 34 56 78", 1.5, True, "1.234.567,89", "DK5000400440116243", "2024-01-01T10:20:30", "01-01-2024",
     "01.01.24 10:20", "12 11 10 12 34", "192.168.10.1234", "a010180b1234", "1.5E+3", "2,5"],
)  # fmt: skip
def test_what_is_no_cpr(cell):
    assert kinds(pd.DataFrame({"x": [cell, None]})) == []


def test_cpr_is_found_beside_a_number_without_end():
    assert kinds(pd.DataFrame({"x": [101801234.0, float("inf")]})) == ["cpr"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [("Telefon", "telephone"), ("tlf_nr", "telephone"), ("mobilnummer", "telephone"),
     ("navn", "name"), ("Efternavn", "name"),
     ("FirstName", "name"), ("Adresse", "address"), ("vejnavn", "address"), ("CPR", "cpr"),
     ("E-mail", "email"), ("email", "email")],
)  # fmt: skip
def test_headers(header, kind):
    assert kinds(pd.DataFrame({header: ["x", "y"]})) == [kind]


@pytest.mark.parametrize("header", ["kommunenavn", "kommune", "q1", "jobcenternavn", "stato_1", "svardato", "alder"])
def test_headers_that_are_nothing(header):
    assert kinds(pd.DataFrame({header: ["x", "y"]})) == []


def test_question_text_counts_where_people_write_themselves():
    frame = pd.DataFrame({"q9": ["a", "b"]})
    assert kinds(frame, {"q9": "Hvad er dit telefonnummer?"}) == ["telephone"]
    assert kinds(frame, {"q9": "I hvilken grad kender sagsbehandleren dit navn?"}, frozenset({"q9"})) == []


def test_empty_column_is_no_finding():
    assert kinds(pd.DataFrame({"Telefon": [None, ""]})) == []


def test_header_that_is_itself_personal_is_not_quoted():
    found = personal.findings(pd.DataFrame({"010180-1234": ["x"]}))
    text = next(iter(personal.problems(found, "svar.csv"))).text()
    assert found[0].certain
    assert "010180" not in text
    assert "kolonne nr. 1 (***)" in text


def test_random_survey_key_passes_when_confirmed_but_not_before():
    key = np.random.default_rng(1).integers(10**9, 10**10, 400)
    found = personal.findings(pd.DataFrame({"key": key}))
    assert [finding.certain for finding in found] == [False]
    assert list(personal.problems(found, "x", ("key",))) == []
    assert len(list(personal.problems(found, "x"))) == 1


def test_cpr_column_never_passes():
    frame = pd.DataFrame({"key": [_fitting(f"{day:02d}0580{day * 27:03d}") for day in range(1, 29)]})
    found = personal.findings(frame)
    assert len(list(personal.problems(found, "x", ("key",)))) == 1


def test_column_of_times_passes_when_confirmed():
    frame = pd.DataFrame({"sendt": [f"{day:02d}0522{day % 24:02d}30" for day in range(1, 29)]})
    assert list(personal.problems(personal.findings(frame), "x", ("sendt",))) == []


def test_email_never_passes():
    found = personal.findings(pd.DataFrame({"key": ["a@b.dk", "x"]}))
    assert [problem.key for problem in personal.problems(found, "x", ("key",))] == ["personal_data"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Mail", ["anonymous"] * 90),
        ("Navn", [None] * 90),
        ("Hvor tilfreds er du med jobcentrets svar på mail?", ["Meget tilfreds", "Tilfreds", "Utilfreds"] * 30),
        ("Kender du navnet på din sagsbehandler?", ["Ja", "Nej"] * 45),
        ("Telefon", ["Meget tilfreds", "Tilfreds", "Utilfreds"] * 30),
        ("Hvor mange år har du boet på din nuværende adresse?", list(range(30)) * 3),
        ("Address", [1987 + number for number in range(40)]),
    ],
)
def test_words_in_a_header_are_no_personal_data_where_the_cells_are_none(header, cells):
    assert kinds(pd.DataFrame({header: cells})) == []


def test_a_header_counts_the_cells_that_were_looked_at_and_says_that_it_is_the_header():
    cells = [f"Person {chr(97 + number)}" for number in range(20)] + [None, ""]
    (problem,) = personal.problems(personal.findings(pd.DataFrame({"Navn": cells})), "x")
    assert problem.key == "personal_data_by_header"
    assert "20 celler udfyldt" in problem.text()
    assert list(personal.problems(personal.findings(pd.DataFrame({"Navn": cells})), "x", ("Navn",))) == []


@pytest.mark.parametrize("first", [101_000_000, 1_001_000_000])
def test_a_key_that_counts_on_can_be_confirmed_and_is_no_column_of_birthdays(first):
    found = personal.findings(pd.DataFrame({"key": range(first, first + 200)}))
    assert [finding.certain for finding in found] == [False]


def test_a_number_in_the_labels_or_the_question_of_a_file_is_found():
    found = personal.in_labels(["a", "b"], {"a": {"1": "Per 010180-1234", "2": "Nej"}}, {"b": "Skriv til per@x.dk"})
    assert [(each.kind, each.column) for each in found] == [("cpr", "a"), ("email", "b")]
    for problem in personal.problems(found, "x", ("a", "b")):
        assert problem.key == "personal_data_in_labels"
        assert "010180" not in problem.text()
        assert "per@" not in problem.text()


@pytest.mark.parametrize("cell", ["per＠kommune.dk", "per\u200b@kommune.dk", "mailto:per@kommune.dk"])
def test_an_address_is_read_as_the_eye_reads_it(cell):
    assert kinds(pd.DataFrame({"x": [cell]})) == ["email"]


def test_of_many_numbers_modulus_eleven_tells_a_key_from_persons():
    """Weights 4 3 2 7 6 5 4 3 2 1 (CPR-kontoret): 070761-4285 sums to 0+21+0+49+36+5+16+6+16+5 = 154 = 14 * 11."""
    assert _fitting("070761428") == "0707614285"
    days = [f"{day:02d}{month:02d}{year:02d}" for day in (3, 17, 28) for month in (2, 11) for year in (61, 72, 83, 94)]
    key = pd.DataFrame({"x": [f"{day}{7 * number:04d}" for number, day in enumerate(days, start=100)]})
    persons = pd.DataFrame({"x": [_fitting(f"{day}{7 * number:03d}") for number, day in enumerate(days, start=100)]})
    assert [finding.certain for finding in personal.findings(key)] == [False]
    assert [finding.certain for finding in personal.findings(persons)] == [True]


def _fitting(nine):
    """Nine digits and a tenth that fits modulus 11; another ninth where there is none."""
    weights = (4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = -sum(weight * int(digit) for weight, digit in zip(weights, nine, strict=True)) % 11
    return f"{nine}{rest}" if rest < 10 else _fitting(f"{nine[:-1]}{(int(nine[-1]) + 1) % 10}")


@pytest.mark.parametrize("cell", ["a" * 200_000, "@" * 200_000, "01." * 70_000, "æ" * 200_000])
def test_a_long_cell_is_read_in_one_pass(cell):
    """A pattern that tried every beginning would take hours here, not a moment."""
    assert kinds(pd.DataFrame({"x": [cell]})) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("Per, 01.01.80 - 1234", True), ("doi 10.1111/1467-9299.12345", False), ("j.nr. 15-1020-2021", False),
     ("https://avis.dk/0101801234/x", False), ("se https://avis.dk/1 om 010180-1234", True),
     ("ISBN 978-87-93626-12-3", False), ("01-01-2020 - 2021", False)],
)  # fmt: skip
def test_sources_of_published_figures_are_no_persons(text, found):
    """Their texts cannot be confirmed, so what stands in every list of literature must pass."""
    assert personal.holds_cpr(text) is found
