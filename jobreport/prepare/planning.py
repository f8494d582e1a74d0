"""Before collecting: what `jobreport plan` says of a params file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal

from jobreport.domain.rules import FEWEST_FOR_INTERVAL, PRINTED
from jobreport.domain.texts import texts_of
from jobreport.intake import checks
from jobreport.prepare.plan import Design, observed, plan
from jobreport.report.results import compute
from jobreport.setup.params import Params

CHANGES = (5.0, 8.0, 10.0, 15.0)
INDICATOR = "satisfaction"
MUNICIPALITIES = 98


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
        ``n_comparison``, ``waves_before`` or ``waves_after`` of a plan other than that of the file.

    Raises
    ------
    InputRefused
        With every problem of the params and the data.
    """
    params = checks.read_params(params_path)
    texts = _texts(language or params.language)
    design, measured = _design(params)
    chosen = replace(design, **{name: value for name, value in given.items() if value is not None})
    return "\n".join(_lines(chosen, measured, changes, params.where, texts, language or params.language))


def _design(params: Params) -> tuple[Design, bool]:
    """Take the design from the first event and, where there are answers, its sizes from them."""
    inputs = checks.read_inputs(params)
    event = params.events[0] if params.events else None
    around = len({*event.treated, *event.exposed}) if event else 1
    listed = event.comparison if event is not None and event.comparison != "all" else None
    if params.survey is None or inputs.responses is None:
        return Design(len(listed) if listed is not None else MUNICIPALITIES - around), False
    there = inputs.responses["municipality_code"].nunique()
    before, after = params.survey.windows(event) if event else ((), ())
    design = Design(
        len(listed) if listed is not None else there - around,
        waves_before=len(before) or Design.waves_before,
        waves_after=len(after) or Design.waves_after,
    )
    released = compute(inputs).released
    return observed(design, released.changes, released.estimates, INDICATOR), True


_texts = partial(texts_of, "plan")


def _lines(
    design: Design, measured: bool, changes: Sequence[float], where: str, texts: Mapping[str, Any], language: str
) -> Iterator[str]:
    def shown(value: float, pattern: str = "0.#") -> str:
        return format_decimal(value, format=pattern, locale=language)

    yield texts["head"].format(where=where)
    sizes = {"comparison": design.n_comparison, "before": design.waves_before, "after": design.waves_after}
    yield texts["design"].format(**sizes, share=shown(100 * design.share, "0"))
    source = texts["from_data"] if measured else texts["assumed"]
    sizes_found = {"between": shown(100 * design.between), "deff": shown(design.design_effect, "0.00")}
    yield texts["spread" if design.between else "steady"].format(source=source, **sizes_found)
    if design.n_comparison < FEWEST_FOR_INTERVAL:
        yield texts["too_few"].format(fewest=FEWEST_FOR_INTERVAL)
        return
    table = plan(design, [change / 100 for change in changes])
    for row in table.to_dict("records"):
        kind = "never" if "never" in row["reason"] else "row"
        yield texts[kind].format(change=shown(100 * row["change"]), n=row["n_per_wave"], power=PRINTED["power"])
    if design.between:
        yield texts["limit"].format(limit=shown(100 * table["limit"].iloc[0]))
    yield texts["level"].format(word=texts["words"][table["wording_level"].iloc[0]])
