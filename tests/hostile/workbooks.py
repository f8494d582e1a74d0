"""Workbooks, ZIPs and files of SPSS that are whole and odd: what they say beside the cells, and cells of rare kinds."""

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyreadstat

from tests.hostile.files import (
    LINES,
    LOL,
    MAIN,
    OFFICE,
    PLAIN,
    RELATION,
    TYPES,
    cell,
    ods,
    ods_cell,
    ods_row,
    row,
    zip_of,
    zipped,
)

HEAD = row("1", cell("A1", "a"), cell("B1", "b"))
SHEET = '<sheet name="S" sheetId="1" r:id="rId1"/>'
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
BESIDE = RELATION.format(kind=f"{OFFICE}/worksheet", target="worksheets/sheet1.xml")
SHARED = BESIDE.replace("</R", f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></R')


def book(
    rows: str = PLAIN, *, sheets: str = SHEET, before: str = "", after: str = "", below: str = "", shared: str = ""
) -> bytes:
    """A workbook with more in it than cells: before and after its sheets, and below the rows of the one."""
    more = {"xl/styles.xml": STYLES} | ({"xl/sharedStrings.xml": shared} if shared else {})
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": RELATION.format(kind=f"{OFFICE}/officeDocument", target="xl/workbook.xml"),
            "xl/workbook.xml": (
                f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheets>{sheets}</sheets>{after}</workbook>'
            ),
            "xl/_rels/workbook.xml.rels": SHARED if shared else BESIDE,
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{below}</worksheet>',
            **more,
        }
    )


def held(first: str, second: str = "2", kind: str = "", style: str = "0") -> bytes:
    """A workbook whose first cell has this value and kind; its header is plain."""
    kinds = f' t="{kind}"' if kind else ""
    values = "".join(
        f'<c r="{at}2" s="{style}"{kinds}><v>{text}</v></c>' for at, text in zip("AB", (first, second), strict=True)
    )
    return book(HEAD + row("2", values))


def odd_ods(of_cell: str) -> bytes:
    """A sheet of OpenDocument with an odd cell."""
    return ods(ods_row(ods_cell("a") + ods_cell("b")) + ods_row(of_cell + ods_cell("2")))


def valued(kind: str, value: str) -> bytes:
    """A sheet of OpenDocument with a cell of a kind and value."""
    attribute = {"float": "value"}.get(kind, f"{kind}-value")
    said = f'office:value-type="{kind}" office:{attribute}="{value}"'
    return odd_ods(f"<table:table-cell {said}><text:p>1</text:p></table:table-cell>")


def entries(*parts: tuple[str, bytes]) -> bytes:
    """A ZIP of these, in which a name may stand twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in parts:
            archive.writestr(name, content)
    return made.getvalue()


def link(name: str, target: str) -> bytes:
    """A ZIP of a symbolic link."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, target)
    return made.getvalue()


def spss(values: Sequence[float | str], **said: object) -> Callable[[Path], bytes]:
    """A file of SPSS with these values in a column, and what it says of them."""

    def made(folder: Path) -> bytes:
        file = folder / "made.sav"
        pyreadstat.write_sav(pd.DataFrame({"a": values, "b": [1.0, 2.0, 3.0]}), str(file), **said)
        return file.read_bytes()

    return made


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
TWO = SHEET + '<sheet name="010180-1234" sheetId="2" r:id="rId1"/>'
MERGED = '<mergeCells><mergeCell ref="{}"/></mergeCells>'
SECRET = "010180-1234"
WHOLE: dict[str, tuple[str, bytes | Callable[[Path], bytes], str]] = {
    "xlsx with a link to another": (
        "xlsx",
        book(after='<externalReferences><externalReference r:id="rId9"/></externalReferences>'),
        "accepted",
    ),
    "xlsx with names that run": (
        "xlsx",
        book(after='<definedNames><definedName name="_xlnm.Auto_Open">[1]S!$A:$XFD</definedName></definedNames>'),
        "accepted",
    ),
    "xlsx merged header": (
        "xlsx",
        book(HEAD + row("2", *(cell(f"{at}2", "1") for at in "ABC")), below=MERGED.format("B1:C1")),
        "column_unnamed",
    ),
    "xlsx all merged": ("xlsx", book(below=MERGED.format("A1:XFD1048576")), "accepted"),
    "xlsx day before all days": ("xlsx", held("-5", style="1"), "accepted"),
    "xlsx day after all days": ("xlsx", held("2958466", style="1"), "accepted"),
    "xlsx day that is no number": ("xlsx", held("NaN", style="1"), "accepted"),
    "xlsx day without end": ("xlsx", held("1e300", style="1"), "accepted"),
    "xlsx year nought": ("xlsx", held("0000-01-01", "99999-01-01", "d"), "accepted"),
    "xlsx no day": ("xlsx", held("2021-02-31T25:61:61", "x", "d"), "accepted"),
    "xlsx no number": ("xlsx", held("NaN", "INF"), "accepted"),
    "xlsx endless number": ("xlsx", held("1e400", "9" * 5000), "accepted"),
    "xlsx error of no kind": ("xlsx", held("#BOGUS", kind="e"), "workbook_unreadable"),
    "xlsx neither true nor false": ("xlsx", held("7", kind="b"), "workbook_unreadable"),
    "xlsx text that is not there": ("xlsx", held("0", "99999999", "s"), "workbook_unreadable"),
    "xlsx text before the first": ("xlsx", held("-1", kind="s"), "workbook_unreadable"),
    "xlsx cell of no kind": ("xlsx", held("1", kind="zz"), "workbook_unreadable"),
    "xlsx style of none": ("xlsx", held("1", style="99999"), "accepted"),
    "xlsx bomb among its texts": (
        "xlsx",
        book(
            HEAD + row("2", '<c r="A2" t="s"><v>0</v></c>'),
            shared=f'{LOL}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>',
        ),
        "workbook_unreadable",
    ),
    "xlsx of no sheets": ("xlsx", book(sheets=""), "file_empty"),
    "xlsx that nobody sees": ("xlsx", book(sheets=SHEET.replace("r:id", 'state="veryHidden" r:id')), "sheet_missing"),
    "xlsx sheet of no file": ("xlsx", book(sheets=SHEET.replace("rId1", "rId77")), "workbook_unreadable"),
    "xlsx sheet named by a person": ("xlsx", book(sheets=TWO), "sheets_several"),
    "xlsx part twice": ("xlsx", entries(("xl/workbook.xml", b"x"), ("xl/workbook.xml", b"y")), "workbook_unreadable"),
    "xlsx with a password": ("xlsx", LOCKED, "workbook_unreadable"),
    "xlsx with a password by another name": ("csv", LOCKED, "file_binary"),
    "xlsx cell of no place": ("xlsx", book(row("1", cell("1A", "a"), cell("", "b"))), "workbook_unreadable"),
    "xlsx cells backwards": (
        "xlsx",
        book(row("1", cell("B1", "b"), cell("A1", "a")) + row("2", cell("A2", "1"))),
        "accepted",
    ),
    "xlsx very deep": ("xlsx", book(HEAD + "<row>" + "<c>" * 20_000), "workbook_unreadable"),
    "ods without content": ("ods", zipped({"mimetype": "x"}), "workbook_unreadable"),
    "ods number that is none": ("ods", valued("float", "x"), "workbook_unreadable"),
    "ods no number": ("ods", valued("float", "NaN"), "accepted"),
    "ods no day": ("ods", valued("date", "0000-99-99"), "accepted"),
    "ods endless time": ("ods", valued("time", "PT99999999999999H"), "accepted"),
    "ods covered cell": ("ods", odd_ods("<table:covered-table-cell/>"), "accepted"),
    "zip of a link": ("zip", link("svar.csv", "/etc/passwd"), "delimiter_missing"),
    "zip of a backslash": ("zip", zipped({"..\\..\\svar.csv": LINES}), "zip_not_one"),
    "zip of a drive": ("zip", zipped({"C:\\x\\svar.csv": LINES}), "accepted"),
    "zip of one name twice": ("zip", entries(("s.csv", LINES), ("s.csv", b"x,y\n1,2\n")), "zip_not_one"),
    "zip of persons' names": ("zip", zipped({f"{SECRET}.csv": LINES, f"b {SECRET}.csv": LINES}), "zip_not_one"),
    "zip of a person's kind": ("zip", zipped({f"x.{SECRET}": LINES}), "file_kind_unknown"),
    "zip of a name of nothing": ("zip", zipped({" ": LINES}), "file_kind_unknown"),
    "zip of very many": ("zip", zipped({f"{n}.csv": b"" for n in range(3_000)}), "zip_not_one"),
    "zip in a zip in a zip": ("zip", zipped({"a.zip": zipped({"b.zip": zip_of()})}), "file_kind_unknown"),
    "zip after other bytes": ("zip", b"x" * 5_000 + zip_of(), "accepted"),
    "sav of nothing": ("sav", spss(["", "", ""]), "accepted"),
    "sav with all declared missing": (
        "sav",
        spss([1.0, 2.0, 9.0], missing_ranges={"a": [{"lo": -1e300, "hi": 1e300}]}),
        "accepted",
    ),
    "sav endless": ("sav", spss([1.0, float("inf"), -1e308]), "accepted"),
    "sav days of no calendar": ("sav", spss([1.0, 1e18, -1e18], variable_format={"a": "DATE11"}), "accepted"),
    "sav label of no answer": (
        "sav",
        spss([1.0, 2.0, 9.0], variable_value_labels={"a": {-1e300: "\u202ey"}}),
        "accepted",
    ),
    "sav very wide": ("sav", spss(["x" * 32_767, "y", "z"]), "accepted"),
    "csv utf16 without its mark": ("csv", "a,b\n1,2\n".encode("utf-16-le"), "accepted"),
    "csv utf16 the other way without its mark": ("csv", "a,b\n1,2\n".encode("utf-16-be"), "accepted"),
    "csv nul far down": ("csv", b"a,b\n" + b"1,2\n" * 5_000 + b"1,\x002\n", "file_binary"),
    "csv of a mainframe": ("csv", "a,b\nTaarnby,2\n".encode("cp500"), "encoding_unknown"),
    "csv column twice but for nothing seen": ("csv", "a,a\u200b\n1,2\n".encode(), "column_twice"),
    "csv column twice but for a space": ("csv", "a b,a\u00a0 b\n1,2\n".encode(), "column_twice"),
    "csv column named by nothing seen": ("csv", "a,\u200b\n1,2\n".encode(), "column_unnamed"),
    "csv columns named by a person": ("csv", f"{SECRET},{SECRET}\n1,2\n".encode(), "column_twice"),
    "csv lines of an old Mac": ("csv", b"a,b\r1,2\r3,4\r", "accepted"),
    "csv lines in cells": ("csv", b'a,b\n"1\n2\r\n3",2\n"x, y",4\n', "accepted"),
    "csv short rows without end": ("csv", b"a,b\n" + b"1\n" * 50_000, "rows_uneven"),
}
