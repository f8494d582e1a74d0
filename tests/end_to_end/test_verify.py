"""A finished report is made again: what is the same is called identical, what is not is named."""

import shutil
from pathlib import Path

import pytest

import jobreport
from jobreport.desk import cli
from jobreport.make import writing
from jobreport.report.results import NOT_STATED
from tests.end_to_end.typed import Copy


@pytest.fixture
def published(ishoej: Copy, tmp_path) -> Copy:
    """Somebody else's copy of the project and its finished report, on another machine."""
    root = tmp_path / "p"
    shutil.copytree(ishoej.root, root, ignore=shutil.ignore_patterns("*.lock"))
    shutil.copy(ishoej.root / "requirements.lock", root)
    return Copy(root, {})


def altered(file: Path, old: str, new: str, after: str = "") -> None:
    """Replace one text in a file, the first after another text."""
    text = file.read_text(encoding="utf-8")
    place = text.index(old, text.index(after))
    file.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8", newline="\n")


def test_one_altered_cell_is_found(published, monkeypatch, capsys):
    monkeypatch.chdir(published.root)
    monkeypatch.setattr(writing, "commit", lambda: NOT_STATED)  # of the copy, which is the same program
    altered(published.output("ishoej") / "estimates.csv", "6.4083", "5.4083")
    assert cli.main(["verify", "outputs/ishoej"]) == 3
    said = capsys.readouterr().out
    assert "kolonne estimate: der står 5.4083; beregnet igen bliver det 6.4083." in said
    assert "Data, params, program og miljø er de samme som dengang" in said
    assert "changes.csv" not in said


@pytest.mark.slow
def test_an_untouched_folder_is_identical(published):
    done = published.run("verify", "outputs/ishoej", "--language", "en")
    assert (done.returncode, done.stdout[:10]) == (0, "Identical:")


@pytest.mark.slow
def test_a_pdf_alone_is_verified_by_what_is_attached_to_it(published, tmp_path):
    alone = shutil.copy(published.output("ishoej") / "report.pdf", tmp_path)
    done = published.run("verify", str(alone), "--params", "params/ishoej.yml")
    assert (done.returncode, done.stdout[:9]) == (0, "Identisk:")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "cause"),
    [
        ("data/register/unemployment.csv", "6.4083", "6.5083", "this is not the same: data."),
        ("jobreport/__init__.py", f'"{jobreport.__version__}"', '"0.0.0"', "this is not the same: the program."),
        ("requirements.lock", "babel==", "babel==1.", "this is not the same: the program."),
    ],
)
def test_the_cause_of_a_difference_is_named(file, old, new, cause, published):
    altered(published.root / file, old, new)
    done = published.run("verify", "outputs/ishoej", "--language", "en")
    assert done.returncode == 3
    assert cause in done.stdout


@pytest.mark.slow
def test_another_choice_in_the_params_is_named(published):
    altered(published.root / "params" / "ishoej.yml", "before: ['2021']", "before: ['2020', '2021']")
    done = published.run("verify", "outputs/ishoej", "--params", "params/ishoej.yml", "--language", "en")
    assert done.returncode == 3
    assert "this is not the same: params." in done.stdout
    assert "changes.csv, line" in done.stdout


def test_a_folder_without_a_manifest_is_refused(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    assert cli.main(["verify", "data/demo"]) == 2
    assert "manifest.json" in capsys.readouterr().err


def test_a_pdf_needs_its_params(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    assert cli.main(["verify", "report.pdf"]) == 2
    assert "--params" in "".join(capsys.readouterr())


def test_a_number_is_explained_from_its_row_to_its_file(ishoej, monkeypatch, capsys):
    monkeypatch.chdir(ishoej.root)
    assert cli.main(["explain", "outputs/ishoej", "1,81"]) == 0
    told = capsys.readouterr().out
    assert "changes.csv" in told
    assert "data/register/unemployment.csv" in told
