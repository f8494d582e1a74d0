"""What a notebook may hold: nothing is dropped, nothing unknown is shown."""

import pytest
from nbformat.v4 import new_code_cell, new_output, new_raw_cell

from jobreport import export
from jobreport.errors import ExportFailed
from jobreport.export import notebook
from jobreport.page import Paragraph


@pytest.mark.parametrize(
    "text",
    [
        "<div>rå HTML</div>",
        "tekst med <b>HTML</b>",
        "![billede](x.png)",
        "> citat",
        "```\nkode\n```",
        "1. nummereret",
        "- punkt\n  - under punkt",
        "- punkt\n\n  nyt afsnit",
        "***",
        "[henvisning](javascript:alert)",
        "#### For dybt",
    ],
)
def test_unknown_markdown_stops_the_report(make, text):
    with pytest.raises(ExportFailed, match="Markdown"):
        notebook.read(make["notebook"](make["markdown"](text, "x")))


def test_known_markdown_becomes_blocks():
    made = notebook.markdown("# A *b*\n\nTekst\nvidere **fed** `kode`.\n\n- x\n- y\n\n## C", "key")
    assert [list(block.lines()) for block in made] == [
        ["# A b"],
        ["Tekst videre fed kode."],
        ["- x", "- y"],
        ["## C"],
    ]
    assert [block.key for block in made if hasattr(block, "key")] == ["key", "key-2"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (new_output("stream", text="udskrift"), "udskrift"),
        (new_output("error", ename="ValueError", evalue="gik galt", traceback=[]), "gik galt"),
        (new_output("display_data", data={"text/html": "<table></table>"}), "kan stå i en rapport"),
        (new_output("execute_result", data={"text/plain": "1"}, execution_count=1), "kan stå i en rapport"),
    ],
)
def test_an_output_that_carries_no_block_stops_the_report(make, output, said):
    cell = new_code_cell("x")
    cell.outputs = [output]
    with pytest.raises(ExportFailed, match=said):
        notebook.read(make["notebook"](cell))


def test_a_raw_cell_stops_the_report(make):
    with pytest.raises(ExportFailed, match="raw"):
        notebook.read(make["notebook"](new_raw_cell("x")))


def test_two_blocks_with_one_key_stop_the_report(make):
    cells = [make["shown"](make["figure"]("path")), make["shown"](make["table"]("path"))]
    with pytest.raises(ExportFailed, match="'path'"):
        notebook.read(make["notebook"](*cells))


def test_a_drawing_in_another_font_stops_the_report(make):
    with pytest.raises(ExportFailed, match="Comic Sans"):
        notebook.read(make["notebook"](make["shown"](make["figure"](font="Comic Sans"))))


def test_code_and_cells_for_the_notebook_alone_are_not_printed(make):
    cells = [
        make["markdown"]("# Kun her\n\n<b>HTML</b>", "a", "notebook-only"),
        new_code_cell("hemmelig = 1"),
        make["shown"](Paragraph(("Tekst",))),
    ]
    html = export.to_html(make["notebook"](*cells))
    assert "Kun her" not in html
    assert "hemmelig" not in html
    assert "Tekst" in html


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"language": "de"}, {"date": "31-12-2024"}, {"simulated": None}, {"simulated": "nej"}],
)
def test_incomplete_front_matter_stops_the_report(make, wrong):
    with pytest.raises(ExportFailed, match="metadata jobreport"):
        export.to_html(make["notebook"](make["shown"](Paragraph(("Tekst",))), **wrong))


def test_a_notebook_without_front_matter_stops_the_report(sample):
    del sample.metadata["jobreport"]
    with pytest.raises(ExportFailed, match="jobreport"):
        export.to_pdf(sample)


@pytest.mark.dear
def test_nbconvert_finds_the_exporters(sample):
    from nbconvert.exporters import get_exporter

    pdf, kept = get_exporter("jobreport_pdf")().from_notebook_node(sample, {"jobreport_attachments": {"a.json": b"{}"}})
    html, _ = get_exporter("jobreport_html")().from_notebook_node(sample)
    assert pdf == export.to_pdf(sample, {"a.json": b"{}"})
    assert kept["output_extension"] == ".pdf"
    assert html == export.to_html(sample)
