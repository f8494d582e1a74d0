"""Which file was read, and its SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20


@dataclass(frozen=True)
class InputFile:
    """One file that a report stands on: its role, its path as the params name it, its checksum."""

    role: str
    path: str
    sha256: str


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
