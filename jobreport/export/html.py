"""A document to one HTML file: no network, no script, its own fonts, landmarks and a skip link."""

from dataclasses import dataclass, field
from importlib import resources
from typing import TypeGuard

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode

from jobreport.domain.texts import LOCALES
from jobreport.export import notebook
from jobreport.export.document import Document
from jobreport.page import Block, Heading, Paragraph, fonts, plain, scoped
from jobreport.page.inline import html_parts
from jobreport.setup.sender import DEFAULT


def to_html(source: NotebookNode, *, summary: bool = False) -> str:
    """Make an executed notebook one HTML page.

    ``summary``: only the front page and the cells tagged 'summary', without a list of contents.

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
    told = plain(next((leaf.parts for leaf in shown.leaves() if _is_message(leaf)), ()))
    on_front = sum(_is_section(leaf) for block in shown.front for leaf in block.leaves())
    return _template().render(
        matter=matter,
        words=matter.words,
        title=Markup(html_parts(matter.title_parts)),
        subtitle=Markup(html_parts(matter.subtitle_parts)),
        date=Markup(html_parts(matter.date_parts)),
        description=" ".join(filter(None, (matter.description, told))),
        locale=LOCALES[matter.language],
        sender=Markup(html_parts(matter.sender_parts)),
        style=Markup(fonts.font_face_css() + scoped.style_sheet().replace(DEFAULT, matter.colour)),
        opening=Markup(opening),
        sections=sections,
        on_front=on_front,
        with_contents=with_contents,
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_packaged())


def _packaged() -> str:
    return (resources.files("jobreport.export") / "templates" / "report.html.j2").read_text(encoding="utf-8")


@dataclass
class Section:
    """A heading of level 1, and what stands below it; `folded` is opened by who wants to check."""

    heading: Heading
    folded: bool
    blocks: list[Block] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What links lead to."""
        return self.heading.key

    @property
    def title(self) -> Markup:
        """The heading's words."""
        return Markup(html_parts(self.heading.parts))

    @property
    def content(self) -> Markup:
        """What stands below the heading."""
        return Markup("".join(block.page() for block in self.blocks))


def _sections(shown: Document) -> tuple[str, list[Section]]:
    opening, sections = [], []
    annex = [leaf for block in shown.annex for leaf in block.leaves()]
    for leaf in shown.leaves():
        if _is_section(leaf):
            sections.append(Section(leaf, leaf in annex[1:]))
        elif sections:
            sections[-1].blocks.append(leaf)
        else:
            opening.append(leaf.page())
    return "".join(opening), sections


def _is_section(leaf: Block) -> TypeGuard[Heading]:
    return isinstance(leaf, Heading) and leaf.level == 1


def _is_message(leaf: Block) -> TypeGuard[Paragraph]:
    return isinstance(leaf, Paragraph) and leaf.kind in ("headline", "lead")
