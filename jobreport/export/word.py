"""A document to Word: a working copy whose every number is a content control, so that an edited one can be named."""

import base64
import datetime
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as Line

from jobreport.domain.texts import LOCALES
from jobreport.export.document import Document
from jobreport.page import (
    FIGURE_WIDTH_MM,
    Block,
    Bullets,
    Cards,
    Figure,
    Heading,
    KeyFigures,
    Link,
    Number,
    Paragraph,
    Parts,
    Strong,
    Table,
    plain,
    saved,
)
from jobreport.page.inline import visible

LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a ZIP: the same document has the same bytes
TYPEFACE = "Arial"
USED = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption", "Intense Quote", "List Bullet")
STYLES = {"lead": "Lead", "headline": "Headline", "question": "Subtitle", "note": "Note"}
OWN = {
    "Headline": (14, True),
    "Lead": (12, False),
    "Note": (8.5, False),
    "Cell": (9, False),
    "Small Cell": (7.5, False),
}
"""Styles that Word does not bring: points, and whether they are bold."""
LETTER = {"Cell": 1.75, "Small Cell": 1.46}
"""Millimetres of a letter of a cell, which is 0.35 of a point high; those of a header are bold."""
BOLD, PADDING = 1.15, 4.2  # of a header's letters; millimetres of a cell that no letter stands in
SHORT = 9  # letters
LOGO = (36, 15)  # millimetres at most, across and down, as in the template
WHOLE = 12  # rows: a table of no more is kept on one page


def to_docx(shown: Document) -> bytes:
    """Write a document as a Word file, marked as a working copy; the same bytes each time.

    ``shown``: the report. Its n-th number is the content control with the tag 'n' and its number, counted from 1.
    """
    written = _Writing(docx.Document())
    written.head(shown)
    for leaf in shown.leaves():
        written.block(leaf)
    return _packed(written.word)


def numbers_of(content: bytes) -> dict[str, str]:
    """Tag and text of every number of a Word file, edited or not.

    Raises
    ------
    ValueError
        If it is no Word file.
    """
    try:
        body = docx.Document(io.BytesIO(content)).element.body
    except Exception as error:  # of whatever a damaged ZIP, or XML in it, makes the packages below raise
        raise ValueError("no Word file") from error
    found = {}
    for control in body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if tag is not None:
            found[tag.get(qn("w:val"))] = "".join(text.text or "" for text in control.iter(qn("w:t")))
    return found


@dataclass
class _Writing:
    word: Word
    count: int = 0
    words: Mapping[str, str] = field(default_factory=dict)

    def head(self, shown: Document) -> None:
        matter, self.words = shown.matter, shown.matter.words
        _prepared(self.word, matter.title, matter.language, matter.date)
        banner = [self.words["working_copy"], *([self.words["simulated_stamp"]] if matter.simulated else [])]
        self.word.sections[0].header.paragraphs[0].text = " · ".join(banner)
        self.logo(matter.sender)
        self.line("Title", matter.title_parts)
        if matter.subtitle:
            self.line("Subtitle", matter.subtitle_parts)
        self.line("Normal", matter.date_parts)
        if matter.sender_parts:
            self.line("Normal", matter.sender_parts)
        self.line("Intense Quote", (self.words["working_copy_means"],))
        if matter.simulated:
            self.line("Intense Quote", (self.words["simulated_sentence"],))

    def logo(self, sender: Mapping[str, str]) -> None:
        """Set the sender's logo over the title, as large as on the printed report."""
        if "logo" not in sender:
            return
        kind, _, packed = sender["logo"].partition(";base64,")
        drawn = base64.b64decode(packed)
        shown = drawn if kind.endswith("png") else saved.png(drawn.decode("utf-8"))
        picture = self.word.add_picture(io.BytesIO(shown), height=Mm(LOGO[1]))
        if picture.width > Mm(LOGO[0]):
            picture.width, picture.height = Mm(LOGO[0]), int(picture.height * Mm(LOGO[0]) / picture.width)
        picture._inline.docPr.set("descr", sender.get("logo_text", ""))

    def block(self, leaf: Block) -> None:
        if isinstance(leaf, Heading):
            self.line(f"Heading {leaf.level}", leaf.parts)
        elif isinstance(leaf, Paragraph):
            self.line(STYLES.get(leaf.kind, "Normal"), leaf.parts)
        elif isinstance(leaf, Bullets):
            for item in leaf.items:
                self.line("List Bullet", item)
        elif isinstance(leaf, KeyFigures):
            for figure in leaf.items:
                self.line("List Bullet", figure.line)
        elif isinstance(leaf, Cards):
            for card in leaf.items:
                self.line("Normal", (Strong(card.title),)).paragraph_format.keep_with_next = True
                for fact in card.facts:
                    self.line("List Bullet", fact)
        elif isinstance(leaf, Figure):
            self.figure(leaf)
        elif isinstance(leaf, Table):
            self.table(leaf)
        else:
            raise TypeError(f"no form for {type(leaf).__name__}")

    def line(self, style: str, parts: Parts) -> Line:
        made = self.word.add_paragraph(style=style)
        self.parts(made, parts)
        return made

    def figure(self, figure: Figure) -> None:
        self.stamp(simulated=figure.simulated)
        self.line("Caption", (*figure.label, *figure.caption)).paragraph_format.keep_with_next = True
        picture = self.word.add_picture(io.BytesIO(saved.png(figure.svg)), width=Mm(FIGURE_WIDTH_MM))
        properties = picture._inline.docPr
        properties.set("descr", plain(figure.alt))
        self.line("Note", figure.source)

    def table(self, table: Table) -> None:
        self.stamp(simulated=table.simulated)
        self.line("Caption", (*table.label, *table.caption)).paragraph_format.keep_with_next = True
        style, widths = _fitted(table)
        made = self.word.add_table(rows=1, cols=len(table.columns), style="Table Grid")
        made.autofit = False
        made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self.cells(made.rows[0], [(Strong(column.header),) for column in table.columns], style)
        for row in table.rows:
            self.cells(made.add_row(), row, style)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
        for row in made.rows if len(table.rows) <= WHOLE else made.rows[:1]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        for note in (*table.notes, table.source):
            self.line("Note", note)

    def cells(self, row: Any, said: Iterable[Parts], style: str) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, parts in zip(row.cells, said, strict=True):
            cell.paragraphs[0].style = style
            self.parts(cell.paragraphs[0], parts)

    def stamp(self, *, simulated: bool) -> None:
        if simulated:
            self.line("Caption", (Strong((self.words["simulated_stamp"],)),)).paragraph_format.keep_with_next = True

    def parts(self, line: Line, parts: Parts, look: frozenset[str] = frozenset()) -> None:
        for part in parts:
            if isinstance(part, str):
                _styled(line.add_run(visible(part)), look)
            elif isinstance(part, Number):
                self.count += 1
                _control(
                    _styled(line.add_run(visible(part.text)), look), f"n{self.count}", f"{part.table}.{part.column}"
                )
            elif isinstance(part, Link):
                before = len(line.runs)
                self.parts(line, part.parts, look | {"underline"})
                _linked(line, line.runs[before:], part.url)
            else:
                self.parts(line, part.parts, look | {"bold" if isinstance(part, Strong) else "italic"})


def _fitted(table: Table) -> tuple[str, list[float]]:
    # The style of a table's cells and the millimetres of its columns: small letters before a word is broken.
    columns = zip(*([column.header for column in table.columns], *table.rows), strict=True)
    texts = [[plain(parts) for parts in column] for column in columns]
    letters = [max(BOLD * _longest(column[0]), *(_longest(text) for text in column[1:])) for column in texts]
    fits = LETTER["Cell"] * sum(letters) + PADDING * len(letters) <= FIGURE_WIDTH_MM
    style = "Cell" if fits else "Small Cell"
    least = [PADDING + LETTER[style] * count for count in letters]
    left = FIGURE_WIDTH_MM - sum(least)
    wanted = [max(len(text) for text in column) ** 0.7 for column in texts]
    if left < 0:  # a checksum is longer than a line
        return style, [FIGURE_WIDTH_MM * min(need, 60) / sum(min(one, 60) for one in least) for need in least]
    return style, [need + left * share / sum(wanted) for need, share in zip(least, wanted, strict=True)]


def _longest(text: str) -> int:
    # Letters that stand in one line: a short text ("14 af 43") whole, of a longer one what no space may break.
    return len(text) if len(text) <= SHORT else max(map(len, text.split(" ")))


def _prepared(word: Word, title: str, language: str, date: datetime.date) -> None:
    # Language, properties and paper: nothing of the day it was written on.
    made = datetime.datetime(date.year, date.month, date.day, tzinfo=datetime.UTC)
    facts = {"title": title, "author": "jobreport", "language": LOCALES[language].replace("_", "-"), "comments": ""}
    for name, value in (facts | {"created": made, "modified": made, "last_modified_by": "", "revision": 1}).items():
        setattr(word.core_properties, name, value)
    for spoken in word.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), facts["language"])
    for name in USED:
        look = word.styles[name].font
        look.name, look.color.rgb = TYPEFACE, RGBColor(0x22, 0x22, 0x22)
        fonts = word.styles[name].element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)  # (else the template's own typeface wins)
    for name, (points, bold) in OWN.items():
        made = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style, made.font.size, made.font.bold = word.styles["Normal"], Pt(points), bold
        made.paragraph_format.space_after = Pt(0 if name in LETTER else 8)
        made.paragraph_format.space_before = Pt(4 if name == "Note" else 0)
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)


def _styled(run: Any, look: frozenset[str]) -> Any:
    for name in look:
        setattr(run, name, True)
    return run


def _control(run: Any, tag: str, name: str) -> None:
    control, properties, content = (OxmlElement(f"w:{part}") for part in ("sdt", "sdtPr", "sdtContent"))
    for what, value in (("alias", name), ("tag", tag)):
        said = OxmlElement(f"w:{what}")
        said.set(qn("w:val"), value)
        properties.append(said)
    run._r.addprevious(control)
    content.append(run._r)
    control.append(properties)
    control.append(content)


def _linked(line: Line, runs: Iterable[Any], url: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(url, LINK, is_external=True))
    for run in runs:
        link.append(run._r)
    line._p.append(link)


def _packed(word: Word) -> bytes:
    # The file with the members in one order and without the time of day.
    raw, made = io.BytesIO(), io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(zipfile.ZipInfo(name, FIRST_DAY), source.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
