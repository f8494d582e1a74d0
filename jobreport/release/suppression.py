"""Which domains may not be shown: the few, and those that would give the few away.

A *domain* is one group of one municipality in one wave. It is suppressed when an item has fewer answers than the
threshold, or fewer than twice that and all of them in one box. Further domains follow, smallest first, until integer
programming finds no suppressed count that what is published bounds to a range narrower than the threshold. A grouping
of which nearly all is hidden in a wave is left out as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from jobreport.domain.released import COUNTRY, DOMAIN, OTHERS, of_windows
from jobreport.domain.rules import MARKED_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.estimate.domains import OUTSIDE
from jobreport.release.ranges import Ranges, Tell

Domain = tuple[str, str, str, str]  # wave, municipality_code, group_by, group
NEARLY_ALL = 0.9
"""Of a grouping within municipalities; with so much hidden the rest is hidden too, and the report says so."""


@dataclass(frozen=True)
class Rule:
    """Thresholds of publication; ``suppress_below`` can be raised, never lowered."""

    suppress_below: int = SUPPRESS_AT_LEAST
    uncertain_below: int = MARKED_AT_LEAST


def suppressed_domains(domains: pd.DataFrame, rule: Rule, tell: Tell | None = None) -> frozenset[Domain]:
    """Domains that may not be shown, primary and secondary.

    The thresholds from the smallest allowed up to the chosen one are gone through in turn, each starting from the
    domains hidden by the one before: so a report at a raised threshold hides all that one at the default hides.

    Parameters
    ----------
    domains, rule
        Every domain of the data, as from `domains_of`, and the thresholds.
    tell
        Is told now and then how far the search has come (see `jobreport.release.ranges`).

    Returns
    -------
    frozenset of (wave, municipality_code, group_by, group)

    Raises
    ------
    ValueError
        If ``rule.suppress_below`` is under the project's floor.
    InputRefused
        If the search takes too long.
    """
    if rule.suppress_below < SUPPRESS_AT_LEAST:
        raise ValueError(f"suppress_below may not be under {SUPPRESS_AT_LEAST}")
    hidden: set[Domain] = set()
    for _, of_wave in domains.groupby("wave", sort=True, observed=True):
        table = {tuple(row): int(n) for *row, n in of_wave[[*DOMAIN, "n"]].itertuples(index=False)}
        lines = list(_lines(table))
        ranges = Ranges(table, lines, tell)
        in_wave: set[Domain] = set()
        for threshold in range(SUPPRESS_AT_LEAST, rule.suppress_below + 1):
            in_wave |= _primary(of_wave, threshold)
            in_wave = _protect(table, lines, in_wave, threshold, ranges)
        hidden |= {domain for domain in in_wave if domain[3] != OUTSIDE}
    return frozenset(hidden)


def together(domains: pd.DataFrame) -> pd.DataFrame:
    """Each domain once: the fewest of its answers, and whether any are all in one box; who is in no group stands last.

    The order is that of the names, so that the same domains give the same decision.
    """
    once = domains.groupby(list(DOMAIN), sort=True).agg(n=("n", "min"), one_box=("one_box", "any")).reset_index()
    return once.sort_values("group", key=lambda group: group.eq(OUTSIDE), kind="stable", ignore_index=True)


def domains_of(estimates: pd.DataFrame) -> pd.DataFrame:
    """Domains of estimates that are known by their rows alone; as `behind` gives those of answers.

    One row per domain: the fewest answers to an item that was asked, and whether some item's are all in one box.
    """
    shown = estimates["measure"].ne("register") & estimates["municipality_code"].ne(OTHERS)
    used = [*DOMAIN, "measure", "category", "estimate", "n", "n_answered"]
    rows = estimates.loc[shown & ~of_windows(estimates), used]  # figures over several waves follow from each wave's
    # an item that was not asked has no number of answers: all who answered anything are at least as many
    rows = rows.assign(one_box=_one_box(rows), n=rows["n"].fillna(rows["n_answered"]))
    rows = rows[rows["n"].notna()]
    domains = rows.astype(dict.fromkeys(DOMAIN, str))[[*DOMAIN, "n", "one_box"]]
    outside = _outside(estimates[shown & ~of_windows(estimates)])
    return together(pd.concat([domains, outside], ignore_index=True) if len(outside) else domains)


def _outside(estimates: pd.DataFrame) -> pd.DataFrame:
    """Who is in no group of a grouping: a reader has them as the whole less the groups, so they are a part of the sum.

    Fewest answers to an item that anybody outside has answered.
    """
    main = estimates["measure"].isin(["mean", "index"])
    rows = estimates[main] if main.any() else estimates[estimates["measure"].ne("dont_know")]
    place = ["wave", "municipality_code"]
    item = ["indicator", "measure", "category"]
    rows = rows[[*DOMAIN, *item, "n"]].dropna(subset="n")
    rows = rows.astype({**dict.fromkeys([*DOMAIN, *item], str), "n": int})
    whole = rows[rows["group_by"].eq("")].set_index([*place, *item])["n"]
    parts = rows[rows["group_by"].ne("")].groupby([*place, "group_by", *item])["n"].sum()
    joined = parts.reset_index("group_by").join(whole.rename("whole"), how="inner")
    rest = joined["whole"] - joined["n"]
    found = joined.assign(n=rest)[rest > 0].groupby([*place, "group_by"])["n"].min().reset_index()
    return found.assign(group=OUTSIDE, one_box=False)[[*DOMAIN, "n", "one_box"]]


def _one_box(rows: pd.DataFrame) -> pd.Series:
    shares = rows["measure"].eq("share") & rows["category"].isin(["positive", "neutral", "negative"])
    return shares & rows["estimate"].ge(1.0)


def _primary(domains: pd.DataFrame, threshold: int) -> set[Domain]:
    few = domains["n"].lt(threshold) | (domains["one_box"] & domains["n"].lt(2 * threshold))
    return set(domains.loc[few, list(DOMAIN)].itertuples(index=False, name=None))


def _lines(table: dict[Domain, int]) -> Iterator[list[Domain]]:
    """Every sum a reader can make within one wave: a total first, then the parts that add up to it."""
    parts_of: dict[Domain, list[Domain]] = {}
    for wave, municipality, group_by, group in sorted(table):
        domain = (wave, municipality, group_by, group)
        if group_by:
            parts_of.setdefault((wave, municipality, "", ""), []).append(domain)
        if municipality != COUNTRY:
            parts_of.setdefault((wave, COUNTRY, group_by, group), []).append(domain)
    for total, parts in parts_of.items():
        if total in table:
            # one line for each way of dividing the same total
            for kind in sorted({(p[1] == total[1], p[2]) for p in parts}):
                yield [total, *(p for p in parts if (p[1] == total[1], p[2]) == kind)]


def _protect(
    table: dict[Domain, int], lines: list[list[Domain]], hidden: set[Domain], threshold: int, ranges: Ranges[Domain]
) -> set[Domain]:
    """Hide more, smallest first, until every hidden count has a range of at least ``threshold``."""
    hidden = set(hidden)
    while True:
        hidden = _close(table, lines, hidden, threshold)
        additions = _rest_of_levels(table, hidden) or {
            beside
            for domain in ranges.narrow(hidden, threshold)
            if (beside := _next_to_hide(table, lines, hidden, domain)) is not None
        }
        if not additions:
            return hidden
        hidden |= additions


def _rest_of_levels(table: dict[Domain, int], hidden: set[Domain]) -> set[Domain]:
    """What is still shown of a grouping within municipalities of which nearly all is hidden."""
    levels: dict[str, list[Domain]] = {}
    for domain in table:
        if domain[1] != COUNTRY and domain[2] and domain[3] != OUTSIDE:
            levels.setdefault(domain[2], []).append(domain)
    spent = [level for level in levels.values() if len(hidden.intersection(level)) >= NEARLY_ALL * len(level)]
    return {domain for level in spent for domain in level} - hidden


def _close(table: dict[Domain, int], lines: list[list[Domain]], hidden: set[Domain], threshold: int) -> set[Domain]:
    """Hide until each line by itself leaves room; a cheap first pass before the exact check."""
    hidden, waiting = set(hidden), True
    while waiting:
        waiting = False
        for total, *parts in lines:
            secret = [p for p in parts if p in hidden]
            if total in hidden or not secret:
                continue
            room = sum(table[p] for p in secret) - len(secret)
            if len(secret) < 2 or room < threshold:
                smallest = _smallest(table, (p for p in parts if p not in hidden))
                hidden.add(smallest if smallest is not None else total)
                waiting = True
    return hidden


def _next_to_hide(
    table: dict[Domain, int], lines: list[list[Domain]], hidden: set[Domain], domain: Domain
) -> Domain | None:
    beside = (d for line in lines if domain in line for d in line[1:] if d not in hidden)
    above = (line[0] for line in lines if domain in line and line[0] not in hidden)
    return _smallest(table, beside) or _smallest(table, above)


def _smallest(table: dict[Domain, int], domains: Iterable[Domain]) -> Domain | None:
    return min(domains, key=lambda d: (table[d], d), default=None)
