"""Tables of what was measured: every measure before and after, groups, who answered, and each change in numbers."""

from collections.abc import Sequence

from jobreport.domain.released import COUNTRY, Row, spans_waves
from jobreport.page import Column, Paragraph, Parts, Table
from jobreport.tables import cells
from jobreport.tables.cells import TableWriter
from jobreport.wording import design
from jobreport.wording.survey import Survey

OTHERS = "comparison"
ROUNDS = ("measure", "rounds", "earlier", "later", "change", "interval", "answers_both")
ONE_QUESTION = (
    *(("share", "positive"), ("share", "neutral"), ("share", "negative"), ("mean", ""), ("index", ""), ("n", "")),
    *(("dont_know", ""), ("dont_know_n", "")),
)
BESIDE = ("measure", "wave", "value", "n", "change", "interval")
OF_INDEX = (("index", ""), ("mean", ""), ("n", ""))
OF_ITEM = (("share", "positive"), ("share", "negative"), ("n", ""), ("dont_know", ""))
OF_TABLE = (("share", "positive"), ("share", "negative"), ("mean", ""), ("n", ""), ("dont_know", ""))
BASE_OF = {"n": ("share", "positive"), "dont_know_n": ("dont_know", "")}
BASE_NAMES = {"n": "tables.base_of", "dont_know_n": "tables.dont_know_base"}
"""A line of bases is read from the rows of the measure above it."""


class SurveyTables(TableWriter):
    """An indicator in numbers."""

    def levels(self, indicator: str) -> Table | Paragraph:
        """Return every measure of an indicator and its questions, a column per wave (or window), bases under shares."""
        wanted = self._wanted(indicator)
        keys = dict.fromkeys(
            (name, *self._read(measure, name)) for name, measure in wanted
        )  # a set would bind by chance
        waves = self._waves(next(iter(keys))[0])
        table = {key: self._by_wave(*key) for key in keys}
        found = [row for by_wave in table.values() for wave, row in by_wave.items() if wave in waves]
        if not found:
            return self.nothing(indicator)
        return Table(
            f"table-estimates-{indicator}",
            (*self.columns("measure"), *self._wave_columns(found, waves)),
            tuple(
                self._line(name, measure, table[name, *self._read(measure, name)], waves) for name, measure in wanted
            ),
            self.say("tables.estimates", name=self.indicator(indicator)),
            self.notes(found, *self._beside(indicator, waves)),
            self.source(indicator),
            simulated=found[0].simulated,
        )

    def _beside(self, indicator: str, waves: list[str]) -> tuple[Parts, ...]:
        apart = len(waves) > 1 and not self.comparable(indicator)
        return (self.say("notes.not_comparable"),) if apart else ()

    def _wanted(self, indicator: str) -> list[tuple[str, tuple[str, str]]]:
        items = [name for name, _ in self.codebook.asked_under(indicator)] if self.codebook else []
        if len(items) < 2:
            return [(indicator, m) for m in (*self._single_answers(indicator), *self._offered(indicator, ONE_QUESTION))]
        index = [] if self.without_index(indicator) else [(indicator, m) for m in OF_INDEX]
        of_item = OF_TABLE if self.of_table else OF_ITEM
        return index + [
            (name, m) for name in items for m in (*self._single_answers(name), *self._offered(name, of_item))
        ]

    def _offered(self, name: str, measures: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        # Leave out 'don't know' of a question that had no such answer, and what is positive of a quantity.
        question = self.question(name)
        none = question is not None and not question.has_dont_know
        if question is not None and question.scale.is_quantity:
            measures = [measure for measure in measures if measure[0] not in ("share", "index")]
        return [measure for measure in measures if not (none and measure[0].startswith("dont_know"))]

    def _single_answers(self, name: str) -> list[tuple[str, str]]:
        held = sorted(self.held.get(name, ()))
        boxed = ("share", "positive") in held
        return [each for each in held if each[1].startswith("answer_") and not boxed]

    def _read(self, measure: tuple[str, str], name: str) -> tuple[str, str]:
        # The row that a line is read from: a base stands in that of the measure it is the base of.
        if measure[0] == "n" and self.of_table:
            return self.main_measure(name)
        return BASE_OF.get(measure[0], measure)

    def _waves(self, indicator: str) -> list[str]:
        waves = sorted(self._by_wave(indicator, *self.main_measure(indicator)))
        windows = [wave for wave in waves if spans_waves(wave)]
        return windows if len(windows) > 1 else [wave for wave in waves if not spans_waves(wave)]

    def _by_wave(self, name: str, measure: str, category: str) -> dict[str, Row]:
        if measure == "share" and self.main_measure(name) == ("index", ""):
            measure, category = "index", ""
        which = {"indicator": name, "measure": measure, "category": category, "municipality_code": self.code}
        return {row.text("wave"): row for row in self.rows("estimates", group_by="", **which)}

    def _line(
        self, name: str, measure: tuple[str, str], by_wave: dict[str, Row], waves: list[str]
    ) -> tuple[Parts, ...]:
        counted = measure[0] in BASE_OF
        shown = [by_wave.get(wave) for wave in waves]
        return (
            self._measure(name, measure),
            *(self.base_cell(row, "n") if counted else self.level_cell(row) for row in shown),
        )

    def _measure(self, name: str, measure: tuple[str, str]) -> Parts:
        title = self.indicator(name)
        if measure[0] in BASE_OF:
            return self.say(BASE_NAMES[measure[0]], name=title)
        return self.say("tables.measure", name=title, measure=self._short(measure[1] or measure[0], name))

    def _short(self, key: str, name: str) -> Parts:
        question = self.question(name)
        if key.startswith("answer_") and question is not None:
            return self.say("tables.answer", answer=self.box(question, key))
        ends = {end: self.rule(end) for end in ("index_lowest", "index_highest")}
        return self.say(f"tables.measures.{key}", **ends, **self.scale_ends(name))

    def beside_the_cards(self) -> Table | None:
        """Return the latest level and the change of every indicator that is no card; None where all are cards."""
        survey = Survey.of(self)
        lines = [(survey.latest_level(name), survey.change_of(name), name) for name in survey.rest_names()]
        found = [row for level, change, _ in lines for row in (level, change) if row is not None]
        if not found:
            return None
        return Table(
            "table-beside-cards",
            self.columns(*BESIDE, left=("wave",)),
            tuple(self._line_beside(*line) for line in lines),
            self.say("tables.beside_cards"),
            self.notes(found),
            self.source(lines[0][2]),
            simulated=found[0].simulated,
        )

    def _line_beside(self, level: Row | None, change: Row | None, name: str) -> tuple[Parts, ...]:
        wave: Parts = (self.window(level),) if level else self.say("common.no_number")
        moved = change if change is not None and change.has("change") else None
        value, interval = self.value_cell(moved, "change", sign=True), self.interval_cell(moved)
        none = self.say("common.no_number")
        shown = (value, interval) if moved is not None else (none, none)
        named = self._measure(name, self.main_measure(name))
        return (named, wave, self.level_cell(level), self.base_cell(level, "n"), *shown)

    def groups(self, indicator: str, group_by: str) -> Table | Paragraph:
        """Return the main measure of an indicator in every group of a grouping, the suppressed ones named."""
        found = Survey.of(self).shown_groups(indicator, group_by)
        if not found:
            return self.nothing(indicator)
        measure, category = self.main_measure(indicator)
        return Table(
            f"table-groups-{indicator}-{group_by}",
            self.columns("group", "value", "interval", "n"),
            tuple(self._group_line(row) for row in found),
            self.say("tables.groups", measure=self._short(category or measure, indicator), row=found[0]),
            self.notes(found),
            self.source(indicator),
            simulated=found[0].simulated,
        )

    def _group_line(self, row: Row) -> tuple[Parts, ...]:
        return (
            (self.group_of(row),),
            self.value_cell(row, "estimate"),
            self.interval_cell(row),
            self.base_cell(row, "n"),
        )

    def response(self) -> Table | Paragraph:
        """Return how many were invited and answered per wave, in all and by group."""
        name = next(iter(self.questions_told()), "")
        which = self.told_by(name) | {"municipality_code": self.code}
        found = [row for row in self.rows("estimates", **which) if not row.spans_waves]
        whole = [row for row in found if not row.text("group_by")]
        if not whole:
            return self.nothing(name)
        return Table(
            "table-response",
            self.columns("wave", "invited", "answered", "valid"),
            tuple(self._response_line(row) for row in whole),
            self.say("tables.response"),
            self.notes(whole, self.say("notes.valid", name=self.about(name))),
            self.source(name),
            simulated=whole[0].simulated,
        )

    def _response_line(self, row: Row) -> tuple[Parts, ...]:
        return ((self.window(row),), *(self.base_cell(row, column) for column in ("n_invited", "n_answered", "n")))

    def _wave_columns(self, found: list[Row], waves: list[str]) -> tuple[Column, ...]:
        first = {row.text("wave"): row for row in reversed(found)}
        return tuple(Column((self.window(first[wave]),), "right") for wave in waves)


class ChangeTables(TableWriter):
    """A change in numbers."""

    def register(self, series: str) -> Table | Paragraph:
        """Return a series before and after, its change in points and in per cent, beside the country."""
        elsewhere = self.own_event(series) is None  # then the mean of the others would hold the municipality itself
        codes = [*(code for code, _ in self.places()), COUNTRY, *([] if elsewhere else [OTHERS])]
        found = [(code, self._own(series, code, "points"), self._own(series, code, "log")) for code in codes]
        found = [line for line in found if line[1] is not None]
        if not found:
            return self.nothing(series)
        first = found[0][1]
        assert first is not None  # noqa: S101 - filtered above
        return Table(
            f"table-changes-{series}",
            self.columns(
                *("municipality", "before", "after", "change_points", "change_per_cent"),
                points_unit=self.unit(first, change=True),
            ),
            tuple(self._register_line(code, points, log) for code, points, log in found),
            self.of_series(series, first),
            self.notes([], *(() if elsewhere else (self.say("notes.others_mean"),))),
            self.source(series),
            simulated=first.simulated,
        )

    def _own(self, series: str, code: str, scale: str) -> Row | None:
        method = "comparison_mean" if code == OTHERS else "change"
        which = {"indicator": series, "measure": "register", "municipality_code": code, "adjustment": ""}
        return self.one("changes", method=method, scale=scale, **which)

    def _register_line(self, code: str, points: Row | None, log: Row | None) -> tuple[Parts, ...]:
        return (
            cells.words(self.municipality(code)),
            self._level(points, "wave_before"),
            self._level(points, "wave_after"),
            self.value_cell(points, "change", sign=True),
            self.value_cell(log, "change", sign=True),
        )

    def _level(self, change: Row | None, column: str) -> Parts:
        if change is None or change.text("municipality_code") == OTHERS:
            return self.say("common.no_number")
        which = {name: change.text(name) for name in ("indicator", "measure", "municipality_code")}
        level = self.one("estimates", wave=change.text(column), **which)
        return self.value_cell(level, "estimate") if level else self.say("common.no_number")

    def from_round_to_round(self, indicator: str) -> Table | None:
        """Return the change of an indicator from round to round: of all, of each question and of each group.

        ``indicator``: its name; None where there are no two rounds of it.
        """
        asked = [name for name, _ in self.codebook.asked_under(indicator)] if self.codebook else []
        names = tuple(dict.fromkeys((indicator, *asked)))
        found = self.between_rounds(names, adjustment="", group_by="")
        if not found:
            return None
        for column in self.codebook.groups if self.codebook else ():
            found += self.between_rounds((indicator,), adjustment="", group_by=column)
        return Table(
            f"table-rounds-{indicator}",
            self.columns(*ROUNDS, left=("rounds",)),
            tuple(self._round_line(row) for row in found),
            self.say("rounds.table", name=self.indicator(indicator)),
            self.notes(found),
            self.source(indicator),
            simulated=found[0].simulated,
        )

    def _round_line(self, row: Row) -> tuple[Parts, ...]:
        first, last = (self.window(row, f"wave_{side}") for side in ("before", "after"))
        ends = (self.level_of(row, side) for side in ("before", "after"))
        earlier, later = (self.base_cell(row, f"n_{side}") for side in ("before", "after"))
        return (
            self._whose(row),
            (first, " → ", last),
            *(self.value_cell(level, "estimate") if level else self.say("common.no_number") for level in ends),
            self.value_cell(row, "change", sign=True),
            self.interval_cell(row),
            earlier if self.not_there(row) else (*earlier, " → ", *later),
        )

    def _whose(self, row: Row) -> Parts:
        if not row.text("group_by"):
            return self.say("rounds.everybody", row=row)
        return self.say("rounds.of_group", row=row, group=self.group_of(row))

    def effects(self, indicator: str, measure: str = "register", category: str = "") -> Table | Paragraph:
        """Return the difference from the other municipalities: interval, rank, p, detectable change, wording level.

        ``indicator``, ``measure``, ``category``: which rows; both scales and both adjustments stand in the table.
        """
        which = {"indicator": indicator, "measure": measure, "category": category, "group_by": ""}
        found = self.rows("changes", method="effect", **which)
        if not found:
            return self.nothing(indicator)
        heads = ("municipality", "how", "difference", "interval", "rank", "p_rank", "detectable", "level")
        return Table(
            f"table-effects-{indicator}-{measure}",
            self.columns(*heads, left=("how", "level")),
            tuple(self._effect_line(row) for row in found),
            self.say("tables.effects", row=found[0]),
            self.notes(found, self.say("notes.effects")),
            self.source_of_all(indicator),
            simulated=found[0].simulated,
        )

    def _effect_line(self, row: Row) -> tuple[Parts, ...]:
        mixed = row.text("adjustment") == "mix"
        how = self.word("tables.mix") if mixed else self.unit(row, change=True)
        ranked = row.has("rank", "n_comparison")
        return (
            cells.words(self.municipality(row.text("municipality_code"))),
            cells.words(how),
            self.value_cell(row, "change", sign=True),
            self.interval_cell(row),
            self.say("tables.rank_of", row=row) if ranked else self.say("common.no_number"),
            (self.rank_p(row),) if ranked else self.say("common.no_number"),
            self._detectable(row),
            self.say(f"tables.level.{design.carried(row) or 'none'}"),
        )

    def _detectable(self, row: Row) -> Parts:
        if not row.has("detectable_change"):
            return self.say("common.no_number")
        return (self.number(row, "detectable_change", size=True),)
