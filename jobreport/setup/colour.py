"""Whether a colour can be read in the report, as letters on its grounds and under white letters; else which can.

Contrast is that of WCAG 2.1, success criterion 1.4.3.
"""

from __future__ import annotations

import re

DEFAULT = "#14375e"
LEAST = 4.5
GROUNDS = ("#ffffff", "#edf2f7")  # paper, and cards: what headings stand on; white is also what stands on the colour
_STEPS = 1000


def is_colour(text: str) -> bool:
    """Tell whether a text is a colour as six hexadecimal digits.

    Examples
    --------
    >>> [is_colour(text) for text in ("#14375e", "14375e", "#fff", "blue")]
    [True, False, False, False]
    """
    return bool(re.fullmatch("#[0-9a-fA-F]{6}", text))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 (none) to 21 (black on white).

    Examples
    --------
    >>> contrast("#000000", "#ffffff"), round(contrast("#767676", "#ffffff"), 2)
    (21.0, 4.54)
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def worst(colour: str) -> float:
    """The lowest contrast that a colour has with what it stands on."""
    return min(contrast(colour, ground) for ground in GROUNDS)


def nearest(colour: str) -> str:
    """Return the colour, or the lightest of its own darker ones that can be read.

    Examples
    --------
    >>> nearest("#14375e"), nearest("#ffcc00")
    ('#14375e', '#866b00')
    """
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    darker = (
        "#" + "".join(f"{channel * step // _STEPS:02x}" for channel in channels) for step in range(_STEPS, -1, -1)
    )
    return next(each for each in darker if worst(each) >= LEAST)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
