"""Who publishes a report stands in all its forms, with every numeral bound; a hostile notebook gets nothing in."""

import io

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from jobreport import export
from jobreport.errors import ExportFailed
from jobreport.export import audit, notebook, reading, word
from jobreport.export.bound import Cells
from jobreport.intake.formats.logo import Logo
from jobreport.page import Paragraph
from tests.unit.export.test_export_html import Page
from tests.unit.intake.test_logo import DRAWN, PATH, png

SENDER = {"name": 'Ishøj "Kommune" <b>', "contact": "Kontor 2, 43 57 75 75", "colour": "#7a1f3d"}
SAID = 'Udgivet af Ishøj "Kommune" <b> · Kontor 2, 43 57 75 75'
LOGOS = {
    "svg": Logo("image/svg+xml", DRAWN.format(PATH).encode()),
    "png": Logo("image/png", png(pixels=bytes((1 + 3 * 120) * 60))),
}


@pytest.fixture(params=LOGOS)
def source(request, make):
    sender = SENDER | {"logo": LOGOS[request.param].uri, "logo_text": "Byvåben fra 2022"}
    return make["notebook"](make["shown"](Paragraph(("Svaret.",)), "front"), simulated=False, sender=sender)


def test_the_printed_report_names_its_sender_and_reads_its_logo_aloud(source):
    read = reading.read(export.to_pdf(source))
    assert SAID in [text for _, text, _ in read.blocks()]
    assert [(drawing.alt, drawing.numbers[0][1]) for drawing in read.drawings] == [
        ("Byvåben fra 2022", ("params", "report", "sender.logo_text"))
    ]
    cells = Cells.of({}, {}, {}, source.metadata["jobreport"])
    assert audit.audit_read(read, cells, "da") == []
    assert audit.audit_tree(notebook.read(source), cells, "da") == []


def test_a_sender_may_name_nobody_to_ask(make):
    source = make["notebook"](make["shown"](Paragraph(("Svaret.",)), "front"), sender={"name": "Ishøj Kommune"})
    assert '<p class="sender">Udgivet af <data' in export.to_html(source)
    assert "Udgivet af Ishøj Kommune" in [text for _, text, _ in reading.read(export.to_pdf(source)).blocks()]


def test_the_page_names_it_in_its_colour(source):
    html = export.to_html(source)
    page = Page(html)
    assert [image["alt"] for image in page.all("img")] == ["Byvåben fra 2022"]
    assert page.all("b") == []
    assert "--blue: #7a1f3d" in html


def test_the_working_copy_names_it_and_shows_its_logo(source):
    held = docx.Document(io.BytesIO(word.to_docx(notebook.read(source))))
    (logo,) = held.inline_shapes
    assert logo._inline.docPr.get("descr") == "Byvåben fra 2022"
    assert 0 < logo.width <= Mm(36)
    assert 0 < logo.height <= Mm(15)
    assert held.paragraphs[1].style.name == "Title"
    assert SAID in ["".join(text.text for text in line._p.iter(qn("w:t"))) for line in held.paragraphs]


def test_a_colour_of_a_foreign_notebook_is_a_colour_or_refused(make):
    sender = SENDER | {"colour": '#123456"); #panic("'}
    with pytest.raises(ExportFailed, match="colour"):
        export.to_pdf(make["notebook"](make["shown"](Paragraph(("Svaret.",))), sender=sender))
