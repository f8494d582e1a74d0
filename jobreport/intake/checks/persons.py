"""Who answered in several waves: a row number follows nobody, and who changes gender is somebody else.

A wrong number makes strangers of two waves one person, and the interval of the change too narrow: then the
order of the rows decides what is called clear.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

import pandas as pd

from jobreport.errors import Problem
from jobreport.setup import coding
from jobreport.setup.codebook import Codebook, Group

KEY = "respondent_id"
SMALLEST = 10  # fewer numbers can be without gaps by chance
MOST_CHANGED = 0.05  # of the same persons; slips of registration are fewer
FEWEST_CHANGED = 3
OF_CHANCE = 0.5  # a benefit changes: half of what strangers would show is no longer the same persons
_NUMBERED = re.compile(r"(\D*)(\d{1,15})")
_FIXED = {"gender": ("køn", "gender", "sex"), "age": ("alder", "age")}


def is_row_number(cells: pd.Series, waves: pd.Series | None = None) -> bool:
    """Tell whether a column counts its rows without a gap, in the whole file or in every wave, in any order.

    Parameters
    ----------
    cells
        The column.
    waves
        Wave of every row; None if it is not known: then numbers that begin again are looked for.

    Examples
    --------
    >>> is_row_number(pd.Series([*range(1, 13), *range(1, 11)]))
    True
    >>> is_row_number(pd.Series([3, 1, 2, 5, 4, 8, 7, 6, 10, 9]))
    True
    >>> is_row_number(pd.Series([1, 2, 3, 5, 8, 9, 10, 11, 12, 14]))
    False
    """
    numbers = _numbers(cells)
    if numbers is None or len(numbers) < SMALLEST:
        return False
    if numbers.is_unique or waves is None:
        return _counts_on(numbers)
    labels = waves.reindex(numbers.index)
    parts = [part for _, part in numbers.groupby(labels.to_numpy(), observed=True)]
    return all(part.is_unique and _counts_on(part) for part in parts)


def _numbers(cells: pd.Series) -> pd.Series | None:
    """The number in every filled cell; None if cells hold more than one prefix and a number."""
    if pd.api.types.is_integer_dtype(cells.dtype) and not cells.hasnans:
        return cells.astype("int64")
    texts = coding.apply(cells, str, coding.plain)
    texts = texts[texts != ""]
    found = {text: _NUMBERED.fullmatch(text) for text in texts.unique()}
    if not all(found.values()) or len({match[1] for match in found.values() if match}) > 1:
        return None
    return texts.map({text: int(match[2]) for text, match in found.items() if match}).astype("int64")


def _counts_on(numbers: pd.Series) -> bool:
    """Tell whether numbers follow each other; where several counts are mixed, the short ones end first."""
    times = numbers.value_counts().sort_index()
    without_gap = int(times.index[-1]) - int(times.index[0]) + 1 == len(times)
    return bool(without_gap and times.is_monotonic_decreasing)


def matches(responses: pd.DataFrame) -> Iterator[tuple[str, str, int, int]]:
    """Count, for every wave and the next, whose number stands in both: (wave, next wave, in both, in the first)."""
    if KEY not in responses:
        return
    for first, second in itertools.pairwise(_by_wave(responses)):
        both = first.index.intersection(second.index)
        yield str(first["wave"].iloc[0]), str(second["wave"].iloc[0]), len(both), len(first)


def _by_wave(responses: pd.DataFrame) -> list[pd.DataFrame]:
    """One frame per wave that has numbers, by person: a number counts within its municipality."""
    person, _ = responses[KEY].factorize()
    place, places = responses["municipality_code"].factorize()
    known = responses.set_axis(pd.Index(person * (len(places) + 1) + place), axis=0)[person >= 0]
    parts = [part for _, part in known.groupby("wave", observed=True)]
    return [part[~part.index.duplicated()] for part in parts]


def problems(responses: pd.DataFrame, codebook: Codebook, where: str) -> Iterator[Problem]:
    """Refuse a number that counts rows and matches waves, and one whose persons change who they are."""
    column = codebook.layout.columns.get(KEY)
    if column is None or KEY not in responses:
        return
    confirmed = column in codebook.layout.allowed
    matched = [found for found in matches(responses) if found[2]]
    if matched and not confirmed and is_row_number(responses[KEY], responses["wave"]):
        wave, following, both, size = matched[0]
        facts = {"column": column, "first": wave, "second": following, "both": both, "all": size}
        yield Problem("respondent_row_number", where, facts)
        return
    for name, group in codebook.groups.items():
        if not (confirmed and _trait(name, group) == ""):
            yield from _changed(responses, name, group, column, where)


def _trait(name: str, group: Group) -> str:
    """'gender' or 'age' for what a person does not change at will; '' for any other grouping."""
    words = set(re.findall(r"[^\W_]+", f"{name} {group.label.get('da', '')} {group.label.get('en', '')}".casefold()))
    words |= {word.removesuffix("sgruppe") for word in words}
    return next((trait for trait, names in _FIXED.items() if words.intersection(names)), "")


def _changed(responses: pd.DataFrame, name: str, group: Group, column: str, where: str) -> Iterator[Problem]:
    trait = _trait(name, group)
    for first, second in itertools.pairwise(_by_wave(responses)):
        both = first.index.intersection(second.index)
        codes = {"before": first.loc[both, name].cat.codes, "after": second.loc[both, name].cat.codes}
        pairs = pd.DataFrame(codes)
        pairs = pairs[(pairs >= 0).all(axis=1)]
        step = (pairs["after"] - pairs["before"]).abs()
        changed = int((step > (1 if trait == "age" else 0)).sum())
        if changed >= FEWEST_CHANGED and changed > _most(pairs, trait) * len(pairs):
            facts: dict[str, object] = {"column": column, "count": changed, "both": len(pairs), "group": group.label}
            waves = {"first": str(first["wave"].iloc[0]), "second": str(second["wave"].iloc[0])}
            yield Problem("respondent_changes", where, facts | waves)
            return


def _most(pairs: pd.DataFrame, trait: str) -> float:
    """The share of persons that may have changed: few for a trait, else half of what strangers would show."""
    if trait:
        return MOST_CHANGED
    before, after = (pairs[name].value_counts(normalize=True) for name in ("before", "after"))
    strangers = 1 - float((before * after.reindex(before.index, fill_value=0)).sum())
    return OF_CHANCE * strangers


def lines(responses: pd.DataFrame, codebook: Codebook, texts: Mapping[str, str]) -> Iterator[str]:
    """Tell how many persons the waves share by the number, and whether the number looks like one of rows."""
    column = codebook.layout.columns.get(KEY)
    if column is None or KEY not in responses:
        return
    for wave, following, both, size in matches(responses):
        yield texts["matched"].format(column=column, both=both, all=size, first=wave, second=following)
    if is_row_number(responses[KEY], responses["wave"]):
        yield texts["row_number"].format(column=column)
