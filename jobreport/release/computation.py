"""From checked inputs to the released rows of every municipality: the expensive part, the same for many reports.

Nothing here depends on which municipality a report is about or on its language. `focus` only says which municipalities
get rows by group and tests of their own; asking for more adds rows and changes none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.released import COUNTRY, DOMAIN, TABLES, empty, frame
from jobreport.domain.texts import phrase
from jobreport.errors import refuse
from jobreport.intake.checks import Inputs, comparable
from jobreport.intake.formats.content import InputFile
from jobreport.release import answers, units
from jobreport.release.disclosure import Released, release
from jobreport.release.groupings import covered, nests
from jobreport.release.precision import as_published
from jobreport.release.ranges import Tell
from jobreport.release.suppression import SCARCE, Rule, domains_of, together
from jobreport.setup.codebook import Codebook, Indicator
from jobreport.setup.params import Params
from jobreport.setup.params_model import Event, Survey

if TYPE_CHECKING:
    from jobreport.diagnostics.design import Row
    from jobreport.estimate.sample import Sample

Tables = tuple[pd.DataFrame, ...]
"""Estimates, changes, diagnostics; and what no reader gets: how few stand behind each domain, covariances of waves."""


@dataclass(frozen=True)
class Computation:
    """Released rows of all municipalities, and what is stated about the files they come from.

    Parameters
    ----------
    released
        The tables after disclosure control: no number in them may be withheld from a reader.
    files
        Every file read, with its checksum.
    dropped
        Columns of the survey that were not read.
    periods
        Periods of the registers.
    municipalities
        Those with answers; of a report without a survey those with figures.
    areas_left_out
        Regions and other larger areas of the registers, whose rows were not read.
    packages
        Of each package of another municipality who made it, and what of it is compared.
    """

    released: Released
    files: tuple[InputFile, ...]
    dropped: tuple[str, ...]
    periods: tuple[str, ...]
    municipalities: tuple[str, ...]
    areas_left_out: tuple[str, ...] = ()
    packages: tuple[Mapping[str, Any], ...] = ()


def compute(inputs: Inputs, places: Sequence[str], tell: Tell | None = None) -> Computation:
    """Estimate, compare and release every municipality.

    Parameters
    ----------
    inputs
        Checked inputs; of the params everything counts but name, title, language, date and municipality.
    places
        Municipalities that get rows by group and tests of their own, in order of their codes.
    tell
        Is told how far the search for what must be hidden has come; see `hiding`.
    """
    places = places if inputs.params.own_unit is None else (inputs.params.place,)
    estimates, changes, diagnostics, domains, covariances = _survey_tables(inputs, places)
    register_estimates, register_changes, register_diagnostics = _register_tables(inputs)
    if inputs.params.own_unit is not None:
        estimates, changes, diagnostics = map(units.of_two_places, (estimates, changes, diagnostics))
    released = release(
        _together(estimates, register_estimates),
        _together(changes, register_changes),
        _together(diagnostics, register_diagnostics),
        Rule(**inputs.params.disclosure.model_dump()),
        left_out_of_others=of_events(inputs.params),
        place=inputs.params.place,
        domains=together(domains),
        nests=tuple(nests(inputs.responses, tuple(inputs.codebook.groups) if inputs.codebook is not None else ())),
        tell=tell,
    )
    released = replace(released, changes=_beside_controls(released.changes, inputs))
    more = _of_released(released, covariances, inputs, places)
    released = replace(
        released,
        estimates=_together(released.estimates, _comments(inputs, released)),
        diagnostics=_together(released.diagnostics, more),
    )
    return Computation(
        Released(**{name: as_published(getattr(released, name)) for name in TABLES}, rule=released.rule),
        inputs.files,
        inputs.dropped,
        tuple(str(period) for period in inputs.registers["period"].unique()),
        municipalities_in(inputs),
        inputs.areas_left_out,
        tuple(comparable.stated(each) for each in inputs.packages),
    )


def _beside_controls(changes: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Hold effects against what their event cannot touch, where the params name it."""
    from jobreport.compare import with_controls

    named = {event.event: event.negative_control for event in inputs.params.events if event.negative_control}
    asked = {each.name: (each.name, *each.main) for each in (inputs.codebook.indicators if inputs.codebook else ())}
    return with_controls(changes, {event: asked[name] for event, name in named.items() if name in asked})


def _of_released(released: Released, covariances: pd.DataFrame, inputs: Inputs, places: Sequence[str]) -> pd.DataFrame:
    """Diagnostics that are made of what may be shown, and of nothing else that could tell what is hidden."""
    from jobreport.compare import over_the_years
    from jobreport.diagnostics import of_answers

    asked = inputs.codebook.indicators if inputs.codebook is not None else ()
    rows = of_answers(released.changes, places)
    rows += over_the_years(
        released.estimates, covariances, asked, places, _sides(inputs.params.survey, inputs.params.events)
    )
    simulated = bool(released.estimates["simulated"].any())
    return frame("diagnostics", rows, _names("place.pool")).assign(simulated=simulated)


def _sides(survey: Survey | None, events: Sequence[Event]) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Waves before and after each event, by the municipalities that it touched."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for event in events if survey is not None else ():
        for code in (*event.treated, *event.exposed):
            found.setdefault(code, []).append(survey.windows(event))  # type: ignore[union-attr]
    return found


def hiding(language: str, progress: Callable[[str], None]) -> Tell:
    """Tell in words how far the search for what must be hidden has come.

    Examples
    --------
    >>> hiding("en", print)(100, 900)
    hiding small groups: 100 sums tried, 900 figures hidden so far
    """
    return lambda solved, hidden: progress(phrase("step.hide", language, solved=solved, hidden=hidden))


def _together(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put tables under each other; one without rows would only turn texts into objects."""
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def municipalities_in(inputs: Inputs) -> tuple[str, ...]:
    """Municipalities with answers, or with figures of a table; without a survey those with official figures."""
    given = (inputs.responses, inputs.aggregates, *(each.answers for each in inputs.counted))
    present = [table for table in given if table is not None] or [inputs.registers]
    codes = {str(code) for table in present for code in table["municipality_code"].unique()}
    return tuple(sorted(codes - {COUNTRY}))


def of_events(params: Params) -> tuple[str, ...]:
    """Municipalities that an event happened to or that it also changed; 'all others' leaves them out."""
    return tuple(sorted({code for event in params.events for code in (*event.treated, *event.exposed)}))


def focus(params: Params) -> tuple[str, ...]:
    """The municipality of the report and those of its events: only they are shown by group."""
    return tuple(sorted({params.place, *of_events(params)}))


def _survey_tables(inputs: Inputs, places: Sequence[str]) -> Tables:
    """Estimates, changes and diagnostics of a survey: of its answers, or of a table, question by question."""
    from jobreport.compare import NO_COVARIANCES
    from jobreport.diagnostics import of_questions

    nothing = (*map(empty, TABLES), pd.DataFrame(columns=[*DOMAIN, *SCARCE]), NO_COVARIANCES)
    survey, codebook = inputs.params.survey, inputs.codebook
    if survey is None or codebook is None:
        return nothing
    if inputs.responses is not None:
        return _of_answers(inputs, inputs.responses, codebook, places)
    found = [
        _of_answers(inputs, each.answers, replace(codebook, indicators=(each.indicator,)), places, persons=False)
        for each in inputs.counted
    ]
    estimates, changes, diagnostics, domains, own = (_together(*tables) for tables in zip(nothing, *found, strict=True))
    if inputs.counted:
        changes = _corrected(changes, inputs)
        diagnostics = of_questions([diagnostics])
    summaries = _aggregates(inputs)
    changes = _together(changes, _not_computable(inputs, summaries))
    return _together(estimates, summaries), changes, diagnostics, _together(domains, domains_of(summaries)), own


def _corrected(changes: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Correct the effects of every event for all questions, where they were compared one at a time."""
    from jobreport import compare

    told = compare.families([each.indicator for each in inputs.counted])
    first = {event.event: compare.main_outcome(event) for event in inputs.params.events}
    # (changes from round to round are of no event)
    events = (compare.with_holm(rows, told, first.get(str(event))) for event, rows in changes.groupby("event"))
    return _together(changes.iloc[:0], *events)


def _of_answers(
    inputs: Inputs, given: pd.DataFrame, codebook: Codebook, places: Sequence[str], *, persons: bool = True
) -> Tables:
    """Everything of the answers of persons, or of the answers to one question."""
    from jobreport import compare
    from jobreport.diagnostics import beside_others, of_changes, survey_diagnostics, window_tests
    from jobreport.estimate import indicators
    from jobreport.estimate.domains import behind
    from jobreport.estimate.measures import all_measures, headline
    from jobreport.estimate.sample import Sample
    from jobreport.estimate.tally import Tallies
    from jobreport.release.told import Told, clustered, with_told

    survey = inputs.params.survey
    assert survey is not None  # noqa: S101 - who answered was asked by one
    by = tuple(codebook.groups)
    sample, whole = _sampled(inputs, given, survey, by, [item.name for item in codebook.items])
    responses, asked, invited = sample.responses, codebook.indicators, units.invited(inputs)
    names = _names("place.pool") | inputs.params.unit_names("da")
    stated: dict[str, Any] = {"simulated": survey.simulated, "names": names}
    tallies = Tallies(sample, by)
    shared: dict[str, Any] = stated | {"group_by": by, "calibration": sample.calibration, "tallies": tallies}
    known: dict[str, Any] = {"invited": invited, "persons": persons}
    events = of_events(inputs.params)
    shown = {*places, *events}
    estimates = indicators.estimate(responses, asked, focus=events, shown=shown, **known, **shared)
    told = Told.of(inputs.packages, tallies.sample.waves, inputs.params.disclosure.suppress_below)
    if told is not None:
        refuse(clustered(tallies.sample, inputs.params.where), inputs.params.language)
    compared = shared | {"told": told}
    mix = codebook.mix_column
    unit = inputs.params.own_unit
    rounds = compare.round_changes(responses, asked, focus=[*shown], mix=mix, **compared)
    changes = _together(_survey_changes(inputs.params, codebook, survey, responses, compared), rounds)
    windows = {window for event in inputs.params.events for window in survey.windows(event)}
    levels = compare.window_estimates(responses, asked, windows=sorted(windows), focus=places, **compared)
    judged: dict[str, Any] = {"mix": mix, "outcome": codebook.outcome}
    diagnostics = survey_diagnostics(responses, asked, estimates, focus=places, **judged, **compared)
    if told is not None:
        estimates = with_told(estimates, told, tallies, all_measures(asked), focus=events, **stated)
    levels = _together(estimates, levels)
    more = of_changes(changes, levels, invited, places) + window_tests(levels, [*map(headline, asked)])
    more += _again(inputs, tallies.sample, asked, places) if persons else []
    more += beside_others(estimates, [*map(headline, asked)], unit.code) if unit is not None else []
    of_windows = frame("diagnostics", more, names).assign(simulated=survey.simulated)
    count = partial(behind, measures=all_measures(asked), group_by=by)
    domains = units.domains_of_all(whole, count(tallies), lambda rows: count(Tallies(Sample(rows), by)))
    own = compare.wave_covariances(tallies, asked, told)
    return levels, changes, _together(diagnostics, of_windows), domains, own


def _sampled(
    inputs: Inputs, given: pd.DataFrame, survey: Survey, group_by: Sequence[str], items: Sequence[str]
) -> tuple[Sample, pd.DataFrame]:
    """The sample that the report is made of, and the answers of everybody with their groups."""
    sample = answers.sampled(given, inputs, survey)
    whole = covered(sample.responses, group_by, items)  # (weights need every known group)
    known_of = sample.population if inputs.params.own_unit is None else None  # (nobody states it of a unit)
    return replace(sample, responses=units.seen_from(whole, inputs.params.place), population=known_of), whole


def _comments(inputs: Inputs, released: Released) -> pd.DataFrame:
    """What comments were coded as; nothing where none were, and in a unit's report: they are of the municipality."""
    from jobreport.release import comments

    if inputs.params.own_unit is not None:
        return empty("estimates")
    survey, asked = inputs.params.survey, inputs.codebook.comments if inputs.codebook is not None else None
    if survey is None or inputs.responses is None or asked is None or asked.commented.name not in inputs.responses:
        return empty("estimates")
    stated: dict[str, Any] = {"names": _names("place.pool"), "simulated": survey.simulated, "invited": inputs.invited}
    return comments.themes(answers.sampled(inputs.responses, inputs, survey), asked, released, **stated)


def _again(inputs: Inputs, sample: Sample, asked: Sequence[Indicator], places: Sequence[str]) -> list[Row]:
    """Who answered both before and after each event, and how those stood before who did and who did not."""
    from jobreport.diagnostics import again, earlier

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


def _aggregates(inputs: Inputs) -> pd.DataFrame:
    """Levels that a municipality gave as a table instead of answers; nothing can be compared from them."""
    from jobreport.estimate.indicators import table_estimates

    survey = inputs.params.survey
    if survey is None or inputs.aggregates is None or inputs.codebook is None:
        return empty("estimates")
    stated: dict[str, Any] = {"simulated": survey.simulated, "invited": inputs.invited}
    names = _names("place.pool")
    return table_estimates(inputs.aggregates, inputs.codebook, names=names, **stated)


def _not_computable(inputs: Inputs, levels: pd.DataFrame) -> pd.DataFrame:
    """Say of every share and mean of a table that it has no change."""
    from jobreport import compare

    survey, codebook = inputs.params.survey, inputs.codebook
    tables = [empty("changes")]
    for event in inputs.params.events if survey is not None and codebook is not None and len(levels) else ():
        before, after = survey.windows(event)  # type: ignore[union-attr]
        asked: dict[str, Any] = {"event": event, "before": before, "after": after}
        asked |= {"names": _names("place.pool"), "simulated": survey.simulated}  # type: ignore[union-attr]
        if before and after:
            tables.append(compare.not_computable(levels, codebook.indicators, **asked))  # type: ignore[union-attr]
    return _together(*tables)


def _survey_changes(
    params: Params, codebook: Codebook, survey: Survey, responses: pd.DataFrame, common: Mapping[str, Any]
) -> pd.DataFrame:
    """Compare before and after for every event that has waves on both sides; what is not compared says why."""
    from jobreport import compare

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
                "regions": _regions(),
                "unchanged_margin": _margin(params),
            }
            tables.append(compare.survey_changes(responses, comparable, **asked, **adjusted, **common))
        told = common["told"]
        codes = (*responses["municipality_code"].cat.categories, *(told.codes if told is not None else ()))
        asked |= {"codes": codes, "simulated": survey.simulated}
        tables.append(compare.not_compared(codebook.indicators, comparable, names=common["names"], **asked))
    return _together(*tables)


def _register_tables(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    from jobreport import compare
    from jobreport.estimate import indicators

    names = _names("place.country")
    changes, diagnostics = [empty("changes")], [empty("diagnostics")]
    levels = [indicators.register_estimates(inputs.registers, names=names)]
    for series in inputs.params.registers:
        event = inputs.params.event_of(series)
        asked: dict[str, Any] = {"before": series.before, "after": series.after, "names": names}
        rows = inputs.registers[inputs.registers["series"] == series.series]
        levels.append(compare.register_levels(rows, windows=(series.before, series.after), names=names))
        asked["scales"] = tuple(sorted(("points", "log"), key=lambda scale: scale != series.scale))
        if event is None:
            changes.append(compare.described_changes(rows, **asked))
            diagnostics.append(compare.described_places(rows, **asked))
            continue
        changes.append(compare.register_changes(rows, event=event, **asked, regions=_regions()))
        diagnostics.append(compare.register_diagnostics(rows, event=event, **asked))
    told = {(each.series, "register", "") for each in inputs.params.registers}
    events = (compare.with_holm(rows, [told]) for _, rows in _together(*changes).groupby("event", sort=False))
    return _together(*levels), _together(empty("changes"), *events), _together(*diagnostics)


def _margin(params: Params) -> float | None:
    return None if params.unchanged_margin is None else params.unchanged_margin / 100


def _names(of_all: str) -> dict[str, str]:
    """Names in Danish; a report puts them into its own language."""
    return dict(municipalities.names()) | {COUNTRY: phrase(of_all, "da")}


def _regions() -> dict[str, str]:
    return {m.code: m.region for m in municipalities.all_municipalities()}
