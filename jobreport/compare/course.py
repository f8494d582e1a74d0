"""The course before the event: how fast a municipality moved beside the others, and what is left if it goes on so.

False dates with three waves before find a drift of two points a wave in 8 to 20 of 100 countries, and 8 to 10 where
nothing happens: that none stands out is no proof of a parallel course. So the difference itself must bear that the
course goes on. It must bear the end of its 50 pct. interval that explains most of the difference; the 50 was fixed
once, on simulated countries (`tests/simulation/test_words.py`).

References
----------
Rambachan, A. and Roth, J. (2023). A more credible approach to parallel trends. Review of Economic Studies 90,
2555-2591. (breakdown values, and why a pre-test that finds nothing is not enough)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jobreport.compare.effect import Effect
from jobreport.compare.panel import Changes, Line, Window
from jobreport.domain.rules import COURSE_LEVEL


@dataclass(frozen=True)
class Course:
    """How fast the treated moved beside the others in periods before the event, and for how long it may go on."""

    slope: Effect
    distance: float
    periods: tuple[int, ...] = ()

    @classmethod
    def of(cls, slopes: Changes, line: Line, window: Window, treated: Sequence[str], others: Sequence[str]) -> Course:
        """Compare slopes as changes are compared."""
        (slope,) = slopes.effects(treated, others)
        return cls(slope, line.distance(window), line.periods)

    @property
    def known(self) -> bool:
        """Whether there is a slope with an interval."""
        return bool(np.isfinite(self.slope.change) and self.slope.standard_error > 0)

    def interval(self) -> tuple[float, float]:
        """The interval that the difference must bear the ends of."""
        return self.slope.interval(COURSE_LEVEL)

    def continued(self, found: Effect) -> Effect:
        """What is left of a difference if the course goes on, at the end of its interval that explains most of it.

        Examples
        --------
        A rise of 10 after a course of 1 a wave, give or take 0.7, over three waves: at least 10 - 3 x 1.7 is left.

        >>> slope = Effect(1.0, 1.0, 1000, 1, 1001, 0.0, 0.0)
        >>> round(Course(slope, 3.0).continued(replace(slope, change=10.0)).change, 2)
        4.98
        """
        low, high = self.interval()
        return replace(found, change=found.change - self.distance * (high if found.change > 0 else low))

    def bears(self, found: Effect) -> bool:
        """Whether the interval of a clear difference leaves zero out on the same side when the course goes on."""
        side = np.sign(found.change)
        return self.known and all(side * end > 0 for each in (found, self.continued(found)) for end in each.interval())

    def breakdown(self, found: Effect) -> float:
        """The course at which a clear difference is clear no more: its interval's end nearest zero, over the time."""
        return float(min(found.interval(), key=abs)) / self.distance
