"""The only door to what may be shown.

Everything a reader can get hold of (figures, tables, sentences, CSV, workbook, PDF, the executed notebook) is made
from what :func:`release` returns. A *domain* is one group of one municipality in one wave; it is released with all its
items or not at all, so that no item can be used to work out another.

The rule is the project's own, not an authority's:

* primary: a domain is suppressed when an item has fewer than ``suppress_below`` answers, or fewer than twice that and
  all of them in one box (0 and 100 pct. would tell what each of them answered), or when one person's weight is more
  than all the others' together (Kish's effective number is under 1 / 0.5² then, and that is what is asked);
* secondary: further domains are suppressed, smallest first, until no suppressed count can be bounded to a range
  narrower than ``suppress_below`` by adding and subtracting what is published: groups within a municipality and
  who is in none of them (the whole less the groups), municipalities within the country, and groups of one grouping
  within a group of another; and until no such difference is fewer than twice ``suppress_below`` and all in one box;
* how many gave each single answer is told only where at least ``suppress_cells_below`` answered: cells of one to four
  persons are printed of no group that is small;
* a comparison with others of whom one alone is hidden is hidden: the mean less the changes shown would be that one's;
  so is one with a part of the others (a region, those most alike) where anybody of them is hidden;
* the same data give the same decision in every report, language and municipality of a batch, and a raised threshold
  only ever suppresses more: two reports laid side by side tell no more than one.

Groups are never crossed with each other. What two different params files tell of the same data is not weighed together,
nor are answers that came to a file since the report before.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

import pandas as pd

from jobreport.domain.released import COUNTRY, DOMAIN, NUMBERS, OTHERS, UNIT, WINDOWS, around, of_windows, waves_in
from jobreport.estimate.domains import OUTSIDE
from jobreport.release.groupings import Nest
from jobreport.release.suppression import Domain, Rule, as_seen, domains_of, suppressed_domains

KNOWN_BEFORE = ("not_asked", "not_comparable", "only_a_table")  # why a row has no number, whoever answered
REASON = "confidential"  # one reason for primary and secondary: telling them apart would give the small one away
LEVEL_LEFT_OUT = "level_left_out"  # the same for every row of the grouping, so it tells no group from another

PARTS = ("region", "similar")  # comparisons with some of the others: one of them alone may be hidden

# Rows that rest on every group's own figure: a hidden group could be worked out from them.
GROUP_MIXING = {"adjustment": {"mix"}, "method": {"mix", "rates"}, "diagnostic": {"funnel"}}


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
    place: str = "",
    domains: pd.DataFrame | None = None,
    nests: Sequence[Nest] = (),
    hidden: frozenset[Domain] | None = None,
) -> Released:
    """Blank every row that may not be shown and flag the uncertain ones.

    Parameters
    ----------
    estimates, changes, diagnostics : DataFrame
        All rows that a reader of any report gets.
    rule : Rule
        Thresholds.
    left_out_of_others : codes
        The municipalities that 'all others' leaves out; where one is hidden, so is 'all others', which would give it.
    place
        Whom the report is about; says how a unit's report sees what is hidden (see `as_seen`).
    domains : DataFrame, optional
        How few stand behind each domain of the whole data set, every municipality and group, as from `domains_of`:
        the decision must not depend on the report. None is that of the estimates.
    nests
        Groups that lie within a group of another grouping.
    hidden
        What `suppressed_domains` found of the domains, if it is at hand.

    Returns
    -------
    Released
        Copies; the arguments are not changed.

    Examples
    --------
    A municipality with groups of 3 and 40 and a total of 43: the 3 are too few, and 43 − 40 would give them away, so
    both groups are suppressed and the total stands.
    """
    domains = domains_of(estimates) if domains is None else domains
    hidden = suppressed_domains(domains, rule, nests=nests) if hidden is None else hidden
    left_out = _levels_left_out(domains, hidden, around(place))
    hidden = as_seen(hidden, place)
    hidden |= {(wave, OTHERS, "", "") for wave, code, by, _ in hidden if by == "" and code in set(left_out_of_others)}
    estimates, changes = _without_other_groups(estimates), _without_other_groups(changes)
    shown = blank(_uncertain(estimates, ["n"], rule), _hidden_rows(estimates, hidden) | _single(estimates, ["n"], rule))
    secret, bases = _hidden_windows(changes, hidden) | _by_subtraction(changes, hidden), ["n_before", "n_after"]
    return Released(
        estimates=_with_levels_left_out(shown, left_out),
        changes=blank(_uncertain(changes, bases, rule), secret | _single(changes, bases, rule)),
        diagnostics=blank(
            diagnostics, _hidden_windows(diagnostics, hidden) | _few(_answers(diagnostics), rule.suppress_below)
        ),
        rule=rule,
    )


def _without_other_groups(rows: pd.DataFrame) -> pd.DataFrame:
    # 'All others' is given for everybody only: by group it would be the country less the municipality.
    other = rows["municipality_code"].eq(OTHERS)
    other |= rows["role"].eq("others") if "role" in rows else False
    return rows[~(other & rows["group_by"].ne(""))].reset_index(drop=True)


def _uncertain(rows: pd.DataFrame, bases: list[str], rule: Rule) -> pd.DataFrame:
    small = _any_few(rows, bases, rule.uncertain_below) & rows["flag"].eq("")
    return rows.assign(flag=rows["flag"].mask(small, "uncertain"))


def _answers(diagnostics: pd.DataFrame) -> pd.Series:
    # Number of answers; what an official series is judged by are counted changes, which nobody answered.
    return diagnostics["n"].mask(diagnostics["measure"].eq("register"))


def _single(rows: pd.DataFrame, bases: list[str], rule: Rule) -> pd.Series:
    return _any_few(rows, bases, rule.suppress_cells_below) & of_single_answers(rows)


def of_single_answers(rows: pd.DataFrame) -> pd.Series:
    """Whether each row says how many gave one answer of a scale.

    Examples
    --------
    >>> of_single_answers(pd.DataFrame({"category": ["positive", "answer_3"]})).tolist()
    [False, True]
    """
    return rows.reindex(columns=["category"], fill_value="")["category"].astype(str).str.startswith("answer_")


def _any_few(rows: pd.DataFrame, bases: list[str], threshold: int) -> pd.Series:
    return reduce(or_, (_few(rows[base], threshold) for base in bases))


def _few(n: pd.Series, threshold: int) -> pd.Series:
    # Whether there are some, but fewer than the threshold; an official figure has no number of answers.
    return pd.to_numeric(n).lt(threshold).fillna(False).astype(bool)


def blank(rows: pd.DataFrame, secret: pd.Series) -> pd.DataFrame:
    """Take every number out of secret rows: those of the contract, and whatever else holds numbers.

    Examples
    --------
    >>> blank(pd.DataFrame({"n": [7.0, 40.0], "flag": ["", ""]}), pd.Series([True, False])).values.tolist()
    [[nan, 'suppressed'], [40.0, '']]
    """
    out = rows.copy()
    if not secret.any():
        return out
    for column in {*NUMBERS, *rows.select_dtypes("number").columns} & {*rows.columns}:
        out[column] = out[column].mask(secret)
    told = secret & ~out["reason"].isin(KNOWN_BEFORE) if "reason" in out else secret
    for column, text in (("flag", "suppressed"), ("reason", REASON), ("wording_level", "")):
        if column in out:
            out[column] = out[column].mask(told, text)
    return out


def _levels_left_out(domains: pd.DataFrame, hidden: Collection[Domain], whole: str) -> set[tuple[str, str]]:
    shown: dict[tuple[str, str], dict[str, bool]] = {}
    for domain in domains[list(DOMAIN)].itertuples(index=False, name=None):
        wave, code, column, group = domain
        if column and code != COUNTRY and around(code) == whole and group != OUTSIDE:
            level = shown.setdefault((wave, column), {})
            level[code] = level.get(code, False) or domain not in hidden
    return {key for key, level in shown.items() if len(level) > 1 and not any(level.values())}


def _with_levels_left_out(rows: pd.DataFrame, left_out: Collection[tuple[str, str]]) -> pd.DataFrame:
    if not left_out:
        return rows
    hidden = rows["flag"].eq("suppressed") & rows["group_by"].ne("") & rows["municipality_code"].ne(COUNTRY)
    levels = pd.MultiIndex.from_frame(rows[["wave", "group_by"]].astype(str))
    gone = hidden & levels.isin(list(left_out))
    return rows.assign(reason=rows["reason"].mask(gone, LEVEL_LEFT_OUT))


def _hidden_rows(rows: pd.DataFrame, hidden: frozenset[Domain]) -> pd.Series:
    secret = rows["measure"].ne("register")
    for part, column in enumerate(DOMAIN):
        # (few are left to compare in full)
        secret &= rows[column].astype(str).isin({domain[part] for domain in hidden})
    near = pd.MultiIndex.from_frame(rows.loc[secret, list(DOMAIN)].astype(str))
    secret[secret] = near.isin(list(hidden))
    spans = of_windows(rows)
    secret.loc[spans] = _hidden_windows(rows[spans], hidden)
    return secret


def _hidden_windows(rows: pd.DataFrame, hidden: frozenset[Domain]) -> pd.Series:
    # Rows over several waves: hidden if any of their domains is; those that mix groups, if any group is; those that
    # compare the groups of a grouping, if one of these is (what they rest on is their figures, which are all shown).
    any_group = {(wave, code) for wave, code, _, _ in hidden}
    hidden = hidden | {(wave, code, by, "") for wave, code, by, _ in hidden}

    def judge(windows: tuple[str, ...], code: str, by: str, group: str, kinds: tuple[str, ...]) -> bool:
        waves = [wave for window in windows for wave in waves_in(window)]
        mixes = any(kind in words for kind, words in zip(kinds, GROUP_MIXING.values(), strict=True))
        return any((w, code) in any_group if mixes else (w, code, by, group) in hidden for w in waves)

    def texts(column: str) -> list[str]:
        return [str(cell) for cell in rows[column].tolist()] if column in rows else [""] * len(rows)

    windows = zip(*map(texts, WINDOWS), strict=True)
    kinds = zip(*map(texts, GROUP_MIXING), strict=True)
    places = map(texts, ("municipality_code", "group_by", "group"))
    judged = cache(judge)  # (most rows differ from others in what was asked only)
    secret = [judged(*row) for row in zip(windows, *places, kinds, strict=True)]
    return pd.Series(secret, index=rows.index, dtype=bool) & rows["measure"].ne("register")


def _by_subtraction(changes: pd.DataFrame, hidden: frozenset[Domain]) -> pd.Series:
    # Rows of a comparison with the others of whom one alone is hidden, or without one who is hidden.
    # The mean of the others, or the difference from it, less the changes that are shown would be the hidden one's.
    others = changes[changes["role"].eq("comparison") & changes["method"].eq("change")]
    codes = {event: sorted(set(rows["municipality_code"])) for event, rows in others.groupby("event")}
    any_group = {(wave, code) for wave, code, _, _ in hidden}
    alone = {(wave, code) for wave, code, by, _ in hidden if by == ""}

    @cache
    def secret(event: str, before: str, after: str, adjustment: str) -> tuple[str, ...]:
        gone = any_group if adjustment in GROUP_MIXING["adjustment"] else alone
        waves = (*waves_in(before), *waves_in(after))
        return tuple(code for code in codes.get(event, ()) if any((wave, code) in gone for wave in waves))

    def told(event: str, before: str, after: str, adjustment: str, reason: str, choice: str) -> bool:
        gone = secret(event, before, after, adjustment)
        of_some = not adjustment and any(f"comparison={part}" in choice for part in PARTS)
        return len(gone) == 1 or (of_some and bool(gone)) or any(f"left_out={code}" in reason for code in gone)

    columns = ("event", "wave_before", "wave_after", "adjustment", "reason", "specification")
    asked = changes.reindex(columns=list(columns), fill_value="")
    rows = zip(*([str(cell) for cell in asked[column]] for column in columns), strict=True)
    found = pd.Series([told(*row) for row in rows], index=changes.index, dtype=bool)
    return found & changes["n_comparison"].notna() & changes["measure"].ne("register")


@dataclass(frozen=True)
class Forced:
    """Hidden groups of one grouping in one wave: the small ones with their answers, and those hidden beside them."""

    wave: str
    group_by: str
    small: tuple[tuple[str, int], ...]
    beside: tuple[str, ...]


def forced(
    responses: pd.DataFrame, estimates: pd.DataFrame, items: Sequence[str], code: str, below: int
) -> Iterator[Forced]:
    """Say of each wave and grouping of a municipality which hidden groups are large enough, and who they hide for.

    Parameters
    ----------
    responses
        One row per respondent and wave.
    estimates
        Released rows.
    items
        Columns of the questions.
    code, below
        The municipality, and the number of answers under which nothing is shown.
    """
    mine = estimates["municipality_code"].eq(code) & estimates["group_by"].ne("") & ~of_single_answers(estimates)
    hidden = estimates.loc[mine & estimates["flag"].eq("suppressed"), ["wave", "group_by", "group"]].drop_duplicates()
    people = responses[responses["municipality_code" if around(code) == COUNTRY else UNIT].astype(str).eq(code)]
    for (wave, column), groups in hidden.groupby(["wave", "group_by"], sort=True)["group"]:
        if column in people:
            fewest = _fewest(people[people["wave"].astype(str).eq(str(wave))], str(column), items)
            small = tuple((group, fewest[group]) for group in groups if group in fewest and fewest[group] < below)
            beside = tuple(group for group in groups if fewest.get(group, 0) >= below)
            if beside:
                yield Forced(str(wave), str(column), small, beside)


def _fewest(people: pd.DataFrame, column: str, items: Sequence[str]) -> dict[str, int]:
    answered = people[list(items)].gt(0)
    asked = answered.loc[:, answered.any()]
    counts = asked.groupby(people[column].astype(object)).sum().min(axis=1)
    return {str(group): int(n) for group, n in counts.items()}
