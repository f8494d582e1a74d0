"""Which numbers of a working copy were edited since it was written."""

import io
import json

import docx
import nbformat
import pytest
from docx.oxml.ns import qn

from jobreport.errors import InputRefused
from jobreport.make import word
from jobreport.page import Heading, Number, Paragraph

MATTER = {"title": "Ledighed", "language": "da", "date": "2024-12-31", "simulated": False}
KEY = "unemployment|register||183|2022||"


@pytest.fixture
def report(tmp_path):
    """A finished folder with two numbers, one of them in a section, and its working copy."""
    folder = tmp_path / "ours"
    folder.mkdir()
    blocks = [
        Paragraph((Number("1,8", "estimates", KEY, "estimate"), " pct.")),
        Heading(1, ("Tillid",), "trust"),
        Paragraph((Number("59", "estimates", KEY, "n"),)),
    ]
    cells = [nbformat.v4.new_code_cell("vis()") for _ in blocks]
    for cell, block in zip(cells, blocks, strict=True):
        cell.outputs = [nbformat.v4.new_output("display_data", data=block._repr_mimebundle_())]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"jobreport": MATTER})
    nbformat.write(notebook, folder / "report.ipynb")
    manifest = {"params": {"language": "da", "name": "ours"}, "inputs": [], "outputs": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def changed(copy, number, text):
    """Type over one number, or take it out, as Word would."""
    read = docx.Document(io.BytesIO(copy.read_bytes()))
    for control in read.element.body.iter(qn("w:sdt")):
        if control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == number:
            if text is None:
                control.getparent().remove(control)
                break
            next(control.iter(qn("w:t"))).text = text
    read.save(str(copy))


def test_a_copy_that_nobody_edited_is_told_so(report):
    copy = word.write(report)
    assert copy.name == "ours-arbejdsudgave.docx"
    compared = word.verify(copy)
    assert compared.identical
    assert "alle 4 tal" in compared.text()  # title and date are bound as well


def test_each_edited_number_is_named_with_its_section(report):
    copy = word.write(report)
    changed(copy, "n3", "2,8")
    changed(copy, "n4", None)
    compared = word.verify(copy)
    assert not compared.identical
    assert compared.text() == (
        "Arbejdsudgaven: 2 af 4 tal er ikke rapportens.\n"
        "  Forsiden: der står 2,8; rapporten siger 1,8.\n"
        "  Tillid: 59 er taget ud."
    )
    assert "it says 2,8; the report says 1,8" in compared.text("en")


def test_a_copy_elsewhere_is_compared_with_the_folder_that_is_named(report, tmp_path):
    copy = word.write(report, tmp_path / "x.docx")
    assert word.verify(copy, report).identical
    with pytest.raises(InputRefused, match="manifest"):
        word.verify(copy)


def test_a_file_that_is_there_is_never_overwritten(report, tmp_path):
    word.write(report, tmp_path / "x.docx")
    changed(tmp_path / "x.docx", "n3", "mine")
    before = (tmp_path / "x.docx").read_bytes()
    with pytest.raises(InputRefused, match="allerede"):
        word.write(report, tmp_path / "x.docx")
    assert (tmp_path / "x.docx").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_working_copy_is_refused(report, tmp_path, content):
    (tmp_path / "x.docx").write_bytes(content)
    with pytest.raises(InputRefused, match="arbejdsudgave"):
        word.verify(tmp_path / "x.docx", report)


@pytest.mark.parametrize("place", ["nowhere/x.docx", "x.txt", "x"])
def test_a_place_that_cannot_hold_it_is_refused_in_words(report, tmp_path, place):
    with pytest.raises(InputRefused, match="ender på"):
        word.write(report, tmp_path / place)
    assert not (tmp_path / place).exists()
