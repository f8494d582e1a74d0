"""Whose survey it is, and how old: what a reader must know before the first figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import get_args

import pandas as pd

from jobreport.domain import periods, rules
from jobreport.domain.released import rows
from jobreport.page import Paragraph, Parts, plain
from jobreport.setup.params_model import Act, Survey
from jobreport.wording import numbers
from jobreport.wording.labels import Labels
from jobreport.wording.published import stated
from jobreport.wording.texts import listing

ACTS = get_args(Act)


def whose_survey(labels: Labels, report_date: str) -> tuple[Paragraph, ...]:
    """Return whether those whom a survey is about made it, and a warning where its latest wave is old.

    Parameters
    ----------
    labels
        Names and params; ``survey.evaluated_party`` says what the municipality, or its jobcentre, did itself.
    report_date
        'YYYY-MM-DD'.

    Returns
    -------
    tuple of Paragraph
        Nothing on a survey that there is not, or that is simulated.
    """
    survey = labels.params.survey
    if survey is None or survey.simulated:
        return ()
    did = survey.evaluated_party
    named = [labels.texts.fill(f"whose.did.{act}") for act in did or ()]
    key = "unknown" if did is None else "by_itself" if did else "not_by_itself"
    told = [Paragraph(labels.texts.fill(f"whose.{key}", acts=listing(named, labels.texts)), kind="note")]
    place = latest(survey)
    if place is None or _year(survey, place) >= int(report_date[:4]) - rules.OLD_AFTER_YEARS:
        return tuple(told)
    wave: Parts = (numbers.params_text(survey.waves[place].wave, f"survey.waves.{place}.wave"),)
    years = numbers.rule("old_after_years", labels.language)
    return (*told, Paragraph(labels.texts.fill("whose.old", wave=wave, years=years), kind="warning"))


def published_by_themselves(benchmarks: pd.DataFrame | None, labels: Labels) -> tuple[Paragraph, ...]:
    """Return which published surveys were ordered, paid for or carried out by those whom they are about.

    Parameters
    ----------
    benchmarks
        One row per published figure; ``evaluated_party`` says what those did themselves.
    labels
        Language.
    """
    texts, named = labels.texts, dict[str, Parts]()
    for row in rows(benchmarks, "benchmarks") if benchmarks is not None else []:
        did = [texts.fill(f"whose.did.{act}") for act in row.text("evaluated_party").split() if act in ACTS]
        survey = {name: stated(row, name, labels) for name in ("source", "year")}
        told = texts.fill("whose.published_one", **survey, acts=listing(did, texts))
        named |= {plain(told): told} if did and plain(told) not in named else {}
    if not named:
        return ()
    return (Paragraph(texts.fill("whose.published", list=listing(list(named.values()), texts)), kind="note"),)


def latest(survey: Survey) -> int | None:
    """Return the place of the wave that ended last; None where no wave is dated."""
    dated = {place: last for place in range(len(survey.waves)) for last in _days(survey, place)}
    return max(dated, key=lambda place: dated[place], default=None)


def _days(survey: Survey, place: int) -> Iterator[date]:
    """The last day that is known of a wave: as stated, else by its name where that is a period."""
    wave = survey.waves[place]
    span = periods.span(wave.wave)
    known = [day for day in (wave.to, wave.from_, span[1] if span else None) if day is not None]
    yield from known[:1]


def _year(survey: Survey, place: int) -> int:
    return next(_days(survey, place)).year
