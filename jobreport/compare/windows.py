"""Windows of waves or periods before and after: the chosen, false ones earlier, and other sensible ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 3


@dataclass(frozen=True)
class Window:
    """Positions, in order of time, of the waves before and after."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    @classmethod
    def of(cls, periods: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Window:
        """Find the labels among the periods; ValueError names those that are not there."""
        missing = [label for label in (*before, *after) if label not in periods]
        if missing or not before or not after:
            raise ValueError(f"windows {list(before)} and {list(after)}: not in the data: {missing}")
        place = {label: i for i, label in enumerate(periods)}
        window = cls(tuple(sorted(place[p] for p in before)), tuple(sorted(place[p] for p in after)))
        if window.before[-1] >= window.after[0]:
            raise ValueError(f"the window before {list(before)} does not end before {list(after)}")
        return window

    def contrast(self, periods: int) -> tuple[float, ...]:
        """Coefficient of every period: each wave of a window counts the same."""
        weights = [0.0] * periods
        for i in self.before:
            weights[i] = -1 / len(self.before)
        for i in self.after:
            weights[i] = 1 / len(self.after)
        return tuple(weights)


def false_windows(window: Window, seasons: int = 1) -> tuple[Window, ...]:
    """Every earlier cut, using only periods up to the last one before the event.

    Windows of the same length and distance where there is room; otherwise the periods before the
    event are cut at every place in turn. With several ``seasons`` a year every cut lies a whole number
    of years earlier, so that the same months (quarters) are compared.

    Examples
    --------
    >>> [w.after for w in false_windows(Window((3,), (4,)))]
    [(1,), (2,), (3,)]
    >>> [(w.before, w.after) for w in false_windows(Window((0, 1, 2), (3, 4, 5)))]
    [((0,), (1, 2)), ((0, 1), (2,))]
    >>> [w.after for w in false_windows(Window((8,), (12,)), seasons=4)]
    [(4,), (8,)]
    """
    last = window.before[-1]
    found = []
    latest = window.after[-1] - last
    for shift in (shift for shift in range(window.before[0], latest - 1, -1) if shift % seasons == 0):
        before = tuple(i - shift for i in window.before)
        after = tuple(i - shift for i in window.after)
        found.append(Window(before, after))
    if found:
        return tuple(found)
    cuts = range(window.before[0] + 1, last + 1)
    return tuple(
        Window(tuple(i for i in window.before if i < cut), tuple(i for i in window.before if i >= cut))
        for cut in cuts
        if cut in window.before and (cut - window.before[0]) % seasons == 0
    )


def other_windows(window: Window, periods: int, seasons: int = 1) -> tuple[Window, ...]:
    """Windows of one to three periods next to the event, and the chosen one first.

    With several ``seasons`` a year they hold one to three whole years.

    Examples
    --------
    >>> len(other_windows(Window((7,), (8,)), 11))
    9
    """
    last, first = window.before[-1], window.after[0]
    lengths = [years * seasons for years in range(1, LONGEST + 1)]
    befores = [tuple(range(last - n + 1, last + 1)) for n in lengths if n <= last + 1]
    afters = [tuple(range(first, first + n)) for n in lengths if first + n <= periods]
    every = [Window(before, after) for before in befores for after in afters]
    return (window, *(other for other in every if other != window))
