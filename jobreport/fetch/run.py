"""From a wish to a file: ask, keep the parts while it is under way, store one CSV with a sidecar that explains it."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import Problem, refuse
from jobreport.fetch import jobindsats, official
from jobreport.fetch.jobindsats import Jobindsats, Wanted
from jobreport.fetch.official import OFFICIAL
from jobreport.fetch.statbank import LICENCE, SOURCE, Part, StatBank, Table
from jobreport.make.exchange import put

FOLDER = Path("data/register")
FIRST_YEAR = 2014
LANGUAGE = "en"  # titles are asked for in both languages

SIDECAR = ".json"
Progress = Callable[[int, int], None]


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
    municipalities
        Codes; none is all 98. The country is always added.
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
        refuse_to_replace(out)
    wanted = OFFICIAL[name]
    now = datetime.now(UTC)
    titles = {language: client.table(wanted.table, language).title for language in LANGUAGES}
    table = client.table(wanted.table, LANGUAGE)
    selection = official.selection(table, wanted, municipalities, first_year)
    begun = out or FOLDER / name
    kept = begun.with_name(f".{begun.name}.parts")
    cells = gather(client, table, client.plan(table, selection), LANGUAGE, kept, progress)
    rows = official.register(cells, table, wanted, retrieved=now.date().isoformat(), yearly=yearly)
    file = out or FOLDER / f"{name}_{official.frequency(rows)}.csv"
    counts = official.counted(rows)
    facts = _statbank_facts(table, titles, selection, counts, now, wanted, yearly)
    sidecar = write(file, rows, facts)
    shutil.rmtree(kept, ignore_errors=True)
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
        "empty_means": _said("empty"),
        "zero_means": _said("zero"),
    }
    if wanted.spread:
        facts["groups"] = {name: list(codes) for name, codes in official.EDUCATION.items()}
        facts["not_in_base"] = [official.EDUCATION_UNSTATED]
    return facts


def _said(key: str) -> dict[str, str]:
    return {language: texts(language)["sidecar"][key] for language in LANGUAGES}


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
    refuse_to_replace(_file_of(wanted, out))
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
    facts = {
        "source": jobindsats.SOURCE,
        "table": table,
        "retrieved": now.isoformat(timespec="seconds"),
        **query,
        "measure": wanted.measure,
        "where": dict(wanted.where),
        "unit": wanted.unit,
        "counts": counts,
        "empty_means": _said("empty_jobindsats"),
        "not_danmarks_statistik": _said("two_sources"),
    }
    file = _file_of(wanted, out)
    return Fetched(file, write(file, made, facts), counts)


def _file_of(wanted: Wanted, out: Path | None) -> Path:
    return out or FOLDER / f"{wanted.series}_jobindsats.csv"


def gather(
    client: StatBank, table: Table, parts: Iterable[Part], language: str, kept: Path, progress: Progress
) -> pd.DataFrame:
    """Fetch every part that is not already there, and put them together.

    ``kept``: folder where parts lie until all are there; a later call goes on from it. A part is found by its question
    and by when the table was last updated, so parts of two versions of a table never mix.
    """
    wanted = list(parts)
    kept.mkdir(parents=True, exist_ok=True)
    found = []
    for number, part in enumerate(wanted, start=1):
        file = kept / f"{_key(table, part, language)}.json"
        if file.exists():
            found.append(_read_part(file))
        else:
            found.append(client.cells(table, part, language))
            put(file, _part_bytes(found[-1]))
        progress(number, len(wanted))
    return pd.concat(found, ignore_index=True)


def write(path: Path, register: pd.DataFrame, facts: Mapping[str, Any]) -> Path:
    """Write a register and its sidecar; each replaces its old version as a whole.

    Returns the sidecar: the register's file name and ``.json``.

    Raises
    ------
    InputRefused
        If a file lies there that a fetch did not write, or that was changed since.
    """
    return store(path, register.to_csv(index=False, lineterminator="\n", float_format="%.10g").encode("utf-8"), facts)


def store(path: Path, data: bytes, facts: Mapping[str, Any]) -> Path:
    """Write a file that was fetched, and its sidecar, as `write` does."""
    refuse_to_replace(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar = path.with_name(path.name + SIDECAR)
    told = {**facts, "file": path.name, "sha256": hashlib.sha256(data).hexdigest()}
    put(path, data)
    put(sidecar, (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
    return sidecar


def refuse_to_replace(path: Path) -> None:
    """Refuse to take the place of anything but a register that was fetched, as its sidecar describes it.

    Raises
    ------
    InputRefused
        By name; nothing is touched.
    """
    sidecar = path.with_name(path.name + SIDECAR)
    there = path.exists() or path.is_symlink() or sidecar.exists()
    facts = {"sidecar": sidecar.name}
    refuse([Problem("fetch_not_its_own", path.as_posix(), facts)] if there and not _was_fetched(path, sidecar) else [])


def _was_fetched(path: Path, sidecar: Path) -> bool:
    try:
        told = json.loads(sidecar.read_text(encoding="utf-8"))
        own = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    except (OSError, ValueError):
        return False
    return not path.is_symlink() and isinstance(told, dict) and own.items() <= told.items()


def _key(table: Table, part: Part, language: str) -> str:
    question = json.dumps([part.question(table.table, language), table.updated], sort_keys=True)
    return hashlib.sha256(question.encode("utf-8")).hexdigest()[:24]


def _part_bytes(cells: pd.DataFrame) -> bytes:
    frame = cells.astype(object).where(cells.notna(), None)
    stored = {"columns": list(frame.columns), "rows": frame.to_numpy().tolist()}
    return json.dumps(stored, ensure_ascii=False).encode("utf-8")


def _read_part(file: Path) -> pd.DataFrame:
    stored = json.loads(file.read_text(encoding="utf-8"))
    return pd.DataFrame(stored["rows"], columns=stored["columns"]).astype({"value": float})
