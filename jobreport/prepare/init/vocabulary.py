"""Answer scales, words and names of waves that occur in Danish surveys of jobcentres.

Labels stand from the least to the most positive. A scale is recognised only if all its labels are in the
file, in any order: the direction comes from the words, never from the numbers. The words are data:
``texts/vocabulary.yml``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from babel.dates import get_month_names

from jobreport.domain import municipalities
from jobreport.domain.texts import LANGUAGES, LOCALES, words
from jobreport.setup.coding import normal

_LONGEST_ROUND = 24
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SHORT = re.compile(r"(?P<part>[^\W\d_]{3,})\.?\s*['’]?(?P<year>1[5-9]|[2-4]\d)")
_SHORT_FIRST = re.compile(r"['’]?(?P<year>1[5-9]|[2-4]\d)\s+(?P<part>[^\W\d_]{3,})")


@dataclass(frozen=True)
class KnownScale:
    """A scale in two languages, and how many answers are positive and negative."""

    kind: str
    da: tuple[str, ...]
    en: tuple[str, ...]
    positive: int
    negative: int


@dataclass(frozen=True)
class Item:
    """How a question of an indicator is recognised: words in its text, and kinds of scale."""

    indicator: str
    name: str
    words: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """How a column that is no question is recognised: words in its name or text, words in its answers."""

    header: tuple[str, ...]
    answers: tuple[str, ...] = ()


_HELD = words("vocabulary")
SCALES = tuple(KnownScale(**scale | {key: tuple(scale[key]) for key in LANGUAGES}) for scale in _HELD["scales"])
DONT_KNOW: dict[str, str] = _HELD["dont_know"]
NOT_TOLD, YES_NO = frozenset[str](_HELD["not_told"]), frozenset[str](_HELD["yes_no"])
ITEMS = tuple(Item(one["indicator"], one["name"], tuple(one["words"]), tuple(one["kinds"])) for one in _HELD["items"])
JOBCENTRE: list[str] = _HELD["jobcentre"]  # words that stand in a survey of jobcentres
PREFERRED: list[str] = _HELD["preferred"]  # words that speak for one of several satisfaction questions
INDICATORS: dict[str, tuple[str, str]] = {name: tuple(pair) for name, pair in _HELD["indicators"].items()}
KEY_WORDS = {key: Words(tuple(header)) for key, header in _HELD["keys"].items()}
GROUP_WORDS = {name: Words(tuple(one["header"]), tuple(one["answers"])) for name, one in _HELD["groups"].items()}
GROUP_LABELS: dict[str, tuple[str, str]] = {name: tuple(one["label"]) for name, one in _HELD["groups"].items()}
BLANKS, BLANKS_OF_NUMBERS = (frozenset[str](words("layouts")[key]) for key in ("blanks", "blanks_of_numbers"))
ROUND_ALONE = frozenset[str](_HELD["round_alone"])
YOUNGER = frozenset[str](_HELD["younger"])
UNIT_ASKED = frozenset[str](_HELD["unit_asked"])
SEASONS, MONTHS = _HELD["seasons"], _HELD["months"]


@cache
def _labels() -> frozenset[str]:
    scales = (normal(label) for scale in SCALES for label in (*scale.da, *scale.en))
    return frozenset({*scales, *DONT_KNOW, *YES_NO})


def is_label(text: str) -> bool:
    """Tell whether a text is an answer of a known scale, yes or no, a municipality or a group that is known.

    Examples
    --------
    >>> is_label("Meget tilfreds"), is_label("Ishøj Kommune"), is_label("Ane Prøve")
    (True, True, False)
    """
    written = normal(text)
    named = any(written in words.answers for words in GROUP_WORDS.values())
    return written in _labels() or named or municipalities.recognise(text) is not None


def sortable(names: Sequence[str]) -> dict[str, str]:
    """Propose names in the order of time for waves whose own names are not.

    Returns name -> new name, in the order of time; empty where the names sort already, or do not tell when they were.

    Examples
    --------
    >>> sortable(["Efterår 2021", "Forår 2021", "Forår 2022"])
    {'Forår 2021': '2021-1 forår', 'Efterår 2021': '2021-2 efterår', 'Forår 2022': '2022-1 forår'}
    >>> sortable(["2021", "2022"]), sortable(["før", "efter"])
    ({}, {})
    """
    when = {name: _when(name) for name in names}
    if None in when.values() or len(set(when.values())) < len(when):
        return {}
    ordered = sorted(when.items(), key=lambda pair: pair[1] or (0, 0))
    if [name for name, _ in ordered] == sorted(when):
        return {}
    made: dict[str, str] = {}
    for name, found in ordered:
        year = found[0] if found else 0
        place = 1 + sum(known.startswith(f"{year}-") for known in made.values())
        made[name] = f"{year}-{place:02}" if len(names) > 9 else f"{year}-{place}"
        made[name] += _said(name)
    return made


def is_round(name: str) -> bool:
    """Tell whether an answer names a round: a year, alone or with a part of it.

    Examples
    --------
    >>> is_round("2024"), is_round("forår 24"), is_round("Måske i 2024 eller 2025"), is_round("spor 24")
    (True, True, False, False)
    """
    years = _YEAR.findall(_long(name))
    return len(years) == 1 and (name.strip() == years[0] or _when(name) is not None) and len(name) <= _LONGEST_ROUND


def is_season(name: str) -> bool:
    """Tell whether a round is a year and a part of it in words, as no answer about something else is.

    Examples
    --------
    >>> is_season("Efterår 2024"), is_season("2024")
    (True, False)
    """
    return is_round(name) and bool(re.search(r"[^\W\d_]{3}", name))


def _long(name: str) -> str:
    """Write the year of a round in full where a part of the year stands before or after two digits.

    Examples
    --------
    >>> _long("Forår 24"), _long("okt '25"), _long("24 efterår"), _long("uge 24"), _long("junior 24")
    ('Forår 2024', 'okt 2025', '2024 efterår', 'uge 24', 'junior 24')
    """
    found = _SHORT.fullmatch(name.strip()) or _SHORT_FIRST.fullmatch(name.strip())
    if found is None or found["part"].casefold() not in _parts():
        return name
    return f"{found['part']} 20{found['year']}" if found.re is _SHORT else f"20{found['year']} {found['part']}"


@cache
def _parts() -> frozenset[str]:
    named = (get_month_names(width, locale=locale) for width in ("wide", "abbreviated") for locale in LOCALES.values())
    months = {name.casefold().strip(".") for names in named for name in names.values()}
    return frozenset({*months, *(word for words in SEASONS for word in words)})


def _part(word: str) -> tuple[int, int] | None:
    written = word.casefold()
    season = next((place for place, words in enumerate(SEASONS, start=1) if written in words), None)
    if season is not None:
        return 1, season
    month = next((place for place, names in enumerate(MONTHS, start=1) if written[:3] in names), None)
    return None if month is None else (0, month)


def _when(name: str) -> tuple[int, int] | None:
    name = _long(name)
    years = _YEAR.findall(name)
    if len(years) != 1:
        return None
    for word in re.findall(r"[^\W\d_]+", name.casefold()):
        part = _part(word)
        if part is not None:
            return int(years[0]), 100 * part[0] + part[1]
    number = re.search(r"\d+", _YEAR.sub(" ", name))
    return (int(years[0]), int(number[0])) if number else None


def _said(name: str) -> str:
    rest = _YEAR.sub(" ", _long(name)).strip(" -_.,/")
    return f" {rest.casefold()}" if re.fullmatch(r"[^\W\d_]+", rest) else ""
