"""The course before the event and the gate of the word effect, by other roads: polyfit, scipy's t test, statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from jobreport.compare.course import Course
from jobreport.compare.panel import Changes, Line, Window
from jobreport.compare.register import Official
from tests.events import event
from tests.unit.compare.test_compare import one, series

BEFORE, AFTER, OTHERS = 6, 3, 20
WINDOW = Window(tuple(range(BEFORE)), tuple(range(BEFORE, BEFORE + AFTER)))
CODES = tuple(map(str, range(OTHERS + 1)))


def country(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 6, (OTHERS + 1, 1)) + rng.normal(0, 3, (OTHERS + 1, BEFORE + AFTER))
    values[0] += rng.choice([0, 1, 2]) * np.arange(BEFORE + AFTER)
    values[0, BEFORE:] += rng.choice([-12, 0, 12])
    return values


def of_each(values):
    change = values[:, BEFORE:].mean(axis=1) - values[:, :BEFORE].mean(axis=1)
    return change, np.polyfit(np.arange(BEFORE), values[:, :BEFORE].T, 1)[0]


def gate(values, variance=None):
    contrasts = [np.array(each.contrast(BEFORE + AFTER)) for each in (WINDOW, Line(WINDOW.before))]
    change, slope = (
        Changes((values @ c)[None], None if variance is None else (variance @ c**2)[None], codes=CODES)
        for c in contrasts
    )
    (found,) = change.effects(CODES[:1], CODES[1:])
    return found, Course.of(slope, Line(WINDOW.before), WINDOW, CODES[:1], CODES[1:])


@pytest.mark.parametrize("countries", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_the_gate_is_that_of_a_t_test_of_slopes_and_changes(countries):
    """Slopes by polyfit; the treated against the others by scipy's pooled t test of one against many."""
    passed = []
    for seed in range(countries):
        change, slope = of_each(country(seed))
        found, course = gate(country(seed))
        tests = [stats.ttest_ind(each[:1], each[1:]) for each in (change, slope)]
        low, high = tests[1].confidence_interval(0.5)
        np.testing.assert_allclose(course.interval(), (low, high), rtol=1e-9)
        ends = np.array(tests[0].confidence_interval(0.95))
        years = (BEFORE + AFTER) / 2
        up = ends[0] > 0 and ends[0] - years * high > 0
        down = ends[1] < 0 and ends[1] - years * low < 0
        assert course.bears(found) == (up or down)
        passed.append(up or down)
    assert 0.1 * countries < sum(passed) < 0.75 * countries, "both answers occur"


def test_with_sampling_errors_it_is_statsmodels_random_effects():
    rng = np.random.default_rng(2)
    values, variance = country(7), rng.uniform(4, 30, (OTHERS + 1, BEFORE + AFTER))
    _, course = gate(values, variance)
    contrast = np.array(Line(WINDOW.before).contrast(BEFORE + AFTER))
    slope, v = values @ contrast, variance @ contrast**2
    mean = combine_effects(slope[1:], v[1:], method_re="iterated")
    assert course.slope.change == pytest.approx(slope[0] - mean.mean_effect_re, abs=1e-4)
    known_to = np.sqrt(2 * (OTHERS - 1)) / (1 / v[1:]).sum()
    error = max(mean.tau2, 0) + max(v[0], known_to) + mean.sd_eff_w_re**2
    assert course.slope.standard_error**2 == pytest.approx(error, rel=1e-4)


def test_at_its_breakdown_a_difference_is_clear_no_more():
    found, course = gate(country(0) + np.outer(np.eye(OTHERS + 1)[0], [0] * BEFORE + [15] * AFTER))
    limit = course.breakdown(found)
    low, _ = found.interval()
    assert low > 0
    assert low - limit * course.distance == pytest.approx(0)


def steady(slope, jump, periods=9):
    """One municipality on a course of its own that jumps in the last period, beside twelve that go up and down."""
    swings = 0.3 * np.random.default_rng(6).normal(size=(12, periods))
    values = {"t": (10 + slope * np.arange(periods) + jump * (np.arange(periods) == periods - 1)).tolist()}
    return series(values | {f"c{i}": (10 + each).tolist() for i, each in enumerate(swings)})


@pytest.mark.parametrize(
    ("slope", "jump", "level", "reason"), [(0.0, 4.0, "effect", ""), (0.5, 0.2, "change", "course_goes_on")]
)
def test_what_a_course_can_explain_is_no_effect(slope, jump, level, reason):
    """In the second the difference is clear, and nearly all of it is the course."""
    asked = {"event": event(["t"]), "before": [str(2000 + i) for i in range(8)], "after": ["2008"], "names": {}}
    table = Official(steady(slope, jump), **asked, false_dates=False).changes()
    row = one(table, method="effect", scale="points")
    assert row["ci_low"] > 0
    assert row["wording_level"] == level
    assert (reason in row["reason"].split(";")) == bool(reason)
    course = one(table, method="course", scale="points")
    assert course["change"] == pytest.approx(slope, abs=0.1)
    assert course["wave_before"] == "+".join(str(2000 + i) for i in range(8))
    left = one(table, method="continued", scale="points")
    assert left["change"] == pytest.approx(row["change"] - 4.5 * course["ci_high"])
    assert one(table, method="breakdown", scale="points")["change"] == pytest.approx(row["ci_low"] / 4.5)


def test_the_rows_name_every_wave_they_rest_on_so_that_a_hidden_one_hides_them():
    """The window before is the last wave alone, the course goes through all eight."""
    asked = {"event": event(["t"]), "before": ["2007"], "after": ["2008"], "names": {}}
    table = Official(steady(0.0, 4.0), **asked).changes()
    every = "+".join(str(2000 + i) for i in range(8))
    for method, before, after in (("course", every, ""), ("continued", every, "2008"), ("breakdown", "2007", "2008")):
        row = one(table, method=method, scale="points")
        assert (row["wave_before"], row["wave_after"]) == (before, after)


def test_months_are_counted_in_years():
    line = Line.before(25, [True] * 40, 12)
    assert line.periods == tuple(range(2, 26))
    assert line.steps == 2
    season = np.tile(np.arange(12.0), 4)[:40]
    yearly = (np.arange(40) - 2) // 12
    assert np.dot(line.contrast(40), season + 3 * yearly) == pytest.approx(3)
    assert line.distance(Window(tuple(range(14, 26)), tuple(range(26, 38)))) == 1
