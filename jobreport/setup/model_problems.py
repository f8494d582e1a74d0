"""From a refusal by pydantic to problems that say what was expected, why, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from jobreport.domain import municipalities
from jobreport.errors import Problem
from jobreport.setup.params_model import EVERYBODY, LISTED

WHOLE = ""
Models = Mapping[str, type[BaseModel]]
Place = tuple[str | int, ...]


def problems(error: ValidationError, models: Models, where: str) -> list[Problem]:
    """Translate every error.

    Parameters
    ----------
    error
        What pydantic found.
    models
        Key that holds a block -> model of the block; '' is the whole file.
    where
        How messages name the file.
    """
    return [_problem(detail, models, where) for detail in error.errors()]


def _field(loc: Iterable[str | int]) -> Mapping[str, str]:
    """Name a place: events (no. 1), treated (no. 2)."""
    names: dict[str, str] = {}
    for language, number in (("da", "nr."), ("en", "no.")):
        parts: list[str] = []
        for part in loc:
            if isinstance(part, int) and parts:
                parts[-1] += f" ({number} {part + 1})"
            else:
                parts.append(str(part))
        names[language] = ", ".join(parts)
    return names


def _problem(detail: ErrorDetails, models: Models, where: str) -> Problem:
    loc = tuple(part for part in detail["loc"] if part not in (EVERYBODY, LISTED))
    given = detail["input"]
    facts: dict[str, object] = {"field": _field(loc), **detail.get("ctx", {})}
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(loc, models, facts, where)
    if kind == "municipality_unknown":
        return _unknown_municipality(str(given), facts, where)
    if kind == "literal_error":
        return Problem("choice_invalid", where, {**facts, "value": str(given)})
    if kind in ("greater_than_equal", "greater_than"):
        smallest = facts.get("ge", facts.get("gt"))
        return Problem("below_minimum", where, {**facts, "value": str(given), "smallest": smallest})
    simple = {"missing": "key_missing", "too_short": "list_empty"}
    if kind in simple:
        return Problem(simple[kind], where, facts)
    if kind.endswith(("_type", "_parsing")) or kind in ("finite_number", "int_parsing_size"):
        return _wrong_type(kind, given, facts, where)
    return Problem(kind, where, facts)


def _unknown_key(loc: Place, models: Models, facts: dict[str, object], where: str) -> Problem:
    holder = next((part for part in reversed(loc[:-1]) if part in models), WHOLE)
    model = models[str(holder)]
    known = [field.alias or name for name, field in model.model_fields.items()]
    close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.6)
    if close:
        return Problem("unknown_key", where, {**facts, "suggestion": close[0], "known": known})
    return Problem("unknown_key_unlike", where, {**facts, "known": known})


def _unknown_municipality(given: str, facts: dict[str, object], where: str) -> Problem:
    code = municipalities.recognise(given)
    if code:
        facts = {**facts, "value": given, "code": code, "name": municipalities.name(code)}
        return Problem("municipality_spelt", where, facts)
    close = municipalities.nearest(given, count=3)
    if not close:
        told = municipalities.told(given)
        known = told["da"] != "…"  # the params are one's own, and hold no persons
        return Problem("municipality_unknown", where, {**facts, "value": told if known else given})
    suggestions = [f"'{place.code}' ({place.name})" for place in close]
    return Problem("municipality_unknown_near", where, {**facts, "value": given, "near": suggestions})


def _wrong_type(kind: str, given: object, facts: dict[str, object], where: str) -> Problem:
    facts = {**facts, "value": str(given)}
    if given is None:
        return Problem("value_empty", where, facts)
    if kind == "tuple_type":
        return Problem("list_expected", where, facts)
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return Problem("mapping_expected", where, facts)
    if kind != "string_type":
        return Problem("bool_expected" if kind.startswith("bool") else "number_expected", where, facts)
    return Problem("text_expected" if isinstance(given, (list, dict)) else "text_changed", where, facts)
