"""What differs between the files of several waves: lines under ``in_wave``, or a question to a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jobreport.domain.texts import words
from jobreport.intake.checks.declared import reads_as_question
from jobreport.prepare.init.propose import Proposal
from jobreport.prepare.init.questions import QuestionFound, recognise_scale
from jobreport.setup.yaml_writer import Line

_ASKED = words("proposed")["between"]


@dataclass(frozen=True)
class Doubt:
    """An open question about another wave."""

    text: str  # the question, as the codebook asks it
    question: str = ""  # question, wave: what a choice can settle; empty where only the codebook or the file can
    wave: str = ""
    # columns of that wave's file that the question may be: they are answered on a scale of the same size
    columns: tuple[str, ...] = ()
    group: str = ""  # the grouping it is about, which can be left out


def doubts(proposals: Sequence[Proposal], waves: Sequence[str]) -> Iterator[Doubt]:
    """Ask about what the files of later waves lack, have more of or count otherwise than the first."""
    first, *others = proposals
    for wave, other in zip(waves[1:], others, strict=False):
        facts = {"wave": wave, "first": waves[0]}
        for question in first.questions:
            yield from _question(question, first, other, facts)
        for found in _later(first, other):
            yield Doubt(_ASKED["later"].format(name=found.name, column=found.column.name, **facts), found.name, wave)
        for name, column in first.groups.items():
            there = other.groups.get(name) or other.column(column.name)
            if there is None or not column.coded:
                continue
            if any(there.answers.get(code, label) != label for code, label in column.answers.items()):
                text = _ASKED["group"].format(column=column.name, answers=_said(there.answers), **facts)
                yield Doubt(text, wave=wave, group=name)


def _later(first: Proposal, other: Proposal) -> Iterator[QuestionFound]:
    names = {question.name for question in first.questions}
    absent = [question for question in first.questions if same_question(question, other) is None]
    may_be = {name for question in absent for name in _candidates(question, first, other)}
    own = {found.name for found in other.questions if found.is_own and found.column.name in may_be}
    yield from (found for found in other.questions if found.name not in names | own)


def _question(question: QuestionFound, first: Proposal, other: Proposal, facts: dict[str, str]) -> Iterator[Doubt]:
    found = same_question(question, other)
    if found is None:
        labels = other.table.labels.get(question.column.name, {})
        there = _ASKED["there"].format(answers=_said(labels)) if labels else ""
        text = _ASKED["absent"].format(name=question.name, column=question.column.name, there=there, **facts)
        yield Doubt(text, question.name, facts["wave"], tuple(_candidates(question, first, other)))
    elif len(found.scale.labels_da) != len(question.scale.labels_da):
        sizes = {"there": len(found.scale.labels_da), "here": len(question.scale.labels_da)}
        yield Doubt(_ASKED["sizes"].format(name=question.name, **sizes, **facts), question.name, facts["wave"])


def _candidates(question: QuestionFound, first: Proposal, other: Proposal) -> Iterator[str]:
    names = {each.name for each in first.questions}
    taken = {found.column.name for found in other.questions if found.name in names or not found.is_own}
    for column in other.columns:
        scale = recognise_scale(column)
        if scale is not None and column.name not in taken and len(scale.labels_da) == len(question.scale.labels_da):
            yield column.name


def with_columns(
    first: Proposal, others: Sequence[Proposal], waves: Sequence[str], columns: Mapping[tuple[str, str], str]
) -> list[Proposal]:
    """Let questions of the first file be the columns of other files that a person says: (question, wave) -> column."""
    found = []
    for wave, other in zip(waves, others, strict=False):
        said = [(each, other.column(columns.get((each.name, wave), ""))) for each in first.questions]
        scales = [(each, column, recognise_scale(column)) for each, column in said if column is not None]
        more = [replace(each, column=column, scale=scale) for each, column, scale in scales if scale is not None]
        moved = {column.name for _, column in said if column is not None}
        kept = [each for each in other.questions if each.column.name not in moved]
        found.append(replace(other, questions=(*kept, *more)))
    return found


def _said(answers: Mapping[str, str]) -> str:
    return ", ".join(f"{code} = {label}" for code, label in answers.items())


def same_question(question: QuestionFound, other: Proposal) -> QuestionFound | None:
    """Find the question of the same name in another file."""
    return next((each for each in other.questions if each.name == question.name), None)


def differences(question: QuestionFound, found: QuestionFound, scales: Mapping[tuple[str, ...], str]) -> Line:
    """Say what was different about a question in another wave, as it stands under ``in_wave``.

    ``scales``: labels of a scale -> its name in the codebook.
    """
    unlike = Line()
    if found.column.name != question.column.name:
        unlike["column"] = found.column.name
    if asked(found) != asked(question):
        unlike["wording"] = Line(da=asked(found) or found.column.name)
    if found.scale.labels_da != question.scale.labels_da and found.scale.labels_da in scales:
        unlike["scale"] = scales[found.scale.labels_da]
    if found.scale.codes != question.scale.codes and found.scale.codes:
        unlike["codes"] = list(found.scale.codes)
    if found.scale.outside != question.scale.outside:
        unlike["dont_know"] = outside(found)
    return unlike


def outside(question: QuestionFound) -> list[Line]:
    """The answers of a question that lie outside its scale, as they stand under ``dont_know``."""
    return [Line(code=code, label=Line(da=danish, en=english)) for code, danish, english in question.scale.outside]


def asked(question: QuestionFound) -> str:
    """Return the wording in the file: its question text, or a header that is a question; '' if there is none."""
    column = question.column
    return column.question or (column.name if reads_as_question(column.name) else "")
