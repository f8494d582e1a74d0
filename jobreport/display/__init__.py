r"""Display: blocks that notebooks show, each as HTML, Typst and plain text.

>>> from jobreport.display import Paragraph
>>> Paragraph(("a < b",)).html()
'<p class="body">a &lt; b</p>\n'
"""

from jobreport.display.blocks import (
    STAMP,
    Block,
    Bullets,
    Group,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
)
from jobreport.display.figure import FIGURE_WIDTH_MM, Figure
from jobreport.display.inline import Emphasis, Inline, Link, Number, Parts, Strong, plain
from jobreport.display.table import Column, Table

__all__ = [
    "FIGURE_WIDTH_MM",
    "STAMP",
    "Block",
    "Bullets",
    "Column",
    "Emphasis",
    "Figure",
    "Group",
    "Heading",
    "Inline",
    "KeyFigure",
    "KeyFigures",
    "Link",
    "Number",
    "Paragraph",
    "Parts",
    "Strong",
    "Table",
    "plain",
]
