"""The kinds of value that a person's file holds, and what is said of one that is of another kind.

A broken rule is raised as a `PydanticCustomError` whose type is a key in ``texts/errors.*.yml``; `problems` says of all
of them what was expected, why, and what to do.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from jobreport.domain import municipalities
from jobreport.errors import Problem

WHOLE = ""
Models = Mapping[str, type[BaseModel]]
Place = tuple[str | int, ...]
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?!0[0-9])([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_TRUTH = dict.fromkeys(("true", "yes", "on", "ja"), True) | dict.fromkeys(("false", "no", "off", "nej"), False)
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
RESERVED_ON_WINDOWS = {"con", "prn", "aux", "nul"} | {f"{p}{i}" for p in ("com", "lpt") for i in range(1, 10)}


class Strict(BaseModel):
    """A block of a person's file: frozen, and refused with a key that it does not know."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def _code(value: Any) -> str:
    if value is None:
        raise PydanticCustomError("value_empty", "code", {})
    if not isinstance(value, str):
        raise PydanticCustomError("code_not_text", "code", {"value": str(value)})
    if not municipalities.is_code(value.strip()):
        raise PydanticCustomError("municipality_unknown", "code", {"value": value})
    return value.strip()


def _date(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date_invalid", "date", {"value": str(value)})


def _label(value: Any) -> dict[str, str]:
    if isinstance(value, str) and value.strip():
        return {"da": value, "en": value}
    if isinstance(value, dict) and set(value) <= {"da", "en"} and value:
        given = {key: text for key, text in value.items() if isinstance(text, str) and text.strip()}
        if len(given) == len(value):
            first = next(iter(given.values()))
            return {"da": given.get("da", first), "en": given.get("en", first)}
    raise PydanticCustomError("label_invalid", "label", {"value": type(value).__name__})


def _period(value: Any) -> str:
    # A year may stand unquoted: 2021 cannot be mistaken for anything else.
    if isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2100:
        return str(value)
    if isinstance(value, str) and value.strip():
        return apart(value.strip(), "|*+")
    raise PydanticCustomError("label_of_wave_invalid", "wave", {"value": str(value)})


def apart(value: str, dividers: str = "|*") -> str:
    """Refuse what would run together in a row's key: '|' divides columns, '*' stands for any, '+' joins waves."""
    if not value.strip() or set(value) & set(dividers):
        raise PydanticCustomError("separator_inside", "separator", {"value": value})
    return value


def is_name(value: str) -> bool:
    """Tell whether a report, and so a file and a folder, may be called that.

    Examples
    --------
    >>> [name for name in ("ishoej-2022", "../x", "con", "Ishøj", "") if is_name(name)]
    ['ishoej-2022']
    """
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", value)) and value not in RESERVED_ON_WINDOWS


def slug(text: str, otherwise: str = "rapport") -> str:
    """Make a name of a text: small letters, digits and -; ``otherwise`` where nothing of it can stand in one.

    Examples
    --------
    >>> slug("Plejehjemmet Åhøj, 2. sal"), slug("»…«")
    ('plejehjemmet-aahoej-2-sal', 'rapport')
    """
    made = re.sub(r"[^a-z0-9]+", "-", text.lower().translate(_LETTERS)).strip("-")[:40].strip("-") or otherwise
    return f"{made}-1" if made in RESERVED_ON_WINDOWS else made


def _checksum(value: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", value.strip().lower()):
        raise PydanticCustomError("checksum_invalid", "checksum", {"value": value})
    return value.strip().lower()


def _public_key(value: str) -> str:
    # The line of a .pub file, without the remark at its end.
    found = re.match(r"\s*(ssh-ed25519 [A-Za-z0-9+/]{68})(?:\s|$)", value)
    if found is None:
        raise PydanticCustomError("public_key_invalid", "public_key", {"value": value})
    return found[1]


def _name(value: str) -> str:
    if not is_name(value):
        raise PydanticCustomError("name_invalid", "name", {"value": value})
    return value


def twice(values: Iterable[str]) -> list[str]:
    """What is named more than once, in the order in which it first is.

    Examples
    --------
    >>> twice(["b", "a", "c", "a", "b"])
    ['b', 'a']
    """
    return [value for value, count in Counter(values).items() if count > 1]


def unique(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what is named twice."""
    if found := sorted(twice(values)):
        raise PydanticCustomError("named_twice", "twice", {"values": found})
    return values


def as_tuple(value: Any) -> Any:
    """A list of a file is the tuple of a frozen object."""
    return tuple(value) if isinstance(value, list) else value


def _whole(value: Any) -> Any:
    # A number that every reader reads alike: 010 is eight to some, and the longest are no figures.
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value


def _decimal(value: Any) -> Any:
    return float(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else value


def _truth(value: Any) -> Any:
    return _TRUTH.get(value.lower(), value) if isinstance(value, str) else value


_Of = TypeVar("_Of")
Listed = Annotated[tuple[_Of, ...], BeforeValidator(as_tuple)]  # a list of a file is the tuple of a frozen object
Code = Annotated[str, BeforeValidator(_code), Field(json_schema_extra={"pattern": r"^\d{3}$"}, description="'183'")]
Date = Annotated[date, BeforeValidator(_date, json_schema_input_type=str), Field(description="'2022-01-01'")]
Label = Annotated[dict[str, str], BeforeValidator(_label, json_schema_input_type=str | dict[str, str])]
Period = Annotated[str, BeforeValidator(_period, json_schema_input_type=str | int)]
Codes = Annotated[Listed[Code], AfterValidator(unique)]
Periods = Annotated[Listed[Period], AfterValidator(unique)]
Part = Annotated[str, AfterValidator(apart)]
OutputName = Annotated[str, AfterValidator(_name)]
Checksum = Annotated[str, AfterValidator(_checksum)]
PublicKey = Annotated[str, AfterValidator(_public_key)]
Whole = Annotated[int, BeforeValidator(_whole)]
Margin = Annotated[float, Field(gt=0, allow_inf_nan=False), BeforeValidator(_decimal)]
Truth = Annotated[bool, BeforeValidator(_truth)]


EVERYBODY, LISTED = "<all>", "<list>"
Comparison = Annotated[
    Annotated[Literal["all"], Tag(EVERYBODY)] | Annotated[Codes, Tag(LISTED)],
    Discriminator(lambda value: EVERYBODY if isinstance(value, str) else LISTED),
]


_SAID = {"missing": "key_missing", "too_short": "list_empty", "literal_error": "choice_invalid"}
_SAID |= dict.fromkeys(("greater_than_equal", "greater_than"), "below_minimum")
_SAID |= dict.fromkeys(("less_than_equal", "less_than"), "above_maximum")
_EXPECTED = {"tuple_type": "list_expected"} | dict.fromkeys(("bool_type", "bool_parsing"), "bool_expected")
_EXPECTED |= dict.fromkeys(("model_type", "dict_type", "model_attributes_type"), "mapping_expected")


def problems(error: ValidationError, models: Models, where: str) -> list[Problem]:
    """Translate every error; ``models``: key that holds a block -> model of the block, '' is the whole file."""
    return [_problem(detail, models, where) for detail in error.errors()]


def _field(loc: Iterable[str | int]) -> Mapping[str, str]:
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
    if kind in _SAID:
        limits = {"smallest": facts.get("ge", facts.get("gt")), "largest": facts.get("le", facts.get("lt"))}
        return Problem(_SAID[kind], where, {**facts, **limits, "value": str(given)})
    if kind.endswith(("_type", "_parsing")) or kind in ("finite_number", "int_parsing_size"):
        return _wrong_type(kind, given, facts, where)
    return Problem(kind, where, facts)


def _unknown_key(loc: Place, models: Models, facts: dict[str, object], where: str) -> Problem:
    holder = next((part for part in reversed(loc[:-1]) if part in models), WHOLE)
    model = models[str(holder)]
    known = [field.alias or name for name, field in model.model_fields.items()]
    if close := difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.6):
        return Problem("unknown_key", where, {**facts, "suggestion": close[0], "known": known})
    return Problem("unknown_key_unlike", where, {**facts, "known": known})


def _unknown_municipality(given: str, facts: dict[str, object], where: str) -> Problem:
    if code := municipalities.recognise(given):
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
    key = _EXPECTED.get(kind, "number_expected")
    if kind == "string_type":
        key = "text_expected" if isinstance(given, (list, dict)) else "text_changed"
    return Problem("value_empty" if given is None else key, where, {**facts, "value": str(given)})
