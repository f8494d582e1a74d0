"""What else was there: the pandemic in the window, what else changed, and how those compared with were chosen.

These statements follow from the design, not from the figures.
"""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from jobreport.domain import periods
from jobreport.domain.released import of_windows, window_of
from jobreport.page import Bullets, Group, Inline, Paragraph, Parts
from jobreport.setup.params_model import Event, Params
from jobreport.wording import numbers
from jobreport.wording.writer import Writer

PANDEMIC = (date(2020, 3, 13), date(2021, 12, 31))
"""From the day employment measures were suspended to the end of the years it is reckoned in."""
Span = tuple[date, date]


class Surroundings(Writer):
    """What stood around an event."""

    def answer(self, series: str | None = None) -> Group:
        """Return what stood around an event: the pandemic, what else changed, how the comparison was chosen.

        ``series``: the register series whose windows are meant; None is the survey's waves at the first event. Returns
        nothing where there is no event.
        """
        if not self.params.events:
            return Group(())
        name = self.series(series)[1].event if series is not None else None
        place, event = next((i, e) for i, e in enumerate(self.params.events) if name in (None, e.event))
        spans = self.register_spans(series) if series is not None else self.survey_spans(event)
        told: list[Parts] = [self.say("surroundings.pandemic")] if in_pandemic(spans) else []
        told += self._foreseen(place, event, series)
        told += [self._other_changes(place, event), *self._comparison(place, event)]
        return Group((Paragraph(self.say("surroundings.start"), kind="question"), Bullets(tuple(told))))

    def register_spans(self, series: str) -> list[Span]:
        """Return first and last day of every period that a series compares."""
        _, chosen = self.series(series)
        return [days for period in (*chosen.before, *chosen.after) if (days := periods.span(period)) is not None]

    def survey_spans(self, event: Event) -> list[Span]:
        """Return first and last day of every wave that is compared; waves without dates are left out."""
        survey = self.params.survey
        if survey is None:
            return []
        before, after = survey.windows(event)
        return [(w.from_, w.to) for w in survey.waves if w.wave in (*before, *after) and w.from_ and w.to]

    def _foreseen(self, place: int, event: Event, series: str | None) -> list[Parts]:
        where: dict[str, str] = {}
        if series is not None:
            number, chosen = self.series(series)
            spans = {period: periods.span(period) for period in chosen.before}
            between = [period for period, days in spans.items() if days and event.foreseen(*days)]
            where, used = {one: f"registers.{number}.before.{at}" for at, one in enumerate(spans)}, chosen.before
        elif self.params.survey is not None:
            survey = self.params.survey
            between, (used, _) = list(survey.foreseen(event)), survey.windows(event)
            where = {wave.wave: f"survey.waves.{at}.wave" for at, wave in enumerate(survey.waves)}
        if not where or not between or event.announced is None:
            return []
        names: list[Parts] = [(numbers.params_text(name, where[name]),) for name in between]
        known = self.params_date(event.announced, f"events.{place}.announced")
        key = "foreseen" if set(between) & set(used) else "foreseen_out"
        return [self.say(f"surroundings.{key}", date=known, list=self.listing(names))]

    def _other_changes(self, place: int, event: Event) -> Parts:
        if event.other_changes is None:
            return self.say("surroundings.other_changes", text=self.word("common.not_stated"))
        return self.say("surroundings.other_changes", text=self._from_params(place, "other_changes", event))

    def _comparison(self, place: int, event: Event) -> list[Parts]:
        if event.comparison == "all":
            return []
        names: list[Parts] = [(self.municipality(code),) for code in event.comparison]
        told = [self.say("surroundings.comparison", names=self.listing(names))]
        rule: Inline = self.word("common.not_stated")
        if event.comparison_rule is not None:
            rule = self._from_params(place, "comparison_rule", event)
        return [*told, self.say("surroundings.rule", text=rule)]

    def _from_params(self, place: int, key: str, event: Event) -> Inline:
        text = self.texts.of(getattr(event, key)).rstrip(".")
        return numbers.params_text(text, f"events.{place}.{key}.{self.language}")

    def other_events(self) -> tuple[Paragraph, ...]:
        """Return where the comparisons of other events stand; nothing where there is one event."""
        chosen = self.params.event(None)
        others: list[Parts] = [(self.event(event.event),) for event in self.params.events if event != chosen]
        if not others:
            return ()
        told = self.say("elsewhere.other_events", event=self.event(), list=self.listing(others))
        return (Paragraph(told, kind="note"),)

    def elsewhere(self) -> tuple[Paragraph, ...]:
        """Return a note for every event that happened neither to the report's municipality nor also changed it.

        Without it a reader of one report among many could take the municipality's change for the work of the event.
        """
        return tuple(
            Paragraph(
                self.say("elsewhere.note", event=self.event(event.event), municipality=self.municipality(self.code)),
                kind="note",
            )
            for event in self.params.events
            if self.code not in (*event.treated, *event.exposed)
        )


def since_previous(changes: pd.DataFrame) -> pd.Series:
    """Tell which changes from round to round are those since the previous round, and not since an earlier one.

    Examples
    --------
    >>> made = pd.DataFrame({"event": ["", "", "e"], "indicator": "q", "municipality_code": "183"})
    >>> since_previous(made.assign(wave_before=["2022", "2024", "2022"])).tolist()
    [False, True, False]
    """
    rounds = changes["event"].eq("")
    before = changes["wave_before"].where(rounds, "").astype(str)
    latest = before.groupby([changes["municipality_code"], changes["indicator"]], observed=True).transform("max")
    return rounds & before.eq(latest)


def in_pandemic(spans: Iterable[Span]) -> bool:
    """Whether any of the periods compared touches the pandemic.

    Examples
    --------
    >>> in_pandemic([(date(2019, 1, 1), date(2019, 12, 31))]), in_pandemic([(date(2021, 1, 1), date(2021, 12, 31))])
    (False, True)
    """
    return any(first <= PANDEMIC[1] and last >= PANDEMIC[0] for first, last in spans)


def about_event(table: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Leave out the comparisons and the windows of a survey's other events; official series have events of their own.

    Without an event that has rounds on both sides the changes are those since the previous round. ``params``: say which
    event the report is about.
    """
    if params.survey is None:
        return table
    official = table["measure"].eq("register")
    if "event" in table:
        of_event = table["event"].eq(params.event(None).event if params.events else "") & ~official
        return table[official | (of_event if params.events and of_event.any() else since_previous(table))]
    if len(params.events) < 2:
        return table
    event = params.event(None)
    own = [window_of(sorted(window)) for window in params.survey.windows(event)]
    return table[official | ~of_windows(table) | table["wave"].isin(own)]
