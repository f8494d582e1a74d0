"""Where a printed number comes from, read off a small finished report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobreport.errors import InputRefused
from jobreport.make.explain import explain

KEY = "satisfaction|share|positive|183|2022-1||"
NUMBER = '<data class="number" data-table="{table}" data-row="{row}" data-column="{column}">{text}</data>'


def number(text: str, table: str = "estimates", row: str = KEY, column: str = "estimate") -> str:
    return NUMBER.format(text=text, table=table, row=row, column=column)


FIGURE = number("1", "document", "figure|f", "number")
PAGE = (
    f'<main><h2 id="s">Tilfredshed</h2><p>{number("59,3")} pct.; '
    f"n mindst {number('5', 'rules', 'suppress_below', 'value')}</p>"
    f'<figure><figcaption><span class="label">Figur {FIGURE}. </span>Svar i {number("−1,8", column="ci_low")}'
    f'</figcaption></figure><h2 id="t">Metode</h2>'
    f"<p>{number('59,3')} og {number('28', 'benchmarks', 'kl', 'value')}</p></main>"
)
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
    (tmp_path / "report.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "estimates.csv").write_text(ESTIMATES, encoding="utf-8")
    return tmp_path


def test_a_number_is_told_with_row_base_interval_formula_file_and_call(published: Path) -> None:
    told = explain(published, "59,3")
    assert told.startswith("»59,3« står 2 steder")
    assert "i afsnittet »Tilfredshed«" in told
    assert "i afsnittet »Metode«" in told
    for piece in ("estimate = 0.593", "n = 150", "0.51 til 0.67", "delt med", "survey.csv (SHA-256 surveysurvey)"):
        assert told.count(piece) == 2, piece
    assert "benchmarks.csv (SHA" not in told
    assert ".estimates(indicator='satisfaction', measure='share', category='positive', municipality_code='183'" in told


def test_any_minus_will_do_and_the_figure_is_named(published: Path) -> None:
    assert "(Figur 1)" in explain(published, "-1,8")


def test_a_rule_a_published_figure_and_a_figure(published: Path) -> None:
    assert "Fastsat i jobreport: suppress_below" in explain(published, "5")
    assert "benchmarks.csv (SHA-256 benchmarksbenchmarks)" in explain(published, "28")
    assert explain(published, "figur 1") == "Figur 1: Svar i −1,8\n   1 tal; de bygger på estimates."


def test_what_is_not_there_is_said(published: Path) -> None:
    assert "står ikke" in explain(published, "77")
    assert "står ikke" in explain(published, "figur 9")


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"manifest\.json"):
        explain(tmp_path, "1")
