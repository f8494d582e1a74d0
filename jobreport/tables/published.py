"""Tables of other people's surveys and of claims: what is not stated is printed as 'ikke oplyst'."""

import re
from collections.abc import Iterator
from functools import partial

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.released import Row, rows
from jobreport.page import Paragraph, Parts, Table, plain
from jobreport.setup.coding import normal
from jobreport.tables import cells
from jobreport.tables.cells import Columns, TableWriter
from jobreport.wording import numbers
from jobreport.wording.published import Published
from jobreport.wording.texts import Filling, sentences

FIVE = (rules.MEAN_LOWEST, rules.MEAN_HIGHEST)
MEAN_OF_FIVE = "gennemsnit_1_5"  # scale_kind of a mean from 1 (least positive) to 5


class PublishedTables(TableWriter, Published):
    """Other people's surveys and claims."""

    def benchmarks(self, benchmarks: pd.DataFrame | None) -> Table | Paragraph:
        """Return the published figures side by side, each with year, population, base, interval and reservations."""
        if benchmarks is None or benchmarks.empty:
            return self.missing("benchmarks")
        found = rows(benchmarks, "benchmarks")
        columns: Columns[Row] = {
            "survey": self._survey_of,
            "asked": partial(self.stated, column="text"),
            "figure": self.figure_of,
            "interval": self.interval_of,
            "n": partial(self.whole, column="n"),
        }
        source = self.say("tables.benchmarks_source")
        return self.table("benchmarks", found, columns, source, *self._reservations(found))

    def _survey_of(self, row: Row) -> Parts:
        return cells.words(self.stated(row, "source"), " (", self.stated(row, "year"), ")")

    def means(self, benchmarks: pd.DataFrame) -> tuple[Table | Paragraph, ...]:
        """Return the report's own means beside published ones of the same question, and what may not stand there.

        ``benchmarks``: one row per published figure; those of other municipalities are left out.
        """
        names = self.reported
        found = [(name, row) for name in names for row in self._published_means(benchmarks, name)]
        beside = [(name, row) for name, row in found if not self._unlike(name, row)]
        refused = tuple(
            Paragraph(self._refused(name, row), kind="note") for name, row in found if self._unlike(name, row)
        )
        return (*([self._means_table(beside)] if beside else []), *refused)

    def _published_means(self, benchmarks: pd.DataFrame, name: str) -> list[Row]:
        found = rows(benchmarks, "benchmarks", indicator=name, measure="mean")
        return [row for row in found if row.text("municipality_code") in ("", self.code)]

    def _unlike(self, name: str, row: Row) -> str:
        asked = self.asked(name)
        items = asked.items if asked else ()
        ends = {(item.scale.lowest, item.scale.highest) for item in items}
        if row.text("scale_kind") != MEAN_OF_FIVE or ends - {FIVE}:
            return "scale"
        source = normal(row.text("source"))
        return "" if all(normal(item.published_as) == source for item in items) else "wording"

    def _refused(self, name: str, row: Row) -> Parts:
        survey = {column: self.stated(row, column) for column in ("source", "year")}
        return self.say(f"published.refused.{self._unlike(name, row)}", name=self.about(name), **survey)

    def _means_table(self, found: list[tuple[str, Row]]) -> Table:
        lines = [(name, self._own_mean(name), row) for name, row in found]
        columns: Columns[tuple[str, Row | None, Row]] = {
            "measure": lambda line: self.indicator(line[0]),
            "wave": lambda line: self.where(line[1], self.window),
            "own_mean": lambda line: self.level_cell(line[1]),
            "n": lambda line: self.base_cell(line[1]),
            "published_mean": lambda line: self.figure_of(line[2]),
            "survey": lambda line: self._survey_of(line[2]),
            "published_n": lambda line: self.whole(line[2], "n"),
        }
        return self.table("means", lines, columns, self.say("tables.benchmarks_source"))

    def _own_mean(self, name: str) -> Row | None:
        which = {"indicator": name, "measure": "mean", "category": "", "municipality_code": self.code, "group_by": ""}
        found = [row for row in self.rows("estimates", **which) if row.asked and not row.spans_waves]
        return max(found, key=lambda row: row.text("wave"), default=None)

    def _reservations(self, found: list[Row]) -> tuple[Parts, ...]:
        surveys: dict[tuple[str, str, str], list[Row]] = {}
        for row in found:
            surveys.setdefault((row.text("source"), row.text("year"), row.text("reference")), []).append(row)
        return tuple(self._reservation(own) for own in surveys.values())

    def _reservation(self, own: list[Row]) -> Parts:
        return self.say(
            "tables.reservation",
            **{name: self.stated(own[0], name) for name in ("source", "year", "commissioner", "mode", "reference")},
            population=self.listing(self._once([(row, "population") for row in own])),
            address=self.found_at(own[0]),
            notes=sentences(*self._once([(row, "quality_notes") for row in own])),
        )

    def _once(self, texts: list[tuple[Row, str]]) -> list[Parts]:
        seen: dict[str, Parts] = {}
        for row, name in texts:
            column = f"{name}_{self.language}" if f"{name}_{self.language}" in row.cells else name
            for sentence in re.split(r"(?<=\.) (?=[A-ZÆØÅ»“\"])", row.text(column)):
                seen.setdefault(sentence, (numbers.bound(sentence, row, column),))
        return [parts for text, parts in seen.items() if text] or [(self.word("common.not_stated"),)]

    def claims(self, claims: pd.DataFrame | None) -> Table | Paragraph:
        """Return every claim with who said it and when, its basis, the reply, and whether it was checked.

        ``claims``: one row per claim; none of them enters an indicator.
        """
        if claims is None or claims.empty:
            return self.missing("claims")
        found = rows(claims, "claims")
        columns: Columns[Row] = {
            "claim": partial(self.stated, column="claim"),
            "claimed_by": self._claimed_by,
            "basis": partial(self.stated, column="basis"),
            "reply": self._reply,
            "status": self._status,
        }
        return self.table("claims", found, columns, self.say("tables.claims_source"), *self._read_in(found))

    def _claimed_by(self, row: Row) -> Parts:
        return cells.words(self.stated(row, "claimed_by"), " (", self.stated(row, "dated"), ")")

    def _status(self, row: Row) -> Parts:
        return sentences((self.stated(row, "status"), "."), (self.stated(row, "notes"),))

    def _read_in(self, found: list[Row]) -> Iterator[Parts]:
        # Say where the claims were read, a line for each source: in a column of the table it would be too tall.
        sources: dict[tuple[str, str], list[Row]] = {}
        for row in found:
            sources.setdefault((row.text("reference"), row.text("address")), []).append(row)
        for own in sources.values():
            who = {plain(said): said for said in map(self._claimed_by, own)}
            yield self.say(
                "tables.claim_source",
                who=self.listing([*who.values()]),
                reference=self.stated(own[0], "reference"),
                address=self.found_at(own[0]),
            )

    def _reply(self, row: Row) -> Filling:
        reply = self.stated(row, "reply")
        if reply == self.word("common.not_stated"):
            return reply
        return cells.words(self.stated(row, "reply_by"), ": ", reply)
