"""Blocks: what reaches the page is the text that was given, and nothing can be typed into the markup."""

import re
from html.parser import HTMLParser

import pytest
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags

from jobreport.page import (
    Bullets,
    Column,
    Figure,
    Group,
    Heading,
    KeyFigure,
    KeyFigures,
    Link,
    Number,
    Paragraph,
    Strong,
    Table,
    plain,
    tree,
)
from jobreport.page import svg as drawing
from jobreport.page.fonts import TRUETYPE

SATISFIED = Number("59 pct.", "estimates", "satisfaction|share|positive|183|2021||", "estimate")
HOSTILE = [
    "<script>alert(1)</script>",
    '#let x = "1"',
    "*bold* _em_ `code` $x$",
    '"], [" \\',
    "=1+1",
    "a\u202eb",
    "@ref <key>",
]
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10"/>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10">{}</svg>'


class Words(HTMLParser):
    """Collects the text, the tags and the attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.attributes = "", [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data):
        self.text += data


def table(**changed):
    given = {
        "key": "t",
        "columns": (Column(("Kommune",), row_header=True), Column(("Andel",), "right")),
        "rows": ((("Ishøj",), (SATISFIED,)),),
        "caption": ("Andel tilfredse",),
        "notes": (("[c] skjult",),),
        "source": ("Kilde: X",),
        "simulated": False,
    }
    return Table(**(given | changed))


def figure(svg=EMPTY, **changed):
    given = {
        "key": "path",
        "svg": svg,
        "alt": ("Ishøj: ", SATISFIED),
        "caption": ("Andel",),
        "source": ("Kilde: X",),
        "simulated": False,
    }
    return Figure(**(given | changed))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_read_as_text_in_html(text):
    words = Words(Paragraph((text,)).html())
    assert words.tags == ["p"]
    assert words.text.strip() == text.replace("\u202e", "[U+202E]")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_one_string_literal_in_typst(text):
    markup = Paragraph((text,)).typst()
    literal = markup.removeprefix('report-paragraph("body", (').removesuffix(",))")
    assert literal[0] == literal[-1] == '"'
    inner = literal[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inner
    assert "\u202e" not in markup


def test_a_checksum_may_be_broken_and_ordinary_words_may_not():
    words = Words(Paragraph(("0123456789abcdef" * 4, " ", "Arbejdsmarkedsforvaltningen")).html())
    assert words.tags == ["p", *["wbr"] * 7]
    assert words.text.strip() == "0123456789abcdef" * 4 + " Arbejdsmarkedsforvaltningen"


def test_a_number_keeps_its_cell_in_html():
    words = Words(Paragraph(("Andel ", SATISFIED)).html())
    assert words.attributes[1] == {
        "class": "number",
        "value": "59 pct.",
        "data-table": "estimates",
        "data-row": "satisfaction|share|positive|183|2021||",
        "data-column": "estimate",
    }


def test_a_number_keeps_its_cell_in_typst():
    assert (
        'number("59 pct.", "estimates", "satisfaction|share|positive|183|2021||", "estimate")'
        in Paragraph((Strong((SATISFIED,)),)).typst()
    )


def test_numbers_are_found_everywhere_in_reading_order():
    def n(text):
        return Number(text, "changes", "k", "change")

    group = Group(
        (
            Heading(1, ("År ", n("1")), "h"),
            Paragraph((Strong((n("2"),)), Link((n("3"),), "https://www.dst.dk"))),
            Bullets(((n("4"),), (n("5"),))),
            KeyFigures((KeyFigure((n("6"),), (n("7"),), (n("8"),)),)),
            figure(alt=(n("9"),), caption=(n("10"),), source=(n("11"),)),
            table(caption=(n("12"),), rows=(((n("13"),), (n("14"),)),), notes=((n("15"),),), source=(n("16"),)),
        )
    )
    assert [number.text for number in group.numbers()] == [str(i) for i in range(1, 17)]


def test_a_cell_shows_three_forms():
    bundle = Paragraph(("a",))._repr_mimebundle_()
    assert sorted(bundle) == [tree.MIME, "text/html", "text/plain"]
    assert tree.read(bundle[tree.MIME]) == Paragraph(("a",))


def test_a_bare_string_is_not_taken_letter_by_letter():
    with pytest.raises(TypeError, match="tuple"):
        Paragraph("tekst")


@pytest.mark.parametrize(("table_name", "text"), [("somewhere", "1"), ("estimates", "")])
def test_a_number_without_text_or_known_table_is_refused(table_name, text):
    with pytest.raises(ValueError, match="number"):
        Number(text, table_name, "row", "column")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 'https://x" onclick="y', "file:///etc"])
def test_only_web_addresses_are_linked(url):
    with pytest.raises(ValueError, match="address"):
        Link(("x",), url)


@pytest.mark.parametrize(
    "changed",
    [
        {"rows": ((("Ishøj",), ("1",), ("2",)),)},
        {"rows": ((("Ishøj",), ("",)),)},
        {"rows": ()},
        {"columns": (Column(("a",)), Column(("b",)))},
        {"key": "1 t"},
    ],
)
def test_a_table_that_cannot_be_read_aloud_is_refused(changed):
    with pytest.raises(ValueError, match=r"table t|a key"):
        table(**changed)


def test_a_tables_headers_say_what_they_head():
    attributes = Words(table().html()).attributes
    assert [a["scope"] for a in attributes if "scope" in a] == ["col", "col", "row"]


def test_a_wide_table_in_small_type_breaks_no_short_word():
    cells = ["Ringkøbing-Skjern", "Hovedstaden", "52 (42 til 62)", "107", "52 (42 til 62)", "+11,1 (+3,2 til +18,9)"]
    headers = ["Kommune", "Landsdel", "Niveau (interval)", "Svar (n)", "Ved samme sammensætning", "Egen ændring"]
    columns = tuple(Column((h,), "right" if i > 1 else "left", row_header=i == 0) for i, h in enumerate(headers))
    wide = Table("t", columns, (tuple((cell,) for cell in cells),), ("x",), (), ("x",), simulated=False)
    small = re.search(r"small: (true|false)", wide.typst())[1]
    widths = [int(width) for width in re.findall(r"width: (\d+)\)", wide.typst())]
    font = get_font(str(TRUETYPE[0]))
    font.set_size(8.5, 72)
    font.set_text(cells[1], flags=LoadFlags.NO_HINTING)
    letters = font.get_width_height()[0] / 64
    assert small == "true"
    assert letters < 160 / 25.4 * 72 * widths[1] / sum(widths) - 2 * 4, "points between the insets of a cell"


def test_simulated_tables_and_figures_carry_the_stamp_in_every_form():
    for block in (table(simulated=True), figure(simulated=True)):
        assert "SIMULEREDE TAL" in block.html()
        assert "simulated: true" in block.typst()
        assert any("SIMULEREDE TAL" in line for line in block.lines())
    assert "SIMULEREDE TAL" not in table().html() + figure().html()


@pytest.mark.parametrize("name", ["alt", "caption", "source"])
def test_a_figure_needs_alt_caption_and_source(name):
    with pytest.raises(ValueError, match=name):
        figure(**{name: (" ",)})


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        '<rect onclick="x"/>',
        '<use href="https://example.org/x"/>',
        "<foreignObject/>",
        '<image href="file:///etc/passwd"/>',
    ],
)
def test_an_active_drawing_is_refused(inside):
    with pytest.raises(ValueError, match="may not"):
        figure(svg=SVG.format(inside)).html()


def test_ids_of_two_drawings_do_not_clash():
    svg = SVG.format('<defs><clipPath id="c"/></defs><g clip-path="url(#c)"><use href="#c"/></g>')
    html = figure(svg=svg, key="one").html()
    assert all(expected in html for expected in ('id="one-c"', "url(#one-c)", 'href="#one-c"'))


def test_fonts_of_a_drawing_are_found_in_every_spelling():
    svg = SVG.format(
        "<text style=\"font: 700 9.5px 'Font A', sans-serif; fill: red\">a</text>"
        "<text style='font-family: \"Font B\"'>b</text><text font-family='Font C'>c</text>"
    )
    assert drawing.font_families(svg) == {"Font A", "Font B", "Font C"}


def test_plain_text_is_what_is_read_aloud():
    assert plain(("Andel: ", Strong((SATISFIED,)), ".")) == "Andel: 59 pct.."


def test_the_text_of_a_drawing_is_without_serifs_where_the_typeface_is_not_there():
    text = "<text style=\"font: 10px 'Source Sans 3'; fill: #000\">x</text>"
    page = drawing.inline(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{text}</svg>', "k", "k-alt")
    assert "font: 10px 'Source Sans 3', sans-serif; fill: #000" in page
    assert page.count("sans-serif") == 1
