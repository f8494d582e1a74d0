"""The shape of a params file: which keys there are, of what kind, with which defaults.

Every model is strict, frozen and refuses unknown keys.
"""

from __future__ import annotations

import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from jobreport.domain import municipalities
from jobreport.domain.released import OTHERS
from jobreport.domain.rules import MARKED_AT_LEAST, SINGLE_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.domain.texts import phrase
from jobreport.setup.kinds import (
    WHOLE,
    Checksum,
    Code,
    Codes,
    Comparison,
    Date,
    Label,
    Listed,
    Margin,
    Models,
    OutputName,
    Part,
    Period,
    Periods,
    PublicKey,
    Strict,
    Truth,
    Whole,
    unique,
)
from jobreport.setup.sender import Sender
from jobreport.setup.units import OF_THE_MUNICIPALITY, Unit

OUTPUTS = "outputs"


class Outcome(Strict):
    """What an event is judged by first, named before the results were seen."""

    indicator: OutputName = Field(description="Name of an indicator of the codebook")
    measure: Literal["share", "index"] = Field(default="share", description="Share of positive answers, or index")


class Event(Strict):
    """Something that happened on a date, whom it happened to, and whom they are compared with."""

    event: OutputName = Field(description="Key of the event, used in changes.csv")
    label: Label
    date: Date
    announced: Date | None = Field(default=None, description="Date it became known; waves from then may foresee it")
    treated: Codes = Field(min_length=1, description="Municipalities that the event happened to")
    exposed: Codes = Field(default=(), description="Also changed by it; shown, never compared with")
    comparison: Comparison = Field(default="all", description="'all', or a list of codes")
    waves_before: Periods | None = Field(default=None, description="Survey waves before; null = all")
    waves_after: Periods | None = Field(default=None, description="Survey waves after; null = all")
    comparison_rule: Label | None = Field(default=None, description="How a listed comparison was chosen, beforehand")
    outcome: Outcome | None = Field(default=None, description="Main outcome; null = all are corrected for each other")
    negative_control: OutputName | None = Field(
        default=None, description="An indicator that the event cannot touch; if it moves clearly, nothing is an effect"
    )
    other_changes: Label | None = Field(default=None, description="What else changed; null = 'ikke oplyst'")
    source: str | None = None

    def foreseen(self, first: datetime.date, last: datetime.date) -> bool:
        """Tell whether something that was measured in these days lies before the event and was not over when known."""
        return self.announced is not None and last >= self.announced and first < self.date


NO_EVENT = "none"  # what a series of no event says instead of the key of one


class RegisterColumns(Strict):
    """Which columns of somebody else's file hold the municipality, the period and the figure."""

    municipality: str = Field(description="Column with codes or names")
    period: str = Field(description="Column with 2021, 2021K1 or 2021M01")
    value: str = Field(description="Column with the figures; empty = not stated, never zero")
    decimal: Literal[".", ","] = Field(default=".", description="Decimal mark of the figures")


class RegisterSeries(Strict):
    """One official series, and the periods that stand before and after the event."""

    series: Part = Field(description="Name of the series in the file")
    file: str = Field(description="CSV with municipality_code, period, series, value, unit, source, ...")
    columns: RegisterColumns | None = Field(
        default=None, description="Columns of a file with other names; CSV or Excel"
    )
    label: Label
    in_sentence: Label | None = Field(default=None, description="The name inside a sentence; null = in quotes")
    unit: str
    source: Label | None = None
    event: str | None = Field(default=None, description="Key of its event, if there are several; 'none' = of no event")
    before: Periods = Field(min_length=1)
    after: Periods = Field(min_length=1)
    scale: Literal["points", "log"] = Field(default="points", description="The other stands beside it")


class Description(Strict):
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


class Wave(Strict):
    """One round of a survey; ``file`` where each round has a file of its own."""

    wave: Period
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None
    file: str | None = None
    description: Description = Description()


Act = Literal["commissioner", "payer", "collector"]  # who ordered, who paid, who asked
Selection = Literal["all", "random", "other"]  # everybody was asked, or a random sample, or others who could be reached


class Replicates(Strict):
    """Replicate weights that came with the file, and how they were made."""

    columns: str = Field(description="Name of the columns with * for what differs, such as repw*")
    kind: Literal["jk1", "brr", "fay", "bootstrap"]
    rho: Annotated[Margin, Field(lt=1)] | None = Field(default=None, description="Fay's; needed for fay alone")

    def scale(self, count: int) -> float:
        """What the sum of squared differences from the estimate is multiplied by, as R's ``svrepdesign`` does.

        Examples
        --------
        >>> [Replicates(columns="r*", kind=kind).scale(10) for kind in ("jk1", "brr")]
        [0.9, 0.1]
        """
        scales = {"jk1": (count - 1) / count, "brr": 1 / count, "bootstrap": 1 / (count - 1)}
        return scales.get(self.kind, 1 / (count * (1 - (self.rho or 0.0)) ** 2))


class Planned(Strict):
    """What is expected before anybody is asked, for ``jobreport freeze``."""

    invited: Whole = Field(ge=1, description="Persons to be invited in the municipality in each wave")
    response: Annotated[Margin, Field(le=100)] = Field(description="Expected response, in per cent")
    municipalities: Whole | None = Field(
        default=None, ge=1, description="Municipalities to compare with; needed for comparison: all"
    )
    missing_waves: Label | None = Field(
        default=None, description="What is done if a wave is missing; null = the project's own rule"
    )


class CommentFiles(Strict):
    """What somebody made of the comments by hand: the comments themselves are never read."""

    coded: str = Field(description="Key of the person and a column 0/1 for each theme of the codebook")
    quotations: str | None = Field(default=None, description="CSV of quotations, each approved")


class Survey(Strict):
    """Answers of persons: the file or files, the codebook, and what is known about every wave."""

    file: str | None = Field(default=None, description="One file, or a folder of a SurveyXact export")
    sheet: str | None = Field(default=None, description="Sheet of a workbook that has several")
    codebook: str
    largest_file: Whole = Field(default=2000, ge=1, description="A larger file is refused; in MB")
    simulated: Truth = False
    aggregates: Truth = Field(default=False, description="The file holds a table, not persons' answers")
    selection: Selection | None = Field(default=None, description="Whom the asked stand for; null = 'ikke oplyst'")
    invited: str | None = Field(default=None, description="CSV: invited and answered per wave and group")
    margins: str | None = Field(default=None, description="CSV: known margins to weight to")
    margins_method: Literal["poststratify", "rake"] = "rake"
    replicates: Replicates | None = Field(default=None, description="Replicate weights in the file")
    comments: CommentFiles | None = Field(default=None, description="Comments that somebody has coded")
    waves: Listed[Wave] = ()
    evaluated_party: Annotated[Listed[Act], AfterValidator(unique)] | None = Field(
        default=None, description="What the municipality or its jobcentre did itself; [] = nothing, null = not stated"
    )
    description: Description = Description()
    planned: Planned | None = Field(default=None, description="What is expected, before anybody is asked")

    def windows(self, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the waves before and after an event: those named in it, else all that fit."""
        before, after = event.waves_before, event.waves_after
        if before is None:
            before = tuple(w.wave for w in self.waves if w.to and w.to < event.date)
        if after is None:
            after = tuple(w.wave for w in self.waves if w.from_ and w.from_ >= event.date)
        return before, after

    def foreseen(self, event: Event) -> tuple[str, ...]:
        """Return the waves in which people may have answered with an event in mind that was to come."""
        dated = [(wave.wave, wave.from_ or wave.to, wave.to or wave.from_) for wave in self.waves]
        return tuple(name for name, first, last in dated if first and last and event.foreseen(first, last))


Licence = Literal["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"]


class Disclosure(Strict):
    """The project's own rule for small numbers; it can be made stricter, never looser."""

    suppress_below: Whole = Field(default=SUPPRESS_AT_LEAST, ge=SUPPRESS_AT_LEAST)
    uncertain_below: Whole = Field(default=MARKED_AT_LEAST, ge=MARKED_AT_LEAST)
    suppress_cells_below: Whole = Field(
        default=SINGLE_AT_LEAST, ge=SINGLE_AT_LEAST, description="Of fewer it is not told how many gave each answer"
    )


class DeclaredEqual(Strict):
    """Something that differs in another municipality's package and counts as equal all the same, and why."""

    municipality_code: Code
    what: Literal["wording", "labels", "dont_know", "target_population", "mode"] = Field(
        description="What differs; another order of answers, box or base is never equal"
    )
    indicator: str | None = Field(default=None, description="Indicator that it concerns; null = all")
    reason: Label = Field(description="Why it counts as equal; is printed")


class Signer(Strict):
    """Whose key a municipality's packages are signed with."""

    municipality_code: Code
    key: PublicKey = Field(description="Its public key: the line of the file id_ed25519.pub that it gave you itself")


class Frozen(Strict):
    """A plan that ``jobreport freeze`` wrote before the answers came, and who holds it."""

    file: str = Field(description="The file that jobreport freeze wrote")
    held_by: Label | None = Field(default=None, description="Who else has it, and since when; null = nobody")
    sha256: Checksum | None = Field(default=None, description="Its checksum, as they who hold it have it")
    timestamp: str | None = Field(default=None, description="Token of a time stamp (RFC 3161) on the file")


class Params(Strict):
    """One report."""

    name: OutputName = Field(description="Folder under outputs/: small letters, digits, - and _")
    title: Label | None = None
    language: Literal["da", "en"] = "da"
    municipality_code: Code = Field(description="StatBank's three digits, in quotes")
    unit: OutputName | None = Field(default=None, description="Which of the units it is about; null = all")
    report_date: Date | None = Field(default=None, description="null = the latest date in the data")
    survey: Survey | None = None
    units: Listed[Unit] = Field(
        default=(), description="Parts of municipalities, such as nursing homes, that can have their own reports"
    )
    events: Listed[Event] = ()
    registers: Listed[RegisterSeries] = ()
    benchmarks: str | None = Field(default=None, description="CSV of published surveys")
    claims: str | None = Field(default=None, description="CSV of claims that are not surveys")
    jobcentres: str | None = Field(default=None, description="CSV: which jobcentre served whom, when")
    packages: Annotated[Listed[str], AfterValidator(unique)] = Field(
        default=(), description="Other municipalities' packages; '*' stands for any part of a name"
    )
    declared_equal: Listed[DeclaredEqual] = ()
    signers: Listed[Signer] = Field(
        default=(), description="Keys that other municipalities' packages must be signed with"
    )
    previous: str | None = Field(default=None, description="Folder of the report before: then beside now")
    frozen: Frozen | None = Field(default=None, description="The plan that was written down before the answers came")
    disclosure: Disclosure = Disclosure()
    sender: Sender | None = Field(default=None, description="Who publishes the report; null = nobody is named")
    licence: Licence | None = Field(default=None, description="Of the tables that come out; null = 'ikke oplyst'")
    unchanged_margin: Margin | None = Field(default=None, description="Smallest change that matters, set beforehand")

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

    @property
    def own_unit(self) -> Unit | None:
        """The unit that the report is about; None where it is about the municipality."""
        return next((each for each in self.units if each.unit == self.unit), None)

    @property
    def place(self) -> str:
        """The code of whom the report is about: the municipality, or a unit of it."""
        return self.municipality_code if self.own_unit is None else self.own_unit.code

    def place_name(self, language: str) -> str:
        """Name whom the report is about."""
        unit = self.own_unit
        return municipalities.name(self.municipality_code, language) if unit is None else unit.label[language]

    def unit_names(self, language: str) -> dict[str, str]:
        """Names of the places of a unit's report, by their codes; none of a municipality's."""
        if self.own_unit is None:
            return {}
        others = phrase("place.others", language, municipality=municipalities.name(self.municipality_code, language))
        return {self.own_unit.code: self.own_unit.label[language], OTHERS: others}

    def of_unit(self, unit: Unit) -> Params:
        """Return the params of a unit's report: without what is known of the municipality alone."""
        own = {"unit": unit.unit, "municipality_code": unit.municipality_code}
        return self.model_copy(update=OF_THE_MUNICIPALITY | own)

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

    def event_of(self, series: RegisterSeries) -> Event | None:
        """Return the event that a series is compared around; None where its change is told of no event."""
        if series.event is None and self.events:
            return self.event(None)
        return next((event for event in self.events if event.event == series.event), None)

    def to_plain(self) -> dict[str, Any]:
        """Return the params as plain values (text, numbers, lists, mappings), ready for Papermill."""
        plain: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        return plain


MODELS: Models = {
    WHOLE: Params,
    "events": Event,
    "units": Unit,
    "registers": RegisterSeries,
    "survey": Survey,
    "replicates": Replicates,
    "comments": CommentFiles,
    "waves": Wave,
    "planned": Planned,
    "frozen": Frozen,
    "description": Description,
    "disclosure": Disclosure,
    "declared_equal": DeclaredEqual,
    "signers": Signer,
    "sender": Sender,
}
"""Which model reads what stands under a key, for what is said of it."""
