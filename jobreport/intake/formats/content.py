"""The bytes of a file: its size looked at first, read from the disk once, then both parsed to a table and counted.

No number is of other bytes than the checksum that stands beside it, and no machine runs out of memory.
"""

from __future__ import annotations

import hashlib
import html
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TypeVar

import pandas as pd

from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats.around import Aside
from jobreport.intake.formats.key import Key
from jobreport.setup.params_model import Params
from jobreport.setup.yaml_file import is_endless

Read = TypeVar("Read")
PARTS = ("dataset", "structure", "labels")  # the three files of a SurveyXact export

MEGABYTES = 2_000  # of one file; a params file may set another limit for its survey
COLUMNS = 20_000  # Excel has 16,384
CELLS = 1_000_000_000  # of a table in a file that can name more rows than it holds bytes
SHEET_CELLS = 100_000_000  # of a sheet, from its first cell to its farthest
UNPACKED = 2_000_000_000
RATIO, FREE = 300, 100_000_000  # XML packs some thirty times; below the second number nothing is asked
_BLOCK = 1 << 24
_BOOK, _BESIDE = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_COLUMN = re.compile(rb"""\br=["']([A-Z]{1,9})\d""")
_ROW = re.compile(rb"""\br=["'][A-Z]*(\d{6,18})""")
_HIDDEN = re.compile(r"(?:^|/)(?:\.|__MACOSX/)")  # what a Mac packs beside the files
_ADDRESS = 64  # longer than any address of a cell
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^<>]*\bt=["']e["'][^<>]*>""")
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_SHOWN = re.compile(rb"<(?:\w+:)?(c\s|v>)(#[^<]*)?")  # what the cell shows, unless the next begins before
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\b(?=[^>]*\bname=["']([^"']*))(?=[^>]*\b\w+:id=["']([^"']*))""")
_TARGET = re.compile(rb"""<Relationship\b(?=[^>]*\bId=["']([^"']*))(?=[^>]*\bTarget=["']/?(?:xl/)?([^"']*))""")


@dataclass(frozen=True)
class InputFile:
    """One file that a report stands on: its role, its path as the params name it, its checksum as it is published."""

    role: str
    path: str
    sha256: str


@dataclass(frozen=True)
class Content:
    """What stood in a file when it was read.

    Parameters
    ----------
    name
        Name of the file, whose ending says of which kind it is.
    data
        Its bytes; none of an export.
    parts
        Of a SurveyXact export: 'dataset', 'structure', 'labels' -> name and bytes of that file; else None.
    checksums
        Name as the params name it -> SHA-256, of every file that was read.
    """

    name: str
    data: bytes
    parts: Mapping[str, tuple[str, bytes]] | None
    checksums: Mapping[str, str]

    @property
    def suffix(self) -> str:
        """Ending of the name in small letters."""
        return PurePosixPath(self.name).suffix.lower()


@dataclass(frozen=True)
class RawTable:
    """A file as read.

    Parameters
    ----------
    frame
        Cells as they stand; column names in one Unicode form.
    where
        How messages name the file.
    form
        What it was: 'csv, windows-1252', 'SurveyXact', 'SPSS', ...
    labels
        Column -> code text -> label.
    questions
        Column -> question text.
    kinds
        Column -> 'single', 'multiple', 'text', 'number', 'status', where the file says so.
    missing
        Column -> codes that the file itself declares as missing.
    layout
        The survey tool that wrote the file, if its own columns tell.
    aside
        What stands in the file and is no answer.
    """

    frame: pd.DataFrame
    where: str
    form: str = ""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    layout: str = ""
    aside: tuple[Aside, ...] = ()

    def without(self, names: Sequence[str]) -> RawTable:
        """Leave out columns, with all that the file says of them, as if the file did not have them."""
        gone = [name for name in names if name in self.frame]
        if not gone:
            return self
        said = {"labels": self.labels, "questions": self.questions, "kinds": self.kinds, "missing": self.missing}
        left = {key: {name: value for name, value in each.items() if name not in gone} for key, each in said.items()}
        return replace(self, frame=self.frame.drop(columns=gone), **left)  # type: ignore[arg-type]


def read(path: Path, where: str, megabytes: int = MEGABYTES) -> Content:
    """Read a file, the folder of a SurveyXact export, or an export's data set with what lies beside it.

    Raises
    ------
    InputRefused
        If it cannot be read, or is larger than that.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "x"); _ = file.write_bytes(b"")
    >>> found = read(file, "data/x")
    >>> found.data, found.checksums["data/x"][:8]
    (b'', 'e3b0c442')
    """
    size(path, where, megabytes)
    try:
        files = named(where, path)
        export = path.is_dir() or len(files) > 1
        parts = {part: (file.name, file.read_bytes()) for part, file in _parts(path).items()} if export else None
        data = path.read_bytes() if parts is None else b""
        held = {path.name: data} if parts is None else dict(parts.values())
        checksums = {name: sha256(file, held) for name, file in files.items()}
    except OSError:
        raise InputRefused([Problem("file_unreadable", where)]) from None
    return Content(path.name, data, parts, checksums)


def of_answers(file: Path | Content, where: str, megabytes: int = MEGABYTES) -> Content:
    """Return what was read already, or read it; of a ZIP the one file in it, or the three of an export."""
    content = of(file, where, megabytes)
    return _unpacked(content, where, megabytes) if content.suffix == ".zip" else content


@contextmanager
def unzipping(data: bytes, key: str, where: str) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP of anybody's while the block reads it.

    Raises
    ------
    InputRefused
        With that key, if it is none, is damaged or has a password: what the unpacking of other bytes raises is told by
        no list (zipfile, zlib, bz2, lzma and the codecs of names each have their own).

    Examples
    --------
    >>> with unzipping(b"no ZIP", "file_unreadable", "svar.zip") as archive:  # doctest: +IGNORE_EXCEPTION_DETAIL
    ...     archive.infolist()
    Traceback (most recent call last):
    jobreport.errors.InputRefused: ...
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield archive
    except InputRefused:
        raise
    except Exception:
        raise InputRefused([Problem(key, where)]) from None


def _unpacked(content: Content, where: str, megabytes: int) -> Content:
    with unzipping(content.data, "file_unreadable", where) as archive:
        entries = [each for each in archive.infolist() if not each.is_dir() and not _HIDDEN.search(each.filename)]
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > min(megabytes * 1_000_000, max(FREE, RATIO * len(content.data))):
            facts = {"unpacked": unpacked // 1_000_000, "packed": max(len(content.data) // 1_000_000, 1)}
            raise InputRefused([Problem("workbook_unpacks", where, facts)])
        stems = {PurePosixPath(entry.filename).stem.lower(): entry for entry in entries}
        export = stems.keys() >= set(PARTS)
        if not export and len(entries) != 1:
            names = [PurePosixPath(entry.filename).name for entry in entries]
            raise InputRefused([Problem("zip_not_one", where, {"count": len(names), "files": names[:5] or "-"})])
        parts = {part: (stems[part].filename, archive.read(stems[part])) for part in PARTS} if export else None
        data = b"" if export else archive.read(entries[0])
    name = content.name if export else PurePosixPath(entries[0].filename).name
    return Content(name, data, parts, content.checksums)


@dataclass
class Reading:
    """The files of one params file that were read so far, and the problems found so far."""

    params: Params
    files: list[InputFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(
        self,
        role: str,
        file: str | None,
        reader: Callable[[Content, str], tuple[Read, list[Problem]]],
        megabytes: int = MEGABYTES,
    ) -> Read | None:
        """Read one file; its problems are kept for later. None if there is none, which `params` has said."""
        if file is None or not self.params.holds(file):
            return None
        try:
            content = read(self.params.resolve(file), file, megabytes)
            found, problems = reader(content, file)
            key = Key(self.params)
            checksums = {name: key.published(role, plain) for name, plain in content.checksums.items()}
        except InputRefused as refused:
            self.problems += [problem for problem in refused.problems if problem not in self.problems]
            return None
        self.problems += problems
        self.files += [InputFile(role, name, checksum) for name, checksum in checksums.items()]
        return found


def of(file: Path | Content, where: str, megabytes: int = MEGABYTES) -> Content:
    """Return what was read already, or read it."""
    return file if isinstance(file, Content) else read(file, where, megabytes)


def named(file: str, path: Path) -> dict[str, Path]:
    """Every file that is read where the params name one: an export's data set brings its structure and its labels."""
    beside = path.suffix.lower() == ".csv" and path.stem.lower() == PARTS[0] and not path.is_dir()
    parts = _parts(path) if beside else {}
    if len(parts) < len(PARTS):
        return {file: path}
    return {PurePosixPath(file).with_name(part.name).as_posix(): part for part in parts.values()}


def sha256(path: Path, held: Mapping[str, bytes] | None = None) -> str:
    """Return the SHA-256 of a file, or of a folder's files by name; of those ``held`` by name it is read nowhere.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> empty = pathlib.Path(tempfile.mkdtemp(), "x"); _ = empty.write_bytes(b"")
    >>> sha256(empty)[:8]
    'e3b0c442'
    """
    if path.is_dir():
        inside = [f"{sha256(part, held)}  {part.name}\n" for part in sorted(path.iterdir()) if part.is_file()]
        return hashlib.sha256("".join(inside).encode("utf-8")).hexdigest()
    if held and path.name in held:
        return hashlib.sha256(held[path.name]).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(path: Path) -> dict[str, Path]:
    folder = path if path.is_dir() else path.parent
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {file.stem.lower(): file for file in files if file.suffix.lower() == ".csv" and file.stem.lower() in PARTS}


def size(path: Path, where: str, megabytes: int = MEGABYTES) -> None:
    """Refuse a file, or a folder's files, of more megabytes than that."""
    try:
        if is_endless(path):
            raise OSError
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


def errors_in(data: bytes) -> dict[str, list[tuple[int, int, str]]]:
    """Cells of an Excel workbook that show an error (#N/A): sheet -> row and column from 0, and what is shown.

    They are none for its reader, and so would be persons who did not answer.
    """
    if not zipfile.is_zipfile(BytesIO(data)):
        return {}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        there = archive.NameToInfo.keys()
        if not there >= {_BOOK, _BESIDE}:
            return {}
        targets = dict(_TARGET.findall(archive.read(_BESIDE)))
        named = {name: f"xl/{targets.get(key, b'').decode()}" for name, key in _SHEET.findall(archive.read(_BOOK))}
        return {
            html.unescape(name.decode()): _errors(archive.read(part)) for name, part in named.items() if part in there
        }


def _errors(sheet: bytes) -> list[tuple[int, int, str]]:
    found = []
    for cell in _ERROR.finditer(sheet) if b't="e"' in sheet or b"t='e'" in sheet else ():
        at, shown = _CELL.search(cell[0]), _SHOWN.search(sheet, cell.end())
        if at and shown and shown[2]:
            found.append((int(at[2]) - 1, _number(at[1]) - 1, shown[2].decode()))
    return found


def _farthest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    # Row and column of the farthest cell, as the addresses in a sheet's XML say; rows below 100,000 count so.
    row, column = 99_999, 1
    for block in _blocks(archive, entry):
        row = max(row, *map(int, _ROW.findall(block)), 0)
        column = max(column, *(_number(name) for name in set(_COLUMN.findall(block))), 0)
    return row, column


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # Pieces of a file that overlap, so that no address is cut in two.
    with archive.open(entry) as file:
        rest = b""
        while block := file.read(_BLOCK):
            yield rest + block
            rest = block[-_ADDRESS:]


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number
