"""How closely a reader can know a hidden number of answers.

A reader knows every published count, that a hidden one is at least 1, and every sum. Whole numbers that fit all of it
are a *solution*. A count is safe when two solutions give it values at least the threshold apart. What is safe once
stays safe: hiding more takes no solution away. Solutions are looked for where they cost least:

* from the truth on by exchanges (`jobreport.release.exchanges`), of all counts at once;
* by integer programs that push all counts not safe yet at once, to and fro, in directions drawn by lot, and by the
  exchanges that begin where they led;
* by integer programs that ask each of those still narrow for its own smallest and largest value.

What the sums alone bound to a narrow range needs no program to be known as unsafe.

The answers to a question fall in boxes, and a reader has the sums of each box. A count's answers in one box leave those
in another as they are, if only the count does not become nothing: one person of each stays in a box, and the boxes are
gone through apart. How far a count can go is then the sum of how far it can go in each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from scipy import optimize, sparse

from jobreport.errors import Problem, refuse
from jobreport.estimate.estimators import Bools, Floats, Ints
from jobreport.release.exchanges import Walk, exchanges

Count = TypeVar("Count")
Tell = Callable[[int, int], None]
SEED = 20220101
FRUITLESS = 3
"""Pushes that make one count safe or none, after which the rest are asked one by one: that costs no more."""
ROOM = 4
"""No value is tried that lies further above the truth than this many thresholds: wide enough is wide enough."""
MOST_PROGRAMS = 5_000
"""After which the input is refused."""
MOST_BRANCHES = 1_000
"""Of one program; what is not found within them counts as not there, and more is hidden."""
WHOLE = 1e-6
NEAR_ENOUGH = 0.2
"""Relative gap of a push: any solution serves."""
EACH = 100
"""So many programs (a second or so) lie between two messages."""
ROUNDS = 10
"""In which the sums narrow each other's bounds; mostly two do."""
WHERE = "disclosure"


@dataclass(frozen=True)
class Equations(Generic[Count]):
    """Every sum a reader can make of counts: a line for each, +1 for its total and −1 for its parts.

    ``index`` is the place of each count.
    """

    index: dict[Count, int]
    lines: sparse.csr_array

    @classmethod
    def of(cls, counts: Collection[Count], lines: Sequence[Sequence[Count]]) -> Equations[Count]:
        """Take counts, and every sum: a total first, then its parts."""
        index = {count: place for place, count in enumerate(counts)}
        columns = np.array([index[count] for line in lines for count in line], dtype=np.int32)
        ends = np.cumsum([0, *map(len, lines)])
        signs = np.full(len(columns), -1.0)
        signs[ends[:-1]] = 1.0
        matrix = sparse.csr_array((signs, columns, ends), shape=(len(lines), len(index)))
        matrix.sum_duplicates()
        return cls(index, matrix)

    def among(self, places: Ints) -> sparse.csr_array:
        """The sums of those counts alone that stand in these places."""
        known = self.lines[:, places]
        return known[np.flatnonzero(known.count_nonzero(axis=1))]


class Ranges(Generic[Count]):
    """The values found so far for the hidden counts of one wave, and how many programs that took.

    Parameters
    ----------
    sums
        Every sum a reader can make of the counts.
    truth
        Every count, published or hidden, in its place. Of several questions a table for each, with a row for each box
        that the answers of a count fall in; a box may be empty where the count is not.
    tell
        Is told now and then how many programs are solved and how many counts are hidden.

    Examples
    --------
    Of 10 = a + b + c with a and b hidden and c = 6 published, a is 1, 2 or 3:

    >>> ranges = Ranges(Equations.of(["all", "a", "b", "c"], [["all", "a", "b", "c"]]), [10, 1, 3, 6])
    >>> sorted(ranges.narrow({"a", "b"}, 3)), sorted(ranges.narrow({"a", "b"}, 2))
    (['a', 'b'], [])
    """

    def __init__(self, sums: Equations[Count], truth: Sequence[float] | Floats, tell: Tell | None = None) -> None:
        self.solved = 0
        self._sums, self._tell = sums, tell
        given = np.array(truth, dtype=float)
        self._truth = given if given.ndim > 1 else given[None, None]  # tables × boxes × counts
        self._stay = _one_of_each(self._truth)
        self._whole = self._truth.min(axis=(1, 2), initial=0.0) >= 0  # a rest can be less than nothing by rounding
        self._in_a_sum = np.bincount(sums.lines.indices, minlength=len(sums.index)) > 0
        self._low, self._high = self._truth.copy(), self._truth.copy()
        self._lowest, self._highest = self._truth.sum(axis=1), self._truth.sum(axis=1)  # of programs that ask

    def narrow(self, hidden: set[Count], threshold: int) -> set[Count]:
        """Hidden counts that can be bounded to a range narrower than the threshold.

        Returns
        -------
        set of counts, of several tables those of the first that has any; empty when everything hidden is safe.
        """
        places = self._places(hidden)
        self._wander(places, threshold)
        for table in np.flatnonzero(self._unsure(places, threshold).any(axis=1)).tolist():
            self._solve(table, places, threshold)
            if (unsafe := self._unsure(places, threshold)[table]).any():
                names = list(self._sums.index)
                return {names[place] for place in places[unsafe]}
        return set()

    def _places(self, hidden: set[Count]) -> Ints:
        index = self._sums.index
        places = np.array(sorted(index[count] for count in hidden if count in index), dtype=np.int64)
        return places[self._in_a_sum[places]]  # what stands in no sum cannot be worked out

    def _unsure(self, places: Ints, threshold: int) -> Bools:
        """Whether no solutions found so far make each count safe; a row for each table."""
        low = np.minimum(self._low[..., places].sum(axis=1), self._lowest[:, places])
        high = np.maximum(self._high[..., places].sum(axis=1), self._highest[:, places])
        return np.asarray(high - low < threshold)

    def _wander(self, places: Ints, threshold: int) -> None:
        """Exchange people, from the truth on and to and fro, as long as that makes any counts safe."""
        unsure = self._unsure(places, threshold) & self._whole[:, None]
        lists = exchanges(self._sums.among(places)) if unsure.any() else []
        draw, fruitless, at = np.random.default_rng(SEED), 0, self._truth[..., places]
        while lists and unsure.any() and fruitless < FRUITLESS:
            tables = np.flatnonzero(unsure.any(axis=1))
            here = np.ix_(tables, np.arange(at.shape[1]), places)
            most = self._truth[here] + ROOM * threshold
            walk = Walk(at[tables], self._stay[here], most, self._low[here], self._high[here])
            walk.look(lists)
            self._low[here], self._high[here] = walk.low, walk.high
            before, unsure = unsure, unsure & self._unsure(places, threshold)
            fruitless += before.sum() - unsure.sum() <= 1
            walk.go(lists, draw.choice((-1.0, 1.0), walk.at.shape) * unsure[tables][:, None], draw)
            at[tables] = walk.at

    def _solve(self, table: int, places: Ints, threshold: int) -> None:
        """Look by integer programs for what makes the counts of a table safe, where the sums alone leave them room."""
        known, truth = self._sums.among(places), self._truth[table][:, places]
        wide = _widest(known, truth, threshold) >= threshold
        near = _linked(known, wide & self._unsure(places, threshold)[table])
        if near.any():
            asked = _Asked(table, places[near], wide[near], threshold)
            self._push(asked)
            self._ask(asked)

    def _left(self, asked: _Asked) -> Bools:
        return np.asarray(asked.wide & self._unsure(asked.places, asked.threshold)[asked.table])

    def _system(self, asked: _Asked, *, apart: bool) -> _System:
        truth, known = self._truth[asked.table][:, asked.places], self._sums.among(asked.places)
        stay = self._stay[asked.table][:, asked.places] if apart else None
        return _System(known, truth, asked.threshold, stay)

    def _push(self, asked: _Asked) -> None:
        """Push all unsure counts at once, to and fro, as long as that makes any safe."""
        system, draw, fruitless = self._system(asked, apart=True), np.random.default_rng(SEED), 0
        low, high, places = self._low[asked.table], self._high[asked.table], asked.places
        stay, most = self._stay[asked.table][:, places], system.truth + ROOM * asked.threshold
        lists = exchanges(self._sums.among(places)) if self._whole[asked.table] else []
        while (unsure := self._left(asked)).any() and fruitless < FRUITLESS:
            shape = system.truth.shape
            direction = unsure * draw.choice((-1.0, 1.0), shape) * draw.exponential(size=shape)
            for objective in (direction, -direction):
                found = self._solution(system, objective, gap=NEAR_ENOUGH)
                walk = Walk(found, stay, most, np.minimum(low[:, places], found), np.maximum(high[:, places], found))
                walk.look(lists)
                low[:, places], high[:, places] = walk.low, walk.high
                if len(self._truth) > 1:
                    self._follow(found - system.truth, places, asked.threshold)
            fruitless += unsure.sum() - self._left(asked).sum() <= 1

    def _follow(self, ways: Floats, places: Ints, threshold: int) -> None:
        """Go the ways that a program led the boxes of one table in those of all, as far as their counts allow."""
        for way in ways[ways.any(axis=1)]:
            there, step = places[way != 0], way[way != 0] / np.gcd.reduce(way.astype(int))
            truth, stay = self._truth[..., there], self._stay[..., there]
            for toward in (step, -step):
                room = np.where(toward > 0, float(ROOM * threshold), truth - stay) / np.abs(toward)
                far = truth + np.floor(room.min(axis=-1, keepdims=True)) * self._whole[:, None, None] * toward
                self._low[..., there] = np.minimum(self._low[..., there], far)
                self._high[..., there] = np.maximum(self._high[..., there], far)

    def _ask(self, asked: _Asked) -> None:
        """Find the exact range of each unsure count, but no further than the threshold."""
        if not self._left(asked).any():
            return
        system, places = self._system(asked, apart=False), asked.places
        low, high = self._lowest[asked.table], self._highest[asked.table]
        for count in np.flatnonzero(self._left(asked)):
            objective = np.zeros(system.truth.shape)
            for objective[:, count] in (1.0, -1.0):
                if self._left(asked)[count]:
                    found = self._solution(system, objective).sum(axis=0)
                    low[places] = np.minimum(low[places], found)
                    high[places] = np.maximum(high[places], found)

    def _solution(self, system: _System, objective: Floats, gap: float = 0.0) -> Floats:
        """Whole numbers that fit all that is published and make the objective smallest."""
        self.solved += 1
        hidden = system.truth.shape[1]
        if self._tell is not None and self.solved % EACH == 0:
            self._tell(self.solved, hidden)
        if self.solved > MOST_PROGRAMS:
            refuse([Problem("suppression_too_large", WHERE, {"hidden": hidden, "most": MOST_PROGRAMS})])
        return system.smallest(objective.ravel(), gap)


@dataclass(frozen=True)
class _Asked:
    """Hidden counts of a table that depend on each other, and which of them the sums alone leave a wide range."""

    table: int
    places: Ints
    wide: Bools
    threshold: int


class _System:
    """What is known of hidden counts and their boxes: the sums of those that are hidden in each line.

    Parameters
    ----------
    known, truth
        The sums, and what the counts are: a row for each box.
    stay
        Whom each box keeps, so that boxes can be gone through apart. None asks of every count that it is not nothing.
    """

    def __init__(self, known: sparse.csr_array, truth: Floats, threshold: int, stay: Floats | None) -> None:
        self.truth = truth
        boxes, counts = truth.shape
        right = (truth @ known.T).ravel()
        self._limits = [optimize.LinearConstraint(sparse.kron(sparse.eye_array(boxes), known, "csr"), right, right)]
        if stay is None:
            total = sparse.kron(np.ones((1, boxes)), sparse.eye_array(counts), "csr")
            self._limits.append(optimize.LinearConstraint(total, np.minimum(1.0, truth.sum(axis=0)), np.inf))
        # counts far above the truth are no narrower, so a bound keeps totals that stand in no equation finite
        least = np.zeros(truth.size) if stay is None else stay.ravel()
        self._bounds = optimize.Bounds(least, truth.ravel() + ROOM * threshold)

    def smallest(self, objective: Floats, gap: float) -> Floats:
        """Solve with fractions first: that is quick, and its corners are mostly whole numbers anyhow."""
        found = self._milp(objective, np.zeros(len(objective)), gap)
        if not _is_whole(found):
            found = self._milp(objective, np.ones(len(objective)), gap)
        return np.asarray(np.round(found).reshape(self.truth.shape) if _is_whole(found) else self.truth)

    def _milp(self, objective: Floats, integrality: Floats, gap: float) -> Floats:
        found = optimize.milp(
            objective,
            constraints=self._limits,
            bounds=self._bounds,
            integrality=integrality,
            options={"mip_rel_gap": gap, "node_limit": MOST_BRANCHES, "presolve": bool(integrality.any())},
        )
        return self.truth.ravel() if found.x is None else np.asarray(found.x)


def _is_whole(found: Floats) -> bool:
    return float(np.abs(found - np.round(found)).max(initial=0.0)) < WHOLE


def _one_of_each(truth: Floats) -> Floats:
    """One person of each count, in the box that has most of them.

    Examples
    --------
    >>> _one_of_each(np.array([[[4.0, 0.0], [2.0, 0.0]]])).tolist()
    [[[1.0, 0.0], [0.0, 0.0]]]
    """
    fullest = truth.argmax(axis=1)[:, None] == np.arange(truth.shape[1])[:, None]
    return np.where(fullest, np.clip(truth, 0.0, 1.0), 0.0)


def _linked(known: sparse.csr_array, counts: Bools) -> Bools:
    """These counts and all that depend on them, as they share a line with them or with others that do."""
    lines, before = abs(known), np.zeros_like(counts)
    while (counts != before).any():
        before, counts = counts, np.asarray(lines.T @ (lines @ counts.astype(float)) > 0)
    return counts


def _widest(known: sparse.csr_array, truth: Floats, threshold: int) -> Floats:
    """How wide a range each count can have at most: what the bounds of the others in each of its lines leave it.

    Examples
    --------
    Of four people, one at least in each of two places:

    >>> _widest(sparse.csr_array([[-1.0, -1.0]]), np.array([[1.0, 3.0]]), 5).tolist()
    [2.0, 2.0]
    """
    truth = np.vstack([truth, truth.sum(axis=0)])  # (of each box, and of all)
    low, high = np.zeros(truth.shape), truth + ROOM * threshold
    low[-1] = np.minimum(1.0, truth[-1])
    right, wholes, parts = truth @ known.T, known.maximum(0).T, (-known).maximum(0).T
    entries = known.tocsc()
    is_whole = entries.data > 0
    for _ in range(ROUNDS):
        fewer = (right - (low @ wholes - high @ parts))[:, entries.indices]
        more = ((high @ wholes - low @ parts) - right)[:, entries.indices]
        gain, lose = np.where(is_whole, fewer, more), np.where(is_whole, more, fewer)
        tops = low + np.minimum.reduceat(gain, entries.indptr[:-1], axis=1)
        bottoms = high - np.minimum.reduceat(lose, entries.indptr[:-1], axis=1)
        low, high = np.maximum(low, bottoms), np.minimum(high, tops)
    return np.asarray(np.minimum(high[-1], high[:-1].sum(axis=0)) - np.maximum(low[-1], low[:-1].sum(axis=0)))
