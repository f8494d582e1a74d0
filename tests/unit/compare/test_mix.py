"""The mix of groups held still: of sums by group the same as of answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.mix import split, split_sums
from jobreport.compare.panel import Window
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.measures import all_measures
from jobreport.estimate.moments import Moments
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.setup.codebook import Indicator, Question, Scale

ASKED = Indicator("satisfaction", {}, (Question("q", {}, Scale("grad", {"da": tuple("abcde")}, 2, 2)),))
WINDOWS = [Window((0, 1), (2, 3)), Window((0,), (1,)), Window((1,), (2, 3))]


def people(again=0):
    """Three municipalities of unlike sizes, four waves, three groups and none; some who answer ``again`` alike."""
    rng = np.random.default_rng(3)
    size = 1200
    frame = pd.DataFrame(
        {
            "municipality_code": rng.choice(["101", "147", "183"], size, p=[0.5, 0.3, 0.2]),
            "wave": rng.choice(["1", "2", "3", "4"], size),
            "g": rng.choice(["k", "m", "n", None], size, p=[0.3, 0.4, 0.2, 0.1]),
            "weight": rng.uniform(0.5, 2, size),
            "respondent_id": np.arange(size) % (size - again),
        }
    ).astype(dict.fromkeys(("municipality_code", "wave", "g"), "category"))
    answer = rng.integers(0, 6, size).astype("int8")
    answer[size - again :] = answer[:again]
    return frame.assign(q=answer)


def both(frame, part, *, weighted):
    tallies = Tallies(Sample(frame), ("g",))
    (measures,) = [same for same in questions(all_measures((ASKED,))) if not same[0].is_single_answer]
    told, whole = (Moments.of(WaveEstimates.of(tallies.of(measures, *by), weighted=weighted)) for by in (["g"], []))
    answers = split(tallies.of(measures, "g", apart=False), WINDOWS, part, weighted=weighted)
    return answers, (told, whole.own), split_sums(told, whole.own, WINDOWS, part)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("part", ["rates", "mix"])
def test_sums_by_group_give_what_answers_give_where_nobody_answered_twice(part, weighted):
    answers, _, found = both(people(), part, weighted=weighted)
    np.testing.assert_allclose(found.value, answers.value, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.variance, answers.variance, rtol=1e-10)


def test_who_answered_twice_makes_no_other_value_and_nearly_the_same_variance():
    answers, _, found = both(people(again=300), "rates", weighted=True)
    np.testing.assert_allclose(found.value, answers.value, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.variance, answers.variance, rtol=0.12)


def test_a_wave_of_which_a_group_is_not_told_has_no_mix_and_the_others_have():
    _, (told, everybody), whole = both(people(), "rates", weighted=True)
    weights = told.own.weights.copy()
    weights[1, 3] = np.nan
    found = split_sums(replace(told, own=replace(told.own, weights=weights)), everybody, WINDOWS, "rates")
    assert np.isnan(found.value[[0, 2], 1]).all()
    assert np.isnan(found.variance[[0, 2], 1]).all()
    kept = np.ones(found.value.shape[:2], dtype=bool)
    kept[[0, 2], 1] = False
    np.testing.assert_array_equal(found.value[kept], whole.value[kept])
    np.testing.assert_array_equal(found.variance[kept], whole.variance[kept])


def by_hand():
    """Of two groups before half each, of whom 2 and 6 of 10 are positive; after 4 of 10 and 24 of 30."""
    cells = [("1", "k", 2, 8), ("1", "m", 6, 4), ("2", "k", 4, 6), ("2", "m", 24, 6)]
    each = [(wave, group, answer) for wave, group, yes, no in cells for answer in [5] * yes + [1] * no]
    frame = pd.DataFrame(each, columns=["wave", "g", "q"]).assign(municipality_code="101", weight=1.0)
    return frame.astype(dict.fromkeys(("municipality_code", "wave", "g"), "category") | {"q": "int8"})


def part(frame, name, **how):
    tallies, measures = Tallies(Sample(frame), ("g",)), [m for m in all_measures((ASKED,)) if m.category == "positive"]
    found = split(tallies.of(tuple(measures), "g", apart=False), [Window((0,), (1,))], name, **how)
    return found.value.item(), found.variance.item()


def test_a_change_is_what_the_rates_make_at_the_mean_mix_and_what_the_mix_makes_at_the_mean_rates():
    """From 40 to 70: 0.375 and 0.625 of 20 points each, and a fourth from 30 to 70."""
    frame = by_hand()
    for how in ({}, {"weighted": False}, {"pool": np.array([0])}):
        assert part(frame, "rates", **how)[0] == pytest.approx(0.2)
        assert part(frame, "mix", **how)[0] == pytest.approx(0.1)
    doubled = frame.assign(weight=np.where(frame["wave"].eq("2"), 2.0, 1.0))
    assert part(doubled, "rates")[0] == pytest.approx(0.2), "each wave counts the same"


def test_the_variance_of_a_part_is_that_of_leaving_out_one_after_the_other():
    """The jackknife by stratum, written out: (n - 1) / n times the squares, of 200 and of 400."""
    frame = pd.concat([by_hand()] * 10, ignore_index=True)
    for name in ("rates", "mix"):
        variance = 0.0
        for _, rows in frame.groupby("wave", observed=True):
            kinds = [one.index for _, one in rows.groupby(["g", "q"], observed=True)]
            out = [(part(frame.drop(index=kind[0]), name)[0], len(kind)) for kind in kinds]
            n = len(rows)
            middle = sum(value * count for value, count in out) / n
            variance += (n - 1) / n * sum(count * (value - middle) ** 2 for value, count in out)
        assert part(frame, name)[1] == pytest.approx(variance, rel=0.01), name


def test_a_group_that_is_there_on_one_side_only_has_no_rate_and_one_that_is_nowhere_needs_none():
    frame = by_hand()
    assert np.isnan(part(frame[~(frame["wave"].eq("2") & frame["g"].eq("k"))], "rates")).all()
    nowhere = frame.assign(g=frame["g"].cat.add_categories("o"))
    assert part(nowhere, "rates") == pytest.approx(part(frame, "rates"))
