"""What a refusal of the command line says to a person without files, and the field that it is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from jobreport.desk.form import days
from jobreport.domain.texts import texts_of, words
from jobreport.errors import MOST, Problem
from jobreport.intake.checks import personal
from jobreport.prepare.init.columns import Column

FILES, QUESTIONS, ROUNDS, ABOUT, CHECK, REPORT = range(6)  # the places of the steps on the road
FIELDS = {key: field for field, keys in words("fields").items() for key in keys}
IN_PARAMS = {"survey.description.": "about.", "events.": "event.", "sender.": "sender."}
IN_PARAMS |= {"title": "title", "name": "name"}
_OF_CODEBOOK = ("scales", "questions", "indicators", "groups")
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
LEFT_OUT = {  # problems that leaving a column out settles -> the key of the column where they do not name it
    "personal_data": "", "personal_data_likely": "", "personal_data_by_header": "", "personal_data_in_labels": "",
    "date_ambiguous": "", "date_unreadable": "", "weight_not_number": "weight", "weight_size": "weight",
    "weight_waves_differ": "weight",
}  # fmt: skip
_BEGINNINGS = {
    QUESTIONS: (
        "question", "way.", "right.", "column.", "label.", "take.", "positive.", "order.", "elsewhere.", "several.",
    ),
    ROUNDS: ("wave", "place_from", "municipality", "groups", "code.", "event", "has_event", "same_person", "unit"),
    ABOUT: (
        "title", "name", "date", "about.", "packages", "selection", "did", "simulated", "comments", "quotations",
        "sender", "logo",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """What keeps a step from being done, in a sentence for a person without files, and the field it is about."""

    text: str
    field: str = ""


def step(field: str) -> int:
    """The place on the road of the step that a field stands in; what has no field is about the files.

    Examples
    --------
    >>> step("municipality"), step("right.trust_met"), step("survey")
    (2, 1, 0)
    """
    return next((place for place, begun in _BEGINNINGS.items() if field.startswith(begun)), FILES)


def told(problems: Sequence[Problem], language: str, found: Mapping[str, str] | None = None) -> list[Refusal]:
    """Say each problem in the form's own words where it has some, else in those of the command line.

    ``found``: what a person calls a round -> what it was found as.
    """
    return [_told(problem, language, found or {}) for problem in problems[:MOST]]


def _told(problem: Problem, language: str, found: Mapping[str, str]) -> Refusal:
    own = texts_of("refusals", language)["sentences"]
    if problem.key in own:
        written = own[problem.key].format_map(problem.facts(language))
        sentence = _DAY.sub(lambda day: days.write(day[0], language), written)
    else:
        sentence = replace(problem, where=PurePosixPath(problem.where).name).text(language)
    said = problem.values.get("wave", problem.values.get("waves", ""))
    wave = str(said[0] if isinstance(said, (list, tuple)) and said else said)
    return Refusal(sentence, _field(problem).format(wave=found.get(wave, wave)))


def _field(problem: Problem) -> str:
    where = str(problem.values.get("key", ""))
    begun = next((begun for begun in IN_PARAMS if where.startswith(begun)), None)
    if begun is not None:
        return IN_PARAMS[begun] + where.removeprefix(begun)
    return FIELDS.get(problem.key, "question" if where.startswith(_OF_CODEBOOK) else "survey")


def to_leave_out(problems: Sequence[Problem], keys: Mapping[str, Column]) -> list[str]:
    """List the columns without which problems are gone, and which can be left out by their name."""
    found = [each for each in problems if each.key in LEFT_OUT]
    named = [each.values.get("column") or getattr(keys.get(LEFT_OUT[each.key]), "name", "") for each in found]
    return [str(name) for name in dict.fromkeys(named) if name and name != personal.UNNAMED]


def sheets_to_choose(problems: Sequence[Problem]) -> list[str]:
    """List the sheets of a workbook of which one must be chosen."""
    found = [each.values["sheets"] for each in problems if each.key == "sheets_several"]
    return [str(name) for names in found if isinstance(names, list) for name in names]
