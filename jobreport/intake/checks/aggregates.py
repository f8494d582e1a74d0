"""A survey given as a table instead of answers: counts per answer, shares with n, or means with n and sd.

Counts hold as much as the answers themselves do, question by question: nobody is made up, and no two questions share
a person. Shares and means stay what they are: neither is ever made of the other. They are held against whole numbers
of persons for each answer, each figure as exact as it is written (0.59 is anything from 0.585 to 0.595); of weighted
figures the numbers need not be whole.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize

from jobreport.domain import municipalities
from jobreport.errors import Problem
from jobreport.intake.checks.rules import absent
from jobreport.intake.formats import contract
from jobreport.intake.formats.content import Content
from jobreport.intake.formats.contract import breach
from jobreport.setup.codebook import DONT_KNOW, NOT_ANSWERED, Codebook, Indicator, Question
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Params, Survey

COLUMNS = ("wave", "municipality_code", "question", "measure", "answer", "value", "n", "sd")
MEASURES = ("count", "share", "mean")
BOXES = ("positive", "neutral", "negative")
YES = ("ja", "yes", "true", "1")
EXACT = 15
MOST = 10_000_000  # more persons than live in Denmark is a slip

ROUNDING = 1e-9
Terms = tuple[np.ndarray, float, float]  # what a person who gave each answer counts, least and most

DOMAIN = ["wave", "municipality_code", "group_by", "group"]
FIGURE = [*DOMAIN, "question", "measure", "code"]  # what one row of a table is about


@dataclass(frozen=True)
class Table:
    """What was read: the rows of counts, and the rows of shares and means."""

    counted: pd.DataFrame
    summaries: pd.DataFrame


def read(file: Path | Content, where: str, survey: Survey, codebook: Codebook) -> tuple[Table, list[Problem]]:
    """Read and check a table of counts, shares and means; nothing is left of one that is wrong.

    ``file``: CSV or workbook with `COLUMNS` and perhaps ``group_by`` and ``group``. ``answer`` is an answer of the
    scale (code or label), 'ved ikke' as the codebook has it, or for a share also 'positive', 'neutral' or 'negative'. A
    share lies in [0, 1] and has its n; a mean is on the numbers of the answers (1..k of words, k the most positive),
    and has n and sd. A column ``weighted`` with 'ja' marks weighted figures.
    """
    frame = contract.read(file, where, COLUMNS).reset_index(drop=True)
    frame = frame.assign(**{name: frame.get(name, "") for name in ("group_by", "group")})
    weighted = frame.get("weighted", pd.Series("", index=frame.index)).map(normal).isin(YES)
    frame = frame.assign(weighted=weighted)
    problems = contract.thousands(frame["n"], where)
    problems += contract.thousands(frame["value"].where(frame["measure"] == "count", ""), where)
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
    problems += contract.unknown(places[frame["municipality_code"].isna()], where)
    problems += _breaches(frame, items, codebook, where)
    untrue = impossible(frame, items) if not problems else pd.Series(dtype=bool)
    problems += breach("aggregate_impossible", where, untrue)
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


def _code(question: str, answer: str, measure: str, items: Mapping[str, Question], codebook: Codebook) -> object:
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
        yield from breach("aggregate_question", where, unknown, known=list(items), near=near or ["-"])
    checks = {
        "aggregate_measure": ~frame["measure"].isin(MEASURES),
        "aggregate_wave": frame["wave"].isna(),
        "aggregate_answer": frame["code"].isna() & ~unknown & frame["measure"].isin(MEASURES),
        "aggregate_count": (frame["measure"] == "count") & ~_whole(frame["value"]),
        "aggregate_share": (frame["measure"] == "share") & ~(frame["value"].between(0, 1) & _whole(frame["n"], 1)),
        "aggregate_mean": (frame["measure"] == "mean") & ~_possible_mean(frame, items),
        "aggregate_group": ~codebook.has_groups(frame),
        "count_row_twice": frame.assign(code=frame["code"].astype(str)).duplicated(FIGURE) & _known(frame),
        "aggregate_both": _both(frame),
    }
    broken = [problem for key, wrong in checks.items() for problem in breach(key, where, wrong)]
    yield from broken
    if not broken and not unknown.any():
        counted = frame[frame["measure"] == "count"]
        yield from unanswered(counted, {name: item.scale.size for name, item in items.items()}, where)
    groupings = sorted(set(frame.loc[frame["measure"] == "count", "group_by"]))
    if len(groupings) > 1:
        yield Problem("aggregate_groupings", where, {"groups": [name or "alle" for name in groupings]})


def _known(frame: pd.DataFrame) -> pd.Series:
    return frame[["municipality_code", "wave", "code"]].notna().all(axis=1)


def _both(frame: pd.DataFrame) -> pd.Series:
    counted = frame[frame["measure"] == "count"]
    known = set(zip(counted["wave"], counted["municipality_code"], counted["question"], strict=True))
    asked = zip(frame["wave"], frame["municipality_code"], frame["question"], strict=True)
    both = pd.Series([place in known for place in asked], index=frame.index)
    return both & (frame["measure"] != "count")


def _whole(values: pd.Series, smallest: int = 0) -> pd.Series:
    return values.between(smallest, MOST) & (values % 1 == 0)


def _possible_mean(frame: pd.DataFrame, items: Mapping[str, Question]) -> pd.Series:
    low, high = (
        frame["question"].map({name: float(end(item.scale)) for name, item in items.items()})
        for end in (attrgetter("lowest"), attrgetter("highest"))
    )
    inside = frame["value"].between(low, high)
    return inside & _whole(frame["n"], 1) & frame["sd"].between(0, high - low + 1)


def impossible(frame: pd.DataFrame, items: Mapping[str, Question]) -> pd.Series:
    """Rows whose shares, mean and spread no persons can have given.

    ``frame``: wave, municipality_code, group_by, group, question, measure, code, value, n, sd, and how many decimals
    ``value`` and ``sd`` are written with (``value_decimals``, ``sd_decimals``); ``weighted`` says whose persons need
    not be whole numbers. ``items``: the questions by name.
    """
    judged = frame[frame["measure"].isin(["share", "mean"])]
    wrong = pd.Series(False, index=frame.index)
    together = ["wave", "municipality_code", "group_by", "group", "question", "n"]
    for _, told in judged.groupby(together, sort=False):
        item = items[str(told["question"].iloc[0])]
        if not _exists(list(_terms(told, item)), item, float(told["n"].iloc[0]), whole=not told["weighted"].any()):
            wrong[told.index] = True
    return wrong


def _terms(rows: pd.DataFrame, item: Question) -> Iterator[Terms]:
    answers = np.arange(item.scale.size + 1, dtype=float)
    numbers = np.append(0, item.scale.lowest + answers[:-1])
    for row in rows.to_dict("records"):
        low, high = _bounds(row["value"], row["value_decimals"])
        if row["measure"] == "share":
            code = row["code"]
            counted = np.isin(answers, item.scale.boxes[code] if isinstance(code, str) else code)
            yield counted.astype(float), low, high
        else:
            yield numbers, low, high
            least, most = _bounds(row["sd"], row["sd_decimals"])
            divided = (row["n"] - 1) / row["n"]  # a source may divide by n or by n - 1
            nearest = min(max(low, 0.0), high)
            yield numbers**2, max(least, 0.0) ** 2 * divided + nearest**2, most**2 + max(-low, high) ** 2


def _bounds(value: float, decimals: int) -> tuple[float, float]:
    half = 0.5 * 10.0 ** -float(decimals) + ROUNDING
    return value - half, value + half


def _exists(terms: list[Terms], item: Question, n: float, *, whole: bool) -> bool:
    # Tell whether some numbers of persons, n in all, fit every figure; don't know stands only where it may.
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


@dataclass(frozen=True)
class Counted:
    """The answers to one question.

    ``indicator``: the question under the name its figures stand under; without 'don't know' where the table leaves it
    out. ``answers``: as `responses`, a row per answer given, with no other question in it.
    """

    indicator: Indicator
    answers: pd.DataFrame


def by_question(counted: pd.DataFrame, codebook: Codebook, waves: Sequence[str]) -> tuple[Counted, ...]:
    """Give every question of a table of counts its own answers.

    ``counted``: wave, municipality_code, group_by, group, question, code (0 is 'don't know'), value. ``codebook``: its
    questions, under the names of their figures; an index of several is not made. ``waves``: labels in order of time;
    none are sorted.
    """
    order = tuple(waves) or tuple(sorted(set(counted["wave"])))
    asked = {name: (item, each) for each in codebook.indicators for name, item in each.named_items}
    cells = {str(question): own for question, own in counted.groupby("question", sort=False)}
    return tuple(
        Counted(
            replace(each, name=name, items=(_as_stated(item, cells[item.name]),)),
            _answers(cells[item.name], item.name, codebook, order),
        )
        for name, (item, each) in asked.items()
        if item.name in cells
    )


def _as_stated(item: Question, cells: pd.DataFrame) -> Question:
    # Without 'don't know' unless every domain has its number of them: left out is not nought.
    stated = cells.groupby(DOMAIN)["code"].apply(lambda codes: (codes == DONT_KNOW).any()).all()
    return item if stated else replace(item, dont_know={})


def _answers(cells: pd.DataFrame, question: str, codebook: Codebook, waves: Sequence[str]) -> pd.DataFrame:
    times = cells["value"].astype(np.int64)
    each = cells.loc[cells.index.repeat(times)].reset_index(drop=True)
    made = pd.DataFrame(
        {
            "wave": pd.Categorical(each["wave"], categories=list(waves), ordered=True),
            "municipality_code": pd.Categorical(each["municipality_code"]),
            "weight": 1.0,
            question: each["code"].astype(np.int8),
        }
    )
    groups = {
        name: pd.Categorical(each["group"].where(each["group_by"] == name), categories=list(group.values))
        for name, group in codebook.groups.items()
    }
    return made.assign(**groups)


def unanswered(counted: pd.DataFrame, sizes: Mapping[str, int], where: str) -> Iterator[Problem]:
    """Find counts that leave an answer of the scale out: it may be nought, or not stated."""
    code = pd.to_numeric(counted["code"], errors="coerce")
    whole = counted.assign(code=code.astype(float))[code.gt(DONT_KNOW).to_numpy(bool)]
    for (*_, question), cells in whole.groupby([*DOMAIN, "question"], sort=False):
        if cells["code"].nunique() < sizes[str(question)]:
            yield from breach("aggregate_counts_missing", where, cells["code"].notna())


def across_files(tables: Sequence[pd.DataFrame], params: Params) -> Iterator[Problem]:
    """Find what only all tables together can show: a municipality without a figure, one figure in two files."""
    frame = pd.concat(tables, ignore_index=True)
    yield from absent(set(frame["municipality_code"]), {params.municipality_code: "municipality_code"}, params.where)
    twice = frame.assign(code=frame["code"].astype(str)).duplicated(FIGURE)
    if twice.any():
        yield Problem("aggregate_in_two_files", params.where, {"count": int(twice.sum())})
