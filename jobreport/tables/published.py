"""Tables of other people's surveys and of claims: what is not stated is printed as 'ikke oplyst'."""

import re
from collections.abc import Iterator

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.released import Row, rows
from jobreport.page import Paragraph, Parts, Table, plain
from jobreport.setup.coding import normal
from jobreport.tables import cells
from jobreport.tables.cells import TableWriter
from jobreport.wording import numbers
from jobreport.wording.published import Published
from jobreport.wording.texts import sentences

MEANS = ("measure", "wave", "own_mean", "n", "published_mean", "survey", "published_n")
FIVE = (rules.MEAN_LOWEST, rules.MEAN_HIGHEST)
MEAN_OF_FIVE = "gennemsnit_1_5"  # scale_kind of a mean from 1 (least positive) to 5
_CLAIM_COLUMNS = ("claim", "claimed_by", "basis", "reply", "status")


class PublishedTables(TableWriter, Published):
    """Other people's surveys and claims."""

    def benchmarks(self, benchmarks: pd.DataFrame | None) -> Table | Paragraph:
        """Return the published figures side by side, each with year, population, base, interval and reservations."""
        if benchmarks is None or benchmarks.empty:
            return self.missing("benchmarks")
        found = rows(benchmarks, "benchmarks")
        heads = ("survey", "asked", "figure", "interval", "n")
        return Table(
            "table-benchmarks",
            self.columns(*heads, left=("asked",)),
            tuple(self._benchmark_line(row) for row in found),
            self.say("tables.benchmarks"),
            (self.say("published.interval_note"), *self._reservations(found)),
            self.say("tables.benchmarks_source"),
            simulated=False,
        )

    def means(self, benchmarks: pd.DataFrame) -> tuple[Table | Paragraph, ...]:
        """Return the report's own means beside published ones of the same question, and what may not stand there.

        ``benchmarks``: one row per published figure; those of other municipalities are left out.
        """
        names = self.codebook.names if self.codebook else ()
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
        own = {name: self._own_mean(name) for name, _ in found}
        known = [row for row in own.values() if row is not None]
        return Table(
            "table-means",
            self.columns(*MEANS, left=("survey",)),
            tuple(self._mean_line(name, own[name], row) for name, row in found),
            self.say("tables.means"),
            self.notes(known, self.say("published.means_note")),
            self.say("tables.benchmarks_source"),
            simulated=any(row.simulated for row in known),
        )

    def _own_mean(self, name: str) -> Row | None:
        which = {"indicator": name, "measure": "mean", "category": "", "municipality_code": self.code, "group_by": ""}
        found = [row for row in self.rows("estimates", **which) if row.asked and not row.spans_waves]
        return max(found, key=lambda row: row.text("wave"), default=None)

    def _mean_line(self, name: str, own: Row | None, row: Row) -> tuple[Parts, ...]:
        return (
            cells.words(self.indicator(name)),
            (self.window(own),) if own is not None else self.say("common.no_number"),
            self.level_cell(own),
            self.base_cell(own, "n"),
            self.figure_of(row),
            cells.words(self.stated(row, "source"), " (", self.stated(row, "year"), ")"),
            (self.whole(row, "n"),),
        )

    def _benchmark_line(self, row: Row) -> tuple[Parts, ...]:
        return (
            cells.words(self.stated(row, "source"), " (", self.stated(row, "year"), ")"),
            cells.words(self.stated(row, "text")),
            self.figure_of(row),
            self.interval_of(row),
            (self.whole(row, "n"),),
        )

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
        lines = tuple(self._claim_line(row) for row in found)
        said_by = [line[_CLAIM_COLUMNS.index("claimed_by")] for line in lines]
        return Table(
            "table-claims",
            self.columns(*_CLAIM_COLUMNS, left=_CLAIM_COLUMNS),
            lines,
            self.say("tables.claims"),
            (self.say("notes.claims"), *self._read_in(found, said_by)),
            self.say("tables.claims_source"),
            simulated=False,
        )

    def _claim_line(self, row: Row) -> tuple[Parts, ...]:
        return (
            cells.words(self.stated(row, "claim")),
            cells.words(self.stated(row, "claimed_by"), " (", self.stated(row, "dated"), ")"),
            cells.words(self.stated(row, "basis")),
            self._reply(row),
            sentences((*cells.words(self.stated(row, "status")), "."), cells.words(self.stated(row, "notes"))),
        )

    def _read_in(self, found: list[Row], who: list[Parts]) -> Iterator[Parts]:
        # Say where the claims were read, a line for each source: in a column of the table it would be too tall.
        sources: dict[tuple[str, str], list[tuple[Row, Parts]]] = {}
        for row, said in zip(found, who, strict=True):
            sources.setdefault((row.text("reference"), row.text("address")), []).append((row, said))
        for own in sources.values():
            yield self.say(
                "tables.claim_source",
                who=self.listing(list({plain(said): said for _, said in own}.values())),
                reference=self.stated(own[0][0], "reference"),
                address=self.found_at(own[0][0]),
            )

    def _reply(self, row: Row) -> Parts:
        reply = self.stated(row, "reply")
        if reply == self.word("common.not_stated"):
            return cells.words(reply)
        return cells.words(self.stated(row, "reply_by"), ": ", reply)
