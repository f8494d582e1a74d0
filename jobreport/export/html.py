"""A document to one HTML file: no network, no script, its own fonts, landmarks and a skip link."""

from dataclasses import dataclass, field
from typing import TypeGuard

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode

from jobreport.domain.texts import LOCALES
from jobreport.export import notebook
from jobreport.export.document import Document, is_section
from jobreport.page import Block, Heading, Paragraph, fonts, plain, scoped
from jobreport.page.inline import html_parts
from jobreport.setup.sender import DEFAULT


def to_html(source: NotebookNode) -> str:
    """Make an executed notebook one HTML page.

    Raises
    ------
    ExportFailed
        If something in the notebook has no form for the page, or headings skip a level.
    """
    return page(notebook.read(source))


def page(shown: Document, *, with_contents: bool = True) -> str:
    """Make a document one HTML page; otherwise as `to_html`."""
    matter = shown.matter
    opening, sections = _sections(shown)
    told = plain(next((leaf.parts for leaf in shown.leaves() if _is_message(leaf)), ()))
    return _template().render(
        matter=matter,
        words=matter.words,
        description=" ".join(filter(None, (matter.description, told))),
        locale=LOCALES[matter.language],
        style=fonts.font_face_css() + scoped.style_sheet().replace(DEFAULT, matter.colour),
        opening=opening,
        sections=sections,
        on_front=sum(is_section(leaf) for block in shown.front for leaf in block.leaves()),
        with_contents=with_contents,
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jobreport.export"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["html"] = lambda parts: Markup(html_parts(parts))
    return environment.get_template("report.html.j2")


@dataclass
class Section:
    """A heading of level 1, and what stands below it; `folded` is opened by who wants to check."""

    heading: Heading
    folded: bool
    blocks: list[Block] = field(default_factory=list)


def _sections(shown: Document) -> tuple[list[Block], list[Section]]:
    opening, sections = list[Block](), list[Section]()
    annex = [leaf for block in shown.annex for leaf in block.leaves()]
    for leaf in shown.leaves():
        if is_section(leaf):
            sections.append(Section(leaf, leaf in annex[1:]))
        else:
            (sections[-1].blocks if sections else opening).append(leaf)
    return opening, sections


def _is_message(leaf: Block) -> TypeGuard[Paragraph]:
    return isinstance(leaf, Paragraph) and leaf.kind in ("headline", "lead")
