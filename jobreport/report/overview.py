"""Every municipality on one set of pages: levels, mix, funnels, changes, and what cannot be compared and why.

Nothing is ordered by value. What is shown comes from the same released rows as the reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from jobreport import figures, tables, wording
from jobreport.domain import municipalities
from jobreport.domain.released import COUNTRY, Row
from jobreport.domain.texts import texts_of
from jobreport.figures.dots import LevelLines
from jobreport.page import Block, Bullets, Column, Group, Heading, Paragraph, Parts, Table
from jobreport.report.study import Study
from jobreport.tables.cells import TableWriter
from jobreport.wording import numbers
from jobreport.wording.surroundings import about_event
from jobreport.wording.texts import Texts


@dataclass(frozen=True)
class _Indicator:
    """The rows of one indicator in its latest wave, by municipality."""

    name: str
    country: Row
    level: Mapping[str, Row]
    change: Mapping[str, Row]
    standardised: Mapping[str, Row]


@dataclass(frozen=True, eq=False)
class Overview(TableWriter):
    """The pages on all municipalities.

    Parameters
    ----------
    facts
        What the report was made of.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_study(cls, study: Study) -> Self:
        """Return the overview of a study: with its own texts under ``overview.``."""
        own = {f"overview.{key}": text for key, text in texts_of("overview", study.params.language).items()}
        known, released = study.writer, study.results.released
        return cls(
            Texts(known.language, {**known.texts.entries, **own}),
            known.params,
            known.codebook,
            known.held,
            released.estimates,
            about_event(released.changes, known.params),
            released.diagnostics,
            facts=study.results.facts,
        )

    def front(self) -> Block:
        """What the overview is, and what the event was."""
        kind = "intro" if self.params.survey is not None else "intro_series"
        told: list[Block] = [Paragraph(self.say(f"overview.{kind}"), kind="lead")]
        for event in self.params.events:
            happened = self._names(event.treated)
            told.append(
                Paragraph(self.say("overview.event", event=self.event(event.event), list=happened), kind="body")
            )
            if event.exposed:
                told.append(Paragraph(self.say("overview.exposed", list=self._names(event.exposed)), "body"))
        return Group(tuple(told))

    def levels(self, name: str) -> Block:
        """One indicator: levels by region, the funnel, the map, and all figures in one table."""
        heading = Heading(1, (self.indicator(name),), f"{name}-heading")
        found = self._read(name)
        if found is None:
            return Group((heading, self.missing(name)))
        asked = Paragraph(self.as_asked(name), kind="question")
        drawn = [self._region(region, codes, found) for region, codes in _regions(found)]
        fair = (figures.Funnel.of(self).figure(name), figures.TileMap.of(self).figure(name))
        return Group((heading, asked, *drawn, *fair, self._table(found)))

    def each_indicator(self) -> Block:
        """Every indicator of the codebook, in its order."""
        return Group(tuple(self.levels(name) for name in self._indicators()))

    def each_series(self) -> Block:
        """Every official series of no event: the change of all municipalities, and their figures in one table."""
        ranks = figures.Ranks.of(self)
        told: list[Block] = []
        for series in (each for each in self.params.registers if self.params.event_of(each) is None):
            heading = Heading(1, (self.indicator(series.series),), f"{series.series}-heading")
            told += [heading, ranks.everybody(series.series), self._series_table(series.series)]
        return Group(tuple(told))

    def _series_table(self, series: str) -> Block:
        """Level before and after and own change of every municipality, by region and name."""
        which = {"method": "change", "indicator": series, "measure": "register", "adjustment": ""}
        changes = {
            scale: {row.text("municipality_code"): row for row in self.rows("changes", scale=scale, **which)}
            for scale in ("points", "log")
        }
        found = changes["points"]
        if not found:
            return self.nothing(series)
        first = next(iter(found.values()))
        levels = {
            side: {row.text("municipality_code"): row for row in self._levels(series, first.text(f"wave_{side}"))}
            for side in ("before", "after")
        }
        body = tuple(
            (
                (self.municipality(code),),
                (region.removeprefix("Region "),),
                *(self.value_cell(levels[side].get(code), "estimate") for side in ("before", "after")),
                *(self.value_cell(changes[scale].get(code), "change", sign=True) for scale in ("points", "log")),
            )
            for region, code in _by_region(found)
        )
        region = Column(self.say("overview.header_region"), "left")
        named = {"points_unit": self.unit(first, change=True)}
        head, *rest = self.columns("municipality", "before", "after", "change_points", "change_per_cent", **named)
        return Table(
            f"table-overview-{series}",
            (head, region, *rest),
            body,
            self.say(
                "tables.register_changes",
                name=self.indicator(series),
                before=numbers.window(first, "wave_before"),
                after=numbers.window(first, "wave_after"),
                unit=self.axis_unit(first),
            ),
            (self.say("overview.note_series"),),
            self.source(series),
            simulated=first.simulated,
        )

    def _levels(self, series: str, wave: str) -> list[Row]:
        return self.rows("estimates", indicator=series, measure="register", wave=wave)

    def own_changes(self) -> Block:
        """Own changes of all municipalities, one picture for each indicator and series."""
        if not self.params.events:
            return self.missing("event")
        ranks = figures.Ranks.of(self)
        asked = [ranks.figure(**self.told_by(name)) for name in self._indicators()]
        of_events = [each for each in self.params.registers if self.params.event_of(each) is not None]
        return Group((*asked, *(ranks.figure(series.series) for series in of_events)))

    def not_compared(self) -> Block:
        """Who and what is left out of which comparison, and why."""
        told: list[Parts] = []
        absent = self._absent()
        if absent:
            told.append(self.say("overview.absent", list=self._names(absent)))
        for name in self._indicators():
            found = self._read(name)
            reasons = list(self._left_out(found)) if found is not None else []
            told += [(f"{self.indicator(name)}: ", *reason) for reason in reasons]
        for one in self.codebook.indicators if self.codebook else ():
            if not one.comparable:
                named = self.indicator(one.name)
                told.append(self.say("overview.not_comparable", name=named, reason=one.reason))
        return Bullets(tuple(told)) if told else self.nothing("")

    def method(self) -> Block:
        """How the numbers are made, and what they are made of."""
        sheet = tables.DataSheet.of(self)
        blocks: list[Block] = [wording.Basis.of(self).method(), sheet.thresholds()]
        blocks += [sheet.questions()] if self.params.survey is not None else []
        return Group((*blocks, sheet.inputs(self.facts["inputs"]), sheet.versions(self.facts)))

    def _indicators(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.codebook.indicators) if self.codebook else ()

    def _names(self, codes: Iterable[str]) -> Parts:
        names = sorted(self.municipality(code) for code in codes)
        return self.listing([(name,) for name in names])

    def _absent(self) -> list[str]:
        if self.params.survey is None:
            return []
        present = set(self.estimates["municipality_code"])
        return [one.code for one in municipalities.all_municipalities() if one.code not in present]

    def _read(self, name: str) -> _Indicator | None:
        which = self.told_by(name) | {"group_by": ""}
        found = [row for row in self.rows("estimates", **which) if row.asked]
        found = [row for row in found if not row.spans_waves]
        latest = max((row.text("wave") for row in found), default="")
        level = {row.text("municipality_code"): row for row in found if row.text("wave") == latest}
        country = level.pop(COUNTRY, None)
        if country is None or not country.has("estimate"):
            return None
        own = {"method": "change", "adjustment": "", "scale": "points", **which}
        compared = [row for row in self.rows("changes", **own) if row.asked]
        compared = compared if self.comparable(name) else []
        changed = {row.text("municipality_code"): row for row in compared}
        mixed = wording.Funnels.of(self).funnel_rows(name).get("standardised", [])
        known = {code: row for code, row in level.items() if code.isdigit()}
        return _Indicator(name, country, known, changed, {row.text("municipality_code"): row for row in mixed})

    def _region(self, region: str, codes: list[str], found: _Indicator) -> Block:
        told = self.listing([self._told(found.level[code]) for code in codes])
        place = municipalities.all_municipalities()
        number = sorted({one.region for one in place}).index(region)
        return LevelLines.of(self).figure(
            f"levels-{found.name}-{number}",
            [found.level[code] for code in codes],
            found.country,
            found.name,
            alt=self.say("overview.levels_alt", list=told, country=self.with_unit(found.country)),
            caption=self.say(
                "overview.levels_caption",
                name=self.indicator(found.name),
                region=region,
                wave=numbers.window(found.country, "wave"),
                level=self.rule("interval_level"),
            ),
        )

    def _told(self, row: Row) -> Parts:
        name = self.municipality(row.text("municipality_code"))
        if not row.has("estimate"):
            return self.say("overview.place_hidden", municipality=name)
        value = self.with_unit(row)
        if not row.has("ci_low", "ci_high"):
            return self.say("overview.place_alone", municipality=name, value=value)
        low, high = (self.number(row, end) for end in ("ci_low", "ci_high"))
        return self.say("overview.place", municipality=name, value=value, low=low, high=high)

    def _table(self, found: _Indicator) -> Table:
        headers = ("header_region", "header_level", "n", "header_standardised", "header_change")
        named = {"n": self.say("headers.n")}
        shown = [
            Column(named.get(key) or self.say(f"overview.{key}"), "left" if key == "header_region" else "right")
            for key in headers
        ]
        codes = [code for _, group in _regions(found) for code in group]
        region = {one.code: one.region for one in municipalities.all_municipalities()}
        body = tuple(
            (
                (self.municipality(code),),
                (region[code].removeprefix("Region "),),
                self.level_cell(found.level[code]),
                self.base_cell(found.level[code], "n"),
                self._with_interval(found.standardised.get(code), "value"),
                self._with_interval(found.change.get(code), "change"),
            )
            for code in codes
        )
        caption = self.say(
            "overview.table_levels", name=self.indicator(found.name), wave=numbers.window(found.country, "wave")
        )
        more = tuple(self.say(f"overview.note_{name}") for name in ("change", "standardised"))
        return Table(
            f"table-overview-{found.name}",
            (*self.columns("municipality"), *shown),
            body,
            caption,
            self.notes(found.level.values(), *more),
            self.source_of_all(found.name),
            simulated=found.country.simulated,
        )

    def _with_interval(self, row: Row | None, column: str) -> Parts:
        """A number with its interval; the shorthand where there is none."""
        if row is not None and row.suppressed:
            return self.say("common.suppressed_short")
        if row is None or not row.has(column, "ci_low", "ci_high"):
            return self.say("common.no_number")
        sign = column == "change"
        value, low, high = (self.number(row, name, sign=sign) for name in (column, "ci_low", "ci_high"))
        return self.say("tables.with_interval", value=value, low=low, high=high)

    def _left_out(self, found: _Indicator) -> Iterator[Parts]:
        by_reason = {
            "hidden": [code for code, row in found.level.items() if row.suppressed],
            "uncertain": [code for code, row in found.level.items() if row.uncertain],
            "mix_unknown": [code for code, row in found.standardised.items() if "empty_group" in row.reasons],
            "no_change": [c for c, row in found.change.items() if not row.suppressed and not row.has("change")],
        }
        for reason, codes in by_reason.items():
            if codes:
                yield self.say(f"overview.{reason}", list=self._names(codes))


def _by_region(codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Region and code of those among the municipalities, by region and name."""
    known = {*codes}
    everyone = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    yield from ((one.region, one.code) for one in everyone if one.code in known)


def _regions(found: _Indicator) -> Iterator[tuple[str, list[str]]]:
    """Regions with their municipalities that have answers, both by name."""
    everyone = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    for region in dict.fromkeys(one.region for one in everyone):
        codes = [one.code for one in everyone if one.region == region and one.code in found.level]
        if codes:
            yield region, codes
