"""A report as one tree: what stands at its head, and its blocks in reading order, with figures and tables counted."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeGuard

from babel.dates import format_date

from jobreport.domain.texts import LANGUAGES, LOCALES, texts_of
from jobreport.errors import ExportFailed
from jobreport.page import Block, Captioned, Figure, Group, Heading, Number, Paragraph, Parts, Table, fonts
from jobreport.page.inline import numbers
from jobreport.page.svg import GENERIC_FAMILIES, font_families
from jobreport.setup.sender import DEFAULT, is_colour

FRONT, SUMMARY, ANNEX = "front", "summary", "annex"
SAID = ("name", "contact")


@dataclass(frozen=True)
class Front:
    """Front matter of a report."""

    title: str  # title, subtitle: as the params name them; the whole line is bound to the params
    subtitle: str
    language: str  # {'da', 'en'}
    date: datetime.date  # the date of the report: latest date in the data, or as the params say
    simulated: bool  # whether any answer was made up
    authors: tuple[str, ...]  # who made or commissioned the report, for the file's properties
    description: str  # one line for the file's properties
    # who publishes it: name, contact, colour, logo (an address that holds it) and logo_text; what is not there is not
    # shown
    sender: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """The words around the report in its language."""
        return words(self.language)

    @property
    def title_parts(self) -> Parts:
        """The title, bound to the params."""
        return (Number(self.title, "params", "report", "title"),)

    @property
    def subtitle_parts(self) -> Parts:
        """The subtitle, bound to the params; nothing if there is none."""
        return (Number(self.subtitle, "params", "report", "subtitle"),) if self.subtitle else ()

    @property
    def date_parts(self) -> Parts:
        """'Opgjort 31. december 2024', with the date bound to the params."""
        written = format_date(self.date, "long", locale=LOCALES[self.language])
        return self._around("report_date", Number(written, "params", "report", "report_date"))

    @property
    def sender_parts(self) -> Parts:
        """'Udgivet af Ishøj Kommune · analyse@ishoej.dk', bound to the params; nothing where nobody is named."""
        said = [Number(self.sender[key], "params", "report", f"sender.{key}") for key in SAID if self.sender.get(key)]
        if "name" not in self.sender:
            return ()
        return (*self._around("published_by", said[0]), *(part for contact in said[1:] for part in (" · ", contact)))

    def _around(self, key: str, number: Number) -> Parts:
        # A text with the one place that it has filled.
        before, after = re.split(r"\{\w+\}", self.words[key])
        return tuple(part for part in (before, number, after) if part)

    @property
    def colour(self) -> str:
        """The colour of the head and of headings."""
        return self.sender.get("colour", DEFAULT)

    @property
    def parts(self) -> tuple[Parts, ...]:
        """Title, subtitle, date and sender."""
        return self.title_parts, self.subtitle_parts, self.date_parts, self.sender_parts


words = partial(texts_of, "export")


def check(given: Mapping[str, Any]) -> Front:
    """Front matter from a plain mapping, checked.

    Raises
    ------
    ExportFailed
        If a needed key is missing or is of another kind than text, ISO date or bool.

    Examples
    --------
    >>> check({"title": "X", "language": "da", "date": "2024-12-31", "simulated": False}).words["table"]
    'Tabel'
    """
    language = given.get("language")
    if language not in LANGUAGES:
        raise ExportFailed(f"metadata jobreport.language is {language!r}; expected one of {LANGUAGES}")
    if not isinstance(given.get("simulated"), bool):
        raise ExportFailed("metadata jobreport.simulated must be true or false: what is made up is always stamped")
    return Front(
        title=_text(given, "title", needed=True),
        subtitle=_text(given, "subtitle"),
        language=language,
        date=_date(given.get("date")),
        simulated=given["simulated"],
        authors=tuple(given.get("authors", ())),
        description=_text(given, "description"),
        sender=_sender(given.get("sender", {})),
    )


def _text(given: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
    value = given.get(key) or ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise ExportFailed(f"metadata jobreport.{key} is {value!r}; expected text")
    return value


def _sender(given: Mapping[str, Any]) -> Mapping[str, str]:
    sender = {name: _text(given, name) for name in given}
    if not is_colour(sender.get("colour", DEFAULT)):
        raise ExportFailed(f"metadata jobreport.sender.colour is {sender['colour']!r}; expected {DEFAULT!r}")
    return sender


def _date(value: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError as error:
        raise ExportFailed(f"metadata jobreport.date is {value!r}; expected a date such as '2024-12-31'") from error


@dataclass(frozen=True)
class Piece:
    """What one cell shows, and the cell's tags."""

    block: Block
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Document:
    """A report: its front matter, the blocks of its front page, those after it, and the annex for who checks it."""

    matter: Front
    front: tuple[Block, ...]
    body: tuple[Block, ...]
    annex: tuple[Block, ...] = ()

    @classmethod
    def of(cls, matter: Front, pieces: Iterable[Piece], *, summary: bool = False) -> Document:
        """Put pieces together; everything up to the last one tagged 'front' stands on the front page.

        What is tagged 'annex' stands last, in its own order. ``summary``: only the front page's and the pieces tagged
        'summary'.

        Raises
        ------
        ExportFailed
            If two blocks have the same key, headings skip a level, or a drawing is harmful or names a font that is
            not shipped.

        Examples
        --------
        >>> from jobreport.page import Paragraph
        >>> matter = check({"title": "X", "language": "da", "date": "2024-12-31", "simulated": False})
        >>> len(Document.of(matter, [Piece(Paragraph(("Svar.",)), frozenset({"front"}))]).front)
        1
        """
        listed = list(pieces)
        last = max((place for place, piece in enumerate(listed) if FRONT in piece.tags), default=-1)
        _refuse_double_keys(piece.block for piece in listed)
        kept: dict[str, list[Block]] = {FRONT: [], SUMMARY: [], ANNEX: []}
        for place, piece in enumerate(listed):
            if not summary or SUMMARY in piece.tags or FRONT in piece.tags:
                kept[ANNEX if ANNEX in piece.tags else FRONT if place <= last else SUMMARY].append(piece.block)
        counts: Counter[str] = Counter()
        made = cls(matter, *(tuple(_counted(block, matter, counts) for block in part) for part in kept.values()))
        _refuse_skipped_levels(made)
        _refuse_drawings(made)
        return made

    def without_annex(self) -> Document:
        """Return the same report without its annex; its last line says where that stands."""
        said = Paragraph((self.matter.words["annex_elsewhere"],), kind="note")
        return replace(self, body=(*self.body, said), annex=()) if self.annex else self

    def leaves(self) -> Iterator[Block]:
        """Every block in reading order, groups taken apart."""
        return (leaf for block in (*self.front, *self.body, *self.annex) for leaf in block.leaves())

    def numbers(self) -> Iterator[Number]:
        """Every number that is printed as text, in reading order; those of an alternative text are not."""
        for parts in (*self.matter.parts, *(parts for leaf in self.leaves() for parts in leaf.printed_parts())):
            yield from numbers(parts)


def is_section(leaf: Block | None) -> TypeGuard[Heading]:
    """Whether this is the heading of a section."""
    return isinstance(leaf, Heading) and leaf.level == 1


def _counted(block: Block, matter: Front, counts: Counter[str]) -> Block:
    if isinstance(block, Group):
        return Group(tuple(_counted(inside, matter, counts) for inside in block.blocks))
    if not isinstance(block, (Figure, Table)):
        return block
    counts[block.word] += 1
    number = Number(str(counts[block.word]), "document", f"{block.word}|{block.key}", "number")
    label = (f"{matter.words[block.word]}\u00a0", number, ". ")
    return replace(block, label=label, stamp=matter.words["simulated_stamp"])


def _refuse_double_keys(blocks: Iterable[Block]) -> None:
    seen: set[str] = set()
    for leaf in (leaf for block in blocks for leaf in block.leaves()):
        if isinstance(leaf, (Heading, Captioned)):
            if leaf.key in seen:
                raise ExportFailed(f"two blocks of the report have the key {leaf.key!r}")
            seen.add(leaf.key)


def _refuse_skipped_levels(made: Document) -> None:
    level = 0
    for heading in (leaf for leaf in made.leaves() if isinstance(leaf, Heading)):
        if heading.level > level + 1:
            raise ExportFailed(f"a heading of level {heading.level} follows one of level {level}")
        level = heading.level


def _refuse_drawings(made: Document) -> None:
    # A typesetter falls back silently when a drawing asks for a font that it does not have.
    for figure in (leaf for leaf in made.leaves() if isinstance(leaf, Figure)):
        try:
            foreign = font_families(figure.svg) - {fonts.FONT_FAMILY} - GENERIC_FAMILIES
        except ValueError as error:
            raise ExportFailed(f"the figure {figure.key} cannot be shown: {error}") from error
        if foreign:
            raise ExportFailed(f"a figure names the font {sorted(foreign)}; shipped is {fonts.FONT_FAMILY!r}")
