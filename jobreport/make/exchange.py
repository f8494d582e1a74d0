"""Replace an output folder as a whole: a reader finds the old report or the new one, never a mixture.

The new files are made in a hidden folder beside the old one and moved in by renaming. A run that was killed leaves at
most hidden folders behind; the next run, which alone holds the lock, finishes the exchange or restores the old folder.
Only what jobreport made itself is replaced: whatever else lies in the way is named, and stays.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import InputRefused, Problem, RunFailed, refuse

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
LAST_FILE = "manifest.json"  # written last: a new folder that holds it is complete
SUMMARY, MAIN = "summary.pdf", "main.pdf"
MORE = (SUMMARY, MAIN)
"""Shorter forms of the PDF, made where they are asked for: the front and a page more, and all but the annex."""
CLUTTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what file managers leave in a folder that they show
NAMED = 10  # names in a message


@contextmanager
def replacing(folder: Path, language: str = "da") -> Iterator[Path]:
    """Give an empty folder to write to; when the block ends well it takes the place of ``folder``.

    Raises
    ------
    InputRefused
        If another run is writing to the same folder, the place cannot be written to, or the folder is not one that
        jobreport made (see `in_the_way`), which is looked at before and after the work.
    RunFailed
        If the old files cannot be moved, for instance because a PDF is open in a reader on Windows.
    """
    folder = Path(os.path.normpath(folder))
    refuse(in_the_way(folder), language)
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    with locked(folder, language):
        recover(folder)
        try:
            new.mkdir()
            yield new
            _sync(new)
            refuse(in_the_way(folder), language)  # somebody may have put a file there in the meantime
            _exchange(folder, new, old, language)
        except OSError as error:
            if error.errno not in FULL:
                raise
            problem = Problem("disk_full", str(folder), {"reason": error.strerror or ""})
            raise RunFailed(problem, language) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)


def in_the_way(folder: Path) -> list[Problem]:
    """Find why a folder may not be replaced; nothing where it is absent, empty or a whole report of jobreport.

    It is jobreport's if it holds a manifest and nothing but what that lists.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> in_the_way(folder)
    []
    >>> _ = (folder / "thesis.txt").write_text("mine")
    >>> [(problem.key, problem.values["names"]) for problem in in_the_way(folder)]
    [('output_holds_others', ['thesis.txt'])]
    """
    folder = Path(os.path.normpath(folder))
    try:
        key = _immovable(folder)
        others = [] if key else _not_listed(folder)
    except OSError as error:
        return [Problem("output_not_writable", str(folder), {"reason": error.strerror or ""})]
    if key:
        return [Problem(key, str(folder))]
    if _closed(folder):
        return [Problem("output_not_writable", str(folder), {"reason": os.strerror(errno.EACCES)})]
    facts = {"count": len(others), "names": [*others[:NAMED], *["…"][: len(others) > NAMED]]}
    return [Problem("output_holds_others", str(folder), facts)] if others else []


def _immovable(folder: Path) -> str:
    # Key of the problem with a place that a folder cannot be moved to; '' where there is none.
    if folder.is_symlink() or getattr(os.path, "isjunction", os.path.islink)(folder):
        return "output_is_link"
    if folder.exists() and not folder.is_dir():
        return "output_is_file"
    if folder.exists() and Path.cwd().resolve().is_relative_to(folder.resolve()):
        return "output_is_here"
    return "output_is_mount" if os.path.ismount(folder) else ""


def _closed(folder: Path) -> bool:
    there = next(parent for parent in folder.absolute().parents if parent.is_dir())
    return not os.access(there, os.W_OK | os.X_OK)


def _not_listed(folder: Path) -> list[str]:
    if not folder.exists():
        return []
    listed = _listed(folder / LAST_FILE)
    return sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.name not in CLUTTER and not (entry.name in listed and entry.is_file(follow_symlinks=False))
    )


def _listed(manifest: Path) -> frozenset[str]:
    # Names that a manifest gives for the files beside it, its own among them; none if it is not jobreport's.
    try:
        held = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return frozenset()
    ours = isinstance(held, dict) and "jobreport" in held and isinstance(held.get("outputs"), dict)
    return frozenset({LAST_FILE, *held["outputs"]}) if ours else frozenset()


@contextmanager
def locked(folder: Path, language: str = "da") -> Iterator[None]:
    """Let nobody else write to a folder while the block runs.

    Raises
    ------
    InputRefused
        If another run writes to it, or nothing can be written beside it.
    """
    where = str(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
        with lock:
            yield
    except Timeout:
        raise InputRefused([Problem("output_in_use", where)], language) from None
    except OSError as error:
        if error.errno not in CLOSED:
            raise
        problem = Problem("output_not_writable", where, {"reason": error.strerror or ""})
        raise InputRefused([problem], language) from error


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
    return dict(manifest)


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


def _exchange(folder: Path, new: Path, old: Path, language: str) -> None:
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise RunFailed(Problem("output_open_elsewhere", str(folder)), language) from error
    shutil.rmtree(old, ignore_errors=True)


def put(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all; a killed program leaves at most a hidden file beside it.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "params", "x.yml")
    >>> put(file, b"name: x")
    >>> file.read_bytes(), len(list(file.parent.iterdir()))
    (b'name: x', 1)
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def _sync(folder: Path) -> None:
    # Let the disk have every file before its name counts; a full disk is noticed here, not by the reader.
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
