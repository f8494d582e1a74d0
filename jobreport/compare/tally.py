"""Respondents of one place, wave, group and answer counted together: ten million rows become a few thousand cells.

All measures of a question give values to the same few answers, so every estimate, and every product of the scores of
one person's rows, is a sum over cells and over pairs of cells. Only after calibration does each respondent have a
residual of his own; then every respondent is a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jobreport.compare.overlap import Overlap
from jobreport.estimate.estimators import Bools, Floats, Ints


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of one person, by the cells of both: how many, and the sum of the products of their weights."""

    first: Ints
    second: Ints
    n: Floats
    w: Floats


@dataclass(frozen=True)
class Tally:
    """Cells of respondents and the pairs between them; all arrays but ``pairs`` have one entry per cell.

    ``answer`` counts from 0, ``n`` respondents, ``w`` sum of weights, ``ww`` of squared weights. ``distinct`` gives
    from the answers that are valid and the waves the number of people by municipality.
    """

    overlap: Overlap
    stratum: Ints
    group: Ints
    answer: Ints
    answers: int
    n: Floats
    w: Floats
    ww: Floats
    pairs: Pairs
    distinct: Callable[[Bools, tuple[int, ...]], Floats]

    def people(self, valid: Bools, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people in the valid cells of some waves, by municipality."""
        answers = np.zeros(self.answers, dtype=bool)
        answers[self.answer[valid]] = True
        return self.distinct(answers, waves)

    def values(self, table: Floats) -> Floats:
        """Value of every cell from the values of the answers."""
        return np.asarray(table[self.answer])

    def sums(self, scores: Floats, *, weighted: bool = True) -> tuple[Floats, Floats]:
        """Sums of weighted scores by municipality and wave, and of their products within persons.

        Returns
        -------
        (shape (municipalities, waves), shape (municipalities, waves, waves))
        """
        first, second = self.pairs.first, self.pairs.second
        w, ww, both = (self.w, self.ww, self.pairs.w) if weighted else (self.n, self.n, self.pairs.n)
        return self._summed(scores * w, scores**2 * ww, scores[first] * scores[second] * both)

    def _summed(self, scores: Floats, squares: Floats, products: Floats) -> tuple[Floats, Floats]:
        places, waves = self.overlap.places, self.overlap.waves
        total = np.bincount(self.stratum, scores, places * waves).reshape(places, waves)
        alone = np.bincount(self.stratum, squares, places * waves).reshape(places, waves)
        where = self.stratum[self.pairs.first] * waves + self.stratum[self.pairs.second] % waves
        found = np.bincount(where, products, places * waves * waves).reshape(places, waves, waves)
        found = (found + found.transpose(0, 2, 1)).astype(float)  # (without any pair NumPy counts in integers)
        found[:, np.arange(waves), np.arange(waves)] += alone
        return np.asarray(total, dtype=float), np.asarray(found)


@dataclass(frozen=True)
class Residuals(Tally):
    """Every respondent a cell of its own; its score counts with what the margins do not explain.

    Outside the group nobody has a value, but everybody has a residual.
    """

    only: int | None = None

    def values(self, table: Floats) -> Floats:
        """Value of every respondent, NaN outside the group."""
        values = table[self.answer]
        return np.asarray(values if self.only is None else np.where(self.group == self.only, values, np.nan))

    def sums(self, scores: Floats, *, weighted: bool = True) -> tuple[Floats, Floats]:
        """As of a tally."""
        scores = self.overlap.sample.contributions(scores, weighted=weighted)
        return self._summed(scores, scores**2, scores[self.pairs.first] * scores[self.pairs.second])
