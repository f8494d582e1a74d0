"""Running text: words, bound numbers, emphasis and links; and the only escaping in the project.

A number that a reader sees is never a bare string: it is a :class:`Number`, which carries the released
cell it was read from, through the notebook, into the PDF and the HTML page.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from jobreport.page.tree import Node, escaped

TABLES = (
    "estimates",
    "changes",
    "diagnostics",
    "benchmarks",
    "claims",
    "earlier",
    "quotations",
    "params",
    "rules",
    "example",
    "document",
)

PAIR = 20
"""Letters of two words that the narrowest title has room for, as in the template."""
TITLE = "title-number"


@dataclass(frozen=True)
class Number(Node):
    """A printed number (or code, or date) and the cell it was read from.

    Raises
    ------
    ValueError
        If the table is unknown or a part is empty.

    Examples
    --------
    >>> Number("59 pct.", "estimates", "satisfaction|share|positive|183|2021||", "estimate").text
    '59 pct.'
    """

    text: str  # what the reader sees, already formatted ('59 pct.', '1,8')
    table: str  # one of ``TABLES``
    # the row's key: its identifying columns joined by '|' (no row of 'params' or 'rules' needs one; there it is the
    # key's path, as 'events.0.date')
    row: str
    column: str  # the column the value stands in ('estimate', 'ci_low', 'n')

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise ValueError(f"a number is bound to the table {self.table!r}; expected one of {TABLES}")
        if not (self.text and self.row and self.column):
            raise ValueError(f"a number needs text, row and column: {self!r}")


@dataclass(frozen=True)
class Strong(Node):
    """Parts with emphasis (bold).

    Examples
    --------
    >>> plain((Strong(("59 pct.",)), " er tilfredse"))
    '59 pct. er tilfredse'
    """

    parts: Parts

    def __post_init__(self) -> None:
        check_parts(self.parts)


@dataclass(frozen=True)
class Emphasis(Node):
    """Parts with light emphasis (italic): a name, a term that is explained.

    Examples
    --------
    >>> html_parts((Emphasis(("indeks",)),))
    '<em>indeks</em>'
    """

    parts: Parts

    def __post_init__(self) -> None:
        check_parts(self.parts)


@dataclass(frozen=True)
class Link(Node):
    """Parts that lead to a web address.

    Raises
    ------
    ValueError
        If the address is not http or https (or mailto).

    Examples
    --------
    >>> Link(("Danmarks Statistik",), "https://www.dst.dk").url
    'https://www.dst.dk'
    """

    parts: Parts
    url: str

    def __post_init__(self) -> None:
        check_parts(self.parts)
        if not re.match(r"(https?://|mailto:)[^\s<>\"]+\Z", self.url):
            raise ValueError(f"not a web address that a report may link to: {self.url!r}")


Inline = str | Number | Strong | Emphasis | Link
Parts = tuple[Inline, ...]

"""What running text is made of, and a piece of it."""
BREAKABLE = 32
"""A word of more letters (a checksum) may be broken anywhere."""

# Any character but those of Latin text, of which none is hidden but the soft hyphen, which stays: a drawing has 100,000
# letters, and asking for the category of each takes longer than drawing it.
_UNUSUAL = re.compile("[^ -~\u00a0-\u024f]")


def check_parts(parts: object) -> None:
    """Refuse anything but a tuple of Inline (a bare string would be taken letter by letter).

    Raises
    ------
    TypeError
        If `parts` is no tuple, or holds something else than str, Number, Strong, Emphasis or Link.

    Examples
    --------
    >>> check_parts(("59 pct.",))
    """
    if not isinstance(parts, tuple):
        raise TypeError(f"parts must be a tuple such as ('text',), not {type(parts).__name__}: {parts!r}")
    for part in parts:
        if not isinstance(part, (str, Number, Strong, Emphasis, Link)):
            kind = type(part).__name__
            raise TypeError(f"a part must be str, Number, Strong, Emphasis or Link, not {kind}: {part!r}")


def plain(parts: Parts) -> str:
    """The words alone, as they are read aloud.

    Examples
    --------
    >>> plain(("Fald på ", Number("1,8", "changes", "k", "change"), " point"))
    'Fald på 1,8 point'
    """
    return "".join(_plain_part(part) for part in parts)


def _plain_part(part: Inline) -> str:
    if isinstance(part, str):
        return visible(part)
    return visible(part.text) if isinstance(part, Number) else plain(part.parts)


def numbers(parts: Parts) -> Iterator[Number]:
    """Every bound number in reading order.

    Examples
    --------
    >>> [n.text for n in numbers((Strong((Number("5", "rules", "suppress_below", "value"),)),))]
    ['5']
    """
    for part in parts:
        if isinstance(part, Number):
            yield part
        elif not isinstance(part, str):
            yield from numbers(part.parts)


def visible(text: str) -> str:
    r"""Make control and direction characters visible, so that no name can turn the text round it.

    Line breaks and tabs become spaces; U+202E and its like are printed as '[U+202E]'. The soft hyphen and
    ordinary spaces stay. Text is brought to NFC, since a font may lack the combining marks.

    Examples
    --------
    >>> visible("Ish\u202eøj")
    'Ish[U+202E]øj'
    """
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return _UNUSUAL.sub(_written_out, re.sub(r"[\t\r\n]+", " ", text))


def _written_out(found: re.Match[str]) -> str:
    hidden = unicodedata.category(found[0]) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return escaped(found) if hidden else found[0]


def html_text(text: str) -> str:
    """Escape for HTML text and for quoted attributes.

    Examples
    --------
    >>> html_text('<b> & "x"')
    '&lt;b&gt; &amp; &quot;x&quot;'
    """
    return html.escape(visible(text), quote=True)


def html_parts(parts: Parts) -> str:
    """Parts as HTML; a number is a ``data`` element that carries its cell.

    Examples
    --------
    >>> html_parts(("a < b",))
    'a &lt; b'
    """
    return "".join(_html_part(part) for part in parts)


def _html_part(part: Inline) -> str:
    if isinstance(part, str):
        return _html_words(part)
    if isinstance(part, Strong):
        return f"<strong>{html_parts(part.parts)}</strong>"
    if isinstance(part, Emphasis):
        return f"<em>{html_parts(part.parts)}</em>"
    if isinstance(part, Link):
        return f'<a href="{html_text(part.url)}">{html_parts(part.parts)}</a>'
    cell = "".join(
        f' data-{name}="{html_text(value)}"'
        for name, value in (("table", part.table), ("row", part.row), ("column", part.column))
    )
    return f'<data class="number" value="{html_text(part.text)}"{cell}>{_html_words(part.text)}</data>'


def _html_words(text: str) -> str:
    # Text that a narrow column can hold: very long words get places to break.
    words = re.split(r"(\s+)", text)
    if max(map(len, words)) <= BREAKABLE:
        return html_text(text)
    return "".join(html_text(w) if len(w) <= BREAKABLE else "<wbr>".join(map(html_text, _pieces(w))) for w in words)


def _pieces(word: str) -> list[str]:
    return [word[start : start + 8] for start in range(0, len(word), 8)]


def typst_string(text: str) -> str:
    r"""A Typst string literal. Text reaches Typst in no other form, so that no markup can be typed into it.

    Examples
    --------
    >>> typst_string('#let x = "1"')
    '"#let x = \\"1\\""'
    """
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_parts(parts: Parts, number: str = "number") -> str:
    """Parts as a Typst array of strings and of calls to the template's functions.

    Examples
    --------
    >>> typst_parts(("#a", Strong(("b",))))
    '("#a", strong-parts(("b",)),)'
    """
    return typst_array(_typst_part(part, number) for part in parts)


def typst_title(parts: Parts) -> str:
    """What is set as a title: its last two words stay on one line, unless they are so long that none may hold them.

    Examples
    --------
    >>> typst_title(("Ledighed, hele ", Strong(("landet",))))
    '("Ledighed, ", kept-together(("hele ", strong-parts(("landet",)),)),)'
    """
    words = plain(parts).split(" ")
    kept = len(" ".join(words[-2:]))
    if len(words) < 3 or kept > PAIR:
        return typst_parts(parts, TITLE)
    head, tail = list(parts), list[Inline]()
    while kept > 0:
        part = head.pop()
        said = _plain_part(part)
        if len(said) > kept and not isinstance(part, str):  # (a number keeps its own last words)
            return typst_parts(parts, TITLE)
        if len(said) > kept:
            head.append(said[:-kept])
            part = said[-kept:]
        tail.insert(0, part)
        kept -= len(said)
    written = (_typst_part(part, TITLE) for part in head)
    return typst_array(iter((*written, f"kept-together({typst_parts(tuple(tail), TITLE)})")))


def _typst_part(part: Inline, number: str) -> str:
    if isinstance(part, str):
        return typst_string(part)
    if isinstance(part, Strong):
        return f"strong-parts({typst_parts(part.parts, number)})"
    if isinstance(part, Emphasis):
        return f"emphasis-parts({typst_parts(part.parts, number)})"
    if isinstance(part, Link):
        return f"link-parts({typst_string(part.url)}, {typst_parts(part.parts, number)})"
    cell = ", ".join(typst_string(value) for value in (part.text, part.table, part.row, part.column))
    return f"{number}({cell})"


def typst_array(items: Iterator[str]) -> str:
    """A Typst array; the comma after the last item keeps an array of one an array.

    Examples
    --------
    >>> typst_array(iter(["1"]))
    '(1,)'
    """
    listed = ", ".join(items)
    return f"({listed},)" if listed else "()"
