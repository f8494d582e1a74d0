"""A plan that was written down before the answers came: what it holds, its file, and what has departed from it.

`jobreport freeze` writes the file (`jobreport.prepare.freeze`); a params file names it under ``frozen``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationError

from jobreport.domain import rules
from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import Problem
from jobreport.setup import yaml_file
from jobreport.setup.codebook import Codebook, Question
from jobreport.setup.kinds import Checksum, Date, Label, Listed, Margin, Strict, Truth, Whole
from jobreport.setup.params_model import Event, Params, Survey

COMPARED = ("estimand", "outcome", "windows", "comparison", "asked", "frame", "smallest", "gate", "missing_waves")
"""Sections of a plan that a report can depart from; then come checksums and the rest of the params."""
WITHOUT_A_WORD = ("name", "title", "language", "report_date", "previous", "benchmarks", "claims", "frozen", "sender")
OF_FILES = ("file", "sheet", "largest_file", "invited", "codebook")
HELD = ("waves", "description", "planned", "selection")  # keys of a survey that have a section of their own
GATE = {
    "interval_level": rules.PRINTED["interval_level"],
    "course_level": rules.PRINTED["course_level"],
    "waves_before": rules.FEWEST_WAVES_BEFORE,
    "comparisons": rules.FEWEST_FOR_TEST,
    "unchanged_level": rules.PRINTED["unchanged_level"],
    "false_dates": "none",
    "opposite_choices": "none",
}
_SIGNED = re.compile(rb'(.*\n)sha256: "([0-9a-f]{64})"\n*', re.DOTALL)
_DECIMAL = re.compile(r"-?\d+\.\d+")
_TEXT = re.compile("|".join(LANGUAGES))


class Checksums(Strict):
    """What the plan was made of."""

    params: Checksum
    codebook: Checksum
    program: Checksum
    version: str


class Sentence(Strict):
    """What the report will say in one case, in both languages, made of made-up answers."""

    case: str
    da: str
    en: str


class Expected(Strict):
    """What the survey was expected to be able to show, in percentage points, and what was assumed for it."""

    answers: Whole
    comparison: Whole
    waves_before: Whole
    waves_after: Whole
    matters: Margin
    detectable: Margin | None = None
    enough: Truth
    unchanged_of_100: Whole
    word: str
    assumed_between: Margin
    assumed_share: Margin


class DataFile(Strict):
    """A file that the params name; without a checksum it was not there."""

    file: str
    checksum: str | None = None


class Plan(Strict):
    """A frozen plan as its file holds it."""

    jobreport_frozen: Literal["1"]
    frozen_on: Date
    signed_by: str = Field(min_length=1)
    checksums: Checksums
    in_words: Label
    estimand: dict[str, Any]
    outcome: dict[str, Any]
    windows: dict[str, Any]
    comparison: dict[str, Any]
    asked: dict[str, Any]
    frame: dict[str, Any]
    smallest: dict[str, Any]
    expected: Expected
    gate: dict[str, Any]
    specifications: Listed[str]
    missing_waves: Label
    sentences: Listed[Sentence]
    rest: dict[str, Any]
    data: Listed[DataFile] = ()
    answers_there: Listed[str] = ()


@dataclass(frozen=True)
class Held:
    """What params and codebook say of the things that a plan holds."""

    params: Params
    codebook: Codebook | None

    @property
    def about(self) -> tuple[Survey, Event] | None:
        """The survey and the event of a plan; None where there is none."""
        survey = self.params.survey
        return (survey, self.params.event(None)) if survey is not None and self.params.events else None

    def sections(self) -> dict[str, Any]:
        """Return every section of a plan; nothing where there is no survey or no event."""
        if self.about is None:
            return {}
        survey, event = self.about
        stated = survey.description
        planned = survey.planned.model_dump(include={"invited", "response"}) if survey.planned else {}
        compared = event.comparison if isinstance(event.comparison, str) else sorted(event.comparison)
        modes = {wave.wave: wave.description.mode or stated.mode for wave in survey.waves}
        return {
            "estimand": {
                "municipality": self.params.municipality_code,
                "what": event.label,
                "date": event.date.isoformat(),
                "announced": event.announced.isoformat() if event.announced else None,
                "treated": list(event.treated),
                "exposed": list(event.exposed),
                "population": stated.target_population,
                "selection": survey.selection,
            },
            "outcome": {
                "indicator": event.outcome.indicator if event.outcome else None,
                "measure": event.outcome.measure if event.outcome else None,
                "negative_control": event.negative_control,
            },
            "windows": self.windows(),
            "comparison": {"municipalities": compared, "rule": event.comparison_rule},
            "asked": {"questions": self._questions(), "mode": modes},
            "frame": {"frame": stated.frame, "drawn": stated.selection, **planned},
            "smallest": {"matters": self.params.unchanged_margin},
            "gate": GATE,
            "missing_waves": rule_of_missing_waves(survey),
        }

    def windows(self) -> dict[str, Any]:
        """Return the waves before and after the event, each with its days."""
        if self.about is None:
            return {}
        survey, event = self.about
        days = {
            wave.wave: " – ".join(day.isoformat() if day else "?" for day in (wave.from_, wave.to))
            for wave in survey.waves
        }
        named = zip(("before", "after"), survey.windows(event), strict=True)
        return {side: {wave: days.get(wave, "?") for wave in waves} for side, waves in named}

    def rest(self) -> dict[str, Any]:
        """Return what else the params say that can change a number."""
        plain = {key: value for key, value in self.params.to_plain().items() if key not in WITHOUT_A_WORD}
        own = self.params.event(None).event if self.params.events else ""
        survey = {key: value for key, value in (plain["survey"] or {}).items() if key not in (*OF_FILES, *HELD)}
        others = [event for event in plain["events"] if event["event"] != own]
        left = {"municipality_code", "unchanged_margin", "survey", "events"}
        kept = {key: value for key, value in plain.items() if key not in left}
        return kept | {"survey": survey, "events": others}

    def _questions(self) -> dict[str, Any]:
        if self.codebook is None:
            return {}
        every = self.codebook.indicators
        of = {item.name: [one.name for one in every if item in one.items] for item in self.codebook.items}
        return {item.name: {**_asked(item), "indicators": of[item.name]} for item in self.codebook.items}


@dataclass(frozen=True)
class Frozen:
    """A plan, the checksum of its file, and where there is a time stamp its day and who signed it."""

    plan: Plan
    sha256: str
    stamped: date | None = None
    stamped_by: str = ""

    @property
    def day(self) -> date:
        """The day that counts: that of the time stamp, else the one that the file states."""
        return self.stamped or self.plan.frozen_on

    def departures(self, today: Held, now: Checksums) -> tuple[Departure, ...]:
        """Return what is otherwise than in the plan, in the order of its sections."""
        held, language = {**today.sections(), "rest": today.rest()}, today.params.language
        found = []
        for section in (*COMPARED, "rest"):
            sides = (flat(each, language) for each in (getattr(self.plan, section), held.get(section, {})))
            found += [*_differences(section, *sides)]
        return (*(_as_missing(each) for each in found if not _of_missing(each, found)), *self._program(now, found))

    def _program(self, now: Checksums, found: Sequence[Departure]) -> Iterator[Departure]:
        then = self.plan.checksums
        if then.codebook != now.codebook and not any(each.section == "asked" for each in found):
            yield Departure("codebook", "", then.codebook, now.codebook)
        if (then.program, then.version) != (now.program, now.version):
            yield Departure("program", "", f"{then.version} ({then.program})", f"{now.version} ({now.program})")

    def too_late(self, today: Held, checksums: Collection[str]) -> tuple[str, ...]:
        """Return why the plan does not count as written beforehand; nothing where it does.

        ``checksums``: of the files with answers, as they are published.
        """
        days = [day for held in (self.plan.windows, today.windows()) for day in _first_days(held)]
        known = {each.checksum for each in self.plan.data} - {None}
        why = {
            "undated": not days,
            "after_fieldwork": bool(days) and self.day >= min(days),
            "data_there": bool(known & {*checksums}),
            "answers_there": bool(self.plan.answers_there),
        }
        return tuple(name for name, so in why.items() if so)


@dataclass(frozen=True)
class Departure:
    """One thing that is otherwise than in the plan: where in it, what it was, and what it is; '' is nothing."""

    section: str
    path: str
    then: str
    now: str


def rule_of_missing_waves(survey: Survey) -> Mapping[str, str]:
    """Return what is done if a wave is missing: as stated, else the project's own rule."""
    if survey.planned is not None and survey.planned.missing_waves is not None:
        return survey.planned.missing_waves
    own = {language: texts_of("freeze", language)["missing_waves"] for language in LANGUAGES}
    return {language: text.format(waves=rules.FEWEST_WAVES_BEFORE) for language, text in own.items()}


def _asked(item: Question) -> dict[str, Any]:
    scale = item.scale
    return {
        "wording": dict(item.wording),
        "answers": {language: " / ".join(labels) for language, labels in scale.labels.items()},
        "positive": scale.positive,
        "negative": scale.negative,
        "dont_know_in_base": item.dont_know_in_base,
        "waves": list(item.waves),
        "in_wave": {wave: dict(wording) for wave, wording in item.wave_wording.items()},
    }


def flat(node: Any, language: str, path: str = "") -> dict[str, str]:
    """Return every leaf of a section as text, by its path; a text in two languages is one leaf.

    Examples
    --------
    >>> flat({"a": {"da": "x", "en": "y"}, "b": ["1", "2"], "c": {"d": True}, "e": None, "f": 2.5}, "da")
    {'a': 'x', 'b': '1, 2', 'c.d': 'true', 'f': '2,5'}
    """
    if isinstance(node, Mapping) and node and all(_TEXT.fullmatch(str(key)) for key in node):
        return {path: str(node.get(language) or next(iter(node.values())))}
    if isinstance(node, Mapping):
        inside = [flat(value, language, f"{path}.{key}".lstrip(".")) for key, value in node.items()]
        return {key: value for part in inside for key, value in part.items()}
    if isinstance(node, (list, tuple)) and any(isinstance(each, (Mapping, list, tuple)) for each in node):
        return flat({str(place + 1): each for place, each in enumerate(node)}, language, path)
    parts: list[Any] = [*node] if isinstance(node, (list, tuple)) else [node]
    text = ", ".join(_written(each, language) for each in parts)
    return {path: text} if text else {}


def _written(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if not _DECIMAL.fullmatch(text):
        return text
    return f"{float(text):.10g}".replace(".", "," if language == "da" else ".")


def _differences(section: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Departure]:
    for path in dict.fromkeys((*then, *now)):
        if then.get(path, "") != now.get(path, ""):
            yield Departure(section, path, then.get(path, ""), now.get(path, ""))


def _as_missing(found: Departure) -> Departure:
    lost = found.section == "windows" and found.then and not found.now
    return replace(found, section="missing_wave") if lost else found


def _of_missing(found: Departure, every: Sequence[Departure]) -> bool:
    moved = {each.path.partition(".")[2] for each in every if each.section == "windows" and "" in (each.then, each.now)}
    return found.section == "asked" and found.path.removeprefix("mode.") in moved


def _first_days(windows: Mapping[str, Any]) -> Iterator[date]:
    after = windows.get("after")
    for days in after.values() if isinstance(after, Mapping) else ():
        try:
            yield date.fromisoformat(str(days)[:10])
        except ValueError:
            continue


def signed(text: str) -> bytes:
    r"""Return the bytes of a plan's file, whose last line is the checksum of all before it.

    Examples
    --------
    >>> signed("a: 1\n")[-67:-60]
    b'"37b128'
    """
    return f'{text}sha256: "{hashlib.sha256(text.encode("utf-8")).hexdigest()}"\n'.encode()


def load(data: bytes, where: str) -> tuple[Plan | None, list[Problem]]:
    """Read the file of a plan; one that was edited since it was written is refused, but for its line ends."""
    content, problems = yaml_file.read(data, where)
    if problems or not content:
        return None, problems or [Problem("frozen_unreadable", where)]
    parts = _SIGNED.fullmatch(data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    try:
        plan = Plan.model_validate({key: value for key, value in content.items() if key != "sha256"})
    except ValidationError:
        return None, [Problem("frozen_unreadable", where)]
    if parts is None or hashlib.sha256(parts[1]).hexdigest() != parts[2].decode("ascii"):
        return None, [Problem("frozen_altered", where)]
    return plan, []
