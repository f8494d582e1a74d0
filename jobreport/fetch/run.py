"""From a wish to a file: ask, put together, store with a sidecar. One function per service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.fetch import jobindsats, official, store
from jobreport.fetch.jobindsats import Jobindsats, Wanted
from jobreport.fetch.official import OFFICIAL
from jobreport.fetch.statbank import LICENCE, SOURCE, StatBank, Table
from jobreport.fetch.store import Progress

FOLDER = Path("data/register")
FIRST_YEAR = 2014
LANGUAGE = "en"  # titles are asked for in both languages


@dataclass(frozen=True)
class Fetched:
    """What was stored: the file, its sidecar, and how many figures it holds."""

    file: Path
    sidecar: Path
    counts: Mapping[str, int]


texts = partial(texts_of, "fetch")


def statbank(
    client: StatBank,
    name: str,
    *,
    municipalities: Sequence[str] = (),
    first_year: int = FIRST_YEAR,
    yearly: bool = False,
    out: Path | None = None,
    progress: Progress = lambda done, of: None,
) -> Fetched:
    """Fetch one of the named series from StatBank and store it.

    Parameters
    ----------
    name
        A key of `OFFICIAL`.
    municipalities
        Codes; none is all 98. The country is always added.
    yearly
        Store one figure per whole year; see `Official.yearly`.
    out
        File to write; None is ``data/register/<name>_<monthly|quarterly|yearly>.csv``.

    Raises
    ------
    FetchFailed
        If the service cannot be reached, refuses, answers with no data, or the table has changed. Parts that were
        fetched are kept, and a later call goes on from them.
    InputRefused
        If the file is there and no fetch wrote it.
    """
    if out is not None:  # else the file's name is known when the figures are there
        store.refuse_to_replace(out)
    wanted = OFFICIAL[name]
    now = datetime.now(UTC)
    titles = {language: client.table(wanted.table, language).title for language in LANGUAGES}
    table = client.table(wanted.table, LANGUAGE)
    selection = official.selection(table, wanted, municipalities, first_year)
    kept = store.parts_of(out or FOLDER / name)
    cells = store.gather(client, table, client.plan(table, selection), LANGUAGE, kept, progress)
    rows = official.register(cells, table, wanted, retrieved=now.date().isoformat(), yearly=yearly)
    file = out or FOLDER / f"{name}_{official.frequency(rows)}.csv"
    counts = official.counted(rows)
    facts = _statbank_facts(table, titles, selection, counts, now, wanted, yearly)
    sidecar = store.write(file, rows, facts)
    store.forget(kept)
    return Fetched(file, sidecar, counts)


def _statbank_facts(
    table: Table,
    titles: Mapping[str, str],
    selection: Mapping[str, Sequence[str]],
    counts: Mapping[str, int],
    now: datetime,
    wanted: official.Official,
    yearly: bool,
) -> dict[str, Any]:
    said = {language: texts(language)["sidecar"] for language in LANGUAGES}
    facts: dict[str, Any] = {
        "source": SOURCE,
        "table": table.table,
        "title": dict(titles),
        "table_updated": table.updated,
        "table_unit": table.unit,
        "retrieved": now.isoformat(timespec="seconds"),
        "licence": LICENCE,
        "query": {name: list(codes) for name, codes in selection.items()},
        "unit": wanted.unit,
        "yearly": wanted.yearly if yearly else None,
        "counts": dict(counts),
        "empty_means": {language: text["empty"] for language, text in said.items()},
        "zero_means": {language: text["zero"] for language, text in said.items()},
    }
    if wanted.spread:
        facts["groups"] = {name: list(codes) for name, codes in official.EDUCATION.items()}
        facts["not_in_base"] = [official.EDUCATION_UNSTATED]
    return facts


def jobindsats_api(
    client: Jobindsats,
    table: str,
    wanted: Wanted,
    *,
    first_year: int = FIRST_YEAR,
    out: Path | None = None,
    progress: Progress = lambda done, of: None,
) -> Fetched:
    """Fetch a table from jobindsats' API, period by period, and store one series of it.

    Raises
    ------
    FetchFailed, InputRefused
        See `jobreport.fetch.jobindsats`.
    """
    store.refuse_to_replace(_file_of(wanted, out))
    periods = client.periods(table, first_year)
    answers = []
    for number, period in enumerate(periods, start=1):
        answers.append(client.rows(table, period))
        progress(number, len(periods))
    rows = pd.concat(answers, ignore_index=True) if answers else pd.DataFrame(columns=["Area", "Periode"])
    where = f"{client.connection.base}/data/{table}"
    return _store_jobindsats(rows, table, wanted, out, {"query": {"area": "*", "period": list(periods)}}, where)


def jobindsats_file(path: Path, table: str, wanted: Wanted, *, out: Path | None = None) -> Fetched:
    """Store one series of a CSV file downloaded from jobindsats.dk.

    Raises
    ------
    InputRefused
        With every problem of the file.
    """
    rows = jobindsats.read_download(path, path.name)
    return _store_jobindsats(rows, table, wanted, out, {"download": path.name}, path.name)


def _store_jobindsats(
    rows: pd.DataFrame, table: str, wanted: Wanted, out: Path | None, query: Mapping[str, Any], where: str
) -> Fetched:
    now = datetime.now(UTC)
    made, other_areas = jobindsats.register(rows, table, wanted, now.date().isoformat(), where)
    counts = {**official.counted(made), "rows_of_other_areas": other_areas}
    said = {language: texts(language)["sidecar"] for language in LANGUAGES}
    facts = {
        "source": jobindsats.SOURCE,
        "table": table,
        "retrieved": now.isoformat(timespec="seconds"),
        **query,
        "measure": wanted.measure,
        "where": dict(wanted.where),
        "unit": wanted.unit,
        "counts": counts,
        "empty_means": {language: text["empty_jobindsats"] for language, text in said.items()},
        "not_danmarks_statistik": {language: text["two_sources"] for language, text in said.items()},
    }
    file = _file_of(wanted, out)
    return Fetched(file, store.write(file, made, facts), counts)


def _file_of(wanted: Wanted, out: Path | None) -> Path:
    return out or FOLDER / f"{wanted.series}_jobindsats.csv"
