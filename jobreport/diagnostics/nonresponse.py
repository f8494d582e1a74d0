"""What those who did not answer could change: rates, bounds, tipping point; and what weights for them cost.

References
----------
Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24, 343-360. (bounds)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from jobreport.diagnostics.design import Row
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import MAJORITY
from jobreport.estimate.measures import Measure
from jobreport.estimate.sample import Sample
from jobreport.estimate.weights import Calibration, design_effect

KEYS = ["municipality_code", "wave", "group_by", "group"]


IDENTITY = ["indicator", "measure", "category", *KEYS]


def nonresponse(estimates: pd.DataFrame, plain: pd.DataFrame, headlines: Sequence[Measure]) -> list[Row]:
    """Rows of non-response from `estimates` that know how many were invited.

    Parameters
    ----------
    estimates
        Rows with ``n_invited`` and ``n_answered``.
    plain
        Rows of the same measures and domains without weights. What is known of all who were invited is what
        they answered, each counted once: a weight stands for somebody who did not.
    headlines
        The measures that are told.

    Returns
    -------
    Per municipality, wave and group: 'rate' (answered of invited, no indicator) and for every headline
    measure 'worst' and 'best', the figure if none or all of those without a valid answer were at the
    bottom or top of the scale, and for shares 'tipping_point': the share among them below (or, where
    the minority is positive, above) which the majority would turn; missing with the reason
    'cannot_turn' where no share could. ``n`` is the number of valid answers.
    """
    known = estimates[estimates["n_invited"].notna() & estimates["n_invited"].gt(0)]
    known = known.drop(columns="estimate").merge(plain[[*IDENTITY, "estimate"]], on=IDENTITY)
    rows: list[Row] = []
    seen = set()
    for measure in headlines:
        chosen = known[
            (known["indicator"] == measure.indicator)
            & (known["measure"] == measure.name)
            & (known["category"] == measure.category)
            & (known["n"] > 0)
        ]
        for row in chosen.to_dict("records"):
            place = {key: row[key] for key in KEYS} | {"diagnostic": "nonresponse"}
            domain = tuple(place.values())
            if domain not in seen:
                seen.add(domain)
                rate = row["n_answered"] / row["n_invited"]
                rows.append(place | {"measure": "rate", "unit": "share", "value": rate, "n": row["n_answered"]})
            rows += [place | bound for bound in bounds(row["estimate"], row["n"], row["n_invited"], measure)]
    return rows


def bounds(estimate: float, n: int, invited: int, measure: Measure) -> list[Row]:
    """Worst case, best case and tipping point of all who were invited.

    Parameters
    ----------
    estimate
        The figure among the ``n`` valid answers, each counted once: a weighted one would count answers that
        were not given, and the truth could lie outside the bounds.
    n, invited
        Valid answers, and how many were asked.
    measure
        Its ends are the answers that the others could have given.

    Examples
    --------
    60 pct. of 40 answers among 100 invited: between 24 and 84 pct.; 50 pct. of all if 26 of the 60 others
    are positive.

    >>> share = Measure("q", "share", "positive", "share", ("q",), (), 0.0, 1.0)
    >>> [round(row["value"], 3) for row in bounds(0.6, 40, 100, share)]
    [0.24, 0.84, 0.433]
    """
    answered = min(n / invited, 1.0)
    common = {"indicator": measure.indicator, "category": measure.category, "unit": measure.unit, "n": n}
    ends = {"worst": measure.lowest, "best": measure.highest}
    rows: list[Row] = [
        common | {"measure": name, "value": estimate * answered + (1 - answered) * end} for name, end in ends.items()
    ]
    if measure.is_share and answered < 1:
        tipping = (MAJORITY - estimate * answered) / (1 - answered)
        turns = 0 <= tipping <= 1
        row: Row = common | {"measure": "tipping_point", "reason": "" if turns else "cannot_turn"}
        rows.append(row | ({"value": tipping} if turns else {}))
    return rows


def coverage(sample: Sample) -> list[Row]:
    """Rows 'of_all' by municipality and wave: the part of all persons that answered, where it is a random sample."""
    if sample.population is None:
        return []
    return [
        {"diagnostic": "nonresponse", "measure": "of_all", "unit": "share", "municipality_code": code, "wave": wave}
        | {"value": sample.answered[place, time] / sample.population[place, time], "n": sample.answered[place, time]}
        for place, code in enumerate(sample.municipalities)
        for time, wave in enumerate(sample.waves)
        if sample.population[place, time] > 0
    ]


def unweighted(weighted: pd.DataFrame, plain: pd.DataFrame) -> list[Row]:
    """Unweighted figures of the headline measures, to stand beside the weighted ones.

    Parameters
    ----------
    weighted, plain
        Rows of `estimates` of the same measures and domains, with and without weights. Rows that do not
        differ (nobody was weighted) are left out.
    """
    asked = weighted["indicator"].isin(plain["indicator"]) & weighted["category"].isin(plain["category"])
    asked &= weighted["measure"].isin(plain["measure"])  # (all others would only be looked up in vain)
    both = plain.merge(weighted.loc[asked, [*IDENTITY, "estimate"]], on=IDENTITY, suffixes=("", "_weighted"))
    moved = both[(both["estimate"] - both["estimate_weighted"]).abs() > 1e-12]
    columns = ["indicator", "category", "unit", *KEYS, "ci_low", "ci_high", "n", "flag"]
    return [
        {key: row[key] for key in columns}
        | {"diagnostic": "nonresponse", "measure": "unweighted", "value": row["estimate"]}
        for row in moved.to_dict("records")
    ]


def weighting(responses: pd.DataFrame, calibration: Calibration | None) -> list[Row]:
    """Rows 'design_effect', 'min' and 'max' of the weights by municipality and wave and for the country.

    The smallest and largest weight are relative to the mean weight of the same row. After calibration
    rows 'joined' tell which categories were joined: ``category`` is the margin, ``value`` the number of
    categories, the reason 'joined=a+b'.
    """
    rows: list[Row] = []
    for keys in (["wave"], ["municipality_code", "wave"]):
        for key, group in responses.groupby(keys, observed=True)["weight"]:
            place = {"municipality_code": COUNTRY} | dict(zip(keys, key, strict=True))
            weight = group.to_numpy(np.float64)
            numbers = {
                "design_effect": design_effect(weight),
                "min": weight.min() / weight.mean(),
                "max": weight.max() / weight.mean(),
            }
            common = place | {"diagnostic": "weights", "unit": "ratio", "n": len(weight)}
            rows += [common | {"measure": name, "value": value} for name, value in numbers.items()]
    return rows + (_joined(responses, calibration) if calibration else [])


def _joined(responses: pd.DataFrame, calibration: Calibration) -> list[Row]:
    sizes = responses.groupby(["municipality_code", "wave"], observed=True).size()
    return [
        {
            "diagnostic": "weights",
            "measure": "joined",
            "category": one.group_by,
            "unit": "categories",
            "municipality_code": one.municipality_code,
            "wave": one.wave,
            "value": sum(len(groups) for groups in one.groups),
            "n": int(sizes[one.municipality_code, one.wave]),
            "reason": ";".join("joined=" + "+".join(groups) for groups in one.groups),
        }
        for one in calibration.collapsed
    ]
