"""What is compared: windows before and after, ways to measure a change, and one number per municipality for each.

Registers and surveys meet here: both are a panel of one measure of all municipalities over time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from jobreport.compare.effect import Effect, Measured, effects
from jobreport.compare.rows import Roles, Row
from jobreport.domain.released import window_of
from jobreport.domain.rules import INDEX_HIGHEST, INDEX_LOWEST
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.measures import Measure

LONGEST = 3


@dataclass(frozen=True)
class Window:
    """Positions, in order of time, of the waves before and after."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    @classmethod
    def of(cls, periods: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Window:
        """Find the labels among the periods; ValueError names those that are not there."""
        missing = [label for label in (*before, *after) if label not in periods]
        if missing or not before or not after:
            raise ValueError(f"windows {list(before)} and {list(after)}: not in the data: {missing}")
        place = {label: i for i, label in enumerate(periods)}
        window = cls(tuple(sorted(place[p] for p in before)), tuple(sorted(place[p] for p in after)))
        if window.before[-1] >= window.after[0]:
            raise ValueError(f"the window before {list(before)} does not end before {list(after)}")
        return window

    def contrast(self, periods: int) -> tuple[float, ...]:
        """Coefficient of every period: each wave of a window counts the same."""
        weights = [0.0] * periods
        for i in self.before:
            weights[i] = -1 / len(self.before)
        for i in self.after:
            weights[i] = 1 / len(self.after)
        return tuple(weights)


def false_windows(window: Window, seasons: int = 1) -> tuple[Window, ...]:
    """Every earlier cut, using only periods up to the last one before the event.

    Windows of the same length and distance where there is room; otherwise the periods before the
    event are cut at every place in turn. With several ``seasons`` a year every cut lies a whole number
    of years earlier, so that the same months (quarters) are compared.

    Examples
    --------
    >>> [w.after for w in false_windows(Window((3,), (4,)))]
    [(1,), (2,), (3,)]
    >>> [(w.before, w.after) for w in false_windows(Window((0, 1, 2), (3, 4, 5)))]
    [((0,), (1, 2)), ((0, 1), (2,))]
    >>> [w.after for w in false_windows(Window((8,), (12,)), seasons=4)]
    [(4,), (8,)]
    """
    last = window.before[-1]
    found = []
    latest = window.after[-1] - last
    for shift in (shift for shift in range(window.before[0], latest - 1, -1) if shift % seasons == 0):
        before = tuple(i - shift for i in window.before)
        after = tuple(i - shift for i in window.after)
        found.append(Window(before, after))
    if found:
        return tuple(found)
    cuts = range(window.before[0] + 1, last + 1)
    return tuple(
        Window(tuple(i for i in window.before if i < cut), tuple(i for i in window.before if i >= cut))
        for cut in cuts
        if cut in window.before and (cut - window.before[0]) % seasons == 0
    )


def other_windows(window: Window, periods: int, seasons: int = 1) -> tuple[Window, ...]:
    """Windows of one to three periods next to the event, and the chosen one first.

    With several ``seasons`` a year they hold one to three whole years.

    Examples
    --------
    >>> len(other_windows(Window((7,), (8,)), 11))
    9
    """
    last, first = window.before[-1], window.after[0]
    lengths = [years * seasons for years in range(1, LONGEST + 1)]
    befores = [tuple(range(last - n + 1, last + 1)) for n in lengths if n <= last + 1]
    afters = [tuple(range(first, first + n)) for n in lengths if first + n <= periods]
    every = [Window(before, after) for before in befores for after in afters]
    return (window, *(other for other in every if other != window))


def unforeseen(window: Window, foreseen: Collection[int], seasons: int = 1) -> Window | None:
    """Leave periods out of the window before in which the event was known to come.

    Where none is left it is moved to earlier years, whole ones. None where nothing was foreseen, or nothing is earlier.

    Examples
    --------
    >>> unforeseen(Window((0, 1, 2), (3,)), {2}).before, unforeseen(Window((2,), (3,)), {1, 2}).before
    ((0, 1), (0,))
    """
    kept = tuple(i for i in window.before if i not in foreseen)
    if len(kept) == len(window.before):
        return None
    earlier = kept or window.before
    while not kept and earlier[0] >= seasons:
        earlier = tuple(i - seasons for i in earlier)
        kept = () if set(earlier) & set(foreseen) else earlier
    return Window(kept, window.after) if kept else None


@dataclass(frozen=True)
class Line:
    """Least squares through periods before the event; time is counted in periods, with several seasons in years."""

    periods: tuple[int, ...]
    seasons: int = 1

    @classmethod
    def before(cls, last: int, observed: Sequence[bool], seasons: int = 1) -> Line:
        """Take every observed period up to the last one before the event; with several seasons whole years of them.

        Examples
        --------
        >>> Line.before(3, [True, False, True, True, True]).periods, Line.before(6, [True] * 9, 4).periods
        ((0, 2, 3), (3, 4, 5, 6))
        """
        first = (last + 1) % seasons
        return cls(tuple(period for period in range(first, last + 1) if observed[period]), seasons)

    def contrast(self, periods: int) -> tuple[float, ...]:
        """Coefficient of every period in the slope; all nought where there is no line to draw.

        Examples
        --------
        >>> Line((0, 1, 2)).contrast(4)
        (-0.5, 0.0, 0.5, 0.0)
        """
        weights = np.zeros(periods)
        if self.steps > 1:
            times = self._times()
            weights[list(self.periods)] = (times - times.mean()) / ((times - times.mean()) ** 2).sum()
        return tuple(weights.tolist())

    @property
    def steps(self) -> int:
        """Different times that the line goes through."""
        return len(np.unique(self._times()))

    def distance(self, window: Window) -> float:
        """Time from the middle of the window before to the middle of that after.

        Examples
        --------
        >>> Line((0, 1, 2)).distance(Window((0, 1, 2), (3, 4, 5)))
        3.0
        """
        return float(np.mean(window.after) - np.mean(window.before)) / self.seasons

    def _times(self) -> np.ndarray:
        return np.array([-((self.periods[-1] - period) // self.seasons) for period in self.periods], dtype=float)


@dataclass(frozen=True)
class Choice:
    """One way to measure the change: windows, scale, weighted or not, adjusted for the mix or not.

    ``level`` is the window whose level tells how much an official figure swings, if it is not that of the change.
    """

    window: Window
    scale: str = "points"
    weighted: bool = True
    adjusted: bool = False
    level: Window | None = None


@dataclass(frozen=True)
class Changes(Measured):
    """Change of every municipality by several choices, NaN where it is undefined."""

    codes: tuple[str, ...] = field(kw_only=True)

    def take(self, choices: Sequence[int]) -> Changes:
        """Keep some of the choices, in this order; one may be taken again and again."""
        return Changes(**vars(self.of(np.array(choices, dtype=np.int64))), codes=self.codes)

    def where(self, codes: Sequence[str]) -> list[int]:
        """Positions of municipalities; one that is not in the data has none."""
        return [self._place[code] for code in codes if code in self._place]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def usable(self) -> Bools:
        """Which have a change and, in surveys, a known variance.

        A sampled change without variance (all answered alike) is not certain but of unknown
        uncertainty; it cannot be weighted.
        """
        known = np.isfinite(self.change)
        return known if self.variance is None else known & (self.variance > 0)

    def effects(self, treated: Sequence[str], *comparisons: Sequence[str]) -> list[Effect]:
        """Compare by every choice with the same municipalities, or by each with its own.

        All NaN where the change of a treated municipality is not known.
        """
        sets = [np.array(self.where(codes), dtype=np.int64) for codes in comparisons]
        sets = sets * len(self.change) if len(sets) == 1 else sets
        others = [codes[known[codes]] for codes, known in zip(sets, self.usable, strict=True)]
        return effects(self._known(treated), self, others)

    def _known(self, codes: Sequence[str]) -> Measured:
        own = self.where(codes)

        def of(table: Floats) -> Floats:
            if len(own) < len(codes):
                return np.full((len(table), len(codes)), np.nan)
            return np.where(self.usable[:, own], table[:, own], np.nan)

        return self.each(of)


class Panel(Protocol):
    """One measure of all municipalities over time."""

    codes: tuple[str, ...]
    periods: tuple[str, ...]
    choices: tuple[tuple[str, bool, bool], ...]
    """(scale, weighted, adjusted) that can be had, for the specification curve."""

    @property
    def assumed(self) -> str:
        """What the interval of every comparison takes for granted, as a reason; '' if nothing beyond the method."""

    def changes(self, choices: Sequence[Choice]) -> Changes:
        """Change of every municipality by each of the choices."""

    def slopes(self, line: Line, scale: str) -> Changes:
        """Slope of every municipality along a line."""

    def level(self, window: Window) -> Floats:
        """Mean of every municipality over the window before."""

    def observed(self, code: str) -> Bools:
        """Periods in which a municipality has a value."""

    def unit(self, scale: str) -> str:
        """Unit of a change on a scale."""


@dataclass(frozen=True)
class Question:
    """What is asked of a panel: who, when, on which scales, and with which checks.

    ``scales[0]`` is the chosen one. Only a ``headline`` measure goes through all checks. ``identity``
    holds the columns that all rows share. ``seasons`` is the number of periods in a year of a register
    that moves with the seasons. In ``foreseen`` periods the event was known to come.
    """

    roles: Roles
    window: Window
    scales: tuple[str, ...]
    identity: Row
    adjustments: tuple[bool, ...] = (False,)
    false_dates: bool = True
    specifications: bool = True
    regions: Mapping[str, str] = field(default_factory=dict)
    unchanged_margin: float | None = None
    listed: bool = False
    headline: bool = True
    seasons: int = 1
    foreseen: tuple[int, ...] = ()

    def about(self, measure: Measure, headlines: Collection[tuple[str, str, str]]) -> Question:
        """Ask the same of one measure; every choice is tried of a headline alone."""
        identity = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
        margins = {"share": 1.0, "index": INDEX_HIGHEST - INDEX_LOWEST}  # (a margin is in the unit of a share)
        known = self.unchanged_margin is not None and measure.name in margins
        return replace(
            self,
            identity=self.identity | identity,
            unchanged_margin=(self.unchanged_margin or 0.0) * margins[measure.name] if known else None,
            headline=(measure.indicator, measure.name, measure.category) in headlines,
        )

    def choices(self) -> tuple[Choice, ...]:
        """Ways to measure the change that get an effect; the chosen one first."""
        return tuple(
            Choice(self.window, scale, adjusted=adjusted)
            for scale in self.scales
            for adjusted in (self.adjustments if scale == "points" else (False,))
        )

    def row(self, panel: Panel, choice: Choice, method: str, **values: object) -> Row:
        """Start a row: identity, method, scale and windows."""
        return {
            **self.identity,
            "method": method,
            "unit": panel.unit(choice.scale),
            "scale": choice.scale,
            "adjustment": "mix" if choice.adjusted else "",
            "wave_before": window_of(panel.periods[i] for i in choice.window.before),
            "wave_after": window_of(panel.periods[i] for i in choice.window.after),
            **values,
        }
