"""Work done once: a computation kept in a folder that is named by the checksum of all it depends on.

It holds released rows only, so that nobody finds in it what no report may show. It is never changed: other data,
params or code have another name.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobreport.domain.released import TABLES
from jobreport.errors import InputRefused, Problem
from jobreport.intake import checks
from jobreport.intake.formats.content import InputFile
from jobreport.make import fingerprint
from jobreport.release import computation
from jobreport.release.computation import Computation
from jobreport.release.disclosure import Released
from jobreport.release.suppression import Rule
from jobreport.report.results import as_json
from jobreport.setup.params import Params

STATED = "stated.json"


def compute(candidates: Sequence[Params], places: Sequence[str] | None, folder: Path, expected: str = "") -> Path:
    """Compute for all reports on the same data, unless it has been done.

    Parameters
    ----------
    candidates
        Params that differ in municipality, name, title, date or language only; the data are checked with the first
        whose municipality has answers.
    places
        Municipalities that get rows by group; None is every municipality in the data.
    folder
        Where the result is kept.
    expected
        Checksum of the computation that was planned; '' where none was.

    Raises
    ------
    InputRefused
        With every problem of the data; also if a file was changed since the batch was planned.
    """
    if (folder / STATED).exists():
        return folder
    inputs = _inputs(candidates)
    read = fingerprint.of_computation(inputs.params, {file.path: file.sha256 for file in inputs.files})
    if expected not in ("", read):
        raise InputRefused([Problem("batch_files_changed", inputs.params.where)], inputs.params.language)
    if places is None:
        places = computation.municipalities_in(inputs)
    _keep(computation.compute(inputs, tuple(sorted({*places, *computation.of_events(inputs.params)}))), folder)
    return folder


def _inputs(candidates: Sequence[Params]) -> checks.Inputs:
    """Read with the first params that the data suit; a municipality without answers concerns its own report only."""
    for params in candidates[:-1]:
        try:
            return checks.read_inputs(params)
        except InputRefused as refused:
            if not {problem.key for problem in refused.problems} <= checks.OF_THE_MUNICIPALITY:
                raise
    return checks.read_inputs(candidates[-1])


def _keep(made: Computation, folder: Path) -> None:
    """Write it beside its place and rename: it is there as a whole or not at all."""
    new = folder.with_name(f".{folder.name}.{uuid4().hex}")
    new.mkdir(parents=True)
    try:
        for name in TABLES:
            getattr(made.released, name).to_parquet(new / f"{name}.parquet", index=False)
        stated = {
            "rule": asdict(made.released.rule),
            "files": [asdict(file) for file in made.files],
            "dropped": made.dropped,
            "periods": made.periods,
            "municipalities": made.municipalities,
            "areas_left_out": made.areas_left_out,
        }
        (new / STATED).write_bytes(as_json(stated))
        if not folder.exists():
            new.rename(folder)
    except OSError:
        if not (folder / STATED).exists():  # else another worker was first, with the same
            raise
    finally:
        shutil.rmtree(new, ignore_errors=True)


def municipalities_of(folder: Path) -> tuple[str, ...]:
    """Municipalities of a computation."""
    return tuple(_stated(folder)["municipalities"])


@lru_cache(maxsize=2)
def load(folder: Path) -> Computation:
    """Read a computation; a worker reads it once for all its reports.

    Texts come as categories: of a whole country they are a tenth of the size.
    """
    stated = _stated(folder)
    return Computation(
        Released(**{name: _table(folder, name) for name in TABLES}, rule=Rule(**stated["rule"])),
        tuple(InputFile(**file) for file in stated["files"]),
        tuple(stated["dropped"]),
        tuple(stated["periods"]),
        tuple(stated["municipalities"]),
        tuple(stated["areas_left_out"]),
    )


def _stated(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / STATED).read_text(encoding="utf-8"))
    return held


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    columns = pq.read_schema(path)
    texts = [c.name for c in columns if pa.types.is_string(c.type) or pa.types.is_large_string(c.type)]
    return pd.read_parquet(path, read_dictionary=texts)
