"""axe-core on the page, in a browser."""

import pytest

from jobreport import export

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
