"""Small pieces of sentences that all sections share: intervals, ranks, bases, situations."""

from __future__ import annotations

from typing import Literal

from jobreport.domain.released import Row
from jobreport.page import Inline, Parts
from jobreport.wording import numbers
from jobreport.wording.labels import Labels
from jobreport.wording.texts import sentences

Situation = Literal[
    "suppressed",
    "not_comparable",
    "not_asked",
    "only_a_table",
    "too_few",
    "not_computed",
    "alike",
    "uncertain",
    "rise",
    "fall",
    "undetected",
    "described",
]
NO_BREAK = "\u00a0"


def situation(row: Row | None) -> Situation:
    """Return which sentence a change may be told with.

    The order is the point: what may not be shown comes first, then what cannot be compared or computed,
    then what is uncertain; only the rest may be called a rise or a fall.

    Returns
    -------
    str
        'described' is a change without an interval, as a register's own change; 'alike' one of a survey whose answers
        do not vary, so that how uncertain it is cannot be known.

    Examples
    --------
    >>> situation(Row("changes", "k", {"change": .1, "ci_low": -.1, "ci_high": .3, "flag": "", "reason": ""}))
    'undetected'
    """
    if row is None or row.suppressed:
        return "suppressed" if row else "not_computed"
    if "not_comparable" in row.reasons:
        return "not_comparable"
    if not row.asked or "only_a_table" in row.reasons:
        return "only_a_table" if row.asked else "not_asked"
    if "no_comparison" in row.reasons or "descriptive_only" in row.reasons:
        return "too_few"
    if not row.has("change"):
        return "not_computed"
    if not row.has("ci_low", "ci_high"):
        return "alike" if "no_variation" in row.reasons else "described"
    if row.uncertain:
        return "uncertain"
    if not row.clear:
        return "undetected"
    return "rise" if row.value("change") > 0 else "fall"


def verdict(row: Row) -> str:
    """Return what may be said of a difference: 'clear', 'unclear' or, where it rests on little, 'uncertain'.

    Examples
    --------
    >>> verdict(Row("changes", "k", {"change": .1, "ci_low": .02, "ci_high": .3, "flag": "uncertain"}))
    'uncertain'
    """
    return {"rise": "clear", "fall": "clear", "uncertain": "uncertain"}.get(situation(row), "unclear")


def interval(row: Row, labels: Labels, *, decimals: int | None = None, short: bool = False) -> Parts:
    """Return '95 %-interval: −1,44 til −0,14'; changes are written with their sign."""
    sign = row.table == "changes"
    low, high = (
        numbers.number(row, column, labels.language, sign=sign, decimals=decimals) for column in ("ci_low", "ci_high")
    )
    if short:
        return labels.texts.fill("common.interval_short", low=low, high=high)
    level = numbers.rule("interval_level", labels.language)
    return labels.texts.fill("common.interval", level=level, low=low, high=high)


def rank(row: Row, labels: Labels) -> Parts:
    """Return 'nr. 3 af 97'."""
    return labels.texts.fill(
        "common.rank", rank=numbers.count(row, "rank", labels.language), of=numbers.ranked(row, labels.language)
    )


def unit(row: Row, labels: Labels) -> Parts:
    """Return a level's unit with the space before it; nothing for a mean."""
    word = labels.unit(row)
    return (NO_BREAK + word,) if word else ()


def with_unit(row: Row, labels: Labels, column: str = "estimate") -> Parts:
    """Return '59 pct.'."""
    return (numbers.number(row, column, labels.language), *unit(row, labels))


def moved(row: Row, labels: Labels) -> Inline:
    """Return 'steg', 'faldt' or 'var uændret', as the printed number says."""
    value = round(numbers.shown(row, "change"), numbers.places(row))
    return labels.texts.word("common.rise" if value > 0 else "common.fall" if value < 0 else "common.same")


def direction(row: Row, labels: Labels) -> Inline:
    """Return 'højere' or 'lavere'."""
    return labels.texts.word("common.higher" if row.value("change") > 0 else "common.lower")


def reasons(row: Row, labels: Labels) -> Parts:
    """Return the sentences for everything that the row's reason says."""
    known = [key for key in row.reasons if labels.texts.has(f"reasons.{key}")]
    return sentences(*(labels.texts.fill(f"reasons.{key}") for key in known))
