"""Official figures before and after an event: `register` to `changes`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from jobreport.compare.effects import effect_rows
from jobreport.compare.panel import Changes, Choice, Line, Question, Window, false_windows
from jobreport.compare.rows import NOBODY, Roles, Row
from jobreport.compare.spread import SOURCES, Spread, below, false_alarms
from jobreport.domain import municipalities, periods
from jobreport.domain.released import COUNTRY, frame, window_of
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.indicators import register_estimates
from jobreport.setup.params_model import Event

SCALES = ("points", "log")


class RegisterPanel:
    """One series: values of municipalities x periods, in their own unit, without sampling error."""

    def __init__(self, series: pd.DataFrame, scales: Sequence[str]) -> None:
        by_place = series.astype({"period": str}).set_index(["municipality_code", "period"])
        # (unstack, unlike pivot_table, refuses two values of a municipality in one period)
        table = by_place["value"].unstack()
        self.codes = tuple(str(code) for code in table.index)
        self.periods = tuple(str(period) for period in table.columns)
        self.values: Floats = table.to_numpy(float)
        self.choices = tuple((scale, True, False) for scale in scales)
        self._unit = str(series["unit"].iloc[0])
        self.persons = _persons(self.codes)
        self.spread = Spread()

    def learn(self, window: Window, others: Sequence[str], seasons: int) -> None:
        """Find from the others' changes before the event how much a municipality swings at which level and size."""
        earlier = [Choice(one) for one in false_windows(window, seasons)]
        places = [self._place[code] for code in others if code in self._place]
        size, now = self.persons[places], self.level(window)[places]
        if not np.isfinite(now).any() or np.nanmin(self.values[:, : window.before[-1] + 1]) <= 0:
            return  # (no such level tells how much it swings)
        midway = _middle(now), _middle(size)
        told = [(self.level(choice.window)[places], size, self._change(choice)[places]) for choice in earlier]
        self.spread = Spread.of(told, midway)

    @property
    def assumed(self) -> str:
        """What the interval of every comparison takes for granted."""
        return self.spread.reason

    def changes(self, choices: Sequence[Choice]) -> Changes:
        """Mean after less mean before, or the logarithm of their ratio; NaN where that is undefined."""
        change = np.stack([self._change(choice) for choice in choices])
        levels = [self.level(choice.level or choice.window) for choice in choices]
        swings = [self.spread.at(level, self.persons, one.scale) for level, one in zip(levels, choices, strict=True)]
        return Changes(change, None, np.stack(swings), codes=self.codes)

    def slopes(self, line: Line, scale: str) -> Changes:
        """Slope of every municipality through the values or their logarithms; swings are those at its mean level."""
        contrast, used = np.array(line.contrast(len(self.periods))), list(line.periods)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = self.values if scale == "points" else np.log(np.where(self.values > 0, self.values, np.nan))
        slope = np.where(contrast != 0, values, 0.0) @ contrast
        swings = self.spread.at(self.values[:, used].mean(axis=1), self.persons, scale)
        return Changes(slope[None], None, swings[None], codes=self.codes)

    def _change(self, choice: Choice) -> Floats:
        before = self.level(choice.window)
        after = self.values[:, list(choice.window.after)].mean(axis=1)
        if choice.scale == "points":
            return np.asarray(after - before)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where((before > 0) & (after > 0), after / before, np.nan)
        return np.asarray(np.log(ratio))

    def level(self, window: Window) -> Floats:
        """Mean over the window before."""
        return np.asarray(self.values[:, list(window.before)].mean(axis=1))

    def observed(self, code: str) -> Bools:
        """Periods with a value."""
        if code not in self._place:
            return np.zeros(len(self.periods), dtype=bool)
        return np.asarray(np.isfinite(self.values[self._place[code]]))

    def unit(self, scale: str) -> str:
        """The series' own unit, or log points (per cent = exp(change) - 1)."""
        return self._unit if scale == "points" else "log_points"

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.codes)}


def _middle(values: Floats) -> float:
    return float(np.exp(np.nanmean(np.log(values))))


def _persons(codes: Sequence[str]) -> Floats:
    # Inhabitants of each; where somebody's are not known all count as of one size.
    known = municipalities.persons()
    return np.array([known[code] for code in codes] if set(codes) <= set(known) else np.ones(len(codes)), dtype=float)


class Official:
    """One official series before and after an event: what is known of it, and what is asked of it.

    Parameters
    ----------
    series
        Columns ``municipality_code, period, series, value, unit``; '000' is the country.
    before, after
        Periods of the two windows. Monthly and quarterly figures move with the seasons: everything is compared
        with the same months (quarters) of other years, so both windows must hold the same ones.
    event
        What happened, to whom, and whom they are compared with. The exposed are never comparison; of no event
        (`described.Described`) nobody has a part in it.
    scales
        'points' and 'log'; the first is the chosen one, the others stand beside it.
    checks
        As a `panel.Question` has them: ``regions``, for the specification curve, ``unchanged_margin`` in the series'
        unit, and whether ``false_dates`` and ``specifications`` are tried.

    Raises
    ------
    ValueError
        If a period is not in the data, the windows hold different months, or a municipality has two roles.
    """

    def __init__(
        self,
        series: pd.DataFrame,
        *,
        before: Sequence[str],
        after: Sequence[str],
        names: Mapping[str, str],
        event: Event | None = None,
        scales: Sequence[str] = SCALES,
        simulated: bool = False,
        **checks: Any,
    ) -> None:
        windows = [str(period) for period in before], [str(period) for period in after]
        if not periods.same_seasons(*windows):
            raise ValueError(f"the windows {windows[0]} and {windows[1]} do not hold the same months or quarters")
        self.names, self.simulated = names, simulated
        self.named: Row = {"indicator": str(series["series"].iloc[0]), "measure": "register"}
        self.panel = panel = RegisterPanel(series[series["municipality_code"] != COUNTRY], scales)
        country = series[(series["municipality_code"] == COUNTRY) & series["period"].astype(str).isin(panel.periods)]
        self.shown = [panel, *([RegisterPanel(country, scales)] if len(country) else [])]
        spans = [periods.span(period) for period in panel.periods]
        self.asked = asked = Question(
            roles=NOBODY if event is None else Roles.of(event, panel.codes),
            window=Window.of(panel.periods, *windows),
            scales=tuple(scales),
            identity={"event": event.event if event is not None else "", **self.named, "simulated": simulated},
            listed=event is not None and event.comparison != "all",
            seasons=max(periods.per_year(period) for period in panel.periods),
            foreseen=tuple(place for place, days in enumerate(spans) if days and event and event.foreseen(*days)),
            **checks,
        )
        panel.learn(asked.window, panel.codes if event is None else asked.roles.comparison, asked.seasons)

    def changes(self) -> pd.DataFrame:
        """Compare before and after.

        Returns
        -------
        DataFrame with the columns of `changes`. The effect can be recomputed from the rows of method 'change' and the
        spreads: own change less the mean of those with role 'comparison', weighted by 1 / spread^2, as in
        `effect.effects`; interval by t with J0 - 1 degrees of freedom. How much each swings by its level before and its
        size is found from the comparison's changes before the event; `diagnostics` gives it ('swing').
        """
        return frame("changes", [*self.own_rows(), *effect_rows(self.panel, self.asked)], self.names)

    def own_rows(self) -> Iterator[Row]:
        """Own change of every municipality, and of the country if it has the same periods, on every scale."""
        for panel in self.shown:
            for scale in self.asked.scales if panel.periods == self.panel.periods else ():
                choice = Choice(self.asked.window, scale)
                (own,) = panel.changes([choice]).change
                for code, change in zip(panel.codes, own, strict=True):
                    told: Row = {"change": change, "reason": "" if np.isfinite(change) else "undefined"}
                    told |= {"role": self.asked.roles.of_code(code), "municipality_code": code}
                    yield self.asked.row(panel, choice, "change", **told)

    def diagnostics(self) -> pd.DataFrame:
        """Tell how far the intervals of `changes` can be trusted.

        Returns
        -------
        DataFrame with the columns of `diagnostics`. ``spread``: what the variance of a change in points is made of
        midway by level and size (``category``, see `spread.Spread`), and the number of changes before the event it was
        found from. ``swing``: how much each municipality swings, in points, beside one midway. ``false_alarms``, for
        each municipality that the event touched and each scale (``category``): how often the others in its quarter of
        level stood out at the false dates, a share of n tests.
        """
        rows = [*self._swings(), *(row for scale in self.asked.scales for row in self._alarms(scale))]
        return self.diagnosed(rows)

    def diagnosed(self, rows: Iterable[Row]) -> pd.DataFrame:
        """Make rows that tell of the series the table that they are rows of."""
        table = frame("diagnostics", [self.named | row for row in rows], self.names)
        return table.assign(simulated=self.simulated)

    def _swings(self) -> list[Row]:
        panel, spread = self.panel, self.panel.spread
        if not spread.parts:
            return []
        made: Row = {"diagnostic": "spread", "municipality_code": COUNTRY, "unit": "share", "n": spread.n or None}
        rows = [made | {"category": name, "value": part} for name, part in zip(SOURCES, spread.parts, strict=True)]
        swings = spread.at(panel.level(self.asked.window), panel.persons, "points").tolist()
        known = [(code, swing) for code, swing in zip(panel.codes, swings, strict=True) if np.isfinite(swing)]
        each: Row = {"diagnostic": "swing", "unit": "ratio"}
        return rows + [each | {"municipality_code": code, "value": swing} for code, swing in known]

    def _alarms(self, scale: str) -> Iterator[Row]:
        panel, roles = self.panel, self.asked.roles
        dates = [Choice(window, scale) for window in false_windows(self.asked.window, self.asked.seasons)]
        if not dates:
            return
        changes, level = panel.changes(dates), np.stack([panel.level(choice.window) for choice in dates])
        now, others = panel.level(self.asked.window), changes.where(roles.comparison)
        for place in changes.where((*roles.treated, *roles.exposed)):
            alarms, tests = false_alarms(changes, level, below(now[others], now[place]), roles.comparison)
            if tests:
                told: Row = {"diagnostic": "false_alarms", "category": scale, "municipality_code": panel.codes[place]}
                yield told | {"unit": "share", "value": alarms / tests, "n": tests}


def register_levels(
    series: pd.DataFrame, *, windows: Sequence[Sequence[str]], names: Mapping[str, str]
) -> pd.DataFrame:
    """Level of official figures in windows of two periods or more, as rows of `estimates`.

    Parameters
    ----------
    series
        As `Official` takes it, of one series or several.
    windows
        Each a sequence of periods that count the same; a window of one period is the period itself.

    Returns
    -------
    DataFrame with the columns of `estimates`: ``wave`` is the periods joined by '+', as in ``wave_before`` of a change;
    no value where a period has none.
    """
    parts = []
    for window in (sorted(str(period) for period in one) for one in windows if len(one) > 1):
        rows = series[series["period"].astype(str).isin(window)]
        means = rows.groupby(["municipality_code", "series", "unit"], sort=False)["value"]
        whole = means.agg(lambda values: values.mean(skipna=False)).where(means.size() == len(window))
        parts.append(whole.reset_index().assign(period=window_of(window)))
    joined = pd.concat(parts, ignore_index=True) if parts else series.head(0)
    return register_estimates(joined, names=names)
