"""Whose survey it is, and how old: what a reader must know before the first figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from jobreport.domain import periods, rules
from jobreport.page import Paragraph, Parts
from jobreport.setup.params_model import Survey
from jobreport.wording import numbers
from jobreport.wording.labels import Labels
from jobreport.wording.texts import listing


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
