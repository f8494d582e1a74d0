"""The released tables as an accessible workbook.

In the manner of the guidance "Releasing statistics in spreadsheets" of the UK Government Analysis Function:
cover, contents and notes, one table on a sheet beginning in column A, marked as a table, no merged and no
empty cells, shorthand in square brackets instead of a missing figure, nothing said by colour.
"""

import datetime
import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import xlsxwriter
from babel.dates import format_date
from pyarrow import compute as pc
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from jobreport.domain.rules import PRINTED
from jobreport.domain.texts import LOCALES, Words, texts_of
from jobreport.export import document
from jobreport.export.document import Front

SUPPRESSED, UNCERTAIN, NO_FIGURE, NOT_APPLICABLE = "[c]", "[u]", "[x]", "[z]"
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
HEADER_ROW = 3
A4 = 9  # its number among Excel's papers
WIDEST, WIDE = 60, 90  # letters of a column of a table, and of one of text
LINE, TITLE = 15.0, 22.0  # points
MARGIN = 0.4  # inches at each side
LONGEST = 16_383  # letters in a cell: Excel takes twice as many, and counts some letters twice


def to_xlsx(
    tables: Mapping[str, pd.DataFrame], metadata: Mapping[str, Any], results: pd.DataFrame | None = None
) -> bytes:
    """Write released tables to a workbook; the same bytes for the same tables.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        Released rows under 'estimates', 'changes', 'diagnostics', in the order of the sheets. Only released
        rows: nothing is suppressed here.
    metadata : mapping
        The same front matter as the notebook's ``metadata['jobreport']``.
    results : DataFrame, optional
        What most readers want (`jobreport.report.glance`): the first sheet, on one page.

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
    tables = {name: table for name, table in tables.items() if len(table)} or tables
    _Writing(book, matter, texts(matter.language), _formats(book)).sheets(tables, results)
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
        "decimal": book.add_format(base | {"num_format": "0.0", "align": "right"}),
        "mark": book.add_format(base | {"align": "right"}),
        "link": book.add_format(base | {"font_color": "#14375e", "underline": 1}),
    }


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    contents: list[str]  # what each cell holds: a number, or the place of its text among all of the workbook
    is_text: list[bool]  # which of the two it is
    of_text: Format  # of_text, of_number: formats
    of_number: Format
    width: int  # letters of its widest text

    def firsts(self) -> list[tuple[int, Format]]:
        """Row in which each format is met first."""
        formats = ((True, self.of_text), (False, self.of_number))
        return [(self.is_text.index(kind), shown) for kind, shown in formats if kind in self.is_text]

    def cells(self, name: str, rows: pa.Array) -> pa.Array:
        """The column's cells as they stand in the file, in these rows."""
        text = f'" s="{self.of_text._get_xf_index()}" t="s"><v>' if True in self.is_text else ""
        number = f'" s="{self.of_number._get_xf_index()}"><v>' if False in self.is_text else ""
        kinds = pc.if_else(pa.array(self.is_text), text, number)
        return pc.binary_join_element_wise(f'<c r="{name}', rows, kinds, pa.array(self.contents), "</v></c>", "")


class TableSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter says no types
    """A sheet that writes the body of its table by columns: xlsxwriter takes every cell through a dozen calls.

    The file is the same to the byte (`tests/unit/export/test_export_workbook.py`).
    """

    columns: Sequence[Column] = ()
    dim_rowmax: int | None

    def hold(self, columns: Sequence[Column]) -> None:
        """Take what stands below the header row, from the first column on."""
        self.columns = columns
        self._check_dimensions(HEADER_ROW + len(columns[0].contents), len(columns) - 1)

    def _write_rows(self) -> None:
        if not self.columns:
            super()._write_rows()
            return
        last, self.dim_rowmax = self.dim_rowmax, HEADER_ROW
        super()._write_rows()
        self.dim_rowmax = last
        for *_, shown in sorted((row, at, shown) for at, c in enumerate(self.columns) for row, shown in c.firsts()):
            shown._get_xf_index()  # xlsxwriter numbers formats as it meets them, row by row
        first = HEADER_ROW + 2  # (rows are counted from 1 in the file)
        rows = pa.array([str(row) for row in range(first, first + len(self.columns[0].contents))])
        cells = [column.cells(xl_col_to_name(at), rows) for at, column in enumerate(self.columns)]
        spans = f'" spans="1:{len(cells)}">'
        self.fh.writelines(pc.binary_join_element_wise('<row r="', rows, spans, *cells, "</row>", "").to_pylist())


@dataclass(frozen=True)
class _Writing:
    """A workbook that is being written: what stands at its head, its words and its formats."""

    book: Workbook
    matter: Front
    words: Words
    formats: dict[str, Format]
    absent: str = NO_FIGURE  # instead of a figure that is not there, and not hidden

    def sheets(self, tables: Mapping[str, pd.DataFrame], results: pd.DataFrame | None) -> None:
        """Write all sheets in their order."""
        words = self.words
        if results is not None and len(results):
            self._results(results)
        self._cover()
        self._contents(tables)
        self._listing("notes", {f"[{key}]": text for key, text in words["shorthand"].items()})
        used = dict.fromkeys(column for table in tables.values() for column in table.columns)
        self._listing("columns", {name: words["meaning"][name].format(**PRINTED) for name in used})
        for number, (name, table) in enumerate(tables.items(), start=1):
            self._table(words["table_number"].format(number=number), name, table)

    def _sheet(self, name: str, title: str, kind: type[Worksheet] | None = None) -> Worksheet:
        sheet = self.book.add_worksheet(name, kind)
        sheet.write_string(0, 0, title, self.formats["title"])
        return sheet

    def _stamped(self, title: str) -> str:
        return f"{self.matter.words['simulated_stamp']}. {title}" if self.matter.simulated else title

    def _cover(self) -> None:
        matter, words = self.matter, self.words
        sheet = self._sheet(words["cover"], matter.title)
        written = format_date(matter.date, "long", locale=LOCALES[matter.language])
        stamp = [matter.words["simulated_sentence"]] if matter.simulated else []
        lines = [*stamp, *([matter.subtitle] if matter.subtitle else []), words["date"].format(date=written)]
        sheet.set_column(0, 0, WIDE)
        for row, line in enumerate((*lines, *words["cover_lines"]), start=1):
            sheet.write_string(row, 0, line, self.formats["line"])
            _heighten(sheet, row, _lines(line, WIDE))
        _printed(sheet)

    def _results(self, results: pd.DataFrame) -> None:
        said = self.words["results"]
        title = said["title"].format(place=results.attrs["place"])
        sheet = self._sheet(said["name"], self._stamped(title), TableSheet)
        line = said["line"].format(level=f"{PRINTED['interval_level']:g}")
        sheet.write_string(1, 0, line, self.formats["text"])
        coarse = replace(self, formats=self.formats | {"number": self.formats["decimal"]}, absent=NOT_APPLICABLE)
        coarse._body(sheet, "results", results, results.iloc[:, -1] == said["suppressed"])

    def _contents(self, tables: Mapping[str, pd.DataFrame]) -> None:
        words, formats = self.words, self.formats
        sheet = self._sheet(words["contents"], words["contents"])
        self._as_table(sheet, 1, words["contents_headers"], len(tables), "contents")
        for number, (name, table) in enumerate(tables.items(), start=1):
            row, target = number + 1, words["table_number"].format(number=number)
            sheet.write_url(row, 0, f"internal:'{target}'!A1", formats["link"], string=target)
            sheet.write_string(row, 1, words["tables"][name]["title"], formats["text"])
            sheet.write_number(row, 2, len(table), formats["count"])
        sheet.set_column(0, 2, 24)

    def _listing(self, name: str, meanings: Mapping[str, str]) -> None:
        sheet = self._sheet(self.words[name], self.words[name])
        for row, (key, meaning) in enumerate(meanings.items(), start=2):
            sheet.write_string(row, 0, key, self.formats["text"])
            sheet.write_string(row, 1, meaning, self.formats["line"])
            _heighten(sheet, row, _lines(meaning, WIDE))
        self._as_table(sheet, 1, self.words[f"{name}_headers"], len(meanings), name)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, WIDE)

    def _table(self, sheet_name: str, name: str, table: pd.DataFrame) -> None:
        words, said = self.words, self.words["tables"][name]
        sheet = self._sheet(sheet_name, self._stamped(f"{sheet_name}. {said['title']}"), TableSheet)
        sheet.write_string(1, 0, words["sheet_line"].format(row=said["row"]), self.formats["text"])
        sheet.write_url(2, 0, f"internal:'{words['contents']}'!A1", self.formats["link"], string=words["back"])
        if table.empty:
            sheet.write_string(HEADER_ROW, 0, words["no_rows"], self.formats["text"])
        else:
            self._body(sheet, name, table, table["flag"] == "suppressed")

    def _body(self, sheet: TableSheet, name: str, table: pd.DataFrame, suppressed: pd.Series) -> None:
        headers, hidden = list(table.columns), suppressed.to_list()
        self._as_table(sheet, HEADER_ROW, headers, len(table), name)
        columns = [self._column(sheet, table[header], hidden) for header in headers]
        _widen(sheet, HEADER_ROW, headers, [column.width for column in columns])
        sheet.hold(columns)
        sheet.freeze_panes(HEADER_ROW + 1, 0)

    def _as_table(self, sheet: Worksheet, row: int, headers: list[str], count: int, name: str) -> None:
        columns = [{"header": header, "header_format": self.formats["head"]} for header in headers]
        options = {"name": name, "style": None, "autofilter": False, "columns": columns}
        sheet.add_table(row, 0, row + 1, len(headers) - 1, options)
        # (it looks at every cell to see whether tables overlap, which takes as long as writing them: a sheet has one)
        sheet.tables[-1] |= dict.fromkeys(("range", "a_range"), xl_range(row, 0, row + count, len(headers) - 1))
        _printed(sheet)
        sheet.repeat_rows(row)

    def _column(self, sheet: Worksheet, values: pd.Series, suppressed: list[bool]) -> Column:
        if pd.api.types.is_bool_dtype(values):
            return self._texts(sheet, [self.words["is_true" if value else "is_false"] for value in values])
        if not pd.api.types.is_numeric_dtype(values):
            texts = values.astype(object).where(values.notna(), "")
            marked = {value: _marked(value)[:LONGEST] for value in texts.unique()}
            return self._texts(sheet, [marked[value] for value in texts.to_list()])
        missing = values.isna().to_list()
        contents = [
            _shared(sheet, SUPPRESSED if is_suppressed else self.absent) if is_missing else f"{value:.16G}"
            for value, is_missing, is_suppressed in zip(values.to_list(), missing, suppressed, strict=True)
        ]
        shown = self.formats["count" if pd.api.types.is_integer_dtype(values) else "number"]
        return Column(contents, missing, self.formats["mark"], shown, 8)

    def _texts(self, sheet: Worksheet, shown: list[str]) -> Column:
        places = {text: _shared(sheet, text) for text in dict.fromkeys(shown)}
        contents, format_ = [places[text] for text in shown], self.formats["text"]
        sheet.str_table.count += len(shown) - len(places)
        return Column(contents, [True] * len(shown), format_, format_, max(map(len, shown), default=0))


def _widen(sheet: Worksheet, row: int, headers: list[str], needed: list[int]) -> None:
    widths = []
    for index, (header, width) in enumerate(zip(headers, needed, strict=True)):
        widths.append(min(WIDEST, max(width, *map(len, header.split()), len(header) // 2) + 2))
        sheet.set_column(index, index, widths[-1])
    _heighten(sheet, row, max(_lines(header, width) for header, width in zip(headers, widths, strict=True)))


def _lines(text: str, width: int) -> int:
    return len(textwrap.wrap(text, width - 2)) or 1


def _heighten(sheet: Worksheet, row: int, lines: int) -> None:
    # Give a row the height of so many lines: not every program finds it by itself.
    if lines > 1:
        sheet.set_row(row, LINE * lines)


def _printed(sheet: Worksheet) -> None:
    sheet.set_row(0, TITLE)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(MARGIN, MARGIN)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P/&N")


def _marked(value: object) -> str:
    # A cell of text: its shorthand in front of a flag, [z] instead of nothing.
    if value == "":
        return NOT_APPLICABLE
    marks = {"uncertain": f"{UNCERTAIN} uncertain", "suppressed": f"{SUPPRESSED} suppressed"}
    return marks.get(str(value), str(value))


def _shared(sheet: Worksheet, text: str) -> str:
    return str(sheet.str_table._get_shared_string_index(text))
