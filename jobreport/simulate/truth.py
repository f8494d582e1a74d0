"""The true values of a made-up country: sums of normal probabilities, nothing drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from jobreport.simulate.answers import NOT_ANSWERED
from jobreport.simulate.country import CELL_SHAPE, GROUPS, ITEMS, TRUST_ITEMS, Country, Floats, without_effects

BOXES = {"positive": slice(3, 5), "neutral": slice(2, 3), "negative": slice(0, 2)}
TRUE_COLUMNS = [
    "indicator", "measure", "category", "unit", "municipality_code", "wave", "group_by", "group", "value",
]  # fmt: skip


def true_values(country: Country, group_by: tuple[str, ...] = ()) -> pd.DataFrame:
    """The value of every measure in every domain, if all who were asked had answered.

    Parameters
    ----------
    country
        From `jobreport.simulate.draw_country`.
    group_by
        Group columns to split by as well; everybody is always there.

    Returns
    -------
    DataFrame
        One row per indicator × measure × category × municipality (and '000', where each
        municipality counts with the number it asked) × wave × group: shares in [0, 1], means 1-5,
        indices 0-100. Shares and means are among those with an opinion.

    Examples
    --------
    >>> from jobreport.simulate import draw_country
    >>> true = true_values(draw_country())
    >>> set(true["unit"]) == {"share", "points_1_5", "points_0_100"}
    True
    """
    probabilities = _probabilities(country)
    rows = [_rows(country, probabilities, "", "", np.ones(CELL_SHAPE, bool).ravel())]
    for column in group_by:
        axis = list(GROUPS).index(column)
        level = np.indices(CELL_SHAPE)[axis].ravel()
        for i, group in enumerate(GROUPS[column]):
            rows.append(_rows(country, probabilities, column, group, level == i))
    return pd.concat(rows, ignore_index=True)[TRUE_COLUMNS]


def true_effects(country: Country) -> pd.DataFrame:
    """What the changes did: mean true value after the event, with them minus without them.

    Returns
    -------
    DataFrame
        indicator, measure, category, unit, municipality_code, effect; measures 'share', 'mean' and
        'index' of every municipality that changed.
    """
    codes = sorted({code for code, _ in country.design.effects})
    keys = ["indicator", "measure", "category", "unit", "municipality_code"]

    def after(which: Country) -> pd.Series:
        values = true_values(which)
        wanted = values["wave"].isin(which.design.waves[which.design.after])
        wanted &= values["municipality_code"].isin(codes) & (values["measure"] != "dont_know")
        return values[wanted].groupby(keys, sort=False)["value"].mean()

    return (after(country) - after(without_effects(country))).rename("effect").reset_index()


def _probabilities(country: Country) -> Floats:
    """Probability of each answer, (M, T, C, K, 5)."""
    below = ndtr(country.cuts - country.latent[..., None])
    probabilities: Floats = np.diff(below, prepend=0.0, append=1.0, axis=-1)
    return probabilities


def _rows(country: Country, probabilities: Floats, column: str, group: str, inside: np.ndarray) -> pd.DataFrame:
    weight = country.asked[:, :, None] * country.mix * inside
    parts = []
    for k, item in enumerate(ITEMS):
        doubt = country.dont_know[:, k]
        shares = _mean(weight * (1 - doubt), probabilities[:, :, :, k])
        mean = shares @ np.arange(1, 6)
        for category, box in BOXES.items():
            parts.append((item, "share", category, "share", shares[..., box].sum(axis=-1)))
        parts.append((item, "mean", "", "points_1_5", mean))
        parts.append((item, "index", "", "points_0_100", 25 * (mean - 1)))
        parts.append((item, "dont_know", "", "share", _mean(weight, np.broadcast_to(doubt, weight.shape))))
    trust = _trust_mean(country, probabilities, weight)
    parts.append(("trust", "mean", "", "points_1_5", trust))
    parts.append(("trust", "index", "", "points_0_100", 25 * (trust - 1)))
    return pd.concat([_table(country, part) for part in parts]).assign(group_by=column, group=group)


def _trust_mean(country: Country, probabilities: Floats, weight: Floats) -> Floats:
    """Mean of the answered trust items among those who answered at least two of the three.

    Whether an item is answered depends on the cell only and is as likely for each of the three, so
    within a cell the mean over those answered has the expectation of the plain mean of the three.
    """
    items = [ITEMS.index(item) for item in TRUST_ITEMS]
    valid = (1 - NOT_ANSWERED) * (1 - country.dont_know[:, items[0]])
    at_least_two = valid**3 + 3 * valid**2 * (1 - valid)
    in_cell = (probabilities[:, :, :, items] @ np.arange(1, 6)).mean(axis=-1)
    return _mean(weight * at_least_two, in_cell)


def _mean(weight: Floats, values: Floats) -> Floats:
    """Weighted mean over cells, with the whole country as one more municipality: (M + 1, T, ...)."""
    wide = weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))
    total = (wide * values).sum(axis=2)
    base = wide.sum(axis=2)
    total = np.concatenate([total, total.sum(axis=0, keepdims=True)])
    base = np.concatenate([base, base.sum(axis=0, keepdims=True)])
    mean: Floats = total / base
    return mean


def _table(country: Country, part: tuple[str, str, str, str, Floats]) -> pd.DataFrame:
    indicator, measure, category, unit, values = part
    index = pd.MultiIndex.from_product(
        [[*country.design.municipalities, "000"], country.design.waves],
        names=["municipality_code", "wave"],
    )
    frame = pd.DataFrame({"value": values.ravel()}, index=index).reset_index()
    return frame.assign(indicator=indicator, measure=measure, category=category, unit=unit)
