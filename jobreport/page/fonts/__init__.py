"""The shipped typeface: Source Sans 3 (Adobe, SIL Open Font License, unchanged files of release 3.052).

The same files set the PDF, are measured by matplotlib when a figure is drawn, and travel inside the HTML
page, so that a figure's text has the same width everywhere.
"""

import base64
from pathlib import Path

FONT_FAMILY = "Source Sans 3"
FOLDER = Path(__file__).parent
TRUETYPE = tuple(FOLDER / f"SourceSans3-{style}.ttf" for style in ("Regular", "Bold", "It"))
WEB = {400: FOLDER / "SourceSans3-Regular.ttf.woff2", 700: FOLDER / "SourceSans3-Bold.ttf.woff2"}


def register_in_matplotlib() -> str:
    """Make the shipped files known to matplotlib and return the family's name.

    Returns ``FONT_FAMILY``, to be set as ``font.family``.
    """
    from matplotlib import font_manager  # late: an export without figures does not need matplotlib

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in TRUETYPE:
        if str(path) not in known:
            font_manager.fontManager.addfont(str(path))
    return FONT_FAMILY


def font_face_css() -> str:
    """``@font-face`` rules that carry the font itself, for a page that asks no network."""
    return "".join(
        f"@font-face{{font-family:'{FONT_FAMILY}';font-weight:{weight};font-style:normal;"
        f"src:url(data:font/woff2;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}) "
        f"format('woff2')}}\n"
        for weight, path in WEB.items()
    )
