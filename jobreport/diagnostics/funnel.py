"""Fair comparison of municipalities: the same mix of groups, and the limits that chance alone explains.

References
----------
Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in
Medicine 24, 1185-1202.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from jobreport.diagnostics.rows import Row
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import FUNNEL_INNER, FUNNEL_OUTER, INTERVAL_LEVEL
from jobreport.estimate.estimators import Floats, domain_scores, moments, stratified_variance, t_quantile
from jobreport.estimate.measures import Measure
from jobreport.estimate.sample import Sample

LIMITS = {"limit_95": FUNNEL_INNER, "limit_998": FUNNEL_OUTER}


def funnel(sample: Sample, headlines: Sequence[Measure], mix: str) -> list[Row]:
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
        rows += _of_measure(sample, measure, mix)
    return rows


def _of_measure(sample: Sample, measure: Measure, mix: str) -> list[Row]:
    wave = len(sample.waves) - 1
    latest = sample.stratum % len(sample.waves) == wave
    values = np.where(latest, measure.values(sample.responses), np.nan)
    common = {
        "diagnostic": "funnel",
        "indicator": measure.indicator,
        "category": measure.category,
        "unit": measure.unit,
        "wave": sample.waves[wave],
    }
    group = np.asarray(sample.responses[mix].cat.codes, dtype=np.int64)
    values[group < 0] = np.nan
    everyone = moments(np.zeros(len(values), dtype=np.int64), 1, sample.weight, values)
    if everyone.n[0] < 2:
        return []
    mean = float(everyone.wy[0] / everyone.w[0])
    spread = float(np.sqrt(np.nansum(sample.weight * (values - mean) ** 2) / everyone.w[0]))
    place = sample.stratum // len(sample.waves)
    municipal = moments(place, len(sample.municipalities), sample.weight, values)
    standard, variance, df = standardised(sample, values, group)
    error = np.sqrt(variance)
    half = t_quantile((1 + INTERVAL_LEVEL) / 2, df) * error
    rows: list[Row] = []
    outside = dict.fromkeys(LIMITS, 0)
    for i, code in enumerate(sample.municipalities):
        n = int(municipal.n[i])
        if n < 2:
            continue
        known = bool(np.isfinite(standard[i]))
        where = common | {"municipality_code": code, "n": n}
        ends = {"ci_low": standard[i] - half[i], "ci_high": standard[i] + half[i]}
        reason = "" if known else "empty_group"
        rows.append(where | {"measure": "standardised", "value": standard[i], "reason": reason} | ends)
        effective = float(municipal.w[i] ** 2 / municipal.ww[i])
        for name, level in LIMITS.items():
            width = special.ndtri((1 + level) / 2) * spread / np.sqrt(effective)
            beyond = known and abs(standard[i] - mean) > width
            outside[name] += beyond
            low, high = max(mean - width, measure.lowest), min(mean + width, measure.highest)
            limits = {"ci_low": low, "ci_high": high, "reason": "outside" if beyond else ""}
            rows.append(where | {"measure": name, "value": mean} | limits)
    country = common | {"municipality_code": COUNTRY, "n": int(everyone.n[0])}
    rows.append(country | {"measure": "standardised", "value": mean})
    compared = int(np.isfinite(standard).sum())
    for name, count in outside.items():
        expected = compared * (1 - LIMITS[name])
        counted = {"unit": "municipalities", "value": float(count), "ci_high": expected}
        rows.append(country | {"measure": name.replace("limit", "outside")} | counted)
    return rows


def standardised(sample: Sample, values: Floats, group: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Directly standardised mean of every municipality, its variance and degrees of freedom.

    The standard is the weighted mix of all with a value. A municipality in which one of its groups has
    no value gets NaN.
    """
    places, groups = len(sample.municipalities), int(group.max(initial=0)) + 1
    place = sample.stratum // len(sample.waves)
    inside = ~np.isnan(values)
    mix = np.bincount(group[inside], sample.weight[inside], groups)
    mix = mix / mix.sum()
    cell = place * groups + np.maximum(group, 0)
    y = np.where(inside, values, np.nan)[:, None]
    rates, scores = (found[:, 0] for found in domain_scores(y, sample.weight, cell, places * groups))
    rates = rates.reshape(places, groups)
    standard = (rates[:, mix > 0] * mix[mix > 0]).sum(axis=1)
    contributions = sample.contributions(scores * mix[np.maximum(group, 0)])
    used = np.isin(sample.stratum, np.unique(sample.stratum[inside]))
    n = np.bincount(place[used], minlength=places).astype(float)
    variance = stratified_variance(contributions[used], place[used], n)
    answered = np.bincount(place[inside], minlength=places) - 1.0
    return np.asarray(standard), np.where(np.isfinite(standard), variance, np.nan), np.asarray(answered)
