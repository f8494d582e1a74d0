"""The page: what it is made of, and that nothing in it asks anybody for anything."""

from html.parser import HTMLParser

import pytest

from jobreport import export
from jobreport.page import Paragraph
from jobreport.page.scoped import style_sheet
from jobreport.setup import sender

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Elements with their attributes, in order; refuses a tag that is not closed."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(sample):
    return Page(export.to_html(sample))


def test_the_page_names_its_language_title_and_landmarks(page, sample):
    assert page.all("html") == [{"lang": "da"}]
    assert len(page.all("main")) == len(page.all("header")) == len(page.all("nav")) == len(page.all("h1")) == 1
    assert "<title>SIMULEREDE TAL: Borgernes oplevelse i Ishøj</title>" in export.to_html(sample)


def test_the_first_thing_that_takes_focus_skips_to_the_report(page):
    first = page.all("a")[0]
    assert first["href"] == "#report"
    assert page.all("main")[0]["id"] == "report"


def test_nothing_is_fetched(page, sample):
    html = export.to_html(sample)
    for _, attributes in page.elements:
        assert not attributes.get("src", "").startswith(("http", "/"))
    assert page.all("script") == page.all("link") == page.all("iframe") == []
    assert "url(http" not in html
    assert "@import" not in html
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_figures_have_alternatives_and_ids_do_not_clash(page):
    drawing = page.all("svg")[0]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert drawing["role"] == "img"
    assert drawing["aria-labelledby"] in ids
    assert len(ids) == len(set(ids))


def test_links_inside_the_page_lead_somewhere(page):
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    targets = [a["href"].removeprefix("#") for a in page.all("a") if a["href"].startswith("#")]
    assert targets
    assert set(targets) <= ids


def test_every_part_of_a_simulated_report_is_stamped(page, make):
    html = export.to_html(make["notebook"](*make["cells"]()))
    assert html.count('class="stamp') == len(page.all("section")) + len(page.all("figure")) + len(page.all("table"))
    english = export.to_html(make["notebook"](*make["cells"](), language="en"))
    assert "SIMULATED FIGURES" in english
    assert "SIMULEREDE TAL" not in english


def test_figures_and_tables_are_counted_in_reading_order(make):
    blocks = (make["table"]("t1"), make["figure"]("f1"), make["table"]("t2"))
    cells = [make["shown"](block) for block in blocks]
    html = export.to_html(make["notebook"](*cells))
    labels = [part.split("</data>")[0].split(">")[-1] for part in html.split('<span class="label">')[1:]]
    assert labels == ["1", "1", "2"]
    assert 'data-row="table|t2"' in html


def test_the_list_of_contents_follows_the_front_page(make):
    cells = [
        make["markdown"]("# Det korte svar", "answer", "front"),
        make["shown"](Paragraph(("Svaret.",)), "front"),
        make["markdown"]("# Tillid", "trust"),
    ]
    html = export.to_html(make["notebook"](*cells))
    places = [html.index(text) for text in ('<h2 id="answer"', "Svaret.", "<nav", 'href="#answer"', '<h2 id="trust"')]
    assert places == sorted(places)


def test_what_is_for_who_checks_is_folded_and_opens_in_print(make):
    cells = [
        make["markdown"]("# Det korte svar", "answer", "front"),
        make["markdown"]("# Til eftersyn", "annex", "annex"),
        make["markdown"]("# Metode\n\nSådan er der regnet.", "method", "annex"),
    ]
    html = export.to_html(make["notebook"](*cells))
    assert html.count("<details>") == 1
    places = [html.index(text) for text in ('<h2 id="annex"', '<h2 id="method"', "<details>", "Sådan er der regnet.")]
    assert places == sorted(places)
    assert "details::details-content { content-visibility: visible" in html.split("@media print")[1]


def test_a_figure_is_there_for_a_wide_and_for_a_narrow_screen_and_has_one_description(make):
    from dataclasses import replace

    one = make["figure"]("one")
    page = Page(export.to_html(make["notebook"](make["shown"](replace(one, narrow=one.svg)))))
    assert [drawing["aria-labelledby"] for drawing in page.all("svg")] == ["one-alt", "one-alt"]
    assert {"wide", "narrow"} <= {attributes.get("class") for attributes in page.all("div")}
    alone = Page(export.to_html(make["notebook"](make["shown"](one))))
    box = next(attributes for attributes in alone.all("div") if attributes.get("class") == "drawing")
    assert (box["tabindex"], box["aria-labelledby"]) == ("0", "one-caption")


def test_who_shares_the_page_shares_its_message(make):
    message = Paragraph(("Borgerne er »glade«.",), "headline")
    page = Page(export.to_html(make["notebook"](make["shown"](message, "front"))))
    said = {a.get("property", a.get("name")): a["content"] for a in page.all("meta") if a.get("content")}
    assert said["description"] == said["og:description"]
    assert said["description"].startswith("SIMULEREDE TAL: ")
    assert said["description"].endswith("Borgerne er »glade«.")
    assert said["og:title"].startswith("SIMULEREDE TAL: ")


def test_hostile_text_is_text(make):
    hostile = '<script>alert(1)</script><img src=x onerror="x">'
    page = Page(export.to_html(make["notebook"](make["shown"](Paragraph((hostile,))), title=hostile, subtitle=hostile)))
    assert page.all("script") == page.all("img") == []


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "#ffffff"),
        ("ink", "#fbf1ec"),
        ("grey", "#ffffff"),
        ("grey", "tint"),
        ("blue", "tint"),
        ("accent", "#ffffff"),
        ("#ffffff", "accent"),
        ("#ffffff", "blue"),
    ],
)
def test_contrast_is_at_least_four_and_a_half(text, ground):
    """The formula of WCAG 2.1, success criterion 1.4.3, on the colours of page and print."""
    import re
    from importlib import resources

    templates = resources.files("jobreport.export") / "templates"
    css = dict(re.findall(r"--(\w+): (#\w{6});", style_sheet()))
    typst = dict(re.findall(r'#let (\w+) = rgb\("(#\w{6})"\)', (templates / "report.typ").read_text(encoding="utf-8")))
    assert css == typst | {"blue": sender.DEFAULT}
    assert css["tint"] in sender.GROUNDS  # what a sender's own colour is held against
    light, dark = sorted((luminance(css.get(color, color)) for color in (text, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
