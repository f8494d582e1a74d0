"""Units of a municipality in the file of answers, held against the units that the params name."""

import difflib
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from jobreport.domain.municipalities import ALIKE
from jobreport.domain.texts import LANGUAGES, both
from jobreport.errors import Problem
from jobreport.intake.checks.rules import EXAMPLES, breach
from jobreport.intake.coded import Keys
from jobreport.setup import coding
from jobreport.setup.units import Unit


def places(keys: Keys, units: Sequence[Unit], column: str, where: str) -> tuple[pd.Series | None, list[Problem]]:
    """Find the smallest place of every row: its unit, or its municipality where that has none.

    Returns
    -------
    Codes, None where the params name no units; and what is wrong.
    """
    municipality = keys.municipality
    if not units or municipality is None:
        return None, []
    cells = keys.cells.get("unit")
    if cells is None:
        return None, [Problem("unit_column_missing", where, {"count": len(units)})]
    known = {text: unit.code for unit in units for text in unit.spellings}
    found = coding.texts(cells, lambda text: known.get(text) or None).astype(object)
    within = municipality.astype(object).map(lambda code: code in {unit.municipality_code for unit in units})
    problems = list(_wrong(cells, found, within.astype(bool), column, units, where))
    own = found.map({unit.code: unit.municipality_code for unit in units})
    elsewhere = found.notna() & own.ne(municipality.astype(object)) & municipality.notna()
    named = sorted({str(found[row]) for row in found.index[elsewhere]})[:EXAMPLES]
    problems += breach("unit_of_another", where, elsewhere, column=column, units=named)
    return found.where(found.notna(), municipality.astype(object)).astype("category"), problems


def _wrong(
    cells: pd.Series, found: pd.Series, within: pd.Series, column: str, units: Sequence[Unit], where: str
) -> Iterator[Problem]:
    blank = coding.blank(cells) & within
    unknown = found.isna() & within & ~blank
    yield from breach("unit_empty", where, blank, column=column)
    facts = {"values": _told(cells[unknown], units), "known": [unit.unit for unit in units]}
    yield from breach("unit_not_known", where, unknown, column=column, **facts)


def _told(cells: pd.Series, units: Sequence[Unit]) -> Mapping[str, list[str]]:
    # Write what stands in cells that name no unit, and what it may be; what could be a person's is '…'.
    spelt = {text: unit for unit in units for text in unit.spellings}
    told: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for text in sorted({coding.normal(cell) for cell in cells})[:EXAMPLES]:
        near = difflib.get_close_matches(text, spelt, n=1, cutoff=ALIKE)
        said = both("place.near", shown=text, places=spelt[near[0]].unit) if near else None
        for language in LANGUAGES:
            told[language].append(said[language] if said else text if text.isdigit() and len(text) < 5 else "…")
    return {language: list(dict.fromkeys(each)) for language, each in told.items()}


def absent(present: pd.Series, units: Sequence[Unit], where: str) -> Iterator[Problem]:
    """Find units that nobody answered of: misspelt, closed, or in another file."""
    if missing := [unit.unit for unit in units if unit.code not in set(present.astype(str))]:
        yield Problem("unit_without_answers", where, {"units": missing, "count": len(missing)})
