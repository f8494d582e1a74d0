"""What a person has confirmed in the form, as the codebook and the params that the command line reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jobreport.desk.form.folder import COMMENTS, LOGOS, PACKAGES, plain_name
from jobreport.intake.checks.across import KEY
from jobreport.intake.formats.contract import INVITED_COLUMNS
from jobreport.prepare.init import Said, between, codebook_text, keys, params_text, questions, units
from jobreport.prepare.init.codebook_text import Confirmed
from jobreport.prepare.init.columns import Column
from jobreport.prepare.init.propose import Proposal
from jobreport.prepare.init.questions import QuestionFound
from jobreport.prepare.init.rounds import Round
from jobreport.setup import yaml_file, yaml_writer

INVITED = "data/spurgte.csv"  # how many were asked in each round, as a person typed it


@dataclass(frozen=True)
class QuestionChoice:
    """Which column a proposed question is, and whether a person has said so."""

    name: str  # name of the question, such as ``trust_met``
    column: str  # its column; '' leaves the question out
    confirmed: bool = False  # whether wording, answers and direction were confirmed
    turned: bool = False  # for a column of bare numbers: the highest number is the least positive answer
    label: str = ""  # its short name in the report; '' is a name out of the words that were asked
    # for a column of bare numbers: those that are no answer on the scale; None are those that a gap divides from it
    outside: tuple[str, ...] | None = None
    # its answers (codes of the file) as a person put them, least positive first; () is the order proposed
    order: tuple[str, ...] = ()
    positive: int | None = None  # how many of the most positive answers count as positive; None as many as proposed


@dataclass(frozen=True)
class WaveChoice:
    """One wave, the days on which people answered and how many were asked; '' and None if that is not stated."""

    wave: str
    first: str = ""
    last: str = ""
    invited: int | None = None


@dataclass(frozen=True)
class EventChoice:
    """What happened, when, to whom, and the first wave after it ('' = by the dates of the waves).

    ``announced`` is the day it became known; ``outcome`` the main outcome, an indicator and its measure.
    """

    label: str
    date: str
    treated: tuple[str, ...]
    exposed: tuple[str, ...] = ()
    first_after: str = ""
    announced: str = ""
    outcome: tuple[str, str] | None = None


@dataclass(frozen=True)
class WaveAnswer:
    """Which column a question is in another wave; '' if it was not asked there, or is not to be taken from there."""

    question: str
    wave: str
    column: str


@dataclass(frozen=True)
class CommentsChoice:
    """Files of coded comments and of quotations (name and content), and what the columns of the first are.

    ``key`` ties comments to answers, ``wording`` is what was asked, and ``themes`` are column -> what it is called.
    """

    coded: tuple[str, bytes]
    quotations: tuple[str, bytes] | None = None
    key: str = ""
    wording: str = ""
    themes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """Everything that the form asks for.

    ``group_labels`` say what the numbers of a grouping mean, group -> code -> label; ``packages`` are files of other
    municipalities, name -> content; ``wave_names`` say what a round that the file names is called; ``units`` are what
    stands for a unit -> what it is called, and ``unit`` is the one that the report is about; ``sender`` says who
    publishes it, and ``logo`` is name and content of a file; ``carried`` is what params that were brought back say and
    no field asks for.
    """

    name: str
    title: str = ""
    language: str = "da"
    municipality_code: str = ""
    report_date: str = ""
    simulated: bool = False
    columns_confirmed: bool = False
    same_person: bool = False
    groups: tuple[str, ...] = ()
    group_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: tuple[QuestionChoice, ...] = ()
    other_waves: tuple[WaveAnswer, ...] = ()
    waves: tuple[WaveChoice, ...] = ()
    wave_names: Mapping[str, str] = field(default_factory=dict)
    event: EventChoice | None = None
    evaluated_party: tuple[str, ...] | None = None
    selection: str = ""
    description: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, bytes] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    comments: CommentsChoice | None = None
    sender: Mapping[str, str] = field(default_factory=dict)
    logo: tuple[str, bytes] | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)


def codebook(proposals: Sequence[Proposal], choices: Choices, said: Said | None = None) -> str:
    """Write the codebook; what was not confirmed stays marked as a proposal, which `jobreport check` refuses."""
    first, *others = proposals
    fixed = {} if "municipality_code" in first.keys else {"municipality_code": choices.municipality_code}
    number = person_column(first) if choices.same_person else None
    its_keys = _keys(first, choices, number)
    settled = replace(
        first,
        keys=its_keys,
        row_numbers=(),
        unit_recode=units.recode(choices.units),
        questions=tuple(_settled(first, choices)),
        wave_recode=_renamed(proposals, choices.wave_names),
        groups={
            name: replace(column, kind="closed", answers={**column.answers, **labels})
            if (labels := choices.group_labels.get(name))
            else column
            for name, column in first.groups.items()
            if name in choices.groups
        },
    )
    waves = [wave.wave for wave in choices.waves]
    told = {key: value for key, value in fixed.items() if value}
    said = said or Said()
    counts = [number.name] if number is not None and number.name in first.row_numbers else []
    confirmed, allowed = _confirmed(choices, settled), [*said.allowed, *counts]
    columns = {(each.question, each.wave): each.column for each in choices.other_waves}
    kept = [
        replace(other, questions=tuple(q for q in other.questions if (q.name, wave) not in confirmed.unasked))
        for wave, other in zip(waves[1:], others, strict=False)
    ]
    others = [_with_own(settled, each) for each in kept]
    others = between.with_columns(settled, others, waves[1:], columns)
    about = _comments(choices.comments) if choices.comments is not None else None
    return codebook_text.codebook([settled, *others], waves, told, confirmed, said.left_out, allowed, about)


def _keys(proposal: Proposal, choices: Choices, number: Column | None) -> dict[str, Column]:
    made = {key: column for key, column in proposal.keys.items() if key not in (KEY, "unit")}
    made |= {KEY: number} if number is not None else {}
    made |= {"unit": proposal.keys["unit"]} if choices.units and "unit" in proposal.keys else {}
    tied = proposal.column(choices.comments.key) if choices.comments is not None else None
    return made | ({"comment_key": tied} if tied is not None and tied != number else {})


def _comments(chosen: CommentsChoice) -> dict[str, Any]:
    named = units.coded(chosen.themes)
    themes = [yaml_writer.Line(name=f"tema-{named[at]}", column=at, label=label) for at, label in chosen.themes.items()]
    return {"wording": chosen.wording, "themes": themes}


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
    try:
        text = codebook.decode("utf-8-sig") if names else ""
    except UnicodeDecodeError:
        return codebook
    content, problems = yaml_file.parse(text, "")
    before = content.get("left_out") or []
    if problems or not isinstance(before, list):  # nothing to add, or a file that is refused as it is
        return codebook
    if "left_out" in content:
        return yaml_writer.fill(text, {"left_out": [*before, *names]}).encode()
    return f"{text.rstrip()}\n{yaml_writer.sections({'left_out': list(names)})}".encode()


def _renamed(proposals: Sequence[Proposal], names: Mapping[str, str]) -> Mapping[str, str]:
    if all(found == name for found, name in names.items()):
        return proposals[0].wave_recode
    cells = {cell: each for each in proposals for cell in keys.wave_cells(each.keys.get("wave"), each.table)}
    found = {cell: each.wave_recode.get(cell, cell) for cell, each in cells.items()}
    return {cell: names.get(name, name) for cell, name in found.items()}


def _with_own(settled: Proposal, other: Proposal) -> Proposal:
    # Let a question whose answers a person ordered be the column of the same name and answers in another file.
    own = [each for each in settled.questions if questions.recognise_scale(each.column) is None and each.is_own]
    there = [(each, other.column(each.column.name)) for each in own if between.same_question(each, other) is None]
    alike = [replace(q, column=c) for q, c in there if c is not None and c.answers == q.column.answers]
    return replace(other, questions=(*other.questions, *alike))


def _settled(proposal: Proposal, choices: Choices) -> list[QuestionFound]:
    proposed = {question.name: question for question in proposal.questions}
    found = []
    for choice in (choice for choice in choices.questions if choice.column):
        question = proposed.get(choice.name)
        column = proposal.column(choice.column) or (question.column if question else None)  # (a table has none)
        if column is not None:
            found.append(_as_chosen(question, column, choice))
    return found


def _as_chosen(question: QuestionFound | None, column: Column, choice: QuestionChoice) -> QuestionFound:
    if question is None:
        question = QuestionFound(choice.name, choice.name, column, questions.placed(column, choice.order))
    question = _with_direction(replace(question, column=column, label=choice.label), choice)
    scale = question.scale
    if choice.order and choice.order != (scale.codes or scale.labels_da):
        scale = questions.placed(column, choice.order)
    if choice.positive is not None and choice.positive != scale.positive:
        box = min(choice.positive, max(1, len(scale.labels_da) - choice.positive))
        scale = replace(scale, positive=choice.positive, negative=box)
    return replace(question, scale=scale)


def _with_direction(question: QuestionFound, choice: QuestionChoice) -> QuestionFound:
    # Give bare numbers the direction that the person says, and leave out those that are none on the scale.
    if choice.order or not choice.confirmed or not question.scale.only_numbers:
        return question
    outside = [code for code, *_ in question.scale.outside] if choice.outside is None else choice.outside
    return replace(question, scale=questions.directed(question, outside, turned=choice.turned))


def _confirmed(choices: Choices, settled: Proposal) -> Confirmed:
    names = frozenset(choice.name for choice in choices.questions if choice.confirmed)
    open_ones = {q.indicator for q in settled.questions if q.name not in names}
    whole = frozenset(q.indicator for q in settled.questions) - open_ones
    unasked = frozenset((each.question, each.wave) for each in choices.other_waves if not each.column)
    return Confirmed(choices.columns_confirmed, names, whole, unasked)


def params(empty: str, choices: Choices) -> str:
    """Fill in the params file that ``init`` writes, unchecked: `jobreport check` says what is missing."""
    survey = {
        "simulated": choices.simulated,
        "evaluated_party": None if choices.evaluated_party is None else list(choices.evaluated_party),
        "selection": choices.selection or None,
        "waves": [{"from": wave.first or None, "to": wave.last or None} for wave in choices.waves],
        "description": {key: text or None for key, text in choices.description.items()},
        "comments": _files(choices.comments) if choices.comments is not None else None,
    }
    values = {
        "name": choices.name,
        "title": choices.title or None,
        "language": choices.language,
        "municipality_code": choices.municipality_code or None,
        "report_date": choices.report_date or None,
        "survey": {**choices.carried.get("survey", {}), **survey},
        "sender": _sender(choices),
    }
    values |= {key: value for key, value in choices.carried.items() if key not in ("survey", "event")}
    more: dict[str, Any] = {"events": [_event(choices.event, choices)]} if choices.event else {}
    more |= {"packages": sorted(_packages(choices))} if choices.packages else {}
    more |= {"unit": units.coded(choices.units)[choices.unit]} if choices.unit in choices.units else {}
    return yaml_writer.fill(empty, values | more)


def _sender(choices: Choices) -> dict[str, str] | None:
    logo = {"logo": f"{LOGOS}/{plain_name(choices.logo[0])}"} if choices.logo is not None else {}
    return {**choices.sender, **logo} or None


def _files(comments: CommentsChoice) -> dict[str, str]:
    files = {"coded": comments.coded, "quotations": comments.quotations}
    return {key: f"{COMMENTS}/{plain_name(file[0])}" for key, file in files.items() if file is not None}


def _packages(choices: Choices) -> dict[str, bytes]:
    return {f"{PACKAGES}/{plain_name(name)}": content for name, content in choices.packages.items()}


def beside(choices: Choices) -> dict[str, bytes]:
    """The files that params name beside the answers: path -> content."""
    paths = _files(choices.comments) if choices.comments is not None else {}
    made = _packages(choices) | {path: getattr(choices.comments, key)[1] for key, path in paths.items()}
    return made | ({f"{LOGOS}/{plain_name(choices.logo[0])}": choices.logo[1]} if choices.logo is not None else {})


def invited(choices: Choices, answered: Mapping[str, int]) -> str:
    """Write how many were asked in each round, and how many answered, as the file that the params name."""
    rows = [
        f"{wave.wave},{choices.municipality_code},,,{wave.invited},{answered.get(wave.wave, '')}"
        for wave in choices.waves
        if wave.invited is not None
    ]
    return "\n".join([",".join(INVITED_COLUMNS), *rows, ""])


def empty_params(
    name: str, choices: Choices, files: Sequence[str], codebook_file: str, proposal: Proposal, sheet: str | None
) -> str:
    """Write the params file as ``init`` does, with the waves that a person named."""
    waves = [Round(wave.wave, wave.first, wave.last) for wave in choices.waves]
    happened, there = choices.event is not None, units.listed(choices.units, choices.municipality_code)
    return params_text.params(name, files, waves, codebook_file, proposal, sheet, happened=happened, units=there)


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
        "announced": event.announced or None,
        "outcome": None if event.outcome is None else dict(zip(("indicator", "measure"), event.outcome, strict=True)),
        **windows,
        **choices.carried.get("event", {}),
    }
