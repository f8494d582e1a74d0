"""The structure tree of a finished PDF: row headers, and the cell that every printed number came from.

Typst gives every number a Span of its own; here that Span is given the number's table, row and column as
user properties (ISO 32000-1, 14.7.5.4), which a reader ignores and an audit can read. Typst cannot be told
from Python that a cell names its row, so that is written here too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from jobreport.errors import ExportFailed

NOTES = "notes-of-the-template.json"
"""A file that the template attaches for this pass, which takes it out again."""


@dataclass(frozen=True)
class Bindings:
    """What Typst was told and the PDF cannot hold by itself, in reading order.

    Parameters
    ----------
    numbers : tuple of [text, table, row, column]
        The printed numbers.
    alternatives : tuple of lists of [text, table, row, column]
        For each figure, the numbers in its alt text.
    row_headers : tuple of lists of bool
        For each table, which columns name the rows.
    """

    numbers: tuple[list[str], ...]
    alternatives: tuple[list[list[str]], ...]
    row_headers: tuple[list[bool], ...]

    @classmethod
    def read(cls, notes: list[dict[str, Any]]) -> Bindings:
        """Sort the notes that the template left in the document (its ``metadata`` elements)."""

        def of(kind: str, field: str) -> tuple[Any, ...]:
            return tuple(note[field] for note in notes if note["kind"] == kind)

        return cls(of("number", "cell"), of("figure", "numbers"), of("table", "headers"))


def bind(pdf: bytes) -> bytes:
    """Write row headers and bindings into the structure tree; the file's identity follows its content.

    Raises
    ------
    ExportFailed
        If the tree does not hold as many numbers, figures and tables as the document was told to show.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        bindings = Bindings.read(_take_notes(document))
        root = document.Root.StructTreeRoot
        _join_broken(root)
        elements = list(walk(root.K))
        _bind_numbers(_of(elements, is_number), bindings.numbers)
        _bind_alternatives(_of(elements, is_figure), bindings.alternatives)
        _head_rows(_of(elements, is_table), bindings.row_headers)
        document.Root.MarkInfo.UserProperties = True
        del document.Root.MarkInfo.Suspects  # false, which is the default; poppler takes it for an error
        written = io.BytesIO()
        document.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _join_broken(root: Any) -> None:
    """Make one Span again of a number that a page break has cut in two: nothing stands between its halves."""
    joined: dict[Any, Any] = {}
    for parent in list(walk(root.K)):
        kids = parent.get("/K")
        if not isinstance(kids, Array):
            continue
        for before, after in reversed(list(pairwise(kids))):
            if all(isinstance(kid, Dictionary) and "/S" in kid and is_number(kid) for kid in (before, after)):
                before.K = Array([*_contents(before), *_contents(after)])
                joined[after.objgen] = before
        parent.K = Array([kid for kid in kids if not (isinstance(kid, Dictionary) and kid.objgen in joined)])
    if joined:
        _point_to(root.ParentTree, joined)


def _contents(span: Any) -> list[Any]:
    """The marked content of a span, each piece with the page it stands on."""
    kids = span.K if isinstance(span.K, Array) else [span.K]
    return [Dictionary(Type=Name.MCR, Pg=span.Pg, MCID=kid) if isinstance(kid, int) else kid for kid in kids]


def _point_to(tree: Any, joined: Mapping[Any, Any]) -> None:
    """Let what pointed to the second half of a number point to the first; last halves were joined first."""
    for kid in tree.get("/Kids", ()):
        _point_to(kid, joined)
    for owners in tree.get("/Nums", ()):
        if isinstance(owners, Array):
            for place, owner in enumerate(owners):
                while isinstance(owner, Dictionary) and owner.objgen in joined:
                    owner = owners[place] = joined[owner.objgen]


def _take_notes(document: pikepdf.Pdf) -> list[dict[str, Any]]:
    notes = document.attachments[NOTES].get_file().read_bytes()
    del document.attachments[NOTES]
    found: list[dict[str, Any]] = json.loads(notes)
    return found


def walk(kids: Any) -> Iterator[Any]:
    """Structure elements in reading order."""
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            if "/K" in kid:
                yield from walk(kid.K)


def attributes(element: Any, owner: str) -> list[Any]:
    """Attribute dictionaries of one owner ('/Layout', '/Table', '/UserProperties')."""
    held = element.get("/A", Array())
    listed = held if isinstance(held, Array) else [held]
    return [a for a in listed if isinstance(a, Dictionary) and a.get("/O") == Name(owner)]


def is_number(element: Any) -> bool:
    """Whether Typst made this Span for a number: it alone has a shift of nothing."""
    return element.S == Name.Span and any("/BaselineShift" in a for a in attributes(element, "/Layout"))


def is_figure(element: Any) -> bool:
    """Whether this is a drawing with an alt text."""
    return element.S == Name.Figure and "/Alt" in element


def is_table(element: Any) -> bool:
    """Whether this is a table."""
    return bool(element.S == Name.Table)


def _of(elements: Iterable[Any], test: Any) -> list[Any]:
    return [element for element in elements if test(element)]


def _paired(elements: list[Any], told: Sequence[Any], what: str) -> Iterator[tuple[Any, Any]]:
    if len(elements) != len(told):
        raise ExportFailed(f"the PDF holds {len(elements)} {what}, but the document has {len(told)}")
    return zip(elements, told, strict=True)


def _bind_numbers(spans: list[Any], cells: Sequence[list[str]]) -> None:
    for span, (_, table, row, column) in _paired(spans, cells, "numbers"):
        span.A = _user_properties([(table, row, column)])


def _bind_alternatives(figures: list[Any], alternatives: Sequence[list[list[str]]]) -> None:
    for figure, alternative in _paired(figures, alternatives, "figures"):
        properties = [_property(text, "\n".join(cell)) for text, *cell in alternative]
        _add_attribute(figure, Dictionary(O=Name.UserProperties, P=Array(properties)))


def _user_properties(cells: list[tuple[str, str, str]]) -> Dictionary:
    named = [
        _property(name, value) for cell in cells for name, value in zip(("table", "row", "column"), cell, strict=True)
    ]
    return Dictionary(O=Name.UserProperties, P=Array(named))


def _property(name: str, value: str) -> Dictionary:
    return Dictionary(N=String(name), V=String(value), H=True)


def _add_attribute(element: Any, attribute: Dictionary) -> None:
    held = element.get("/A", Array())
    element.A = Array([*(held if isinstance(held, Array) else [held]), attribute])


def _head_rows(tables: list[Any], told: Sequence[list[bool]]) -> None:
    for table, is_header in _paired(tables, told, "tables"):
        for row in (element for element in walk(table.K) if element.S == Name.TR):
            cells = [cell for cell in walk_once(row) if cell.S in (Name.TD, Name.TH)]
            for cell, names_row in zip(cells, is_header, strict=True):
                if names_row and cell.S == Name.TD:
                    cell.S = Name.TH
                    _scope(cell)


def _scope(cell: Any) -> None:
    for attribute in attributes(cell, "/Table"):
        attribute.Scope = Name.Row
        return
    _add_attribute(cell, Dictionary(O=Name.Table, Scope=Name.Row))


def walk_once(element: Any) -> Iterator[Any]:
    """The structure elements right below one."""
    kids = element.get("/K", Array())
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
