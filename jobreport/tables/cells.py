"""Cells of tables: a number, an interval, a base; the shorthand where there is none."""

from __future__ import annotations

from collections.abc import Iterable

from jobreport.domain.released import Row
from jobreport.page import Column, Inline, Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.texts import tidy


def columns(labels: Labels, *headers: str, left: Iterable[str] = ()) -> tuple[Column, ...]:
    """Return columns by the keys of their headers; the first names its row, numbers stand to the right."""
    return tuple(
        Column(
            labels.texts.fill(f"headers.{key}"),
            align="left" if place == 0 or key in left else "right",
            row_header=place == 0,
        )
        for place, key in enumerate(headers)
    )


def words(*parts: Inline) -> Parts:
    """Return pieces as one cell."""
    return tidy(list(parts))


def not_there(row: Row | None, labels: Labels) -> Parts | None:
    """Return what stands where a row may not show numbers, or has none; None where it has."""
    if row is None:
        return labels.texts.fill("common.not_stated")
    if not row.asked:
        return labels.texts.fill("common.not_asked")
    return labels.texts.fill("common.suppressed_short") if row.suppressed else None


def value(row: Row | None, column: str, labels: Labels, *, sign: bool = False, decimals: int | None = None) -> Parts:
    """Return a cell as a number without its unit; an uncertain one is marked."""
    hidden = not_there(row, labels)
    if hidden is not None or row is None:
        return hidden or ()
    if not row.has(column):
        return labels.texts.fill("common.no_number")
    number = numbers.number(row, column, labels.language, sign=sign, decimals=decimals)
    mark = labels.texts.word("common.uncertain_short")
    return (number, phrases.NO_BREAK + mark) if row.uncertain and column in {"estimate", "change"} else (number,)


def interval(row: Row | None, labels: Labels) -> Parts:
    """Return 'low til high'; the shorthand where there is no interval."""
    hidden = not_there(row, labels)
    if hidden is not None or row is None:
        return hidden or ()
    if not row.has("ci_low", "ci_high"):
        return labels.texts.fill("common.no_number")
    return phrases.interval(row, labels, short=True)


def with_interval(row: Row | None, labels: Labels) -> Parts:
    """Return 'value (low til high)', marked where it is uncertain."""
    hidden = not_there(row, labels)
    if hidden is not None or row is None:
        return hidden or ()
    if not row.has("estimate", "ci_low", "ci_high"):
        return value(row, "estimate", labels)
    low, high = (numbers.number(row, column, labels.language) for column in ("ci_low", "ci_high"))
    shown = value(row, "estimate", labels)
    return labels.texts.fill("tables.with_interval", value=shown, low=low, high=high)


def base(row: Row | None, column: str, labels: Labels) -> Parts:
    """Return a count; 'ikke oplyst' where nobody stated it."""
    hidden = not_there(row, labels)
    if hidden is not None or row is None:
        return hidden or ()
    if not row.has(column):
        return labels.texts.fill("common.not_stated")
    return (numbers.count(row, column, labels.language),)


def notes(found: Iterable[Row | None], labels: Labels, *more: Parts) -> tuple[Parts, ...]:
    """Return the lines that explain the shorthand used in these rows, and further lines."""
    known = [row for row in found if row is not None]
    told: list[Parts] = []
    if any(row.suppressed for row in known):
        below = numbers.params_number(
            labels.params.disclosure.suppress_below, "disclosure.suppress_below", labels.language
        )
        told.append(labels.texts.fill("notes.suppressed", below=below))
    if any(row.uncertain for row in known):
        below = numbers.params_number(
            labels.params.disclosure.uncertain_below, "disclosure.uncertain_below", labels.language
        )
        told.append(labels.texts.fill("notes.uncertain", below=below))
    return (*told, *(line for line in more if line))
