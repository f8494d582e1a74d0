"""What a refusal of the command line says to a person without files, and the field that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jobreport.desk.form.steps import Refusal
from jobreport.domain.texts import texts_of
from jobreport.errors import Problem

if TYPE_CHECKING:
    from jobreport.desk.form.rounds import Rounds
    from jobreport.desk.form.session import Session

FILES, QUESTIONS, ROUNDS, ABOUT = range(4)
FIELDS = {"proposal_open": "question"}  # problem -> its field, where that is not the choice of files
_BEGINNINGS = {
    QUESTIONS: ("question", "way.", "right.", "column.", "label.", "take.", "positive.", "order.", "elsewhere."),
    ROUNDS: ("wave", "place_from", "municipality", "groups", "code.", "event", "has_event", "same_person"),
    ABOUT: ("title", "name", "date", "about.", "packages", "selection", "did", "simulated"),
}


def step(field: str) -> int:
    """The place on the road of the step that a field stands in; what has no field is about the files.

    Examples
    --------
    >>> step("municipality"), step("right.trust_met"), step("survey")
    (2, 1, 0)
    """
    return next((place for place, begun in _BEGINNINGS.items() if field.startswith(begun)), FILES)


def told(problems: Sequence[Problem], session: Session, rounds: Rounds) -> list[Refusal]:
    """Say each problem in the form's own words where it has some, else in those of the command line."""
    found = {rounds.name_of(each.name): each.name for each in session.rounds()}
    return [_told(problem, session.language, found) for problem in problems]


def _told(problem: Problem, language: str, found: dict[str, str]) -> Refusal:
    own = texts_of("refusals", language)["sentences"]
    facts = problem.facts(language)
    key = next((key for key in (f"{problem.key}.{facts.get('field', '')}", problem.key) if key in own), None)
    where = PurePosixPath(problem.where).name
    sentence = own[key].format_map({**facts, "where": where}) if key else replace(problem, where=where).text(language)
    wave = str(problem.values.get("wave", problem.values.get("waves", "")))
    return Refusal(sentence, FIELDS.get(key or problem.key, "").format(wave=found.get(wave, wave)))
