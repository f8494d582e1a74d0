"""Tables of what was measured: every measure before and after, groups, who answered, and each change in numbers."""

from collections.abc import Mapping, Sequence
from functools import partial

from jobreport.domain.released import COUNTRY, Row, spans_waves
from jobreport.page import Inline, Paragraph, Parts, Table
from jobreport.tables.cells import Columns, TableWriter
from jobreport.wording import design
from jobreport.wording.survey import Survey, rounds_of
from jobreport.wording.texts import Filling

OTHERS = "comparison"
RANKED = ("rank", "n_comparison")
ONE_QUESTION = (
    *(("share", "positive"), ("share", "neutral"), ("share", "negative"), ("mean", ""), ("index", ""), ("n", "")),
    *(("dont_know", ""), ("dont_know_n", "")),
)
OF_INDEX = (("index", ""), ("mean", ""), ("n", ""))
OF_ITEM = (("share", "positive"), ("share", "negative"), ("n", ""), ("dont_know", ""))
OF_TABLE = (("share", "positive"), ("share", "negative"), ("mean", ""), ("n", ""), ("dont_know", ""))
BASE_OF = {"n": ("share", "positive"), "dont_know_n": ("dont_know", "")}
BASE_NAMES = {"n": "tables.base_of", "dont_know_n": "tables.dont_know_base"}
"""A line of bases is read from the rows of the measure above it."""
Measured = tuple[str, tuple[str, str]]  # an indicator or a question, and the measure and category of it


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
        apart = len(waves) > 1 and not self.comparable(indicator)
        note = self.say("notes.not_comparable") if apart else ()
        of_waves = self.of_waves(found, waves, partial(self._in, table))
        columns: Columns[Measured] = {"measure": self._measure, **of_waves}
        named, source = self.indicator(indicator), self.source(indicator)
        return self.table(f"estimates-{indicator}", wanted, columns, source, note, shown=found, name=named)

    def _wanted(self, indicator: str) -> list[Measured]:
        items = [name for name, _ in self.codebook.asked_under(indicator)] if self.reported else []
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

    def _in(self, table: Mapping[tuple[str, str, str], dict[str, Row]], wave: str, line: Measured) -> Parts:
        name, measure = line
        row = table[name, *self._read(measure, name)].get(wave)
        return self.base_cell(row) if measure[0] in BASE_OF else self.level_cell(row)

    def _measure(self, line: Measured) -> Parts:
        name, measure = line
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
        lines = [(name, survey.latest_level(name), survey.change_of(name)) for name in survey.rest_names()]
        if not any(level or change for _, level, change in lines):
            return None
        apart = len({rounds_of(row) for name in self.reported if (row := survey.change_of(name)) is not None}) > 1
        columns: Columns[tuple[str, Row | None, Row | None]] = {
            "measure": lambda line: self._measure((line[0], self.main_measure(line[0]))),
            "latest": lambda line: self.where(line[1], self.window),
            "value": lambda line: self.level_cell(line[1]),
            "n": lambda line: self.base_cell(line[1]),
            **({"rounds": lambda line: self.where(line[2], self.between, "change")} if apart else {}),
            "change": lambda line: self.where(line[2], self.change_cell, "change"),
            "interval": lambda line: self.where(line[2], self.interval_cell, "change"),
        }
        return self.table("beside-cards", lines, columns, self.source(lines[0][0]))

    def groups(self, indicator: str, group_by: str) -> Table | Paragraph:
        """Return the main measure of an indicator in every group of a grouping, the suppressed ones named."""
        found = Survey.of(self).shown_groups(indicator, group_by)
        if not found:
            return self.nothing(indicator)
        measure, category = self.main_measure(indicator)
        columns: Columns[Row] = {
            "group": self.group_of,
            "value": self.value_cell,
            "interval": self.interval_cell,
            "n": self.base_cell,
        }
        key, named = f"groups-{indicator}-{group_by}", self._short(category or measure, indicator)
        return self.table(key, found, columns, self.source(indicator), measure=named, row=found[0])

    def response(self) -> Table | Paragraph:
        """Return how many were invited and answered per wave, in all and by group."""
        name = next(iter(self.questions_told()), "")
        which = self.told_by(name) | {"municipality_code": self.code}
        found = [row for row in self.rows("estimates", **which) if not row.spans_waves]
        whole = [row for row in found if not row.text("group_by")]
        if not whole:
            return self.nothing(name)
        columns: Columns[Row] = {
            "wave": self.window,
            "invited": partial(self.base_cell, column="n_invited"),
            "answered": partial(self.base_cell, column="n_answered"),
            "valid": self.base_cell,
        }
        return self.table("response", whole, columns, self.source(name), name=self.about(name))


class ChangeTables(TableWriter):
    """A change in numbers."""

    def register(self, series: str) -> Table | Paragraph:
        """Return a series before and after, its change in points and in per cent, beside the country."""
        elsewhere = self.own_event(series) is None  # then the mean of the others would hold the municipality itself
        codes = [*(code for code, _ in self.places()), COUNTRY, *([] if elsewhere else [OTHERS])]
        points = {code: row for code in codes if (row := self._own(series, code, "points")) is not None}
        if not points:
            return self.nothing(series)
        first = next(iter(points.values()))
        columns: Columns[str] = {
            "municipality": self.municipality,
            "before": lambda code: self._level(points[code], "wave_before"),
            "after": lambda code: self._level(points[code], "wave_after"),
            "change_points": lambda code: self.change_cell(points[code]),
            "change_per_cent": lambda code: self.change_cell(self._own(series, code, "log")),
        }
        source, note = self.source(series), () if elsewhere else self.say("notes.others_mean")
        return self.table(f"changes-{series}", points, columns, source, note, simulated=first.simulated, row=first)

    def _own(self, series: str, code: str, scale: str) -> Row | None:
        method = "comparison_mean" if code == OTHERS else "change"
        return self.change_of(series, municipality_code=code, method=method, scale=scale)

    def _level(self, change: Row, column: str) -> Filling:
        if change.text("municipality_code") == OTHERS:
            return self.say("common.no_number")
        which = {name: change.text(name) for name in ("indicator", "measure", "municipality_code")}
        level = self.one("estimates", wave=change.text(column), **which)
        return self.where(level, self.value_cell)

    def from_round_to_round(self, indicator: str) -> Table | None:
        """Return the change of an indicator from round to round: of all, of each question and of each group.

        ``indicator``: its name; None where there are no two rounds of it.
        """
        asked = [name for name, _ in self.codebook.asked_under(indicator)] if self.reported else []
        names = tuple(dict.fromkeys((indicator, *asked)))
        found = self.between_rounds(names, adjustment="", group_by="")
        if not found:
            return None
        for column in self.codebook.groups:
            found += self.between_rounds((indicator,), adjustment="", group_by=column)
        columns: Columns[Row] = {
            "measure": self._whose,
            "rounds": self.between,
            "earlier": lambda row: self.where(self.level_of(row, "before"), self.value_cell),
            "later": lambda row: self.where(self.level_of(row, "after"), self.value_cell),
            "change": self.change_cell,
            "interval": self.interval_cell,
            "answers_both": self._bases,
        }
        named, source = self.indicator(indicator), self.source(indicator)
        return self.table(f"rounds-{indicator}", found, columns, source, name=named)

    def _bases(self, row: Row) -> Parts:
        earlier, later = (self.base_cell(row, f"n_{side}") for side in ("before", "after"))
        return earlier if self.not_there(row) else (*earlier, " → ", *later)

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
        columns: Columns[Row] = {
            "municipality": lambda row: self.municipality(row.text("municipality_code")),
            "how": self._how,
            "difference": self.change_cell,
            "interval": self.interval_cell,
            "rank": lambda row: self.where(row, lambda ranked: self.say("tables.rank_of", row=ranked), *RANKED),
            "p_rank": lambda row: self.where(row, self.rank_p, *RANKED),
            "detectable": lambda row: self.where(row, self._detectable, "detectable_change"),
            "level": lambda row: self.say(f"tables.level.{design.carried(row) or 'none'}"),
        }
        source = self.source_of_all(indicator)
        return self.table(f"effects-{indicator}-{measure}", found, columns, source, row=found[0])

    def _how(self, row: Row) -> Inline:
        return self.word("tables.mix") if row.text("adjustment") == "mix" else self.unit(row, change=True)

    def _detectable(self, row: Row) -> Filling:
        return self.number(row, "detectable_change", size=True)
