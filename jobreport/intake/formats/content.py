"""The bytes of a file: read from the disk once, then both parsed and counted, so that no number is of other bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import limits
from jobreport.setup.params_model import Params

Read = TypeVar("Read")
PARTS = ("dataset", "structure", "labels")  # the three files of a SurveyXact export


@dataclass(frozen=True)
class InputFile:
    """One file that a report stands on: its role, its path as the params name it, its checksum."""

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


def read(path: Path, where: str, megabytes: int = limits.MEGABYTES) -> Content:
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
    limits.size(path, where, megabytes)
    try:
        files = named(where, path)
        export = path.is_dir() or len(files) > 1
        parts = {part: (file.name, file.read_bytes()) for part, file in _parts(path).items()} if export else None
        data = path.read_bytes() if parts is None else b""
        held = {path.name: data} if parts is None else dict(parts.values())
        checksums = {name: _checksum(file, held) for name, file in files.items()}
    except OSError:
        raise InputRefused([Problem("file_unreadable", where)]) from None
    return Content(path.name, data, parts, checksums)


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
        megabytes: int = limits.MEGABYTES,
    ) -> Read | None:
        """Read one file; its problems are kept for later. None if there is none, which `params` has said."""
        if file is None or not self.params.holds(file):
            return None
        try:
            content = read(self.params.resolve(file), file, megabytes)
            found, problems = reader(content, file)
        except InputRefused as refused:
            self.problems += refused.problems
            return None
        self.problems += problems
        self.files += [InputFile(role, name, checksum) for name, checksum in content.checksums.items()]
        return found


def of(file: Path | Content, where: str, megabytes: int = limits.MEGABYTES) -> Content:
    """Return what was read already, or read it."""
    return file if isinstance(file, Content) else read(file, where, megabytes)


def named(file: str, path: Path) -> dict[str, Path]:
    """Every file that is read where the params name one: an export's data set brings its structure and its labels."""
    beside = path.suffix.lower() == ".csv" and path.stem.lower() == PARTS[0] and not path.is_dir()
    parts = _parts(path) if beside else {}
    if len(parts) < len(PARTS):
        return {file: path}
    return {PurePosixPath(file).with_name(part.name).as_posix(): part for part in parts.values()}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's files by name.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> empty = pathlib.Path(tempfile.mkdtemp(), "x"); _ = empty.write_bytes(b"")
    >>> sha256(empty)[:8]
    'e3b0c442'
    """
    return _checksum(path, {})


def _checksum(path: Path, held: Mapping[str, bytes]) -> str:
    """SHA-256 of bytes that are held by the file's name, or else of those on the disk."""
    if path.is_dir():
        inside = [f"{_checksum(part, held)}  {part.name}\n" for part in sorted(path.iterdir()) if part.is_file()]
        return hashlib.sha256("".join(inside).encode("utf-8")).hexdigest()
    if path.name in held:
        return hashlib.sha256(held[path.name]).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(path: Path) -> dict[str, Path]:
    """The files of an export in a folder, or beside its data set."""
    folder = path if path.is_dir() else path.parent
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {file.stem.lower(): file for file in files if file.suffix.lower() == ".csv" and file.stem.lower() in PARTS}
