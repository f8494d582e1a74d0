"""Every design of a survey gives a report with every block and figure of it, or is refused by `check` beforehand."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import nbformat
import pytest

from jobreport import export, load
from jobreport.errors import InputRefused
from jobreport.export import notebook as carried
from jobreport.figures import narrow, style
from jobreport.make import writing
from jobreport.prepare import check
from jobreport.report.study import Study
from tests.grid.designs import COVERING, VALUES, Design, few, write

pytestmark = pytest.mark.usefixtures("computed_once")

ISSUE = (  # each of these once stopped a report that `check` had said was in order
    Design(municipalities=2, groups=0, whose="comparison"),
    Design(municipalities=5, groups=0),
    Design(municipalities=6, groups=0),
    Design(spread="alike"),
    Design(spread="alike_after", same_people=True),
    Design(spread="twins", weights="column"),
    Design(municipalities=7, spread="positive", groups=1),
    Design(municipalities=1, event=False),
    Design(waves=4, second_event=True, groups=0),
)
QUICK = few(ISSUE)
SLOW = tuple(design for design in COVERING if design not in QUICK)


def parameters(designs: tuple[Design, ...], **how: object) -> list[object]:
    return [pytest.param(design, id=str(design), **how) for design in designs]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "design", parameters(QUICK[len(ISSUE) :]) + parameters((*ISSUE, *SLOW), marks=pytest.mark.slow)
)
@pytest.mark.dear
def test_a_design_gives_every_section_with_its_figures_or_is_refused_beforehand(design: Design, tmp_path: Path) -> None:
    walk(design, tmp_path)


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures with all their lines and words, each where it belongs, that no SVG is written of."""
    for how in (style, narrow):
        monkeypatch.setattr(how, "svg", lambda *_: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')


@pytest.mark.parametrize("design", parameters(ISSUE))
@pytest.mark.usefixtures("unwritten")
@pytest.mark.dear
def test_a_design_that_once_stopped_a_report_gives_every_section(design: Design, tmp_path: Path) -> None:
    """With its figures' lines and words; as SVG, as wide as the page and for a telephone, by the slow tests."""
    walk(design, tmp_path)


def walk(design: Design, tmp_path: Path) -> None:
    path = write(design, tmp_path)
    if design.refused:
        with pytest.raises(InputRefused) as refused:
            check.check(path)
        assert [problem.key for problem in refused.value.problems] == [design.refused]
        return
    executed = walked(load(path))
    assert export.to_html(executed)
    if design not in QUICK:
        assert export.to_pdf(executed)


@pytest.mark.parametrize("design", parameters(ISSUE))
@pytest.mark.dear
def test_check_says_that_the_design_is_in_order(design: Design, tmp_path: Path) -> None:
    assert "er i orden." in check.check(write(design, tmp_path)).splitlines()[0]


def walked(study: Study) -> nbformat.NotebookNode:
    """The report's notebook with the output of each cell that `run` would run, made in this process."""
    language = study.params.language
    template = nbformat.read(writing.notebook_path(), as_version=4)
    notebook = carried.with_sections(carried.in_language(template, language), study.has)
    for cell in (cell for cell in notebook.cells if cell.source.startswith("study.")):
        shown = eval(cell.source, {"study": study})._repr_mimebundle_()
        cell.outputs = [nbformat.v4.new_output("execute_result", data=shown)]
    notebook.metadata["jobreport"] = study.front_matter()
    return notebook


def test_the_designs_let_every_value_of_a_property_meet_every_value_of_another() -> None:
    for (one, values), (other, others) in combinations(VALUES.items(), 2):
        met = {(getattr(design, one), getattr(design, other)) for design in COVERING}
        assert met == {(a, b) for a in values for b in others}, (one, other)


def test_every_value_of_a_property_is_walked_by_default() -> None:
    for name, values in VALUES.items():
        assert {getattr(design, name) for design in QUICK} == {*values}, name
