"""Where a printed number comes from, read off a small finished report."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from jobreport.errors import InputRefused
from jobreport.make.explain import explain
from jobreport.page import Block, Figure, Heading, Number, Paragraph, tree

KEY = "satisfaction|share|positive|183|2022-1||"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
MATTER = {"title": "X", "language": "da", "date": "2024-12-31", "simulated": False}


def number(text: str, table: str = "estimates", row: str = KEY, column: str = "estimate") -> Number:
    return Number(text, table, row, column)


BLOCKS = (
    Heading(1, ("Tilfredshed",), "s"),
    Paragraph((number("59,3"), " pct.; n mindst ", number("5", "rules", "suppress_below", "value"))),
    Figure("f", SVG, ("Søjle",), ("Svar i ", number("−1,8", column="ci_low")), ("Kilde: X",), simulated=False),
    Heading(1, ("Metode",), "t"),
    Paragraph((number("59,3"), " og ", number("28", "benchmarks", "kl", "value"))),
)


def executed(*blocks: Block) -> nbformat.NotebookNode:
    """A notebook whose cells have shown blocks."""
    shown = [nbformat.v4.new_output("display_data", data=block._repr_mimebundle_()) for block in blocks]
    cells = [nbformat.v4.new_code_cell("show()", outputs=[output]) for output in shown]
    return nbformat.v4.new_notebook(cells=cells, metadata={"jobreport": MATTER})


ESTIMATES = (
    "indicator,measure,category,municipality_code,wave,group_by,group,n,estimate,ci_low,ci_high\n"
    "satisfaction,share,positive,187,2022-1,,,90,0.4,0.3,0.5\n"
    "satisfaction,share,positive,183,2022-1,,,150,0.593,0.51,0.67\n"
)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    inputs = [
        {"role": role, "file": f"{role}.csv", "sha256": role * 2} for role in ("survey", "codebook", "benchmarks")
    ]
    manifest = {"params": {"language": "da", "name": "x"}, "inputs": inputs, "outputs": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    nbformat.write(executed(*BLOCKS), tmp_path / "report.ipynb")
    (tmp_path / "estimates.csv").write_text(ESTIMATES, encoding="utf-8")
    return tmp_path


def test_a_number_is_told_with_row_base_interval_formula_file_and_call(published: Path) -> None:
    told = explain(published, "59,3")
    assert told.startswith("»59,3« står 2 steder")
    assert "i afsnittet »Tilfredshed«" in told
    assert "i afsnittet »Metode«" in told
    for piece in ("estimate = 0.593", "n = 150", "0.51 til 0.67", "delt med", "survey.csv (kontrolsum surveysurvey)"):
        assert told.count(piece) == 2, piece
    assert "benchmarks.csv (kontrolsum" not in told
    assert ".estimates(indicator='satisfaction', measure='share', category='positive', municipality_code='183'" in told


def test_any_minus_will_do_and_the_figure_is_named(published: Path) -> None:
    assert "(Figur 1)" in explain(published, "-1,8")


def test_a_rule_a_published_figure_and_a_figure(published: Path) -> None:
    assert "Fastsat i jobreport: suppress_below" in explain(published, "5")
    assert "benchmarks.csv (kontrolsum benchmarksbenchmarks)" in explain(published, "28")
    assert explain(published, "figur 1") == "Figur 1: Svar i −1,8\n   1 tal; de bygger på estimates."


def test_what_is_not_there_is_said(published: Path) -> None:
    assert "står ikke" in explain(published, "77")
    assert "står ikke" in explain(published, "figur 9")


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"manifest\.json"):
        explain(tmp_path, "1")


def test_a_notebook_that_does_not_carry_the_tree_is_refused_in_one_line(published: Path) -> None:
    """One of an older version, or of somebody else."""
    older, other = executed(*BLOCKS), executed(*BLOCKS)
    del older.cells[0].outputs[0].data[tree.MIME]
    other.cells[0].outputs[0].data[tree.MIME] = {"version": 2, "tree": {}}
    for notebook in (older, other):
        nbformat.write(notebook, published / "report.ipynb")
        with pytest.raises(InputRefused) as refused:
            explain(published, "59,3")
        assert [problem.key for problem in refused.value.problems] == ["notebook_without_tree"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"nbformat": 4}', b'{"nbformat": 4, "cells": [{}]}'],
)
def test_what_is_no_notebook_is_refused(published: Path, content: bytes) -> None:
    (published / "report.ipynb").write_bytes(content)
    with pytest.raises(InputRefused, match=r"report\.ipynb"):
        explain(published, "59,3")
