"""What else was there: the pandemic in the window, what else changed, and how those compared with were chosen.

These statements follow from the design, not from the figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jobreport.domain import periods
from jobreport.page import Bullets, Group, Inline, Parts
from jobreport.setup.params_model import Event
from jobreport.wording import numbers
from jobreport.wording.labels import Labels
from jobreport.wording.texts import listing

PANDEMIC = (date(2020, 3, 13), date(2021, 12, 31))
"""From the day employment measures were suspended to the end of the years it is reckoned in."""
Span = tuple[date, date]


def surroundings_answer(labels: Labels, series: str | None = None) -> Group:
    """Return what stood around an event: the pandemic, what else changed, how the comparison was chosen.

    Parameters
    ----------
    series
        The register series whose windows are meant; None is the survey's waves at the first event.

    Returns
    -------
    Group
        Nothing where there is no event.
    """
    if not labels.params.events:
        return Group(())
    name = labels.series(series)[1].event if series is not None else None
    place, event = next((i, e) for i, e in enumerate(labels.params.events) if name in (None, e.event))
    spans = register_spans(labels, series) if series is not None else survey_spans(labels, event)
    told: list[Parts] = [labels.texts.fill("surroundings.pandemic")] if in_pandemic(spans) else []
    told += [_other_changes(labels, place, event), *_comparison(labels, place, event)]
    return Group((Bullets(tuple(told)),))


def in_pandemic(spans: Iterable[Span]) -> bool:
    """Whether any of the periods compared touches the pandemic.

    Examples
    --------
    >>> in_pandemic([(date(2019, 1, 1), date(2019, 12, 31))]), in_pandemic([(date(2021, 1, 1), date(2021, 12, 31))])
    (False, True)
    """
    return any(first <= PANDEMIC[1] and last >= PANDEMIC[0] for first, last in spans)


def register_spans(labels: Labels, series: str) -> list[Span]:
    """Return first and last day of every period that a series compares."""
    _, chosen = labels.series(series)
    return [days for period in (*chosen.before, *chosen.after) if (days := periods.span(period)) is not None]


def survey_spans(labels: Labels, event: Event) -> list[Span]:
    """Return first and last day of every wave that is compared; waves without dates are left out."""
    survey = labels.params.survey
    if survey is None:
        return []
    before, after = survey.windows(event)
    return [(w.from_, w.to) for w in survey.waves if w.wave in (*before, *after) and w.from_ and w.to]


def _other_changes(labels: Labels, place: int, event: Event) -> Parts:
    if event.other_changes is None:
        return labels.texts.fill("surroundings.other_changes", text=labels.texts.word("common.not_stated"))
    return labels.texts.fill("surroundings.other_changes", text=_from_params(labels, place, "other_changes", event))


def _comparison(labels: Labels, place: int, event: Event) -> list[Parts]:
    """A chosen comparison is named in full, with the rule it was chosen by."""
    if event.comparison == "all":
        return []
    names: list[Parts] = [(labels.municipality(code),) for code in event.comparison]
    told = [labels.texts.fill("surroundings.comparison", names=listing(names, labels.texts))]
    rule: Inline = labels.texts.word("common.not_stated")
    if event.comparison_rule is not None:
        rule = _from_params(labels, place, "comparison_rule", event)
    return [*told, labels.texts.fill("surroundings.rule", text=rule)]


def _from_params(labels: Labels, place: int, key: str, event: Event) -> Inline:
    text = labels.texts.of(getattr(event, key)).rstrip(".")
    return numbers.params_text(text, f"events.{place}.{key}.{labels.language}")
