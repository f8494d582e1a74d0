"""Groups that would give others away: those within groups of another grouping, and the few outside.

'18-29' less '18-24' tells of those who are 25 to 29, though no table shows them. Which groups lie within which is
found from the answers of all waves and municipalities, since no codebook says it.

Who has no group (a blank cell, 'ønsker ikke at oplyse', a value set outside the grouping) counts in the whole only. If
they are fewer than may be shown, the whole less the groups would be their answers. So a few more from the largest
group, drawn by lot, count in the whole only as well, until nobody can tell whose answers the difference is.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobreport.domain.released import UNIT
from jobreport.domain.rules import SUPPRESS_AT_LEAST

ENOUGH = SUPPRESS_AT_LEAST
"""Answers to each question outside the groups. It does not follow the chosen threshold: two reports laid side by side
must not differ by a few persons."""
BLOCK = 1 << 20  # persons looked at together
LEFT = 2 * ENOUGH
"""Of the largest group, which would be too small itself with fewer."""


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
    # Group of the outer grouping -> groups of the inner whose persons are all in it.
    one, other = (column.astype("category").array for column in (outer, inner))
    there = np.zeros((len(one.categories) + 1, len(other.categories) + 1), dtype=bool)
    for start in range(0, len(outer), BLOCK):  # (who has no group is -1, the last)
        there[one.codes[start : start + BLOCK], other.codes[start : start + BLOCK]] = True
    alone = there[:-1, :-1] & (there[:, :-1].sum(axis=0) == 1)
    found = {str(group): other.categories[held] for group, held in zip(one.categories, alone, strict=True)}
    return {group: tuple(sorted(map(str, found[group]))) for group in sorted(found) if len(found[group])}


def covered(responses: pd.DataFrame, groupings: Sequence[str], items: Sequence[str]) -> pd.DataFrame:
    """Take a few persons drawn by lot out of a grouping wherever too few stand outside it.

    Parameters
    ----------
    responses
        One row per respondent and wave.
    groupings, items
        Columns of the groups (categories; missing is outside) and of the questions (above 0 is a valid answer).

    Returns
    -------
    DataFrame
        A copy where anybody is taken out. The lot depends on the answers, not on their order in the file.

    Examples
    --------
    >>> answers = {"wave": "1", "municipality_code": "183", "sex": ["man"] * 20 + ["woman"] * 15 + [None] * 2, "q": 3}
    >>> made = covered(pd.DataFrame(answers).astype({"sex": "category"}), ["sex"], ["q"])
    >>> made["sex"].value_counts(dropna=False).tolist()
    [17, 15, 5]
    """
    valid = responses[list(items)].to_numpy() > 0
    for column in groupings:
        outside = responses[column].isna()
        if outside.any() and not outside.all():
            taken = _taken(responses, column, outside, valid)
            responses = responses.assign(**{column: responses[column].mask(taken)}) if taken.any() else responses
    return responses


def _taken(responses: pd.DataFrame, column: str, outside: pd.Series, valid: np.ndarray) -> np.ndarray:
    taken = np.zeros(len(responses), dtype=bool)
    place = UNIT if UNIT in responses else "municipality_code"
    places = [responses[name].astype(str).to_numpy() for name in ("wave", place)]
    strata = pd.Series(np.arange(len(responses))).groupby(places)
    few = pd.Series(outside.to_numpy()).groupby(places).sum()
    for key in few.index[few > 0]:
        rows = strata.get_group(key).to_numpy()
        groups = responses[column].iloc[rows]
        inside = groups.value_counts()
        if inside.iloc[0] == 0:
            continue
        drawn = rows[(groups == inside.index[0]).to_numpy()]
        drawn = _by_lot(responses.iloc[drawn], f"{column}|{'|'.join(key)}", drawn)[:-LEFT]
        taken[_needed(drawn, valid, valid[rows[groups.isna().to_numpy()]].sum(axis=0))] = True
    return taken


def _by_lot(people: pd.DataFrame, name: str, rows: np.ndarray) -> np.ndarray:
    # Rows in an order drawn by lot, the same whatever the order in the file.
    order = np.lexsort([people[each].astype(str).to_numpy() for each in sorted(people.columns)])
    return np.asarray(rows[order][np.random.default_rng(zlib.crc32(name.encode())).permutation(len(rows))])


def _needed(drawn: np.ndarray, valid: np.ndarray, outside: np.ndarray) -> np.ndarray:
    # The first so many that enough answered each question outside; nobody where that cannot be reached.
    after = outside + np.cumsum(np.vstack([np.zeros_like(outside), valid[drawn]]), axis=0)
    enough = ((after >= ENOUGH) | (after == 0)).all(axis=1)
    return drawn[: int(np.argmax(enough))] if enough.any() else drawn[:0]
