"""One figure as a file of its own: caption, drawing, source and, where it is made up, its stamp stay together."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

from jobreport.page import fonts
from jobreport.page import svg as drawing
from jobreport.page.blocks import STAMP_TEXT
from jobreport.page.inline import typst_string

FORMATS = ("svg", "png", "pdf")
DOTS = 200.0
"""Of a PNG, per inch."""
CARD_DOTS = 190.5
"""Of a picture for a page that is shared: 1,200 pixels on 160 mm."""
FIGURE_WIDTH_MM = 160.0
"""Width of the text column: a drawing of this width is printed in its own size."""
LETTERS = 105
"""Of a line below a drawing."""


@dataclass(frozen=True)
class Alone:
    """A drawing and the words that go with it."""

    svg: str
    caption: str
    alt: str
    source: str
    simulated: bool


def save(figure: Alone, path: Path) -> Path:
    """Write a figure as SVG, PNG or PDF, by the ending of the file's name; the same bytes each time.

    ``path``: ends with .svg, .png or .pdf; a file that is there is replaced.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise ValueError(f"{path.name} must end with .{', .'.join(FORMATS)}")
    path.write_bytes(_drawn(figure) if kind == "svg" else _compiled(_markup(figure), kind))
    return path


def png(svg: str) -> bytes:
    """A drawing alone as PNG, for a file that brings its words itself."""
    image = f'#image(bytes({typst_string(drawing.standalone(svg))}), format: "svg", width: 100%)'
    return _compiled(f"#set page(width: {FIGURE_WIDTH_MM}mm, height: auto, margin: 0mm, fill: white)\n{image}", "png")


@dataclass(frozen=True)
class Card:
    """What stands on the picture of a page that is shared; `svg`, `told` (caption, source) and `stamp` may be ''."""

    title: str
    message: str
    svg: str
    told: str
    stamp: str


def card(shown: Card) -> bytes:
    """The picture of a page that is shared, 1,200 pixels by 630, as PNG."""
    drawn = typst_string(drawing.standalone(shown.svg)) if shown.svg else ""
    message = "\u00a0".join(shown.message.rsplit(" ", 1))  # (no word stands alone on the last line)
    lines = (
        "#set page(width: 160mm, height: 84mm, margin: (x: 9mm, y: 7mm), fill: white)",
        f"#set text(font: {typst_string(fonts.FONT_FAMILY)}, size: 9pt)",
        f"#text(weight: 700, fill: rgb(166, 61, 23))[#{typst_string(shown.stamp)}]" if shown.stamp else "",
        f"#text(fill: rgb(71, 82, 94))[#{typst_string(shown.title)}]\n",
        f"#text(size: 14pt, weight: 700, fill: rgb(20, 55, 94))[#{typst_string(message)}]\n",
        f'#block(height: 1fr, image(bytes({drawn}), format: "svg", width: 100%, height: 100%, fit: "contain"))'
        if drawn
        else "#v(1fr)",
        f"#text(size: 7pt)[#{typst_string(shown.told)}]" if shown.told else "",
    )
    return _compiled("\n".join(lines), "png", CARD_DOTS)


def _compiled(markup: str, kind: str, dots: float = DOTS) -> bytes:
    import typst  # imported here: to look at a figure does not need it

    shipped = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)])
    compiler = typst.Compiler(markup.encode("utf-8"), font_paths=shipped)
    if kind == "png":
        made = compiler.compile(format="png", ppi=dots)
    else:
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("typst gave several pages for one figure")
    return made


def _markup(figure: Alone) -> str:
    caption, alt, source = (typst_string(words) for words in (figure.caption, figure.alt, figure.source))
    stamp = [f"#text(weight: 700)[#{typst_string(STAMP_TEXT)}]", ""] if figure.simulated else []
    image = f'#image(bytes({typst_string(drawing.standalone(figure.svg))}), format: "svg", width: 100%, alt: {alt})'
    return "\n".join(
        (
            f"#set document(title: {caption}, date: none)",
            "#set page(width: 176mm, height: auto, margin: 8mm, fill: white)",
            f"#set text(font: {typst_string(fonts.FONT_FAMILY)}, size: 9.5pt)",
            *stamp,
            f"#text(weight: 700)[#{caption}]",
            "",
            image,
            "",
            f"#text(size: 8pt)[#{source}]",
        )
    )


def _drawn(figure: Alone) -> bytes:
    said = [STAMP_TEXT] if figure.simulated else []
    lines = [*said, *textwrap.wrap(figure.source, LETTERS)]
    root = drawing.extended(drawing.parse(figure.svg), lines, fonts.FONT_FAMILY)
    return drawing.described(root, figure.caption, figure.alt, fonts.font_face_css())
