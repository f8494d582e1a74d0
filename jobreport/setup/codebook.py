"""What the questions mean: wording, scales and their direction, indicators and their items.

A codebook is a YAML file (its shape: `jobreport.setup.codebook_model`); here is what it becomes, every breach told at
once and no proposal left unconfirmed. `jobreport.intake.coded` reads a file of answers by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from operator import getitem
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import ValidationError

from jobreport.domain.released import TOLD
from jobreport.domain.shipped import shipped
from jobreport.domain.texts import LANGUAGES, phrase
from jobreport.errors import Problem, refuse
from jobreport.setup import codebook_model as model
from jobreport.setup import codebook_rules as rules
from jobreport.setup import kinds, yaml_file
from jobreport.setup.coding import Answers, Layout, normal
from jobreport.setup.question import EVERY_WAVE, Question, Scale

__all__ = ("EVERY_WAVE", "Question", "Scale")  # (what a codebook is made of is asked for here)

NOT_ANSWERED = -1
DONT_KNOW = 0
CARDS = 3  # on the front page, where the codebook marks none
_MODELS: kinds.Models = {
    kinds.WHOLE: model.CodebookFile,
    "columns": model.Columns,
    "scales": model.ScaleEntry,
    "questions": model.QuestionEntry,
    "dont_know": model.DontKnow,
    "in_wave": model.InWave,
    "indicators": model.IndicatorEntry,
    "groups": model.GroupEntry,
    "values": model.GroupValue,
    "comments": model.CommentsEntry,
    "themes": model.ThemeEntry,
}


def _example(name: str) -> str:
    return shipped(f"data/examples/{name}.yml").read_text(encoding="utf-8")


EXAMPLES = ("btu", "kl", "lup", "plejehjem")
btu, kl, lup, plejehjem = (partial(_example, name) for name in EXAMPLES)  # codebooks to begin with, as text


@dataclass(frozen=True)
class Indicator:
    """What is reported: one question, or several whose mean is an index.

    ``label`` and ``in_sentence`` name it in the report, as those of a `Question` do.
    ``comparable`` says whether before and after may be compared; ``reason`` is why, and is printed. ``told`` is the
    measure that it is to be told by; ``front`` is whether it is a card on the front page. ``common`` is the label that
    it has with the other questions of its battery.
    """

    name: str
    label: Mapping[str, str]
    items: tuple[Question, ...]
    comparable: bool = True
    reason: str = ""
    in_sentence: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    front: bool = False
    common: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> tuple[str, str]:
        """The measure and category it is told by; where ``told`` is empty the index of several items, or the share."""
        return TOLD[self.told or ("share" if len(self.items) == 1 else "index")]

    @property
    def named_items(self) -> tuple[tuple[str, Question], ...]:
        """Name under which the figures of each question stand, and the question; a single one has the indicator's."""
        alone = len(self.items) == 1
        return tuple((self.name if alone else item.name, item) for item in self.items)


@dataclass(frozen=True)
class Group:
    """A grouping of respondents: its column in `responses`, its label and the labels of its values."""

    column: str
    label: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    role: str = ""


@dataclass(frozen=True)
class Comments:
    """The open question, and the themes that its comments were coded by; each an answer 'not about it', 'about it'.

    ``commented`` asks whether there is a comment at all, and ``columns`` names the column of each theme in the file.
    """

    wording: Mapping[str, str]
    commented: Question
    themes: tuple[Question, ...]
    columns: Mapping[str, str]

    @property
    def items(self) -> tuple[Question, ...]:
        """All that becomes a column of `responses`."""
        return (self.commented, *self.themes)


@dataclass(frozen=True)
class Codebook:
    """Everything that is known about the questions of one survey."""

    indicators: tuple[Indicator, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    subject: Mapping[str, str] = field(default_factory=dict)
    comments: Comments | None = None
    choices: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the indicators, in the order in which they are reported."""
        return tuple(indicator.name for indicator in self.indicators)

    @property
    def cards(self) -> tuple[str, ...]:
        """Names of the indicators that are cards on the front page: those marked so, else the first three."""
        return tuple(each.name for each in self.indicators if each.front) or self.names[:CARDS]

    @property
    def outcome(self) -> str:
        """The indicator that the other questions are held against: the first card."""
        return next(iter(self.cards), "")

    @property
    def items(self) -> tuple[Question, ...]:
        """All questions that belong to an indicator, each once, in reading order."""
        seen = {item.name: item for indicator in self.indicators for item in indicator.items}
        return tuple(seen.values())

    @property
    def mix_column(self) -> str | None:
        """The benefit group's column: a changed mix of groups must not look like a changed jobcentre."""
        return next((name for name, group in self.groups.items() if "benefit_group" in (group.role, name)), None)

    def has_groups(self, frame: pd.DataFrame) -> pd.Series:
        """Tell of which rows of a table ``group_by`` and ``group`` are everybody or a group of this codebook."""
        known = {("", ""), *((name, key) for name, group in self.groups.items() for key in group.values)}
        pairs = zip(frame["group_by"], frame["group"], strict=True)
        return pd.Series([pair in known for pair in pairs], index=frame.index)

    def telling(self, measures: Mapping[str, str]) -> Codebook:
        """Return a copy in which some indicators are told by another measure: name -> 'share' or 'index'."""
        told = tuple(replace(each, told=measures.get(each.name, each.told)) for each in self.indicators)
        return replace(self, indicators=told)

    def commented_in(self, waves: tuple[str, ...]) -> Self:
        """Return a copy in which comments were asked for, and coded, in these waves."""
        if self.comments is None:
            return self
        commented, *themes = (replace(item, waves=waves) for item in self.comments.items)
        return replace(self, comments=replace(self.comments, commented=commented, themes=tuple(themes)))

    def indicator(self, name: str) -> Indicator:
        """Return the indicator of that name; KeyError if there is none."""
        return {indicator.name: indicator for indicator in self.indicators}[name]

    def asked_under(self, name: str) -> tuple[tuple[str, Question], ...]:
        """Return the questions behind an indicator's or a question's name, each with the name of its figures.

        Raises
        ------
        KeyError
            If there is neither an indicator nor a question of that name.
        """
        known = {indicator.name: indicator.named_items for indicator in self.indicators}
        pairs = [pair for named in known.values() for pair in named]
        found = known.get(name) or tuple(pair for pair in pairs if name in (pair[0], pair[1].name))[:1]
        if not found:
            raise KeyError(name)
        return found

    def answers_in(self, question: str, wave: str) -> Answers | None:
        """Return where a question's answers stand in a wave, None if it was not asked."""
        found = self.layout.answers
        return found.get((question, normal(wave)), found.get((question, EVERY_WAVE)))


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


def load(file: Path | bytes, where: str, language: str = "da") -> tuple[Codebook | None, list[Problem]]:
    """Read a codebook file, or its bytes; return it (None if its shape is wrong) and every problem found."""
    content, problems = yaml_file.read(file, where)
    if not content:
        return None, problems or [Problem("yaml_not_mapping", where)]
    try:
        entry = model.CodebookFile.model_validate(content)
    except ValidationError as error:
        return None, [*problems, *kinds.problems(error, _MODELS, where), *_open_beside(content, error, where)]
    if broken := rules.breaches(entry, where):
        return None, problems + broken
    return build(entry, language), problems + rules.unsettled(entry, where)


def _open_beside(content: Mapping[str, Any], error: ValidationError, where: str) -> list[Problem]:
    rest: Any = deepcopy(content)
    for detail in error.errors():
        *way, key = detail["loc"]
        with suppress(LookupError, TypeError, AttributeError):
            reduce(getitem, way, rest).pop(key, None)
    with suppress(ValidationError):
        return rules.unsettled(model.CodebookFile.model_validate(rest), where)
    return []


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a codebook file."""
    made = model.CodebookFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made


def build(entry: model.CodebookFile, language: str = "da") -> Codebook:
    """Make a `Codebook` of a file that breaks no rule."""
    scales = {name: _scale(name, scale) for name, scale in entry.scales.items()}
    questions = {question.name: _question(question, scales) for question in entry.questions}
    return Codebook(
        indicators=tuple(made for each in entry.indicators for made in _indicators(each, entry, questions, language)),
        groups={key: Group(key, of.label, {v.key: v.label for v in of.values}) for key, of in entry.groups.items()},
        layout=_layout(entry, scales),
        subject=entry.subject or {},
        comments=_comments(entry.comments) if entry.comments else None,
        choices=tuple(each.items for each in entry.indicators if each.together == "choices"),
    )


def _comments(entry: model.CommentsEntry) -> Comments:
    # Themes are asked of those who wrote a comment: no comment is an answer outside their scale.
    def about(*pieces: str) -> Scale:
        return Scale(
            "kommentar", {lang: tuple(phrase(f"comments.{one}", lang) for one in pieces) for lang in LANGUAGES}, 1, 1
        )

    none = {lang: (phrase("comments.without", lang),) for lang in LANGUAGES}
    themes = [Question(each.name, each.label, about("other", "about"), none, label=each.label) for each in entry.themes]
    commented = Question(model.COMMENTS, entry.wording, about("without", "with"))
    return Comments(
        entry.wording, commented, tuple(themes), {each.name: each.column or each.name for each in entry.themes}
    )


def _scale(name: str, scale: model.ScaleEntry) -> Scale:
    return Scale(scale.kind or name, scale.labels, scale.positive, scale.negative, scale.unit or {})


def _question(entry: model.QuestionEntry, scales: Mapping[str, Scale]) -> Question:
    labels = {lang: tuple(each.label[lang] for each in entry.dont_know) for lang in LANGUAGES}
    wording = {wave: own.wording for wave, own in entry.in_wave.items() if own.wording}
    return Question(
        name=entry.name,
        wording=entry.wording,
        scale=scales[entry.scale],
        dont_know=labels,
        dont_know_in_base=entry.dont_know_in_base,
        published_as=entry.published_as or "",
        waves=entry.waves or (),
        wave_wording=wording,
        file_text=({EVERY_WAVE: entry.file_text} if entry.file_text else {})
        | {normal(wave): own.file_text for wave, own in entry.in_wave.items() if own.file_text},
        direction={normal(wave): own.direction for wave, own in entry.in_wave.items() if own.direction},
        label=entry.label or {},
        in_sentence=entry.in_sentence or {},
    )


def _indicators(
    entry: model.IndicatorEntry, file: model.CodebookFile, questions: Mapping[str, Question], language: str
) -> Iterator[Indicator]:
    differences = rules.differences(entry, file)
    comparable = not differences if entry.comparable is None else entry.comparable
    reason = entry.reason or rules.sentence(differences, language)
    items = tuple(questions[name] for name in entry.items)
    made = Indicator(
        entry.name, entry.label, items, comparable, reason, entry.in_sentence or {}, entry.told or "", entry.front
    )
    if entry.together == "index":
        yield made
        return
    for item in items:
        label, in_sentence = item.label or item.wording, item.in_sentence
        yield replace(made, name=item.name, label=label, in_sentence=in_sentence, items=(item,), common=entry.label)


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
    # Codes first, then label texts: a label that looks like another answer's code loses.
    missing, dont_know = rules.outside(question, own)
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
