"""How often the words of a comparison are said where they are wrong, and where they are right.

``python tests/simulation/words.py`` writes study_words.csv beside itself (some minutes). Every row has its own random
numbers. The tests in test_words.py hold the file to what is promised and make a part of it again.

gate: 'clear' is how often the interval leaves zero out, 'word' how often the difference also bears that the course
before goes on (`jobreport.compare.course`), whatever the number of waves. Model as in study.py.

rank: 'raw' and 'studentised' are how often the treated is among the outer tenth where nothing happened, by the change
alone and by what the product prints, with others of 20 to 1,000 answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from jobreport.compare.course import Course
from jobreport.compare.effect import Floats, effect, ranks
from jobreport.compare.panel import Changes, Line, Window
from tests.simulation import study

HERE = Path(__file__).parent
SEED = 20260315
REPLICATES = 2_000
GATES = tuple((before, drift, size) for before in (3, 6, 8) for drift, size in ((0, 0), (0.02, 0), (0, 0.1), (0, 0.15)))
ANSWERS = (20, 40, 150, 1000)


@dataclass(frozen=True)
class Row:
    """One row of study_words.csv; shares of the countries."""

    what: str
    case: str
    before: str
    after: str


def gate(before: int, drift: float, size: float, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """42 others, three waves after, 150 answers in each municipality and wave."""
    case = GATES.index((before, drift, size))
    rng = np.random.default_rng([seed, case])
    scenario = study.Scenario("", comparison=42, before=before, drift=drift)
    window = Window(tuple(range(before)), tuple(range(before, before + 3)))
    line = Line(window.before)
    codes = tuple(str(place) for place in range(43))
    contrasts = np.array([window.contrast(before + 3), line.contrast(before + 3)])
    clear, word = 0, 0
    for estimate, variance in zip(*study.asked(scenario, size, replicates, rng), strict=True):
        change, slope = (
            Changes(codes, (estimate @ c)[None], (variance @ c**2)[None]) for c in contrasts
        )  # fmt: skip
        (found,) = change.effects(codes[:1], codes[1:])
        clear += found.p_value < 0.05
        word += Course.of(slope, line, window, codes[:1], codes[1:]).bears(found)
    truth = f"{before} + 3 waves, drift {100 * drift:g}, effect {100 * size:g}"
    return Row("gate", truth, f"{clear / replicates:.4f}", f"{word / replicates:.4f}")


def rank(n: int, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """42 others of 20 to 1,000 answers, three waves before and after; the treated has n."""
    rng = np.random.default_rng([seed, 1000 + n])
    answers = np.exp(rng.uniform(np.log(20), np.log(1000), (replicates, 43))).astype(int)
    answers[:, 0] = n
    p = 0.59 + rng.normal(0, 0.06, (replicates, 43, 1)) + rng.normal(0, 0.03, (replicates, 43, 6))
    found = rng.binomial(answers[:, :, None], np.clip(p, 0.005, 0.995)) / answers[:, :, None]
    variance = found * (1 - found) / (answers[:, :, None] - 1)
    sign = np.repeat([-1 / 3, 1 / 3], 3)
    change, error = found @ sign, variance @ sign**2
    even = np.ones(change.shape)
    raw = ranks(change[:, 0], change[:, 1:], even[:, 0], even[:, 1:])
    printed = np.array([_rank(d, v) for d, v in zip(change, error, strict=True)])
    return Row("rank", f"{n} answers", *(f"{(each / 43 <= 0.10).mean():.4f}" for each in (raw, printed)))


def _rank(change: Floats, variance: Floats) -> int:
    return effect(change[:1], change[1:], variance[:1], variance[1:]).rank


def rows() -> Iterator[Row]:
    """All rows, in the order of the file."""
    yield from (gate(*case) for case in GATES)
    yield from (rank(n) for n in ANSWERS)


def main() -> None:
    table = pd.DataFrame(asdict(row) for row in rows()).assign(seed=SEED, replicates=REPLICATES)
    table.to_csv(HERE / "study_words.csv", index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    main()
