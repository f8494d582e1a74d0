"""The notebook runs in a kernel of its own and comes back the same to the byte."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from queue import Empty

import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError

from jobreport.make import kernel

PARAMETERS = nbformat.v4.new_code_cell("code: str = ''", id="p", metadata={"tags": ["parameters"]})


def notebook(*sources: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=[PARAMETERS, *cells], metadata={"language_info": {"name": "python"}})


def run(tmp_path: Path, *sources: str, code: str = "183", preloaded: bool = True) -> nbformat.NotebookNode:
    return kernel.execute(
        notebook(*sources),
        {"code": code},
        folder=tmp_path,
        environment={"WHERE": "here"},
        evidence=tmp_path / "kept.ipynb",
        preloaded=preloaded,
    )


@pytest.mark.dear
def test_the_same_twice_with_hostile_text_as_text(tmp_path: Path) -> None:
    hostile = "'; import os; os.system('x') #\n\"\"\"\\"
    sources = ("import os", "print(repr(code), os.environ['WHERE'])")
    either = (run(tmp_path, *sources, code=hostile, preloaded=preloaded) for preloaded in (False, True))
    first, second = map(nbformat.writes, either)
    assert first == second
    assert str(tmp_path) not in first
    shown = nbformat.reads(first, as_version=4).cells[-1].outputs[0].text
    assert shown == f"{hostile!r} here\n"


@pytest.mark.dear
def test_a_cell_that_raises_leaves_the_notebook_as_evidence(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError):
        run(tmp_path, "1 / 0")
    assert "ZeroDivisionError" in (tmp_path / "kept.ipynb").read_text(encoding="utf-8")


@pytest.mark.dear
def test_a_warning_in_a_cell_stands_not_in_the_notebook_and_is_a_warning_of_the_run(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="cell c0: .*a library's own") as warned:
        made = run(tmp_path, 'import warnings; warnings.warn("a library\'s own")\nprint(1)')
    assert len(warned) == 1
    assert [output.name for output in made.cells[-1].outputs] == ["stdout"]


@pytest.mark.parametrize(
    ("home", "preloaded"),
    [
        ("there", False),
        ("nowhere", True),
        ("there", True),
        ("nowhere", False),
    ],
)
@pytest.mark.dear
def test_nothing_of_a_kernel_is_kept_and_nothing_of_the_user_read(
    tmp_path: Path, monkeypatch, home: str, preloaded: bool
) -> None:
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
    kept = tmp_path / "stopped.ipynb"
    executed = kernel.execute(made, {}, folder=tmp_path, environment={}, evidence=kept, preloaded=preloaded)
    assert executed.cells[-1].outputs[0]["text"] == "False False"
    left = set(tmp_path.rglob("*")) - {*before, tmp_path / "nowhere"}
    assert not [path for path in left if ".ipython" in path.parts or path.suffix == ".sqlite"]


@pytest.mark.dear
def test_a_kernel_starts_where_the_folder_of_temporary_files_has_a_long_name(tmp_path, monkeypatch):
    """A socket's name may have 103 letters; `run` ended in an unexpected failure, and `batch` waited."""
    long = tmp_path / ("a" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert run(tmp_path, "print(code)").cells[-1].outputs[0].text == "183\n"
    assert kernel.place_of_sockets("/short") == "/short"


class Asked(kernel.PrivateClient):
    """A client of a kernel that answers what it is told to, in turn, and counts how often it is asked."""

    def __init__(self, *answers: str, alive: bool = True) -> None:
        super().__init__()
        self.answers, self.alive, self.asked = [*answers], alive, 0

    async def kernel_info(self, **_how: object) -> None:
        self.asked += 1
        if self.answers[0] == "silent":
            self.answers.pop(0)
            raise TimeoutError

    @property
    def iopub_channel(self) -> Asked:
        return self

    async def get_msg(self, **_how: object) -> None:
        if self.answers.pop(0) == "unheard":
            raise Empty

    async def is_alive(self) -> bool:
        return self.alive


@pytest.mark.parametrize(("answers", "asked"), [(["heard"], 1), (["silent", "unheard", "heard"], 3)])
def test_nothing_is_executed_before_a_kernel_answers_and_its_outputs_are_heard(answers, asked):
    client = Asked(*answers, "never asked")
    asyncio.run(client.wait_for_ready(60))
    assert (client.asked, client.answers) == (asked, ["never asked"])


@pytest.mark.parametrize(("seconds", "alive", "asked"), [(60, False, 1), (3, True, 3)])
def test_a_kernel_that_died_or_stays_silent_is_not_waited_for(seconds, alive, asked):
    client = Asked(*["silent"] * 4, alive=alive)
    with pytest.raises(RuntimeError, match="did not answer"):
        asyncio.run(client.wait_for_ready(seconds))
    assert client.asked == asked
