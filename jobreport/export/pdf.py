"""A document to Typst to PDF: PDF/A-3a and PDF/UA-1 in one file, the same bytes wherever it is made.

Typst gives every number a Span of its own; here that Span is given the number's table, row and column as
user properties (ISO 32000-1, 14.7.5.4), which a reader ignores and an audit can read. Typst cannot be told
from Python that a cell names its row, so that is written here too.
"""

from __future__ import annotations

import base64
import datetime
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from itertools import pairwise, zip_longest
from pathlib import PurePath
from typing import Any

import pikepdf
import typst
from nbformat import NotebookNode
from pikepdf import Array, Dictionary, Name, String

from jobreport.errors import ExportFailed
from jobreport.export import notebook, reading
from jobreport.export.document import Document, Front, is_section
from jobreport.page import Block, fonts
from jobreport.page.inline import typst_array, typst_parts, typst_string, visible

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
REMEMBERED = 11
NOTES = "notes-of-the-template.json"
"""A file that the template attaches for the pass after the compilation, which takes it out again."""
NOTED = {"number": "cell", "figure": "numbers", "table": "headers"}
"""What is noted: of each number how it is printed and its cell, of each figure the numbers of its alt text, of each
table which columns name the rows."""
AFTER_FRONT = (
    "#block(height: 0pt, spacing: 0pt)[]<end-of-front>\n"
    "#context if locate(<end-of-front>).page() == 1 { pagebreak(weak: true) }"
)
"""A front page stands alone; where it takes more than a page, the contents follow at once."""
CONTENTS = ("document", "contents", "page")
"""The page numbers of the list of contents, which only the typesetter knows."""
MIME_TYPES = {".json": "application/json", ".csv": "text/csv", ".yml": "application/yaml"}


def to_pdf(source: NotebookNode, attachments: Mapping[str, bytes] | None = None, *, summary: bool = False) -> bytes:
    """Typeset an executed notebook.

    ``attachments``: files that travel inside the PDF; the default is what the notebook's study holds.

    Raises
    ------
    ExportFailed
        If something in the notebook has no printed form, or the page would break a rule of the two
        standards: a missing alt text, a skipped heading level, a letter that the font does not have.
    """
    held = notebook.told_of(source).attachments if attachments is None else attachments
    return typeset(notebook.read(source, summary=summary), held, summary=summary).pdf


@dataclass(frozen=True)
class Printed:
    """A finished PDF, and what it says when it is read back: that takes as long as typesetting, and is done once."""

    pdf: bytes
    read: reading.Reading


def typeset(shown: Document, attachments: Mapping[str, bytes] | None = None, *, summary: bool = False) -> Printed:
    """Typeset a document; otherwise as `to_pdf`."""
    return finished(shown, unbound(shown, attachments, summary=summary))


def unbound(shown: Document, attachments: Mapping[str, bytes] | None = None, *, summary: bool = False) -> bytes:
    """The PDF as it comes from Typst: no number in it says yet which cell it is of."""
    return _compile(document(shown, attachments or {}, with_contents=not summary), shown.matter.date)


def finished(shown: Document, pdf: bytes, beside: Callable[..., Any] = lambda work: work) -> Printed:
    """Bind the numbers of a PDF and read it back; what its pages say is found ``beside``, perhaps meanwhile."""
    said = beside(partial(reading.said, pdf))
    bound = bind(pdf)
    printed = Printed(bound, reading.read(bound, said()))
    _refuse_misplaced(printed.read, shown)
    return printed


def _refuse_misplaced(read: reading.Reading, shown: Document) -> None:
    said = [(_spaced(number.text), number.cell) for number in read.numbers() if number.cell != CONTENTS]
    told = [(_spaced(visible(number.text)), (number.table, number.row, number.column)) for number in shown.numbers()]
    for expected, found in zip_longest(told, said):
        if expected != found:
            raise ExportFailed(f"the PDF says {found!r} where {expected!r} was to be printed")


def _spaced(text: str) -> str:
    return "".join(text.replace(reading.SOFT_HYPHEN, "").split())


def document(shown: Document, attachments: Mapping[str, bytes], *, with_contents: bool) -> str:
    """The whole Typst document: template, front page, list of contents, body, attached files."""
    matter = shown.matter
    words = "(" + ", ".join(f"{name}: {typst_string(text)}" for name, text in matter.words.items()) + ")"
    return "\n".join(
        (
            f'#let blue = rgb("{matter.colour}")',
            (resources.files("jobreport.export") / "templates" / "report.typ").read_text(encoding="utf-8"),
            f"#let words = {words}",
            _show_rule(matter),
            *map(_markup, shown.front),
            AFTER_FRONT if shown.front and with_contents else "",
            "#contents(words)" if with_contents and any(map(is_section, shown.leaves())) else "",
            *map(_markup, shown.body),
            *_annex(shown),
            f"#notes({typst_string(NOTES)})",
            *(_attachment(name, content, matter.words["attachment"]) for name, content in sorted(attachments.items())),
        )
    )


def _annex(shown: Document) -> Iterator[str]:
    if not shown.annex:
        return
    begins = (at for at, block in enumerate(shown.annex) if at and is_section(next(block.leaves(), None)))
    head = next(begins, len(shown.annex))
    yield "#annex-begins()"
    yield from map(_markup, shown.annex[:head])
    yield "#annex-contents()"
    yield from map(_markup, shown.annex[head:])


def _markup(block: Block) -> str:
    return f"#{block.typst()}\n"


def _show_rule(matter: Front) -> str:
    named = {
        "title": typst_parts(matter.title_parts),
        "title-text": typst_string(matter.title),
        "subtitle": typst_parts(matter.subtitle_parts),
        "date": typst_parts(matter.date_parts),
        "sender": typst_parts(matter.sender_parts),
        "sender-name": typst_string(matter.sender.get("name", "")),
        "logo": _logo(matter.sender),
        "authors": typst_array(typst_string(author) for author in matter.authors),
        "description": typst_string(matter.description),
        "language": typst_string(matter.language),
        "words": "words",
        "simulated": str(matter.simulated).lower(),
        "issued": f"datetime(year: {matter.date.year}, month: {matter.date.month}, day: {matter.date.day})",
    }
    return "#show: report.with(" + ", ".join(f"{name}: {value}" for name, value in named.items()) + ")"


def _logo(sender: Mapping[str, str]) -> str:
    if "logo" not in sender:
        return "none"
    kind, _, packed = sender["logo"].partition(";base64,")
    data = ", ".join(str(byte) for byte in base64.b64decode(packed))
    said = sender.get("logo_text", "")
    numbers = typst_array(iter([typst_array(map(typst_string, (said, "params", "report", "sender.logo_text")))]))
    form = "png" if kind.endswith("png") else "svg"
    return f'(format: "{form}", data: bytes(({data},)), alt: {typst_string(said)}, numbers: {numbers})'


def _attachment(name: str, content: bytes, description: str) -> str:
    mime = MIME_TYPES.get(PurePath(name).suffix, "application/octet-stream")
    data = ", ".join(str(byte) for byte in content)
    return (
        f'#pdf.attach({typst_string(name)}, bytes(({data},)), relationship: "source", '
        f"mime-type: {typst_string(mime)}, description: {typst_string(description)})"
    )


def forget() -> None:
    """Let go of earlier documents: typst remembers its last ten, some 40 MB each, in case they are typeset again."""
    bare = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    for _ in range(REMEMBERED):
        typst.Compiler(b"", font_paths=bare).compile(format="pdf")


def _compile(markup: str, date: datetime.date) -> bytes:
    shipped = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)])
    issued = datetime.datetime(date.year, date.month, date.day, tzinfo=datetime.UTC)
    try:
        pdf, warnings = typst.Compiler(markup.encode("utf-8"), font_paths=shipped).compile_with_warnings(
            format="pdf", pdf_standards=STANDARDS, timestamp=issued
        )
    except typst.TypstError as error:
        raise ExportFailed(f"the report could not be typeset: {error.message} {' '.join(error.hints)}") from error
    if warnings:
        raise ExportFailed("the report was typeset with warnings: " + "; ".join(w.message for w in warnings))
    if not isinstance(pdf, bytes):
        raise ExportFailed("typst gave no PDF")
    return pdf


def bind(pdf: bytes) -> bytes:
    """Write row headers and bindings into the structure tree; the file's identity follows its content.

    Raises
    ------
    ExportFailed
        If the tree does not hold as many numbers, figures and tables as the document was told to show.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        told = _take_notes(document)
        tree = reading.Tree(document)
        elements = list(tree.walk(tree.root))
        second = _join_broken(document, tree, elements)
        elements = [each for each in elements if each[reading.REFERENCE] not in second]
        _bind_numbers(_objects(document, filter(is_number, elements)), told["number"])
        _bind_alternatives(_objects(document, filter(reading.is_figure, elements)), told["figure"])
        _head_rows(document, tree, _named(elements, "/Table"), told["table"])
        for foot in _objects(document, _named(elements, "/TFoot")):
            foot.S = Name.TBody
        document.Root.MarkInfo.UserProperties = True
        del document.Root.MarkInfo.Suspects  # false, which is the default; poppler takes it for an error
        written = io.BytesIO()
        document.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _objects(document: pikepdf.Pdf, elements: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [reading.object_of(document, element) for element in elements]


def _join_broken(document: pikepdf.Pdf, tree: reading.Tree, elements: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    # Make one Span again of a number that a page break has cut in two: nothing stands between its halves.
    # Returned is how the halves were referred to that were taken out.
    joined: dict[Any, Any] = {}
    for element in elements:
        pairs = list(pairwise(tree.kids(element)))
        broken = [pair for pair in pairs if all(map(_is_broken_off, pair))]
        for before, after in (_objects(document, pair) for pair in reversed(broken)):
            before.K = Array([*_contents(before), *_contents(after)])
            joined[after.objgen] = before
        if broken:
            parent = reading.object_of(document, element)
            parent.K = Array([kid for kid in parent.K if not (isinstance(kid, Dictionary) and kid.objgen in joined)])
    if joined:
        _point_to(document.Root.StructTreeRoot.ParentTree, joined)
    return frozenset(f"{number} {generation} R" for number, generation in joined)


def _is_broken_off(kid: Any) -> bool:
    return isinstance(kid, dict) and "/S" in kid and is_number(kid)


def _contents(span: Any) -> list[Any]:
    kids = span.K if isinstance(span.K, Array) else [span.K]
    return [Dictionary(Type=Name.MCR, Pg=span.Pg, MCID=kid) if isinstance(kid, int) else kid for kid in kids]


def _point_to(tree: Any, joined: Mapping[Any, Any]) -> None:
    for kid in tree.get("/Kids", ()):
        _point_to(kid, joined)
    for owners in tree.get("/Nums", ()):
        if isinstance(owners, Array):
            for place, owner in enumerate(owners):
                while isinstance(owner, Dictionary) and owner.objgen in joined:
                    owner = owners[place] = joined[owner.objgen]


def _take_notes(document: pikepdf.Pdf) -> dict[str, list[Any]]:
    # What Typst was told and the PDF cannot hold by itself, in reading order.
    notes = json.loads(document.attachments[NOTES].get_file().read_bytes())
    del document.attachments[NOTES]
    return {kind: [note[field] for note in notes if note["kind"] == kind] for kind, field in NOTED.items()}


def is_number(element: Mapping[str, Any]) -> bool:
    """Whether Typst made this Span for a number: it alone has a shift of nothing."""
    return element["/S"] == "/Span" and any("/BaselineShift" in a for a in reading.attributes(element, "/Layout"))


def _named(elements: Iterable[Any], *roles: str) -> list[Any]:
    return [element for element in elements if element["/S"] in roles]


def _paired(elements: list[Any], told: Sequence[Any], what: str) -> Iterator[tuple[Any, Any]]:
    if len(elements) != len(told):
        raise ExportFailed(f"the PDF holds {len(elements)} {what}, but the document has {len(told)}")
    return zip(elements, told, strict=True)


def _bind_numbers(spans: list[Any], cells: Sequence[list[str]]) -> None:
    for span, (_, *cell) in _paired(spans, cells, "numbers"):
        span.A = _user_properties(zip(("table", "row", "column"), cell, strict=True))


def _bind_alternatives(figures: list[Any], alternatives: Sequence[list[list[str]]]) -> None:
    for figure, alternative in _paired(figures, alternatives, "figures"):
        _add_attribute(figure, _user_properties((text, "\n".join(cell)) for text, *cell in alternative))


def _user_properties(named: Iterable[tuple[str, str]]) -> Any:
    held = (b"<</N %b/V %b/H true>>" % tuple(String(text).unparse() for text in pair) for pair in named)
    return pikepdf.Object.parse(b"<</O/UserProperties/P[%b]>>" % b"".join(held))


def _add_attribute(element: Any, attribute: Dictionary) -> None:
    held = element.get("/A", Array())
    element.A = Array([*(held if isinstance(held, Array) else [held]), attribute])


def _head_rows(
    document: pikepdf.Pdf, tree: reading.Tree, tables: list[dict[str, Any]], told: Sequence[list[bool]]
) -> None:
    for table, is_header in _paired(tables, told, "tables"):
        for row in _named(tree.walk(table), "/TR"):
            for cell, names_row in zip(_named(tree.elements(row), "/TD", "/TH"), is_header, strict=True):
                if names_row and cell["/S"] == "/TD":
                    _head_row(reading.object_of(document, cell))


def _head_row(cell: Any) -> None:
    cell.S = Name.TH
    held = cell.get("/A", Array())
    for attribute in held if isinstance(held, Array) else [held]:
        if attribute.get("/O") == Name.Table:
            attribute.Scope = Name.Row
            return
    _add_attribute(cell, Dictionary(O=Name.Table, Scope=Name.Row))
