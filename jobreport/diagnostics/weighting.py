"""What was drawn and how it weighs: the part that answered, clusters, and what weights and margins cost."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from jobreport.diagnostics.design import Row
from jobreport.domain.released import COUNTRY
from jobreport.estimate.estimators import Floats
from jobreport.estimate.measures import Measure
from jobreport.estimate.sample import CLUSTER, OWN_STRATUM, Sample
from jobreport.estimate.weights import Calibration, design_effect


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


def drawn(sample: Sample, estimates: pd.DataFrame, headlines: Sequence[Measure]) -> list[Row]:
    """Rows of what the draw, replicate weights and weighting to margins make of the uncertainty, where there are any.

    Returns
    -------
    By municipality and wave 'clusters', 'strata' and 'replicates', their number; and of the headline shares
    'variance_ratio', the variance beside that of as many equal and independent answers, p(1 - p)/(n - 1).
    """
    rows = [
        {"diagnostic": "weights", "measure": name, "unit": name, "municipality_code": code, "wave": wave}
        | {"value": counted[place, time], "n": int(sample.answered[place, time])}
        for name, counted in _counted(sample).items()
        for place, code in enumerate(sample.municipalities)
        for time, wave in enumerate(sample.waves)
        if counted[place, time]
    ]
    if not rows and sample.units is None and sample.calibration is None:
        return rows
    shares = {(each.indicator, each.name, each.category) for each in headlines if each.is_share}
    keys = pd.MultiIndex.from_frame(estimates[["indicator", "measure", "category"]])
    chosen = keys.isin(list(shares)) & (estimates["group_by"] == "")
    known = estimates[chosen & estimates["standard_error"].notna() & estimates["n"].gt(1)]
    p = known["estimate"].astype(float)
    ratio = known["standard_error"].astype(float) ** 2 * (known["n"] - 1) / (p * (1 - p))
    common = known[["indicator", "category", "municipality_code", "wave", "n"]].assign(value=ratio.astype(float))
    told: Row = {"diagnostic": "weights", "measure": "variance_ratio", "unit": "ratio"}
    return [*rows, *({**told, **row} for row in common.to_dict("records"))]


def _counted(sample: Sample) -> dict[str, Floats]:
    if sample.replicates is not None:
        return {"replicates": np.where(sample.answered > 0, float(sample.replicates.shape[1]), 0.0)}
    if sample.units is None:
        return {}
    everybody, shape = np.ones(len(sample.responses), dtype=bool), sample.answered.shape
    found = sample.units.counted(everybody, sample.stratum, sample.answered.size)
    clusters, strata = (each.reshape(shape) for each in found)
    several = {OWN_STRATUM: ("strata", np.where(strata > 1, strata, 0.0)), CLUSTER: ("clusters", clusters)}
    return dict(told for column, told in several.items() if column in sample.responses)


def weighting(responses: pd.DataFrame, calibration: Calibration | None) -> list[Row]:
    """Rows 'design_effect', 'min' and 'max' of the weights by municipality and wave and for the country.

    The smallest and largest weight are relative to the mean weight of the same row. After calibration
    rows 'joined' tell which categories were joined: ``category`` is the margin, ``value`` the number of
    categories, the reason 'joined=a+b'.
    """
    codes, waves = (responses[name].cat.categories for name in ("municipality_code", "wave"))
    found = [(place, time, weight) for time in range(len(waves)) for place, weight in _by_place(responses, time)]
    rows: list[Row] = []
    for place, time, weight in sorted(found, key=lambda each: each[:2]):
        mean, common = weight.mean(), {"diagnostic": "weights", "unit": "ratio", "n": len(weight)}
        common |= {"municipality_code": COUNTRY if place < 0 else codes[place], "wave": waves[time]}
        numbers = {"design_effect": design_effect(weight), "min": weight.min() / mean, "max": weight.max() / mean}
        rows += [common | {"measure": name, "value": value} for name, value in numbers.items()]
    return rows + (_joined(responses, calibration) if calibration else [])


def _by_place(responses: pd.DataFrame, time: int) -> list[tuple[int, Floats]]:
    # Weights of a wave, of everybody (-1) and of each municipality in it. (Of all waves at once they fill the memory.)
    here = np.flatnonzero(responses["wave"].array.codes == time)
    weight, place = responses["weight"].to_numpy(np.float64)[here], responses["municipality_code"].array.codes[here]
    order = np.argsort(place, kind="stable")
    there, begins = np.unique(place[order], return_index=True)
    parts = zip(there.tolist(), np.split(weight[order], begins[1:]), strict=True)
    return [(-1, weight), *((code, each) for code, each in parts if code >= 0)] if len(here) else []


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
