"""An executed notebook as a document: the blocks its cells carry, Markdown as blocks, tables of pandas; no code.

A notebook that `run` made holds its front matter in ``metadata['jobreport']``. One that Papermill or a person in
JupyterLab ran holds it where a cell shows the study (`Carried`): the report's own notebook becomes the same report,
to the byte, and any other one a report of its own, titled by its first heading.

Cell tags: ``front`` (everything up to the last such cell stands on the front page), ``summary`` (is part of
the two-page form), ``notebook-only`` (is for those who open the notebook, and is not printed).
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import mistune
from lxml import html
from nbformat import NotebookNode

from jobreport.domain.texts import Words, texts_of
from jobreport.errors import ExportFailed, Problem
from jobreport.export.document import Document, Piece, check
from jobreport.page import (
    Block,
    Bullets,
    Column,
    Emphasis,
    Heading,
    Inline,
    Link,
    Paragraph,
    Parts,
    Strong,
    Table,
    tree,
)

NOTEBOOK_ONLY = "notebook-only"
NEEDS = "needs-"
Found = dict[str, Any]


def read(notebook: NotebookNode, *, summary: bool = False) -> Document:
    """Take the document out of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, with ``metadata['jobreport']`` (see :func:`jobreport.export.document.check`) or a cell that shows
        a study.
    summary : bool
        Only the front page and the cells tagged 'summary'.

    Raises
    ------
    ExportFailed
        If the front matter is missing or incomplete, if a cell holds unknown Markdown, an error, printed text or an
        output that carries no block, or if the blocks make no document. Nothing is dropped.
    """
    told = told_of(notebook)
    cells = enumerate(told.notebook.cells, start=1)
    pieces = (piece for index, cell in cells for piece in _pieces(cell, f"cell {index}"))
    return Document.of(check(told.matter), pieces, summary=summary)


@dataclass(frozen=True)
class Carried:
    """A notebook as it is to be printed, what stands at its head, and the files that travel in its PDF."""

    notebook: NotebookNode
    matter: Mapping[str, Any]
    attachments: Mapping[str, bytes]


def told_of(notebook: NotebookNode) -> Carried:
    """Find what stands at the head of an executed notebook, and leave out what its report has not.

    Raises
    ------
    ExportFailed
        If no run wrote it and no cell shows a study.
    """
    studies = list(_studies(notebook))
    files = {name: text.encode("utf-8") for study in studies[-1:] for name, text in study["attachments"].items()}
    given = notebook.metadata.get("jobreport")
    if given is not None:
        return Carried(notebook, given, files)
    if not studies:
        raise ExportFailed(Problem("notebook_foreign", "report"))
    matter = studies[-1]["matter"]
    if set(texts_of("notebook", "en")) <= {cell.get("id") for cell in notebook.cells}:
        translated = in_language(copy.deepcopy(notebook), matter["language"])
        return Carried(with_sections(translated, frozenset(studies[-1]["has"]).__contains__), matter, files)
    simulated = any(study["matter"]["simulated"] for study in studies)
    plain, title = printable(notebook, matter["language"], simulated=simulated)
    titled = {"title": title, "subtitle": ""} if title else {}
    return Carried(plain, {**matter, "simulated": simulated, **titled}, files)


def _studies(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    outputs = (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    yield from (output.data[tree.REPORT_MIME] for output in outputs if tree.REPORT_MIME in output.get("data", {}))


def in_language(notebook: NotebookNode, language: str, texts: str = "notebook") -> NotebookNode:
    """Put what a notebook holds in Danish into another language, cell by cell from ``texts/<texts>.<language>.yml``."""
    if language == "da":
        return notebook
    translated = texts_of(texts, language)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell["source"] = translated[cell["id"]]
    return notebook


def with_sections(notebook: NotebookNode, has: Callable[[str], bool]) -> NotebookNode:
    """Leave out the cells that need what this report has not; the section on what is missing names them.

    A cell says what it needs by a tag: ``needs-survey-event`` needs a survey and an event.
    """

    def wanted(cell: NotebookNode) -> bool:
        needs = (tag.split("-")[1:] for tag in cell.metadata.get("tags", ()) if tag.startswith(NEEDS))
        return all(has(what) for need in needs for what in need)

    notebook.cells = [cell for cell in notebook.cells if wanted(cell)]
    return notebook


def _pieces(cell: NotebookNode, where: str) -> Iterator[Piece]:
    tags = frozenset(cell.metadata.get("tags", ()))
    if NOTEBOOK_ONLY in tags:
        return
    if cell.cell_type == "markdown":
        yield from (Piece(block, tags) for block in _markdown(cell, where))
    elif cell.cell_type == "code":
        yield from (Piece(_carried(output, where), tags) for output in cell.outputs)
    else:
        raise ExportFailed(f"{where} is a {cell.cell_type} cell; a report has Markdown and code cells")


def _markdown(cell: NotebookNode, where: str) -> tuple[Block, ...]:
    key = re.sub(r"[^A-Za-z0-9_-]", "-", cell.get("id", where))
    try:
        return markdown(cell.source, key if key[0].isalpha() else f"cell-{key}")
    except ValueError as error:
        raise ExportFailed(f"{where}: Markdown that the report cannot show: {error}") from error


def _carried(output: NotebookNode, where: str) -> Block:
    shown = output.get("data", {})
    if tree.MIME not in shown:
        said = (output.get("text") or output.get("evalue") or "").strip()[:200]
        found = ", ".join(sorted(shown)) or f"{output.output_type}: {said}"
        raise ExportFailed(Problem("output_unprintable", where, {"found": found, "tag": NOTEBOOK_ONLY}))
    try:
        block = tree.read(shown[tree.MIME])
    except ValueError as error:
        raise ExportFailed(f"{where} carries a block that cannot be read: {error}; run the notebook again") from error
    if not isinstance(block, Block):
        raise ExportFailed(f"{where} carries a {type(block).__name__}, which is only a piece of a block")
    return block


def markdown(source: str, key: str) -> tuple[Block, ...]:
    r"""Read Markdown as blocks: headings, paragraphs, lists, emphasis, code words and links; anything else is an error.

    ``key``: the key of the cell's first heading; later ones get '-2', '-3'.

    Raises
    ------
    ValueError
        For raw HTML, pictures, quotations, code blocks, numbered and nested lists, and rules, which a report cannot
        show in every form; the message says what.

    Examples
    --------
    >>> [block.html() for block in markdown("# Tillid", "trust")]
    ['<h2 id="trust">Tillid</h2>\n']
    """
    nodes: Any = mistune.create_markdown(renderer=None)(source)  # (without a renderer it gives the tree)
    found = [_block(node) for node in nodes if node["type"] != "blank_line"]
    return tuple(_numbered_headings(list(_questions(found)), key))


def _questions(found: list[Block]) -> Iterator[Block]:
    # What stands right under a heading is the question of its section, and is kept with what answers it.
    for before, block in zip((None, *found), found, strict=False):
        if isinstance(before, Heading) and isinstance(block, Paragraph):
            yield Paragraph(block.parts, kind="question")
        else:
            yield block


def _numbered_headings(found: list[Block], key: str) -> Iterator[Block]:
    count = 0
    for block in found:
        if isinstance(block, Heading):
            count += 1
            yield Heading(block.level, block.parts, key if count == 1 else f"{key}-{count}")
        else:
            yield block


def _block(node: Found) -> Block:
    kind = node["type"]
    if kind == "heading":
        return Heading(node["attrs"]["level"], _parts(node["children"]), "heading")
    if kind == "paragraph":
        return Paragraph(_parts(node["children"]))
    if kind == "list" and not node["attrs"]["ordered"]:
        return Bullets(tuple(_item(item) for item in node["children"]))
    raise ValueError(f"{kind}: {_excerpt(node)}")


def _item(node: Found) -> Parts:
    children = [child for child in node["children"] if child["type"] != "blank_line"]
    if [child["type"] for child in children] not in (["block_text"], ["paragraph"]):
        raise ValueError(f"a list item that is more than one line of text: {_excerpt(node)}")
    return _parts(children[0]["children"])


def _parts(nodes: list[Found]) -> Parts:
    return tuple(_inline(node) for node in nodes)


def _inline(node: Found) -> Inline:
    kind = node["type"]
    if kind == "text":
        return str(node["raw"])
    if kind in ("softbreak", "linebreak"):
        return " "
    if kind == "codespan":
        return Emphasis((str(node["raw"]),))
    if kind == "strong":
        return Strong(_parts(node["children"]))
    if kind == "emphasis":
        return Emphasis(_parts(node["children"]))
    if kind == "link":
        return Link(_parts(node["children"]), node["attrs"]["url"])
    raise ValueError(f"{kind}: {_excerpt(node)}")


def _excerpt(node: Found) -> str:
    texts = re.findall(r"'raw': (?:'([^']*)'|\"([^\"]*)\")", repr(node))
    return repr(" ".join(a or b for a, b in texts)[:60])


TITLE = re.compile(r"\A# +(.+)\n?")
CAPTION = re.compile(r"\A# *(.+)")
NUMBER = re.compile(r"[-−]?[\d.,]+")
NONE = "–"


def printable(notebook: NotebookNode, language: str, *, simulated: bool) -> tuple[NotebookNode, str]:
    """Return a copy that carries blocks alone, and its title; '' where it begins with no heading.

    ``notebook``: executed; not changed.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> printable(new_notebook(cells=[new_markdown_cell("# Kontakt")]), "da", simulated=False)[1]
    'Kontakt'
    """
    made, words = copy.deepcopy(notebook), texts_of("export", language)
    for number, cell in enumerate(made.cells, start=1):
        if cell.cell_type == "code":
            cell.outputs = list(_outputs(cell, number, words, simulated=simulated))
    return made, _titled([cell for cell in made.cells if cell.cell_type == "markdown"])


def _titled(cells: list[NotebookNode]) -> str:
    titled = next((cell for cell in cells if TITLE.match(cell.source)), None)
    if titled is None:
        return ""
    title = TITLE.match(titled.source)[1].replace("*", "").strip()  # type: ignore[index]  # (it was found by it)
    titled.source = TITLE.sub("", titled.source)
    for cell in cells:
        cell.source = re.sub("^##", "#", cell.source, flags=re.MULTILINE)
    return title


def _outputs(cell: NotebookNode, number: int, words: Words, *, simulated: bool) -> Iterator[NotebookNode]:
    for place, output in enumerate(cell.outputs):
        shown = output.get("data", {})
        if tree.REPORT_MIME in shown:
            continue
        if tree.MIME not in shown and 'class="dataframe"' in shown.get("text/html", ""):
            yield _carrying(output, _table(cell, f"cell-{number}-{place}", words, shown["text/html"], simulated))
        elif set(shown) == {"text/plain"} or output.get("name") == "stdout":
            said = shown.get("text/plain", output.get("text", ""))
            yield _carrying(output, Paragraph((said.strip() or NONE,), "note"))
        else:
            yield output


def _carrying(output: NotebookNode, block: Block) -> NotebookNode:
    return NotebookNode(
        output | {"output_type": "display_data", "data": NotebookNode({tree.MIME: tree.written(block)})}
    )


def _table(cell: NotebookNode, key: str, words: Words, shown: str, simulated: bool) -> Table:
    head, body = (
        [[*map(_said, row)] for row in html.fromstring(shown).xpath(f".//{part}/tr")] for part in ("thead", "tbody")
    )
    names = [" ".join(filter(None, parts)) for parts in zip(*head, strict=True)]
    if not names[0] and [row[0] for row in body] == [str(place) for place in range(len(body))]:
        names, body = names[1:], [row[1:] for row in body]
    columns = [
        Column((name or words["row"],), "right" if all(map(NUMBER.fullmatch, said)) else "left", row_header=place == 0)
        for place, (name, said) in enumerate(zip(names, zip(*body, strict=True), strict=True))
    ]
    found = CAPTION.match(cell.source)
    caption = found[1].strip() if found else words["own_caption"]
    rows = tuple(tuple((text or NONE,) for text in row) for row in body)
    return Table(key, tuple(columns), rows, (caption,), (), (words["own_source"],), simulated)


def _said(cell: html.HtmlElement) -> str:
    said = " ".join(cell.text_content().split())
    return "" if said in ("NaN", "None", "<NA>") else said
