"""Beside other municipalities without ranking them, and what goes together with satisfaction."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import COUNTRY, Row, one, rows
from jobreport.page import Group, Paragraph, Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.levels import main_measure
from jobreport.wording.texts import listing, sentences

OUTCOME = INDICATORS[0]
FEWEST_PAIRS = 2  # one experience alone has no place in an order
FEWEST_OTHERS = 2  # beside one other municipality there is nothing that municipalities usually differ by
Pair = tuple[Row, Row]  # the level of an experience, its correlation with satisfaction


def funnel_rows(diagnostics: pd.DataFrame, labels: Labels, indicator: str) -> dict[str, list[Row]]:
    """Return the latest rows of an indicator's funnel by measure: 'standardised', 'limit_95', 'outside_95', ..."""
    if "diagnostic" not in diagnostics:
        return {}
    _, category = main_measure(labels, indicator)
    which = {"indicator": indicator, "category": category, "group_by": ""}
    found = [row for row in rows(diagnostics, "diagnostics", diagnostic="funnel", **which) if row.has("value", "n")]
    latest = max((row.text("wave") for row in found), default="")
    by_measure: dict[str, list[Row]] = {}
    for row in found:
        if row.text("wave") == latest:
            by_measure.setdefault(row.text("measure"), []).append(row)
    return by_measure


def others_beside(rows_: pd.DataFrame, code: str) -> int:
    """Return how many other municipalities have a figure of the survey that may be shown, everybody together.

    Parameters
    ----------
    rows_
        Released estimates.
    code
        The municipality that is not counted.
    """
    places = rows_.loc[rows_["measure"].ne("register") & rows_["group_by"].eq("") & rows_["estimate"].notna()]
    return len({place for place in places["municipality_code"].unique() if place.isdigit()} - {code, COUNTRY})


def span(found: list[Row], labels: Labels, column: str) -> Parts:
    """Return how far the municipalities of a figure lie apart; whose the ends are, chance may have decided."""
    ordered = sorted(found, key=lambda row: row.value(column))
    low, high = (phrases.with_unit(row, labels, column) for row in (ordered[0], ordered[-1]))
    return labels.texts.fill("figures.span", low=low, high=high)


def outside(found: dict[str, list[Row]], labels: Labels) -> Parts:
    """Return how many lie outside the inner limits, and how many chance alone would put there."""
    row = next((row for row in found.get("outside_95", []) if row.has("value", "ci_high")), None)
    if row is None:
        return ()
    return labels.texts.fill(
        f"figures.funnel.outside{'_one' if row.value('value') == 1 else ''}",
        count=numbers.number(row, "value", labels.language, decimals=0, plain=True),
        expected=numbers.number(row, "ci_high", labels.language, decimals=1, plain=True),
        inner=numbers.rule("funnel_inner", labels.language),
    )


def comparison_answer(diagnostics: pd.DataFrame, labels: Labels, indicator: str) -> Group:
    """Return where the municipality lies in the funnel, and how many lie outside it; nothing without a funnel."""
    found = funnel_rows(diagnostics, labels, indicator)
    own = next((row for row in found.get("standardised", []) if row.text("municipality_code") == labels.code), None)
    limit = next((row for row in found.get("limit_95", []) if row.text("municipality_code") == labels.code), None)
    if own is None or limit is None:
        return Group(())
    where = "outside" if "outside" in limit.reasons else "inside"
    told = labels.texts.fill(
        f"survey.funnel.{where}",
        name=labels.indicator(indicator),
        municipality=labels.municipality(labels.code),
        value=phrases.with_unit(own, labels, "value"),
        country=phrases.with_unit(limit, labels, "value"),
        low=numbers.number(limit, "ci_low", labels.language),
        high=numbers.number(limit, "ci_high", labels.language),
        n=numbers.count(own, "n", labels.language),
    )
    return Group((Paragraph(sentences(told, outside(found, labels))),))


def driver_pairs(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> list[Pair]:
    """Return the level of every experience with its correlation with satisfaction, the closest first."""
    if "diagnostic" not in diagnostics:
        return []
    which = {"indicator": OUTCOME, "measure": "correlation", "municipality_code": labels.code}
    found = [row for row in rows(diagnostics, "diagnostics", diagnostic="drivers", **which) if row.has("ci_low")]
    levels = [_level(estimates, row, labels) for row in found]
    pairs = [(level, row) for level, row in zip(levels, found, strict=True) if level is not None]
    return sorted(pairs, key=lambda pair: -pair[1].value("value"))


def _level(estimates: pd.DataFrame, importance: Row, labels: Labels) -> Row | None:
    which = {"indicator": importance.text("category"), "measure": "share", "category": "positive", "group_by": ""}
    level = one(estimates, "estimates", municipality_code=labels.code, wave=importance.text("wave"), **which)
    return level if level is not None and level.has("estimate", "ci_low") else None


def priorities_answer(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Group:
    """Return what goes most closely together with satisfaction, and whether the order is sure."""
    pairs = driver_pairs(estimates, diagnostics, labels)
    if len(pairs) < FEWEST_PAIRS:
        few = labels.texts.fill("missing.priorities_few", outcome=labels.about(OUTCOME))
        return Group((Paragraph(few, kind="missing"),))
    closest, loosest = pairs[0][1], pairs[-1][1]
    sure = closest.value("ci_low") > loosest.value("ci_high")
    shown = listing([_one(*pair, labels) for pair in pairs], labels.texts)
    told = labels.texts.fill("survey.priorities.order", outcome=labels.about(OUTCOME), list=shown)
    key = "sure" if sure else "unsure"
    return Group(
        (
            Paragraph(
                sentences(
                    told, labels.texts.fill(f"survey.priorities.{key}"), labels.texts.fill("survey.priorities.no_cause")
                )
            ),
        )
    )


def _one(level: Row, importance: Row, labels: Labels) -> Parts:
    return labels.texts.fill(
        "survey.priorities.one",
        name=labels.about(level.text("indicator")),
        value=numbers.number(importance, "value", labels.language, decimals=2, plain=True),
        level=phrases.with_unit(level, labels),
    )
