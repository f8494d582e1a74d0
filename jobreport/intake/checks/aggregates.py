"""A survey given as a table instead of answers: counts per answer, shares with n, or means with n and sd.

Counts hold as much as the answers themselves do, question by question (`jobreport.intake.checks.counted`).
Shares and means stay what they are: neither is ever made of the other.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import Problem
from jobreport.intake.checks.counted import FIGURE, unanswered
from jobreport.intake.checks.possible import impossible
from jobreport.intake.checks.rules import rows
from jobreport.intake.formats import contract
from jobreport.intake.formats.content import Content
from jobreport.setup.codebook import NOT_ANSWERED, Codebook, Question
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Survey

COLUMNS = ("wave", "municipality_code", "question", "measure", "answer", "value", "n", "sd")
MEASURES = ("count", "share", "mean")
BOXES = ("positive", "neutral", "negative")
YES = ("ja", "yes", "true", "1")
EXACT = 15
MOST = 10_000_000  # more persons than live in Denmark is a slip


@dataclass(frozen=True)
class Table:
    """What was read: the rows of counts, and the rows of shares and means."""

    counted: pd.DataFrame
    summaries: pd.DataFrame


def read(file: Path | Content, where: str, survey: Survey, codebook: Codebook) -> tuple[Table, list[Problem]]:
    """Read and check a table of counts, shares and means; nothing is left of one that is wrong.

    Parameters
    ----------
    file
        CSV or workbook with `COLUMNS` and perhaps ``group_by`` and ``group``. ``answer`` is an answer of
        the scale (code or label), 'ved ikke' as the codebook has it, or for a share also 'positive',
        'neutral' or 'negative'. A share lies in [0, 1] and has its n; a mean is on 1..k, k the most
        positive, and has n and sd. A column ``weighted`` with 'ja' marks weighted figures.
    """
    frame = contract.read(file, where, COLUMNS).reset_index(drop=True)
    frame = frame.assign(**{name: frame.get(name, "") for name in ("group_by", "group")})
    weighted = frame.get("weighted", pd.Series("", index=frame.index)).map(normal).isin(YES)
    frame = frame.assign(weighted=weighted)
    problems = list(_thousands(frame, where))
    for name in ("value", "n", "sd"):
        frame[f"{name}_decimals"] = frame[name].map(_decimals)
        frame[name], found = contract.numbers(frame[name], where)
        problems += found
    labels = {normal(wave.wave): wave.wave for wave in survey.waves}
    frame["wave"] = frame["wave"].map(lambda text: labels.get(normal(text), None if labels else text))
    places = frame["municipality_code"]
    frame["municipality_code"] = places.map(municipalities.recognise)
    items = {item.name: item for item in codebook.items}
    asked = zip(frame["question"], frame["answer"], frame["measure"], strict=True)
    codes = [_code(str(question), str(answer), str(measure), items, codebook) for question, answer, measure in asked]
    frame["code"] = pd.Series(codes, index=frame.index, dtype=object)
    nowhere = places[frame["municipality_code"].isna()]
    problems += [contract.unknown(nowhere, where)] if len(nowhere) else []
    problems += _breaches(frame, items, codebook, where)
    untrue = impossible(frame, items) if not problems else pd.Series(dtype=bool)
    if untrue.any():
        problems.append(Problem("aggregate_impossible", where, rows(untrue)))
    kept = frame.iloc[:0] if problems else frame
    is_count = kept["measure"] == "count"
    return Table(kept[is_count], kept[~is_count]), problems


def _decimals(cell: str) -> int:
    """How many decimals a number is written with; one with an exponent counts as exact.

    Examples
    --------
    >>> _decimals("0.59"), _decimals("3"), _decimals("1e-3")
    (2, 0, 15)
    """
    return EXACT if "e" in cell.lower() else len(cell.partition(".")[2])


def _thousands(frame: pd.DataFrame, where: str) -> Iterator[Problem]:
    """Find whole numbers of persons that may be written with a point between thousands."""
    yield from contract.thousands(frame["n"], where)
    yield from contract.thousands(frame["value"].where(frame["measure"] == "count", ""), where)


def _code(question: str, answer: str, measure: str, items: Mapping[str, Question], codebook: Codebook) -> object:
    """Read an answer: a code 0..k, the name of a box for a share, '' for a mean; None if it is none."""
    if measure == "mean":
        return "" if answer == "" else None
    if measure == "share" and answer in BOXES:
        return answer
    found = codebook.answers_in(question, "") if question in items else None
    code = found.table.get(normal(answer)) if found is not None else None
    return None if code == NOT_ANSWERED else code


def _breaches(frame: pd.DataFrame, items: Mapping[str, Question], codebook: Codebook, where: str) -> Iterator[Problem]:
    unknown = ~frame["question"].isin(items)
    if unknown.any():
        near = difflib.get_close_matches(str(frame["question"][unknown].iloc[0]), list(items), n=1, cutoff=0.0)
        yield Problem("aggregate_question", where, rows(unknown) | {"known": list(items), "near": near or ["-"]})
    checks = {
        "aggregate_measure": ~frame["measure"].isin(MEASURES),
        "aggregate_wave": frame["wave"].isna(),
        "aggregate_answer": frame["code"].isna() & ~unknown & frame["measure"].isin(MEASURES),
        "aggregate_count": (frame["measure"] == "count") & ~_whole(frame["value"]),
        "aggregate_share": (frame["measure"] == "share") & ~(frame["value"].between(0, 1) & _whole(frame["n"], 1)),
        "aggregate_mean": (frame["measure"] == "mean") & ~_possible_mean(frame, items),
        "aggregate_group": ~_known_group(frame, codebook),
        "count_row_twice": frame.assign(code=frame["code"].astype(str)).duplicated(FIGURE) & _known(frame),
        "aggregate_both": _both(frame),
    }
    broken = {key: wrong for key, wrong in checks.items() if wrong.any()}
    for key, wrong in broken.items():
        yield Problem(key, where, rows(wrong))
    if not broken and not unknown.any():
        counted = frame[frame["measure"] == "count"]
        yield from unanswered(counted, {name: item.scale.size for name, item in items.items()}, where)
    groupings = sorted(set(frame.loc[frame["measure"] == "count", "group_by"]))
    if len(groupings) > 1:
        yield Problem("aggregate_groupings", where, {"groups": [name or "alle" for name in groupings]})


def _known(frame: pd.DataFrame) -> pd.Series:
    """Rows of which it is known where, when and what: others cannot be said to stand twice."""
    return frame[["municipality_code", "wave", "code"]].notna().all(axis=1)


def _both(frame: pd.DataFrame) -> pd.Series:
    """Shares and means of what the table also counts: two figures for one thing."""
    counted = frame[frame["measure"] == "count"]
    known = set(zip(counted["wave"], counted["municipality_code"], counted["question"], strict=True))
    asked = zip(frame["wave"], frame["municipality_code"], frame["question"], strict=True)
    both = pd.Series([place in known for place in asked], index=frame.index)
    return both & (frame["measure"] != "count")


def _whole(values: pd.Series, smallest: int = 0) -> pd.Series:
    return values.between(smallest, MOST) & (values % 1 == 0)


def _possible_mean(frame: pd.DataFrame, items: Mapping[str, Question]) -> pd.Series:
    size = frame["question"].map({name: float(item.scale.size) for name, item in items.items()})
    inside = frame["value"].between(1, size)
    return inside & _whole(frame["n"], 1) & frame["sd"].between(0, size)


def _known_group(frame: pd.DataFrame, codebook: Codebook) -> pd.Series:
    known = {("", ""), *((name, key) for name, group in codebook.groups.items() for key in group.values)}
    return pd.Series([pair in known for pair in zip(frame["group_by"], frame["group"], strict=True)], index=frame.index)
