"""The report before this one: then beside now, what was revised and why, and folders that are not believed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.formats.key import FILE, Key
from jobreport.page import plain
from jobreport.release import computation
from jobreport.report.study import Study
from jobreport.setup import params
from tests.unit.report.test_any_survey import folder, text_of

assert folder  # a fixture of the elder-care survey
pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")


@pytest.fixture(scope="module")
def before(folder: Path, computed_once: None) -> Path:
    """The folder of a report as a run leaves it, as far as a later report reads it."""
    return made_before(folder)


def made_before(folder: Path) -> Path:
    study = jobreport.load(folder / "params" / "pleje.yml")
    made = folder / "outputs" / "pleje-2025"
    made.mkdir(parents=True, exist_ok=True)
    study.results.write_tables(made)
    outputs = {"estimates.csv": hashlib.sha256((made / "estimates.csv").read_bytes()).hexdigest()}
    (made / "manifest.json").write_text(json.dumps({**study.results.facts, "outputs": outputs}), encoding="utf-8")
    return made


def later(folder: Path, **keys: str) -> Study:
    return jobreport.load(folder / "params" / "pleje.yml", previous="outputs/pleje-2025", **keys)


WAVES = ("2024", "2025")
KEYED = Key._made_of  # (where tests share what was computed no key is part of the checksums)


@pytest.mark.dear
def test_another_key_tells_nothing_of_the_answers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = checks.read_inputs(params.read(folder / "params" / "pleje.yml"))
    found = computation.compute(inputs, ["253"])
    monkeypatch.setattr(computation, "compute", lambda given, _: replace(found, files=given.files))
    monkeypatch.setattr(Key, "_made_of", KEYED)
    elsewhere = shutil.copytree(folder, tmp_path / "elsewhere")
    made_before(elsewhere)
    for changed, since in (("", ()), ("0" * 64, ("perhaps_data",))):
        (elsewhere / "params" / FILE).write_text(changed, encoding="ascii") if changed else None
        study = later(elsewhere)
        assert study.results.earlier.changed_since(study.results.facts) == since


@pytest.mark.dear
def test_the_same_answers_give_the_same_figures(folder: Path, before: Path) -> None:
    said = text_of(later(folder).each_indicator())
    assert "Dengang og nu" in said
    assert "Alle niveauer, som den forrige rapport" in said
    assert "revideret" not in said


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        (("2024",), "og som vises her, er de samme nu. Nogle vises ikke længere."),
        (("2024", "2025"), "Ingen af de niveauer, som den forrige rapport"),
    ],
)
def test_a_figure_that_is_hidden_now_is_not_said_to_be_the_same(folder, before, hidden, said):
    answers = folder / "svar.csv"
    kept = answers.read_bytes()
    head, *rows = kept.decode().splitlines()
    few = {wave: [row for row in rows if row.startswith(wave)][: 4 if wave in hidden else None] for wave in WAVES}
    try:
        answers.write_text("\n".join([head, *few["2024"], *few["2025"]]) + "\n", encoding="utf-8")
        told = text_of(later(folder).each_indicator())
    finally:
        answers.write_bytes(kept)
    assert said in told
    assert told.count("vises ikke") > 1  # (a row each)
    assert ("uændret" in told) is (len(hidden) == 1)
    assert "Alle niveauer" not in told


@pytest.mark.dear
def test_a_revised_figure_is_named_with_what_has_changed(folder: Path, before: Path) -> None:
    answers = folder / "svar.csv"
    kept = answers.read_bytes()
    lines = kept.decode().splitlines()
    try:
        corrected = [line if at % 4 else line.replace("Utilfreds", "Tilfreds") for at, line in enumerate(lines)]
        answers.write_text("\n".join(corrected) + "\n", encoding="utf-8")
        study = later(folder)
    finally:
        answers.write_bytes(kept)
    said = text_of(study.each_indicator())
    assert "er andre end i den forrige rapport" in said
    assert "er andre end i den forrige rapport" in text_of(study.front())
    assert "Siden da er ændret: svarene." in said
    assert "revideret" in said


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda made: (made / "manifest.json").unlink(), "earlier_unreadable"),
        (lambda made: (made / "manifest.json").write_text("[]", encoding="utf-8"), "earlier_unreadable"),
        (lambda made: (made / "estimates.csv").write_bytes(b"indicator\n"), "earlier_altered"),
    ],
)
def test_a_folder_that_its_manifest_does_not_vouch_for_is_refused(folder, before, spoil, why):
    kept = {path: path.read_bytes() for path in before.iterdir()}
    try:
        spoil(before)
        with pytest.raises(InputRefused) as refused:
            later(folder)
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    assert [problem.key for problem in refused.value.problems] == [why]


def test_the_report_of_another_municipality_is_refused(folder: Path, before: Path) -> None:
    kept = (before / "manifest.json").read_text(encoding="utf-8")
    (before / "manifest.json").write_text(kept.replace('"253"', '"183"'), encoding="utf-8")
    try:
        with pytest.raises(InputRefused) as refused:
            later(folder)
    finally:
        (before / "manifest.json").write_text(kept, encoding="utf-8")
    assert [problem.key for problem in refused.value.problems] == ["earlier_elsewhere"]


def older(folder: Path, before: Path, change=lambda rows: rows) -> Path:
    """A report of 2021 and 2022, which the report before names as the one before it, with its checksums."""
    made = folder / "outputs" / "pleje-2022"
    made.mkdir(exist_ok=True)
    rows = pd.read_csv(before / "estimates.csv", dtype=str, keep_default_na=False)
    rows = rows.assign(wave=rows["wave"].replace({"2024": "2021", "2025": "2022"}))
    change(rows).to_csv(made / "estimates.csv", index=False)
    held = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    checksum = hashlib.sha256((made / "estimates.csv").read_bytes()).hexdigest()
    (made / "manifest.json").write_text(json.dumps({**held, "outputs": {"estimates.csv": checksum}}), encoding="utf-8")
    files = [
        {
            "role": "earlier",
            "file": f"outputs/pleje-2022/{path.name}",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(made.iterdir())
    ]
    named = {"params": {**held["params"], "previous": "outputs/pleje-2022"}, "inputs": [*held["inputs"], *files]}
    (before / "manifest.json").write_text(json.dumps({**held, **named}), encoding="utf-8")
    return made


@pytest.fixture
def chained(before: Path) -> Iterator[Path]:
    kept = (before / "manifest.json").read_bytes()
    yield before
    (before / "manifest.json").write_bytes(kept)
    shutil.rmtree(before.parent / "pleje-2022", ignore_errors=True)


def archive(study: Study) -> list[list[str]]:
    tables = [block for block in study.details().blocks if getattr(block, "key", "").startswith("table-archive")]
    return [[plain(cell) for cell in row] for table in tables for row in table.rows]


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_round_of_the_file_stands_in_one_table_with_interval_and_base(
    folder: Path, before: Path, language: str
) -> None:
    study = jobreport.load(folder / "params" / "pleje.yml", language=language)
    lines = archive(study)
    assert [line[0] for line in lines] == [study.writer.indicator(name) for name in study.writer.questions_told()]
    assert all(len(line) == 3 and line[1].endswith("; n = 120") for line in lines)
    told = study.estimates(indicator="help", measure="share", category="positive", wave="2025", group_by="")
    own = told[told["municipality_code"].eq("253")]
    assert lines[0][2].startswith(f"{100 * own['estimate'].item():.0f} (")


@pytest.mark.dear
def test_rounds_of_reports_before_the_one_before_stand_there_too(folder: Path, chained: Path) -> None:
    older(folder, chained)
    lines = archive(later(folder))
    assert {len(line) for line in lines} == {5}
    assert [line[1:3] for line in lines] == [line[3:] for line in lines]


def test_what_a_round_did_not_ask_is_said_and_no_nought(folder: Path, chained: Path) -> None:
    older(folder, chained, lambda rows: rows[rows["indicator"].ne("say")])
    assert [line[1:3] for line in archive(later(folder))][-1] == ["ikke stillet", "ikke stillet"]


def test_what_was_hidden_then_is_hidden_in_the_archive(folder: Path, chained: Path) -> None:
    older(folder, chained, lambda rows: rows.assign(flag=rows["flag"].mask(rows["indicator"].eq("help"), "suppressed")))
    assert next(line[1] for line in archive(later(folder))) == "[f]"


def test_a_report_further_back_that_was_altered_is_not_believed(folder: Path, chained: Path) -> None:
    made = older(folder, chained)
    (made / "estimates.csv").write_text("indicator\n", encoding="utf-8")
    assert {len(line) for line in archive(later(folder))} == {3}


def test_a_report_that_names_itself_as_the_one_before_does_not_go_on_for_ever(folder: Path, chained: Path) -> None:
    held = json.loads((chained / "manifest.json").read_text(encoding="utf-8"))
    held["params"]["previous"] = "outputs/pleje-2025"
    (chained / "manifest.json").write_text(json.dumps(held), encoding="utf-8")
    assert {len(line) for line in archive(later(folder))} == {3}
