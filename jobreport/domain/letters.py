"""The letters that a report can be set with: those of the shipped typeface (``letters.txt``)."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that show nothing: the page writes them out as '[U+202E]', or as a space."""


@cache
def _in_typeface() -> frozenset[str]:
    source = resources.files("jobreport.domain").joinpath("letters.txt").read_text(encoding="ascii")
    spans = [[int(end, 16) for end in span.split("-")] for span in source.split()]
    return frozenset(chr(code) for span in spans for code in range(span[0], span[-1] + 1))


def missing(text: str) -> tuple[str, ...]:
    """Return the letters of a text that the typeface lacks, each once, in reading order.

    Parameters
    ----------
    text
        Any text; it is judged as it is set, in NFC.

    Returns
    -------
    tuple
        Letters; empty if all can be printed.

    Examples
    --------
    >>> missing("Ishøj, Ωμέγα"), missing("I orden 👍")
    ((), ('👍',))
    """
    letters = dict.fromkeys(unicodedata.normalize("NFC", text))
    return tuple(
        letter for letter in letters if letter not in _in_typeface() and unicodedata.category(letter) not in HIDDEN
    )


def described(letter: str) -> str:
    """Return a letter's number and name, so that a screen without it can tell it too.

    Examples
    --------
    >>> described("ع")
    'U+0639 ARABIC LETTER AIN'
    """
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
