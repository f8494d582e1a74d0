"""The form in a browser: from a survey file to the PDF that the command line makes."""

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("form")]

PROJECT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
EXPORT = PROJECT.parent / "shared" / "reference" / "surveyxact" / "semicolon_ansi"
DANISH = {"read": "Læs filerne", "check": "Kontrollér", "make": "Lav rapport"}
ENGLISH = {"read": "Read the files", "check": "Check", "make": "Make the report"}
EVENT = {
    "written": [
        ("Rapportens dato", "2023-06-30"), ("Hvad skete der?", "Ishøj forlader jobcentret"),
        ("Første dag med det nye", "2022-01-01"),
    ],
    "chosenLater": [("For hvem?", "Ishøj"), ("Hvem blev også berørt?", "Vallensbæk"), ("Første bølge efter", "2022-1")],
}  # fmt: skip


def by_command(survey, downloads, folder):
    """What `jobreport run` makes of the files that were downloaded and the survey that was uploaded."""
    (folder / "params").mkdir()
    (folder / "data").mkdir()
    (shutil.copytree if survey.is_dir() else shutil.copy)(survey, folder / "data" / survey.name)
    written = [Path(path) for name, path in downloads.items() if name.endswith(".yml")]
    for path in written:
        shutil.copy(path, folder / "params")
    name = min((path.name for path in written), key=len)
    done = subprocess.run(
        [sys.executable, "-m", "jobreport", "run", f"params/{name}"], cwd=folder, capture_output=True, text=True,
        encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (folder / "outputs" / Path(name).stem / "report.pdf").read_bytes()


def test_the_demonstration_becomes_the_pdf_of_the_command_line(drive, form, tmp_path):
    address, folder = form
    survey = PROJECT / "data" / "demo" / "responses.parquet"
    found = drive(
        "form.mjs", url=address, axe=str(AXE), survey=[str(survey)],
        codebook=str(PROJECT / "data" / "demo" / "codebook.yml"), buttons=DANISH, chosen=[("Kommune", "Ishøj")],
        ticked=["Svarene er opdigtede", "Der skete noget"], make=True, **EVENT,
    )  # fmt: skip
    assert found["violations"] == {"start": [], "filled": [], "checked": [], "made": []}
    assert "er i orden" in found["said"]["checked"]
    assert found["pages"] > 5
    assert set(found["downloads"]) == {f"responses{end}" for end in (".pdf", ".xlsx", ".html", ".yml", "-codebook.yml")}
    downloaded = Path(found["downloads"]["responses.pdf"]).read_bytes()
    assert downloaded == by_command(survey, found["downloads"], tmp_path)
    assert [path for path in folder.glob("jobreport-form-*/*") if path.is_dir()] == [], "the session was not deleted"


def test_an_export_of_surveyxact_becomes_the_pdf_of_the_command_line(drive, form, tmp_path):
    if not EXPORT.is_dir():
        pytest.skip("the real SurveyXact export is not here")
    address, _ = form
    survey = tmp_path / "surveyxact"
    shutil.copytree(EXPORT, survey)
    found = drive(
        "form.mjs", url=address, survey=[str(path) for path in sorted(survey.iterdir())], buttons=DANISH,
        chosen=[("Kommune", "Ishøj")], ticked=["Kolonnerne for"], tickedAll="Det passer",
        written=[("Rapportens dato", "2020-06-30")], make=True,
    )  # fmt: skip
    assert "SurveyXact" in found["said"]["found"]
    assert "er i orden" in found["said"]["checked"]
    (tmp_path / "project").mkdir()
    assert Path(found["downloads"]["surveyxact.pdf"]).read_bytes() == by_command(
        survey, found["downloads"], tmp_path / "project"
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("svar.xlsx", b"PK\x03\x04 is no workbook", "data/svar.xlsx"),
        ("svar.csv", None, "CPR"),
    ],
    ids=["broken", "personal numbers"],
)
def test_a_file_that_will_not_do_is_refused_in_the_words_of_the_command_line(
    drive, form, tmp_path, name, content, said
):
    path = tmp_path / "data" / name
    path.parent.mkdir()
    path.write_bytes(content if content is not None else with_personal_numbers())
    found = drive("form.mjs", url=form[0], axe=str(AXE), survey=[str(path)], buttons=DANISH)
    assert found["refused"]
    assert said in found["said"]["found"]
    assert "010180" not in found["said"]["found"]
    by_hand = subprocess.run(
        [sys.executable, "-m", "jobreport", "init", f"data/{name}"], cwd=tmp_path, capture_output=True, text=True,
        encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert by_hand.returncode == 2
    shown = " ".join(found["said"]["found"].split())
    assert " ".join(by_hand.stderr.split()) in shown


def with_personal_numbers():
    text = io.StringIO()
    rows = [["nr", "cpr", "tilfredshed"], *([n, f"010180-{1200 + n}", "Tilfreds"] for n in range(40))]
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("cp1252")


def test_the_form_speaks_english(drive, form, tmp_path):
    path = tmp_path / "answers.xlsx"
    path.write_bytes(b"PK\x03\x04 is no workbook")
    found = drive(
        "form.mjs", url=form[0], axe=str(AXE), survey=[str(path)], buttons=ENGLISH, language="English",
        heading="A report on a jobcentre",
    )  # fmt: skip
    assert found["violations"] == {"start": []}
    assert found["page_language"] == "en"
    assert "Expected" in found["said"]["found"]


def test_nobody_gets_in_without_the_token(form, without_token):
    assert without_token(form[0]) in (302, 403)
