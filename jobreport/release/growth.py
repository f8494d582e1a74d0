"""What two releases of the same survey give away together: the answers of the few who came or went between them."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from jobreport.domain.released import BETWEEN_WAVES, KEYS

ROWS = {"estimates": KEYS["estimates"], "people": ("wave", "other_wave")}


def few_more(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame], below: int) -> list[str]:
    """Find the waves in which a figure rests on a few answers more or fewer than it did.

    Parameters
    ----------
    before, after
        Tables of two releases of a municipality, by name.
    below
        So many answers are enough to be told of.

    Returns
    -------
    list of str
        Waves in which a domain, or what a grouping leaves of the whole once its groups that both releases show are
        taken away (the groups that one of them hides), grew or shrank by someone, but by fewer than ``below``.
    """
    waves: set[str] = set()
    for name, key in ROWS.items():
        if name in before and name in after:
            apart = _apart(before[name], after[name], list(key))
            waves |= _few(apart, below)
            if name == "estimates":
                waves |= _few(_rests(apart), below)
    return sorted(waves)


def few_since(folder: Path, estimates: pd.DataFrame, below: int) -> list[str]:
    """Find such waves beside the report that lies in a folder; none where there is no report."""
    try:
        was = pd.read_csv(folder / "estimates.csv", dtype=str, keep_default_na=False, usecols=[*KEYS["estimates"], "n"])
        was["n"] = pd.to_numeric(was["n"], errors="coerce")
    except (OSError, ValueError, KeyError):
        return []
    found = few_more({"estimates": was}, {"estimates": estimates}, below)
    return [wave for wave in found if BETWEEN_WAVES not in wave]


def _apart(before: pd.DataFrame, after: pd.DataFrame, key: list[str]) -> pd.Series:
    both = [table[table["n"].notna()].set_index(key)["n"].astype("float64") for table in (before, after)]
    return (both[1] - both[0]).dropna()


def _rests(apart: pd.Series) -> pd.Series:
    names = [name for name in apart.index.names if name != "group"]
    by = apart.rename("n").reset_index()
    grouped = by[by["group_by"].ne("")].groupby(names, dropna=False)["n"].sum().reset_index()
    on = [name for name in names if name != "group_by"]
    wholes = by[by["group_by"].eq("")].drop(columns=["group_by", "group"])
    rests = grouped.merge(wholes, on=on, suffixes=("_groups", ""))
    return (rests["n"] - rests["n_groups"]).set_axis(pd.MultiIndex.from_frame(rests[names]))


def _few(apart: pd.Series, below: int) -> set[str]:
    size = apart.abs()
    return set(apart.index[(size > 0) & (size < below)].get_level_values("wave").astype(str))
