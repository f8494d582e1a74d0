"""A document to one HTML file: no network, no script, its own fonts, landmarks and a skip link."""

from __future__ import annotations

from importlib import resources
from typing import TypeGuard

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode

from jobreport.export import notebook
from jobreport.export.document import Document
from jobreport.page import Block, Heading, fonts
from jobreport.page.inline import html_parts


def to_html(source: NotebookNode, *, summary: bool = False) -> str:
    """Make an executed notebook one HTML page.

    Parameters
    ----------
    source : NotebookNode
        Executed, with ``metadata['jobreport']`` (see :func:`jobreport.export.document.check`).
    summary : bool
        Only the front page and the cells tagged 'summary', without a list of contents.

    Raises
    ------
    ExportFailed
        If something in the notebook has no form for the page, or headings skip a level.
    """
    return page(notebook.read(source, summary=summary), with_contents=not summary)


def page(shown: Document, *, with_contents: bool = True) -> str:
    """Make a document one HTML page; otherwise as `to_html`."""
    matter = shown.matter
    opening, sections = _sections(shown)
    on_front = sum(_is_section(leaf) for block in shown.front for leaf in block.leaves())
    return _template().render(
        matter=matter,
        words=matter.words,
        title=Markup(html_parts(matter.title_parts)),
        subtitle=Markup(html_parts(matter.subtitle_parts)),
        date=Markup(html_parts(matter.date_parts)),
        style=Markup(fonts.font_face_css() + _packaged("report.css")),
        opening=Markup(opening),
        sections=[(heading.key, Markup(html_parts(heading.parts)), Markup(content)) for heading, content in sections],
        on_front=on_front,
        with_contents=with_contents,
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_packaged("report.html.j2"))


def _packaged(name: str) -> str:
    return (resources.files("jobreport.export") / "templates" / name).read_text(encoding="utf-8")


def _sections(shown: Document) -> tuple[str, list[tuple[Heading, str]]]:
    """What stands before the headings of level 1, and the heading and content of each."""
    opening: list[str] = []
    sections: list[tuple[Heading, list[str]]] = []
    for leaf in shown.leaves():
        if _is_section(leaf):
            sections.append((leaf, []))
        (sections[-1][1] if sections else opening).append(leaf.html())
    return "".join(opening), [(heading, "".join(content)) for heading, content in sections]


def _is_section(leaf: Block) -> TypeGuard[Heading]:
    return isinstance(leaf, Heading) and leaf.level == 1
