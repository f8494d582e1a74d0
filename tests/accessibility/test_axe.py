"""axe-core on the page, in a browser."""

import json

import pytest

from jobreport import export
from jobreport.make.batch import shown
from jobreport.make.batch.worker import MADE, REFUSED, Outcome
from jobreport.page import Card, Number, tree

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_page_has_no_violation(axe, documents, language):
    found = axe(export.to_html(documents["document"](language)))
    assert found["violations"] == []
    assert found["passes"] > 20


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ('<html lang="da">', "<html>", "html-has-lang"),
        ("color: var(--grey)", "color: #b0b8c0", "color-contrast"),
        (' aria-labelledby="figure-alt"', "", "svg-img-alt"),
    ],
)
def test_a_planted_fault_is_caught(axe, documents, good, bad, rule):
    html = export.to_html(documents["document"]("da"))
    assert good in html
    assert rule in [name for name, _ in axe(html.replace(good, bad))["violations"]]


def test_finished_reports_have_no_violation(axe, documents):
    paths = documents["finished"]("report.html")
    if not paths:
        pytest.skip("no report was made yet: jobreport run params/ishoej.yml")
    assert {path.parent.name: axe(path.read_text(encoding="utf-8"))["violations"] for path in paths} == {
        path.parent.name: [] for path in paths
    }


def entered(folder, name, code, **more):
    """A report as the index of a batch finds it."""
    told = Card(("Tilfredshed",), ((Number("76 pct.", "estimates", "k", "estimate"),), ("+4,5",), ("143",)))
    params = {"municipality_code": code, "language": "da", "title": None, "survey": {"simulated": True}} | more
    (folder / name).mkdir()
    held = json.dumps({"params": params, "glance": tree.written(told)})
    (folder / name / "manifest.json").write_text(held, encoding="utf-8")
    return Outcome(name, MADE)


@pytest.fixture
def index(tmp_path):
    """The index of a batch of three reports, one of them in English, and one that was refused."""
    outcomes = [entered(tmp_path, "a", "183"), entered(tmp_path, "b", "461"), Outcome("c", REFUSED, "ingen svar")]
    outcomes.append(entered(tmp_path, "a-en", "183", language="en"))
    return shown.write_index(outcomes, tmp_path).read_text(encoding="utf-8")


def test_the_index_of_a_batch_has_no_violation(axe, index):
    assert axe(index)["violations"] == []


def test_the_search_of_the_index_leaves_the_rows_that_hold_the_word(searched, index):
    assert searched(index, "odense") == {"shown": ["Odense"], "said": "1 af 3 rapporter"}
    assert searched(index, "") == {"shown": ["Ishøj", "Ishøj", "Odense"], "said": "3 af 3 rapporter"}
