"""What a report is about and what it has, known before anything is drawn: no figure is needed to know it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from jobreport import wording
from jobreport.domain.released import Searched
from jobreport.report.results import Results
from jobreport.setup.codebook import Codebook
from jobreport.setup.params import Params
from jobreport.wording.funnels import FEWEST_OTHERS, others_beside
from jobreport.wording.surroundings import about_event
from jobreport.wording.writer import Writer

Subject = TypeVar("Subject", bound=Writer)
NEEDED = ("survey", "groups", "event", "diagnostics", "others", "register", "benchmarks", "claims", "missing")
"""What a cell of the notebook can need; see `Scope.has`."""
CHAPTERS = {"before-after": "before_after", "register": "register", "register-event": "register"}
"""Cells of the notebook that no heading stands above, with the chapter whose heading they write themselves."""


@dataclass(frozen=True)
class Scope:
    """The title, the sections that have data, and those that are missing."""

    results: Results

    @property
    def params(self) -> Params:
        """The checked params."""
        return self.results.params

    @cached_property
    def writer(self) -> Writer:
        """What the report is written with: its texts and names, and the released rows that are about its event."""
        released = self.results.released
        estimates, changes = (about_event(table, self.params) for table in (released.estimates, released.changes))
        between = released.changes["event"].eq("") & released.changes["measure"].ne("register")
        return Writer(
            wording.read_texts(self.params.language, of_unit=self.params.unit is not None),
            self.params,
            self.results.codebook or Codebook(),
            estimates=Searched(estimates),
            changes=Searched(changes),
            diagnostics=Searched(released.diagnostics),
            rounds=Searched(released.changes[between]),
            others_told=any(each["compared"] for each in self.results.facts.get("packages", ())),
        ).holding(released.estimates)

    def on(self, subject: type[Subject]) -> Subject:
        """Return the writer of a subject: of one figure, one table, one kind of sentence."""
        return subject.of(self.writer)

    def has(self, what: str) -> bool:
        """Whether the report has what a section needs.

        That is survey, groups (a grouping of its answers), event, diagnostics (of a survey), others (two other
        municipalities in the survey), register, benchmarks, claims or missing.
        """
        held = {
            "survey": lambda: self.params.survey is not None,
            "groups": lambda: bool(self.results.codebook and self.results.codebook.groups),
            "event": lambda: bool(self.params.events),
            "diagnostics": lambda: bool(self.results.released.diagnostics["measure"].ne("register").any()),
            "others": lambda: others_beside(self.results.released.estimates, self.params.place) >= FEWEST_OTHERS,
            "register": lambda: bool(self.params.registers),
            "benchmarks": lambda: self.results.benchmarks is not None,
            "claims": lambda: self.results.claims is not None,
            "missing": lambda: bool(self.missing_sections()),
        }
        if what not in held:
            raise KeyError(f"{what!r} is none of {', '.join(held)}")
        return held[what]()

    def front_matter(self, *, of_all: bool = False) -> dict[str, Any]:
        """What stands on the front page and in the properties of the file.

        ``of_all``: whether it is about all municipalities, so that none is named.
        """
        event = self.on(wording.Basis).subtitle()
        title = self._title() or self.on(wording.Basis).title()
        names = [name for name in (() if of_all else self._names()) if name not in title and not event.startswith(name)]
        return {
            "title": title,
            "subtitle": ": ".join(filter(None, (", ".join(names), event))),
            "language": self.params.language,
            "date": self.results.facts["report_date"],
            "simulated": self.params.survey is not None and self.params.survey.simulated,
            "name": self.params.name,
            **self._sender(),
        }

    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.municipality(), self.writer.municipality(self.params.municipality_code))))

    def _sender(self) -> dict[str, Any]:
        named, texts = self.params.sender, self.writer.texts
        if named is None:
            return {}
        labels = {"name": named.name, "contact": named.contact, "logo_text": named.logo_text}
        said = {key: texts.of(label) for key, label in labels.items() if label}
        logo = {"logo": self.results.logo.uri} if self.results.logo is not None else {}
        return {"sender": {**said, "colour": named.colour, **logo}}

    def _title(self) -> str:
        # The title of the params; none where it names whom the event happened to and the report is of another.
        title = self.writer.texts.of(self.params.title) if self.params.title else ""
        touched = [self.writer.municipality(code) for event in self.params.events for code in event.treated]
        return "" if self.writer.own_event() is None and any(named in title for named in touched) else title

    def municipality(self) -> str:
        """Name of the municipality that the report is about."""
        return self.writer.municipality(self.params.place)

    def chapter(self, name: str) -> str:
        """Key of a chapter's heading; where the event happened elsewhere, or there is none, it speaks of no event."""
        if name not in CHAPTERS.values():
            raise KeyError(f"{name!r} is none of {', '.join(dict.fromkeys(CHAPTERS.values()))}")
        return f"chapters.{name}{'' if self.writer.own_event() is not None else '_elsewhere'}"

    def heading_above(self, cell: str) -> str | None:
        """What stands above a cell that writes its heading itself; None of any other cell."""
        if cell in CHAPTERS:
            return self.writer.texts.word(f"{self.chapter(CHAPTERS[cell])}.title")
        return self.writer.word("chapters.indicators") if cell == "indicators" else None

    def missing_sections(self) -> tuple[str, ...]:
        """Sections that a report can have and this one has no data for."""
        return tuple(each for each in ("survey", "register", "event", "benchmarks", "claims") if not self.has(each))


def series_of(params: Params) -> tuple[str, ...]:
    """Names of the official series of a report."""
    return tuple(series.series for series in params.registers)
