"""Official figures of no event: own change, how it lies beside those that were most alike, and the place among all.

It is described: who is alike is found from levels before, and nothing is said of why somebody differs.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from jobreport.compare.effect import Effect
from jobreport.compare.panel import Changes, Choice, Question, Window, false_windows
from jobreport.compare.register import SCALES, RegisterPanel, own_rows, posed
from jobreport.compare.rounds import without_role
from jobreport.compare.rows import Row, effect_numbers
from jobreport.domain import periods
from jobreport.domain.released import COUNTRY, frame
from jobreport.domain.rules import SIMILAR
from jobreport.estimate.estimators import Floats

YEARS = 3  # of levels before, by which it is found who is alike
KEPT = ("n_comparison", "change", "rank", "standard_error", "ci_low", "ci_high")
SIDES = {"from_below": 1, "from_above": -1}


def described_changes(
    series: pd.DataFrame,
    *,
    before: Sequence[str],
    after: Sequence[str],
    scales: Sequence[str] = SCALES,
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Tell how an official figure changed in every municipality, alone and beside those that were most alike.

    Parameters
    ----------
    series, before, after, scales
        As `register_changes` takes them.

    Returns
    -------
    DataFrame with the columns of `changes`, ``event`` empty: method 'change', and 'similar', which is the change less
    the mean of the (up to 20) municipalities whose level was nearest in the three years to the end of ``before``. Its
    interval and rank are those of `effect.effect`, for the others show how much such a municipality swings; there is
    no p-value and no wording level, for nothing happened that it could be put down to.
    """
    rows: list[Row] = []
    for _, one in series.groupby("series", sort=False):
        panel, asked = posed(one, None, before, after, scales)
        country = one[one["municipality_code"].eq(COUNTRY)]
        rows += [without_role(row) for row in own_rows(panel, asked)]
        if not country.empty:
            rows += [without_role(row) for row in own_rows(RegisterPanel(country, scales), asked, panel.periods)]
        changes = panel.changes(asked.choices())
        alike = _alike(panel, asked.window, asked.seasons)
        for code, others in alike.items():
            for choice, found in zip(asked.choices(), changes.effects([code], others), strict=True):
                rows += [asked.row(panel, choice, "similar", municipality_code=code, **_numbers(found))]
    return frame("changes", rows, names).assign(simulated=False)


def described_places(
    series: pd.DataFrame,
    *,
    before: Sequence[str],
    after: Sequence[str],
    scales: Sequence[str] = SCALES,
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Tell where every municipality lies among all, and how often it differed as much from those alike before.

    Returns
    -------
    DataFrame with the columns of `diagnostics`. ``place``, for each window of one period: ``value`` is the place among
    ``n`` municipalities ('from_below': 1 is the lowest; those alike share the place). ``as_large``, for each scale
    (``category``): in how many of ``n`` earlier periods as long the difference from those alike was as large.
    """
    rows: list[Row] = []
    for name, one in series.groupby("series", sort=False):
        panel, asked = posed(one, None, before, after, scales)
        common: Row = {"indicator": str(name), "measure": "register"}
        rows += [common | place for place in _places(panel, asked.window)]
        rows += [common | earlier for earlier in _earlier(panel, asked)]
    return frame("diagnostics", rows, names).assign(simulated=False)


def _numbers(found: Effect) -> Row:
    return {name: value for name, value in effect_numbers(found).items() if name in KEPT}


def _alike(panel: RegisterPanel, window: Window, seasons: int) -> dict[str, tuple[str, ...]]:
    last = window.before[-1]
    level = panel.values[:, max(0, last + 1 - YEARS * seasons) : last + 1].mean(axis=1)
    count = min(SIMILAR, (len(panel.codes) - 1) // 2)
    return {code: _nearest(panel.codes, level, place, count) for place, code in enumerate(panel.codes)}


def _nearest(codes: Sequence[str], level: Floats, place: int, count: int) -> tuple[str, ...]:
    away = np.abs(level - level[place])
    ordered = [at for at in np.argsort(away, kind="stable").tolist() if at != place and np.isfinite(away[at])]
    return tuple(sorted(codes[at] for at in ordered[:count]))


def _places(panel: RegisterPanel, window: Window) -> list[Row]:
    rows: list[Row] = []
    for period in dict.fromkeys((*window.before, *window.after)):
        values = panel.values[:, period]
        known = values[np.isfinite(values)]
        for side, sign in SIDES.items():
            common: Row = {"diagnostic": "place", "category": side, "unit": "place", "wave": panel.periods[period]}
            rows += [
                common | {"municipality_code": code, "value": float(1 + (sign * known < sign * value).sum())}
                | {"n": len(known)}
                for code, value in zip(panel.codes, values.tolist(), strict=True)
                if np.isfinite(value)
            ]  # fmt: skip
    return rows


def _earlier(panel: RegisterPanel, asked: Question) -> list[Row]:
    length = _length(panel, asked.window)
    dates = [one for one in false_windows(asked.window, asked.seasons) if _length(panel, one) == length]
    rows: list[Row] = []
    for scale in asked.scales if dates else ():
        now, *before = (_differences(panel, Choice(window, scale), asked.seasons) for window in (asked.window, *dates))
        for code, own in now.items():
            known = [each[code] for each in before if np.isfinite(each[code])]
            told: Row = {"diagnostic": "as_large", "category": scale, "unit": "periods", "municipality_code": code}
            if known and np.isfinite(own):
                rows.append(told | {"value": float(sum(abs(each) >= abs(own) for each in known)), "n": len(known)})
    return rows


def _differences(panel: RegisterPanel, choice: Choice, seasons: int) -> dict[str, float]:
    changes: Changes = panel.changes([choice])
    alike = _alike(panel, choice.window, seasons)
    return {code: changes.effects([code], others)[0].change for code, others in alike.items()}


def _length(panel: RegisterPanel, window: Window) -> tuple[int, ...]:
    # Periods of time from each to the next: a series may lack years.
    labels = [panel.periods[place] for place in (*window.before, *window.after)]
    return tuple(periods.steps(labels[0], label) for label in labels)
