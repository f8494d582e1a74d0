"""Makes honest.csv, what `diff-diff` says of the panels that test_honest.py computes with.

    pip install diff-diff==3.13.0
    python tests/golden/honest.py        (from anywhere; writes beside itself; needs nothing of jobreport)

The treated beside the mean of the others, every period beside the last one before the event, with the covariance
that the others show; then HonestDiD (Rambachan and Roth 2023) where the course before goes straight on (smoothness,
M = 0), for the mean of the periods after, at 95 pct.
"""

import csv
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from diff_diff import HonestDiD  # noqa: E402
from diff_diff.results import MultiPeriodDiDResults, PeriodEffect  # noqa: E402
from panels import CASES, OTHERS, panel  # noqa: E402


def event_study(values: np.ndarray, before: int) -> MultiPeriodDiDResults:
    """Coefficients beside the last period before, and their covariance from how the others swing."""
    moved = np.delete(values - values[:, [before - 1]], before - 1, axis=1)
    effect = moved[0] - moved[1:].mean(axis=0)
    covariance = np.cov(moved[1:].T) * (1 + 1 / OTHERS)
    periods = [t for t in range(values.shape[1]) if t != before - 1]
    errors = np.sqrt(np.diag(covariance))
    named = {
        t: PeriodEffect(t, effect[i], errors[i], effect[i] / errors[i], 0.5, (0.0, 0.0)) for i, t in enumerate(periods)
    }
    return MultiPeriodDiDResults(
        named, 0.0, 1.0, 0.0, 1.0, (0.0, 0.0), values.size, 1, OTHERS,
        pre_periods=[t for t in periods if t < before], post_periods=[t for t in periods if t >= before],
        vcov=covariance, reference_period=before - 1, interaction_indices={t: i for i, t in enumerate(periods)},
    )  # fmt: skip


def main() -> None:
    """Write one row per case."""
    with (HERE / "honest.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["before", "after", "jump", "trend", "low", "high"])
        for before, after, jump, trend in CASES:
            study = event_study(panel(before, after, jump, trend), before)
            found = HonestDiD(method="smoothness", M=0.0, l_vec=np.full(after, 1 / after)).fit(study)
            lines.writerow([before, after, jump, trend, f"{found.ci_lb:.6f}", f"{found.ci_ub:.6f}"])


if __name__ == "__main__":
    main()
