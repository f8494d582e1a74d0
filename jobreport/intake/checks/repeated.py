"""Answers that stand again in another wave, or twice in their own; scales that were turned round in one wave.

It takes the waves side by side to see. Equal answers occur by chance: rows are called a repetition only where the
answers hold so many bits that chance, or people who answered alike twice, cannot have made them equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks.counted import Counted
from jobreport.setup.codebook import Codebook, Question

BITS = 60.0  # so much the repeated answers must hold
DISTINCT = 30  # so many different rows, all of which stand equally often twice or more
MOST_COPIES = 4
SAMPLE = 100_000  # rows that tell how many bits an answer holds
EVIDENCE = 10.0  # log likelihood by which the scale read the other way must fit better
FIT = 0.25  # share of the distance between two waves that may be left when one is turned round

Hashes = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Rows:
    """The rows of one wave by hash: what was answered, and the same with who answered (None if nobody knows)."""

    answers: Hashes
    persons: Hashes | None
    bits: float  # per row


def again(responses: pd.DataFrame, codebook: Codebook, where: str) -> Iterator[Problem]:
    """Find waves whose answers stand again in another wave, and waves whose rows all stand several times.

    Parameters
    ----------
    responses
        One row per respondent and wave, in the order of the files.
    codebook
        Which columns are questions and groups.
    where
        How messages name the survey.
    """
    waves = {str(wave): _rows(part, codebook) for wave, part in responses.groupby("wave", observed=True, sort=True)}
    for wave, rows in waves.items():
        copies = _copies(rows)
        if copies > 1:
            yield Problem("rows_appended", where, {"wave": wave, "copies": copies, "count": len(rows.answers)})
    for other, small in waves.items():
        for wave, large in waves.items():
            alike = len(small.answers) == len(large.answers)
            if wave != other and (not alike or other < wave) and _contained(small, large):
                yield Problem("wave_rows_again", where, {"wave": wave, "other": other, "count": len(small.answers)})


def _rows(part: pd.DataFrame, codebook: Codebook) -> _Rows:
    items = [item.name for item in codebook.items]
    said = ["municipality_code", *codebook.groups, *items]
    answers = _hashes(part[said])
    persons = _hashes(part[["respondent_id", *said]]) if "respondent_id" in part else None
    shares = np.unique(_hashes(part[items][:SAMPLE]), return_counts=True)[1] / len(part[:SAMPLE])
    return _Rows(answers, persons, float(-(shares * np.log2(shares)).sum()))


def _hashes(frame: pd.DataFrame) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)


def _copies(rows: _Rows) -> int:
    """How often the whole of a wave stands in it: block after block, or every row equally often."""
    if rows.persons is not None:
        return 1  # a person who stands twice in a wave is refused before this
    n = len(rows.answers)
    for copies in range(MOST_COPIES, 1, -1):
        blocks = rows.answers.reshape(copies, -1) if n % copies == 0 else None
        if blocks is not None and n / copies * rows.bits >= BITS and (blocks == blocks[0]).all():
            return copies
    counts = np.unique(rows.answers, return_counts=True)[1]
    return int(np.gcd.reduce(counts)) if len(counts) >= DISTINCT else 1


def _contained(small: _Rows, large: _Rows) -> bool:
    """Tell whether all rows of one wave stand in another: as one block, or as rows that hardly repeat."""
    n = len(small.answers)
    if n > len(large.answers) or n * small.bits < BITS or not np.isin(small.answers, large.answers).all():
        return False
    if small.persons is not None and large.persons is not None:  # other people are no copy
        return bool(np.isin(small.persons, large.persons).all())
    unlike = 2 * len(np.unique(small.answers)) >= n
    return _stands_in(small.answers, large.answers) or (unlike and _fewer(small.answers, large.answers))


def _stands_in(small: Hashes, large: Hashes) -> bool:
    """Tell whether one array is a block of another."""
    wanted, held = small.tobytes(), large.tobytes()
    place = held.find(wanted)
    while place % small.itemsize and place >= 0:
        place = held.find(wanted, place + 1)
    return place >= 0


def _fewer(small: Hashes, large: Hashes) -> bool:
    """Tell whether every row stands at least as often in the larger wave."""
    values, counts = np.unique(small, return_counts=True)
    there, times = np.unique(large, return_counts=True)
    return bool((times[np.searchsorted(there, values)] >= counts).all())


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
    """Answers on the scale, least positive first, of every wave that has any."""
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
