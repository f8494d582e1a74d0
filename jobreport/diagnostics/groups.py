"""Which groups differ: design-based tests, corrected for the number of indicators, with effect sizes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from jobreport.diagnostics.design import Row, Test, covariance_of_cells, rao_scott, score, wald, welch
from jobreport.domain.released import COUNTRY, OTHERS, of_windows, waves_in
from jobreport.domain.rules import INTERVAL_LEVEL
from jobreport.estimate.estimators import Bools, Floats, domain_scores
from jobreport.estimate.measures import Measure
from jobreport.estimate.tally import Tallies, Tally

FEWEST = 5
WHERE = ("municipality_code", "wave", "group_by")
WHAT = ("indicator", "measure", "category")
FIGURES = ("estimate", "standard_error", "n")
TESTS = ("rao_scott", "wald", "score", "welch")


def group_tests(latest: Tallies, headlines: Sequence[Measure], codes: Sequence[str]) -> list[Row]:
    """Test in the latest wave whether groups differ, for the country and the given municipalities.

    Returns
    -------
    Per measure, grouping and place a row 'rao_scott' (shares) or 'wald' (means): ``value`` is F,
    ``p_value``, ``p_adjusted`` (Holm over the indicators), ``n``; shares also get 'cramer_v' (weighted)
    and 'chi2_unweighted' (Pearson's, a sensitivity that ignores the weights), means
    'largest_difference' between two groups. Groups with fewer than 5 valid answers are left out of
    the test (reason 'groups_left_out=k').
    """
    rows: list[Row] = []
    sample = latest.sample
    municipalities = np.array(sample.municipalities)
    for code in (COUNTRY, *codes):
        if code != COUNTRY and code not in sample.municipalities:
            continue
        within = (municipalities == code) | (code == COUNTRY)
        for column in latest.group_by:
            where = {"municipality_code": code, "wave": sample.waves[-1], "group_by": column}
            found = [_one(latest, measure, column, within) for measure in headlines]
            rows += [where | row for row in with_holm(found)]
    return rows


def window_tests(levels: pd.DataFrame, headlines: Sequence[Measure]) -> list[Row]:
    """Test whether groups differ in windows of several waves, whose levels are what a report about an event shows.

    Parameters
    ----------
    levels
        Rows of `estimates` over windows, by group.
    headlines
        What the indicators are told by.

    Returns
    -------
    Per window, measure, grouping and place a row 'score' (shares) or 'welch' (means), as `group_tests`. Groups of a
    wave are different persons; that somebody may have changed group between waves is left out. Where no group differs
    the share test found one in 1 to 5 of 100 samples of 5 to 200 answers a group over three waves, Welch's in 2 to 7.
    """
    rows: list[Row] = []
    kept = of_windows(levels) & levels["group_by"].ne("") & levels["n"].ge(FEWEST) & levels["estimate"].notna()
    held = levels.loc[kept, [*WHERE, *WHAT, *FIGURES]]
    figures = held[[*FIGURES]].to_numpy(float)
    cells = held.groupby([*WHERE, *WHAT], observed=True).indices  # (a frame for each would take ten times as long)
    for where in sorted({tuple(map(str, key))[: len(WHERE)] for key in cells if isinstance(key, tuple)}):
        place, waves = dict(zip(WHERE, where, strict=True)), len(waves_in(where[1]))
        found = ((m, cells.get((*where, m.indicator, m.name, m.category), ())) for m in headlines)
        families = [_of_window(figures[list(at)].T, measure, waves) for measure, at in found]
        rows += [place | row for row in with_holm(families)]
    return rows


def _of_window(figures: Floats, measure: Measure, waves: int) -> list[Row]:
    level, error, n = figures
    test = score(level, error**2, n, waves) if measure.is_share else welch(level, error**2, n - waves + 1)
    if test is None:
        return []
    common = {"diagnostic": "group_test", "indicator": measure.indicator, "category": measure.category}
    return [common | {"n": int(n.sum())} | _tested("score" if measure.is_share else "welch", test)]


def beside_others(levels: pd.DataFrame, headlines: Sequence[Measure], place: str) -> list[Row]:
    """Hold what a unit's indicators are told by against the others of its municipality, wave by wave.

    Returns
    -------
    Per measure and wave a row of the others: ``value`` is the unit's level less theirs, with Welch's interval and p,
    which is corrected for the number of indicators (Holm). Where all of one side answered alike there is none.
    """
    everybody = levels[levels["group_by"].eq("") & ~of_windows(levels)]
    rows: list[Row] = []
    for wave, of_wave in everybody.groupby("wave", sort=True, observed=True):
        found = []
        for told in ({"indicator": m.indicator, "measure": m.name, "category": m.category} for m in headlines):
            same = np.logical_and.reduce([of_wave[name].eq(value) for name, value in told.items()])
            found.append([told | row for row in _beside(of_wave[same].set_index("municipality_code"), (place, OTHERS))])
        rows += [row | {"wave": str(wave)} for row in with_holm(found)]
    return rows


def _beside(levels: pd.DataFrame, places: tuple[str, str]) -> list[Row]:
    found = levels.reindex(list(places))
    level, error, n = (found[name].to_numpy(float) for name in ("estimate", "standard_error", "n_effective"))
    if not (error > 0).all():
        return []
    value, whole = level[0] - level[1], np.sqrt((error**2).sum())
    freedom = whole**4 / (error**4 / (n - 1)).sum()
    reach = stats.t.ppf((1 + INTERVAL_LEVEL) / 2, freedom) * whole
    told = {"diagnostic": "beside_others", "unit": found["unit"].iloc[0], "municipality_code": places[1]}
    numbers = {"value": value, "ci_low": value - reach, "ci_high": value + reach, "n": int(found["n"].sum())}
    return [told | numbers | {"p_value": float(2 * stats.t.sf(abs(value) / whole, freedom))}]


def with_holm(families: Sequence[list[Row]]) -> list[Row]:
    """Correct the first row of every measure for the number of measures."""
    import pingouin

    tested = [rows[0] for rows in families if rows]
    if tested:
        adjusted = pingouin.multicomp([row["p_value"] for row in tested], method="holm")[1]
        for row, p in zip(tested, adjusted, strict=True):
            row["p_adjusted"] = float(p)
    return [row for rows in families for row in rows]


def corrected(diagnostics: pd.DataFrame) -> pd.DataFrame:
    """Correct the tests of a place and grouping for all indicators, where they were made one indicator at a time."""
    import pingouin

    tested = diagnostics["measure"].isin(TESTS) & diagnostics["p_value"].notna()
    adjusted = diagnostics["p_adjusted"].copy()
    family = [diagnostics[name] for name in ("municipality_code", "group_by", "wave")]
    for _, p in diagnostics.loc[tested, "p_value"].groupby(family):
        adjusted[p.index] = pingouin.multicomp(p.tolist(), method="holm")[1]
    return diagnostics.assign(p_adjusted=adjusted)


def _one(latest: Tallies, measure: Measure, column: str, within: Bools) -> list[Row]:
    tally = latest.of((measure,), column, apart=False)
    value, group = tally.values[:, 0], tally.group
    inside = within[tally.stratum // tally.overlap.waves] & ~np.isnan(value)
    sizes = np.bincount(group[inside], tally.n[inside], tally.groups)
    small = np.flatnonzero((sizes > 0) & (sizes < FEWEST))
    inside &= ~np.isin(group, small)
    if len(np.unique(group[inside])) < 2:
        return []
    reason = f"groups_left_out={len(small)}" if len(small) else ""
    common = {
        "diagnostic": "group_test",
        "indicator": measure.indicator,
        "category": measure.category,
        "n": int(tally.n[inside].sum()),
        "reason": reason,
    }
    rows = _of_share if measure.is_share else _of_mean
    return [common | row for row in rows(tally, inside, within)]


def _tested(name: str, test: Test) -> Row:
    return {"measure": name, "unit": "F", "value": test.statistic, "p_value": test.p_value}


def _of_share(tally: Tally, inside: Bools, within: Bools) -> list[Row]:
    answer = np.where(inside, np.nan_to_num(tally.values[:, 0]), -1).astype(np.int64)
    test = rao_scott(tally, answer, np.where(inside, tally.group, -1), within)
    if test is None:
        return []
    (_, row), (_, column) = (np.unique(code[inside], return_inverse=True) for code in (answer, tally.group))
    columns = int(column.max()) + 1
    table = np.bincount(row * columns + column, tally.n[inside], (int(row.max()) + 1) * columns).reshape(-1, columns)
    plain = stats.chi2_contingency(table, correction=False)
    few = {"reason": "few_expected"} if plain.expected_freq.min() < FEWEST else {}
    unweighted = {"value": plain.statistic, "p_value": plain.pvalue} | few
    return [
        _tested("rao_scott", test),
        {"measure": "cramer_v", "unit": "coefficient", "value": test.effect},
        {"measure": "chi2_unweighted", "unit": "chi2"} | unweighted,
    ]


def _of_mean(tally: Tally, inside: Bools, within: Bools) -> list[Row]:
    groups, code = np.unique(tally.group[inside], return_inverse=True)
    domain = np.zeros(len(inside), dtype=np.int64)
    domain[inside] = code
    y = np.where(inside[:, None], tally.values, np.nan)
    means, scores = (found[:, 0] for found in domain_scores(y, tally.w, domain, len(groups)))
    spread = np.where(inside[:, None] & (domain[:, None] == np.arange(len(groups))), scores[:, None], 0.0)
    v = covariance_of_cells(tally, spread, within)
    units, strata = tally.units(inside)
    error = int(units.sum() - strata.sum())
    test = wald(means, v, error)
    if test is None:
        return []
    difference = float(means.max() - means.min())
    return [
        _tested("wald", test),
        {"measure": "largest_difference", "unit": "points_0_100", "value": difference},
    ]
