"""Two municipalities that exchange packages by mail, by the commands of the README alone; and the whole demo in 44."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lxml import html

from jobreport.desk import cli
from jobreport.desk.form.choices import Choices, EventChoice, WaveChoice
from jobreport.desk.form.session import Session
from jobreport.domain.released import KEYS, NUMBERS
from jobreport.intake import checks
from jobreport.intake.checks import comparable
from jobreport.make import package
from jobreport.release import computation
from jobreport.setup import params

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "params" / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## Sammenlign uden at dele svar")[1].split("\n## ")[0]


def project(root: Path, code: str) -> Path:
    """A municipality's own folder: its answers of the demo, and nobody else's."""
    for name in ("data/demo/codebook.yml", "data/benchmarks.csv", "data/jobcentres.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, root / name)
    (root / "params").mkdir()
    answers = pd.read_parquet(PROJECT / "data" / "demo" / "responses.parquet")
    answers[answers["municipality_code"] == code].to_parquet(root / "data" / "demo" / "responses.parquet", index=False)
    invited = pd.read_csv(PROJECT / "data" / "demo" / "invited.csv", dtype=str, keep_default_na=False)
    invited[invited["municipality_code"] == code].to_csv(root / "data" / "demo" / "invited.csv", index=False)
    text = (PROJECT / "params" / "demo.yml").read_text(encoding="utf-8").replace("name: demo", "name: vores")
    text = text.replace("municipality_code: '183'", f"municipality_code: '{code}'")
    if code != "183":  # (nothing happened there)
        text = re.sub(r"\nevents:\n.*?(?=\nregisters:)", "\nevents: []\n", text, flags=re.DOTALL)
    (root / "params" / "vores.yml").write_text(text, encoding="utf-8")
    return root


def commands() -> list[list[str]]:
    """The commands that the README gives, in order."""
    return [
        line.split()[1:]
        for block in re.findall(r"```text\n(.*?)```", SECTION, re.DOTALL)
        for line in block.splitlines()
    ]


def silent_of_others(page: str) -> list[str]:
    """Figures and tables with a number of others whose source line does not say who told it."""
    found = []
    for source in html.fromstring(page).iterfind(".//p[@class='source']"):
        part = source.getparent()
        places = {
            each.get("data-row").split("|")[KEYS[table].index("municipality_code")]
            for table in KEYS
            for each in part.iterfind(f".//data[@data-table='{table}']")
        }
        if places - {"183"} and "selv har oplyst" not in source.text_content():
            found.append(part.get("id"))
    return found


@pytest.mark.slow
def test_two_municipalities_exchange_packages_by_the_readme_alone(tmp_path, monkeypatch, capsys):
    here, there = (project(tmp_path / code, code) for code in ("183", "187"))
    steps = commands()
    made = [step for step in steps if step[0] in ("run", "publish")][:2]
    for root in (here, there):
        monkeypatch.chdir(root)
        for step in made:
            assert cli.main(step) == 0, capsys.readouterr().err
    shutil.copy(there / "pakker" / "vores.zip", here / "pakker" / "deres.zip")
    monkeypatch.chdir(here)
    written = here / "params" / "vores.yml"
    (yaml,) = [block for block in re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL) if block.startswith("packages")]
    for step in steps[2:]:
        files = [str(path) for path in sorted(Path("pakker").glob("*.zip"))]
        given = [each for part in step for each in (files if part == "pakker/*.zip" else [part])]
        if step[0] == "check":
            written.write_text(written.read_text(encoding="utf-8") + "\n" + yaml, encoding="utf-8")
        assert cli.main(given) == 0, capsys.readouterr().err
        told = capsys.readouterr().out
        if step[0] in ("gather", "check"):
            assert "Vallensbæk" in told
            assert "Kan sammenlignes: Tilfredshed" in told
    page = (here / "outputs" / "vores" / "report.html").read_text(encoding="utf-8")
    assert "er oplyst af kommunen selv og ikke efterprøvet her" in page
    assert "og tal, som andre kommuner selv har oplyst" in page
    assert silent_of_others(page) == []
    facts = json.loads((here / "outputs" / "vores" / "manifest.json").read_text(encoding="utf-8"))
    assert [each["file"] for each in facts["inputs"] if each["role"] == "package"] == ["pakker/deres.zip"]
    assert cli.main(["verify", "pakker/vores.zip", "--params", "params/vores.yml"]) == 0
    altered = here / "pakker" / "deres.zip"
    altered.write_bytes((here / "pakker" / "vores.zip").read_bytes())
    assert cli.main(["verify", "outputs/vores"]) != 0


def by_the_form(code: str, packages: dict[str, bytes]) -> tuple[dict[str, bytes], bytes]:
    """A municipality's work in the form with its answers of the demo: what it takes home, and its package."""
    demo = params.read(PROJECT / "params" / "demo.yml")
    answers = pd.read_parquet(PROJECT / "data" / "demo" / "responses.parquet")
    chosen = Choices(
        name="vores",
        municipality_code=code,
        report_date="2026-11-01",
        simulated=True,
        waves=tuple(WaveChoice(each.wave, str(each.from_), str(each.to)) for each in demo.survey.waves),
        event=EventChoice("Ny organisering", demo.events[0].date.isoformat(), ("183",)) if code == "183" else None,
        packages=packages,
    )
    session = Session("da")
    try:
        session.receive(
            {"svar.parquet": answers[answers["municipality_code"].eq(code)].to_parquet(index=False)},
            (PROJECT / "data" / "demo" / "codebook.yml").read_bytes(),
        )
        session.make(chosen, lambda step: None)
        files = {each.name: each.content for each in session.downloads().values()}
        files["svar.parquet"] = Path("data/svar.parquet").read_bytes()
        return files, session.package()["package"].content
    finally:
        session.close()


@pytest.mark.slow
def test_two_municipalities_exchange_packages_by_the_form_and_the_command_line_makes_the_same(
    tmp_path, monkeypatch, capsys
):
    _, theirs = by_the_form("187", {})
    files, own = by_the_form("183", {"deres.zip": theirs})
    page = files["vores.html"].decode("utf-8")
    assert "er oplyst af kommunen selv og ikke efterprøvet her" in page
    assert package.checked(own, "vores.zip")[1] == []
    places = {"svar.parquet": "data", "benchmarks.csv": "data", "deres.zip": "pakker"}
    for name, content in (files | {"deres.zip": theirs}).items():
        path = tmp_path / places.get(name, "params") / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    for step in (["run", "params/vores.yml"], ["publish", "outputs/vores", "--to", "pakker/vores.zip"]):
        assert cli.main(step) == 0, capsys.readouterr().err
    for made, taken in {"report.pdf": "vores.pdf", "report.html": "vores.html", "tables.xlsx": "vores.xlsx"}.items():
        assert Path("outputs/vores", made).read_bytes() == files[taken], made
    assert Path("pakker/vores.zip").read_bytes() == own


def alone(inputs: checks.Inputs, code: str) -> checks.Inputs:
    rows = inputs.responses[inputs.responses["municipality_code"].eq(code)].reset_index(drop=True)
    rows = rows.assign(municipality_code=rows["municipality_code"].cat.set_categories([code]))
    invited = inputs.invited[inputs.invited["municipality_code"].eq(code)]
    chosen = inputs.params.model_copy(update={"municipality_code": code})
    return replace(inputs, responses=rows, invited=invited, params=chosen)


@pytest.mark.slow
def test_the_demo_in_44_packages_is_the_demo_in_one_file():
    """Effects, ranks, intervals and the pool, as packages are sent: to the printed digit."""
    whole = checks.read_inputs(params.read(PROJECT / "params" / "demo.yml"))
    codes = sorted(whole.responses["municipality_code"].unique())
    own = whole.own_survey
    others = []
    for code in codes:
        if code != "183":
            data = package.packed(package.members(alone(whole, code)))
            read, problems = package.checked(data, f"{code}.zip")
            assert problems == []
            others.append(comparable.fitted(read, own))
    focus = ("183", "187")
    one = computation.compute(whole, focus).released.changes.set_index(list(KEYS["changes"]))
    told = computation.compute(replace(alone(whole, "183"), packages=tuple(others)), focus).released.changes
    told = told.set_index(list(KEYS["changes"]))
    rows = one.index.intersection(told.index)
    assert len(rows) == len(told) > 3000
    # (with the mix held still the one file hides some municipalities' changes and a package others')
    mixed = rows.get_level_values("adjustment") == "mix"
    own = rows[mixed & (rows.get_level_values("method") == "change")]
    apart = (one.loc[own, "change"].astype(float) - told.loc[own, "change"].astype(float)).abs().dropna()
    assert len(apart) > 100
    assert apart.max() < 2e-5 * 100
    rows = rows[~mixed]
    for column in (column for column in NUMBERS if column in one):
        expected, found = (each.loc[rows, column].astype(float).to_numpy() for each in (one, told))
        near = {"rtol": 2e-5, "atol": 2e-5} if column in ("n", "estimate", "change") else {"rtol": 4e-3, "atol": 1.1e-3}
        np.testing.assert_allclose(found, expected, err_msg=column, **near)
    for column in ("wording_level", "flag", "reason"):
        assert (one.loc[rows, column].astype(str) == told.loc[rows, column].astype(str)).all(), column
