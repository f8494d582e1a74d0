"""Tables of changes: a register series in points and in per cent, and the effect beside its rank."""

from jobreport.domain.released import COUNTRY, Row
from jobreport.page import Paragraph, Parts, Table
from jobreport.tables import cells
from jobreport.tables.cells import TableWriter
from jobreport.wording import design, numbers
from jobreport.wording.survey import Survey

OTHERS = "comparison"
ROUNDS = ("measure", "rounds", "earlier", "later", "change", "interval", "answers_both")


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
            self.say(
                "tables.register_changes",
                name=self.indicator(series),
                before=numbers.window(first, "wave_before"),
                after=numbers.window(first, "wave_after"),
                unit=self.axis_unit(first),
            ),
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
        first, last = (numbers.window(row, f"wave_{side}") for side in ("before", "after"))
        ends = (Survey.of(self).level_of(row, f"wave_{side}") for side in ("before", "after"))
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
            return self.say("rounds.everybody", name=self.indicator(row.text("indicator")))
        return self.say("rounds.of_group", grouping=self.grouping(row.text("group_by")), group=self.group_of(row))

    def effects(self, indicator: str, measure: str = "register", category: str = "") -> Table | Paragraph:
        """Return the difference from the other municipalities: interval, rank, p, detectable change, wording level.

        ``indicator``, ``measure``, ``category``: which rows; both scales and both adjustments stand in the table.
        """
        which = {"indicator": indicator, "measure": measure, "category": category, "group_by": ""}
        found = self.rows("changes", method="effect", **which)
        if not found:
            return self.nothing(indicator)
        heads = ("municipality", "how", "difference", "interval", "rank", "p_rank", "detectable", "level")
        level = self.rule("interval_level")
        more = self.say("notes.effects", level=level, power=self.rule("power"))
        return Table(
            f"table-effects-{indicator}-{measure}",
            self.columns(*heads, left=("how", "level")),
            tuple(self._effect_line(row) for row in found),
            self.say(
                "tables.effects",
                name=self.indicator(indicator),
                before=numbers.window(found[0], "wave_before"),
                after=numbers.window(found[0], "wave_after"),
            ),
            self.notes(found, more),
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
            self._ranked(row) if ranked else self.say("common.no_number"),
            (numbers.rank_p(row, self.language),) if ranked else self.say("common.no_number"),
            self._detectable(row),
            self.say(f"tables.level.{design.carried(row) or 'none'}"),
        )

    def _ranked(self, row: Row) -> Parts:
        of = numbers.ranked(row, self.language)
        return self.say("tables.rank_of", rank=self.count(row, "rank"), of=of)

    def _detectable(self, row: Row) -> Parts:
        if not row.has("detectable_change"):
            return self.say("common.no_number")
        return (self.number(row, "detectable_change", size=True),)
