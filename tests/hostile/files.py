"""Survey files that are damaged, lie about themselves or try to fill the machine, made when a test asks for them."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

LOL = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY j SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>'
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET}.worksheet+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def zipped(parts: dict[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def cell(place: str, text: str) -> str:
    """A cell of an Excel sheet."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: str, *cells: str) -> str:
    """A row of an Excel sheet."""
    return f'<row r="{number}">{"".join(cells)}</row>'


PLAIN = row("1", cell("A1", "a"), cell("B1", "b")) + row("2", cell("A2", "1"), cell("B2", "2"))


def xlsx(rows: str = PLAIN, opening: str = "", target: str = "worksheets/sheet1.xml", dimension: str = "") -> bytes:
    """The least that Excel opens."""
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": RELATION.format(kind=f"{OFFICE}/officeDocument", target="xl/workbook.xml"),
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": RELATION.format(kind=f"{OFFICE}/worksheet", target=target),
            "xl/worksheets/sheet1.xml": (
                f'{opening}<worksheet xmlns="{MAIN}">{dimension}<sheetData>{rows}</sheetData></worksheet>'
            ),
        }
    )


def ods_cell(text: str, repeated: str = "1") -> str:
    """A cell of an OpenDocument sheet."""
    return (
        f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods(rows: str, opening: str = "") -> bytes:
    """The least that LibreOffice opens."""
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    body = f'<table:table table:name="S">{rows}</table:table>'
    return zipped(
        {
            "mimetype": ODS,
            "META-INF/manifest.xml": (
                f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:full-path="/" m:media-type="{ODS}"/></m:manifest>'
            ),
            "content.xml": (
                f'{opening}<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
                f"{body}</office:spreadsheet></office:body></office:document-content>"
            ),
        }
    )


def ods_row(cells: str, repeated: str = "1") -> str:
    """A row of an OpenDocument sheet."""
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


PLAIN_ODS = ods_row(ods_cell("a") + ods_cell("b")) + ods_row(ods_cell("1") + ods_cell("2"))
TABLE = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]})


def parquet(table: pa.Table | None = None) -> bytes:
    """A Parquet file."""
    held = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(TABLE) if table is None else table, held)
    return held.getvalue()


def odd(value: int, whole: pa.DataType, kind: pa.DataType) -> bytes:
    """A Parquet file with one value of a rare kind."""
    return parquet(pa.table({"a": pa.array([value], whole).cast(kind), "b": [1]}))


def sav(folder: Path, suffix: str = ".sav") -> bytes:
    """An SPSS file."""
    path = folder / f"made{suffix}"
    pyreadstat.write_sav(TABLE, str(path), row_compress=suffix == ".sav", compress=suffix == ".zsav")
    return path.read_bytes()


def packed_bomb() -> bytes:
    """A workbook of one part that unpacks to 110 MB."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(110):
            part.write(b" " * 1_000_000)
    return held.getvalue()


def csv_lines(*lines: str) -> bytes:
    """Lines of text."""
    return "\n".join(lines).encode()


def half(content: bytes) -> bytes:
    """The first half."""
    return content[: len(content) // 2]


LINES = b"a,b\n" + b"1,2\n" * 500


def zip_of(packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of one survey file."""
    return zipped({"svår.csv": LINES}, packing)


def flipped(content: bytes, place: int) -> bytes:
    """The same with one byte turned over."""
    held = bytearray(content)
    held[place] ^= 0xFF
    return bytes(held)


def listed(place: int, value: int, size: int = 4) -> bytes:
    """A ZIP whose table of contents says this of its file, so many bytes into the entry."""
    held = bytearray(zip_of())
    at = held.rindex(b"PK\x01\x02") + place
    held[at : at + size] = value.to_bytes(size, "little")
    return bytes(held)


Made = Callable[[Path], bytes]
CASES: dict[str, tuple[str, Made, str]] = {
    "csv empty": ("csv", lambda _: b"", "file_empty"),
    "csv blank": ("csv", lambda _: b" \n \n", "file_empty"),
    "csv header only": ("csv", lambda _: b"a,b\n", "file_without_rows"),
    "csv one column": ("csv", lambda _: b"a\n1\n2\n", "delimiter_missing"),
    "csv nul": ("csv", lambda _: b"a,b\n1,\x00\n", "file_binary"),
    "csv many nuls": ("csv", lambda _: bytes(4000), "file_binary"),
    "csv open quote": ("csv", lambda _: b'a,b\n"1,2\n3,4\n', "quotes_open"),
    "csv quote inside": ("csv", lambda _: b'a,b\n"1"x,2\n', "quotes_open"),
    "csv only a quote": ("csv", lambda _: b'a,b\n"', "quotes_open"),
    "csv endless cell": ("csv", lambda _: b"a,b\n1," + b"x" * 200_000, "accepted"),
    "csv two delimiters": ("csv", lambda _: b"a;b,c\n1;2,3\n", "delimiter_ambiguous"),
    "csv short row": ("csv", lambda _: b"a,b,c\n1,2\n", "rows_uneven"),
    "csv long row": ("csv", lambda _: b"a,b\n1,2,3\n", "rows_uneven"),
    "csv hundred thousand columns": ("csv", lambda _: b"," * 99_999 + b"\n" + b"1," * 99_999 + b"1\n", "columns_many"),
    "csv named hundred thousand columns": (
        "csv",
        lambda _: csv_lines(",".join(f"c{n}" for n in range(100_000)), "1," * 99_999 + "1"),
        "columns_many",
    ),
    "csv many empty columns": ("csv", lambda _: (b"a,b" + b"," * 15_000 + b"\n") * 30, "accepted"),
    "csv unnamed column": ("csv", lambda _: b"a,,c\n1,2,3\n", "column_unnamed"),
    "csv column twice": ("csv", lambda _: b"a,a\n1,2\n", "column_twice"),
    "csv column twice in another form": ("csv", lambda _: "å,a\u030a\n1,2\n".encode(), "column_twice"),
    "csv column twice but for spaces": ("csv", lambda _: b"a, a \n1,2\n", "column_twice"),
    "csv mixed encodings": ("csv", lambda _: "a,b\nå,1\n".encode() + "ø,2\n".encode("cp1252"), "encoding_mixed"),
    "csv dos encoding": ("csv", lambda _: "a,b\nTårnby,Sønder\n".encode("cp865"), "encoding_unknown"),
    "csv utf16 cut": ("csv", lambda _: "a,b\n1,2\n".encode("utf-16")[:-1], "encoding_broken"),
    "csv surrogate": ("csv", lambda _: "a,b\n\ud800,2\n".encode("utf-8", "surrogatepass"), "accepted"),
    "csv overlong": ("csv", lambda _: b"a,b\n\xc0\x80,2\n", "accepted"),
    "csv utf32": ("csv", lambda _: "a,b\n1,2\n".encode("utf-32"), "file_binary"),
    "csv that is xlsx": ("csv", lambda _: xlsx(), "file_binary"),
    "csv that is parquet": ("csv", lambda _: parquet(), "file_binary"),
    "csv that is sav": ("csv", sav, "file_binary"),
    "csv that is pdf": ("csv", lambda _: b"%PDF-1.7\na,b\n", "file_binary"),
    "csv that is old excel": ("csv", lambda _: b"\xd0\xcf\x11\xe0" + b"a,b\n", "file_binary"),
    "csv that is gzip": ("csv", lambda _: b"\x1f\x8b\x08\x00" + bytes(range(256)), "encoding_unknown"),
    "csv that is html": ("csv", lambda _: b"<html>\n<body>,x</body>\n", "delimiter_missing"),
    "unknown kind": ("docx", lambda _: b"x", "file_kind_unknown"),
    "no kind": ("", lambda _: b"a,b\n1,2\n", "file_kind_unknown"),
    "pickle": ("pkl", lambda _: b"\x80\x04cos\nsystem\n(S'id'\ntR.", "file_kind_unknown"),
    "numpy": ("npy", lambda _: b"\x93NUMPY\x01\x00", "file_kind_unknown"),
    "feather": ("feather", lambda _: b"ARROW1", "file_kind_unknown"),
    "database": ("sqlite", lambda _: b"SQLite format 3\x00", "file_kind_unknown"),
    "gzip": ("gz", lambda _: b"\x1f\x8b\x08", "file_kind_unknown"),
    "xlsx empty": ("xlsx", lambda _: b"", "workbook_unreadable"),
    "xlsx text": ("xlsx", lambda _: b"a,b\n1,2\n", "workbook_unreadable"),
    "xlsx cut": ("xlsx", lambda _: half(xlsx()), "workbook_unreadable"),
    "xlsx cut at the end": ("xlsx", lambda _: xlsx()[:-10], "workbook_unreadable"),
    "xlsx beginning gone": ("xlsx", lambda _: xlsx()[40:], "workbook_unreadable"),
    "xlsx empty zip": ("xlsx", lambda _: zipped({}), "workbook_unreadable"),
    "xlsx other zip": ("xlsx", lambda _: zipped({"../../x": "x"}), "workbook_unreadable"),
    "xlsx of parquet": ("xlsx", lambda _: parquet(), "workbook_unreadable"),
    "xlsx without cells": ("xlsx", lambda _: xlsx(""), "file_empty"),
    "xlsx header only": ("xlsx", lambda _: xlsx(row("1", cell("A1", "a"))), "file_without_rows"),
    "xlsx entity bomb": ("xlsx", lambda _: xlsx(PLAIN.replace(">a<", ">&j;<"), LOL), "workbook_unreadable"),
    "xlsx entity of a file": ("xlsx", lambda _: xlsx(PLAIN.replace(">a<", ">&j;<"), OUTSIDE), "workbook_unreadable"),
    "xlsx entity of a server": ("xlsx", lambda _: xlsx(PLAIN, PARAMETER), "accepted"),
    "xlsx sheet elsewhere": ("xlsx", lambda _: xlsx(target="../../../etc/passwd"), "workbook_unreadable"),
    "xlsx broken xml": ("xlsx", lambda _: xlsx("<row><c></row>"), "workbook_unreadable"),
    "xlsx farthest cell": (
        "xlsx",
        lambda _: xlsx(row("1", cell("A1", "a")) + row("1048576", cell("XFD1048576", "z"))),
        "table_vast",
    ),
    "xlsx cell beyond all": (
        "xlsx",
        lambda _: xlsx(row("1", cell("A1", "a")) + row("4294967295", cell("ZZZZZZ4294967295", "z"))),
        "table_vast",
    ),
    "xlsx far row": (
        "xlsx",
        lambda _: xlsx(row("1", cell("CZZ1", "a")) + row("900000", cell("A900000", "z"))),
        "table_vast",
    ),
    "xlsx false dimension": ("xlsx", lambda _: xlsx(dimension='<dimension ref="A1:XFD1048576"/>'), "accepted"),
    "xlsx unpacks": ("xlsx", lambda _: packed_bomb(), "workbook_unpacks"),
    "ods unpacks": ("ods", lambda _: packed_bomb(), "workbook_unpacks"),
    "ods empty": ("ods", lambda _: b"", "workbook_unreadable"),
    "ods cut": ("ods", lambda _: half(ods(PLAIN_ODS)), "workbook_unreadable"),
    "ods entity bomb": ("ods", lambda _: ods(PLAIN_ODS.replace(">a<", ">&j;<"), LOL), "workbook_unreadable"),
    "ods entity of a file": ("ods", lambda _: ods(PLAIN_ODS.replace(">a<", ">&j;<"), OUTSIDE), "workbook_unreadable"),
    "ods endless columns": ("ods", lambda _: ods(ods_row(ods_cell("a", "4000000000"))), "column_twice"),
    "ods endless sheet": ("ods", lambda _: ods(ods_row(ods_cell("a", "16384"), "1048576")), "workbook_unreadable"),
    "ods negative repetition": ("ods", lambda _: ods(ods_row(ods_cell("a", "-5")) + PLAIN_ODS), "workbook_unreadable"),
    "xls text": ("xls", lambda _: b"a\tb\n1\t2\n", "workbook_unreadable"),
    "xls head only": ("xls", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_unreadable"),
    "xlsb text": ("xlsb", lambda _: b"a,b\n", "workbook_unreadable"),
    "csv told its delimiter": ("csv", lambda _: b"sep=;\r\na;b\r\n1;2\r\n", "accepted"),
    "csv told its delimiter in quotes": ("csv", lambda _: b'"SEP=,"\na,b\n1,2\n', "accepted"),
    "csv told a tabulator after a mark": ("csv", lambda _: b"\xef\xbb\xbfsep=\t\na\tb\n1\t2\n", "accepted"),
    "csv only its delimiter": ("csv", lambda _: b"sep=;\n", "file_empty"),
    "csv endless open quote": ("csv", lambda _: b'a,b\n1,"' + b"x" * 200_000, "quotes_open"),
    "parquet day of no calendar": ("parquet", lambda _: odd(2**31 - 1, pa.int32(), pa.date32()), "accepted"),
    "parquet moment of no calendar": ("parquet", lambda _: odd(2**62, pa.int64(), pa.timestamp("us")), "accepted"),
    "parquet moment of no pandas": ("parquet", lambda _: odd(2**62, pa.int64(), pa.timestamp("ms")), "accepted"),
    "parquet longest duration": ("parquet", lambda _: odd(2**62, pa.int64(), pa.duration("s")), "accepted"),
    "parquet time of day": ("parquet", lambda _: odd(5, pa.int64(), pa.time64("us")), "accepted"),
    "parquet zone of no earth": (
        "parquet",
        lambda _: odd(2**40, pa.int64(), pa.timestamp("us", "Mars/Base")),
        "parquet_unreadable",
    ),
    "parquet large number": ("parquet", lambda _: odd(2**64 - 1, pa.uint64(), pa.uint64()), "accepted"),
    "parquet nothing": ("parquet", lambda _: parquet(pa.table({"a": pa.nulls(2), "b": [1, 2]})), "accepted"),
    "parquet empty": ("parquet", lambda _: b"", "parquet_unreadable"),
    "parquet text": ("parquet", lambda _: b"a,b\n1,2\n", "parquet_unreadable"),
    "parquet cut": ("parquet", lambda _: half(parquet()), "parquet_unreadable"),
    "parquet without its end": ("parquet", lambda _: parquet()[:-4], "parquet_unreadable"),
    "parquet without its data": ("parquet", lambda _: b"PAR1" + parquet()[-400:], "parquet_unreadable"),
    "parquet false length": ("parquet", lambda _: parquet()[:-8] + b"\xff\xff\xff\x7fPAR1", "parquet_unreadable"),
    "parquet of pickled objects": (
        "parquet",
        lambda _: parquet(pa.table({"a": [b"\x80\x04cos\nsystem\n(S'id'\ntR."]})),
        "column_of_bytes",
    ),
    "parquet nested": ("parquet", lambda _: parquet(pa.table({"a": [[1, 2]], "b": [{"x": 1}]})), "column_nested"),
    "parquet without rows": (
        "parquet",
        lambda _: parquet(pa.table({"a": pa.array([], pa.int8())})),
        "file_without_rows",
    ),
    "parquet without columns": ("parquet", lambda _: parquet(pa.table({})), "file_without_rows"),
    "parquet many columns": (
        "parquet",
        lambda _: parquet(pa.table({f"c{n}": [1] for n in range(20_001)})),
        "columns_many",
    ),
    "sav empty": ("sav", lambda _: b"", "spss_unreadable"),
    "sav text": ("sav", lambda _: b"a,b\n1,2\n", "spss_unreadable"),
    "sav head only": ("sav", lambda folder: sav(folder)[:100], "spss_unreadable"),
    "sav cut": ("sav", lambda folder: half(sav(folder)), "spss_unreadable"),
    "zsav cut": ("zsav", lambda folder: half(sav(folder, ".zsav")), "spss_unreadable"),
    "zip empty": ("zip", lambda _: b"", "file_unreadable"),
    "zip text": ("zip", lambda _: b"a,b\n1,2\n", "file_unreadable"),
    "zip cut": ("zip", lambda _: half(zip_of()), "file_unreadable"),
    "zip without its end": ("zip", lambda _: zip_of()[:-4], "file_unreadable"),
    "zip of nothing": ("zip", lambda _: zipped({}), "zip_not_one"),
    "zip of a folder": ("zip", lambda _: zipped({"x/": b""}), "zip_not_one"),
    "zip of two": ("zip", lambda _: zipped({"a.csv": LINES, "b.csv": LINES}), "zip_not_one"),
    "zip of controls": ("zip", lambda _: zipped({"\x1b[2J\u202e.csv": LINES, "b.csv": LINES}), "zip_not_one"),
    "zip above itself": ("zip", lambda _: zipped({"../../x.csv": LINES}), "zip_not_one"),
    "zip of a path": ("zip", lambda _: zipped({"/etc/x.csv": LINES}), "accepted"),
    "zip of a Mac": ("zip", lambda _: zipped({"svar.csv": LINES, "__MACOSX/._svar.csv": b"x"}), "accepted"),
    "zip in a zip": ("zip", lambda _: zipped({"x.zip": zip_of()}), "file_kind_unknown"),
    "zip of a program": ("zip", lambda _: zipped({"x.exe": b"MZ"}), "file_kind_unknown"),
    "zip of a pickle": ("zip", lambda _: zipped({"x.pkl": b"\x80\x04cos\nsystem\n"}), "file_kind_unknown"),
    "zip of no kind": ("zip", lambda _: zipped({"svar": LINES}), "file_kind_unknown"),
    "zip of a bomb": ("zip", lambda _: zipped({"s.xlsx": packed_bomb()}), "workbook_unpacks"),
    "zip unpacks": ("zip", lambda _: zipped({"s.csv": b" " * 110_000_000}), "workbook_unpacks"),
    "zip of damaged SPSS": ("zip", lambda _: zipped({"s.sav": LINES}), "spss_unreadable"),
    "zip of an empty export": (
        "zip",
        lambda _: zipped(dict.fromkeys(("dataset.csv", "structure.csv", "labels.csv"), b"")),
        "file_empty",
    ),
    "zip of damaged LZMA": ("zip", lambda _: flipped(zip_of(zipfile.ZIP_LZMA), 60), "file_unreadable"),
    "zip of damaged BZIP2": ("zip", lambda _: flipped(zip_of(zipfile.ZIP_BZIP2), 60), "file_unreadable"),
    "zip damaged": ("zip", lambda _: flipped(zip_of(), 45), "file_unreadable"),
    "zip that is smaller than it says": ("zip", lambda _: listed(24, 10), "file_unreadable"),
    "zip that is larger than it says": ("zip", lambda _: listed(24, 2**32 - 2), "workbook_unpacks"),
    "zip packed in no known way": ("zip", lambda _: listed(10, 99, 2), "file_unreadable"),
    "zip with a password": ("zip", lambda _: listed(8, 1, 2), "file_unreadable"),
    "zip that ends too soon": ("zip", lambda _: listed(20, 5), "file_unreadable"),
    "zip that begins before itself": ("zip", lambda _: flipped(zip_of(), -3), "file_unreadable"),
    "zip of a name in no alphabet": (
        "zip",
        lambda _: zip_of().replace(b"sv\xc3\xa5r", b"sv\x91\x91r"),
        "file_unreadable",
    ),
}
