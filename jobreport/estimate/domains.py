"""Estimates of municipalities, the country and "all others" in every wave and group.

A municipality and wave is a stratum; the country and "all others" are added up from the strata.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, OTHERS
from jobreport.estimate.estimators import Bools, Estimates, Floats, Ints
from jobreport.estimate.measures import Measure
from jobreport.estimate.tally import Tallies
from jobreport.estimate.wave_estimates import WaveEstimates

OUTSIDE = "\0"
"""Stands for the group of those who are in none."""


@dataclass(frozen=True)
class Places:
    """What rows are about: the country, perhaps all others, and the chosen municipalities."""

    codes: tuple[str, ...]
    pooled: tuple[Ints, ...]
    single: Ints

    @classmethod
    def of(cls, known: Sequence[str], chosen: Collection[str], focus: Collection[str]) -> Places:
        """Find the places among the known municipalities; 'others' leaves out those in focus."""
        pooled = {COUNTRY: np.arange(len(known))}
        if focus:
            pooled[OTHERS] = np.array([i for i, code in enumerate(known) if code not in focus], int)
        single = [i for i, code in enumerate(known) if code in chosen]
        codes = (*pooled, *(known[i] for i in single))
        return cls(codes, tuple(pooled.values()), np.array(single, dtype=np.int64))


@dataclass(frozen=True)
class Domains:
    """The domains in which anybody answered: by grouping ('' is everybody) the places, and where anybody is inside.

    ``frame`` has a row for each, in the order of ``inside``.
    """

    places: Mapping[str, Places]
    inside: Mapping[str, Bools]
    frame: pd.DataFrame

    def only(self, codes: Collection[str]) -> Domains:
        """Keep some municipalities of those that are counted together, and all that are pooled."""
        kept = {
            column: np.array([code in codes or i < len(each.pooled) for i, code in enumerate(each.codes)])
            for column, each in self.places.items()
        }
        inside = {column: self.inside[column] & kept[column][:, None, None] for column in self.places}
        left = np.concatenate([inside[column][self.inside[column]] for column in self.places])
        return Domains(self.places, inside, self.frame[left])

    @classmethod
    def of(cls, tallies: Tallies, places: Mapping[str, Places]) -> Domains:
        """Find them; who has no group is in none."""
        counts = {column: _of_places(known_groups(tallies, column), each) for column, each in places.items()}
        groups = {column: tallies.sample.groups(column) for column in places}
        parts = [_named(tallies, name, places[name].codes, counts[name], groups[name]) for name in places]
        return cls(
            places, {column: counted > 0 for column, counted in counts.items()}, pd.concat(parts, ignore_index=True)
        )


def known_groups(tallies: Tallies, column: str) -> Floats:
    """Everybody who answered and whose group is known, by municipality, wave and group."""
    return tallies.answered(column)[:, :, : len(tallies.sample.groups(column))]


def _of_places(counts: Floats, places: Places) -> Floats:
    """Counts by municipality as counts by place, the pooled ones first."""
    return np.concatenate([*(counts[pool].sum(0, keepdims=True) for pool in places.pooled), counts[places.single]])


def _named(tallies: Tallies, column: str, codes: Sequence[str], counts: Floats, groups: Sequence[str]) -> pd.DataFrame:
    place, wave, group = np.nonzero(counts)
    return pd.DataFrame(
        {
            "municipality_code": np.array(codes, dtype=object)[place],
            "wave": np.array(tallies.sample.waves, dtype=object)[wave],
            "group_by": column,
            "group": np.array(groups, dtype=object)[group],
            "n_answered": counts[counts > 0].astype(np.int64),
        }
    )


def behind(tallies: Tallies, measures: Sequence[Measure], group_by: Sequence[str]) -> pd.DataFrame:
    """How few stand behind each domain: what decides whether it may be shown, whoever is shown it.

    Returns
    -------
    DataFrame with the columns of a domain, ``n``, the fewest answers to a question that was asked (of all who
    answered, where none was), ``effective``, the fewest effective ones (Kish), ``one_box``, whether all answers to
    some question lie in one box, and the answers to each question in all and in each box (`box_column`). Those in no
    group of a grouping, if there are any, have a row of the group `OUTSIDE`.
    """
    known = tallies.sample.municipalities
    places = Places.of(known, known, ())
    parts = [_behind(tallies, measures, places, column) for column in ("", *group_by)]
    return pd.concat([rows for part in parts for rows in part], ignore_index=True)


def _behind(
    tallies: Tallies, measures: Sequence[Measure], places: Places, column: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the groups of one grouping, and of those in none of them."""
    names = tallies.sample.groups(column)
    groups = len(names)
    counts = _of_places(known_groups(tallies, column), places)
    n, one_box = counts.copy(), np.zeros(counts.shape, dtype=bool)
    effective, boxes = np.full(counts.shape, np.inf), {}
    rest = np.full((*counts.shape[:2], 1), np.inf)
    for measure in measures:
        asked = np.array([measure.asked_in(wave) for wave in tallies.sample.waves])[:, None]
        valid, yes = (_of_places(each, places) for each in tallies.valid(measure, column))
        outside, valid, yes = valid[:, :, groups:], valid[:, :, :groups], yes[:, :, :groups]
        n = np.where(asked, np.minimum(n, valid), n)
        one_box |= asked & measure.is_box & (yes == valid) & (valid > 0)
        if measure.is_box:
            boxes[box_column(measure.indicator, "")] = np.where(asked, valid, np.nan)
            boxes[box_column(measure.indicator, measure.category)] = np.where(asked, yes, np.nan)
            kish = _kish(*(_of_places(each, places) for each in tallies.weights(measure, column)))
            effective = np.where(asked, np.fmin(effective, kish[:, :, :groups]), effective)
        if column and not measure.is_share:
            rest = np.where(asked & (outside > 0), np.minimum(rest, outside), rest)
    rest[counts.sum(axis=2, keepdims=True) == 0] = np.inf
    inside = _named(tallies, column, places.codes, counts, names).drop(columns="n_answered")
    beside = _named(tallies, column, places.codes, np.where(np.isfinite(rest), rest, 0.0), (OUTSIDE,))
    scarce = {"n": n.astype(np.int64), "one_box": one_box, "effective": effective} | boxes
    whole = inside.assign(**{name: values[counts > 0] for name, values in scarce.items()})
    return whole, beside.rename(columns={"n_answered": "n"}).assign(one_box=False, effective=np.nan)


def box_column(question: str, box: str) -> str:
    """Return the column of `behind` that counts the answers to a question in a box; those in all for ''."""
    return f"{question}|{box}"


def _kish(weight: Floats, square: Floats) -> Floats:
    """Kish's effective number of answers, (sum w)² / sum w²; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(weight**2 / square)


def domain_estimates(
    tallies: Tallies, places: Places, measures: Sequence[Measure], column: str, *, weighted: bool = True
) -> Estimates:
    """Estimate the measures of a question in every place, wave and group.

    Returns
    -------
    Estimates of shape (places, waves, groups, measures)
    """
    tally = tallies.of(measures, column)
    parts = [WaveEstimates.of(tally, weighted=weighted, pool=pool).waves() for pool in places.pooled]
    if len(places.single):
        parts.append(WaveEstimates.of(tally, weighted=weighted).waves().at(places.single))
    return Estimates.joined(parts).reshape(len(places.codes), tally.overlap.waves, tally.parts, len(measures))
