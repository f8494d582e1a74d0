"""Write YAML: plain values with remarks beside them, and values filled into a file whose comments are kept.

A module of its own, for the library that keeps comments takes as long to import as all that reads params.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

SCHEMA_LINE = "# yaml-language-server: $schema=params.schema.json"
WIDTH = 1_000_000  # no line is broken
LEFT_OUT = object()  # a key that is not to stand in the file
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_MISREAD = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # keys that other programs take for no text
_read = lru_cache(8)(lambda text: _writer().load(text))  # (the form fills in the same file step by step)


class _Representer(RoundTripRepresenter):
    """Writes nothing as null, and the same object twice instead of by an alias, which is refused."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Representer.add_representer(type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null"))


def quoted(value: str) -> str:
    """Write a text so that every program reads it as just that text."""
    return json.dumps(value, ensure_ascii=False)


def write(plain: Mapping[str, Any], comment: str) -> str:
    """Write params; every text is quoted, so that no program takes it for a number, a date or a truth value.

    Examples
    --------
    >>> print(write({"name": "x", "municipality_code": "0223"}, "An example."))
    # yaml-language-server: $schema=params.schema.json
    # An example.
    name: "x"
    municipality_code: "0223"
    <BLANKLINE>
    """
    return f"{SCHEMA_LINE}\n# {comment}\n{_dumped(_node(plain))}"


@dataclass(frozen=True)
class Noted:
    """A value with the remark that stands behind it, and what stands on lines of its own above its key."""

    value: Any
    remark: str = ""
    above: str = ""


class Line(dict[str, Any]):
    """A block that is written on one line."""


class Lines(list[str]):
    """Texts each of which is written on a line of its own."""


def sections(parts: Mapping[str, Any], closing: Iterable[str] = ()) -> str:
    r"""Write blocks of a file with an empty line between them, and remarks (``closing``) at its end.

    Examples
    --------
    >>> print(sections({"columns": Noted({"wave": "w"}, "which is which"), "codes": [Line(code="1")]}, ["The end"]))
    columns: # which is which
      wave: "w"
    <BLANKLINE>
    codes:
      - {code: "1"}
    <BLANKLINE>
    # The end
    <BLANKLINE>
    """
    blocks = [_dumped(_node({key: value})) for key, value in parts.items()]
    return "\n".join([*blocks, "".join(f"# {_remark(line)}\n" for line in closing)]).rstrip("\n") + "\n"


def _remark(text: str) -> str:
    return "".join(letter for letter in re.sub(r"\s*[\r\n\t\x85\u2028\u2029]\s*", " ", text) if letter.isprintable())


def fill(text: str, values: Mapping[str, Any]) -> str:
    r"""Fill values into a YAML text as a person would; comments and all other lines stay as they are.

    ``text``: the file, which `jobreport.setup.yaml_file` finds nothing wrong with. ``values``: key -> value; a block of
    keys, and a list of as many blocks, is filled in key by key. What is `LEFT_OUT` goes with its line.

    Examples
    --------
    >>> print(fill("title: null # null = none\nsurvey: {file: a.csv}\n", {"title": "A", "survey": {"file": "b.csv"}}))
    title: "A" # null = none
    survey: {file: "b.csv"}
    <BLANKLINE>
    """
    document = deepcopy(_read(text))
    _fill(document, values)
    return _dumped(document)


def _writer() -> YAML:
    writer = YAML()
    writer.Representer = _Representer
    writer.preserve_quotes = True
    writer.width = WIDTH
    writer.indent(mapping=2, sequence=4, offset=2)
    return writer


def _dumped(document: Any) -> str:
    stream = StringIO()
    _writer().dump(document, stream)
    return stream.getvalue()


def _fill(block: CommentedMap, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if value is LEFT_OUT:
            block.pop(key, None)
            continue
        inside = list(_blocks(block.get(key), value))
        for part, given in inside:
            _fill(part, given)
        if inside or (key in block and block[key] == value):
            continue
        if key in block:
            block[key] = _node(value)
            _close_up(block, key)
        else:  # the last key carries what stands between this block and the next
            block.insert(max(len(block) - 1, 0), key, _node(value))


def _blocks(held: Any, given: Any) -> Iterator[tuple[CommentedMap, Mapping[str, Any]]]:
    if isinstance(held, CommentedMap) and isinstance(given, Mapping):
        yield held, given
    elif isinstance(held, CommentedSeq) and isinstance(given, list) and len(held) == len(given):
        for part, other in zip(held, given, strict=True):
            yield from _blocks(part, other)


def _close_up(block: CommentedMap, key: str) -> None:
    comment = block.ca.items.get(key, [None] * 3)[2]
    if comment is not None:
        comment.start_mark.column = 0


def _node(value: Any) -> Any:
    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        return _block(value)
    if not isinstance(value, (list, tuple)):
        return value
    listed = CommentedSeq(map(_node, value))
    if not isinstance(value, Lines) and not any(isinstance(part, (Mapping, list, tuple)) for part in value):
        listed.fa.set_flow_style()
    return listed


def _block(value: Mapping[str, Any]) -> CommentedMap:
    block = CommentedMap()
    for name, part in value.items():
        noted = part if isinstance(part, Noted) else Noted(part)
        key = name if _PLAIN_KEY.fullmatch(name) and name.casefold() not in _MISREAD else DoubleQuotedScalarString(name)
        block[key] = _node(noted.value)
        if noted.remark:
            block.yaml_add_eol_comment(_remark(noted.remark), key, column=0)
        if noted.above:
            block.yaml_set_comment_before_after_key(key, before=noted.above, indent=2)
    if isinstance(value, Line):
        block.fa.set_flow_style()
    return block
