"""Fair comparison of municipalities: the same mix of groups, and the limits that chance alone explains.

References
----------
Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in
Medicine 24, 1185-1202.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from jobreport.diagnostics.design import Row
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import FUNNEL_INNER, FUNNEL_OUTER, INTERVAL_LEVEL
from jobreport.estimate.estimators import Bools, Floats, domain_scores, t_quantile, with_replacement
from jobreport.estimate.measures import Measure
from jobreport.estimate.moments import Others
from jobreport.estimate.tally import Tallies, Tally

LIMITS = {"limit_95": FUNNEL_INNER, "limit_998": FUNNEL_OUTER}


def funnel(latest: Tallies, headlines: Sequence[Measure], mix: str) -> list[Row]:
    """Municipalities in the latest wave as if all had the country's mix of groups.

    Returns
    -------
    Per measure and municipality: 'standardised' (with t interval; reason 'empty_group' and no number
    if a group did not answer there), 'limit_95' and 'limit_998' (``ci_low`` to ``ci_high`` is where
    chance puts that many of 100, or 1000, municipalities of this size if all were like the country;
    reason 'outside' if the standardised figure lies outside); for the country 'standardised' (its own
    figure) and 'outside_95', 'outside_998' (municipalities outside; ``ci_high`` is the number expected
    by chance). ``category`` names the measure's category. No ranks: most differences are chance.
    """
    rows: list[Row] = []
    for measure in headlines:
        tally = latest.of((measure,), mix, apart=False)
        valid = ~np.isnan(tally.values[:, 0])
        if tally.n[valid].sum() >= 2:
            rows += _of_measure(tally, valid, measure)
    return rows


@dataclass(frozen=True)
class _Places:
    codes: Sequence[str]
    n: Floats
    w: Floats
    effective: Floats
    standard: Floats
    half: Floats
    mean: float
    spread: float


def _of_measure(tally: Tally, valid: Bools, measure: Measure) -> list[Row]:
    value, weight = tally.values[valid, 0], tally.w[valid]
    mean = float((weight @ value) / weight.sum())
    spread = float(np.sqrt((weight @ (value - mean) ** 2) / weight.sum()))
    place = tally.stratum[valid] // tally.overlap.waves
    n, w, ww = (np.bincount(place, each[valid], tally.overlap.places) for each in (tally.n, tally.w, tally.ww))
    standard, variance, df = standardised(tally)
    half = t_quantile((1 + INTERVAL_LEVEL) / 2, df) * np.sqrt(variance)
    sample = tally.overlap.sample
    with np.errstate(invalid="ignore", divide="ignore"):
        places = _Places(
            sample.municipalities, n.astype(float), w.astype(float), w**2 / ww, standard, half, mean, spread
        )
    return _rows(places, measure, sample.waves[-1])


def told_funnel(told: Others, tallies: Tallies, headlines: Sequence[Measure], mix: str) -> list[Row]:
    """The same of one's own municipalities and of those that told their figures, all of their groups among them."""
    codes = (*tallies.sample.municipalities, *told.codes)
    rows: list[Row] = []
    for measure in headlines:
        own = told.beside(tallies, (measure,), mix).own
        n, w, estimate = (np.nan_to_num(each[:, -1]) for each in (own.n, own.weights, own.estimate))
        if n.sum() < 2:
            continue
        mean = float((w * estimate).sum() / w.sum())
        spread = float(np.sqrt((w * (np.nan_to_num(own.spread[:, -1]) + (estimate - mean) ** 2)).sum() / w.sum()))
        share = w.sum(axis=0) / w.sum()
        standard = (own.estimate[:, -1][:, share > 0] * share[share > 0]).sum(axis=1)
        squares, total = (own.squares[:, -1] * share**2).sum(axis=1), (own.totals[:, -1] * share).sum(axis=1)
        answered = n.sum(axis=1)
        variance = with_replacement(squares, total, np.where(answered > 0, own.answered[:, -1], 0.0))
        half = t_quantile((1 + INTERVAL_LEVEL) / 2, answered - 1) * np.sqrt(variance)
        with np.errstate(invalid="ignore", divide="ignore"):
            effective = w.sum(axis=1) ** 2 / np.where(n > 0, w**2 / own.n_effective[:, -1], 0.0).sum(axis=1)
        places = _Places(codes, answered, w.sum(axis=1), effective, standard, half, mean, spread)
        rows += _rows(places, measure, tallies.sample.waves[-1])
    return rows


def _rows(places: _Places, measure: Measure, wave: str) -> list[Row]:
    common = {"diagnostic": "funnel", "indicator": measure.indicator, "category": measure.category}
    common |= {"unit": measure.unit, "wave": wave}
    rows: list[Row] = []
    outside = dict.fromkeys(LIMITS, 0)
    for i in np.flatnonzero(places.n >= 2):
        value = places.standard[i]
        known = bool(np.isfinite(value))
        where = common | {"municipality_code": places.codes[int(i)], "n": int(places.n[i])}
        ends = {"ci_low": value - places.half[i], "ci_high": value + places.half[i]}
        reason = "" if known else "empty_group"
        rows.append(where | {"measure": "standardised", "value": value, "reason": reason} | ends)
        for name, level in LIMITS.items():
            width = special.ndtri((1 + level) / 2) * places.spread / np.sqrt(places.effective[i])
            beyond = known and abs(value - places.mean) > width
            outside[name] += beyond
            low, high = places.mean - width, places.mean + width
            limits = {"ci_low": max(low, measure.lowest), "ci_high": min(high, measure.highest)}
            rows.append(where | {"measure": name, "value": places.mean, "reason": "outside" if beyond else ""} | limits)
    country = common | {"municipality_code": COUNTRY, "n": int(places.n.sum())}
    middle = country | {"measure": "standardised", "value": places.mean}
    return [*rows, middle, *_outside(country, outside, places.standard)]


def _outside(country: Row, outside: Mapping[str, int], standard: Floats) -> list[Row]:
    compared = int(np.isfinite(standard).sum())
    return [
        country
        | {"measure": name.replace("limit", "outside"), "unit": "municipalities"}
        | {"value": float(count), "ci_high": compared * (1 - LIMITS[name])}
        for name, count in outside.items()
    ]


def standardised(tally: Tally) -> tuple[Floats, Floats, Floats]:
    """Directly standardised mean of every municipality, its variance and degrees of freedom.

    The standard is the weighted mix of all with a value. A municipality in which one of its groups has
    no value gets NaN.

    Parameters
    ----------
    tally
        Of the latest wave, by the groups of the mix, not apart.
    """
    places, groups = tally.overlap.places, tally.groups
    place, inside = tally.stratum // tally.overlap.waves, ~np.isnan(tally.values[:, 0])
    mix = np.bincount(tally.group[inside], tally.w[inside], groups)
    mix = mix / mix.sum()
    rates, scores = domain_scores(tally.values, tally.w, place * groups + tally.group, places * groups)
    rates = rates.reshape(places, groups)
    standard = (rates[:, mix > 0] * mix[mix > 0]).sum(axis=1)
    total, squares = (each[:, -1, 0] for each in tally.sums(scores * mix[tally.group][:, None]))
    answered = np.bincount(place[inside], tally.n[inside], places).astype(float)
    n = np.where(answered > 0, tally.overlap.answered[:, -1], 0.0)
    variance = with_replacement(squares, total, n)
    sample = tally.overlap.sample
    if sample.replicates is not None and sample.scale is not None:
        one = next(tally.contributions(scores * mix[tally.group][:, None]))
        at = sample.stratum // tally.overlap.waves
        moved = [np.bincount(at, one * (each - 1), places) for each in sample.replicates.T]
        variance = sample.scale * (np.stack(moved) ** 2).sum(axis=0)
    return np.asarray(standard), np.where(np.isfinite(standard), variance, np.nan), answered - 1.0
