"""How much of a change is another mix of groups, and how much is that the groups answer otherwise.

References
----------
Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the American
Statistical Association 50, 1168-1194.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jobreport.compare.panel import Window
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Floats, Ints, summed
from jobreport.estimate.tally import Tally


@dataclass(frozen=True)
class Split:
    """One part of a change; arrays (windows, places, measures), NaN where a group is empty in a window."""

    value: Floats
    variance: Floats


def split(
    tally: Tally, windows: Sequence[Window], part: str, *, weighted: bool = True, pool: Ints | None = None
) -> Split:
    """Split the change of every municipality (or of a ``pool`` together) and give one part of it.

    Each wave of a window counts the same, so rates + mix is exactly the unadjusted change of those
    whose group is known. The variance carries that the mix, too, is estimated.

    Parameters
    ----------
    tally
        With the groups to standardise on, not estimated apart; who has none is not used.
    part
        'rates': the change with the mix held at the mean of before and after (direct
        standardisation); 'mix': what the groups' shares make, at the mean of their rates.
    """
    waves, measures = tally.overlap.waves, tally.values.shape[1]
    sums = tally.once((weighted, pool is not None, "mix"), lambda: _sums(tally, weighted=weighted, pool=pool))
    parts = [_of_window(tally, sums, window, part, pooled=pool is not None) for window in windows]
    influence = np.concatenate([scored for _, scored in parts], axis=1)
    waves_scored = WaveEstimates.of_values(tally, influence, weighted=weighted, pool=pool)
    contrasts = np.repeat([window.contrast(waves) for window in windows], measures, axis=0).T[None, None]
    _, variance = waves_scored.contrasts(contrasts)
    value = np.stack([found for found, _ in parts])
    by_window = variance[0].reshape(len(variance[0]), len(windows), measures).transpose(1, 0, 2)
    return Split(value, np.where(np.isnan(value), np.nan, by_window))


def _of_window(
    tally: Tally, sums: tuple[Floats, Floats], window: Window, part: str, *, pooled: bool
) -> tuple[Floats, Floats]:
    """Value of the part by place, and the influence of each cell on it."""
    waves, measures = tally.overlap.waves, tally.values.shape[1]
    before, after = ([each[:, list(used)].mean(axis=1) for each in sums] for used in (window.before, window.after))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (_Part.rates if part == "rates" else _Part.mix)(*before, *after)
    place, wave = np.divmod(tally.stratum, waves)
    cell = tally.group if pooled else place * tally.groups + tally.group
    in_after = tally.overlap.in_waves(window.after)[wave][:, None]
    # (the contrast subtracts what was before, so its derivatives change sign here)
    on_value, on_share = (
        np.where(in_after, later.reshape(-1, measures)[cell], -earlier.reshape(-1, measures)[cell])
        for later, earlier in ((found.after_part, found.before_part), (found.after_share, found.before_share))
    )
    used = tally.overlap.in_waves((*window.before, *window.after))[wave][:, None] & ~np.isnan(tally.values)
    with np.errstate(invalid="ignore"):  # where a group is empty the value is missing, and so will be its variance
        scored = tally.values * on_value + on_share
    scored[~np.isfinite(scored)] = 0.0
    return found.value, np.where(used, scored, np.nan)


def _sums(tally: Tally, *, weighted: bool, pool: Ints | None) -> tuple[Floats, Floats]:
    """Each group's share of a wave's weight, and its contribution to the wave's estimate.

    Returns
    -------
    Both of shape (places, waves, groups, measures)
    """
    waves, groups = tally.overlap.waves, tally.groups
    places, stratum = (tally.overlap.places, tally.stratum) if pool is None else (1, tally.stratum % waves)
    valid, weight = ~np.isnan(tally.values), (tally.w if weighted else tally.n)[:, None]
    w, wy = (
        summed(np.where(valid, each, 0.0), stratum * groups + tally.group, places * waves * groups)
        for each in (weight, weight * tally.values)
    )
    w, wy = (each.reshape(places, waves, groups, -1) for each in (w, wy))
    with np.errstate(invalid="ignore", divide="ignore"):
        total = w.sum(axis=2, keepdims=True)
        return w / total, wy / total


@dataclass(frozen=True)
class _Part:
    """Value of one part and its derivatives by each group's contribution and share.

    Both ways of making one take each group's share (b) and contribution (a) before (0) and after (1).
    """

    value: Floats
    before_part: Floats
    before_share: Floats
    after_part: Floats
    after_share: Floats

    @classmethod
    def rates(cls, b0: Floats, a0: Floats, b1: Floats, a1: Floats) -> _Part:
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
    def mix(cls, b0: Floats, a0: Floats, b1: Floats, a1: Floats) -> _Part:
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
