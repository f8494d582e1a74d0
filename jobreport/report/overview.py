"""Every municipality on one set of pages: levels, mix, funnels, changes, and what cannot be compared and why.

Nothing is ordered by value. What is shown comes from the same released rows as the reports.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from jobreport import figures, tables, wording
from jobreport.domain import municipalities
from jobreport.domain.released import COUNTRY, Row
from jobreport.domain.texts import texts_of
from jobreport.figures.dots import LevelLines
from jobreport.page import Block, Bullets, Group, Heading, KeyFigures, Paragraph, Parts, Table
from jobreport.report.study import Study
from jobreport.tables.cells import Columns, TableWriter
from jobreport.wording.surroundings import about_event
from jobreport.wording.survey import CARDS
from jobreport.wording.texts import Texts


@dataclass(frozen=True)
class _Indicator:
    name: str
    country: Row
    level: Mapping[str, Row]
    change: Mapping[str, Row]
    standardised: Mapping[str, Row]


@dataclass(frozen=True, eq=False)
class Overview(TableWriter):
    """The pages on all municipalities. ``facts``: what the report was made of."""

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
        """What the overview is, how the whole of it is going, and where everybody lies."""
        kind = "intro" if self.params.survey is not None else "intro_series"
        told: list[Block] = [Paragraph(self.say(f"overview.{kind}"), kind="lead"), *self._cards()]
        told += [self._map(found) for name in self.reported[:1] if (found := self._read(name)) is not None]
        drawn = () if self.reported else self._series()[:1]
        return Group((*told, *(figures.Ranks.of(self).everybody(name) for name in drawn)))

    def _cards(self) -> Iterator[Block]:
        own = {"municipality_code": COUNTRY, "events": ()}
        everybody = replace(self, params=self.params.model_copy(update=own))
        survey, register = wording.Levels.of(everybody), wording.Register.of(everybody)
        cards = [survey.key_level(name) for name in self.reported if self._read(name) is not None]
        official = [register.key_figures(series.series) for series in self.params.registers]
        cards += [card for band in official if isinstance(band, KeyFigures) for card in band.items[:1]]
        yield from (KeyFigures(tuple(cards[at : at + CARDS])) for at in range(0, len(cards), CARDS))

    def levels(self, name: str) -> Block:
        """One indicator on a page: how it was asked, and the level of every municipality on one axis."""
        heading = Heading(1, (self.indicator(name),), f"{name}-heading")
        found = self._read(name)
        if found is None:
            return Group((heading, self.missing(name)))
        return Group((heading, Paragraph(self.as_asked(name), kind="question"), self._everybody(found)))

    def each_indicator(self) -> Block:
        """Every indicator of the codebook, in its order."""
        return Group(tuple(self.levels(name) for name in self.reported))

    def checks(self, name: str) -> Block:
        """What chance can do between municipalities in one indicator, the map, and all its figures in one table."""
        found = self._read(name)
        if found is None:
            return Group(())
        heading = Heading(1, (self.indicator(name),), f"{name}-checks-heading")
        places = () if name in self.reported[:1] else (self._map(found),)  # (that of the first stands on the front)
        return Group((heading, self._table(found), *places, figures.Funnel.of(self).figure(name)))

    def each_check(self) -> Block:
        """The same of every indicator of the codebook."""
        return Group(tuple(self.checks(name) for name in self.reported))

    def each_series(self) -> Block:
        """Every official series of no event on a page: every municipality before and after on one axis."""
        return Group(
            tuple(
                Group((Heading(1, (self.indicator(name),), f"{name}-heading"), self._series_figure(name)))
                for name in self._series()
            )
        )

    def each_series_check(self) -> Block:
        """The figures of the same series in one table, and their changes among each other."""
        told: list[Block] = []
        for place, name in enumerate(self._series()):
            told += [Heading(1, (self.indicator(name),), f"{name}-checks-heading"), self._series_table(name)]
            if place or self.reported:  # (else it stands on the front)
                told.append(figures.Ranks.of(self).everybody(name))
        return Group(tuple(told))

    def _series(self) -> tuple[str, ...]:
        return tuple(each.series for each in self.params.registers if self.params.event_of(each) is None)

    def _series_figure(self, series: str) -> Block:
        levels, first = self._before_after(series)
        country = levels["after"].pop(COUNTRY, None)
        if first is None or country is None:
            return self.nothing(series)
        told = [
            self.say("overview.place_both", before=levels["before"][code], after=levels["after"][code])
            for _, code in _by_region(levels["after"])
            if code in levels["before"]
        ]
        return LevelLines.of(self).figure(
            f"levels-{series}",
            _in_regions(levels["after"]),
            country,
            before=levels["before"],
            alt=self.say("overview.levels_alt", list=self.listing(told), country=country),
            caption=self.say("overview.series_caption", row=first),
        )

    def _before_after(self, series: str) -> tuple[dict[str, dict[str, Row]], Row | None]:
        which = {"method": "change", "indicator": series, "measure": "register", "adjustment": "", "scale": "points"}
        first = next(iter(self.rows("changes", **which)), None)
        if first is None:
            return {"before": {}, "after": {}}, None
        told = {"indicator": series, "measure": "register"}
        levels = {side: self.rows("estimates", wave=first.text(f"wave_{side}"), **told) for side in ("before", "after")}
        return {side: {row.text("municipality_code"): row for row in rows} for side, rows in levels.items()}, first

    def _series_table(self, series: str) -> Block:
        which = {"method": "change", "indicator": series, "measure": "register", "adjustment": ""}
        changes = {
            scale: {row.text("municipality_code"): row for row in self.rows("changes", scale=scale, **which)}
            for scale in ("points", "log")
        }
        found = changes["points"]
        levels, first = self._before_after(series)
        if first is None:
            return self.nothing(series)
        columns: Columns[tuple[str, str]] = {
            "municipality": lambda line: self.municipality(line[1]),
            "region": lambda line: line[0],
            "before": lambda line: self.value_cell(levels["before"].get(line[1])),
            "after": lambda line: self.value_cell(levels["after"].get(line[1])),
            "change_points": lambda line: self.change_cell(found.get(line[1])),
            "change_per_cent": lambda line: self.change_cell(changes["log"].get(line[1])),
        }
        note = self.say("overview.note_series")
        return self.table(
            f"overview-{series}",
            _by_region(found),
            columns,
            self.source(series),
            note,
            text="changes",
            simulated=first.simulated,
            row=first,
        )

    def own_changes(self) -> Block:
        """What the event was, and own changes of all municipalities, one picture for each indicator and series."""
        if not self.params.events:
            return self.missing("event")
        told: list[Block] = []
        for event in self.params.events:
            happened = self._names(event.treated)
            told.append(
                Paragraph(self.say("overview.event", event=self.event(event.event), list=happened), kind="body")
            )
            if event.exposed:
                told.append(Paragraph(self.say("overview.exposed", list=self._names(event.exposed)), "body"))
        ranks = figures.Ranks.of(self)
        asked = [ranks.figure(**self.told_by(name)) for name in self.reported]
        of_events = [each for each in self.params.registers if self.params.event_of(each) is not None]
        return Group((*told, *asked, *(ranks.figure(series.series) for series in of_events)))

    def not_compared(self) -> Block:
        """Who and what is left out of which comparison, and why."""
        told = [self.say("overview.no_figure", name=self.indicator(s), list=self._names(c)) for s, c in self._gaps()]
        absent = self._absent()
        if absent:
            told.append(self.say("overview.absent", list=self._names(absent)))
        for name in self.reported:
            reasons = self._left_out(found) if (found := self._read(name)) is not None else ()
            told += [(f"{self.indicator(name)}: ", *reason) for reason in reasons]
        for one in self.codebook.indicators:
            if not one.comparable:
                named = self.indicator(one.name)
                told.append(self.say("overview.not_comparable", name=named, reason=one.reason))
        return Bullets(tuple(told)) if told else Paragraph(self.say("overview.all_compared"))

    def method(self) -> Block:
        """How the numbers are made, and what they are made of."""
        sheet = tables.DataSheet.of(self)
        blocks: list[Block] = [wording.Basis.of(self).method(), sheet.thresholds()]
        blocks += [sheet.questions()] if self.params.survey is not None else []
        return Group((*blocks, sheet.inputs(self.facts["inputs"]), sheet.versions(self.facts)))

    def _names(self, codes: Iterable[str]) -> Parts:
        names = sorted(self.municipality(code) for code in codes)
        return self.listing([(name,) for name in names])

    def _absent(self) -> list[str]:
        if self.params.survey is None:
            return []
        present = set(self.estimates["municipality_code"])
        return [one.code for one in municipalities.all_municipalities() if one.code not in present]

    def _gaps(self) -> Iterator[tuple[str, list[str]]]:
        for name in self._series():
            sides = self._before_after(name)[0].values()
            everyone = (one.code for one in municipalities.all_municipalities())
            missing = [c for c in everyone if not all(c in side and side[c].has("estimate") for side in sides)]
            if missing:
                yield name, missing

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

    def _map(self, found: _Indicator) -> Block:
        return figures.TileMap.of(self).figure(found.name, found.country.text("wave"))

    def _everybody(self, found: _Indicator) -> Block:
        levels = [found.level[code] for _, code in _by_region(found.level)]
        told = self.listing([self.say(f"overview.{_place(row)}", row=row) for row in levels])
        return LevelLines.of(self).figure(
            f"levels-{found.name}",
            _in_regions(found.level),
            found.country,
            alt=self.say("overview.levels_alt", list=told, country=found.country),
            caption=self.say("overview.levels_caption", row=found.country),
        )

    def _table(self, found: _Indicator) -> Table:
        columns: Columns[tuple[str, str]] = {
            "municipality": lambda line: self.municipality(line[1]),
            "region": lambda line: line[0],
            "levels": lambda line: self.level_cell(found.level[line[1]]),
            "n": lambda line: self.base_cell(found.level[line[1]]),
            "standardised": lambda line: self._with_interval(found.standardised.get(line[1]), "value"),
            "own_change": lambda line: self._with_interval(found.change.get(line[1]), "change"),
        }
        return self.table(
            f"overview-{found.name}",
            _by_region(found.level),
            columns,
            self.source_of_all(found.name),
            self.say("overview.note_standardised"),
            shown=found.level.values(),
            row=found.country,
        )

    def _with_interval(self, row: Row | None, column: str) -> Parts:
        if row is not None and row.suppressed:
            return self.say("common.suppressed_short")
        if row is None or not row.has(column, "ci_low", "ci_high"):
            return self.say("common.no_number")
        return self.say("tables.with_interval", value=self.number(row, column, sign=column == "change"), row=row)

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


def _place(row: Row) -> str:
    if not row.has("estimate"):
        return "place_hidden"
    return "place" if row.has("ci_low", "ci_high") else "place_alone"


def _by_region(codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    known = {*codes}
    everyone = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    yield from ((one.region.removeprefix("Region "), one.code) for one in everyone if one.code in known)


def _in_regions(found: Mapping[str, Row]) -> dict[str, list[Row]]:
    regions: dict[str, list[Row]] = {}
    for region, code in _by_region(found):
        regions.setdefault(region, []).append(found[code])
    return regions
