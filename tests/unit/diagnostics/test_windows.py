"""Groups in the window that is shown: tested by their difference, against scipy and own sums, and calm by chance."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.diagnostics.design import score, welch
from jobreport.diagnostics.groups import window_tests
from jobreport.estimate.measures import headline
from tests.unit import view_rows as made


def test_the_score_test_of_equal_weights_is_pearsons():
    yes, n = np.array([30, 12, 45]), np.array([50, 40, 60])
    share = yes / n
    found = score(share, share * (1 - share) / n, n.astype(float), 1)
    pearson = stats.chi2_contingency([yes, n - yes], correction=False)
    assert found.statistic * 2 == pytest.approx(pearson.statistic)
    assert found.p_value == pytest.approx(stats.f(2, 147).sf(pearson.statistic / 2))


def test_welch_is_scipys_for_two_groups_and_the_formula_for_three():
    rng = np.random.default_rng(3)
    samples = [rng.normal(50, spread, size) for spread, size in ((20, 12), (5, 40), (10, 25))]
    means, variances = (np.array([f(x) for x in samples]) for f in (np.mean, lambda x: x.var(ddof=1) / len(x)))
    n = np.array([float(len(x)) for x in samples])
    two = welch(means[:2], variances[:2], n[:2])
    assert two.p_value == pytest.approx(stats.ttest_ind(samples[0], samples[1], equal_var=False).pvalue)
    weight = 1 / variances
    grand = (weight * means).sum() / weight.sum()
    lam = ((1 - weight / weight.sum()) ** 2 / (n - 1)).sum()
    wanted = ((weight * (means - grand) ** 2).sum() / 2) / (1 + 2 * 1 / 8 * lam)
    found = welch(means, variances, n)
    assert (found.statistic, found.df_error) == (pytest.approx(wanted), pytest.approx(8 / (3 * lam)))


def test_groups_that_all_answer_alike_and_groups_alone_are_not_tested():
    one, none = np.ones(2), np.zeros(2)
    assert score(one, none, 10 * one, 1) is None
    assert score(one[:1] / 2, one[:1] / 40, 10 * one[:1], 1) is None
    assert welch(one, none, 10 * one) is None
    found = score(np.array([1.0, 0.5]), np.array([0.0, 0.025]), np.array([10.0, 10.0]), 1)
    assert found.statistic == pytest.approx(10 * 2 * 0.25**2 / (0.75 * 0.25)), "ten who agree count as ten"


@pytest.mark.parametrize("sizes", [(6, 15, 40, 100), (5, 5, 5), (30, 30), (5, 200)])
@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
def test_where_no_group_differs_few_samples_say_so(sizes, share):
    rng = np.random.default_rng([len(sizes), int(100 * share)])
    each = np.maximum(np.array(sizes) // 3, 2)
    yes = rng.binomial(np.broadcast_to(each, (1500, 3, len(sizes))), share) / each
    level, variance = yes.mean(axis=1), (yes * (1 - yes) / (each - 1)).sum(axis=1) / 9
    found = [score(p, v, 3.0 * each, 3) for p, v in zip(level, variance, strict=True)]
    assert np.mean([test is not None and test.p_value < 0.05 for test in found]) <= 0.05 + 3 * np.sqrt(
        0.05 * 0.95 / 1500
    )


def levels(wave="2022-1+2022-2", **more):
    common = {"municipality_code": "183", "wave": wave, "group_by": "gender", "n": 150, "standard_error": 0.04} | more
    rows = [
        made.estimate(group=group, estimate=level, indicator=indicator, **common)
        for indicator in ("satisfaction", "meaning")
        for group, level in (("k", 0.7), ("m", 0.45))
    ]
    return pd.DataFrame(rows)


def test_the_test_is_of_the_window_and_corrected_for_the_indicators():
    headlines = [headline(indicator) for indicator in made.CODEBOOK.indicators]
    rows = window_tests(levels(), headlines)
    assert {(row["indicator"], row["measure"], row["wave"], row["group_by"]) for row in rows} == {
        (name, "score", "2022-1+2022-2", "gender") for name in ("satisfaction", "meaning")
    }
    assert [row["p_adjusted"] for row in rows] == pytest.approx([2 * row["p_value"] for row in rows])
    assert window_tests(levels(wave="2022-1"), headlines) == [], "one wave has the test of the latest wave"
    assert window_tests(levels(n=4), headlines) == [], "too few to be shown"
