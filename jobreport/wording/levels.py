"""What a survey says where nothing is compared, with one wave or no event: the latest level of each indicator."""

from __future__ import annotations

import pandas as pd

from jobreport.display import Bullets, Group, KeyFigure, Paragraph, Parts, Strong
from jobreport.wording import numbers, phrases
from jobreport.wording.cells import Row, rows
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.texts import Filling, sentences


def main_measure(labels: Labels, indicator: str) -> tuple[str, str]:
    """Return the measure that an indicator is told by.

    Returns
    -------
    (measure, category)
        The index of an indicator with several questions; else the share of positive answers.
    """
    known = labels.codebook.indicators if labels.codebook else ()
    several = {found.name for found in known if len(found.items) > 1}
    return ("index", "") if indicator in several else ("share", "positive")


def described(estimates: pd.DataFrame, labels: Labels) -> Group:
    """Return the latest levels where nothing is compared: one wave, or no event."""
    levels = [level for name in INDICATORS if (level := latest_level(estimates, labels, name)) is not None]
    if not levels:
        return Group((Paragraph(labels.texts.fill("missing.survey"), kind="missing"),))
    wave = numbers.window(max(levels, key=lambda level: level.text("wave")), "wave")
    first = labels.texts.fill("survey.headline.described", municipality=labels.municipality(labels.code), wave=wave)
    each = Bullets(tuple(_named(level, labels) for level in levels))
    return Group((Paragraph(first, kind="headline"), each, Paragraph(labels.texts.fill("survey.nothing_compared"))))


def _named(level: Row, labels: Labels) -> Parts:
    return (Strong((labels.indicator(level.text("indicator")),)), ": ", *level_sentence(level, labels))


def latest_level(estimates: pd.DataFrame, labels: Labels, indicator: str) -> Row | None:
    """Return the municipality's row of the main measure in the latest single wave."""
    measure, category = main_measure(labels, indicator)
    which = {"indicator": indicator, "measure": measure, "category": category, "municipality_code": labels.code}
    found = [row for row in rows(estimates, "estimates", group_by="", **which) if "+" not in row.text("wave")]
    return max(found, key=lambda row: row.text("wave"), default=None)


def level_sentence(level: Row, labels: Labels) -> Parts:
    """Return one level with its interval, base and wave."""
    names: dict[str, Filling] = {"measure": labels.measure(level)}
    if not level.has("estimate", "ci_low", "ci_high"):
        return sentences(labels.texts.fill("survey.suppressed", **names))
    return sentences(labels.texts.fill("survey.level", **names, **_level_names(level, labels)))


def _level_names(level: Row, labels: Labels) -> dict[str, Filling]:
    return {
        "level": phrases.with_unit(level, labels),
        "interval": phrases.interval(level, labels),
        "n": numbers.count(level, "n", labels.language),
        "wave": numbers.window(level, "wave"),
    }


def key_level(level: Row | None, labels: Labels, name: str) -> KeyFigure:
    """Return the latest level as a key figure where nothing is compared."""
    label, missing = (labels.indicator(name),), labels.texts.fill("key_figures.missing")
    if level is None:
        return KeyFigure(label, missing, labels.texts.fill(f"missing.short_{name}"))
    if not level.has("estimate", "ci_low", "ci_high"):
        return KeyFigure(label, missing, labels.texts.fill("key_figures.words.suppressed"))
    measure = sentences(labels.measure(level, closed=True))
    detail = labels.texts.fill("key_figures.described", measure=measure, **_level_names(level, labels))
    return KeyFigure(label, phrases.with_unit(level, labels), detail)
