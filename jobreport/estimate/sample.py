"""`responses` as arrays: where each respondent belongs, what he or she weighs, and who answered more than once.

A respondent of two waves is one draw, not two. As in R's ``svydesign(id = ~respondent, strata =
~municipality)`` the variance of a change is n/(n-1) times the sum of squared deviations of the scores
summed per respondent; without respondent ids the waves count as independent strata.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import prod
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from jobreport.estimate.estimators import Bools, Floats, Ints, ones
from jobreport.estimate.weights import Calibration

Made = TypeVar("Made")
SPARSE = 2  # a table of pairs of cells may have so many entries per pair of rows; above that the rows are kept
REPLICATE = "replicate_"  # and a number
CLUSTER, OWN_STRATUM = "cluster", "stratum"
"""Columns of `responses`: who was drawn or met together, and the parts that were drawn from one by one."""


class Keeping:
    """Makes something when it is first asked for, and keeps it."""

    @cached_property
    def _made(self) -> dict[object, Any]:
        return {}

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """Make it, or give what was made of this key."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made


@dataclass(frozen=True)
class Sample(Keeping):
    """`responses` as arrays: where each respondent belongs, and what he or she weighs.

    ``calibration`` is what made the weights, None for weights as delivered. ``population`` is how many there are in
    all, shape (municipalities, waves), where the respondents are a random sample of them: then levels are about these
    persons, and the part that was drawn is known. NaN is not stated; None where nothing is. ``scale`` belongs to the
    replicate weights that came with the answers, columns `REPLICATE` and a number; None where there are none.
    """

    responses: pd.DataFrame
    calibration: Calibration | None = None
    population: Floats | None = None
    scale: float | None = None

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

    @cached_property
    def replicates(self) -> Floats | None:
        """What a respondent's weight is multiplied by in every replicate; shape (respondents, replicates)."""
        names = [name for name in self.responses if str(name).startswith(REPLICATE)]
        if self.scale is None or not names:
            return None
        return self.responses[names].to_numpy(float) / self.weight[:, None]

    @cached_property
    def _pattern(self) -> Ints:
        assert self.replicates is not None  # noqa: S101 - asked for where there are some
        return np.unique(self.replicates.round(9), axis=0, return_inverse=True)[1].ravel()

    def rank(self, inside: Bools) -> int:
        """Rank of the replicate weights of some respondents; one less is their degrees of freedom, as R's ``degf``."""
        if self.replicates is None or not inside.any():
            return 0
        pattern, first = np.unique(self._pattern[inside], return_index=True)
        different = self.replicates[np.flatnonzero(inside)[first]]
        return self.once(pattern.tobytes(), lambda: int(np.linalg.matrix_rank(different, tol=1e-5)))

    @cached_property
    def units(self) -> Units | None:
        """Clusters and strata of the sample's own; None where everybody in a municipality and wave is one draw.

        Replicate weights know already who was drawn together.
        """
        if self.replicates is not None:
            return None
        own = [column for column in (CLUSTER, OWN_STRATUM) if column in self.responses]
        return Units.of(self.responses, self.stratum, len(self.waves)) if own else None

    def only(self, rows: Bools) -> Sample:
        """Keep some respondents: all those of a stratum, or nobody of it."""
        made = self.calibration
        if made is not None:
            margins = tuple(replace(margin, code=margin.code[rows]) for margin in made.margins)
            arrays = {name: getattr(made, name)[rows] for name in ("stratum", "base", "weight")}
            made = replace(made, margins=margins, **arrays)
        return Sample(self.responses[rows], made, self.population, self.scale)

    def contributions(self, scores: Floats, *, weighted: bool = True) -> Floats:
        """Weighted scores; after calibration the residuals from the margins, less what fitting them has taken away.

        Those of clusters and own strata are added up and centred, so that they count as respondents do (`Units`).
        """
        if weighted:
            if self.calibration is not None:
                scores = self.calibration.residuals(scores) * self.calibration.widening[self.stratum]
            scores = scores * self.weight
        return scores if self.units is None else self.units.contributions(scores)

    def groups(self, column: str) -> tuple[str, ...]:
        """Values of a grouping; '' has the one value '', everybody."""
        return self.once(column, lambda: tuple(self.responses[column].cat.categories) if column else ("",))

    def shape(self, column: str) -> tuple[int, int, int]:
        """Municipalities, waves, groups (the last holds those without a group)."""
        return len(self.municipalities), len(self.waves), len(self.groups(column)) + bool(column)

    def cell(self, column: str) -> tuple[Ints, int]:
        """Cell of each respondent and the width of a stratum; its last cell has no known group."""
        if not column:
            return self.stratum, 1
        width = self.shape(column)[2]
        code = self.codes(column)
        cell = self.stratum * np.int32(width)
        cell += np.where(code < 0, code.dtype.type(width - 1), code)
        return smallest(cell, prod(self.shape(column))), width

    def codes(self, column: str) -> Ints:
        """Group of each respondent, -1 for those without a known group; 0 of everybody in the one group of ''."""
        if not column:
            return np.broadcast_to(np.int8(0), len(self.responses))
        return np.asarray(self.responses[column].array.codes)


@dataclass(frozen=True)
class Units:
    """What was drawn where that is not each respondent by himself: clusters, within strata of the sample's own.

    The contributions of a cluster are added up and their deviation from the mean of its stratum stands at its first
    respondent, times the root of C/(C - 1), C clusters in the stratum, and of (n - 1)/n: the variance of n respondents
    made of it, as of any others, is that of the clusters. R's ``svydesign(id = ~cluster, strata = ~municipality:wave:
    stratum)``. Someone without a cluster is one of his own; those without a stratum are a stratum together.

    Attributes
    ----------
    unit
        Cluster of each respondent: 0, 1, ...; ``stratum`` is that of each cluster, ``size`` its number of clusters.
    first
        The first respondent of each cluster.
    within
        Root of (n - 1)/n of each cluster's municipality and wave; 1 where one respondent is all.
    """

    unit: Ints
    stratum: Ints
    size: Floats
    first: Ints
    within: Floats

    @classmethod
    def of(cls, responses: pd.DataFrame, place: Ints, waves: int) -> Units:
        """Find them; ``place`` is the municipality and wave of each respondent."""
        own = _numbered(responses, OWN_STRATUM, alone=False)
        stratum = pd.factorize(place.astype(np.int64) * (own.max() + 1) + own)[0]
        cluster = _numbered(responses, CLUSTER, alone=True)
        unit = pd.factorize(stratum * (cluster.max() + 1) + cluster)[0]
        _, first = np.unique(unit, return_index=True)
        n = np.bincount(place)[place[first]].astype(float)
        within = np.where(n > 1, np.sqrt((n - 1) / n), 1.0)
        return cls(unit, stratum[first], np.bincount(stratum[first]).astype(float), first, within)

    def contributions(self, scores: Floats) -> Floats:
        """Weighted scores of respondents, as those of their clusters."""
        total = np.bincount(self.unit, scores, len(self.first))
        several = self.size > 1
        mean = np.where(several, np.bincount(self.stratum, total, len(self.size)) / self.size, 0.0)
        scale = np.sqrt(np.where(several, self.size / np.maximum(self.size - 1, 1), 1.0))
        found = np.zeros(len(scores))
        found[self.first] = (total - mean[self.stratum]) * (scale[self.stratum] * self.within)
        return found

    def counted(self, inside: Bools, place: Ints, places: int) -> tuple[Floats, Floats]:
        """Clusters and strata with anybody among the respondents ``inside``, by municipality and wave."""
        units = np.unique(self.unit[inside])
        at = place[self.first[units]]
        of_strata = at[np.unique(self.stratum[units], return_index=True)[1]]
        return np.bincount(at, minlength=places).astype(float), np.bincount(of_strata, minlength=places).astype(float)


def _numbered(responses: pd.DataFrame, column: str, *, alone: bool) -> Ints:
    if column not in responses:
        return np.arange(len(responses)) if alone else np.zeros(len(responses), dtype=np.int64)
    code = responses[column].factorize()[0].astype(np.int64)
    rest = code < 0
    code[rest] = code.max(initial=-1) + 1 + (np.arange(rest.sum()) if alone else 0)
    return code


@dataclass(frozen=True)
class Repeated:
    """Rows of those who answered more than once, in order of the people, and the person behind each: 0, 1, ..."""

    rows: Ints
    person: Ints


@dataclass(frozen=True)
class Within:
    """Rows of `Repeated` by their places in it, in order of person and group, and the number of both together."""

    place: Ints
    who: Ints


def smallest(numbers: Ints, size: int, least: type = np.int16) -> Ints:
    """Hold numbers below ``size`` in few bytes; of ten million respondents every such array counts."""
    kinds = [kind for kind in (least, np.int32, np.int64) if size <= np.iinfo(kind).max]
    return numbers.astype(kinds[0], copy=False)


class Overlap(Keeping):
    """Respondents of a sample and the pairs of rows that belong to one of them."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.places, self.waves, self.answered = len(sample.municipalities), len(sample.waves), sample.answered
        self.clustered = CLUSTER in sample.responses and sample.units is not None
        self.known = "respondent_id" in sample.responses or self.clustered

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
        """Rows of one id in one municipality; someone who moved is another person, and so is a row without an id.

        Where there are clusters it is they who come again: of each the first respondent in a wave.
        """
        if not self.known:
            return Repeated(np.zeros(0, np.int32), np.zeros(0, np.int32))
        units = self.sample.units
        code = self.sample.responses[CLUSTER if self.clustered else "respondent_id"].factorize()[0]
        if self.clustered and units is not None:
            code[np.delete(np.arange(len(code)), units.first)] = -1
        key = smallest(code, (int(code.max(initial=0)) + 1) * self.places, np.int32)
        unknown = key < 0
        key *= key.dtype.type(self.places)
        key += self.sample.stratum // np.int32(self.waves)
        key[unknown] = -1
        del code, unknown
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

    def within(self, group: Ints, groups: int) -> Within:
        """Take those of ``repeated`` who have a group; ``group`` is that of every respondent, -1 of some."""
        of_rows = np.take(group, self.repeated.rows)
        at = np.flatnonzero(of_rows >= 0).astype(np.int32)
        who = np.take(self.repeated.person, at).astype(np.int64) * groups + np.take(of_rows, at)
        order = np.argsort(who, kind="stable")
        return Within(np.take(at, order), smallest(np.take(who, order), int(who.max(initial=0)) + 1, np.int32))

    def counted_twice(self, chosen: Bools, within: Within, groups: int) -> Floats:
        """Rows less people among the chosen rows of ``within``; shape (municipalities, groups).

        Who changed group is a person in each of them.
        """
        rows = np.flatnonzero(chosen)
        who = np.take(within.who, rows)
        again = rows[1:][who[1:] == who[:-1]]
        cell = self.repeated_place[within.place[again]] * groups + within.who[again] % groups
        return np.bincount(cell, minlength=self.places * groups).reshape(self.places, groups).astype(float)

    @cached_property
    def everybody(self) -> Within:
        """All of ``repeated``, in one group."""
        return Within(np.arange(len(self.repeated.rows), dtype=np.int32), self.repeated.person)

    def in_waves(self, waves: tuple[int, ...]) -> Bools:
        """Which of the waves are meant."""
        return np.isin(np.arange(self.waves), waves)

    def size(self, waves: tuple[int, ...]) -> Floats:
        """Number of distinct people who answered anything in some waves, by municipality."""
        return self.once(waves, partial(self._size, waves))

    def _size(self, waves: tuple[int, ...]) -> Floats:
        chosen = self.in_waves(waves)[self.repeated_wave]
        twice = self.counted_twice(chosen, self.everybody, 1)[:, 0]
        return np.asarray(self.answered[:, list(waves)].sum(axis=1) - twice)


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of one person, by the cells of both: how many, and the sum of the products of their weights."""

    first: Ints
    second: Ints
    n: Floats
    w: Floats


def counted_pairs(pairs: tuple[Ints, Ints], product: Floats, place: Ints) -> Pairs:
    """Add up pairs of rows between the same two cells, where there are fewer such cells than pairs.

    Parameters
    ----------
    pairs
        First and second cell of every pair, both of one municipality.
    product
        Product of the two weights.
    place
        Municipality of each cell, ascending.
    """
    first, second = pairs
    begins = np.searchsorted(place, place)
    within = int((np.arange(len(place)) - begins).max(initial=0)) + 1
    size = len(place) * within
    if size > SPARSE * len(first):
        return Pairs(first, second, ones(len(first)), product)
    key = first.astype(np.int64) * within + second - begins[first]
    n, w = np.bincount(key, minlength=size).astype(float), np.bincount(key, product, size)
    there = np.flatnonzero(n)
    cell = there // within
    return Pairs(cell, there % within + begins[cell], n[there], np.asarray(w, dtype=float)[there])
