"""Others' packages beside one's own answers: their sums as if counted here, and the pool of both.

A package's rows take the place of a municipality's answers in every level, change and comparison; what it hides or was
asked otherwise is not there. Rounding apart, the numbers are those of one file of all answers, with two exceptions that
are towards caution: two waves of which the package does not tell who answered both count as asked of different people,
and people who answered three times and more count as fewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from jobreport.domain.released import COLUMNS, COUNTRY, OTHERS
from jobreport.errors import Problem
from jobreport.estimate.contrasts import Waves
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Bools, Floats, Ints
from jobreport.estimate.indicators import numbers
from jobreport.estimate.measures import Measure
from jobreport.estimate.moments import Moments, Sums
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.intake.checks.comparable import Fitted
from jobreport.intake.formats.package import MOMENTS, UNWEIGHTED, WEIGHTED
from jobreport.release.disclosure import of_single_answers

WHOLE = 1e-5  # of the shares of a base, which add up to one but for rounding
SERIES = list(MOMENTS[:5])
SINGLE = ("n", "weights", "n_effective", "estimate", "spread", "totals", "base_totals")
PLACE = ["municipality_code", "wave", "group_by", "group"]
COLUMN = {"weights": "weight", "totals": "total", "base_totals": "base_total"}  # what a package calls them


@dataclass(frozen=True)
class Told:
    """Packages that are compared with, in order of their municipalities, and one's own waves.

    ``below`` is one's own threshold: what rests on fewer answers is not taken from a package that has a lower one.
    """

    packages: tuple[Fitted, ...]
    waves: tuple[str, ...]
    below: int

    @classmethod
    def of(cls, packages: Sequence[Fitted], waves: Sequence[str], below: int) -> Told | None:
        """Take the packages of which anything is compared; None where there is none."""
        kept = tuple(each for each in packages if each.compared)
        return cls(kept, tuple(waves), below) if kept else None

    @property
    def codes(self) -> tuple[str, ...]:
        """Municipalities that told their figures."""
        return tuple(each.package.code for each in self.packages)

    def beside(
        self, tallies: Tallies, measures: tuple[Measure, ...], column: str = "", *, weighted: bool = True
    ) -> Moments:
        """The sums of one's own municipalities, and behind them those of the packages; made once for each tally."""
        tally = tallies.of(measures, column)

        def make() -> Moments:
            own = Moments.of(WaveEstimates.of(tally, weighted=weighted))
            groups = tallies.sample.groups(column)
            return Moments.joined([own, self._sources.moments(measures, column, groups, weighted=weighted)])

        return tally.once(("told", weighted), make)

    def pool(
        self,
        tallies: Tallies,
        measures: tuple[Measure, ...],
        column: str = "",
        *,
        weighted: bool = True,
        without: Sequence[str] = (),
    ) -> Sums:
        """All municipalities together, one's own and those that told, perhaps without some."""
        codes = (*tallies.sample.municipalities, *self.codes)
        inside = np.array([code not in without for code in codes])
        key = ("told pool", weighted, tuple(without))
        joined = self.beside(tallies, measures, column, weighted=weighted)
        return tallies.of(measures, column).once(key, lambda: joined.pool(inside))

    def of_groups(
        self, tallies: Tallies, measures: tuple[Measure, ...], column: str, *, weighted: bool = True
    ) -> tuple[Moments, Sums]:
        """The sums of those that told by group, the weights NaN in waves of which not all is told; and of everybody."""
        by_group, whole = (
            self._sources.moments(measures, each, tallies.sample.groups(each), weighted=weighted)
            for each in (column, "")
        )
        return self._sources.where_whole(by_group, column), whole.own

    @property
    def counts(self) -> list[pd.DataFrame]:
        """Who was invited and who answered in each municipality that told, wave and group."""
        return [_counts(each, self.below) for each in self.packages]

    @cached_property
    def _sources(self) -> _Sources:
        return _Sources.of(self.packages, self.waves, self.below)

    def levels(self, names: Mapping[str, str], focus: Sequence[str]) -> pd.DataFrame:
        """Rows of `estimates` as the packages hold them, under one's own names of waves and questions.

        Groups and single answers are given of those in focus alone, as of one's own municipalities.
        """
        parts = [_levels(each, self.below, names, whole=each.package.code in focus) for each in self.packages]
        return pd.concat(parts, ignore_index=True)[list(COLUMNS["estimates"])]


def clustered(sample: Sample, where: str) -> list[Problem]:
    """Find that people were drawn in clusters or strata of the sample's own, of which sums tell too little."""
    return [Problem("package_clustered", where)] if sample.units is not None else []


def _levels(fitted: Fitted, below: int, names: Mapping[str, str], *, whole: bool) -> pd.DataFrame:
    table = fitted.package.tables["estimates"]
    kept = table["wave"].isin(fitted.waves) & table["indicator"].isin(fitted.names)
    if not whole:
        kept &= table["group_by"].eq("") & ~table["category"].str.startswith("answer_")
    rows = table[kept & _of_enough(table, fitted, below)]
    return rows.assign(
        wave=rows["wave"].map(fitted.waves),
        indicator=rows["indicator"].map(fitted.names),
        municipality=names.get(fitted.package.code, fitted.package.code),
    )


def _counts(fitted: Fitted, below: int) -> pd.DataFrame:
    table = fitted.package.tables["estimates"]
    kept = table["wave"].isin(fitted.waves) & table["flag"].ne("suppressed") & _of_enough(table, fitted, below)
    rows = table[kept]
    rows = rows.assign(wave=rows["wave"].map(fitted.waves))
    return rows.groupby(PLACE, as_index=False)[["n_invited", "n_answered"]].max()


def _of_enough(table: pd.DataFrame, fitted: Fitted, below: int) -> pd.Series:
    estimates = fitted.package.tables["estimates"]
    few = estimates[estimates["n"].lt(below).fillna(False)]
    if not len(few):
        return table["group_by"].isin(["", *fitted.groups])
    domain = ["wave", "group_by", "group"]
    hidden = pd.MultiIndex.from_frame(table[domain]).isin(pd.MultiIndex.from_frame(few[domain]))
    return table["group_by"].isin(["", *fitted.groups]) & ~hidden


def _hidden(fitted: Fitted, column: str, position: Mapping[str, int], waves: int, below: int) -> Bools:
    table = fitted.package.tables["estimates"]
    rows = table[table["group_by"].eq(column) & table["wave"].isin(position)]
    rows = rows[(rows["flag"].eq("suppressed") & ~of_single_answers(rows)) | ~_of_enough(rows, fitted, below)]
    return np.isin(np.arange(waves), rows["wave"].map(position).to_numpy())


@dataclass(frozen=True)
class _Sources:
    """The sums of all packages, found by what they are about, and their people, by one's own waves.

    ``cells`` have an entry for each row, ``rows`` which of them are about a series, with weights (True) or without;
    ``answered``, ``both`` (who answered in two waves), ``known`` and ``hidden`` (of a column) are by package.
    """

    cells: Mapping[str, np.ndarray]
    rows: Mapping[bool, Mapping[Hashable, Ints]]
    answered: Floats
    both: Floats
    known: Bools
    hidden: Mapping[str, Bools]

    @classmethod
    def of(cls, packages: Sequence[Fitted], waves: Sequence[str], below: int) -> _Sources:
        place = {wave: i for i, wave in enumerate(waves)}
        positions = [{theirs: place[own] for theirs, own in each.waves.items() if own in place} for each in packages]
        each = list(zip(packages, positions, strict=True))
        rows = pd.concat(
            [_sums(*of_one, below).assign(place=number) for number, of_one in enumerate(each)], ignore_index=True
        )
        cells = {name: rows[name].to_numpy(float, na_value=np.nan) for name in MOMENTS[len(SERIES) + 3 :]}
        cells |= {name: rows[name].to_numpy(int) for name in ("place", "wave", "other_wave")}
        both = np.stack([_both(*of_one, len(waves)) for of_one in each])
        columns = sorted({column for fitted in packages for column in fitted.groups})
        hidden = {
            column: np.stack([_hidden(fitted, column, position, len(waves), below) for fitted, position in each])
            for column in columns
        }
        known = np.array([fitted.package.survey.people_known for fitted in packages])
        answered = np.einsum("paa->pa", both).copy()
        return cls(
            cells, {flag: _indices(rows, weighted=flag) for flag in (True, False)}, answered, both, known, hidden
        )

    def where_whole(self, by_group: Moments, column: str) -> Moments:
        """The same with NaN for the weights where the mix of a wave is not told whole.

        That of weights that were fitted to margins never is: a person of one group is part of the others' variance.
        """
        untold = self.hidden.get(column, np.ones(self.answered.shape, dtype=bool))
        fitted = (by_group.own.n > 0) & (np.abs(by_group.base_totals - 1) > WHOLE)
        gone = untold[:, :, None] | fitted.any(axis=(1, 2), keepdims=True)
        weights = np.where(gone, np.nan, by_group.own.weights)
        return replace(by_group, own=replace(by_group.own, weights=weights))

    def moments(self, measures: Sequence[Measure], column: str, groups: Sequence[str], *, weighted: bool) -> Moments:
        """Sums of all measures in all groups of a column, nought where nothing was told."""
        series = [(each.indicator, each.name, each.category, column, group) for group in groups for each in measures]
        places, waves = self.answered.shape
        single: dict[str, Any] = {name: np.zeros((places, waves, len(series))) for name in SINGLE}
        between = {name: np.zeros((places, waves, waves, len(series))) for name in ("n", "products", "tilt", "base")}
        for number, key in enumerate(series):
            if key in self.rows[weighted]:
                self._fill(single, between, number, self.rows[weighted][key])
        strata = single["n"] > 0
        within = np.arange(waves)
        single["estimate"][~strata] = np.nan
        own = Sums(
            **{name: found for name, found in single.items() if name != "base_totals"},
            squares=between["products"][:, within, within],
            products=between["products"],
            answered=self.answered,
            known=self.known,
            units=single["n"],
            strata=strata.astype(float),
            counts=(_People(self.answered, self.both, single["n"], between["n"]),),
        )
        return Moments(own, between["base"], between["tilt"], single["base_totals"])

    def _fill(self, single: dict[str, Floats], between: dict[str, Floats], number: int, rows: Ints) -> None:
        cells = {name: values[rows] for name, values in self.cells.items()}
        place, wave, other = cells["place"], cells["wave"], cells["other_wave"]
        alone = wave == other
        for name, found in single.items():
            found[place[alone], wave[alone], number] = cells[COLUMN.get(name, name)][alone]
        forth, back = (place, wave, other, number), (place, other, wave, number)
        for name, column in (("n", "n"), ("products", "scatter"), ("base", "base")):
            between[name][forth] = between[name][back] = cells[column]
        between["tilt"][forth] = cells["tilt"]
        between["tilt"][place[~alone], other[~alone], wave[~alone], number] = cells["tilt_back"][~alone]


def _sums(fitted: Fitted, position: Mapping[str, int], below: int) -> pd.DataFrame:
    table = fitted.package.tables["moments"]
    kept = table["wave"].isin(position) & table["other_wave"].isin(position)
    kept &= table["indicator"].isin(fitted.names) & _of_enough(table, fitted, below)
    kept &= ~table["n"].lt(below).fillna(False)
    rows = table[kept]
    rows = rows.assign(
        indicator=rows["indicator"].map(fitted.names), apart=bool(table["weighted"].eq(UNWEIGHTED).any())
    )
    return rows.assign(**{name: rows[name].map(position) for name in ("wave", "other_wave")})


def _indices(rows: pd.DataFrame, *, weighted: bool) -> dict[Hashable, Ints]:
    # Series -> its rows; where all answers of a survey count the same there are none without weights, but the same.
    of_these = rows["weighted"].eq(WEIGHTED) if weighted else rows["weighted"].eq(UNWEIGHTED) | ~rows["apart"]
    at = np.flatnonzero(of_these.to_numpy())
    return {key: at[found] for key, found in rows[of_these].groupby(SERIES, sort=False).indices.items()}


def _both(fitted: Fitted, position: Mapping[str, int], waves: int) -> Floats:
    both = np.zeros((waves, waves))
    for first, second, n in fitted.package.tables["people"].itertuples(index=False, name=None):
        if first in position and second in position:
            both[position[first], position[second]] = both[position[second], position[first]] = n
    return both


@dataclass(frozen=True)
class _People:
    answered: Floats
    both: Floats
    n: Floats
    pairs: Floats

    def size(self, waves: Waves) -> Floats:
        """Those who answered anything, by municipality."""
        return _distinct(self.answered[:, list(waves), None], self.both[:, list(waves)][:, :, list(waves), None])[:, 0]

    def people(self, waves: Waves) -> Floats:
        """Those with a valid answer; shape (municipalities, series)."""
        return _distinct(self.n[:, list(waves)], self.pairs[:, list(waves)][:, :, list(waves)])


def _distinct(each: Floats, both: Floats) -> Floats:
    # All less those who are counted twice, and at least those of the largest wave.
    waves = np.arange(each.shape[1])
    twice = (both.sum(axis=(1, 2)) - both[:, waves, waves].sum(axis=1)) / 2
    return np.asarray(np.maximum(each.sum(axis=1) - twice, each.max(axis=1, initial=0.0)))


def with_told(
    estimates: pd.DataFrame,
    told: Told,
    tallies: Tallies,
    measures: Sequence[Measure],
    *,
    focus: Sequence[str] = (),
    names: Mapping[str, str],
    simulated: bool,
) -> pd.DataFrame:
    """Put the packages' levels beside one's own, and the pool of all in the place of one's own alone.

    Parameters
    ----------
    estimates
        Of one's own answers, from `indicators.estimate` with the same ``focus``.
    measures
        Those that are told of.
    focus
        Municipalities that 'all others' leaves out.
    """
    alone = ~estimates["municipality_code"].isin([COUNTRY, OTHERS])
    both = pd.concat([estimates[alone], told.levels(names, focus)], ignore_index=True)
    pools = [(COUNTRY, ()), *([(OTHERS, tuple(focus))] if focus else [])]
    pooled = pd.concat([_pooled(told, tallies, measures, *pool) for pool in pools], ignore_index=True)
    pooled = pooled.assign(municipality=[names.get(code, code) for code in pooled["municipality_code"]])
    counts = [estimates.loc[alone, [*PLACE, "n_invited", "n_answered"]].drop_duplicates(PLACE), *told.counts]
    pooled = _counted(pooled, pd.concat(counts, ignore_index=True), focus).assign(simulated=simulated)
    made = pd.concat([both, pooled[list(COLUMNS["estimates"])]], ignore_index=True)
    return made.astype(dict.fromkeys(("n_invited", "n_answered", "n"), "Int64"))


def _pooled(
    told: Told, tallies: Tallies, measures: Sequence[Measure], code: str, without: Sequence[str]
) -> pd.DataFrame:
    cells: defaultdict[str, list[np.ndarray]] = defaultdict(list)  # (a frame of each series takes longer than all else)
    for same in questions(measures):
        grouped = code == COUNTRY and not same[0].is_single_answer
        for column in ("", *(tallies.group_by if grouped else ())):
            groups = tallies.sample.groups(column)
            found = told.pool(tallies, same, column, without=without).waves()
            for number, measure in enumerate(same):
                for part, group in enumerate(groups):
                    made = found.at((0, slice(None), part * len(same) + number))
                    key = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
                    key |= {"unit": measure.unit, "municipality_code": code, "group_by": column, "group": group}
                    asked = np.array([measure.asked_in(wave) for wave in told.waves]) & (made.n > 0)
                    for name, values in {"wave": told.waves, **numbers(made, measure), **key}.items():
                        cells[name].append(np.full(asked.shape, values)[asked])
    return pd.DataFrame({name: np.concatenate(parts) for name, parts in cells.items()})


def _counted(pooled: pd.DataFrame, each: pd.DataFrame, focus: Sequence[str]) -> pd.DataFrame:
    domain, counts = [name for name in PLACE if name != "municipality_code"], ["n_invited", "n_answered"]
    sums = []
    for code, kept in ((COUNTRY, each), (OTHERS, each[~each["municipality_code"].isin(focus)])):
        unknown = kept[counts].isna().groupby([kept[name] for name in domain]).any()
        total = kept.groupby(domain)[counts].sum().mask(unknown)
        sums.append(total.reset_index().assign(municipality_code=code))
    return pooled.merge(pd.concat(sums), how="left", on=PLACE, validate="m:1")
