"""What the numbers rest on, what is missing, what cannot be shown, and the method in words."""

from __future__ import annotations

import pandas as pd

from jobreport.domain import rules
from jobreport.page import Bullets, Heading, Paragraph, plain
from jobreport.wording import numbers
from jobreport.wording.labels import Labels

SECTIONS = (
    *("survey", "satisfaction", "trust", "meaning", "priorities", "register", "education"),
    *("benchmarks", "claims", "event", "response", "comparison", "others", "mix", "funnel"),
)
METHOD = (
    *("base", "interval", "index", "change", "effect", "log", "rank", "detectable", "false_date", "words"),
    *("weights", "disclosure", "unchanged", "rounding", "check"),
)


def title(labels: Labels) -> str:
    """Return the title of a report whose params give none."""
    return plain(labels.texts.fill("title.report", municipality=labels.municipality(labels.code)))


def subtitle(labels: Labels) -> str:
    """Return the line under the title: the municipality's own event and its date, or what the report is about."""
    if labels.own_event() is None:
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
    if labels.params.events:
        carried = "cause_effect" if levels == {"effect"} else "cause"
        told += [carried if labels.own_event() is not None else "cause_elsewhere"]
    told += ["legality", "non_response"] if survey else ["no_survey"]
    told += ["table"] if labels.of_table else []
    told += ["register"] if (estimates["measure"] == "register").any() else []
    return Bullets(tuple(labels.texts.fill(f"cannot_show.{key}") for key in told))


def method(labels: Labels) -> Bullets:
    """Return the method in plain words, with the project's thresholds."""
    names = {name: numbers.rule(name, labels.language) for name in rules.PRINTED}
    limits = labels.params.disclosure
    names["suppress_below"] = numbers.params_number(limits.suppress_below, "disclosure.suppress_below", labels.language)
    names["uncertain_below"] = numbers.params_number(
        limits.uncertain_below, "disclosure.uncertain_below", labels.language
    )
    return Bullets(tuple(labels.texts.fill(f"method.{key}", **names) for key in METHOD))
