"""How many answers are needed, and when no number is enough."""

import numpy as np
import pytest

from jobreport.compare.effect import effect
from jobreport.prepare import plan
from jobreport.prepare.plan import Design, answers_needed


@pytest.mark.parametrize("change", [0.08, 0.12, 0.2])
def test_needed_is_the_smallest_that_is_enough(change):
    design = Design(20, between=0.02)
    needed = answers_needed(design, change)
    assert design.detectable(needed) <= change < design.detectable(needed - 1)


def test_the_plan_is_the_standard_error_of_the_comparison():
    """With sampling variances v and changes that spread as tau^2 + v, `effect` finds the planned SE."""
    design = Design(40, between=0.03, share=0.6)
    v = 0.6 * 0.4 / 150 * (1 / 3 + 1 / 3)
    changes = np.array([-1.0, 1.0] * 20)
    changes *= np.sqrt((0.03**2 + v) / changes.var(ddof=1))
    found = effect(np.array([0.1]), changes, np.array([v]), np.full(40, v))
    assert design.standard_error(150) == pytest.approx(found.standard_error, rel=1e-4)
    assert design.detectable(150) == pytest.approx(found.detectable_change, rel=1e-4)


def test_more_answers_cannot_buy_what_municipalities_do_by_themselves():
    table = plan.plan(Design(43, between=0.05), changes=(0.05, 0.30))
    assert table["n_per_wave"].isna().tolist() == [True, False]
    assert table["reason"].tolist() == ["never", ""]
    assert table["limit"].iloc[0] > 0.05


def test_a_plan_says_what_its_design_may_say():
    table = plan.plan(Design(5, waves_before=1))
    assert set(table["wording_level"]) == {"change"}
    assert table["reason"].iloc[0].startswith("interval_only;parallel_unchecked")
    assert plan.plan(Design(3))["n_per_wave"].isna().all()


def test_overlap_and_weights_change_the_need():
    base = answers_needed(Design(20), 0.15)
    assert answers_needed(Design(20, overlap=0.5), 0.15) < base
    assert answers_needed(Design(20, design_effect=1.5), 0.15) > base
