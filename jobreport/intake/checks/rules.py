"""What can be wrong with the columns of a survey that are not questions: every breach, with row numbers.

Where a file has only the jobcentre that served a person, its number (a municipality's code and two digits more) tells
where the person lives, unless it served several municipalities: then nothing is computed.
"""

import difflib
import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both
from jobreport.errors import Problem
from jobreport.intake.coded import CodedFile, Keys
from jobreport.intake.formats import contract
from jobreport.intake.formats.contract import EXAMPLES, breach
from jobreport.setup import coding
from jobreport.setup.codebook import Codebook, Layout
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Event, Survey, Wave

WAVE_OF_DAY = "(runde efter dato)"  # the name of a column of waves that is made of the days of the answers
REPLICATE = "replicate_"  # and a number: columns of `responses` that hold replicate weights
LARGEST_RATIO = 100
LARGEST = 10_000_000  # nobody stands for more persons than live in Denmark
LARGEST_BETWEEN_WAVES = 1.5  # of Kish's design effects
SAME_SCALE = 10
ENOUGH = 20  # answers of a wave, from which its weights are judged
_WAVE = re.compile(r"(?=.*\d)[\w .-]{1,8}")
_DATES = {
    "YYYY-MM-DD": re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[t ].*)?"),
    "DD-MM-YYYY": re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?: .*)?"),
    "MM-DD-YYYY": re.compile(r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})(?: .*)?"),
}


def waves(labels: pd.Series, columns: Mapping[str, str], survey: Survey, where: str) -> Iterator[Problem]:
    """Find rows without a wave, waves nobody described and, where one file holds all, waves without rows."""
    key = "date_in_no_wave" if columns.get("wave") == WAVE_OF_DAY else "wave_blank"
    yield from breach(key, where, labels == "", column=columns.get("answered_on", ""))
    divided = labels.isin([label for label in labels.unique() if re.search(r"[|*+]", str(label))])
    if divided.any():
        yield Problem("separator_inside", where, {"field": "wave", "value": _shown(labels[divided])})
    described = {normal(wave.wave): wave.wave for wave in survey.waves}
    if not described:
        return
    unlisted = ~labels.isin([*described, ""])
    known = list(described.values())
    yield from breach("wave_unlisted", where, unlisted, waves=_shown(labels[unlisted]), known=known)
    empty = [label for key, label in described.items() if not (labels == key).any()]
    if empty and survey.file is not None:
        yield Problem("wave_empty", where, {"waves": empty})


def future(survey: Survey, report_date: date | None, where: str) -> Iterator[Problem]:
    """Find waves that end after the day of the report, or after today."""
    latest = report_date or datetime.now(tz=UTC).date()
    for wave in survey.waves:
        last = wave.to or wave.from_
        if last is not None and last > latest:
            facts = {"wave": wave.wave, "to": last.isoformat(), "latest": latest.isoformat()}
            yield Problem("wave_in_future", where, facts)


def _shown(labels: pd.Series) -> list[str]:
    # Quote labels that look like one of a wave; anything else could be personal.
    return [label for label in sorted(set(labels)) if _WAVE.fullmatch(label)][:EXAMPLES] or ["…"]


def places(keys: Keys, codebook: Codebook, where: str) -> Iterator[Problem]:
    """Find rows whose municipality is blank or unknown."""
    column = keys.cells.get("municipality_code")
    if column is None or keys.municipality is None:
        return
    blank = coding.blank(column)
    unknown = keys.municipality.isna() & ~blank
    yield from breach("municipality_blank", where, blank)
    named = codebook.layout.columns.get("municipality_code", "fixed")
    yield from breach("municipality_not_known", where, unknown, column=named, values=contract.told(column[unknown]))


def respondents(file: CodedFile, where: str) -> Iterator[Problem]:
    """Find people who stand twice in a wave, and rows without a number, cluster or stratum where others have one."""
    for key in ("cluster", "stratum"):
        if key in file.persons:
            yield from breach("unit_blank", where, file.persons[key].isna(), key=key)
    person = file.persons.get("respondent_id")
    if person is not None:
        blank = person.isna()
        yield from breach("respondent_blank", where, blank)
        yield from breach("respondent_twice", where, _again(person, file.keys.wave) & ~blank)


def _again(person: pd.Series, wave: pd.Series) -> pd.Series:
    found, waves = np.zeros(len(person), dtype=bool), wave.array.codes
    for place in range(len(wave.cat.categories)):
        own = np.flatnonzero(waves == place)
        found[own] = person.iloc[own].duplicated(keep=False)
    return pd.Series(found, person.index)


def numbers(column: pd.Series, where: str) -> tuple[pd.Series, list[Problem]]:
    """Read numbers; a decimal comma is read as one only if the column has no decimal point.

    Where every number with a sign has three digits after it, the sign may stand between thousands.
    """
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float), []
    texts = coding.apply(column, str)
    comma, point = texts.str.contains(",", regex=False), texts.str.contains(".", regex=False)
    found = breach("decimal_mixed", where, comma, column=column.name) if point.any() else []
    if texts[comma | point].str.fullmatch(contract.THOUSANDS).all():
        found += breach("decimal_ambiguous", where, comma | point, column=column.name)
    values = pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce")
    wrong = values.isna() & (texts != "") | np.isinf(values)
    return values.where(~wrong).astype(float), found or breach("weight_not_number", where, wrong, column=column.name)


def with_replicates(layout: Layout, survey: Survey, names: Iterable[object]) -> Layout:
    """Take the columns of replicate weights, if the survey has any, among those that are read, in their order."""
    found = fnmatch.filter(map(str, names), survey.replicates.columns) if survey.replicates is not None else []
    columns = {f"{REPLICATE}{number:04}": name for number, name in enumerate(found, start=1)}
    return replace(layout, columns={**layout.columns, **columns})


def of_replicates(survey: Survey, where: str) -> Iterator[Problem]:
    """Find replicate weights that the file's own margins would change, and Fay's number where it does not belong."""
    made = survey.replicates
    if made is not None and survey.margins is not None:
        yield Problem("replicates_and_margins", where)
    if made is not None and (made.kind == "fay") != (made.rho is not None):
        yield Problem("replicates_rho", where, {"kind": made.kind})


def replicates(keys: Keys, survey: Survey, where: str) -> tuple[dict[str, pd.Series], list[Problem]]:
    """Read the replicate weights; a replicate may leave somebody out, but not everybody."""
    columns = {key: column for key, column in keys.cells.items() if key.startswith(REPLICATE)}
    if survey.replicates is None:
        return {}, []
    pattern = survey.replicates.columns
    if len(columns) < 2:
        return {}, [Problem("replicates_absent", where, {"pattern": pattern, "count": len(columns)})]
    made, found = {}, []
    for key, column in columns.items():
        made[key], wrong = numbers(column, where)
        found += wrong
    bad = [str(columns[key].name) for key, values in made.items() if not (values >= 0).all() or not values.any()]
    if bad and not found:
        found.append(Problem("replicates_not_weights", where, {"columns": bad[:EXAMPLES], "count": len(bad)}))
    return made, found


def weights(keys: Keys, where: str) -> tuple[pd.Series | None, list[Problem]]:
    """Read the weights, and find those that are missing, not above zero, or wildly different."""
    column = keys.cells.get("weight")
    if column is None:
        return None, []
    values, found = numbers(column, where)
    if found:
        return values, found
    found += breach("weight_missing", where, values.isna())
    found += breach("weight_not_positive", where, values <= 0)
    outside = (values > LARGEST) | values.between(0, 1 / LARGEST, inclusive="neither")
    if outside.any():
        return values, found + breach("weight_size", where, outside, largest=LARGEST)
    positive = values[values > 0]
    if len(positive) and positive.max() > LARGEST_RATIO * positive.min():
        facts = {"smallest": f"{positive.min():.6g}", "largest": f"{positive.max():.6g}", "ratio": LARGEST_RATIO}
        found += breach("weight_ratio", where, values >= positive.max(), **facts)
    return values, found


def weights_of_waves(responses: pd.DataFrame, allowed: bool, where: str) -> Iterator[Problem]:
    """Find waves that are weighted in another way than the rest: their change would be that of the weights.

    Their means are ten times apart, or the weights cost one wave half as many answers again as another, or one wave
    has the same weight throughout.
    """
    of_all, wave = responses["weight"].to_numpy(float), responses["wave"].array
    waves = {label: of_all[wave.codes == place] for place, label in enumerate(wave.categories)}
    waves = {label: weight for label, weight in waves.items() if len(weight) >= ENOUGH}
    each = [(weight.mean(), _design_effect(weight), weight.max() / weight.min()) for weight in waves.values()]
    if allowed or not each:
        return
    mean, cost, ratio = np.array(each).T
    apart = mean.max() > SAME_SCALE * mean.min() or cost.max() > LARGEST_BETWEEN_WAVES * cost.min()
    if apart or ((ratio == 1).any() and (ratio > 1).any()):
        told = [f"{label}: {weight.min():.6g}–{weight.max():.6g}" for label, weight in waves.items()]
        yield Problem("weight_waves_differ", where, {"waves": told})


def _design_effect(weight: npt.NDArray[np.float64]) -> float:
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)


def dates(keys: Keys, codebook: Codebook, survey: Survey, where: str) -> Iterator[Problem]:
    """Find dates that cannot be read, that can be read in two ways, or that fall outside field time."""
    column = keys.cells.get("answered_on")
    if column is None:
        return
    named = codebook.layout.columns["answered_on"]
    read = read_dates(column, codebook.layout.date_format)
    if read is None:
        yield Problem("date_ambiguous", where, {"column": named})
        return
    yield from breach("date_unreadable", where, read.isna() & ~coding.blank(column), column=named)
    by_label = {normal(wave.wave): wave for wave in survey.waves}
    pairs = zip(read, keys.wave, strict=True)
    outside = pd.Series([_outside(day, by_label.get(label)) for day, label in pairs], index=column.index)
    yield from breach("date_outside_wave", where, outside, column=named)


def waves_of_days(column: pd.Series, date_format: str, survey: Survey) -> pd.Series:
    """Name the wave that each day of an answer lies in; None where it lies in none, or cannot be read."""
    read = read_dates(column, date_format)
    if read is None:
        return pd.Series(None, index=column.index, dtype=object)
    named = {day: next((w.wave for w in survey.waves if not _outside(day, w)), None) for day in read.dropna().unique()}
    return read.map(named)


def _outside(day: date | None, wave: Wave | None) -> bool:
    if day is None or wave is None:
        return False
    return bool((wave.from_ and day < wave.from_) or (wave.to and day > wave.to))


def read_dates(column: pd.Series, date_format: str) -> pd.Series | None:
    """Read dates by the form that fits all cells; None if two forms fit and disagree.

    Examples
    --------
    >>> read_dates(pd.Series(["13-03-2024"]), "").tolist(), read_dates(pd.Series(["02-03-2024"]), "")
    ([datetime.date(2024, 3, 13)], None)
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Series([None if pd.isna(day) else day.date() for day in column], index=column.index, dtype=object)
    forms = [date_format] if date_format else list(_DATES)
    read = {form: coding.apply(column, lambda text, form=form: _day(text, form)) for form in forms}  # type: ignore[misc]
    counts = {form: int(days.notna().sum()) for form, days in read.items()}
    best = max(counts.values())
    fitting = [days for form, days in read.items() if counts[form] == best]
    alike = best == 0 or all((days.dropna() == fitting[0].dropna()).all() for days in fitting[1:])
    return fitting[0] if alike else None


def _day(text: str, form: str) -> date | None:
    found = _DATES[form].fullmatch(text)
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None


def absent(present: set[str], needed: Mapping[str, str], where: str) -> Iterator[Problem]:
    """Find municipalities that the params name but nobody answered for."""
    lacking = {code: why for code, why in needed.items() if code not in present}
    if missing := [f"'{code}' ({municipalities.name(code)}, {why})" for code, why in lacking.items()]:
        yield Problem("municipality_without_answers", where, {"codes": missing})


def treated(events: Iterable[Event]) -> dict[str, str]:
    """Return the municipalities that events happened to, with where the params name them."""
    return {code: f"{event.event}, treated" for event in events for code in event.treated}


def suggestion(name: str, names: list[str]) -> object:
    """Return the column names that come close to one that is not there, or that none does."""
    return difflib.get_close_matches(name, names, n=3, cutoff=0.5) or both("none")


def from_jobcentre(
    jobcentre: pd.Series,
    wave: pd.Series,
    waves: Mapping[str, Wave],
    table: pd.DataFrame,
    where: str,
    answered: pd.Series,
) -> tuple[pd.Series, list[Problem]]:
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
    tuple
        The municipality of every row, which it gets only where its jobcentre served exactly one in the whole wave; and
        why others get none.
    """
    pairs = pd.Series(list(zip(jobcentre.map(_office), wave, strict=True)), index=wave.index)
    served = {(office, label): _served(office, waves.get(label), table) for office, label in pairs.unique()}
    known = {pair: found[0] if found and len(found) == 1 else None for pair, found in served.items()}
    untold = {pair: count for pair, count in Counter(pairs[answered]).items() if known[pair] is None}
    return pairs.map(known.get), [_problem(pair, served[pair], count, where) for pair, count in untold.items()]


def _office(cell: object) -> str:
    # Reduce a jobcentre to the code of the municipality whose number it has; '' if it is none.
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
    first = date.min if valid_from in ("", contract.NOT_STATED) else date.fromisoformat(valid_from)
    last = date.max if valid_to in ("", contract.NOT_STATED) else date.fromisoformat(valid_to)
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
