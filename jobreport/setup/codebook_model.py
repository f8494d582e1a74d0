"""The shape of a codebook file, in which every scalar is text as written."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from jobreport.domain.texts import LANGUAGES
from jobreport.setup.kinds import Label, Listed, OutputName, Part, Strict, Truth, Whole, as_tuple

LARGEST_NUMBER = 10_000  # (so that a slip makes no list that fills the machine)
COMMENTS = "comments"  # whether somebody wrote a comment, beside what it was about
_DIGITS = re.compile(r"[0-9]{1,18}")


def _listed(value: Any) -> Any:
    # One code may stand without brackets.
    return (value,) if isinstance(value, str) else as_tuple(value)


def _code_lists(value: Any) -> Any:
    return tuple(map(_listed, value)) if isinstance(value, list) else value


Codes = Annotated[tuple[str, ...], BeforeValidator(_listed)]
CodeLists = Annotated[tuple[Codes, ...], BeforeValidator(_code_lists)]
Texts = Listed[str]


class Columns(Strict):
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
    unit: str | None = Field(default=None, description="Which of the params' units: school, nursing home, team")
    simulated: str | None = Field(default=None, description="Marks simulated rows")
    proposal: Truth = Field(default=False, description="true = proposed by init, not yet confirmed")


class ScaleEntry(Strict):
    """An answer scale; labels from the least to the most positive."""

    kind: str | None = Field(default=None, description="Default: the name of the scale")
    labels: dict[str, Texts] = Field(default={})
    numbers: Annotated[tuple[Whole, Whole], BeforeValidator(as_tuple)] | None = Field(
        default=None, description="The lowest and highest whole number that may be answered, instead of labels"
    )
    positive: Whole = Field(ge=1)
    negative: Whole = Field(ge=1)
    unit: Label | None = Field(default=None, description="What the numbers count, such as years; null = points")

    @model_validator(mode="before")
    @classmethod
    def _named_by_numbers(cls, given: Any) -> Any:
        ends = given.get("numbers") if isinstance(given, dict) else None
        if not (isinstance(ends, list) and len(ends) == 2 and all(_DIGITS.fullmatch(str(end)) for end in ends)):
            return given
        low, high = (min(int(end), LARGEST_NUMBER) for end in ends)
        return {**given, "labels": {language: [*map(str, range(low, high + 1))] for language in LANGUAGES}}


class DontKnow(Strict):
    """An answer outside the scale, such as 'ved ikke'."""

    code: Codes
    label: Label


class InWave(Strict):
    """What was different about a question in one wave."""

    column: str | None = None
    wording: Label | None = None
    file_text: str | None = Field(default=None, description="What the file of this wave calls the question")
    scale: str | None = None
    codes: CodeLists | None = None
    dont_know: Listed[DontKnow] | None = None
    missing: Codes | None = None
    direction: str | None = Field(
        default=None, description="Why the direction is right although the answers look turned round"
    )


class QuestionEntry(Strict):
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
    dont_know: Listed[DontKnow] = ()
    dont_know_in_base: Truth = False
    missing: Codes = Field(default=(), description="Codes that mean no answer")
    waves: Texts | None = Field(default=None, description="Waves in which it was asked; null = all")
    published_as: str | None = Field(
        default=None, description="Source of published means that were asked with just these words and answers"
    )
    in_wave: dict[str, InWave] = Field(default={})
    proposal: Truth = Field(default=False, description="true = proposed by init, not yet confirmed")


class IndicatorEntry(Strict):
    """What is reported: one question, or several."""

    name: OutputName
    label: Label
    in_sentence: Label | None = Field(default=None, description="The name inside a sentence; null = in quotes")
    items: Listed[str] = Field(min_length=1)
    together: Literal["index", "battery", "choices"] = Field(
        default="index",
        description="Several questions: index = their mean; battery = each by itself under a common label; "
        "choices = so, and a blank beside one that was chosen is not chosen",
    )
    told: Literal["share", "mean", "index"] | None = Field(
        default=None, description="What it is told by; null = share of positive answers, of several questions the index"
    )
    comparable: Truth | None = Field(default=None, description="null = true unless the waves differ")
    reason: str | None = None
    front: Truth = Field(default=False, description="A card on the front page; if none says so, the first three")
    proposal: Truth = False


class GroupValue(Strict):
    """One value of a grouping: its codes in the file, its key in the results, its label."""

    code: Codes
    key: Part
    label: Label


class GroupEntry(Strict):
    """A grouping of the respondents."""

    column: str
    label: Label
    values: Listed[GroupValue] = Field(min_length=1)
    missing: Codes = ()
    proposal: Truth = False


class ThemeEntry(Strict):
    """Something that comments are about: its column in the file in which somebody coded them (1 = it is, 0 = not)."""

    name: OutputName
    column: str | None = Field(default=None, description="null = the name")
    label: Label


class CommentsEntry(Strict):
    """The open question, and what its comments were coded as."""

    wording: Label
    themes: Listed[ThemeEntry] = Field(min_length=1)


class CodebookFile(Strict):
    """One codebook."""

    proposal: Truth = Field(default=False, description="true = nothing in the file is confirmed yet")
    subject: Label | None = Field(default=None, description="What the survey is about, as in a title: Jobcentret")
    columns: Columns = Columns()
    recodes: dict[str, dict[str, str]] = Field(default={})
    fixed: dict[str, str] = Field(default={})
    scales: dict[str, ScaleEntry]
    questions: Listed[QuestionEntry]
    indicators: Listed[IndicatorEntry]
    groups: dict[Part, GroupEntry] = Field(default={})
    comments: CommentsEntry | None = Field(default=None, description="Themes of comments that somebody has coded")
    answered: Codes = Field(default=(), description="Status codes that count as having answered")
    invited: Codes = Field(default=(), description="Status codes that count as invited")
    date_format: Literal["YYYY-MM-DD", "DD-MM-YYYY", "MM-DD-YYYY"] | None = None
    allowed: Texts = Field(default=(), description="Columns confirmed as dates, survey keys or weights that differ")
    left_out: Texts = Field(default=(), description="Columns that are dropped before anything in them is looked at")
    open_questions: Texts = Field(default=(), description="What init could not settle")
