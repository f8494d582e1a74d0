"""The tree that a notebook carries: what is written is read back, and nothing else can be read."""

import json

import pytest

from jobreport.page import (
    Bullets,
    Card,
    Cards,
    Column,
    Emphasis,
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
    tree,
)

HALF = Number("1,8", "changes", "k", "change")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>æ\n</text></svg>'
EVERYTHING = Group(
    (
        Heading(1, ("Tillid ", HALF), "trust"),
        Group((Paragraph(("a < b", Strong((HALF, Emphasis(("c",)))), Link(("KL",), "https://www.kl.dk")), "note"),)),
        Bullets((("x",), (HALF,))),
        KeyFigures((KeyFigure(("a",), (HALF,), ("b",)),)),
        Cards((Card(("a",), (("b ", HALF), ("c",))),)),
        Figure("f", SVG, ("Alt ", HALF), ("Figur",), ("Kilde",), simulated=True),
        Table(
            "t",
            (Column(("K",), row_header=True), Column((HALF,), "right")),
            ((("r",), (HALF,)),),
            ("T",),
            (),
            ("K",),
            False,
        ),
    )
)
PARAGRAPH = {"node": "Paragraph", "parts": ["a"], "kind": "body"}


def carried(block: tree.Node) -> object:
    """The tree as a file of a notebook gives it back."""
    return json.loads(json.dumps(tree.written(block), ensure_ascii=False).encode("utf-8"))


def test_every_kind_of_node_comes_back_as_it_was() -> None:
    back = tree.read(carried(EVERYTHING))
    assert back == EVERYTHING
    assert isinstance(back, Group)
    assert (back.html(), back.typst(), [*back.lines()]) == (
        EVERYTHING.html(),
        EVERYTHING.typst(),
        [*EVERYTHING.lines()],
    )
    held = json.dumps(carried(EVERYTHING))
    assert {name for name in tree.Node.kinds if f'"{name}"' not in held} == {"Block", "Captioned"}


def test_text_that_no_file_can_hold_is_carried_as_the_page_shows_it() -> None:
    block = Paragraph(("a\ud800b",))
    back = tree.read(carried(block))
    assert isinstance(back, Paragraph)
    assert back.html() == block.html()


@pytest.mark.parametrize("version", [None, 0, 2, "1"])
def test_another_version_is_named(version: object) -> None:
    with pytest.raises(ValueError, match="reads version 1"):
        tree.read({"version": version, "tree": PARAGRAPH})


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        "x",
        [PARAGRAPH],
        {},
        {"node": "Block"},
        {"node": "Captioned"},
        {"node": "object"},
        {"node": ["Paragraph"]},
        {"node": "jobreport.page.blocks.Paragraph", "parts": ["a"], "kind": "body"},
        PARAGRAPH | {"parts": "a"},
        PARAGRAPH | {"parts": [1]},
        PARAGRAPH | {"parts": [PARAGRAPH]},
        PARAGRAPH | {"kind": "odd"},
        PARAGRAPH | {"__class__": "x"},
        {"node": "Paragraph", "parts": ["a"]},
        {"node": "Heading", "level": True, "parts": ["a"], "key": "a"},
        {"node": "Heading", "level": 9, "parts": ["a"], "key": "a"},
        {"node": "Heading", "level": 1, "parts": ["a"], "key": '"><script>'},
        {"node": "Group", "blocks": ["a"]},
        PARAGRAPH | {"parts": [{"node": "Link", "parts": ["a"], "url": "javascript:alert(1)"}]},
        PARAGRAPH | {"parts": [{"node": "Number", "text": "1", "table": "secret", "row": "a", "column": "b"}]},
    ],
)
def test_nothing_but_a_page_can_be_read(hostile: object) -> None:
    with pytest.raises(ValueError, match=r"node|kind|level|key|address|bound"):
        tree.read({"version": tree.VERSION, "tree": hostile})


def test_a_tree_that_is_nested_too_deep_is_refused() -> None:
    deep: object = PARAGRAPH
    for _ in range(3000):
        deep = {"node": "Group", "blocks": [deep]}
    with pytest.raises(ValueError, match="too deep"):
        tree.read({"version": tree.VERSION, "tree": deep})
