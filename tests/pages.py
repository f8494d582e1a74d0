"""A finished report read back, its page as a browser reads it: what page and PDF say, held against the cells."""

from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from jobreport.domain.released import COUNTS, NUMBERS, TABLES
from jobreport.export import audit, reading
from jobreport.export.audit import Finding, Shown
from jobreport.export.bound import Cells, Key

SKIPPED = ("style", "svg", "title")
read = lru_cache(maxsize=1)(reading.read)


def read_released(folder: Path) -> dict[str, pd.DataFrame]:
    """The three released tables as their CSV files hold them."""
    texts = {name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in TABLES}
    return {name: _typed(table) for name, table in texts.items()}


def _typed(texts: pd.DataFrame) -> pd.DataFrame:
    typed: dict[str, pd.Series] = {"simulated": texts["simulated"] == "True"}
    for column in (c for c in NUMBERS if c in texts):
        values = texts[column].mask(texts[column] == "", None).astype("float64")
        typed[column] = values.astype("Int64") if column in COUNTS else values
    return texts.assign(**typed)


def audit_html(html: str, cells: Cells, language: str) -> list[Finding]:
    """What does not stand on a page; read is its text, also where it is hidden for the eye."""
    return audit.audit_shown(html_texts(html), cells, language)


def audit_pdf(pdf: bytes, cells: Cells, language: str) -> list[Finding]:
    """What does not stand in a finished PDF."""
    return audit.audit_read(read(pdf), cells, language)


def cells_of_pdf(pdf: bytes) -> list[Key]:
    """The cells that a PDF prints, in reading order, without the report's own counts."""
    return _printed(audit.pdf_texts(read(pdf)))


def cells_of_html(html: str) -> list[Key]:
    """The cells that a page prints, in reading order, without the report's own counts."""
    return _printed(html_texts(html))


def _printed(shown: Iterable[Shown]) -> list[Key]:
    return [s.cell for s in shown if s.cell is not None and s.cell[0] != "document"]


def html_texts(html: str) -> list[Shown]:
    """The texts of a page, in order, each with the cell of the ``data`` element that holds it."""
    parser = _Texts()
    parser.feed(html)
    parser.close()
    return parser.found


class _Texts(HTMLParser):
    """Collects texts; what stands in a drawing, a style or the head's title is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self.cells: list[Key | None] = []
        self.inside: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += tag in SKIPPED
        if tag == "data":
            held = dict(attrs)
            cell = tuple(held.get(f"data-{name}") or "" for name in ("table", "row", "column"))
            self.cells.append(cell if all(cell) else None)  # type: ignore[arg-type]
        for name, value in attrs:
            if name in ("alt", "aria-label", "title") and value:
                self.found.append(Shown("html", value, None))

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in SKIPPED
        if tag == "data":
            self.found.append(Shown("html", "".join(self.inside), self.cells.pop()))
            self.inside.clear()

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.inside.append(data)
        elif not self.skipped and data.strip():
            self.found.append(Shown("html", data, None))
