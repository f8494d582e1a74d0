"""The form and the command line give the same verdict and the same numbers on every file there is."""

import os
import re
from pathlib import Path

import pytest

from jobreport.desk.form.session import Session
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.prepare import check, init
from jobreport.report import results
from jobreport.setup import params
from tests.unit.intake.test_around import FILES, written

pytest.importorskip("ipywidgets")

from jobreport.desk.form.making import CHECK
from jobreport.desk.form.page import Page

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
LAYOUTS = [f"{kind} as {ending}" for kind in FILES for ending in ("csv", "xlsx")]


def by_form(files, left_out=()):
    """Everything that the page proposes, confirmed step by step; the verdict of its check."""
    page = Page("da")
    try:
        page.session.receive(files, None, None, left_out)
        page.lay(0)
        _, questions, rounds, *_ = page.road.steps
        for each in questions.asked:
            page.fields.memory |= {f"right.{each.name}": True, f"way.{each.name}": ""}
        page.fields.memory |= {"name": "ours", "date": "1.1.2026", "wave..name": "2024"}
        page.fields.memory |= {} if rounds.municipality else {"municipality": (rounds.codes or ["183"])[0]}
        page.fields.memory["same_person"] = "respondent_id" in page.session.proposals[0].keys
        page.road.reached = CHECK
        return [*page.session.check(page.making.choices()).splitlines(), *figures(Path("params/ours.yml"))]
    finally:
        page.session.close()


def by_command(folder, paths, left_out=()):
    """What `init` wrote, confirmed as a person would in an editor; the verdict of `check`."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        started = init.start([Path(path) for path in paths], Path(), "ours", said=init.Said(tuple(left_out)))
        book = started.codebook.read_text(encoding="utf-8")
        book = re.sub(r"(?m)^ *proposal: true.*\n", "", book)
        text = started.params.read_text(encoding="utf-8")
        codes = sorted(set(re.findall(r"municipality_code: \"(\d+)\"", text))) or places(paths)
        book = book.replace("municipality_code: null", f"municipality_code: '{codes[0]}'")
        started.codebook.write_text(book, encoding="utf-8")
        for empty, value in {"municipality_code": codes[0], "report_date": "2026-01-01", "wave": "2024"}.items():
            text = text.replace(f"{empty}: null", f"{empty}: '{value}'")
        started.params.write_text(text, encoding="utf-8")
        return [*check.check(started.params).splitlines(), *figures(started.params)]
    finally:
        os.chdir(before)


def places(paths):
    session = Session("da")
    try:
        given = [session._before / path for path in paths]
        whole = [path for each in given for path in (each.iterdir() if each.is_dir() else [each])]
        session.receive({path.name: path.read_bytes() for path in whole})
        return session.municipality_codes() or ["183"]
    finally:
        session.close()


def figures(file):
    """Every number that may be shown."""
    rows = results.compute(checks.read_inputs(params.read(file))).released.estimates
    return rows.to_csv(index=False).splitlines()


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
    form = verdict(by_form, files)
    typed = verdict(by_command, tmp_path, [f"data/{name}" for name in files] if folder == "data" else [folder])
    assert form == typed
    return form


@pytest.mark.slow
@pytest.mark.parametrize("file", CORPUS)
def test_both_roads_agree_on_every_file_of_the_corpus(file, tmp_path):
    agreed(tmp_path, {re.sub(r"[^\w.-]", "_", CORPUS[file].name): CORPUS[file].read_bytes()})


def test_both_roads_agree_on_a_real_export_of_three_files(tmp_path):
    if not EXPORT.is_dir():
        pytest.skip("the reference files are not here")
    files = {path.name: path.read_bytes() for path in sorted(EXPORT.iterdir()) if path.suffix == ".csv"}
    agreed(tmp_path, files, "data/surveyxact")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_roads_agree_on_every_layout_known_by_name(layout, tmp_path):
    kind, _, ending = layout.partition(" as ")
    path = written(tmp_path, FILES[kind], f"svar.{ending}")
    assert any("n = " in str(line) for line in agreed(tmp_path, {path.name: path.read_bytes()}))
