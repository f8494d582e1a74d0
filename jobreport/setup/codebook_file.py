"""A codebook file to a `Codebook`: every breach at once, no proposal left unconfirmed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import Problem, refuse
from jobreport.setup import codebook_model as model
from jobreport.setup import model_problems, strict_yaml
from jobreport.setup.codebook import (
    DONT_KNOW,
    EVERY_WAVE,
    NOT_ANSWERED,
    Answers,
    Codebook,
    Group,
    Indicator,
    Layout,
    Question,
    Scale,
)
from jobreport.setup.coding import normal

_MODELS: model_problems.Models = {
    model_problems.WHOLE: model.CodebookFile,
    "columns": model.Columns,
    "scales": model.ScaleEntry,
    "questions": model.QuestionEntry,
    "dont_know": model.DontKnow,
    "in_wave": model.InWave,
    "indicators": model.IndicatorEntry,
    "groups": model.GroupEntry,
    "values": model.GroupValue,
}


def read(path: Path | str, where: str | None = None, language: str = "da") -> Codebook:
    """Read and check a codebook file.

    Raises
    ------
    InputRefused
        With every problem: unknown keys, scales that do not fit their codes, proposals of
        ``jobreport init`` that nobody has confirmed, indicators whose waves differ without a reason.
    """
    codebook, problems = load(Path(path), where or Path(path).as_posix(), language)
    refuse(problems, language)
    if codebook is None:
        raise AssertionError("a codebook that cannot be built has a problem")
    return codebook


def load(path: Path, where: str, language: str = "da") -> tuple[Codebook | None, list[Problem]]:
    """Read a codebook file; return it (None if its shape is wrong) and every problem found."""
    content, problems = strict_yaml.read(path, where)
    if not content:
        return None, problems or [Problem("yaml_not_mapping", where)]
    try:
        entry = model.CodebookFile.model_validate(content)
    except ValidationError as error:
        return None, problems + model_problems.problems(error, _MODELS, where)
    broken = model.breaches(entry, where)
    if broken:
        return None, problems + broken
    return build(entry, language), problems + model.unsettled(entry, where)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a codebook file."""
    made = model.CodebookFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made


def build(entry: model.CodebookFile, language: str = "da") -> Codebook:
    """Make a `Codebook` of a file that breaks no rule."""
    scales = {name: _scale(name, scale) for name, scale in entry.scales.items()}
    questions = {question.name: _question(question, scales) for question in entry.questions}
    return Codebook(
        indicators=tuple(_indicator(each, entry, questions, language) for each in entry.indicators),
        groups={name: _group(name, group) for name, group in entry.groups.items()},
        layout=_layout(entry, scales),
    )


def _scale(name: str, scale: model.ScaleEntry) -> Scale:
    return Scale(scale.kind or name, scale.labels, scale.positive, scale.negative)


def _question(entry: model.QuestionEntry, scales: Mapping[str, Scale]) -> Question:
    labels = {lang: tuple(each.label[lang] for each in entry.dont_know) for lang in LANGUAGES}
    wording = {wave: own.wording for wave, own in entry.in_wave.items() if own.wording}
    return Question(
        name=entry.name,
        wording=entry.wording,
        scale=scales[entry.scale],
        dont_know=labels,
        dont_know_in_base=entry.dont_know_in_base,
        waves=entry.waves or (),
        wave_wording=wording,
        file_text=({EVERY_WAVE: entry.file_text} if entry.file_text else {})
        | {normal(wave): own.file_text for wave, own in entry.in_wave.items() if own.file_text},
        direction={normal(wave): own.direction for wave, own in entry.in_wave.items() if own.direction},
        label=entry.label or {},
        in_sentence=entry.in_sentence or {},
    )


def _indicator(
    entry: model.IndicatorEntry,
    file: model.CodebookFile,
    questions: Mapping[str, Question],
    language: str,
) -> Indicator:
    differences = model.differences(entry, file)
    comparable = not differences if entry.comparable is None else entry.comparable
    reason = entry.reason or model.sentence(differences, language)
    items = tuple(questions[name] for name in entry.items)
    return Indicator(entry.name, entry.label, items, comparable, reason, entry.in_sentence or {})


def _group(name: str, entry: model.GroupEntry) -> Group:
    return Group(name, entry.label, {value.key: value.label for value in entry.values})


def _layout(entry: model.CodebookFile, scales: Mapping[str, Scale]) -> Layout:
    answers: dict[tuple[str, str], Answers] = {}
    for question in entry.questions:
        answers[question.name, EVERY_WAVE] = _answers(question, model.InWave(), scales)
        for wave, own in question.in_wave.items():
            answers[question.name, normal(wave)] = _answers(question, own, scales)
    return Layout(
        columns={key: column for key, column in entry.columns.model_dump(exclude={"proposal"}).items() if column},
        recodes={key: {normal(k): v for k, v in table.items()} for key, table in entry.recodes.items()},
        fixed=entry.fixed,
        answers=answers,
        groups={name: (group.column, _group_table(group)) for name, group in entry.groups.items()},
        answered=tuple(normal(code) for code in entry.answered),
        invited=tuple(normal(code) for code in entry.invited),
        date_format=entry.date_format or "",
        allowed=entry.allowed,
        left_out=entry.left_out,
    )


def _answers(question: model.QuestionEntry, own: model.InWave, scales: Mapping[str, Scale]) -> Answers:
    """Codes first, then label texts: a label that looks like another answer's code loses."""
    missing, dont_know = model.outside(question, own)
    table = {normal(code): NOT_ANSWERED for code in missing}
    scale = scales[own.scale or question.scale]
    for answer, codes in enumerate(own.codes or question.codes or (), start=1):
        table |= {normal(code): answer for code in codes}
    for each in dont_know:
        table |= {normal(code): DONT_KNOW for code in each.code}
    for labels in scale.labels.values():
        for answer, label in enumerate(labels, start=1):
            table.setdefault(normal(label), answer)
    for each in dont_know:
        for label in each.label.values():
            table.setdefault(normal(label), DONT_KNOW)
    return Answers(own.column or question.column, table)


def _group_table(group: model.GroupEntry) -> dict[str, str]:
    table = {normal(code): "" for code in group.missing}
    table |= {normal(code): value.key for value in group.values for code in value.code}
    for value in group.values:
        for text in (*value.label.values(), value.key):
            table.setdefault(normal(text), value.key)
    return table
