"""The shape of a params file: which keys there are, of what kind, with which defaults.

Every model is strict, frozen and refuses unknown keys. A broken rule is raised as a
`PydanticCustomError` whose type is a key in ``texts/errors.*.yml``; `jobreport.setup.params` turns all of
them into problems.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
)
from pydantic_core import PydanticCustomError

from jobreport.domain import municipalities
from jobreport.domain.rules import MARKED_AT_LEAST, SUPPRESS_AT_LEAST

OUTPUTS = "outputs"
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?!0[0-9])([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_TRUTH = dict.fromkeys(("true", "yes", "on", "ja"), True) | dict.fromkeys(("false", "no", "off", "nej"), False)
RESERVED_ON_WINDOWS = {"con", "prn", "aux", "nul"} | {f"{p}{i}" for p in ("com", "lpt") for i in range(1, 10)}


def _code(value: Any) -> str:
    if value is None:
        raise PydanticCustomError("value_empty", "code", {})
    if not isinstance(value, str):
        raise PydanticCustomError("code_not_text", "code", {"value": str(value)})
    if not municipalities.is_code(value.strip()):
        raise PydanticCustomError("municipality_unknown", "code", {"value": value})
    return value.strip()


def _date(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date_invalid", "date", {"value": str(value)})


def _label(value: Any) -> dict[str, str]:
    """A text for both languages, or one text per language."""
    if isinstance(value, str) and value.strip():
        return {"da": value, "en": value}
    if isinstance(value, dict) and set(value) <= {"da", "en"} and value:
        given = {key: text for key, text in value.items() if isinstance(text, str) and text.strip()}
        if len(given) == len(value):
            first = next(iter(given.values()))
            return {"da": given.get("da", first), "en": given.get("en", first)}
    raise PydanticCustomError("label_invalid", "label", {"value": type(value).__name__})


def _period(value: Any) -> str:
    """A year may stand unquoted: 2021 cannot be mistaken for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2100:
        return str(value)
    if isinstance(value, str) and value.strip():
        return apart(value.strip(), "|*+")
    raise PydanticCustomError("label_of_wave_invalid", "wave", {"value": str(value)})


def apart(value: str, dividers: str = "|*") -> str:
    """Refuse what would run together in a row's key: '|' divides columns, '*' stands for any, '+' joins waves."""
    if not value.strip() or set(value) & set(dividers):
        raise PydanticCustomError("separator_inside", "separator", {"value": value})
    return value


def is_name(value: str) -> bool:
    """Tell whether a report, and so a file and a folder, may be called that.

    Examples
    --------
    >>> [name for name in ("ishoej-2022", "../x", "con", "Ishøj", "") if is_name(name)]
    ['ishoej-2022']
    """
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", value)) and value not in RESERVED_ON_WINDOWS


def _name(value: str) -> str:
    if not is_name(value):
        raise PydanticCustomError("name_invalid", "name", {"value": value})
    return value


def _unique(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted(value for value, count in Counter(values).items() if count > 1)
    if twice:
        raise PydanticCustomError("named_twice", "twice", {"values": twice})
    return values


def as_tuple(value: Any) -> Any:
    """A list of a file is the tuple of a frozen object."""
    return tuple(value) if isinstance(value, list) else value


def _whole(value: Any) -> Any:
    """A number that every reader reads alike: 010 is eight to some, and the longest are no figures."""
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value


def _decimal(value: Any) -> Any:
    return float(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else value


def _truth(value: Any) -> Any:
    return _TRUTH.get(value.lower(), value) if isinstance(value, str) else value


Code = Annotated[str, BeforeValidator(_code), Field(json_schema_extra={"pattern": r"^\d{3}$"}, description="'183'")]
Date = Annotated[date, BeforeValidator(_date, json_schema_input_type=str), Field(description="'2022-01-01'")]
Label = Annotated[dict[str, str], BeforeValidator(_label, json_schema_input_type=str | dict[str, str])]
Period = Annotated[str, BeforeValidator(_period, json_schema_input_type=str | int)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(as_tuple), AfterValidator(_unique)]
Periods = Annotated[tuple[Period, ...], BeforeValidator(as_tuple), AfterValidator(_unique)]
Part = Annotated[str, AfterValidator(apart)]
OutputName = Annotated[str, AfterValidator(_name)]
Whole = Annotated[int, BeforeValidator(_whole)]
Margin = Annotated[float, Field(gt=0, allow_inf_nan=False), BeforeValidator(_decimal)]
Truth = Annotated[bool, BeforeValidator(_truth)]


EVERYBODY, LISTED = "<all>", "<list>"
Comparison = Annotated[
    Annotated[Literal["all"], Tag(EVERYBODY)] | Annotated[Codes, Tag(LISTED)],
    Discriminator(lambda value: EVERYBODY if isinstance(value, str) else LISTED),
]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)


class Event(_Strict):
    """Something that happened on a date, whom it happened to, and whom they are compared with."""

    event: OutputName = Field(description="Key of the event, used in changes.csv")
    label: Label
    date: Date
    treated: Codes = Field(min_length=1, description="Municipalities that the event happened to")
    exposed: Codes = Field(default=(), description="Also changed by it; shown, never compared with")
    comparison: Comparison = Field(default="all", description="'all', or a list of codes")
    waves_before: Periods | None = Field(default=None, description="Survey waves before; null = all")
    waves_after: Periods | None = Field(default=None, description="Survey waves after; null = all")
    comparison_rule: Label | None = Field(default=None, description="How a listed comparison was chosen, beforehand")
    other_changes: Label | None = Field(default=None, description="What else changed; null = 'ikke oplyst'")
    source: str | None = None


class RegisterColumns(_Strict):
    """Which columns of somebody else's file hold the municipality, the period and the figure."""

    municipality: str = Field(description="Column with codes or names")
    period: str = Field(description="Column with 2021, 2021K1 or 2021M01")
    value: str = Field(description="Column with the figures; empty = not stated, never zero")
    decimal: Literal[".", ","] = Field(default=".", description="Decimal mark of the figures")


class RegisterSeries(_Strict):
    """One official series, and the periods that stand before and after the event."""

    series: Part = Field(description="Name of the series in the file")
    file: str = Field(description="CSV with municipality_code, period, series, value, unit, source, ...")
    columns: RegisterColumns | None = Field(
        default=None, description="Columns of a file with other names; CSV or Excel"
    )
    label: Label
    unit: str
    source: Label | None = None
    event: str | None = Field(default=None, description="Key of its event; needed if there are several")
    before: Periods = Field(min_length=1)
    after: Periods = Field(min_length=1)
    scale: Literal["points", "log"] = Field(default="points", description="The other stands beside it")


class Description(_Strict):
    """What every survey states about itself; what is left out is printed as 'ikke oplyst'.

    Each is one text, or one text per language.
    """

    commissioner: Label | None = Field(default=None, description="Who ordered the survey")
    payer: Label | None = Field(default=None, description="Who paid")
    designer: Label | None = Field(default=None, description="Who wrote the questions")
    collector: Label | None = Field(default=None, description="Who asked")
    analyst: Label | None = Field(default=None, description="Who analysed the answers")
    target_population: Label | None = None
    frame: Label | None = Field(default=None, description="The list that people were drawn from")
    selection: Label | None = Field(default=None, description="Everybody, or a sample drawn how")
    dates: Label | None = Field(default=None, description="Only if from and to do not say it")
    mode: Label | None = Field(default=None, description="Letter, web, telephone, in person, ...")
    language: Label | None = Field(default=None, description="Languages one could answer in")
    questionnaire: Label | None = Field(default=None, description="Where the questionnaire can be read")
    weighting: Label | None = None
    other_changes: Label | None = Field(default=None, description="What else changed at the time")
    limits: Label | None = Field(default=None, description="What the survey cannot show")


class Wave(_Strict):
    """One round of a survey; ``file`` where each round has a file of its own."""

    wave: Period
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None
    file: str | None = None
    description: Description = Description()


Act = Literal["commissioner", "payer", "collector"]  # who ordered, who paid, who asked


class Survey(_Strict):
    """Answers of persons: the file or files, the codebook, and what is known about every wave."""

    file: str | None = Field(default=None, description="One file, or a folder of a SurveyXact export")
    sheet: str | None = Field(default=None, description="Sheet of a workbook that has several")
    codebook: str
    largest_file: Whole = Field(default=2000, ge=1, description="A larger file is refused; in MB")
    simulated: Truth = False
    aggregates: Truth = Field(default=False, description="The file holds a table, not persons' answers")
    invited: str | None = Field(default=None, description="CSV: invited and answered per wave and group")
    margins: str | None = Field(default=None, description="CSV: known margins to weight to")
    margins_method: Literal["poststratify", "rake"] = "rake"
    waves: Annotated[tuple[Wave, ...], BeforeValidator(as_tuple)] = ()
    evaluated_party: Annotated[tuple[Act, ...], BeforeValidator(as_tuple), AfterValidator(_unique)] | None = Field(
        default=None, description="What the municipality or its jobcentre did itself; [] = nothing, null = not stated"
    )
    description: Description = Description()

    def windows(self, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the waves before and after an event: those named in it, else all that fit."""
        before, after = event.waves_before, event.waves_after
        if before is None:
            before = tuple(w.wave for w in self.waves if w.to and w.to < event.date)
        if after is None:
            after = tuple(w.wave for w in self.waves if w.from_ and w.from_ >= event.date)
        return before, after


class Disclosure(_Strict):
    """The project's own rule for small numbers; it can be made stricter, never looser."""

    suppress_below: Whole = Field(default=SUPPRESS_AT_LEAST, ge=SUPPRESS_AT_LEAST)
    uncertain_below: Whole = Field(default=MARKED_AT_LEAST, ge=MARKED_AT_LEAST)


class Params(_Strict):
    """One report."""

    name: OutputName = Field(description="Folder under outputs/: small letters, digits, - and _")
    title: Label | None = None
    language: Literal["da", "en"] = "da"
    municipality_code: Code = Field(description="StatBank's three digits, in quotes")
    report_date: Date | None = Field(default=None, description="null = the latest date in the data")
    survey: Survey | None = None
    events: Annotated[tuple[Event, ...], BeforeValidator(as_tuple)] = ()
    registers: Annotated[tuple[RegisterSeries, ...], BeforeValidator(as_tuple)] = ()
    benchmarks: str | None = Field(default=None, description="CSV of published surveys")
    claims: str | None = Field(default=None, description="CSV of claims that are not surveys")
    jobcentres: str | None = Field(default=None, description="CSV: which jobcentre served whom, when")
    disclosure: Disclosure = Disclosure()
    unchanged_margin: Margin | None = Field(
        default=None, description="Smallest change that matters, in points, fixed beforehand"
    )

    _root: Path = PrivateAttr(default=Path())
    _where: str = PrivateAttr(default="parameters")

    @property
    def root(self) -> Path:
        """The project folder, from which all paths in the file are counted."""
        return self._root

    @property
    def where(self) -> str:
        """How messages name the file."""
        return self._where

    def resolve(self, path: str) -> Path:
        """Return the file that a path in the params means."""
        return self._root / path

    def output_folder(self, language: str | None = None) -> Path:
        """Return where the report goes when nobody says: ``outputs/<name>``, ``-en`` or ``-da`` added in another."""
        suffix = f"-{language}" if language not in (None, self.language) else ""
        return self._root / OUTPUTS / f"{self.name}{suffix}"

    def inside(self, path: str) -> bool:
        """Tell whether a path, read as on any system and with links followed, stays in the project folder."""
        if PureWindowsPath(path).anchor or PurePosixPath(path).is_absolute():
            return False
        try:
            return self.resolve(path).resolve().is_relative_to(self._root.resolve())
        except RuntimeError:  # a link to itself leads nowhere
            return True
        except (OSError, ValueError):
            return False

    def holds(self, path: str) -> bool:
        """Tell whether there is such a file, or folder, in the project folder; a device or pipe is none."""
        try:
            found = self.resolve(path)
            return bool(path) and self.inside(path) and (found.is_file() or found.is_dir())
        except OSError:
            return False

    def event(self, name: str | None) -> Event:
        """Return the event of that key; None means the one a report is about: its municipality's, or the first."""
        if name is not None:
            return next(event for event in self.events if event.event == name)
        own = (event for event in self.events if self.municipality_code in (*event.treated, *event.exposed))
        return next(own, self.events[0])

    def to_plain(self) -> dict[str, Any]:
        """Return the params as plain values (text, numbers, lists, mappings), ready for Papermill."""
        plain: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        return plain
