"""The form and the command line give the same verdict and the same numbers on every file there is."""

import os
import re
from pathlib import Path

import pytest

from jobreport.desk.form.choices import Choices, QuestionChoice, WaveChoice
from jobreport.desk.form.session import Session
from jobreport.errors import InputRefused
from jobreport.prepare import check, init
from tests.unit.intake.test_around import FILES, written

PROJECT = Path(__file__).parents[2]
REFERENCE = PROJECT.parent / "shared" / "reference"
ENDINGS = (".csv", ".xlsx", ".sav", ".ods")
FOLDERS = (PROJECT / "data", PROJECT / "tests" / "fuzz" / "found", REFERENCE)
CORPUS = {
    f"{folder.name}/{path.relative_to(folder).as_posix()}": path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.suffix in ENDINGS and path.parent.name not in ("semicolon_ansi", "r_survey")
}
LAYOUTS = [f"{kind} as {ending}" for kind in FILES for ending in ("csv", "xlsx")]


def by_form(files, left_out=()):
    """Everything that the form proposes, confirmed; its verdict."""
    session = Session("da")
    try:
        session.receive(files, None, None, left_out)
        proposal = session.proposals[0]
        codes = session.municipality_codes()
        named = [QuestionChoice(each.name, each.column.name, confirmed=True) for each in proposal.questions]
        choices = Choices(
            name="ours",
            municipality_code=codes[0] if codes else "183",
            report_date="2026-01-01",
            columns_confirmed=True,
            same_person="respondent_id" in proposal.keys,
            groups=tuple(proposal.groups),
            questions=tuple(named),
            waves=tuple(WaveChoice(each.name or "2024", each.first, each.last) for each in session.rounds()),
        )
        return session.check(choices).splitlines()
    finally:
        session.close()


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
        return check.check(started.params).splitlines()
    finally:
        os.chdir(before)


def places(paths):
    session = Session("da")
    try:
        session.receive({Path(path).name: (session._before / path).read_bytes() for path in paths})
        return session.municipality_codes() or ["183"]
    finally:
        session.close()


def verdict(road, *words):
    """Lines of the findings without the first, which names the file; or the problems by key and facts."""
    try:
        return road(*words)[1:]
    except InputRefused as refused:
        told = [(each.key, each.values.get("column"), each.values.get("names")) for each in refused.problems]
        return sorted(map(str, told))


def agreed(tmp_path, name, content):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(content)
    form = verdict(by_form, {name: content})
    typed = verdict(by_command, tmp_path, [f"data/{name}"])
    assert form == typed
    return form


@pytest.mark.slow
@pytest.mark.parametrize("file", CORPUS)
def test_both_roads_agree_on_every_file_of_the_corpus(file, tmp_path):
    agreed(tmp_path, re.sub(r"[^\w.-]", "_", CORPUS[file].name), CORPUS[file].read_bytes())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_roads_agree_on_every_layout_known_by_name(layout, tmp_path):
    kind, _, ending = layout.partition(" as ")
    path = written(tmp_path, FILES[kind], f"svar.{ending}")
    assert any("n = " in str(line) for line in agreed(tmp_path, path.name, path.read_bytes()))
