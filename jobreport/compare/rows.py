"""Rows of `changes`: who is who, what an effect may state, and rows without a number, which say why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from jobreport.compare.effect import Effect
from jobreport.domain.released import COUNTRY, frame, window_of
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, FEWEST_FOR_TEST
from jobreport.estimate.measures import Measure, all_measures
from jobreport.setup.codebook import Indicator
from jobreport.setup.params_model import Event

COMPARISON = "comparison"
TREATED = "treated"
NOT_ASKED = "not_asked"
NOT_COMPARABLE = "not_comparable"
ONLY_A_TABLE = "only_a_table"
ENDS = ("ci_low", "ci_high")

Row = dict[str, object]


@dataclass(frozen=True)
class Roles:
    """Who is treated, exposed and comparison in one event.

    Raises
    ------
    ValueError
        If a municipality has two roles: the exposed are never a comparison.
    """

    treated: tuple[str, ...]
    exposed: tuple[str, ...]
    comparison: tuple[str, ...]

    @classmethod
    def of(cls, event: Event, known: Iterable[str]) -> Roles:
        """Fill in the comparison: unless some are listed, all known municipalities but the treated and exposed."""
        touched = (*event.treated, *event.exposed)
        everybody = [code for code in known if code not in touched and code != COUNTRY]
        comparison = everybody if event.comparison == "all" else event.comparison
        twice = sorted(set(comparison) & set(touched) | set(event.treated) & set(event.exposed))
        if twice:
            raise ValueError(f"municipalities with two roles in one event: {twice}")
        return cls(tuple(event.treated), tuple(event.exposed), tuple(comparison))

    def of_code(self, code: str) -> str:
        """Role of a municipality as in the column ``role``."""
        return self._roles.get(code, "others")

    @cached_property
    def _roles(self) -> dict[str, str]:
        named = {"comparison": self.comparison, "exposed": self.exposed, "treated": self.treated, "country": (COUNTRY,)}
        return {code: role for role, codes in named.items() for code in codes}

    def units(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """What gets an effect: (role, code, codes); several treated also together."""
        single = [("treated", code, (code,)) for code in self.treated]
        together = [("treated", TREATED, self.treated)] if len(self.treated) > 1 else []
        return (*single, *together, *(("exposed", code, (code,)) for code in self.exposed))


NOBODY = Roles((), (), ())


def effect_numbers(found: Effect) -> Row:
    """What a comparison with so many municipalities may state.

    Under 4 no interval, under 9 no p-value (see `permitted.permitted`).
    """
    numbers: Row = {"n_comparison": found.n_comparison, "change": found.change}
    if found.rank:
        numbers["rank"] = found.rank
        numbers["p_smallest_possible"] = found.p_smallest_possible
    if found.n_comparison >= FEWEST_FOR_INTERVAL:
        numbers["standard_error"] = found.standard_error
        numbers["ci_low"], numbers["ci_high"] = found.interval()
        numbers["detectable_change"] = found.detectable_change
    if found.n_comparison >= FEWEST_FOR_TEST:
        numbers["p_value"] = found.p_value
    return numbers


def is_clear(found: Effect) -> bool:
    """Whether a comparison with enough municipalities for an interval leaves zero out."""
    low, high = found.interval()
    return found.n_comparison >= FEWEST_FOR_INTERVAL and bool(low > 0 or high < 0)


def joined(keys: Iterable[str]) -> str:
    """Keys of the column ``reason``, each once."""
    return ";".join(dict.fromkeys(key for key in keys if key))


def told_by_changes(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Leave out the shares of single answers, which are compared by nobody."""
    return tuple(each for each in measures if not each.is_single_answer)


def withheld_rows(
    measures: Sequence[Measure],
    *,
    event: Event | None,
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
    event
        What happened and to whom; None between rounds.
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
    >>> event = Event(event="e", label={"da": "Delt"}, date="2022-01-01", treated=("183",))
    >>> asked = {"event": event, "codes": ["183"], "before": ["2021"], "after": ["2023"]}
    >>> rows = withheld_rows([share], reason="not_asked", simulated=False, **asked)
    >>> [(row["municipality_code"], row["reason"], "change" in row) for row in rows]
    [('183', 'not_asked', False), ('000', 'not_asked', False)]
    """
    roles = Roles.of(event, codes) if event is not None else NOBODY
    common: Row = {
        "event": event.event if event is not None else "",
        "method": "change",
        "scale": "points",
        "reason": reason,
        "simulated": simulated,
    }
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
