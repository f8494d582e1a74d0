"""What a writer says, read as the audit of a report reads it: both languages print the same cells, and each agrees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.texts import LANGUAGES
from jobreport.export.bound import Cells, agrees
from jobreport.page import Block, Paragraph, Parts, plain
from jobreport.page.inline import numbers
from jobreport.setup.codebook import Codebook
from jobreport.wording.phrases import NO_BREAK
from jobreport.wording.writer import Writer
from tests.unit import view_rows as made

W = TypeVar("W", bound=Writer)


def said(
    of: type[W],
    speak: Callable[[W], object],
    params: Mapping[str, object] | None = None,
    facts: Mapping[str, object] | None = None,
    extra: Mapping[str, pd.DataFrame] | None = None,
    codebook: Codebook = made.CODEBOOK,
    **tables: pd.DataFrame,
) -> str:
    """Return what is said in Danish: blocks line by line, what is no plain paragraph with its kind before it.

    Parameters
    ----------
    of, speak
        The writer of a subject, and what it is asked for: a block, several, parts, or nothing.
    params, facts, codebook
        Keys of the params that are otherwise than in `view_rows`, what the report rests on, and what was asked.
    extra, tables
        Tables that numbers are bound to though the writer is not given them, and those that it is.
    """
    told, cells = {}, {}
    released = {name: table for name, table in tables.items() if name != "rounds" and len(table)}
    if "rounds" in tables:  # (they are changes too)
        released["changes"] = pd.concat([tables["changes"], tables["rounds"]]).drop_duplicates()
    every = Cells.of({**released, **(extra or {})}, {}, rules.PRINTED, {"date": "2026-01-01"})
    for language in LANGUAGES:
        writer = of.of(replace(made.labels(language, **params or {}), codebook=codebook), **tables)
        found = list(_pieces(speak(writer)))
        held = replace(every, params={**writer.params.to_plain(), "facts": facts or {}, "codebook": {}, **every.params})
        bound = [number for _, parts in found for number in numbers(parts)]
        own = re.compile(rf"(?<=[._]){language}$")  # (of texts that stand in both languages each prints its own)
        cells[language] = [(each.table, own.sub("", each.row), own.sub("", each.column)) for each in bound]
        for each in bound:
            assert agrees(each.text, held.value((each.table, each.row, each.column)), language), each
        told[language] = [kind + plain(parts).replace(NO_BREAK, " ") for kind, parts in found]
    assert cells["da"] == cells["en"]
    assert [bool(line) for line in told["da"]] == [bool(line) for line in told["en"]]
    return "\n".join(told["da"])


def _pieces(told: object) -> Iterator[tuple[str, Parts]]:
    if isinstance(told, Paragraph):
        assert told.parts, "a paragraph that says nothing"
        yield ("" if told.kind == "body" else f"{told.kind}: "), told.parts
    elif isinstance(told, Block):
        inside = getattr(told, "blocks", None)
        yield from (("", parts) for parts in told.all_parts()) if inside is None else _pieces(list(inside))
    elif isinstance(told, list) or (isinstance(told, tuple) and all(isinstance(each, Block) for each in told)):
        yield from (piece for each in told for piece in _pieces(each))
    else:
        yield "", told  # type: ignore[misc]
