"""The report before this one: then beside now, what was revised and why, and folders that are not believed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.intake.formats.key import FILE
from jobreport.report.study import Study
from tests.unit.report.test_any_survey import folder, text_of

assert folder  # a fixture of the elder-care survey


@pytest.fixture(scope="module")
def before(folder: Path) -> Path:
    """The folder of a report as a run leaves it, as far as a later report reads it."""
    study = jobreport.load(folder / "params" / "pleje.yml")
    made = folder / "outputs" / "pleje-2025"
    made.mkdir(parents=True)
    study.results.write_tables(made)
    outputs = {"estimates.csv": hashlib.sha256((made / "estimates.csv").read_bytes()).hexdigest()}
    (made / "manifest.json").write_text(json.dumps({**study.results.facts, "outputs": outputs}), encoding="utf-8")
    return made


def later(folder: Path, **keys: str) -> Study:
    return jobreport.load(folder / "params" / "pleje.yml", previous="outputs/pleje-2025", **keys)


def test_the_same_answers_give_the_same_figures(folder: Path, before: Path) -> None:
    said = text_of(later(folder).each_indicator())
    assert "Dengang og nu" in said
    assert "er de samme nu" in said
    assert "revideret" not in said


def test_a_revised_figure_is_named_with_what_has_changed(folder: Path, before: Path) -> None:
    answers = folder / "svar.csv"
    kept = answers.read_text(encoding="utf-8")
    lines = kept.splitlines()
    try:
        corrected = [line if at % 4 else line.replace("Utilfreds", "Tilfreds") for at, line in enumerate(lines)]
        answers.write_text("\n".join(corrected) + "\n", encoding="utf-8")
        study = later(folder)
    finally:
        answers.write_text(kept, encoding="utf-8")
    said = text_of(study.each_indicator())
    assert "er andre end i den forrige rapport" in said
    assert "er andre end i den forrige rapport" in text_of(study.front())
    assert "Siden da er ændret: svarene." in said
    assert "revideret" in said


def test_another_key_tells_nothing_of_the_answers(folder: Path, before: Path) -> None:
    key = folder / "params" / FILE
    held = key.read_text(encoding="ascii") if key.exists() else None
    try:
        key.write_text("0" * 64, encoding="ascii")
        study = later(folder)
        assert study.results.earlier.changed_since(study.results.facts) == ("perhaps_data",)
    finally:
        key.unlink() if held is None else key.write_text(held, encoding="ascii")


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
