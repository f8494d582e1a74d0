"""The plain road of Jupyter, papermill and nbconvert, gives the bytes of `jobreport run`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jobreport.make import single

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def typed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", ["ishoej", "demo"])
def test_papermill_and_nbconvert_give_the_bytes_of_run(name: str, language: str, tmp_path: Path) -> None:
    params = PROJECT / "params" / f"{name}.yml"
    made = single.run(params, tmp_path / "run", language, lambda said: None)
    source, cwd = str(PROJECT / "notebooks" / "report.ipynb"), str(PROJECT / "notebooks")
    options = ("-f", str(params), "-p", "language", language, "--cwd", cwd)
    assert not typed(tmp_path, "papermill", source, "out.ipynb", *options).returncode
    for kind in ("pdf", "html"):
        done = typed(tmp_path, "nbconvert", "--to", f"jobreport_{kind}", "out.ipynb")
        assert not done.returncode, done.stderr
        assert (tmp_path / f"out.{kind}").read_bytes() == (made / f"report.{kind}").read_bytes()


def test_nbconvert_gives_the_bytes_again_from_the_notebook_of_a_run(tmp_path: Path) -> None:
    made = single.run(PROJECT / "params" / "ishoej.yml", tmp_path / "run", "da", lambda said: None)
    assert not typed(
        tmp_path, "nbconvert", "--to", "jobreport_pdf", str(made / "report.ipynb"), "--output-dir", "."
    ).returncode
    assert (tmp_path / "report.pdf").read_bytes() == (made / "report.pdf").read_bytes()


def test_a_notebook_that_is_none_of_ours_gets_words_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "x.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8"
    )
    refused = typed(tmp_path, "nbconvert", "--to", "jobreport_pdf", "x.ipynb")
    assert refused.returncode == 1
    assert "skriv study som sidste linje" in refused.stderr
    assert "Traceback" not in refused.stderr
