"""What things are called in the report: municipalities, indicators, answers, groups, events, series."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import pandas as pd

from jobreport.domain import municipalities, rules
from jobreport.domain.released import COUNTRY, TOLD, Row
from jobreport.page import Inline, Parts, plain
from jobreport.setup.codebook import Codebook, Indicator, Question
from jobreport.setup.params_model import Event, Params, RegisterSeries
from jobreport.wording import numbers
from jobreport.wording.texts import Filling, listing

INSTEAD = (("mean", ""), ("share", "negative"), ("share", "neutral"), ("index", ""))
ON_A_SCALE, OF_INDEX = "points_", "points_0_100"
OF_MEANS = "points_1_5"  # means have one name, whatever their scale is
PCT, PER_CENT = ("pct", "procent", "per_cent", "percent", "%"), "per_cent"  # what begins so is a percentage


@dataclass(frozen=True)
class Labels(numbers.Printer):
    """Names in one language, from the texts, the params and the codebook.

    ``codebook``: the survey's codebook; without a survey one of nothing. ``held``: of a survey given as a table: name
    -> (measure, category) that the latest figures have. Answers give all.
    """

    params: Params
    codebook: Codebook = field(default_factory=Codebook)
    held: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @property
    def of_table(self) -> bool:
        """Whether the survey is a table, which cannot tell how one person answered several questions."""
        return self.params.survey is not None and self.params.survey.aggregates

    @property
    def code(self) -> str:
        """The municipality that the report is about, or the unit."""
        return self.params.place

    @property
    def reported(self) -> tuple[str, ...]:
        """Names of all indicators, in the codebook's order."""
        return self.codebook.names

    @property
    def outcome(self) -> str:
        """The indicator that the other questions are held against."""
        return self.codebook.outcome

    def municipality(self, code: str) -> str:
        """Return a municipality's name; '000' is the whole country, 'others' all the others."""
        own = self.params.unit_names(self.language)
        if code in own:
            return own[code]
        if self.texts.has(f"areas.{code}"):
            return self.texts.word(f"areas.{code}")
        return municipalities.name(code, self.language)

    def area(self, row: Row) -> str:
        """Return a row's municipality; a survey knows the answers it has, and not the country."""
        code, series = row.text("municipality_code"), {each.series for each in self.params.registers}
        pooled = code == COUNTRY and row.text("indicator") not in series
        return self.texts.word("areas.survey") if pooled else self.municipality(code)

    def indicator(self, name: str) -> str:
        """Return the short name of an indicator, question or series ('Tilfredshed')."""
        asked = self.asked(name)
        if asked is not None:
            return self.texts.of(asked.label or asked.items[0].wording)
        declared = self._declared(name)
        return self.texts.of(declared.label) if declared is not None else name

    def definite(self, name: str) -> Parts:
        """Return a name as the subject of a sentence ('ledigheden', 'tallet for »Hjælpen er god«')."""
        return self._in_sentence(name) or self.texts.fill("names.other", name=self.indicator(name))

    def about(self, name: str) -> Parts:
        """Return a name as what a sentence is about ('svar om tilliden', 'svar om »Hjælpen er god«')."""
        return self._in_sentence(name) or self.texts.fill("common.quoted", text=self.indicator(name))

    def _in_sentence(self, name: str) -> Parts:
        named = self.asked(name) or self._declared(name)
        return (self.texts.of(named.in_sentence),) if named is not None and named.in_sentence else ()

    def _declared(self, name: str) -> RegisterSeries | None:
        return next((series for series in self.params.registers if series.series == name), None)

    def as_asked(self, name: str) -> Parts:
        """Return what people were asked under a name, word for word."""
        asked = self.asked(name)
        wordings = [self.texts.of(item.wording) for item in asked.items] if asked else []
        quoted = [self.texts.fill("common.quoted", text=wording) for wording in wordings]
        return self.texts.fill("survey.asked", list=listing(quoted, self.texts))

    def asked(self, name: str) -> Indicator | None:
        """Return what was asked under a name: an indicator, or a question of one as an indicator of its own."""
        items = (item for indicator in self.codebook.indicators for item in indicator.items)
        alone = (Indicator(item.name, item.label, (item,), in_sentence=item.in_sentence) for item in items)
        return next((one for one in (*self.codebook.indicators, *alone) if one.name == name), None)

    def question(self, name: str) -> Question | None:
        """Return the question of that name, or the only question of the indicator of that name."""
        by_name = {item.name: item for item in self.codebook.items}
        singles = {i.name: i.items[0] for i in self.codebook.indicators if len(i.items) == 1}
        return by_name.get(name) or singles.get(name)

    def reason(self, name: str) -> Parts:
        """Return why an indicator's waves may, or may not, be compared, as the codebook says it; bound if need be."""
        for known in self._of(name):
            if known.reason:
                return (numbers.params_text(known.reason.rstrip("."), f"codebook.{known.name}.reason"), ".")
        return ()

    def comparable(self, name: str) -> bool:
        """Whether the waves of an indicator, or of a question, may be compared with each other."""
        known = self._of(name)
        return any(one.comparable for one in known) or not known

    def _of(self, name: str) -> list[Indicator]:
        return [one for one in self.codebook.indicators if name in (one.name, *(item for item, _ in one.named_items))]

    def main_measure(self, indicator: str) -> tuple[str, str]:
        """Return the measure that an indicator, a question or an official series is told by.

        Returns the index of an indicator with several questions, or of the event's main outcome if it says so; else the
        share of positive answers. Of a table that lacks it, the mean, or whatever there is.
        """
        usual = ("register", "") if self._declared(indicator) else TOLD["share"]
        wanted = next((found.main for found in self.codebook.indicators if found.name == indicator), usual)
        held = self.held.get(indicator, frozenset({wanted}))
        rest = sorted(held, key=lambda each: (each[0] == "dont_know", each))
        return next(each for each in (wanted, *INSTEAD, *rest) if each in held)

    def told_by(self, indicator: str) -> dict[str, str]:
        """Return what the rows have that an indicator is told by: its name, measure and category."""
        measure, category = self.main_measure(indicator)
        return {"indicator": indicator, "measure": measure, "category": category}

    def without_index(self, indicator: str) -> bool:
        """Whether an indicator is an index of several questions that a table cannot give."""
        return self.of_table and self.main_measure(indicator) == ("index", "") and indicator not in self.held

    def questions_told(self) -> tuple[str, ...]:
        """Return what is told of: the indicators; of a table their questions, where an index would need persons."""
        if not self.of_table:
            return self.reported
        return tuple(dict.fromkeys(name for each in self.codebook.indicators for name, _ in each.named_items))

    def holding(self, estimates: pd.DataFrame) -> Self:
        """Return a copy that knows which measures a table gave: a report tells what there is, not what is usual."""
        if not self.of_table:
            return self
        own = estimates["municipality_code"].eq(self.code) & estimates["group_by"].eq("") & estimates["n"].notna()
        held = {}
        for name, found in estimates[own | estimates["flag"].eq("suppressed")].groupby("indicator"):
            last = found[found["wave"].eq(found["wave"].max())]
            held[str(name)] = frozenset(zip(last["measure"].astype(str), last["category"].astype(str), strict=True))
        return replace(self, held=held)

    def box(self, question: Question, category: str) -> str:
        """Return the answers of a box, or one answer, as words: '»Tilfreds« eller »Meget tilfreds«'."""
        answers = self.texts.of_many(question.scale.labels)
        low, high = question.scale.negative, len(answers) - question.scale.positive
        boxes = {"positive": answers[high:], "neutral": answers[low:high], "negative": answers[:low]}
        chosen = boxes.get(category) or (answers[int(category.removeprefix("answer_")) - 1],)
        quoted = [plain(self.texts.fill("common.quoted", text=answer)) for answer in chosen]
        return f" {self.texts.word('common.or')} ".join(quoted)

    def measure(self, row: Row, *, closed: bool = False) -> Parts:
        """Return what a row measures, as it stands in a sentence; `closed` if nothing follows it."""
        measure, category = row.text("measure"), row.text("category")
        question = self.question(row.text("indicator"))
        closing = "_closed" if closed else ""
        if measure == "share" and question:
            return self.texts.fill(f"measures.share{closing}", answers=self.box(question, category))
        if measure == "dont_know":
            return self.texts.fill(f"measures.dont_know{closing}")
        if measure in ("index", "mean"):
            name = row.text("indicator")
            return self.texts.fill(f"measures.{measure}", name=self.about(name), **self.scale_ends(name))
        return self.definite(row.text("indicator"))

    def scale_ends(self, name: str) -> dict[str, Filling]:
        """Return the ends of the scale of a mean, bound: to the rule of five, or to the codebook's answers."""
        scale = self.codebook.asked_under(name)[0][1].scale if self.reported else None
        ends: dict[str, Filling] = {}
        for end in ("lowest", "highest"):
            key = f"mean_{end}"
            number = getattr(scale, end, rules.PRINTED[key])
            own = self.params_number(number, f"codebook.{name}.{end}")
            ends[key] = self.rule(key) if number == rules.PRINTED[key] else own
        if scale is not None and scale.numbers_turned:
            ends["mean_highest"] = self.texts.fill("measures.turned", highest=ends["mean_highest"])
        return ends

    def unit(self, row: Row, *, change: bool = False) -> str:
        """Return a unit's name ('procentpoint', 'pct.'); one that only the file knows stands as it is written there."""
        unit = self._unit_key(row)
        question = self.question(row.text("indicator")) if unit == OF_MEANS else None
        if question is not None and question.scale.unit:
            return self.texts.of(question.scale.unit)
        key = f"units.{'change' if change else 'level'}.{unit}"
        return self.texts.word(key) if self.texts.has(key) else unit

    def axis_unit(self, row: Row, what: str = "") -> str:
        """Return the unit as a heading; `what` is '', 'change' or 'difference'."""
        unit = self._unit_key(row)
        key, other = (f"units.axis.{'_'.join(filter(None, (what, name)))}" for name in (unit, "other"))
        if self.texts.has(key):
            return self.texts.word(key)
        return plain(self.texts.fill(other, unit=unit)) if what else unit

    def _unit_key(self, row: Row) -> str:
        # Return what the texts call a unit: a share of anything is in per cent, a mean has one name on every scale.
        unit = "log" if row.text("scale") == "log" else row.text("unit")
        if unit.startswith(ON_A_SCALE) and unit != OF_INDEX:
            return OF_MEANS
        return PER_CENT if unit.startswith(PCT) and not self.texts.has(f"units.level.{unit}") else unit

    def group(self, column: str, value: str) -> str:
        """Return the label of one group ('Aktivitetsparate')."""
        group = self.codebook.groups.get(column)
        return self.texts.of(group.values[value]) if group and value in group.values else value

    def group_of(self, row: Row) -> Inline:
        """Return the label of a row's group, bound if a digit stands in it ('18-29 år')."""
        label = self.group(row.text("group_by"), row.text("group"))
        return numbers.bound(label, row, "group")

    def grouping(self, column: str) -> str:
        """Return the label of a grouping ('Ydelsesgruppe')."""
        group = self.codebook.groups.get(column)
        return self.texts.of(group.label) if group else column

    def event(self, name: str | None = None) -> Inline:
        """Return the event's label, bound if a digit stands in it."""
        place, event = self._event(name)
        return numbers.params_text(self.texts.of(event.label), f"events.{place}.label.{self.language}")

    def event_date(self, name: str | None = None) -> Inline:
        """Return the event's date, bound."""
        place, event = self._event(name)
        return self.params_date(event.date, f"events.{place}.date")

    def event_year(self, name: str | None = None) -> Inline:
        """Return the event's year, bound to its date."""
        place, event = self._event(name)
        return numbers.Number(str(event.date.year), "params", f"events.{place}.date", "value")

    def own_event(self, series: str = "") -> Event | None:
        """Return the first event that the report's municipality had part in; None where all happened elsewhere.

        ``series``: an official series that is looked at; one of no event has none.
        """
        if any(each.series == series and self.params.event_of(each) is None for each in self.params.registers):
            return None
        return next((e for e in self.params.events if self.code in (*e.treated, *e.exposed)), None)

    def _event(self, name: str | None) -> tuple[int, Event]:
        event = self.params.event(name)
        return self.params.events.index(event), event

    def places(self, name: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield the municipalities in front with their roles: the report's own first, then others of its event.

        Of an event that happened elsewhere nobody stands in front but the report's own.
        """
        if not self.params.events:
            yield self.code, "own"
            return
        _, event = self._event(name)
        roles = dict.fromkeys(event.treated, "treated") | dict.fromkeys(event.exposed, "exposed")
        yield self.code, roles.get(self.code, "own")
        if self.code in roles:
            yield from ((code, role) for code, role in roles.items() if code != self.code)

    def series(self, name: str) -> tuple[int, RegisterSeries]:
        """Return a register series with its place in the params."""
        return next((i, s) for i, s in enumerate(self.params.registers) if s.series == name)
