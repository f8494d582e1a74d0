"""What a survey says where nothing is compared, with one wave or no event: the latest level of each indicator."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from jobreport.domain.released import Row, rows
from jobreport.page import Bullets, Group, KeyFigure, Paragraph, Parts, Strong
from jobreport.setup import codebook
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.texts import Filling, listing, sentences

INSTEAD = (("mean", ""), ("share", "negative"), ("share", "neutral"), ("index", ""))


def main_measure(labels: Labels, indicator: str) -> tuple[str, str]:
    """Return the measure that an indicator is told by.

    Returns
    -------
    (measure, category)
        The index of an indicator with several questions; else the share of positive answers. Of a table that lacks
        it, the mean, or whatever there is.
    """
    known = labels.codebook.indicators if labels.codebook else ()
    wanted = codebook.main_measure(next((len(found.items) for found in known if found.name == indicator), 1))
    held = labels.held.get(indicator, frozenset({wanted}))
    rest = sorted(held, key=lambda each: (each[0] == "dont_know", each))
    return next(each for each in (wanted, *INSTEAD, *rest) if each in held)


def with_held(labels: Labels, estimates: pd.DataFrame) -> Labels:
    """Return labels that know which measures a table gave: a report tells what there is, not what is usual."""
    if not labels.of_table:
        return labels
    own = estimates["municipality_code"].eq(labels.code) & estimates["group_by"].eq("") & estimates["n"].notna()
    held = {}
    for name, found in estimates[own | estimates["flag"].eq("suppressed")].groupby("indicator"):
        last = found[found["wave"].eq(found["wave"].max())]
        held[str(name)] = frozenset(zip(last["measure"].astype(str), last["category"].astype(str), strict=True))
    return replace(labels, held=held)


def questions_told(labels: Labels, wanted: Collection[str] = ()) -> tuple[str, ...]:
    """Return what is told of: the indicators; of a table their questions, where an index would need persons.

    Parameters
    ----------
    labels
        Names, params and codebook.
    wanted
        Only these indicators; none is all.
    """
    known = labels.codebook.indicators if labels.codebook else ()
    asked = [each for each in known if not wanted or each.name in wanted]
    apart = {each.name: tuple(name for name, _ in each.named_items) for each in asked if labels.of_table}
    return tuple(dict.fromkeys(name for each in asked for name in apart.get(each.name, (each.name,))))


def without_index(labels: Labels, indicator: str) -> bool:
    """Whether an indicator is an index of several questions that a table cannot give."""
    return labels.of_table and main_measure(labels, indicator) == ("index", "") and indicator not in labels.held


def described(
    estimates: pd.DataFrame, labels: Labels, names: Sequence[str] = INDICATORS, withheld: tuple[Parts, ...] = ()
) -> Group:
    """Return the latest levels where nothing is compared, and why: one wave, no event, or what is withheld."""
    levels = [level for name in names if (level := latest_level(estimates, labels, name)) is not None]
    if not levels:
        return Group((Paragraph(labels.texts.fill("missing.survey"), kind="missing"),))
    wave = numbers.window(max(levels, key=lambda level: level.text("wave")), "wave")
    first = labels.texts.fill("survey.headline.described", municipality=labels.municipality(labels.code), wave=wave)
    each = Bullets(tuple(_named(level, estimates, labels) for level in levels))
    why = labels.texts.fill(f"survey.{'one_sided' if labels.params.events else 'nothing_compared'}")
    return Group((Paragraph(first, kind="headline"), each, Bullets(withheld) if withheld else Paragraph(why)))


def _named(level: Row, estimates: pd.DataFrame, labels: Labels) -> Parts:
    name = level.text("indicator")
    told = sentences(level_sentence(level, labels), unasked_since(estimates, labels, name))
    return (Strong((labels.indicator(name),)), ": ", *told)


def latest_level(estimates: pd.DataFrame, labels: Labels, indicator: str) -> Row | None:
    """Return the municipality's row of the main measure in the latest single wave that asked."""
    found = [row for row in _in_waves(estimates, labels, indicator) if row.asked]
    return max(found, key=lambda row: row.text("wave"), default=None)


def unasked_since(estimates: pd.DataFrame, labels: Labels, indicator: str) -> Parts:
    """Return in which waves after the latest level the question was not put; nothing where the level is of the last."""
    latest = latest_level(estimates, labels, indicator)
    unasked = [row for row in _in_waves(estimates, labels, indicator) if not row.asked]
    later = [row for row in unasked if latest is None or row.text("wave") > latest.text("wave")]
    names: list[Parts] = [(numbers.window(row, "wave"),) for row in sorted(later, key=lambda row: row.text("wave"))]
    return labels.texts.fill("survey.not_asked_in", list=listing(names, labels.texts)) if names else ()


def _in_waves(estimates: pd.DataFrame, labels: Labels, indicator: str) -> list[Row]:
    measure, category = main_measure(labels, indicator)
    which = {"indicator": indicator, "measure": measure, "category": category, "municipality_code": labels.code}
    return [row for row in rows(estimates, "estimates", group_by="", **which) if not row.spans_waves]


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


def key_level(estimates: pd.DataFrame, labels: Labels, name: str, words: Parts = ()) -> KeyFigure:
    """Return the latest level as a key figure where nothing is compared; ``words`` say why."""
    level = latest_level(estimates, labels, name)
    label, missing = (labels.indicator(name),), labels.texts.fill("key_figures.missing")
    if level is None:
        topic = labels.asked(name) is None and labels.texts.has(f"missing.short_{name}")
        short = labels.texts.fill(f"missing.short_{name}" if topic else "missing.short_other")
        return KeyFigure(label, missing, words or short)
    if not level.has("estimate", "ci_low", "ci_high"):
        why = "alike" if level.has("estimate") and "no_variation" in level.reasons else "suppressed"
        return KeyFigure(label, missing, labels.texts.fill(f"key_figures.words.{why}"))
    measure = sentences(labels.measure(level, closed=True))
    detail = labels.texts.fill("key_figures.described", measure=measure, **_level_names(level, labels))
    more = words or unasked_since(estimates, labels, name)
    return KeyFigure(label, phrases.with_unit(level, labels), sentences(detail, more))


def missing_answer(labels: Labels, indicator: str) -> Paragraph:
    """Return what stands where an indicator has no answers at all."""
    key = f"missing.{indicator}"
    own = labels.texts.fill(key) if labels.asked(indicator) is None and labels.texts.has(key) else ()
    told = own or labels.texts.fill("missing.indicator", name=labels.about(indicator))
    return Paragraph(told, kind="missing")
