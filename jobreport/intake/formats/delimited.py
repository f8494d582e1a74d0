"""Bytes to text to rows: the encoding and the delimiter are found from the whole file, never from a hope."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import content

DELIMITERS = (";", ",", "\t", "|")
_NAMES = {";": "semikolon (;)", ",": "komma (,)", "\t": "tabulator", "|": "lodret streg (|)"}
EXAMPLES = 5

_SAID_DELIMITER = re.compile(r"""\A"?sep=[^\w\s]"?\r?\n|\A"?sep=\t"?\r?\n""", re.IGNORECASE)
"""A first line for Excel, which does not show it and counts its rows from the next."""
_TITLES = 10  # lines among which the names of the columns stand
_LONGEST_CELL = 2**31 - 1  # (131,072 letters are the library's own limit, and its word for an open quotation mark)
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"$FL2", b"%PDF")  # ZIP, old Office, Parquet, SPSS, PDF
_MISREAD = "¾¿Œ‘›†\x91\x9b\x86"
_OTHER_ENCODING = re.compile(rf"(?<=[A-Za-z])[{_MISREAD}](?=[a-z])")
_UTF8_PAIR = re.compile(rb"[\xc3][\x80-\xbf]")
_DOUBLE = re.compile("Ã[¦¸¥†˜…\x86\x98\x85]|\ufffd")


def read_rows(raw: bytes, where: str) -> tuple[list[list[str]], str]:
    """Read delimited text as rows of cells; also name its encoding.

    Raises
    ------
    InputRefused
        If the file is empty, no delimiter divides all rows alike, two delimiters do, or a
        quotation mark is left open.
    """
    text, encoding = decode(raw, where)
    text = _SAID_DELIMITER.sub("", text)
    if not text.strip():
        raise InputRefused([Problem("file_empty", where)])
    return _split(text, where), encoding


def frame(rows: list[list[str]], where: str) -> pd.DataFrame:
    """Make a table of rows, the first of which names the columns.

    Columns without a name and without content (Excel and SurveyXact leave them at the end) are
    left out; empty lines too. The index counts the rows of the file below its first.
    """
    rows = list(rows)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise InputRefused([Problem("file_empty", where)])
    top = next(place for place, row in enumerate(rows) if any(cell.strip() for cell in row))
    content.columns(len(rows[top]), where)
    names = [clean_name(name) for name in rows[top]]
    body = [*([] for _ in range(top)), *rows[top + 1 :]]
    filled = max((place for row in body for place, cell in enumerate(row, start=1) if cell.strip()), default=0)
    while len(names) > filled and not names[-1]:
        names.pop()
    uneven = [
        number
        for number, row in enumerate(body, start=2)
        if 0 < len(row) < len(names) or any(cell.strip() for cell in row[len(names) :])
    ]
    if uneven:
        facts = {"width": len(names), "rows": uneven[:EXAMPLES], "count": len(uneven)}
        raise InputRefused([Problem("rows_uneven", where, facts)])
    check_names(names, where)
    return pd.DataFrame([row[: len(names)] for row in body if row], places(body), names, dtype=object)


def sheet_frame(rows: list[list[Any]], where: str) -> pd.DataFrame:
    """Make a table of a sheet: the first row that holds anything names the columns; the index counts rows below 1."""
    held = [row if any(cell != "" for cell in row) else [] for row in rows]
    top = next(place for place, row in enumerate(held) if row)
    filled = [row for row in held if row]
    names = [clean_name(name) for name in filled[0]]
    while names and not names[-1] and not any(row[len(names) - 1] != "" for row in filled):
        names.pop()
    check_names(names, where)
    body = [[None if cell == "" else cell for cell in row[: len(names)]] for row in filled[1:]]
    below = [row if place > top else [] for place, row in enumerate(held)]
    return pd.DataFrame(body, places(below[1:]), names, dtype=object)


def places(body: Sequence[Sequence[object]]) -> pd.Index:
    """Count the rows below the first, empty ones too, and keep those that hold anything: messages name rows by it.

    Examples
    --------
    >>> places([["a"], [], ["b"]]).tolist()
    [0, 2]
    """
    held = [place for place, row in enumerate(body) if row]
    return pd.RangeIndex(len(body)) if len(held) == len(body) else pd.Index(held)


def clean_name(name: object) -> str:
    """Write a column's name in one Unicode form, without white space around it."""
    return "" if name is None else unicodedata.normalize("NFC", str(name)).replace("\ufeff", "").strip()


def _seen(name: str) -> str:
    # A name as an eye reads it, to which characters without a shape and wider spaces are nothing.
    return " ".join("".join(c for c in name if unicodedata.category(c) != "Cf").split())


def check_names(names: list[str], where: str) -> None:
    """Refuse columns without a name and names that look the same; columns are named by number."""
    content.columns(len(names), where)
    problems = []
    seen = [_seen(name) for name in names]
    if unnamed := [number for number, name in enumerate(seen, start=1) if not name]:
        problems.append(Problem("column_unnamed", where, {"columns": unnamed[:EXAMPLES]}))
    places: dict[str, list[int]] = {}
    for number, name in enumerate(seen, start=1):
        if name:
            places.setdefault(name, []).append(number)
    if twice := [numbers for numbers in places.values() if len(numbers) > 1]:
        pairs = [" = ".join(str(number) for number in numbers) for numbers in twice[:EXAMPLES]]
        problems.append(Problem("column_twice", where, {"columns": pairs}))
    if problems:
        raise InputRefused(problems)


def _split(text: str, where: str) -> list[list[str]]:
    header = _widest(text)
    candidates = [delimiter for delimiter in DELIMITERS if delimiter in header]
    if not candidates:
        raise InputRefused([Problem("delimiter_missing", where)])
    parsed = {delimiter: _parse(text, delimiter) for delimiter in candidates}
    read = {delimiter: rows for delimiter, rows in parsed.items() if rows is not None}
    if not read:
        raise InputRefused([Problem("quotes_open", where)])
    even = [delimiter for delimiter, rows in read.items() if _even(rows)]
    if len(even) > 1:
        names = [_NAMES[delimiter] for delimiter in even]
        raise InputRefused([Problem("delimiter_ambiguous", where, {"delimiters": names})])
    chosen = even or sorted(read, key=lambda delimiter: max(map(len, read[delimiter][:_TITLES])), reverse=True)
    return read[chosen[0]]  # if no delimiter divides all rows alike, `frame` names the uneven ones


def _widest(text: str) -> str:
    # The first line that may name the columns: others have few more delimiters; a title above it has hardly any.
    lines = text.lstrip("\r\n").split("\n", _TITLES)[:_TITLES]
    counts = [max(map(line.count, DELIMITERS)) for line in lines]
    most = max(counts) if max(counts) > 1 else 0
    return next(line for line, count in zip(lines, counts, strict=True) if 2 * count >= most)


def _even(rows: list[list[str]]) -> bool:
    widths = {len(row) for row in rows if any(cell.strip() for cell in row)}
    return len(widths) == 1 and widths.pop() > 1


def _parse(text: str, delimiter: str) -> list[list[str]] | None:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def decode(raw: bytes, where: str) -> tuple[str, str]:
    """Decode a file.

    Returns
    -------
    tuple
        The text and the name of its encoding: 'utf-8', 'utf-8-sig', 'utf-16' or 'windows-1252'.

    Raises
    ------
    InputRefused
        If the file is binary, mixes two encodings, or is in an encoding that cannot be told.

    Examples
    --------
    >>> decode("Ishøj".encode("cp1252"), "x.csv")
    ('Ishøj', 'windows-1252')
    """
    text, encoding = _decode(raw, where)
    if "\x00" in text:
        raise InputRefused([Problem("file_binary", where)])
    return text, encoding


def garbled(text: str) -> bool:
    """Tell whether a text was decoded wrongly before it got here ('IshÃ¸j').

    Examples
    --------
    >>> garbled("IshÃ¸j"), garbled("Ishøj")
    (True, False)
    """
    return bool(_DOUBLE.search(text))


def _decode(raw: bytes, where: str) -> tuple[str, str]:
    if raw.startswith(_NOT_TEXT):
        raise InputRefused([Problem("file_binary", where)])
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(raw, "utf-16", where), "utf-16"
    if raw.startswith(codecs.BOM_UTF8):
        return _strict(raw, "utf-8-sig", where), "utf-8-sig"
    head = raw[:2000]
    if head[1::2].count(0) > len(head) // 3:
        return _strict(raw, "utf-16-le", where), "utf-16"
    if head[0::2].count(0) > len(head) // 3:
        return _strict(raw, "utf-16-be", where), "utf-16"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _windows(raw, where), "windows-1252"


def _strict(raw: bytes, encoding: str, where: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise InputRefused([Problem("encoding_broken", where, {"encoding": encoding})]) from None


def _windows(raw: bytes, where: str) -> str:
    if _UTF8_PAIR.search(raw):
        lines = raw.split(b"\n")
        facts = {"utf8": _first(lines, True), "other": _first(lines, False)}
        raise InputRefused([Problem("encoding_mixed", where, facts)])
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise InputRefused([Problem("encoding_unknown", where)]) from None
    if _OTHER_ENCODING.search(text):
        raise InputRefused([Problem("encoding_unknown", where)])
    return text


def _first(lines: list[bytes], as_utf8: bool) -> int:
    # (what is no UTF-8 is not the same any more when it was read and written as such)
    foreign = [(number, line) for number, line in enumerate(lines, start=1) if not line.isascii()]
    readable = {number: line.decode("utf-8", "ignore").encode("utf-8") == line for number, line in foreign}
    return next((number for number, whole in readable.items() if whole is as_utf8), 1)
