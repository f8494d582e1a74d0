"""Who publishes a report, with a logo, and in a colour that can be read or else the nearest that can.

Contrast is that of WCAG 2.1, success criterion 1.4.3.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from jobreport.setup.kinds import Label, Strict

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


def _colour(value: Any) -> str:
    # A colour that can be read; unquoted it is a remark to YAML, and nothing.
    if not isinstance(value, str) or not is_colour(value.strip()):
        raise PydanticCustomError("colour_invalid", "colour", {"value": "" if value is None else str(value)})
    given = value.strip().lower()
    if worst(given) < LEAST:
        ratio = f"{worst(given):.1f}"
        facts = {"value": given, "ratio": {"da": ratio.replace(".", ","), "en": ratio}}
        raise PydanticCustomError("colour_contrast", "colour", facts | {"nearest": nearest(given)})
    return given


class Sender(Strict):
    """Who publishes the report: what stands at its head and at the foot of its pages."""

    name: Label
    logo: str | None = Field(default=None, description="A drawing (.svg) or picture (.png) in the project's folder")
    logo_text: Label | None = Field(default=None, description="What the logo shows, for who cannot see it")
    colour: Annotated[str, BeforeValidator(_colour, json_schema_input_type=str)] = Field(
        default=DEFAULT, description="Of the head and the headings, in quotes: '#14375e'"
    )
    contact: Label | None = Field(default=None, description="Whom to ask: an office, an address, a telephone number")
