"""Groups of one grouping that lie within a group of another: the larger less the smaller is a number of its own.

'18-29' less '18-24' tells of those who are 25 to 29, though no table shows them. Which groups lie within which is
found from the answers of all waves and municipalities, since no codebook says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Nest:
    """One group, and the groups of another grouping that lie within it."""

    group_by: str
    group: str
    within: str
    groups: tuple[str, ...]


def nests(responses: pd.DataFrame | None, groupings: Sequence[str]) -> Iterator[Nest]:
    """Find every group that holds all persons of some groups of another grouping.

    Parameters
    ----------
    responses
        One row per respondent and wave; None where no persons answered.
    groupings
        Columns of the groups.

    Examples
    --------
    >>> ages = pd.DataFrame({"two": ["18-29", "18-29", "30+"], "three": ["18-24", "25-29", "30+"]})
    >>> [(nest.group, nest.groups) for nest in nests(ages, ["two", "three"]) if nest.group_by == "two"]
    [('18-29', ('18-24', '25-29')), ('30+', ('30+',))]
    """
    if responses is None:
        return
    for outer in groupings:
        for inner in groupings:
            if inner == outer or not {outer, inner} <= {*responses.columns}:
                continue
            for group, groups in _held(responses[outer], responses[inner]).items():
                yield Nest(outer, group, inner, groups)


def _held(outer: pd.Series, inner: pd.Series) -> dict[str, tuple[str, ...]]:
    """Group of the outer grouping -> groups of the inner whose persons are all in it."""
    pairs = pd.DataFrame({"outer": outer.astype(object), "inner": inner.astype(object)}).drop_duplicates()
    pairs = pairs[pairs["inner"].notna()]
    alone = pairs[~pairs["inner"].duplicated(keep=False) & pairs["outer"].notna()].astype(str)
    return {str(group): tuple(sorted(held)) for group, held in alone.groupby("outer")["inner"]}
