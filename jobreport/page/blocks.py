"""Blocks: what one cell of a notebook shows, as HTML, as Typst and as plain text.

"Figur 1" and "Tabel 1" are counted by the exporters, in reading order; a block knows only its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, get_args

from typing_extensions import override

from jobreport.page import tree
from jobreport.page.inline import (
    Number,
    Parts,
    Strong,
    check_parts,
    html_parts,
    html_text,
    numbers,
    plain,
    typst_array,
    typst_parts,
    typst_string,
    typst_title,
)
from jobreport.page.scoped import scoped

STAMP = {"da": "SIMULEREDE TAL", "en": "SIMULATED FIGURES"}
"""The words that mark simulated data; an exporter keeps those of its language."""
STAMP_TEXT = " / ".join(STAMP.values())
STAMPS_HTML = " · ".join(f'<span lang="{language}">{words}</span>' for language, words in STAMP.items())
Kind = Literal["body", "question", "lead", "headline", "note", "warning", "missing"]
KINDS = get_args(Kind)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def check_key(key: str) -> None:
    """Refuse a key that could not be an HTML id and a Typst label."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"a key holds letters, digits, '-' and '_' and begins with a letter: {key!r}")


class Block(tree.Node):
    """What a cell shows. Jupyter asks for the forms through ``_repr_mimebundle_``."""

    def html(self) -> str:
        """The block as HTML."""
        raise NotImplementedError

    def page(self) -> str:
        """The block as HTML of a page that has styles of its own, which a notebook has not."""
        return self.html()

    def typst(self) -> str:
        """The block as one Typst expression that calls the template's functions."""
        raise NotImplementedError

    def lines(self) -> Iterator[str]:
        """The block as lines of plain text."""
        raise NotImplementedError

    def all_parts(self) -> Iterator[Parts]:
        """Every piece of text in reading order (a figure's alt text first)."""
        raise NotImplementedError

    def printed_parts(self) -> Iterator[Parts]:
        """The same without alternative texts, which are read and not printed."""
        return self.all_parts()

    def numbers(self) -> tuple[Number, ...]:
        """Every number shown, in reading order."""
        return tuple(number for parts in self.all_parts() for number in numbers(parts))

    def leaves(self) -> Iterator[Block]:
        """The block, or the blocks that it groups."""
        yield self

    @cached_property
    def _shown(self) -> dict[str, object]:
        return {tree.MIME: tree.written(self), "text/html": scoped(self.html()), "text/plain": "\n".join(self.lines())}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {**self._shown}


@dataclass(frozen=True)
class Paragraph(Block):
    r"""One paragraph; `kind` says what it is, never how it looks.

    Examples
    --------
    >>> Paragraph(("Ikke oplyst.",), kind="missing").html()
    '<p class="missing">Ikke oplyst.</p>\n'
    """

    parts: Parts
    kind: Kind = "body"

    def __post_init__(self) -> None:
        check_parts(self.parts)
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of paragraph: {self.kind!r}; expected one of {KINDS}")

    @override
    def html(self) -> str:
        return f'<p class="{self.kind}">{html_parts(self.parts)}</p>\n'

    @override
    def typst(self) -> str:
        written = typst_title if self.kind == "headline" else typst_parts
        return f"report-paragraph({typst_string(self.kind)}, {written(self.parts)})"

    @override
    def lines(self) -> Iterator[str]:
        yield plain(self.parts)

    @override
    def all_parts(self) -> Iterator[Parts]:
        yield self.parts


@dataclass(frozen=True)
class Bullets(Block):
    """A list; each item is parts.

    Examples
    --------
    >>> list(Bullets((("a",), ("b",))).lines())
    ['- a', '- b']
    """

    items: tuple[Parts, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a list needs at least one item")
        for item in self.items:
            check_parts(item)

    @override
    def html(self) -> str:
        return "<ul>\n" + "".join(f"<li>{html_parts(item)}</li>\n" for item in self.items) + "</ul>\n"

    @override
    def typst(self) -> str:
        return f"report-bullets({typst_array(typst_parts(item) for item in self.items)})"

    @override
    def lines(self) -> Iterator[str]:
        return (f"- {plain(item)}" for item in self.items)

    @override
    def all_parts(self) -> Iterator[Parts]:
        return iter(self.items)


@dataclass(frozen=True)
class Heading(Block):
    r"""A heading; level 1 is a section (the report's title stands above them all).

    Examples
    --------
    >>> Heading(1, ("Tillid",), "trust").html()
    '<h2 id="trust">Tillid</h2>\n'
    """

    level: int
    parts: Parts
    key: str

    def __post_init__(self) -> None:
        check_parts(self.parts)
        check_key(self.key)
        if self.level not in (1, 2, 3):
            raise ValueError(f"a heading's level is 1, 2 or 3, not {self.level!r}")

    @override
    def html(self) -> str:
        tag = f"h{self.level + 1}"
        return f'<{tag} id="{self.key}">{html_parts(self.parts)}</{tag}>\n'

    @override
    def typst(self) -> str:
        return f"report-heading({self.level}, {typst_string(self.key)}, {typst_title(self.parts)})"

    @override
    def lines(self) -> Iterator[str]:
        yield "#" * self.level + " " + plain(self.parts)

    @override
    def all_parts(self) -> Iterator[Parts]:
        yield self.parts


@dataclass(frozen=True)
class KeyFigure(tree.Node):
    """One of the front page's figures: what it is, the figure in large type, what it rests on."""

    label: Parts
    parts: Parts
    detail: Parts

    def __post_init__(self) -> None:
        for parts in (self.label, self.parts, self.detail):
            check_parts(parts)

    @property
    def line(self) -> Parts:
        """All of it in one line, where there is no band."""
        ends = "" if plain(self.parts).endswith(".") else "."
        return Strong((*self.label, ": ", *self.parts, ends)), " ", *self.detail


@dataclass(frozen=True)
class KeyFigures(Block):
    """The band of key figures.

    Examples
    --------
    >>> list(KeyFigures((KeyFigure(("Tilfredshed",), ("59 pct.",), ("n = 150",)),)).lines())
    ['Tilfredshed: 59 pct. (n = 150)']
    """

    items: tuple[KeyFigure, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= 4:
            raise ValueError(f"a band holds one to four key figures, not {len(self.items)}")

    @override
    def html(self) -> str:
        return '<ul class="key-figures">\n' + "".join(self._html_item(item) for item in self.items) + "</ul>\n"

    @staticmethod
    def _html_item(item: KeyFigure) -> str:
        named = (("key-label", item.label), ("key-value", item.parts), ("key-detail", item.detail))
        return "<li>" + "".join(f'<p class="{name}">{html_parts(parts)}</p>' for name, parts in named) + "</li>\n"

    @override
    def typst(self) -> str:
        items = (
            typst_array(iter((typst_title(item.label), typst_parts(item.parts), typst_parts(item.detail))))
            for item in self.items
        )
        return f"report-key-figures({typst_array(items)})"

    @override
    def lines(self) -> Iterator[str]:
        return (f"{plain(item.label)}: {plain(item.parts)} ({plain(item.detail)})" for item in self.items)

    @override
    def all_parts(self) -> Iterator[Parts]:
        return (parts for item in self.items for parts in (item.label, item.parts, item.detail))


@dataclass(frozen=True)
class Card(tree.Node):
    """What somebody said or measured, in a few words, and what is known of it, a line for each thing."""

    title: Parts
    facts: tuple[Parts, ...]

    def __post_init__(self) -> None:
        for parts in (self.title, *self.facts):
            check_parts(parts)


@dataclass(frozen=True)
class Cards(Block):
    """Cards side by side, each whole on its page.

    Examples
    --------
    >>> list(Cards((Card(("»Alle er glade«",), (("Grundlag: ikke oplyst",),)),)).lines())
    ['»Alle er glade«', 'Grundlag: ikke oplyst']
    """

    items: tuple[Card, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("cards need at least one card")

    @override
    def html(self) -> str:
        return '<ul class="cards">\n' + "".join(self._html_item(item) for item in self.items) + "</ul>\n"

    @staticmethod
    def _html_item(item: Card) -> str:
        facts = "".join(f"<p>{html_parts(fact)}</p>" for fact in item.facts)
        return f'<li><p class="card-title">{html_parts(item.title)}</p>{facts}</li>\n'

    @override
    def typst(self) -> str:
        cards = (
            f"(title: {typst_title(item.title)}, facts: {typst_array(map(typst_parts, item.facts))})"
            for item in self.items
        )
        return f"report-cards({typst_array(cards)})"

    @override
    def lines(self) -> Iterator[str]:
        return (plain(parts) for parts in self.all_parts())

    @override
    def all_parts(self) -> Iterator[Parts]:
        return (parts for item in self.items for parts in (item.title, *item.facts))


@dataclass(frozen=True)
class Group(Block):
    """Several blocks shown by one cell.

    Examples
    --------
    >>> list(Group((Paragraph(("a",)), Paragraph(("b",)))).lines())
    ['a', 'b']
    """

    blocks: tuple[Block, ...]

    @override
    def html(self) -> str:
        return "".join(block.html() for block in self.blocks)

    @override
    def typst(self) -> str:
        return f"report-group({typst_array(block.typst() for block in self.blocks)})"

    @override
    def lines(self) -> Iterator[str]:
        return (line for block in self.blocks for line in block.lines())

    @override
    def all_parts(self) -> Iterator[Parts]:
        return (parts for block in self.blocks for parts in block.all_parts())

    @override
    def leaves(self) -> Iterator[Block]:
        return (leaf for block in self.blocks for leaf in block.leaves())


class Captioned(Block):
    """What is counted: a figure or a table.

    `label` ("Figur 1. ") and `stamp` are the document's; before it stands in one, it is stamped in both languages.
    """

    word: ClassVar[str]
    key: str
    caption: Parts
    simulated: bool
    label: Parts
    stamp: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key}: {plain(self.caption)}>"

    def _html_caption(self) -> str:
        counted = "" if self.label else f' data-count="{self.word}"'
        return f'<span class="label"{counted}>{html_parts(self.label)}</span>{html_parts(self.caption)}'

    def _html_stamp(self) -> str:
        words = html_text(self.stamp) if self.stamp else STAMPS_HTML
        return f'<p class="stamp">{words}</p>\n' if self.simulated else ""
