"""What the simulations found, written into tests/README.md from tests/simulation/*.csv.

``python tests/readme.py`` writes the tables anew between their markers; a test says that the page is what is written.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

PAGE = Path(__file__).with_name("README.md")
SIMULATED = Path(__file__).with_name("simulation")
SIZES = ("20", "50", "200", "800")
WEIGHTS = {
    "equal weights": ("equal",),
    "1 + cv² up to 1.25": ("cv .3", "cv .5", "related"),
    "cv 1": ("cv 1",),
    "cv 1.5": ("cv 1.5",),
}
FOUND = {"size": "none", "power_5": "5", "power_10": "10", "power_15": "15", "detectable_change": "detectable"}


def rows(name: str) -> list[dict[str, str]]:
    """Rows of one file of the study."""
    with (SIMULATED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """A table of Markdown."""
    first, *others = ([*line] for line in (head, *body))
    return "\n".join(f"| {' | '.join(line)} |" for line in (first, ["---"] * len(first), *others))


def lowest(found: Iterable[dict[str, str]]) -> str:
    """The lowest coverage of R's interval and of ours, in pct., and how much wider ours are on the average."""
    some = list(found)
    if not some:
        return ""
    of_r, ours = (100 * min(float(row[name]) for row in some) for name in ("coverage_of_r", "coverage"))
    wider = sum(float(row["mean_width"]) / float(row["mean_width_of_r"]) for row in some) / len(some)
    return f"{of_r:.1f} → {ours:.1f} ({wider:.2f})"


def intervals() -> str:
    """How often an interval held the truth, by what is estimated, the weights and the number of answers."""
    found = rows("study_intervals.csv")
    body = [
        [
            f"{measure}s, {name}{time}",
            *(
                lowest(
                    row
                    for row in found
                    if (row["measure"], row["waves"], row["n"]) == (measure, waves, n) and row["weights"] in kinds
                )
                for n in SIZES
            ),
        ]
        for waves, time in (("1", ""), ("3", ", mean of three waves"))
        for measure in ("share", "mean")
        for name, kinds in WEIGHTS.items()
    ]
    return table(["Intervals", f"{SIZES[0]} answers", *SIZES[1:]], [line for line in body if any(line[1:])])


def comparisons() -> str:
    """How often the comparison found a change, by country."""
    body = [[row["name"], *(f"{100 * float(row[column]):.1f}" for column in FOUND)] for row in rows("study_events.csv")]
    return table(["Simulated countries", *FOUND.values()], body)


def written(page: str) -> str:
    """The page with every table as the files have it."""
    for name, make in {"intervals": intervals, "comparisons": comparisons}.items():
        begin, end = f"<!-- {name}: written by tests/readme.py -->", f"<!-- end of {name} -->"
        between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        page, count = between.subn(f"{begin}\n\n{make()}\n\n{end}", page)
        if count != 1:
            raise ValueError(f"{PAGE.name} has {count} places for {name}")
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
