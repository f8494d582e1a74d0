"""Store what was fetched: parts while it is under way, then one tidy CSV and a sidecar that explains it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.errors import Problem, refuse
from jobreport.fetch.statbank import Part, StatBank, Table

SIDECAR = ".json"
Progress = Callable[[int, int], None]


def gather(
    client: StatBank, table: Table, parts: Iterable[Part], language: str, kept: Path, progress: Progress
) -> pd.DataFrame:
    """Fetch every part that is not already there, and put them together.

    Parameters
    ----------
    kept
        Folder where parts lie until all are there; a later call goes on from it. A part is found by its question
        and by when the table was last updated, so parts of two versions of a table never mix.
    progress
        Is told how many parts are there, of how many.

    Returns
    -------
    pandas.DataFrame
        Cells of all parts.
    """
    wanted = list(parts)
    kept.mkdir(parents=True, exist_ok=True)
    found = []
    for number, part in enumerate(wanted, start=1):
        file = kept / f"{_key(table, part, language)}.json"
        if file.exists():
            found.append(_read_part(file))
        else:
            found.append(client.cells(table, part, language))
            _write(file, _part_bytes(found[-1]))
        progress(number, len(wanted))
    return pd.concat(found, ignore_index=True)


def write(path: Path, register: pd.DataFrame, facts: Mapping[str, Any]) -> Path:
    """Write a register and its sidecar; each replaces its old version as a whole.

    Returns
    -------
    Path
        The sidecar: the register's file name and ``.json``.

    Raises
    ------
    InputRefused
        If a file lies there that a fetch did not write, or that was changed since.
    """
    refuse_to_replace(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = register.to_csv(index=False, lineterminator="\n", float_format="%.10g").encode("utf-8")
    sidecar = path.with_name(path.name + SIDECAR)
    told = {**facts, "file": path.name, "sha256": hashlib.sha256(text).hexdigest()}
    _write(path, text)
    _write(sidecar, (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
    return sidecar


def refuse_to_replace(path: Path) -> None:
    """Refuse to take the place of anything but a register that was fetched, as its sidecar describes it.

    Raises
    ------
    InputRefused
        By name; nothing is touched.
    """
    sidecar = path.with_name(path.name + SIDECAR)
    there = path.exists() or path.is_symlink() or sidecar.exists()
    facts = {"sidecar": sidecar.name}
    refuse([Problem("fetch_not_its_own", path.as_posix(), facts)] if there and not _was_fetched(path, sidecar) else [])


def _was_fetched(path: Path, sidecar: Path) -> bool:
    try:
        told = json.loads(sidecar.read_text(encoding="utf-8"))
        own = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    except (OSError, ValueError):
        return False
    return not path.is_symlink() and isinstance(told, dict) and own.items() <= told.items()


def forget(kept: Path) -> None:
    """Delete the parts, when the whole is stored."""
    shutil.rmtree(kept, ignore_errors=True)


def parts_of(path: Path) -> Path:
    """Return the folder where a file's parts lie while it is fetched."""
    return path.with_name(f".{path.name}.parts")


def _key(table: Table, part: Part, language: str) -> str:
    question = json.dumps([part.question(table.table, language), table.updated], sort_keys=True)
    return hashlib.sha256(question.encode("utf-8")).hexdigest()[:24]


def _part_bytes(cells: pd.DataFrame) -> bytes:
    frame = cells.astype(object).where(cells.notna(), None)
    stored = {"columns": list(frame.columns), "rows": frame.to_numpy().tolist()}
    return json.dumps(stored, ensure_ascii=False).encode("utf-8")


def _read_part(file: Path) -> pd.DataFrame:
    stored = json.loads(file.read_text(encoding="utf-8"))
    return pd.DataFrame(stored["rows"], columns=stored["columns"]).astype({"value": float})


def _write(file: Path, content: bytes) -> None:
    new = file.with_name(file.name + ".new")
    new.write_bytes(content)
    new.replace(file)
