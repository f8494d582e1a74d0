"""How large a file may be: refused by its size before it is opened, never by a machine that runs out of memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from jobreport.errors import InputRefused, Problem

MEGABYTES = 2_000  # of one file; a params file may set another limit for its survey
COLUMNS = 20_000  # Excel has 16,384
CELLS = 1_000_000_000  # of a table in a file that can name more rows than it holds bytes
SHEET_CELLS = 100_000_000  # of a sheet, from its first cell to its farthest
UNPACKED = 2_000_000_000
RATIO, FREE = 300, 100_000_000  # XML packs some thirty times; below the second number nothing is asked
_BLOCK = 1 << 24
_COLUMN = re.compile(rb"""\br=["']([A-Z]{1,9})\d""")
_ROW = re.compile(rb"""\br=["'][A-Z]*(\d{6,18})""")
_ADDRESS = 64  # longer than any address of a cell


def size(path: Path, where: str, megabytes: int = MEGABYTES) -> None:
    """Refuse a file, or a folder's files, of more megabytes than that."""
    try:
        parts = [part for part in path.iterdir() if part.is_file()] if path.is_dir() else [path]
        largest = max((part.stat().st_size for part in parts), default=0)
    except OSError:
        raise InputRefused([Problem("file_unreadable", where)]) from None
    if largest > megabytes * 1_000_000:
        raise InputRefused([Problem("file_large", where, {"size": largest // 1_000_000, "largest": megabytes})])


def columns(count: int, where: str) -> None:
    """Refuse a table of more columns than any survey has."""
    if count > COLUMNS:
        raise InputRefused([Problem("columns_many", where, {"number": count, "largest": COLUMNS})])


def cells(rows: int, width: int, where: str, largest: int = CELLS) -> None:
    """Refuse a table that says it has more cells than a machine can hold."""
    if rows * max(width, 1) > largest:
        raise InputRefused([Problem("table_vast", where, {"number": rows * width, "largest": largest})])


def workbook(data: bytes, where: str) -> None:
    """Refuse a workbook that unpacks, or stretches its sheets, to fill the machine.

    Raises
    ------
    zipfile.BadZipFile
        If it is no whole ZIP.
    """
    if not zipfile.is_zipfile(BytesIO(data)):
        return
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > UNPACKED or unpacked > max(FREE, RATIO * packed):
            facts = {"unpacked": unpacked // 1_000_000, "packed": max(packed // 1_000_000, 1)}
            raise InputRefused([Problem("workbook_unpacks", where, facts)])
        for entry in entries:
            if entry.filename.lower().startswith("xl/worksheets/") and entry.filename.lower().endswith(".xml"):
                cells(*_farthest(archive, entry), where, SHEET_CELLS)


def _farthest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """Row and column of the farthest cell, as the addresses in a sheet's XML say; rows below 100,000 count so."""
    row, column = 99_999, 1
    for block in _blocks(archive, entry):
        row = max(row, *map(int, _ROW.findall(block)), 0)
        column = max(column, *(_number(name) for name in set(_COLUMN.findall(block))), 0)
    return row, column


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Pieces of a file that overlap, so that no address is cut in two."""
    with archive.open(entry) as file:
        rest = b""
        while block := file.read(_BLOCK):
            yield rest + block
            rest = block[-_ADDRESS:]


def _number(name: bytes) -> int:
    """Number of a column: A is 1, AA is 27."""
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number
