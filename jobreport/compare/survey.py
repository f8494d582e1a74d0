"""Answers before and after an event: `responses` to `changes`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from jobreport.compare.effects import effect_rows
from jobreport.compare.family import Key, families, main_outcome, with_holm
from jobreport.compare.mix import Split, split, split_sums
from jobreport.compare.panel import Changes, Choice, Line, Question, Window
from jobreport.compare.rows import NOT_ASKED, Roles, Row, joined, told_by_changes, withheld_rows
from jobreport.domain.released import COUNTRY, frame
from jobreport.domain.rules import INTERVAL_LEVEL
from jobreport.estimate.contrasts import Contrasts, logit_changes
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Bools, Floats, Ints, t_quantile
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.moments import Others
from jobreport.estimate.sample import Keeping
from jobreport.estimate.tally import Tallies, questions
from jobreport.setup.codebook import Indicator
from jobreport.setup.params_model import Event


def survey_changes(
    tallies: Tallies,
    indicators: Sequence[Indicator],
    *,
    event: Event,
    before: Sequence[str],
    after: Sequence[str],
    foreseen: Collection[str] = (),
    mix: str | None = None,
    false_dates: bool = True,
    specifications: bool = True,
    regions: Mapping[str, str] | None = None,
    unchanged_margin: float | None = None,
    simulated: bool,
    names: Mapping[str, str],
    told: Others | None = None,
) -> pd.DataFrame:
    """Compare what people answered before and after an event.

    Parameters
    ----------
    tallies
        Of the answers; with ``respondent_id`` people who answered in both windows count once, without it the waves
        count as independent (reason ``overlap_unknown``). By their groups the treated, the exposed and the country
        have own changes.
    event
        What happened, to whom, and whom they are compared with. The exposed are never comparison.
    before, after
        Waves of the two windows; each wave counts the same.
    foreseen
        Waves in which the event was known to come: the specification curve does it without them too.
    mix
        Column to standardise on: adds rows with ``adjustment`` 'mix' and the split into 'mix' and
        'rates'.
    regions
        Municipality code to region, for the specification curve.
    unchanged_margin
        In the unit of a share (0.05 is five percentage points); five index points of an index. Means have none.
    told
        Other municipalities' figures, compared with as if their answers were here. They have no changes within groups
        (nor has the country then); with the mix held still theirs are made of the groups' sums.

    Returns
    -------
    DataFrame with the columns of `changes`. Own changes: interval by t with the people's degrees of freedom.
    Effects: own change less the random-effects mean of the comparison, see `effect.effects`.
    ``p_adjusted`` is corrected for the indicators of one municipality (see `family.with_holm`; each is told by the
    positive box, by the index if it has several items, or by what the event's main outcome says). Only these headline
    measures, and the positive box of each item, go through every choice of the specification curve; no other is ever
    called an effect. What was not asked in every wave of both windows has rows without numbers, ``not_asked``.

    Raises
    ------
    ValueError
        If a wave is not in the data, or a municipality has two roles.
    """
    sample = tallies.sample
    codes = (*sample.municipalities, *(told.codes if told is not None else ()))
    asked = Question(
        roles=Roles.of(event, codes),
        window=Window.of(sample.waves, before, after),
        scales=("points",),
        identity={"event": event.event, "simulated": simulated},
        adjustments=(False, True) if mix else (False,),
        false_dates=false_dates,
        specifications=specifications,
        regions=regions or {},
        unchanged_margin=unchanged_margin,
        listed=event.comparison != "all",
        foreseen=tuple(place for place, wave in enumerate(sample.waves) if wave in foreseen),
    )
    both, headlines = (*before, *after), set().union(*families(indicators))
    every = told_by_changes(all_measures(indicators))
    put = [each for each in every if all(each.asked_in(wave) for wave in both)]
    front = (*event.treated, *event.exposed)
    rows: list[Row] = []
    for same in questions(put):
        rows += _rows_of(SurveyPanels(tallies, same, mix, told, front=front), asked, headlines)
        tallies.let_go()
    rows += withheld_rows(
        [each for each in every if each not in put],
        event=event, codes=codes, before=before, after=after, reason=NOT_ASKED, simulated=simulated,
    )  # fmt: skip
    return with_holm(frame("changes", rows, names), families(indicators), main_outcome(event))


def _rows_of(panels: SurveyPanels, asked: Question, headlines: Collection[Key]) -> list[Row]:
    rows: list[Row] = []
    for measure in panels.measures:
        one = asked.about(measure, headlines)
        panel = panels.of(measure)
        everyone = (*panels.codes, COUNTRY)
        front = (*one.roles.treated, *one.roles.exposed, COUNTRY)
        for adjusted in one.adjustments:
            rows += own_rows(panel, one, Choice(one.window, adjusted=adjusted), everyone)
        rows += [row for column in panels.tallies.group_by for row in group_rows(panel, one, column, front)]
        if panels.mix is not None:
            rows += split_rows(panel, one, front)
        # (every choice is tried for the headline alone: nothing of it is computed for the others)
        alone = panels.alone(measure).of(measure) if one.headline else panel
        rows += effect_rows(alone, one)
    return rows


class SurveyPanels(Keeping):
    """All measures of one question: what is computed for one is computed for all of them at once.

    Of municipalities that are not in ``front`` nothing is known by group nor of the part 'mix', and of those that are
    not in ``mixed`` nothing with the mix held still; None is everybody.
    """

    def __init__(
        self,
        tallies: Tallies,
        measures: tuple[Measure, ...],
        mix: str | None,
        told: Others | None = None,
        *,
        front: Collection[str] | None = None,
        mixed: Collection[str] | None = None,
    ) -> None:
        self.front, self.mixed = front, mixed
        self.tallies, self.measures, self.mix, self.told = tallies, measures, mix, told
        self.own_codes, self.periods = tallies.sample.municipalities, tallies.sample.waves
        self.codes = self.own_codes if told is None else (*self.own_codes, *told.codes)
        self._found: dict[Choice, tuple[Floats, Floats]] = {}

    def of(self, measure: Measure) -> SurveyPanel:
        """The panel of one of the measures."""
        return SurveyPanel(self, measure)

    def alone(self, measure: Measure) -> SurveyPanels:
        """The same of one of the measures."""
        return SurveyPanels(self.tallies, (measure,), self.mix, self.told, front=self.front, mixed=self.mixed)

    def _tallies(self, codes: Collection[str] | None, *, pooled: bool) -> Tallies:
        return self.tallies if pooled or codes is None else self.tallies.of_places(codes)

    @cached_property
    def everybody(self) -> Ints:
        """Positions of all municipalities that answered here."""
        return np.arange(len(self.own_codes))

    def waves(self, column: str = "", *, weighted: bool = True, pooled: bool = False) -> Contrasts:
        """Wave estimates of every municipality or of the country; with a column in each of its groups.

        By group they are those of one's own answers alone.
        """
        if self.told is not None and not column:
            if pooled:
                return self.told.pool(self.tallies, self.measures, weighted=weighted)
            return self.told.beside(self.tallies, self.measures, weighted=weighted).own
        tallies = self._tallies(self.front if column else None, pooled=pooled)
        pool = self.everybody if pooled else None
        return WaveEstimates.of(tallies.of(self.measures, column), weighted=weighted, pool=pool)

    def changes(self, choices: Sequence[Choice]) -> tuple[Floats, Floats]:
        """Changes and their sampling variances; shape (choices, municipalities, measures)."""
        left = [choice for choice in dict.fromkeys(choices) if choice not in self._found]
        for how in dict.fromkeys((choice.scale, choice.weighted, choice.adjusted) for choice in left):
            same = [choice for choice in left if (choice.scale, choice.weighted, choice.adjusted) == how]
            change, variance = self._changes([choice.window for choice in same], *how)
            self._found |= {choice: (change[i], variance[i]) for i, choice in enumerate(same)}
        found = [self._found[choice] for choice in choices]
        return np.stack([change for change, _ in found]), np.stack([variance for _, variance in found])

    def _changes(self, windows: Sequence[Window], scale: str, weighted: bool, adjusted: bool) -> tuple[Floats, Floats]:
        if adjusted:
            found = self.split(windows, "rates", weighted=weighted)
            return found.value, found.variance
        contrasts = np.array([window.contrast(len(self.periods)) for window in windows])
        waves = self.waves(weighted=weighted)
        return waves.contrasts(contrasts) if scale == "points" else logit_changes(waves, contrasts)

    def split(self, windows: Sequence[Window], part: str, *, weighted: bool = True, pooled: bool = False) -> Split:
        """The part of the changes that is 'rates' or 'mix'."""
        if self.mix is None:
            raise ValueError("no groups to standardise on")
        how = {"weighted": weighted, "pooled": pooled}
        return self.once((*windows, part, *how.values()), lambda: self._split(self.mix or "", windows, part, **how))

    def _split(self, mix: str, windows: Sequence[Window], part: str, *, weighted: bool, pooled: bool) -> Split:
        tallies = self._tallies(self.mixed if part == "rates" else self.front, pooled=pooled)
        tally = tallies.of(self.measures, mix, apart=False)
        found = split(tally, windows, part, weighted=weighted, pool=self.everybody if pooled else None)
        if self.told is not None and not pooled:
            told = self.told.of_groups(self.tallies, self.measures, mix, weighted=weighted)
            found = found.beside(split_sums(*told, windows, part))
        return found

    def own(self, window: Window, column: str = "", part: str = "", *, pooled: bool) -> Own:
        """Own changes of all measures in all groups of a column, or the part of them that is 'rates' or 'mix'."""
        return self.once(("own", window, column, part, pooled), lambda: self._own(window, column, part, pooled=pooled))

    def _own(self, window: Window, column: str, part: str, *, pooled: bool) -> Own:
        if part:
            return self.own(window, column, pooled=pooled).part(self.split([window], part, pooled=pooled))
        waves = self.waves(column, pooled=pooled)
        (change,), (variance,) = waves.contrasts(np.array([window.contrast(len(self.periods))]))
        df = waves.degrees_of_freedom((*window.before, *window.after))
        counts = waves.answers(window.before), waves.answers(window.after)
        codes = (COUNTRY,) if pooled else self.codes[: len(change)]
        return Own(codes, change, variance, df, *counts, known=waves.known)


class SurveyPanel:
    """One measure of all municipalities over the waves, with sampling errors."""

    def __init__(self, panels: SurveyPanels, measure: Measure) -> None:
        self.panels, self.measure, self._index = panels, measure, panels.measures.index(measure)
        self.codes, self.periods = panels.codes, panels.periods
        scales = ("points", "logit") if measure.is_share else ("points",)
        weighted = (True, False) if panels.tallies.is_weighted else (True,)
        adjusted = (False,) if panels.mix is None else (False, True)
        self.choices = tuple(
            (scale, weigh, adjust)
            for scale in scales
            for weigh in weighted
            for adjust in adjusted
            if scale == "points" or not adjust
        )

    @property
    def assumed(self) -> str:
        """Nothing beyond the method: how much municipalities swing is part of every comparison."""
        return ""

    def changes(self, choices: Sequence[Choice]) -> Changes:
        """Change of every municipality and its sampling variance, by each of the choices."""
        change, variance = self.panels.changes(choices)
        return Changes(change[..., self._index], variance[..., self._index], codes=self.codes)

    def slopes(self, line: Line, scale: str) -> Changes:
        """Slope of every municipality through its wave estimates, in the measure's own unit on every scale."""
        (slope,), (variance,) = self.panels.waves().contrasts(np.array([line.contrast(len(self.periods))]))
        return Changes(slope[None, :, self._index], variance[None, :, self._index], codes=self.codes)

    @property
    def told(self) -> tuple[str, ...]:
        """Municipalities whose figures they told themselves."""
        return self.panels.told.codes if self.panels.told is not None else ()

    @property
    def pools(self) -> tuple[bool, ...]:
        """Whether what is made of answers alone is made of municipalities and of the country: told ones have none."""
        return (False,) if self.told else (False, True)

    def level(self, window: Window) -> Floats:
        """Mean of the wave estimates before."""
        return np.asarray(self.panels.waves().estimate[..., self._index][:, list(window.before)].mean(axis=1))

    def observed(self, code: str) -> Bools:
        """Waves with an answer."""
        if code not in self.codes:
            return np.zeros(len(self.periods), dtype=bool)
        return np.asarray(self.panels.waves().n[self.codes.index(code), :, self._index] > 0)

    def unit(self, scale: str) -> str:
        """The measure's unit, or log odds."""
        return self.measure.unit if scale == "points" else "log_odds"

    def series(self, group: int = 0) -> int:
        """Which series of the question's own changes are this measure's in a group."""
        return group * len(self.panels.measures) + self._index


@dataclass(frozen=True)
class Own:
    """Own changes of several places; arrays (places, series)."""

    codes: tuple[str, ...]
    change: Floats
    variance: Floats
    df: Floats
    n_before: Floats
    n_after: Floats
    known: Bools

    @cached_property
    def error(self) -> Floats:
        """Standard errors; NaN where nothing varied."""
        return np.asarray(np.sqrt(np.where(self.variance > 0, self.variance, np.nan)))

    @cached_property
    def half(self) -> Floats:
        """Half the width of each interval."""
        return np.asarray(t_quantile((1 + INTERVAL_LEVEL) / 2, self.df) * self.error)

    def part(self, found: Split) -> Own:
        """A part of the changes, of one's own answers: those of the first places, before what others told."""
        places = len(found.value[0])
        counts = {name: getattr(self, name)[:places] for name in ("codes", "df", "n_before", "n_after", "known")}
        return replace(self, change=found.value[0], variance=found.variance[0], **counts)

    def rows(
        self, panel: SurveyPanel, asked: Question, choice: Choice, keep: Collection[str], at: int = 0, **values: object
    ) -> list[Row]:
        """One row of method 'change' per place that is kept, in the group ``at`` of the column."""
        series, kept = panel.series(at), frozenset(keep)
        places = [i for i, code in enumerate(self.codes) if code in kept]
        whole, all_known = asked.row(panel, choice, "change", **values), bool(self.known.all())
        rows = []
        columns = (self.change, self.error, self.half, self.n_before, self.n_after)
        of_series = zip(*(column[places, series].tolist() for column in columns), strict=True)
        for i, (change, error, half, n_before, n_after) in zip(places, of_series, strict=True):
            code, nothing = self.codes[i], change != change
            if nothing and code in panel.told:
                continue
            numbers: Row = {"n_before": int(n_before), "n_after": int(n_after)}
            numbers |= {"change": change, "standard_error": error, "ci_low": change - half, "ci_high": change + half}
            certain = "no_variation" if not nothing and error != error else ""
            overlap = "" if (all_known if code == COUNTRY else self.known[i]) else "overlap_unknown"
            numbers["reason"] = joined(["no_valid_answers" if nothing else "", certain, overlap])
            rows.append(whole | {"role": asked.roles.of_code(code), "municipality_code": code} | numbers)
        return rows


def own_rows(panel: SurveyPanel, asked: Question, choice: Choice, keep: Collection[str]) -> list[Row]:
    """Own changes of municipalities and the country, with the mix of groups held still or not."""
    rows: list[Row] = []
    for pooled in panel.pools if choice.adjusted else (False, True):
        part = "rates" if choice.adjusted else ""
        rows += panel.panels.own(choice.window, part=part, pooled=pooled).rows(panel, asked, choice, keep)
    return rows


def group_rows(panel: SurveyPanel, asked: Question, column: str, keep: Collection[str]) -> list[Row]:
    """Own changes within each group of a column."""
    rows = []
    for position, group in enumerate(panel.panels.tallies.sample.groups(column)):
        for pooled in panel.pools:
            own, of_group = panel.panels.own(asked.window, column, pooled=pooled), {"group_by": column, "group": group}
            rows += own.rows(panel, asked, Choice(asked.window), keep, position, **of_group)
    return rows


def split_rows(panel: SurveyPanel, asked: Question, keep: Collection[str]) -> list[Row]:
    """The change as mix and rates, of those whose answers are here."""
    rows, keep = [], [code for code in keep if code not in panel.told]
    for pooled in panel.pools:
        for method in ("mix", "rates"):
            part = panel.panels.own(asked.window, part=method, pooled=pooled)
            rows += [row | {"method": method} for row in part.rows(panel, asked, Choice(asked.window), keep)]
    return rows
