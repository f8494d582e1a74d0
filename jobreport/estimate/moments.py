"""Sums by municipality that take the place of answers: enough for every level, change and pool.

A municipality's scores are measured from its own estimate. The scores from the estimate of several municipalities
follow from them, for a person's score from the pool is ``f (z + d q)``: z the own score, q the share of the base that
the person is, d the municipality's estimate less the pool's and f the share of the pool's base that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np

from jobreport.estimate.contrasts import Contrasts, Waves
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.measures import Measure
from jobreport.estimate.tally import Tallies


class People(Protocol):
    """How many distinct people stand behind several waves."""

    def size(self, waves: Waves) -> Floats:
        """Those who answered anything, by municipality."""

    def people(self, waves: Waves) -> Floats:
        """Those with a valid answer; shape (municipalities, series)."""


@dataclass(frozen=True)
class Sums(Contrasts):
    """`Contrasts` that hold their sums; ``counts`` know the people of some municipalities each, in their order."""

    products: Floats
    counts: tuple[People, ...]

    def within_persons(self) -> Floats:
        """Sums of products of scores within persons; shape (municipalities, waves, waves, series)."""
        return self.products

    def size(self, waves: Waves) -> Floats:
        """Distinct people who answered anything in some waves, by municipality."""
        return np.concatenate([each.size(waves) for each in self.counts])

    def people(self, waves: Waves) -> Floats:
        """Distinct people with a valid answer in some waves; shape (municipalities, series)."""
        return np.concatenate([each.people(waves) for each in self.counts])


_ARRAYS = tuple(each.name for each in fields(Sums) if each.name not in ("counts", "pooled"))


def _together(parts: Sequence[object], name: str) -> Any:
    return np.concatenate([getattr(part, name) for part in parts])


@dataclass(frozen=True)
class Moments:
    """The sums of municipalities, and what is needed to measure their scores from another estimate.

    ``base`` are the sums of products of q within persons, shape (municipalities, waves, waves, series), ``tilt`` those
    of q in the first wave and z in the second; ``base_totals`` the sums of q.
    """

    own: Sums
    base: Floats
    tilt: Floats
    base_totals: Floats

    @classmethod
    def of(cls, waves: WaveEstimates) -> Moments:
        """Take the sums of a tally's municipalities."""
        tally, weighted = waves.tally, waves.weighted
        score, share = waves.scored, waves.base_shares
        base_totals, base_squares = tally.sums(share, weighted=weighted)
        base = tally.products(share, base_squares, weighted=weighted)
        both = tally.sums(score + share, weighted=weighted)[1]
        tilt = np.zeros_like(base)
        wave_of_cell = (tally.stratum % waves.answered.shape[1])[:, None]
        for wave in range(waves.answered.shape[1]):
            # (the products of a wave's shares with the scores of every other)
            mixed = np.where(wave_of_cell == wave, share, score)
            tilt[:, wave] = tally.products(mixed, np.zeros_like(base_squares), weighted=weighted)[:, wave]
            tilt[:, wave, wave] = (both - waves.squares - base_squares)[:, wave] / 2
        return cls(Sums(**{name: getattr(waves, name) for name in _ARRAYS}, counts=(waves,)), base, tilt, base_totals)

    @classmethod
    def joined(cls, parts: Sequence[Moments]) -> Moments:
        """Put the municipalities of several behind each other."""
        owns = [part.own for part in parts]
        counts = tuple(count for own in owns for count in own.counts)
        own = Sums(**{name: _together(owns, name) for name in _ARRAYS}, counts=counts)
        return cls(own, *(_together(parts, name) for name in ("base", "tilt", "base_totals")))

    def pool(self, inside: Bools | None = None) -> Sums:
        """Estimate several municipalities together, as all their answers in one file are.

        Parameters
        ----------
        inside
            Which of them; None is all.

        Examples
        --------
        Municipalities of 10 and 30 answers with shares .2 and .6 have .5 together.
        """
        own = self.own
        kept = (own.n > 0) & (np.ones(len(own.n), dtype=bool) if inside is None else inside)[:, None, None]
        weight = np.where(kept, own.weights, 0.0)
        total = weight.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(kept, weight / total, 0.0)
            estimate = np.where(total > 0, (part * np.where(kept, own.estimate, 0.0)).sum(axis=0), np.nan)
            effective = 1 / (np.where(kept, part**2 / own.n_effective, 0.0)).sum(axis=0)
        beside = np.where(kept, own.estimate - estimate, 0.0)
        spread = (part * (np.where(kept, own.spread, 0.0) + beside**2)).sum(axis=0)
        d_tilt = beside[:, :, None] * self.tilt
        moved = own.products + d_tilt + d_tilt.transpose(0, 2, 1, 3)
        moved += beside[:, :, None] * beside[:, None, :] * self.base
        products = part[:, :, None] * part[:, None, :] * moved
        squares = np.einsum("paas->pas", products)
        totals = part * (own.totals + beside * self.base_totals)
        n = np.where(kept, own.n, 0.0).sum(axis=0)
        effective = np.where(n > 0, effective, 0.0)
        of_all = {"estimate": estimate, "n": n, "weights": total, "n_effective": effective, "spread": spread}
        by_place = {"totals": totals, "squares": squares, "products": products}
        by_place |= {"units": np.where(kept, own.units, 0.0), "strata": kept.astype(float)}
        by_place |= {"answered": own.answered, "known": own.known}
        made = {name: values[None] for name, values in of_all.items()} | by_place
        return Sums(**made, counts=(Chosen(own, kept),), pooled=True)


@dataclass(frozen=True)
class Chosen:
    """The people of the municipalities that are in a pool."""

    of: Sums
    kept: Bools

    def size(self, waves: Waves) -> Floats:
        """Those who answered anything, by municipality."""
        return self.of.size(waves)

    def people(self, waves: Waves) -> Floats:
        """Those with a valid answer, none of a municipality that is in no wave's pool."""
        return np.where(self.kept[:, list(waves)].any(axis=1), self.of.people(waves), 0.0)


class Others(Protocol):
    """Municipalities whose sums stand beside one's own answers; `jobreport.release.told` has them of packages."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Their codes, in order."""

    def beside(
        self, tallies: Tallies, measures: tuple[Measure, ...], column: str = "", *, weighted: bool = True
    ) -> Moments:
        """The sums of one's own municipalities, and behind them those of the others."""

    def pool(self, tallies: Tallies, measures: tuple[Measure, ...], column: str = "", *, weighted: bool = True) -> Sums:
        """All municipalities together."""

    def of_groups(
        self, tallies: Tallies, measures: tuple[Measure, ...], column: str, *, weighted: bool = True
    ) -> tuple[Moments, Sums]:
        """Sums of the others by group, the weights NaN in waves of which not every group is told; and of everybody."""
