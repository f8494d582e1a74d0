"""What the numbers rest on, what is missing, what cannot be shown, and the method in words."""

from __future__ import annotations

import pandas as pd

from jobreport.display import Bullets, Group, Heading, Paragraph, Parts, plain
from jobreport.wording import numbers, phrases
from jobreport.wording.cells import Row, rows
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.survey import latest_wave, main_measure
from jobreport.wording.texts import Filling, sentences

SECTIONS = (
    *("survey", "satisfaction", "trust", "meaning", "priorities", "register", "education"),
    *("benchmarks", "claims", "event", "response", "comparison"),
)
METHOD = (
    *("base", "interval", "index", "change", "effect", "log", "rank", "detectable", "false_date", "words"),
    *("weights", "disclosure", "unchanged", "rounding", "check"),
)


def title(labels: Labels) -> str:
    """Return the title of a report whose params give none."""
    return plain(labels.texts.fill("title.report", municipality=labels.municipality(labels.code)))


def subtitle(labels: Labels) -> str:
    """Return the line under the title: the event and its date, or what the report is about."""
    if not labels.params.events:
        return labels.texts.word("title.no_event")
    return plain(labels.texts.fill("title.event", event=labels.event(), date=labels.event_date()))


def missing(labels: Labels, section: str) -> Paragraph:
    """Return what a section says that has no data: 'ikke oplyst', and how to supply a file.

    Parameters
    ----------
    section
        One of ``SECTIONS``.
    """
    return Paragraph(labels.texts.fill(f"missing.{section}"), kind="missing")


def simulated_note(labels: Labels) -> Paragraph:
    """Return the sentence that stands first in a report on simulated data."""
    return Paragraph(labels.texts.fill("simulated.note"), kind="warning")


def cannot_show_title(labels: Labels) -> Heading:
    """Return the heading of the list of what the report cannot show."""
    return Heading(2, labels.texts.fill("cannot_show.title"), "cannot-show")


def cannot_show(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels) -> Bullets:
    """Return what the report cannot show, given what it holds."""
    survey = not estimates[estimates["measure"] != "register"].empty
    told = ["simulated"] if bool(estimates["simulated"].any()) else []
    levels = set(
        changes.loc[changes["municipality_code"].eq(labels.code) & changes["method"].eq("effect"), "wording_level"]
    )
    told.append("cause_effect" if levels == {"effect"} else "cause")
    told += ["legality", "non_response"] if survey else ["no_survey"]
    told += ["register"] if (estimates["measure"] == "register").any() else []
    return Bullets(tuple(labels.texts.fill(f"cannot_show.{key}") for key in told))


def response_answer(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels) -> Group:
    """Return who answered, and how far those who did not could turn the finding round."""
    paragraphs = [_response(estimates, labels), *_nonresponse(diagnostics, labels), _weights(diagnostics, labels)]
    return Group(tuple(Paragraph(parts) for parts in paragraphs if parts))


def _response(estimates: pd.DataFrame, labels: Labels) -> Parts:
    measure, category = main_measure(labels, INDICATORS[0])
    found = rows(
        estimates,
        "estimates",
        indicator=INDICATORS[0],
        measure=measure,
        category=category,
        municipality_code=labels.code,
        group_by="",
    )
    if not found:
        return labels.texts.fill("missing.response")
    latest = latest_wave([row.text("wave") for row in found], labels)
    row = next(row for row in found if row.text("wave") == latest)
    names: dict[str, Filling] = {"wave": numbers.window(row, "wave"), "municipality": labels.municipality(labels.code)}
    if not row.has("n_answered"):
        return labels.texts.fill("survey.suppressed_base", **names)
    answered = numbers.count(row, "n_answered", labels.language)
    if not row.has("n_invited"):
        return sentences(
            labels.texts.fill("survey.answered", answered=answered, **names),
            labels.texts.fill("survey.response_unknown"),
        )
    invited = numbers.count(row, "n_invited", labels.language)
    return labels.texts.fill("survey.response", invited=invited, answered=answered, **names)


def _diagnostics(diagnostics: pd.DataFrame, labels: Labels, diagnostic: str, indicator: str) -> dict[str, Row]:
    if "diagnostic" not in diagnostics:
        return {}
    found = rows(
        diagnostics,
        "diagnostics",
        diagnostic=diagnostic,
        indicator=indicator,
        municipality_code=labels.code,
        group_by="",
    )
    return {row.text("measure"): row for row in found if row.has("value")}


def _nonresponse(diagnostics: pd.DataFrame, labels: Labels) -> list[Parts]:
    told: list[Parts] = []
    for indicator in INDICATORS:
        found = _diagnostics(diagnostics, labels, "nonresponse", indicator)
        names = {"name": labels.indicator(indicator)}
        if {"worst", "best"} <= set(found):
            shown = {key: phrases.with_unit(found[key], labels, "value") for key in ("worst", "best")}
            bounds = labels.texts.fill("survey.bounds", **names, **shown)
            told.append(sentences(bounds, _tipping(found.get("tipping_point"), labels)))
    return told


def _tipping(row: Row | None, labels: Labels) -> Parts:
    return labels.texts.fill("survey.tipping", tipping=phrases.with_unit(row, labels, "value")) if row else ()


def _weights(diagnostics: pd.DataFrame, labels: Labels) -> Parts:
    found = _diagnostics(diagnostics, labels, "weights", "")
    if "design_effect" not in found:
        return ()
    effect = numbers.number(found["design_effect"], "value", labels.language, decimals=2, plain=True)
    return labels.texts.fill("survey.design_effect", effect=effect)


def method(labels: Labels) -> Bullets:
    """Return the method in plain words, with the project's thresholds."""
    names = {name: numbers.rule(name, labels.language) for name in numbers.RULES}
    limits = labels.params.disclosure
    names["suppress_below"] = numbers.params_number(limits.suppress_below, "disclosure.suppress_below", labels.language)
    names["uncertain_below"] = numbers.params_number(
        limits.uncertain_below, "disclosure.uncertain_below", labels.language
    )
    return Bullets(tuple(labels.texts.fill(f"method.{key}", **names) for key in METHOD))
