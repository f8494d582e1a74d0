"""Names of something that is not there: what nobody reads has no effect, an unknown outcome none that anybody meant.

Units of a municipality in the file of answers are held against those that the params name.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence

import pandas as pd

from jobreport.domain.municipalities import ALIKE
from jobreport.domain.texts import LANGUAGES, both
from jobreport.errors import Problem
from jobreport.intake.coded import Keys
from jobreport.intake.formats.contract import EXAMPLES, breach
from jobreport.setup import coding
from jobreport.setup.codebook import EVERY_WAVE, Codebook, Indicator
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Event, Params, Survey
from jobreport.setup.units import Unit


def of_codebook(codebook: Codebook, survey: Survey) -> Iterator[Problem]:
    """Find questions that are described in a wave that the survey does not have."""
    known = {normal(wave.wave): wave.wave for wave in survey.waves}
    for item in codebook.items if known else ():
        described = (wave for question, wave in codebook.layout.answers if question == item.name)
        for key, waves in (("in_wave", described), ("waves", map(normal, item.waves))):
            if strange := [wave for wave in waves if wave not in (*known, EVERY_WAVE)]:
                facts = {"question": item.name, "key": key, "waves": strange, "near": nearest(strange, known.values())}
                yield Problem("question_wave_unknown", str(survey.codebook), facts | {"known": list(known.values())})


def of_counts(table: pd.DataFrame | None, where: str | None, survey: Survey, codebook: Codebook) -> Iterator[Problem]:
    """Find waves, groupings and groups of a table of counts that may be meant for one that has no rows in it.

    A table may hold more than this survey does; only where something of the survey is missing in it can a name that
    nobody knows be a misspelt one.
    """
    if table is None or where is None:
        return
    yield from _strange(table, "wave", [wave.wave for wave in survey.waves], where)
    known = list(codebook.groups)
    whole = table["group_by"]
    yield from _strange(table[(whole != "") & ~whole.str.contains("*", regex=False)], "group_by", known, where)
    for name, group in codebook.groups.items():
        yield from _strange(table[whole == name], "group", list(group.values), where)


def _strange(table: pd.DataFrame, column: str, known: Sequence[str], where: str) -> Iterator[Problem]:
    names = {name: normal(name) for name in table[column].unique()}
    expected = {normal(name): name for name in known}
    strange = table[column].isin([name for name, key in names.items() if key not in expected])
    absent = [name for key, name in expected.items() if key not in names.values()]
    said = list(dict.fromkeys(table.loc[strange, column]))[:EXAMPLES]
    facts = {"column": column, "values": said, "near": nearest(said, absent), "known": known}
    yield from breach("count_name_unknown", where, strange, **facts) if absent else []


def nearest(names: Collection[str], known: Collection[str]) -> list[str]:
    """Return the known name that comes closest to each, each once.

    Examples
    --------
    >>> nearest(["forår 2o21"], ["Forår 2021", "Efterår 2021"])
    ['Forår 2021']
    """
    by_normal = {normal(name): name for name in known}
    found = (difflib.get_close_matches(normal(name), by_normal, n=1, cutoff=0.0) for name in names)
    return list(dict.fromkeys(by_normal[close[0]] for close in found if close))


def outcomes(params: Params, indicators: Sequence[Indicator]) -> Iterator[Problem]:
    """Find main outcomes that are no indicator, or have no measure of that name."""
    items = {each.name: len(each.items) for each in indicators}
    chosen: dict[str, str] = {}
    for event in params.events:
        yield from _control(event, sorted(items), params.where)
        if event.outcome is None:
            continue
        name, measure = event.outcome.indicator, event.outcome.measure
        facts = {"event": event.event, "indicator": name, "known": sorted(items)}
        if name not in items:
            yield Problem("outcome_unknown", params.where, facts)
        elif measure == "share" and items[name] > 1:
            yield Problem("outcome_is_an_index", params.where, facts)
        elif chosen.setdefault(name, measure) != measure:
            yield Problem("outcome_in_two_measures", params.where, facts)


def _control(event: Event, known: list[str], where: str) -> Iterator[Problem]:
    name = event.negative_control
    facts = {"event": event.event, "indicator": name, "known": known}
    if name is not None and name not in known:
        yield Problem("control_unknown", where, facts)
    elif name is not None and event.outcome is not None and event.outcome.indicator == name:
        yield Problem("control_is_outcome", where, facts)


def units_of(keys: Keys, units: Sequence[Unit], column: str, where: str) -> tuple[pd.Series | None, list[Problem]]:
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
    problems = list(_wrong_units(cells, found, within.astype(bool), column, units, where))
    own = found.map({unit.code: unit.municipality_code for unit in units})
    elsewhere = found.notna() & own.ne(municipality.astype(object)) & municipality.notna()
    named = sorted({str(found[row]) for row in found.index[elsewhere]})[:EXAMPLES]
    problems += breach("unit_of_another", where, elsewhere, column=column, units=named)
    return found.where(found.notna(), municipality.astype(object)).astype("category"), problems


def _wrong_units(
    cells: pd.Series, found: pd.Series, within: pd.Series, column: str, units: Sequence[Unit], where: str
) -> Iterator[Problem]:
    blank = coding.blank(cells) & within
    unknown = found.isna() & within & ~blank
    yield from breach("unit_empty", where, blank, column=column)
    facts = {"values": _told_units(cells[unknown], units), "known": [unit.unit for unit in units]}
    yield from breach("unit_not_known", where, unknown, column=column, **facts)


def _told_units(cells: pd.Series, units: Sequence[Unit]) -> Mapping[str, list[str]]:
    # Write what stands in cells that name no unit, and what it may be; what could be a person's is '…'.
    spelt = {text: unit for unit in units for text in unit.spellings}
    told: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for text in sorted({normal(cell) for cell in cells})[:EXAMPLES]:
        near = difflib.get_close_matches(text, spelt, n=1, cutoff=ALIKE)
        said = both("place.near", shown=text, places=spelt[near[0]].unit) if near else None
        for language in LANGUAGES:
            told[language].append(said[language] if said else text if text.isdigit() and len(text) < 5 else "…")
    return {language: list(dict.fromkeys(each)) for language, each in told.items()}


def silent_units(present: pd.Series, units: Sequence[Unit], where: str) -> Iterator[Problem]:
    """Find units that nobody answered of: misspelt, closed, or in another file."""
    if missing := [unit.unit for unit in units if unit.code not in set(present.astype(str))]:
        yield Problem("unit_without_answers", where, {"units": missing, "count": len(missing)})
