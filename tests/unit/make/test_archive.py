"""The page of all rounds: one line for each indicator, the numbers of the report and no others, and no ranking."""

import hashlib
import json

import nbformat
import pytest

from jobreport.errors import ExportFailed, InputRefused
from jobreport.make import archive
from jobreport.make.explain import document_of
from jobreport.page import Column, Heading, Number, Paragraph, Table

WAVES = ("2021", "2022", "2023", "2024", "2025")


def table(at, waves, shift=0):
    heads = tuple(Column((wave,), align="right") for wave in waves)
    rows = tuple(
        (
            (name,),
            *((Number(f"{40 + int(wave) % 10 + shift}", "estimates", f"{name}|{wave}", "estimate"),) for wave in waves),
        )
        for name in ("Tilfredshed", "Tillid")
    )
    columns = (Column(("Mål",), row_header=True), *heads)
    return Table(
        f"table-archive-{at}", columns, rows, ("Alle målinger",), (("Note.",),), ("Kilde: X.",), simulated=True
    )


@pytest.fixture
def finished(tmp_path):
    """A function: tables to a finished folder of a report that has them."""

    def made(*tables, language="da"):
        folder = tmp_path / "ours"
        folder.mkdir()
        blocks = [Heading(1, ("Alle tal",), "details-heading"), Paragraph(("Her er de.",))]
        blocks += [Heading(2, ("Alle målinger",), "archive-heading"), *tables] if tables else []
        cells = [nbformat.v4.new_code_cell("vis()", metadata={"tags": ["annex"]}) for _ in blocks]
        for cell, block in zip(cells, blocks, strict=True):
            cell.outputs = [nbformat.v4.new_output("display_data", data=block._repr_mimebundle_())]
        matter = {"title": "Ishøj", "language": language, "date": "2025-12-31", "simulated": True}
        written = nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata={"jobreport": matter})).encode()
        (folder / "report.ipynb").write_bytes(written)
        facts = {
            "params": {"language": language, "name": "ours"},
            "inputs": [],
            "outputs": {"report.ipynb": hashlib.sha256(written).hexdigest()},
        }
        (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
        return folder

    return made


@pytest.mark.parametrize(("language", "name"), [("da", "ours-arkiv"), ("en", "ours-archive")])
def test_every_round_stands_in_one_line_for_each_indicator(finished, language, name):
    folder = finished(table(1, WAVES[:1]), table(2, WAVES[1:]), language=language)
    made = archive.write(folder)
    assert made.name == name
    page = (made / "archive.html").read_text(encoding="utf-8")
    body = page[page.index("<table") :]
    assert [body.count(f">{wave}</th>") for wave in WAVES] == [1] * 5
    assert body.count('<th scope="row"') == 2
    assert (body.count('data-table="estimates"'), "Her er de." in page) == (10, False)
    assert json.loads((made / "manifest.json").read_bytes())["outputs"].keys() == {"archive.html"}


def test_the_page_is_replaced_as_a_whole_and_nothing_else_is(finished):
    folder = finished(table(1, WAVES))
    first = (archive.write(folder) / "archive.html").read_bytes()
    made = archive.write(folder)
    assert (made / "archive.html").read_bytes() == first
    (made / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        archive.write(folder)
    assert [problem.key for problem in caught.value.problems] == ["output_holds_others"]


def test_a_report_of_one_round_has_no_archive(finished):
    folder = finished()
    with pytest.raises(InputRefused) as caught:
        archive.write(folder)
    assert [problem.key for problem in caught.value.problems] == ["archive_one_round"]
    assert not folder.with_name("ours-arkiv").exists()


def test_a_number_that_the_report_does_not_hold_stops_the_page(finished, monkeypatch):
    folder = finished(table(1, WAVES))
    monkeypatch.setattr(archive, "side_by_side", lambda tables: table(1, WAVES, shift=1))
    with pytest.raises(ExportFailed, match="which the report does not"):
        archive.write(folder)


def test_a_notebook_that_was_edited_becomes_no_page(finished):
    folder = finished(table(1, WAVES))
    (folder / "report.ipynb").write_bytes((folder / "report.ipynb").read_bytes() + b"\n")
    with pytest.raises(InputRefused) as caught:
        archive.write(folder)
    assert [problem.key for problem in caught.value.problems] == ["press_altered"]


def test_nothing_but_the_rounds_is_left(finished):
    page = archive.of_rounds(document_of(finished(table(1, WAVES)), "da"))
    assert [type(leaf).__name__ for leaf in page.leaves()] == ["Heading", "Table"]
