"""The two reports in both languages: bound numbers, the same cells, pages, reading order, both profiles, axe-core."""

import json
import re
from io import BytesIO

import nbformat
import pikepdf
import pypdf
import pytest

from jobreport.domain.rules import PRINTED
from jobreport.domain.texts import texts_of
from jobreport.export import document, reading
from jobreport.export.bound import Cells
from jobreport.export.notebook import markdown
from jobreport.intake import checks
from jobreport.make import explain, press
from jobreport.page import Figure
from jobreport.page.blocks import STAMP, STAMP_TEXT
from jobreport.report import results
from jobreport.setup import params
from tests.accessibility.conftest import PROJECT, both_languages, every_report
from tests.pages import audit_html, audit_pdf, cells_of_html, cells_of_pdf, read_released
from tests.unit.figures.test_narrow import SMALLEST, smallest_letters

MAIN = {"ishoej": 6, "demo": 8}  # what a mayor reads
PAGES = {"ishoej": 14, "demo": 26}  # with the annex for who checks it; three official series, and a survey
SUMMARY_PAGES = 2
DRAWING = re.compile(r"\[([^\]]{8,})\] (.*)")
"""A drawing as plain text: its caption in brackets, then its alternative; '[c]' is the shorthand of a note."""


def pdf_of(folder, name="report.pdf"):
    return (folder / name).read_bytes()


def cells_of(folder, name, language):
    chosen = params.read(PROJECT / "params" / f"{name}.yml").model_copy(update={"language": language})
    context = checks.read_context(chosen)
    tables = read_released(folder)
    others = {"benchmarks": results.with_intervals(context.benchmarks), "claims": context.claims}
    tables |= {table: frame for table, frame in others.items() if frame is not None}
    with pikepdf.open(BytesIO(pdf_of(folder))) as pdf:
        facts = json.loads(pdf.attachments["inputs.json"].get_file().read_bytes())
    return Cells.of(tables, chosen.to_plain() | {"facts": facts}, PRINTED, executed(folder).metadata["jobreport"])


def executed(folder):
    return nbformat.read(folder / "report.ipynb", as_version=4)


@pytest.mark.slow
@both_languages
def test_every_number_belongs_to_its_cell_and_a_typed_one_is_found(reports, name, language):
    folder = reports(name, language)
    cells = cells_of(folder, name, language)
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert audit_pdf(pdf_of(folder), cells, language) == []
    assert audit_pdf(pdf_of(folder, "summary.pdf"), cells, language) == []
    assert audit_html(html, cells, language) == []
    held = str(cells.rows["estimates"][next(iter(cells.rows["estimates"]))]["wave"])
    typed = html.replace("</section>", f"<p>{held}</p></section>", 1)
    assert [finding.fault for finding in audit_html(typed, cells, language)] == ["unbound"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ishoej", "demo"])
def test_both_languages_and_both_forms_print_the_same_cells(reports, name):
    """Texts that the params give in each language are bound to their own language's text."""
    told = []
    for language in ("da", "en"):
        folder = reports(name, language)
        html = (folder / "report.html").read_text(encoding="utf-8")
        for found in (cells_of_pdf(pdf_of(folder)), cells_of_html(html)):
            told.append(sorted(tuple(re.sub(r"(\.|_)(da|en)$", "", part) for part in cell) for cell in found))  # noqa: PERF401 - reads in the order of the pages
    assert told[0] == told[1] == told[2] == told[3]


@pytest.mark.slow
@both_languages
def test_reports_fit_their_pages(reports, name, language):
    folder = reports(name, language)
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf_of(folder))).pages]
    begins = texts_of("export", language)["annex_page"].format(page=1, pages="").strip()
    main = next(place for place, text in enumerate(pages) if begins in " ".join(text.split()))
    assert main <= MAIN[name]
    assert f"{texts_of('export', language)['contents']}:" in pages[1]  # the front page is one page
    assert len(pages) <= PAGES[name]
    assert len(pikepdf.open(BytesIO(pdf_of(folder, "summary.pdf"))).pages) <= SUMMARY_PAGES


@pytest.mark.slow
@both_languages
def test_what_is_read_aloud_is_the_report_in_its_order(reports, name, language):
    """The structure tree of the PDF, walked in order, beside the notebook's cells as plain text."""
    folder = reports(name, language)
    said = reading.read(pdf_of(folder))
    notebook = executed(folder)
    matter = document.check(notebook.metadata["jobreport"])
    words, contents = matter.words, matter.words["contents"]
    begin = [matter.title, matter.subtitle, words["report_date"].split("{date}")[0]]
    texts = [
        re.sub(rf"^({words['figure']}|{words['table']})\s\d+\. ", "", text)
        for role, text, _ in said.blocks()
        if role not in ("Reference", "Lbl") and text != STAMP[language] and not text.startswith(f"{contents}: ")
    ]
    body = texts[3 + matter.simulated :]
    assert [letters(text) for text in texts[:2]] == [letters(text) for text in begin[:2]]
    assert letters(texts[2]).startswith(letters(begin[2]))
    expected, alts = plain_text(notebook)
    assert letters(" ".join(body)) == letters(" ".join(expected))
    assert [letters(drawing.alt) for drawing in said.drawings] == [letters(alt) for alt in alts]


def letters(text):
    return re.sub(r"[\W_]+", "", text)


def plain_text(notebook):
    """Lines of the report as its cells give them in plain text, and the alternatives of its drawings apart."""
    told, alts = [], []
    for cell in notebook.cells:
        if "notebook-only" in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            told += [line for block in markdown(cell.source, "key") for line in block.lines()]
        for output in cell.get("outputs", ()):
            for line in output.data["text/plain"].splitlines():
                drawing = DRAWING.fullmatch(line)
                told.append(drawing[1] if drawing else line)
                alts += [drawing[2]] if drawing else []
    return [line for line in told if line != STAMP_TEXT], alts


@pytest.mark.verapdf
@both_languages
def test_both_profiles_pass(reports, verapdf, name, language):
    folder = reports(name, language)
    verdicts, said = verapdf(folder / "report.pdf", folder / "summary.pdf")
    assert len(verdicts) == 4
    assert set(verdicts.values()) == {"PASS"}, said


@pytest.mark.browser
@both_languages
def test_no_page_has_a_violation(reports, axe, name, language):
    assert axe((reports(name, language) / "report.html").read_text(encoding="utf-8"))["violations"] == []


@pytest.mark.slow
@every_report
def test_letters_of_every_figure_are_twelve_pixels_high_on_a_telephone(reports, name, language):
    leaves = explain.document_of(reports(name, language), language).leaves()
    narrow = {leaf.key: leaf.narrow for leaf in leaves if isinstance(leaf, Figure)}
    assert {key for key, drawn in narrow.items() if not drawn} <= {"map-satisfaction"}  # moved to and fro
    low = {key: smallest_letters(drawn) for key, drawn in narrow.items() if drawn}
    assert min(low.values()) >= SMALLEST, low


@pytest.mark.slow
@both_languages
def test_the_page_for_the_press_says_what_the_report_says(reports, name, language, tmp_path):
    folder = reports(name, language)
    made, cells = press.write(folder, tmp_path / "press"), cells_of(folder, name, language)
    assert audit_pdf((made / press.PRINT).read_bytes(), cells, language) == []
    assert audit_html((made / press.PAGE).read_text(encoding="utf-8"), cells, language) == []
    assert len(pypdf.PdfReader(BytesIO((made / press.PRINT).read_bytes())).pages) == 1
    leaves = explain.document_of(folder, language).leaves()
    drawn = {leaf.key for leaf in leaves if isinstance(leaf, Figure)}
    assert {path.stem for path in made.glob("*.svg")} == drawn


@pytest.mark.browser
@pytest.mark.parametrize("page", [press.PAGE, press.FIGURES])
def test_the_pages_for_the_press_have_no_violation(reports, axe, tmp_path, page):
    made = press.write(reports("demo", "da"), tmp_path / "press")
    found = axe((made / page).read_text(encoding="utf-8"))
    assert found["violations"] == []


@pytest.mark.verapdf
def test_the_page_for_the_press_passes_both_profiles(reports, verapdf, tmp_path):
    made = [press.write(reports(name, "da"), tmp_path / name) / press.PRINT for name in MAIN]
    verdicts, said = verapdf(*made)
    assert set(verdicts.values()) == {"PASS"}, said
