"""The cells of explore.ipynb that need no menus run from the top, on the small demo_project."""

import json
from pathlib import Path

NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "explore.ipynb"
MENUS = ("explore", "chosen_params")  # cells that need JupyterLab's packages; the browser tests run those


def test_what_the_lesson_shows_can_be_typed(demo_project, monkeypatch):
    import matplotlib as mpl

    mpl.use("agg")
    monkeypatch.chdir(demo_project)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    plain = [source for source in code if not any(word in source for word in MENUS)]
    assert len(plain) >= len(code) - 4
    known = {}
    for source in plain:
        exec(compile(source, NOTEBOOK.name, "exec"), known)
    assert set(known["grid"].axes_dict) == set(known["wide"].columns) >= {"satisfaction", "trust", "meaning"}
