"""Which group is too small, and which are hidden for its sake: for those who hold the answers, not for readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from jobreport.release.disclosure import of_single_answers


@dataclass(frozen=True)
class Forced:
    """Hidden groups of one grouping in one wave: the small ones with their answers, and those hidden beside them."""

    wave: str
    group_by: str
    small: tuple[tuple[str, int], ...]
    beside: tuple[str, ...]


def forced(
    responses: pd.DataFrame, estimates: pd.DataFrame, items: Sequence[str], code: str, below: int
) -> Iterator[Forced]:
    """Say of each wave and grouping of a municipality which hidden groups are large enough, and who they hide for.

    Parameters
    ----------
    responses
        One row per respondent and wave.
    estimates
        Released rows.
    items
        Columns of the questions.
    code, below
        The municipality, and the number of answers under which nothing is shown.
    """
    mine = estimates["municipality_code"].eq(code) & estimates["group_by"].ne("") & ~of_single_answers(estimates)
    hidden = estimates.loc[mine & estimates["flag"].eq("suppressed"), ["wave", "group_by", "group"]].drop_duplicates()
    people = responses[responses["municipality_code"].astype(str).eq(code)]
    for (wave, column), groups in hidden.groupby(["wave", "group_by"], sort=True)["group"]:
        if column in people:
            fewest = _fewest(people[people["wave"].astype(str).eq(str(wave))], str(column), items)
            small = tuple((group, fewest[group]) for group in groups if group in fewest and fewest[group] < below)
            beside = tuple(group for group in groups if fewest.get(group, 0) >= below)
            if beside:
                yield Forced(str(wave), str(column), small, beside)


def _fewest(people: pd.DataFrame, column: str, items: Sequence[str]) -> dict[str, int]:
    """Fewest answers to a question that was asked, by group."""
    answered = people[list(items)].gt(0)
    asked = answered.loc[:, answered.any()]
    counts = asked.groupby(people[column].astype(object)).sum().min(axis=1)
    return {str(group): int(n) for group, n in counts.items()}
