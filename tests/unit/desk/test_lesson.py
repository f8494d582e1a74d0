"""The lesson and the analysis of one's own run from the top on the small demo_project, but for the menus."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("computed_once")

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
TOUR = ("explore", "report", "method", "form", "own-analysis")
MENUS = ("explore", "chosen_params")  # cells that need JupyterLab's packages; the browser tests run those


@pytest.fixture
def typed(monkeypatch):
    """A function: name of a notebook and the project's folder to what its cells leave."""
    import matplotlib as mpl

    mpl.use("agg")

    def run(name, folder):
        monkeypatch.chdir(folder)
        cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        plain = [source for source in code if not any(word in source for word in MENUS)]
        assert len(plain) >= len(code) - 4
        known = {}
        for source in plain:
            exec(compile(source, f"{name}.ipynb", "exec"), known)
        return known

    return run


@pytest.mark.dear
def test_what_the_lesson_shows_can_be_typed(typed, demo_project):
    known = typed("explore", demo_project)
    assert set(known["grid"].axes_dict) == set(known["wide"].columns) >= {"satisfaction", "trust", "meaning"}


@pytest.mark.dear
def test_an_analysis_of_ones_own_can_be_typed(typed, small_project):
    known = typed("own-analysis", small_project)
    assert known["own"].indicators()["indicator"].iloc[-1] == "contact"
    assert Path("contact.png").stat().st_size > 10_000
    assert [text.get_text() for text in known["ax"].get_legend().get_texts()] == ["Ishøj", "Randers"]


def test_the_readme_names_every_notebook_of_the_tour():
    told = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    assert [name for name in TOUR if f"{name}.ipynb" not in told] == []
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {*TOUR, "overview"}


@pytest.mark.slow
def test_an_analysis_of_ones_own_becomes_a_pdf(demo_project, tmp_path):
    import nbformat
    from nbconvert.preprocessors import ExecutePreprocessor

    from jobreport.export import to_pdf

    notebook = nbformat.read(NOTEBOOKS / "own-analysis.ipynb", as_version=4)
    ExecutePreprocessor(kernel_name="python3").preprocess(notebook, {"metadata": {"path": str(demo_project)}})
    assert to_pdf(notebook).startswith(b"%PDF")
