"""Several choices in one cell are read as a column for each choice, with the same shares."""

import random
from pathlib import Path

import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.prepare import init
from jobreport.report import results
from jobreport.setup import params

ASKED = "Hvordan har du haft kontakt?"
CHOICES = ("Mail", "Telefon", "Møde, video [Teams]")
BOOK = """
columns: {{municipality_code: Kommune}}
scales:
  kryds: {{labels: {{da: [Ikke valgt, Valgt]}}, positive: 1, negative: 1}}
questions:
{questions}
indicators:
  - {{name: how, label: Kontakt, items: [q0, q1, q2], together: choices}}
"""
PARAMS = """
name: ours
municipality_code: '253'
report_date: '2025-06-01'
survey: {file: svar.csv, codebook: bog.yml, waves: [{wave: '2025'}]}
"""


def drawn(people=200):
    """What each chose: nobody knows of the first twenty."""
    draw = random.Random(7)
    chosen = [[choice for choice in CHOICES if draw.random() < 0.45] for _ in range(people)]
    return [[]] * 20 + chosen[20:]


LAYOUTS = {
    "Microsoft Forms": lambda chosen: "".join(f"{choice};" for choice in chosen),
    "Google Forms": ", ".join,
}


def released(folder, frame, columns):
    """Shares of each choice as they may be shown, by a codebook with these columns."""
    frame.to_csv(folder / "svar.csv", sep=";", index=False)
    lines = [
        f"  - {{name: q{n}, column: '{column}', wording: '{ASKED}', label: 'Nr. {n}', scale: kryds, codes: [0, 1]}}"
        for n, column in enumerate(columns)
    ]
    (folder / "bog.yml").write_text(BOOK.format(questions="\n".join(lines)), encoding="utf-8")
    (folder / "ours.yml").write_text(PARAMS, encoding="utf-8")
    rows = results.compute(checks.read_inputs(params.read(folder / "ours.yml"))).released.estimates
    return rows[["indicator", "measure", "category", "n", "estimate", "ci_low", "ci_high"]]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.dear
def test_the_shares_are_those_of_one_column_for_each_choice(layout, tmp_path):
    chosen = drawn()
    apart = pd.DataFrame({f"v{n}": [int(one in of) or None for of in chosen] for n, one in enumerate(CHOICES)})
    in_cells = pd.DataFrame({ASKED: [LAYOUTS[layout](of) for of in chosen]})
    wide = released(tmp_path, apart.assign(Kommune="Greve"), apart.columns)
    narrow = released(tmp_path, in_cells.assign(Kommune="Greve"), [f"{ASKED} [{one}]" for one in CHOICES])
    pd.testing.assert_frame_equal(wide, narrow)
    base = [of for of in chosen if of]
    shares = narrow.query("measure == 'share' and category == 'positive'").set_index("indicator")["estimate"]
    assert list(shares["q0"]) == pytest.approx([sum("Mail" in of for of in base) / len(base)] * 2, abs=6e-4)


def test_a_choice_that_is_misspelt_is_refused_and_not_told_as_nobody(tmp_path):
    frame = pd.DataFrame({ASKED: [LAYOUTS["Microsoft Forms"](of) for of in drawn()], "Kommune": "Greve"})
    with pytest.raises(InputRefused) as caught:
        released(tmp_path, frame, [f"{ASKED} [{one}]" for one in ("E-mail", *CHOICES[1:])])
    assert {problem.key for problem in caught.value.problems} == {"choice_never_given"}


def test_a_choice_that_one_of_two_files_lacks_is_nobody_s_in_that_round(tmp_path, monkeypatch):
    """The other round had another choice, and one wrote some words."""
    monkeypatch.chdir(tmp_path)
    for year, last in (("2024", "Møde"), ("2025", "Video")):
        cells = [LAYOUTS["Microsoft Forms"](last if one == CHOICES[2] else one for one in of) for of in drawn()]
        cells[60] = "Mail;Jeg skrev et brev;"
        pd.DataFrame({ASKED: cells, "Kommune": "Greve"}).to_csv(f"{year}.csv", sep=";", index=False)
    started = init.start([Path("2024.csv"), Path("2025.csv")], Path(), "ours")
    for path, old, new in (
        (started.codebook, "proposal: true", "proposal: false"),
        (started.params, "report_date: null", "report_date: '2026-01-01'"),
    ):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    responses = checks.read_inputs(params.read(started.params)).responses
    (video,) = (name for name in responses if name.endswith("video"))
    assert responses.groupby("wave", observed=True)[video].max().to_dict() == {"2024": 1, "2025": 2}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_init_proposes_a_question_for_each_choice_and_no_words_of_a_few(layout, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = [LAYOUTS[layout](of) for of in drawn()]
    cells[50] = LAYOUTS[layout](["Mail", "Ane Prøve ringede"])
    pd.DataFrame({ASKED: cells, "Kommune": "Greve", "Måling": "2025"}).to_csv("svar.csv", sep=";", index=False)
    book = init.start([Path("svar.csv")], Path(), "ours").codebook.read_text(encoding="utf-8")
    assert f'column: "{ASKED} [Telefon]"' in book
    assert 'together: "choices"' in book
    assert "Ane" not in book


@pytest.mark.parametrize(
    "cells",
    [
        ("Ja, helt", "Ja, delvist", "Nej, slet ikke"),
        ("Meget utilfreds", "Tilfreds", "Meget tilfreds"),
        ("Greve", "Ishøj"),
        ("Kl. 8, 12", "Kl. 9, 12", "Kl. 8, 13", "Kl. 9, 13", "Kl. 9, 14", "Kl. 8, 14"),
    ],
)
def test_one_answer_with_a_comma_is_not_split(cells, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = {"Svar": [cells[n % len(cells)] for n in range(120)], "Måling": "2025"}
    pd.DataFrame(told).to_csv("svar.csv", sep=";", index=False)
    assert "choices" not in init.start([Path("svar.csv")], Path(), "ours").codebook.read_text(encoding="utf-8")
