"""What a worker does: one computation, or one report. Everything it is given and gives back is plain.

A computation is kept in a folder that is named by the checksum of all it depends on, and serves all reports. It holds
released rows only, so that nobody finds in it what no report may show. It is never changed: other data, params or
code have another name.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobreport import export
from jobreport.domain.released import TABLES
from jobreport.errors import InputRefused, JobreportError, Problem, nameless
from jobreport.intake import checks
from jobreport.intake.formats.content import InputFile
from jobreport.make import fingerprint, single, writing
from jobreport.make.beside import beside, give_back
from jobreport.make.exchange import LAST_FILE
from jobreport.release import computation
from jobreport.release.computation import Computation
from jobreport.release.disclosure import Released
from jobreport.release.suppression import Rule
from jobreport.release.surveyed import in_turn, of_events
from jobreport.report.results import as_json, digest, select
from jobreport.setup import params as params_file
from jobreport.setup.params import Params

STATED = "stated.json"
LISTED = ("dropped", "periods", "municipalities", "areas_left_out")
"""What a computation is kept with, as names."""


def compute_once(candidates: Sequence[Params], places: Sequence[str] | None, folder: Path, expected: str = "") -> Path:
    """Compute for all reports on the same data, unless it has been done.

    ``candidates`` differ in municipality, name, title, date or language only; the data are checked with the first whose
    municipality has answers. ``places`` get rows by group; None is every municipality in the data. ``expected``:
    checksum of the computation that was planned; '' where none was.

    Raises
    ------
    InputRefused
        With every problem of the data; also if a file was changed since the batch was planned.
    """
    if (folder / STATED).exists():
        return folder
    small = single.are_small({each.resolve(file) for each in candidates for _, file in fingerprint.files(each)})
    inputs = beside(partial(_inputs, candidates))() if small else _inputs(candidates)  # (Arrow leaves threads behind)
    read = fingerprint.of_computation(inputs.params, {file.path: file.sha256 for file in inputs.files})
    if expected not in ("", read):
        raise InputRefused([Problem("batch_files_changed", inputs.params.where)], inputs.params.language)
    if places is None:
        places = computation.municipalities_in(inputs)
    every = tuple(sorted({*places, *of_events(inputs.params)}))
    _keep(computation.compute(inputs, every, beside=beside if small else in_turn), folder)
    return folder


def _inputs(candidates: Sequence[Params]) -> checks.Inputs:
    # Read with the first params that the data suit; a municipality without answers concerns its own report only.
    for params in candidates[:-1]:
        try:
            return checks.read_inputs(params)
        except InputRefused as refused:
            if not {problem.key for problem in refused.problems} <= checks.OF_THE_MUNICIPALITY:
                raise
    return checks.read_inputs(candidates[-1])


def _keep(made: Computation, folder: Path) -> None:
    # Write it beside its place and rename: it is there as a whole or not at all.
    new = folder.with_name(f".{folder.name}.{uuid4().hex}")
    new.mkdir(parents=True)
    try:
        for name in TABLES:
            getattr(made.released, name).to_parquet(new / f"{name}.parquet", index=False)
        stated = {
            "rule": asdict(made.released.rule),
            "files": [asdict(file) for file in made.files],
            **{name: getattr(made, name) for name in LISTED},
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
        **{name: tuple(stated[name]) for name in LISTED},
    )


def _stated(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / STATED).read_text(encoding="utf-8"))
    return held


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    columns = pq.read_schema(path)
    texts = [c.name for c in columns if pa.types.is_string(c.type) or pa.types.is_large_string(c.type)]
    return pd.read_parquet(path, read_dictionary=texts)


OVERVIEW = "overview.ipynb"
MADE, KEPT, REFUSED, FAILED = "made", "kept", "refused", "failed"


@dataclass(frozen=True)
class Order:
    """Params as they travel: values, the folder they are counted from, and the name of their file."""

    plain: Mapping[str, Any]
    root: str
    where: str
    told_in: str = "da"  # language of what the batch says, whatever the report's

    @classmethod
    def of(cls, params: Params, told_in: str = "da") -> Order:
        """Pack params."""
        return cls(params.to_plain(), str(params.root.resolve()), params.where, told_in)

    def params(self) -> Params:
        """Unpack them."""
        return params_file.from_mapping(self.plain, self.root, self.where)


@dataclass(frozen=True)
class Outcome:
    """How one report went: made, kept (nothing had changed), refused (its input) or failed."""

    name: str
    status: str
    reason: str = ""
    seconds: float = 0.0


def compute(orders: Sequence[Order], places: Sequence[str] | None, folder: str, expected: str) -> Outcome:
    """Compute for a group of reports; its name is the folder's."""

    def work() -> None:
        compute_once([order.params() for order in orders], places, Path(folder), expected)

    return _told(Path(folder).name, orders[0].told_in, work)


def make(order: Order, folder: str, computed: str, content: str, *, since: float, preloaded: bool) -> Outcome:
    """Make one report, unless it has been made ``since``.

    That is the beginning of this batch, for a worker may have died between making a report and saying so; or 0 where
    whatever was made before shall be kept.
    """
    place = Path(folder)
    if is_made(place, content) and (place / LAST_FILE).stat().st_mtime >= since:
        return Outcome(place.name, KEPT if since == 0 else MADE)

    def work() -> None:
        chosen = order.params()
        found = load(Path(computed))
        if chosen.municipality_code not in found.municipalities:
            checks.read_inputs(chosen)  # says what is wrong
        context = checks.read_context(chosen)
        writing.write(select(found, context), place, _silent, preloaded=preloaded)

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return _told(place.name, order.told_in, work)


def overview(order: Order, folder: str, computed: str, *, preloaded: bool) -> Outcome:
    """Make the national overview of a computation."""

    def work() -> None:
        chosen = order.params()
        results = select(load(Path(computed)), checks.read_context(chosen))
        writing.write(results, Path(folder), _silent, preloaded=preloaded, notebook=OVERVIEW)

    return _told(Path(folder).name, order.told_in, work)


def is_made(folder: Path, content: str) -> bool:
    """Whether a folder holds just this report, whole and unaltered."""
    try:
        manifest = json.loads((folder / LAST_FILE).read_text(encoding="utf-8"))
        if manifest["content_sha256"] != content:
            return False
        return all(digest((folder / name).read_bytes()) == known for name, known in manifest["outputs"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _silent(_step: str) -> None:
    """Steps of one report among many are not told."""


def _told(name: str, language: str, work: Callable[[], None]) -> Outcome:
    # Do the work and say how it went; an unexpected failure says where, never its message, which could hold data.
    began = time.monotonic()
    try:
        work()
    except InputRefused as refused:
        return Outcome(name, REFUSED, refused.text(language))
    except JobreportError as failed:
        return Outcome(name, FAILED, failed.text(language))
    except Exception as unexpected:
        return Outcome(name, FAILED, nameless(unexpected))
    finally:
        _give_back()
    return Outcome(name, MADE, seconds=time.monotonic() - began)


def _give_back() -> None:
    # Give the system the memory that this report no longer needs: typst, Arrow and glibc would keep it.
    export.forget()
    give_back()
    _settle()


@cache
def _settle() -> None:
    gc.freeze()  # after the first report: what is left now stays and need not be searched again
