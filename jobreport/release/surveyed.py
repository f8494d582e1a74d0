"""From checked inputs to what a survey tells before anything is hidden: levels, changes and diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.released import COUNTRY, DOMAIN, empty, frame
from jobreport.domain.texts import phrase
from jobreport.errors import refuse
from jobreport.intake.checks import Inputs
from jobreport.release import answers, units
from jobreport.release.groupings import covered
from jobreport.release.suppression import SCARCE, domains_of
from jobreport.setup.codebook import Codebook
from jobreport.setup.params import Params
from jobreport.setup.params_model import Event, Survey

if TYPE_CHECKING:
    from jobreport.diagnostics.design import Row
    from jobreport.estimate.sample import Sample
    from jobreport.estimate.tally import Tallies

Tables = tuple[pd.DataFrame, ...]
Later = Callable[[], Tables]
Beside = Callable[[Later], Later]
"""Begins some work, perhaps in another process, and gives what its result is asked of (`jobreport.make.beside`)."""


@dataclass(frozen=True)
class Surveyed:
    """Estimates, and what no reader gets: how few stand behind each domain, covariances of waves.

    ``judged`` gives changes and diagnostics, which take longest: what must be hidden is decided without them.
    """

    estimates: pd.DataFrame
    domains: pd.DataFrame
    covariances: pd.DataFrame
    judged: Later


def in_turn(work: Later) -> Later:
    """Leave some work until its result is asked for."""
    return work


def of_events(params: Params) -> tuple[str, ...]:
    """Municipalities that an event happened to or that it also changed; 'all others' leaves them out."""
    return tuple(sorted({code for event in params.events for code in (*event.treated, *event.exposed)}))


def survey_tables(inputs: Inputs, places: Sequence[str], beside: Beside) -> Surveyed:
    """Estimates, changes and diagnostics of a survey: of its answers, or of a table, question by question."""
    from jobreport.compare.levels import NO_COVARIANCES

    none = pd.DataFrame(columns=[*DOMAIN, *SCARCE])
    nothing = Surveyed(empty("estimates"), none, NO_COVARIANCES, lambda: (empty("changes"), empty("diagnostics")))
    survey, codebook = inputs.params.survey, inputs.codebook
    if survey is None or codebook is None:
        return nothing
    asked = _Asked(inputs, survey, codebook, places)
    if inputs.responses is not None:
        return asked.of_answers(inputs.responses, beside)
    found = [nothing]
    for each in inputs.counted:
        alone = replace(asked, codebook=replace(codebook, indicators=(each.indicator,)))
        found.append(alone.of_answers(each.answers, in_turn, persons=False))
    summaries = asked.summaries()
    return Surveyed(
        below(*(each.estimates for each in found), summaries),
        below(*(each.domains for each in found), domains_of(summaries)),
        below(*(each.covariances for each in found)),
        lambda: asked.of_tables([each.judged() for each in found], summaries),
    )


@dataclass(frozen=True)
class _Asked:
    """A survey, what is asked of it, and the places that get rows by group and tests of their own."""

    inputs: Inputs
    survey: Survey
    codebook: Codebook
    places: Sequence[str]

    def windows(self) -> list[tuple[Event, tuple[str, ...], tuple[str, ...]]]:
        """Events with waves before and after."""
        found = [(event, *self.survey.windows(event)) for event in self.inputs.params.events]
        return [each for each in found if each[1] and each[2]]

    def of_tables(self, found: Sequence[Tables], summaries: pd.DataFrame) -> Tables:
        """Put the changes and diagnostics of each question together, and say what has none."""
        from jobreport.diagnostics import of_questions

        changes, diagnostics = (below(*tables) for tables in zip(*found, strict=True))
        if self.inputs.counted:
            changes, diagnostics = self._corrected(changes), of_questions([diagnostics])
        return below(changes, self._not_computable(summaries)), diagnostics

    def _corrected(self, changes: pd.DataFrame) -> pd.DataFrame:
        from jobreport.compare.family import families, main_outcome, with_holm

        told = families([each.indicator for each in self.inputs.counted])
        first = {event.event: main_outcome(event) for event in self.inputs.params.events}
        # (changes from round to round are of no event)
        events = (with_holm(rows, told, first.get(str(event))) for event, rows in changes.groupby("event"))
        return below(changes.iloc[:0], *events)

    def of_answers(self, given: pd.DataFrame, beside: Beside, *, persons: bool = True) -> Surveyed:
        """Estimate and compare all that was answered, or was counted of one question."""
        from jobreport.compare.levels import wave_covariances, window_estimates
        from jobreport.compare.rounds import round_changes
        from jobreport.diagnostics import survey_diagnostics
        from jobreport.diagnostics.nonresponse import of_changes
        from jobreport.estimate import indicators
        from jobreport.estimate.domains import behind
        from jobreport.estimate.measures import all_measures
        from jobreport.estimate.sample import Sample
        from jobreport.estimate.tally import Tallies
        from jobreport.release.told import Told, clustered, with_told

        inputs, params, places = self.inputs, self.inputs.params, self.places
        survey, codebook = self.survey, self.codebook
        by, asked, invited = tuple(codebook.groups), codebook.indicators, units.invited(inputs)
        sample, whole = self._sampled(given)
        tallies, events, measures = Tallies(sample, by), of_events(params), all_measures(asked)
        names = names_of("place.pool") | params.unit_names("da")
        stated: dict[str, Any] = {"simulated": survey.simulated, "names": names}
        shown: dict[str, Any] = {"focus": events, "shown": {*places, *events}}
        estimates = indicators.estimate(tallies, measures, invited=invited, persons=persons, **shown, **stated)
        told = Told.of(inputs.packages, sample.waves, params.disclosure.suppress_below)
        if told is not None:
            refuse(clustered(sample, params.where), params.language)
        compared, mix = stated | {"told": told}, codebook.mix_column
        judging: dict[str, Any] = {"focus": places, "mix": mix, "outcome": codebook.outcome}

        def of_events_and_trust() -> Tables:
            changes = self._changes(tallies, compared)
            tallies.keep_sums()
            return changes, survey_diagnostics(tallies, asked, estimates, **judging, **compared)

        apart = beside(of_events_and_trust)
        rounds = round_changes(tallies, asked, focus=[*shown["shown"]], mix=mix, **compared)
        windows = {window for event in params.events for window in survey.windows(event)}
        levels = window_estimates(tallies, asked, windows=sorted(windows), focus=places, **compared)
        of_all = estimates if told is None else with_told(estimates, told, tallies, measures, focus=events, **stated)
        levels = below(of_all, levels)
        more = self._of_levels(sample if persons else None, levels)

        def judged() -> Tables:
            changes, diagnostics = apart()
            changes = below(changes, rounds)
            rows = of_changes(changes, levels, invited, places) + more
            return changes, below(diagnostics, frame("diagnostics", rows, names).assign(simulated=survey.simulated))

        count = partial(behind, measures=measures)
        domains = units.domains_of_all(whole, count(tallies), lambda rows: count(Tallies(Sample(rows), by)))
        return Surveyed(levels, domains, wave_covariances(tallies, asked, told), judged)

    def _of_levels(self, sample: Sample | None, levels: pd.DataFrame) -> list[Row]:
        # Tests of windows, who answered again (``sample`` is None where nobody knows), and a unit beside others.
        from jobreport.diagnostics.groups import beside_others, window_tests
        from jobreport.estimate.measures import headline

        headlines, unit = [*map(headline, self.codebook.indicators)], self.inputs.params.own_unit
        rows = window_tests(levels, headlines)
        rows += [] if sample is None else self._again(sample)
        return rows + (beside_others(levels, headlines, unit.code) if unit is not None else [])

    def _sampled(self, given: pd.DataFrame) -> tuple[Sample, pd.DataFrame]:
        params, items = self.inputs.params, [item.name for item in self.codebook.items]
        sample = answers.sampled(given, self.inputs, self.survey)
        whole = covered(sample.responses, tuple(self.codebook.groups), items)  # (weights need every known group)
        known_of = sample.population if params.own_unit is None else None  # (nobody states it of a unit)
        return replace(sample, responses=units.seen_from(whole, params.place), population=known_of), whole

    def _again(self, sample: Sample) -> list[Row]:
        from jobreport.diagnostics.nonresponse import again, earlier

        least, asked, places = self.inputs.params.disclosure.suppress_below, self.codebook.indicators, self.places
        own = sample.responses[sample.responses["municipality_code"].isin(places)]
        rows: list[Row] = []
        for event, before, after in self.windows():
            rows += again(own, before, after, event.event, least)
            rows += earlier(sample, asked, before, after, event.event, places, 2 * least)
        return rows

    def summaries(self) -> pd.DataFrame:
        """Levels that a municipality gave as a table instead of answers; nothing can be compared from them."""
        from jobreport.estimate.indicators import table_estimates

        if self.inputs.aggregates is None:
            return empty("estimates")
        stated: dict[str, Any] = {"simulated": self.survey.simulated, "invited": self.inputs.invited}
        return table_estimates(self.inputs.aggregates, self.codebook, names=names_of("place.pool"), **stated)

    def _not_computable(self, levels: pd.DataFrame) -> pd.DataFrame:
        # Say of every share and mean of a table that it has no change.
        from jobreport.compare.rows import not_computable

        stated: dict[str, Any] = {"names": names_of("place.pool"), "simulated": self.survey.simulated}
        tables = [empty("changes")]
        for event, before, after in self.windows() if len(levels) else ():
            asked: dict[str, Any] = {"event": event, "before": before, "after": after}
            tables.append(not_computable(levels, self.codebook.indicators, **asked, **stated))
        return below(*tables)

    def _changes(self, tallies: Tallies, common: Mapping[str, Any]) -> pd.DataFrame:
        from jobreport.compare.rows import not_compared
        from jobreport.compare.survey import survey_changes

        margin, told = self.inputs.params.unchanged_margin, common["told"]
        codes = (*tallies.sample.municipalities, *(told.codes if told is not None else ()))
        comparable = [indicator for indicator in self.codebook.indicators if indicator.comparable]
        adjusted: dict[str, Any] = {"mix": self.codebook.mix_column, "regions": regions()}
        adjusted |= {"unchanged_margin": None if margin is None else margin / 100}
        stated: dict[str, Any] = {"names": common["names"], "codes": codes, "simulated": self.survey.simulated}
        tables = [empty("changes")]
        for event, before, after in self.windows():
            asked: dict[str, Any] = {"event": event, "before": before, "after": after}
            if comparable:
                foreseen = self.survey.foreseen(event)
                tables.append(survey_changes(tallies, comparable, foreseen=foreseen, **asked, **adjusted, **common))
            tables.append(not_compared(self.codebook.indicators, comparable, **asked, **stated))
        return below(*tables)


def below(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put tables under each other; one without rows would only turn texts into objects."""
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def names_of(of_all: str) -> dict[str, str]:
    """Names in Danish; a report puts them into its own language."""
    return dict(municipalities.names()) | {COUNTRY: phrase(of_all, "da")}


def regions() -> dict[str, str]:
    """Municipality code to region."""
    return {m.code: m.region for m in municipalities.all_municipalities()}
