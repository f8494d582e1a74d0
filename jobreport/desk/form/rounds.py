"""Step 3: rounds, places, units, groups and what happened."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import ipywidgets

from jobreport.desk.form import days, pieces
from jobreport.desk.form.choices import EventChoice, WaveChoice, person_column
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.steps import Form, Part, Step
from jobreport.domain import municipalities
from jobreport.prepare.init import vocabulary
from jobreport.prepare.init.rounds import Round
from jobreport.prepare.init.units import Found, coded, found

COLUMN, DAYS, ONE = "column:", "days:", "one"  # where the round of an answer is known from


class Rounds(Step):
    """The step: which round, place and group an answer is from, and what happened between the rounds."""

    further = "right_onward"

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        session = self.session
        self.own, self.codes = ipywidgets.VBox(), session.municipality_codes()
        self.heard: Callable[[], None] = lambda: None  # is told when other columns are something else
        self.groups = {} if session.has_codebook else dict(session.proposals[0].groups)
        self.person = None if session.has_codebook else person_column(session.proposals[0])
        self.units = Units(form, lambda: self.municipality)
        self._say()

    def body(self) -> list[Any]:
        """Where the round is known from, its days, the municipality, the groups and the event."""
        texts = self.texts
        made: list[Any] = [pieces.heading(texts["waves_head"], 3)]
        if self._sources:
            menu = self.menu("wave_from", texts["wave_from"], self._sources, self._source)
            menu.observe(lambda change: self._say(drawn=True), names="value")
            made.append(menu)
        self._draw()
        made += [pieces.note(texts["waves_help"]), self.own, pieces.heading(texts["places_head"], 3)]
        made += [*self._places(), *self.units.body(self._say)]
        if self.groups or self.person:
            made += [pieces.heading(texts["groups_head"], 3), *self._grouped()]
        return [
            *made,
            pieces.heading(texts["event_head"], 3),
            *self.where_ticked("has_event", texts["has_event"], self._event),
        ]

    @property
    def _sources(self) -> list[tuple[str, str]]:
        session, texts = self.session, self.texts
        if session.has_codebook or len(session.proposals) > 1 or session.proposals[0].is_table:
            return []
        told = [(pieces.column(texts, name, shown), COLUMN + name) for name, shown in session.columns_for("wave")]
        dated = [(texts["by_days"].format(column=name), DAYS + name) for name, _ in session.columns_for("answered_on")]
        return [*told, *dated, (texts["all_one"], ONE)]

    @property
    def _source(self) -> str:
        keys, session = self.session.proposals[0].keys, self.session
        if "wave" in keys:
            return COLUMN + keys["wave"].name
        return DAYS + keys["answered_on"].name if "answered_on" in keys and not session.one_round else ONE

    def _say(self, *, drawn: bool = False) -> None:
        source, place, unit = (self.said(name) for name in ("wave_from", "place_from", "unit_from"))
        if self.session.has_codebook or (source, place, unit) == (None, None, None):
            return
        told = {"municipality_code": place, "unit": unit}
        if source is not None:
            told["wave"] = source.removeprefix(COLUMN) if source.startswith(COLUMN) else ""
            told["answered_on"] = source.removeprefix(DAYS) if source.startswith(DAYS) else None
        keys = {key: column for key, column in told.items() if column is not None}
        self.session.say(keys, one_round=source == ONE)
        self.codes = self.session.municipality_codes()
        self.groups = dict(self.session.proposals[0].groups)
        self.heard()
        if drawn:
            self._draw()

    def _draw(self) -> None:
        self.own.children = [self._asked_of(found) for found in self.session.rounds()]

    def _asked_of(self, found: Round) -> Any:
        texts, name, language = self.texts, found.name, self.session.language
        made = []
        if not self.session.rounds_are_named:
            made.append(self.text(f"wave.{name}.name", texts["wave_name"], name, texts["wave_example"]))
        for key, proposed in (("first", found.first), ("last", found.last)):
            day = days.write(proposed, language)
            made.append(self.text(f"wave.{name}.{key}", texts[f"{key}_day"], day, texts["day_example"]))
        made.append(self.text(f"wave.{name}.invited", texts["invited"], "", texts["invited_example"]))
        rows = texts["answers"].format(count=found.rows) if found.rows else ""
        return ipywidgets.VBox([pieces.heading(f"{name or texts['unnamed']}{rows}", 4), *made])

    def _places(self) -> list[Any]:
        texts = self.texts
        names = sorted((name, code) for code, name in municipalities.names().items())
        made = []
        columns = [] if self.session.has_codebook else self.session.columns_for("municipality_code")
        if columns and not self.session.proposals[0].is_table:
            found = self.session.proposals[0].keys.get("municipality_code")
            ways = [(pieces.column(texts, name, shown), name) for name, shown in columns]
            ways.append((texts["all_here"], ""))
            made.append(menu := self.menu("place_from", texts["place_from"], ways, found.name if found else ""))
            menu.observe(lambda change: self._say(), names="value")
        only = self.codes[0] if len(self.codes) == 1 else ""
        menu = self.menu("municipality", texts["municipality"], [(texts["choose"], ""), *names], only)
        menu.observe(lambda change: self.units.draw(), names="value")
        return [*made, menu]

    def _grouped(self) -> list[Any]:
        texts = self.texts
        language = 0 if self.session.language == "da" else 1
        made = []
        if self.groups:
            options = [(vocabulary.GROUP_LABELS[name][language], name) for name in self.groups]
            made.append(self.add("groups", pieces.Ticks(texts["groups"], options, self.groups)))
        for name, column in self.groups.items():
            if column.kind == "number":
                made.append(pieces.note(texts["codes_mean"].format(group=vocabulary.GROUP_LABELS[name][language])))
                made += [self.text(f"code.{name}.{c}", c, "", texts["code_example"]) for c in column.answers]
        if self.person:
            made.append(self.tick("same_person", texts["same_person"].format(column=self.person.name)))
        return made

    def _event(self) -> list[Any]:
        texts, example = self.texts, self.texts["day_example"]
        names = sorted((name, code) for code, name in municipalities.names().items())
        present = [(name, code) for name, code in names if not self.codes or code in self.codes]
        waves = [self.name_of(each.name) for each in self.session.rounds()]
        after = [(texts["by_dates"], ""), *((wave, wave) for wave in waves[1:])]
        known = [
            (f"{name}, {texts['measures'][one[1]]}", " ".join(one))
            for name, of in self.session.outcomes().items()
            for one in of
        ]
        return [
            self.text("event.label", texts["event_label"]),
            self.text("event.date", texts["event_date"], "", example),
            pieces.note(texts["several"]),
            *(self.add(f"event.{key}", pieces.several(texts[key], present)) for key in ("treated", "exposed")),
            self.menu("event.first_after", texts["first_after"], after),
            self.text("event.announced", texts["announced"], "", example),
            self.menu("event.outcome", texts["outcome"], [(texts["no_outcome"], ""), *known]),
        ]

    def event(self) -> EventChoice | None:
        """The event, if there is one."""
        said = self.said
        if not said("has_event"):
            return None
        indicator, _, measure = said("event.outcome", "").partition(" ")
        return EventChoice(
            said("event.label", "").strip(),
            self.day("event.date"),
            tuple(said("event.treated", ())),
            tuple(said("event.exposed", ())),
            said("event.first_after", ""),
            self.day("event.announced"),
            (indicator, measure) if indicator else None,
        )

    def name_of(self, wave: str) -> str:
        """What a person calls a round that was found under another name."""
        given: str = self.said(f"wave.{wave}.name", wave)
        return wave if self.session.rounds_are_named else given.strip()

    def chosen(self) -> tuple[WaveChoice, ...]:
        """The rounds by the names that a person gave them."""
        return tuple(
            WaveChoice(
                self.name_of(each.name),
                self.day(f"wave.{each.name}.first", each.first),
                self.day(f"wave.{each.name}.last", each.last),
                _count(self.said(f"wave.{each.name}.invited", "")),
            )
            for each in self.session.rounds()
        )

    @property
    def municipality(self) -> str:
        """The municipality that the report is about."""
        code: str = self.said("municipality", self.codes[0] if len(self.codes) == 1 else "")
        return code

    def groups_chosen(self) -> tuple[str, ...]:
        """The groupings that results are shown for."""
        return tuple(self.said("groups", tuple(self.groups)))

    def group_labels(self) -> dict[str, dict[str, str]]:
        """What the numbers of groupings mean."""
        numbered = {name: column for name, column in self.groups.items() if column.kind == "number"}
        said = {name: {c: self.said(f"code.{name}.{c}", "") for c in numbered[name].answers} for name in numbered}
        return {name: {code: text.strip() for code, text in of.items() if text.strip()} for name, of in said.items()}

    def folded(self) -> str:
        """The rounds and the municipality."""
        waves = ", ".join(wave.wave for wave in self.chosen())
        place = self.units.chosen().get(self.units.of_report) or municipalities.names().get(self.municipality, "")
        return escape(f"{place}: {waves}")

    def lacks(self) -> list[Refusal]:
        """The municipality, the names of rounds, days that are none, and numbers that nobody explained."""
        rounds = [each.name for each in self.session.rounds()]
        found = [self.lacking("wave", f"wave.{name}.name") for name in rounds if not self.name_of(name)]
        found += self.no_day(*(f"wave.{name}.{key}" for name in rounds for key in ("first", "last")))
        for name in (f"wave.{name}.invited" for name in rounds):
            if _count(self.said(name, "")) is None and self.said(name, "").strip():
                found.append(self.lacking("count", name, value=self.said(name)))
        found += [] if self.municipality else [self.lacking("municipality", "municipality")]
        found += self.units.lacks()
        for group in self.groups_chosen():
            codes = self.groups[group].answers if self.groups[group].kind == "number" else ()
            labels = self.group_labels().get(group, {})
            found += [self.lacking("code", f"code.{group}.{c}", code=c) for c in codes if c not in labels]
        for doubt in self.session.doubts():
            if doubt.group in self.groups_chosen():
                facts = {"group": self.groups[doubt.group].name, "wave": doubt.wave}
                found.append(self.lacking("group_differs", "groups", **facts))
        return [*found, *self._event_lacks()]

    def _event_lacks(self) -> Iterator[Refusal]:
        event = self.event()
        if event is None:
            return
        yield from self.no_day("event.date", "event.announced")
        for key in ("label", "date", "treated"):
            if not getattr(event, key) and not self.said(f"event.{key}"):
                yield self.lacking(f"event_{key}", f"event.{key}")


def _count(text: str) -> int | None:
    digits = text.strip().replace(".", "").replace(" ", "")
    return int(digits) if digits.isdecimal() and len(digits) < 9 else None


class Units(Part):
    """The part of step 3 that asks for units; ``municipality`` tells whose they are."""

    def __init__(self, form: Form, municipality: Callable[[], str]) -> None:
        super().__init__(form)
        self.municipality, self.named = municipality, ipywidgets.VBox()

    def body(self, heard: Callable[[], None]) -> list[Any]:
        """The column, and what its units are called; ``heard`` is told of another column."""
        texts, first = self.texts, self.session.proposals[0]
        likely, columns = first.keys.get("unit"), [] if self.session.has_codebook else self._columns()
        if not columns or first.is_table:
            return []
        ways = [(pieces.column(texts, *column), column[0]) for column in columns]
        menu = self.menu("unit_from", texts["unit_from"], [(texts["no_units"], ""), *ways], "")
        menu.observe(lambda change: heard(), names="value")
        menu.observe(lambda change: self.draw(), names="value")
        self.draw()
        told = [pieces.note(texts["units_likely"].format(column=likely.name))] if likely is not None else []
        return [pieces.heading(texts["units_head"], 3), pieces.note(texts["units_help"]), *told, menu, self.named]

    def _columns(self) -> list[tuple[str, str]]:
        keys = self.session.proposals[0].keys
        taken = {column.name for key, column in keys.items() if key != "unit"}
        free = [column for column in self.session.columns_for("unit") if column[0] not in taken]
        return sorted(free, key=lambda column: "unit" not in keys or column[0] != keys["unit"].name)

    def draw(self) -> None:
        """Ask for the names of those that the chosen column has."""
        if not self.said("unit_from"):
            self.named.children = ()
            return
        names = [self.text(f"unit.{each.cell}", each.cell, each.label) for each in self._found()]
        menu = self.menu("unit_of_report", self.texts["unit_of_report"], self._reports(), "")
        for name in names:
            name.observe(lambda change: self._rename(menu), names="value")
        self.named.children = (pieces.note(self.texts["unit_names"]), *names, menu)

    def _reports(self) -> list[tuple[str, str]]:
        named = self.chosen()
        first = {unit: cell for cell, unit in list(coded(named).items())[::-1]}
        units = [(named[cell], cell) for cell in named if cell in first.values()]
        return [(self.texts["whole_municipality"], ""), *units]

    def _rename(self, menu: Any) -> None:
        said, options = menu.value, self._reports()
        menu.options = options
        menu.value = said if said in [cell for _, cell in options] else ""

    def _found(self) -> list[Found]:
        return found(self.session.proposals, self.municipality())

    def chosen(self) -> dict[str, str]:
        """What stands in the column -> what it is called; empty where the report knows no units."""
        if self.session.has_codebook or not self.said("unit_from"):
            return {}
        return {each.cell: self.said(f"unit.{each.cell}", each.label).strip() for each in self._found()}

    @property
    def of_report(self) -> str:
        """What stands in the column for the unit that the report is about; '' for the whole municipality."""
        said: str = self.said("unit_of_report", "")
        return said if said in self.chosen() else ""

    def lacks(self) -> Iterator[Refusal]:
        """A name for each."""
        for cell, name in self.chosen().items():
            if not name:
                yield self.lacking("unit", f"unit.{cell}", cell=cell)
