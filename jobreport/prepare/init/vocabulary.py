"""Answer scales and words that occur in Danish surveys of jobcentres.

Labels stand from the least to the most positive. A scale is recognised only if all its labels are in the
file, in any order: the direction comes from the words, never from the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jobreport.domain import municipalities
from jobreport.setup.coding import normal


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
