"""Before collecting: how many answers are needed to see a change, from a params file and what was measured so far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_decimal

from jobreport.domain.municipalities import COUNTRY_CODE
from jobreport.domain.released import having
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, PRINTED
from jobreport.domain.texts import texts_of
from jobreport.intake import checks
from jobreport.intake.formats.contract import POPULATION
from jobreport.prepare.power import Design, answers_for_unchanged, answers_needed, on_index
from jobreport.report.results import compute
from jobreport.setup.codebook import Question
from jobreport.setup.params import Params

CHANGES = (5.0, 8.0, 10.0, 15.0)
TYPICAL = 150  # answers in a municipality and wave, where none are measured yet
MUNICIPALITIES = 98
Shown = Callable[..., str]


def observed(design: Design, changes: pd.DataFrame, estimates: pd.DataFrame, indicator: str) -> Design:
    """Fill in a design from a survey that was done: share, design effect and tau of its first waves.

    ``changes``: rows of `changes`; tau^2 is what the spread of the comparison municipalities' own changes has beyond
    their sampling variance. ``estimates``: rows of `estimates` of the same survey. The design effect is the mean of the
    municipalities' own: weights that only make small municipalities count less in the country cost a municipality
    nothing.
    """
    single = having(estimates, indicator=indicator, category="positive", group_by="")
    single = single[single["n_effective"].gt(0)]  # (a window of several waves has none: its waves have their own)
    whole = having(single, municipality_code=COUNTRY_CODE)
    own = having(changes, indicator=indicator, category="positive", method="change", role="comparison", adjustment="")
    own = own[own["standard_error"].notna()]
    between = design.between
    if len(own) > 2:
        beyond = own["change"].var() - (own["standard_error"] ** 2).mean()
        between = float(np.sqrt(max(beyond, 0.0)))
    if whole.empty:
        return replace(design, between=between)
    latest = whole.iloc[-1]
    own = single[single["municipality_code"].str.isdecimal() & single["municipality_code"].ne(COUNTRY_CODE)]
    own = own[own["wave"] == latest["wave"]]
    effect = float((own["n"] / own["n_effective"]).mean()) if len(own) else design.design_effect
    return replace(design, between=between, share=float(latest["estimate"]), design_effect=effect)


def _on_index(design: Design, estimates: pd.DataFrame, name: str, question: Question) -> Design | None:
    whole = having(estimates, indicator=name, municipality_code=COUNTRY_CODE, group_by="")
    whole = whole[whole["n_effective"].gt(0)]
    shares = whole[whole["wave"] == whole["wave"].max()].set_index("category")["estimate"]
    answers = [shares.get(f"answer_{j}", np.nan) for j in range(1, question.scale.size + 1)]
    return on_index(design, answers, question.scale.positive) if np.isfinite(answers).all() else None


def describe(
    params_path: Path, changes: Sequence[float] = CHANGES, language: str | None = None, **given: int | None
) -> str:
    """Tell how many answers are needed to see changes of these sizes.

    Parameters
    ----------
    params_path : Path
        A params file; with a survey in it the spread between municipalities is measured, else it is assumed.
    changes : sequence of float
        Changes in percentage points.
    language : {'da', 'en'}, optional
        Language of the answer.
    **given : int
        ``n_comparison``, ``waves_before`` or ``waves_after`` of a plan other than that of the file; ``persons``, how
        many there are in the municipality.

    Raises
    ------
    InputRefused
        With every problem of the params and the data.
    """
    params = checks.read_params(params_path)
    texts = _texts(language or params.language)
    found, persons = _design(params), given.pop("persons", None)
    chosen = {name: value for name, value in given.items() if value is not None}
    index = None if found.index is None else replace(found.index, **chosen)
    found = replace(found, design=replace(found.design, **chosen), index=index, persons=persons or found.persons)
    made = _lines(found, changes, params.unchanged_margin, texts, language or params.language)
    return "\n".join((texts["head"].format(where=params.where), *made))


@dataclass(frozen=True)
class _Found:
    design: Design
    index: Design | None = None
    answers: int | None = None
    persons: float | None = None


def _design(params: Params) -> _Found:
    inputs = checks.read_inputs(params)
    event = params.events[0] if params.events else None
    around = len({*event.treated, *event.exposed}) if event else 1
    listed = event.comparison if event is not None and event.comparison != "all" else None
    if params.survey is None or inputs.responses is None:
        return _Found(Design(len(listed) if listed is not None else MUNICIPALITIES - around))
    there = inputs.responses["municipality_code"].nunique()
    before, after = params.survey.windows(event) if event else ((), ())
    design = Design(
        len(listed) if listed is not None else there - around,
        waves_before=len(before) or Design.waves_before,
        waves_after=len(after) or Design.waves_after,
    )
    released = compute(inputs).released
    name = inputs.codebook.outcome if inputs.codebook else ""
    made = _clustered(observed(design, released.changes, released.estimates, name), released.diagnostics, name)
    asked = [each for each in inputs.codebook.indicators if each.name == name] if inputs.codebook else []
    alone = bool(asked) and len(asked[0].items) == 1
    index = _on_index(made, released.estimates, name, asked[0].items[0]) if alone else None
    latest = inputs.responses["wave"].cat.categories[-1]
    each = inputs.responses.loc[inputs.responses["wave"] == latest, "municipality_code"].value_counts()
    return _Found(made, index, int(each[each > 0].median()), _persons(inputs.invited, params.municipality_code, latest))


def _clustered(design: Design, diagnostics: pd.DataFrame, name: str) -> Design:
    weights = diagnostics[diagnostics["diagnostic"] == "weights"]
    own = weights[(weights["measure"] == "variance_ratio") & weights["municipality_code"].ne(COUNTRY_CODE)]
    cost = own.loc[own["indicator"] == name, "value"].mean()
    if not weights["measure"].eq("clusters").any() or np.isnan(cost):
        return design
    return replace(design, design_effect=float(max(cost, design.design_effect)))


def _persons(invited: pd.DataFrame | None, code: str, wave: str) -> float | None:
    if invited is None or POPULATION not in invited:
        return None
    known = having(invited, municipality_code=code, wave=wave, group_by="")[POPULATION].dropna()
    return float(known.iloc[0]) if len(known) else None


_texts = partial(texts_of, "plan")


def _lines(
    found: _Found, changes: Sequence[float], margin: float | None, texts: Mapping[str, Any], language: str
) -> Iterator[str]:
    design, measured = found.design, found.answers is not None

    def shown(value: float, pattern: str = "0.#") -> str:
        return format_decimal(value, format=pattern, locale=language)

    sizes = {"comparison": design.n_comparison, "before": design.waves_before, "after": design.waves_after}
    yield texts["design"].format(**sizes, share=shown(100 * design.share, "0"))
    source = texts["from_data"] if measured else texts["assumed"]
    sizes_found = {"between": shown(100 * design.between), "deff": shown(design.design_effect, "0.00")}
    yield texts["spread" if design.between else "steady"].format(source=source, **sizes_found)
    if design.n_comparison < FEWEST_FOR_INTERVAL:
        yield texts["too_few"].format(fewest=FEWEST_FOR_INTERVAL)
        return
    for change in changes:
        yield from _needed(found, change / 100, shown, texts)
    if design.between:
        yield texts["limit"].format(limit=shown(100 * design.limit))
    yield from _precision(found, margin, shown, texts)
    yield texts["level"].format(word=texts["words"][design.wording_level])


def _needed(found: _Found, change: float, shown: Shown, texts: Mapping[str, Any]) -> Iterator[str]:
    overlaps = {name: replace(found.design, overlap=part) for name, part in (("n", 0.0), ("half", 0.5), ("full", 1.0))}
    needed = {name: answers_needed(design, change) for name, design in overlaps.items()}
    told = {name: texts["no_number"] if n is None else str(n) for name, n in needed.items()}
    key = "never" if needed["full"] is None else "row"
    yield texts[key].format(change=shown(100 * change), power=PRINTED["power"], **told)
    index = None if found.index is None else answers_needed(found.index, change)
    if index is not None:
        yield texts["on_index"].format(n=index)


def _precision(found: _Found, margin: float | None, shown: Shown, texts: Mapping[str, Any]) -> Iterator[str]:
    design, n = found.design, found.answers or TYPICAL
    yield texts["width"].format(width=shown(100 * design.level_width(n)), n=n)
    if found.persons is not None:
        narrow = shown(100 * design.level_width(min(n, found.persons), found.persons))
        yield texts["of_persons"].format(persons=shown(found.persons, "#,##0"), width=narrow)
    if margin is None:
        return
    chance = shown(100 * design.unchanged(n, margin / 100), "0")
    yield texts["unchanged"].format(margin=shown(margin), n=n, chance=chance)
    enough = answers_for_unchanged(design, margin / 100)
    yield texts["unchanged_never" if enough is None else "unchanged_from"].format(n=enough)
