"""A finished report to a page of all rounds: one line for each indicator, taken out of the report's own tables."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from jobreport import export
from jobreport.errors import Problem, refuse
from jobreport.export.document import Document
from jobreport.make.press import passed, written
from jobreport.page import Heading, Table

ENDINGS = {"da": "arkiv", "en": "archive"}
PAGE = "archive.html"
HEADING, TABLES = "archive-heading", "table-archive-"


def write(folder: Path, to: Path | None = None, language: str | None = None) -> Path:
    """Write a folder with the page of all rounds beside a finished report.

    Parameters
    ----------
    folder, to, language
        As `jobreport.make.press.write` takes them.

    Raises
    ------
    InputRefused
        If there is no finished report, its notebook is not the one that was written with it, or it knows one round.
    """

    def fill(new: Path, report: Document, manifest: dict[str, Any]) -> None:
        page = of_rounds(report)
        refuse([Problem("archive_one_round", folder.as_posix())] if page is None else [])
        if page is not None:
            passed(page, report)
            (new / PAGE).write_text(export.page(page, with_contents=False), encoding="utf-8", newline="\n")

    return written(folder, to, language, ENDINGS, fill)


def of_rounds(report: Document) -> Document | None:
    """The report with nothing but its table of all rounds; None where it knows just one."""
    leaves = list(report.leaves())
    tables = [leaf for leaf in leaves if isinstance(leaf, Table) and leaf.key.startswith(TABLES)]
    heading = next((leaf for leaf in leaves if isinstance(leaf, Heading) and leaf.key == HEADING), None)
    if not tables or heading is None:
        return None
    return replace(report, front=(replace(heading, level=1), side_by_side(tables)), body=(), annex=())


def side_by_side(tables: list[Table]) -> Table:
    """One table of several whose rows are the same: on a page of paper only a few rounds have room."""
    first, *others = tables
    columns = (*first.columns, *(column for table in others for column in table.columns[1:]))
    rows = [(*row, *(cell for table in others for cell in table.rows[at][1:])) for at, row in enumerate(first.rows)]
    notes = tuple(dict.fromkeys(note for table in tables for note in table.notes))
    return replace(first, columns=columns, rows=tuple(rows), notes=notes, label=())
