"""Which domains may not be shown: the few, and those that would give the few away.

A *domain* is one group of one municipality in one wave. It is suppressed when an item has fewer answers than the
threshold, or fewer than twice that and all of them in one box, or one person's weight is more than all the others'
together. Further domains follow, smallest first, until integer programming finds no suppressed count that what is
published bounds to a range narrower than the threshold, and until no sum less its published parts is fewer than twice
the threshold and all in one box. A grouping of which nearly all is hidden in a wave is left out as a whole.

A sum is a whole and its groups, the country and its municipalities, a municipality and its units, and a group and
those of another grouping that lie within it (`jobreport.release.groupings`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, DOMAIN, OTHERS, around, of_windows
from jobreport.domain.rules import DOMINATED_BELOW, MARKED_AT_LEAST, SINGLE_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.estimate.domains import OUTSIDE, box_column
from jobreport.estimate.estimators import Bools, Floats
from jobreport.estimate.measures import BOXES
from jobreport.release.groupings import Nest
from jobreport.release.ranges import Equations, Ranges, Tell

Domain = tuple[str, str, str, str]  # wave, municipality_code, group_by, group
MOST_BY_ANSWER = 600
"""Domains of a wave; of more it takes long, and the many small ones leave each other room (`test_attacker`)."""
BESIDE = "\1"
"""Begins the name of those who are in a group and in none of the groups that lie within it."""
SCARCE = {"n": "min", "one_box": "any", "effective": "min"}
"""How few stand behind a domain, and how what several questions say of that is put together."""
NEARLY_ALL = 0.9
"""Of a grouping within municipalities; with so much hidden the rest is hidden too, and the report says so."""


@dataclass(frozen=True)
class Rule:
    """Thresholds of publication, which can be raised, never lowered."""

    suppress_below: int = SUPPRESS_AT_LEAST
    uncertain_below: int = MARKED_AT_LEAST
    suppress_cells_below: int = SINGLE_AT_LEAST


def suppressed_domains(
    domains: pd.DataFrame, rule: Rule, tell: Tell | None = None, nests: Sequence[Nest] = ()
) -> frozenset[Domain]:
    """Domains that may not be shown, primary and secondary.

    The thresholds from the smallest allowed up to the chosen one are gone through in turn, each starting from the
    domains hidden by the one before: so a report at a raised threshold hides all that one at the default hides.

    Parameters
    ----------
    domains, rule
        Every domain of the data, as from `domains_of`, and the thresholds.
    tell
        Is told now and then how far the search has come (see `jobreport.release.ranges`).
    nests
        Groups that lie within a group of another grouping.

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
    all_domains = pd.concat([domains, *_beside(domains, nests)], ignore_index=True)
    for _, of_wave in all_domains.groupby("wave", sort=True, observed=True):
        sums = _Sums.of(of_wave, nests)
        ranges = [Ranges(Equations.of(sums.table, sums.lines), [*sums.table.values()], tell), *sums.by_answer(tell)]
        in_wave: set[Domain] = set()
        for threshold in range(SUPPRESS_AT_LEAST, rule.suppress_below + 1):
            in_wave |= _primary(of_wave, threshold)
            in_wave = _protect(sums, in_wave, threshold, ranges)
            if len(in_wave) == len(sums.table):
                break  # nothing is left to hide
        hidden |= {domain for domain in in_wave if not _is_rest(domain)}
    return frozenset(hidden)


def as_seen(hidden: frozenset[Domain], place: str) -> frozenset[Domain]:
    """Say what is hidden in the words of one report.

    Parameters
    ----------
    hidden
        Domains of the country, municipalities and units.
    place
        Whom the report is about; of a unit its municipality is all together, and the others are hidden wherever it
        or the municipality is.

    Examples
    --------
    >>> sorted(as_seen(frozenset({("1", "183-a", "sex", "man"), ("1", "183-b", "", "")}), "183-a"))
    [('1', '183-a', 'sex', 'man'), ('1', 'others', 'sex', 'man')]
    """
    if around(place) == COUNTRY:
        return frozenset(domain for domain in hidden if around(domain[1]) == COUNTRY)
    names = {place: (place, OTHERS), around(place): (COUNTRY, OTHERS)}
    return frozenset((wave, seen, by, group) for wave, code, by, group in hidden for seen in names.get(code, ()))


def _is_rest(domain: Domain) -> bool:
    return domain[3].startswith((OUTSIDE, BESIDE))


@dataclass(frozen=True)
class _Sums:
    """Every count of a wave, every sum a reader can make of them, and how the answers of each fall in boxes."""

    table: dict[Domain, int]
    lines: list[list[Domain]]
    boxes: Mapping[Domain, Floats]

    @classmethod
    def of(cls, domains: pd.DataFrame, nests: Sequence[Nest]) -> _Sums:
        """Find them among the domains of one wave."""
        table = {tuple(row): int(n) for *row, n in domains[[*DOMAIN, "n"]].itertuples(index=False)}
        items = _items(domains)
        kinds = [box_column(item, box) for item in items for box in ("", *BOXES)]
        shape = len(table), len(items), 1 + len(BOXES)
        answers = domains.reindex(columns=kinds).to_numpy(float)
        boxes = np.nan_to_num(answers.reshape(shape))  # (what was not asked hides nothing)
        of_all = {domain: each for domain, each in zip(table, boxes, strict=True) if not _is_rest(domain)}
        return cls(table, [*_lines(table), *_of_nests(table, nests)], of_all)

    def told(self, line: list[Domain], hidden: set[Domain], threshold: int) -> bool:
        """Whether the hidden parts together are few that all answered alike: the whole less what is published."""
        total, *parts = line
        if total not in self.boxes:
            return False
        shown = (self.boxes[part] for part in parts if part not in hidden and part in self.boxes)
        return bool(_alike(self.boxes[total] - sum(shown), threshold).any())

    def by_answer(self, tell: Tell | None) -> Iterator[Ranges[Domain]]:
        """Ranges of all questions: who answered one is the sum of those in its boxes, and of those in none."""
        if not 0 < len(self.boxes) <= MOST_BY_ANSWER:
            return
        of = dict(zip(self.boxes, _in_boxes_and_none(np.stack([*self.boxes.values()])), strict=True))
        lines = [line for line in self.lines if line[0] in self.boxes]
        for total, *parts in lines:
            left = of[total] - sum(of[part] for part in parts if part in self.boxes)
            of |= {part: left for part in parts if part not in self.boxes}
        questions = np.moveaxis(np.stack([*of.values()]), 0, -1)
        yield Ranges(Equations.of(of, lines), questions[questions.any(axis=(1, 2))], tell)

    def smallest(self, domains: Iterable[Domain]) -> Domain | None:
        """The domain whose hiding costs least: one that nobody is shown anyway, else that of the fewest answers."""
        return min(domains, key=lambda d: (not d[3].startswith(BESIDE), self.table[d], d), default=None)


def _items(domains: pd.DataFrame) -> list[str]:
    ending = box_column("", "")
    return sorted(str(column).removesuffix(ending) for column in domains if str(column).endswith(ending))


def _alike(boxes: Floats, threshold: int) -> Bools:
    # Items (rows of: all, and each box) with some answers, fewer than twice the threshold, and all in one box.
    n = boxes[:, 0]
    return np.asarray((n > 0) & (n < 2 * threshold) & (boxes[:, 1:].max(axis=1, initial=0.0) >= n))


def _beside(domains: pd.DataFrame, nests: Sequence[Nest]) -> Iterator[pd.DataFrame]:
    items = [box_column(item, "") for item in _items(domains)]
    for nest in nests:
        whole = domains[domains["group_by"].eq(nest.group_by) & domains["group"].eq(nest.group)].set_index(_PLACE)
        inner = domains[domains["group_by"].eq(nest.within) & domains["group"].isin(nest.groups)]
        rest = whole[items].sub(inner.groupby(_PLACE)[items].sum().reindex(whole.index), fill_value=0.0)
        n = rest.where(rest > 0).min(axis=1).dropna().astype(int).rename("n").reset_index()
        yield n.assign(group_by=nest.group_by, group=_name(nest), one_box=False, effective=np.nan)


_PLACE = ["wave", "municipality_code"]


def _name(nest: Nest) -> str:
    return BESIDE.join(("", nest.group, nest.within))


def together(domains: pd.DataFrame) -> pd.DataFrame:
    """Each domain once: the fewest of its answers, and whether any are all in one box; who is in no group stands last.

    The order is that of the names, so that the same domains give the same decision.
    """
    counted = dict.fromkeys(domains.columns.difference([*DOMAIN, *SCARCE]), "max")
    told = domains.groupby(list(DOMAIN), sort=True).agg(SCARCE | counted)
    once = told.copy().reset_index().astype({"n": np.int64})  # (a copy, for its many columns lie scattered)
    return once.sort_values("group", key=lambda group: group.eq(OUTSIDE), kind="stable", ignore_index=True)


def domains_of(estimates: pd.DataFrame) -> pd.DataFrame:
    """Domains of estimates that are known by their rows alone; as `behind` gives those of answers.

    One row per domain: the fewest answers to an item that was asked, all and effective, whether some item's are all in
    one box, and how those to each item fall in boxes.
    """
    shown = estimates["measure"].ne("register") & estimates["municipality_code"].ne(OTHERS)
    used = [*DOMAIN, "indicator", "measure", "category", "estimate", "n", "n_answered", "n_effective"]
    rows = estimates.loc[shown & ~of_windows(estimates), used]  # figures over several waves follow from each wave's
    # an item that was not asked has no number of answers: all who answered anything are at least as many
    one_box = rows["measure"].eq("share") & rows["category"].isin(BOXES) & rows["estimate"].ge(1.0)
    rows = rows.assign(one_box=one_box, n=rows["n"].fillna(rows["n_answered"]))
    rows = rows[rows["n"].notna()]
    rows = rows.astype(dict.fromkeys(DOMAIN, str)).rename(columns={"n_effective": "effective"})
    parts = [rows[[*DOMAIN, *SCARCE]], _in_boxes(rows), _outside(estimates[shown & ~of_windows(estimates)])]
    return together(pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True))


def _in_boxes(rows: pd.DataFrame) -> pd.DataFrame:
    shares = rows[rows["measure"].eq("share") & rows["category"].isin(BOXES)].dropna(subset=["n", "estimate"])
    made: dict[tuple[str, ...], dict[str, float]] = {}
    used = shares[[*DOMAIN, "indicator", "category", "n", "estimate"]].itertuples(index=False, name=None)
    for *domain, indicator, box, n, share in used:
        held = made.setdefault(tuple(domain), {})
        for name, count in ((box_column(indicator, ""), float(n)), (box_column(indicator, box), float(n * share))):
            held[name] = max(count, held.get(name, count))
    wide = pd.DataFrame([dict(zip(DOMAIN, domain, strict=True)) | held for domain, held in made.items()])
    return wide.round(6).assign(n=np.nan, one_box=False, effective=np.nan)


def _outside(estimates: pd.DataFrame) -> pd.DataFrame:
    # Who is in no group of a grouping: a reader has them as the whole less the groups, so they are a part of the sum.
    # Fewest answers to an item that anybody outside has answered.
    main = estimates["measure"].isin(["mean", "index"])
    rows = estimates[main] if main.any() else estimates[estimates["measure"].ne("dont_know")]
    used = rows[[*DOMAIN, "indicator", "measure", "category", "n"]].dropna(subset="n")
    answered: Counter[tuple[str, ...]] = Counter()
    for wave, code, by, _, *item, n in used.itertuples(index=False, name=None):
        answered[(wave, code, by, *item)] += int(n)
    fewest: dict[tuple[str, ...], int] = {}
    for (wave, code, by, *item), n in answered.items():
        if by and (rest := answered[(wave, code, "", *item)] - n) > 0:
            fewest[wave, code, by] = min(rest, fewest.get((wave, code, by), rest))
    found = [(*place, OUTSIDE, n, False, np.nan) for place, n in fewest.items()]
    return pd.DataFrame(found, columns=[*DOMAIN, *SCARCE])


def _primary(domains: pd.DataFrame, threshold: int) -> set[Domain]:
    few = domains["n"].lt(threshold) | (domains["one_box"] & domains["n"].lt(2 * threshold))
    few |= domains["effective"].lt(DOMINATED_BELOW)
    return set(domains.loc[few, list(DOMAIN)].itertuples(index=False, name=None))


def _lines(table: dict[Domain, int]) -> Iterator[list[Domain]]:
    # Every sum a reader can make within one wave: a total first, then the parts that add up to it.
    parts_of: dict[Domain, list[Domain]] = {}
    for wave, municipality, group_by, group in sorted(table):
        domain = (wave, municipality, group_by, group)
        if group_by and not group.startswith(BESIDE):
            parts_of.setdefault((wave, municipality, "", ""), []).append(domain)
        if municipality != COUNTRY:
            parts_of.setdefault((wave, around(municipality), group_by, group), []).append(domain)
    for total, parts in parts_of.items():
        if total in table:
            # one line for each way of dividing the same total
            for kind in sorted({(p[1] == total[1], p[2]) for p in parts}):
                yield [total, *(p for p in parts if (p[1] == total[1], p[2]) == kind)]


def _of_nests(table: dict[Domain, int], nests: Sequence[Nest]) -> Iterator[list[Domain]]:
    for nest in nests:
        for wave, municipality, group_by, group in list(table):
            if (group_by, group) == (nest.group_by, nest.group):
                inner = [(wave, municipality, nest.within, each) for each in nest.groups]
                parts = [*inner, (wave, municipality, group_by, _name(nest))]
                yield [(wave, municipality, group_by, group), *(part for part in parts if part in table)]


def _protect(sums: _Sums, hidden: set[Domain], threshold: int, ranges: Sequence[Ranges[Domain]]) -> set[Domain]:
    # Hide more, smallest first, until every hidden count has a range of at least ``threshold``.
    hidden = set(hidden)
    while True:
        hidden = _close(sums, hidden, threshold)
        additions = _rest_of_levels(sums.table, hidden) or {
            beside
            for domain in next(filter(None, (each.narrow(hidden, threshold) for each in ranges)), ())
            if (beside := _next_to_hide(sums, hidden, domain)) is not None
        }
        if not additions:
            return hidden
        hidden |= additions


def _in_boxes_and_none(boxes: Floats) -> Floats:
    """Counts in each box, and behind them of those in no box; whole ones that add up to all answers, rounded.

    Examples
    --------
    >>> _in_boxes_and_none(np.array([[7.0, 3.5, 0.0, 3.5], [10.0, 4.0, 0.0, 0.0]])).tolist()
    [[4.0, 0.0, 3.0, 0.0], [4.0, 0.0, 0.0, 6.0]]
    """
    whole = np.round(boxes[..., :1])
    up_to = np.minimum(np.round(np.cumsum(boxes[..., 1:], axis=-1)), whole)
    return np.asarray(np.diff(np.concatenate([up_to, whole], -1), prepend=0.0, axis=-1))


def _rest_of_levels(table: dict[Domain, int], hidden: set[Domain]) -> set[Domain]:
    levels: dict[tuple[str, str], list[Domain]] = {}
    for domain in table:
        if domain[1] != COUNTRY and domain[2] and not _is_rest(domain):
            levels.setdefault((domain[2], around(domain[1])), []).append(domain)
    spent = [level for level in levels.values() if len(hidden.intersection(level)) >= NEARLY_ALL * len(level)]
    return {domain for level in spent for domain in level} - hidden


def _close(sums: _Sums, hidden: set[Domain], threshold: int) -> set[Domain]:
    # Hide until each line by itself leaves room; a cheap first pass before the exact check.
    hidden, waiting = set(hidden), True
    while waiting:
        waiting = False
        for line in sums.lines:
            total, *parts = line
            secret = [p for p in parts if p in hidden]
            if total in hidden or not (secret or any(map(_is_rest, parts))):
                continue
            room = sum(sums.table[p] for p in secret) - len(secret)
            narrow = bool(secret) and (len(secret) < 2 or room < threshold)
            if narrow or sums.told(line, hidden, threshold):
                smallest = sums.smallest(p for p in parts if p not in hidden)
                hidden.add(smallest if smallest is not None else total)
                waiting = True
    return hidden


def _next_to_hide(sums: _Sums, hidden: set[Domain], domain: Domain) -> Domain | None:
    beside = (d for line in sums.lines if domain in line for d in line[1:] if d not in hidden)
    above = (line[0] for line in sums.lines if domain in line and line[0] not in hidden)
    return sums.smallest(beside) or sums.smallest(above)
