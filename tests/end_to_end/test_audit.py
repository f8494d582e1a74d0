"""Every number in the finished PDF and page belongs to a cell and says what the cell holds."""

import json
from io import BytesIO

import pikepdf
import pytest

from jobreport.domain.rules import PRINTED
from jobreport.export.bound import Cells
from jobreport.intake import checks
from jobreport.report import results
from jobreport.setup import params
from tests.pages import audit_html, audit_pdf, cells_of_pdf, read_released


@pytest.fixture(scope="module", params=["ishoej", "demo"])
def finished(request):
    """Files of a finished report, and the cells they may print."""
    copy = request.getfixturevalue(request.param)
    folder = copy.output(request.param)
    return folder, _cells(folder, copy.root / "params" / f"{request.param}.yml")


def _cells(folder, params_file):
    """What was released, what was read from others, the params, and the facts that travel in the PDF."""
    chosen = params.read(params_file)
    inputs = checks.read_inputs(chosen)
    tables = read_released(folder)
    others = {"benchmarks": results.with_intervals(inputs.benchmarks), "claims": inputs.claims}
    tables |= {name: table for name, table in others.items() if table is not None}
    with pikepdf.open(folder / "report.pdf") as pdf:
        facts = json.loads(pdf.attachments["inputs.json"].get_file().read_bytes())
    notebook = json.loads((folder / "report.ipynb").read_text(encoding="utf-8"))
    return Cells.of(tables, chosen.to_plain() | {"facts": facts}, PRINTED, notebook["metadata"]["jobreport"])


def test_no_number_stands_alone(finished):
    folder, cells = finished
    pdf, html = (folder / "report.pdf").read_bytes(), (folder / "report.html").read_text(encoding="utf-8")
    assert audit_pdf(pdf, cells, "da") == []
    assert audit_html(html, cells, "da") == []
    assert len(cells_of_pdf(pdf)) > 100


def test_a_number_typed_into_the_finished_page_is_found(finished):
    folder, cells = finished
    html = (folder / "report.html").read_text(encoding="utf-8")
    typed = html.replace("</section>", "<p>Andelen er 59 pct.</p></section>", 1)
    assert [f.fault for f in audit_html(typed, cells, "da")] == ["unbound"]


def test_a_number_whose_cell_is_changed_afterwards_is_found(finished):
    """The binding is read in the PDF itself, so a number moved to another row does not stand either."""
    from jobreport.export import reading

    folder, cells = finished
    with pikepdf.open(folder / "report.pdf") as pdf:
        tree = reading.Tree(pdf)
        span = next(
            e
            for e in tree.walk(tree.root)
            if any(p["/V"] == "u:changes" for a in reading.attributes(e, "/UserProperties") for p in a["/P"])
        )
        reading.object_of(pdf, span).A.P[1].V = pikepdf.String("elsewhere")
        written = BytesIO()
        pdf.save(written)
    assert [f.fault for f in audit_pdf(written.getvalue(), cells, "da")] == ["no such cell"]
