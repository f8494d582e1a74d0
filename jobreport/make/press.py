"""A finished report to what the press and a web page can use: one page, and each figure as files with its words.

Everything is taken out of the report's own tree, with the cells that its numbers are bound to; nothing is computed.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

import jobreport
from jobreport import export
from jobreport.domain.texts import texts_of
from jobreport.errors import ExportFailed, Problem, refuse, speaking
from jobreport.export import audit
from jobreport.export.document import Document
from jobreport.make.exchange import LAST_FILE, replacing
from jobreport.make.explain import NOTEBOOK, finished
from jobreport.page import Block, Bullets, Figure, Heading, KeyFigures, Paragraph, plain, saved
from jobreport.page.fonts import font_face_css
from jobreport.report.results import as_json, digest

ENDINGS = {"da": "presse", "en": "press"}
PAGE, PRINT, FIGURES, SHARED = "press.html", "press.pdf", "figures.html", "share.png"
LINES = 5
"""What was found stands on so many lines."""
CANNOT, BASIS = "cannot-show", "basis-heading"
_NUMERAL = re.compile(r"\S*\d\S*")


def write(folder: Path, to: Path | None = None, language: str | None = None) -> Path:
    """Write a folder for the press beside a finished report.

    Parameters
    ----------
    folder : Path
        A folder that a run wrote.
    to : Path, optional
        The new folder, which is replaced as a whole if it is one of these; the default lies beside the report.
    language : {'da', 'en'}, optional
        Of refusals; the default is that of the report.

    Raises
    ------
    InputRefused
        If there is no finished report, its notebook is not the one that was written with it, or the folder holds
        anything else.
    """
    return written(folder, to, language, ENDINGS, _fill)


def written(
    folder: Path,
    to: Path | None,
    language: str | None,
    endings: Mapping[str, str],
    fill: Callable[[Path, Document, dict[str, Any]], None],
) -> Path:
    """Write a folder beside a finished report that is as it was written, named like it; return the folder.

    ``endings``: what it is called behind the report's name, in each language. ``fill`` writes into an empty folder
    what it makes of the report and its manifest.
    """
    report, manifest = finished(folder, language)
    told_in = manifest["params"]["language"]
    with speaking(language or told_in):
        same = digest((folder / NOTEBOOK).read_bytes()) == manifest["outputs"].get(NOTEBOOK)
        refuse([] if same else [Problem("press_altered", (folder / NOTEBOOK).as_posix())])
        place = to if to is not None else folder.with_name(f"{folder.resolve().name}-{endings[told_in]}")
        with replacing(place, language or told_in) as new:
            fill(new, report, manifest)
            facts = {"jobreport": jobreport.__version__, "report": manifest.get("content_sha256", "")}
            listed = {path.name: digest(path.read_bytes()) for path in sorted(new.iterdir())}
            (new / LAST_FILE).write_bytes(as_json({**facts, "outputs": listed}))
    return place


def _fill(new: Path, report: Document, manifest: dict[str, Any]) -> None:
    page, printed = _on_one_page(report)
    passed(page, report)
    figures = [leaf for leaf in report.leaves() if isinstance(leaf, Figure)]
    (new / PAGE).write_text(export.page(page, with_contents=False), encoding="utf-8", newline="\n")
    (new / PRINT).write_bytes(printed)
    for figure in figures:
        for kind in ("svg", "png"):
            figure.save(new / f"{figure.key}.{kind}")
    (new / SHARED).write_bytes(saved.card(_card(report)))
    (new / FIGURES).write_text(gallery(report, figures), encoding="utf-8", newline="\n")


def _on_one_page(report: Document) -> tuple[Document, bytes]:
    for pictured in (True, False):
        page = one_page(report, pictured=pictured)
        printed = export.typeset(page, {}, summary=True)
        if max(run.page for run in printed.read.runs) == 1:
            break
    return page, printed.pdf


def one_page(report: Document, *, pictured: bool = True) -> Document:
    """The report on one page: what was found with base and interval, what it cannot show, the basis and the method."""
    words = texts_of("press", report.matter.language)
    picture = [leaf for block in report.front for leaf in block.leaves() if isinstance(leaf, Figure)][:pictured]
    blocks: list[Block] = [Heading(1, (words["found"],), "found"), *_found(report), *picture]
    if cannot := _below(report, CANNOT)[:1]:
        blocks += [Heading(2, (words["cannot"],), "cannot"), *cannot]
    basis = [leaf for leaf in _below(report, BASIS) if isinstance(leaf, Paragraph) and leaf.kind == "body"][:1]
    method = Bullets((*(leaf.parts for leaf in basis), *((line,) for line in words["method_lines"])))
    blocks += [Heading(2, (words["basis"],), "basis"), method]
    return replace(report, front=tuple(blocks), body=(), annex=())


def _found(report: Document) -> Iterator[Block]:
    front = (leaf for block in report.front for leaf in block.leaves())
    above = [*takewhile(lambda leaf: not _is_heading(leaf, CANNOT), front)]
    messages = [leaf for leaf in above if isinstance(leaf, Paragraph) and leaf.kind == "headline"]
    lines = [item.line for leaf in above if isinstance(leaf, KeyFigures) for item in leaf.items]
    lines += [item for leaf in above if isinstance(leaf, Bullets) for item in leaf.items]
    yield from messages
    if kept := lines[: LINES - len(messages)]:
        yield Bullets(tuple(kept))


def _below(report: Document, key: str) -> list[Block]:
    below = dropwhile(lambda leaf: not _is_heading(leaf, key), report.leaves())
    next(below, None)  # (the heading itself)
    return [*takewhile(lambda leaf: not isinstance(leaf, Heading), below)]


def _is_heading(leaf: Block, key: str) -> bool:
    return isinstance(leaf, Heading) and leaf.key == key


def passed(page: Document, report: Document) -> None:
    """Let a page pass whose every number stands in the report, bound to the same cell.

    Raises
    ------
    ExportFailed
        With the first words that do not.
    """
    known = list(audit.tree_texts(report))
    bound = {(one.text, one.cell) for one in known if one.cell is not None}
    quoted = {numeral for one in known if one.cell is None for numeral in _NUMERAL.findall(one.text)}
    for shown in audit.tree_texts(page):
        typed = {*_NUMERAL.findall(shown.text)} - quoted if shown.cell is None else set()
        if typed or (shown.cell is not None and (shown.text, shown.cell) not in bound):
            raise ExportFailed(f"the press page says {shown.text!r}, which the report does not")


def _card(report: Document) -> saved.Card:
    front = [leaf for block in report.front for leaf in block.leaves()]
    message = next((leaf.parts for leaf in front if isinstance(leaf, Paragraph) and leaf.kind == "headline"), ())
    drawn = next((leaf for leaf in front if isinstance(leaf, Figure)), None)
    stamp = report.matter.words["simulated_stamp"] if report.matter.simulated else ""
    told = " ".join((plain(drawn.caption), plain(drawn.source))) if drawn is not None else ""
    return saved.Card(report.matter.title, plain(message), drawn.svg if drawn is not None else "", told, stamp)


@dataclass(frozen=True)
class Shown:
    """A figure as the page of figures shows it, and what is copied to show it on another page."""

    key: str
    label: str
    caption: str
    alt: str
    source: str
    stamp: str

    @property
    def snippet(self) -> str:
        """HTML that shows the file beside it with all its words; they say themselves what is made up."""
        said = " ".join(filter(None, (self.stamp, self.caption)))
        alt, caption, source = (html.escape(text) for text in (self.alt, said, self.source))
        image = f'<img src="{self.key}.svg" alt="{alt}" style="width: 100%; max-width: 48rem; height: auto">'
        return f"<figure>\n  {image}\n  <figcaption>{caption} <small>{source}</small></figcaption>\n</figure>"

    @property
    def drawn(self) -> Markup:
        """The snippet as a page shows it."""
        return Markup(self.snippet)


def gallery(report: Document, figures: list[Figure]) -> str:
    """The page of all figures with their files, words and what to copy; it works without a script."""
    matter = report.matter
    shown = [
        Shown(
            one.key,
            plain(one.label).strip(" ."),
            plain(one.caption),
            plain(one.alt),
            plain(one.source),
            f"{matter.words['simulated_stamp']}." if one.simulated else "",
        )
        for one in figures
    ]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = resources.files("jobreport.make").joinpath("press.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        matter=matter,
        words=texts_of("press", matter.language),
        simulated=matter.words["simulated_sentence"] if matter.simulated else "",
        style=Markup(font_face_css()),
        figures=shown,
        shared=SHARED,
        page=PAGE,
    )
