"""Step 3: rounds, places, units, groups and what happened."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

import ipywidgets

from jobreport.desk.form import days, pieces
from jobreport.desk.form.choices import EventChoice, WaveChoice, person_column
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.session import Session
from jobreport.desk.form.steps import Fields, Step
from jobreport.domain import municipalities
from jobreport.prepare.init import vocabulary
from jobreport.prepare.init.rounds import Round
from jobreport.prepare.init.units import Found, coded, found

COLUMN, DAYS, ONE = "column:", "days:", "one"  # where the round of an answer is known from


def day(fields: Fields, name: str, otherwise: str = "") -> str:
    """The day that stands in a field, as params have it; '' where it is none."""
    try:
        return days.read(fields.said(name, otherwise))
    except ValueError:
        return ""


def no_day(fields: Fields, texts: Any, names: Sequence[str]) -> Iterator[Refusal]:
    """Name the fields of days in which no day stands."""
    for name in names:
        try:
            days.read(fields.said(name, ""))
        except ValueError:
            yield Refusal(texts["needs"]["day"].format(value=fields.said(name)), name)


class Rounds(Step):
    """The step: which round, place and group an answer is from, and what happened between the rounds."""

    def __init__(self, session: Session, fields: Fields, texts: Any) -> None:
        self.session, self.fields, self.texts = session, fields, texts
        self.title, self.further = texts["steps"]["rounds"], texts["right_onward"]
        self.own, self.codes = ipywidgets.VBox(), session.municipality_codes()
        self.heard: Callable[[], None] = lambda: None  # is told when other columns are something else
        self.groups = {} if session.has_codebook else dict(session.proposals[0].groups)
        self.person = None if session.has_codebook else person_column(session.proposals[0])
        self.units = Units(session, fields, texts, lambda: self.municipality)
        self._say()

    def body(self) -> list[Any]:
        """Where the round is known from, its days, the municipality, the groups and the event."""
        texts, fields = self.texts, self.fields
        made: list[Any] = [pieces.heading(texts["waves_head"], 3)]
        if self._sources:
            menu = fields.add("wave_from", pieces.menu(texts["wave_from"], self._sources, self._source))
            menu.observe(lambda change: self._say(drawn=True), names="value")
            made.append(menu)
        self._draw()
        made += [pieces.note(texts["waves_help"]), self.own, pieces.heading(texts["places_head"], 3)]
        made += [*self._places(), *self.units.body(self._say)]
        if self.groups or self.person:
            made += [pieces.heading(texts["groups_head"], 3), *self._grouped()]
        return [*made, pieces.heading(texts["event_head"], 3), *self._event()]

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
        source, place, unit = (self.fields.said(name) for name in ("wave_from", "place_from", "unit_from"))
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
        texts, fields, name, language = self.texts, self.fields, found.name, self.session.language
        made = []
        if not self.session.rounds_are_named:
            named = pieces.text_field(texts["wave_name"], name, texts["wave_example"])
            made.append(fields.add(f"wave.{name}.name", named))
        for key, proposed in (("first", found.first), ("last", found.last)):
            field = pieces.text_field(texts[f"{key}_day"], days.write(proposed, language), texts["day_example"])
            made.append(fields.add(f"wave.{name}.{key}", field))
        asked = pieces.text_field(texts["invited"], "", texts["invited_example"])
        made.append(fields.add(f"wave.{name}.invited", asked))
        rows = texts["answers"].format(count=found.rows) if found.rows else ""
        return ipywidgets.VBox([pieces.heading(f"{name or texts['unnamed']}{rows}", 4), *made])

    def _places(self) -> list[Any]:
        texts, fields = self.texts, self.fields
        names = sorted((name, code) for code, name in municipalities.names().items())
        made = []
        columns = [] if self.session.has_codebook else self.session.columns_for("municipality_code")
        if columns and not self.session.proposals[0].is_table:
            found = self.session.proposals[0].keys.get("municipality_code")
            ways = [(pieces.column(texts, name, shown), name) for name, shown in columns]
            menu = pieces.menu(texts["place_from"], [*ways, (texts["all_here"], "")], found.name if found else "")
            made.append(fields.add("place_from", menu))
            menu.observe(lambda change: self._say(), names="value")
        only = self.codes[0] if len(self.codes) == 1 else ""
        menu = fields.add("municipality", pieces.menu(texts["municipality"], [(texts["choose"], ""), *names], only))
        menu.observe(lambda change: self.units.draw(), names="value")
        return [*made, menu]

    def _grouped(self) -> list[Any]:
        texts, fields = self.texts, self.fields
        language = 0 if self.session.language == "da" else 1
        made = []
        if self.groups:
            options = [(vocabulary.GROUP_LABELS[name][language], name) for name in self.groups]
            made.append(fields.add("groups", pieces.Ticks(texts["groups"], options, self.groups)))
        for name, column in self.groups.items():
            if column.kind == "number":
                made.append(pieces.note(texts["codes_mean"].format(group=vocabulary.GROUP_LABELS[name][language])))
                codes = [pieces.text_field(code, "", texts["code_example"]) for code in column.answers]
                made += [fields.add(f"code.{name}.{field.description}", field) for field in codes]
        if self.person:
            label = texts["same_person"].format(column=self.person.name)
            made.append(fields.add("same_person", pieces.tick(label)))
        return made

    def _event(self) -> list[Any]:
        texts, fields, inside = self.texts, self.fields, ipywidgets.VBox()
        happened = fields.add("has_event", pieces.tick(texts["has_event"]))
        happened.observe(lambda change: self._ask(inside, asked=change["new"]), names="value")
        self._ask(inside, asked=happened.value)
        return [happened, inside]

    def _ask(self, inside: Any, *, asked: bool) -> None:
        texts, add = self.texts, self.fields.add
        names = sorted((name, code) for code, name in municipalities.names().items())
        present = [(name, code) for name, code in names if not self.codes or code in self.codes]
        waves = [self.name_of(each.name) for each in self.session.rounds()]
        after = [(texts["by_dates"], ""), *((wave, wave) for wave in waves[1:])]
        known = [
            (f"{name}, {texts['measures'][one[1]]}", " ".join(one))
            for name, of in self.session.outcomes().items()
            for one in of
        ]
        fields = [
            add("event.label", pieces.text_field(texts["event_label"])),
            add("event.date", pieces.text_field(texts["event_date"], "", texts["day_example"])),
            pieces.note(texts["several"]),
            add("event.treated", pieces.several(texts["treated"], present)),
            add("event.exposed", pieces.several(texts["exposed"], present)),
            add("event.first_after", pieces.menu(texts["first_after"], after)),
            add("event.announced", pieces.text_field(texts["announced"], "", texts["day_example"])),
            add("event.outcome", pieces.menu(texts["outcome"], [(texts["no_outcome"], ""), *known])),
        ]
        inside.children = fields if asked else ()

    def event(self) -> EventChoice | None:
        """The event, if there is one."""
        said = self.fields.said
        if not said("has_event"):
            return None
        indicator, _, measure = said("event.outcome", "").partition(" ")
        return EventChoice(
            said("event.label", "").strip(),
            day(self.fields, "event.date"),
            tuple(said("event.treated", ())),
            tuple(said("event.exposed", ())),
            said("event.first_after", ""),
            day(self.fields, "event.announced"),
            (indicator, measure) if indicator else None,
        )

    def name_of(self, wave: str) -> str:
        """What a person calls a round that was found under another name."""
        given: str = self.fields.said(f"wave.{wave}.name", wave)
        return wave if self.session.rounds_are_named else given.strip()

    def chosen(self) -> tuple[WaveChoice, ...]:
        """The rounds by the names that a person gave them."""
        fields = self.fields
        return tuple(
            WaveChoice(
                self.name_of(each.name),
                day(fields, f"wave.{each.name}.first", each.first),
                day(fields, f"wave.{each.name}.last", each.last),
                _count(fields.said(f"wave.{each.name}.invited", "")),
            )
            for each in self.session.rounds()
        )

    @property
    def municipality(self) -> str:
        """The municipality that the report is about."""
        code: str = self.fields.said("municipality", self.codes[0] if len(self.codes) == 1 else "")
        return code

    def groups_chosen(self) -> tuple[str, ...]:
        """The groupings that results are shown for."""
        return tuple(self.fields.said("groups", tuple(self.groups)))

    def group_labels(self) -> dict[str, dict[str, str]]:
        """What the numbers of groupings mean."""
        numbered = {name: column for name, column in self.groups.items() if column.kind == "number"}
        said = {
            name: {c: self.fields.said(f"code.{name}.{c}", "") for c in numbered[name].answers} for name in numbered
        }
        return {name: {code: text.strip() for code, text in of.items() if text.strip()} for name, of in said.items()}

    def folded(self) -> str:
        """The rounds and the municipality."""
        waves = ", ".join(wave.wave for wave in self.chosen())
        place = self.units.chosen().get(self.units.of_report) or municipalities.names().get(self.municipality, "")
        return escape(f"{place}: {waves}")

    def lacks(self) -> list[Refusal]:
        """The municipality, the names of rounds, days that are none, and numbers that nobody explained."""
        texts, fields, needs = self.texts, self.fields, self.texts["needs"]
        rounds = [each.name for each in self.session.rounds()]
        found = [Refusal(needs["wave"], f"wave.{name}.name") for name in rounds if not self.name_of(name)]
        found += no_day(fields, texts, [f"wave.{name}.{key}" for name in rounds for key in ("first", "last")])
        for name in (f"wave.{name}.invited" for name in rounds):
            if _count(fields.said(name, "")) is None and fields.said(name, "").strip():
                found.append(Refusal(needs["count"].format(value=fields.said(name)), name))
        found += [] if self.municipality else [Refusal(needs["municipality"], "municipality")]
        found += self.units.lacks()
        for group in self.groups_chosen():
            codes = self.groups[group].answers if self.groups[group].kind == "number" else ()
            labels = self.group_labels().get(group, {})
            found += [Refusal(needs["code"].format(code=c), f"code.{group}.{c}") for c in codes if c not in labels]
        for doubt in self.session.doubts():
            if doubt.group in self.groups_chosen():
                told = needs["group_differs"].format(group=self.groups[doubt.group].name, wave=doubt.wave)
                found.append(Refusal(told, "groups"))
        return found + (list(self._event_lacks()) if fields.said("has_event") else [])

    def _event_lacks(self) -> Iterator[Refusal]:
        needs, event = self.texts["needs"], self.event()
        if event is None:
            return
        yield from no_day(self.fields, self.texts, ["event.date", "event.announced"])
        for key in ("label", "date", "treated"):
            if not getattr(event, key) and not self.fields.said(f"event.{key}"):
                yield Refusal(needs[f"event_{key}"], f"event.{key}")


def _count(text: str) -> int | None:
    digits = text.strip().replace(".", "").replace(" ", "")
    return int(digits) if digits.isdecimal() and len(digits) < 9 else None


class Units:
    """The part of step 3 that asks for units; ``municipality`` tells whose they are."""

    def __init__(self, session: Session, fields: Fields, texts: Any, municipality: Callable[[], str]) -> None:
        self.session, self.fields, self.texts, self.municipality = session, fields, texts, municipality
        self.named = ipywidgets.VBox()

    def body(self, heard: Callable[[], None]) -> list[Any]:
        """The column, and what its units are called; ``heard`` is told of another column."""
        texts, first = self.texts, self.session.proposals[0]
        likely, columns = first.keys.get("unit"), [] if self.session.has_codebook else self._columns()
        if not columns or first.is_table:
            return []
        ways = [(pieces.column(texts, *column), column[0]) for column in columns]
        menu = self.fields.add("unit_from", pieces.menu(texts["unit_from"], [(texts["no_units"], ""), *ways], ""))
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
        if not self.fields.said("unit_from"):
            self.named.children = ()
            return
        texts, add = self.texts, self.fields.add
        names = [add(f"unit.{each.cell}", pieces.text_field(each.cell, each.label)) for each in self._found()]
        menu = add("unit_of_report", pieces.menu(texts["unit_of_report"], self._reports(), ""))
        for name in names:
            name.observe(lambda change: self._rename(menu), names="value")
        self.named.children = (pieces.note(texts["unit_names"]), *names, menu)

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
        if self.session.has_codebook or not self.fields.said("unit_from"):
            return {}
        return {each.cell: self.fields.said(f"unit.{each.cell}", each.label).strip() for each in self._found()}

    @property
    def of_report(self) -> str:
        """What stands in the column for the unit that the report is about; '' for the whole municipality."""
        said: str = self.fields.said("unit_of_report", "")
        return said if said in self.chosen() else ""

    def lacks(self) -> Iterator[Refusal]:
        """A name for each."""
        for cell, name in self.chosen().items():
            if not name:
                yield Refusal(self.texts["needs"]["unit"].format(cell=cell), f"unit.{cell}")
