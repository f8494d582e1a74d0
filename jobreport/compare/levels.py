"""Levels of several waves: before and after, the two ends of every change; and a municipality's over the years."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from jobreport.compare.rows import ENDS, Row
from jobreport.domain.released import COUNTRY, frame, of_windows, window_of
from jobreport.domain.rules import FEWEST_FOR_INTERVAL
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Bools, Estimates, Floats
from jobreport.estimate.indicators import numbers
from jobreport.estimate.measures import Measure, all_measures, headline
from jobreport.estimate.moments import Others
from jobreport.estimate.own_waves import own_waves
from jobreport.estimate.tally import Tallies, questions
from jobreport.setup.codebook import Indicator

YEARS = 6  # waves that are pooled at most: what a municipality was longer ago says little of what it is
KEY = ["indicator", "measure", "category"]
OF_A_WAVE = ("estimate", "standard_error", "n", "n_effective")
NO_COVARIANCES = pd.DataFrame(columns=[*KEY, "municipality_code", "wave", "beside", "covariance"])
Sides = Mapping[str, Sequence[tuple[Sequence[str], Sequence[str]]]]


def window_estimates(
    tallies: Tallies,
    indicators: Sequence[Indicator],
    *,
    windows: Sequence[Sequence[str]],
    focus: Sequence[str] = (),
    simulated: bool,
    names: Mapping[str, str],
    told: Others | None = None,
) -> pd.DataFrame:
    """Estimate the level in windows of two waves or more; a window of one wave is the wave itself.

    Parameters
    ----------
    tallies, indicators, told, names, simulated
        As `survey_changes` takes them.
    windows
        Each a sequence of waves that count the same.
    focus
        Groups, and every single answer, are given for these municipalities and the country.

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
    several = [window for window in windows if len(window) > 1]
    if not several:
        return frame("estimates", [], names).assign(simulated=simulated)
    measures = all_measures(indicators)
    stacks: dict[Measure, _Stacks] = {}
    for same in questions(measures):
        columns = () if same[0].is_single_answer else tallies.group_by
        stacks |= dict.fromkeys(same, _Stacks(tallies, same, several, columns, told, focus))
        tallies.let_go()
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
        focus: Sequence[str],
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
            of_front = tallies.of_places(focus) if column or measures[0].is_single_answer else tallies
            tally = of_front.of(measures, column)
            own = WaveEstimates.of(tally).levels(positions)
            levels = [own, *self._beside(tallies, column, positions, everybody)]
            shape = (len(windows), len(self.codes), tally.parts, len(measures))
            self.found.append(Estimates.joined(levels, axis=1).reshape(*shape))

    def _beside(
        self, tallies: Tallies, column: str, positions: Sequence[tuple[int, ...]], everybody: np.ndarray
    ) -> tuple[Estimates, ...]:
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


def wave_covariances(tallies: Tallies, indicators: Sequence[Indicator], told: Others | None = None) -> pd.DataFrame:
    """Sampling covariances of what each indicator is told by, of a municipality's latest waves: no reader gets them.

    Returns
    -------
    DataFrame with ``indicator, measure, category, municipality_code, wave, beside, covariance``; each pair once.
    """
    sample, parts = tallies.sample, list[tuple[object, ...]]()
    codes = [*sample.municipalities, *(told.codes if told is not None else ())]
    for same in questions([headline(each) for each in indicators if each.comparable]):
        found = WaveEstimates.of(tallies.of(same)) if told is None else told.beside(tallies, same).own
        every = range(len(sample.waves))[-YEARS:]
        pairs = [*combinations_with_replacement(every, 2)]
        ones = np.eye(len(sample.waves))
        variance = found.contrasts(np.array([ones[i] + (i < j) * ones[j] for i, j in pairs]))[1]
        own = {i: variance[pairs.index((i, i))] for i in every}
        for (i, j), each in zip(pairs, variance, strict=True):
            covariance = each if i == j else (each - own[i] - own[j]) / 2
            for series, measure in enumerate(same):
                named = (measure.indicator, measure.name, measure.category, sample.waves[i], sample.waves[j])
                parts += [(*named, *cell) for cell in zip(codes, covariance[:, series].tolist(), strict=True)]
    columns = [*KEY, "wave", "beside", "municipality_code", "covariance"]
    return pd.DataFrame(parts, columns=columns) if parts else NO_COVARIANCES


def over_the_years(
    estimates: pd.DataFrame,
    covariances: pd.DataFrame,
    indicators: Sequence[Indicator],
    places: Sequence[str],
    events: Sides,
) -> list[Row]:
    """Rows of diagnostics 'own_waves': the level in the latest wave, by all of a municipality's own waves.

    It is no news of that wave: it rests on the municipality being as the others in how much it swings.

    Parameters
    ----------
    estimates
        Released rows, of all municipalities: made of what is hidden, the waves' common moves could tell it.
    covariances
        As from `wave_covariances`.
    places
        Municipalities that get rows.
    events
        Waves before and after everything that happened to a municipality: its level is never pooled across.

    Returns
    -------
    One row for each municipality and indicator that has two waves or more, where at least four others have: ``wave``
    is all the waves, ``n`` their answers. Where the latest lies outside what the earlier ones let expect there is no
    number, and the reason 'latest_apart'.
    """
    alone = estimates["group_by"].eq("") & estimates["municipality_code"].str.isdecimal() & ~of_windows(estimates)
    alone &= estimates["municipality_code"].ne(COUNTRY) & estimates["estimate"].notna()
    used = estimates.loc[alone, [*KEY, "municipality_code", "wave", *OF_A_WAVE]]
    rows, own = (table.set_index(KEY).sort_index() for table in (used, covariances))
    found: list[Row] = []
    for measure in (headline(each) for each in indicators if each.comparable):
        key = (measure.indicator, measure.name, measure.category)
        if key in rows.index:
            of_measure = own.loc[[key]] if key in own.index else own[:0]
            found += _own_waves(measure, rows.loc[[key]], of_measure, places, events)
    return found


def _own_waves(
    measure: Measure, rows: pd.DataFrame, covariances: pd.DataFrame, places: Sequence[str], events: Sides
) -> Iterator[Row]:
    waves = sorted(set(rows["wave"]))[-YEARS:]
    rows = rows[rows["wave"].isin(waves)]
    codes = sorted(set(rows["municipality_code"]))
    tables = np.full((len(OF_A_WAVE), len(codes), len(waves)), np.nan)
    place, wave = (
        pd.Index(order).get_indexer(pd.Index(rows[name]))
        for order, name in ((codes, "municipality_code"), (waves, "wave"))
    )
    tables[:, place, wave] = rows[[*OF_A_WAVE]].to_numpy(float, na_value=np.nan).T
    estimate, error, n, effective = tables
    covariance = _squares(covariances, codes, waves, error)
    lines = [(line, side) for line, code in enumerate(codes) for side in _sides(waves, events.get(code, ()))]
    at, sides = [line for line, _ in lines], np.array([side for _, side in lines])
    known = sides & np.isfinite(estimate[at])
    several = [codes[line] for line, count in zip(at, known.sum(axis=1).tolist(), strict=True) if count > 1]
    if len({*several}) <= FEWEST_FOR_INTERVAL:
        return
    levels = np.where(known, estimate[at], np.nan)
    spread = levels * (1 - levels) if measure.is_share else None
    pooled = own_waves(levels, covariance[at], effective[at], spread)
    low, high = pooled.interval(measure.lowest, measure.highest, share=measure.is_share)
    for code in places:
        own = [row for row, line in enumerate(at) if codes[line] == code and known[row].any()]
        row = max(own, key=lambda row: np.flatnonzero(known[row])[-1], default=None)
        if row is None or not np.isfinite([low[row], high[row]]).all():
            continue
        of_all = [wave for wave, there in zip(waves, known[row], strict=True) if there]
        named: Row = {"diagnostic": "own_waves", **dict(zip(KEY, rows.index[0], strict=True)), "unit": measure.unit}
        named |= {"municipality_code": code, "wave": window_of(of_all), "n": int(n[at[row]][known[row]].sum())}
        numbers = dict(zip(("value", *ENDS), (pooled.level[row], low[row], high[row]), strict=True))
        yield named | (numbers if pooled.fits[row] else {"reason": "latest_apart"})


def _sides(waves: Sequence[str], events: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Bools]:
    # Which waves belong together: those on the same side of every event; a wave on none of its sides to none.
    side = [tuple((wave in after) - (wave in before) for before, after in events) for wave in waves]
    return [np.array([each == one for each in side]) for one in dict.fromkeys(side) if all(one)]


def _squares(covariances: pd.DataFrame, codes: Sequence[str], waves: Sequence[str], error: Floats) -> Floats:
    found = np.where(np.isfinite(error), error, 0.0)[:, :, None] ** 2 * np.eye(len(waves))
    known = covariances[covariances["covariance"].notna()]
    known = known[known["municipality_code"].isin(codes) & known["wave"].isin(waves) & known["beside"].isin(waves)]
    where = ((codes, "municipality_code"), (waves, "wave"), (waves, "beside"))
    place, first, second = (pd.Index(order).get_indexer(pd.Index(known[name])) for order, name in where)
    found[place, first, second] = found[place, second, first] = known["covariance"]
    return found
