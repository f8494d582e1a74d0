"""YAML files of persons: read without its traps, and written so that comments stay and no program misreads a text.

Every scalar is read as text, as written, for YAML 1.1 has traps: 0223 is an octal number, ``no`` is false, 12:30 is
750. What is a number, a date or a truth value, the models say. A key given twice would keep only the last, and an
alias can make a small file endless: both are refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from jobreport.errors import Problem

LARGEST = 2_000_000
DEEPEST = 40
_STANDARD = "tag:yaml.org,2002:"
_NULL = _STANDARD + "null"
_PLAIN = {_STANDARD + kind for kind in ["str", "null", "map", "seq"]}
_SPACE = "\t\n\r"

SCHEMA_LINE = "# yaml-language-server: $schema=params.schema.json"
WIDTH = 1_000_000  # no line is broken
LEFT_OUT = object()  # a key that is not to stand in the file
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_MISREAD = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # keys that other programs take for no text


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases and merge keys, to which a scalar is a text or nothing."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
            raise _Refused(Problem("yaml_alias", "", {"line": line}))
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused(Problem("yaml_deep", "", {"deepest": DEEPEST}))
        tag = getattr(self.peek_event(), "tag", None)  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        if node is not None and tag is not None:  # written by hand: !!bool x would be taken for a truth value
            node.tag = tag.replace(_STANDARD, "!!")
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _construct(node: Any, where: str, found: list[Problem]) -> Any:
    """Return what a node says; what is wrong with it is added to ``found``."""
    if node.tag not in _PLAIN:
        found.append(Problem("yaml_tag", where, {"tag": node.tag, "line": node.start_mark.line + 1}))
        return None
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, where, found))
    if isinstance(node, yaml.SequenceNode):
        return [_construct(part, where, found) for part in node.value]
    _letters(node, where, found)
    return None if node.tag == _NULL else node.value


def _letters(node: yaml.ScalarNode, where: str, found: list[Problem]) -> None:
    """Refuse what no one can read or print: control characters and halves of a character."""
    hidden = [c for c in node.value if c not in _SPACE and unicodedata.category(c) in ("Cc", "Cs")]
    if hidden:
        facts = {"line": node.start_mark.line + 1, "character": f"U+{ord(hidden[0]):04X}"}
        found.append(Problem("yaml_character", where, facts))


def _pairs(node: yaml.MappingNode, where: str, found: list[Problem]) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            found.append(Problem("yaml_syntax", where, {"line": line}))
            continue
        key = str(key_node.value)
        _letters(key_node, where, found)
        if key in seen:
            found.append(Problem("yaml_duplicate_key", where, {"key": key, "first": seen[key], "line": line}))
        seen.setdefault(key, line)
        yield key, _construct(value_node, where, found)


def read(file: Path | bytes, where: str) -> tuple[dict[str, Any], list[Problem]]:
    """Read one YAML file whose top level is a mapping.

    Parameters
    ----------
    file
        The file or its bytes, UTF-8 with or without BOM.
    where
        How messages name the file.

    Returns
    -------
    tuple
        What the file says (nothing if it could not be read) and every problem found.
    """
    try:
        raw = file if isinstance(file, bytes) else file.read_bytes()
    except FileNotFoundError:
        return {}, [Problem("params_missing", where)]
    except OSError:
        return {}, [Problem("file_unreadable", where)]
    if len(raw) > LARGEST:
        return {}, [Problem("yaml_large", where, {"largest": LARGEST})]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return {}, [Problem("yaml_encoding", where, {"position": error.start})]
    return parse(text, where)


def parse(text: str, where: str) -> tuple[dict[str, Any], list[Problem]]:
    """Read YAML from text; see `read`.

    Examples
    --------
    >>> parse("a: 0223", "x.yml")
    ({'a': '0223'}, [])
    """
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        return {}, [Problem("yaml_syntax", where, {"line": text.count("\n", 0, error.position) + 1})]
    try:
        node = loader.get_single_node()
    except _Refused as refused:
        return {}, [Problem(refused.problem.key, where, refused.problem.values)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        return {}, [Problem("yaml_syntax", where, {"line": line})]
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):  # "\U00110000" is no character
        return {}, [Problem("yaml_syntax", where, {"line": loader.line + 1})]
    if not isinstance(node, yaml.MappingNode):
        return {}, [Problem("yaml_not_mapping", where)]
    found: list[Problem] = []
    content = _construct(node, where, found)
    return content or {}, found  # a tag on the whole leaves nothing


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

    Parameters
    ----------
    plain
        As `Params.to_plain` gives it.
    comment
        What the file is and where it comes from, on one line.

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
    r"""Write blocks of a file with an empty line between them, and remarks at its end.

    Parameters
    ----------
    parts
        Key -> value, as `Noted` where a remark stands behind it.
    closing
        Lines of remarks.

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
    """A remark on one line, of characters that a YAML file may hold."""
    folded = re.sub(r"\s*[\r\n\t\x85\u2028\u2029]\s*", " ", text)
    return "".join(letter for letter in folded if letter.isprintable())


def fill(text: str, values: Mapping[str, Any]) -> str:
    r"""Fill values into a YAML text as a person would; comments and all other lines stay as they are.

    Parameters
    ----------
    text
        The file, which `parse` finds nothing wrong with.
    values
        Key -> value; a block of keys, and a list of as many blocks, is filled in key by key. What is `LEFT_OUT`
        goes with its line.

    Examples
    --------
    >>> print(fill("title: null # null = none\nsurvey: {file: a.csv}\n", {"title": "A", "survey": {"file": "b.csv"}}))
    title: "A" # null = none
    survey: {file: "b.csv"}
    <BLANKLINE>
    """
    document = _writer().load(text)
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
    """Pair the blocks that stand in the file with those that are to be filled in."""
    if isinstance(held, CommentedMap) and isinstance(given, Mapping):
        yield held, given
    elif isinstance(held, CommentedSeq) and isinstance(given, list) and len(held) == len(given):
        for part, other in zip(held, given, strict=True):
            yield from _blocks(part, other)


def _close_up(block: CommentedMap, key: str) -> None:
    """Let the comment on a line follow its new value at one space."""
    comment = block.ca.items.get(key, [None] * 3)[2]
    if comment is not None:
        comment.start_mark.column = 0


def _node(value: Any) -> Any:
    """A value as it is written: texts in quotes, lists of texts on one line."""
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
        key = name if _PLAIN_KEY.fullmatch(name) and name not in _MISREAD else DoubleQuotedScalarString(name)
        block[key] = _node(noted.value)
        if noted.remark:
            block.yaml_add_eol_comment(_remark(noted.remark), key, column=0)
        if noted.above:
            block.yaml_set_comment_before_after_key(key, before=noted.above, indent=2)
    if isinstance(value, Line):
        block.fa.set_flow_style()
    return block
