"""Notebooks are kept without outputs, hold no logic, and call what there is."""

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_valid_and_holds_no_output(notebook):
    nbformat.validate(notebook)
    assert [cell.id for cell in code(notebook) if cell.outputs or cell.execution_count is not None] == []


def test_it_names_no_machine(notebook):
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info


def test_its_logic_is_in_the_package(notebook):
    made = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.While)
    trees = {cell.id: ast.parse(cell.source) for cell in code(notebook)}
    assert [name for name, tree in trees.items() if any(isinstance(node, made) for node in ast.walk(tree))] == []


def test_its_cells_have_names_to_speak_of(notebook):
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.replace("-", "").isalpha()] == []


@pytest.mark.parametrize("name", ["report", "overview"])
def test_no_heading_of_a_report_speaks_of_an_event_or_names_a_question(name):
    """They are written by the cells below, which know whose report it is and what was asked."""
    notebook = nbformat.read(NOTEBOOKS[0].with_name(f"{name}.ipynb"), as_version=4)
    told = " ".join(cell.source for cell in notebook.cells[1:] if cell.cell_type == "markdown").lower()
    assert [word for word in ("begivenhed", "før og efter", "tilfredshed", "tillid") if word in told] == []
