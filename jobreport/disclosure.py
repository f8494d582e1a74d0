"""The only door to what may be shown.

Everything a reader can get hold of (figures, tables, sentences, CSV, workbook, PDF, the executed notebook) is made
from what :func:`release` returns. A *domain* is one group of one municipality in one wave; it is released with all its
items or not at all, so that no item can be used to work out another.

The rule is the project's own, not an authority's:

* primary: a domain is suppressed when an item has fewer than ``suppress_below`` answers, or fewer than twice that and
  all of them in one box (0 and 100 pct. would tell what each of them answered);
* secondary: further domains are suppressed, smallest first, until no suppressed count can be bounded to a range
  narrower than ``suppress_below`` by adding and subtracting what is published: groups within a municipality, and
  municipalities within the country;
* the same data give the same decision in every report, language and municipality of a batch, and a raised threshold
  only ever suppresses more: two reports laid side by side tell no more than one.

Groups are never crossed with each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, sparse

Domain = tuple[str, str, str, str]  # wave, municipality_code, group_by, group
COUNTRY, OTHERS = "000", "others"
DOMAIN_COLUMNS = ["wave", "municipality_code", "group_by", "group"]
SMALLEST_THRESHOLD = 5
REASON = "confidential"  # one reason for primary and secondary: telling them apart would give the small one away

ESTIMATE_NUMBERS = ["n_invited", "n_answered", "n", "n_effective", "estimate", "standard_error", "ci_low", "ci_high"]
CHANGE_NUMBERS = [
    "n_before", "n_after", "n_comparison", "change", "standard_error", "ci_low", "ci_high",
    "p_value", "p_smallest_possible", "rank", "p_adjusted", "detectable_change",
]  # fmt: skip
# Rows that rest on every group's own figure: a hidden group could be worked out from them.
GROUP_MIXING = {"adjustment": {"mix"}, "method": {"mix", "rates"}, "diagnostic": {"funnel"}}
DIAGNOSTIC_NUMBERS = ["value", "ci_low", "ci_high", "n"]


@dataclass(frozen=True)
class Rule:
    """Thresholds of publication; ``suppress_below`` can be raised, never lowered."""

    suppress_below: int = SMALLEST_THRESHOLD
    uncertain_below: int = 30


@dataclass(frozen=True)
class Released:
    """What may be shown; a suppressed row keeps its labels and holds no numbers."""

    estimates: pd.DataFrame
    changes: pd.DataFrame
    diagnostics: pd.DataFrame
    rule: Rule

    def counts(self) -> dict[str, int]:
        """How many rows of each table are suppressed."""
        tables = {"estimates": self.estimates, "changes": self.changes, "diagnostics": self.diagnostics}
        return {name: int((table["flag"] == "suppressed").sum()) for name, table in tables.items() if "flag" in table}


def release(
    estimates: pd.DataFrame,
    changes: pd.DataFrame,
    diagnostics: pd.DataFrame,
    rule: Rule,
    *,
    left_out_of_others: Iterable[str] = (),
) -> Released:
    """Blank every row that may not be shown and flag the uncertain ones.

    Parameters
    ----------
    estimates, changes, diagnostics : DataFrame
        All rows of the whole data set, every municipality and group: the decision must not depend on the report.
    rule : Rule
        Thresholds.
    left_out_of_others : codes
        The municipalities that 'all others' leaves out; where one is hidden, so is 'all others', which would give it.

    Returns
    -------
    Released
        Copies; the arguments are not changed.

    Examples
    --------
    A municipality with groups of 3 and 40 and a total of 43: the 3 are too few, and 43 − 40 would give them away, so
    both groups are suppressed and the total stands.
    """
    hidden = suppressed_domains(estimates, rule)
    hidden |= {(wave, OTHERS, "", "") for wave, code, by, _ in hidden if by == "" and code in set(left_out_of_others)}
    estimates, changes = _without_other_groups(estimates), _without_other_groups(changes)
    return Released(
        estimates=_blank(_uncertain(estimates, ["n"], rule), _hidden_rows(estimates, hidden), ESTIMATE_NUMBERS),
        changes=_blank(
            _uncertain(changes, ["n_before", "n_after"], rule), _hidden_windows(changes, hidden), CHANGE_NUMBERS
        ),
        diagnostics=_blank(
            diagnostics,
            _hidden_windows(diagnostics, hidden) | _few(diagnostics["n"], rule.suppress_below),
            DIAGNOSTIC_NUMBERS,
        ),
        rule=rule,
    )


def suppressed_domains(estimates: pd.DataFrame, rule: Rule) -> frozenset[Domain]:
    """Domains that may not be shown, primary and secondary.

    The thresholds from the smallest allowed up to the chosen one are gone through in turn, each starting from the
    domains hidden by the one before: so a report at a raised threshold hides all that one at the default hides.

    Returns
    -------
    frozenset of (wave, municipality_code, group_by, group)

    Raises
    ------
    ValueError
        If ``rule.suppress_below`` is under the project's floor.
    """
    if rule.suppress_below < SMALLEST_THRESHOLD:
        raise ValueError(f"suppress_below may not be under {SMALLEST_THRESHOLD}")
    domains = _domains(estimates)
    hidden: set[Domain] = set()
    for _, of_wave in domains.groupby("wave", sort=True, observed=True):
        table = {tuple(row): int(n) for *row, n in of_wave[[*DOMAIN_COLUMNS, "n"]].itertuples(index=False)}
        lines = list(_lines(table))
        in_wave: set[Domain] = set()
        for threshold in range(SMALLEST_THRESHOLD, rule.suppress_below + 1):
            in_wave |= _primary(of_wave, threshold)
            in_wave = _protect(table, lines, in_wave, threshold)
        hidden |= in_wave
    return frozenset(hidden)


def _domains(estimates: pd.DataFrame) -> pd.DataFrame:
    """One row per domain: the fewest answers to an item, and whether all answers to some item are in one box."""
    shown = estimates["measure"].ne("register") & estimates["municipality_code"].ne(OTHERS)
    rows = estimates[shown & ~_spans_waves(estimates)]  # figures over several waves follow from those of each
    rows = rows.assign(one_box=_one_box(rows))
    keys = [rows[c].astype(str) for c in DOMAIN_COLUMNS]
    return rows.groupby(keys, sort=True).agg(n=("n", "min"), one_box=("one_box", "any")).reset_index()


def _one_box(rows: pd.DataFrame) -> pd.Series:
    shares = rows["measure"].eq("share") & rows["category"].isin(["positive", "neutral", "negative"])
    return shares & rows["estimate"].ge(1.0)


def _primary(domains: pd.DataFrame, threshold: int) -> set[Domain]:
    few = domains["n"].lt(threshold) | (domains["one_box"] & domains["n"].lt(2 * threshold))
    return set(domains.loc[few, DOMAIN_COLUMNS].itertuples(index=False, name=None))


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


def _protect(table: dict[Domain, int], lines: list[list[Domain]], hidden: set[Domain], threshold: int) -> set[Domain]:
    """Hide more, smallest first, until every hidden count has a range of at least ``threshold``."""
    hidden = set(hidden)
    while True:
        hidden = _close(table, lines, hidden, threshold)
        exposed = narrow(table, lines, hidden, threshold)
        additions = {_next_to_hide(table, lines, hidden, domain) for domain in exposed} - {None}
        if not additions:
            return hidden
        hidden |= {domain for domain in additions if domain is not None}


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


def narrow(table: dict[Domain, int], lines: list[list[Domain]], hidden: set[Domain], threshold: int) -> set[Domain]:
    """Hidden domains whose count can be bounded to a range narrower than the threshold.

    An attacker knows every published count, that a hidden one is at least 1, and the sums of ``lines``. The exact range
    of each hidden count is found by integer programming; a solution found for one count is used for all of them.

    Returns
    -------
    set of domains; empty when everything hidden is safe.
    """
    in_a_sum = {domain for line in lines for domain in line}
    secret = sorted(hidden & in_a_sum)  # what stands in no sum cannot be worked out
    if not secret:
        return set()
    index = {d: i for i, d in enumerate(secret)}
    constraint = _equations(table, lines, index)
    truth = np.array([table[d] for d in secret], dtype=float)
    low, high = truth.copy(), truth.copy()
    for i in range(len(secret)):
        for sign in (1.0, -1.0):
            if high[i] - low[i] >= threshold:
                break
            solution = _extreme(i, sign, truth, constraint, threshold)
            low, high = np.minimum(low, solution), np.maximum(high, solution)
    return {d for d in secret if high[index[d]] - low[index[d]] < threshold}


def _equations(table: dict[Domain, int], lines: list[list[Domain]], index: dict[Domain, int]) -> sparse.csr_array:
    """What is known of the hidden counts: each row is one line, +1 for its total and −1 for its parts."""
    entries: list[tuple[int, int, float]] = []
    for row, (total, *parts) in enumerate(lines):
        entries += [(row, index[total], 1.0)] if total in index else []
        entries += [(row, index[p], -1.0) for p in parts if p in index]
    rows, columns, values = zip(*entries, strict=True)
    return sparse.csr_array((values, (rows, columns)), shape=(len(lines), len(index)))


def _extreme(i: int, sign: float, truth: np.ndarray, known: sparse.csr_array, threshold: int) -> np.ndarray:
    """Find counts that fit everything published and make count ``i`` as small (+1) or as large (−1) as possible."""
    objective = np.zeros(len(truth))
    objective[i] = sign
    right = known @ truth
    # counts far above the truth are no narrower, so a bound keeps totals that stand in no equation finite
    bounds = optimize.Bounds(np.minimum(1.0, truth), truth + 4 * threshold)
    found = optimize.milp(
        objective,
        constraints=optimize.LinearConstraint(known, right, right),
        bounds=bounds,
        integrality=np.ones(len(truth)),
    )
    return np.round(found.x) if found.x is not None else truth


def _without_other_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """'All others' is given for everybody only: by group it would be the country less the municipality."""
    other = rows["role"].eq("others") if "role" in rows else rows["municipality_code"].eq(OTHERS)
    return rows[~(other & rows["group_by"].ne(""))].reset_index(drop=True)


def _uncertain(rows: pd.DataFrame, bases: list[str], rule: Rule) -> pd.DataFrame:
    few = pd.concat([_few(rows[base], rule.uncertain_below) for base in bases], axis=1).any(axis=1)
    small = few & rows["flag"].eq("")
    return rows.assign(flag=rows["flag"].mask(small, "uncertain"))


def _few(n: pd.Series, threshold: int) -> pd.Series:
    """Whether there are some, but fewer than the threshold; an official figure has no number of answers."""
    return pd.to_numeric(n).lt(threshold).astype("boolean").fillna(False).astype(bool)


def _blank(rows: pd.DataFrame, secret: pd.Series, numbers: list[str]) -> pd.DataFrame:
    out = rows.copy()
    for column in (c for c in numbers if c in out):
        out[column] = out[column].mask(secret)
    for column, text in (("flag", "suppressed"), ("reason", REASON), ("wording_level", "")):
        if column in out:
            out[column] = out[column].mask(secret, text)
    return out


def _spans_waves(rows: pd.DataFrame) -> pd.Series:
    return rows["wave"].astype(str).str.contains("+", regex=False)


def _hidden_rows(rows: pd.DataFrame, hidden: frozenset[Domain]) -> pd.Series:
    domains = pd.MultiIndex.from_frame(rows[DOMAIN_COLUMNS].astype(str))
    secret = pd.Series(domains.isin(list(hidden)), index=rows.index) & rows["measure"].ne("register")
    spans = _spans_waves(rows)
    secret.loc[spans] = _hidden_windows(rows[spans], hidden)
    return secret


def _hidden_windows(rows: pd.DataFrame, hidden: frozenset[Domain]) -> pd.Series:
    """Rows over several waves: hidden if any of their domains is; those that mix groups, if any group is."""
    any_group = {(wave, code) for wave, code, _, _ in hidden}
    secret = []
    for row in rows.to_dict("records"):
        waves = [w for c in ("wave", "wave_before", "wave_after") for w in str(row.get(c, "")).split("+") if w]
        code, by, group = str(row["municipality_code"]), str(row["group_by"]), str(row["group"])
        mixes = (by != "" and group == "") or any(row.get(c, "") in words for c, words in GROUP_MIXING.items())
        secret.append(any((w, code) in any_group if mixes else (w, code, by, group) in hidden for w in waves))
    return pd.Series(secret, index=rows.index, dtype=bool) & rows["measure"].ne("register")
