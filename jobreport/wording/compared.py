"""The change beside other municipalities, and how far the answer depends on the choices."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import COUNTRY, Row, one
from jobreport.page import Bullets, Group, Paragraph, Parts
from jobreport.wording import design, numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.levels import main_measure, missing_answer
from jobreport.wording.survey import KNOWN_BEFORE, MOVES, change_of, comparison_names
from jobreport.wording.texts import sentences


def before_after_answer(changes: pd.DataFrame, labels: Labels, indicator: str) -> Group:
    """Return what may be concluded about an indicator from the comparison, in a paragraph and bullets."""
    effect = design.effect_of(changes, indicator, *main_measure(labels, indicator), labels.code)
    if effect is None:
        return Group((Paragraph(_no_comparison(changes, labels), kind="missing"),))
    told = sentences(against(effect, labels), design.conclusion(effect, labels))
    more = (
        design.false_dates(changes, effect, labels),
        design.detectable(effect, labels) if effect.has("n_comparison") else (),
        _rank_limit(effect, labels),
        mix(changes, labels, indicator),
        design.choices(changes, effect, labels),
    )
    return Group((Paragraph(told), Bullets(tuple(parts for parts in more if parts))))


def withheld(changes: pd.DataFrame, labels: Labels, indicator: str) -> Paragraph | None:
    """Return why an indicator is not compared before and after; None where it is, or might be."""
    if labels.of_table and indicator not in labels.held:
        return missing_answer(labels, indicator)
    row = change_of(changes, labels, indicator)
    seen = phrases.situation(row)
    if row is None or seen not in KNOWN_BEFORE:
        return None
    told = labels.texts.fill(f"survey.short.{seen}", name=labels.definite(indicator))
    why = labels.reason(indicator) if seen == "not_comparable" else ()
    return Paragraph(sentences(told, why), kind="missing")


def one_sided(labels: Labels) -> Paragraph | None:
    """Return that nothing is compared where the params name no round before the event, or none after it."""
    survey = labels.params.survey
    sides = survey.windows(labels.params.event(None)) if survey is not None else ((), ())
    return None if all(sides) else Paragraph(labels.texts.fill("survey.one_sided"), kind="missing")


def _no_comparison(changes: pd.DataFrame, labels: Labels) -> Parts:
    """Return why a municipality has no comparison: the event was elsewhere, it is alone, or it cannot be shown."""
    name = labels.municipality(labels.code)
    if labels.own_event() is None:
        return labels.texts.fill("elsewhere.not_compared", municipality=name)
    others = changes["municipality_code"].ne(labels.code) & changes["municipality_code"].str.isdecimal()
    alone = set(changes.loc[others, "municipality_code"]) <= {COUNTRY}
    return labels.texts.fill("missing.comparison" if alone else "survey.against_hidden")


def against(effect: Row, labels: Labels) -> Parts:
    """Return the difference from the other municipalities, or why there is none."""
    seen = phrases.situation(effect)
    if seen == "too_few":
        if not effect.has("n_comparison"):
            return labels.texts.fill("survey.no_comparison")
        return labels.texts.fill("survey.too_few", n=numbers.count(effect, "n_comparison", labels.language))
    if seen not in MOVES or not effect.has("rank", "ci_low"):
        return labels.texts.fill("survey.against_hidden")
    told = labels.texts.fill("survey.against", **comparison_names(effect, labels))
    return sentences(told, labels.texts.fill(f"survey.against_{phrases.verdict(effect)}"))


def _rank_limit(effect: Row, labels: Labels) -> Parts:
    if not effect.has("p_smallest_possible", "rank"):
        return ()
    return labels.texts.fill(
        "design.rank_limit",
        of=numbers.ranked(effect, labels.language),
        smallest=numbers.number(effect, "p_smallest_possible", labels.language, decimals=3, plain=True),
    )


def mix(changes: pd.DataFrame, labels: Labels, indicator: str) -> Parts:
    """Return the change with the mix of groups held still, beside the raw one, and the split in two."""
    raw, adjusted = change_of(changes, labels, indicator), change_of(changes, labels, indicator, adjustment="mix")
    if raw is None or adjusted is None or not (raw.has("change") and adjusted.has("change", "ci_low")):
        return ()
    told = labels.texts.fill(
        "survey.mix",
        grouping=_mix_grouping(labels),
        change=numbers.number(adjusted, "change", labels.language, sign=True),
        unit=labels.unit(adjusted, change=True),
        interval=phrases.interval(adjusted, labels),
        raw=numbers.number(raw, "change", labels.language, sign=True),
    )
    return sentences(told, _split(changes, raw, labels))


def _split(changes: pd.DataFrame, raw: Row, labels: Labels) -> Parts:
    found = {
        part: one(changes, "changes", method=part, scale="points", **design.same(raw)) for part in ("mix", "rates")
    }
    if not all(row is not None and row.has("change") for row in found.values()):
        return ()
    shown = {part: numbers.number(row, "change", labels.language, sign=True) for part, row in found.items() if row}
    return labels.texts.fill("survey.mix_split", unit=labels.unit(raw, change=True), **shown)


def _mix_grouping(labels: Labels) -> str:
    groups = labels.codebook.groups.values() if labels.codebook else ()
    names = [labels.texts.of(group.label) for group in groups if group.role == "benefit_group"]
    return names[0].lower() if names else labels.texts.word("survey.mix_groups")
