"""How much of a change is another mix of groups, and how much is that the groups answer otherwise.

References
----------
Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the American
Statistical Association 50, 1168-1194.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobreport.compare.windows import Window
from jobreport.estimate.estimators import Floats, Ints
from jobreport.estimate.tally import Tally
from jobreport.estimate.wave_estimates import WaveEstimates


@dataclass(frozen=True)
class Split:
    """One part of a change; arrays over places, NaN where a group is empty in a window."""

    value: Floats
    variance: Floats


def split(
    tally: Tally,
    values: Floats,
    window: Window,
    part: str,
    *,
    weighted: bool = True,
    pooled: bool = False,
) -> Split:
    """Split the change of every municipality (or of all together) and give one part of it.

    Each wave of a window counts the same, so rates + mix is exactly the unadjusted change of those
    whose group is known. The variance carries that the mix, too, is estimated.

    Parameters
    ----------
    tally
        With the groups to standardise on; who has none is not used.
    values
        Value of each cell; NaN is no answer.
    part
        'rates': the change with the mix held at the mean of before and after (direct
        standardisation); 'mix': what the groups' shares make, at the mean of their rates.
    """
    waves, group = tally.overlap.waves, tally.group
    groups = int(group.max(initial=-1)) + 1
    places = 1 if pooled else tally.overlap.places
    in_window = tally.overlap.in_waves((*window.before, *window.after))
    used = np.flatnonzero(~np.isnan(values) & (group >= 0) & in_window[tally.stratum % waves])
    y, kind, wave = values[used], group[used], tally.stratum[used] % waves
    weight = (tally.w if weighted else tally.n)[used]
    stratum = wave if pooled else tally.stratum[used]
    sums = _sums(y, weight, kind, groups, stratum, places * waves)
    before = _window(*sums, places, waves, window.before)
    after = _window(*sums, places, waves, window.after)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _Part.rates(before, after) if part == "rates" else _Part.mix(before, after)
    cell = (stratum // waves) * groups + kind
    in_after = tally.overlap.in_waves(window.after)[wave]
    # (the contrast subtracts what was before, so its derivatives change sign here)
    on_value = np.where(in_after, found.after_part.ravel()[cell], -found.before_part.ravel()[cell])
    on_share = np.where(in_after, found.after_share.ravel()[cell], -found.before_share.ravel()[cell])
    with np.errstate(invalid="ignore"):  # where a group is empty the value is missing, and so will be its variance
        scored = y * on_value + on_share
    scored[~np.isfinite(scored)] = 0.0
    influence = np.full(len(values), np.nan)
    influence[used] = scored
    waves_scored = WaveEstimates.of(tally, influence, weighted=weighted, pooled=pooled)
    _, variance = waves_scored.contrast(np.asarray(window.contrast(waves)))
    return Split(found.value, np.where(np.isnan(found.value), np.nan, variance))


def _sums(
    values: Floats, weight: Floats, group: Ints, groups: int, stratum: Ints, strata: int
) -> tuple[Floats, Floats]:
    """Each group's share of a wave's weight, and its contribution to the wave's estimate."""
    key = stratum * groups + group
    w = np.bincount(key, weight, strata * groups).reshape(strata, groups)
    wy = np.bincount(key, weight * values, strata * groups).reshape(strata, groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = w.sum(axis=1, keepdims=True)
        return w / total, wy / total


def _window(share: Floats, part: Floats, places: int, waves: int, used: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Mean over the waves of a window; shape (places, groups)."""
    means = (each.reshape(places, waves, -1)[:, list(used)].mean(axis=1) for each in (share, part))
    return next(means), next(means)


@dataclass(frozen=True)
class _Part:
    """Value of one part and its derivatives by each group's contribution and share."""

    value: Floats
    before_part: Floats
    before_share: Floats
    after_part: Floats
    after_share: Floats

    @classmethod
    def rates(cls, before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> _Part:
        (b0, a0), (b1, a1) = before, after
        held, p0, p1 = (b0 + b1) / 2, a0 / b0, a1 / b1
        gone = (b0 == 0) & (b1 == 0)  # a group that never was there needs no rate
        pieces = (
            held * (p1 - p0),
            -held / b0,
            (p1 - p0) / 2 + held * p0 / b0,
            held / b1,
            (p1 - p0) / 2 - held * p1 / b1,
        )
        value, *derivatives = (np.where(gone, 0.0, piece) for piece in pieces)
        return cls(value.sum(axis=1), *derivatives)

    @classmethod
    def mix(cls, before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> _Part:
        (b0, a0), (b1, a1) = before, after
        p0, p1 = a0 / b0, a1 / b1
        gone = (b0 == 0) & (b1 == 0)
        pieces = (
            (p0 + p1) / 2 * (b1 - b0),
            (b1 - b0) / (2 * b0),
            -(p0 + p1) / 2 - p0 * (b1 - b0) / (2 * b0),
            (b1 - b0) / (2 * b1),
            (p0 + p1) / 2 - p1 * (b1 - b0) / (2 * b1),
        )
        value, *derivatives = (np.where(gone, 0.0, piece) for piece in pieces)
        return cls(value.sum(axis=1), *derivatives)
