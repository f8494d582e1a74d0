"""Official figures of no event: own change, how it lies beside those that were most alike, and the place among all.

It is described: who is alike is found from levels before, and nothing is said of why somebody differs.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from jobreport.compare.panel import Choice, Window, false_windows
from jobreport.compare.register import Official
from jobreport.compare.rounds import without_role
from jobreport.compare.rows import Row, effect_numbers
from jobreport.domain import periods
from jobreport.domain.released import frame
from jobreport.domain.rules import SIMILAR
from jobreport.estimate.estimators import Floats

YEARS = 3  # of levels before, by which it is found who is alike
KEPT = ("n_comparison", "change", "rank", "standard_error", "ci_low", "ci_high")
SIDES = {"from_below": 1, "from_above": -1}


class Described(Official):
    """An official series of no event: what it takes is what `Official` does, but for the event."""

    def changes(self) -> pd.DataFrame:
        """Tell how the figure changed in every municipality, alone and beside those that were most alike.

        Returns
        -------
        DataFrame with the columns of `changes`, ``event`` empty: method 'change', and 'similar', which is the change
        less the mean of the (up to 20) municipalities whose level was nearest in the three years to the end of
        ``before``. Its interval and rank are those of `effect.effects`, for the others show how much such a
        municipality swings; there is no p-value and no wording level, for nothing happened that it could be put down
        to.
        """
        rows = [without_role(row) for row in self.own_rows()]
        choices = self.asked.choices()
        changes = self.panel.changes(choices)
        for code, others in self._alike(self.asked.window).items():
            for choice, found in zip(choices, changes.effects([code], others), strict=True):
                numbers = {name: value for name, value in effect_numbers(found).items() if name in KEPT}
                rows.append(self.asked.row(self.panel, choice, "similar", municipality_code=code, **numbers))
        return frame("changes", rows, self.names)

    def diagnostics(self) -> pd.DataFrame:
        """Tell where every municipality lies among all, and how often it differed as much from those alike before.

        Returns
        -------
        DataFrame with the columns of `diagnostics`. ``place``, for each window of one period: ``value`` is the place
        among ``n`` municipalities ('from_below': 1 is the lowest; those alike share the place). ``as_large``, for each
        scale (``category``): in how many of ``n`` earlier periods as long the difference from those alike was as large.
        """
        return self.diagnosed([*self._places(), *self._earlier()])

    def _alike(self, window: Window) -> dict[str, tuple[str, ...]]:
        panel, last = self.panel, window.before[-1]
        level = panel.values[:, max(0, last + 1 - YEARS * self.asked.seasons) : last + 1].mean(axis=1)
        count = min(SIMILAR, (len(panel.codes) - 1) // 2)
        return {code: _nearest(panel.codes, level, place, count) for place, code in enumerate(panel.codes)}

    def _places(self) -> Iterator[Row]:
        panel, window = self.panel, self.asked.window
        for period in dict.fromkeys((*window.before, *window.after)):
            values = panel.values[:, period]
            known = values[np.isfinite(values)]
            for side, sign in SIDES.items():
                common: Row = {"diagnostic": "place", "category": side, "unit": "place", "wave": panel.periods[period]}
                common["n"] = len(known)
                for code, value in zip(panel.codes, values.tolist(), strict=True):
                    if np.isfinite(value):
                        place = float(1 + (sign * known < sign * value).sum())
                        yield common | {"municipality_code": code, "value": place}

    def _earlier(self) -> Iterator[Row]:
        asked, length = self.asked, self._length(self.asked.window)
        dates = [one for one in false_windows(asked.window, asked.seasons) if self._length(one) == length]
        every = map(self._differences, (asked.window, *dates) if dates else ())
        for scale, (now, *before) in zip(asked.scales, zip(*every, strict=True), strict=False):
            for code, own in now.items():
                known = [each[code] for each in before if np.isfinite(each[code])]
                told: Row = {"diagnostic": "as_large", "category": scale, "unit": "periods", "municipality_code": code}
                if known and np.isfinite(own):
                    yield told | {"value": float(sum(abs(each) >= abs(own) for each in known)), "n": len(known)}

    def _differences(self, window: Window) -> list[dict[str, float]]:
        # On each scale.
        changes = self.panel.changes([Choice(window, scale) for scale in self.asked.scales])
        found = {code: changes.effects([code], others) for code, others in self._alike(window).items()}
        return [{code: each[place].change for code, each in found.items()} for place in range(len(self.asked.scales))]

    def _length(self, window: Window) -> tuple[int, ...]:
        # Periods of time from each to the next: a series may lack years.
        labels = [self.panel.periods[place] for place in (*window.before, *window.after)]
        return tuple(periods.steps(labels[0], label) for label in labels)


def _nearest(codes: Sequence[str], level: Floats, place: int, count: int) -> tuple[str, ...]:
    away = np.abs(level - level[place])
    ordered = np.argsort(away, kind="stable")
    others = ordered[(ordered != place) & np.isfinite(away[ordered])]
    return tuple(sorted(codes[at] for at in others[:count].tolist()))
