"""What a worker does: one computation, or one report. Everything it is given and gives back is plain."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobreport import export
from jobreport.errors import InputRefused, JobreportError, nameless
from jobreport.intake import checks
from jobreport.make import single
from jobreport.make.batch import shared
from jobreport.make.exchange import LAST_FILE
from jobreport.report.results import digest, select
from jobreport.setup import params as params_file
from jobreport.setup.params import Params

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
        shared.compute([order.params() for order in orders], places, Path(folder), expected)

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
        found = shared.load(Path(computed))
        if chosen.municipality_code not in found.municipalities:
            checks.read_inputs(chosen)  # says what is wrong
        context = checks.read_context(chosen)
        single.write(select(found, context), place, _silent, preloaded=preloaded)

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return _told(place.name, order.told_in, work)


def overview(order: Order, folder: str, computed: str, *, preloaded: bool) -> Outcome:
    """Make the national overview of a computation."""

    def work() -> None:
        chosen = order.params()
        results = select(shared.load(Path(computed)), checks.read_context(chosen))
        single.write(results, Path(folder), _silent, preloaded=preloaded, notebook=OVERVIEW)

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
    """Do the work and say how it went; an unexpected failure says where, never its message, which could hold data."""
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
    """Give the system the memory that this report no longer needs: typst, Arrow and glibc would keep it."""
    export.forget()
    gc.collect()
    if not gc.get_freeze_count():  # after the first report: what is left now stays and need not be searched again
        gc.freeze()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
