"""`responses` as arrays: where each respondent belongs, what he or she weighs, and who answered more than once.

A respondent of two waves is one draw, not two. As in R's ``svydesign(id = ~respondent, strata =
~municipality)`` the variance of a change is n/(n-1) times the sum of squared deviations of the scores
summed per respondent; without respondent ids the waves count as independent strata.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from jobreport.estimate.estimators import Bools, Floats, Ints
from jobreport.estimate.weights import Calibration


@dataclass(frozen=True)
class Sample:
    """`responses` as arrays: where each respondent belongs, and what he or she weighs.

    ``calibration`` is what made the weights, None for weights as delivered. ``population`` is how many there are in
    all, shape (municipalities, waves), where the respondents are a random sample of them: then levels are about these
    persons, and the part that was drawn is known. NaN is not stated; None where nothing is.
    """

    responses: pd.DataFrame
    calibration: Calibration | None = None
    population: Floats | None = None

    @cached_property
    def municipalities(self) -> tuple[str, ...]:
        """Codes of the municipalities that answered."""
        return tuple(self.responses["municipality_code"].cat.categories)

    @cached_property
    def waves(self) -> tuple[str, ...]:
        """Labels of the waves in order of time."""
        return tuple(self.responses["wave"].cat.categories)

    @cached_property
    def stratum(self) -> Ints:
        """Municipality x wave of each respondent, waves running fastest."""
        # (32 bits: with ten million respondents every such array counts)
        stratum = self.responses["municipality_code"].cat.codes.to_numpy(np.int32)
        stratum = stratum * np.int32(len(self.waves))
        stratum += self.responses["wave"].cat.codes.to_numpy()
        return stratum

    @cached_property
    def weight(self) -> Floats:
        """Weight of each respondent."""
        return self.responses["weight"].to_numpy(np.float64)

    @cached_property
    def answered(self) -> Floats:
        """Everybody who answered, by municipality and wave."""
        places, waves = len(self.municipalities), len(self.waves)
        return np.bincount(self.stratum, minlength=places * waves).reshape(places, waves).astype(float)

    def only(self, rows: Bools) -> Sample:
        """Keep some respondents: all those of a stratum, or nobody of it."""
        made = self.calibration
        if made is not None:
            margins = tuple(replace(margin, code=margin.code[rows]) for margin in made.margins)
            arrays = {name: getattr(made, name)[rows] for name in ("stratum", "base", "weight")}
            made = replace(made, margins=margins, **arrays)
        return Sample(self.responses[rows], made, self.population)

    def contributions(self, scores: Floats, *, weighted: bool = True) -> Floats:
        """Weighted scores; after calibration the residuals from the margins, less what fitting them has taken away."""
        if not weighted:
            return scores
        if self.calibration is not None:
            scores = self.calibration.residuals(scores) * self.calibration.widening[self.stratum]
        return scores * self.weight

    def groups(self, column: str) -> tuple[str, ...]:
        """Values of a grouping; '' has the one value '', everybody."""
        return tuple(self.responses[column].cat.categories) if column else ("",)

    def shape(self, column: str) -> tuple[int, int, int]:
        """Municipalities, waves, groups (the last holds those without a group)."""
        return len(self.municipalities), len(self.waves), len(self.groups(column)) + bool(column)

    def cell(self, column: str) -> tuple[Ints, int]:
        """Cell of each respondent and the width of a stratum; its last cell has no known group."""
        if not column:
            return self.stratum, 1
        width = self.shape(column)[2]
        code = self.responses[column].cat.codes.to_numpy()
        cell = self.stratum * np.int32(width)
        cell += np.where(code < 0, code.dtype.type(width - 1), code)
        return cell, width


@dataclass(frozen=True)
class Repeated:
    """Rows of those who answered more than once, in order of the people, and the person behind each: 0, 1, ..."""

    rows: Ints
    person: Ints


class Overlap:
    """Respondents of a sample and the pairs of rows that belong to one of them."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.places, self.waves = len(sample.municipalities), len(sample.waves)
        self.known = "respondent_id" in sample.responses
        self._sizes: dict[tuple[int, ...], Floats] = {}

    @property
    def answered(self) -> Floats:
        """Everybody who answered, by municipality and wave."""
        return self.sample.answered

    @cached_property
    def repeated_place(self) -> Ints:
        """Municipality of every row of ``repeated``."""
        return self.sample.stratum[self.repeated.rows] // self.waves

    @cached_property
    def repeated_wave(self) -> Ints:
        """Wave of every row of ``repeated``."""
        return self.sample.stratum[self.repeated.rows] % self.waves

    @cached_property
    def repeated(self) -> Repeated:
        """Rows of one id in one municipality; someone who moved is another person, and so is a row without an id."""
        if not self.known:
            return Repeated(np.zeros(0, np.int32), np.zeros(0, np.int32))
        code = self.sample.responses["respondent_id"].factorize()[0].astype(np.int64)
        key = np.where(code < 0, -1, code * self.places + self.sample.stratum // self.waves)
        order = np.argsort(key, kind="stable").astype(np.int32)
        key = key[order]
        again = (key[1:] == key[:-1]) & (key[1:] >= 0)
        kept = np.flatnonzero(np.append(again, False) | np.append(False, again))
        first = np.ones(len(kept), dtype=np.int32)
        first[1:] = key[kept[1:]] != key[kept[:-1]]
        return Repeated(order[kept], np.cumsum(first, dtype=np.int32) - np.int32(1))

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Rows i and j of one person in two waves, each pair once."""
        rows, person = self.repeated.rows, self.repeated.person
        first, second = [rows[:0]], [rows[:0]]
        lag = 1
        while True:
            same = np.flatnonzero(person[lag:] == person[:-lag])
            if not len(same):
                return np.concatenate(first), np.concatenate(second)
            first.append(rows[same])
            second.append(rows[same + lag])
            lag += 1

    def counted_twice(self, chosen: Bools, group: Ints, groups: int) -> Floats:
        """Rows less people among the chosen rows of ``repeated``; shape (municipalities, groups).

        ``group`` is that of every row of ``repeated``; who changed group is a person in each of them.
        """
        cells = self.places * groups
        group = group[chosen]
        rows = np.bincount(self.repeated_place[chosen].astype(np.intp) * groups + group, minlength=cells)
        present = np.zeros(len(self._home) * groups, dtype=bool)
        present[self.repeated.person[chosen].astype(np.intp) * groups + group] = True
        who, which = np.divmod(np.flatnonzero(present), groups)
        people = np.bincount(self._home[who] * groups + which, minlength=cells)
        return np.asarray(rows - people, dtype=float).reshape(self.places, groups)

    @cached_property
    def _home(self) -> Ints:
        """Municipality of every person who answered more than once."""
        person = self.repeated.person
        return self.repeated_place[np.flatnonzero(np.append(True, person[1:] != person[:-1])[: len(person)])]

    def in_waves(self, waves: tuple[int, ...]) -> Bools:
        """Which of the waves are meant."""
        meant = np.zeros(self.waves, dtype=bool)
        meant[list(waves)] = True
        return meant

    def size(self, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people who answered anything in some waves, by municipality."""
        if waves not in self._sizes:
            chosen = self.in_waves(waves)[self.repeated_wave]
            twice = self.counted_twice(chosen, np.zeros(len(chosen), np.int8), 1)[:, 0]
            rows = self.answered[:, list(waves)].sum(axis=1)
            self._sizes[waves] = rows - twice
        return self._sizes[waves]
