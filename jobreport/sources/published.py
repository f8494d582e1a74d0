"""What others have published: surveys as benchmarks, and claims that are not surveys."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jobreport.errors import Problem
from jobreport.sources import contract

BENCHMARK_COLUMNS = (
    "benchmark", "source", "publisher", "commissioner", "year", "dated", "municipality_code",
    "population_da", "population_en", "n", "n_invited", "response_rate", "indicator", "category",
    "scale_kind", "measure", "value", "lower", "upper", "approximate", "computed", "text_da",
    "text_en", "quality_notes_da", "quality_notes_en", "read_in", "reference",
)  # fmt: skip
CLAIM_COLUMNS = (
    "claim", "claimed_by_da", "claimed_by_en", "dated", "municipality_code", "claim_da", "claim_en",
    "basis_da", "basis_en", "reply_by_da", "reply_by_en", "reply_da", "reply_en", "is_survey",
    "checkable", "checked_with", "status_da", "status_en", "notes_da", "notes_en", "reference",
)  # fmt: skip
_NUMBERS = ("n", "n_invited", "response_rate", "value", "lower", "upper")
_YES_NO = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nej": False}
_MEASURES = ("share", "mean")


def read_benchmarks(path: Path, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read published figures, one per row.

    Returns
    -------
    tuple
        Numbers are float and NaN where the source does not state them; shares lie in [0, 1];
        ``approximate`` and ``computed`` are booleans. And every problem.
    """
    frame = contract.read(path, where, BENCHMARK_COLUMNS)[list(BENCHMARK_COLUMNS)].copy()
    problems = []
    for name in _NUMBERS:
        frame[name], found = contract.numbers(frame[name], where)
        problems += found
    problems += _yes_no(frame, ("approximate", "computed"), where)
    problems += _outside(frame, where)
    return frame, problems + _keys(frame, "benchmark", where)


def read_claims(path: Path, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read claims, one per row: who said what, when, on what basis, and who replied."""
    frame = contract.read(path, where, CLAIM_COLUMNS)[list(CLAIM_COLUMNS)].copy()
    problems = _yes_no(frame, ("is_survey", "checkable"), where)
    return frame, problems + _keys(frame, "claim", where)


def _yes_no(frame: pd.DataFrame, names: tuple[str, ...], where: str) -> list[Problem]:
    problems = []
    for name in names:
        read = frame[name].str.lower().map(_YES_NO)
        if read.isna().any():
            rows = [int(place) + 2 for place in frame.index[read.isna()]]
            facts = {"column": name, "rows": rows[: contract.EXAMPLES], "count": len(rows)}
            problems.append(Problem("table_not_yes_no", where, facts))
        frame[name] = read.fillna(False).astype(bool)
    return problems


def _outside(frame: pd.DataFrame, where: str) -> list[Problem]:
    """A share above 1 is a per cent; a measure that is neither share nor mean has no axis."""
    share = frame["measure"] == "share"
    wrong = share & ~frame[["value", "lower", "upper"]].fillna(0).apply(lambda c: c.between(0, 1)).all(axis=1)
    wrong |= ~frame["measure"].isin(_MEASURES)
    if not wrong.any():
        return []
    rows = [int(place) + 2 for place in frame.index[wrong]]
    return [Problem("benchmark_share", where, {"rows": rows[: contract.EXAMPLES], "count": len(rows)})]


def _keys(frame: pd.DataFrame, name: str, where: str) -> list[Problem]:
    wrong = frame[name].duplicated() | (frame[name] == "")
    if not wrong.any():
        return []
    rows = [int(place) + 2 for place in frame.index[wrong]]
    facts = {"column": name, "rows": rows[: contract.EXAMPLES], "count": len(rows)}
    return [Problem("table_key_twice", where, facts)]
