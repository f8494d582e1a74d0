"""Where a number in a finished report comes from: its row, base, formula, file and the call that gives it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from jobreport.domain.released import KEYS
from jobreport.domain.texts import texts_of
from jobreport.errors import ExportFailed, InputRefused, Problem, speaking
from jobreport.export import notebook
from jobreport.export.document import Document
from jobreport.make.exchange import read_manifest
from jobreport.page import Captioned, Heading, Parts, plain
from jobreport.page.inline import numbers, visible

NOTEBOOK, PAGE = "report.ipynb", "report.html"
LABEL = re.compile(r"(figure?|tabell?e?)\W*(\d+)", re.IGNORECASE)
UNREADABLE = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError),
    *(nbformat.ValidationError, ExportFailed),
)
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
        If the folder holds no report, or one whose notebook does not carry its tree.
    """
    manifest = read_manifest(folder)
    language = manifest["params"]["language"]
    texts, document = _texts(language), document_of(folder, language)
    if LABEL.fullmatch(wanted.strip()):
        return _owned(document, wanted, texts) or texts["nothing"].format(wanted=wanted)
    found = [place for place in _places(document) if _same(place.text, wanted)]
    if not found:
        return str(texts["nothing"].format(wanted=wanted))
    lines = [texts["found"].format(wanted=wanted, count=len(found), file=PAGE)]
    for number, place in enumerate(found, start=1):
        lines += _lines(number, place, folder, manifest, texts)
    return "\n".join(map(visible, lines))


def _same(printed: str, wanted: str) -> bool:
    plain = (re.sub(r"\s", "", text.replace("−", "-")) for text in (printed, wanted))
    return len(set(plain)) == 1


def _plain_label(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


_texts = partial(texts_of, "explain")


def _owned(document: Document, wanted: str, texts: Mapping[str, Any]) -> str:
    for block in (leaf for leaf in document.leaves() if isinstance(leaf, Captioned)):
        label = _label(block)
        if _plain_label(label) == _plain_label(wanted):
            inside = [place for place in _places(document) if place.label == label]
            tables = ", ".join(sorted({place.table for place in inside}))
            caption = plain(block.caption)
            return str(texts["listed"].format(label=label, caption=caption, count=len(inside), tables=tables))
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
    beside = {"benchmarks", "claims", "register", "jobcentres", "quotations", "logo"}
    if table in ("benchmarks", "claims", "quotations"):
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
    kinds = (row.get(column, "") for column in ("method", "diagnostic", "measure"))
    formula = next((texts["formulas"][kind] for kind in kinds if kind in texts["formulas"]), None)
    if formula:
        yield texts["formula"].format(formula=formula)


def _call(table: str, cells: Mapping[str, str], params: Mapping[str, Any]) -> str:
    if table not in KEYS:
        return f'jobreport.load("params/{params["name"]}.yml").results.{table}'
    where = ", ".join(f"{k}={v!r}" for k, v in cells.items() if "*" not in v)
    return f'jobreport.load("params/{params["name"]}.yml").{table}({where})'


def finished(folder: Path, language: str | None = None) -> tuple[Document, dict[str, Any]]:
    """Read a finished report: its tree and its manifest; it is refused in its own language unless in another."""
    with speaking(language or "da"):
        manifest = read_manifest(folder)
    return document_of(folder, language or manifest["params"]["language"]), manifest


def document_of(folder: Path, language: str) -> Document:
    """The tree that the report's notebook carries; whoever sent the folder may have put anything into it."""
    try:
        return notebook.read(nbformat.read(folder / NOTEBOOK, as_version=4))
    except UNREADABLE:
        raise InputRefused([Problem("notebook_without_tree", NOTEBOOK)], language) from None


def _places(document: Document) -> Iterator[Place]:
    section = ""
    yield from _of(document.matter.parts, "", "")
    for leaf in document.leaves():
        if isinstance(leaf, Heading) and leaf.level == 1:
            section = plain(leaf.parts)
        yield from _of(leaf.all_parts(), section, _label(leaf) if isinstance(leaf, Captioned) else "")


def _of(all_parts: Iterable[Parts], section: str, label: str) -> Iterator[Place]:
    for number in (number for parts in all_parts for number in numbers(parts) if number.table != "document"):
        yield Place(visible(number.text), number.table, number.row, number.column, section, label)


def _label(block: Captioned) -> str:
    return plain(block.label).replace("\u00a0", " ").strip(" .")
