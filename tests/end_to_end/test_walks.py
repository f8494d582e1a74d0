"""Five files as people have them, from the file to the check: few things to type, and the numbers that pandas gives."""

import os
import random
import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from jobreport.intake import checks
from jobreport.prepare import check, init
from jobreport.report import results
from jobreport.setup import params

pytestmark = pytest.mark.usefixtures("computed_once")

MOST = 5  # things to type or delete
DIGITS = 5.1e-4  # a share is published with three decimals
PLEASED = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
DEGREE = ("Slet ikke", "I lav grad", "I nogen grad", "I høj grad", "I meget høj grad")
AGREED = ("Helt uenig", "Delvist uenig", "Hverken/eller", "Delvist enig", "Helt enig")
EASY = ("Meget svært", "Svært", "Hverken let eller svært", "Let", "Meget let")
OFTEN = ("Aldrig", "Sjældent", "Af og til", "Ofte", "Altid")
GOOD = ("Meget dårlig", "Dårlig", "Hverken god eller dårlig", "God", "Meget god")
SAFE = ("Meget utryg", "Utryg", "Hverken tryg eller utryg", "Tryg", "Meget tryg")
ROUNDS = ("2024", "2025")
BEGUN = pd.Timestamp("2024-03-01 09:00").to_pydatetime()
OF_FORMS = ("ID", "Starttidspunkt", "Fuldførelsestidspunkt", "Mail", "Navn")


def drawn(people, questions, seed=1):
    """Answers of so many in two rounds: 'round' and one column per question."""
    dice = random.Random(seed)
    given = [[dice.choices(scale, (1, 2, 2, 4 + n % 2, 2))[0] for scale in questions.values()] for n in range(people)]
    frame = pd.DataFrame(given, columns=list(questions))
    return frame.assign(round=[ROUNDS[n % 2] for n in range(people)])


def surveyxact(folder):
    asked = {
        "s_2": "Hvor tilfreds er du samlet set med dit forløb i jobcentret?",
        "s_3": "I hvilken grad kan du se meningen med aktiviteterne?",
        "s_4": "Hvor let er det at komme i kontakt med jobcentret?",
    }
    scales = {"s_2": PLEASED, "s_3": DEGREE, "s_4": EASY}
    frame = drawn(300, scales)
    (folder / "eksport").mkdir()
    head = ["questionName", "variableName", "questionType", "subType", "questionText", "choiceValue", "choiceText"]
    waves = {"1": "Forår 2024", "2": "Forår 2025"}
    people = frame.to_dict("records")
    coded = [[1 + ROUNDS.index(row["round"]), *(1 + scales[q].index(row[q]) for q in scales)] for row in people]
    labels = [["s_1", code, text] for code, text in waves.items()]
    labels += [[q, n, text] for q, scale in scales.items() for n, text in enumerate(scale, start=1)]
    structure = [[q, q, "Closed", "Single", text, "", ""] for q, text in ({"s_1": "Runde"} | asked).items()]
    tables = {"dataset": [["s_1", *scales], *coded], "structure": [head, *structure], "labels": labels}
    for name, rows in tables.items():
        text = "\r\n".join("\t".join(map(str, row)) for row in rows)
        (folder / "eksport" / f"{name}.csv").write_bytes(text.encode("utf-16"))
    return ["eksport"], frame.rename(columns={"round": "wave"}), scales


def forms(folder):
    asked = {
        "Hvor tilfreds er du samlet set med dit forløb i jobcentret?": PLEASED,
        "Hvor enig er du i følgende: Min sagsbehandler lytter til mig": AGREED,
    }
    frame = drawn(300, asked)
    book = openpyxl.Workbook()
    book.active.append([*OF_FORMS, "Hvor bor du?", *asked])
    for place, row in enumerate(frame.to_dict("records")):
        begun = BEGUN.replace(year=int(row["round"])) + timedelta(days=place % 28, minutes=place)
        own = [place + 1, begun, begun + timedelta(minutes=4), "anonymous", None, "Greve"]
        book.active.append([*own, *(row[q] for q in asked)])
    book.save(folder / "Borgerundersøgelse(1-300).xlsx")
    return ["Borgerundersøgelse(1-300).xlsx"], frame.rename(columns={"round": "wave"}), asked


def spss(folder):
    pyreadstat = pytest.importorskip("pyreadstat")
    scales = {"q1": PLEASED, "q2": DEGREE}
    frame = drawn(300, scales)
    coded = pd.DataFrame({q: [float(1 + scale.index(text)) for text in frame[q]] for q, scale in scales.items()})
    coded.loc[::10, "q1"] = 9.0
    coded["aar"], coded["kommune"] = frame["round"].astype(float), 253.0
    labels = {q: {float(n): text for n, text in enumerate(scale, start=1)} for q, scale in scales.items()}
    labels["q1"][9.0] = "Ved ikke"
    asked = {
        "q1": "Hvor tilfreds er du med jobcentret?",
        "q2": "I hvilken grad mødes du med tillid?",
        "aar": "Måling",
    }
    pyreadstat.write_sav(
        coded, folder / "svar.sav", column_labels=asked, variable_value_labels=labels, missing_ranges={"q1": [9.0]}
    )
    frame.loc[::10, "q1"] = None
    return ["svar.sav"], frame.rename(columns={"round": "wave"}), scales


def elder_care(folder):
    asked = {
        "Hvor tilfreds er du med hjemmehjælpen?": PLEASED,
        "Kommer hjælperen til den aftalte tid?": OFTEN,
        "Hvor god er maden?": GOOD,
        "Hvor tryg er du i hverdagen?": SAFE,
        "I hvilken grad taler hjælperne pænt til dig?": DEGREE,
        "I hvilken grad får du den hjælp, du har brug for?": DEGREE,
    }
    frame = drawn(300, asked)
    whole = frame.rename(columns={"round": "Måling"}).assign(Kommune="Greve", Alder=[66 + n % 30 for n in range(300)])
    whole.to_csv(folder / "ældrepleje.csv", sep=";", index=False, encoding="cp1252")
    return ["ældrepleje.csv"], frame.rename(columns={"round": "wave"}), asked


KEPT = {"eksport": "surveyxact", "Borgerundersøgelse(1-300).xlsx": "Borgerundersøgelse_1-300_.xlsx"}
WALKS = {"SurveyXact": surveyxact, "Microsoft Forms": forms, "SPSS": spss, "elder care": elder_care}


def shares(frame, scales):
    """The share of the two most positive answers, by question and round."""
    return {
        (question, wave): float(own[question].dropna().isin(scale[-2:]).mean())
        for question, scale in scales.items()
        for wave, own in frame.groupby("wave")
    }


def released(path, columns):
    """The same of the report: column of the file -> its figures."""
    found = results.compute(checks.read_inputs(params.read(path)))
    rows = found.released.estimates
    rows = rows[rows["group_by"].eq("") & rows["measure"].eq("share") & rows["category"].eq("positive")]
    rows = rows[rows["municipality_code"].eq("253") & ~rows["wave"].str.contains("+", regex=False)]
    names = {name: item.name for each in found.codebook.indicators for name, item in each.named_items}
    return {
        (columns[names[row["indicator"]]], re.search(r"20\d\d", row["wave"])[0]): row["estimate"]
        for row in rows.to_dict("records")
        if row["indicator"] in names
    }


TYPED = {"municipality_code: null": "municipality_code: '253'", "report_date: null": "report_date: '2025-06-01'"}


def settled(path, fill):
    """Type what stands open and delete what marks a proposal; how many things that is."""
    text, count = re.subn(r"(?m)^ *proposal: true.*\n", "", path.read_text(encoding="utf-8"))
    for empty, value in fill.items():
        count += text.count(empty)
        text = text.replace(empty, value)
    path.write_text(text, encoding="utf-8")
    return count


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.dear
def test_by_the_command_line_few_things_are_typed_and_the_numbers_are_those_of_pandas(walk, here):
    files, frame, scales = WALKS[walk](here)
    (here / "data").mkdir()  # (and named as the form keeps them, so that both take one computation)
    kept = [Path(file).rename("data/" + KEPT.get(file, file)) for file in files]
    started = init.start(kept, Path())
    dated = "from: null" not in started.params.read_text(encoding="utf-8")
    typed = settled(started.codebook, TYPED) + settled(started.params, dict(list(TYPED.items())[: 1 if dated else 2]))
    assert typed <= MOST
    assert "er i orden" in check.check(started.params)
    book = started.codebook.read_text(encoding="utf-8")
    columns = dict(re.findall(r'- name: "(\w+)"\n    column: "(.*?)"', book))
    assert released(started.params, columns) == pytest.approx(shares(frame, scales), abs=DIGITS)


def paths_of(files):
    return [path for file in files for path in (sorted(file.iterdir()) if file.is_dir() else [file])]


@pytest.fixture
def page():
    pytest.importorskip("ipywidgets")
    from jobreport.desk.form.page import Page

    made = Page("da")
    yield made
    made.session.close()


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.dear
def test_by_the_form_alone_few_things_are_said_and_the_numbers_are_those_of_pandas(walk, here, page):
    """As a new user goes: the files, then on and on, and what the page asks for; nothing is typed into a file."""
    from tests.unit.desk.test_page import walked

    files, frame, scales = WALKS[walk](here)
    page.files.given = {path.name: path.read_bytes() for path in paths_of([here / file for file in files])}
    assert walked(page, {"municipality": "253"}) <= MOST
    columns = {each.name: each.question.column.name for each in page.road.steps[1].asked}
    written = Path(f"params/{page.session.name()}.yml")
    assert released(written, columns) == pytest.approx(shares(frame, scales), abs=DIGITS)


def means(path):
    """Means by round and question, as released."""
    rows = results.compute(checks.read_inputs(params.read(path))).released.estimates
    return rows[rows["measure"].eq("mean")].set_index(["wave", "indicator"])["estimate"].to_dict()


@pytest.mark.parametrize("road", ["command line", "form"])
@pytest.mark.dear
def test_a_table_of_means_needs_few_things_and_keeps_its_figures(road, here, page):
    from tests.unit.desk.test_page import walked

    source = Path(os.fspath(init.__file__)).parents[3] / "data" / "examples" / "kl-gennemsnit.csv"
    table = pd.read_csv(source)
    given = table.assign(wave=table["wave"].astype(str)).set_index(["wave", "question"])["value"]
    if road == "form":
        page.files.given = {"kl.csv": table.to_csv(index=False).encode()}
        typed, path = walked(page, {"municipality": "253"}), Path("params/kl.yml")
    else:
        Path("data").mkdir()
        table.to_csv("data/kl.csv", index=False)
        started = init.start([Path("data/kl.csv")], Path())
        typed = settled(started.codebook, TYPED) + settled(started.params, TYPED)
        path = started.params
    assert typed <= MOST
    assert means(path) == pytest.approx(given.to_dict())
