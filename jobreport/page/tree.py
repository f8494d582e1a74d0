"""The tree of a page as JSON, in which a notebook carries it: plain objects with a version, safe to load."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

MIME = "application/vnd.jobreport.block+json"
"""Under this type an output of a cell carries its block."""
REPORT_MIME = "application/vnd.jobreport.report+json"
"""Under this type a study carries what its report is called, has and holds as attachment."""
VERSION = 1
KIND = "node"
_SURROGATE = re.compile("[\ud800-\udfff]")  # text in Python, and none in JSON


class Node:
    """Whatever stands in the tree: a block, or a piece of one.

    Its fields are text, whole numbers, truth values, other nodes, and tuples of these.
    """

    kinds: ClassVar[dict[str, type[Node]]] = {}

    def __init_subclass__(cls) -> None:
        Node.kinds[cls.__name__] = cls


def written(node: Node) -> dict[str, object]:
    """Write a node and all below it as plain objects for JSON.

    Examples
    --------
    >>> from jobreport.page import Paragraph
    >>> written(Paragraph(("Ikke oplyst.",), "missing"))["tree"]
    {'node': 'Paragraph', 'parts': ['Ikke oplyst.'], 'kind': 'missing'}
    """
    return {"version": VERSION, "tree": _written(node)}


def _written(value: Any) -> object:
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if isinstance(value, Node):
        kind = type(value).__name__
        return {KIND: kind} | {name: _written(getattr(value, name)) for name in _hints(kind)}
    return _SURROGATE.sub(escaped, value) if isinstance(value, str) else value


def escaped(found: re.Match[str]) -> str:
    """Write a letter that nobody sees as its number."""
    return f"[U+{ord(found[0]):04X}]"


def read(carried: object) -> Node:
    """Read a tree back. Only the page's own nodes are made, and only of values of the kinds that they hold.

    Raises
    ------
    ValueError
        If what is carried is of another version, or is no tree that :func:`written` can have written.

    Examples
    --------
    >>> from jobreport.page import Paragraph
    >>> read(written(Paragraph(("Ikke oplyst.",)))) == Paragraph(("Ikke oplyst.",))
    True
    """
    if not isinstance(carried, Mapping) or carried.get("version") != VERSION:
        found = carried.get("version") if isinstance(carried, Mapping) else None
        raise ValueError(f"a tree of version {found!r}; this program reads version {VERSION}")
    try:
        node = _read(carried.get("tree"))
    except RecursionError:
        raise ValueError("a tree that is nested too deep") from None
    if not isinstance(node, Node):
        raise ValueError("a tree without a node")
    return node


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(part) for part in value)
    if not isinstance(value, Mapping):
        return value
    name = str(value.get(KIND))
    hints = _hints(name) if name in Node.kinds else {}
    if not hints:
        raise ValueError(f"a node of the kind {name!r}, which is none of a page's")
    held = {str(field): _read(part) for field, part in value.items() if field != KIND}
    wrong = sorted({field for field, hint in hints.items() if not _fits(held.get(field), hint)} | held.keys() - hints)
    if wrong:
        raise ValueError(f"a node of the kind {name!r} with something else than it holds in {wrong}")
    return Node.kinds[name](**held)


@cache
def _hints(name: str) -> dict[str, Any]:
    kind: Any = Node.kinds[name]
    types = get_type_hints(kind)
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return {field.name: types[field.name] for field in fields}


@cache
def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return get_origin(hint), get_args(hint)


def _fits(value: object, hint: Any) -> bool:
    of, inside = _parts(hint)
    if of is tuple:
        return isinstance(value, tuple) and all(_fits(part, inside[0]) for part in value)
    if of is Literal:
        return value in inside
    if inside:
        return any(_fits(value, choice) for choice in inside)
    return isinstance(value, hint) if issubclass(hint, Node) else type(value) is hint
