"""Which sentence a change may be told with: the order of what is said first decides what may be said at all."""

from typing import Literal

from jobreport.domain.released import Row

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
ONE_OF_SEVERAL = "one_of_several"
CONTROL_MOVED = "control_moved"


def situation(row: Row | None) -> Situation:
    """Return which sentence a change may be told with.

    The order is the point: what may not be shown comes first, then what cannot be compared or computed, then what is
    uncertain; only the rest may be called a rise or a fall. 'described' is a change without an interval, as a
    register's own change; 'alike' one of a survey whose answers do not vary, so that how uncertain it is cannot be
    known.

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
    if not row.clear or ONE_OF_SEVERAL in row.reasons:
        return "undetected"
    return "rise" if row.value("change") > 0 else "fall"


def verdict(row: Row) -> str:
    """Return what may be said of a difference: 'clear', 'unclear', 'several' or, where it rests on little, 'uncertain'.

    'several' is one that is clear by itself, but is one of several that chance may have made all the same.

    Examples
    --------
    >>> verdict(Row("changes", "k", {"change": .1, "ci_low": .02, "ci_high": .3, "flag": "uncertain"}))
    'uncertain'
    """
    if row.clear and ONE_OF_SEVERAL in row.reasons and not row.uncertain:
        return "several"
    return {"rise": "clear", "fall": "clear", "uncertain": "uncertain"}.get(situation(row), "unclear")
