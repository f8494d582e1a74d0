"""The report before this one, read from its folder: what it said of its municipality, and what it was made of.

Only what its manifest vouches for is read, and only figures that it printed: what was hidden then is hidden still.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobreport.domain.released import COLUMNS, of_windows
from jobreport.errors import Problem
from jobreport.intake.formats.content import Content, Reading
from jobreport.intake.formats.key import NAME, PUBLIC

MANIFEST, ESTIMATES = "manifest.json", "estimates.csv"
SAME = ("indicator", "measure", "category", "unit", "wave")
SHOWN = ("estimate", "ci_low", "ci_high", "n")
NOT_ITS_DATA = frozenset({"codebook", "benchmarks", "claims", "earlier", "quotations"})  # roles of files


@dataclass(frozen=True)
class Earlier:
    """Figures of the report before: ``earlier`` (the key of a row), what it is of, the numbers, and ``date``."""

    figures: pd.DataFrame
    manifest: Mapping[str, Any]

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
        same_key = then.get(NAME) == now.get(NAME)
        told = {part["role"] for part in now["inputs"] if same_key or part["role"] in PUBLIC} - NOT_ITS_DATA
        held = [
            {(part["role"], part["sha256"]) for part in each["inputs"] if part["role"] in told} for each in (then, now)
        ]
        books = [{p["sha256"] for p in each["inputs"] if p["role"] == "codebook"} for each in (then, now)]
        program = any(then.get(key) != now.get(key) for key in ("jobreport", "lock_sha256"))
        differs = {
            "data": held[0] != held[1],
            "perhaps_data": not same_key,
            "codebook": books[0] != books[1],
            "program": program,
        }
        return tuple(name for name, so in differs.items() if so)


def read(reading: Reading) -> Earlier | None:
    """Read the folder that the params name as ``previous``; its problems are kept with the others."""
    folder = reading.params.previous
    if folder is None:
        return None
    paths = [f"{folder.rstrip('/')}/{name}" for name in (MANIFEST, ESTIMATES)]
    missing = [path for path in paths if not reading.params.holds(path)]
    if missing:
        reading.problems.append(Problem("earlier_unreadable", folder))
        return None
    manifest = reading.take("earlier", paths[0], _manifest)
    if manifest is None:
        return None
    vouched, code = manifest["outputs"][ESTIMATES], reading.params.municipality_code
    if manifest["params"].get("municipality_code") != code:
        reading.problems.append(Problem("earlier_elsewhere", folder, {"code": code}))
        return None

    def figures(content: Content, where: str) -> tuple[pd.DataFrame | None, list[Problem]]:
        if hashlib.sha256(content.data).hexdigest() != vouched:
            return None, [Problem("earlier_altered", where)]
        return _figures(content.data, code, str(manifest.get("report_date", ""))), []

    found = reading.take("earlier", paths[1], figures)
    return Earlier(found, manifest) if found is not None else None


def _manifest(content: Content, where: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    try:
        held = json.loads(content.data.decode("utf-8"))
        whole = isinstance(held["outputs"][ESTIMATES], str) and isinstance(held["params"], dict)
        whole &= all(isinstance(part["role"], str) and isinstance(part["sha256"], str) for part in held["inputs"])
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    return (held, []) if whole else (None, [Problem("earlier_unreadable", where)])


def _figures(data: bytes, code: str, dated: str) -> pd.DataFrame:
    """Figures of single rounds of everybody in the municipality, but for those that were hidden."""
    texts = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    texts = texts.reindex(columns=list(COLUMNS["estimates"]), fill_value="")
    shown = texts["municipality_code"].eq(code) & texts["group_by"].eq("") & texts["measure"].ne("register")
    shown &= texts["flag"].ne("suppressed") & ~of_windows(texts)
    kept = texts.loc[shown, [*SAME, *SHOWN]].reset_index(drop=True)
    numbers = {name: pd.to_numeric(kept[name], errors="coerce") for name in SHOWN}
    key = ["|".join(parts) for parts in zip(*(kept[name] for name in SAME), strict=True)]
    made = kept.assign(**numbers, earlier=key, date=dated)
    return made[made["estimate"].notna()].drop_duplicates("earlier", ignore_index=True)
