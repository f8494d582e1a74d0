"""How sure a planned survey would be, by the model of `compare`.

The detectable change of one municipality beside J0 others is ``multiple(J0 - 1) x SE`` with

    SE^2 = (tau^2 + v) (1 + 1/J0),   v = (sigma^2/n) deff (1 - overlap x rho) (1/before + 1/after)

where tau is how much municipalities' changes differ by themselves, n the answers per wave, sigma the
standard deviation of one answer, deff the design effect of the weights, ``overlap`` the share who answer
both before and after and rho the correlation of their answers. What collecting more cannot buy is tau.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from jobreport.compare.effect import detectable_multiple
from jobreport.compare.permitted import permitted
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, UNCHANGED_LEVEL

MOST = 100_000
CHANCE = 0.5  # of being called unchanged, for which the answers are told


@dataclass(frozen=True)
class Design:
    """What a survey is planned to be; shares and changes in [0, 1]."""

    n_comparison: int  # municipalities to compare with, each with as many answers as the treated one
    waves_before: int = 3  # the event
    waves_after: int = 3
    share: float = 0.5  # expected share; .5 needs most answers
    # tau: standard deviation of the municipalities' own changes (0.03 is three points), best taken from earlier waves
    between: float = 0.03
    design_effect: float = 1.0  # 1 + cv^2 of the weights
    overlap: float = 0.0  # share of respondents who answer on both sides of the event
    correlation: float = 0.5  # of their answers
    variance: float | None = None  # of one answer; None is that of a share, p(1 - p)

    def standard_error(self, n_per_wave: float) -> float:
        """Standard error of the effect with so many answers per municipality and wave."""
        sampling = self.answer_variance / n_per_wave * self.design_effect
        sampling *= 1 / self.waves_before + 1 / self.waves_after
        sampling *= 1 - self.overlap * self.correlation
        return float(np.sqrt((self.between**2 + sampling) * (1 + 1 / self.n_comparison)))

    @property
    def answer_variance(self) -> float:
        """Variance of one answer."""
        return self.share * (1 - self.share) if self.variance is None else self.variance

    def level_width(self, n: float, persons: float = np.inf) -> float:
        """Half the 95 pct. interval of a level of so many answers, drawn at random of so many persons.

        Examples
        --------
        A random 148 of 389, and of very many:

        >>> [round(Design(12).level_width(148, persons), 3) for persons in (389, float("inf"))]
        [0.063, 0.081]
        """
        left = max(1 - n / persons, 0.0)
        return float(special.ndtri(0.975) * np.sqrt(self.answer_variance * self.design_effect / n * left))

    def unchanged(self, n_per_wave: float, margin: float) -> float:
        """Chance that where nothing changed it is called so: that the 90 pct. interval lies within the margin.

        Examples
        --------
        Hardly ever with 150 answers and a margin of five points:

        >>> Design(42).unchanged(150, 0.05)
        0.0
        """
        if self.n_comparison < FEWEST_FOR_INTERVAL:
            return 0.0
        df, error = self.n_comparison - 1, self.standard_error(n_per_wave)
        room = margin / error - special.stdtrit(df, (1 + UNCHANGED_LEVEL) / 2)
        return float(max(2 * special.stdtr(df, room) - 1, 0.0))

    @property
    def limit(self) -> float:
        """The smallest change that endless answers could show: the municipalities differ by themselves."""
        return self.detectable(MOST**2)

    @property
    def wording_level(self) -> str:
        """What the design may say at most."""
        return permitted(self.n_comparison, self.waves_before)[0]

    def detectable(self, n_per_wave: float) -> float:
        """Change that is found significant in 80 of 100 cases; NaN with fewer than 4 to compare with.

        Examples
        --------
        150 answers in each of three waves before and three after, beside 12 others: about 14 points.

        >>> round(Design(12).detectable(150), 2)
        0.14
        """
        if self.n_comparison < FEWEST_FOR_INTERVAL:
            return np.nan
        return detectable_multiple(self.n_comparison - 1) * self.standard_error(n_per_wave)


def answers_needed(design: Design, change: float) -> int | None:
    """Answers per municipality and wave to detect a change; None if no number is enough.

    Examples
    --------
    >>> answers_needed(Design(43), 0.02) is None
    True
    """
    return _fewest(lambda n: design.detectable(n) <= change)


def answers_for_unchanged(design: Design, margin: float) -> int | None:
    """Answers per municipality and wave with which no change is called so half the time; None if none are enough."""
    return _fewest(lambda n: design.unchanged(n, margin) >= CHANCE)


def _fewest(enough: Callable[[int], bool]) -> int | None:
    if not enough(MOST):
        return None
    low, high = 1, MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def on_index(design: Design, answers: Sequence[float], positive: int) -> Design:
    """The same plan measured on the index of a question: its figures in points of the share that go with the index.

    What happens is taken to move everybody's opinion alike, on a normal scale that the answers cut into pieces: then
    share and index move by the heights of the curve at their cuts. ``answers``: share of each answer, from the least to
    the most positive. ``positive``: how many of the last are the positive ones.

    Examples
    --------
    Of five answers as published surveys have them the index needs 71 pct. of the answers that the share needs:

    >>> share = Design(42, between=0.0, share=0.59)
    >>> index = on_index(share, (0.07, 0.13, 0.21, 0.40, 0.19), 2)
    >>> round(index.answer_variance / share.answer_variance, 2)
    0.71
    """
    part = np.asarray(answers, dtype=float) / np.sum(answers)
    cuts = special.ndtri(np.clip(np.cumsum(part)[:-1], 1e-9, 1 - 1e-9))
    height = np.exp(-(cuts**2) / 2)
    points = np.linspace(0.0, 1.0, len(part))
    slope = height.mean() / height[-positive]
    spread = (part * points**2).sum() - (part * points).sum() ** 2
    return replace(design, variance=float(spread / slope**2))
