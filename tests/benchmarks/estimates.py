"""All estimates of ten million made-up answers, beside pandas' three-key groupby in the same run.

``python tests/benchmarks/estimates.py --answers 10000000`` prints a Markdown table. Both sides give every
measure of three indicators (satisfaction; trust, of three questions; meaning) in 98 municipalities × 10
waves × 6 groups (four benefit groups, two genders). pandas gets categorical keys, ``observed=True`` and
its built-in sums, and only has to give estimates and standard errors; jobreport gives intervals, flags,
everybody and the whole country as well. Each side runs in a process of its own, so that its memory is
its own.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from jobreport import codebook_file, municipalities
from jobreport.indicators import estimate
from jobreport.measures import all_measures
from jobreport.simulate import Design, draw_country, responses

DEMO = Path(__file__).parent.parent.parent / "data" / "demo" / "codebook.yml"
WAVES = tuple(f"20{year}-{half}" for year in range(18, 23) for half in (1, 2))
GROUPS = ("benefit_group", "gender")
SIDES = ("jobreport", "pandas")


def by_jobreport(answers: pd.DataFrame, indicators) -> pd.DataFrame:
    """One pass over the answers per question."""
    return estimate(answers, indicators, group_by=GROUPS, simulated=True, names={})


def by_pandas(answers: pd.DataFrame, indicators) -> pd.DataFrame:
    """A three-key groupby per measure and grouping."""
    weight, rows = answers["weight"], []
    people = answers.groupby(["municipality_code", "wave"], observed=True).size().astype(float)
    for measure in all_measures(indicators):
        y = pd.Series(measure.values(answers), index=answers.index)
        w = weight.where(y.notna())
        sums = pd.DataFrame({"n": y.notna(), "w": w, "wy": w * y, "ww": w * w, "wwy": w * w * y, "wwyy": w * w * y * y})
        for column in GROUPS:
            keys = [answers["municipality_code"], answers["wave"], answers[column]]
            found = sums.groupby(keys, observed=True).sum()
            n = people.reindex(found.index.droplevel(2)).to_numpy()
            p = found["wy"] / found["w"]
            squares = found["wwyy"] - 2 * p * found["wwy"] + p**2 * found["ww"]
            error = np.sqrt(squares * n / (n - 1)) / found["w"]
            row = pd.DataFrame({"estimate": p, "standard_error": error}).reset_index(
                names=["municipality_code", "wave", "group"]
            )
            rows.append(row.assign(indicator=measure.indicator, measure=measure.name, category=measure.category))
    return pd.concat(rows, ignore_index=True)


def one_side(side: str, answers_file: Path, result_file: Path) -> None:
    """Read, compute, write what it took; run in a process of its own."""
    answers = pd.read_parquet(answers_file)
    indicators = codebook_file.read(DEMO).indicators
    start = time.perf_counter()
    found = {"jobreport": by_jobreport, "pandas": by_pandas}[side](answers, indicators)
    took = time.perf_counter() - start
    found.to_parquet(result_file)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    sys.stdout.write(f"{took} {peak} {len(found)}\n")


def largest_difference(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """Largest difference of an estimate or a standard error that both sides give."""
    keys = ["indicator", "measure", "category", "municipality_code", "wave", "group"]
    both = ours[ours["group_by"] != ""].merge(theirs, on=keys, suffixes=("", "_pandas"))
    if len(both) != len(theirs):
        raise SystemExit(f"{len(theirs)} rows by pandas, {len(both)} of them by jobreport")
    known = both["standard_error"].notna()
    return max(
        (both["estimate"] - both["estimate_pandas"]).abs().max(),
        (both["standard_error"] - both["standard_error_pandas"])[known].abs().max(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1, help="how often each side runs, in turn")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        one_side(chosen.side, *chosen.files)
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(chosen.answers, chosen.rounds, Path(folder))


def compare(answers: int, rounds: int, folder: Path) -> None:
    """Make the answers, run both sides in turn, print the table."""
    design = Design(
        answers=answers, municipalities=tuple(municipalities.names()), waves=WAVES, effects={}, mix_change={}
    )
    columns = ["respondent_id", "jobcentre_code", "age_group"]
    responses(draw_country(design)).drop(columns=columns).to_parquet(folder / "answers.parquet")
    taken = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            files = [str(folder / "answers.parquet"), str(folder / f"{side}.parquet")]
            command = [sys.executable, __file__, "--side", side, "--files", *files]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            taken[side].append([float(part) for part in done.stdout.split()])
    best = {side: min(runs) for side, runs in taken.items()}
    ratio = best["pandas"][0] / best["jobreport"][0]
    difference = largest_difference(*(pd.read_parquet(folder / f"{side}.parquet") for side in SIDES))
    lines = [
        f"{answers:,} answers, Python {platform.python_version()}, pandas {pd.__version__}, numpy {np.__version__}",
        "",
        "| | seconds | peak memory, GB | estimates |",
        "|---|---|---|---|",
        *(f"| {side} | {best[side][0]:.1f} | {best[side][1]:.2f} | {best[side][2]:,.0f} |" for side in SIDES),
        "",
        f"jobreport is {ratio:.1f} times faster; the largest difference is {difference:.1e}.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
