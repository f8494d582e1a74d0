"""What a survey says: one indicator before and after, its groups and its items."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import Row, one, rows, spans_waves, waves_in
from jobreport.page import Bullets, Group, KeyFigure, KeyFigures, Paragraph, Parts, Strong
from jobreport.wording import design, numbers, phrases
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.levels import (
    described,
    key_level,
    latest_level,
    level_sentence,
    main_measure,
    missing_answer,
    unasked_since,
    without_index,
)
from jobreport.wording.phrases import Situation, situation
from jobreport.wording.texts import Filling, listing, sentences
from jobreport.wording.told import told_names

MOVES = ("rise", "fall", "undetected", "uncertain")
KNOWN_BEFORE = ("not_comparable", "not_asked", "only_a_table")
WITHHELD = ("suppressed", *KNOWN_BEFORE, "alike")


def change_of(changes: pd.DataFrame, labels: Labels, indicator: str, code: str = "", **other: str) -> Row | None:
    """Return a municipality's own change in the main measure, everybody together, unadjusted."""
    measure, category = main_measure(labels, indicator)
    chosen = {"method": "change", "adjustment": "", "group_by": "", "scale": "points", **other}
    return one(
        changes,
        "changes",
        indicator=indicator,
        measure=measure,
        category=category,
        municipality_code=code or labels.code,
        **chosen,
    )


def level_of(estimates: pd.DataFrame, change: Row, column: str) -> Row | None:
    """Return the level in the window before ('wave_before') or after; None where it may not be shown."""
    columns = ("indicator", "measure", "category", "municipality_code", "group_by", "group")
    same = {name: change.text(name) for name in columns}
    found = one(estimates, "estimates", wave=change.text(column), **same)
    return found if found is not None and found.has("estimate") else None


def survey_headline(estimates: pd.DataFrame, changes: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Group:
    """Return the conclusion on the survey: one sentence to remember, then what carries it, one by one."""
    names = told_names(diagnostics, labels)
    found = {name: row for name in names if (row := change_of(changes, labels, name)) is not None}
    moved = {name: row for name, row in found.items() if situation(row) in MOVES}
    if not moved:
        return described(estimates, labels, names, tuple(_short(name, row, labels) for name, row in found.items()))
    effects = [design.effect_of(changes, name, *main_measure(labels, name), labels.code) for name in moved]
    shown = [row for row in effects if row is not None and situation(row) in MOVES and row.has("rank", "ci_low")]
    first = Paragraph(sentences(_one_sentence(shown or list(moved.values()), bool(shown), labels)), kind="headline")
    compared = {row.text("indicator"): _compared(row, labels) for row in shown}
    each = Bullets(tuple(compared.get(name) or _short(name, row, labels) for name, row in found.items()))
    weakest = _weakest([row for row in effects if row is not None])
    last = (Paragraph(design.headline(weakest, labels)),) if weakest is not None else ()
    return Group((first, Paragraph(_start(shown, moved, labels)), each, *last))


def _one_sentence(found: list[Row], compared: bool, labels: Labels) -> Parts:
    """Return which indicators changed clearly: otherwise than the others where that is known, else by themselves."""
    if all(situation(row) == "uncertain" for row in found):
        return labels.texts.fill("survey.headline.own_unknown")
    found = [row for row in found if situation(row) != "uncertain"]
    clear = [row for row in found if situation(row) in ("rise", "fall")]
    key = f"survey.headline.{'compared' if compared else 'own'}_{'some' if clear else 'none'}"
    pieces = [
        labels.texts.fill(
            "survey.headline.one",
            name=labels.about(row.text("indicator")),
            change=numbers.number(row, "change", labels.language, sign=True),
            unit=labels.unit(row, change=True),
        )
        for row in clear
    ]
    names = [labels.about(row.text("indicator")) for row in found]
    name = labels.municipality(labels.code)
    return labels.texts.fill(key, municipality=name, list=listing(pieces or names, labels.texts))


def _start(compared: list[Row], found: dict[str, Row], labels: Labels) -> Parts:
    first = next(iter([*compared, *found.values()]))
    before, after = (numbers.window(first, column) for column in ("wave_before", "wave_after"))
    names: dict[str, Filling] = {"municipality": labels.municipality(labels.code), "before": before, "after": after}
    if not compared:
        return labels.texts.fill("survey.beside.start_own", **names)
    return labels.texts.fill("survey.beside.start", n=numbers.count(first, "n_comparison", labels.language), **names)


def _short(name: str, row: Row, labels: Labels) -> Parts:
    seen = situation(row)
    key = seen if seen in (*MOVES, *WITHHELD) else "not_computed"
    names: dict[str, Filling] = {"name": labels.definite(name)}
    if key in MOVES:
        names |= {
            "change": numbers.number(row, "change", labels.language, sign=True),
            "size": numbers.number(row, "change", labels.language, size=True),
            "unit": labels.unit(row, change=True),
            "interval": phrases.interval(row, labels),
        }
    return sentences(labels.texts.fill(f"survey.short.{key}", **names))


def _compared(effect: Row, labels: Labels) -> Parts:
    """Tell one difference from the other municipalities, and whether chance can explain it."""
    verdict = labels.texts.fill(f"survey.against_{phrases.verdict(effect)}")
    name = Strong((labels.indicator(effect.text("indicator")),))
    return labels.texts.fill("survey.beside.compared", name=name, verdict=verdict, **comparison_names(effect, labels))


def _weakest(effects: list[Row]) -> Row | None:
    order = ("description", "change", "effect")
    known = [row for row in effects if row.text("wording_level") in order]
    # among equals one that is clear: else "no clear difference" would stand below a clear one
    return min(known, key=lambda row: (order.index(row.text("wording_level")), not design.is_clear(row)), default=None)


def comparison_names(effect: Row, labels: Labels) -> dict[str, Filling]:
    """Return what the sentences on a comparison are filled with."""
    return {
        "n": numbers.count(effect, "n_comparison", labels.language),
        "change": numbers.number(effect, "change", labels.language, sign=True),
        "unit": labels.unit(effect, change=True),
        "interval": phrases.interval(effect, labels),
        "rank": phrases.rank(effect, labels),
    }


def key_figures(estimates: pd.DataFrame, changes: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Group:
    """Return the front page's figures in bands, each with interval, base and how much may be concluded."""
    figures = [_key_figure(estimates, changes, labels, name) for name in told_names(diagnostics, labels)]
    bands = [figures[at : at + len(INDICATORS)] for at in range(0, len(figures), len(INDICATORS))]
    return Group(tuple(KeyFigures(tuple(band)) for band in bands))


def _key_figure(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, name: str) -> KeyFigure:
    row = change_of(changes, labels, name)
    label = (labels.indicator(name),)
    if row is None:
        return key_level(estimates, labels, name)
    seen = situation(row)
    if seen in (*KNOWN_BEFORE, "alike"):
        return key_level(estimates, labels, name, labels.texts.fill(f"key_figures.words.{seen}"))
    words = _key_words(changes, labels, row, seen)
    if seen not in (*MOVES, "described"):
        return KeyFigure(label, labels.texts.fill("key_figures.missing"), words)
    return KeyFigure(label, _key_value(estimates, row, labels), _key_detail(row, words, labels))


def _key_value(estimates: pd.DataFrame, row: Row, labels: Labels) -> Parts:
    before, after = level_of(estimates, row, "wave_before"), level_of(estimates, row, "wave_after")
    if before is None or after is None:
        change = numbers.number(row, "change", labels.language, sign=True)
        return (change, phrases.NO_BREAK, labels.unit(row, change=True))
    return labels.texts.fill(
        "key_figures.value",
        before=numbers.number(before, "estimate", labels.language),
        after=numbers.number(after, "estimate", labels.language),
        unit=phrases.unit(after, labels),
    )


def _key_detail(row: Row, words: Parts, labels: Labels) -> Parts:
    return labels.texts.fill(
        "key_figures.detail",
        measure=sentences(labels.measure(row, closed=True)),
        change=numbers.number(row, "change", labels.language, sign=True),
        unit=labels.unit(row, change=True),
        interval=phrases.interval(row, labels),
        bases=_bases(row, labels),
        words=words,
    )


def _key_words(changes: pd.DataFrame, labels: Labels, row: Row, seen: Situation) -> Parts:
    effect = design.effect_of(changes, row.text("indicator"), row.text("measure"), row.text("category"), labels.code)
    key = f"key_figures.level.{design.carried(effect)}"
    level = labels.texts.fill(key) if seen in ("rise", "fall", "described") and labels.texts.has(key) else ()
    words = labels.texts.fill(f"key_figures.words.{seen}") if seen != "described" else ()
    return sentences(words, level)


def _bases(row: Row, labels: Labels) -> Parts:
    return labels.texts.fill(
        "survey.bases",
        before=numbers.count(row, "n_before", labels.language),
        after=numbers.count(row, "n_after", labels.language),
    )


def change_sentence(estimates: pd.DataFrame, row: Row, labels: Labels) -> Parts:
    """Return the sentence that fits a change: rise, fall, not detectable, uncertain, suppressed, ...

    Parameters
    ----------
    estimates
        Released rows; the levels before and after are read from them.
    row
        A released change.
    labels
        Names and language.
    """
    seen = situation(row)
    measure = labels.measure(row)
    if seen not in MOVES:
        told = labels.texts.fill(f"survey.{seen if seen in WITHHELD else 'not_computed'}", measure=measure)
        return sentences(told, labels.reason(row.text("indicator")) if seen == "not_comparable" else ())
    before, after = level_of(estimates, row, "wave_before"), level_of(estimates, row, "wave_after")
    names: dict[str, Filling] = {
        "measure": measure,
        "change": numbers.number(row, "change", labels.language, sign=True),
        "size": numbers.number(row, "change", labels.language, size=True),
        "unit": labels.unit(row, change=True),
        "interval": phrases.interval(row, labels),
        "bases": _bases(row, labels),
    }
    if before is None or after is None:
        return sentences(labels.texts.fill(f"survey.{seen}_only", **names))
    names |= {"before": phrases.with_unit(before, labels), "after": phrases.with_unit(after, labels)}
    return sentences(labels.texts.fill(f"survey.{seen}", **names))


def indicator_answer(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, indicator: str) -> Group:
    """Return what an indicator's section begins with: the change in words, and 'don't know'."""
    row = change_of(changes, labels, indicator)
    if row is None or situation(row) in KNOWN_BEFORE:
        return _level_answer(estimates, row, labels, indicator)
    told = [Paragraph(change_sentence(estimates, row, labels), kind="lead")]
    dont_know = _dont_know(estimates, row, labels)
    more = sentences(
        _unchanged(changes, row, labels), dont_know, phrases.reasons(row, labels), labels.reason(indicator)
    )
    return Group((*told, *([Paragraph(more)] if more else [])))


def _level_answer(estimates: pd.DataFrame, row: Row | None, labels: Labels, indicator: str) -> Group:
    """Return the latest level where no change is told, and why there is none."""
    level = latest_level(estimates, labels, indicator)
    if without_index(labels, indicator):
        told = labels.texts.fill("survey.no_index", name=labels.about(indicator))
        return Group((Paragraph(told, kind="missing"),))
    if level is None:
        return Group((missing_answer(labels, indicator),))
    lead = sentences(level_sentence(level, labels), unasked_since(estimates, labels, indicator))
    why = [Paragraph(change_sentence(estimates, row, labels))] if row is not None else []
    return Group((Paragraph(lead, kind="lead"), *why))


def _unchanged(changes: pd.DataFrame, row: Row, labels: Labels) -> Parts:
    found = one(changes, "changes", method="unchanged", adjustment="", **design.same(row))
    if found is None or "within_margin" not in found.reasons or labels.params.unchanged_margin is None:
        return ()
    margin = numbers.params_number(labels.params.unchanged_margin, "unchanged_margin", labels.language, 1)
    return labels.texts.fill("survey.unchanged", margin=margin, unit=labels.unit(found, change=True))


def _dont_know(estimates: pd.DataFrame, row: Row, labels: Labels) -> Parts:
    found = {
        side: one(
            estimates,
            "estimates",
            indicator=row.text("indicator"),
            measure="dont_know",
            municipality_code=row.text("municipality_code"),
            wave=row.text(f"wave_{side}"),
            group_by="",
        )
        for side in ("before", "after")
    }
    shown = {side: phrases.with_unit(level, labels) for side, level in found.items() if level and level.has("estimate")}
    return labels.texts.fill("survey.dont_know", **shown) if len(shown) == len(found) else ()


def exposed_answer(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, indicator: str) -> Group:
    """Return the change of every municipality that the event also touched, told apart."""
    told = []
    for code, role in labels.places():
        row = change_of(changes, labels, indicator, code) if role == "exposed" else None
        if row is not None:
            exposed = labels.texts.fill("survey.exposed", municipality=labels.municipality(code))
            told.append(Paragraph(sentences(exposed, change_sentence(estimates, row, labels))))
    return Group(tuple(told))


def shown_groups(estimates: pd.DataFrame, labels: Labels, indicator: str, group_by: str) -> list[Row]:
    """Return the latest rows of every group that were asked, in the codebook's order, suppressed ones too."""
    measure, category = main_measure(labels, indicator)
    found = rows(
        estimates,
        "estimates",
        indicator=indicator,
        measure=measure,
        category=category,
        municipality_code=labels.code,
        group_by=group_by,
    )
    found = [row for row in found if row.asked]
    if not found:
        return []
    latest = latest_wave([row.text("wave") for row in found], labels)
    order = list(labels.codebook.groups[group_by].values) if labels.codebook else []
    return sorted((row for row in found if row.text("wave") == latest), key=lambda row: order.index(row.text("group")))


def latest_wave(waves: list[str], labels: Labels) -> str:
    """Return the window after the event where there is one, else the last wave."""
    windows = [wave for wave in waves if spans_waves(wave)]
    return max(windows, key=lambda wave: waves_in(wave)[-1]) if windows else max(waves)
