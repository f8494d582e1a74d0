"""Before collecting: how many answers are needed to see a change, by the model of `compare`.

The detectable change of one municipality beside J0 others is ``multiple(J0 - 1) x SE`` with

    SE^2 = (tau^2 + v) (1 + 1/J0),   v = (sigma^2/n) deff (1 - overlap x rho) (1/before + 1/after)

where tau is how much municipalities' changes differ by themselves, n the answers per wave, sigma the
standard deviation of one answer, deff the design effect of the weights, ``overlap`` the share who answer
both before and after and rho the correlation of their answers. What collecting more cannot buy is tau.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_decimal

from jobreport.compare.effect import detectable_multiple
from jobreport.compare.permitted import permitted
from jobreport.domain.municipalities import COUNTRY_CODE
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, PRINTED
from jobreport.domain.texts import texts_of
from jobreport.intake import checks
from jobreport.report.results import compute
from jobreport.setup.params import Params

MOST = 100_000
PLAN_COLUMNS = (
    "change",
    "n_per_wave",
    "n_comparison",
    "waves_before",
    "waves_after",
    "detectable_change",
    "limit",
    "wording_level",
    "reason",
)

CHANGES = (5.0, 8.0, 10.0, 15.0)
INDICATOR = "satisfaction"
MUNICIPALITIES = 98


@dataclass(frozen=True)
class Design:
    """What a survey is planned to be; shares and changes in [0, 1].

    Parameters
    ----------
    n_comparison
        Municipalities to compare with, each with as many answers as the treated one.
    waves_before, waves_after
        Waves on each side of the event.
    share
        Expected share; .5 needs most answers.
    between
        tau: standard deviation of the municipalities' own changes (0.03 is three points), best taken
        from earlier waves.
    design_effect
        1 + cv^2 of the weights.
    overlap, correlation
        Share of respondents who answer on both sides of the event, and how their answers go together.
    """

    n_comparison: int
    waves_before: int = 3
    waves_after: int = 3
    share: float = 0.5
    between: float = 0.03
    design_effect: float = 1.0
    overlap: float = 0.0
    correlation: float = 0.5

    def standard_error(self, n_per_wave: float) -> float:
        """Standard error of the effect with so many answers per municipality and wave."""
        sampling = self.share * (1 - self.share) / n_per_wave * self.design_effect
        sampling *= 1 / self.waves_before + 1 / self.waves_after
        sampling *= 1 - self.overlap * self.correlation
        return float(np.sqrt((self.between**2 + sampling) * (1 + 1 / self.n_comparison)))

    def detectable(self, n_per_wave: float) -> float:
        """Change that is found significant in 80 of 100 cases; NaN with fewer than 4 to compare with.

        Examples
        --------
        150 answers in each of three waves before and three after, beside 12 others: about 14 points.

        >>> round(Design(12).detectable(150), 2)
        0.14
        """
        if self.n_comparison < FEWEST_FOR_INTERVAL:
            return np.nan
        return detectable_multiple(self.n_comparison - 1) * self.standard_error(n_per_wave)


def answers_needed(design: Design, change: float) -> int | None:
    """Answers per municipality and wave to detect a change; None if no number is enough.

    Examples
    --------
    >>> answers_needed(Design(43), 0.02) is None
    True
    """
    if not design.detectable(MOST) <= change:
        return None
    low, high = 1, MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if design.detectable(middle) <= change else (middle + 1, high)
    return low


def plan(design: Design, changes: Sequence[float] = (0.05, 0.08, 0.10, 0.15)) -> pd.DataFrame:
    """How many answers per municipality and wave are needed to see changes of these sizes.

    Returns
    -------
    DataFrame with `PLAN_COLUMNS`, one row per change: ``n_per_wave`` is missing (reason 'never') where
    the municipalities differ too much by themselves, ``limit`` is the smallest change that endless
    answers could show, ``wording_level`` what the design may say at most.
    """
    level, reasons = permitted(design.n_comparison, design.waves_before)
    rows = []
    for change in changes:
        needed = answers_needed(design, change)
        rows.append(
            {
                "change": change,
                "n_per_wave": pd.NA if needed is None else needed,
                "n_comparison": design.n_comparison,
                "waves_before": design.waves_before,
                "waves_after": design.waves_after,
                "detectable_change": np.nan if needed is None else design.detectable(needed),
                "limit": design.detectable(MOST**2),
                "wording_level": level,
                "reason": ";".join([*reasons, *(["never"] if needed is None else [])]),
            }
        )
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS)).astype({"n_per_wave": "Int64"})


def observed(design: Design, changes: pd.DataFrame, estimates: pd.DataFrame, indicator: str) -> Design:
    """Fill in a design from a survey that was done: share, design effect and tau of its first waves.

    Parameters
    ----------
    changes
        Rows of `changes`; tau^2 is what the spread of the comparison municipalities' own changes has
        beyond their sampling variance.
    estimates
        Rows of `estimates` of the same survey. The design effect is the mean of the municipalities' own:
        weights that only make small municipalities count less in the country cost a municipality nothing.
    """
    single = estimates[
        (estimates["indicator"] == indicator)
        & (estimates["category"] == "positive")
        & (estimates["group_by"] == "")
        & estimates["n_effective"].gt(0)  # (a window of several waves has none: its waves have their own)
    ]
    whole = single[single["municipality_code"] == COUNTRY_CODE]
    own = changes[
        (changes["indicator"] == indicator)
        & (changes["category"] == "positive")
        & (changes["method"] == "change")
        & (changes["role"] == "comparison")
        & (changes["adjustment"] == "")
        & changes["standard_error"].notna()
    ]
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
