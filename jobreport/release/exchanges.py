"""Hidden counts that can change together while every sum stands, found without a program.

Two counts of one line that change against each other leave something over in the other lines that they are in. Another
pair that leaves the same over takes it back: '18-29' may have some more and '30-44' as many fewer in one municipality
if it is the other way round in another. Such four counts are an *exchange*: it leads from whole numbers that fit
everything published to others that do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jobreport.estimate.estimators import Floats, Ints

SHORT = 12
"""Hidden counts of a line of which all pairs are looked at; one of all municipalities leads to the same exchanges."""


def exchanges(known: sparse.csr_array) -> list[Ints]:
    """Lists of pairs that leave the same over, each of two rows: what one gains is what the other loses.

    Parameters
    ----------
    known
        A line for each sum: +1 for its total and −1 for its parts.

    Examples
    --------
    Two municipalities of two groups each, within their sums and within those of the groups:

    >>> lines = sparse.csr_array([[-1, -1, 0, 0], [0, 0, -1, -1], [-1, 0, -1, 0], [0, -1, 0, -1]])
    >>> [pairs.tolist() for pairs in exchanges(lines)]
    [[[0, 1], [2, 3]], [[0, 2], [1, 3]]]
    """
    lines, pairs = _pairs(known)
    lines_of = _lines_of(known)
    over = np.concatenate([lines_of[pairs[0]], -lines_of[pairs[1]]], axis=1)
    over[np.abs(over) == lines[:, None] + 1] = 0
    over = np.take_along_axis(over, np.argsort(-np.abs(over), axis=1, kind="stable"), axis=1)
    turned = np.flatnonzero(over[:, 0] < 0)
    over[turned], pairs[:, turned] = -over[turned], pairs[::-1, turned]
    _, alike, times = np.unique(over, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(alike.ravel(), kind="stable")
    lists = (_apart(pairs[:, same]) for same in np.split(order, np.cumsum(times)[:-1]))
    return [each for each in lists if each.shape[1] > 1]


def _pairs(known: sparse.csr_array) -> tuple[Ints, Ints]:
    """Any two counts on the same side of a line, and which line; of lines that are the shortest some count is in."""
    lines, pairs = [np.empty(0, dtype=int)], [np.empty((2, 0), dtype=int)]
    lengths = np.diff(known.indptr)
    entries_of = known.tocsc()
    shortest = np.minimum.reduceat(lengths[entries_of.indices], entries_of.indptr[:-1])
    used = np.unique(entries_of.indices[lengths[entries_of.indices] == np.repeat(shortest, np.diff(entries_of.indptr))])
    for length in range(2, SHORT + 1):
        rows = used[lengths[used] == length]
        entries = known.indptr[rows][:, None, None] + np.stack(np.triu_indices(length, 1))
        signs = known.data[entries]
        line, pair = np.nonzero(signs[:, 0] == signs[:, 1])
        lines.append(rows[line])
        pairs.append(known.indices[entries[line, :, pair]].T)
    return np.concatenate(lines), np.concatenate(pairs, axis=1)


def _lines_of(known: sparse.csr_array) -> Ints:
    """Of each count the lines that it stands in, numbered from 1 and below 0 where it is a part; filled up with 0."""
    columns = known.tocsc()
    times = np.diff(columns.indptr)
    found = np.zeros((len(times), times.max(initial=0)), dtype=int)
    place = np.arange(columns.nnz) - np.repeat(columns.indptr[:-1], times)
    found[np.repeat(np.arange(len(times)), times), place] = (columns.indices + 1) * np.sign(columns.data).astype(int)
    return found


def _apart(pairs: Ints) -> Ints:
    """Pairs of which none has a count of another's."""
    first = np.zeros(pairs.size, dtype=bool)
    first[np.unique(pairs, return_index=True)[1]] = True
    return np.asarray(pairs[:, first.reshape(pairs.shape).all(axis=0)])


@dataclass
class Walk:
    """Tables of whole numbers that fit, and the smallest and largest value that each count was found to have.

    Parameters
    ----------
    at, least, most
        Where it begins and its bounds; the last axis is that of the counts.
    low, high
        What was found so far.
    """

    at: Floats
    least: Floats
    most: Floats
    low: Floats
    high: Floats

    def look(self, lists: Iterable[Ints]) -> None:
        """Note how far each count can go by the best exchange of each of its pairs with another."""
        for pairs in lists:
            forth, back = self._room(*pairs), self._room(*pairs[::-1])
            for gains, loses, one, other in ((*pairs, forth, back), (*pairs[::-1], back, forth)):
                far = np.minimum(one, _best_other(other))
                self.high[..., gains] = np.maximum(self.high[..., gains], self.at[..., gains] + far)
                self.low[..., loses] = np.minimum(self.low[..., loses], self.at[..., loses] - far)

    def go(self, lists: Iterable[Ints], toward: Floats, draw: np.random.Generator) -> None:
        """Let pairs drawn by lot exchange as much as they can, to whichever side the direction points."""
        for pairs in lists:
            self._exchange(draw.permutation(pairs, axis=1), toward)

    def _exchange(self, shuffled: Ints, toward: Floats) -> None:
        """Each pair of the first half with its like in the second, the other way round."""
        half = shuffled.shape[1] // 2
        one, other = shuffled[:, :half], shuffled[::-1, half : 2 * half]
        gain = (toward[..., one[0]] - toward[..., one[1]]) + (toward[..., other[0]] - toward[..., other[1]])
        forth = np.minimum(self._room(*one), self._room(*other))
        back = np.minimum(self._room(*one[::-1]), self._room(*other[::-1]))
        step = np.where(gain > 0, forth, np.where(gain < 0, -back, 0.0))
        for gains, loses in (one, other):
            self.at[..., gains] += step
            self.at[..., loses] -= step

    def _room(self, gains: Ints, loses: Ints) -> Floats:
        """How many each of some counts can gain from another."""
        return np.minimum(self.most[..., gains] - self.at[..., gains], self.at[..., loses] - self.least[..., loses])


def _best_other(room: Floats) -> Floats:
    """The largest value of the others.

    Examples
    --------
    >>> _best_other(np.array([1.0, 3.0, 2.0])).tolist()
    [3.0, 2.0, 3.0]
    """
    largest = np.partition(room, -2)[..., -2:]
    return np.where(room == largest[..., 1:], largest[..., :1], largest[..., 1:])
