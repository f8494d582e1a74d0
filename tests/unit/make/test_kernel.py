"""The notebook runs in a kernel of its own and comes back the same to the byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError

from jobreport.make import kernel

PARAMETERS = nbformat.v4.new_code_cell("code: str = ''", id="p", metadata={"tags": ["parameters"]})


def notebook(*sources: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=[PARAMETERS, *cells], metadata={"language_info": {"name": "python"}})


def run(tmp_path: Path, *sources: str, code: str = "183") -> nbformat.NotebookNode:
    made = notebook(*sources)
    return kernel.execute(
        made, {"code": code}, folder=tmp_path, environment={"WHERE": "here"}, evidence=tmp_path / "kept.ipynb"
    )


def test_the_same_twice_with_hostile_text_as_text(tmp_path: Path) -> None:
    hostile = "'; import os; os.system('x') #\n\"\"\"\\"
    sources = ("import os", "print(repr(code), os.environ['WHERE'])")
    first, second = (nbformat.writes(run(tmp_path, *sources, code=hostile)) for _ in range(2))
    assert first == second
    assert str(tmp_path) not in first
    shown = nbformat.reads(first, as_version=4).cells[-1].outputs[0].text
    assert shown == f"{hostile!r} here\n"


def test_a_cell_that_raises_leaves_the_notebook_as_evidence(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError):
        run(tmp_path, "1 / 0")
    assert "ZeroDivisionError" in (tmp_path / "kept.ipynb").read_text(encoding="utf-8")


def test_a_warning_in_a_cell_stands_not_in_the_notebook_and_is_a_warning_of_the_run(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="cell c0: .*a library's own") as warned:
        made = run(tmp_path, 'import warnings; warnings.warn("a library\'s own")\nprint(1)')
    assert len(warned) == 1
    assert [output.name for output in made.cells[-1].outputs] == ["stdout"]


@pytest.mark.parametrize("home", ["there", "nowhere"])
def test_nothing_of_a_kernel_is_kept_and_nothing_of_the_user_read(tmp_path: Path, monkeypatch, home: str) -> None:
    """Neither history nor start-up files; a home that is no folder stops nothing."""
    startup = tmp_path / "there" / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("secret = 1", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    (tmp_path / "nowhere").write_text("", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / home))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    asked = "print(get_ipython().history_manager.enabled, 'secret' in globals(), end='')"
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(asked)])
    executed = kernel.execute(made, {}, folder=tmp_path, environment={}, evidence=tmp_path / "stopped.ipynb")
    assert executed.cells[-1].outputs[0]["text"] == "False False"
    left = set(tmp_path.rglob("*")) - {*before, tmp_path / "nowhere"}
    assert not [path for path in left if ".ipython" in path.parts or path.suffix == ".sqlite"]


def test_a_kernel_starts_where_the_folder_of_temporary_files_has_a_long_name(tmp_path, monkeypatch):
    """A socket's name may have 103 letters; `run` ended in an unexpected failure, and `batch` waited."""
    long = tmp_path / ("a" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert run(tmp_path, "print(code)").cells[-1].outputs[0].text == "183\n"
    assert kernel.place_of_sockets("/short") == "/short"
