"""The page in a browser, without Node.js: everything has its place, on a narrow screen too, and nobody is asked."""

import pytest

from jobreport import export

NARROW = 320  # CSS pixels: a telephone, or a screen of 1280 at 400 pct. (WCAG 1.4.10)


@pytest.fixture(scope="module")
def page(documents):
    return export.to_html(documents["document"]("da"))


@pytest.mark.parametrize("width", [NARROW, 1280])
def test_the_page_is_laid_out_and_asks_nobody(laid_out, page, width):
    found = laid_out(page, width)
    assert found["width"] == width
    assert found["wider"] <= 0
    assert found["shown"] > 15
    assert (found["flat"], found["asked"], found["errors"]) == ([], [], [])
    assert "Source Sans 3" in "".join(found["fonts"])


def test_planted_faults_are_caught(laid_out, page):
    faults = (
        '<p style="width: 900px">wide</p><p style="height: 0; overflow: hidden">flat</p>'
        '<img src="http://127.0.0.1:9/absent.png"><script>nothing.here()</script></main>'
    )
    found = laid_out(page.replace("</main>", faults, 1), NARROW)
    assert found["wider"] > 300
    assert [each for each in found["flat"] if "flat" in each]
    assert [each for each in found["asked"] if each.endswith("absent.png")]
    assert [each for each in found["errors"] if "nothing is not defined" in each]
