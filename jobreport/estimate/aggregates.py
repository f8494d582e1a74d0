"""Shares and means that a municipality has only as a table, as rows of `estimates`.

They stand as they were given: a share gets no mean and a mean no share, and without the answers there is
no change with an interval of its own design.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from jobreport.domain.released import COLUMNS, DOMAIN, frame
from jobreport.estimate.estimators import Estimates
from jobreport.estimate.indicators import numbers, with_invited
from jobreport.estimate.measures import Measure, all_measures
from jobreport.setup.codebook import Codebook


def estimate(
    summaries: pd.DataFrame,
    codebook: Codebook,
    *,
    simulated: bool,
    names: Mapping[str, str],
    invited: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Turn shares and means with their n into rows of `estimates`.

    Parameters
    ----------
    summaries
        wave, municipality_code, group_by, group, question, measure ('share' or 'mean'), code (0 for
        'don't know', 1..k, 'positive', 'neutral', 'negative', '' for a mean), value, n, sd.
    codebook
        Its questions say what an answer is.
    simulated
        Whether the figures are made up.
    names
        Municipality code to name.
    invited
        As `indicators.estimate` takes it; without it nobody knows how many were asked, or answered at all.

    Returns
    -------
    DataFrame with the columns of `estimates`, and the share of a box where all of its answers are given. The variance
    is p(1 - p)/(n - 1) for a share and sd²/n for a mean, as if all answers weighed the same; intervals as for answers
    (`jobreport.estimate.estimators`).
    """
    found = [
        _row(row, measure)
        for row in (*summaries.to_dict("records"), *_boxes(summaries, codebook))
        for measure in all_measures(codebook.indicators)
        if measure.items == (row["question"],) and (measure.name, measure.category) == _wanted(row)
    ]
    apart = ("municipality", "simulated", "n_invited", "n_answered")
    rows = pd.DataFrame(found, columns=[name for name in COLUMNS["estimates"] if name not in apart])
    rows = with_invited(rows, invited, frozenset(), persons=False)
    return frame("estimates", rows, names).assign(simulated=simulated)


def _boxes(summaries: pd.DataFrame, codebook: Codebook) -> Iterator[dict[Hashable, object]]:
    """Add up the shares of a box's answers where all of them are given, of the same n, and the box is not."""
    asked = {item.name: item for item in codebook.items}
    shares = summaries[summaries["measure"].eq("share")]
    for (*_, question), cells in shares.groupby([*DOMAIN, "question"], sort=False):
        given = {row["code"]: row for row in cells.to_dict("records")}
        for box, answers in asked[str(question)].scale.boxes.items():
            parts = [given[answer] for answer in answers if answer in given]
            if box not in given and parts and len(parts) == len(answers) and len({part["n"] for part in parts}) == 1:
                total = sum(float(part["value"]) for part in parts)
                yield parts[0] | {"code": box, "value": min(total, 1.0)}


def _wanted(row: Mapping[object, object]) -> tuple[str, str]:
    if row["measure"] == "mean":
        return "mean", ""
    if row["code"] == 0:
        return "dont_know", ""
    return "share", str(row["code"]) if isinstance(row["code"], str) else f"answer_{row['code']}"


def _row(row: Mapping[object, object], measure: Measure) -> dict[str, object]:
    value, n = float(str(row["value"])), float(str(row["n"]))
    spread = value * (1 - value) * n / max(n - 1, 1) if measure.is_share else float(str(row["sd"])) ** 2
    variance = spread / n if n > 1 else float("nan")
    figures = Estimates(*(np.array([number]) for number in (value, variance, n, n, n - 1)))
    made = {name: np.asarray(cells)[0] for name, cells in numbers(figures, measure).items()}
    domain = {name: row[name] for name in ("wave", "municipality_code", "group_by", "group")}
    kind = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category, "unit": measure.unit}
    return {**kind, **domain, **made}
