"""What others have published: surveys as benchmarks, and claims that are not surveys.

A figure stands beside an indicator only if it is the same construct, on the same kind of scale, with the
same answers counted (the box): see `beside`. What a source does not state is written out as 'ikke oplyst'.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import Problem
from jobreport.intake.formats import contract
from jobreport.intake.formats.content import Content
from jobreport.setup.codebook import Scale

BENCHMARK_COLUMNS = (
    "benchmark", "source", "publisher", "commissioner", "year", "dated", "municipality_code",
    "population_da", "population_en", "mode_da", "mode_en", "n", "n_invited", "response_rate", "indicator",
    "category", "scale_kind", "box", "measure", "value", "lower", "upper", "approximate", "computed", "text_da",
    "text_en", "quality_notes_da", "quality_notes_en", "read_in", "reference",
)  # fmt: skip
CLAIM_COLUMNS = (
    "claim", "claimed_by_da", "claimed_by_en", "dated", "municipality_code", "claim_da", "claim_en",
    "basis_da", "basis_en", "reply_by_da", "reply_by_en", "reply_da", "reply_en", "is_survey",
    "checkable", "checked_with", "status_da", "status_en", "notes_da", "notes_en", "reference",
)  # fmt: skip
FOUND_AT = ("address", "read_on")
"""Columns that a file may leave out: where a source can be looked up, and the day it was read ('2026-11-27')."""
EVALUATED = "evaluated_party"
"""Another: what those whom a survey is about did themselves, out of `ACTS`, or `NOTHING`."""
ACTS, NOTHING = ("commissioner", "payer", "collector"), ("ingen", "none")
_NUMBERS = ("n", "n_invited", "response_rate", "value", "lower", "upper")
_YES_NO = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nej": False}
_MEASURES = ("share", "mean")
_MAY_BE_BLANK = ("municipality_code", "category", "value", "lower", "upper", "checked_with")
CATEGORIES = ("positive", "neutral", "negative")


def read_benchmarks(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read published figures, one per row.

    Returns
    -------
    tuple
        Numbers are float and NaN where the source does not state them; shares lie in [0, 1];
        ``approximate`` and ``computed`` are booleans. And every problem.
    """
    frame = _read(file, where, BENCHMARK_COLUMNS, (EVALUATED, *FOUND_AT))
    problems = _blank(frame, where)
    for name in _NUMBERS:
        frame[name], found = contract.numbers(frame[name], where)
        problems += found
    problems += _yes_no(frame, ("approximate", "computed"), where)
    problems += [*_counts(frame, where), *_outside(frame, where), *_places(frame, where), *_acts(frame, where)]
    return frame, problems + _keys(frame, "benchmark", where)


def read_claims(file: Path | Content, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Read claims, one per row: who said what, when, on what basis, and who replied."""
    frame = _read(file, where, CLAIM_COLUMNS, FOUND_AT)
    problems = _blank(frame, where) + _yes_no(frame, ("is_survey", "checkable"), where) + _places(frame, where)
    return frame, problems + _keys(frame, "claim", where)


def _read(file: Path | Content, where: str, columns: tuple[str, ...], may_be_left_out: tuple[str, ...]) -> pd.DataFrame:
    # Keep what the contract names; a column that may be left out is 'ikke oplyst' unless the file says it.
    frame = contract.read(file, where, columns)
    return frame.reindex(columns=[*columns, *may_be_left_out], fill_value=contract.NOT_STATED)


def box(scale: Scale, category: str) -> str:
    """Name which answers of a scale a category counts, as the column ``box`` does.

    Examples
    --------
    >>> from jobreport.setup.codebook import Scale
    >>> box(Scale("grad", {"da": ("slet ikke", "lav", "nogen", "høj", "meget høj")}, 2, 2), "positive")
    'top_2_of_5'
    """
    end = dict(zip(CATEGORIES, ("top", "middle", "bottom"), strict=True))[category]
    return f"{end}_{len(scale.boxes[category])}_of_{scale.size}"


def beside(benchmarks: pd.DataFrame, construct: str, scale: Scale, category: str = "positive") -> pd.DataFrame:
    """Pick the published shares that may share an axis with a question: construct, scale kind and box agree.

    Parameters
    ----------
    construct
        Name of the question or of the indicator whose only question it is.
    """
    same = benchmarks["indicator"].eq(construct) & benchmarks["scale_kind"].eq(scale.kind)
    same &= benchmarks["measure"].eq("share") & benchmarks["category"].eq(category)
    return benchmarks[same & benchmarks["box"].eq(box(scale, category))]


def _blank(frame: pd.DataFrame, where: str) -> list[Problem]:
    # A cell that says nothing hides whether nothing is known; 'ikke oplyst' says it.
    blank = pd.DataFrame(frame.to_numpy(object) == "", frame.index, frame.columns)
    needed = (name for name in frame.columns if name not in _MAY_BE_BLANK)
    found = (contract.breach("published_blank", where, blank[name], column=name) for name in needed)
    return [problem for each in found for problem in each]


def _yes_no(frame: pd.DataFrame, names: tuple[str, ...], where: str) -> list[Problem]:
    problems = []
    for name in names:
        read = frame[name].str.lower().map(_YES_NO)
        problems += contract.breach("table_not_yes_no", where, read.isna(), column=name)
        frame[name] = read.isin([True])
    return problems


def _acts(frame: pd.DataFrame, where: str) -> list[Problem]:
    known = frame[EVALUATED].str.lower().isin((*NOTHING, contract.NOT_STATED, ""))  # (a blank is a problem of its own)
    known |= frame[EVALUATED].map(lambda cell: bool(cell) and set(cell.split()) <= set(ACTS))
    return contract.breach("benchmark_evaluated", where, ~known)


def _counts(frame: pd.DataFrame, where: str) -> list[Problem]:
    given = frame[["n", "n_invited"]].to_numpy()
    wrong = ((given < 0) | (given % 1 > 0)).any(axis=1)
    return contract.breach("count_impossible", where, pd.Series(wrong, frame.index))


def _places(frame: pd.DataFrame, where: str) -> list[Problem]:
    codes = frame["municipality_code"]
    unknown = codes.map(municipalities.recognise).isna() & ~codes.isin(("", contract.NOT_STATED))
    return contract.unknown(codes[unknown], where)


def _outside(frame: pd.DataFrame, where: str) -> list[Problem]:
    # A share above 1 is a per cent; a measure that is neither share nor mean has no axis.
    share = frame["measure"] == "share"
    given = frame[["value", "lower", "upper"]].to_numpy()
    wrong = share & (np.isnan(given).all(axis=1) | ((given < 0) | (given > 1)).any(axis=1))
    wrong |= given[:, 1] > given[:, 2]
    wrong |= frame["response_rate"].lt(0) | frame["response_rate"].gt(1)
    wrong |= ~frame["measure"].isin(_MEASURES) | share & ~frame["category"].isin(CATEGORIES)
    return contract.breach("benchmark_share", where, wrong)


def _keys(frame: pd.DataFrame, name: str, where: str) -> list[Problem]:
    return contract.breach("table_key_twice", where, frame[name].duplicated() | (frame[name] == ""), column=name)
