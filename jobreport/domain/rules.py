"""The project's own rules: each is one number, computed with here and printed from here.

None is an authority's: the report calls them the project's rules. What a report prints of them is bound to
the table 'rules'; a rule that stands in two places would one day be two rules.
"""

from collections.abc import Mapping

INTERVAL_LEVEL = 0.95
POWER = 0.80
TEST_LEVEL = 0.05
UNCHANGED_LEVEL = 0.90
INDEX_LOWEST = 0.0
INDEX_HIGHEST = 100.0
MEAN_LOWEST = 1.0
MEAN_HIGHEST = 5.0  # of a scale of five answers, which most published means have
FEWEST_FOR_INTERVAL = 4
FEWEST_FOR_TEST = 9
FEWEST_FOR_RANK_TEST = 19
FEWEST_WAVES_BEFORE = 4
SIMILAR = 20  # municipalities, at most, that another is held beside because they were most alike
COURSE_LEVEL = 0.50  # of the course before the event that a difference must bear the going on of
RELIABLE_FROM = 0.7
UNCERTAIN_BELOW = 30.0  # effective answers
RARE_BELOW = 5.0  # effective answers of the rarer kind
OLD_AFTER_YEARS = 5
MAJORITY = 0.5
ODDS_TRIED = 1.5  # how many times as likely (in odds) to answer the positive are tried as
FUNNEL_INNER = 0.95
FUNNEL_OUTER = 0.998
SUPPRESS_AT_LEAST = 5  # answers; a params file may ask for more, never for fewer
DOMINATED_BELOW = 4.0  # effective answers; one person with more than half of the weight leaves fewer: 1 / 0.5 squared
MARKED_AT_LEAST = 30  # answers below which a figure is marked; a params file may ask for more
SINGLE_AT_LEAST = 30  # answers from which it is told how many gave each of them; a params file may ask for more


def _per_cent(share: float) -> float:
    return round(100 * share, 9)


PRINTED: Mapping[str, float] = {
    "interval_level": _per_cent(INTERVAL_LEVEL),
    "power": _per_cent(POWER),
    "test_level": _per_cent(TEST_LEVEL),
    "unchanged_level": _per_cent(UNCHANGED_LEVEL),
    "index_lowest": INDEX_LOWEST,
    "index_highest": INDEX_HIGHEST,
    "mean_lowest": MEAN_LOWEST,
    "mean_highest": MEAN_HIGHEST,
    "rank_needs_comparisons": FEWEST_FOR_RANK_TEST,
    "p_needs_comparisons": FEWEST_FOR_TEST,
    "interval_needs_comparisons": FEWEST_FOR_INTERVAL,
    "similar": SIMILAR,
    "waves_before_needed": FEWEST_WAVES_BEFORE,
    "course_level": _per_cent(COURSE_LEVEL),
    "reliability_floor": RELIABLE_FROM,
    "effective_answers_floor": UNCERTAIN_BELOW,
    "rare_answers_floor": RARE_BELOW,
    "old_after_years": OLD_AFTER_YEARS,
    "majority": _per_cent(MAJORITY),
    "odds_tried": ODDS_TRIED,
    "funnel_inner": _per_cent(FUNNEL_INNER),
    "funnel_outer": _per_cent(FUNNEL_OUTER),
}
"""Name of the rule in texts -> its value, in the unit that is printed (95 for 95 per cent)."""
