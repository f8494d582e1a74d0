"""The audit of a report: every digit that a reader meets belongs to a cell, and says what the cell holds.

A number that somebody typed has no cell. That some cell happens to hold the same value does not help it. Audited are
the tree, of which every form is written, and the finished PDF as it is read back. No report passes the gate without.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from jobreport.errors import ExportFailed, Problem
from jobreport.export import reading
from jobreport.export.bound import Cells, Key, Value, agrees, unhidden
from jobreport.export.document import Document
from jobreport.page import Number, Parts
from jobreport.page.inline import visible

DIGIT = re.compile(r"\d")
NAMED = 5
CONTENTS = "contents"


@dataclass(frozen=True)
class Finding:
    """A number that does not stand the audit."""

    where: str  # 'page 3' of a PDF, or 'html', the page that is written of the tree
    text: str  # the number, or the words in which it stands
    # {'unbound', 'no such cell', 'differs', 'miscounted'}: typed; bound to a cell that is not there; says something
    # else than its cell; a wrong count
    fault: str
    cell: str = ""  # table, row and column joined by ' / '; empty if there is none


@dataclass(frozen=True)
class Shown:
    """A piece of text that readers meet, with its cell if it is bound."""

    where: str
    text: str
    cell: Key | None


def audit_read(read: reading.Reading, cells: Cells, language: str) -> list[Finding]:
    """Every number in a finished PDF that is unbound, bound to nothing, or not what its cell holds.

    Read are the structure tree's text and the figures' alt texts. What is drawn inside a figure is a picture,
    and running titles and page numbers are no content; both stand outside the tree.
    """
    return [*audit_shown(pdf_texts(read), cells, language), *_contents(read)]


def audit_tree(document: Document, cells: Cells, language: str) -> list[Finding]:
    """The same for the tree that the page is written of, with what it hides for the eye."""
    return audit_shown(tree_texts(document), cells, language)


def audit_shown(shown: Iterable[Shown], cells: Cells, language: str) -> list[Finding]:
    """Every piece of text that does not stand, and every figure or table that is miscounted."""
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
    # A page says its texts whole; in print a line can break one, and its pieces are looked up by their numerals.
    return not DIGIT.search(cells.quoted.rest(shown.text)) or (shown.where != "html" and cells.quoted.holds(shown.text))


def _is_label(shown: Shown, value: Value, cells: Cells) -> bool:
    is_group = shown.cell is not None and shown.cell[2] == "group" and isinstance(value, str)
    return is_group and not DIGIT.search(cells.quoted.rest(shown.text))


def _miscounted(shown: list[Shown]) -> Iterator[Finding]:
    for kind in ("figure", "table"):
        of_kind = (s for s in shown if s.cell is not None and s.cell[1].startswith(f"{kind}|"))
        counted = [s for s in of_kind if s.cell is not None and s.cell[0] == "document"]
        for expected, one in enumerate(counted, start=1):
            if one.text.strip() != str(expected):
                yield Finding(one.where, one.text, "miscounted", f"{kind} {expected}")


def tree_texts(document: Document) -> Iterator[Shown]:
    """The texts of a document in reading order, each with its cell if it is bound."""
    listed = (*document.matter.parts, *(parts for leaf in document.leaves() for parts in leaf.all_parts()))
    return (shown for parts in listed for shown in _texts_of(parts))


def _texts_of(parts: Parts) -> Iterator[Shown]:
    # Words that stand beside each other are one text, as they are in print.
    for is_text, pieces in groupby(parts, lambda part: isinstance(part, str)):
        if is_text:
            yield Shown("html", visible("".join(map(str, pieces))), None)
            continue
        for piece in pieces:
            if isinstance(piece, Number):
                yield Shown("html", visible(piece.text), (piece.table, piece.row, piece.column))
            elif not isinstance(piece, str):
                yield from _texts_of(piece.parts)


def pdf_texts(read: reading.Reading) -> Iterator[Shown]:
    """The same of a PDF that has been read; those of its drawings stand last."""
    bound = {run.element: run for run in read.numbers()}
    for run in read.runs:
        if run.cell is None:
            yield Shown(f"page {run.page}", run.text, None)
        elif run.element in bound:
            whole = bound.pop(run.element)
            yield Shown(f"page {run.page}", whole.text.replace(reading.SOFT_HYPHEN, ""), whole.cell)
    for drawing in read.drawings:
        yield from _alt_texts(drawing)


def _alt_texts(drawing: reading.Drawing) -> Iterator[Shown]:
    # An alt text is one string: its bound numbers are looked up in order, the rest is unbound.
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
    headings = [(text, page) for role, text, page in read.blocks() if role == "H1"]
    entries = [(text, page) for role, text, page in read.blocks() if role == "Reference"]
    for entry, page in entries:
        title, _, named = entry.rpartition(" ")
        if not any(title.strip() == heading and named.strip() == str(at) for heading, at in headings):
            yield Finding(f"page {page}", entry, "miscounted", CONTENTS)


def passed(read: reading.Reading, document: Document, cells: Cells, language: str, where: str) -> None:
    """Let a finished report pass, as `let_pass` does, if all in its PDF and in its tree is what its cell holds."""
    let_pass([*audit_read(read, cells, language), *audit_tree(document, cells, language)], language, where)


def let_pass(findings: Sequence[Finding], language: str, where: str) -> None:
    """Let a report pass in which nothing was found, or no more than in its list of contents.

    ``where``: the file that the report is made of, as its user names it.

    Raises
    ------
    ExportFailed
        Naming the page, the words and the cell of each number that does not pass.
    """
    stopping = [finding for finding in findings if finding.cell != CONTENTS]
    if stopping:
        values = {"count": len(stopping), "numbers": told(stopping)}
        stopped = ExportFailed(Problem("number_without_cell", where, values))
        stopped.language = language
        raise stopped


def told(findings: Sequence[Finding]) -> str:
    """Name the first findings: where, what is printed, and what its cell holds.

    Examples
    --------
    >>> told([Finding("page 3", "59", "differs", "estimates / x / n = 58")])
    'page 3: "59" (estimates / x / n = 58)'
    """
    lines = [f'{f.where}: "{f.text}"' + (f" ({f.cell})" if f.cell else "") for f in findings[:NAMED]]
    return "; ".join(lines) + (" …" if len(findings) > NAMED else "")
