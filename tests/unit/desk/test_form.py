"""The form without its page: what is uploaded, confirmed and chosen becomes what the command line reads."""

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from jobreport.desk.form.choices import (
    Choices,
    EventChoice,
    QuestionChoice,
    WaveAnswer,
    WaveChoice,
    leaving_out,
    person_column,
)
from jobreport.desk.form.folder import LOCK, PREFIX, remove_what_was_left
from jobreport.desk.form.refusals import to_leave_out
from jobreport.desk.form.session import Session
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.make import package
from jobreport.prepare import check, init
from jobreport.setup import params, yaml_file

pytestmark = pytest.mark.usefixtures("computed_once")

HEADER = "løbenr;runde;kommune;tilfredshed"
LABELS = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
CONFIRMED = Choices(
    name="prove",
    municipality_code="183",
    simulated=True,
    columns_confirmed=True,
    same_person=True,
    questions=(QuestionChoice("satisfaction", "tilfredshed", confirmed=True),),
    waves=(WaveChoice("2021", "2021-03-01", "2021-04-30"), WaveChoice("2022", "2022-03-01", "2022-04-30")),
    event=EventChoice("Noget nyt", "2022-01-01", ("183",)),
)


def survey(*, cell=lambda number: LABELS[number % 5], header=HEADER):
    rows = [f"{n};{2021 + (n >= 60)};{'Ishøj' if n % 2 else 'Tårnby'};{cell(n)}" for n in range(120)]
    return "\r\n".join([header, *rows]).encode("cp1252")


@pytest.fixture
def session():
    made = Session("da")
    yield made
    made.close()


def test_what_the_file_tells_is_proposed(session):
    assert "satisfaction" in session.receive({"Mine svar.csv": survey()})
    assert session.waves() == ["2021", "2022"]
    assert session.municipality_codes() == ["183", "185"]
    assert session.name() == "mine-svar"


@pytest.mark.dear
def test_what_is_confirmed_passes_the_check_of_the_command_line(session):
    session.receive({"svar.csv": survey()})
    assert "er i orden" in session.check(CONFIRMED)
    written = params.read(session.folder / "params" / "prove.yml")
    assert written.survey.file == "data/svar.csv"
    assert written.survey.windows(written.events[0]) == (("2021",), ("2022",))


@pytest.mark.parametrize("outcome", [("satisfaction", "index"), ("trust", "share")])
@pytest.mark.dear
def test_the_main_outcome_is_checked_as_on_the_command_line(session, outcome):
    """By the form and by `check` on the params that it wrote: the same refusal, or the same event."""
    session.receive({"svar.csv": survey()})
    assert session.outcomes() == {"Tilfredshed": (("satisfaction", "share"), ("satisfaction", "index"))}
    event = replace(CONFIRMED.event, outcome=outcome, announced="2021-06-01")
    chosen, file = replace(CONFIRMED, event=event), session.folder / "params" / "prove.yml"
    if outcome[0] == "satisfaction":
        assert "er i orden" in session.check(chosen)
        assert "er i orden" in check.check(file, "da")
        written = params.read(file).events[0]
        assert (written.outcome.indicator, written.outcome.measure) == outcome
        assert written.announced == date(2021, 6, 1)
        return
    said = []
    for road in (lambda: session.check(chosen), lambda: check.check(file, "da")):
        with pytest.raises(InputRefused, match=r"har trust som hovedmål \(outcome\)") as refused:
            road()
        said.append([problem.key for problem in refused.value.problems])
    assert said == [["outcome_unknown"]] * 2


@pytest.mark.parametrize(
    "left", [{"columns_confirmed": False}, {"questions": (QuestionChoice("satisfaction", "tilfredshed"),)}]
)
def test_a_proposal_that_nobody_confirmed_is_refused_as_on_the_command_line(session, left):
    session.receive({"svar.csv": survey()})
    with pytest.raises(InputRefused, match="ikke bekræftet"):
        session.check(Choices(**{**vars(CONFIRMED), **left}))


@pytest.mark.dear
def test_an_open_question_about_another_wave_names_a_step_that_helps_in_the_form(session):
    lines = survey().split(b"\r\n")
    asked = b"\r\n".join(lines[:61])
    session.receive({"svar-2021.csv": asked, "svar-2022.csv": b"\r\n".join(line.rsplit(b";", 1)[0] for line in
                                                                         [lines[0], *lines[61:]])})  # fmt: skip
    with pytest.raises(InputRefused, match="trin 1 kun filer, hvor spørgsmålet er stillet ens") as refused:
        session.check(CONFIRMED)
    assert "codebook_open_question" in {problem.key for problem in refused.value.problems}
    session.receive({"svar-2021.csv": asked})
    session.check(Choices(**{**vars(CONFIRMED), "waves": CONFIRMED.waves[:1], "event": None}))


def two_waves(question="mening"):
    """A file for each wave; the second asks under a header that tells nothing, and one question more."""
    header, *rows = survey().decode("cp1252").split("\r\n")
    degree = ("Slet ikke", "I lav grad", "I nogen grad", "I høj grad", "I meget høj grad")
    later = [f"{row};{degree[number % 5]}" for number, row in enumerate(rows[60:])]
    files = {"svar-2021.csv": [header, *rows[:60]], "svar-2022.csv": [f"løbenr;runde;kommune;v7;{question}", *later]}
    return {name: "\r\n".join(lines).encode("cp1252") for name, lines in files.items()}


@pytest.mark.parametrize("asked", [True, False])
def test_open_questions_about_another_wave_are_settled_by_a_choice(session, asked):
    session.receive(two_waves())
    found = {(doubt.question, doubt.wave): doubt.columns for doubt in session.doubts()}
    assert found == {("satisfaction", "2022"): ("v7",), ("meaning", "2022"): ()}
    settled = (WaveAnswer("satisfaction", "2022", "v7" if asked else ""), WaveAnswer("meaning", "2022", ""))
    with pytest.raises(InputRefused, match="svar på det i trin 2"):
        session.check(Choices(**{**vars(CONFIRMED), "other_waves": settled[:1]}))
    session.write(Choices(**{**vars(CONFIRMED), "other_waves": settled}))
    # (that the wording differs, or it is compared with nothing, is another matter, which a check would tell)
    book = (session.folder / "params" / "prove-codebook.yml").read_text(encoding="utf-8")
    assert "open_questions" not in book
    assert ('column: "v7"' in book) is asked
    assert ('waves: ["2021"]' in book) is not asked


@pytest.mark.parametrize("selection", ["", "all", "random", "other"])
def test_how_the_asked_were_chosen_stands_in_the_params_as_on_the_command_line(session, selection):
    session.receive({"svar.csv": survey()})
    session.write(Choices(**{**vars(CONFIRMED), "selection": selection}))
    assert params.read(session.folder / "params" / "prove.yml").survey.selection == (selection or None)


@pytest.mark.parametrize("did", [None, (), ("payer",), ("commissioner", "collector")])
def test_what_the_municipality_did_itself_stands_in_the_params_as_on_the_command_line(session, did):
    session.receive({"svar.csv": survey()})
    session.write(Choices(**{**vars(CONFIRMED), "evaluated_party": did}))
    assert params.read(session.folder / "params" / "prove.yml").survey.evaluated_party == did


@pytest.mark.parametrize("turned", [False, True])
def test_bare_numbers_get_the_direction_that_a_person_says(session, turned):
    session.receive({"svar.csv": survey(cell=lambda n: (1, 2, 3, 4, 5, 9)[n % 6])})
    choice = QuestionChoice("satisfaction", "tilfredshed", confirmed=True, turned=turned)
    file = session.write(Choices(**{**vars(CONFIRMED), "questions": (choice,)}))
    assert len(checks.read_inputs(params.read(file)).responses) == 120
    book = (session.folder / "params" / "prove-codebook.yml").read_text(encoding="utf-8")
    codes = re.findall(r'"(\d)"', re.search(r"codes: (\[.*?\])", book)[1])
    assert codes == (list("54321") if turned else list("12345"))
    assert 'code: "9"' in book


def test_a_file_with_personal_numbers_is_refused_and_nothing_of_it_kept(session):
    with pytest.raises(InputRefused) as refused:
        session.receive({"svar.csv": survey(cell=lambda n: f"010180-{1234 + n}", header="a;runde;kommune;cpr")})
    assert "010180" not in refused.value.text("da")
    assert [path.name for path in session.folder.rglob("*") if path.is_file()] == [LOCK]


def test_a_broken_file_is_refused_by_the_name_the_command_line_would_give(session):
    with pytest.raises(InputRefused) as refused:
        session.receive({"svar.xlsx": b"PK\x03\x04 broken"})
    assert refused.value.text("da").startswith("data/svar.xlsx")


@pytest.mark.parametrize("name", ["../../svar.csv", "C:\\tmp\\svar.csv", "/etc/svar.csv"])
def test_a_name_stays_in_the_folder_of_the_session(session, name):
    session.receive({name: survey()})
    files = sorted(path for path in session.folder.rglob("*") if path.is_file())
    assert [path.relative_to(session.folder).as_posix() for path in files] == [".in-use", "data/svar.csv"]


def test_everything_is_deleted_when_the_session_ends():
    before = Path.cwd()
    session = Session("da")
    session.receive({"svar.csv": survey()})
    assert Path.cwd().samefile(session.folder)
    session.close()
    assert not session.folder.exists()
    assert Path.cwd() == before
    assert "JOBREPORT_FORM_FOLDER" not in os.environ


@pytest.mark.dear
def test_a_codebook_from_last_time_leaves_nothing_to_confirm(session):
    session.receive({"svar.csv": survey()})
    session.check(CONFIRMED)
    book = (session.folder / "params" / "prove-codebook.yml").read_bytes()
    session.receive({"svar.csv": survey()}, book)
    assert session.has_codebook
    unconfirmed = Choices(**{**vars(CONFIRMED), "columns_confirmed": False, "questions": ()})
    assert "er i orden" in session.check(unconfirmed)


@pytest.mark.parametrize("name", ["../../over", "/etc/passwd", "C:\\x", "", "con", "a/b", "Ishøj", "x" * 70])
def test_a_name_is_looked_at_before_anything_is_written(session, name):
    outside = session.folder.parent / "over.yml"
    session.receive({"svar.csv": survey()})
    with pytest.raises(InputRefused) as refused:
        session.check(Choices(**{**vars(CONFIRMED), "name": name}))
    assert [problem.key for problem in refused.value.problems] == ["name_invalid"]
    assert not outside.exists()
    written = [path.name for path in (session.folder / "params").iterdir()]
    assert sorted(written) == ["rapport-codebook.yml", "rapport.yml"]


@pytest.mark.dear
def test_a_report_called_as_the_uploaded_codebook_does_not_take_its_place(session):
    session.receive({"svar.csv": survey()})
    session.check(CONFIRMED)
    book = (session.folder / "params" / "prove-codebook.yml").read_bytes()
    session.receive({"svar.csv": survey()}, book)
    for _ in range(2):
        assert "er i orden" in session.check(Choices(**{**vars(CONFIRMED), "name": "kodebog"}))


@pytest.mark.parametrize(
    "names", [("svar:1.csv", "svar?1.csv"), ("Svar.csv", "svar.csv"), ("a/svar.csv", "b/svar.csv")]
)
def test_two_files_of_one_cleaned_name_are_refused_by_their_own(session, names):
    with pytest.raises(InputRefused) as refused:
        session.receive(dict.fromkeys(names, survey()))
    assert [problem.key for problem in refused.value.problems] == ["upload_named_twice"]
    assert all(name in refused.value.text("en") for name in names)


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "con.csv", "svar. .csv", "....csv"])
def test_a_name_that_no_file_system_takes_is_cleaned(session, name):
    session.receive({name: survey()})
    (file,) = (session.folder / "data").iterdir()
    assert len(file.name) < 100
    assert file.suffix == ".csv"
    assert file.stem.lower() not in ("con", "", ".")


def test_what_a_killed_form_left_is_deleted_when_the_next_begins(session, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, young, alive = (tmp_path / f"{PREFIX}{name}" for name in ("dead", "young", "alive"))
    for folder in (dead, young, alive):
        folder.mkdir()
        (folder / "svar.csv").write_bytes(survey())
    with FileLock(alive / LOCK):
        for folder in (dead, alive):
            os.utime(folder, (0, 0))
        remove_what_was_left()
        assert [folder.exists() for folder in (dead, young, alive)] == [False, True, True]


def test_an_unforeseen_failure_is_told_on_the_page_and_its_message_is_not():
    pieces = pytest.importorskip("jobreport.desk.form.pieces")
    for language in ("da", "en"):
        told = pieces.failed(ValueError("answer of 010101-1234"), pieces.texts(language))
        assert "ValueError" in told
        assert 'role="alert"' in told
        assert "010101" not in told


@pytest.mark.dear
def test_a_column_that_stops_the_file_can_be_left_out_and_the_codebook_remembers(session):
    named = survey(cell=lambda n: f"{LABELS[n % 5]};person{n}@x.dk", header=f"{HEADER};Mail")
    with pytest.raises(InputRefused) as refused:
        session.receive({"svar.csv": named})
    assert to_leave_out(refused.value.problems, {}) == ["Mail"]
    session.receive({"svar.csv": named}, left_out=["Mail"])
    assert "er i orden" in session.check(CONFIRMED)
    book = (session.folder / "params" / "prove-codebook.yml").read_bytes()
    session.receive({"svar.csv": named}, book)
    assert "er i orden" in session.check(CONFIRMED)


@pytest.mark.dear
def test_a_codebook_from_last_time_can_leave_out_one_more_column(session):
    session.receive({"svar.csv": survey()})
    session.check(CONFIRMED)
    book = (session.folder / "params" / "prove-codebook.yml").read_bytes()
    named = survey(cell=lambda n: f"{LABELS[n % 5]};person{n}@x.dk", header=f"{HEADER};Mail")
    session.receive({"svar.csv": named}, book, left_out=["Mail"])
    assert "er i orden" in session.check(CONFIRMED)


def test_only_a_tick_of_its_own_makes_a_column_the_number_of_a_person(session):
    session.receive({"svar.csv": survey()})
    assert person_column(session.proposals[0]).name == "løbenr"
    for ticked in (False, True):
        session.write(Choices(**{**vars(CONFIRMED), "same_person": ticked}))
        book = (session.folder / "params" / "prove-codebook.yml").read_text(encoding="utf-8")
        assert ('respondent_id: "løbenr"' in book) == ticked
        assert ('allowed: ["løbenr"]' in book) == ticked


BY_HAND = {  # what stands in the params of init -> what a person writes there
    "title: null": 'title: "Prøve"',
    "municipality_code: null": 'municipality_code: "183"',
    "simulated: false": "simulated: true",
    '{wave: "2021", from: null, to: null}': '{wave: "2021", from: "2021-03-01", to: "2021-04-30"}',
    '{wave: "2022", from: null, to: null}': '{wave: "2022", from: "2022-03-01", to: "2022-04-30"}',
    "payer: null": 'payer: "kommunen: \\"os\\""',
    "\n#events": "\nevents",
    "\n#  ": "\n  ",
    "event: ny_organisering": 'event: "begivenhed"',
    "label: Ny organisering af jobcentret": 'label: "Noget nyt"',
}


def test_the_form_writes_what_a_person_who_edits_the_files_of_init_would(session):
    session.receive({"svar.csv": survey()})
    more = {"same_person": False, "title": "Prøve", "description": {"payer": 'kommunen: "os"', "limits": ""}}
    session.write(Choices(**{**vars(CONFIRMED), **more}))
    files = [Path("params/prove.yml"), Path("params/prove-codebook.yml")]
    ours = [file.read_text(encoding="utf-8") for file in files]
    for file in files:
        file.unlink()
    init.start([Path("data/svar.csv")], Path(), "prove")
    params_text, codebook = (file.read_text(encoding="utf-8") for file in files)
    for before, after in BY_HAND.items():
        assert before in params_text
        params_text = params_text.replace(before, after)
    codebook = re.sub(r"(?m)^proposal: true.*\n\n|^ *# respondent_id:.*\n", "", codebook)
    assert ours == [params_text, codebook]


@pytest.mark.parametrize("left_out", ["", 'left_out: ["Navn"] # aldrig\n', "left_out:\n  - 0223 # nr\n  - no\n"])
def test_one_more_column_left_out_changes_nothing_else_in_a_codebook(left_out):
    book = f"# mine ord\nscales: {{}} # tomt\n{left_out}questions: [] # 0223\nindicators: []\n# sidst\n"
    made = leaving_out(book.encode(), ["Mail", "no"]).decode()
    content, problems = yaml_file.parse(made, "x")
    before = yaml_file.parse(book, "x")[0]
    assert problems == []
    assert content == before | {"left_out": [*before.get("left_out", []), "Mail", "no"]}
    assert {line for line in book.splitlines() if "left_out" not in line and "  -" not in line} <= set(
        made.splitlines()
    )


@pytest.mark.parametrize(
    "book",
    [b"", b"\xff\xfe", "scales: Ishøj".encode("cp1252"), b"a: [", b"left_out: &a [*a]", b"left_out: {a: b}\n", b"- a"],
)
def test_a_codebook_that_is_no_codebook_is_left_as_it_is(book):
    assert leaving_out(book, ["Mail"]) == book


def of_one(place, other):
    """The answers of one municipality alone, three times as many."""
    header, *rows = survey().decode("cp1252").split("\r\n")
    kept = [f"{n};{row.split(';', 1)[1]}" for n, row in enumerate(3 * [row for row in rows if other not in row])]
    assert all(place in row for row in kept)
    return "\r\n".join([header, *kept]).encode("cp1252")


@pytest.fixture(scope="module")
def of_taarnby():
    """The package that Tårnby sends."""
    session = Session("da")
    try:
        session.receive({"svar.csv": of_one("Tårnby", "Ishøj")})
        theirs = {"municipality_code": "185", "event": None}
        file = session.write(Choices(**{**vars(CONFIRMED), **theirs}))
        return package.packed(package.members(checks.read_inputs(params.read(file))))
    finally:
        session.close()


@pytest.mark.parametrize("language", ["da", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.dear
def test_packages_in_the_form_are_checked_as_on_the_command_line(of_taarnby, language):
    session = Session(language)
    try:
        session.receive({"svar.csv": of_one("Ishøj", "Tårnby")})
        file = session.write(CONFIRMED)
        by_hand = file.read_text(encoding="utf-8") + "\npackages: ['pakker/*.zip']\n"
        told = session.check(Choices(**{**vars(CONFIRMED), "packages": {"../Tårnbys [1].zip": of_taarnby}}))
        assert [path.name for path in Path("pakker").iterdir()] == ["Tårnbys _1_.zip"]
        assert "Tårnby" in told
        file.write_text(by_hand, encoding="utf-8")
        assert check.check(file, language) == told
        assert session.check(CONFIRMED) != told  # (a package that is no longer chosen is gone)
        assert not Path("pakker").exists()
    finally:
        session.close()


@pytest.mark.parametrize(
    ("packages", "key"),
    [
        ({"svar.zip": b"PK no package"}, "package_unreadable"),
        ({"a.txt": b"what is no ZIP is named, not passed over"}, "package_unreadable"),
        ({"svar:1.zip": b"", "svar?1.zip": b""}, "upload_named_twice"),
    ],
)
def test_what_is_no_package_is_refused_in_the_form(session, packages, key):
    session.receive({"svar.csv": survey()})
    with pytest.raises(InputRefused) as refused:
        session.check(Choices(**{**vars(CONFIRMED), "packages": packages}))
    assert [problem.key for problem in refused.value.problems] == [key]


def test_there_is_no_package_before_there_is_a_report(session):
    assert session.package() == {}


def test_a_report_of_made_up_answers_is_taken_home_without_a_key(session):
    session._choices = CONFIRMED
    session.receive({"svar.csv": survey()})
    session.write(CONFIRMED)
    session._report, names = Path("params"), ("report.pdf", "tables.xlsx", "report.html")
    for name in names:
        Path("params", name).write_bytes(b"x")
    assert "key" not in session.downloads()
    Path("params/checksum.key").write_text("x", encoding="utf-8")
    assert "key" in session.downloads()


@pytest.mark.parametrize(("outside", "size"), [(None, 10), (("10",), 9)])
def test_a_scale_of_ten_numbers_is_no_scale_of_five(session, outside, size):
    """1-10 was read as five steps, and 6-10 as »ved ikke«: 63 pct. of 71 answers were positive, of 400."""
    session.receive({"svar.csv": survey(cell=lambda n: 1 + n % 10)})
    choice = QuestionChoice("satisfaction", "tilfredshed", confirmed=True, outside=outside)
    session.write(Choices(**{**vars(CONFIRMED), "questions": (choice,)}))
    book = yaml_file.parse(Path("params/prove-codebook.yml").read_text(encoding="utf-8"), "x")[0]
    assert len(book["scales"][book["questions"][0]["scale"]]["labels"]["da"]) == size
    assert len(book["questions"][0].get("dont_know", [])) == 10 - size
