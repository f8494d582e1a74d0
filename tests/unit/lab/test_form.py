"""The form without its page: what is uploaded, confirmed and chosen becomes what the command line reads."""

import os
import re
from pathlib import Path

import pytest

from jobreport import params
from jobreport.errors import InputRefused
from jobreport.form.choices import Choices, EventChoice, QuestionChoice, WaveChoice
from jobreport.form.session import Session

HEADER = "løbenr;runde;kommune;tilfredshed"
LABELS = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
CONFIRMED = Choices(
    name="prove",
    municipality_code="183",
    simulated=True,
    columns_confirmed=True,
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


def test_what_is_confirmed_passes_the_check_of_the_command_line(session):
    session.receive({"svar.csv": survey()})
    assert "er i orden" in session.check(CONFIRMED)
    written = params.read(session.folder / "params" / "prove.yml")
    assert written.survey.file == "data/svar.csv"
    assert written.survey.windows(written.events[0]) == (("2021",), ("2022",))


@pytest.mark.parametrize(
    "left", [{"columns_confirmed": False}, {"questions": (QuestionChoice("satisfaction", "tilfredshed"),)}]
)
def test_a_proposal_that_nobody_confirmed_is_refused_as_on_the_command_line(session, left):
    session.receive({"svar.csv": survey()})
    with pytest.raises(InputRefused, match="ikke bekræftet"):
        session.check(Choices(**{**vars(CONFIRMED), **left}))


@pytest.mark.parametrize("turned", [False, True])
def test_bare_numbers_get_the_direction_that_a_person_says(session, turned):
    session.receive({"svar.csv": survey(cell=lambda n: (1, 2, 3, 4, 5, 9)[n % 6])})
    choice = QuestionChoice("satisfaction", "tilfredshed", confirmed=True, turned=turned)
    session.check(Choices(**{**vars(CONFIRMED), "questions": (choice,)}))
    book = (session.folder / "params" / "prove-codebook.yml").read_text(encoding="utf-8")
    codes = re.findall(r'"(\d)"', re.search(r"codes: (\[.*?\])", book)[1])
    assert codes == (list("54321") if turned else list("12345"))
    assert 'code: "9"' in book


def test_a_file_with_personal_numbers_is_refused_and_nothing_of_it_kept(session):
    with pytest.raises(InputRefused) as refused:
        session.receive({"svar.csv": survey(cell=lambda n: f"010180-{1234 + n}", header="a;runde;kommune;cpr")})
    assert "010180" not in refused.value.text("da")
    assert [path for path in session.folder.rglob("*") if path.is_file()] == []


def test_a_broken_file_is_refused_by_the_name_the_command_line_would_give(session):
    with pytest.raises(InputRefused) as refused:
        session.receive({"svar.xlsx": b"PK\x03\x04 broken"})
    assert refused.value.text("da").startswith("data/svar.xlsx")


@pytest.mark.parametrize("name", ["../../svar.csv", "C:\\tmp\\svar.csv", "/etc/svar.csv"])
def test_a_name_stays_in_the_folder_of_the_session(session, name):
    session.receive({name: survey()})
    files = [path for path in session.folder.rglob("*") if path.is_file()]
    assert [path.relative_to(session.folder).as_posix() for path in files] == ["data/svar.csv"]


def test_everything_is_deleted_when_the_session_ends():
    before = Path.cwd()
    session = Session("da")
    session.receive({"svar.csv": survey()})
    assert Path.cwd().samefile(session.folder)
    session.close()
    assert not session.folder.exists()
    assert Path.cwd() == before
    assert "JOBREPORT_FORM_FOLDER" not in os.environ


def test_a_codebook_from_last_time_leaves_nothing_to_confirm(session):
    session.receive({"svar.csv": survey()})
    session.check(CONFIRMED)
    book = (session.folder / "params" / "prove-codebook.yml").read_bytes()
    session.receive({"svar.csv": survey()}, book)
    assert session.has_codebook
    unconfirmed = Choices(**{**vars(CONFIRMED), "columns_confirmed": False, "questions": ()})
    assert "er i orden" in session.check(unconfirmed)
