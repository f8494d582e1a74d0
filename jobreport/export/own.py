"""A notebook of a person's own as a report: its first heading is the title, what pandas shows becomes a table.

The rest is as strict as for a report: what has no printed form stops the export, and nothing is dropped but code.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from lxml import html
from nbformat import NotebookNode

from jobreport.domain.texts import Words, texts_of
from jobreport.page import Block, Column, Paragraph, Parts, Table, tree

TITLE = re.compile(r"\A# +(.+)\n?")
CAPTION = re.compile(r"\A# *(.+)")
NUMBER = re.compile(r"[-−]?[\d.,]+")
NONE = "–"


def printable(notebook: NotebookNode, language: str, *, simulated: bool) -> tuple[NotebookNode, str]:
    """Return a copy that carries blocks alone, and its title; '' where it begins with no heading.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; not changed.
    language : {'da', 'en'}
        Of the words around a table.
    simulated : bool
        Whether its tables are stamped.

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
    """Take the title out, and lift what stands below it by one level."""
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
    """What pandas writes of a table: a head of one or more lines, and a body whose first cells name the rows."""
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
    caption = CAPTION.match(cell.source)
    rows = tuple(tuple((text or NONE,) for text in row) for row in body)
    return Table(key, tuple(columns), rows, _caption(caption, words), (), (words["own_source"],), simulated)


def _rows(shown: str, part: str) -> list[list[str]]:
    return [[_said(cell) for cell in row] for row in html.fromstring(shown).xpath(f".//{part}/tr")]


def _caption(found: re.Match[str] | None, words: Words) -> Parts:
    return (found[1].strip() if found else words["own_caption"],)


def _said(cell: html.HtmlElement) -> str:
    said = " ".join(cell.text_content().split())
    return "" if said in ("NaN", "None", "<NA>") else said
