"""Made-up panels for a second opinion on the gate: the others swing alike and independently, by construction exactly.

Written without anything of jobreport, for the script that asks another package imports it too.
"""

import numpy as np

OTHERS, SPREAD = 24, 3.0
CASES = tuple(
    (before, after, jump, trend)
    for before, after in ((4, 1), (4, 3), (5, 2), (6, 3), (8, 2), (8, 4))
    for jump in (0.0, 8.0, -14.0)
    for trend in (0.0, 1.5, -2.5)
)
"""Periods before and after, what happens to the treated at the event, and how much they move in every period."""


def panel(before: int, after: int, jump: float, trend: float) -> np.ndarray:
    """Values of the treated (first) and of the others in every period.

    The others' values have mean nought and the covariance SPREAD^2 times the identity: cosines are orthogonal.
    """
    periods = before + after
    place, wave = np.arange(OTHERS)[:, None] + 0.5, np.arange(periods)[None]
    others = SPREAD * np.sqrt(2 * (OTHERS - 1) / OTHERS) * np.cos(np.pi * place * (wave + 1) / OTHERS)
    treated = trend * np.arange(periods) + jump * (np.arange(periods) >= before) + np.sin(7.0 * np.arange(periods))
    return 50 + np.vstack([treated, others])
