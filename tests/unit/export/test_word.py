"""A working copy in Word: everything of the report, each number a field, the same bytes each time."""

import io
import zipfile
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn

from jobreport.export import notebook, word
from jobreport.page import Column, Table
from tests.unit.export import conftest


@pytest.fixture
def shown(sample):
    return notebook.read(sample)


@pytest.fixture(scope="module")
def document():
    """The sample as a Word file, made once."""
    return word.to_docx(notebook.read(conftest.notebook(*conftest.cells())))


@pytest.mark.dear
def test_the_same_document_has_the_same_bytes(shown, document):
    assert word.to_docx(shown) == document


def test_every_number_is_a_field_in_reading_order(shown, document):
    held = word.numbers_of(document)
    assert list(held) == [f"n{count}" for count in range(1, len(held) + 1)]
    assert list(held.values()) == [number.text for number in shown.numbers()]


def test_headings_tables_and_figures_are_real_ones(document):
    read = docx.Document(io.BytesIO(document))
    styles = {line.style.name: "".join(text.text for text in line._p.iter(qn("w:t"))) for line in read.paragraphs}
    assert styles["Title"] == "Borgernes oplevelse i Ishøj"
    assert {"Heading 1", "Heading 2", "List Bullet", "Caption"} <= set(styles)
    table = read.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Gruppe", "Svar", "Andel"]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert len(read.inline_shapes) == 1
    assert read.inline_shapes[0]._inline.docPr.get("descr") == "Søjler. Ishøj: 59 pct."
    assert [part.target_ref for part in read.part.rels.values() if part.is_external] == [
        "https://www.dst.dk",
        "https://www.kl.dk",
    ]


def test_it_says_what_it_is_on_every_page_and_what_is_made_up(make, document):
    read = docx.Document(io.BytesIO(document))
    assert read.sections[0].header.paragraphs[0].text == "ARBEJDSUDGAVE · SIMULEREDE TAL"
    assert read.core_properties.language == "da-DK"
    plain = docx.Document(io.BytesIO(word.to_docx(notebook.read(make["notebook"](language="en", simulated=False)))))
    assert plain.sections[0].header.paragraphs[0].text == "WORKING COPY"


@cache
def _empty() -> bytes:
    held = io.BytesIO()
    docx.Document().save(held)
    return held.getvalue()


def _with(part: str, content: bytes) -> bytes:
    """A Word file in which one part holds something else."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_empty())) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as packed:
        for name in source.namelist():
            packed.writestr(name, content if name == part else source.read(name))
    return made.getvalue()


BODY = "word/document.xml"
DAMAGED = {
    "": lambda: b"",
    "PK": lambda: b"PK",
    "PDF": lambda: b"%PDF-1.7",
    "packing": lambda: (whole := _with(BODY, b"<w/>"))[:300] + b"\xff" * 20 + whole[320:],
    "XML": lambda: _with(BODY, b"<w:document"),
    "letters": lambda: _with(BODY, b'<?xml version="1.0" encoding="x"?><a/>'),
    "types": lambda: _with("[Content_Types].xml", b"<a/>"),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_word_file_is_refused(content):
    damaged = content()
    with pytest.raises(ValueError, match="no Word file"):
        word.numbers_of(damaged)


def test_nothing_of_the_day_or_the_machine_is_in_it(document):
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-12-31" in packed.read("docProps/core.xml")


@pytest.mark.parametrize(("count", "style"), [(3, "Cell"), (7, "Small Cell")])
def test_no_word_of_a_table_is_broken_before_its_letters_are_small(count, style):
    headers = [f"Sammenligning{number}"[:10] for number in range(count)]
    columns = tuple(Column((header,), row_header=at == 0) for at, header in enumerate(headers))
    rows = tuple(tuple((text,) for text in ["14 af 43", *["a"] * (count - 1)]) for _ in range(3))
    found, widths = word._fitted(Table("t", columns, rows, ("Tekst",), (), ("Kilde: X",), simulated=False))
    assert found == style
    assert sum(widths) == pytest.approx(160)
    assert min(widths) >= word.PADDING + word.LETTER[style] * word.BOLD * 10
