"""A document to Typst to PDF: PDF/A-3a and PDF/UA-1 in one file, the same bytes wherever it is made."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib import resources
from itertools import zip_longest
from pathlib import PurePath

import typst
from nbformat import NotebookNode

from jobreport.errors import ExportFailed
from jobreport.export import notebook, reading, structure
from jobreport.export.document import Document, Front
from jobreport.page import Block, Heading, fonts
from jobreport.page.inline import typst_array, typst_parts, typst_string

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
REMEMBERED = 11
CONTENTS = ("document", "contents", "page")
"""The page numbers of the list of contents, which only the typesetter knows."""
MIME_TYPES = {".json": "application/json", ".csv": "text/csv", ".yml": "application/yaml"}


def to_pdf(source: NotebookNode, attachments: Mapping[str, bytes] | None = None, *, summary: bool = False) -> bytes:
    """Typeset an executed notebook.

    Parameters
    ----------
    source : NotebookNode
        Executed, with ``metadata['jobreport']`` (see :func:`jobreport.export.document.check`).
    attachments : mapping of file name to bytes, optional
        Files that travel inside the PDF.
    summary : bool
        Only the front page and the cells tagged 'summary', without a list of contents.

    Raises
    ------
    ExportFailed
        If something in the notebook has no printed form, or the page would break a rule of the two
        standards: a missing alt text, a skipped heading level, a letter that the font does not have.
    """
    shown = notebook.read(source, summary=summary)
    markup = document(shown, attachments or {}, with_contents=not summary)
    bound = structure.bind(_compile(markup, shown.matter.date))
    _refuse_misplaced(bound, shown)
    return bound


def _refuse_misplaced(pdf: bytes, shown: Document) -> None:
    """Read the finished file back: each number of the tree must stand in its place, with its own cell."""
    printed = reading.read(pdf).numbers()
    said = [(_spaced(number.text), number.cell) for number in printed if number.cell != CONTENTS]
    told = [(_spaced(number.text), (number.table, number.row, number.column)) for number in shown.numbers()]
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
            _template(),
            f"#let words = {words}",
            _show_rule(matter),
            *map(_markup, shown.front),
            "#pagebreak(weak: true)" if shown.front and with_contents else "",
            "#contents(words)" if with_contents and _has_sections(shown) else "",
            *map(_markup, shown.body),
            f"#notes({typst_string(structure.NOTES)})",
            *(_attachment(name, content, matter.words["attachment"]) for name, content in sorted(attachments.items())),
        )
    )


def _markup(block: Block) -> str:
    return f"#{block.typst()}\n"


def _has_sections(shown: Document) -> bool:
    return any(isinstance(leaf, Heading) and leaf.level == 1 for leaf in shown.leaves())


def _template() -> str:
    return (resources.files("jobreport.export") / "templates" / "report.typ").read_text(encoding="utf-8")


def _show_rule(matter: Front) -> str:
    issued = f"datetime(year: {matter.date.year}, month: {matter.date.month}, day: {matter.date.day})"
    named = {
        "title": typst_parts(matter.title_parts),
        "title-text": typst_string(matter.title),
        "subtitle": typst_parts(matter.subtitle_parts),
        "date": typst_parts(matter.date_parts),
        "authors": typst_array(typst_string(author) for author in matter.authors),
        "description": typst_string(matter.description),
        "language": typst_string(matter.language),
        "words": "words",
        "simulated": str(matter.simulated).lower(),
        "issued": issued,
    }
    return "#show: report.with(" + ", ".join(f"{name}: {value}" for name, value in named.items()) + ")"


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
    shipped = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fonts.FOLDER)],
    )
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
