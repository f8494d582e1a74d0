"""`jobreport check` says in a few lines what the report will be able to say."""

import itertools
import random
from pathlib import Path

import pytest

import jobreport
from jobreport.intake import checks
from jobreport.prepare import check
from jobreport.report import results
from jobreport.setup import params

pytestmark = pytest.mark.usefixtures("computed_once")

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize(("language", "name"), [("da", "Ledighed"), ("en", "Unemployment")])
@pytest.mark.dear
def test_each_indicator_and_scale_gets_one_line_in_the_readers_words(language, name):
    told = check.check(PROJECT / "params" / "ishoej.yml", language).splitlines()
    lines = [line for line in told if line.startswith(f"  {name}, ")]
    assert len(lines) == len(set(lines)) == 2
    assert not [line for line in told if "unemployment" in line]


EVENT = """
disclosure: {{{{suppress_below: {below}}}}}
events:
  - event: left
    label: {{{{da: Ishøj forlader jobcentret}}}}
    date: '2022-01-01'
    treated: ['183']
    comparison: all
"""


@pytest.mark.parametrize(("below", "hidden"), [(25, True), (5, False)])
@pytest.mark.dear
def test_a_comparison_that_is_hidden_is_not_counted(project, below, hidden):
    drawn = random.Random(1)
    places = itertools.product(project.rows, ("183", "185", "187", "101", "151"))
    project.rows = [
        {**row, "id": f"{number}", "kommune": code, "q1": f"{drawn.randint(1, 6)}", "q2": f"{drawn.randint(1, 5)}"}
        for number, (row, code) in enumerate(places)
    ]
    project.params += EVENT.format(below=below)
    told = check.check(project.write(), "da")
    assert (
        "Sammenligningen vises ikke: for få har svaret, eller den ville røbe et tal, der er skjult." in told
    ) == hidden
    assert ("Sammenligning: 4 kommuner." in told) != hidden
    assert "<NA>" not in told


@pytest.mark.parametrize(
    ("language", "told", "fact"),
    [
        ("da", "som ikke er kommuner og ikke regnes med: Landsdel Fyn, Region Sjælland.", "ikke er regnet med"),
        ("en", "that are no municipalities and are left out: Landsdel Fyn, Region Sjælland.", "were left out"),
    ],
)
@pytest.mark.dear
def test_areas_of_an_official_table_that_are_left_out_are_named(tmp_path, language, told, fact):
    figures = (PROJECT / "data" / "register" / "unemployment.csv").read_text(encoding="utf-8")
    one = "".join(line for line in figures.splitlines(keepends=True) if line.startswith("101,"))
    (tmp_path / "params").mkdir()
    more = one.replace("101,", "Region Sjælland,") + one.replace("101,", "Landsdel Fyn,")
    (tmp_path / "u.csv").write_text(figures + more, encoding="utf-8")
    written = (PROJECT / "params" / "ishoej.yml").read_text(encoding="utf-8")
    for name in ("benchmarks", "claims", "jobcentres"):
        written = written.replace(f"{name}: data/{name}.csv", f"{name}: null")
    written = written[: written.index("  - series: higher_education")] + written[written.index("benchmarks:") :]
    file = tmp_path / "params" / "x.yml"
    file.write_text(written.replace("data/register/unemployment.csv", "u.csv"), encoding="utf-8")
    study = jobreport.load(file, language=language)
    assert told in check.check(file, language)
    assert study.results.facts["areas_left_out"] == ["Landsdel Fyn", "Region Sjælland"]
    (line,) = [line for line in study.datasheet().lines() if "Region Sjælland" in line]
    assert fact in line
    whole = checks.read_inputs(params.read(PROJECT / "params" / "ishoej.yml"))
    assert "areas_left_out" not in results.compute(whole).facts
