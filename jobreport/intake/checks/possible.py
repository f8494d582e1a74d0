"""Whether the figures of a table can be true together: is there any number of persons per answer that gives them?

Shares, mean and standard deviation of one question and domain are sums over the same persons. So they are held
against whole numbers of persons for each answer, each figure as exact as it is written: 0.59 is anything from 0.585
to 0.595. Of weighted figures the numbers need not be whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import optimize

from jobreport.setup.codebook import Question

ROUNDING = 1e-9
Terms = tuple[np.ndarray, float, float]  # what a person who gave each answer counts, least and most


def impossible(frame: pd.DataFrame, items: Mapping[str, Question]) -> pd.Series:
    """Rows whose shares, mean and spread no persons can have given.

    Parameters
    ----------
    frame
        wave, municipality_code, group_by, group, question, measure, code, value, n, sd, and how many decimals
        ``value`` and ``sd`` are written with (``value_decimals``, ``sd_decimals``); ``weighted`` says whose persons
        need not be whole numbers.
    items
        The questions by name.
    """
    judged = frame[frame["measure"].isin(["share", "mean"])]
    wrong = pd.Series(False, index=frame.index)
    together = ["wave", "municipality_code", "group_by", "group", "question", "n"]
    for _, rows in judged.groupby(together, sort=False):
        item = items[str(rows["question"].iloc[0])]
        if not _exists(list(_terms(rows, item)), item, float(rows["n"].iloc[0]), whole=not rows["weighted"].any()):
            wrong[rows.index] = True
    return wrong


def _terms(rows: pd.DataFrame, item: Question) -> Iterator[Terms]:
    """Each figure as what persons with answer 0 (don't know), 1..k count in it, and its bounds per person."""
    answers = np.arange(item.scale.size + 1, dtype=float)
    boxes = {
        "negative": (answers >= 1) & (answers <= item.scale.negative),
        "positive": answers > item.scale.size - item.scale.positive,
    }
    boxes["neutral"] = (answers >= 1) & ~boxes["negative"] & ~boxes["positive"]
    for row in rows.to_dict("records"):
        low, high = _bounds(row["value"], row["value_decimals"])
        if row["measure"] == "share":
            code = row["code"]
            yield (boxes[code] if isinstance(code, str) else answers == code).astype(float), low, high
        else:
            yield answers, low, high
            least, most = _bounds(row["sd"], row["sd_decimals"])
            divided = (row["n"] - 1) / row["n"]  # a source may divide by n or by n - 1
            yield answers**2, max(least, 0.0) ** 2 * divided + low**2, most**2 + high**2


def _bounds(value: float, decimals: int) -> tuple[float, float]:
    half = 0.5 * 10.0 ** -float(decimals) + ROUNDING
    return value - half, value + half


def _exists(terms: list[Terms], item: Question, n: float, *, whole: bool) -> bool:
    """Tell whether some numbers of persons, n in all, fit every figure; don't know stands only where it may."""
    size = item.scale.size + 1
    rows = np.array([np.ones(size), *(counted for counted, _, _ in terms)])
    low = np.array([n, *(least * n for _, least, _ in terms)])
    high = np.array([n, *(most * n for _, _, most in terms)])
    most = np.full(size, n)
    told_of = any(counted[0] > 0 for counted, _, _ in terms)
    most[0] = n if item.dont_know_in_base or told_of else 0.0
    found = optimize.milp(
        np.zeros(size),
        constraints=optimize.LinearConstraint(rows, low, high),
        bounds=optimize.Bounds(np.zeros(size), most),
        integrality=np.full(size, int(whole)),
    )
    return bool(found.status != 2)  # (2: shown to be infeasible)
