"""What the design lets a report say: false dates, choices, what could be detected, the strongest word."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import Row, one, rows
from jobreport.page import Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.texts import Filling, listing, sentences

VARYING_DATES = ("specification", "wave_before", "wave_after")
VARYING_CHOICES = ("adjustment", "specification", "scale", "wave_before", "wave_after")


def same(row: Row) -> dict[str, str]:
    """Return what identifies the comparison that a row belongs to, whatever the method."""
    columns = ("event", "indicator", "measure", "category", "municipality_code", "group_by", "group")
    return {column: row.text(column) for column in columns}


def false_dates(changes: pd.DataFrame, effect: Row, labels: Labels) -> Parts:
    """Return how many false dates stand out, and which: 'i 4 af dem (2015, 2016, 2017 og 2019)'.

    Parameters
    ----------
    changes
        Released changes.
    effect
        The effect row whose false dates are meant; its scale is used.
    """
    tried = _false_dates(changes, effect)
    clear = [row for row in tried if row.clear]
    if not tried:
        return labels.texts.fill("design.false_dates.missing")
    if not clear and len(tried) == 1:
        return labels.texts.fill("design.false_dates.one_unclear", list=_dates(tried, labels))
    if not clear:
        return labels.texts.fill("design.false_dates.none", all=_count(tried, tried, "count", labels))
    told = labels.texts.fill("design.false_dates.some", **_counted(tried, clear, labels))
    return sentences(told, labels.texts.fill("design.false_dates.meaning"))


def false_dates_headline(changes: pd.DataFrame, effect: Row, labels: Labels) -> Parts:
    """Return the short form for the headline; nothing where no false date stands out."""
    tried = _false_dates(changes, effect)
    clear = [row for row in tried if row.clear]
    if not clear:
        return ()
    return labels.texts.fill(
        "design.false_dates.headline",
        event_year=labels.event_year(effect.text("event")),
        unit=labels.unit(effect, change=True),
        **_counted(tried, clear, labels),
    )


def _false_dates(changes: pd.DataFrame, effect: Row) -> list[Row]:
    found = rows(changes, "changes", method="false_date", adjustment="", scale=effect.text("scale"), **same(effect))
    return [row for row in found if row.has("ci_low", "ci_high")]


def _counted(tried: list[Row], clear: list[Row], labels: Labels) -> dict[str, Filling]:
    return {
        "all": _count(tried, tried, "count", labels),
        "clear": _count(tried, clear, "count_excluding_zero", labels),
        "list": _dates(clear, labels),
    }


def _count(tried: list[Row], counted: list[Row], what: str, labels: Labels) -> numbers.Number:
    return numbers.count_rows(len(counted), tried[0], VARYING_DATES, what, labels.language)


def _dates(found: list[Row], labels: Labels) -> Parts:
    return listing([(numbers.written(row, "specification"),) for row in found], labels.texts)


def detectable(effect: Row, labels: Labels) -> Parts:
    """Return how large a difference had to be for these data to find it."""
    if not effect.has("detectable_change"):
        return labels.texts.fill("design.no_detectable")
    return labels.texts.fill(
        "design.detectable",
        size=numbers.number(effect, "detectable_change", labels.language, size=True),
        unit=labels.unit(effect, change=True),
        power=numbers.rule("power", labels.language),
    )


def conclusion(effect: Row, labels: Labels) -> Parts:
    """Return what may be concluded: never more than the row's wording level carries."""
    known = effect.has("change", "ci_low", "ci_high")  # no interval, no word on whether there is a difference
    level = (effect.text("wording_level") if known else "") or "description"
    key = f"design.conclusion.{level}_{'clear' if is_clear(effect) else 'unclear'}"
    told = labels.texts.fill(key, event=labels.event(effect.text("event")))
    return sentences(told, phrases.reasons(effect, labels))


def is_clear(effect: Row) -> bool:
    """Whether a difference may be called clear: shown, resting on enough, its interval on one side of zero."""
    return phrases.verdict(effect) == "clear"


def carried(effect: Row | None) -> str:
    """Return the word the design carries; 'unclear' where it could carry a word but nothing stands out."""
    level = effect.text("wording_level") if effect else ""
    if effect is None or level not in ("effect", "change"):
        return level
    if not effect.has("change", "ci_low", "ci_high"):
        return "description"
    return level if is_clear(effect) else "unclear"


def headline(effect: Row, labels: Labels) -> Parts:
    """Return the headline's last sentence: which word the design carries."""
    return labels.texts.fill(
        f"design.headline.{carried(effect) or 'description'}", event_year=labels.event_year(effect.text("event"))
    )


def choices(changes: pd.DataFrame, effect: Row, labels: Labels) -> Parts:
    """Return whether the answer depends on how it is computed; nothing without a specification curve."""
    found = rows(changes, "changes", method="specification", **same(effect))
    tried = [row for row in found if row.has("change")]
    if not tried:
        return ()
    kinds = {
        "count": tried,
        "count_positive": [row for row in tried if row.value("change") > 0],
        "count_negative": [row for row in tried if row.value("change") < 0],
        "count_excluding_zero": [row for row in tried if row.clear],
    }
    told = {
        what: numbers.count_rows(len(some), tried[0], VARYING_CHOICES, what, labels.language)
        for what, some in kinds.items()
    }
    return labels.texts.fill(
        f"design.choices.{_choices_key(kinds)}",
        all=told["count"],
        positive=told["count_positive"],
        negative=told["count_negative"],
        clear=told["count_excluding_zero"],
    )


def _choices_key(kinds: dict[str, list[Row]]) -> str:
    """The answer depends on the choice only where some choice gives an answer: one that is clear."""
    one_way = len(kinds["count"]) in (len(kinds["count_positive"]), len(kinds["count_negative"]))
    return ("stable" if one_way else "unstable") + ("" if kinds["count_excluding_zero"] else "_none")


def effect_of(
    changes: pd.DataFrame, indicator: str, measure: str, category: str, code: str, scale: str = "points"
) -> Row | None:
    """Return the effect row of a municipality, everybody together, unadjusted."""
    return one(
        changes,
        "changes",
        method="effect",
        indicator=indicator,
        measure=measure,
        category=category,
        municipality_code=code,
        scale=scale,
        adjustment="",
        group_by="",
    )
