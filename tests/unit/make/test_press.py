"""The page for the press and the files of each figure: from the report alone, marked one by one, the same each time."""

import hashlib
import io
import json
import re
import struct
from xml.etree import ElementTree

import nbformat
import pikepdf
import pytest

from jobreport.errors import ExportFailed, InputRefused
from jobreport.make import exchange, press
from jobreport.make.explain import document_of
from jobreport.page import Bullets, Figure, Heading, KeyFigure, KeyFigures, Number, Paragraph, plain, saved
from jobreport.page.blocks import STAMP

KEY = "satisfaction|share|positive|183|2021||"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 453 90"><rect width="300" height="60"/>{stamp}</svg>'
FOUND = ("59 pct.", "+4,5", "2,0", "150")


def number(text, column="estimate"):
    return Number(text, "estimates", KEY, column)


def blocks(stamp):
    drawn = SVG.format(stamp=f'<text x="0" y="80">{stamp}</text>' if stamp else "")
    alt, caption = ('Alt »A« & "B": ', number("59")), ("Andel <ja>",)
    detail = (number("+4,5"), " (", number("2,0", "ci_low"), "; ", number("150", "n"), " svar).")
    return [
        (Heading(1, ("Det korte svar",), "short"), "front"),
        (Paragraph(("Svarene har ikke ændret sig klart.",), "headline"), "front"),
        (KeyFigures((KeyFigure(("Tilfredshed",), (number("59 pct."),), detail),)), "front"),
        (Bullets(tuple((f"Linje {letter}.",) for letter in "abcdefg")), "front"),
        (Figure("answer", drawn, alt, caption, ("Kilde: X.",), bool(stamp)), "front"),
        (Heading(2, ("Det kan rapporten ikke vise",), "cannot-show"), "front"),
        (Bullets((("Om begivenheden er årsagen.",),)), "front"),
        (Heading(1, ("Kan man stole på tallene?",), "basis-heading"), "body"),
        (Paragraph((number("150", "n"), " svarede."),), "body"),
    ]  # fmt: skip


@pytest.fixture
def report(tmp_path):
    """A function: whether it is made up, to a finished folder of a report."""

    def made(*, simulated=True, language="da"):
        folder = tmp_path / "ours"
        folder.mkdir()
        cells = []
        for block, tag in blocks(STAMP[language] if simulated else ""):
            cells.append(nbformat.v4.new_code_cell("vis()", metadata={"tags": [tag]}))
            cells[-1].outputs = [nbformat.v4.new_output("display_data", data=block._repr_mimebundle_())]
        matter = {"title": "Ishøj", "language": language, "date": "2024-12-31", "simulated": simulated}
        written = nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata={"jobreport": matter}))
        (folder / "report.ipynb").write_text(written, encoding="utf-8")
        checksum = hashlib.sha256((folder / "report.ipynb").read_bytes()).hexdigest()
        manifest = {"params": {"language": language, "name": "ours"}, "inputs": []}
        manifest["outputs"] = {"report.ipynb": checksum}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return folder

    return made


def test_one_page_says_in_five_lines_what_was_found_and_on_what_it_rests(report):
    made = press.write(report())
    assert made.name == "ours-presse"
    page = press.one_page(document_of(report_of(made), "da"))
    found = [leaf for block in page.front for leaf in block.leaves()]
    lines = [plain(item) for leaf in found if isinstance(leaf, Bullets) for item in leaf.items]
    assert lines[:4] == ["Tilfredshed: 59 pct. +4,5 (2,0; 150 svar).", "Linje a.", "Linje b.", "Linje c."]
    assert lines[4:6] == ["Om begivenheden er årsagen.", "150 svarede."]
    html = (made / "press.html").read_text(encoding="utf-8")
    assert all(f">{said}</data>" in html for said in FOUND)
    assert "Svarene har ikke ændret sig klart." in html
    with pikepdf.open(io.BytesIO((made / "press.pdf").read_bytes())) as pdf:
        assert len(pdf.pages) == 1


def report_of(made):
    return made.with_name("ours")


def test_a_figure_comes_as_drawing_and_picture_with_its_words_and_a_snippet_that_holds_them(report):
    made = press.write(report())
    page = (made / "figures.html").read_text(encoding="utf-8")
    copied = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)[1].replace("&lt;", "<").replace("&gt;", ">")
    snippet = copied.replace("&#34;", '"').replace("&amp;", "&")
    shown = ElementTree.fromstring(snippet.replace('auto">', 'auto"/>', 1))
    assert shown.find("img").get("alt") == 'Alt »A« & "B": 59'
    assert (made / shown.find("img").get("src")).is_file()
    said = "".join(shown.find("figcaption").itertext())
    assert said == "SIMULEREDE TAL. Andel <ja> Kilde: X."
    drawn = (made / "answer.svg").read_text(encoding="utf-8")
    assert drawn.count("SIMULEREDE TAL") == 1
    assert "Kilde: X." in drawn
    assert (made / "answer.png").read_bytes().startswith(b"\x89PNG")
    assert "<script" not in page


def test_what_is_real_is_not_stamped_and_the_page_speaks_the_language_of_the_report(report):
    made = press.write(report(simulated=False, language="en"))
    assert made.name == "ours-press"
    for name in ("press.html", "figures.html", "answer.svg"):
        assert "SIMULATED" not in (made / name).read_text(encoding="utf-8")
    assert "What the figures show" in (made / "press.html").read_text(encoding="utf-8")


def test_a_report_without_a_figure_on_its_front_has_a_picture_to_share_all_the_same():
    assert saved.card(saved.Card("Titel", "Svarene siger intet.", "", "", "")).startswith(b"\x89PNG")


def test_the_picture_to_share_says_what_its_numbers_are_and_whence(report, monkeypatch):
    """A number without unit and interval would go round alone: the drawing's words are in its caption."""
    cards = []
    monkeypatch.setattr(saved, "card", lambda shown: cards.append(shown) or b"")
    press.write(report())
    assert (cards[0].told, cards[0].stamp) == ("Andel <ja> Kilde: X.", "SIMULEREDE TAL")


def test_the_picture_for_who_shares_the_page_has_the_size_that_they_take(report):
    made = press.write(report())
    assert struct.unpack(">II", (made / "share.png").read_bytes()[16:24]) == (1200, 630)


@pytest.mark.dear
def test_the_manifest_lists_every_file_and_the_folder_is_replaced_as_a_whole(report):
    made = press.write(report())
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    listed = json.loads(before["manifest.json"])["outputs"]
    assert set(listed) == set(before) - {"manifest.json"}
    assert exchange.in_the_way(made) == []
    assert {path.name: path.read_bytes() for path in press.write(report_of(made)).iterdir()} == before
    (made / "own.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"own\.txt"):
        press.write(report_of(made))


def test_a_notebook_that_somebody_edited_is_refused(report):
    folder = report()
    notebook = folder / "report.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("59 pct.", "95 pct."), encoding="utf-8")
    with pytest.raises(InputRefused, match="en anden end den, rapporten blev skrevet med"):
        press.write(folder)
    assert not folder.with_name("ours-presse").exists()


@pytest.mark.parametrize("foreign", [number("60 pct."), "17 af dem"])
def test_no_number_passes_that_the_report_does_not_say(report, foreign):
    held = document_of(report(), "da")
    page = press.one_page(held)
    press.passed(page, held)
    typed = type(page)(page.matter, (*page.front, Paragraph((foreign,))), ())
    with pytest.raises(ExportFailed, match="which the report does not"):
        press.passed(typed, held)
