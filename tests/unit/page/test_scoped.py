"""A block in a notebook looks as in the report, in a light and a dark notebook, and changes nothing beside it."""

import re

import pytest

from jobreport.page import Paragraph
from jobreport.page.scoped import SCOPE, scoped, style_sheet


def style(html):
    return re.fullmatch(r'<div class="jobreport"><style>\n(.*)</style>\n.*</div>\n', html, re.DOTALL)[1]


def test_every_rule_holds_for_the_output_alone():
    rules = style(scoped("<p>a</p>\n"))
    depth = 0
    for line in rules.splitlines()[:-1]:
        assert depth or line.startswith(SCOPE)
        depth += line.count("{") - line.count("}")
        assert depth > 0
    assert not re.search(r"(?m)^\s*(html|:root|@page)\b", rules)
    assert style_sheet().split(".lead {")[1].split("@page")[0] in rules


def test_the_style_travels_with_the_output_and_the_block_stays_as_it_is():
    block = Paragraph(("59 pct.",))
    assert block._repr_mimebundle_()["text/html"] == scoped(block.html())
    assert "<style>" not in block.html()


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#111111", "#26292d", "tint"])  # JupyterLab's dark page, a warning, a card
@pytest.mark.parametrize("text", ["ink", "grey", "blue", "accent"])
def test_contrast_in_a_dark_notebook_is_at_least_four_and_a_half(text, ground):
    dark = style(scoped("")).split('[data-jp-theme-light="false"]')[1]
    colours = dict(re.findall(r"--(\w+): (#\w{6});", dark))
    light, dark = sorted((luminance(colours.get(color, color)) for color in (text, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
