"""Everything up to and including a dry run: what a report will be able to say, before it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport import wording
from jobreport.domain import municipalities
from jobreport.domain.released import of_windows
from jobreport.domain.texts import texts_of
from jobreport.errors import speaking
from jobreport.intake import checks
from jobreport.intake.checks import Inputs, persons
from jobreport.make import exchange
from jobreport.release.computation import hiding
from jobreport.release.disclosure import LEVEL_LEFT_OUT
from jobreport.release.forcing import forced
from jobreport.report.results import Results, compute, report_date
from jobreport.setup.codebook import Codebook
from jobreport.setup.params import Params


def check(params_path: Path, language: str | None = None, progress: Callable[[str], None] | None = None) -> str:
    """Read, validate, compute and release, and tell what the report would hold; nothing is written.

    Parameters
    ----------
    params_path, language
        As `jobreport.make.single.run` takes them.
    progress
        Is told how far the search for what must be hidden has come, if that takes more than a moment.

    Returns
    -------
    str
        Plain text, a line for each finding.

    Raises
    ------
    InputRefused
        With every problem of the params and the data.
    """
    params = checks.read_params(params_path)
    way = exchange.in_the_way(params.output_folder(language))
    if language is not None:
        params = params.model_copy(update={"language": language})
    with speaking(params.language):
        inputs = checks.read_inputs(params, way)
        tell = hiding(params.language, progress) if progress is not None else None
        return "\n".join(_lines(inputs, compute(inputs, tell), _texts(params.language)))


_texts = partial(texts_of, "check")


def _lines(inputs: Inputs, results: Results, texts: Mapping[str, Any]) -> Iterator[str]:
    params = inputs.params
    name = municipalities.name(params.municipality_code, params.language)
    yield texts["head"].format(where=params.where)
    yield texts["report"].format(
        municipality=name,
        code=params.municipality_code,
        language=texts["language_name"],
        date=report_date(params, inputs.registers["period"].unique()).isoformat(),
    )
    yield from _survey(inputs, results, texts, name)
    if inputs.areas_left_out:
        yield texts["areas_left_out"].format(areas=", ".join(inputs.areas_left_out))
    yield from _events(params, results, texts)
    counts = {"benchmarks": len(inputs.benchmarks) if inputs.benchmarks is not None else 0}
    yield texts["published"].format(**counts, claims=len(inputs.claims) if inputs.claims is not None else 0)


def _survey(inputs: Inputs, results: Results, texts: Mapping[str, Any], name: str) -> Iterator[str]:
    if inputs.codebook is None or inputs.params.survey is None:
        yield texts["no_survey"]
        return
    yield from _given(inputs, texts)
    if inputs.params.survey.simulated:
        yield texts["simulated"]
    labels = _labels(results)
    for indicator in labels.questions_told():
        bases = _bases(results.released.estimates, indicator, labels, texts)
        yield texts["base"].format(indicator=labels.indicator(indicator), municipality=name, n=bases)
    estimates = results.released.estimates
    hidden, uncertain = ((estimates["flag"] == flag).sum() for flag in ("suppressed", "uncertain"))
    rule = texts["rule"].format(below=inputs.params.disclosure.suppress_below)
    yield texts["suppressed"].format(hidden=hidden, all=len(estimates), rule=rule)
    yield from _forced(inputs, estimates, texts)
    yield from _left_out(estimates, inputs.codebook, inputs.params.language, texts)
    yield texts["uncertain"].format(uncertain=uncertain)
    if inputs.responses is not None:
        yield from persons.lines(inputs.responses, inputs.codebook, texts)
    if inputs.dropped:
        yield texts["dropped"].format(columns=", ".join(inputs.dropped))


def _forced(inputs: Inputs, estimates: pd.DataFrame, texts: Mapping[str, Any]) -> Iterator[str]:
    """Name the groups that are hidden for the sake of a smaller one, and what can be done."""
    params, codebook = inputs.params, inputs.codebook
    if inputs.responses is None or codebook is None:
        return
    items, below = [item.name for item in codebook.items], params.disclosure.suppress_below
    told = list(forced(inputs.responses, estimates, items, params.municipality_code, below))
    for found in told:
        group = codebook.groups[found.group_by]
        names = {key: f"»{label[params.language]}«" for key, label in group.values.items()}
        small = ", ".join(texts["small"].format(group=names[key], n=n) for key, n in found.small)
        yield texts["forced" if small else "forced_elsewhere"].format(
            grouping=group.label[params.language],
            wave=found.wave,
            small=small,
            beside=", ".join(names[key] for key in found.beside),
        )
    if any(found.small for found in told):
        yield texts["forced_do"]


def _left_out(estimates: pd.DataFrame, codebook: Codebook, language: str, texts: Mapping[str, Any]) -> Iterator[str]:
    """Name the groupings of which nothing is shown, and the waves."""
    gone = estimates.loc[estimates["reason"] == LEVEL_LEFT_OUT, ["group_by", "wave"]].drop_duplicates()
    for grouping, waves in gone.groupby("group_by", sort=True)["wave"]:
        label = codebook.groups[str(grouping)].label[language]
        yield texts["left_out"].format(grouping=label, waves=", ".join(sorted(waves)))


def _given(inputs: Inputs, texts: Mapping[str, Any]) -> Iterator[str]:
    """What was given: answers of persons, or a table of counts, shares or means."""
    if inputs.responses is not None:
        responses = inputs.responses
        sizes = {"waves": responses["wave"].nunique(), "municipalities": responses["municipality_code"].nunique()}
        counted = {name: f"{size} {texts[name][size != 1]}" for name, size in sizes.items()}
        yield texts["survey"].format(rows=len(responses), **counted)
    if inputs.counted:
        yield texts["counted"]
    if inputs.aggregates is not None:
        yield texts["aggregates"].format(figures=len(inputs.aggregates))


def _bases(estimates: pd.DataFrame, indicator: str, labels: wording.Labels, texts: Mapping[str, Any]) -> str:
    """Number of answers per wave, from the measure that the indicator is told by."""
    measure, category = labels.main_measure(indicator)
    mine = estimates["indicator"].eq(indicator) & estimates["municipality_code"].eq(labels.code)
    mine &= estimates["measure"].eq(measure) & estimates["category"].eq(category)
    rows = estimates[mine & estimates["group_by"].eq("")]
    rows = rows[~of_windows(rows)]
    without = {"suppressed": texts["hidden_n"], "": texts["not_asked"]}
    told = [
        texts["base_none"].format(wave=wave, why=without[flag])
        if pd.isna(n)
        else texts["base_wave"].format(wave=wave, n=n)
        for wave, n, flag in zip(rows["wave"], rows["n"], rows["flag"], strict=True)
    ]
    return ", ".join(told) or str(texts["not_stated"])


def _labels(results: Results) -> wording.Labels:
    texts = wording.read_texts(results.params.language)
    return wording.Labels(texts, results.params, results.codebook).holding(results.released.estimates)


def _events(params: Params, results: Results, texts: Mapping[str, Any]) -> Iterator[str]:
    labels = _labels(results)
    told_by = _told_by(labels)
    if not params.events:
        yield texts["no_event"]
    for event in params.events:
        changes = results.released.changes
        mine = changes["event"].eq(event.event) & changes["municipality_code"].eq(params.municipality_code)
        effects = changes[mine & changes["method"].eq("effect") & changes["group_by"].eq("")]
        compared = effects["n_comparison"].max() if len(effects) else 0
        key = "event_hidden" if pd.isna(compared) else "event"
        yield texts[key].format(event=event.event, date=event.date.isoformat(), comparison=compared)
        for row in effects[effects["wording_level"].ne("") & effects["adjustment"].eq("")].to_dict("records"):
            if (row["measure"], row["category"]) == told_by.get(row["indicator"]):
                said = {"word": texts["words"][row["wording_level"]], "scale": texts["scales"][row["scale"]]}
                yield texts["level"].format(indicator=labels.indicator(row["indicator"]), **said)


def _told_by(labels: wording.Labels) -> dict[str, tuple[str, str]]:
    """The measure of each indicator and series that the report's words are about."""
    known = labels.codebook.indicators if labels.codebook else ()
    series = {each.series: ("register", "") for each in labels.params.registers}
    return series | {indicator.name: labels.main_measure(indicator.name) for indicator in known}
