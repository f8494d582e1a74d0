"""Ten million answers: all estimates with intervals beside pandas' three-key groupby, in one run.

    python tests/benchmarks/ten_million.py [rows]

prints the seconds of both, their ratio and the peak memory of a process that only estimates. Promised:
at least five times as fast as pandas (categorical keys, observed=True, built-in sums), under 1.5 GB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from jobreport.estimate.indicators import estimate
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale

MUNICIPALITIES, WAVES, GROUPS = 98, 10, 6
ITEMS = ("satisfaction", "trust", "meaning")
KEYS = ["municipality_code", "wave", "benefit_group"]
SCALE = Scale("grad", {"en": ("1", "2", "3", "4", "5")}, 2, 2)
INDICATORS = tuple(Indicator(item, {}, (Question(item, {}, SCALE),)) for item in ITEMS)


def responses(rows: int) -> pd.DataFrame:
    """Made-up answers with weights, 5 per cent "don't know" and 5 per cent none."""
    rng = np.random.default_rng(10)

    def labels(count: int) -> pd.Categorical:
        codes = rng.integers(0, count, rows, dtype=np.int8)
        return pd.Categorical.from_codes(codes, [f"{100 + i}" for i in range(count)])

    frame = {"municipality_code": labels(MUNICIPALITIES), "wave": labels(WAVES), "benefit_group": labels(GROUPS)}
    frame["weight"] = rng.uniform(0.5, 2, rows)
    answers = np.array([-1, 0, *[1, 2, 3, 4, 5] * 4, 4, 5], dtype=np.int8)
    for item in ITEMS:
        frame[item] = answers[rng.integers(0, len(answers), rows, dtype=np.int8)]
    return pd.DataFrame(frame)


def ours(frame: pd.DataFrame) -> pd.DataFrame:
    """Shares, distribution, means, indices and "don't know" with intervals, flags and reasons."""
    return estimate(Tallies(Sample(frame), ("benefit_group",)), all_measures(INDICATORS), simulated=True, names={})


def pandas_sums(frame: pd.DataFrame) -> pd.DataFrame:
    """What one would write first: weighted sums by three keys, for every question.

    It does less than `ours`: no distribution of the answers, no "don't know", no intervals, no country.
    """
    parts = []
    for item in ITEMS:
        valid = frame[frame[item] > 0]
        y, w = valid[item].astype(float), valid["weight"]
        sums = valid[KEYS].assign(w=w, ww=w * w, wy=w * y, wwy=w * w * y, wwyy=(w * y) ** 2)
        for box, inside in {"positive": y >= 4, "neutral": y == 3, "negative": y <= 2}.items():
            sums[f"w_{box}"], sums[f"ww_{box}"] = w * inside, w * w * inside
        parts.append(sums.groupby(KEYS, observed=True).sum())
    return pd.concat(parts, axis=1, keys=ITEMS)


def seconds(function, frame: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    """Time one call."""
    start = time.perf_counter()
    found = function(frame)
    return time.perf_counter() - start, found


def peak_gigabytes(rows: int) -> float:
    """Peak memory of a process that makes the answers and estimates (Linux and macOS)."""
    code = (
        "import resource, runpy, sys; m = runpy.run_path(sys.argv[1]); m['ours'](m['responses'](int(sys.argv[2])));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, __file__, str(rows)], capture_output=True, check=True, text=True)
    unit = 1e9 if sys.platform == "darwin" else 1e6
    return int(done.stdout) / unit


def measure(rows: int) -> dict[str, float]:
    """Run both and check that they agree."""
    memory = peak_gigabytes(rows)  # first: a child process starts with its parent's peak
    frame = responses(rows)
    ours(frame.head(1000))  # imports are not part of it
    fast, estimates = seconds(ours, frame)
    slow, sums = seconds(pandas_sums, frame)
    groups = estimates.query("group_by != '' and municipality_code != '000'").set_index([*KEYS[:2], "group"])
    for item in ITEMS:
        mean = groups[(groups["indicator"] == item) & (groups["measure"] == "mean")]["estimate"]
        naive = (sums[item]["wy"] / sums[item]["w"]).rename_axis([*KEYS[:2], "group"])
        np.testing.assert_allclose(mean.sort_index(), naive.sort_index(), rtol=1e-10)
    return {
        "rows": rows,
        "estimates": len(estimates),
        "seconds": round(fast, 2),
        "pandas_seconds": round(slow, 2),
        "times_faster": round(slow / fast, 1),
        "peak_gigabytes": round(memory, 2),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000), indent=2) + "\n")
