"""Who answered, and how far those who did not, and the weights, could turn the findings round."""

from __future__ import annotations

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.released import Row, one, rows
from jobreport.page import Group, Paragraph, Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.levels import latest_level, questions_told
from jobreport.wording.texts import Filling, sentences

EQUAL = 1e-9  # so near to 1 is a design effect of equal weights


def response_answer(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Group:
    """Return who answered in the latest wave, the bounds of non-response, the tipping point, and the weighting.

    Parameters
    ----------
    estimates, diagnostics
        Released rows.
    labels
        Names and language.
    """
    told = [sentences(_answered(estimates, diagnostics, labels), _design_effect(diagnostics, labels))]
    told += [_indicator(estimates, diagnostics, labels, name) for name in _names(labels)]
    return Group(tuple(Paragraph(parts) for parts in told if parts))


def _names(labels: Labels) -> tuple[str, ...]:
    """What is told of, of a table question by question."""
    return questions_told(labels, INDICATORS) if labels.of_table else INDICATORS


def _answered(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Parts:
    row = next((row for name in _names(labels) if (row := latest_level(estimates, labels, name))), None)
    if row is None:
        return labels.texts.fill("missing.response")
    names: dict[str, Filling] = {
        "wave": numbers.window(row, "wave"),
        "municipality": labels.municipality(labels.code),
    }
    if not row.has("n_answered") and not row.suppressed:
        unknown = labels.texts.fill("survey.answered_unknown", **names)
        return sentences(unknown, labels.texts.fill("survey.response_unknown"))
    if not row.has("n_answered"):
        return labels.texts.fill("survey.suppressed_base", **names)
    names["answered"] = numbers.count(row, "n_answered", labels.language)
    rate = _diagnostic(diagnostics, labels, "nonresponse", "", "rate", row.text("wave"))
    if not row.has("n_invited") or rate is None:
        return sentences(labels.texts.fill("survey.answered", **names), labels.texts.fill("survey.response_unknown"))
    names["invited"] = numbers.count(row, "n_invited", labels.language)
    return labels.texts.fill("survey.response", rate=phrases.with_unit(rate, labels, "value"), **names)


def _diagnostic(
    diagnostics: pd.DataFrame, labels: Labels, diagnostic: str, indicator: str, measure: str, wave: str
) -> Row | None:
    if "diagnostic" not in diagnostics:
        return None
    which = {"diagnostic": diagnostic, "indicator": indicator, "measure": measure, "wave": wave, "group_by": ""}
    found = one(diagnostics, "diagnostics", municipality_code=labels.code, **which)
    return found if found is not None and found.has("value") else None


def _design_effect(diagnostics: pd.DataFrame, labels: Labels) -> Parts:
    if "diagnostic" not in diagnostics:
        return ()
    which = {"diagnostic": "weights", "measure": "design_effect", "municipality_code": labels.code, "group_by": ""}
    found = [row for row in rows(diagnostics, "diagnostics", **which) if row.has("value")]
    if not found:
        return ()
    latest = max(found, key=lambda row: row.text("wave"))
    if abs(latest.value("value") - 1) < EQUAL:
        return labels.texts.fill("survey.equal_weights")
    effect = numbers.number(latest, "value", labels.language, decimals=2, plain=True)
    return labels.texts.fill("survey.design_effect", effect=effect)


def _indicator(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str) -> Parts:
    level = latest_level(estimates, labels, indicator)
    if level is None or not level.has("estimate"):
        return ()
    found = {
        measure: _diagnostic(diagnostics, labels, "nonresponse", indicator, measure, level.text("wave"))
        for measure in ("worst", "best", "tipping_point", "unweighted")
    }
    return sentences(
        _bounds(found["worst"], found["best"], labels),
        _majority(level, labels) if found["tipping_point"] else (),
        _tipping(found["tipping_point"], labels),
        _unweighted(found["unweighted"], level, labels),
    )


def _bounds(worst: Row | None, best: Row | None, labels: Labels) -> Parts:
    if worst is None or best is None:
        return ()
    kind = "bounds" if worst.text("unit") == "share" else "bounds_index"
    shown: dict[str, Filling] = {
        "worst": phrases.with_unit(worst, labels, "value"),
        "best": phrases.with_unit(best, labels, "value"),
    }
    return labels.texts.fill(f"survey.{kind}", name=labels.indicator(worst.text("indicator")), **shown)


def _majority(level: Row, labels: Labels) -> Parts:
    """Say on which side of a half the answers lie only where the whole interval lies there."""
    half = rules.MAJORITY
    sure = level.has("ci_low", "ci_high") and not level.uncertain
    side = "yes" if sure and level.value("ci_low") > half else "no" if sure and level.value("ci_high") < half else None
    return labels.texts.fill(f"survey.majority.{side or 'unsure'}")


def _tipping(tipping: Row | None, labels: Labels) -> Parts:
    if tipping is None:
        return ()
    return labels.texts.fill("survey.tipping", tipping=phrases.with_unit(tipping, labels, "value"))


def _unweighted(plain: Row | None, level: Row, labels: Labels) -> Parts:
    if plain is None:
        return ()
    shown: dict[str, Filling] = {
        "unweighted": phrases.with_unit(plain, labels, "value"),
        "weighted": phrases.with_unit(level, labels),
    }
    return labels.texts.fill("survey.unweighted", name=labels.about(level.text("indicator")), **shown)
