"""Fair comparison of municipalities: the same mix of groups, and the limits that chance alone explains.

References
----------
Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in
Medicine 24, 1185-1202.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import special

from jobreport.diagnostics.design import Row
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import FUNNEL_INNER, FUNNEL_OUTER, INTERVAL_LEVEL
from jobreport.estimate.estimators import Bools, Floats, domain_scores, t_quantile, with_replacement
from jobreport.estimate.measures import Measure
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


def _of_measure(tally: Tally, valid: Bools, measure: Measure) -> list[Row]:
    sample = tally.overlap.sample
    common = {"diagnostic": "funnel", "indicator": measure.indicator, "category": measure.category}
    common |= {"unit": measure.unit, "wave": sample.waves[-1]}
    value, weight = tally.values[valid, 0], tally.w[valid]
    mean = float((weight @ value) / weight.sum())
    spread = float(np.sqrt((weight @ (value - mean) ** 2) / weight.sum()))
    place = tally.stratum[valid] // tally.overlap.waves
    n, w, ww = (np.bincount(place, each[valid], tally.overlap.places) for each in (tally.n, tally.w, tally.ww))
    standard, variance, df = standardised(tally)
    half = t_quantile((1 + INTERVAL_LEVEL) / 2, df) * np.sqrt(variance)
    rows: list[Row] = []
    outside = dict.fromkeys(LIMITS, 0)
    for i in np.flatnonzero(n >= 2):
        known = bool(np.isfinite(standard[i]))
        where = common | {"municipality_code": sample.municipalities[i], "n": int(n[i])}
        ends = {"ci_low": standard[i] - half[i], "ci_high": standard[i] + half[i]}
        reason = "" if known else "empty_group"
        rows.append(where | {"measure": "standardised", "value": standard[i], "reason": reason} | ends)
        for name, level in LIMITS.items():
            width = special.ndtri((1 + level) / 2) * spread / np.sqrt(w[i] ** 2 / ww[i])
            beyond = known and abs(standard[i] - mean) > width
            outside[name] += beyond
            limits = {"ci_low": max(mean - width, measure.lowest), "ci_high": min(mean + width, measure.highest)}
            rows.append(where | {"measure": name, "value": mean, "reason": "outside" if beyond else ""} | limits)
    country = common | {"municipality_code": COUNTRY, "n": int(tally.n[valid].sum())}
    return [*rows, country | {"measure": "standardised", "value": mean}, *_outside(country, outside, standard)]


def _outside(country: Row, outside: Mapping[str, int], standard: Floats) -> list[Row]:
    """How many municipalities lie outside each limit, and how many chance alone would place there."""
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
    return np.asarray(standard), np.where(np.isfinite(standard), variance, np.nan), answered - 1.0
