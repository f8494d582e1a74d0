"""Sentences × situations: every sentence of the front page and of a conclusion is said only where its rows carry it.

``sentences.yml`` gives the condition of each text; here the facts are worked out from the released rows alone, and
the wording is asked for every case of a grid of designs.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jobreport import wording
from jobreport.domain.texts import LANGUAGES
from jobreport.tables import ChangeTables
from jobreport.wording.compared import Compared
from jobreport.wording.surroundings import Surroundings
from jobreport.wording.texts import Texts, read_texts
from jobreport.wording.writer import Writer
from tests.unit import view_rows as made

MAY_BE_SAID: dict[str, str] = yaml.safe_load((Path(__file__).parent / "sentences.yml").read_text(encoding="utf-8"))
FRONT = (
    "title.", "survey.headline.", "survey.nothing_compared", "survey.one_sided", "survey.beside.", "survey.short.",
    "survey.against", "survey.no_comparison", "survey.too_few", "survey.bounds", "survey.majority.", "survey.tipping",
    "key_figures.", "design.conclusion.", "design.headline.", "design.choices.", "design.false_dates.",
    "design.course.", "design.step.",
    "register.headline.", "register.scales", "missing.comparison", "elsewhere.", "cannot_show.", "whose.",
    "survey.at_odds", "survey.odds_", "survey.rates", "survey.selection.", "survey.of_all", "method.target.", "rounds.",
)  # fmt: skip
Case = tuple[set[str], dict[str, bool]]  # the texts that are said, and what the rows carry
AARHUS = "751"
UP, DOWN, UNCLEAR, OVER = (0.09, 0.02, 0.16), (-0.09, -0.16, -0.02), (0.03, -0.04, 0.1), (-0.03, -0.1, 0.04)
OWN: dict[str, dict[str, object]] = {
    "up": {"n_before": 150},
    "down": dict(zip(("change", "ci_low", "ci_high"), DOWN, strict=True)),
    "unclear": {"ci_low": -0.01},
    "uncertain": {"flag": "uncertain"},
    "suppressed": {"flag": "suppressed", "change": None, "ci_low": None, "ci_high": None},
    "not_comparable": {"reason": "not_comparable", "change": None, "ci_low": None, "ci_high": None},
    "not_computed": {"change": None, "ci_low": None, "ci_high": None},
}
OF_A_TABLE = {"reason": "only_a_table", "change": None, "ci_low": None, "ci_high": None}
TABLE = {"file": "tal.csv", "codebook": "kodebog.yml", "aggregates": True, "waves": [
    {"wave": wave, "from": f"{wave}-03-01", "to": f"{wave}-03-31"} for wave in ("2021", "2022")
]}  # fmt: skip
EFFECTS: dict[str, dict[str, object]] = {
    "up": {},
    "down": dict(zip(("change", "ci_low", "ci_high"), DOWN, strict=True)),
    "unclear": {"ci_low": -0.02},
    "several": {"reason": "one_of_several"},
    "uncertain": {"flag": "uncertain"},
    "suppressed": {"flag": "suppressed", "change": None, "ci_low": None, "ci_high": None, "rank": None},
    "few": {"reason": "descriptive_only", "ci_low": None, "ci_high": None, "n_comparison": 3, "rank": None},
    "alone": {"reason": "no_comparison", "change": None, "ci_low": None, "ci_high": None, "n_comparison": None},
}
COURSES = {"none": None, "bears": "", "goes on": "course_goes_on"}
CURVES = {
    "none": (),
    "one way": (UNCLEAR, UNCLEAR),
    "clear": (UNCLEAR, UP),
    "both": (UNCLEAR, OVER),
    "open": (UP, OVER),
}
LEVELS = {"above": (0.76, 0.68, 0.83), "below": (0.3, 0.2, 0.4), "over": (0.56, 0.469, 0.649)}


@dataclass(frozen=True)
class Recording(Texts):
    """Texts that note which of them are used."""

    said: set[str] = field(default_factory=set)

    def word(self, key: str) -> str:
        self.said.add(key)
        return super().word(key)


def recorded(language: str, other: bool = False, *, only: bool = False, **params: object) -> tuple[Writer, set[str]]:
    """A writer in this language, or in the other one, and the texts it uses; ``only``: nothing else is asked."""
    language = next(each for each in LANGUAGES if each != language) if other else language
    labels = made.labels(language, **params)
    texts = Recording(language, read_texts(language).entries)
    codebook = replace(labels.codebook, indicators=labels.codebook.indicators[:1]) if only else labels.codebook
    return Writer(texts, labels.params, codebook), texts.said


def holds(condition: str, facts: dict[str, bool]) -> bool:
    """Whether a condition of the table holds."""
    one = [[fact.strip() for fact in part.split("&")] for part in condition.split("|")]
    return any(all(facts[fact.lstrip("!")] != fact.startswith("!") for fact in part) for part in one)


def is_clear(cells: dict[str, object] | None) -> bool:
    if not shown(cells) or cells["flag"] or cells["reason"] == "one_of_several":  # type: ignore[index]
        return False
    return cells["ci_low"] > 0 or cells["ci_high"] < 0  # type: ignore[index, operator]


def shown(cells: dict[str, object] | None) -> bool:
    return cells is not None and cells["flag"] != "suppressed" and cells["ci_low"] is not None


def of_course(course: str, **common: object) -> list[dict[str, object]]:
    """The course before, what is left if it goes on, and where a difference breaks down."""
    if COURSES[course] is None:
        return []
    cells = {"change": 0.01, "ci_low": -0.01, "ci_high": 0.03, "detectable_change": 0.1, **common}
    reasons = {"course": "", "continued": COURSES[course], "breakdown": ""}
    return [cells | {"method": method, "reason": reason} for method, reason in reasons.items()]


def facts_of_survey(own: str, effect: dict[str, object] | None, curve: str, level: str, here: bool) -> dict[str, bool]:
    moves = own in ("up", "down", "unclear", "uncertain")
    points = [sign for sign, *_ in CURVES[curve]]
    word = str(effect["wording_level"]) if effect else ""
    facts = {f"own_{name}": own == name for name in (*OWN, "not_asked", "alike", "only_a_table")}
    facts |= {f"level_{name}": word == name for name in ("effect", "change")}
    return facts | {
        "always": True, "survey": True, "simulated": False, "event_here": here, "invited_known": True,
        "own_moves": moves, "own_clear": own in ("up", "down"), "known": shown(effect), "compared": shown(effect),
        "others": True, "of_table": own == "only_a_table", "more_events": False,
        "effect_alone": bool(effect and effect["reason"] == "no_comparison"),
        "effect_few": bool(effect and effect["reason"] == "descriptive_only"), "diff_clear": is_clear(effect),
        "diff_unclear": shown(effect) and not is_clear(effect) and not effect["flag"],  # type: ignore[index]
        "diff_several": shown(effect) and effect["reason"] == "one_of_several",  # type: ignore[index]
        "diff_uncertain": shown(effect) and effect["flag"] == "uncertain",  # type: ignore[index]
        "choices_one_way": all(p > 0 for p in points) or all(p < 0 for p in points),
        "choice_clear": any(low > 0 or high < 0 for _, low, high in CURVES[curve]),
        "false_dates": False, "false_date_clear": False, "course_known": False, "course_bears": False,
        "everybody_asked": False, "drawn_at_random": False, "number_known": False, "otherwise_chosen": False,
        "choice_not_stated": True, "rounds": False, "only_indicator": False,
        "certain": shown(effect) and not effect["flag"],  # type: ignore[index]
        "level_above_half": LEVELS[level][1] > 0.5, "level_below_half": LEVELS[level][2] < 0.5,
    }  # fmt: skip


def cells(kind: tuple[float, float, float]) -> dict[str, object]:
    return dict(zip(("change", "ci_low", "ci_high"), kind, strict=True))


@cache
def surveys(other: bool = False) -> tuple[Case, ...]:
    """What is said of every change beside every comparison, with designs, levels, choices and languages in turn.

    ``other`` takes in each turn the other language.
    """
    return (*_with_the_event(other), *_elsewhere(other), *_of_a_table(other), *_from_round_to_round(other))


def _with_the_event(other: bool) -> Iterator[Case]:
    turns = itertools.product(CURVES, LEVELS, ("effect", "change", "description"), LANGUAGES)
    order = sorted(turns, key=lambda turn: zlib.crc32(repr(turn).encode()))  # (mixed, and the same every time)
    courses, alone = itertools.cycle(COURSES), itertools.cycle((False, True, True))
    for (own, kind), (curve, level, word, language) in zip(itertools.product(OWN, EFFECTS), order, strict=False):
        given = {"method": "effect", "rank": 2, "n_comparison": 42, "wording_level": word}
        effect = made.change(**(given | EFFECTS[kind]))
        curves = [
            made.change(method="specification", specification=f"k={k}", **cells(one))
            for k, one in enumerate(CURVES[curve])
        ]
        course = next(courses) if is_clear(effect) else "none"
        rest = [made.change(**one) for one in of_course(course)]
        changes = made.frame(made.change(**OWN[own]), effect, *curves, *rest)
        only = next(alone)
        labels, said = recorded(language, other, only=only, registers=[])
        speak_of_survey(changes, level, labels)
        facts = facts_of_survey(own, effect, curve, level, here=True) | {"only_indicator": only}
        yield said, facts | {"course_known": course != "none", "course_bears": course == "bears"}


def _elsewhere(other: bool) -> Iterator[Case]:
    for own, level, language in zip(OWN, itertools.cycle(LEVELS), itertools.cycle(LANGUAGES), strict=False):
        changes = made.frame(made.change(municipality_code=AARHUS, role="comparison", **OWN[own]), made.change())
        labels, said = recorded(language, other, registers=[], municipality_code=AARHUS)
        speak_of_survey(changes, level, labels)
        yield said, facts_of_survey(own, None, "none", level, here=False)


def _of_a_table(other: bool) -> Iterator[Case]:
    """A table of shares, which gives no change and no index; the report has a second event beside."""
    events = [made.EVENT, made.EVENT | {"event": "later", "date": "2022-06-01"}]
    for level, language in zip(LEVELS, itertools.cycle(LANGUAGES), strict=False):
        labels, said = recorded(language, other, registers=[], survey=TABLE, events=events)
        speak_of_survey(made.frame(made.change(**OF_A_TABLE)), level, labels)
        yield said, facts_of_survey("only_a_table", None, "none", level, here=True) | {"more_events": True}


def _from_round_to_round(other: bool) -> Iterator[Case]:
    """A report without an event, whose changes are those since the round before."""
    kinds = OWN | {"alike": {"reason": "no_variation", "ci_low": None, "ci_high": None}}
    for own, level, language in zip(kinds, itertools.cycle(LEVELS), itertools.cycle(LANGUAGES), strict=False):
        changes = made.frame(made.change(event="", role="", **kinds[own]))
        labels, said = recorded(language, other, registers=[], events=[])
        speak_of_survey(changes, level, labels)
        yield said, facts_of_survey(own, None, "none", level, here=False) | {"rounds": True}


def speak_of_survey(changes: pd.DataFrame, level: str, labels: Writer) -> None:
    names = dict(zip(("estimate", "ci_low", "ci_high"), LEVELS[level], strict=True))
    estimates = made.frame(*(made.estimate(municipality_code=labels.code, wave=w, **names) for w in ("2021", "2022")))
    place = {"diagnostic": "nonresponse", "indicator": "satisfaction", "municipality_code": labels.code, "wave": "2022"}
    place |= {"group_by": "", "group": "", "category": "positive", "unit": "share", "value": 0.4}
    told = ("worst", "best", "tipping_point", "at_odds", "turning_odds", "turning_odds_of_others")
    place_of_change = place | {"wave": "2021+2022", "category": "ishoej_2022" if labels.params.events else ""}
    of_changes = [place_of_change | {"measure": f"vanishing_odds{of}"} for of in ("", "_of_others")]
    found = made.frame(*(place | {"measure": name} for name in told), *of_changes)
    rounds = pd.concat([changes, changes.assign(wave_before="2019"), changes.assign(group_by="gender", group="k")])
    compared = Compared.of(labels, estimates=estimates, changes=changes, diagnostics=found, rounds=rounds)
    Surroundings.of(labels).elsewhere()
    if labels.params.events:
        Surroundings.of(labels).other_events()
    compared.key_figures()
    compared.headline()
    compared.one_by_one()
    basis = wording.Basis.of(compared)
    basis.title()
    basis.subtitle()
    basis.cannot_show_title()
    basis.cannot_show()
    if not labels.params.events:
        compared.answer("satisfaction")
        compared.since_rounds("satisfaction")
        ChangeTables.of(compared).from_round_to_round("satisfaction")
    elif compared.withheld("satisfaction") is None:
        compared.before_after("satisfaction")
        compared.checks("satisfaction")
    response = wording.Response.of(compared)
    for speak in (response.answer, response.majorities, response.checks, response.changed):
        speak()


@cache
def registers(other: bool = False) -> tuple[Case, ...]:
    """What is said of a series for every pair of intervals, with directions, sizes, designs and languages in turn."""
    return tuple(_series(other))


def _series(other: bool) -> Iterator[Case]:
    kinds = itertools.product((UP, DOWN, UNCLEAR, OVER), (UP, DOWN, UNCLEAR, OVER))
    moves = itertools.product((-2.0, -0.5, 2.0, 0.5), (-0.4, -0.2, 0.4, 0.2))
    own = itertools.cycle((points, log) for points, log in moves if points * log > 0)
    words = itertools.cycle(("change", "effect", "description"))
    courses = itertools.cycle(COURSES)
    turns = zip(kinds, own, words, itertools.cycle(((), (UNCLEAR,), (UP, OVER), (UNCLEAR, OVER))), strict=False)
    for ((points, log), (change, percent), word, tried), language in zip(
        turns, itertools.cycle(LANGUAGES), strict=False
    ):
        country = (-1.0, -0.3) if change < 0 else (1.0, 0.3)
        rows = [
            made.register_change(code, role, scale, change=value)
            for code, role, values in (("183", "treated", (change, percent)), ("000", "country", country))
            for scale, value in zip(("points", "log"), values, strict=True)
        ]
        effects = [
            made.effect("183", scale, *kind, 3, wording_level=word)
            for scale, kind in (("points", points), ("log", log))
        ]
        falsely = [
            made.effect("183", scale, *kind, 9, method="false_date", specification=str(2015 + k))
            for scale in ("points", "log")
            for k, kind in enumerate(tried)
        ]
        labels, said = recorded(language, other)
        clear = [low > 0 or high < 0 for _, low, high in (points, log)]
        course = next(courses) if any(clear) else "none"
        rest = [
            made.effect("183", scale, *UNCLEAR, 9) | one
            for scale, is_so in zip(("points", "log"), clear, strict=True)
            for one in of_course(course)
            if is_so
        ]
        tables = {"estimates": made.register_estimates(), "changes": made.frame(*rows, *effects, *falsely, *rest)}
        register = wording.Register.of(labels, **tables)
        for speak in (register.key_figures, register.headline, register.answer, register.checks):
            speak("unemployment")
        register.said_of("unemployment", "183")
        wording.Basis.of(register).cannot_show()
        sign = -1 if change < 0 else 1
        yield said, {
            "always": True, "survey": False, "simulated": False, "event_here": True, "known": True, "compared": True,
            "fell": change < 0, "more_points": sign * change > sign * country[0],
            "more_log": sign * percent > sign * country[1], "points_clear": clear[0], "log_clear": clear[1],
            "opposite": points[0] * log[0] < 0, "diff_clear": any(clear), "level_effect": word == "effect",
            "level_change": word == "change", "false_dates": bool(tried),
            "course_known": course != "none", "course_bears": course == "bears",
            "false_date_clear": any(low > 0 or high < 0 for _, low, high in tried),
        }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_front_page_and_of_a_conclusion_has_a_row(language: str) -> None:
    keys = {key for key in read_texts(language).entries if key.startswith(FRONT)}
    assert {"without a row": keys - {*MAY_BE_SAID}, "without a text": {*MAY_BE_SAID} - keys} == {
        "without a row": set(),
        "without a text": set(),
    }


@pytest.mark.parametrize("grid", [surveys, registers])
@pytest.mark.dear
def test_a_sentence_is_said_only_where_its_rows_carry_it(grid: Callable[[], tuple[Case, ...]]) -> None:
    untrue = {
        (key, tuple(sorted(name for name, holding in facts.items() if holding)))
        for said, facts in grid()
        for key in said & {*MAY_BE_SAID}
        if not holds(MAY_BE_SAID[key], facts)
    }
    assert untrue == set()


def test_the_grid_reaches_the_sentences_it_is_to_judge() -> None:
    """Only what needs another file, another kind of question or a report without an event is said nowhere here."""
    said = set().union(*(said for said, _ in (*surveys(), *registers())))
    assert {*MAY_BE_SAID} - said == {
        "title.report", "title.answers", "title.both", "key_figures.detail_alone", "survey.bounds_index",
        "survey.headline.own_unknown_of", "survey.headline.one_then", "survey.headline.one_moved_then",
        "survey.beside.otherwise",
        "survey.short.not_asked", "survey.short.alike", "key_figures.words.not_asked", "cannot_show.simulated",
        "key_figures.register.exposed", "missing.comparison", "missing.comparison_of_table",
        "design.false_dates.expected_many",
        *(f"survey.beside.all_{verdict}" for verdict in ("clear", "unclear", "several", "uncertain")),
        "survey.one_sided", "rounds.mix", "rounds.dont_know", "rounds.dont_know_counted", "rounds.rates",
            "rounds.rates_unknown", "survey.rates_unknown",
        "survey.of_all", "survey.rates", "survey.headline.level_then", "survey.beside.compared_with",
            "survey.too_few_one",
            *(f"survey.selection.{key}" for key in ("all", "random", "other")),
        *(key for key in MAY_BE_SAID if key.startswith(("whose.", "method.target."))),
    }  # fmt: skip


@pytest.mark.parametrize("grid", [pytest.param(surveys, marks=pytest.mark.slow), registers])
@pytest.mark.dear
def test_the_same_sentences_are_said_in_both_languages_in_every_situation(
    grid: Callable[[bool], tuple[Case, ...]],
) -> None:
    for (said, facts), (said_in_the_other, _) in zip(grid(False), grid(True), strict=True):
        assert said == said_in_the_other, facts


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", r"\beffekt(?!iv)|virkning\b|forårsage|skyldes|på grund af"),
        ("en", r"\beffects?\b|caused|because of|due to|thanks to"),
    ],
)
def test_only_these_texts_speak_of_an_effect(language: str, words: str) -> None:
    """Where a design carries it, in what it takes to, and where the word is explained; the same in both languages."""
    entries = read_texts(language).entries
    found = {key for key, text in entries.items() if re.search(words, re.sub(r"{[^}]+}", "", text), re.IGNORECASE)}
    assert found == {
        "design.conclusion.effect", "design.headline.effect", "key_figures.level.effect", "tables.level.effect",
        "frozen.sections.gate", "method.false_date", "method.words", "terms.effect.term", "terms.effect.meaning",
    }  # fmt: skip
