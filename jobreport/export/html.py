"""Pieces to one HTML file: no network, no script, its own fonts, landmarks and a skip link."""

from __future__ import annotations

import re
from importlib import resources

import jinja2
from markupsafe import Markup
from nbformat import NotebookNode

from jobreport.errors import ExportFailed
from jobreport.export import front, notebook
from jobreport.export.front import Front
from jobreport.export.notebook import Pieces
from jobreport.page import Number, fonts
from jobreport.page.blocks import STAMP_HTML
from jobreport.page.inline import html_parts, html_text

SECTION = re.compile(r'(?=<h2 id=")')
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)

COUNTED = re.compile(
    r'<(?:figure|div class="table") id="([^"]+)"|<span class="label" data-count="(figure|table)"></span>'
)


def to_html(source: NotebookNode, *, summary: bool = False) -> str:
    """Make an executed notebook one HTML page.

    Parameters
    ----------
    source : NotebookNode
        Executed, with ``metadata['jobreport']`` (see :mod:`jobreport.export.front`).
    summary : bool
        Only the front page and the cells tagged 'summary', without a list of contents.

    Raises
    ------
    ExportFailed
        If something in the notebook has no form for the page, or headings skip a level.
    """
    matter, pieces = front.read(source), notebook.read(source)
    shown = pieces.summary() if summary else pieces
    _refuse_skipped_levels(shown)
    opening, sections = _sections(_in_language(shown, matter))
    on_front = sum(piece.html.count('<h2 id="') for piece in shown.front)
    return _template().render(
        matter=matter,
        words=matter.words,
        title=Markup(html_parts(matter.title_parts)),
        subtitle=Markup(html_parts(matter.subtitle_parts)),
        date=Markup(html_parts(matter.date_parts)),
        style=Markup(fonts.font_face_css() + _packaged("report.css")),
        opening=Markup(opening),
        sections=[(key, Markup(text), Markup(html)) for key, text, html in sections],
        on_front=on_front,
        with_contents=not summary,
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_packaged("report.html.j2"))


def _packaged(name: str) -> str:
    return (resources.files("jobreport.export") / "templates" / name).read_text(encoding="utf-8")


def _in_language(pieces: Pieces, matter: Front) -> str:
    """The pieces' HTML with the stamp in one language and with figures and tables counted."""
    html = "".join(piece.html for piece in pieces.all)
    stamp = f'<p class="stamp">{html_text(matter.words["simulated_stamp"])}</p>\n'
    return _counted(html.replace(STAMP_HTML, stamp), matter)


def _counted(html: str, matter: Front) -> str:
    """Write "Figur 1. " and "Tabel 1. " where the blocks left room for it; the count is bound as well."""
    counts = {"figure": 0, "table": 0}
    key = ""

    def label(found: re.Match[str]) -> str:
        nonlocal key
        if found[1]:
            key = found[1]
            return found[0]
        kind = found[2]
        counts[kind] += 1
        number = Number(str(counts[kind]), "document", f"{kind}|{key}", "number")
        return f'<span class="label">{html_text(matter.words[kind])}\u00a0{html_parts((number,))}. </span>'

    return COUNTED.sub(label, html)


def _sections(html: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Split at the headings of level 1: what stands before them, and (key, heading, content) of each."""
    opening, *rest = SECTION.split(html)
    sections = []
    for part in rest:
        heading = HEADING.match(part)
        if heading is None:
            raise ExportFailed(f"a heading could not be read: {part[:80]}")
        sections.append((heading[1], heading[2], part))
    return opening, sections


def _refuse_skipped_levels(pieces: Pieces) -> None:
    level = 1
    for piece in pieces.all:
        for found in re.findall(r'<h([234]) id="', piece.html):
            if int(found) > level + 1:
                raise ExportFailed(f"a heading of level {int(found) - 1} follows one of level {level - 1}")
            level = int(found)
