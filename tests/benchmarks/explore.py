"""How long a choice in the menus of explore.ipynb takes: every value of every menu, chosen for the first time.

    python tests/benchmarks/explore.py [answers]

prints, for each menu, the median and the longest processor time in milliseconds until figure and table are there, on a
made-up survey of 44 municipalities and six waves (10,000 answers unless told). Promised: under a quarter of a second.
An idle machine takes as long by the clock; what the browser needs to show it is not in it. Needs JupyterLab's packages.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import jobreport
from jobreport.desk.explore import Explorer
from jobreport.simulate import Design, as_exported, draw_country, responses

PROJECT = Path(__file__).parents[2]


def project(folder: Path, answers: int) -> Path:
    """Write a project with that many made-up answers; return its params file."""
    for name in ("params", "data"):
        shutil.copytree(PROJECT / name, folder / name)
    drawn = as_exported(responses(draw_country(Design(answers=answers), seed=1)))
    drawn.to_parquet(folder / "data" / "demo" / "responses.parquet", index=False)
    file = folder / "params" / "demo.yml"
    text = file.read_text(encoding="utf-8").replace("invited: data/demo/invited.csv", "invited: null")
    file.write_text(text, encoding="utf-8")
    return file


def times(explorer: Explorer) -> dict[str, list[float]]:
    """Milliseconds of each choice that shows something new, by menu."""
    used: dict[str, list[float]] = {}
    for name, menu in explorer.menus.items():
        for _, value in list(menu.options):
            seen, start = len(explorer._drawn), time.process_time()
            explorer.choose(**{name: value})
            if len(explorer._drawn) > seen:
                used.setdefault(name, []).append(1000 * (time.process_time() - start))
        explorer.choose(**{name: menu.options[0][1]})
    return used


def main(answers: int) -> None:
    """Measure, and print one line a menu."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        study = jobreport.load(project(Path(folder), answers))
        sys.stdout.write(f"load: {time.process_time() - start:.1f} s, {len(study.unsafe_responses())} answers\n")
        for name, used in times(Explorer(study)).items():
            told = f"{len(used)} choices, median {statistics.median(used):.0f} ms, longest {max(used):.0f} ms"
            sys.stdout.write(f"{name}: {told}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
