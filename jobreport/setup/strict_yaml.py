"""Read a YAML file that a person wrote, and refuse what does not mean what it seems to say.

YAML 1.1 has traps: 0223 is an octal number, ``no`` is false, 12:30 is 750, a key given twice keeps
only the last, an alias can make a small file endless. Keys are always taken as text, as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jobreport.errors import Problem

LARGEST = 2_000_000
DEEPEST = 40
WIDEST = 63  # bits of a whole number; a longer one is no figure, and Python refuses to print the longest
_STANDARD = "tag:yaml.org,2002:"
_PLAIN = {_STANDARD + kind for kind in ["str", "int", "float", "bool", "null", "timestamp", "map", "seq"]}
_SPACE = "\t\n\r"
_NUMBER = re.compile(r"[-+]?(\d*\.?\d*([eE][-+]?\d+)?|\.(inf|Inf|INF))|\.(nan|NaN|NAN)")

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a file says, and how its scalars were written: place -> text as it stands in the file."""

    content: dict[str, Any]
    written: dict[Place, str]


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases and without merge keys."""

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


def _construct(loader: _Loader, node: Any, place: Place, state: _State) -> Any:
    if node.tag not in _PLAIN:
        state.problems.append(Problem("yaml_tag", state.where, {"tag": node.tag, "line": node.start_mark.line + 1}))
        return None
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(loader, node, place, state))
    if isinstance(node, yaml.SequenceNode):
        return [_construct(loader, part, (*place, i), state) for i, part in enumerate(node.value)]
    state.written[place] = node.value
    _letters(node, state)
    if state.as_text:
        empty = node.tag == "tag:yaml.org,2002:null" and node.style is None
        return None if empty else node.value
    try:
        value = loader.construct_object(node)
    except ValueError:  # such as 2022-02-31, which looks like a date and is none
        return node.value
    return value if _as_it_looks(value, node.value) else node.value


def _as_it_looks(value: Any, written: str) -> bool:
    """Tell whether a number is one to a reader too: 1:30 is 90 and 0x1F is 31 to YAML only."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    return bool(_NUMBER.fullmatch(written)) and not (isinstance(value, int) and value.bit_length() > WIDEST)


def _letters(node: yaml.ScalarNode, state: _State) -> None:
    """Refuse what no one can read or print: control characters and halves of a character."""
    hidden = [c for c in node.value if c not in _SPACE and unicodedata.category(c) in ("Cc", "Cs")]
    if hidden:
        facts = {"line": node.start_mark.line + 1, "character": f"U+{ord(hidden[0]):04X}"}
        state.problems.append(Problem("yaml_character", state.where, facts))


def _pairs(loader: _Loader, node: yaml.MappingNode, place: Place, state: _State) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            state.problems.append(Problem("yaml_syntax", state.where, {"line": line}))
            continue
        key = str(key_node.value)
        _letters(key_node, state)
        if key in seen:
            state.problems.append(
                Problem("yaml_duplicate_key", state.where, {"key": key, "first": seen[key], "line": line})
            )
        seen.setdefault(key, line)
        yield key, _construct(loader, value_node, (*place, key), state)


class _State:
    def __init__(self, where: str, as_text: bool) -> None:
        self.where = where
        self.as_text = as_text
        self.problems: list[Problem] = []
        self.written: dict[Place, str] = {}


def read(path: Path, where: str, as_text: bool = False) -> tuple[Document, list[Problem]]:
    """Read one YAML file whose top level is a mapping.

    Parameters
    ----------
    path
        The file, UTF-8 with or without BOM.
    where
        How messages name the file.
    as_text
        Leave every scalar as it is written, so that no trap of YAML 1.1 is left.

    Returns
    -------
    tuple
        The document (empty if it could not be read) and every problem found.
    """
    nothing = Document({}, {})
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return nothing, [Problem("params_missing", where)]
    except OSError:
        return nothing, [Problem("file_unreadable", where)]
    if len(raw) > LARGEST:
        return nothing, [Problem("yaml_large", where, {"largest": LARGEST})]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return nothing, [Problem("yaml_encoding", where, {"position": error.start})]
    return parse(text, where, as_text)


def parse(text: str, where: str, as_text: bool = False) -> tuple[Document, list[Problem]]:
    """Read YAML from text; see `read`.

    Examples
    --------
    >>> document, problems = parse("a: 0223", "x.yml")
    >>> document.content, document.written
    ({'a': 147}, {('a',): '0223'})
    """
    nothing = Document({}, {})
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        return nothing, [Problem("yaml_syntax", where, {"line": text.count("\n", 0, error.position) + 1})]
    try:
        node = loader.get_single_node()
    except _Refused as refused:
        return nothing, [Problem(refused.problem.key, where, refused.problem.values)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        return nothing, [Problem("yaml_syntax", where, {"line": line})]
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):  # "\U00110000" is no character
        return nothing, [Problem("yaml_syntax", where, {"line": loader.line + 1})]
    if not isinstance(node, yaml.MappingNode):
        return nothing, [Problem("yaml_not_mapping", where)]
    state = _State(where, as_text)
    content = _construct(loader, node, (), state)
    return Document(content or {}, state.written), state.problems  # a tag on the whole leaves nothing
