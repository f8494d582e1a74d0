"""The workbook: no empty cell, no formula, a table on each sheet, the same bytes every time."""

import io

import openpyxl
import pandas as pd
import pytest
from xlsxwriter.worksheet import CellNumberTuple, CellStringTuple

from jobreport import export
from jobreport.domain.released import COLUMNS
from jobreport.export import workbook

FRONT = {"title": "Titel", "language": "da", "date": "2024-12-31", "simulated": True}
FORMULAS = ["=1+1", "+45 12", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")']


def estimates(**columns):
    given = {
        "indicator": ["satisfaction", "satisfaction"],
        "category": ["positive", ""],
        "municipality_code": ["183", "000"],
        "n": pd.array([150, None], dtype="Int64"),
        "estimate": [0.594, None],
        "ci_low": [float("nan"), float("nan")],
        "flag": ["uncertain", "suppressed"],
        "simulated": [True, True],
    }
    return pd.DataFrame(given | columns)


def opened(tables, **front):
    return openpyxl.load_workbook(io.BytesIO(export.to_xlsx(tables, FRONT | front)))


def test_sheets_stand_in_the_order_that_the_guidance_asks_for():
    book = opened({"estimates": estimates(), "changes": estimates()})
    assert book.sheetnames == ["Forside", "Indhold", "Noter", "Kolonner", "Tabel 1", "Tabel 2"]
    assert opened({"estimates": estimates()}, language="en").sheetnames[:2] == ["Cover", "Contents"]


def test_every_table_is_marked_as_one_and_says_what_a_row_is():
    sheet = opened({"estimates": estimates()})["Tabel 1"]
    assert sheet.tables["estimates"].ref == "A4:H6"
    assert sheet["A1"].value == "SIMULEREDE TAL. Tabel 1. Skøn"
    assert "Hver række er et mål" in sheet["A2"].value
    assert [cell.value for cell in sheet[4]] == list(estimates().columns)


def test_no_cell_of_a_table_is_empty_and_shorthand_says_why():
    sheet = opened({"estimates": estimates()})["Tabel 1"]
    uncertain, suppressed = ([cell.value for cell in sheet[row]] for row in (5, 6))
    assert uncertain == ["satisfaction", "positive", "183", 150, 0.594, "[x]", "[u] uncertain", "ja"]
    assert suppressed == ["satisfaction", "[z]", "000", "[c]", "[c]", "[c]", "[c] suppressed", "ja"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_becomes_a_formula_or_a_link(text):
    book = opened({"estimates": estimates(indicator=[text, "x"])}, title=text)
    for cell in (book["Tabel 1"]["A5"], book["Forside"]["A1"]):
        assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


def test_nothing_is_merged_hidden_or_coloured_to_mean_something():
    for sheet in opened({"estimates": estimates()}):
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert all(cell.fill.fill_type is None for row in sheet.iter_rows() for cell in row)


def test_contents_lead_to_the_tables():
    sheet = opened({"estimates": estimates()})["Indhold"]
    assert sheet["A3"].value == "Tabel 1"
    assert sheet["A3"].hyperlink.location == "'Tabel 1'!A1"
    assert sheet["C3"].value == 2


def test_a_table_without_rows_says_so():
    sheet = opened({"diagnostics": estimates().iloc[:0]})["Tabel 1"]
    assert sheet["A4"].value == "Tabellen har ingen rækker i denne rapport."


def test_a_simulated_workbook_says_so_on_its_cover_and_a_real_one_does_not():
    assert opened({"estimates": estimates()})["Forside"]["A2"].value.startswith("SIMULEREDE TAL")
    cover = opened({"estimates": estimates()}, simulated=False)["Forside"]
    assert not any("SIMULERE" in str(cell.value) for row in cover.iter_rows() for cell in row)


def test_the_same_tables_give_the_same_bytes():
    assert export.to_xlsx({"estimates": estimates()}, FRONT) == export.to_xlsx({"estimates": estimates()}, FRONT)


def by_cells(sheet, columns):
    """Write the columns as xlsxwriter would have them: one cell after the other."""
    for at, column in enumerate(columns):
        for row, (content, is_text) in enumerate(zip(column.contents, column.is_text, strict=True), start=4):
            place = CellStringTuple(int(content), column.of_text) if is_text else None
            sheet.table[row][at] = place or CellNumberTuple(float(content), column.of_number)
            sheet._check_dimensions(row, at)


@pytest.mark.parametrize("rows", [1, 40])
def test_tables_written_by_columns_are_the_same_to_the_byte_as_by_cells(monkeypatch, rows):
    table = pd.concat([estimates(ci_low=[1e-12, -3.5]), estimates()] * rows, ignore_index=True)
    tables = {"estimates": table, "changes": estimates()}
    found = export.to_xlsx(tables, FRONT)
    monkeypatch.setattr(workbook.TableSheet, "hold", by_cells)
    assert found == export.to_xlsx(tables, FRONT)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_column_of_the_contract_is_explained(language):
    explained = workbook.texts(language)["meaning"]
    assert {column for columns in COLUMNS.values() for column in columns} <= set(explained)


def test_both_languages_have_the_same_words():
    from jobreport.export import document

    def shape(held):
        return {key: shape(value) for key, value in held.items()} if isinstance(held, dict) else type(held)

    assert shape(workbook.texts("da")) == shape(workbook.texts("en"))
    assert set(document.words("da")) == set(document.words("en"))


def test_the_results_come_first_and_print_on_one_page_across():
    told = pd.DataFrame({"Spørgsmål": ["Tillid", "=1+1"], "Tal": [59.4, None], "Bemærkning": ["Ingen", "Ikke stillet"]})
    told.attrs["place"] = "Ishøj"
    book = openpyxl.load_workbook(io.BytesIO(export.to_xlsx({"estimates": estimates()}, FRONT, told)))
    sheet = book.worksheets[0]
    assert book.sheetnames[:2] == ["Resultater", "Forside"]
    assert sheet["A1"].value == "SIMULEREDE TAL. Resultater: Ishøj"
    assert [[cell.value for cell in row] for row in sheet["A5:C6"]] == [
        ["Tillid", 59.4, "Ingen"],
        ["=1+1", "[z]", "Ikke stillet"],
    ]
    assert sheet["A6"].data_type == "s"
    assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)


def test_a_table_without_rows_has_no_sheet():
    book = opened({"estimates": estimates(), "changes": estimates().iloc[:0]})
    assert book.sheetnames == ["Forside", "Indhold", "Noter", "Kolonner", "Tabel 1"]


def test_every_sheet_is_one_page_wide_on_paper_with_its_header_on_every_page():
    told = pd.DataFrame({"Spørgsmål": ["Tillid"], "Tal": [59.4], "Bemærkning": ["Ingen"]})
    told.attrs["place"] = "Ishøj"
    book = openpyxl.load_workbook(io.BytesIO(export.to_xlsx({"estimates": estimates()}, FRONT, told)))
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    repeated = {sheet.title: sheet.print_title_rows for sheet in book}
    headers = {"Resultater": "$4:$4", "Forside": None, "Indhold": "$2:$2", "Noter": "$2:$2", "Kolonner": "$2:$2"}
    assert repeated == headers | {"Tabel 1": "$4:$4"}
