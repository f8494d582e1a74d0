"""Hostile survey files: refused in words before they are taken for answers or fill the machine."""

import os

import pytest

from jobreport.intake.formats import content
from jobreport.intake.formats.tables import read_table
from jobreport.setup import params
from tests.hostile.files import CASES, parquet, sav, xlsx
from tests.hostile.refusals import ACCEPTED, outcome
from tests.hostile.workbooks import HEAD, SECRET, WHOLE, book, held


@pytest.mark.parametrize("name", CASES)
@pytest.mark.dear
def test_a_hostile_survey_file(name, tmp_path):
    suffix, made, expected = CASES[name]
    file = tmp_path / (f"svar.{suffix}" if suffix else "svar")
    file.write_bytes(made(tmp_path))
    assert expected in outcome(lambda: read_table(file, file.name))


@pytest.mark.parametrize("name", WHOLE)
def test_an_odd_file_that_is_whole(name, tmp_path):
    suffix, made, expected = WHOLE[name]
    content = made if isinstance(made, bytes) else made(tmp_path)
    (tmp_path / "of").mkdir()
    file = tmp_path / "of" / f"svar.{suffix}"
    file.write_bytes(content)
    assert expected in outcome(lambda: read_table(file, file.name), (SECRET,))
    assert [path.name for path in (tmp_path / "of").iterdir()] == [file.name]


@pytest.mark.parametrize(("before", "day"), [("", "2009-07-06"), ('<workbookPr date1904="1"/>', "2013-07-07")])
def test_days_are_those_that_a_workbook_of_either_calendar_shows(before, day, tmp_path):
    file = tmp_path / "svar.xlsx"
    file.write_bytes(book(HEAD + '<row r="2"><c r="A2" s="1"><v>40000</v></c></row>', before=before))
    assert [str(shown) for shown in read_table(file, file.name).frame["a"]] == [day]


def test_an_error_in_a_sheet_is_read_as_it_is_shown_and_not_as_no_answer(tmp_path):
    """As in the same file as CSV; in whatever sheet, and with the formula before it."""
    file = tmp_path / "svar.xlsx"
    file.write_bytes(held("#N/A", "#REF!", "e"))
    frame = read_table(file, file.name).frame
    assert frame.to_numpy().tolist() == [["#N/A", "#REF!"]]
    made = """<c t='e' r='A2'><f>VLOOKUP("x",B1:B2,1)</f><v>#N/A</v></c><c r="B2"><v>2</v></c>"""
    file.write_bytes(
        book(HEAD + f'<row r="2">{made}</row>', sheets='<sheet r:id="rId1" sheetId="1" name="Ja &amp; nej"/>')
    )
    assert read_table(file, file.name).frame.to_numpy().tolist() == [["#N/A", 2.0]]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "sav", "ods"])
def test_a_file_over_the_limit_is_refused_by_its_size(suffix, tmp_path):
    file = tmp_path / f"svar.{suffix}"
    file.touch()
    os.truncate(file, 2_000_001)
    assert outcome(lambda: read_table(file, file.name, megabytes=2)) == ["file_large"]
    os.truncate(file, 1_000_000)
    assert outcome(lambda: read_table(file, file.name, megabytes=2)) != ["file_large"]


def test_a_formula_is_read_as_the_value_that_stands_in_its_cell(tmp_path):
    formula = '<row r="2"><c r="A2" t="str"><f>HYPERLINK("http://127.0.0.1:9/","x")</f><v>shown</v></c></row>'
    file = tmp_path / "svar.xlsx"
    file.write_bytes(xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>' + formula))
    assert read_table(file, file.name).frame["a"].tolist() == ["shown"]


@pytest.mark.parametrize("kind", ["parquet", "sav"])
def test_a_file_that_promises_more_cells_than_a_machine_holds_is_not_opened(kind, tmp_path, monkeypatch):
    file = tmp_path / f"svar.{kind}"
    file.write_bytes(parquet() if kind == "parquet" else sav(tmp_path))
    assert outcome(lambda: read_table(file, file.name)) == [ACCEPTED]
    monkeypatch.setattr(content.cells, "__defaults__", (5,))
    assert outcome(lambda: read_table(file, file.name)) == ["table_vast"]


def test_an_address_cut_by_a_block_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "_BLOCK", 7)
    file = tmp_path / "svar.xlsx"
    file.write_bytes(xlsx('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>a</t></is></c></row>'))
    assert outcome(lambda: read_table(file, file.name)) == ["table_vast"]


def test_the_table_has_both_ends():
    expected = [key for _, _, key in CASES.values()]
    assert len(expected) >= 80
    assert 0 < expected.count(ACCEPTED) < len(expected) / 5


def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path):
    """A pipe would be read until somebody writes to it, a device without end."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes have names here")
    os.mkfifo(tmp_path / "svar.csv")
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    for name in ("svar.csv", "endless.csv"):
        assert outcome(lambda name=name: read_table(tmp_path / name, name)) == ["file_unreadable"]
        assert outcome(lambda name=name: params.read(tmp_path / name)) == ["file_unreadable"]
