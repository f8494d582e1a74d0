"""The page in a browser, without Node.js: everything has its place, on a narrow screen too, and nobody is asked."""

import pytest

from jobreport import export

NARROW = 320  # CSS pixels: a telephone, or a screen of 1280 at 400 pct. (WCAG 1.4.10)


FAULTS = (
    '<p style="width: 900px">wide</p><p style="height: 0; overflow: hidden">flat</p>'
    '<img src="http://127.0.0.1:9/absent.png"><script>nothing.here()</script></main>'
)


@pytest.fixture(scope="module")
def shown(documents, laid_out):
    """The page in two widths, and narrow with faults that are planted in it."""
    page = export.to_html(documents["document"]("da"))
    found = laid_out((page, NARROW), (page, 1280), (page.replace("</main>", FAULTS, 1), NARROW))
    return dict(zip((NARROW, 1280, "planted"), found, strict=True))


@pytest.mark.parametrize("width", [NARROW, 1280])
@pytest.mark.dear
def test_the_page_is_laid_out_and_asks_nobody(shown, width):
    found = shown[width]
    assert found["width"] == width
    assert found["wider"] <= 0
    assert found["shown"] > 15
    assert (found["flat"], found["asked"], found["errors"]) == ([], [], [])
    assert "Source Sans 3" in "".join(found["fonts"])


@pytest.mark.dear
def test_planted_faults_are_caught(shown):
    found = shown["planted"]
    assert found["wider"] > 300
    assert [each for each in found["flat"] if "flat" in each]
    assert [each for each in found["asked"] if each.endswith("absent.png")]
    assert [each for each in found["errors"] if "nothing is not defined" in each]
