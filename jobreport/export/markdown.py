"""Markdown cells as blocks: headings, paragraphs, lists, emphasis, code words and links; anything else is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import mistune

from jobreport.page import Block, Bullets, Emphasis, Heading, Inline, Link, Paragraph, Parts, Strong

Node = dict[str, Any]


class UnknownMarkdown(ValueError):
    """A Markdown cell holds what a report cannot show in every form; the message says what."""


def blocks(source: str, key: str) -> tuple[Block, ...]:
    r"""Read one Markdown cell.

    Parameters
    ----------
    source : str
        The cell's text.
    key : str
        The key of the cell's first heading; later ones get '-2', '-3'.

    Raises
    ------
    UnknownMarkdown
        For raw HTML, pictures, quotations, code blocks, numbered and nested lists, and rules.

    Examples
    --------
    >>> [block.html() for block in blocks("# Tillid", "trust")]
    ['<h2 id="trust">Tillid</h2>\n']
    """
    parse = mistune.create_markdown(renderer=None)
    tree = parse(source)
    if not isinstance(tree, list):
        raise UnknownMarkdown(f"the Markdown parser gave no tree but {type(tree).__name__}")
    found = [_block(node) for node in tree if node["type"] != "blank_line"]
    return tuple(_numbered_headings(list(_questions(found)), key))


def _questions(found: list[Block]) -> Iterator[Block]:
    """What stands right under a heading is the question of its section, and is kept with what answers it."""
    for before, block in zip((None, *found), found, strict=False):
        if isinstance(before, Heading) and isinstance(block, Paragraph):
            yield Paragraph(block.parts, kind="question")
        else:
            yield block


def _numbered_headings(found: list[Block], key: str) -> Iterator[Block]:
    count = 0
    for block in found:
        if isinstance(block, Heading):
            count += 1
            yield Heading(block.level, block.parts, key if count == 1 else f"{key}-{count}")
        else:
            yield block


def _block(node: Node) -> Block:
    kind = node["type"]
    if kind == "heading":
        return Heading(node["attrs"]["level"], _parts(node["children"]), "heading")
    if kind == "paragraph":
        return Paragraph(_parts(node["children"]))
    if kind == "list" and not node["attrs"]["ordered"]:
        return Bullets(tuple(_item(item) for item in node["children"]))
    raise UnknownMarkdown(f"{kind}: {_excerpt(node)}")


def _item(node: Node) -> Parts:
    children = [child for child in node["children"] if child["type"] != "blank_line"]
    if [child["type"] for child in children] not in (["block_text"], ["paragraph"]):
        raise UnknownMarkdown(f"a list item that is more than one line of text: {_excerpt(node)}")
    return _parts(children[0]["children"])


def _parts(nodes: list[Node]) -> Parts:
    return tuple(_inline(node) for node in nodes)


def _inline(node: Node) -> Inline:
    kind = node["type"]
    if kind == "text":
        return str(node["raw"])
    if kind in ("softbreak", "linebreak"):
        return " "
    if kind == "codespan":
        return Emphasis((str(node["raw"]),))
    if kind == "strong":
        return Strong(_parts(node["children"]))
    if kind == "emphasis":
        return Emphasis(_parts(node["children"]))
    if kind == "link":
        return _link(node)
    raise UnknownMarkdown(f"{kind}: {_excerpt(node)}")


def _link(node: Node) -> Link:
    try:
        return Link(_parts(node["children"]), node["attrs"]["url"])
    except ValueError as error:
        raise UnknownMarkdown(str(error)) from error


def _excerpt(node: Node) -> str:
    texts = re.findall(r"'raw': (?:'([^']*)'|\"([^\"]*)\")", repr(node))
    return repr(" ".join(a or b for a, b in texts)[:60])
