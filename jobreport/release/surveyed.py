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
from jobreport.setup.codebook import Codebook, Indicator
from jobreport.setup.params import Params
from jobreport.setup.params_model import Survey

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
    if inputs.responses is not None:
        return _of_answers(inputs, inputs.responses, codebook, places, beside)
    found = [nothing]
    for each in inputs.counted:
        asked = replace(codebook, indicators=(each.indicator,))
        found.append(_of_answers(inputs, each.answers, asked, places, in_turn, persons=False))
    summaries = _aggregates(inputs, survey, codebook)
    unknown = _not_computable(inputs, survey, codebook.indicators, summaries)
    return Surveyed(
        below(*(each.estimates for each in found), summaries),
        below(*(each.domains for each in found), domains_of(summaries)),
        below(*(each.covariances for each in found)),
        lambda: _of_tables([each.judged() for each in found], inputs, unknown),
    )


def _of_tables(found: Sequence[Tables], inputs: Inputs, unknown: pd.DataFrame) -> Tables:
    from jobreport.diagnostics import of_questions

    changes, diagnostics = (below(*tables) for tables in zip(*found, strict=True))
    if inputs.counted:
        changes, diagnostics = _corrected(changes, inputs), of_questions([diagnostics])
    return below(changes, unknown), diagnostics


def _corrected(changes: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    from jobreport.compare.family import families, main_outcome, with_holm

    told = families([each.indicator for each in inputs.counted])
    first = {event.event: main_outcome(event) for event in inputs.params.events}
    # (changes from round to round are of no event)
    events = (with_holm(rows, told, first.get(str(event))) for event, rows in changes.groupby("event"))
    return below(changes.iloc[:0], *events)


def _of_answers(
    inputs: Inputs,
    given: pd.DataFrame,
    codebook: Codebook,
    places: Sequence[str],
    beside: Beside,
    *,
    persons: bool = True,
) -> Surveyed:
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

    survey = inputs.params.survey
    assert survey is not None  # noqa: S101 - who answered was asked by one
    by = tuple(codebook.groups)
    sample, whole = _sampled(inputs, given, survey, by, [item.name for item in codebook.items])
    asked, invited = codebook.indicators, units.invited(inputs)
    tallies, events, measures = Tallies(sample, by), of_events(inputs.params), all_measures(codebook.indicators)
    names = names_of("place.pool") | inputs.params.unit_names("da")
    stated: dict[str, Any] = {"simulated": survey.simulated, "names": names}
    shown: dict[str, Any] = {"focus": events, "shown": {*places, *events}}
    estimates = indicators.estimate(tallies, measures, invited=invited, persons=persons, **shown, **stated)
    told = Told.of(inputs.packages, sample.waves, inputs.params.disclosure.suppress_below)
    if told is not None:
        refuse(clustered(sample, inputs.params.where), inputs.params.language)
    compared, mix = stated | {"told": told}, codebook.mix_column
    judging: dict[str, Any] = {"focus": places, "mix": mix, "outcome": codebook.outcome}

    def of_events_and_trust() -> Tables:
        changes = _survey_changes(inputs.params, codebook, survey, tallies, compared)
        tallies.keep_sums()
        return changes, survey_diagnostics(tallies, asked, estimates, **judging, **compared)

    apart = beside(of_events_and_trust)
    rounds = round_changes(tallies, asked, focus=[*shown["shown"]], mix=mix, **compared)
    windows = {window for event in inputs.params.events for window in survey.windows(event)}
    levels = window_estimates(tallies, asked, windows=sorted(windows), focus=places, **compared)
    of_all = estimates if told is None else with_told(estimates, told, tallies, measures, focus=events, **stated)
    levels = below(of_all, levels)
    more = _of_levels(inputs, sample if persons else None, asked, places, levels)

    def judged() -> Tables:
        changes, diagnostics = apart()
        changes = below(changes, rounds)
        rows = of_changes(changes, levels, invited, places) + more
        return changes, below(diagnostics, frame("diagnostics", rows, names).assign(simulated=survey.simulated))

    count = partial(behind, measures=measures)
    domains = units.domains_of_all(whole, count(tallies), lambda rows: count(Tallies(Sample(rows), by)))
    return Surveyed(levels, domains, wave_covariances(tallies, asked, told), judged)


def _of_levels(
    inputs: Inputs, sample: Sample | None, asked: Sequence[Indicator], places: Sequence[str], levels: pd.DataFrame
) -> list[Row]:
    # Tests of windows, who answered again (``sample`` is None where nobody knows), and a unit beside others.
    from jobreport.diagnostics.groups import beside_others, window_tests
    from jobreport.estimate.measures import headline

    headlines, unit = [*map(headline, asked)], inputs.params.own_unit
    rows = window_tests(levels, headlines)
    rows += [] if sample is None else _again(inputs, sample, asked, places)
    return rows + (beside_others(levels, headlines, unit.code) if unit is not None else [])


def _sampled(
    inputs: Inputs, given: pd.DataFrame, survey: Survey, group_by: Sequence[str], items: Sequence[str]
) -> tuple[Sample, pd.DataFrame]:
    sample = answers.sampled(given, inputs, survey)
    whole = covered(sample.responses, group_by, items)  # (weights need every known group)
    known_of = sample.population if inputs.params.own_unit is None else None  # (nobody states it of a unit)
    return replace(sample, responses=units.seen_from(whole, inputs.params.place), population=known_of), whole


def _again(inputs: Inputs, sample: Sample, asked: Sequence[Indicator], places: Sequence[str]) -> list[Row]:
    from jobreport.diagnostics.nonresponse import again, earlier

    survey, least = inputs.params.survey, inputs.params.disclosure.suppress_below
    own = sample.responses[sample.responses["municipality_code"].isin(places)]
    assert survey is not None  # noqa: S101 - there is a sample of it
    rows: list[Row] = []
    for event in inputs.params.events:
        before, after = survey.windows(event)
        if before and after:
            rows += again(own, before, after, event.event, least)
            rows += earlier(sample, asked, before, after, event.event, places, 2 * least)
    return rows


def _aggregates(inputs: Inputs, survey: Survey, codebook: Codebook) -> pd.DataFrame:
    # Levels that a municipality gave as a table instead of answers; nothing can be compared from them.
    from jobreport.estimate.indicators import table_estimates

    if inputs.aggregates is None:
        return empty("estimates")
    stated: dict[str, Any] = {"simulated": survey.simulated, "invited": inputs.invited}
    return table_estimates(inputs.aggregates, codebook, names=names_of("place.pool"), **stated)


def _not_computable(
    inputs: Inputs, survey: Survey, indicators: Sequence[Indicator], levels: pd.DataFrame
) -> pd.DataFrame:
    # Say of every share and mean of a table that it has no change.
    from jobreport.compare.rows import not_computable

    tables = [empty("changes")]
    for event in inputs.params.events if len(levels) else ():
        before, after = survey.windows(event)
        asked: dict[str, Any] = {"event": event, "before": before, "after": after, "simulated": survey.simulated}
        if before and after:
            tables.append(not_computable(levels, indicators, names=names_of("place.pool"), **asked))
    return below(*tables)


def _survey_changes(
    params: Params, codebook: Codebook, survey: Survey, tallies: Tallies, common: Mapping[str, Any]
) -> pd.DataFrame:
    from jobreport.compare.rows import not_compared
    from jobreport.compare.survey import survey_changes

    comparable = [indicator for indicator in codebook.indicators if indicator.comparable]
    tables = [empty("changes")]
    for event in params.events:
        before, after = survey.windows(event)
        if not (before and after):
            continue
        asked: dict[str, Any] = {"event": event, "before": before, "after": after}
        if comparable:
            adjusted: dict[str, Any] = {
                "foreseen": survey.foreseen(event),
                "mix": codebook.mix_column,
                "regions": regions(),
                "unchanged_margin": _margin(params),
            }
            tables.append(survey_changes(tallies, comparable, **asked, **adjusted, **common))
        told = common["told"]
        codes = (*tallies.sample.municipalities, *(told.codes if told is not None else ()))
        asked |= {"codes": codes, "simulated": survey.simulated}
        tables.append(not_compared(codebook.indicators, comparable, names=common["names"], **asked))
    return below(*tables)


def below(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put tables under each other; one without rows would only turn texts into objects."""
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def _margin(params: Params) -> float | None:
    return None if params.unchanged_margin is None else params.unchanged_margin / 100


def names_of(of_all: str) -> dict[str, str]:
    """Names in Danish; a report puts them into its own language."""
    return dict(municipalities.names()) | {COUNTRY: phrase(of_all, "da")}


def regions() -> dict[str, str]:
    """Municipality code to region."""
    return {m.code: m.region for m in municipalities.all_municipalities()}
