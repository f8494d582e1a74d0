"""What a notebook shows of a block: its HTML in the report's style, which holds for it alone and goes where it goes."""

import re
from functools import cache
from pathlib import Path

SHEET = Path(__file__).parent / "report.css"
SCOPE = ".jobreport.jobreport"
"""Twice, for a notebook's own rules on tables and lists are stronger than one class."""
IN_A_NOTEBOOK = Path(__file__).parent / "notebook.css"
"""What else it takes beside the rules of a notebook; in a dark one paper stays white where a figure is drawn on it."""


def style_sheet() -> str:
    """The style of the page as JupyterLab and the web page of a report use it."""
    return SHEET.read_text(encoding="utf-8")


@cache
def _style() -> str:
    rules = re.sub(r"(?m)^(\s*)(:root|html) \{", r"\1& {", style_sheet())
    own = IN_A_NOTEBOOK.read_text(encoding="utf-8")
    return f"{SCOPE} {{\n{re.sub('(?m)^@page.*$', '', rules)}\n{own}}}\n"


def scoped(html: str, faces: str = "") -> str:
    r"""HTML with the style of a report, for a page that has its own.

    ``faces``: rules that carry the typeface; a notebook needs them once.

    Examples
    --------
    >>> shown = scoped("<p>59 pct.</p>\n")
    >>> shown.startswith('<div class="jobreport"><style>'), shown.endswith("<p>59 pct.</p>\n</div>\n")
    (True, True)
    """
    return f'<div class="jobreport"><style>\n{faces}{_style()}</style>\n{html}</div>\n'
