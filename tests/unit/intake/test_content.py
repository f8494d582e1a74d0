"""The bytes of a file: read once, parsed and counted; a number and a checksum are never of two versions."""

import hashlib
from pathlib import Path

import pytest

from jobreport.intake import checks
from jobreport.intake.formats import content
from jobreport.intake.formats.key import Key
from jobreport.make import fingerprint
from jobreport.setup import params

BESIDE = ("dataset.csv", "structure.csv", "labels.csv")


@pytest.fixture
def export(project, forms):
    """The survey as a SurveyXact export whose data set is named in the params."""
    (project.folder / "eksport").mkdir()
    for part, rows in forms["surveyxact"](forms["people"]()).items():
        (project.folder / "eksport" / f"{part}.csv").write_bytes(forms["as_text"](rows, ";", "cp1252"))
    columns = "status: status, weight: vægt, answered_on: dato}\nanswered: [4]\ninvited: [2, 3, 4, 5]"
    project.codebook = project.codebook.replace("weight: vægt, answered_on: dato}", columns)
    project.file = "eksport/dataset.csv"
    return project


def test_a_file_that_changes_after_it_was_read_has_the_checksum_of_what_was_read(project, monkeypatch):
    path = project.write()
    before = (project.folder / "svar.csv").read_bytes()
    reader = checks.survey.read_table

    def changing(file, *words, **more):
        (project.folder / "svar.csv").write_bytes(before.splitlines()[0])
        return reader(file, *words, **more)

    monkeypatch.setattr(checks.survey, "read_table", changing)
    inputs = checks.read_inputs(params.read(path))
    listed = next(file for file in inputs.files if file.role == "survey")
    assert listed.sha256 == Key(inputs.params).published("survey", hashlib.sha256(before).hexdigest())
    assert len(inputs.responses) == len(project.rows)


def test_every_file_is_read_from_the_disk_once(export, monkeypatch):
    chosen = params.read(export.write())
    seen, opened = [], Path.open

    def counting(path, *words, **more):
        seen.append(path.name)
        return opened(path, *words, **more)

    monkeypatch.setattr(Path, "open", counting)
    checks.read_inputs(chosen)
    data = [name for name in seen if name.endswith((".csv", "codebook.yml"))]
    assert sorted(data) == sorted([*BESIDE, "own-codebook.yml"])


def test_the_files_beside_a_data_set_are_listed_and_make_another_report(export):
    chosen = params.read(export.write())
    names = [f"eksport/{name}" for name in BESIDE]
    listed = {file.path for file in checks.read_inputs(chosen).files}
    assert listed >= set(names)
    before = fingerprint.input_checksums(chosen, {})
    labels = export.folder / "eksport" / "labels.csv"
    labels.write_bytes(labels.read_bytes() + b"\r\n")
    after = fingerprint.input_checksums(chosen, {})
    assert {name for name in before if before[name] != after[name]} == {"eksport/labels.csv"}


def test_a_folder_has_one_checksum_of_all_its_files(export):
    folder = export.folder / "eksport"
    read = content.read(folder, "eksport")
    assert dict(read.checksums) == {"eksport": content.sha256(folder)}
    assert sorted(read.parts) == sorted(name.removesuffix(".csv") for name in BESIDE)


def test_checksum_of_a_file_and_of_a_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.csv").write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert content.sha256(tmp_path / "a" / "x.csv") == digest
    assert content.sha256(tmp_path / "a") == hashlib.sha256(f"{digest}  x.csv\n".encode()).hexdigest()
