"""Levels before and after: the plain mean of a window's wave estimates, the two ends of every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, frame, window_of
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Estimates
from jobreport.estimate.indicators import numbers
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.moments import Others
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.estimate.weights import Calibration
from jobreport.setup.codebook import Indicator


def window_estimates(
    responses: pd.DataFrame,
    indicators: Sequence[Indicator],
    *,
    windows: Sequence[Sequence[str]],
    focus: Sequence[str] = (),
    group_by: Sequence[str] = (),
    simulated: bool,
    names: Mapping[str, str],
    calibration: Calibration | None = None,
    tallies: Tallies | None = None,
    told: Others | None = None,
) -> pd.DataFrame:
    """Estimate the level in windows of two waves or more; a window of one wave is the wave itself.

    Parameters
    ----------
    responses, indicators, calibration, tallies, told, names, simulated
        As `survey_changes` takes them.
    windows
        Each a sequence of waves that count the same.
    focus, group_by
        Groups of these columns, and every single answer, are given for these municipalities and the country.

    Returns
    -------
    DataFrame with the columns of `estimates`: ``wave`` is the waves joined by '+', as in ``wave_before`` of a change,
    and the level after less the level before is the change to the last digit; a window with a wave that did not ask
    has no row. The variance is that of the summed scores, so that people who answered in two waves count once;
    interval and flags follow the rules of a single wave.

    Examples
    --------
    Waves of 40 and 60 pct. have the level 50 pct., however many answered in each.
    """
    tallies = Tallies(Sample(responses, calibration)) if tallies is None else tallies
    several = [window for window in windows if len(window) > 1]
    if not several:
        return frame("estimates", [], names).assign(simulated=simulated)
    measures = all_measures(indicators)
    stacks: dict[Measure, _Stacks] = {}
    for same in questions(measures):
        columns = () if same[0].is_single_answer else group_by
        stacks |= dict.fromkeys(same, _Stacks(tallies, same, several, columns, told))
    parts = [stacks[measure].rows(measure, focus) for measure in measures]
    cells = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return frame("estimates", pd.DataFrame(cells), names).assign(simulated=simulated)


class _Stacks:
    """Levels of the measures of a question in all windows: first of everybody, then by group of each column.

    Of each grouping there are two stacks, the municipalities and all of them together; estimates have the shape
    (windows, places, groups, measures).
    """

    def __init__(
        self,
        tallies: Tallies,
        measures: tuple[Measure, ...],
        windows: Sequence[Sequence[str]],
        group_by: Sequence[str],
        told: Others | None,
    ) -> None:
        self.measures, self.windows, self.columns, self.told = measures, windows, ("", *group_by), told
        sample = tallies.sample
        others = told.codes if told is not None else ()
        self.codes = np.array([*sample.municipalities, *others, COUNTRY], dtype=object)
        self.groups = [np.array(sample.groups(column), dtype=object) for column in self.columns]
        positions = [tuple(sample.waves.index(wave) for wave in window) for window in windows]
        everybody = np.arange(len(sample.municipalities))
        self.found: list[Estimates] = []
        for column in self.columns:
            tally = tallies.of(measures, column)
            own = WaveEstimates.of(tally).levels(positions)
            levels = [own, *self._beside(tallies, column, positions, everybody)]
            shape = (len(windows), len(self.codes), tally.parts, len(measures))
            self.found.append(Estimates.joined(levels, axis=1).reshape(*shape))

    def _beside(
        self, tallies: Tallies, column: str, positions: Sequence[tuple[int, ...]], everybody: np.ndarray
    ) -> tuple[Estimates, ...]:
        """What stands behind one's own municipalities: those that told their figures, and all together."""
        if self.told is None:
            return (WaveEstimates.of(tallies.of(self.measures, column), pool=everybody).levels(positions),)
        joined = self.told.beside(tallies, self.measures, column).own.levels(positions)
        pool = self.told.pool(tallies, self.measures, column).levels(positions)
        return joined.at((slice(None), slice(len(everybody), None))), pool

    def rows(self, measure: Measure, focus: Sequence[str]) -> dict[str, np.ndarray]:
        """Columns of the rows of one measure: window by window everybody, and then the groups."""
        asked = np.array([all(measure.asked_in(wave) for wave in window) for window in self.windows])
        in_front = np.isin(self.codes, (*focus, COUNTRY))
        keys, found = [], []
        for number, column in enumerate(self.columns):
            of_measure = self.found[number].at((..., self.measures.index(measure)))
            kept = in_front | (not column and not measure.is_single_answer)
            if column and self.told is not None:  # (who answered twice within a group is not told)
                kept = np.isin(self.codes, sorted({*focus} - {*self.told.codes}))
            inside = np.nonzero((of_measure.n > 0) & asked[:, None, None] & kept[:, None])
            window, place, group = inside
            keys.append(np.stack([window, np.full(len(window), number), group, place]))
            found.append(of_measure.at(inside))
        key = np.concatenate(keys, axis=1)
        order = np.lexsort(key[::-1])
        window, number, group, place = key[:, order]
        begins = np.cumsum([0, *map(len, self.groups[:-1])])
        texts = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
        labels = {
            name: np.full(len(order), text, dtype=object) for name, text in (texts | {"unit": measure.unit}).items()
        }
        labels["wave"] = np.array([window_of(each) for each in self.windows], dtype=object)[window]
        labels["group_by"] = np.array(self.columns, dtype=object)[number]
        labels["group"] = np.concatenate(self.groups)[begins[number] + group]
        labels["municipality_code"] = self.codes[place]
        made = numbers(Estimates.joined(found).at(order), measure)
        return labels | made | {"n_effective": np.full(len(order), np.nan)}  # (the waves have their own)
