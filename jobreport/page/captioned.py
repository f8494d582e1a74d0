"""Figures and tables as readers meet them: what stands in them, in words too, a caption, notes, a source line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from typing_extensions import override

from jobreport.page import saved
from jobreport.page import svg as drawing
from jobreport.page.blocks import STAMP, STAMP_TEXT, Captioned, check_key
from jobreport.page.inline import (
    BREAKABLE,
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
from jobreport.page.tree import Node

LINE, SMALL_LINE = 96, 106
"""Letters that a line of a table holds in print, in its usual size (9.5 pt) and in small type (8.5 pt)."""
GAP = 2
"""Letters that the space between two columns takes."""
SHARE = 0.7
"""Long columns share a line by this power of what they want: between alike (0) and in proportion (1)."""


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

        Raises
        ------
        ValueError
            If the name ends otherwise.
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


@dataclass(frozen=True)
class Column(Node):
    """A column: its header (never empty), its alignment, whether its cells name their rows.

    Examples
    --------
    >>> Column(("Kommune",), row_header=True).align
    'left'
    """

    header: Parts
    align: Literal["left", "right"] = "left"
    row_header: bool = False

    def __post_init__(self) -> None:
        check_parts(self.header)
        if not plain(self.header).strip():
            raise ValueError("a column needs a header: a screen reader reads it before every cell")
        if self.align not in ("left", "right"):
            raise ValueError(f"a column is aligned left or right, not {self.align!r}")


@dataclass(frozen=True, repr=False)
class Table(Captioned):
    """A table whose every cell is parts, whose every row has a header cell.

    `notes` are whole lines under the table, `source` is the whole source line ("Kilde: …").

    Raises
    ------
    ValueError
        If a row has too few or too many cells, a cell is empty, or no column is a row header.

    Examples
    --------
    >>> t = Table("t", (Column(("Kommune",), row_header=True), Column(("n",), "right")),
    ...     ((("Ishøj",), ("150",)),), ("Svar",), (), ("Kilde: X",), simulated=False)
    >>> list(t.lines())
    ['Svar', 'Kommune | n', 'Ishøj | 150', 'Kilde: X']
    """

    word: ClassVar[str] = "table"
    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Parts, ...], ...]
    caption: Parts
    notes: tuple[Parts, ...]
    source: Parts
    simulated: bool
    label: Parts = ()
    stamp: str = ""

    def __post_init__(self) -> None:
        check_key(self.key)
        for parts in (self.caption, self.source, *self.notes, *(cell for row in self.rows for cell in row)):
            check_parts(parts)
            if not plain(parts).strip():
                raise ValueError(f"table {self.key} has an empty cell, caption, note or source; say what is missing")
        if not any(column.row_header for column in self.columns):
            raise ValueError(f"table {self.key}: no column is a row header")
        wrong = [index for index, row in enumerate(self.rows) if len(row) != len(self.columns)]
        if wrong or not self.rows:
            raise ValueError(f"table {self.key}: rows {wrong} do not have {len(self.columns)} cells, or there are none")

    @override
    def html(self) -> str:
        head = "".join(
            f'<th scope="col"{_html_class(column)}>{html_parts(column.header)}</th>' for column in self.columns
        )
        body = "".join(f"<tr>{self._html_cells(row)}</tr>\n" for row in self.rows)
        notes = "".join(f'<p class="table-note">{html_parts(note)}</p>\n' for note in self.notes)
        return (
            # A wide table scrolls inside its own box, which the keyboard must be able to reach.
            f'<div class="table" id="{self.key}" role="region" tabindex="0" aria-labelledby="{self.key}-caption">\n'
            f"{self._html_stamp()}"
            f'<table>\n<caption id="{self.key}-caption">{self._html_caption()}</caption>\n'
            f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}</tbody>\n</table>\n"
            f'{notes}<p class="source">{html_parts(self.source)}</p>\n</div>\n'
        )

    def _html_cells(self, row: tuple[Parts, ...]) -> str:
        return "".join(
            f'<th scope="row"{_html_class(column)}>{html_parts(cell)}</th>'
            if column.row_header
            else f"<td{_html_class(column)}>{html_parts(cell)}</td>"
            for column, cell in zip(self.columns, row, strict=True)
        )

    @override
    def typst(self) -> str:
        widths, is_small = self._widths()
        columns = (
            f"(header: {typst_parts(c.header, 'header-number')}, align: {typst_string(c.align)}, "
            f"row-header: {str(c.row_header).lower()}, width: {width})"
            for c, width in zip(self.columns, widths, strict=True)
        )
        rows = (typst_array(typst_parts(cell) for cell in row) for row in self.rows)
        cells = (_typst_cell(number) for column in self.columns for number in numbers(column.header))
        return (
            f"report-table(key: {typst_string(self.key)}, columns: {typst_array(columns)}, "
            f"header-cells: {typst_array(cells)}, "
            f"rows: {typst_array(rows)}, caption: {typst_title(self.caption)}, "
            f"notes: {typst_array(typst_parts(note) for note in self.notes)}, "
            f"source: {typst_parts(self.source)}, short: {str(self._is_short()).lower()}, "
            f"small: {str(is_small).lower()}, "
            f"simulated: {str(self.simulated).lower()})"
        )

    def _widths(self) -> tuple[list[int], bool]:
        columns = zip((c.header for c in self.columns), *self.rows, strict=True)
        texts = [[plain(cell) for cell in column] for column in columns]
        wanted = [max(_header_word(cells[0]), *map(len, cells[1:])) + GAP for cells in texts]
        least = [_least(cells, column.align == "left") for cells, column in zip(texts, self.columns, strict=True)]
        is_small = sum(least) > LINE
        if is_small:  # then figures of several words are broken as well
            least = [_least(cells, True) for cells in texts]
        line = SMALL_LINE if is_small else LINE
        widths = _shared(wanted, least, line)
        widest = max(range(len(widths)), key=lambda index: (self.columns[index].align == "left", -index))
        widths[widest] += max(0, line - sum(widths))
        return widths, is_small

    def _is_short(self) -> bool:
        return len(self.rows) <= 10 and sum(len(plain(cell)) for row in self.rows for cell in row) < 600

    @override
    def lines(self) -> Iterator[str]:
        if self.simulated:
            yield STAMP_TEXT
        yield plain(self.caption)
        yield " | ".join(plain(column.header) for column in self.columns)
        for row in self.rows:
            yield " | ".join(plain(cell) for cell in row)
        for note in (*self.notes, self.source):
            yield plain(note)

    @override
    def all_parts(self) -> Iterator[Parts]:
        yield from (self.label, self.caption)
        yield from (column.header for column in self.columns)
        yield from (cell for row in self.rows for cell in row)
        yield from (*self.notes, self.source)


def _html_class(column: Column) -> str:
    # How a cell is set; said in the cell itself for text, which a notebook would else set to the right.
    return ' class="right"' if column.align == "right" else ' style="text-align: left"'


def _header_word(header: str) -> int:
    return round(1.2 * max(map(len, header.split())))


def _least(cells: list[str], is_text: bool) -> int:
    # What a column needs at least: text is broken between words, a figure is not.
    pieces = [word for cell in cells[1:] for word in (cell.split() if is_text else [cell])]
    return max(_header_word(cells[0]), min(BREAKABLE, max(map(len, pieces)))) + GAP


def _shared(wanted: list[int], least: list[int], room: int) -> list[int]:
    """Give columns what they want; if that is too much, the long ones share what the short ones leave.

    Examples
    --------
    >>> _shared([7, 60], [7, 10], 40)
    [7, 33]
    >>> _shared([7, 160, 40], [7, 10, 10], 67)
    [7, 43, 16]
    """
    given: dict[int, int] = {}
    while len(given) < len(wanted):
        left = room - sum(given.values())
        open_columns = [index for index in range(len(wanted)) if index not in given]
        powers = sum(wanted[index] ** SHARE for index in open_columns)
        shares = {index: left * wanted[index] ** SHARE / powers for index in open_columns}
        squeezed = {index: least[index] for index in open_columns if least[index] >= shares[index]}
        fair = left / len(open_columns)
        content = {index: wanted[index] for index in open_columns if wanted[index] <= max(fair, shares[index])}
        given |= squeezed or content or {index: int(share) for index, share in shares.items()}
    return [given[index] for index in range(len(wanted))]
