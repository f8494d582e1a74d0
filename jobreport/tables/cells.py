"""Cells of tables: a number, an interval, a base; the shorthand where there is none."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from jobreport.domain.released import Row
from jobreport.page import Column, Inline, Parts, Table
from jobreport.wording import phrases
from jobreport.wording.texts import Filling, as_parts, tidy
from jobreport.wording.writer import Writer

Line = TypeVar("Line")
Columns = Mapping[str | Column, Callable[[Line], Filling]]
"""The key of each header, or a whole column, with what stands below it of a line."""
OF_WORDS = (
    *("answers", "asked", "basis", "claimed_by", "commissioner", "dont_know", "how", "latest", "level", "meaning"),
    *("planned", "region", "reply", "reported", "revised", "role", "rounds", "sha256", "stated", "status", "survey"),
    *("told_not_compared", "told_signed", "wording"),
)
"""Headers of words, which stand to the left; numbers stand to the right."""


class TableWriter(Writer):
    """What the writers of tables share: the table, its cells, and the lines that explain a shorthand."""

    def table(
        self,
        key: str,
        lines: Iterable[Line],
        columns: Columns[Line],
        source: Parts,
        *notes: Parts,
        text: str = "",
        shown: Iterable[Row | None] | None = None,
        simulated: bool = False,
        **names: Filling | Row,
    ) -> Table:
        """Return a table; of a column, of which the first names the line, each line has a cell.

        ``key``: begins with that of its caption, and of its own note if it has one, unless that is another ``text``;
        these and the headers are filled with ``names``. ``shown``: rows that it is read from, unless its lines are rows
        or hold them; of one that is made up so is the table, and their shorthand is explained before other ``notes``.
        """
        lines = [*lines]
        held = [part for line in lines for part in (line if isinstance(line, tuple) else (line,))]
        known = [row for row in (held if shown is None else shown) if isinstance(row, Row)]
        heads, name = enumerate(columns), text or key.partition("-")[0]
        own = self.say(f"notes.{name}", **names) if self.texts.has(f"notes.{name}") else ()
        return Table(
            f"table-{key}",
            tuple(self._head(head, at, names) if isinstance(head, str) else head for at, head in heads),
            tuple(tuple(as_parts(cell(line)) for cell in columns.values()) for line in lines),
            self.say(f"tables.{name}", **names),
            (*self._shorthand(known), *(note for note in (own, *notes) if note)),
            source,
            simulated or any(row.simulated for row in known),
        )

    def _head(self, key: str, place: int, names: Mapping[str, Filling | Row]) -> Column:
        header = self.say(f"headers.{key}", **names)
        return Column(header, "right" if place and key not in OF_WORDS else "left", row_header=not place)

    def of_waves(self, shown: list[Row], waves: list[str], cell: Callable[[str, Line], Filling]) -> Columns[Line]:
        """Return a column for each wave, headed as the first row of it says, with a cell of the wave and a line."""
        first = {row.text("wave"): row for row in reversed(shown)}
        return {Column((self.window(first[wave]),), "right"): partial(cell, wave) for wave in waves}

    def not_there(self, row: Row | None) -> Parts | None:
        """Return what stands where a row may not show numbers, or has none; None where it has."""
        if row is None:
            return self.say("common.not_stated")
        if not row.asked:
            return self.say("common.not_asked")
        return self.say("common.suppressed_short") if row.suppressed else None

    def value_cell(self, row: Row | None, column: str = "estimate") -> Parts:
        """Return a cell as a number without its unit, a change with its sign; an uncertain one is marked."""

        def shown(known: Row) -> Parts:
            number = self.number(known, column, sign=column == "change")
            return (number, phrases.NO_BREAK + self.word("common.uncertain_short")) if known.uncertain else (number,)

        return self._cell(row, (column,), shown)

    def change_cell(self, row: Row | None) -> Parts:
        """Return a change as a number with its sign."""
        return self.value_cell(row, "change")

    def interval_cell(self, row: Row | None) -> Parts:
        """Return 'low til high'; the shorthand where there is no interval."""
        return self._cell(row, ("ci_low", "ci_high"), lambda known: self.interval(known, short=True))

    def level_cell(self, row: Row | None) -> Parts:
        """Return 'value (low til high)', marked where it is uncertain."""
        value = self.value_cell(row)
        if row is None or self.not_there(row) is not None or not row.has("estimate", "ci_low", "ci_high"):
            return value
        return self.say("tables.with_interval", value=value, row=row)

    def base_cell(self, row: Row | None, column: str = "n") -> Parts:
        """Return a count; 'ikke oplyst' where nobody stated it."""
        return self._cell(row, (column,), lambda known: (self.count(known, column),), "common.not_stated")

    def between(self, row: Row) -> Parts:
        """Return the two rounds or windows of a change."""
        return (self.window(row, "wave_before"), " → ", self.window(row, "wave_after"))

    def where(self, row: Row | None, cell: Callable[[Row], Filling], *columns: str) -> Filling:
        """Return a cell of a row that holds these numbers; else that there is none."""
        return cell(row) if row is not None and row.has(*columns) else self.say("common.no_number")

    def _cell(
        self, row: Row | None, columns: Iterable[str], shown: Callable[[Row], Parts], none: str = "common.no_number"
    ) -> Parts:
        hidden = self.not_there(row)
        if hidden is not None or row is None:
            return hidden or ()
        return shown(row) if row.has(*columns) else self.say(none)

    def _shorthand(self, shown: list[Row]) -> Iterator[Parts]:
        if any(row.suppressed for row in shown):
            yield self.say("notes.suppressed", below=self.limit("suppress_below"))
        if any(row.uncertain for row in shown):
            yield self.say("notes.uncertain", below=self.limit("uncertain_below"))


def words(*parts: Inline) -> Parts:
    """Return pieces as one cell."""
    return tidy(list(parts))
