"""From checked inputs to the released rows of every municipality: the expensive part, the same for many reports.

Nothing here depends on which municipality a report is about or on its language. `focus` only says which municipalities
get rows by group and tests of their own; asking for more adds rows and changes none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from jobreport.domain.released import COUNTRY, TABLES, empty, frame
from jobreport.domain.texts import phrase
from jobreport.intake.checks import Inputs, comparable
from jobreport.intake.formats.content import InputFile
from jobreport.release import answers, units
from jobreport.release.disclosure import Released, release
from jobreport.release.groupings import nests
from jobreport.release.precision import as_published
from jobreport.release.ranges import Tell
from jobreport.release.suppression import Rule, suppressed_domains, together
from jobreport.release.surveyed import Beside, below, in_turn, names_of, of_events, regions, survey_tables
from jobreport.setup.params import Params
from jobreport.setup.params_model import Event, Survey


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


def compute(inputs: Inputs, places: Sequence[str], tell: Tell | None = None, beside: Beside = in_turn) -> Computation:
    """Estimate, compare and release every municipality.

    Parameters
    ----------
    inputs
        Checked inputs; of the params everything counts but name, title, language, date and municipality.
    places
        Municipalities that get rows by group and tests of their own, in order of their codes.
    tell
        Is told how far the search for what must be hidden has come; see `hiding`.
    beside
        Does one half while this process does the other; the rows do not depend on it.
    """
    places = places if inputs.params.own_unit is None else (inputs.params.place,)
    surveyed = survey_tables(inputs, places, beside)
    register_estimates, register_changes, register_diagnostics = _register_tables(inputs)
    domains, rule = together(surveyed.domains), Rule(**inputs.params.disclosure.model_dump())
    within = tuple(nests(inputs.responses, tuple(inputs.codebook.groups) if inputs.codebook is not None else ()))
    hidden = suppressed_domains(domains, rule, tell, within)
    of_two = units.of_two_places if inputs.params.own_unit is not None else lambda table: table
    asked: dict[str, Any] = {"left_out_of_others": of_events(inputs.params), "place": inputs.params.place}
    shown = partial(release, rule=rule, domains=domains, hidden=hidden, **asked)
    nothing: dict[str, Any] = {name: empty(name) for name in TABLES}
    levels = shown(**nothing | {"estimates": below(of_two(surveyed.estimates), register_estimates)}).estimates
    rows, published = _over_the_years(levels, surveyed.covariances, inputs, places), as_published(levels)
    changes, diagnostics = map(of_two, surveyed.judged())  # (what stands above is done while others judge)
    judged = {"changes": below(changes, register_changes), "diagnostics": below(diagnostics, register_diagnostics)}
    released = replace(shown(**nothing | judged), estimates=levels)
    released = replace(released, changes=_beside_controls(released.changes, inputs))
    tables = {"estimates": _comments(inputs, released), "changes": released.changes}
    tables["diagnostics"] = below(released.diagnostics, _of_released(released, rows, places))
    made = {name: as_published(table) for name, table in tables.items()}
    return Computation(
        Released(**made | {"estimates": below(published, made["estimates"])}, rule=rule),
        inputs.files,
        inputs.dropped,
        tuple(str(period) for period in inputs.registers["period"].unique()),
        municipalities_in(inputs),
        inputs.areas_left_out,
        tuple(comparable.stated(each) for each in inputs.packages),
    )


def _beside_controls(changes: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    from jobreport.compare.family import with_controls

    named = {event.event: event.negative_control for event in inputs.params.events if event.negative_control}
    asked = {each.name: (each.name, *each.main) for each in (inputs.codebook.indicators if inputs.codebook else ())}
    return with_controls(changes, {event: asked[name] for event, name in named.items() if name in asked})


def _over_the_years(
    levels: pd.DataFrame, covariances: pd.DataFrame, inputs: Inputs, places: Sequence[str]
) -> list[Any]:
    from jobreport.compare.levels import over_the_years

    asked = inputs.codebook.indicators if inputs.codebook is not None else ()
    return over_the_years(levels, covariances, asked, places, _sides(inputs.params.survey, inputs.params.events))


def _of_released(released: Released, rows: list[Any], places: Sequence[str]) -> pd.DataFrame:
    # Diagnostics that are made of what may be shown, and of nothing else that could tell what is hidden.
    from jobreport.diagnostics.nonresponse import of_answers

    rows = of_answers(released.changes, places) + rows
    simulated = bool(released.estimates["simulated"].any())
    return frame("diagnostics", rows, names_of("place.pool")).assign(simulated=simulated)


def _sides(survey: Survey | None, events: Sequence[Event]) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
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


def municipalities_in(inputs: Inputs) -> tuple[str, ...]:
    """Municipalities with answers, or with figures of a table; without a survey those with official figures."""
    given = (inputs.responses, inputs.aggregates, *(each.answers for each in inputs.counted))
    present = [table for table in given if table is not None] or [inputs.registers]
    codes = {str(code) for table in present for code in table["municipality_code"].unique()}
    return tuple(sorted(codes - {COUNTRY}))


def focus(params: Params) -> tuple[str, ...]:
    """The municipality of the report and those of its events: only they are shown by group."""
    return tuple(sorted({params.place, *of_events(params)}))


def _comments(inputs: Inputs, released: Released) -> pd.DataFrame:
    # What comments were coded as; nothing where none were, and in a unit's report: they are of the municipality.
    from jobreport.release import comments

    if inputs.params.own_unit is not None:
        return empty("estimates")
    survey, asked = inputs.params.survey, inputs.codebook.comments if inputs.codebook is not None else None
    if survey is None or inputs.responses is None or asked is None or asked.commented.name not in inputs.responses:
        return empty("estimates")
    stated: dict[str, Any] = {"names": names_of("place.pool"), "simulated": survey.simulated, "invited": inputs.invited}
    return comments.themes(answers.sampled(inputs.responses, inputs, survey), asked, released, **stated)


def _register_tables(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    from jobreport.compare.described import Described
    from jobreport.compare.family import with_holm
    from jobreport.compare.register import Official, register_levels
    from jobreport.estimate import indicators

    names = names_of("place.country")
    changes, diagnostics = [empty("changes")], [empty("diagnostics")]
    levels = [indicators.register_estimates(inputs.registers, names=names)]
    for series in inputs.params.registers:
        event = inputs.params.event_of(series)
        asked: dict[str, Any] = {"before": series.before, "after": series.after, "names": names}
        rows = inputs.registers[inputs.registers["series"] == series.series]
        levels.append(register_levels(rows, windows=(series.before, series.after), names=names))
        asked["scales"] = tuple(sorted(("points", "log"), key=lambda scale: scale != series.scale))
        posed = Described(rows, **asked) if event is None else Official(rows, event=event, regions=regions(), **asked)
        changes.append(posed.changes())
        diagnostics.append(posed.diagnostics())
    told = {(each.series, "register", "") for each in inputs.params.registers}
    events = (with_holm(rows, [told]) for _, rows in below(*changes).groupby("event", sort=False))
    return below(*levels), below(empty("changes"), *events), below(*diagnostics)
