"""Words that a report quotes: a question, an answer or a group is called what others call it, digits and all."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MORE_THAN_A_NUMBER = re.compile(r"[^\W\d_]|\d[^\d.,\s]+\d")  # a letter, or numerals that are joined: 18-29
WRITTEN_OUT = re.compile(r"\[U\+(0?[0-9A-F]{4,5}|10[0-9A-F]{4})\]")
INVISIBLE = str.maketrans({"\u00ad": None, "\u200b": None, "\u2060": None, "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True)
class Quoted:
    """The texts with digits in a codebook or a params file.

    Parameters
    ----------
    texts : tuple of str
        As they stand there, longest first.
    """

    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, *held: object) -> Quoted:
        """Gather the texts of whatever holds them.

        Examples
        --------
        >>> Quoted.of({"da": "18-29 år"}, ["Tilfreds", "Tilfreds (4)"]).texts
        ('Tilfreds (4)', '18-29 år')
        """
        found = {plain(text) for each in held for text in _texts(each) if re.search(r"\d", text)}
        return cls(tuple(sorted(found, key=lambda text: (-len(text), text))))

    def rest(self, text: str) -> str:
        """Return what a text says besides its quotations, in small letters or capitals.

        A quotation that is a bare number frees a text only where it is the whole of it: a "5" among the answers would
        otherwise free every 5.

        Examples
        --------
        >>> Quoted(("18-29 år", "5")).rest("Af dem på 18-29 år svarede 5"), Quoted(("5",)).rest("5")
        ('Af dem på  svarede 5', '')
        >>> Quoted(("18-29",)).rest("18-29: 5 pct.")
        ': 5 pct.'
        """
        left = plain(text)
        for quoted in self.texts:
            if left.casefold() == quoted.casefold():
                return ""
            if MORE_THAN_A_NUMBER.search(quoted):
                left = re.sub(rf"(?<!\w){re.escape(quoted)}(?!\w)", "", left, flags=re.IGNORECASE)
        return left

    def holds(self, text: str) -> bool:
        """Tell whether all numerals of a piece of text, which a line may have broken off, stand in quotations."""
        return set(re.findall(r"\d+", unhidden(text))) <= {
            n for quoted in self.texts for n in re.findall(r"\d+", quoted)
        }


def plain(text: str) -> str:
    r"""Return a text as it is compared: no soft hyphens, every space a plain one, letters and their marks joined.

    Examples
    --------
    >>> plain("18-29 a\u030ar") == plain("18-29\u00a0\u00e5r"), plain("2[U+200B]0") == plain("2\u200b0")
    (True, True)
    """
    return " ".join(unicodedata.normalize("NFC", unhidden(text)).translate(INVISIBLE).split())


def unhidden(text: str) -> str:
    """Return a text with the hidden characters that a page writes out as they stand in its source: no digits.

    Examples
    --------
    >>> unhidden("Ish[U+202E]øj, [U+0039]") == "Ish" + chr(0x202E) + "øj, [U+0039]"
    True
    """
    return WRITTEN_OUT.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    meant = chr(int(found[1], 16))
    return found[0] if meant.isprintable() else meant


def _texts(held: object) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        yield from (text for pair in held.items() for part in pair for text in _texts(part))
    elif isinstance(held, (list, tuple)):
        yield from (text for part in held for text in _texts(part))
    elif dataclasses.is_dataclass(held):
        yield from (text for part in dataclasses.fields(held) for text in _texts(getattr(held, part.name)))
