"""Rows of `changes`: who is who in a comparison, and what an effect may state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobreport.compare.effect import Effect
from jobreport.domain.released import COUNTRY
from jobreport.domain.rules import FEWEST_FOR_INTERVAL, FEWEST_FOR_TEST

COMPARISON = "comparison"
TREATED = "treated"

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
    def of(
        cls,
        known: Iterable[str],
        treated: Sequence[str],
        exposed: Sequence[str],
        comparison: Sequence[str] | None,
    ) -> Roles:
        """Fill in the comparison: all known municipalities but the treated and exposed."""
        touched = (*treated, *exposed)
        if comparison is None:
            comparison = [code for code in known if code not in touched and code != COUNTRY]
        twice = sorted(set(comparison) & set(touched) | set(treated) & set(exposed))
        if twice:
            raise ValueError(f"municipalities with two roles in one event: {twice}")
        return cls(tuple(treated), tuple(exposed), tuple(comparison))

    def of_code(self, code: str) -> str:
        """Role of a municipality as in the column ``role``."""
        if code == COUNTRY:
            return "country"
        named = {"treated": self.treated, "exposed": self.exposed, "comparison": self.comparison}
        return next((role for role, codes in named.items() if code in codes), "others")

    def units(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """What gets an effect: (role, code, codes); several treated also together."""
        single = [("treated", code, (code,)) for code in self.treated]
        together = [("treated", TREATED, self.treated)] if len(self.treated) > 1 else []
        return (*single, *together, *(("exposed", code, (code,)) for code in self.exposed))


def effect_numbers(found: Effect) -> Row:
    """What a comparison with so many municipalities may state.

    Under 4 no interval, under 9 no p-value (see `said.permitted`).
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


def joined(keys: Iterable[str]) -> str:
    """Keys of the column ``reason``, each once."""
    return ";".join(dict.fromkeys(key for key in keys if key))
