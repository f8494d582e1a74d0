"""What a report is made of, as one checksum: data, params, codebook, code and locked packages.

Two reports with the same checksum are the same report; nothing else decides whether one is made again.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobreport.intake.formats import content
from jobreport.intake.formats.earlier import ESTIMATES, MANIFEST
from jobreport.intake.formats.key import Key
from jobreport.report.results import NOT_STATED, as_json, code_checksum, digest, lock_checksum
from jobreport.setup.params import Params, named_files

OF_ONE_REPORT = ("name", "title", "language", "municipality_code", "report_date", "sender")


def of_report(params: Params, checksums: Mapping[str, str]) -> str:
    """Checksum of all that a report depends on; ``checksums``: path as the params name it to SHA-256 of each file."""
    return _checksum({"params": params.to_plain(), "files": dict(checksums)})


def of_computation(params: Params, checksums: Mapping[str, str]) -> str:
    """Checksum of what a computation depends on; the same for all reports that can share it."""
    shared = {key: value for key, value in params.to_plain().items() if key not in OF_ONE_REPORT}
    return _checksum({"params": shared, "files": dict(checksums)})


def _checksum(parts: Mapping[str, Any]) -> str:
    return digest(as_json({**parts, "code": code_checksum(), "lock": lock_checksum()}))


def input_checksums(params: Params, known: dict[Path, str]) -> dict[str, str]:
    """Checksum, as it is published, of every file that the params name; ``known`` is filled: a file is read once."""
    found, key = {}, Key(params)
    for role, file in files(params):
        for name, path in content.named(file, params.resolve(file)).items():
            path = path.resolve()
            if path not in known:
                known[path] = content.sha256(path) if path.exists() else NOT_STATED
            found[name] = key.published(role, known[path])
    return dict(sorted(found.items()))


def files(params: Params) -> Iterator[tuple[str, str]]:
    """Role and name of each file that a report of the params reads."""
    yield from ((role, file) for role, _, file in named_files(params) if file)
    if params.previous:
        yield from (("earlier", f"{params.previous.rstrip('/')}/{name}") for name in (MANIFEST, ESTIMATES))
