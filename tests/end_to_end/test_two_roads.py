"""The form and the command line give the same verdict and the same numbers on every file there is."""

import csv
import io
import os
import random
import re
from pathlib import Path

import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.prepare import check, init
from jobreport.report import results
from jobreport.setup import params
from tests.unit.intake.test_around import FILES, written
from tests.unit.intake.test_several import ASKED, drawn
from tests.unit.intake.test_several import LAYOUTS as SEVERAL

pytest.importorskip("ipywidgets")

from jobreport.desk.form.page import Page
from jobreport.desk.form.refusals import CHECK
from tests.end_to_end.test_walks import PLEASED

pytestmark = pytest.mark.usefixtures("computed_once")

PROJECT = Path(__file__).parents[2]
REFERENCE = PROJECT.parent / "shared" / "reference"
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".sav", ".zsav", ".ods", ".parquet", ".zip")
EXPORT = REFERENCE / "surveyxact" / "semicolon_ansi"
FOLDERS = (PROJECT / "data", PROJECT / "tests" / "fuzz" / "found", REFERENCE)
CORPUS = {
    f"{folder.name}/{path.relative_to(folder).as_posix()}": path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.suffix in ENDINGS and path.parent != EXPORT and "demo" not in path.parts  # (bare numbers: by its codebook)
}
LAYOUTS = [  # (each as one kind of file by default, and as the other with the slow tests)
    pytest.param(f"{kind} as {ending}", marks=[pytest.mark.slow] * ((place + at) % 2))
    for place, kind in enumerate(FILES)
    for at, ending in enumerate(("csv", "xlsx"))
]


def by_form(files, places):
    """Everything that the page proposes, confirmed step by step; the verdict of its check, and its ``places``."""
    page = Page("da")
    try:
        page.session.receive(files, None, None, ())
        places += page.session.municipality_codes()
        page.lay(0)
        _, questions, rounds, *_ = page.road.steps
        for each in questions.asked:
            page.fields.memory |= {f"right.{each.name}": True, f"way.{each.name}": ""}
        page.fields.memory |= {"name": "ours", "date": "1.1.2026", "wave..name": "2024"}
        page.fields.memory |= {} if rounds.municipality else {"municipality": (rounds.codes or ["183"])[0]}
        page.fields.memory["same_person"] = "respondent_id" in page.session.proposals[0].keys
        page.road.reached = CHECK
        return told(lambda: page.session.check(page.making.choices()))
    finally:
        page.session.close()


def by_command(folder, paths, places):
    """What `init` wrote, confirmed as a person would in an editor who knows the ``places``; the verdict of `check`."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        started = init.start([Path(path) for path in paths], Path(), "ours")
        book = started.codebook.read_text(encoding="utf-8")
        book = re.sub(r"(?m)^ *proposal: true.*\n", "", book)
        text = started.params.read_text(encoding="utf-8")
        codes = sorted(set(re.findall(r"municipality_code: \"(\d+)\"", text))) or places or ["183"]
        book = book.replace("municipality_code: null", f"municipality_code: '{codes[0]}'")
        started.codebook.write_text(book, encoding="utf-8")
        for empty, value in {"municipality_code": codes[0], "report_date": "2026-01-01", "wave": "2024"}.items():
            text = text.replace(f"{empty}: null", f"{empty}: '{value}'")
        started.params.write_text(text, encoding="utf-8")
        return told(lambda: check.check(started.params))
    finally:
        os.chdir(before)


def told(checked):
    """What a check says, and every number that may be shown, as the check itself computes it."""
    found = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(check, "compute", lambda *words: found.append(results.compute(*words)) or found[-1])
        said = checked()
    return [*said.splitlines(), *shown(found[-1])]


def figures(file):
    """Every number that may be shown, computed once more from what was written."""
    return shown(results.compute(checks.read_inputs(params.read(file))))


def shown(computed):
    return computed.released.estimates.to_csv(index=False).splitlines()


def verdict(road, *words):
    """Lines of the findings without the first, which names the file; or the problems by key and facts."""
    try:
        return road(*words)[1:]
    except InputRefused as refused:
        told = [(each.key, each.values.get("column"), each.values.get("names")) for each in refused.problems]
        return sorted(map(str, told))


def agreed(tmp_path, files, folder="data"):
    """The verdict of both roads: of a file, or of the files of one export in a folder."""
    (tmp_path / folder).mkdir(parents=True)
    for name, content in files.items():
        (tmp_path / folder / name).write_bytes(content)
    places = []
    form = verdict(by_form, files, places)
    paths = [f"data/{name}" for name in files] if folder == "data" else [folder]
    typed = verdict(by_command, tmp_path, paths, places)
    assert form == typed
    return form


@pytest.mark.slow
@pytest.mark.parametrize("file", CORPUS)
def test_both_roads_agree_on_every_file_of_the_corpus(file, tmp_path):
    agreed(tmp_path, {re.sub(r"[^\w.-]", "_", CORPUS[file].name): CORPUS[file].read_bytes()})


@pytest.mark.dear
def test_both_roads_agree_on_a_real_export_of_three_files(tmp_path):
    if not EXPORT.is_dir():
        pytest.skip("the reference files are not here")
    files = {path.name: path.read_bytes() for path in sorted(EXPORT.iterdir()) if path.suffix == ".csv"}
    told = agreed(tmp_path, files, "data/surveyxact")
    assert sum(",share,positive," in str(line) for line in told) > 20


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.dear
def test_both_roads_agree_on_every_layout_known_by_name(layout, tmp_path):
    kind, _, ending = layout.partition(" as ")
    path = written(tmp_path, FILES[kind], f"svar.{ending}")
    assert any("n = " in str(line) for line in agreed(tmp_path, {path.name: path.read_bytes()}))


HOMES = ("Solbakken", "Birkehøj", "Engparken")
KEPT = {"svar.csv": "data/svar.csv", **{name: f"kommentarer/{name}" for name in ("kodet.csv", "citater.csv")}}
OPEN = "Har du andet at sige?"
QUOTED = "quotation,approved,municipality_code,wave,theme,group_by,group\nDe ringede aldrig.,ja,253,2025,vente,,\n"


def of_homes():
    """Answers from three nursing homes, and the comments of 2025 as somebody coded them."""
    draw, answers, coded = random.Random(4), io.StringIO(), io.StringIO()
    rows = [
        [f"p{n}", 2024 + n % 2, "Greve", HOMES[n % 3], draw.choice(PLEASED), f"De ringede aldrig {n} gange " * 4]
        for n in range(360)
    ]
    csv.writer(answers).writerows([["Nr", "Måling", "Kommune", "Plejehjem", "Hvor tilfreds er du?", OPEN], *rows])
    about = [
        [row[0], row[1], draw.randrange(2), draw.randrange(2)] for row in rows if row[1] == 2025 and draw.random() < 0.4
    ]
    csv.writer(coded).writerows([["Nr", "Måling", "vente", "tone"], *about])
    files = {"svar.csv": answers, "kodet.csv": coded}
    return {name: file.getvalue().encode() for name, file in files.items()} | {"citater.csv": QUOTED.encode()}


def typed(files, unit):
    """The two files as a person writes them by the README, from what `init` proposes."""
    for name, content in files.items():  # (where the form keeps them, so that both take one computation)
        Path(KEPT[name]).parent.mkdir(exist_ok=True)
        Path(KEPT[name]).write_bytes(content)
    started = init.start([Path(KEPT["svar.csv"])], Path(), "ours")
    book = re.sub(r"(?m)^ *proposal: true.*\n", "", started.codebook.read_text(encoding="utf-8"))
    begun = book.index("# comments:")
    about = re.sub(r"(?m)^# ", "", book[begun:]).replace(
        "ventetid, column: ventetid, label: Ventetid", "tema-vente, column: vente, label: Vente"
    )
    book = book[:begun] + about + "    - {name: tema-tone, column: tone, label: Tone}\n"
    started.codebook.write_text(book.replace("columns:", "columns:\n  comment_key: Nr", 1), encoding="utf-8")
    text = re.sub(r"(?m)^#(?=units:|  - \{unit)", "", started.params.read_text(encoding="utf-8"))
    told = f"comments: {{coded: {KEPT['kodet.csv']}, quotations: {KEPT['citater.csv']}}}"
    text = text.replace("comments: null", told)
    text = text.replace("report_date: null", "report_date: '2026-01-01'" + (f"\nunit: {unit}" if unit else ""))
    started.params.write_text(text, encoding="utf-8")
    return [*check.check(started.params).splitlines(), *figures(started.params)]


def clicked(files, unit):
    page = Page("da")
    try:
        page.files.given = {"svar.csv": files["svar.csv"]}
        page.kept |= {
            "comments": ("kodet.csv", files["kodet.csv"]),
            "quotations": ("citater.csv", files["citater.csv"]),
        }
        page.road.onward()
        page.road.onward()
        page.fields._shown["unit_from"].value = "Plejehjem"
        page.fields._shown["unit_of_report"].value = unit
        page.road.onward()
        assert page.road.at == CHECK - 1, page.road.said.value
        assert page.fields._shown["comments.wording"].value == OPEN
        page.fields.memory |= {"name": "ours", "date": "1.1.2026"}
        page.road.onward()
        assert page.road.at == CHECK, page.road.said.value
        return [*page.session.check(page.making.choices()).splitlines(), *figures(Path("params/ours.yml"))]
    finally:
        page.session.close()


@pytest.mark.parametrize("unit", ["", "Birkehøj"])
def test_units_and_comments_by_the_form_are_those_of_the_command_line(unit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = of_homes()
    form = clicked(files, unit)[1:]
    assert form == typed(files, "birkehoej" if unit else "")[1:]
    told = "\n".join(form)
    assert ("tema-vente" in told) is not bool(unit)
    assert ("253-birkehoej" in told) is bool(unit)


@pytest.mark.parametrize("layout", SEVERAL)
@pytest.mark.dear
def test_both_roads_agree_on_several_choices_in_one_cell(layout, tmp_path):
    cells = {f"{ASKED} {n}": [SEVERAL[layout](of) for of in drawn()] for n in range(2)}
    text = pd.DataFrame({**cells, "Kommune": "Greve", "Måling": "2025"}).to_csv(sep=";", index=False)
    told = agreed(tmp_path, {"svar.csv": text.encode()})
    assert sum("kontakt" in str(line) and "telefon" in str(line) for line in told) > 2
