"""One figure or table at a time, for a municipality, wave, grouping and event of one's choice.

Everything is drawn from released rows; choosing computes nothing anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from jobreport import figures, tables
from jobreport.domain.released import COUNTRY, OTHERS, Searched, of_windows, spans_waves
from jobreport.page import Block
from jobreport.release.computation import focus
from jobreport.release.disclosure import Released
from jobreport.report.scope import series_of
from jobreport.setup.codebook import Codebook
from jobreport.setup.params import Params
from jobreport.wording.surroundings import about_event
from jobreport.wording.writer import Writer

OF_THE_EVENT = ("rank", "false_dates", "choices", "effects")


@dataclass(frozen=True)
class View:
    """What one looks at; an empty text means: as the params say, the latest wave, all groupings."""

    indicator: str  # an indicator of the codebook, a question, or an official series
    municipality: str = ""
    event: str = ""
    wave: str = ""  # the latest wave to look at
    group_by: str = ""  # a grouping, such as ``gender``


@dataclass(frozen=True)
class Drawn:
    """The view, and a writer that holds the rows and the names it is drawn from."""

    view: View
    writer: Writer

    @property
    def measured(self) -> tuple[str, str, str]:
        """The indicator with measure and category that it is judged by."""
        return self.view.indicator, *self.writer.main_measure(self.view.indicator)


Draw = Callable[[Drawn], Block]
FIGURES: dict[str, Draw] = {
    "paths": lambda d: figures.Paths.of(d.writer).figure(*d.measured),
    "distribution": lambda d: figures.Distribution.of(d.writer).figure(d.view.indicator),
    "groups": lambda d: figures.Multiples.of(d.writer).figures(d.view.indicator),
    "map": lambda d: figures.TileMap.of(d.writer).figure(d.view.indicator),
    "funnel": lambda d: figures.Funnel.of(d.writer).figure(d.view.indicator),
    "rank": lambda d: figures.Ranks.of(d.writer).figure(*d.measured),
    "false_dates": lambda d: figures.Ranks.of(d.writer).false_dates(*d.measured),
    "choices": lambda d: figures.SpecificationCurve.of(d.writer).figure(*d.measured),
}
TABLES: dict[str, Draw] = {
    "estimates": lambda d: tables.SurveyTables.of(d.writer).levels(d.view.indicator),
    "groups": lambda d: tables.SurveyTables.of(d.writer).groups(d.view.indicator, d.view.group_by),
    "effects": lambda d: tables.ChangeTables.of(d.writer).effects(*d.measured),
    "register": lambda d: tables.ChangeTables.of(d.writer).register(d.view.indicator),
}
HEEDED = {
    "event": ("paths", "distribution", "map", "funnel", "rank", "false_dates", "choices", "effects", "register"),
    "wave": ("paths", "distribution", "groups", "map", "estimates"),
    "group_by": ("groups",),
}
"""What a choice says something to; of the others it is refused, for it would change nothing."""
OF_REGISTERS = ("paths", "rank", "false_dates", "choices", "effects", "register")


def draw(kind: dict[str, Draw], name: str, released: Released, writer: Writer, view: View) -> Block:
    """Draw one of `FIGURES` or `TABLES`; a sentence instead where there is nothing to draw.

    Raises
    ------
    KeyError
        If there is none of that name, or no such indicator, municipality, event, wave or grouping, or the choice of
        event, wave or grouping changes nothing in it.
    """
    _known("name", name, tuple(kind))
    _check(view, released, writer)
    if kind is TABLES and name == "groups" and not view.group_by:
        raise KeyError(f"group_by: {name!r} needs one of {', '.join(writer.codebook.groups)}")
    for what, those in HEEDED.items():
        if getattr(view, what) and name not in those:
            raise KeyError(f"{what}: it changes nothing in {name!r}; it does in {', '.join(those)}")
    return kind[name](_drawn(name, released, writer, view))


def waves_of(estimates: pd.DataFrame) -> tuple[str, ...]:
    """Single waves of the survey, in order."""
    waves = estimates.loc[estimates["measure"].ne("register"), "wave"].astype(str).unique()
    return tuple(sorted(wave for wave in waves if not spans_waves(wave)))


def _check(view: View, released: Released, writer: Writer) -> None:
    questions = tuple(item.name for item in writer.codebook.items)
    _known("indicator", view.indicator, (*writer.reported, *questions, *series_of(writer.params)))
    given = {
        "municipality": tuple(released.estimates["municipality_code"].unique()),
        "event": tuple(event.event for event in writer.params.events),
        "wave": waves_of(released.estimates),
        "group_by": tuple(writer.codebook.groups),
    }
    for what, known in given.items():
        if getattr(view, what):
            _known(what, getattr(view, what), known)


def _known(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise KeyError(f"{what}: {given!r} is none of {', '.join(dict.fromkeys(known))}")


def _drawn(name: str, released: Released, writer: Writer, view: View) -> Drawn:
    seen = replace(writer, params=_params(writer.params, view, name)).holding(released.estimates)
    view = replace(view, indicator=_reported(view.indicator, writer.codebook))
    asked, front = _with_items(view.indicator, writer.codebook), {*focus(seen.params), COUNTRY, OTHERS}
    estimates, changes, diagnostics = (
        _shown(table, asked, front) for table in (released.estimates, released.changes, released.diagnostics)
    )
    if view.event:
        changes = changes[changes["event"].eq(view.event)]
    estimates, changes = (about_event(table, seen.params) for table in (estimates, changes))
    if view.wave:
        estimates = estimates[estimates["wave"].le(view.wave) & ~of_windows(estimates)]
    if view.group_by:
        estimates = estimates[estimates["group_by"].isin(("", view.group_by))]
    held = {"estimates": estimates, "changes": changes, "diagnostics": diagnostics}
    return Drawn(view, Writer.of(seen, **{name: Searched(table) for name, table in held.items()}))


def _shown(table: pd.DataFrame, asked: set[str], front: set[str]) -> pd.DataFrame:
    # What is drawn of a table: by group those in front alone; rows are taken out once, of all columns.
    return table[table["indicator"].isin(asked) & (table["group_by"].eq("") | table["municipality_code"].isin(front))]


def _reported(name: str, codebook: Codebook) -> str:
    # The name that figures stand under: of an indicator's only question the indicator's.
    named = {item.name: reported for each in codebook.indicators for reported, item in each.named_items}
    return (named | {each: each for each in codebook.names}).get(name, name)


def _with_items(indicator: str, codebook: Codebook) -> set[str]:
    found = [each for each in codebook.indicators if each.name == indicator]
    return {indicator, *(name for each in found for name, _ in each.named_items)}


def _params(params: Params, view: View, name: str) -> Params:
    # The params as they would be for this view: an event stands in front only of those it concerns.
    code = view.municipality or params.place
    events = [event for event in params.events if view.event in ("", event.event)]
    if name not in OF_THE_EVENT:
        events = [event for event in events if code in (*event.treated, *event.exposed)]
    return params.model_copy(update={"municipality_code": code, "events": tuple(events)})
