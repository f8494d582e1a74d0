r"""Display: blocks that notebooks show, each as HTML, Typst, plain text and JSON.

>>> from jobreport.page import Paragraph
>>> Paragraph(("a < b",)).html()
'<p class="body">a &lt; b</p>\n'
"""

from jobreport.page.blocks import (
    STAMP,
    Block,
    Bullets,
    Captioned,
    Card,
    Cards,
    Group,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
)
from jobreport.page.captioned import Column, Figure, Table
from jobreport.page.inline import Emphasis, Inline, Link, Number, Parts, Strong, plain
from jobreport.page.saved import FIGURE_WIDTH_MM
