"""The audit of finished files: every digit that a reader meets belongs to a cell, and says what the cell holds.

A number that somebody typed has no cell. That some cell happens to hold the same value does not help it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from jobreport.export import reading
from jobreport.export.cells import Cells, Key, Value, agrees
from jobreport.export.quoted import unhidden

DIGIT = re.compile(r"\d")
SKIPPED = ("style", "svg", "title")


@dataclass(frozen=True)
class Finding:
    """A number that does not stand the audit.

    Parameters
    ----------
    where : str
        'page 3' of a PDF, or 'html'.
    text : str
        The number, or the words in which it stands.
    fault : {'unbound', 'no such cell', 'differs', 'miscounted'}
        Typed; bound to a cell that is not there; says something else than its cell; a wrong count.
    cell : str
        Table, row and column joined by ' / '; empty if there is none.
    """

    where: str
    text: str
    fault: str
    cell: str = ""


@dataclass(frozen=True)
class Shown:
    """A piece of text that readers meet, with its cell if it is bound."""

    where: str
    text: str
    cell: Key | None


def audit_pdf(pdf: bytes, cells: Cells, language: str) -> list[Finding]:
    """Every number in a finished PDF that is unbound, bound to nothing, or not what its cell holds.

    Read are the structure tree's text and the figures' alt texts. What is drawn inside a figure is a picture,
    and running titles and page numbers are no content; both stand outside the tree.
    """
    read = reading.read(pdf)
    shown = list(_pdf_texts(read))
    return [*_audit(shown, cells, language), *_contents(read)]


def audit_html(html: str, cells: Cells, language: str) -> list[Finding]:
    """The same for a finished page; read is its text, also where it is hidden for the eye."""
    return _audit(html_texts(html), cells, language)


def cells_of_pdf(pdf: bytes) -> list[Key]:
    """The cells that a PDF prints, in reading order, without the report's own counts."""
    return [s.cell for s in _pdf_texts(reading.read(pdf)) if s.cell is not None and s.cell[0] != "document"]


def cells_of_html(html: str) -> list[Key]:
    """The cells that a page prints, in reading order, without the report's own counts."""
    return [s.cell for s in html_texts(html) if s.cell is not None and s.cell[0] != "document"]


def _audit(shown: Iterable[Shown], cells: Cells, language: str) -> list[Finding]:
    listed = list(shown)
    found = [finding for s in listed for finding in _of_one(s, cells, language)]
    return [*found, *_miscounted(listed)]


def _of_one(shown: Shown, cells: Cells, language: str) -> Iterator[Finding]:
    if shown.cell is None:
        if DIGIT.search(shown.text) and not _is_quoted(shown, cells):
            yield Finding(shown.where, shown.text.strip(), "unbound")
        return
    if shown.cell[0] == "document":
        return
    name = " / ".join(shown.cell)
    try:
        value = cells.value(shown.cell)
    except (KeyError, IndexError, ValueError):
        yield Finding(shown.where, shown.text, "no such cell", name)
        return
    if not agrees(unhidden(shown.text.strip()), value, language) and not _is_label(shown, value, cells):
        yield Finding(shown.where, shown.text, "differs", f"{name} = {value}")


def _is_quoted(shown: Shown, cells: Cells) -> bool:
    """A page says its texts whole; in print a line can break one, and its pieces are looked up by their numerals."""
    return not DIGIT.search(cells.quoted.rest(shown.text)) or (shown.where != "html" and cells.quoted.holds(shown.text))


def _is_label(shown: Shown, value: Value, cells: Cells) -> bool:
    """A cell holds the key of a group, the page what the codebook calls it."""
    is_group = shown.cell is not None and shown.cell[2] == "group" and isinstance(value, str)
    return is_group and not DIGIT.search(cells.quoted.rest(shown.text))


def _miscounted(shown: list[Shown]) -> Iterator[Finding]:
    """Figures and tables are counted from 1 without a gap."""
    for kind in ("figure", "table"):
        of_kind = (s for s in shown if s.cell is not None and s.cell[1].startswith(f"{kind}|"))
        counted = [s for s in of_kind if s.cell is not None and s.cell[0] == "document"]
        for expected, one in enumerate(counted, start=1):
            if one.text.strip() != str(expected):
                yield Finding(one.where, one.text, "miscounted", f"{kind} {expected}")


def _pdf_texts(read: reading.Reading) -> Iterator[Shown]:
    bound = {run.element: run for run in read.numbers()}
    for run in read.runs:
        if run.cell is None:
            yield Shown(f"page {run.page}", run.text, None)
        elif run.element in bound:
            whole = bound.pop(run.element)
            yield Shown(f"page {run.page}", _unbroken(whole.text), whole.cell)
    for drawing in read.drawings:
        yield from _alt_texts(drawing)


def _unbroken(text: str) -> str:
    return text.replace(reading.SOFT_HYPHEN, "")


def _alt_texts(drawing: reading.Drawing) -> Iterator[Shown]:
    """An alt text is one string: its bound numbers are looked up in order, the rest is unbound."""
    rest = drawing.alt
    for text, cell in drawing.numbers:
        before, found, after = rest.partition(text)
        if not found:
            yield Shown("alt text", f"{text} is missing in: {drawing.alt}", None)
            return
        yield Shown("alt text", before, None)
        yield Shown("alt text", text, cell)
        rest = after
    yield Shown("alt text", rest, None)


def _contents(read: reading.Reading) -> Iterator[Finding]:
    """The list of contents names the page on which each heading stands."""
    headings = [(text, page) for role, text, page in read.blocks() if role == "H1"]
    entries = [(text, page) for role, text, page in read.blocks() if role == "Reference"]
    for entry, page in entries:
        title, _, named = entry.rpartition(" ")
        if not any(title.strip() == heading and named.strip() == str(at) for heading, at in headings):
            yield Finding(f"page {page}", entry, "miscounted", "contents")


def html_texts(html: str) -> list[Shown]:
    """The texts of a page, in order, each with the cell of the ``data`` element that holds it."""
    parser = _Texts()
    parser.feed(html)
    parser.close()
    return parser.found


class _Texts(HTMLParser):
    """Collects texts; what stands in a drawing, a style or the head's title is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self.cells: list[Key | None] = []
        self.inside: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += tag in SKIPPED
        if tag == "data":
            held = dict(attrs)
            cell = tuple(held.get(f"data-{name}") or "" for name in ("table", "row", "column"))
            self.cells.append(cell if all(cell) else None)  # type: ignore[arg-type]
        for name, value in attrs:
            if name in ("alt", "aria-label", "title") and value:
                self.found.append(Shown("html", value, None))

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in SKIPPED
        if tag == "data":
            self.found.append(Shown("html", "".join(self.inside), self.cells.pop()))
            self.inside.clear()

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.inside.append(data)
        elif not self.skipped and data.strip():
            self.found.append(Shown("html", data, None))
