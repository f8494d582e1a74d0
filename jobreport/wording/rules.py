"""The project's own fixed numbers that a report prints; each is bound to the table 'rules'.

None is an authority's: the report calls them the project's rules.
"""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, float] = {
    "interval_level": 95,
    "power": 80,
    "test_level": 5,
    "unchanged_level": 90,
    "index_lowest": 0,
    "index_highest": 100,
    "mean_lowest": 1,
    "mean_highest": 5,
    "rank_needs_comparisons": 19,
    "p_needs_comparisons": 9,
    "interval_needs_comparisons": 4,
    "waves_before_needed": 2,
    "reliability_floor": 0.7,
    "effective_answers_floor": 30,
    "rare_answers_floor": 5,
    "design_effect_ceiling": 1.25,
    "weighted_answers_floor": 200,
    "old_after_years": 5,
    "majority": 50,
    "funnel_inner": 95,
    "funnel_outer": 99.8,
}
"""Name of the rule -> its value, in the unit that is printed (95 for 95 per cent)."""
