"""Cells of tables: a number, an interval, a base; the shorthand where there is none."""

from collections.abc import Callable, Iterable

from jobreport.domain.released import Row
from jobreport.page import Column, Inline, Parts
from jobreport.wording import phrases
from jobreport.wording.texts import Filling, tidy
from jobreport.wording.writer import Writer


class TableWriter(Writer):
    """What the writers of tables share: columns, cells, and the lines that explain a shorthand."""

    def columns(self, *headers: str, left: Iterable[str] = (), **names: Filling) -> tuple[Column, ...]:
        """Return columns by the keys of their headers; the first names its row, numbers stand to the right."""
        return tuple(
            Column(
                self.say(f"headers.{key}", **names),
                align="left" if place == 0 or key in left else "right",
                row_header=place == 0,
            )
            for place, key in enumerate(headers)
        )

    def of_series(self, series: str, row: Row) -> Parts:
        """Return the caption of a table of one register's changes: its name, the two windows and the unit."""
        return self.say("tables.register_changes", name=self.indicator(series), row=row, unit=self.axis_unit(row))

    def not_there(self, row: Row | None) -> Parts | None:
        """Return what stands where a row may not show numbers, or has none; None where it has."""
        if row is None:
            return self.say("common.not_stated")
        if not row.asked:
            return self.say("common.not_asked")
        return self.say("common.suppressed_short") if row.suppressed else None

    def value_cell(self, row: Row | None, column: str, *, sign: bool = False, decimals: int | None = None) -> Parts:
        """Return a cell as a number without its unit; an uncertain one is marked."""

        def shown(known: Row) -> Parts:
            number = self.number(known, column, sign=sign, decimals=decimals)
            marked = known.uncertain and column in {"estimate", "change"}
            return (number, phrases.NO_BREAK + self.word("common.uncertain_short")) if marked else (number,)

        return self._cell(row, (column,), shown)

    def interval_cell(self, row: Row | None) -> Parts:
        """Return 'low til high'; the shorthand where there is no interval."""
        return self._cell(row, ("ci_low", "ci_high"), lambda known: self.interval(known, short=True))

    def level_cell(self, row: Row | None) -> Parts:
        """Return 'value (low til high)', marked where it is uncertain."""
        value = self.value_cell(row, "estimate")
        if row is None or self.not_there(row) is not None or not row.has("estimate", "ci_low", "ci_high"):
            return value
        return self.say("tables.with_interval", value=value, row=row)

    def base_cell(self, row: Row | None, column: str) -> Parts:
        """Return a count; 'ikke oplyst' where nobody stated it."""
        return self._cell(row, (column,), lambda known: (self.count(known, column),), "common.not_stated")

    def _cell(
        self, row: Row | None, columns: Iterable[str], shown: Callable[[Row], Parts], none: str = "common.no_number"
    ) -> Parts:
        hidden = self.not_there(row)
        if hidden is not None or row is None:
            return hidden or ()
        return shown(row) if row.has(*columns) else self.say(none)

    def notes(self, found: Iterable[Row | None], *more: Parts) -> tuple[Parts, ...]:
        """Return the lines that explain the shorthand used in these rows, and further lines."""
        known = [row for row in found if row is not None]
        used = {"suppressed": any(row.suppressed for row in known), "uncertain": any(row.uncertain for row in known)}
        limits = {"suppressed": "suppress_below", "uncertain": "uncertain_below"}
        told = [self.say(f"notes.{key}", below=self.limit(limits[key])) for key, is_used in used.items() if is_used]
        return (*told, *(line for line in more if line))


def words(*parts: Inline) -> Parts:
    """Return pieces as one cell."""
    return tidy(list(parts))
