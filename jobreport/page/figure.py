"""Figures as readers meet them: a drawing, what it shows in words, a caption, a source line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from typing_extensions import override

from jobreport.page import saved
from jobreport.page import svg as drawing
from jobreport.page.blocks import STAMP, STAMP_TEXT, Captioned, check_key
from jobreport.page.inline import (
    Number,
    Parts,
    check_parts,
    html_parts,
    numbers,
    plain,
    typst_array,
    typst_parts,
    typst_string,
    typst_title,
)


@dataclass(frozen=True, repr=False)
class Figure(Captioned):
    """A drawing with what it shows in words, its caption and its source line.

    `svg` has a viewBox, names only shipped fonts, and is ``FIGURE_WIDTH_MM`` wide to be printed in its own
    size; `narrow` is the same laid out for a telephone, '' where it can only be moved to and fro there. `source` is the
    whole line ("Kilde: …"). A simulated figure carries the stamp in print as well.

    Examples
    --------
    >>> f = Figure("path", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', ("Ledighed.",),
    ...     ("Ledighed",), ("Kilde: X",), simulated=False)
    >>> list(f.lines())
    ['[Ledighed] Ledighed.', 'Kilde: X']
    """

    word: ClassVar[str] = "figure"
    key: str
    svg: str
    alt: Parts
    caption: Parts
    source: Parts
    simulated: bool
    label: Parts = ()
    stamp: str = ""
    narrow: str = ""

    def __post_init__(self) -> None:
        check_key(self.key)
        for name in ("alt", "caption", "source"):
            check_parts(getattr(self, name))
            if not plain(getattr(self, name)).strip():
                raise ValueError(f"figure {self.key} has no {name}")

    def save(self, path: str | Path) -> Path:
        """Write the figure with caption, source and stamp as ``.svg``, ``.png`` or ``.pdf``; return the file.

        ValueError if the name ends otherwise.
        """
        caption, alt, source = (plain(parts) for parts in (self.caption, self.alt, self.source))
        return saved.save(
            saved.Alone(self.svg, caption, alt, source, self.simulated and not self._stamped()), Path(path)
        )

    def _stamped(self) -> bool:
        # Whether the drawing itself says that it is made up; then nothing around it says it again.
        return any(words in self.svg for words in STAMP.values())

    @override
    def html(self) -> str:
        return self._html(drawing.inline(self.svg, self.key, self._alt_id))

    @override
    def page(self) -> str:
        wide = drawing.inline(self.svg, self.key, self._alt_id)
        if not self.narrow:
            return self._html(
                f'<div class="drawing" role="group" tabindex="0" aria-labelledby="{self.key}-caption">{wide}</div>'
            )
        narrow = drawing.inline(self.narrow, f"{self.key}-narrow", self._alt_id)
        return self._html(f'<div class="wide">{wide}</div>\n<div class="narrow">{narrow}</div>')

    @property
    def _alt_id(self) -> str:
        return f"{self.key}-alt"

    def _html(self, drawn: str) -> str:
        return (
            f'<figure id="{self.key}">\n'
            f'<figcaption id="{self.key}-caption">{self._html_caption()}</figcaption>\n'
            f"{'' if self._stamped() else self._html_stamp()}{drawn}\n"
            f'<p id="{self._alt_id}" hidden>{html_parts(self.alt)}</p>\n'
            f'<p class="source">{html_parts(self.source)}</p>\n</figure>\n'
        )

    @override
    def typst(self) -> str:
        return (
            f"report-figure(key: {typst_string(self.key)}, "
            f"svg: {typst_string(drawing.standalone(self.svg))}, "
            f"alt: {typst_string(plain(self.alt))}, "
            f"alt-numbers: {typst_array(_typst_cell(number) for number in numbers(self.alt))}, "
            f"caption: {typst_title(self.caption)}, source: {typst_parts(self.source)}, "
            f"simulated: {str(self.simulated and not self._stamped()).lower()})"
        )

    @override
    def lines(self) -> Iterator[str]:
        if self.simulated:
            yield STAMP_TEXT
        yield f"[{plain(self.caption)}] {plain(self.alt)}"
        yield plain(self.source)

    @override
    def all_parts(self) -> Iterator[Parts]:
        return iter((self.label, self.alt, self.caption, self.source))

    @override
    def printed_parts(self) -> Iterator[Parts]:
        return iter((self.label, self.caption, self.source))


def _typst_cell(number: Number) -> str:
    named = (number.text, number.table, number.row, number.column)
    return typst_array(typst_string(value) for value in named)
