"""The folder of one person's work: held while it is in use, and the names that files have in it."""

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from filelock import FileLock, Timeout

from jobreport.errors import Problem
from jobreport.make import kernel
from jobreport.setup.kinds import RESERVED_ON_WINDOWS

PREFIX = "jobreport-form-"
OPEN = "JOBREPORT_FORM_OPEN"  # environment variable: set where others than this machine can reach the form
FOLDER = "JOBREPORT_FORM_FOLDER"  # environment variable: where the server keeps, and removes, all sessions
LOCK = ".in-use"  # file in such a folder; locked as long as somebody works in it
NEW = 60  # seconds; a folder so young may belong to somebody who is about to lock it, or who loads the page again
DRAFT = "draft.json"  # what was said in the form so far
CODEBOOK = "kodebog/kodebog.yml"
PACKAGES = "pakker"  # of other municipalities, as the README of params has it
COMMENTS, LOGOS = "kommentarer", "logo"  # of coded comments and quotations, and of the sender
KEPT = "gemt"  # these as they came, for a page that is loaded again
WAIT = 10  # seconds that the page which goes is given to let go of its folder
LARGEST_UPLOAD = 400 * 10**6  # bytes of the files of one choice; the page sends no more
LONGEST_NAME = 80  # letters of a file's name that are kept
Uploads = dict[str, tuple[str, bytes]]  # what a file beside the answers is for -> its name and content


def remove_what_was_left() -> None:
    """Delete the folders of forms that were killed: whoever is alive holds the lock of its own."""
    places = dict.fromkeys((Path(tempfile.gettempdir()), kernel.SHORT))  # (the second where names are long: `server`)
    for folder in (folder for place in places for folder in place.glob(f"{PREFIX}*")):
        try:
            if folder.is_symlink() or time.time() - folder.stat().st_mtime < NEW:
                continue
            with FileLock(folder / LOCK, timeout=0):
                pass  # nobody works in it
        except (OSError, Timeout):  # somebody else's, or in use
            continue
        shutil.rmtree(folder, ignore_errors=True)


def kept(folder: Path) -> bool:
    """Leave a folder to the server, which deletes it in a minute: until then the page can be loaded again."""
    if not os.environ.get(FOLDER) or not folder.exists():
        return False
    os.utime(folder)
    return True


def found_again(name: str, beside: Path) -> Path | None:
    """Find the folder that a page which was loaded again worked in; None if it is gone, in use or none at all."""
    folder = beside.parent / name
    if not re.fullmatch(rf"{PREFIX}\w+", name) or folder == beside or folder.is_symlink() or not folder.is_dir():
        return None
    try:
        with FileLock(folder / LOCK, timeout=WAIT):
            return folder
    except (OSError, Timeout):
        return None


def note(folder: Path, draft: Mapping[str, object]) -> None:
    """Write down what a page that is loaded again must know, beside the files."""
    (folder / DRAFT).write_text(json.dumps(draft), encoding="utf-8")


def take_over(name: str, beside: Path) -> dict[str, Any] | None:
    """Read what a page that was loaded again had, with its files; None if it is gone."""
    old = found_again(name, beside)
    if old is None or not (old / DRAFT).is_file():
        return None
    draft: dict[str, Any] = json.loads((old / DRAFT).read_text(encoding="utf-8"))
    book, others = old / CODEBOOK, old / PACKAGES
    kept = {role: (title, (old / path).read_bytes()) for role, (title, path) in draft["kept"].items()}
    return draft | {
        "files": {title: (old / path).read_bytes() for title, path in draft["uploads"].items()},
        "packages": {path.name: path.read_bytes() for path in sorted(others.glob("*"))},
        "codebook": book.read_bytes() if book.is_file() else None,
        "kept": kept,
        "folder": old,
    }


def held(folder: Path) -> FileLock:
    """Hold the lock of a folder until this process ends, however it ends."""
    lock = FileLock(folder / LOCK, timeout=0)
    lock.acquire()
    return lock


def plain_name(name: str) -> str:
    """The last part of a name, without what a path, a message or a file system could be broken by."""
    last = PurePosixPath(PureWindowsPath(PurePosixPath(name).name).name)
    stem, ending = (re.sub(r"[^\w.\- ]", "_", part) for part in (last.stem, last.suffix))
    stem = stem[:LONGEST_NAME].strip(". ") or "fil"
    return f"{stem}_{ending[:10]}" if stem.lower() in RESERVED_ON_WINDOWS else stem + ending[:10].rstrip(". ")


def twice(files: Iterable[str]) -> Iterator[Problem]:
    """Find files whose names are the same once cleaned: the last would take the place of the first."""
    named: dict[str, list[str]] = {}
    for name in sorted(files):
        named.setdefault(plain_name(name).casefold(), []).append(name)
    for names in named.values():
        if len(names) > 1:
            yield Problem("upload_named_twice", plain_name(names[0]), {"names": names})


def laid(folder: Path, role: str, file: tuple[str, bytes]) -> Path:
    """Lay a file in the folder of the session, for a page that is loaded again; return where."""
    path = folder / KEPT / role / plain_name(file[0])
    if not path.is_file() or path.read_bytes() != file[1]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file[1])
    return path
