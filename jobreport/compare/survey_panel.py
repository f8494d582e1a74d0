"""One measure of a survey: wave estimates of all municipalities and their changes by any choice."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from jobreport.compare.mix import Split, split
from jobreport.compare.panel import Changes, Choice
from jobreport.compare.windows import Window
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.measures import Measure
from jobreport.estimate.tally import Tallies
from jobreport.estimate.wave_estimates import WaveEstimates


class SurveyPanel:
    """One measure of all municipalities over the waves, with sampling errors."""

    def __init__(self, tallies: Tallies, measure: Measure, mix: str | None) -> None:
        self.tallies, self.measure, self._mix = tallies, measure, mix
        self.codes, self.periods = tallies.sample.municipalities, tallies.sample.waves
        scales = ("points", "logit") if measure.is_share else ("points",)
        weighted = (True, False) if tallies.is_weighted else (True,)
        adjusted = (False,) if mix is None else (False, True)
        self.choices = tuple(
            (scale, weigh, adjust)
            for scale in scales
            for weigh in weighted
            for adjust in adjusted
            if scale == "points" or not adjust
        )
        self._found: dict[Choice, Changes] = {}
        self._splits: dict[tuple[Window, str, bool, bool], Split] = {}

    @cached_property
    def weighted(self) -> WaveEstimates:
        """Wave estimates of every municipality."""
        return WaveEstimates.of(*self.tallies.of(self.measure))

    @cached_property
    def pooled(self) -> WaveEstimates:
        """Wave estimates of the country."""
        return WaveEstimates.of(*self.tallies.of(self.measure), pooled=True)

    @cached_property
    def unweighted(self) -> WaveEstimates:
        """The same, everybody counting the same."""
        return WaveEstimates.of(*self.tallies.of(self.measure), weighted=False)

    def changes(self, choice: Choice) -> Changes:
        """Change of every municipality and its sampling variance."""
        if choice not in self._found:
            change, variance = self._change(choice)
            self._found[choice] = Changes(self.codes, change, variance)
        return self._found[choice]

    def _change(self, choice: Choice) -> tuple[Floats, Floats]:
        if choice.adjusted:
            found = self.split(choice.window, "rates", weighted=choice.weighted)
            return found.value, found.variance
        waves = self.weighted if choice.weighted else self.unweighted
        contrast = np.asarray(choice.window.contrast(len(self.periods)))
        if choice.scale == "points":
            return waves.contrast(contrast)
        return _logit_change(waves, contrast)

    def split(self, window: Window, part: str, *, weighted: bool = True, pooled: bool = False) -> Split:
        """The part of the change that is 'rates' or 'mix'."""
        if self._mix is None:
            raise ValueError("no groups to standardise on")
        key = (window, part, weighted, pooled)
        if key not in self._splits:
            tally, values = self.tallies.of(self.measure, self._mix)
            self._splits[key] = split(tally, values, window, part, weighted=weighted, pooled=pooled)
        return self._splits[key]

    def level(self, window: Window) -> Floats:
        """Mean of the wave estimates before."""
        return np.asarray(self.weighted.estimate[:, list(window.before)].mean(axis=1))

    def observed(self, code: str) -> Bools:
        """Waves with an answer."""
        if code not in self.codes:
            return np.zeros(len(self.periods), dtype=bool)
        return np.asarray(self.weighted.n[self.codes.index(code)] > 0)

    def unit(self, scale: str) -> str:
        """The measure's unit, or log odds."""
        return self.measure.unit if scale == "points" else "log_odds"


def _logit_change(waves: WaveEstimates, contrast: Floats) -> tuple[Floats, Floats]:
    """Change of the log odds of the windows' mean shares; undefined at 0 and 100 per cent."""
    after, _ = waves.contrast(np.where(contrast > 0, contrast, 0.0))
    before, _ = waves.contrast(np.where(contrast < 0, -contrast, 0.0))
    inside = (after > 0) & (after < 1) & (before > 0) & (before < 1)
    after, before = np.where(inside, after, 0.5), np.where(inside, before, 0.5)
    change = np.log(after / (1 - after)) - np.log(before / (1 - before))
    slope = np.where(contrast > 0, 1 / (after * (1 - after))[:, None], 1.0)
    slope = np.where(contrast < 0, 1 / (before * (1 - before))[:, None], slope)
    variance = waves.contrast(contrast * slope)[1]
    return np.where(inside, change, np.nan), np.where(inside, variance, np.nan)
