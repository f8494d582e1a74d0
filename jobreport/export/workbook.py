"""The released tables as an accessible workbook.

In the manner of the guidance "Releasing statistics in spreadsheets" of the UK Government Analysis Function:
cover, contents and notes, one table on a sheet beginning in column A, marked as a table, no merged and no
empty cells, shorthand in square brackets instead of a missing figure, nothing said by colour.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import xlsxwriter
from babel.dates import format_date
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from jobreport.domain.rules import PRINTED
from jobreport.domain.texts import texts_of
from jobreport.export import document
from jobreport.export.document import Front

SUPPRESSED, UNCERTAIN, NO_FIGURE, NOT_APPLICABLE = "[c]", "[u]", "[x]", "[z]"
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
HEADER_ROW = 3
WIDEST = 60


def to_xlsx(tables: Mapping[str, pd.DataFrame], metadata: Mapping[str, Any]) -> bytes:
    """Write released tables to a workbook; the same bytes for the same tables.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        Released rows under 'estimates', 'changes', 'diagnostics', in the order of the sheets. Only released
        rows: nothing is suppressed here.
    metadata : mapping
        The same front matter as the notebook's ``metadata['jobreport']``.

    Returns
    -------
    bytes
        The workbook; text that begins with '=', '+', '-' or '@' is text in it, never a formula.

    Raises
    ------
    ExportFailed
        If the front matter is incomplete.
    """
    matter = document.check(metadata)
    words = texts(matter.language)
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, SAFE)
    book.set_properties(
        {
            "title": matter.title,
            "author": ", ".join(matter.authors),
            "comments": matter.words["simulated_sentence"] if matter.simulated else "",
            "created": datetime.datetime.combine(matter.date, datetime.time(), tzinfo=datetime.UTC),
        }
    )
    formats = _formats(book)
    _cover(book, formats, matter, words)
    _contents(book, formats, tables, words)
    _listing(book, formats, "notes", ((f"[{key}]", text) for key, text in words["shorthand"].items()), words)
    used = dict.fromkeys(column for table in tables.values() for column in table.columns)
    _listing(book, formats, "columns", ((name, words["meaning"][name].format(**PRINTED)) for name in used), words)
    for number, (name, table) in enumerate(tables.items(), start=1):
        _table(book, formats, number, name, table, matter, words)
    book.close()
    return written.getvalue()


texts = partial(texts_of, "workbook")


def _formats(book: Workbook) -> dict[str, Any]:
    base = {"font_name": "Arial", "font_size": 11, "valign": "top"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 16}),
        "text": book.add_format(base | {"quote_prefix": True}),
        "line": book.add_format(base | {"text_wrap": True}),
        "head": book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1}),
        "count": book.add_format(base | {"num_format": "0", "align": "right"}),
        "number": book.add_format(base | {"num_format": "0.000", "align": "right"}),
        "mark": book.add_format(base | {"align": "right"}),
        "link": book.add_format(base | {"font_color": "#14375e", "underline": 1}),
    }


def _cover(book: Workbook, formats: dict[str, Any], matter: Front, words: dict[str, Any]) -> None:
    sheet = book.add_worksheet(words["cover"])
    written = format_date(matter.date, "long", locale=document.LOCALES[matter.language])
    stamp = [matter.words["simulated_sentence"]] if matter.simulated else []
    lines = [*stamp, *([matter.subtitle] if matter.subtitle else []), words["date"].format(date=written)]
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, matter.title, formats["title"])
    for row, line in enumerate((*lines, *words["cover_lines"]), start=1):
        sheet.write_string(row, 0, line, formats["line"])


def _contents(
    book: Workbook, formats: dict[str, Any], tables: Mapping[str, pd.DataFrame], words: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(words["contents"])
    sheet.write_string(0, 0, words["contents"], formats["title"])
    rows = [
        (words["table_number"].format(number=number), words["tables"][name]["title"], str(len(table)))
        for number, (name, table) in enumerate(tables.items(), start=1)
    ]
    _as_table(sheet, 1, words["contents_headers"], len(rows), "contents", formats)
    for row, (target, title, count) in enumerate(rows, start=2):
        sheet.write_url(row, 0, f"internal:'{target}'!A1", formats["link"], string=target)
        sheet.write_string(row, 1, title, formats["text"])
        sheet.write_number(row, 2, int(count), formats["count"])
    sheet.set_column(0, 2, 24)


def _listing(
    book: Workbook, formats: dict[str, Any], name: str, rows: Iterable[tuple[str, str]], words: dict[str, Any]
) -> None:
    """A sheet of two columns: what is written, and what it means."""
    sheet = book.add_worksheet(words[name])
    sheet.write_string(0, 0, words[name], formats["title"])
    listed = list(rows)
    for row, (key, meaning) in enumerate(listed, start=2):
        sheet.write_string(row, 0, key, formats["text"])
        sheet.write_string(row, 1, meaning, formats["line"])
    _as_table(sheet, 1, words[f"{name}_headers"], len(listed), name, formats)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)


def _table(
    book: Workbook,
    formats: dict[str, Any],
    number: int,
    name: str,
    table: pd.DataFrame,
    matter: Front,
    words: dict[str, Any],
) -> None:
    sheet_name = words["table_number"].format(number=number)
    sheet = book.add_worksheet(sheet_name)
    stamp = f"{matter.words['simulated_stamp']}. " if matter.simulated else ""
    sheet.write_string(0, 0, f"{stamp}{sheet_name}. {words['tables'][name]['title']}", formats["title"])
    sheet.write_string(1, 0, words["sheet_line"].format(row=words["tables"][name]["row"]), formats["text"])
    sheet.write_url(2, 0, f"internal:'{words['contents']}'!A1", formats["link"], string=words["back"])
    if table.empty:
        sheet.write_string(HEADER_ROW, 0, words["no_rows"], formats["text"])
        return
    _as_table(sheet, HEADER_ROW, list(table.columns), len(table), name, formats)
    suppressed = (table["flag"] == "suppressed").to_list()
    for index, column in enumerate(table.columns):
        width = _column(sheet, index, table[column], suppressed, formats, words)
        sheet.set_column(index, index, min(WIDEST, max(width, len(column)) + 3))
    sheet.freeze_panes(HEADER_ROW + 1, 0)


def _as_table(sheet: Worksheet, row: int, headers: list[str], count: int, name: str, formats: dict[str, Any]) -> None:
    columns = [{"header": header, "header_format": formats["head"]} for header in headers]
    options = {"name": name, "style": None, "autofilter": False, "columns": columns}
    sheet.add_table(row, 0, row + count, len(headers) - 1, options)


def _column(
    sheet: Worksheet,
    index: int,
    values: pd.Series,
    suppressed: list[bool],
    formats: dict[str, Any],
    words: dict[str, Any],
) -> int:
    """Write one column; returns how wide its widest text is."""
    if pd.api.types.is_bool_dtype(values):
        return _texts(sheet, index, [words["is_true"] if value else words["is_false"] for value in values], formats)
    if not pd.api.types.is_numeric_dtype(values):
        texts = values.astype(object).where(values.notna(), "")
        marked = {value: _marked(value) for value in texts.unique()}
        return _texts(sheet, index, [marked[value] for value in texts.to_list()], formats)
    shown = formats["count" if pd.api.types.is_integer_dtype(values) else "number"]
    missing = values.isna().to_list()
    for row, (value, is_missing, is_suppressed) in enumerate(
        zip(values.to_list(), missing, suppressed, strict=True), start=HEADER_ROW + 1
    ):
        if is_missing:
            sheet.write_string(row, index, SUPPRESSED if is_suppressed else NO_FIGURE, formats["mark"])
        else:
            sheet.write_number(row, index, value, shown)
    return 8


def _marked(value: object) -> str:
    """A cell of text: its shorthand in front of a flag, [z] instead of nothing."""
    if value == "":
        return NOT_APPLICABLE
    marks = {"uncertain": f"{UNCERTAIN} uncertain", "suppressed": f"{SUPPRESSED} suppressed"}
    return marks.get(str(value), str(value))


def _texts(sheet: Worksheet, index: int, shown: list[str], formats: dict[str, Any]) -> int:
    for row, text in enumerate(shown, start=HEADER_ROW + 1):
        sheet.write_string(row, index, text, formats["text"])
    return max(map(len, shown), default=0)
