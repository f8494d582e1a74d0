"""What the numbers rest on, what is missing, what cannot be shown, and the method in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import get_args

import pandas as pd

from jobreport.domain import periods, rules
from jobreport.domain.released import rows
from jobreport.page import Bullets, Heading, Paragraph, Parts, plain
from jobreport.setup.params_model import Act, Survey
from jobreport.wording import numbers
from jobreport.wording.published import Published
from jobreport.wording.writer import Writer

SECTIONS = (
    *("survey", "satisfaction", "trust", "meaning", "priorities", "register", "education"),
    *("benchmarks", "claims", "event", "response", "comparison", "others", "mix", "funnel"),
)
METHOD = (
    *("base", "interval", "index", "change", "effect", "log", "rank", "detectable", "false_date", "words"),
    *("weights", "disclosure", "unchanged", "rounding", "check"),
)
ACTS = get_args(Act)


class Basis(Writer):
    """What the numbers rest on."""

    def title(self) -> str:
        """Return the title of a report whose params give none."""
        return plain(self.say("title.report", municipality=self.municipality(self.code)))

    def subtitle(self) -> str:
        """Return the line under the title: the municipality's own event and its date, or what the report is about."""
        if self.own_event() is None:
            return self.word("title.no_event")
        return plain(self.say("title.event", event=self.event(), date=self.event_date()))

    def simulated_note(self) -> Paragraph:
        """Return the sentence that stands first in a report on simulated data."""
        return Paragraph(self.say("simulated.note"), kind="warning")

    def cannot_show_title(self) -> Heading:
        """Return the heading of the list of what the report cannot show."""
        return Heading(2, self.say("cannot_show.title"), "cannot-show")

    def cannot_show(self) -> Bullets:
        """Return what the report cannot show, given what it holds."""
        survey = not self.estimates[self.estimates["measure"] != "register"].empty
        told = ["simulated"] if bool(self.estimates["simulated"].any()) else []
        levels = set(
            self.changes.loc[
                self.changes["municipality_code"].eq(self.code) & self.changes["method"].eq("effect"), "wording_level"
            ]
        )
        if self.params.events:
            carried = "cause_effect" if levels == {"effect"} else "cause"
            told += [carried if self.own_event() is not None else "cause_elsewhere"]
        told += ["legality", "non_response"] if survey else ["no_survey"]
        told += ["table"] if self.of_table else []
        told += ["register"] if (self.estimates["measure"] == "register").any() else []
        return Bullets(tuple(self.say(f"cannot_show.{key}") for key in told))

    def method(self) -> Bullets:
        """Return the method in plain words, with the project's thresholds."""
        names = {name: self.rule(name) for name in rules.PRINTED}
        limits = self.params.disclosure
        names["suppress_below"] = self.params_number(limits.suppress_below, "disclosure.suppress_below")
        names["uncertain_below"] = self.params_number(limits.uncertain_below, "disclosure.uncertain_below")
        return Bullets(tuple(self.say(f"method.{key}", **names) for key in METHOD))

    def whose(self, report_date: str) -> tuple[Paragraph, ...]:
        """Return whether those whom a survey is about made it, and a warning where its latest wave is old.

        Parameters
        ----------
        report_date
            'YYYY-MM-DD'.

        Returns
        -------
        tuple of Paragraph
            Nothing on a survey that there is not, or that is simulated.
        """
        survey = self.params.survey
        if survey is None or survey.simulated:
            return ()
        did = survey.evaluated_party
        named = [self.say(f"whose.did.{act}") for act in did or ()]
        key = "unknown" if did is None else "by_itself" if did else "not_by_itself"
        told = [Paragraph(self.say(f"whose.{key}", acts=self.listing(named)), kind="note")]
        place = latest(survey)
        if place is None or _year(survey, place) >= int(report_date[:4]) - rules.OLD_AFTER_YEARS:
            return tuple(told)
        wave: Parts = (numbers.params_text(survey.waves[place].wave, f"survey.waves.{place}.wave"),)
        years = self.rule("old_after_years")
        return (*told, Paragraph(self.say("whose.old", wave=wave, years=years), kind="warning"))

    def published_by_themselves(self, benchmarks: pd.DataFrame | None) -> tuple[Paragraph, ...]:
        """Return which published surveys were ordered, paid for or carried out by those whom they are about.

        Parameters
        ----------
        benchmarks
            One row per published figure; ``evaluated_party`` says what those did themselves.
        """
        named: dict[str, Parts] = {}
        for row in rows(benchmarks, "benchmarks") if benchmarks is not None else []:
            did = [self.say(f"whose.did.{act}") for act in row.text("evaluated_party").split() if act in ACTS]
            survey = {name: Published.of(self).stated(row, name) for name in ("source", "year")}
            told = self.say("whose.published_one", **survey, acts=self.listing(did))
            named |= {plain(told): told} if did and plain(told) not in named else {}
        if not named:
            return ()
        return (Paragraph(self.say("whose.published", list=self.listing(list(named.values()))), kind="note"),)


def latest(survey: Survey) -> int | None:
    """Return the place of the wave that ended last; None where no wave is dated."""
    dated = {place: last for place in range(len(survey.waves)) for last in _days(survey, place)}
    return max(dated, key=lambda place: dated[place], default=None)


def _days(survey: Survey, place: int) -> Iterator[date]:
    """The last day that is known of a wave: as stated, else by its name where that is a period."""
    wave = survey.waves[place]
    span = periods.span(wave.wave)
    known = [day for day in (wave.to, wave.from_, span[1] if span else None) if day is not None]
    yield from known[:1]


def _year(survey: Survey, place: int) -> int:
    return next(_days(survey, place)).year
