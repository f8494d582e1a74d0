"""The audit: a typed number is found, wherever it stands and whatever it equals."""

import pytest

from jobreport import export
from jobreport.export import audit, notebook
from jobreport.export.bound import Cells, agrees
from jobreport.page import Heading, Number, Paragraph
from tests.pages import audit_html, audit_pdf, cells_of_html, cells_of_pdf

KEY = "satisfaction|share|positive|183|2021-2||"


def test_the_sample_stands_the_audit(sample, cells_known):
    assert audit_pdf(export.to_pdf(sample), cells_known, "da") == []
    assert audit.audit_tree(notebook.read(sample), cells_known, "da") == []
    assert audit_html(export.to_html(sample), cells_known, "da") == []


def both(make, cells_known, *cells):
    made = make["notebook"](*make["cells"](), *cells)
    page = audit_html(export.to_html(made), cells_known, "da")
    assert page == audit.audit_tree(notebook.read(made), cells_known, "da"), "the page says what the tree does"
    return [*audit_pdf(export.to_pdf(made), cells_known, "da"), *page]


def test_a_typed_number_is_found_though_a_cell_holds_the_same(make, cells_known):
    found = both(make, cells_known, make["shown"](Paragraph(("Andelen er 59 pct.",))))
    assert [(f.fault, f.text) for f in found] == [("unbound", "Andelen er 59 pct.")] * 2


def test_a_number_typed_beside_a_bound_one_is_found(make, cells_known):
    found = both(make, cells_known, make["shown"](Paragraph(("Andelen er ", make["number"]("59 pct."), " af 150"))))
    assert [(f.fault, f.text.strip()) for f in found] == [("unbound", "af 150")] * 2


def test_numbers_typed_in_markdown_headings_and_alt_texts_are_found(make, cells_known):
    from dataclasses import replace

    drawing = replace(make["figure"]("other"), alt=("I 2021: ", make["number"]("59"), " pct."))
    cells = [make["markdown"]("Fra 2021", "typed"), make["shown"](Heading(2, ("I 2022",), "h")), make["shown"](drawing)]
    found = both(make, cells_known, *cells)
    assert [f.fault for f in found] == ["unbound"] * 6
    assert {f.text for f in found} == {"Fra 2021", "I 2022", "I 2021:"}


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (Number("61 pct.", "estimates", KEY, "estimate"), "differs"),
        (Number("59 pct.", "estimates", KEY.replace("183", "187"), "estimate"), "no such cell"),
        (Number("59 pct.", "estimates", KEY, "ci_low"), "no such cell"),
        (Number("59", "rules", "suppress_below", "value"), "no such cell"),
    ],
)
def test_a_number_that_is_not_its_cell_is_found(make, cells_known, number, fault):
    assert [f.fault for f in both(make, cells_known, make["shown"](Paragraph((number,))))] == [fault] * 2


def test_a_wrong_count_of_figures_is_found(sample, cells_known):
    html = export.to_html(sample).replace('data-column="number">1</data>', 'data-column="number">3</data>')
    assert {f.fault for f in audit_html(html, cells_known, "da")} == {"miscounted"}


def test_pdf_and_page_show_the_same_cells(sample):
    pdf, html = cells_of_pdf(export.to_pdf(sample)), cells_of_html(export.to_html(sample))
    assert sorted(pdf) == sorted(html)
    assert html == [s.cell for s in audit.tree_texts(notebook.read(sample)) if s.cell and s.cell[0] != "document"]
    assert len(pdf) == 13


@pytest.mark.parametrize(
    ("text", "value", "language", "expected"),
    [
        ("59", 0.5949, "da", True),
        ("59", 0.596, "da", False),
        ("−1,8", -0.0181, "da", True),
        ("1,8", -0.0181, "da", True),
        ("−1,8", 0.0181, "da", False),
        ("−1.8", -0.0181, "en", True),
        ("−27,9", -0.32713, "da", True),
        ("9.989", 9989, "da", True),
        ("9,989", 9989, "en", True),
        ("9.989", 9989, "en", False),
        ("0,018", 0.0175, "da", True),
        ("2020-2 – 2021-2", "2020-2+2021-1+2021-2", "da", True),
        ("2019-2", "2020-2+2021-1", "da", False),
        ("31 December 2024", "2024-12-31", "en", True),
        ("2022", "2022-01-01", "da", True),
        ("5", 5, "da", True),
        ("1 af 5", 5, "da", False),
        ("1", True, "da", False),
    ],
)
def test_what_is_printed_is_compared_with_its_cell(text, value, language, expected):
    assert agrees(text, value, language) is expected


def test_derived_columns_are_worked_out():
    def row(change, low, high, flag=""):
        return {"change": change, "ci_low": low, "ci_high": high, "flag": flag, "n_comparison": 96, "rank": 3}

    rows = {
        "a|2015": row(1, 0.5, 1.5),
        "a|2016": row(-1, -2, 0.5),
        "a|2017": row(None, None, None, "suppressed"),
        "b|2015": row(9, 8, 10),
    }
    cells = Cells({"changes": rows}, {}, {"floor": 5})

    def value(key, column):
        return cells.value(("changes", key, column))

    assert value("a|2015", "n_comparison+1") == 97
    assert value("a|2015", "rank/(n_comparison+1)") == 3 / 97
    columns = ("count", "count_excluding_zero", "count_positive", "count_negative", "count_suppressed")
    assert [value("a|*", column) for column in columns] == [2, 1, 1, 1, 1]
    assert cells.value(("rules", "floor", "value")) == 5
