"""The designs as a user runs them: `batch` makes a whole report of each, or refuses it as `check` does."""

import subprocess
import sys

import pandas as pd
import pytest

from tests.end_to_end.typed import clean, typed
from tests.grid.designs import COVERING, Design, write
from tests.grid.test_walk import ISSUE

MADE = ("report.pdf", "report.html", "report.ipynb", "estimates.csv", "changes.csv", "tables.xlsx", "manifest.json")
LANGUAGES = ("da", "en")
PATIENCE = 3600  # seconds


@pytest.mark.slow
def test_a_batch_makes_a_report_of_every_design_that_check_calls_in_order(tmp_path):
    designs = {f"grid-{place:02}": design for place, design in enumerate((*ISSUE, *COVERING))}
    files = [write(design, tmp_path, name).as_posix() for name, design in designs.items()]
    words = (sys.executable, "-m", "jobreport", "batch", *files, "--workers", "2")
    done = subprocess.run(words, cwd=tmp_path, env=clean(), capture_output=True, encoding="utf-8", timeout=PATIENCE)
    made = {name for name in designs if all((tmp_path / "outputs" / name / file).is_file() for file in MADE)}
    assert made == {name for name, design in designs.items() if not design.refused}, done.stdout + done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("design", ISSUE, ids=str)
def test_run_makes_the_report_in_both_languages_with_the_same_numbers(design: Design, tmp_path):
    path = write(design, tmp_path)
    for language in LANGUAGES:
        words = ("run", path.as_posix(), "--language", language, "--out", (tmp_path / language).as_posix())
        done = typed(sys.executable, "-m", "jobreport", *words, folder=tmp_path, settings={})
        assert (done.returncode, "Warning" in done.stderr) == (0, False), done.stdout + done.stderr
    for name in ("estimates", "changes", "diagnostics"):
        danish, english = (
            pd.read_csv(tmp_path / one / f"{name}.csv").drop(columns="municipality") for one in LANGUAGES
        )
        pd.testing.assert_frame_equal(danish, english)
