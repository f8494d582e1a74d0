"""The PDF: what it says when it is read aloud, what it refuses, and that its bytes are always the same."""

import io
import os
import subprocess
import sys
from collections import Counter

import pikepdf
import pytest

from jobreport import export
from jobreport.errors import ExportFailed
from jobreport.export import pdf as typesetting
from jobreport.export import reading
from jobreport.page import Heading, Number, Paragraph

STAMP = "SIMULEREDE TAL"
HOSTILE = "<script>x</script> #let a = 1 *b* _c_ `d` $e$ @f \\ \"g\" 'h' =SUM(A) [U+202E]"


def opened(pdf):
    return pikepdf.open(io.BytesIO(pdf))


def elements_of(document):
    tree = reading.Tree(document)
    return list(tree.walk(tree.root))


def roles_and_texts(pdf):
    return [(role, text) for role, text, _ in reading.read(pdf).blocks()]


def test_the_structure_tree_read_in_order_is_the_report(sample):
    assert roles_and_texts(export.to_pdf(sample)) == [
        ("Title", "Borgernes oplevelse i Ishøj"),
        ("P", "Før og efter 1. januar 2022"),
        ("P", "Opgjort 31. december 2024"),
        (
            "P",
            (
                "SIMULEREDE TAL. Svarene i denne rapport er lavet af en computer for at vise, hvordan rapporten "
                "ser ud. De siger intet om virkelige borgere eller kommuner."
            ),
        ),
        ("P", "Ændringen kan ikke skelnes fra tilfældige udsving"),
        ("P", "Tilfredshed"),
        ("P", "59 pct."),
        ("P", "150 svar"),
        ("P", "Indhold: Kan man stole på tallene?\u00a02"),
        ("H1", "Kan man stole på tallene?"),
        ("P", "Se her og der:"),
        ("Lbl", "•"),
        ("LBody", "et"),
        ("Lbl", "•"),
        ("LBody", "to"),
        ("P", "Ikke oplyst."),
        ("P", "Pas på."),
        ("H2", "Efter gruppe"),
        ("P", "Andelen er 59 pct. (usikker)."),
        ("P", "Tabel\u00a01. Andel tilfredse efter gruppe"),
        ("TH", "Gruppe"),
        ("TH", "Svar"),
        ("TH", "Andel"),
        *(cell for name in "ABC" for cell in (("TH", f"Gruppe {name}"), ("TD", "150"), ("TD", "59 pct."))),
        ("P", "[c] skjult."),
        ("P", "Kilde: borgerundersøgelsen."),
        ("P", STAMP),
        ("P", "Figur\u00a01. Andel tilfredse"),
        ("P", "Kilde: borgerundersøgelsen."),
        ("Lbl", "•"),
        ("LBody", "Første"),
        ("Lbl", "•"),
        ("LBody", "KL"),
        ("P", "En note."),
    ]


def test_row_headers_head_rows_and_column_headers_columns(sample):
    with opened(export.to_pdf(sample)) as pdf:
        cells = [e for e in elements_of(pdf) if e["/S"] in ("/TH", "/TD")]
        scopes = [reading.attributes(cell, "/Table")[0].get("/Scope", "") for cell in cells]
    assert scopes == ["/Column"] * 3 + ["/Row", "", ""] * 3


def test_numbers_carry_their_cells_to_the_page(sample):
    read = reading.read(export.to_pdf(sample))
    assert [(n.text, n.cell[2]) for n in read.numbers() if n.cell[0] == "estimates"] == [
        ("59 pct.", "estimate"),
        ("150", "n"),
        ("59 pct.", "estimate"),
        *[("150", "n"), ("59 pct.", "estimate")] * 3,
    ]
    assert [(text, cell[2]) for text, cell in read.drawings[0].numbers] == [("59", "estimate")]


def test_the_file_says_what_it_is(sample):
    with opened(export.to_pdf(sample, {"inputs.json": b'{"a": "\xc3\xb8"}'})) as pdf:
        assert pdf.Root.Lang == "da"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Borgernes oplevelse i Ishøj"
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["xmp:CreateDate"].startswith("2024-12-31")
        assert list(pdf.attachments) == ["inputs.json"]
        assert len(pdf.Root.AF) == 1
        assert pdf.attachments["inputs.json"].get_file().read_bytes() == b'{"a": "\xc3\xb8"}'
        with pdf.open_outline() as outline:
            assert [(entry.title, [child.title for child in entry.children]) for entry in outline.root] == [
                ("Kan man stole på tallene?", ["Efter gruppe"])
            ]


def page_texts(pdf):
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(
    ("language", "stamp", "foot"), [("da", STAMP, "Side 2 af 2"), ("en", "SIMULATED FIGURES", "Page 2 of 2")]
)
def test_every_page_of_a_simulated_report_is_stamped_and_counted(make, language, stamp, foot):
    texts = page_texts(export.to_pdf(make["notebook"](*make["cells"](), language=language)))
    assert all(stamp in text for text in texts)
    assert foot in texts[-1]
    assert "Borgernes oplevelse i Ishøj" in texts[-1]


def test_a_real_report_is_not_stamped(make):
    texts = page_texts(export.to_pdf(make["notebook"](make["shown"](Paragraph(("Tekst",))), simulated=False)))
    assert STAMP not in "".join(texts)


def test_the_stamp_on_later_pages_is_no_content(make):
    """On the first page it is a sentence; later it is an artifact, which a screen reader passes over."""
    many = [make["shown"](Paragraph(("Tekst. " * 400,))) for _ in range(3)]
    read = reading.read(export.to_pdf(make["notebook"](*many)))
    assert [page for _, text, page in read.blocks() if STAMP in text] == [1]
    assert max(run.page for run in read.runs) > 1


@pytest.mark.parametrize(("lines", "fits"), [(5, True), (60, False)])
def test_what_a_front_page_cannot_hold_leaves_no_page_almost_empty(make, lines, fits):
    front = [make["shown"](Paragraph((f"Linje {n}.",)), "front") for n in range(lines)]
    body = make["shown"](Heading(1, ("Kapitel",), "chapter")), make["shown"](Paragraph(("Her er teksten.",)))
    second = page_texts(export.to_pdf(make["notebook"](*front, *body)))[1]
    assert ("Linje 59." in second) is not fits
    assert "Her er teksten." in second


@pytest.mark.dear
def test_a_long_table_repeats_its_header_on_every_page(make):
    pdf = export.to_pdf(make["notebook"](make["shown"](make["table"](rows=80))))
    assert [text.count("Gruppe\n") + text.count("Gruppe ") > 0 for text in page_texts(pdf)].count(True) >= 2
    assert [role for role, text in roles_and_texts(pdf) if text == "Svar"] == ["TH"]


@pytest.mark.dear
def test_no_table_leaves_one_or_two_rows_to_the_next_page(make):
    """A table of any length, at any height of the page, ends with three rows beside each other."""
    lengths = range(12, 60, 3)
    cells = [
        make["shown"](block)
        for rows in lengths
        for block in (Paragraph(("Linje. " * 5 * rows,)), make["table"](f"t{rows}", rows))
    ]
    document = opened(export.to_pdf(make["notebook"](*cells)))
    tree = reading.Tree(document)
    elements = list(tree.walk(tree.root))
    assert {each["/S"] for each in elements} & {"/TFoot"} == set()
    for table in (each for each in elements if each["/S"] == "/Table"):
        rows = [each for each in tree.walk(table) if each["/S"] == "/TR"][1:]
        on_pages = Counter(page_of(tree.walk(row)) for row in rows)
        assert min(on_pages.values()) >= 3, on_pages


def page_of(elements):
    return next(each["/Pg"] for each in elements if "/Pg" in each)


def test_numbers_in_a_header_that_is_repeated_are_bound_once(make):
    from dataclasses import replace

    table = make["table"](rows=80)
    headed = replace(table, columns=(*table.columns[:2], replace(table.columns[2], header=(make["number"]("2021"),))))
    read = reading.read(export.to_pdf(make["notebook"](make["shown"](headed))))
    assert [n.text for n in read.numbers() if n.roles[-2] == "TH"] == ["2021"]
    assert max(run.page for run in read.runs) > 1


def test_a_checksum_is_broken_to_fit_its_column_and_read_whole(make):
    from dataclasses import replace

    checksum = "0123456789abcdef" * 4
    table = make["table"](rows=1)
    pdf = export.to_pdf(make["notebook"](make["shown"](replace(table, rows=(((checksum,), ("a",), ("b" * 40,)),)))))
    assert ("TH", checksum) in roles_and_texts(pdf)


def test_a_bound_text_that_a_page_break_cuts_in_two_is_one_number(make):
    text = "13 kommuner " + "og flere " * 600
    held = Number(text, "benchmarks", "kl", "population")
    cells = make["markdown"]("# Andre", "others"), make["shown"](Paragraph((held, ".")))
    pdf = export.to_pdf(make["notebook"](*cells))
    document = opened(pdf)
    told = [(run.text.split(), run.cell) for run in reading.read(pdf).numbers() if run.cell[0] == "benchmarks"]
    assert len(document.pages) > 1
    assert told == [(text.split(), ("benchmarks", "kl", "population"))]
    assert parent_tree_is_whole(document)


def parent_tree_is_whole(document):
    """Whether every element that content points to stands in the tree that is walked."""
    reached = {element[reading.REFERENCE] for element in elements_of(document)}
    rows = [owners for owners in document.Root.StructTreeRoot.ParentTree.Nums if isinstance(owners, pikepdf.Array)]
    owners = [owner for row in rows for owner in row if isinstance(owner, pikepdf.Dictionary)]
    return bool(owners) and all(reading.reference(owner) in reached for owner in owners)


def parsed(content):
    """The instructions that place text, by a parser of whatever a PDF may hold."""
    return pikepdf.unparse_content_stream(pikepdf.parse_content_stream(content, reading.OPERATORS))


def quickly_read(document, page):
    joined = b"\n".join(operands + b" " + name for operands, name, _ in reading.instructions(page))
    return parsed(pikepdf.Stream(document, joined))


def test_instructions_are_found_as_a_parser_of_whatever_a_pdf_may_hold_finds_them(make, sample):
    odd = make["shown"](Paragraph(("(a) (b (c)) ) ( \\ \\( (Q) /q", " 1 0 0 1 2 3 cm ")))
    for made in (sample, make["notebook"](odd)):
        document = opened(export.to_pdf(made))
        for page in document.pages:
            assert quickly_read(document, page) == parsed(page)


@pytest.mark.parametrize("strange", [b"% cm\n", b"(a\\\n) ' ", b"BI /W 1 /H 1 /BPC 1 /CS /G ID Q EI "])
def test_what_typst_never_writes_is_left_to_a_parser(sample, strange):
    document = opened(export.to_pdf(sample))
    page = document.pages[0]
    before = parsed(page)
    page.obj.Contents = pikepdf.Stream(document, strange + page.obj.Contents.read_bytes())
    assert quickly_read(document, page) == parsed(page) == before


def test_hostile_text_is_printed_letter_by_letter(make):
    texts = [HOSTILE, "#" * 5, "= Overskrift", "- punkt", "// kommentar", "1. nummer", "a~b--c...d"]
    pdf = export.to_pdf(make["notebook"](*(make["shown"](Paragraph((text,))) for text in texts), title=HOSTILE))
    said = roles_and_texts(pdf)
    assert said[0] == ("Title", HOSTILE)
    assert said[-len(texts) :] == [("P", text) for text in texts]


def test_the_two_page_form_holds_front_page_and_tagged_cells(make, sample):
    texts = [text for _, text in roles_and_texts(export.to_pdf(sample, summary=True))]
    assert "Ændringen kan ikke skelnes fra tilfældige udsving" in texts
    assert "Pas på." in texts
    assert "Indhold" not in texts
    assert "En note." not in texts


@pytest.mark.dear
def test_the_same_notebook_gives_the_same_bytes_in_another_place_and_time_zone(sample, tmp_path):
    import nbformat

    nbformat.write(sample, tmp_path / "æøå report.ipynb")
    script = (
        "from jobreport import export\nimport nbformat, hashlib\n"  # (in this order, see `jobreport`)
        "nb = nbformat.read('æøå report.ipynb', as_version=4)\n"
        "print(hashlib.sha256(export.to_pdf(nb, {'inputs.json': b'{}'})).hexdigest(),"
        " hashlib.sha256(export.to_html(nb).encode()).hexdigest())"
    )
    here = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    import hashlib

    pdf = export.to_pdf(sample, {"inputs.json": b"{}"})
    expected = f"{hashlib.sha256(pdf).hexdigest()} {hashlib.sha256(export.to_html(sample).encode()).hexdigest()}"
    assert here.stdout.strip() == expected


def test_a_changed_word_changes_the_identity_of_the_file(make):
    first, second = (
        opened(export.to_pdf(make["notebook"](make["shown"](Paragraph((word,)))))).trailer.ID for word in ("a", "b")
    )
    assert bytes(first[1]) != bytes(second[1])


def test_a_letter_that_the_font_does_not_have_stops_the_report(make):
    with pytest.raises(ExportFailed, match="typeset"):
        export.to_pdf(make["notebook"](make["shown"](Paragraph(("漢字",)))))


def test_a_skipped_heading_level_stops_the_report(make):
    cells = [make["shown"](Heading(1, ("A",), "a")), make["shown"](Heading(3, ("B",), "b"))]
    with pytest.raises(ExportFailed, match="heading"):
        export.to_pdf(make["notebook"](*cells))


def test_numbers_that_land_elsewhere_than_told_stop_the_report(sample, monkeypatch):
    """Had Typst another order than the tree, each number would carry its neighbour's cell."""
    take = typesetting._take_notes

    def reversed_(pdf):
        told = take(pdf)
        return told | {"number": told["number"][::-1]}

    monkeypatch.setattr(typesetting, "_take_notes", reversed_)
    with pytest.raises(ExportFailed, match="was to be printed"):
        export.to_pdf(sample)


def test_a_number_that_is_missing_on_the_page_stops_the_report(sample, monkeypatch):
    take, extra = typesetting._take_notes, ["1", "estimates", "r", "c"]
    monkeypatch.setattr(
        typesetting, "_take_notes", lambda pdf: (told := take(pdf)) | {"number": [*told["number"], extra]}
    )
    with pytest.raises(ExportFailed, match="numbers"):
        export.to_pdf(sample)
