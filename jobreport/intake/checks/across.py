"""The waves of a survey side by side: answers that stand again, scales turned round, and who answered in several.

Equal answers occur by chance: rows are called a repetition only where the answers hold so many bits that chance, or
people who answered alike twice, cannot have made them equal. A wrong number makes strangers of two waves one person,
and the interval of the change too narrow: a row number follows nobody, and who changes gender is somebody else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks.aggregates import Counted
from jobreport.setup import coding
from jobreport.setup.codebook import Codebook, Group, Question

BITS = 60.0  # so much the repeated answers must hold
HALF_BITS = 30.0  # so much it must be worth that rows stand once in each of two waves
MOST_OF = 0.9  # of the smaller wave's rows must stand again
DISTINCT = 30  # so many different rows, all of which stand equally often twice or more
MOST_COPIES = 4
SAMPLE = 100_000  # rows that tell how many bits an answer holds
EVIDENCE = 10.0  # log likelihood by which the scale read the other way must fit better
FIT = 0.25  # share of the distance between two waves that may be left when one is turned round
KEY = "respondent_id"
SMALLEST = 10  # fewer numbers can be without gaps by chance
MOST_CHANGED = 0.05  # of the same persons; slips of registration are fewer
FEWEST_CHANGED = 3
OF_CHANCE = 0.5  # a benefit changes: half of what strangers would show is no longer the same persons
_NUMBERED = re.compile(r"(\D*)(\d{1,15})")
_FIXED = {"gender": ("køn", "gender", "sex"), "age": ("alder", "age")}

MOST_PERSONS = 2**40  # times some hundred municipalities it is a number of 64 bits still
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int32]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Rows:
    """The rows of one wave by hash: what was answered, and the same with who answered (None if nobody knows)."""

    answers: Hashes
    persons: Hashes | None
    bits: float  # per row


def again(responses: pd.DataFrame, codebook: Codebook, where: str) -> Iterator[Problem]:
    """Find waves whose answers stand again in another wave, and waves whose rows all stand several times."""
    waves = _rows(responses, codebook)
    for wave, rows in waves.items():
        copies = _copies(rows)
        if copies > 1:
            yield Problem("rows_appended", where, {"wave": wave, "copies": copies, "count": len(rows.answers)})
    for other, small in waves.items():
        for wave, large in waves.items():
            alike = len(small.answers) == len(large.answers)
            if wave != other and (not alike or other < wave) and (count := _repeated(small, large)):
                yield Problem("wave_rows_again", where, {"wave": wave, "other": other, "count": count})


def _rows(responses: pd.DataFrame, codebook: Codebook) -> dict[str, _Rows]:
    wave, asked = responses["wave"].array, responses[[item.name for item in codebook.items]]
    answers = _hashes(responses[["municipality_code", *codebook.groups, *asked.columns]])
    persons = answers ^ _hashes(responses[["respondent_id"]]) if "respondent_id" in responses else None
    found: dict[str, _Rows] = {}
    for place, label in enumerate(wave.categories):
        if len(own := np.flatnonzero(wave.codes == place)):
            shares = np.unique(_hashes(asked.iloc[own[:SAMPLE]]), return_counts=True)[1] / len(own[:SAMPLE])
            bits = float(-(shares * np.log2(shares)).sum())
            found[str(label)] = _Rows(answers[own], None if persons is None else persons[own], bits)
    return found


def _hashes(frame: pd.DataFrame) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)


def _copies(rows: _Rows) -> int:
    # How often the whole of a wave stands in it: block after block, or every row equally often.
    if rows.persons is not None:
        return 1  # a person who stands twice in a wave is refused before this
    n = len(rows.answers)
    for copies in range(MOST_COPIES, 1, -1):
        blocks = rows.answers.reshape(copies, -1) if n % copies == 0 else None
        if blocks is not None and n / copies * rows.bits >= BITS and (blocks == blocks[0]).all():
            return copies
    counts = np.unique(rows.answers, return_counts=True)[1]
    return int(np.gcd.reduce(counts)) if len(counts) >= DISTINCT else 1


def _repeated(small: _Rows, large: _Rows) -> int:
    # Return how many rows of one wave stand again in another that is as large or larger; 0 where chance may do it.
    # Numbers of persons are given anew by many an export, so that other numbers are no other people: the answers
    # decide. What persons with the same number answered alike twice says nothing of the rest.
    n = len(small.answers)
    if n > len(large.answers) or n * small.bits < BITS:
        return 0
    before, after = small.answers, large.answers
    if small.persons is not None and large.persons is not None:
        known = _among(small.persons, large.persons)
        if known.all():
            return n
        before, after = before[~known], after[~_among(large.persons, small.persons)]
        if len(pd.unique(before)) < DISTINCT:  # too little is known of them to say that others are the same
            return 0
    if len(before) * small.bits >= BITS and _stands_in(before, after):
        return len(before)
    return _again(before, after)


def _among(hashes: Hashes, others: Hashes) -> npt.NDArray[np.bool_]:
    # Which hashes are among others; of many NumPy's own takes ten times as long.
    return np.asarray(pd.Series(hashes).isin(others))


def _again(small: Hashes, large: Hashes) -> int:
    # Return how many rows of one array stand in another, in any order, if chance cannot have put them there.
    # A row that stands twice in both together stands once in each at most every second time, whatever people answer:
    # of a copy all such rows do. Where rows are few and stand often, all must stand equally often in both.
    (values, counts), (there, times) = (np.unique(rows, return_counts=True) for rows in (small, large))
    _, mine, theirs = np.intersect1d(values, there, assume_unique=True, return_indices=True)
    shared = int(np.minimum(counts[mine], times[theirs]).sum())
    if shared < MOST_OF * len(small) or not shared:
        return 0
    once_in_each = int(((counts[mine] == 1) & (times[theirs] == 1)).sum())
    apart = int((np.delete(counts, mine) == 2).sum() + (np.delete(times, theirs) == 2).sum())
    alike = shared == len(small) == len(large) and len(values) >= DISTINCT
    return shared if alike or coins(once_in_each, once_in_each + apart) >= HALF_BITS else 0


def coins(heads: int, thrown: int) -> float:
    """Return how many bits so many heads out of fair coins are worth: 30 in a row 30, half of them none.

    Examples
    --------
    >>> coins(30, 30), coins(15, 30), coins(0, 0)
    (30.0, 0.0, 0.0)
    """
    if 2 * heads <= thrown:
        return 0.0
    share = heads / thrown
    rest = 1 - share
    return thrown * (1 + share * float(np.log2(share)) + (rest * float(np.log2(rest)) if rest else 0.0))


def _stands_in(small: Hashes, large: Hashes) -> bool:
    wanted, held = small.tobytes(), large.tobytes()
    place = held.find(wanted)
    while place % small.itemsize and place >= 0:
        place = held.find(wanted, place + 1)
    return place >= 0


def side_by_side(
    responses: pd.DataFrame | None, counted: Sequence[Counted], codebook: Codebook, where: str
) -> Iterator[Problem]:
    """Find what only shows between waves: answers that stand again, scales turned round."""
    for each in counted:
        yield from mirrored(each.answers, replace(codebook, indicators=(each.indicator,)), where)
    if responses is not None:
        yield from list(again(responses, codebook, where)) or mirrored(responses, codebook, where)


def mirrored(responses: pd.DataFrame, codebook: Codebook, where: str) -> Iterator[Problem]:
    """Find questions whose answers in one wave are those of the wave before turned round.

    A wave is left out of it where the codebook says under ``in_wave``, ``direction``, why the scale is right.
    """
    for item in codebook.items:
        counts = _counts(responses, item)
        for (other, before), (wave, after) in pairwise(counts.items()):
            known = {label.casefold() for label in item.direction} & {other.casefold(), wave.casefold()}
            if not known and turned_round(before, after):
                yield Problem("answers_mirrored", where, _mirrored_facts(item, other, before, wave, after))


def turned_round(before: Counts, after: Counts) -> bool:
    """Tell whether answers are far from those of another wave, and close to them once the scale is reversed.

    Examples
    --------
    >>> turned_round(np.array([10.0, 15, 20, 35, 40]), np.array([40.0, 35, 20, 15, 10]))
    True
    >>> turned_round(np.array([10.0, 15, 20, 35, 40]), np.array([20.0, 25, 20, 25, 30]))
    False
    """
    expected = (before + 0.5) / (before + 0.5).sum()
    logs = np.log(expected)
    better = float((after * (logs[::-1] - logs)).sum())
    shares = (after + 0.5) / (after + 0.5).sum()
    apart, left = (float((shares * (np.log(shares) - each)).sum()) for each in (logs, logs[::-1]))
    return better >= EVIDENCE and left <= FIT * apart


def _counts(responses: pd.DataFrame, item: Question) -> dict[str, Counts]:
    wave, answer = responses["wave"].cat, responses[item.name].to_numpy()
    names, size = list(wave.categories), item.scale.size
    valid = answer > 0
    places = wave.codes.to_numpy()[valid] * np.intp(size) + answer[valid] - 1
    table = np.bincount(places, minlength=len(names) * size).reshape(len(names), size).astype(float)
    return {str(name): row for name, row in zip(names, table, strict=True) if row.sum()}


def _mirrored_facts(item: Question, other: str, before: Counts, wave: str, after: Counts) -> dict[str, object]:
    def positive(counts: Counts) -> str:
        return f"{100 * counts[-item.scale.positive :].sum() / counts.sum():.0f}"

    shares = {"share_other": positive(before), "share": positive(after), "turned": positive(after[::-1])}
    return {"name": item.name, "wave": wave, "other": other, **shares}


def is_row_number(cells: pd.Series, waves: pd.Series | None = None) -> bool:
    """Tell whether a column counts its rows without a gap, in the whole file or in every wave, in any order.

    ``waves``: wave of every row; None if it is not known: then numbers that begin again are looked for.

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
    if waves is None or _each_once(numbers.to_numpy()):
        return _counts_on(numbers.to_numpy())
    wave = pd.factorize(waves.reindex(numbers.index))[0]
    parts = [numbers.to_numpy()[wave == place] for place in range(wave.max(initial=-1) + 1)]
    if not all(map(_each_once, parts)):
        return False
    ends = sorted((int(part.min()), int(part.max())) for part in parts)
    return any(begin <= end for (_, end), (begin, _) in pairwise(ends))  # (else every number stands once)


def _numbers(cells: pd.Series) -> pd.Series | None:
    # The number in every filled cell; None if cells hold more than one prefix and a number.
    if pd.api.types.is_integer_dtype(cells.dtype) and not cells.hasnans:
        return cells.astype("int64")
    texts = coding.apply(cells, str, coding.plain)
    texts = texts[texts != ""]
    found = {text: _NUMBERED.fullmatch(text) for text in texts.unique()}
    if not all(found.values()) or len({match[1] for match in found.values() if match}) > 1:
        return None
    return texts.map({text: int(match[2]) for text, match in found.items() if match}).astype("int64")


def _each_once(numbers: npt.NDArray[np.int64]) -> bool:
    return int(numbers.max()) - int(numbers.min()) + 1 == len(numbers) and _counts_on(numbers)


def _counts_on(numbers: npt.NDArray[np.int64]) -> bool:
    # Tell whether numbers follow each other; where several counts are mixed, the short ones end first.
    first = int(numbers.min())
    if int(numbers.max()) - first >= len(numbers):  # (so many there are not)
        return False
    times = np.bincount(numbers - first)
    return bool(times.all() and (np.diff(times) <= 0).all())


@dataclass(frozen=True)
class _Matched:
    wave: str
    following: str
    before: Places
    after: Places
    size: int


def _matched(responses: pd.DataFrame) -> Iterator[_Matched]:
    if KEY not in responses:
        return
    for (wave, numbers, rows), (following, others, theirs) in pairwise(_by_wave(responses)):
        _, one, other = np.intersect1d(numbers, others, assume_unique=True, return_indices=True)
        yield _Matched(wave, following, rows[one], theirs[other], len(numbers))


def _by_wave(responses: pd.DataFrame) -> Iterator[tuple[str, npt.NDArray[np.int64], Places]]:
    # Each wave that has numbers: persons in one number with their municipality, each once, and their first rows.
    person, place, wave = _person(responses[KEY]), responses["municipality_code"], responses["wave"].array
    code, codes = place.factorize()
    for number, label in enumerate(wave.categories):
        rows = np.flatnonzero((wave.codes == number) & responses[KEY].notna().to_numpy()).astype(np.int32)
        if len(rows):
            numbers = person[rows].astype(np.int64) * (len(codes) + 1) + code[rows]
            once, first = np.unique(numbers, return_index=True)
            yield str(label), once, rows[first]


def _person(column: pd.Series) -> npt.NDArray[Any]:
    if pd.api.types.is_integer_dtype(column.dtype) and column.abs().max() < MOST_PERSONS:
        return column.to_numpy()
    return column.factorize()[0]


def changed_persons(responses: pd.DataFrame, codebook: Codebook, where: str) -> Iterator[Problem]:
    """Refuse a number that counts rows and matches waves, and one whose persons change who they are."""
    column = codebook.layout.columns.get(KEY)
    if column is None or KEY not in responses:
        return
    confirmed = column in codebook.layout.allowed
    matched = [found for found in _matched(responses) if len(found.before)]
    if matched and not confirmed and is_row_number(responses[KEY], responses["wave"]):
        waves = {"first": matched[0].wave, "second": matched[0].following}
        counts = {"both": len(matched[0].before), "all": matched[0].size}
        yield Problem("respondent_row_number", where, {"column": column, **waves, **counts})
        return
    for name, group in codebook.groups.items():
        if not (confirmed and _trait(name, group) == ""):
            yield from _changed(responses[name], matched, group, column, where)


def _trait(name: str, group: Group) -> str:
    # 'gender' or 'age' for what a person does not change at will; '' for any other grouping.
    words = set(re.findall(r"[^\W_]+", f"{name} {group.label.get('da', '')} {group.label.get('en', '')}".casefold()))
    words |= {word.removesuffix("sgruppe") for word in words}
    return next((trait for trait, names in _FIXED.items() if words.intersection(names)), "")


def _changed(
    groups: pd.Series, matched: Sequence[_Matched], group: Group, column: str, where: str
) -> Iterator[Problem]:
    trait, codes = _trait(str(groups.name), group), groups.array.codes
    for each in matched:
        pairs = pd.DataFrame({"before": codes[each.before], "after": codes[each.after]})
        pairs = pairs[(pairs >= 0).all(axis=1)]
        step = (pairs["after"] - pairs["before"]).abs()
        changed = int((step > (1 if trait == "age" else 0)).sum())
        if changed >= FEWEST_CHANGED and changed > _most(pairs, trait) * len(pairs):
            facts = {"column": column, "count": changed, "both": len(each.before), "group": group.label}
            yield Problem("respondent_changes", where, {**facts, "first": each.wave, "second": each.following})
            return


def _most(pairs: pd.DataFrame, trait: str) -> float:
    # The share of persons that may have changed: few for a trait, else half of what strangers would show.
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
    for each in _matched(responses):
        counts = {"both": len(each.before), "all": each.size}
        yield texts["matched"].format(column=column, **counts, first=each.wave, second=each.following)
    if is_row_number(responses[KEY], responses["wave"]):
        yield texts["row_number"].format(column=column)
