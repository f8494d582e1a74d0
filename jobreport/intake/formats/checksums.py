"""Which file was read, and its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from jobreport.errors import InputRefused, Problem

_BLOCK = 1 << 20
Read = TypeVar("Read")


@dataclass(frozen=True)
class InputFile:
    """One file that a report stands on: its role, its path as the params name it, its checksum."""

    role: str
    path: str
    sha256: str


def of_what_is_read(role: str, file: str, path: Path, reader: Callable[[], Read]) -> tuple[Read, InputFile]:
    """Read a file and return what was read with the checksum of just these bytes.

    Raises
    ------
    InputRefused
        If the file was changed while it was read: nobody could say of which bytes the numbers are.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "x"); _ = file.write_bytes(b"")
    >>> read, listed = of_what_is_read("survey", "x", file, file.read_bytes)
    >>> read, listed.sha256[:8]
    (b'', 'e3b0c442')
    """
    before = sha256(path)
    read = reader()
    if sha256(path) != before:
        raise InputRefused([Problem("file_changed", file)])
    return read, InputFile(role, file, before)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's files by name.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> empty = pathlib.Path(tempfile.mkdtemp(), "x"); _ = empty.write_bytes(b"")
    >>> sha256(empty)[:8]
    'e3b0c442'
    """
    if path.is_dir():
        parts = [f"{sha256(part)}  {part.name}\n" for part in sorted(path.iterdir()) if part.is_file()]
        return hashlib.sha256("".join(parts).encode("utf-8")).hexdigest()
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
