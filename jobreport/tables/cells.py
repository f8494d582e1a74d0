"""Cells of tables: a number, an interval, a base; the shorthand where there is none."""

from collections.abc import Iterable

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

    def not_there(self, row: Row | None) -> Parts | None:
        """Return what stands where a row may not show numbers, or has none; None where it has."""
        if row is None:
            return self.say("common.not_stated")
        if not row.asked:
            return self.say("common.not_asked")
        return self.say("common.suppressed_short") if row.suppressed else None

    def value_cell(self, row: Row | None, column: str, *, sign: bool = False, decimals: int | None = None) -> Parts:
        """Return a cell as a number without its unit; an uncertain one is marked."""
        hidden = self.not_there(row)
        if hidden is not None or row is None:
            return hidden or ()
        if not row.has(column):
            return self.say("common.no_number")
        number = self.number(row, column, sign=sign, decimals=decimals)
        mark = self.word("common.uncertain_short")
        return (number, phrases.NO_BREAK + mark) if row.uncertain and column in {"estimate", "change"} else (number,)

    def interval_cell(self, row: Row | None) -> Parts:
        """Return 'low til high'; the shorthand where there is no interval."""
        hidden = self.not_there(row)
        if hidden is not None or row is None:
            return hidden or ()
        if not row.has("ci_low", "ci_high"):
            return self.say("common.no_number")
        return self.interval(row, short=True)

    def level_cell(self, row: Row | None) -> Parts:
        """Return 'value (low til high)', marked where it is uncertain."""
        hidden = self.not_there(row)
        if hidden is not None or row is None:
            return hidden or ()
        if not row.has("estimate", "ci_low", "ci_high"):
            return self.value_cell(row, "estimate")
        low, high = (self.number(row, column) for column in ("ci_low", "ci_high"))
        shown = self.value_cell(row, "estimate")
        return self.say("tables.with_interval", value=shown, low=low, high=high)

    def base_cell(self, row: Row | None, column: str) -> Parts:
        """Return a count; 'ikke oplyst' where nobody stated it."""
        hidden = self.not_there(row)
        if hidden is not None or row is None:
            return hidden or ()
        if not row.has(column):
            return self.say("common.not_stated")
        return (self.count(row, column),)

    def notes(self, found: Iterable[Row | None], *more: Parts) -> tuple[Parts, ...]:
        """Return the lines that explain the shorthand used in these rows, and further lines."""
        known = [row for row in found if row is not None]
        told: list[Parts] = []
        if any(row.suppressed for row in known):
            below = self.params_number(self.params.disclosure.suppress_below, "disclosure.suppress_below")
            told.append(self.say("notes.suppressed", below=below))
        if any(row.uncertain for row in known):
            below = self.params_number(self.params.disclosure.uncertain_below, "disclosure.uncertain_below")
            told.append(self.say("notes.uncertain", below=below))
        return (*told, *(line for line in more if line))


def words(*parts: Inline) -> Parts:
    """Return pieces as one cell."""
    return tidy(list(parts))
