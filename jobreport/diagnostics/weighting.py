"""What the weights cost, and what had to be joined to make them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jobreport.diagnostics.rows import Row
from jobreport.domain.released import COUNTRY
from jobreport.estimate.weights import Calibration, design_effect


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
