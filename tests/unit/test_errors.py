"""Every refusal has its text in both languages, in the same form."""

import re
import string
from pathlib import Path

import pytest

from jobreport.errors import (
    BatchIncomplete,
    InputRefused,
    JobreportError,
    OutputsDiffer,
    Problem,
    refuse,
    texts,
)

PARTS = ("what", "expected", "why", "do")


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys():
    assert list(texts("da")) == list(texts("en"))


@pytest.mark.parametrize("key", sorted(texts("da")))
def test_text_is_whole_and_uses_the_same_facts(key):
    danish, english = texts("da")[key], texts("en")[key]
    assert tuple(danish) == PARTS
    assert tuple(english) == PARTS
    facts = {language: set().union(*(placeholders(entry[part]) for part in PARTS))
             for language, entry in (("da", danish), ("en", english))}  # fmt: skip
    assert facts["da"] == facts["en"]
    assert not any(
        entry[part].rstrip().endswith(".") and part == "what" for entry in (danish, english) for part in PARTS
    )


def test_every_key_named_in_the_code_has_a_text():
    package = Path(__file__).parents[2] / "jobreport"
    named = set()
    for path in package.rglob("*.py"):
        named |= set(re.findall(r'Problem\(\s*"([a-z_0-9]+)"', path.read_text(encoding="utf-8")))
    assert named - set(texts("da")) == set()


def test_form_of_a_message_in_danish_and_english():
    problem = Problem("file_missing", "params/x.yml", {"field": "benchmarks", "file": "b.csv"})
    assert problem.text("da") == (
        "params/x.yml: benchmarks peger på b.csv, som ikke findes.\n"
        "  Forventet: en fil, regnet fra projektets mappe (den, der rummer params/)\n"
        "  Hvorfor: uden den mangler tallene\n"
        "  Gør: ret stien, eller læg filen der"
    )
    assert problem.text("en").splitlines()[1].startswith("  Expected: ")


def test_several_problems_are_counted_and_all_written():
    problems = [Problem("params_missing", name) for name in ("a.yml", "b.yml")]
    with pytest.raises(InputRefused) as caught:
        refuse(problems, "en")
    assert str(caught.value).startswith("2 problems:\n\na.yml: the file is not there.")
    assert caught.value.text("da").startswith("2 problemer:\n\na.yml: filen findes ikke.")


def test_no_problem_is_no_refusal():
    refuse([])


def test_exit_codes_of_the_tree():
    codes = {kind: kind.exit_code for kind in (JobreportError, InputRefused, OutputsDiffer, BatchIncomplete)}
    assert list(codes.values()) == [1, 2, 3, 4]


def test_no_message_names_a_person_or_writes_to_the_terminal_whatever_it_quotes():
    values = {"field": "benchmarks", "file": "Per 010180-1234 <per@kommune.dk>\x1b[2J\u202e.csv"}
    text = Problem("file_missing", "params/0101801234\x1b.yml", values).text("en").splitlines()[0]
    assert text == "params/***[U+001B].yml: benchmarks names Per *** <***>[U+001B][2J[U+202E].csv, which is not there."


@pytest.mark.parametrize("path", ["export_20240101120000/svar.csv", "1700000000/svar.csv", "kommune_101_2024/svar.csv"])
def test_a_path_that_holds_no_person_is_shown_whole(path):
    assert Problem("params_missing", path).text("da").startswith(f"{path}: ")


@pytest.mark.parametrize(("language", "says"), [("da", "Her står de første 100."), ("en", "These are the first 100.")])
def test_more_problems_than_anybody_reads_are_counted_and_the_first_told(language, says):
    many = InputRefused([Problem("params_missing", f"{number}.yml") for number in range(5_000)])
    said = many.text(language)
    assert said.startswith("5000 problem")
    assert "99.yml" in said
    assert "100.yml" not in said
    assert says in said.splitlines()[-1]
    assert says not in InputRefused(many.problems[:100]).text(language)


def test_a_list_of_values_ends_where_a_line_does_and_says_how_many_they_are():
    told = Problem("units_alike", "x.yml", {"units": ["u"] * 10_000}).text()
    assert "u, … (10000)" in told
    assert max(map(len, told.splitlines())) < 1_200
