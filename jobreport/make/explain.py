"""Where a number in a finished report comes from: its row, base, formula, file and the call that gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain.released import KEYS
from jobreport.domain.texts import texts_of
from jobreport.errors import Problem, refuse
from jobreport.make.exchange import read_manifest
from jobreport.page.inline import visible

PAGE = "report.html"
LABEL = re.compile(r"(figure?|tabell?e?)\W*(\d+)", re.IGNORECASE)
BASES = ("n_invited", "n_answered", "n", "n_effective", "n_before", "n_after", "n_comparison")


@dataclass(frozen=True)
class Place:
    """One printed number: its text and cell, and the section and figure or table it stands in."""

    text: str
    table: str
    row: str
    column: str
    section: str
    label: str


@dataclass(frozen=True)
class Owner:
    """One figure or table: its label and caption."""

    label: str
    caption: str


def explain(folder: Path, wanted: str) -> str:
    """Tell where a printed number, figure or table comes from.

    Parameters
    ----------
    folder : Path
        A folder that a run wrote.
    wanted : str
        The number as it is printed, such as ``59,3``, or ``figur 3`` or ``table 2``.

    Returns
    -------
    str
        For each place: section, row, column, base, interval, formula, file with checksum and the Python call.

    Raises
    ------
    InputRefused
        If the folder holds no report.
    """
    manifest = read_manifest(folder)
    try:
        page = (folder / PAGE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        refuse([Problem("manifest_unreadable", str(folder))])
    texts = _texts(manifest["params"]["language"])
    reader = _Reader()
    reader.feed(page)
    if LABEL.fullmatch(wanted.strip()):
        return _owned(reader, _plain_label(wanted), texts) or texts["nothing"].format(wanted=wanted)
    found = [place for place in reader.places if _same(place.text, wanted) and place.table != "document"]
    if not found:
        return str(texts["nothing"].format(wanted=wanted))
    lines = [texts["found"].format(wanted=wanted, count=len(found), file=PAGE)]
    for number, place in enumerate(found, start=1):
        lines += _lines(number, place, folder, manifest, texts)
    return "\n".join(map(visible, lines))


def _same(printed: str, wanted: str) -> bool:
    """Whether two numbers are written alike, whatever kind of minus or space they are written with."""
    plain = (re.sub(r"\s", "", text.replace("−", "-")) for text in (printed, wanted))
    return len(set(plain)) == 1


def _plain_label(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


_texts = partial(texts_of, "explain")


def _owned(reader: _Reader, label: str, texts: Mapping[str, Any]) -> str:
    for owner in reader.owners:
        if _plain_label(owner.label) == label:
            inside = [p for p in reader.places if p.label == owner.label and p.table != "document"]
            tables = ", ".join(sorted({p.table for p in inside}))
            return str(
                texts["listed"].format(label=owner.label, caption=owner.caption, count=len(inside), tables=tables)
            )
    return ""


def _lines(
    number: int, place: Place, folder: Path, manifest: Mapping[str, Any], texts: Mapping[str, Any]
) -> Iterator[str]:
    inside = texts["inside"].format(label=place.label) if place.label else ""
    yield texts["place"].format(number=number, text=place.text, section=place.section, inside=inside)
    if place.table in ("rules", "params"):
        yield texts[place.table].format(row=place.row, column=place.column)
        return
    keys = dict(zip(KEYS.get(place.table, ("row",)), place.row.split("|"), strict=False))
    cells = {name: text for name, text in keys.items() if text}
    file = f"{place.table}.csv"
    yield texts["row"].format(file=file, cells=", ".join(f"{k} = {v}" for k, v in cells.items()))
    row = _row(folder / Path(file).name, keys)
    yield texts["column"].format(column=place.column, value=row.get(place.column, place.text))
    yield from _evidence(row, texts)
    for source in _sources(place.table, row, manifest["inputs"]):
        yield texts["input"].format(file=source["file"], sha256=source["sha256"])
    yield texts["python"].format(call=_call(place.table, cells, manifest["params"]))


def _sources(table: str, row: Mapping[str, str], inputs: Sequence[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """Give the files that a number can rest on: published figures, a register, or the survey with its codebook."""
    beside = {"benchmarks", "claims", "register", "jobcentres"}
    if table in ("benchmarks", "claims"):
        roles = {table}
    elif row.get("measure") == "register":
        roles = {"register"}
    else:
        roles = {source["role"] for source in inputs} - beside
    return (source for source in inputs if source["role"] in roles)


def _row(file: Path, keys: Mapping[str, str]) -> Mapping[str, str]:
    if file.stem not in KEYS or not file.is_file() or "*" in keys.values():
        return {}
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
    except ValueError:  # no table any more
        return {}
    for column, text in keys.items():
        table = table[table[column] == text] if column in table else table
    return {} if table.empty else dict(table.iloc[0])


def _evidence(row: Mapping[str, str], texts: Mapping[str, Any]) -> Iterator[str]:
    base = ", ".join(f"{name} = {row[name]}" for name in BASES if row.get(name))
    if base or row.get("measure") == "register":
        yield texts["base"].format(base=base or texts["no_base"])
    if row.get("ci_low"):
        yield texts["interval"].format(low=row["ci_low"], high=row["ci_high"])
    formula = texts["formulas"].get(row.get("method", row.get("measure", "")))
    if formula:
        yield texts["formula"].format(formula=formula)


def _call(table: str, cells: Mapping[str, str], params: Mapping[str, Any]) -> str:
    if table not in KEYS:
        return f'jobreport.load("params/{params["name"]}.yml").results.{table}'
    where = ", ".join(f"{k}={v!r}" for k, v in cells.items() if "*" not in v)
    return f'jobreport.load("params/{params["name"]}.yml").{table}({where})'


@dataclass
class _Reader(HTMLParser):
    """Collects the numbers of a page in reading order, each with the section and the label above it."""

    places: list[Place] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    _section: str = ""
    _label: str = ""
    _open: list[str] = field(default_factory=list)
    _caught: dict[str, str] = field(default_factory=dict)
    _number: dict[str, str] | None = None

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("h2", "figcaption", "caption"):
            self._caught[tag] = ""
        if tag == "span" and given.get("class") == "label":
            self._caught["label"] = ""
        if tag == "data":
            self._number = {**given, "text": ""}
        if tag in ("figure", "table"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and "label" in self._caught:
            self._label = self._caught.pop("label").strip(" .")
        if tag == "h2":
            self._section, self._label = self._caught.pop("h2", ""), ""
        if tag in ("figcaption", "caption") and tag in self._caught:
            caption = self._caught.pop(tag).strip()
            self.owners.append(Owner(self._label, caption.removeprefix(self._label).lstrip(". ")))
        if tag in ("figure", "table") and self._open:
            self._open.pop()
            self._label = self._label if self._open else ""
        if tag == "data" and self._number is not None:
            n = self._number
            cell = (n.get("data-table", ""), n.get("data-row", ""), n.get("data-column", ""))
            self.places.append(Place(n["text"], *cell, self._section, self._label))
            self._number = None

    def handle_data(self, data: str) -> None:
        for name in self._caught:
            self._caught[name] += data
        if self._number is not None:
            self._number["text"] += data
