"""What registers and surveys have in common once changes are known: one number per municipality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from jobreport.compare.effect import Effect, effect
from jobreport.compare.windows import Window
from jobreport.estimate.estimators import Bools, Floats


@dataclass(frozen=True)
class Choice:
    """One way to measure the change: windows, scale, weighted or not, adjusted for the mix or not."""

    window: Window
    scale: str = "points"
    weighted: bool = True
    adjusted: bool = False


@dataclass(frozen=True)
class Changes:
    """Change of every municipality by one choice; NaN where it is undefined.

    ``variance`` is the sampling variance, None for registers.
    """

    codes: tuple[str, ...]
    change: Floats
    variance: Floats | None = None

    def where(self, codes: Sequence[str]) -> list[int]:
        """Positions of municipalities; one that is not in the data has none."""
        place = {code: i for i, code in enumerate(self.codes)}
        return [place[code] for code in codes if code in place]

    def usable(self, codes: Sequence[str]) -> list[int]:
        """Positions of those with a change and, in surveys, a known variance.

        A sampled change without variance (all answered alike) is not certain but of unknown
        uncertainty; it cannot be weighted.
        """
        known = np.isfinite(self.change)
        if self.variance is not None:
            known &= self.variance > 0
        return [i for i in self.where(codes) if known[i]]

    def effect(self, treated: Sequence[str], comparison: Sequence[str]) -> Effect:
        """Compare; all NaN if the change of a treated municipality is not known."""
        own, others = self.usable(treated), self.usable(comparison)
        if len(own) < len(treated):
            found = self._effect(others[:1], others)
            df = max(len(others) - 1, 0)
            return Effect(np.nan, np.nan, df, 0, len(others), found.mean, found.mean_error)
        return self._effect(own, others)

    def _effect(self, own: list[int], others: list[int]) -> Effect:
        if self.variance is None:
            return effect(self.change[own], self.change[others])
        return effect(self.change[own], self.change[others], self.variance[own], self.variance[others])


class Panel(Protocol):
    """One measure of all municipalities over time."""

    codes: tuple[str, ...]
    periods: tuple[str, ...]
    choices: tuple[tuple[str, bool, bool], ...]
    """(scale, weighted, adjusted) that can be had, for the specification curve."""

    def changes(self, choice: Choice) -> Changes:
        """Change of every municipality."""
        ...

    def level(self, window: Window) -> Floats:
        """Mean of every municipality over the window before."""
        ...

    def observed(self, code: str) -> Bools:
        """Periods in which a municipality has a value."""
        ...

    def unit(self, scale: str) -> str:
        """Unit of a change on a scale."""
        ...
