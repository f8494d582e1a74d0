"""The report's words: one YAML file per language, ``texts/report.<language>.yml``.

A text is a template: words, and names in braces that are filled with bound numbers or labels, or with a cell and the
form in which it is written: ``{row.change:signed}`` (`writer.FORMS`). No digit stands in a template; every number comes
from a released cell, from the params or from the rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from string import Formatter

from jobreport.domain.texts import texts_of
from jobreport.page import (
    Block,
    Bullets,
    Card,
    Cards,
    Figure,
    Group,
    Heading,
    Inline,
    KeyFigure,
    KeyFigures,
    Number,
    Paragraph,
    Parts,
    Strong,
    plain,
)

Filling = Inline | Parts
OF_UNIT = "of_unit."
CAUTIONS = (
    *(f"cautions.{key}" for key in ("overlap", "dont_know", "not_nothing", "outermost", "no_cause")),
    "register.why_points",
)


@dataclass(frozen=True)
class Texts:
    """All texts of one language, by dotted key.

    Examples
    --------
    >>> from jobreport.page import plain
    >>> texts = Texts("da", {"greeting": "Hej, {name}."})
    >>> plain(texts.fill("greeting", name="Ishøj"))
    'Hej, Ishøj.'
    """

    language: str
    entries: Mapping[str, str]

    def word(self, key: str) -> str:
        """Return a text that has no names to fill.

        Raises
        ------
        KeyError
            If the text is missing in this language.
        """
        if key not in self.entries:
            raise KeyError(f"report.{self.language}.yml has no text {key!r}")
        return self.entries[key]

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.entries

    def fields(self, key: str) -> Iterator[tuple[str, str]]:
        """Yield every name that a text uses with its form, '' where it has none."""
        yield from ((name, form or "") for _, name, form, _ in Formatter().parse(self.word(key)) if name is not None)

    def fill(self, key: str, **names: Filling) -> Parts:
        """Return the text with its names filled; names that the text does not use are left.

        Raises
        ------
        KeyError
            If the text, or a name that the text uses, is missing.
        """
        parts: list[Inline] = []
        for words, name, form, _ in Formatter().parse(self.word(key)):
            if words:
                parts.append(words)
            if name is not None:
                parts.extend(as_parts(names[f"{name}:{form}" if form else name]))
        return tidy(parts)

    def of(self, label: Mapping[str, str]) -> str:
        """Return a label in this language; a label that lacks it is given in the language it has."""
        return label.get(self.language) or next(iter(label.values()))

    def of_many(self, labels: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return the labels of a scale in this language, or in the language they have."""
        return labels.get(self.language) or next(iter(labels.values()))


@cache
def read_texts(language: str, *, of_unit: bool = False) -> Texts:
    """Return the report's texts in a language; a unit's report has some of its own, under the same keys.

    Raises
    ------
    ValueError
        If there are no texts in that language.

    Examples
    --------
    >>> read_texts("da").word("common.not_stated")
    'ikke oplyst'
    """
    entries = dict(_flat(texts_of("report", language)))
    own = {key.removeprefix(OF_UNIT): text for key, text in entries.items() if key.startswith(OF_UNIT)}
    return Texts(language, entries | own if of_unit else entries)


def _flat(tree: Mapping[str, object], above: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{above}{key}.")
        else:
            found.append((f"{above}{key}", " ".join(str(value).split())))
    return found


def as_parts(filling: Filling) -> Parts:
    """Return one inline piece, or several, as parts."""
    return filling if isinstance(filling, tuple) else (filling,)


def tidy(parts: list[Inline]) -> Parts:
    """Join neighbouring words, and let one full stop do where an abbreviation ends the sentence.

    Examples
    --------
    >>> tidy(["faldt 28 pct.", "."])
    ('faldt 28 pct.',)
    """
    joined: list[Inline] = []
    for part in parts:
        if isinstance(part, str) and joined:
            if part.startswith(".") and plain((joined[-1],)).endswith("."):
                part = part[1:]
            if isinstance(joined[-1], str):
                joined[-1] += part
                continue
        if part != "":
            joined.append(part)
    return tuple(joined)


def sentences(*texts: Parts) -> Parts:
    """Join sentences with spaces; each begins with a capital letter. Empty ones are left out.

    Examples
    --------
    >>> sentences(("ledigheden faldt.",), (), ("den steg.",))
    ('Ledigheden faldt. Den steg.',)
    """
    joined: list[Inline] = []
    for parts in texts:
        if parts:
            joined += [" "] if joined else []
            joined += [_capital(parts[0]), *parts[1:]]
    return tidy(joined)


def _capital(part: Inline) -> Inline:
    if isinstance(part, str):
        return part[:1].upper() + part[1:]
    if isinstance(part, Strong) and part.parts:
        return Strong((_capital(part.parts[0]), *part.parts[1:]))
    return part


def listing(items: list[Parts], texts: Texts) -> Parts:
    """Return 'a, b og c'.

    Examples
    --------
    >>> plain(listing([("a",), ("b",), ("c",)], read_texts("da")))
    'a, b og c'
    """
    joined: list[Inline] = []
    for place, parts in enumerate(items):
        if place:
            joined.append(f" {texts.word('common.and')} " if place == len(items) - 1 else ", ")
        joined += parts
    return tidy(joined)


@dataclass
class Once:
    """What a section says once: which interval is meant, and the cautions; later ones stand there as bare numbers.

    Every sentence brings its cautions along, for it may stand alone. Where many stand together a reader would skip
    what is said thirteen times. A heading of the first level names the interval anew, and so does what a figure is
    read as.

    Examples
    --------
    >>> words = {"common.interval": "{level} per cent interval: {low}", "cautions.no_cause": "May be chance."}
    >>> level = Number("95", "rules", "interval_level", "value")
    >>> said = Paragraph(("A (", level, " per cent interval: 1). May be chance."))
    >>> list(Once(Texts("en", words)).block(Group((said, said))).lines())
    ['A (95 per cent interval: 1). May be chance.', 'A (1).']
    """

    texts: Texts
    said: set[str] = field(default_factory=set)

    @property
    def _interval(self) -> str:
        return self.texts.word("common.interval").split("{level}")[1].partition("{")[0]

    def block(self, block: Block) -> Block:
        """Return a block, and what it groups, with each caution where it first stands."""
        if isinstance(block, Group):
            return Group(tuple(self.block(inside) for inside in block.blocks))
        if isinstance(block, Heading) and block.level == 1:
            self.said.discard(self._interval)
        if isinstance(block, Figure):
            return replace(block, alt=Once(self.texts).parts(block.alt))
        if isinstance(block, Paragraph):
            parts = self.parts(block.parts)
            return Paragraph(parts, block.kind) if parts else Group(())
        if isinstance(block, Bullets):
            left = tuple(parts for item in block.items if (parts := self.parts(item)))
            return Bullets(left) if left else Group(())
        if isinstance(block, Cards):
            return Cards(tuple(Card(item.title, tuple(map(self.parts, item.facts))) for item in block.items))
        if isinstance(block, KeyFigures):
            return KeyFigures(tuple(KeyFigure(item.label, item.parts, self.parts(item.detail)) for item in block.items))
        return block

    def parts(self, parts: Parts) -> Parts:
        """Return a text without what its section has said."""
        name = self._interval
        told: list[Inline] = []
        dropped = False
        for part, after in zip(parts, (*parts[1:], ""), strict=True):
            begun, dropped = dropped, _names_level(part) and str(after).startswith(name) and self._again(name)
            if isinstance(part, str):
                told.append(self._without_cautions(part.removeprefix(name) if begun else part))
            elif not dropped:
                told.append(part)
        return tidy(told)

    def _without_cautions(self, words: str) -> str:
        for caution in (self.texts.word(key) for key in CAUTIONS if self.texts.has(key)):
            if caution in words and self._again(caution):
                words = words.replace(f" {caution}", "").replace(caution, "")
        return words

    def _again(self, what: str) -> bool:
        again = what in self.said
        self.said.add(what)
        return again


def _names_level(part: Inline) -> bool:
    return isinstance(part, Number) and part.row == "interval_level"
