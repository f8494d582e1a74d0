"""Which groups differ: design-based tests, corrected for the number of indicators, with effect sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from jobreport.diagnostics.design import Test, covariance, degrees_of_freedom, rao_scott, wald
from jobreport.diagnostics.rows import Row
from jobreport.domain.released import COUNTRY
from jobreport.estimate.estimators import Bools, Floats, Ints, domain_scores
from jobreport.estimate.measures import Measure
from jobreport.estimate.sample import Sample

FEWEST = 5
TESTS = ("rao_scott", "wald")


def group_tests(
    sample: Sample, headlines: Sequence[Measure], group_by: Sequence[str], codes: Sequence[str]
) -> list[Row]:
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
    wave = len(sample.waves) - 1
    place = sample.stratum // len(sample.waves)
    latest = sample.stratum % len(sample.waves) == wave
    for code in (COUNTRY, *codes):
        if code != COUNTRY and code not in sample.municipalities:
            continue
        within = latest & (code == COUNTRY or place == sample.municipalities.index(code))
        for column in group_by:
            where = {"municipality_code": code, "wave": sample.waves[wave], "group_by": column}
            found = [_one(sample, measure, column, within) for measure in headlines]
            rows += [where | row for row in with_holm(found)]
    return rows


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


def _one(sample: Sample, measure: Measure, column: str, within: Bools) -> list[Row]:
    values = measure.values(sample.responses)
    group = np.asarray(sample.responses[column].cat.codes, dtype=np.int64)
    inside = within & (group >= 0) & ~np.isnan(values)
    sizes = np.bincount(group[inside], minlength=len(sample.groups(column)))
    small = np.flatnonzero((sizes > 0) & (sizes < FEWEST))
    inside &= ~np.isin(group, small)
    group = np.where(inside, group, -1)
    if len(np.unique(group[inside])) < 2:
        return []
    reason = f"groups_left_out={len(small)}" if len(small) else ""
    common = {
        "diagnostic": "group_test",
        "indicator": measure.indicator,
        "category": measure.category,
        "n": int(inside.sum()),
        "reason": reason,
    }
    rows = _of_share if measure.is_share else _of_mean
    return [common | row for row in rows(sample, values, group, inside, within)]


def _tested(name: str, test: Test) -> Row:
    return {"measure": name, "unit": "F", "value": test.statistic, "p_value": test.p_value}


def _of_share(sample: Sample, values: Floats, group: Ints, inside: Bools, within: Bools) -> list[Row]:
    answer = np.where(inside, np.nan_to_num(values), -1).astype(np.int64)
    test = rao_scott(answer, group, sample, within)
    if test is None:
        return []
    (_, row), (_, column) = (np.unique(code[inside], return_inverse=True) for code in (answer, group))
    columns = int(column.max()) + 1
    table = np.bincount(row * columns + column, minlength=(int(row.max()) + 1) * columns).reshape(-1, columns)
    plain = stats.chi2_contingency(table, correction=False)
    few = {"reason": "few_expected"} if plain.expected_freq.min() < FEWEST else {}
    unweighted = {"value": plain.statistic, "p_value": plain.pvalue} | few
    return [
        _tested("rao_scott", test),
        {"measure": "cramer_v", "unit": "coefficient", "value": test.effect},
        {"measure": "chi2_unweighted", "unit": "chi2"} | unweighted,
    ]


def _of_mean(sample: Sample, values: Floats, group: Ints, inside: Bools, within: Bools) -> list[Row]:
    groups, code = np.unique(group[inside], return_inverse=True)
    domain = np.zeros(len(values), dtype=np.int64)
    domain[inside] = code
    y = np.where(inside, values, np.nan)[:, None]
    means, scores = (found[:, 0] for found in domain_scores(y, sample.weight, domain, len(groups)))
    spread = [np.where(inside & (domain == g), scores, 0.0) for g in range(len(groups))]
    contributions = np.stack([sample.contributions(score)[within] for score in spread], axis=1)
    v = covariance(contributions, sample.stratum[within])
    test = wald(means, v, degrees_of_freedom(inside, sample.stratum))
    if test is None:
        return []
    difference = float(means.max() - means.min())
    return [
        _tested("wald", test),
        {"measure": "largest_difference", "unit": "points_0_100", "value": difference},
    ]
