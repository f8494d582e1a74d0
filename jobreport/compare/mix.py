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
from jobreport.estimate.contrasts import Waves
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Bools, Floats, Ints, Values, summed
from jobreport.estimate.moments import Moments, Sums
from jobreport.estimate.tally import Tally


@dataclass(frozen=True)
class Split:
    """One part of a change; arrays (windows, places, measures), NaN where a group is empty in a window."""

    value: Floats
    variance: Floats

    def beside(self, others: Split) -> Split:
        """The same of some places, and behind them of others."""
        both = ((self.value, others.value), (self.variance, others.variance))
        return Split(*(np.concatenate(each, axis=1) for each in both))


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
    waves, measures = tally.overlap.waves, tally.measures
    sums = tally.once((weighted, pool is not None, "mix"), lambda: _sums(tally, weighted=weighted, pool=pool))
    parts = [_of_window(tally, sums, window, part, pooled=pool is not None) for window in windows]
    influence = Values.beside([scored for _, scored in parts])
    _, variance = WaveEstimates.of_values(tally, influence, weighted=weighted, pool=pool).contrasts(
        _contrasts(windows, waves, measures)
    )
    return _found(np.stack([found for found, _ in parts]), variance)


def split_sums(by_group: Moments, whole: Sums, windows: Sequence[Window], part: str) -> Split:
    """Split the change of municipalities of which only the sums of every group are known.

    Value and variance are those of `split` where nobody answered twice. In which groups those who did were, no sum
    tells: two waves count as alike as their estimates of everybody are.

    Parameters
    ----------
    by_group
        Series are the measures of every group, the measures running fastest. Weights are NaN in a wave of which a
        group is not told: it has no mix.
    whole
        The sums of everybody; series are the measures.
    """
    waves, measures = by_group.own.n.shape[1], whole.n.shape[2]
    told = _Groups.of(by_group, whole)
    parts = [_part((told.share, told.contribution), window, part) for window in windows]
    scored = told.scored([(found, window) for found, window in zip(parts, windows, strict=True)])
    _, variance = scored.contrasts(_contrasts(windows, waves, measures))
    return _found(np.stack([found.value for found in parts]), variance)


def _contrasts(windows: Sequence[Window], waves: int, measures: int) -> Floats:
    return np.repeat([window.contrast(waves) for window in windows], measures, axis=0).T[None, None]


def _found(value: Floats, variance: Floats) -> Split:
    windows, places, measures = value.shape
    by_window = variance[0].reshape(places, windows, measures).transpose(1, 0, 2)
    return Split(value, np.where(np.isnan(value), np.nan, by_window))


def _part(sums: tuple[Floats, Floats], window: Window, part: str) -> _Part:
    before, after = ([each[:, list(used)].mean(axis=1) for each in sums] for used in (window.before, window.after))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (_Part.rates if part == "rates" else _Part.mix)(*before, *after)


def _of_window(
    tally: Tally, sums: tuple[Floats, Floats], window: Window, part: str, *, pooled: bool
) -> tuple[Floats, Values]:
    waves, measures = tally.overlap.waves, tally.measures
    found = _part(sums, window, part)
    place, wave = np.divmod(tally.stratum, waves)
    cell = tally.group if pooled else place * tally.groups + tally.group
    in_after = tally.overlap.in_waves(window.after)[wave]
    used = tally.overlap.in_waves((*window.before, *window.after))[wave]
    # (the contrast subtracts what was before, so its derivatives change sign here)
    at = 2 * cell + in_after
    on_value, on_share = (
        np.take(np.stack([-earlier, later], axis=-2).reshape(-1, measures), at, axis=0)
        for later, earlier in ((found.after_part, found.before_part), (found.after_share, found.before_share))
    )
    answers = tally.answers.inside(used)
    with np.errstate(invalid="ignore"):  # where a group is empty the value is missing, and so will be its variance
        scored = answers.known * on_value + on_share
    scored[~np.isfinite(scored)] = 0.0
    return found.value, Values(scored * answers.valid, answers.valid)


def _sums(tally: Tally, *, weighted: bool, pool: Ints | None) -> tuple[Floats, Floats]:
    """Each group's share of a wave's weight, and its contribution to the wave's estimate.

    Returns
    -------
    Both of shape (places, waves, groups, measures)
    """
    waves, groups = tally.overlap.waves, tally.groups
    places, stratum = (tally.overlap.places, tally.stratum) if pool is None else (1, tally.stratum % waves)
    answers, weight = tally.answers, (tally.w if weighted else tally.n)[:, None]
    w, wy = (
        summed(each * weight, stratum * groups + tally.group, places * waves * groups)
        for each in (answers.valid, answers.known)
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
        before = (-held / b0, (p1 - p0) / 2 + held * p0 / b0)
        after = (held / b1, (p1 - p0) / 2 - held * p1 / b1)
        return cls._there((b0 == 0) & (b1 == 0), held * (p1 - p0), *before, *after)

    @classmethod
    def mix(cls, b0: Floats, a0: Floats, b1: Floats, a1: Floats) -> _Part:
        p0, p1 = a0 / b0, a1 / b1
        before = ((b1 - b0) / (2 * b0), -(p0 + p1) / 2 - p0 * (b1 - b0) / (2 * b0))
        after = ((b1 - b0) / (2 * b1), (p0 + p1) / 2 - p1 * (b1 - b0) / (2 * b1))
        return cls._there((b0 == 0) & (b1 == 0), (p0 + p1) / 2 * (b1 - b0), *before, *after)

    @classmethod
    def _there(cls, gone: Bools, *pieces: Floats) -> _Part:
        # (a group that never was there needs no rate)
        value, *derivatives = (np.where(gone, 0.0, piece) for piece in pieces)
        return cls(value.sum(axis=1), *derivatives)


@dataclass(frozen=True)
class _Groups:
    """Groups of municipalities by their sums: share of a wave's weight, contribution to its estimate, and moments.

    All of shape (places, waves, groups, measures).
    """

    whole: Sums
    share: Floats
    contribution: Floats
    n: Floats
    estimate: Floats
    totals: Floats
    base_totals: Floats
    squares: Floats
    tilt: Floats
    base: Floats

    @classmethod
    def of(cls, told: Moments, whole: Sums) -> _Groups:
        own, measures = told.own, whole.n.shape[2]
        within = [np.einsum("paas->pas", each) for each in (told.tilt, told.base)]
        of_series = (own.n, own.weights, own.estimate, own.totals, told.base_totals, own.squares, *within)
        n, w, p, *rest = (each.reshape(*each.shape[:2], -1, measures) for each in of_series)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = w / w.sum(axis=2, keepdims=True)
        p = np.where(n > 0, p, 0.0)
        return cls(whole, share, share * p, n, p, *rest)

    def scored(self, parts: Sequence[tuple[_Part, Window]]) -> Sums:
        """The waves' estimates of what everybody's answer and group do to each part."""
        each = [self._of_window(found, window) for found, window in parts]
        estimate, totals, squares = (np.concatenate(arrays, axis=2) for arrays in zip(*each, strict=True))
        n = np.concatenate([self.n.sum(axis=2)] * len(parts), axis=2)
        size = np.sqrt(squares)
        products = np.tile(self._alike(), len(parts)) * size[:, :, None] * size[:, None, :]
        return Sums(
            estimate=estimate, n=n, weights=n, n_effective=n, spread=n, totals=totals, squares=squares,
            products=products, answered=self.whole.answered, known=self.whole.known, units=n, strata=np.sign(n),
            counts=(_Repeated(self.whole, len(parts)),),
        )  # fmt: skip

    def _alike(self) -> Floats:
        size = np.sqrt(self.whole.squares)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.nan_to_num(self.whole.products / (size[:, :, None] * size[:, None, :]), posinf=0.0)
        return found

    def _of_window(self, found: _Part, window: Window) -> tuple[Floats, Floats, Floats]:
        used = self._in((*window.before, *window.after))
        on_value, on_share = (
            np.where(used, np.where(self._in(window.after), later[:, None], -earlier[:, None]), 0.0)
            for later, earlier in ((found.after_part, found.before_part), (found.after_share, found.before_share))
        )
        on_value, on_share, share = (
            np.nan_to_num(each, posinf=0.0, neginf=0.0) for each in (on_value, on_share, self.share)
        )
        level = on_value * self.estimate + on_share
        mean = (share * level).sum(axis=2)
        beside = level - mean[:, :, None]
        totals = (share * (on_value * self.totals + beside * self.base_totals)).sum(axis=2)
        moved = on_value**2 * self.squares + 2 * on_value * beside * self.tilt + beside**2 * self.base
        return mean, totals, (share**2 * moved).sum(axis=2)

    def _in(self, window: Sequence[int]) -> Bools:
        waves = np.isin(np.arange(self.share.shape[1]), list(window))
        return np.asarray(waves[:, None, None])


@dataclass(frozen=True)
class _Repeated:
    """The people of some sums, of which each series is there several times."""

    of: Sums
    times: int

    def size(self, waves: Waves) -> Floats:
        """Those who answered anything, by municipality."""
        return self.of.size(waves)

    def people(self, waves: Waves) -> Floats:
        """Those with a valid answer; shape (municipalities, series)."""
        return np.tile(self.of.people(waves), self.times)
