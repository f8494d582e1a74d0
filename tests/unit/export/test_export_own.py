"""A notebook of a person's own as a report: titled by its heading, tables of pandas as tables, nothing dropped."""

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_output

from jobreport import export
from jobreport.domain.texts import LANGUAGES
from jobreport.errors import ExportFailed
from jobreport.export import notebook
from jobreport.page import Paragraph, Table, tree

STUDY = {
    "matter": {"title": "X", "subtitle": "Y", "language": "da", "date": "2024-12-31", "simulated": False, "name": "x"},
    "has": ["register"],
    "attachments": {"inputs.json": "{}\n"},
}


def study(**matter):
    told = STUDY | {"matter": STUDY["matter"] | matter}
    return _showing({"text/plain": "<Study x>", tree.REPORT_MIME: told})


def _showing(data, source="vis()"):
    cell = new_code_cell(source)
    cell.outputs = [new_output("execute_result", data=data, execution_count=1)]
    return cell


def of_a_person(make, *cells):
    made = make["notebook"](*cells)
    del made.metadata["jobreport"]
    return made


def frame(source="frame", **columns):
    return _showing({"text/html": pd.DataFrame(columns)._repr_html_(), "text/plain": "..."}, source)


def test_the_first_heading_is_the_title_and_what_follows_stands_one_level_higher(make):
    cells = [
        study(),
        make["markdown"]("# Min *egen* analyse\n\nHvorfor?\n\n## Svar", "a"),
        make["markdown"]("### Del", "b"),
    ]
    read = notebook.read(of_a_person(make, *cells))
    assert (read.matter.title, read.matter.subtitle) == ("Min egen analyse", "")
    assert [line for leaf in read.leaves() for line in leaf.lines()] == ["Hvorfor?", "# Svar", "## Del"]


def test_without_a_heading_it_bears_the_title_of_the_params(make):
    read = notebook.read(of_a_person(make, study(), make["shown"](Paragraph(("Tekst",)))))
    assert (read.matter.title, read.matter.subtitle) == ("X", "Y")


def test_a_table_of_pandas_is_a_table_with_the_comment_above_as_its_caption(make):
    cell = frame("# Svar pr. kommune\nframe", kommune=["Ishøj", "Greve <b>"], n=[150, None])
    (table,) = notebook.read(of_a_person(make, study(), cell)).leaves()
    assert isinstance(table, Table)
    assert [*table.lines()][1:4] == ["kommune | n", "Ishøj | 150.0", "Greve <b> | –"]
    assert table.caption == ("Svar pr. kommune",)
    assert [column.align for column in table.columns] == ["left", "left"]


def test_a_table_keeps_the_names_of_its_rows(make):
    wide = pd.DataFrame({"k": ["a", "b"], "w": ["1", "1"], "v": [0.5, 0.25]}).pivot(index="k", columns="w", values="v")
    cell = _showing({"text/html": wide._repr_html_(), "text/plain": "..."})
    (table,) = notebook.read(of_a_person(make, study(), cell)).leaves()
    assert [*table.lines()][1:4] == ["w k | 1", "a | 0.50", "b | 0.25"]


def test_what_is_made_up_in_one_study_is_stamped_in_the_whole(make):
    read = notebook.read(of_a_person(make, study(simulated=True), study(), frame(n=[1])))
    assert read.matter.simulated
    assert next(iter(read.leaves())).simulated
    assert "SIMULEREDE TAL" in export.to_html(of_a_person(make, study(simulated=True), study(), frame(n=[1])))


def test_a_picture_without_words_stops_it(make):
    with pytest.raises(ExportFailed, match=r"cell 2.*image/png") as refused:
        notebook.read(of_a_person(make, study(), _showing({"image/png": "", "text/plain": "<Axes>"})))
    told = [refused.value.text(language) for language in LANGUAGES]
    assert all("study.figure" in text and "notebook-only" in text for text in told)


def test_a_notebook_that_shows_no_study_is_refused_with_what_to_write(make):
    with pytest.raises(ExportFailed, match="study") as refused:
        notebook.read(of_a_person(make, make["markdown"]("# X", "a"), frame(n=[1])))
    assert "sidste linje" in refused.value.text("da")
    assert "last line" in refused.value.text("en")


def test_the_files_of_its_study_travel_in_its_pdf(make):
    made = of_a_person(make, study(), make["shown"](Paragraph(("Tekst",))))
    assert export.to_pdf(made) == export.to_pdf(made, {"inputs.json": b"{}\n"})
    assert export.to_pdf(made) != export.to_pdf(made, {})
