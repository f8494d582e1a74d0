"""What stands in params that were brought back and has no field in the form: carried on as it is, or named as lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobreport.desk.form.choices import INVITED
from jobreport.prepare.init.params_text import BENCHMARKS

WHOLE = ("disclosure", "unchanged_margin", "licence", "declared_equal", "signers")
OF_SURVEY = ("replicates", "planned")
OF_EVENT = ("comparison", "comparison_rule", "negative_control", "other_changes", "source")
OF_FILES = ("registers", "claims", "jobcentres", "previous", "frozen")  # that nobody gave the form
_NOTHING: tuple[Any, ...] = (None, "", "null", [], {})


def carried(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the params that the form writes have from those that were brought back.

    Examples
    --------
    >>> carried({"name": "x", "disclosure": {"suppress_below": "10"}, "registers": [{"series": "y"}]})
    {'disclosure': {'suppress_below': '10'}}
    """
    survey, events = _map(params.get("survey")), params.get("events")
    found = {key: params[key] for key in WHOLE if params.get(key) not in _NOTHING}
    of_survey = {key: survey[key] for key in OF_SURVEY if survey.get(key) not in _NOTHING}
    first = _map(events[0]) if isinstance(events, list) and events else {}
    event = {key: first[key] for key in OF_EVENT if first.get(key) not in _NOTHING}
    return found | ({"survey": of_survey} if of_survey else {}) | ({"event": event} if event else {})


def lost(params: Mapping[str, Any]) -> Iterator[str]:
    """Name what the form can do nothing with: it has a file of its own, or there are several.

    Examples
    --------
    >>> list(lost({"registers": [{"series": "y"}], "survey": {"margins": "data/kendte.csv"}, "benchmarks": None}))
    ['registers', 'survey.margins']
    """
    survey, events = _map(params.get("survey")), params.get("events")
    yield from (key for key in OF_FILES if params.get(key) not in _NOTHING)
    if params.get("benchmarks") not in (*_NOTHING, BENCHMARKS):
        yield "benchmarks"
    if survey.get("margins") not in _NOTHING:
        yield "survey.margins"
    if survey.get("invited") not in (*_NOTHING, INVITED):
        yield "survey.invited"
    if isinstance(events, list) and len(events) > 1:
        yield "events"


def _map(held: Any) -> Mapping[str, Any]:
    return held if isinstance(held, Mapping) else {}
