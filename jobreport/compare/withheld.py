"""Changes that are not computed, each with the reason: a row without a number says why there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from jobreport.compare.rows import Roles, Row
from jobreport.domain.released import COUNTRY, frame, window_of
from jobreport.estimate.measures import Measure, all_measures
from jobreport.setup.codebook import Indicator

NOT_ASKED = "not_asked"
NOT_COMPARABLE = "not_comparable"
ONLY_A_TABLE = "only_a_table"


def told_by_changes(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Leave out the shares of single answers, which are compared by nobody."""
    return tuple(each for each in measures if not each.is_single_answer)


def withheld_rows(
    measures: Sequence[Measure],
    *,
    event: str,
    roles: Roles,
    codes: Collection[str],
    before: Sequence[str],
    after: Sequence[str],
    reason: str,
    simulated: bool,
) -> list[Row]:
    """Rows of `changes` that hold no number, of every municipality and the country.

    Parameters
    ----------
    measures
        What is not compared.
    event, roles
        What happened and to whom.
    codes
        The municipalities that answered.
    before, after
        The waves that would have been compared.
    reason
        Why they are not: ``not_asked``, ``not_comparable`` or ``only_a_table``.

    Returns
    -------
    list of rows of method 'change', one per measure and place.

    Examples
    --------
    >>> share = Measure("q", "share", "positive", "share", ("q",), (), 0.0, 1.0)
    >>> roles = Roles.of(["183"], ["183"], [], [])
    >>> asked = {"event": "e", "roles": roles, "codes": ["183"], "before": ["2021"], "after": ["2023"]}
    >>> rows = withheld_rows([share], reason="not_asked", simulated=False, **asked)
    >>> [(row["municipality_code"], row["reason"], "change" in row) for row in rows]
    [('183', 'not_asked', False), ('000', 'not_asked', False)]
    """
    common: Row = {"event": event, "method": "change", "scale": "points", "reason": reason, "simulated": simulated}
    common |= {"wave_before": window_of(before), "wave_after": window_of(after)}
    return [
        common
        | {"indicator": measure.indicator, "measure": measure.name, "category": measure.category, "unit": measure.unit}
        | {"municipality_code": code, "role": roles.of_code(code)}
        for measure in measures
        for code in (*codes, COUNTRY)
    ]


def not_compared(
    indicators: Sequence[Indicator], compared: Sequence[Indicator], *, names: Mapping[str, str], **asked: Any
) -> pd.DataFrame:
    """Rows of `changes` for indicators whose waves were asked differently; ``asked`` as `withheld_rows` takes it.

    A question that also belongs to a ``compared`` indicator is compared there, and has no such row.
    """
    told = {measure.indicator for measure in all_measures(compared)}
    left = [each for each in told_by_changes(all_measures(indicators)) if each.indicator not in told]
    return frame("changes", withheld_rows(left, reason=NOT_COMPARABLE, **asked), names)


def not_computable(
    levels: pd.DataFrame, indicators: Sequence[Indicator], *, names: Mapping[str, str], **asked: Any
) -> pd.DataFrame:
    """Rows of `changes` for shares and means given as a table; ``asked`` as `withheld_rows` takes it, but for codes."""
    held = set(zip(levels["indicator"], levels["measure"], levels["category"], strict=True))
    measures = [each for each in all_measures(indicators) if (each.indicator, each.name, each.category) in held]
    codes = sorted(set(levels["municipality_code"]))
    return frame("changes", withheld_rows(measures, reason=ONLY_A_TABLE, codes=codes, **asked), names)
