"""The form in a browser: from a survey file to the PDF that the command line makes."""

import csv
import io
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.unit.desk.test_form import of_one, of_taarnby

__all__ = ["of_taarnby"]  # (a fixture)

pytestmark = pytest.mark.browser

PROJECT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
EXPORT = PROJECT.parent / "shared" / "reference" / "surveyxact" / "semicolon_ansi"
TEXTS = {
    language: yaml.safe_load((PROJECT / "jobreport" / "texts" / f"form.{language}.yml").read_text(encoding="utf-8"))
    for language in ("da", "en")
}
BUTTONS = ("read", "right_onward", "check", "make", "all_pages")
DANISH, ENGLISH = ({name: TEXTS[each][name] for name in BUTTONS} for each in ("da", "en"))
STEPS = ("start", "questions", "rounds", "about", "checked", "made")
EVENT = {
    "written": [
        ("Rapportens dato", "30.6.2023"), ("Hvad skete der?", "Ishøj forlader jobcentret"),
        ("Første dag med det nye", "1. januar 2022"),
    ],
    "chosenLater": [
        ("For hvem?", "Ishøj"), ("Hvem blev også berørt?", "Vallensbæk"), ("Første måling efter", "2022-1"),
    ],
}  # fmt: skip
SESSIONS = "jobreport-form-*/jobreport-form-*"  # folders, in that of the server
DEGREES = ("Slet ikke", "I lav grad", "I nogen grad", "I høj grad", "I meget høj grad")


def is_accessible(found, steps):
    """No rule of axe is broken in any step; all that can be used is reached by Tab, and shows that it is."""
    assert tuple(found["violations"]) == tuple(found["keyboard"]) == steps
    assert {step: rules for step, rules in found["violations"].items() if rules} == {}
    assert {step: stops["without"] for step, stops in found["keyboard"].items() if stops["without"]} == {}
    assert {step: stops for step, stops in found["keyboard"].items() if stops["reached"] != stops["all"]} == {}
    assert found["keyboard"]["start"]["all"] >= 4, "language, two uploads, one button"
    assert {step: wider for step, wider in found["wider"].items() if wider > 0} == {}


def deleted(folder):
    """Whether the folders of pages that are gone are deleted in a minute, and somewhat more on a busy machine."""
    deadline = time.monotonic() + 150
    while list(folder.glob(SESSIONS)) and time.monotonic() < deadline:
        time.sleep(1)
    return not list(folder.glob(SESSIONS))


def by_command(survey, downloads, folder):
    """What `jobreport run` makes of the files that were downloaded and the survey that was uploaded."""
    (folder / "params").mkdir()
    (folder / "data").mkdir()
    shutil.copy(PROJECT / "data" / "benchmarks.csv", folder / "data")
    (shutil.copytree if survey.is_dir() else shutil.copy)(survey, folder / "data" / survey.name)
    for name, path in downloads.items():
        if name.endswith((".yml", ".key")):
            shutil.copy(path, folder / "params")
        if name == "benchmarks.csv":
            shutil.copy(path, folder / "data")
    name = min((name for name in downloads if name.endswith(".yml")), key=len)
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
        "form.mjs", url=address, axe=str(AXE), survey=[str(survey)], kept=str(folder), tooSoon="rounds",
        codebook=str(PROJECT / "data" / "demo" / "codebook.yml"), buttons=DANISH, chosen=[("Kommune", "Ishøj")],
        ticked=["Svarene er opdigtede", "Der skete noget"], make=True, **EVENT,
    )  # fmt: skip
    is_accessible(found, ("start", "questions", "too soon", *STEPS[2:]))
    assert found["page_language"] == "da"
    assert TEXTS["da"]["needs"]["municipality"] in found["said"]["tooSoon"]
    assert "<select" in found["focused"]
    assert TEXTS["da"]["can_be_made"] in found["said"]["checked"]
    assert found["pages"] > 5
    assert set(found["downloads"]) == {
        f"responses{end}" for end in (".pdf", ".xlsx", ".html", ".yml", "-codebook.yml")
    } | {"benchmarks.csv"}
    downloaded = Path(found["downloads"]["responses.pdf"]).read_bytes()
    assert downloaded == by_command(survey, found["downloads"], tmp_path)
    assert found["sessions"] == 1
    assert deleted(folder)


def test_an_export_that_somebody_made_becomes_the_pdf_of_the_command_line(drive, form, tmp_path):
    if not EXPORT.is_dir():
        pytest.skip("the real SurveyXact export is not here; one that is written here always goes through")
    survey = tmp_path / "surveyxact"
    shutil.copytree(EXPORT, survey)
    found = drive(
        "form.mjs", url=form[0], survey=[str(path) for path in sorted(survey.iterdir())], buttons=DANISH,
        chosen=[("Kommune", "Ishøj")], ticked=["Det passer"], make=True,
        written=[(TEXTS["da"]["wave_name"], "2020"), ("Rapportens dato", "30.6.2020")],
    )  # fmt: skip
    assert "SurveyXact" in found["said"]["found"]
    assert TEXTS["da"]["can_be_made"] in found["said"]["checked"]
    (tmp_path / "project").mkdir()
    assert Path(found["downloads"]["surveyxact.pdf"]).read_bytes() == by_command(
        survey, found["downloads"], tmp_path / "project"
    )


def test_an_export_of_surveyxact_goes_through_the_whole_form_in_english(drive, form, tmp_path):
    texts, survey = TEXTS["en"], tmp_path / "surveyxact"
    write_export(survey)
    found = drive(
        "form.mjs", url=form[0], axe=str(AXE), survey=[str(path) for path in sorted(survey.iterdir())], buttons=ENGLISH,
        language="English", heading=texts["title"], tooSoon="rounds", again="about",
        chosen=[(texts["municipality"], "Ishøj")],
        ticked=[texts["right"].split("{")[0].strip()], written=[(texts["report_date"], "30 June 2022")], make=True,
    )  # fmt: skip
    is_accessible(found, ("start", "questions", "too soon", *STEPS[2:]))
    assert found["page_language"] == "en"
    assert found["back"] == "3"
    assert "90 rows, 3 columns" in found["said"]["found"]
    assert texts["needs"]["municipality"] in found["said"]["tooSoon"]
    assert texts["can_be_made"] in found["said"]["checked"]
    (tmp_path / "project").mkdir()
    assert Path(found["downloads"]["surveyxact.pdf"]).read_bytes() == by_command(
        survey, found["downloads"], tmp_path / "project"
    )


def test_units_comments_and_the_sender_are_told_in_the_form(drive, form, tmp_path):
    from tests.end_to_end.test_two_roads import HOMES, OPEN, of_homes  # (JupyterLab's packages)

    texts, files = TEXTS["da"], {name: tmp_path / name for name in of_homes()}
    for name, content in of_homes().items():
        files[name].write_bytes(content)
    column = texts["by_column"].format(column="Plejehjem", shown=", ".join(HOMES))
    found = drive(
        "form.mjs", url=form[0], axe=str(AXE), survey=[str(files["svar.csv"])], buttons=DANISH,
        opened=[texts["more_head"]], chosen=[(texts["unit_from"], column)],
        beside=[
            (texts["beside"]["comments"], str(files["kodet.csv"])),
            (texts["beside"]["quotations"], str(files["citater.csv"])),
        ],
        written=[(texts["sender"]["name"], "Greve Kommune"), (texts["comments"]["wording"], OPEN)],
        chosenLater=[(texts["unit_of_report"], HOMES[1])],
    )  # fmt: skip
    is_accessible(found, STEPS[:-1])
    assert texts["can_be_made"] in found["said"]["checked"]
    assert HOMES[1] in found["said"]["checked"]


def write_export(folder):
    """A SurveyXact export as Danish Windows writes it: UTF-16, tabs, no header over the labels."""
    folder.mkdir()
    head = ["questionName", "variableName", "questionType", "subType", "questionText", "choiceValue", "choiceText"]
    asked = {"q1": "I hvilken grad kan du se meningen med aktiviteterne?", "q2": "Hvor gammel er du?"}
    labels = [["q1", code, label] for code, label in enumerate(DEGREES, start=1)]
    tables = {
        "dataset": [["runde", "q1", "q2"], *([2022, 1 + n % 5, 20 + n % 40] for n in range(90))],
        "structure": [head, *([name, name, "Closed", "Single", text, "", ""] for name, text in asked.items())],
        "labels": labels,
    }
    for name, rows in tables.items():
        text = io.StringIO()
        csv.writer(text, delimiter="\t", lineterminator="\r\n").writerows(rows)
        (folder / f"{name}.csv").write_bytes(text.getvalue().encode("utf-16"))


def test_another_municipalitys_package_is_chosen_checked_and_told_of(drive, form, of_taarnby, tmp_path):
    """What Tårnby sent by mail is chosen beside what is about the survey; the report says whose figures it took."""
    answers, sent = tmp_path / "svar.csv", tmp_path / "taarnby.zip"
    answers.write_bytes(of_one("Ishøj", "Tårnby"))
    sent.write_bytes(of_taarnby)
    found = drive(
        "form.mjs", url=form[0], axe=str(AXE), survey=[str(answers)], buttons=DANISH, make=True,
        ticked=["Svarene er opdigtede", "Der skete noget", "den samme person"],
        written=[
            ("Rapportens dato", "30.6.2022"), ("Hvad skete der?", "Noget nyt"),
            ("Første dag med det nye", "1. januar 2022"),
            (TEXTS["da"]["first_day"], ["1.3.2021", "1.3.2022"]), (TEXTS["da"]["last_day"], ["30.4.2021", "30.4.2022"]),
        ],
        chosenLater=[("For hvem?", "Ishøj"), ("Første måling efter", "2022")],
        opened=[TEXTS["da"]["more_head"]], given=[[TEXTS["da"]["packages"], [str(sent)]]],
    )  # fmt: skip
    is_accessible(found, STEPS)
    assert "Tårnby" in found["said"]["checked"]
    assert "Udeladt" not in found["said"]["checked"]
    assert "1 anden kommune er oplyst af kommunen selv" in found["read"]


@pytest.mark.parametrize("name", ["svar.xlsx", "svar.csv"], ids=["broken", "personal numbers"])
def test_a_file_that_will_not_do_is_refused_and_what_can_be_done_is_done_there(drive, form, tmp_path, name):
    """A broken file in the words of the command line; personal numbers in a sentence that names the button there."""
    path = tmp_path / "data" / name
    path.parent.mkdir()
    path.write_bytes(b"PK\x03\x04 is no workbook" if name == "svar.xlsx" else with_personal_numbers())
    found = drive("form.mjs", url=form[0], axe=str(AXE), survey=[str(path)], buttons=DANISH)
    is_accessible(found, ("start", "refused"))
    assert found["refused"]
    assert "010180" not in found["said"]["found"]
    by_hand = subprocess.run(
        [sys.executable, "-m", "jobreport", "init", f"data/{name}"], cwd=tmp_path, capture_output=True, text=True,
        encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert by_hand.returncode == 2
    if name == "svar.xlsx":
        said = by_hand.stderr.replace("data/", "")
        assert " ".join(said.split()) in " ".join(found["said"]["found"].split())
    else:
        assert "Tryk »Udelad kolonnen«" in found["said"]["found"]
        assert "<button" in found["focused"]


def with_personal_numbers():
    text = io.StringIO()
    rows = [["nr", "cpr", "tilfredshed"], *([n, f"010180-{1200 + n}", "Tilfreds"] for n in range(40))]
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("cp1252")


def test_a_refusal_speaks_english(drive, form, tmp_path):
    path = tmp_path / "answers.xlsx"
    path.write_bytes(b"PK\x03\x04 is no workbook")
    found = drive(
        "form.mjs", url=form[0], axe=str(AXE), survey=[str(path)], buttons=ENGLISH, language="English",
        heading=TEXTS["en"]["title"],
    )  # fmt: skip
    is_accessible(found, ("start", "refused"))
    assert found["page_language"] == "en"
    assert "Expected" in found["said"]["found"]


def test_nobody_gets_in_without_the_token(form, without_token):
    assert without_token(form[0]) in (302, 403)


def test_a_file_too_large_a_page_that_goes_and_two_pages_at_once(drive, form, tmp_path):
    """401 MB are refused in words before anything reads them; nobody's answers come into another's page, or stay."""
    address, folder = form
    large, slow = tmp_path / "large.csv", tmp_path / "slow.csv"
    for path, megabytes in ((large, 401), (slow, 120)):
        with path.open("wb") as file:
            file.truncate(megabytes * 10**6)  # takes no room on the disk
    files = [tmp_path / f"{name}.csv" for name in ("et", "to")]
    for rows, path in zip((40, 60), files, strict=True):
        path.write_text(
            "".join(f"{n % 5 + 1};{20 + n}\n" for n in range(-1, rows)).replace("0;19", "q1;alder"), "utf-8"
        )
    found = drive(
        "together.mjs", url=address, read=DANISH["read"], large=[str(large)], slow=[str(slow)], files=[*map(str, files)]
    )
    assert "400 MB" in found["refused"]
    assert "jobreport init" in found["refused"]
    assert found["role"] == 1
    assert found["taken"].endswith("(0)")
    assert found["held"] < 50e6
    assert found["still"] == 0, "the words stay when another file is chosen"
    for page, pieces in {"first": ("et.csv", "40 rækker"), "second": ("to.csv", "60 rækker")}.items():
        assert all(piece in found[page] for piece in pieces), found[page]
    assert "40 rækker" in found["afterwards"]
    assert deleted(folder)


SCRIPT = "<img src=x onerror=window.ran=1>"


def test_scripts_in_names_questions_answers_and_titles_run_in_no_page(drive, form, tmp_path):
    """Neither in the form nor in the report's page, which show them as what they are."""
    survey = tmp_path / f"{SCRIPT}.csv"
    labels = ["Meget utilfreds", "Utilfreds", "Hverken eller", "Tilfreds", "Meget tilfreds"]
    question = f"Hvor tilfreds er du med forløbet? {SCRIPT}<script>window.ran=2</script>"
    rows = [["runde", question, f"køn{SCRIPT}"]]
    drawn = random.Random(1)
    rows += [["2022", drawn.choice(labels), drawn.choice(["Kvinde", f"Mand{SCRIPT}"])] for _ in range(90)]
    with survey.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    found = drive(
        "form.mjs", url=form[0], survey=[str(survey)], buttons=DANISH, chosen=[("Kommune", "Ishøj")],
        ticked=["Det passer"], opened=[TEXTS["da"]["mend"]], make=True,
        written=[("Rapportens dato", "30.6.2022"), ("Overskrift", f"Vores{SCRIPT}"), ("Hvem spurgte?", SCRIPT),
                 (TEXTS["da"]["label"], f"Navn{SCRIPT}")],
    )  # fmt: skip
    assert SCRIPT in found["said"]["found"]
    assert found["ran"] == [None, None]
    assert found["read"].count(SCRIPT) > 3
