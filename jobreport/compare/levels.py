"""Levels before and after: the plain mean of a window's wave estimates, the two ends of every change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from jobreport.compare.rows import COUNTRY
from jobreport.compare.tallies import Tallies
from jobreport.compare.tally import Tally
from jobreport.compare.wave_estimates import WaveEstimates
from jobreport.domain.rules import INTERVAL_LEVEL, RARE_BELOW, UNCERTAIN_BELOW
from jobreport.estimate.estimators import Floats, costly, t_quantile
from jobreport.estimate.indicators import COUNTS, ESTIMATE_COLUMNS
from jobreport.estimate.measures import BOXES, Measure, all_measures
from jobreport.estimate.sample import Sample
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
    DataFrame with `ESTIMATE_COLUMNS`: ``wave`` is the waves joined by '+', as in ``wave_before`` of a change, and the
    level after less the level before is the change to the last digit; a window with a wave that did not ask has no
    row. The variance is that of the summed scores, so
    that people who answered in two waves count once; the interval is a t interval kept within the scale.

    Examples
    --------
    Waves of 40 and 60 pct. have the level 50 pct., however many answered in each.
    """
    tallies = Tallies(Sample(responses, calibration)) if tallies is None else tallies
    sample = tallies.sample
    rows: list[dict[str, object]] = []
    order = {"+".join(window): place for place, window in enumerate(windows)}
    several = [tuple(sample.waves.index(wave) for wave in window) for window in windows if len(window) > 1]
    for measure in all_measures(indicators) if several else ():
        is_answer = measure.name == "share" and measure.category not in BOXES
        keep = focus if is_answer else sample.municipalities
        asked = [window for window in several if all(measure.asked_in(sample.waves[wave]) for wave in window)]
        found = _rows(measure, *tallies.of(measure), asked, (*keep, COUNTRY))
        for column in () if is_answer else group_by:
            for position, group in enumerate(sample.groups(column)):
                of_group = _rows(measure, *tallies.of(measure, column, position), asked, (*focus, COUNTRY))
                found += [row | {"group_by": column, "group": group} for row in of_group]
        rows += sorted(found, key=lambda row: order[str(row["wave"])])
    table = pd.DataFrame(rows, columns=list(ESTIMATE_COLUMNS)).assign(simulated=simulated)
    table["municipality"] = table["municipality_code"].map(lambda code: names.get(code, code))
    return table.astype(dict.fromkeys(COUNTS, "Int64"))


def _rows(
    measure: Measure, tally: Tally, values: Floats, windows: Sequence[tuple[int, ...]], keep: Sequence[str]
) -> list[dict[str, object]]:
    both = [WaveEstimates.of(tally, values, pooled=pooled) for pooled in (False, True)]
    return [row for window in windows for waves in both for row in _of_window(waves, measure, window, set(keep))]


def _of_window(
    waves: WaveEstimates, measure: Measure, window: tuple[int, ...], keep: Collection[str]
) -> Iterator[dict[str, object]]:
    sample = waves.tally.overlap.sample
    contrast = np.zeros(len(sample.waves))
    contrast[list(window)] = 1 / len(window)
    level, variance = waves.contrast(contrast)
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    half = t_quantile((1 + INTERVAL_LEVEL) / 2, waves.degrees_of_freedom(window)) * error
    n, effective = waves.answers(window), waves.effective(window)
    for i, code in enumerate((COUNTRY,) if waves.pooled else sample.municipalities):
        if code in keep and n[i] > 0:
            numbers = {"n": int(n[i]), "estimate": level[i], "standard_error": error[i]}
            numbers |= {"ci_low": max(level[i] - half[i], measure.lowest)}
            numbers |= {"ci_high": min(level[i] + half[i], measure.highest)}
            labels = _labels(measure, tuple(sample.waves[wave] for wave in window)) | {"municipality_code": code}
            yield labels | numbers | _certainty(measure, numbers, effective[i])


def _labels(measure: Measure, window: tuple[str, ...]) -> dict[str, object]:
    labels: dict[str, object] = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
    return labels | {"unit": measure.unit, "wave": "+".join(window), "group_by": "", "group": ""}


def _certainty(measure: Measure, numbers: Mapping[str, float], effective: float) -> dict[str, object]:
    """Flag by the same rules as a single wave; few and rare by the number of answers, not the effective one."""
    n, level = numbers["n"], numbers["estimate"]
    reasons = ["few_effective_answers"] if n < UNCERTAIN_BELOW else []
    reasons += ["rare_answer"] if measure.is_share and n * min(level, 1 - level) < RARE_BELOW else []
    reasons += ["costly_weights"] if costly(np.asarray(n), np.asarray(effective)) else []
    unknown = ["no_variation"] if np.isnan(numbers["standard_error"]) else []
    return {"flag": "uncertain" if reasons else "", "reason": ";".join((*unknown, *reasons))}
