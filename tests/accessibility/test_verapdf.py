"""veraPDF's engine on what the exporter makes: PDF/UA-1 and PDF/A-3a."""

import io

import pikepdf
import pytest

from jobreport import export
from jobreport.export import reading

pytestmark = pytest.mark.verapdf
BOTH = ("PDFUA-1", "PDFA-3A")


def without(pdf, take):
    """The PDF with something taken out."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        take(opened)
        written = io.BytesIO()
        opened.save(written)
    return written.getvalue()


def take_alt(pdf):
    tree = reading.Tree(pdf)
    for element in tree.walk(tree.root):
        if reading.is_figure(element):
            del reading.object_of(pdf, element).Alt


def take_language(pdf):
    del pdf.Root.Lang


def test_both_profiles_pass_and_planted_faults_are_caught(verapdf, documents, tmp_path):
    made = {
        "da.pdf": export.to_pdf(documents["document"]("da"), {"inputs.json": b"{}"}),
        "en.pdf": export.to_pdf(documents["document"]("en", simulated=False), {"inputs.json": b"{}"}),
        "summary.pdf": export.to_pdf(documents["document"]("da"), summary=True),
    }
    made["no-alt.pdf"] = without(made["da.pdf"], take_alt)
    made["no-language.pdf"] = without(made["da.pdf"], take_language)
    for name, pdf in made.items():
        (tmp_path / name).write_bytes(pdf)
    found, said = verapdf(*(tmp_path / name for name in made))
    verdicts = {(name, profile): found[str(tmp_path / name), profile] for name in made for profile in BOTH}
    good = {(name, profile): "PASS" for name in ("da.pdf", "en.pdf", "summary.pdf") for profile in BOTH}
    assert {key: verdicts[key] for key in good} == good, said
    assert verdicts["no-alt.pdf", "PDFUA-1"] == "FAIL"
    assert verdicts["no-language.pdf", "PDFUA-1"] == "FAIL"


def test_finished_reports_pass(verapdf, documents):
    paths = documents["finished"]("report.pdf")
    if not paths:
        pytest.skip("no report was made yet: jobreport run params/ishoej.yml")
    verdicts, said = verapdf(*paths)
    assert set(verdicts.values()) == {"PASS"}, said
