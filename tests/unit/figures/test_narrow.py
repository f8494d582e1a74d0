"""Figures for a telephone: letters that can be read on it, everything that the wide drawing says, nothing cut off."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from jobreport.figures import narrow, style
from tests.unit.figures.test_figures import DRAWINGS, once

SCREEN, PADDING, SMALLEST = 360, 2 * 0.75 * 17, 12  # CSS pixels; 0.75rem at each side (report.css)
TEXT = "{http://www.w3.org/2000/svg}text"


def words(svg: str) -> set[str]:
    said = " ".join("".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(TEXT))
    return set(re.findall(r"[^\W\d_]{2,}", said))


def smallest_letters(svg: str) -> float:
    """Height in CSS pixels, on a telephone."""
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])  # type: ignore[index]
    sizes = re.findall(r"font(?:-size)?: [^;]*?([\d.]+)px", svg)
    return min(map(float, sizes)) * (SCREEN - PADDING) / width


@pytest.mark.parametrize("name", DRAWINGS)
def test_letters_can_be_read_on_a_telephone(name: str) -> None:
    assert smallest_letters(once(name).narrow) >= SMALLEST


@pytest.mark.parametrize("name", DRAWINGS)
def test_both_drawings_say_the_same(name: str) -> None:
    made = once(name)
    assert words(made.narrow) == words(made.svg)
    assert made.narrow == DRAWINGS[name]().narrow


def test_a_map_has_no_narrow_form_for_its_tiles_hold_no_more_letters() -> None:
    with style.page(40) as drawing:
        drawing.subplots().set_axis_off()
        style.svg(drawing)
        assert narrow.svg(drawing) == ""


def test_panels_beside_each_other_stand_below_each_other_each_with_its_names() -> None:
    with style.page(60) as drawing:
        left, right = drawing.subplots(1, 2, sharey=True)
        for axes in (left, right):
            axes.plot([1, 2], [0, 1])
        left.set_yticks([0, 1], ["Kvinder", "Mænd"])
        style.svg(drawing)
        drawn = narrow.svg(drawing)
        assert drawn.count("Kvinder") == drawn.count("Mænd") == 2
        assert left.get_position().y0 > right.get_position().y1
        assert all(0 <= axes.get_position().x0 < axes.get_position().x1 <= 1 for axes in (left, right))


@pytest.mark.parametrize("letters", [60, 3])
def test_where_names_and_figures_leave_no_room_they_stand_above_their_line(letters: int) -> None:
    with style.page(60) as drawing:
        axes = drawing.subplots()
        axes.plot([1, 2], [0, 1])
        axes.set_yticks([0, 1], ["Meningsfulde aktiviteter, efter"[:letters], "b"])
        axes.annotate("76 (n = 1.016)", (1, 0), xycoords=style.BESIDE_LINE)
        style.svg(drawing)
        narrow.svg(drawing)
        above = [label.get_text() for label in axes.get_yticklabels()] == ["", ""]
        assert above is (letters > 3)
