"""Ask the live services a few small questions and compare the answers with what this program expects of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import FetchFailed
from jobreport.fetch import jobindsats, official
from jobreport.fetch.official import OFFICIAL
from jobreport.fetch.run import LANGUAGE, texts
from jobreport.fetch.statbank import Part, StatBank, Table

NO_SUCH_TABLE = "JOBREPORT0"
NOT_FOUND = "EXTRACT-NOTFOUND"
YEAR = 2021
KNOWN = {"000": 3.617, "183": 6.4083}
"""Unemployed in per cent of the labour force in `YEAR`, as in data/register/unemployment.csv (AUP02)."""
PRECISION = 0.05
JOBINDSATS_TABLE = "y30r21"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: 'ok', 'failed' or 'skipped', and in words what."""

    outcome: str
    what: str


def selftest(client: StatBank, star: Callable[[], jobindsats.Jobindsats] | None, language: str) -> Iterator[Finding]:
    """Check the live services, a finding at a time.

    ``star``: makes a client of jobindsats; None where there is no key.
    """
    said: Mapping[str, str] = texts(language)["selftest"]
    checks: list[Callable[[], Finding]] = [
        *(lambda name=name: _described(client, name, said) for name in OFFICIAL),
        *(lambda code=code: _known(client, code, said) for code in KNOWN),
        lambda: _refusal(client, said),
        lambda: _star(star, said),
    ]
    for check in checks:
        try:
            yield check()
        except FetchFailed as failed:
            yield Finding("failed", failed.text(language))


def _described(client: StatBank, name: str, said: Mapping[str, str]) -> Finding:
    wanted = OFFICIAL[name]
    for language in LANGUAGES:
        official.selection(client.table(wanted.table, language), wanted, None, YEAR)
    return Finding("ok", said["described"].format(table=wanted.table))


def _small(client: StatBank) -> tuple[Table, pd.DataFrame]:
    table = client.table(OFFICIAL["unemployment"].table, LANGUAGE)
    selection = official.selection(table, OFFICIAL["unemployment"], ["183"], YEAR)
    time = table.time().code
    selection[time] = tuple(period for period in selection[time] if period.startswith(str(YEAR)))
    cells = client.cells(table, Part(selection), LANGUAGE)
    return table, cells.sort_values(list(selection), ignore_index=True)


def _known(client: StatBank, code: str, said: Mapping[str, str]) -> Finding:
    table, cells = _small(client)
    rows = official.register(cells, table, OFFICIAL["unemployment"], retrieved="", yearly=True)
    value = float(rows.loc[rows["municipality_code"] == code, "value"].iloc[0])
    close = abs(value - KNOWN[code]) < PRECISION
    facts = {"year": YEAR, "code": code, "value": f"{value:.3f}", "expected": f"{KNOWN[code]:.3f}"}
    return Finding("ok" if close else "failed", said["known" if close else "unknown"].format(**facts))


def _refusal(client: StatBank, said: Mapping[str, str]) -> Finding:
    try:
        client.table(NO_SUCH_TABLE, LANGUAGE)
        code = "-"
    except FetchFailed as failed:
        code = str(failed.problem.values.get("code", failed.problem.key))
    return Finding("ok" if code == NOT_FOUND else "failed", said["refusal"].format(code=code))


def _star(star: Callable[[], jobindsats.Jobindsats] | None, said: Mapping[str, str]) -> Finding:
    if star is None:
        return Finding("skipped", said["no_key"].format(variable=jobindsats.KEY_VARIABLE))
    periods = star().periods(JOBINDSATS_TABLE, YEAR)
    return Finding("ok" if periods else "failed", said["key"].format(table=JOBINDSATS_TABLE))
