"""A question answered from 0 to 10 becomes a whole report: its answers are numbers, and every number is still bound."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jobreport.make import single, writing
from tests.unit.setup.test_examples import study_of

PROJECT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_scale_from_0_to_10_passes_the_gate_in_every_form(tmp_path, language):
    for name in ("lup.csv", "lup.yml"):
        shutil.copy(PROJECT / "data/examples" / name, tmp_path / name)
    waves = [{"wave": wave, "from": f"{wave}-03-01", "to": f"{wave}-03-28"} for wave in ("2024", "2025")]
    survey = {"file": "lup.csv", "codebook": "lup.yml", "simulated": True, "waves": waves}
    chosen = {"name": "lup", "municipality_code": "253", "language": language, "survey": survey}
    (tmp_path / "lup-params.yml").write_text(yaml.safe_dump(chosen), encoding="utf-8")
    out = single.run(tmp_path / "lup-params.yml", tmp_path / "out", progress=lambda _: None)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert ("»9« eller »10«" if language == "da" else "“9” or “10”") in page.replace("&nbsp;", " ")
    answers = pd.read_csv(tmp_path / "lup.csv")
    now = answers.loc[answers["runde"].eq(2025), "recommend"].dropna()
    told = pd.read_csv(out / "estimates.csv", dtype={"wave": str, "municipality_code": str})
    told = told[told["indicator"].eq("recommend") & told["wave"].eq("2025") & told["municipality_code"].eq("253")]
    share = told[told["category"].eq("positive") & told["measure"].eq("share") & told["group_by"].isna()]
    assert share["estimate"].item() == pytest.approx((now >= 9).mean(), abs=0.002)
    assert share["n"].item() == len(now)
    mean = told[told["measure"].eq("mean") & told["group_by"].isna()]
    assert (mean["unit"].item(), mean["n"].item()) == ("points_0_10", len(now))
    assert mean["estimate"].item() == pytest.approx(now.mean(), abs=0.002)
    words = re.sub(r"<[^>]+>", "", page)
    assert ("(0–10)" in words, "(1–11)" in words) == (True, False)


@pytest.mark.dear
def test_the_ends_of_a_scale_are_cells_of_the_report():
    study = study_of("lup", "da")
    known = writing.cells_of(study.results, study.front_matter()).params["codebook"]
    ends = [(known[name]["lowest"], known[name]["highest"]) for name in ("recommend", "experience")]
    assert ends == [("0", "10"), ("1", "5")]
