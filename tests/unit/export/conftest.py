"""A small executed notebook with one of everything, made without running a kernel."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jobreport.page import (
    Bullets,
    Column,
    Emphasis,
    Figure,
    Group,
    Heading,
    KeyFigure,
    KeyFigures,
    Link,
    Number,
    Paragraph,
    Strong,
    Table,
    fonts,
)

ROW = "satisfaction|share|positive|183|2021-2||"
METADATA = {
    "title": "Borgernes oplevelse i Ishøj",
    "subtitle": "Før og efter 1. januar 2022",
    "language": "da",
    "date": "2024-12-31",
    "simulated": True,
    "authors": ["jobreport"],
    "description": "Rapport",
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 453 120" width="453pt" height="120pt">'
    '<rect width="453" height="120" fill="#edf2f7"/>'
    "<text x='20' y='60' style=\"font: 10px '{font}'\">Ishøj</text></svg>"
)


def number(text, column="estimate"):
    return Number(text, "estimates", ROW, column)


def figure(key="path", font=fonts.FONT_FAMILY, simulated=True):
    return Figure(
        key,
        SVG.format(font=font),
        ("Søjler. Ishøj: ", number("59"), " pct."),
        ("Andel tilfredse",),
        ("Kilde: borgerundersøgelsen.",),
        simulated,
    )


def table(key="groups", rows=3, simulated=True):
    return Table(
        key,
        (Column(("Gruppe",), row_header=True), Column(("Svar",), "right"), Column(("Andel",), "right")),
        tuple(((f"Gruppe {'ABCDEFGHIJ'[i % 10]}",), (number("150", "n"),), (number("59 pct."),)) for i in range(rows)),
        ("Andel tilfredse efter gruppe",),
        (("[c] skjult.",),),
        ("Kilde: borgerundersøgelsen.",),
        simulated,
    )


def shown(block, *tags):
    """A code cell that has shown a block."""
    cell = new_code_cell("show()", metadata={"tags": list(tags)})
    cell.outputs = [new_output("display_data", data=block._repr_mimebundle_())]
    return cell


def markdown(text, key, *tags):
    return new_markdown_cell(text, id=key, metadata={"tags": list(tags)})


def notebook(*cells, **metadata):
    made = new_notebook(cells=list(cells))
    made.metadata["jobreport"] = METADATA | metadata
    nbformat.validate(made)
    return made


def cells():
    return [
        markdown("# Om notebooken\n\nKun for den, der åbner `report.ipynb`.", "about", "notebook-only"),
        shown(Paragraph(("Ændringen kan ikke skelnes fra tilfældige udsving",), "headline"), "front", "summary"),
        shown(KeyFigures((KeyFigure(("Tilfredshed",), (number("59 pct."),), (number("150", "n"), " svar")),)), "front"),
        markdown("# Kan man stole på tallene?\n\nSe *her* og **der**:\n\n- et\n- [to](https://www.dst.dk)", "trust"),
        shown(Group((Paragraph(("Ikke oplyst.",), "missing"), Paragraph(("Pas på.",), "warning"))), "summary"),
        shown(Heading(2, ("Efter gruppe",), "by-group")),
        shown(Paragraph(("Andelen er ", Strong((number("59 pct."),)), " (", Emphasis(("usikker",)), ")."))),
        shown(table()),
        shown(figure()),
        shown(Bullets((("Første",), (Link(("KL",), "https://www.kl.dk"),)))),
        shown(Paragraph(("En note.",), "note")),
    ]


@pytest.fixture
def make():
    """The builders, for tests that put a notebook of their own together."""
    return {
        "cells": cells,
        "figure": figure,
        "markdown": markdown,
        "notebook": notebook,
        "number": number,
        "shown": shown,
        "table": table,
    }


@pytest.fixture
def sample():
    """A notebook with one of everything."""
    return notebook(*cells())


@pytest.fixture
def cells_known():
    """The cells that the sample prints."""
    from jobreport.export.bound import Cells

    rows = {"estimates": {ROW: {"estimate": 0.594, "n": 150, "flag": ""}}}
    return Cells(rows, {"report": METADATA | {"report_date": METADATA["date"]}}, {})
