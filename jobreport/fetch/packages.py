"""Packages of other municipalities from a shared folder on the network: a list with checksums, and what it names."""

import re
import tempfile
from pathlib import Path
from typing import Any

from jobreport.errors import FetchFailed, Problem, refuse
from jobreport.fetch.connection import Connection, as_json
from jobreport.intake.checks import packages
from jobreport.intake.checks.packages import LIST, MOST
from jobreport.intake.formats.package import checksum

KINDS = ("application/zip", "application/x-zip-compressed", "application/octet-stream")
_FILE = re.compile(r"\w[\w \-]{0,90}\.zip")
_SUM = re.compile(r"[0-9a-f]{64}")


def fetch(server: Connection, folder: Path, language: str = "da") -> list[Path]:
    """Fetch every package that the list of a shared folder names, and keep them if all can be read.

    ``folder``: where the packages are put; one of the same name is replaced.

    Raises
    ------
    FetchFailed
        If list or packages cannot be had, or a package is not the one that the list names.
    InputRefused
        If a package does not hold to the contract; then nothing is kept.
    """
    where = f"{server.base}/{LIST}"
    listed = _listed(as_json(server.ask(LIST, {}, query=True), where), where)
    held = {file: _one(server, file, known) for file, known in listed.items()}
    with tempfile.TemporaryDirectory() as passing:
        paths = [Path(passing, file) for file in held]
        for path in paths:
            path.write_bytes(held[path.name])
        refuse(packages.read_files(paths).problems, language)
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in held.items():
        (folder / file).write_bytes(data)
    return [folder / file for file in held]


def _listed(found: Any, where: str) -> dict[str, str]:
    lines = found.get("packages") if isinstance(found, dict) else None
    if not isinstance(lines, list) or len(lines) > MOST or not all(isinstance(line, dict) for line in lines):
        raise FetchFailed(Problem("fetch_no_list", where))
    pairs = [(str(line.get("file")), str(line.get("sha256"))) for line in lines]
    if not pairs or not all(_FILE.fullmatch(file) and _SUM.fullmatch(known) for file, known in pairs):
        raise FetchFailed(Problem("fetch_no_list", where))
    return dict(pairs)


def _one(server: Connection, file: str, known: str) -> bytes:
    body = server.ask(file, {}, query=True, kinds=KINDS).body
    if checksum(body) != known:
        raise FetchFailed(Problem("fetch_other_package", f"{server.base}/{file}"))
    return body
