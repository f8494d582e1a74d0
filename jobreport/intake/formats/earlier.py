"""The report before this one, read from its folder: what it said of its municipality, and what it was made of.

Only what its manifest vouches for is read, and only figures that it printed: what was hidden then is hidden still.
"""

import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain.released import COLUMNS, of_windows
from jobreport.errors import Problem
from jobreport.intake.formats.content import Content, Reading
from jobreport.intake.formats.key import NAME, PUBLIC

MANIFEST, ESTIMATES = "manifest.json", "estimates.csv"
SAME = ("indicator", "measure", "category", "unit", "wave")
SHOWN = ("estimate", "ci_low", "ci_high", "n")
SAID = ("flag", "reason", "simulated")
MOST = 20  # reports before each other, as many as anybody has
NOT_ITS_DATA = frozenset({"codebook", "benchmarks", "claims", "earlier", "quotations"})  # roles of files


@dataclass(frozen=True)
class Earlier:
    """Figures of the report before: ``earlier`` (the key of a row), what it is of, the numbers, and ``date``.

    ``archive`` holds also its rows without a number, and those of the reports before it, of the latest that has them.
    """

    figures: pd.DataFrame
    manifest: Mapping[str, Any]
    archive: pd.DataFrame = field(default_factory=pd.DataFrame)

    def changed_since(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        """Return which of 'data', 'codebook' and 'program' are not as they were; 'perhaps_data' by another key.

        Examples
        --------
        >>> then = {"inputs": [{"role": "survey", "sha256": "a"}], "jobreport": "1", "lock_sha256": "x"}
        >>> now = then | {"inputs": [{"role": "survey", "sha256": "b"}]}
        >>> Earlier(pd.DataFrame(), then).changed_since(now)
        ('data',)
        """
        then, now = self.manifest, facts

        def differ(roles: Collection[str]) -> bool:
            one, other = ([part for part in each["inputs"] if part["role"] in roles] for each in (then, now))
            return {(p["role"], p["sha256"]) for p in one} != {(p["role"], p["sha256"]) for p in other}

        same_key = then.get(NAME) == now.get(NAME)
        differs = {
            "data": differ({p["role"] for p in now["inputs"] if same_key or p["role"] in PUBLIC} - NOT_ITS_DATA),
            "perhaps_data": not same_key,
            "codebook": differ({"codebook"}),
            "program": any(then.get(key) != now.get(key) for key in ("jobreport", "lock_sha256")),
        }
        return tuple(name for name, so in differs.items() if so)


def read(reading: Reading) -> Earlier | None:
    """Read the folder that the params name as ``previous``; its problems are kept with the others."""
    folder = reading.params.previous
    if folder is None:
        return None
    paths = [f"{folder.rstrip('/')}/{name}" for name in (MANIFEST, ESTIMATES)]
    if not all(map(reading.params.holds, paths)):
        reading.problems.append(Problem("earlier_unreadable", folder))
        return None
    manifest = reading.take("earlier", paths[0], _manifest)
    if manifest is None:
        return None
    vouched, code = manifest["outputs"][ESTIMATES], reading.params.place
    before, now = manifest["params"], reading.params
    if (before.get("municipality_code"), before.get("unit")) != (now.municipality_code, now.unit):
        reading.problems.append(Problem("earlier_elsewhere", folder, {"code": code}))
        return None

    def figures(content: Content, where: str) -> tuple[pd.DataFrame | None, list[Problem]]:
        if hashlib.sha256(content.data).hexdigest() != vouched:
            return None, [Problem("earlier_altered", where)]
        return _rows(content.data, code, str(manifest.get("report_date", ""))), []

    found = reading.take("earlier", paths[1], figures)
    if found is None:
        return None
    archive = pd.concat([found, *_before(reading.params.root, manifest, code)], ignore_index=True)
    printed = found["estimate"].notna() & found["flag"].ne("suppressed")
    return Earlier(
        found[printed].reset_index(drop=True), manifest, archive.drop_duplicates("earlier", ignore_index=True)
    )


def _before(root: Path, manifest: Mapping[str, Any], code: str) -> Iterator[pd.DataFrame]:
    # Figures of the reports before the one before, each read only if the next has vouched for just these bytes.
    # One that is gone, or is not what it was, is left out: the rounds that only it had are not stated.
    for _ in range(MOST):
        vouched = {part["file"]: part["sha256"] for part in manifest["inputs"] if part["role"] == "earlier"}
        folder = str(manifest["params"].get("previous") or "").rstrip("/")
        held, rows = (_vouched(root, f"{folder}/{name}", vouched) for name in (MANIFEST, ESTIMATES))
        found, _ = _manifest(Content(MANIFEST, held, None, {}), folder)
        if not rows or found is None or found["params"].get("municipality_code") != code:
            return
        manifest = found
        yield _rows(rows, code, str(manifest.get("report_date", "")))


def _vouched(root: Path, name: str, checksums: Mapping[str, str]) -> bytes:
    # The bytes of a file, and none of one that is gone or is not what it was.
    path = root / name
    if name not in checksums or not path.resolve().is_relative_to(root.resolve()) or not path.is_file():
        return b""
    data = path.read_bytes()
    return data if hashlib.sha256(data).hexdigest() == checksums[name] else b""


def _manifest(content: Content, where: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    try:
        held = json.loads(content.data.decode("utf-8"))
        whole = isinstance(held["outputs"][ESTIMATES], str) and isinstance(held["params"], dict)
        whole &= all(isinstance(part[key], str) for part in held["inputs"] for key in ("role", "file", "sha256"))
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    return (held, []) if whole else (None, [Problem("earlier_unreadable", where)])


def _rows(data: bytes, code: str, dated: str) -> pd.DataFrame:
    texts = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    texts = texts.reindex(columns=list(COLUMNS["estimates"]), fill_value="")
    own = texts["municipality_code"].eq(code) & texts["group_by"].eq("") & texts["measure"].ne("register")
    kept = texts.loc[own & ~of_windows(texts), [*SAME, *SHOWN, *SAID]].reset_index(drop=True)
    numbers = {name: pd.to_numeric(kept[name], errors="coerce") for name in SHOWN}
    key = ["|".join(parts) for parts in zip(*(kept[name] for name in SAME), strict=True)]
    return kept.assign(**numbers, earlier=key, date=dated).drop_duplicates("earlier", ignore_index=True)
