"""How closely a reader can know a hidden number of answers, by integer programming.

A reader knows every published count, that a hidden one is at least 1, and every sum. Whole numbers that fit all of it
are a *solution*. A count is safe when two solutions give it values at least the threshold apart. Every solution says
something of all counts, so all that are not safe yet are first pushed at once, to and fro, in directions of random
sign; only those still narrow are asked for their own smallest and largest value. What is safe once stays safe: hiding
more takes no solution away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from scipy import optimize, sparse

from jobreport.errors import Problem, refuse

Count = TypeVar("Count")
Tell = Callable[[int, int], None]
SEED = 20220101
FRUITLESS = 3
"""Pushes that make one count safe or none, after which the rest are asked one by one: that costs no more."""
ROOM = 4
"""No value is tried that lies further above the truth than this many thresholds: wide enough is wide enough."""
MOST_PROGRAMS = 5_000
MOST_BRANCHES = 1_000
"""Of one program; what is not found within them counts as not there, and more is hidden."""
WHOLE = 1e-6
NEAR_ENOUGH = 0.2
"""Relative gap of a push: any solution serves."""
EACH = 100
"""So many programs (a second or so) lie between two messages."""
WHERE = "disclosure"


@dataclass(frozen=True)
class Equations(Generic[Count]):
    """Every sum a reader can make of counts: a line for each, +1 for its total and −1 for its parts.

    ``index`` is the place of each count, and ``judged`` which of them must be safe; the others may be nought though
    they are hidden, as those of one answer in a group.
    """

    index: dict[Count, int]
    lines: sparse.csr_array
    judged: np.ndarray

    @classmethod
    def of(
        cls, counts: Collection[Count], lines: Sequence[Sequence[Count]], empty: Collection[Count] = ()
    ) -> Equations[Count]:
        """Take counts, every sum (a total first, then its parts), and the counts that may be nought."""
        index = {count: place for place, count in enumerate(counts)}
        columns = np.array([index[count] for line in lines for count in line], dtype=np.int32)
        ends = np.cumsum([0, *map(len, lines)])
        signs = np.full(len(columns), -1.0)
        signs[ends[:-1]] = 1.0
        matrix = sparse.csr_array((signs, columns, ends), shape=(len(lines), len(index)))
        matrix.sum_duplicates()
        return cls(index, matrix, np.array([count not in empty for count in counts], dtype=bool))


class Ranges(Generic[Count]):
    """The values found so far for the hidden counts of one wave, and how many programs that took.

    Parameters
    ----------
    sums
        Every sum a reader can make of the counts.
    truth
        Every count, published or hidden, in its place.
    tell
        Is told now and then how many programs are solved and how many counts are hidden.
    most
        Programs that may be solved; then the input is refused.

    Examples
    --------
    Of 10 = a + b + c with a and b hidden and c = 6 published, a is 1, 2 or 3:

    >>> ranges = Ranges(Equations.of(["all", "a", "b", "c"], [["all", "a", "b", "c"]]), [10, 1, 3, 6])
    >>> sorted(ranges.narrow({"a", "b"}, 3)), sorted(ranges.narrow({"a", "b"}, 2))
    (['a', 'b'], [])
    """

    def __init__(
        self, sums: Equations[Count], truth: Sequence[float], tell: Tell | None = None, most: int = MOST_PROGRAMS
    ) -> None:
        self.solved = 0
        self._tell, self._most = tell, most
        self._index, self._lines, self._judged = sums.index, sums.lines, sums.judged
        self._truth = np.array(truth, dtype=float)
        self._least = np.where(self._judged, np.minimum(1.0, self._truth), 0.0)
        self._in_a_sum = np.bincount(self._lines.indices, minlength=len(self._truth)) > 0
        self._low, self._high = self._truth.copy(), self._truth.copy()

    def narrow(self, hidden: set[Count], threshold: int) -> set[Count]:
        """Hidden counts that can be bounded to a range narrower than the threshold.

        Returns
        -------
        set of counts; empty when everything hidden is safe.
        """
        unsure = self._unsure(hidden, threshold)
        if len(unsure):
            system = self._system(hidden, threshold)
            unsure = self._push(system, unsure, threshold)
            self._ask(system, unsure, threshold)
        return self._named(self._unsure(hidden, threshold))

    def _places(self, hidden: set[Count]) -> np.ndarray:
        places = np.array(sorted(self._index[count] for count in hidden if count in self._index), dtype=np.int64)
        return places[self._in_a_sum[places]]  # what stands in no sum cannot be worked out

    def _unsure(self, hidden: set[Count], threshold: int) -> np.ndarray:
        places = self._places(hidden)
        return self._narrow(places[self._judged[places]], threshold)

    def _narrow(self, places: np.ndarray, threshold: int) -> np.ndarray:
        narrow: np.ndarray = self._high[places] - self._low[places] < threshold
        return np.asarray(places[narrow])

    def _named(self, places: np.ndarray) -> set[Count]:
        names = list(self._index)
        return {names[place] for place in places}

    def _system(self, hidden: set[Count], threshold: int) -> _System:
        places = self._places(hidden)
        known = self._lines[:, places]
        known = known[np.flatnonzero(known.count_nonzero(axis=1))]
        return _System(places, known, self._truth[places], self._least[places], threshold)

    def _push(self, system: _System, unsure: np.ndarray, threshold: int) -> np.ndarray:
        draw, fruitless = np.random.default_rng(SEED), 0
        while len(unsure) and fruitless < FRUITLESS:
            direction = np.zeros(len(self._truth))
            direction[unsure] = draw.choice((-1.0, 1.0), len(unsure))
            for objective in (direction, -direction):
                self._keep(system, self._solution(system, objective, gap=NEAR_ENOUGH))
            narrow = self._narrow(unsure, threshold)
            fruitless += len(unsure) - len(narrow) <= 1
            unsure = narrow
        return unsure

    def _ask(self, system: _System, unsure: np.ndarray, threshold: int) -> None:
        for place in unsure:
            for sign in (1.0, -1.0):
                if self._high[place] - self._low[place] < threshold:
                    objective = np.zeros(len(self._truth))
                    objective[place] = sign
                    self._keep(system, self._solution(system, objective))

    def _keep(self, system: _System, found: np.ndarray) -> None:
        places = system.places
        self._low[places] = np.minimum(self._low[places], found)
        self._high[places] = np.maximum(self._high[places], found)

    def _solution(self, system: _System, objective: np.ndarray, gap: float = 0.0) -> np.ndarray:
        self.solved += 1
        if self._tell is not None and self.solved % EACH == 0:
            self._tell(self.solved, len(system.places))
        if self.solved > self._most:
            refuse([Problem("suppression_too_large", WHERE, {"hidden": len(system.places), "most": self._most})])
        return system.smallest(objective[system.places], gap)


class _System:
    """What is known of the hidden counts: the sums of those that are hidden in each line."""

    def __init__(
        self, places: np.ndarray, known: sparse.csr_array, truth: np.ndarray, least: np.ndarray, threshold: int
    ) -> None:
        self.places = places
        self._truth = truth
        right = known @ truth
        self._constraints = optimize.LinearConstraint(known, right, right)
        # counts far above the truth are no narrower, so a bound keeps totals that stand in no equation finite
        self._bounds = optimize.Bounds(least, truth + ROOM * threshold)

    def smallest(self, objective: np.ndarray, gap: float) -> np.ndarray:
        """Solve with fractions first: that is quick, and its corners are mostly whole numbers anyhow."""
        found = self._milp(objective, np.zeros(len(objective)), gap)
        if not _is_whole(found):
            found = self._milp(objective, np.ones(len(objective)), gap)
        return np.round(found) if _is_whole(found) else self._truth

    def _milp(self, objective: np.ndarray, integrality: np.ndarray, gap: float) -> np.ndarray:
        found = optimize.milp(
            objective,
            constraints=self._constraints,
            bounds=self._bounds,
            integrality=integrality,
            options={"mip_rel_gap": gap, "node_limit": MOST_BRANCHES},
        )
        return self._truth if found.x is None else found.x


def _is_whole(found: np.ndarray) -> bool:
    return float(np.abs(found - np.round(found)).max(initial=0.0)) < WHOLE
