"""Levels before and after: the plain mean of a window's wave estimates, the two ends of every change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, frame, window_of
from jobreport.estimate.estimators import Floats
from jobreport.estimate.indicators import numbers
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, Tally
from jobreport.estimate.wave_estimates import WaveEstimates
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
) -> pd.DataFrame:
    """Estimate the level in windows of two waves or more; a window of one wave is the wave itself.

    Parameters
    ----------
    responses, indicators, calibration, tallies, names, simulated
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
    sample = tallies.sample
    rows: list[dict[str, object]] = []
    order = {window_of(window): place for place, window in enumerate(windows)}
    several = [tuple(sample.waves.index(wave) for wave in window) for window in windows if len(window) > 1]
    for measure in all_measures(indicators) if several else ():
        keep = focus if measure.is_single_answer else sample.municipalities
        asked = [window for window in several if all(measure.asked_in(sample.waves[wave]) for wave in window)]
        found = _rows(measure, *tallies.of(measure), asked, (*keep, COUNTRY))
        for column in () if measure.is_single_answer else group_by:
            for position, group in enumerate(sample.groups(column)):
                of_group = _rows(measure, *tallies.of(measure, column, position), asked, (*focus, COUNTRY))
                found += [row | {"group_by": column, "group": group} for row in of_group]
        rows += sorted(found, key=lambda row: order[str(row["wave"])])
    return frame("estimates", rows, names).assign(simulated=simulated)


def _rows(
    measure: Measure, tally: Tally, values: Floats, windows: Sequence[tuple[int, ...]], keep: Sequence[str]
) -> list[dict[str, object]]:
    both = [WaveEstimates.of(tally, values, pooled=pooled) for pooled in (False, True)]
    return [row for window in windows for waves in both for row in _of_window(waves, measure, window, set(keep))]


def _of_window(
    waves: WaveEstimates, measure: Measure, window: tuple[int, ...], keep: Collection[str]
) -> Iterator[dict[str, object]]:
    sample = waves.tally.overlap.sample
    found = waves.level(window)
    columns = numbers(found, measure) | {"n_effective": np.full(len(found.n), np.nan)}  # (the waves have their own)
    labels = _labels(measure, tuple(sample.waves[wave] for wave in window))
    for i, code in enumerate((COUNTRY,) if waves.pooled else sample.municipalities):
        if code in keep and found.n[i] > 0:
            yield labels | {"municipality_code": code} | {name: column[i] for name, column in columns.items()}


def _labels(measure: Measure, window: tuple[str, ...]) -> dict[str, object]:
    labels: dict[str, object] = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
    return labels | {"unit": measure.unit, "wave": window_of(window), "group_by": "", "group": ""}
