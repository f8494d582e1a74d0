"""Replace an output folder as a whole: a reader finds the old report or the new one, never a mixture.

The new files are made in a hidden folder beside the old one and moved in by renaming. A run that was killed leaves at
most hidden folders behind; the next run, which alone holds the lock, finishes the exchange or restores the old folder.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from jobreport.errors import LANGUAGES, InputRefused, Problem, RunFailed

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
LAST_FILE = "manifest.json"  # written last: a new folder that holds it is complete


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to; when the block ends well it takes the place of ``folder``.

    Raises
    ------
    InputRefused
        If another run is writing to the same folder, or the place cannot be written to.
    RunFailed
        If the old files cannot be moved, for instance because a PDF is open in a reader on Windows.
    """
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    with _lock(folder):
        recover(folder)
        try:
            new.mkdir()
            yield new
            _sync(new)
            _exchange(folder, new, old)
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise RunFailed(Problem("disk_full", str(folder), {"reason": error.strerror or ""}).text()) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    where = str(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
        with lock:
            yield
    except Timeout:
        raise InputRefused([Problem("output_in_use", where)]) from None
    except OSError as error:
        if error.errno not in CLOSED:
            raise
        raise InputRefused([Problem("output_not_writable", where, {"reason": error.strerror or ""})]) from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what a finished folder says it is made of, perhaps somebody else's folder.

    Raises
    ------
    InputRefused
        If there is no manifest, or it is not such as a run writes.
    """
    try:
        manifest = json.loads((folder / LAST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        manifest = None
    if not is_manifest(manifest, "outputs"):
        raise InputRefused([Problem("manifest_unreadable", str(folder))])
    found: dict[str, Any] = manifest
    return found


def is_manifest(held: Any, *more: str) -> bool:
    """Tell whether parsed JSON has the shape of what a run writes about itself."""
    if not isinstance(held, dict) or not all(isinstance(held.get(key), dict) for key in ("params", *more)):
        return False
    outputs, inputs, params = held.get("outputs", {}), held.get("inputs"), held["params"]
    return (
        all(isinstance(checksum, str) for checksum in outputs.values())
        and isinstance(inputs, list)
        and all(isinstance(part, dict) and {"role", "file", "sha256"} <= set(part) for part in inputs)
        and isinstance(params.get("name"), str)
        and params.get("language") in LANGUAGES
    )


def recover(folder: Path) -> None:
    """Bring an interrupted exchange to its end; call it only while holding the lock.

    The old folder is restored unless the new one had already become complete.
    """
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    if old.exists() and not folder.exists():
        (new if (new / LAST_FILE).exists() else old).rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(new, ignore_errors=True)


def _exchange(folder: Path, new: Path, old: Path) -> None:
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise RunFailed(Problem("output_open_elsewhere", str(folder)).text()) from error
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Let the disk have every file before its name counts; a full disk is noticed here, not by the reader."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
