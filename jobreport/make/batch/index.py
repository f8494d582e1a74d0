"""The index page: a tile for each municipality that links its reports, a list of all, and what was not made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from jobreport.domain import municipalities
from jobreport.errors import InputRefused
from jobreport.make import exchange
from jobreport.make.batch.progress import texts
from jobreport.make.batch.worker import FAILED, KEPT, MADE, REFUSED, Outcome
from jobreport.make.exchange import LAST_FILE
from jobreport.page import fonts

if TYPE_CHECKING:
    from jobreport.figures import tiles

PAGE = "index.html"
OVERVIEW = "overview"


@dataclass(frozen=True)
class Entry:
    """One report on the page."""

    folder: str
    code: str
    municipality: str
    language: str
    title: str
    simulated: bool


def write(outcomes: Sequence[Outcome], out: Path, language: str = "da") -> Path:
    """Write the page of the reports that are there, and of those that are not.

    A report that was refused or failed this time stands as it was made before: it is linked, and so is the reason why
    it was not made again.
    """
    lost = [outcome for outcome in outcomes if outcome.status in (REFUSED, FAILED)]
    earlier = {outcome: tuple(_earlier(outcome.name, out)) for outcome in lost}
    folders = {out / outcome.name for outcome in outcomes if outcome.status in (MADE, KEPT)}
    made = [_entry(folder, language) for folder in folders.union(*earlier.values())]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = resources.files("jobreport.make.batch").joinpath("index.html.j2").read_text(encoding="utf-8")
    page = environment.from_string(template).render(
        language=language,
        words=texts(language)["index"],
        style=fonts.font_face_css(),
        places=_places(made, language),
        entries=sorted(made, key=lambda entry: (entry.municipality, entry.folder)),
        lost=[outcome for outcome in lost if not earlier[outcome]],
        stale=[outcome for outcome in lost if earlier[outcome]],
        overviews=[folder.name for folder in sorted(out.glob(f"{OVERVIEW}*")) if (folder / LAST_FILE).exists()],
        simulated=any(entry.simulated for entry in made),
    )
    target, new = out / PAGE, out / f".{PAGE}.new"
    new.write_text(page, encoding="utf-8", newline="\n")
    new.replace(target)
    return target


def _earlier(name: str, out: Path) -> Iterator[Path]:
    """Folders with whole reports of a params file from before: in another language, or of its municipalities."""
    of_this = re.compile(rf"{re.escape(name)}(-\d{{3}})?(-(da|en))?")
    for folder in sorted(path for path in out.iterdir() if of_this.fullmatch(path.name)):
        with suppress(InputRefused):  # not a report
            exchange.read_manifest(folder)
            yield folder


def _entry(folder: Path, language: str) -> Entry:
    params = json.loads((folder / LAST_FILE).read_text(encoding="utf-8"))["params"]
    code = params["municipality_code"]
    name = municipalities.name(code, language)
    title = params["title"][params["language"]] if params["title"] else name
    simulated = bool(params["survey"] and params["survey"]["simulated"])
    return Entry(folder.name, code, name, params["language"], title, simulated)


@dataclass(frozen=True)
class Place:
    """One municipality's tile and its reports."""

    municipality: str
    tile: tiles.Tile
    reports: tuple[Entry, ...]


def _places(made: Sequence[Entry], language: str) -> list[Place]:
    from jobreport.figures import tiles  # imported here: it brings matplotlib, which no worker needs

    return [
        Place(municipalities.name(tile.code, language), tile, tuple(e for e in made if e.code == tile.code))
        for tile in tiles.layout()
    ]
