"""Where a respondent lives, when the file has only the jobcentre that served the respondent.

A jobcentre's number is a municipality's code and two digits more. One jobcentre may serve several
municipalities; then where its citizens lived cannot be told, and nothing is computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both
from jobreport.errors import Problem
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Wave

NOT_STATED = "ikke oplyst"


@dataclass(frozen=True)
class Served:
    """The municipality of every row (None where it cannot be told) and why it cannot."""

    codes: pd.Series
    problems: list[Problem]


def from_jobcentre(
    jobcentre: pd.Series,
    wave: pd.Series,
    waves: Mapping[str, Wave],
    table: pd.DataFrame,
    where: str,
    answered: pd.Series,
) -> Served:
    """Find the municipality of every row from the jobcentre and the wave's dates.

    Parameters
    ----------
    jobcentre
        The jobcentre's number (five digits), or its municipality's code or name.
    wave
        Normalised wave label of every row.
    waves
        Normalised wave label -> wave with its dates.
    table
        Who served whom: jobcentre_municipality_code, municipality_code, valid_from, valid_to.
    answered
        The rows whose problems are told.

    Returns
    -------
    Served
        A row gets a municipality only where its jobcentre served exactly one in the whole wave.
    """
    pairs = pd.DataFrame({"jobcentre": jobcentre.map(_office), "wave": wave})
    rows = Counter(pairs[answered].itertuples(index=False, name=None))
    served = {
        (office, label): _served(office, waves.get(label), table)
        for office, label in dict.fromkeys(pairs.itertuples(index=False, name=None))
    }
    known = {pair: found[0] if found and len(found) == 1 else None for pair, found in served.items()}
    codes = pd.Series([known[pair] for pair in pairs.itertuples(index=False, name=None)], index=wave.index)
    untold = {pair: count for pair, count in rows.items() if known[pair] is None}
    return Served(codes, [_problem(pair, served[pair], count, where) for pair, count in untold.items()])


def _office(cell: object) -> str:
    """Reduce a jobcentre to the code of the municipality whose number it has; '' if it is none."""
    text = normal(cell)
    if text.isdigit() and len(text) in (5, 6):
        text = text.zfill(6)[1:4]
    return municipalities.recognise(text.removeprefix("jobcenter ")) or ""


def _served(office: str, wave: Wave | None, table: pd.DataFrame) -> list[str] | None:
    rows = table[table["jobcentre_municipality_code"] == office]
    if rows.empty:
        return None
    inside = [row for row in rows.itertuples() if _overlaps(str(row.valid_from), str(row.valid_to), wave)]
    return sorted({str(row.municipality_code) for row in inside})


def _overlaps(valid_from: str, valid_to: str, wave: Wave | None) -> bool:
    first = date.min if valid_from in ("", NOT_STATED) else date.fromisoformat(valid_from)
    last = date.max if valid_to in ("", NOT_STATED) else date.fromisoformat(valid_to)
    begins = wave.from_ if wave and wave.from_ else date.min
    ends = wave.to if wave and wave.to else date.max
    return first <= ends and begins <= last


def _problem(pair: tuple[str, str], served: list[str] | None, rows: int, where: str) -> Problem:
    office, label = pair
    name = f"{office} ({municipalities.name(office)})" if office else both("not_stated")
    facts: dict[str, object] = {"jobcentre": name, "wave": label, "count": rows}
    if not served:
        return Problem("jobcentre_unknown", where, facts)
    places = [f"{code} ({municipalities.name(code)})" for code in served]
    return Problem("jobcentre_served_several", where, facts | {"served": places})
