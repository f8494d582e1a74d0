"""What a person has confirmed in the form, as the codebook and the params that the command line reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jobreport.intake.checks.persons import KEY
from jobreport.prepare.init import Said, codebook_text
from jobreport.prepare.init.propose import Column, Proposal, QuestionFound
from jobreport.setup import params_document, strict_yaml

COMMENT = "Skrevet af formularen; `jobreport run` giver den samme rapport."
_LEFT_OUT = re.compile(rb"(?m)^left_out:.*(?:\n|\Z)(?:[ \t-].*(?:\n|\Z))*")
_PROPOSED = re.compile(r"\s*proposal: true")


@dataclass(frozen=True)
class QuestionChoice:
    """Which column a proposed question is, and whether a person has said so.

    Parameters
    ----------
    name
        Name of the question, such as ``trust_met``.
    column
        Its column; '' leaves the question out.
    confirmed
        Whether wording, answers and direction were confirmed.
    turned
        For a column of bare numbers: the highest number is the least positive answer.
    label
        Its short name in the report; '' is a name out of the words that were asked.
    """

    name: str
    column: str
    confirmed: bool = False
    turned: bool = False
    label: str = ""


@dataclass(frozen=True)
class WaveChoice:
    """One wave and the days on which people answered; '' if that is not stated."""

    wave: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class EventChoice:
    """What happened, when, to whom, and the first wave after it ('' = by the dates of the waves)."""

    label: str
    date: str
    treated: tuple[str, ...]
    exposed: tuple[str, ...] = ()
    first_after: str = ""


@dataclass(frozen=True)
class Choices:
    """Everything that the form asks for."""

    name: str
    title: str = ""
    language: str = "da"
    municipality_code: str = ""
    report_date: str = ""
    simulated: bool = False
    columns_confirmed: bool = False
    same_person: bool = False
    groups: tuple[str, ...] = ()
    questions: tuple[QuestionChoice, ...] = ()
    waves: tuple[WaveChoice, ...] = ()
    event: EventChoice | None = None
    description: Mapping[str, str] = field(default_factory=dict)


def codebook(proposals: Sequence[Proposal], choices: Choices, said: Said | None = None) -> str:
    """Write the codebook; what was not confirmed stays marked as a proposal, which `jobreport check` refuses."""
    first, *others = proposals
    fixed = {} if "municipality_code" in first.keys else {"municipality_code": choices.municipality_code}
    if "wave" not in first.keys and not others and choices.waves:
        fixed["wave"] = choices.waves[0].wave
    number = person_column(first) if choices.same_person else None
    keys = {key: column for key, column in first.keys.items() if key != KEY} | ({KEY: number} if number else {})
    settled = replace(
        first,
        keys=keys,
        row_numbers=(),
        questions=tuple(_settled(first, choices)),
        groups={name: column for name, column in first.groups.items() if name in choices.groups},
    )
    waves = [wave.wave for wave in choices.waves]
    written = codebook_text.codebook([settled, *others], waves, {key: value for key, value in fixed.items() if value})
    said = said or Said()
    if number is not None and number.name in first.row_numbers:
        said = replace(said, allowed=(*said.allowed, number.name))
    return _confirmed(written, choices, settled) + codebook_text.said_of_columns(said.left_out, said.allowed)


def person_column(proposal: Proposal) -> Column | None:
    """The column that may follow persons from wave to wave, which only a person can say; None if there is none."""
    found = proposal.keys.get(KEY)
    return found or next((c for c in proposal.columns if c.name in proposal.row_numbers), None)


def leaving_out(codebook: bytes, names: Sequence[str]) -> bytes:
    r"""Add columns to those that a codebook leaves out; its other lines stay as they are.

    Examples
    --------
    >>> leaving_out(b'left_out: ["Mail"]\nscales: {}\n', ["Navn"]).decode()
    'left_out: ["Mail", "Navn"]\nscales: {}\n'
    """
    if not names:
        return codebook
    found = _LEFT_OUT.search(codebook)
    written = found[0].decode("utf-8", "replace") if found else ""
    before = strict_yaml.parse(written, "")[0].get("left_out", []) if written else []
    line = f"left_out: [{', '.join(map(codebook_text.text, [*before, *names]))}]\n".encode()
    if found:
        return codebook[: found.start()] + line + codebook[found.end() :]
    return codebook.rstrip(b"\r\n") + b"\n" + line


def _settled(proposal: Proposal, choices: Choices) -> list[QuestionFound]:
    chosen = {choice.name: choice for choice in choices.questions if choice.column}
    found = []
    for question in (each for each in proposal.questions if each.name in chosen):
        choice = chosen[question.name]
        column = proposal.column(choice.column)
        if column is not None and column is not question.column:
            question = replace(question, column=column)
        found.append(_with_direction(replace(question, label=choice.label), choice))
    return found


def _with_direction(question: QuestionFound, choice: QuestionChoice) -> QuestionFound:
    """Give bare numbers the direction that the person says; numbers beyond the scale count as 'ved ikke'."""
    scale = question.scale
    codes = sorted(question.column.answers, key=float) if scale.only_numbers else []
    size = len(scale.labels_da)
    if not choice.confirmed or len(codes) < size:
        return question
    inside = codes[:size][::-1] if choice.turned else codes[:size]
    outside = tuple((code, "Ved ikke", "Don't know") for code in codes[size:])
    return replace(question, scale=replace(scale, codes=tuple(inside), outside=outside, only_numbers=False))


def _confirmed(written: str, choices: Choices, settled: Proposal) -> str:
    """Take away the mark of a proposal where a person has confirmed it."""
    names = {choice.name for choice in choices.questions if choice.confirmed}
    whole = {q.indicator for q in settled.questions} - {q.indicator for q in settled.questions if q.name not in names}
    known = {"questions": names, "indicators": whole}
    section, item, kept = "", "", []
    for line in written.split("\n"):
        if line[:1].isalpha():
            section, item = line.split(":")[0], ""
        named = re.match(r"  - name: (\S+)", line)
        item = named[1] if named else item
        confirmed = item in known[section] if section in known else choices.columns_confirmed
        if not (confirmed and _PROPOSED.fullmatch(line)):
            kept.append(line)
    return "\n".join(kept)


def params(choices: Choices, files: Sequence[str], codebook_file: str, sheet: str | None = None) -> str:
    """Write the params file, unchecked: `jobreport check` says what is missing."""
    waves = [
        {"wave": wave.wave, "from": wave.first or None, "to": wave.last or None}
        | ({"file": files[place]} if len(files) > 1 else {})
        for place, wave in enumerate(choices.waves)
    ]
    survey: dict[str, Any] = {"file": files[0]} if len(files) == 1 else {}
    survey |= {"sheet": sheet} if sheet else {}
    survey |= {"codebook": codebook_file, "simulated": choices.simulated, "waves": waves}
    survey |= {"description": {key: text or None for key, text in choices.description.items()}}
    plain = {
        "name": choices.name,
        "title": choices.title or None,
        "language": choices.language,
        "municipality_code": choices.municipality_code or None,
        "report_date": choices.report_date or None,
        "survey": survey,
        "events": [_event(choices.event, choices)] if choices.event else [],
    }
    return params_document.write(plain, COMMENT)


def _event(event: EventChoice, choices: Choices) -> dict[str, Any]:
    names = [wave.wave for wave in choices.waves]
    place = names.index(event.first_after) if event.first_after in names else None
    windows = {} if place is None else {"waves_before": names[:place], "waves_after": names[place:]}
    return {
        "event": "begivenhed",
        "label": event.label or None,
        "date": event.date or None,
        "treated": list(event.treated),
        "exposed": list(event.exposed),
        **windows,
    }
