"""Whether the report can print every text it is given: no person's number, letters that the typeface has, an end."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import Problem
from jobreport.intake.checks.personal import holds_cpr
from jobreport.setup.codebook import Codebook
from jobreport.setup.params_model import Params

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that show nothing: the page writes them out as '[U+202E]', or as a space."""
LONGEST_TITLE = 200
LONGEST_TEXT = 2_000
_TITLES = frozenset({"title"})
NEVER_PRINTED = frozenset({"file_text"})
"""Keys of the codebook whose texts are only compared with what the file says."""


def of_params(params: Params) -> Iterator[Problem]:
    """Find the texts of a params file that cannot be printed."""
    yield from _problems(params.where, _texts(params.model_dump(mode="json", by_alias=True)))


def of_texts(held: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Find the texts of any other file that cannot be printed."""
    yield from _problems(where, _texts(held))


def of_codebook(codebook: Codebook, where: str) -> Iterator[Problem]:
    """Find the questions, answers, groups and labels that cannot be printed; the file's own answers are not."""
    questions = {item.name: item for item in codebook.items}
    indicators = {
        indicator.name: {"label": indicator.label, "in_sentence": indicator.in_sentence, "reason": indicator.reason}
        for indicator in codebook.indicators
    }
    held = {"questions": questions, "indicators": indicators, "groups": codebook.groups, "comments": codebook.comments}
    yield from _problems(where, _texts(held))


def of_table(frame: pd.DataFrame | None, where: str) -> Iterator[Problem]:
    """Find the texts of a table of published figures, claims or register figures that cannot be printed."""
    if frame is None:
        return
    for column in frame.columns:
        texts = [text for text in dict.fromkeys(frame[column].tolist()) if isinstance(text, str)]
        yield from _problems(where, ((str(column), text) for text in texts))


def _texts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield key, node
    elif is_dataclass(node):
        yield from _texts({field.name: getattr(node, field.name) for field in fields(node)}, key)
    elif isinstance(node, Mapping):
        for name, below in node.items():
            if name not in NEVER_PRINTED:
                yield from _texts(below, key if name in LANGUAGES else f"{key}.{name}".lstrip("."))
    elif isinstance(node, (list, tuple)):
        for below in node:
            yield from _texts(below, key)


def _problems(where: str, texts: Iterator[tuple[str, str]]) -> Iterator[Problem]:
    lacking: dict[str, dict[str, None]] = {}
    for key, text in dict.fromkeys(texts):
        if holds_cpr(text):
            yield Problem("personal_data_in_text", where, {"key": key})
        longest = LONGEST_TITLE if key in _TITLES else LONGEST_TEXT
        if len(text) > longest:
            yield Problem("text_too_long", where, {"key": key, "letters": len(text), "longest": longest})
        lacking.setdefault(key, {}).update(dict.fromkeys(missing(text)))
    for key, found in lacking.items():
        if found:
            named = [described(letter) for letter in list(found)[:3]]
            yield Problem("letters_not_in_typeface", where, {"key": key, "letters": named, "number": len(found)})


@cache
def _in_typeface() -> frozenset[str]:
    source = resources.files("jobreport.intake.checks").joinpath("letters.txt").read_text(encoding="ascii")
    spans = [[int(end, 16) for end in span.split("-")] for span in source.split()]
    return frozenset(chr(code) for span in spans for code in range(span[0], span[-1] + 1))


def missing(text: str) -> tuple[str, ...]:
    """Return the letters of a text, as it is set in NFC, that the typeface lacks, each once, in reading order.

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
