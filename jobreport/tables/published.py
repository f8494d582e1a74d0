"""Tables of other people's surveys and of claims: what is not stated is printed as 'ikke oplyst'."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from jobreport.domain.released import Row, rows
from jobreport.page import Paragraph, Parts, Table, plain
from jobreport.tables import cells
from jobreport.wording import missing, numbers
from jobreport.wording.labels import Labels
from jobreport.wording.published import figure_of, found_at, interval_of, stated, whole
from jobreport.wording.texts import listing, sentences


def benchmarks(benchmarks: pd.DataFrame | None, labels: Labels) -> Table | Paragraph:
    """Return the published figures side by side, each with year, population, base, interval and reservations.

    Parameters
    ----------
    benchmarks
        One row per published figure.
    labels
        Language.
    """
    if benchmarks is None or benchmarks.empty:
        return missing(labels, "benchmarks")
    found = rows(benchmarks, "benchmarks")
    heads = ("survey", "asked", "figure", "interval", "n")
    return Table(
        "table-benchmarks",
        cells.columns(labels, *heads, left=("asked",)),
        tuple(_benchmark_line(row, labels) for row in found),
        labels.texts.fill("tables.benchmarks"),
        _reservations(found, labels),
        labels.texts.fill("tables.benchmarks_source"),
        simulated=False,
    )


def _benchmark_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    return (
        cells.words(stated(row, "source", labels), " (", stated(row, "year", labels), ")"),
        cells.words(stated(row, "text", labels)),
        figure_of(row, labels),
        interval_of(row, labels),
        (whole(row, "n", labels),),
    )


def _reservations(found: list[Row], labels: Labels) -> tuple[Parts, ...]:
    """Return one line per survey: population, commissioner, everything its figures' notes say, once."""
    surveys: dict[tuple[str, str, str], list[Row]] = {}
    for row in found:
        surveys.setdefault((row.text("source"), row.text("year"), row.text("reference")), []).append(row)
    return tuple(_reservation(own, labels) for own in surveys.values())


def _reservation(own: list[Row], labels: Labels) -> Parts:
    return labels.texts.fill(
        "tables.reservation",
        source=stated(own[0], "source", labels),
        year=stated(own[0], "year", labels),
        population=listing(_once([(row, "population") for row in own], labels), labels.texts),
        commissioner=stated(own[0], "commissioner", labels),
        mode=stated(own[0], "mode", labels),
        reference=stated(own[0], "reference", labels),
        address=found_at(own[0], labels),
        notes=sentences(*_once([(row, "quality_notes") for row in own], labels)),
    )


def _once(texts: list[tuple[Row, str]], labels: Labels) -> list[Parts]:
    """Return every sentence of these cells once, each bound to the first cell it stands in."""
    seen: dict[str, Parts] = {}
    for row, name in texts:
        column = f"{name}_{labels.language}" if f"{name}_{labels.language}" in row.cells else name
        for sentence in re.split(r"(?<=\.) (?=[A-ZÆØÅ»“\"])", row.text(column)):
            seen.setdefault(sentence, (numbers.bound(sentence, row, column),))
    return [parts for text, parts in seen.items() if text] or [(labels.texts.word("common.not_stated"),)]


def claims(claims: pd.DataFrame | None, labels: Labels) -> Table | Paragraph:
    """Return every claim with who said it and when, its basis, the reply, and whether it was checked.

    Parameters
    ----------
    claims
        One row per claim; none of them enters an indicator.
    labels
        Language.
    """
    if claims is None or claims.empty:
        return missing(labels, "claims")
    found = rows(claims, "claims")
    lines = tuple(_claim_line(row, labels) for row in found)
    said_by = [line[_CLAIM_COLUMNS.index("claimed_by")] for line in lines]
    return Table(
        "table-claims",
        cells.columns(labels, "claim", "claimed_by", "basis", "reply", "status", left=_CLAIM_COLUMNS),
        lines,
        labels.texts.fill("tables.claims"),
        (labels.texts.fill("notes.claims"), *_read_in(found, said_by, labels)),
        labels.texts.fill("tables.claims_source"),
        simulated=False,
    )


_CLAIM_COLUMNS = ("claim", "claimed_by", "basis", "reply", "status")


def _claim_line(row: Row, labels: Labels) -> tuple[Parts, ...]:
    return (
        cells.words(stated(row, "claim", labels)),
        cells.words(stated(row, "claimed_by", labels), " (", stated(row, "dated", labels), ")"),
        cells.words(stated(row, "basis", labels)),
        _reply(row, labels),
        sentences((*cells.words(stated(row, "status", labels)), "."), cells.words(stated(row, "notes", labels))),
    )


def _read_in(found: list[Row], who: list[Parts], labels: Labels) -> Iterator[Parts]:
    """Say where the claims were read, a line for each source: in a column of the table it would be too tall."""
    sources: dict[tuple[str, str], list[tuple[Row, Parts]]] = {}
    for row, said in zip(found, who, strict=True):
        sources.setdefault((row.text("reference"), row.text("address")), []).append((row, said))
    for own in sources.values():
        yield labels.texts.fill(
            "tables.claim_source",
            who=listing(list({plain(said): said for _, said in own}.values()), labels.texts),
            reference=stated(own[0][0], "reference", labels),
            address=found_at(own[0][0], labels),
        )


def _reply(row: Row, labels: Labels) -> Parts:
    reply = stated(row, "reply", labels)
    if reply == labels.texts.word("common.not_stated"):
        return cells.words(reply)
    return cells.words(stated(row, "reply_by", labels), ": ", reply)
