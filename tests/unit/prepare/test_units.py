"""Units of a municipality are proposed by the name or question of their column, and nothing is decided."""

import random
from pathlib import Path

import pandas as pd
import pytest

from jobreport.intake import checks
from jobreport.prepare import init
from jobreport.prepare.init import params_text, units
from jobreport.setup import params

PLEASED = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
HOMES = ("Solbakken", "Birkehøj", "Engparken")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def begun(header="Plejehjem", cells=HOMES, rows=120, **more):
    """What `init` writes of answers with such a column."""
    told = {"Måling": "2024", "Kommune": "Greve", header: [cells[n % len(cells)] for n in range(rows)]}
    told |= {"Hvor tilfreds er du?": random.Random(1).choices(PLEASED, k=rows)} | more
    pd.DataFrame(told).to_csv("svar.csv", sep=";", index=False)
    return init.start([Path("svar.csv")], Path(), "ours")


@pytest.mark.parametrize(
    "header", ["Plejehjem", "Dit team", "enhed", "Afdeling", "Hvilken skole går dit barn på?", "Nursing home"]
)
def test_a_column_of_units_is_proposed_by_its_name_or_question(header):
    started = begun(header)
    assert f'unit: "{header}"' in started.codebook.read_text(encoding="utf-8")
    text = started.params.read_text(encoding="utf-8")
    assert '#  - {unit: "birkehoej", label: "Birkehøj", municipality_code: "253"}' in text


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Bor du på plejehjem?", ("Ja", "Nej")),
        ("Hvor tilfreds er du med din afdeling?", PLEASED),
        ("Hvor længe har du været i din afdeling?", ("Under 1 år", "1-2 år", "Over 2 år")),
        ("Afdeling", tuple(f"Sag {n}" for n in range(100))),
        ("Enhed", ("Greve", "Ishøj")),
    ],
)
def test_what_only_sounds_like_units_is_not_proposed(header, cells):
    started = begun(header, cells)
    assert "unit:" not in started.codebook.read_text(encoding="utf-8")
    assert "#units" not in started.params.read_text(encoding="utf-8")


def test_the_lines_that_are_opened_are_units_that_the_check_knows():
    started = begun()
    book = started.codebook.read_text(encoding="utf-8").replace("proposal: true", "proposal: false")
    started.codebook.write_text(book, encoding="utf-8")
    text = started.params.read_text(encoding="utf-8").replace("#units:", "units:").replace("#  - {unit", "  - {unit")
    started.params.write_text(text, encoding="utf-8")
    read = params.read(started.params)
    assert [unit.label["da"] for unit in read.units] == ["Birkehøj", "Engparken", "Solbakken"]
    assert set(checks.read_inputs(read).responses["unit"]) == {"253-birkehoej", "253-engparken", "253-solbakken"}


def test_a_name_of_few_rows_may_be_anybody_s_and_is_not_written():
    text = begun(cells=(*HOMES * 13, "Ane Prøve")).params.read_text(encoding="utf-8")
    assert "Ane" not in text
    assert "Navne, der står ved færre end 5 svar, er ikke skrevet her (1)" in " ".join(text.replace("#", "").split())


def test_the_texts_that_people_wrote_lead_to_how_comments_are_told():
    said = [f"Det tog {n} uger, før nogen ringede tilbage til mig og min mor" for n in range(120)]
    book = begun(**{"Har du andet at sige?": said}).codebook.read_text(encoding="utf-8")
    assert "#     - {name: ventetid, column: ventetid, label: Ventetid}" in book
    assert "ringede" not in book


def test_only_the_units_of_the_municipality_are_found():
    told = {"Kommune": ["Greve"] * 60 + ["Ishøj"] * 60, "Hold": ["A", "B"] * 30 + ["C", "D"] * 30, "Måling": "2024"}
    pd.DataFrame(told).to_csv("svar.csv", sep=";", index=False)
    (proposal,) = init.look([Path("svar.csv")])
    assert [each.label for each in units.found([proposal], "183")] == ["C", "D"]
    assert [each.rows for each in units.found([proposal])] == [30] * 4
    assert "municipality_code: null" in params_text.params("x", ["svar.csv"], [], "b.yml", proposal, None)
