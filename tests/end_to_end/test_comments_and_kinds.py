"""Comments, numbers, batteries and choices become whole reports: every number is bound, in every form."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from jobreport.make import single
from tests.unit.intake.test_comments import CODED, QUOTED, commented, survey, write
from tests.unit.report.test_kinds_of_answers import numbered

assert all((survey, commented, numbered))  # fixtures of the two surveys
pytestmark = pytest.mark.slow


def forms(out: Path) -> dict[str, str]:
    """What a reader gets: page, notebook, tables and workbook as texts."""
    page = re.sub(r"<[^>]+>", "", (out / "report.html").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(out / "tables.xlsx", read_only=True)
    cells = (
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )
    tables = {
        name: (out / f"{name}.csv").read_text(encoding="utf-8") for name in ("estimates", "changes", "diagnostics")
    }
    notebook = (out / "report.ipynb").read_text(encoding="utf-8")
    return {"page": " ".join(page.split()), "notebook": notebook, "workbook": "\n".join(cells), **tables}


@pytest.mark.parametrize("language", ["da", "en"])
def test_comments_pass_the_gate_and_stand_in_every_form(commented: Path, tmp_path: Path, language: str) -> None:
    out = single.run(commented / "params" / "ord.yml", tmp_path / "out", language=language, progress=lambda _: None)
    told = forms(out)
    assert ("90 pct. af dem, der skrev" if language == "da" else "90 per cent of those who wrote") in told["page"]
    assert ("18 pct. af alle" if language == "da" else "18 per cent of all") in told["page"]
    assert "critical" in told["workbook"]
    rows = pd.read_csv(out / "estimates.csv").query("indicator == 'critical'").set_index("measure")
    assert rows["estimate"].to_dict() == {"share": 0.9, "share_of_answered": 0.18}
    assert rows["n"].to_dict() == {"share": 40, "share_of_answered": 200}
    roles = {part["role"] for part in json.loads((out / "manifest.json").read_text(encoding="utf-8"))["inputs"]}
    assert roles >= {"comments", "quotations"}
    assert all("person17" not in text for text in told.values())  # nobody's key


def test_what_few_wrote_of_stands_in_no_form(commented: Path, tmp_path: Path) -> None:
    write(commented / "kodet.csv", CODED, [(f"person{at}", 2025, at % 2, 0) for at in range(4)])
    (commented / "citater.csv").write_text(QUOTED + "\n", encoding="utf-8")
    out = single.run(commented / "params" / "ord.yml", tmp_path / "out", progress=lambda _: None)
    rows = pd.read_csv(out / "estimates.csv").query("indicator in ['critical', 'waiting', 'comments']")
    assert len(rows) == 5
    assert rows[["n", "n_answered", "n_effective", "estimate", "ci_low", "ci_high"]].isna().all(axis=None)
    assert "Flest kommentarer" not in forms(out)["page"]


@pytest.mark.parametrize("language", ["da", "en"])
def test_numbers_batteries_and_choices_pass_the_gate(numbered: Path, tmp_path: Path, language: str) -> None:
    out = single.run(numbered / "params" / "slags.yml", tmp_path / "out", language=language, progress=lambda _: None)
    now = pd.read_csv(numbered / "svar.csv").query("runde == 2025")
    mark = "," if language == "da" else "."
    page = forms(out)["page"]
    for column in ("anbefaler", "antal"):
        assert f"{now[column].mean():.2f}".replace(".", mark) in page
    assert ("(0–10)" in page, "(1–11)" in page, "(1–41)" in page) == (True, False, False)
    rows = pd.read_csv(out / "estimates.csv", dtype={"wave": str}).query("wave == '2025' and measure == 'mean'")
    units = {"recommend": "points_0_10", "years": "points_0_40", "listened": "points_1_4", "by_mail": "points_1_2"}
    assert units.items() <= dict(zip(rows["indicator"], rows["unit"], strict=True)).items()
