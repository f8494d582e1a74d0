"""The shape and the rules of a codebook file, in which every scalar is text as written.

What must fit together, what init left open, and what differs by wave.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from jobreport.domain.texts import LANGUAGES, phrase
from jobreport.errors import Problem
from jobreport.setup.coding import lowest, normal
from jobreport.setup.kinds import Label, OutputName, Part, Truth, Whole, as_tuple

KEYS = (
    *("respondent_id", "wave", "municipality_code", "jobcentre_code", "weight", "answered_on", "status"),
    *("cluster", "stratum", "comment_key"),
)
COMMENTS = "comments"  # whether somebody wrote a comment, beside what it was about
_DIFFERENCES = ("wording", "scale", "order", "asked")
_DIGITS = re.compile(r"[0-9]{1,18}")


def _listed(value: Any) -> Any:
    """One code may stand without brackets."""
    return (value,) if isinstance(value, str) else as_tuple(value)


def _code_lists(value: Any) -> Any:
    return tuple(map(_listed, value)) if isinstance(value, list) else value


Codes = Annotated[tuple[str, ...], BeforeValidator(_listed)]
CodeLists = Annotated[tuple[Codes, ...], BeforeValidator(_code_lists)]
Texts = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Strict):
    """Columns of the file that are not questions."""

    respondent_id: str | None = None
    wave: str | None = None
    municipality_code: str | None = None
    jobcentre_code: str | None = None
    weight: str | None = None
    answered_on: str | None = Field(default=None, description="Date of the answer")
    status: str | None = Field(default=None, description="Whether the person answered")
    cluster: str | None = Field(default=None, description="Number of the caseworker, team or interviewer; never a name")
    stratum: str | None = Field(default=None, description="The part of the municipality that was drawn from by itself")
    comment_key: str | None = Field(
        default=None, description="What ties coded comments to answers; null = the respondent_id"
    )
    simulated: str | None = Field(default=None, description="Marks simulated rows")
    proposal: Truth = Field(default=False, description="true = proposed by init, not yet confirmed")


class ScaleEntry(_Strict):
    """An answer scale; labels from the least to the most positive."""

    kind: str | None = Field(default=None, description="Default: the name of the scale")
    labels: dict[str, Texts]
    positive: Whole = Field(ge=1)
    negative: Whole = Field(ge=1)


class DontKnow(_Strict):
    """An answer outside the scale, such as 'ved ikke'."""

    code: Codes
    label: Label


class InWave(_Strict):
    """What was different about a question in one wave."""

    column: str | None = None
    wording: Label | None = None
    file_text: str | None = Field(default=None, description="What the file of this wave calls the question")
    scale: str | None = None
    codes: CodeLists | None = None
    dont_know: Annotated[tuple[DontKnow, ...], BeforeValidator(as_tuple)] | None = None
    missing: Codes | None = None
    direction: str | None = Field(
        default=None, description="Why the direction is right although the answers look turned round"
    )


class QuestionEntry(_Strict):
    """One question: its column, wording and scale, and the code of every answer."""

    name: OutputName
    column: str
    wording: Label
    label: Label | None = Field(default=None, description="Short name in the report; null = the wording")
    in_sentence: Label | None = Field(default=None, description="The name inside a sentence; null = in quotes")
    file_text: str | None = Field(default=None, description="What the file calls the question, if not by its wording")
    scale: str
    codes: CodeLists | None = Field(
        default=None, description="Codes of the answers, least positive first; null = label texts only"
    )
    dont_know: Annotated[tuple[DontKnow, ...], BeforeValidator(as_tuple)] = ()
    dont_know_in_base: Truth = False
    missing: Codes = Field(default=(), description="Codes that mean no answer")
    waves: Texts | None = Field(default=None, description="Waves in which it was asked; null = all")
    published_as: str | None = Field(
        default=None, description="Source of published means that were asked with just these words and answers"
    )
    in_wave: dict[str, InWave] = {}
    proposal: Truth = Field(default=False, description="true = proposed by init, not yet confirmed")


class IndicatorEntry(_Strict):
    """What is reported: one question, or several."""

    name: OutputName
    label: Label
    in_sentence: Label | None = Field(default=None, description="The name inside a sentence; null = in quotes")
    items: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = Field(min_length=1)
    comparable: Truth | None = Field(default=None, description="null = true unless the waves differ")
    reason: str | None = None
    front: Truth = Field(default=False, description="A card on the front page; if none says so, the first three")
    proposal: Truth = False


class GroupValue(_Strict):
    """One value of a grouping: its codes in the file, its key in the results, its label."""

    code: Codes
    key: Part
    label: Label


class GroupEntry(_Strict):
    """A grouping of the respondents."""

    column: str
    label: Label
    values: Annotated[tuple[GroupValue, ...], BeforeValidator(as_tuple)] = Field(min_length=1)
    missing: Codes = ()
    proposal: Truth = False


class ThemeEntry(_Strict):
    """Something that comments are about: its column in the file in which somebody coded them (1 = it is, 0 = not)."""

    name: OutputName
    column: str | None = Field(default=None, description="null = the name")
    label: Label


class CommentsEntry(_Strict):
    """The open question, and what its comments were coded as."""

    wording: Label
    themes: Annotated[tuple[ThemeEntry, ...], BeforeValidator(as_tuple)] = Field(min_length=1)


class CodebookFile(_Strict):
    """One codebook."""

    proposal: Truth = Field(default=False, description="true = nothing in the file is confirmed yet")
    subject: Label | None = Field(default=None, description="What the survey is about, as in a title: Jobcentret")
    columns: Columns = Columns()
    recodes: dict[str, dict[str, str]] = {}
    fixed: dict[str, str] = {}
    scales: dict[str, ScaleEntry]
    questions: Annotated[tuple[QuestionEntry, ...], BeforeValidator(as_tuple)]
    indicators: Annotated[tuple[IndicatorEntry, ...], BeforeValidator(as_tuple)]
    groups: dict[Part, GroupEntry] = {}
    comments: CommentsEntry | None = Field(default=None, description="Themes of comments that somebody has coded")
    answered: Codes = Field(default=(), description="Status codes that count as having answered")
    invited: Codes = Field(default=(), description="Status codes that count as invited")
    date_format: Literal["YYYY-MM-DD", "DD-MM-YYYY", "MM-DD-YYYY"] | None = None
    allowed: Texts = Field(default=(), description="Columns confirmed as dates, survey keys or weights that differ")
    left_out: Texts = Field(default=(), description="Columns that are dropped before anything in them is looked at")
    open_questions: Texts = Field(default=(), description="What init could not settle")


def breaches(entry: CodebookFile, where: str) -> list[Problem]:
    """Find everything that does not fit together."""
    found = [problem for name, scale in entry.scales.items() for problem in _scale(name, scale, where)]
    found += _names(entry, where)
    for question in entry.questions:
        found += _question(question, entry, where)
    known = [question.name for question in entry.questions]
    for indicator in entry.indicators:
        missing = [item for item in indicator.items if item not in known]
        if missing:
            facts = {"indicator": indicator.name, "items": missing, "known": known or ["-"]}
            found.append(Problem("indicator_item_unknown", where, facts))
        else:
            found += _items_apart(indicator, entry, where)
    for name, group in entry.groups.items():
        codes = [value.code for value in group.values]
        found += _codes_twice(name, [*codes, group.missing], where)
        found += _codes_blank(name, codes, where)
    found += _key_columns(entry, where)
    found += _left_out(entry, where)
    return found


def _items_apart(indicator: IndicatorEntry, entry: CodebookFile, where: str) -> Iterator[Problem]:
    """Several questions have a common mean only if their answers are called by the same numbers."""
    named = {item.scale for item in entry.questions if item.name in indicator.items and item.scale in entry.scales}
    if len({_numbers(entry.scales[name]) for name in named}) > 1:
        yield Problem("indicator_scales", where, {"indicator": indicator.name, "scales": sorted(named)})


def _numbers(scale: ScaleEntry) -> tuple[int, float]:
    """How many answers there are, and the number of the first."""
    return max((len(labels) for labels in scale.labels.values()), default=0), lowest(scale.labels)


def _left_out(entry: CodebookFile, where: str) -> Iterator[Problem]:
    """A column that is left out cannot be used."""
    named = [value for key, value in entry.columns.model_dump().items() if key != "proposal" and value]
    named += [question.column for question in entry.questions] + [group.column for group in entry.groups.values()]
    both = [name for name in entry.left_out if name in named]
    if both:
        yield Problem("column_left_out", where, {"columns": both})


def unsettled(entry: CodebookFile, where: str) -> list[Problem]:
    """Find what a person must still say: open proposals, and waves that differ without a reason."""
    found = [Problem("codebook_open_question", where, {"text": text.rstrip(".")}) for text in entry.open_questions]
    whole = entry.proposal
    proposed = ["columns"] if whole or entry.columns.proposal else []
    proposed += [f"questions: {question.name}" for question in entry.questions if whole or question.proposal]
    proposed += [f"indicators: {indicator.name}" for indicator in entry.indicators if whole or indicator.proposal]
    proposed += [f"groups: {name}" for name, group in entry.groups.items() if whole or group.proposal]
    if proposed:
        found.append(Problem("proposal_open", where, {"names": proposed, "count": len(proposed)}))
    for indicator in entry.indicators:
        if indicator.comparable and not indicator.reason and differences(indicator, entry):
            facts = {"indicator": indicator.name, "what": _named(differences(indicator, entry))}
            found.append(Problem("comparable_without_reason", where, facts))
    return found


def differences(indicator: IndicatorEntry, entry: CodebookFile) -> tuple[str, ...]:
    """Tell in what the waves of an indicator differ: 'wording', 'scale', 'order', 'asked'."""
    items = [question for question in entry.questions if question.name in indicator.items]
    found = {kind for question in items for kind in _question_differences(question, entry)}
    if len({question.waves for question in items}) > 1:
        found.add("asked")
    return tuple(kind for kind in _DIFFERENCES if kind in found)


def sentence(kinds: tuple[str, ...], language: str) -> str:
    """Say why an indicator is not compared; '' if nothing differs."""
    if not kinds:
        return ""
    return phrase("waves.unlike", language, what=_named(kinds)[language])


def _named(kinds: tuple[str, ...]) -> dict[str, str]:
    return {language: ", ".join(phrase(f"waves.{kind}", language) for kind in kinds) for language in LANGUAGES}


def _question_differences(question: QuestionEntry, entry: CodebookFile) -> Iterator[str]:
    scale = entry.scales[question.scale]
    for own in question.in_wave.values():
        if own.wording and own.wording != question.wording:
            yield "wording"
        if own.scale and entry.scales[own.scale].labels != scale.labels:
            yield "scale"
        if _outside_labels(outside(question, own)[1]) != _outside_labels(question.dont_know):
            yield "scale"
        if own.codes and question.codes and _descending(own.codes) != _descending(question.codes):
            yield "order"


def outside(question: QuestionEntry, own: InWave) -> tuple[tuple[str, ...], tuple[DontKnow, ...]]:
    """Return a question's codes of no answer, and its answers outside the scale, in one wave."""
    missing = question.missing if own.missing is None else own.missing
    return missing, question.dont_know if own.dont_know is None else own.dont_know


def _outside_labels(answers: tuple[DontKnow, ...]) -> set[str]:
    return {normal(each.label["da"]) for each in answers}


def _descending(codes: tuple[tuple[str, ...], ...]) -> bool:
    """Exports number answers in the order in which they were shown."""
    first, last = (each[0] if each else "" for each in (codes[0], codes[-1]))
    return bool(_DIGITS.fullmatch(first) and _DIGITS.fullmatch(last)) and int(first) > int(last)


def _scale(name: str, scale: ScaleEntry, where: str) -> Iterator[Problem]:
    sizes = {language: len(labels) for language, labels in scale.labels.items()}
    if len(set(sizes.values())) != 1 or min(sizes.values(), default=0) < 2:
        counts = [f"{language}: {size}" for language, size in sizes.items()] or ["-"]
        yield Problem("scale_sizes", where, {"scale": name, "counts": counts})
        return
    size = next(iter(sizes.values()))
    if scale.positive + scale.negative > size:
        facts = {"scale": name, "positive": scale.positive, "negative": scale.negative, "size": size}
        yield Problem("scale_boxes", where, facts)
    if any(not normal(label) for labels in scale.labels.values() for label in labels):
        yield Problem("codebook_answer_blank", where, {"name": name})
    for language, labels in scale.labels.items():
        counted = Counter(normal(label) for label in labels)
        twice = [label for label, count in counted.items() if count > 1]
        if twice:
            yield Problem("scale_label_twice", where, {"scale": name, "lang": language, "labels": twice})


def _names(entry: CodebookFile, where: str) -> Iterator[Problem]:
    questions = [question.name for question in entry.questions]
    indicators = [indicator.name for indicator in entry.indicators]
    for names in (questions + list(entry.groups) + list(KEYS), indicators):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            yield Problem("codebook_name_twice", where, {"names": twice})
    themes = [COMMENTS, *(theme.name for theme in entry.comments.themes)] if entry.comments else []
    taken = [
        name
        for name, count in Counter([*themes, *{*questions, *indicators, *entry.groups, *KEYS}]).items()
        if count > 1
    ]
    if taken:
        yield Problem("codebook_name_twice", where, {"names": taken})
    asked = {item for indicator in entry.indicators for item in indicator.items}
    shared = [each.name for each in entry.indicators if each.name in asked and each.items != (each.name,)]
    if shared:
        yield Problem("codebook_name_twice", where, {"names": shared})


def _question(question: QuestionEntry, entry: CodebookFile, where: str) -> Iterator[Problem]:
    versions = [("", InWave()), *question.in_wave.items()]
    twice = [wave for wave, count in Counter(map(normal, question.in_wave)).items() if count > 1]
    if twice:
        yield Problem("codebook_name_twice", where, {"names": twice})
    facts: dict[str, object] = {"question": question.name, "known": list(entry.scales) or ["-"]}
    for wave, own in versions:
        scale = own.scale or question.scale
        if scale not in entry.scales:
            yield Problem("scale_unknown", where, facts | {"scale": scale})
            continue
        size = max((len(labels) for labels in entry.scales[scale].labels.values()), default=0)
        codes = own.codes or question.codes
        if codes is not None and len(codes) != size:
            counts = {"scale": scale, "size": size, "count": len(codes)}
            yield Problem("scale_codes", where, facts | counts)
        own_scale = entry.scales.get(question.scale)
        if wave and own_scale and _numbers(own_scale) != _numbers(entry.scales[scale]):
            yield Problem("wave_scale_size", where, facts | {"wave": wave, "scale": scale})
        missing, dont_know = outside(question, own)
        chosen = [*(codes or ()), *(each.code for each in dont_know)]
        yield from _codes_twice(question.name, [*chosen, missing], where)
        yield from _codes_blank(question.name, chosen, where)


def _codes_twice(name: str, codes: list[tuple[str, ...]], where: str) -> Iterator[Problem]:
    counted = Counter(normal(code) for listed in codes for code in listed)
    twice = [code for code, count in counted.items() if count > 1]
    if twice:
        yield Problem("code_twice", where, {"name": name, "codes": twice})


def _codes_blank(name: str, codes: list[tuple[str, ...]], where: str) -> Iterator[Problem]:
    """An empty cell is no answer; a blank code would count everybody who gave none."""
    if any(not listed or not all(normal(code) for code in listed) for listed in codes):
        yield Problem("codebook_answer_blank", where, {"name": name})


def _key_columns(entry: CodebookFile, where: str) -> Iterator[Problem]:
    unknown = [key for key in (*entry.recodes, *entry.fixed) if key not in KEYS]
    if unknown:
        yield Problem("codebook_key_unknown", where, {"keys": unknown, "known": list(KEYS)})
    for key, table in entry.recodes.items():
        yield from _codes_twice(key, [tuple(table)], where)
    without = [key for key in entry.recodes if key in KEYS and not getattr(entry.columns, key)]
    if without:
        yield Problem("recode_without_column", where, {"keys": without})
    if bool(entry.columns.status) != bool(entry.answered):
        yield Problem("status_open", where)
    both = [key for key in entry.fixed if getattr(entry.columns, key, None)]
    if both:
        yield Problem("fixed_and_column", where, {"keys": both})
