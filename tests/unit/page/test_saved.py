"""A figure saved alone keeps what it is read by: words, source, stamp, and its typeface."""

import pytest
from lxml import etree

from jobreport.page import Figure, svg

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 453 120"><rect width="453" height="120"/></svg>'


def figure(**changed):
    given = {"svg": DRAWING, "alt": ("Kurver & <b>.",), "caption": ("Tillid",), "source": ("Kilde: X.",)}
    return Figure("paths", **(given | {"simulated": True} | changed))


@pytest.mark.parametrize(("name", "begins"), [("a.svg", b"<svg"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF-1.7")])
def test_a_figure_is_written_by_the_ending_and_the_same_each_time(tmp_path, name, begins):
    first = figure().save(tmp_path / name).read_bytes()
    assert first.startswith(begins)
    assert figure().save(str(tmp_path / name)).read_bytes() == first


def test_another_ending_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(ValueError, match=r"a\.gif must end with \.svg, \.png, \.pdf"):
        figure().save(tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("simulated", [True, False])
def test_words_source_and_stamp_travel_with_the_drawing(tmp_path, simulated):
    root = etree.parse(figure(simulated=simulated).save(tmp_path / "a.svg")).getroot()
    said = [element.text for element in root.iter(f"{{{svg.SVG}}}text")]
    assert [element.text for element in root[:2]] == ["Tillid", "Kurver & <b>."]
    assert said == [*(["SIMULEREDE TAL / SIMULATED FIGURES"] if simulated else []), "Kilde: X."]
    assert "font/woff2" in root[2].text
    assert float(root.get("viewBox").split()[3]) == 120 + 11 * len(said) + 3


def test_a_figure_and_a_table_are_named_by_their_caption():
    assert repr(figure()) == "<Figure paths: Tillid>"
