"""Values of a grouping that are proposed as outside it: they would hide a large group, or are no group at all."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from jobreport.domain.rules import SUPPRESS_AT_LEAST
from jobreport.prepare.init import vocabulary
from jobreport.setup import coding
from jobreport.setup.coding import normal

RARE = 0.05


def outside(cells: pd.Series, answers: Mapping[str, str], strata: int) -> tuple[str, ...]:
    """Codes whose label says that nothing was told, and those of very few answers beside large groups.

    Few is fewer than five a wave and municipality and under five per cent of all. Two values at least stay inside.

    Parameters
    ----------
    cells, answers
        The column of the grouping, and its codes with their labels.
    strata
        Waves and municipalities in the file.

    Examples
    --------
    >>> cells = pd.Series(["Kvinde"] * 60 + ["Mand"] * 50 + ["Andet"] * 2)
    >>> outside(cells, {"Kvinde": "Kvinde", "Mand": "Mand", "Andet": "Andet"}, 1)
    ('Andet',)
    """
    texts = coding.apply(cells, normal)
    counts = texts[texts != ""].value_counts()
    few = min(SUPPRESS_AT_LEAST * strata, RARE * counts.sum())
    untold = {*vocabulary.NOT_TOLD, *vocabulary.DONT_KNOW}
    found = [
        code for code, label in answers.items() if normal(label) in untold or 0 < _count(counts, code, label) < few
    ]
    return tuple(found) if len(answers) - len(found) > 1 else ()


def _count(counts: pd.Series, code: str, label: str) -> int:
    return int(sum(counts.get(text, 0) for text in {normal(code), normal(label)}))
