"""Answer scales, words and names of waves that occur in Danish surveys of jobcentres.

Labels stand from the least to the most positive. A scale is recognised only if all its labels are in the
file, in any order: the direction comes from the words, never from the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jobreport.domain import municipalities
from jobreport.setup.coding import normal

SEASONS = (("forår", "foråret", "spring"), ("sommer", "sommeren", "summer"), ("efterår", "efteråret", "autumn", "fall"))
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
ENGLISH = {"may": 5, "oct": 10}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class KnownScale:
    """A scale in two languages, and how many answers are positive and negative."""

    kind: str
    da: tuple[str, ...]
    en: tuple[str, ...]
    positive: int
    negative: int


SATISFACTION_EN = (
    "Very dissatisfied",
    "Dissatisfied",
    "Neither satisfied nor dissatisfied",
    "Satisfied",
    "Very satisfied",
)
DEGREE_EN = ("Not at all", "To a low degree", "To some degree", "To a high degree", "To a very high degree")
AGREEMENT_EN = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")

SCALES = (
    KnownScale(
        "tilfredshed",
        ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds"),
        SATISFACTION_EN, 2, 2,
    ),
    KnownScale(
        "tilfredshed",
        ("Meget utilfreds", "Utilfreds", "Hverken/eller", "Tilfreds", "Meget tilfreds"),
        SATISFACTION_EN, 2, 2,
    ),
    KnownScale(
        "tilfredshed",
        ("Meget utilfreds", "Utilfreds", "Hverken eller", "Tilfreds", "Meget tilfreds"),
        SATISFACTION_EN, 2, 2,
    ),
    KnownScale(
        "grad", ("Slet ikke", "I lav grad", "I nogen grad", "I høj grad", "I meget høj grad"), DEGREE_EN, 2, 2
    ),
    KnownScale(
        "grad", ("Slet ikke", "I mindre grad", "I nogen grad", "I høj grad", "I meget høj grad"), DEGREE_EN, 2, 2
    ),
    KnownScale(
        "enighed", ("Helt uenig", "Uenig", "Hverken enig eller uenig", "Enig", "Helt enig"), AGREEMENT_EN, 2, 2
    ),
    KnownScale(
        "enighed", ("Meget uenig", "Uenig", "Hverken enig eller uenig", "Enig", "Meget enig"), AGREEMENT_EN, 2, 2
    ),
    KnownScale(
        "enighed_4",
        ("Helt uenig", "Uenig", "Enig", "Helt enig"),
        ("Strongly disagree", "Disagree", "Agree", "Strongly agree"), 2, 2,
    ),
)  # fmt: skip

NOT_TOLD = (
    "ønsker ikke at oplyse", "vil ikke oplyse", "ikke oplyst", "uoplyst", "ønsker ikke at oplyse køn",
    "prefer not to say", "not stated",
)  # fmt: skip
DONT_KNOW = {
    "ved ikke": "Don't know",
    "ved ikke / ikke relevant": "Don't know / not relevant",
    "ved ikke/ikke relevant": "Don't know / not relevant",
    "ikke relevant": "Not relevant",
    "ikke relevant / ved ikke": "Not relevant / don't know",
    "ikke relevant/ved ikke": "Not relevant / don't know",
    "ønsker ikke at svare": "Prefer not to answer",
    "ønsker ikke at besvare": "Prefer not to answer",
    "vil ikke svare": "Prefer not to answer",
    "don't know": "Don't know",
    "not relevant": "Not relevant",
    "vet ikke": "Don't know",
    "ikke relevant/ vet ikke": "Not relevant / don't know",
}


@dataclass(frozen=True)
class Item:
    """How a question of an indicator is recognised: words in its text, and kinds of scale."""

    indicator: str
    name: str
    words: tuple[str, ...]
    kinds: tuple[str, ...]


ITEMS = (
    Item("satisfaction", "satisfaction", ("tilfreds",), ("tilfredshed",)),
    Item("trust", "trust_met", ("tillid",), ("grad", "enighed", "enighed_4")),
    Item("trust", "trust_listened", ("lyttet", "lytter"), ("grad", "enighed", "enighed_4")),
    Item(
        "trust", "trust_situation", ("min situation", "din situation", "udgangspunkt"), ("grad", "enighed", "enighed_4")
    ),
    Item("meaning", "meaning", ("mening",), ("grad", "enighed", "enighed_4")),
)
INDICATORS = {
    "satisfaction": ("Tilfredshed", "Satisfaction"),
    "trust": ("Tillid", "Trust"),
    "meaning": ("Meningsfulde aktiviteter", "Meaningful activities"),
}
PREFERRED = ("samlet", "alt i alt", "forløb", "jobcent")  # words that speak for one of several satisfaction questions


@dataclass(frozen=True)
class Words:
    """How a column that is no question is recognised: words in its name or text, words in its answers."""

    header: tuple[str, ...]
    answers: tuple[str, ...] = ()


KEY_WORDS = {
    "respondent_id": Words(
        ("respondentid", "respondent_id", "respondent", "løbenr", "løbenummer", "respid", "deltagerid", "id")
    ),
    "wave": Words(("bølge", "wave", "runde", "måling", "halvår", "kvartal", "undersøgelsesår")),
    "municipality_code": Words(
        (
            "kommune",
            "kommunekode",
            "kommunenr",
            "kommunenavn",
            "bopælskommune",
            "bopæl",
            "municipality",
            "municipality_code",
        )
    ),
    "jobcentre_code": Words(("jobcenter", "jobcenternr", "jobcenternummer", "jobcentre", "jobcentre_code")),
    "weight": Words(("vægt", "vaegt", "weight", "wgt", "vægte")),
    "answered_on": Words(
        ("dato", "svardato", "besvaret", "afsluttet", "date", "completed", "closetime", "responsedate")
    ),
}
GROUP_WORDS = {
    "benefit_group": Words(
        ("ydelse", "ydelsesgruppe", "målgruppe", "forsørgelse", "benefit", "benefit_group", "ydelsestype"),
        (
            "dagpenge",
            "sygedagpenge",
            "kontanthjælp",
            "aktivitetsparat",
            "jobparat",
            "uddannelseshjælp",
            "ressourceforløb",
        ),
    ),
    "age_group": Words(("alder", "aldersgruppe", "age", "age_group", "agegroup", "aldersinterval")),
    "gender": Words(("køn", "koen", "gender", "sex"), ("kvinde", "mand", "kvinder", "mænd")),
}
GROUP_LABELS = {
    "benefit_group": ("Ydelsesgruppe", "Benefit group"),
    "age_group": ("Alder", "Age"),
    "gender": ("Køn", "Gender"),
}
YES_NO = frozenset(
    {"ja", "nej", "delvist", "måske", "yes", "no", "partly", "maybe", "andet", "other", "valgt", "ikke valgt"}
)


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

    Returns
    -------
    dict
        Name -> new name, in the order of time; empty where the names sort already, or do not tell when they were.

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


def _when(name: str) -> tuple[int, int] | None:
    """Year and place within it; None if the name does not tell both."""
    years = _YEAR.findall(name)
    if len(years) != 1:
        return None
    for word in re.findall(r"[^\W\d_]+", name.casefold()):
        season = next((place for place, words in enumerate(SEASONS, start=1) if word in words), None)
        if season is not None:
            return int(years[0]), 100 + season
        month = ENGLISH.get(word[:3]) or (MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else None)
        if month is not None:
            return int(years[0]), month
    number = re.search(r"\d+", _YEAR.sub(" ", name))
    return (int(years[0]), int(number[0])) if number else None


def _said(name: str) -> str:
    """The words of a name, which the reader of the report knows; a number is in the new name already."""
    rest = _YEAR.sub(" ", name).strip(" -_.,/")
    return f" {rest.casefold()}" if re.fullmatch(r"[^\W\d_]+", rest) else ""
