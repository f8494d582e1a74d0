"""From checked inputs to released results: computed once, written as CSV, read back by the notebook.

The kernel that runs the notebook reads only what passed `disclosure`: no answer of a person reaches it.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import jobreport
from jobreport import municipalities, periods
from jobreport.codebook import Codebook
from jobreport.disclosure import (
    CHANGE_NUMBERS,
    DIAGNOSTIC_NUMBERS,
    ESTIMATE_NUMBERS,
    OTHERS,
    Released,
    Rule,
    release,
)
from jobreport.errors import InputRefused, Problem
from jobreport.params import Params
from jobreport.params_model import Survey
from jobreport.validate import Inputs

if TYPE_CHECKING:
    from jobreport.weights import Calibration

COUNTRY = municipalities.COUNTRY_CODE
PROJECT = Path(jobreport.__file__).parent.parent
RELEASED_IN = "JOBREPORT_RELEASED"  # environment variable: folder of results that a run has already released
NOT_STATED = "ikke oplyst"
TABLES = ("estimates", "changes", "diagnostics")
COUNTS = ("n_invited", "n_answered", "n", "n_before", "n_after", "n_comparison", "rank")
DIAGNOSTIC_COLUMNS = (
    "diagnostic", "indicator", "measure", "category", "unit", "municipality_code", "municipality", "wave", "group_by",
    "group", "value", "ci_low", "ci_high", "n", "p_value", "p_adjusted", "flag", "reason", "simulated",
)  # fmt: skip
SIGNIFICANT = "%.12g"  # what differs between processors lies beyond twelve digits
P_VALUES = ("p_value", "p_adjusted")
NUMBERS = {"estimates": ESTIMATE_NUMBERS, "changes": CHANGE_NUMBERS, "diagnostics": DIAGNOSTIC_NUMBERS}


@dataclass(frozen=True)
class Results:
    """What a report is made of: released rows, other people's figures, and the facts about the inputs."""

    params: Params
    codebook: Codebook | None
    released: Released
    benchmarks: pd.DataFrame | None
    claims: pd.DataFrame | None
    facts: Mapping[str, Any]

    def write(self, folder: Path) -> None:
        """Write the three tables and ``inputs.json``; the same bytes for the same results."""
        for name in TABLES:
            getattr(self.released, name).to_csv(
                folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n", float_format=SIGNIFICANT
            )
        (folder / "inputs.json").write_bytes(as_json(self.facts))


def as_json(facts: Mapping[str, Any]) -> bytes:
    """JSON that reads well and is the same on every machine."""
    return (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def read_released(folder: Path, rule: Rule) -> Released:
    """Read back the three tables that `Results.write` wrote."""
    return Released(**{name: _read_table(folder / f"{name}.csv", NUMBERS[name]) for name in TABLES}, rule=rule)


def _read_table(source: Path | io.StringIO, numbers: list[str]) -> pd.DataFrame:
    table = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8")
    for column in (c for c in (*numbers, *P_VALUES) if c in table):
        table[column] = pd.to_numeric(table[column].mask(table[column] == "", None))
        if column in COUNTS:
            table[column] = table[column].astype("Int64")
    return table.assign(simulated=table["simulated"] == "True")


def compute(inputs: Inputs) -> Results:
    """Estimate, compare and release; every municipality is computed, so that the release is the same in all reports."""
    estimates, changes, diagnostics = _survey_tables(inputs)
    register_estimates, register_changes = _register_tables(inputs)
    rule = Rule(**inputs.params.disclosure.model_dump())
    named = focus(inputs.params)
    released = release(
        pd.concat([estimates, register_estimates], ignore_index=True),
        pd.concat([changes, register_changes], ignore_index=True),
        diagnostics,
        rule,
        left_out_of_others=named,
    )
    released = _of_report(released, set(named))
    benchmarks = with_intervals(inputs.benchmarks)
    return Results(inputs.params, inputs.codebook, released, benchmarks, inputs.claims, facts(inputs, released))


def with_intervals(benchmarks: pd.DataFrame | None) -> pd.DataFrame | None:
    """Add ``ci_low`` and ``ci_high`` to published shares whose base is stated.

    Clopper–Pearson, as if the answers were a simple random sample: the design of other people's surveys is not known,
    so the true interval may be wider. A share without a base, an "about" and a mean have none.
    """
    if benchmarks is None:
        return None
    from statsmodels.stats.proportion import proportion_confint

    n, share = (pd.to_numeric(benchmarks[column], errors="coerce") for column in ("n", "value"))
    known = benchmarks["measure"].eq("share") & n.notna() & share.notna() & ~benchmarks["approximate"].astype(bool)
    low, high = proportion_confint((share * n).where(known), n.where(known), method="beta")
    return benchmarks.assign(ci_low=low, ci_high=high)


def _survey_tables(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    from jobreport import compare, indicators
    from jobreport.diagnostics import survey_diagnostics

    survey = inputs.params.survey
    if survey is None or inputs.responses is None or inputs.codebook is None:
        columns = (compare.CHANGE_COLUMNS, DIAGNOSTIC_COLUMNS)
        changes, diagnostics = (pd.DataFrame(columns=list(names)) for names in columns)
        return _aggregates(inputs), changes, diagnostics
    responses, calibration = _weighted(inputs.responses, inputs.margins, survey)
    asked = inputs.codebook.indicators
    common: dict[str, Any] = {"group_by": tuple(inputs.codebook.groups), "calibration": calibration}
    common |= {"simulated": survey.simulated, "names": _names(inputs.params.language)}
    places = focus(inputs.params)
    estimates = indicators.estimate(responses, asked, focus=places, invited=inputs.invited, **common)
    changes = _survey_changes(inputs.params, inputs.codebook, survey, responses, common)
    windows = {window for event in inputs.params.events for window in survey.windows(event)}
    levels = compare.window_estimates(responses, asked, windows=sorted(windows), focus=places, **common)
    mix = _mix_column(inputs.codebook)
    diagnostics = survey_diagnostics(responses, asked, estimates, mix=mix, focus=places, **common)
    return pd.concat([estimates, levels], ignore_index=True), changes, diagnostics


def _aggregates(inputs: Inputs) -> pd.DataFrame:
    """Levels that a municipality gave as a table instead of answers; nothing can be compared from them."""
    from jobreport import aggregates, indicators

    survey = inputs.params.survey
    if survey is None or inputs.aggregates is None or inputs.codebook is None:
        return pd.DataFrame(columns=list(indicators.ESTIMATE_COLUMNS))
    names = _names(inputs.params.language)
    return aggregates.estimate(inputs.aggregates, inputs.codebook, simulated=survey.simulated, names=names)


def _weighted(
    responses: pd.DataFrame, margins: pd.DataFrame | None, survey: Survey
) -> tuple[pd.DataFrame, Calibration | None]:
    """Weight to known margins where the params give some; else the weights are those of the file."""
    from jobreport.weights import calibrate

    return (responses, None) if margins is None else calibrate(responses, margins, survey.margins_method)


def _survey_changes(
    params: Params, codebook: Codebook, survey: Survey, responses: pd.DataFrame, common: Mapping[str, Any]
) -> pd.DataFrame:
    """Compare before and after for every event that has waves on both sides."""
    from jobreport import compare

    comparable = [indicator for indicator in codebook.indicators if indicator.comparable]
    tables = [pd.DataFrame(columns=list(compare.CHANGE_COLUMNS))]
    for event in params.events:
        before, after = survey.windows(event)
        if before and after and comparable:
            table = compare.survey_changes(
                responses,
                comparable,
                event=event.event,
                treated=event.treated,
                exposed=event.exposed,
                comparison=None if event.comparison == "all" else event.comparison,
                before=before,
                after=after,
                mix=_mix_column(codebook),
                regions=_regions(),
                unchanged_margin=_margin(params),
                **common,
            )
            tables.append(table)
    return pd.concat(tables[1:], ignore_index=True) if len(tables) > 1 else tables[0]


def focus(params: Params) -> tuple[str, ...]:
    """The municipality of the report and those of its events: only they are shown by group."""
    of_events = (code for event in params.events for code in (*event.treated, *event.exposed))
    return tuple(dict.fromkeys((params.municipality_code, *of_events)))


def _register_tables(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame]:
    from jobreport import compare, indicators

    names = _names(inputs.params.language)
    changes = []
    for series in inputs.params.registers:
        event = inputs.params.event(series.event)
        changes.append(
            compare.register_changes(
                inputs.registers[inputs.registers["series"] == series.series],
                event=event.event,
                treated=event.treated,
                exposed=event.exposed,
                comparison=None if event.comparison == "all" else event.comparison,
                before=series.before,
                after=series.after,
                scales=tuple(sorted(("points", "log"), key=lambda scale: scale != series.scale)),
                regions=_regions(),
                names=names,
            )
        )
    estimates = indicators.register_estimates(inputs.registers, names=names)
    return estimates, pd.concat(changes, ignore_index=True) if changes else pd.DataFrame(
        columns=list(compare.CHANGE_COLUMNS)
    )


def _of_report(released: Released, municipalities_shown: set[str]) -> Released:
    """Keep what this report is about; of the other municipalities what the comparison draws, for everybody."""
    tables = {}
    for name in TABLES:
        table = getattr(released, name)
        compared = table["group_by"].eq("") & ~table["category"].str.startswith("answer_")
        shown = table["municipality_code"].isin({*municipalities_shown, COUNTRY, OTHERS}) | compared
        tables[name] = _through_csv(table[shown], NUMBERS[name])
    return Released(**tables, rule=released.rule)


def _through_csv(table: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    """Make the table what its file holds: a notebook that computes shows the same as one that reads."""
    text = table.to_csv(index=False, lineterminator="\n", float_format=SIGNIFICANT)
    return _read_table(io.StringIO(text), numbers)


def _margin(params: Params) -> float | None:
    return None if params.unchanged_margin is None else params.unchanged_margin / 100


def _names(language: str) -> dict[str, str]:
    return dict(municipalities.names()) | {COUNTRY: municipalities.name(COUNTRY, language)}


def _regions() -> dict[str, str]:
    return {m.code: m.region for m in municipalities.all_municipalities()}


def _mix_column(codebook: Codebook) -> str | None:
    """Return the benefit group's column: a changed mix of groups must not look like a changed jobcentre."""
    return next((name for name, g in codebook.groups.items() if "benefit_group" in (g.role, name)), None)


def facts(inputs: Inputs, released: Released) -> dict[str, Any]:
    """State what the report rests on: enough to make it again, nothing about persons, machines or clocks."""
    return {
        "jobreport": jobreport.__version__,
        "params": inputs.params.to_plain(),
        "inputs": [{"role": f.role, "file": f.path, "sha256": f.sha256} for f in inputs.files],
        "lock_sha256": lock_checksum(),
        "report_date": report_date(inputs).isoformat(),
        "columns_left_unread": sorted(inputs.dropped),
        "thresholds": inputs.params.disclosure.model_dump(),
        "suppressed_rows": released.counts(),
        "seeds": "none: nothing is drawn at random",
    }


def lock_checksum() -> str:
    """Checksum of the locked dependencies, where the project is run from its own folder."""
    lock = PROJECT / "requirements.lock"
    return digest(lock.read_bytes().replace(b"\r\n", b"\n")) if lock.is_file() else NOT_STATED


def report_date(inputs: Inputs) -> datetime.date:
    """Date of a report: as the params say, else the latest date in the data."""
    params = inputs.params
    if params.report_date is not None:
        return params.report_date
    ends = [wave.to for wave in (params.survey.waves if params.survey else ()) if wave.to is not None]
    ends += [days[1] for period in inputs.registers["period"].unique() if (days := periods.span(str(period)))]
    ends += [event.date for event in params.events]
    if not ends:
        raise InputRefused([Problem("report_date_missing", params.where)], params.language)
    return max(ends)
