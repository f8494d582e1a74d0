"""Read a YAML file that a person wrote, and refuse what does not mean what it seems to say.

Every scalar is read as text, as written, for YAML 1.1 has traps: 0223 is an octal number, ``no`` is false, 12:30 is
750. What is a number, a date or a truth value, the models say. A key given twice would keep only the last, and an
alias can make a small file endless: both are refused.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from jobreport.errors import Problem

LARGEST = 2_000_000
DEEPEST = 40
_STANDARD = "tag:yaml.org,2002:"
_NULL = _STANDARD + "null"
_PLAIN = {_STANDARD + kind for kind in ["str", "null", "map", "seq"]}
_SPACE = "\t\n\r"


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
    if hidden := [c for c in node.value if c not in _SPACE and unicodedata.category(c) in ("Cc", "Cs")]:
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

    ``file``: the file or its bytes, UTF-8 with or without BOM. ``where``: how messages name the file. Returns what the
    file says (nothing if it could not be read) and every problem found.
    """
    try:
        if isinstance(file, Path) and is_endless(file):
            raise OSError
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


def is_endless(path: Path) -> bool:
    """Tell whether what lies there is neither file nor folder: a pipe is waited for, and a device has no end.

    Examples
    --------
    >>> is_endless(Path("/dev/null")), is_endless(Path("nowhere"))
    (True, False)
    """
    return path.exists() and not (path.is_file() or path.is_dir())


def parse(text: str, where: str) -> tuple[dict[str, Any], list[Problem]]:
    """Read YAML from text; see `read`.

    Examples
    --------
    >>> parse("a: 0223", "x.yml")
    ({'a': '0223'}, [])
    """
    node = _composed(text)
    if isinstance(node, Problem):
        return {}, [Problem(node.key, where, node.values)]
    found: list[Problem] = []
    content = _construct(node, where, found)
    return content or {}, found  # a tag on the whole leaves nothing


@lru_cache(maxsize=8)
def _composed(text: str) -> yaml.MappingNode | Problem:
    # The tree of a text, which nobody changes, or what is wrong with it; the same few files are read repeatedly.
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        return Problem("yaml_syntax", "", {"line": text.count("\n", 0, error.position) + 1})
    try:
        node = loader.get_single_node()
    except _Refused as refused:
        return refused.problem
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Problem("yaml_syntax", "", {"line": mark.line + 1 if mark else 1})
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):  # "\U00110000" is no character
        return Problem("yaml_syntax", "", {"line": loader.line + 1})
    return node if isinstance(node, yaml.MappingNode) else Problem("yaml_not_mapping", "")
