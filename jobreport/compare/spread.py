"""How much municipalities swing of themselves: an official figure that is high swings more than one that is low.

On the unemployment of 98 municipalities in ten years an interval that takes all to swing alike cried wolf in 1.6 pct.
of the cases in the quarter with the lowest level and in 12.5 in the highest (`tests/golden/test_spread.py`).

Small municipalities swing more than large ones at the same level, which is not learned: files of official figures do
not say how many there are. In the quarter with the fewest inhabitants it still cried wolf in 9 (points) and 11 (per
cent) of 100, in that with the most in less than 1; with size in the spread it would be 5.6 and 2.5 (same test).

References
----------
Davidian, M. and Carroll, R. J. (1987). Variance function estimation. Journal of the American Statistical
Association 82, 1079-1091.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from jobreport.compare.effect import TIE, effects, weighted_mean
from jobreport.compare.panel import Changes
from jobreport.estimate.estimators import Bools, Floats, Ints

ALIKE_IN_POINTS, ALIKE_IN_PER_CENT = 0.0, 1.0
HALFWAY, BELIEVED_TO = 0.5, 0.5
QUARTERS, FEWEST_FOR_RATE = 4, 20


@dataclass(frozen=True)
class Spread:
    """Changes in points swing as level to the power of ``exponent``, changes of logarithms as one power less.

    ``n`` is the number of changes before the event that the exponent was found from; None as exponent where levels
    are not all above zero, so that all are taken to swing alike.
    """

    exponent: float | None
    n: int = 0

    @classmethod
    def of(cls, windows: Sequence[tuple[Floats, Floats]]) -> Spread:
        """Find the exponent from levels and changes before the event; see `exponent`."""
        known = [(level[here], change[here]) for level, change in windows for here in [np.isfinite(level + change)]]
        told = [(level, change) for level, change in known if len(level) > 1 and np.ptp(change) > TIE]
        return cls(exponent(told), sum(len(level) for level, _ in told))

    def at(self, level: Floats, scale: str) -> Floats:
        """How much municipalities at these levels swing beside each other."""
        if self.exponent is None:
            return np.ones_like(level)
        return np.asarray(level ** (self.exponent - (scale == "log")))

    @property
    def reason(self) -> str:
        """What has to be said with an interval that rests on it."""
        return "spread_alike" if self.exponent is None else "" if self.n else "spread_assumed"


def exponent(windows: Sequence[tuple[Floats, Floats]]) -> float:
    """Find b in: standard deviation of a change in points = constant of its window x level to the power of b.

    Parameters
    ----------
    windows
        Of each window before the event the level before and the change of the municipalities, which are not all alike.

    Returns
    -------
    float
        Between 0 (all swing alike in points) and 1 (alike in per cent): the most likely b if the changes of each
        window are normal around their mean, and b is believed to be a half, give or take a half, before they are seen.
        So it is a half where nothing was seen.

    Examples
    --------
    Levels 1 and 4; around their mean the first swing by 1, the others by 4: in proportion to the level.

    >>> window = np.array([1.0, 1.0, 4.0, 4.0]), np.array([-1.0, 1.0, -4.0, 4.0])
    >>> round(exponent([window] * 9), 2), exponent([])
    (0.95, 0.5)
    """
    if not windows:
        return HALFWAY

    def misfit(b: float) -> float:
        return (b - HALFWAY) ** 2 / (2 * BELIEVED_TO**2) + sum(_misfit(b, *window) for window in windows)

    found = optimize.minimize_scalar(misfit, bounds=(ALIKE_IN_POINTS, ALIKE_IN_PER_CENT), method="bounded")
    return float(round(found.x, 4))


def _misfit(b: float, level: Floats, change: Floats) -> float:
    """Minus the log likelihood of one window, at the mean and the constant that fit b best."""
    _, _, between = weighted_mean(change[None], level[None] ** b)
    return float(len(level) / 2 * np.log(between[0]) + b * np.log(level).sum())


def false_alarms(changes: Changes, level: Floats, standing: float, others: Sequence[str]) -> tuple[int, int]:
    """How often municipalities at the treated's level stand out where nothing happened.

    Parameters
    ----------
    changes
        At false dates.
    level
        Of every municipality before each of them; shape (false dates, municipalities).
    standing
        Share of the others below the treated before the event; see `below`.
    others
        Those that the treated is compared with; each takes its turn as if it were treated.

    Returns
    -------
    (alarms, tests)
        Among those of the same quarter of level as the treated; nothing where there are too few to call it a rate.
    """
    places = np.array(changes.where(others), dtype=np.int64)
    usable = changes.usable[:, places]
    turns = [(date, at) for date in range(len(level)) for at in _quarter(level[date], places, usable[date], standing)]
    if len(turns) < FEWEST_FOR_RATE:
        return 0, 0
    dates, own = (np.array(each, dtype=np.int64) for each in zip(*turns, strict=True))
    beside = [places[usable[date] & (places != at)] for date, at in turns]
    at_dates = changes.take(dates.tolist()).measured
    treated = at_dates.of(np.arange(len(turns)), own[:, None])
    found = effects(treated, at_dates, beside)
    return sum(low > 0 or high < 0 for low, high in (one.interval() for one in found)), len(turns)


def _quarter(level: Floats, places: Ints, usable: Bools, standing: float) -> Ints:
    """Positions of the municipalities in the quarter of level that the treated lies in."""
    known = places[usable]
    order = np.argsort(np.argsort(level[known], kind="stable"), kind="stable")
    own = min(int(QUARTERS * standing), QUARTERS - 1)
    return np.asarray(known[order * QUARTERS // max(len(known), 1) == own])


def below(level: Floats, own: float) -> float:
    """Share of the levels that lie below a municipality's own.

    Examples
    --------
    >>> below(np.array([1.0, 2.0, 3.0, 4.0]), 3.5)
    0.75
    """
    known = level[np.isfinite(level)]
    return float((known < own).mean()) if len(known) else np.nan
