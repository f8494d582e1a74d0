"""What a batch shows: a line that moves, a log that a person can read, an index page, and every figure in one table.

The index has a tile for each municipality that links its reports, a list of all, and what was not made. The tables
are ``estimates.parquet`` and ``changes.parquet``.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import pandas as pd
from markupsafe import Markup
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from jobreport.domain import municipalities
from jobreport.domain.texts import texts_of
from jobreport.errors import InputRefused
from jobreport.make import exchange
from jobreport.make.batch.jobs import OVERVIEW
from jobreport.make.batch.worker import FAILED, KEPT, MADE, REFUSED, Outcome
from jobreport.make.exchange import LAST_FILE
from jobreport.page import Card, fonts, tree
from jobreport.page.inline import html_parts
from jobreport.wording import numbers

if TYPE_CHECKING:
    from jobreport.figures import funnel

texts = partial(texts_of, "batch")


class Follower:
    """Counts reports and tells of each as it comes."""

    def __init__(self, log: Path, workers: int, language: str = "da") -> None:
        self.language, self._texts, self._log, self._workers = language, texts(language), log, workers
        self._decimal = partial(numbers.decimal, places=1, language=language)
        self._began = time.monotonic()
        self._planned = 0
        self.counts: Counter[str] = Counter()
        self._bar = Progress(
            *(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()),
            console=Console(stderr=True),
            auto_refresh=False,  # (that is done by a thread, and a process that has some forks no other)
        )
        self._task = self._bar.add_task("", total=None)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the moving line while the block runs; it needs a terminal, the log does not."""
        try:
            with self._bar:
                yield
        except KeyboardInterrupt:
            self._write(self._texts["interrupted"])
            self._bar.console.print(self._texts["interrupted"])
            raise

    def planned(self, count: int) -> None:
        """More reports are to come, or to be refused."""
        self._planned += count
        self._bar.update(self._task, total=self._planned)
        self._moved()

    def done(self, outcome: Outcome) -> None:
        """One report has come to its end."""
        self.counts[outcome.status] += 1
        line = self._texts["line"][outcome.status].format(seconds=self._decimal(outcome.seconds))
        self._write(f"{outcome.name}: {line}")
        for reason in outcome.reason.splitlines():
            self._write(f"    {reason}")
        self._moved()

    def end(self, index: Path) -> str:
        """Say how it all went."""
        counts = {status: self.counts[status] for status in (MADE, KEPT, REFUSED, FAILED)}
        minutes = self._decimal((time.monotonic() - self._began) / 60)
        line = str(self._texts["end"].format(**counts, minutes=minutes, index=index.as_posix()))
        self._write(line)
        return line

    def _moved(self) -> None:
        done = self.counts.total()
        failed = self.counts[REFUSED] + self.counts[FAILED]
        minutes = (time.monotonic() - self._began) / 60
        told = {
            "done": done - failed,
            "running": max(min(self._workers, self._planned - done), 0),
            "failed": failed,
            "pace": self._decimal(done / minutes if minutes > 0 else 0.0),
        }
        self._bar.update(self._task, completed=done, description=self._texts["bar"].format(**told), refresh=True)

    def _write(self, line: str) -> None:
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        with self._log.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{now} {line}\n")


PAGE = "index.html"
SOFT_HYPHEN = "\u00ad"
_ENDING = re.compile("(?<=[a-zæøå]{5})(?=(?:berg|fjord|havn|lands|sund)$)")  # where a long name may break in its tile


@dataclass(frozen=True)
class Entry:
    """One report on the page."""

    folder: str
    code: str
    municipality: str
    language: str
    title: str
    simulated: bool
    told: tuple[Markup, ...]
    """What it is judged by, level, change and answers, each number with its cell; empty where the report says none."""


def write_index(outcomes: Sequence[Outcome], out: Path, language: str = "da") -> Path:
    """Write the page of the reports that are there, and of those that are not.

    A report that was refused or failed this time stands as it was made before: it is linked, and so is the reason why
    it was not made again.
    """
    lost = [outcome for outcome in outcomes if outcome.status in (REFUSED, FAILED)]
    earlier = {outcome: tuple(_earlier(outcome.name, out)) for outcome in lost}
    folders = {out / outcome.name for outcome in outcomes if outcome.status in (MADE, KEPT)}
    overviews = [path for path in sorted(out.glob(f"{OVERVIEW}*")) if (path / LAST_FILE).exists()]
    made = [_entry(folder, language) for folder in folders.union(*earlier.values()).difference(overviews)]
    script = _packaged("index.js")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    page = environment.from_string(_packaged("index.html.j2")).render(
        language=language,
        words=texts(language)["index"],
        style=fonts.font_face_css(),
        script=Markup(script),
        script_hash=b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
        places=_places(made, language),
        several=len({entry.language for entry in made}) > 1,
        entries=sorted(made, key=lambda entry: (entry.municipality, entry.folder)),
        lost=[outcome for outcome in lost if not earlier[outcome]],
        stale=[outcome for outcome in lost if earlier[outcome]],
        overviews=[_entry(folder, language) for folder in overviews],
        simulated=any(entry.simulated for entry in made),
    )
    exchange.put(out / PAGE, page.encode("utf-8"))
    return out / PAGE


def _packaged(name: str) -> str:
    return resources.files("jobreport.make.batch").joinpath(name).read_text(encoding="utf-8")


def _earlier(name: str, out: Path) -> Iterator[Path]:
    of_this = re.compile(rf"{re.escape(name)}(-\d{{3}})?(-(da|en))?")
    for folder in sorted(path for path in out.iterdir() if of_this.fullmatch(path.name)):
        with suppress(InputRefused):  # not a report
            exchange.read_manifest(folder)
            yield folder


def _entry(folder: Path, language: str) -> Entry:
    manifest = json.loads((folder / LAST_FILE).read_text(encoding="utf-8"))
    params = manifest["params"]
    code = params["municipality_code"]
    name = municipalities.name(code, language)
    units = {unit["unit"]: unit["label"][params["language"]] for unit in params.get("units", ())}
    title = params["title"][params["language"]] if params["title"] else units.get(params.get("unit"), name)
    simulated = bool(params["survey"] and params["survey"]["simulated"])
    return Entry(folder.name, code, name, params["language"], title, simulated, _line(manifest.get("glance")))


def _line(carried: object) -> tuple[Markup, ...]:
    with suppress(ValueError):
        held = tree.read(carried)
        if isinstance(held, Card):
            return tuple(Markup(html_parts(parts)) for parts in (held.title, *held.facts))
    return ()


@dataclass(frozen=True)
class Place:
    """One municipality's tile and its report: of several the first in the language of the page; the table has all."""

    municipality: str
    tile: funnel.Tile
    report: Entry | None


def _places(made: Sequence[Entry], language: str) -> list[Place]:
    from jobreport.figures import funnel  # imported here: it brings matplotlib, which no worker needs

    ordered = sorted(made, key=lambda entry: (entry.language != language, entry.folder))
    first = {entry.code: entry for entry in reversed(ordered)}
    named = {tile: _ENDING.sub(SOFT_HYPHEN, municipalities.name(tile.code, language)) for tile in funnel.layout()}
    return [Place(name, tile, first.get(tile.code)) for tile, name in named.items()]


TIDY = ("estimates", "changes")
COMPUTATION = "computation"
SHORT = 12


def write_tables(computed: Sequence[Path], out: Path) -> None:
    """Write the released rows of all municipalities; ``computation`` tells different data apart."""
    for name in TIDY:
        tables = [
            pd.read_parquet(folder / f"{name}.parquet").assign(**{COMPUTATION: folder.name[:SHORT]})
            for folder in sorted(computed)
        ]
        if tables:
            exchange.put(out / f"{name}.parquet", pd.concat(tables, ignore_index=True).to_parquet(index=False))
