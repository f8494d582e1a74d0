"""An executed notebook as a sequence of pieces, each with its HTML and its Typst form; code is left out.

Cell tags: ``front`` (everything up to the last such cell stands on the front page), ``summary`` (is part of
the two-page form), ``notebook-only`` (is for those who open the notebook, and is not printed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from jobreport.errors import ExportFailed
from jobreport.export import markdown
from jobreport.page import fonts
from jobreport.page.svg import GENERIC_FAMILIES, font_families

TYPST = "text/vnd.typst"
HTML = "text/html"
FRONT, SUMMARY, NOTEBOOK_ONLY = "front", "summary", "notebook-only"


@dataclass(frozen=True)
class Piece:
    """What one block shows, in both forms."""

    html: str
    typst: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Pieces:
    """A report's pieces: those of the front page, and those after it."""

    front: tuple[Piece, ...]
    body: tuple[Piece, ...]

    @property
    def all(self) -> tuple[Piece, ...]:
        """Every piece in reading order."""
        return self.front + self.body

    def summary(self) -> Pieces:
        """Only what belongs to the two-page form."""
        return Pieces(
            tuple(piece for piece in self.front if SUMMARY in piece.tags or FRONT in piece.tags),
            tuple(piece for piece in self.body if SUMMARY in piece.tags),
        )


def read(notebook: NotebookNode) -> Pieces:
    """Take the pieces out of an executed notebook.

    Raises
    ------
    ExportFailed
        If a cell holds unknown Markdown, an error, printed text or an output without both forms, if two
        blocks have the same key, or if a drawing names a font that is not shipped. Nothing is dropped.
    """
    pieces = [piece for index, cell in enumerate(notebook.cells) for piece in _pieces(cell, f"cell {index + 1}")]
    _refuse_double_keys(pieces)
    _refuse_foreign_fonts(pieces)
    last = max((index for index, piece in enumerate(pieces) if FRONT in piece.tags), default=-1)
    return Pieces(tuple(pieces[: last + 1]), tuple(pieces[last + 1 :]))


def _pieces(cell: NotebookNode, where: str) -> Iterator[Piece]:
    tags = frozenset(cell.metadata.get("tags", ()))
    if NOTEBOOK_ONLY in tags:
        return
    if cell.cell_type == "markdown":
        for block in _markdown(cell, where):
            yield Piece(block.html(), f"#{block.typst()}\n", tags)
    elif cell.cell_type == "code":
        for output in cell.outputs:
            yield _output(output, where, tags)
    else:
        raise ExportFailed(f"{where} is a {cell.cell_type} cell; a report has Markdown and code cells")


def _markdown(cell: NotebookNode, where: str) -> Iterator[markdown.Block]:
    key = re.sub(r"[^A-Za-z0-9_-]", "-", cell.get("id", where))
    try:
        yield from markdown.blocks(cell.source, key if key[0].isalpha() else f"cell-{key}")
    except ValueError as error:
        raise ExportFailed(f"{where}: Markdown that the report cannot show: {error}") from error


def _output(output: NotebookNode, where: str, tags: frozenset[str]) -> Piece:
    if output.output_type not in ("display_data", "execute_result"):
        said = output.get("text") or output.get("evalue") or ""
        raise ExportFailed(f"{where} leaves a {output.output_type}, which no report can show: {said.strip()[:200]}")
    missing = [form for form in (HTML, TYPST) if form not in output.data]
    if missing:
        raise ExportFailed(f"{where} shows an output without {' and '.join(missing)}; it has {sorted(output.data)}")
    return Piece(_joined(output.data[HTML]), _joined(output.data[TYPST]), tags)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _refuse_double_keys(pieces: list[Piece]) -> None:
    seen: set[str] = set()
    for piece in pieces:
        for key in re.findall(r'<(?:h[234]|figure|div class="table") id="([^"]+)"', piece.html):
            if key in seen:
                raise ExportFailed(f"two blocks of the report have the key {key!r}")
            seen.add(key)


def _refuse_foreign_fonts(pieces: list[Piece]) -> None:
    """A typesetter falls back silently when a drawing asks for a font that it does not have."""
    for piece in pieces:
        for drawing in re.findall(r"<svg.*?</svg>", piece.html, flags=re.DOTALL):
            foreign = font_families(drawing) - {fonts.FONT_FAMILY} - GENERIC_FAMILIES
            if foreign:
                raise ExportFailed(f"a figure names the font {sorted(foreign)}; shipped is {fonts.FONT_FAMILY!r}")
