"""Answers before and after an event: `responses` to `changes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jobreport.compare.effects import effect_rows
from jobreport.compare.panel import Choice
from jobreport.compare.question import Question
from jobreport.compare.rows import Roles, Row, joined
from jobreport.compare.survey_panel import SurveyPanel
from jobreport.compare.windows import Window
from jobreport.compare.withheld import NOT_ASKED, told_by_changes, withheld_rows
from jobreport.domain.released import COUNTRY, frame
from jobreport.domain.rules import INTERVAL_LEVEL
from jobreport.estimate.estimators import Floats, t_quantile
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.estimate.wave_estimates import WaveEstimates
from jobreport.estimate.weights import Calibration
from jobreport.setup.codebook import Indicator, main_measure


def survey_changes(
    responses: pd.DataFrame,
    indicators: Sequence[Indicator],
    *,
    event: str,
    treated: Sequence[str],
    exposed: Sequence[str] = (),
    comparison: Sequence[str] | None = None,
    before: Sequence[str],
    after: Sequence[str],
    group_by: Sequence[str] = (),
    mix: str | None = None,
    false_dates: bool = True,
    specifications: bool = True,
    regions: Mapping[str, str] | None = None,
    unchanged_margin: float | None = None,
    simulated: bool,
    names: Mapping[str, str],
    calibration: Calibration | None = None,
    tallies: Tallies | None = None,
) -> pd.DataFrame:
    """Compare what people answered before and after an event.

    Parameters
    ----------
    responses
        As `indicators.estimate` takes them; with ``respondent_id`` people who answered in both windows
        count once, without it the waves count as independent (reason ``overlap_unknown``).
    treated, exposed, comparison
        Municipality codes; ``comparison`` None is everybody else. The exposed are never comparison.
    before, after
        Waves of the two windows; each wave counts the same.
    group_by
        Columns; own changes per group for the treated, the exposed and the country.
    mix
        Column to standardise on: adds rows with ``adjustment`` 'mix' and the split into 'mix' and
        'rates'.
    regions
        Municipality code to region, for the specification curve.
    unchanged_margin
        In the unit of a share (0.05 is five percentage points); compared with shares only.
    calibration
        What made the weights, from `weights.calibrate`; None for weights as delivered.
    tallies
        Those of the responses and the calibration, if they are at hand; None makes them.

    Returns
    -------
    DataFrame with the columns of `changes`. Own changes: interval by t with the people's degrees of freedom.
    Effects: own change less the random-effects mean of the comparison, see `effect.effect`.
    ``p_adjusted`` is Holm's over the indicators of one municipality (the positive box, or the index of
    an indicator of several items). Only these headline measures, and the positive box of each item,
    go through every choice of the specification curve; the others are never called an effect. What was not asked in
    every wave of both windows has rows without numbers, ``not_asked``.

    Raises
    ------
    ValueError
        If a wave is not in the data, or a municipality has two roles.
    """
    tallies = Tallies(Sample(responses, calibration)) if tallies is None else tallies
    sample = tallies.sample
    asked = Question(
        roles=Roles.of(sample.municipalities, treated, exposed, comparison),
        window=Window.of(sample.waves, before, after),
        scales=("points",),
        identity={"event": event, "simulated": simulated},
        adjustments=(False, True) if mix else (False,),
        false_dates=false_dates,
        specifications=specifications,
        regions=regions or {},
        unchanged_margin=unchanged_margin,
        listed=comparison is not None,
    )
    rows: list[Row] = []
    every = told_by_changes(all_measures(indicators))
    both = (*before, *after)
    for measure in (each for each in every if all(each.asked_in(wave) for wave in both)):
        one = _about(asked, measure)
        panel = SurveyPanel(tallies, measure, mix)
        rows += _own_rows(panel, one)
        rows += [row for column in group_by for row in _group_rows(panel, one, column)]
        if mix:
            rows += _split_rows(panel, one)
        rows += effect_rows(panel, one)
    unasked = withheld_rows(
        [each for each in every if not all(each.asked_in(wave) for wave in both)],
        event=event, roles=asked.roles, codes=sample.municipalities, before=before, after=after, reason=NOT_ASKED,
        simulated=simulated,
    )  # fmt: skip
    return with_holm(frame("changes", [*rows, *unasked], names), indicators)


def _about(asked: Question, measure: Measure) -> Question:
    identity = {
        "indicator": measure.indicator,
        "measure": measure.name,
        "category": measure.category,
    }
    return replace(
        asked,
        identity=asked.identity | identity,
        unchanged_margin=asked.unchanged_margin if measure.is_share else None,
        headline=(measure.name, measure.category) == main_measure(len(measure.items)),
    )


@dataclass(frozen=True)
class _Own:
    """Own changes of several places."""

    codes: tuple[str, ...]
    change: Floats
    variance: Floats
    df: Floats
    n_before: Floats
    n_after: Floats

    @classmethod
    def of(cls, panel: SurveyPanel, window: Window, waves: WaveEstimates) -> _Own:
        change, variance = waves.contrast(np.asarray(window.contrast(len(panel.periods))))
        df = waves.degrees_of_freedom((*window.before, *window.after))
        codes = (COUNTRY,) if waves.pooled else panel.codes
        counts = waves.answers(window.before), waves.answers(window.after)
        return cls(codes, change, variance, df, *counts)

    def rows(
        self, panel: SurveyPanel, asked: Question, choice: Choice, keep: Sequence[str], **values: object
    ) -> list[Row]:
        """One row of method 'change' per place that is kept."""
        error = np.sqrt(np.where(self.variance > 0, self.variance, np.nan))
        half = t_quantile((1 + INTERVAL_LEVEL) / 2, self.df) * error
        rows = []
        for i, code in enumerate(self.codes):
            if code not in keep:
                continue
            numbers: Row = {"n_before": int(self.n_before[i]), "n_after": int(self.n_after[i])}
            numbers |= {"change": self.change[i], "standard_error": error[i]}
            numbers |= {"ci_low": self.change[i] - half[i], "ci_high": self.change[i] + half[i]}
            missing = "no_valid_answers" if np.isnan(self.change[i]) else ""
            certain = "no_variation" if not missing and np.isnan(error[i]) else ""
            overlap = "" if panel.tallies.overlap.known else "overlap_unknown"
            numbers["reason"] = joined([missing, certain, overlap])
            unit = {"role": asked.roles.of_code(code), "municipality_code": code}
            rows.append(asked.row(panel, choice, "change", **unit, **numbers, **values))
        return rows


def _own_rows(panel: SurveyPanel, asked: Question) -> list[Row]:
    """Every municipality's and the country's own change; mix-adjusted too if asked."""
    choice = Choice(asked.window)
    everyone = (*panel.codes, COUNTRY)
    plain = [_Own.of(panel, asked.window, waves) for waves in (panel.weighted, panel.pooled)]
    rows = [row for own in plain for row in own.rows(panel, asked, choice, everyone)]
    if True in asked.adjustments:
        adjusted = replace(choice, adjusted=True)
        for own, together in zip(plain, (False, True), strict=True):
            found = panel.split(asked.window, "rates", pooled=together)
            same = replace(own, change=found.value, variance=found.variance)
            rows += same.rows(panel, asked, adjusted, everyone)
    return rows


def _group_rows(panel: SurveyPanel, asked: Question, column: str) -> list[Row]:
    """Own changes within each group of the treated, the exposed and the country."""
    keep = (*asked.roles.treated, *asked.roles.exposed, COUNTRY)
    rows = []
    for position, group in enumerate(panel.tallies.sample.groups(column)):
        tally, values = panel.tallies.of(panel.measure, column, position)
        for pooled in (False, True):
            waves = WaveEstimates.of(tally, values, pooled=pooled)
            own = _Own.of(panel, asked.window, waves)
            named = {"group_by": column, "group": group}
            rows += own.rows(panel, asked, Choice(asked.window), keep, **named)
    return rows


def _split_rows(panel: SurveyPanel, asked: Question) -> list[Row]:
    """The change of the treated, the exposed and the country as mix and rates."""
    keep = (*asked.roles.treated, *asked.roles.exposed, COUNTRY)
    choice = Choice(asked.window)
    rows = []
    for pooled in (False, True):
        own = _Own.of(panel, asked.window, panel.pooled if pooled else panel.weighted)
        for method in ("mix", "rates"):
            found = panel.split(asked.window, method, pooled=pooled)
            part = replace(own, change=found.value, variance=found.variance)
            rows += [row | {"method": method} for row in part.rows(panel, asked, choice, keep)]
    return rows


def with_holm(changes: pd.DataFrame, indicators: Sequence[Indicator]) -> pd.DataFrame:
    """Correct the p-values of a municipality's effects for the number of indicators.

    Parameters
    ----------
    changes
        Rows of `changes` of one event.
    indicators
        All that were compared; their headline measures are one family.
    """
    import pingouin

    headline = {(indicator.name, *main_measure(len(indicator.items))) for indicator in indicators}
    keys = zip(changes["indicator"], changes["measure"], changes["category"], strict=True)
    tested = changes["method"].eq("effect") & changes["adjustment"].eq("") & changes["p_value"].notna()
    tested &= pd.Series([key in headline for key in keys], index=changes.index, dtype=bool)
    adjusted = pd.Series(np.nan, index=changes.index)
    for _, p in changes.loc[tested, "p_value"].groupby(changes["municipality_code"]):
        adjusted[p.index] = pingouin.multicomp(p.tolist(), method="holm")[1]
    return changes.assign(p_adjusted=adjusted)
