"""Respondents as arrays: where each belongs, what was drawn together, and who answered more than once."""

import numpy as np
import pandas as pd
import pytest

from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import CLUSTER, OWN_STRATUM, Overlap, Sample, Units
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale

WHERE = ("municipality_code", "wave")
POSITIVE = all_measures([Indicator("q", {}, (Question("q", {}, Scale("grad", {"da": tuple("abcde")}, 2, 2)),))])[:1]


def people(*places, **columns):
    """Somebody in each (municipality, wave), who weighs 1."""
    frame = pd.DataFrame([*places], columns=[*WHERE]).assign(weight=1.0).assign(**columns)
    return frame.astype(dict.fromkeys(WHERE, "category"))


HERE = [("183", "1")] * 4
TWO = [("183", "1"), ("183", "2"), ("187", "2"), ("187", "1"), ("187", "1")]


def test_strata_run_by_municipality_and_then_by_wave_and_hold_everybody():
    sample = Sample(people(*TWO))
    assert sample.stratum.tolist() == [0, 1, 3, 2, 2]
    assert sample.answered.tolist() == [[1, 1], [2, 1]]
    assert (sample.municipalities, sample.waves) == (("183", "187"), ("1", "2"))


def test_who_has_no_group_stands_in_the_last_cell_of_the_stratum():
    sample = Sample(people(*TWO, g=pd.Categorical(["m", "k", None, "k", None])))
    cell, width = sample.cell("g")
    assert (cell.tolist(), width) == ([1, 3, 11, 6, 8], 3)
    assert (sample.cell("")[0].tolist(), sample.cell("")[1]) == ([0, 1, 3, 2, 2], 1)
    assert (sample.shape("g"), sample.shape("")) == ((2, 2, 3), (2, 2, 1))
    assert (sample.groups("g"), sample.groups("")) == (("k", "m"), ("",))


def test_replicates_are_what_a_weight_is_multiplied_by_and_need_a_scale():
    columns = {"weight": [2.0, 2, 1, 1], "replicate_1": [4.0, 0, 1, 1], "replicate_2": [2.0, 2, 0, 2]}
    sample = Sample(people(*HERE, **columns), scale=0.5)
    assert sample.replicates.tolist() == [[2, 1], [0, 1], [1, 0], [1, 2]]
    assert Sample(people(*HERE, **columns)).replicates is None
    assert Sample(people(*HERE), scale=0.5).replicates is None


def test_the_rank_of_replicates_is_of_those_inside_who_were_drawn_apart():
    """One and two have the same weights, and the third is the sum of both others."""
    columns = {"replicate_1": [1.0, 1, 0, 1], "replicate_2": [0.0, 0, 1, 1], "replicate_3": [0.0, 0, 0, 0]}
    sample = Sample(people(*HERE, **columns), scale=0.5)
    ranks = {"0": 1, "01": 1, "02": 2, "23": 2, "0123": 2, "": 0}
    assert {who: sample.rank(np.array([str(i) in who for i in range(4)])) for who in ranks} == ranks
    assert Sample(people(*HERE)).rank(np.ones(4, dtype=bool)) == 0


def test_clusters_are_summed_at_their_first_respondent_beside_the_mean_of_their_stratum():
    """Sums of 3, 1 and 5 around 3, times the root of 3/2 for three clusters and of 3/4 for four respondents."""
    sample = Sample(people(*HERE, **{CLUSTER: ["a", "a", "b", "c"]}))
    found = sample.contributions(np.array([1.0, 2.0, 1.0, 5.0]))
    assert found == pytest.approx(np.array([0, 0, -2, 2]) * np.sqrt(3 / 2 * 3 / 4))
    assert np.square(found).sum() * 4 / 3 == pytest.approx(3 / 2 * 8), "times n/(n - 1) it is that of three clusters"


def test_a_cluster_alone_in_its_stratum_counts_with_its_own_sum():
    sample = Sample(people(*HERE, **{CLUSTER: ["a", "a", "b", "c"], OWN_STRATUM: ["x", "x", "y", "y"]}))
    found = sample.contributions(np.array([1.0, 2.0, 1.0, 5.0]))
    assert found == pytest.approx(np.array([3, 0, -2 * 2**0.5, 2 * 2**0.5]) * np.sqrt(3 / 4))
    one = Sample(people(("183", "1"), **{CLUSTER: ["a"]}))
    assert one.contributions(np.array([7.0])).tolist() == [7]


def test_who_has_no_cluster_is_one_and_those_without_a_stratum_are_one_together():
    frame = people(
        *HERE, ("183", "2"), **{CLUSTER: [None, "a", None, "a", "a"], OWN_STRATUM: ["x", "x", None, None, None]}
    )
    units = Sample(frame).units
    assert len(units.first) == 5, "the same name in another stratum or wave is another cluster"
    clusters, strata = units.counted(np.ones(5, dtype=bool), Sample(frame).stratum, 2)
    assert (clusters.tolist(), strata.tolist()) == ([4, 1], [2, 1])
    clusters, strata = units.counted(np.array([False, False, False, True, False]), Sample(frame).stratum, 2)
    assert (clusters.tolist(), strata.tolist()) == ([1, 0], [1, 0])
    assert Sample(people(*HERE)).units is None
    assert isinstance(Sample(people(*HERE, **{OWN_STRATUM: ["x"] * 4})).units, Units)


def test_a_person_is_one_id_in_one_municipality_and_a_row_without_an_id_one_by_itself():
    places = [("183", "1"), ("183", "2"), ("187", "2"), ("183", "2"), ("183", "1"), ("183", "2")]
    overlap = Overlap(Sample(people(*places, respondent_id=["a", "a", "a", None, None, "b"])))
    assert overlap.known
    assert sorted(overlap.repeated.rows.tolist()) == [0, 1]
    assert [each.tolist() for each in overlap.pairs] in ([[0], [1]], [[1], [0]])
    assert overlap.size((0, 1)).tolist() == [4, 1]
    assert overlap.size((1,)).tolist() == [3, 1]


def test_who_answered_three_times_is_three_pairs_and_one_person():
    places = [("183", wave) for wave in "123"] * 2
    overlap = Overlap(Sample(people(*places, respondent_id=["a", "a", "a", "b", "c", "c"])))
    first, second = overlap.pairs
    pairs = {frozenset(pair) for pair in zip(first.tolist(), second.tolist(), strict=True)}
    assert pairs == {frozenset(pair) for pair in ((0, 1), (0, 2), (1, 2), (4, 5))}
    assert len(first) == 4
    assert [overlap.size(waves).item() for waves in ((0, 1, 2), (0, 1), (0, 2), (1, 2))] == [3, 3, 3, 2]
    assert overlap.repeated_wave.tolist() == [0, 1, 2, 1, 2]
    assert overlap.repeated_place.tolist() == [0] * 5


def test_where_nobody_is_named_nobody_comes_again():
    overlap = Overlap(Sample(people(("183", "1"), ("183", "2"))))
    assert not overlap.known
    assert overlap.size((0, 1)).tolist() == [2]
    assert len(overlap.pairs[0]) == 0


def test_where_there_are_clusters_it_is_they_who_come_again():
    places = [("183", "1"), ("183", "1"), ("183", "2"), ("183", "2")]
    overlap = Overlap(Sample(people(*places, **{CLUSTER: ["a", "a", "a", "b"], "respondent_id": [*"wxyz"]})))
    assert sorted(overlap.repeated.rows.tolist()) == [0, 2]
    assert overlap.clustered


def test_who_changed_group_is_a_person_in_each_of_them():
    places = [("183", wave) for wave in "12"] * 2
    overlap = Overlap(Sample(people(*places, respondent_id=["a", "a", "b", "b"])))
    within = overlap.within(np.array([0, 1, 1, 1]), 2)
    assert overlap.counted_twice(np.ones(4, dtype=bool), within, 2).tolist() == [[0, 1]]
    left = overlap.within(np.array([0, -1, 1, 1]), 2)
    assert len(left.place) == 3


def test_some_respondents_are_kept_with_their_population_and_scale():
    sample = Sample(people(*TWO, replicate_1=[1.0] * 5), population=np.full((2, 2), 10.0), scale=0.5)
    kept = sample.only(np.array([True, True, False, False, False]))
    assert len(kept.responses) == 2
    assert (kept.scale, kept.population is sample.population) == (0.5, True)


def levels(*counts, **known):
    """Positive and others of each wave, by municipality."""
    rows = [(code, f"{wave}", answer) for code, waves in counts for wave, (yes, no) in enumerate(waves)
            for answer in [5] * yes + [1] * no]  # fmt: skip
    columns = {name: values for name, values in known.items() if name not in ("population", "scale")}
    frame = people(*[row[:2] for row in rows], q=np.array([row[2] for row in rows], dtype="int8"), **columns)
    sample = Sample(frame, **{name: known[name] for name in ("population", "scale") if name in known})
    return Tallies(sample).of(POSITIVE)


def at(array):
    return np.asarray(array)[..., 0].tolist()


def test_of_a_random_sample_only_those_who_were_not_drawn_are_unsure():
    """30 of 40 of 100 persons: 0.75 x 0.25 / 39 for six of ten; of 40 of 40 as though one had been missed."""
    variance = 0.75 * 0.25 / 39
    counts = [("183", [(30, 10), (30, 10)]), ("187", [(30, 10), (30, 10)])]
    population = np.array([[100.0, 40.0], [np.nan, 400.0]])
    found = WaveEstimates.of(levels(*counts, population=population)).waves()
    np.testing.assert_allclose(at(found.variance), variance * np.array([[0.6, 1 / 40], [1.0, 0.9]]))
    np.testing.assert_allclose(at(found.spread), 0.75 * 0.25 * np.array([[0.6, 1 / 40], [1.0, 0.9]]))
    assert at(found.persons) == [[100, 40], [np.inf, 400]]
    unstated = WaveEstimates.of(levels(*counts)).waves()
    assert np.isinf(at(unstated.persons)).all()
    np.testing.assert_allclose(at(unstated.variance), variance)


def test_persons_of_whom_some_gave_no_answer_stand_for_as_many_each():
    tally = levels(("183", [(30, 10)]), population=np.array([[100.0]]))
    frame = tally.overlap.sample.responses.assign(q=np.array([5] * 20 + [-1] * 10 + [1] * 10, dtype="int8"))
    found = WaveEstimates.of(Tallies(Sample(frame, population=np.array([[100.0]]))).of(POSITIVE)).waves()
    assert at(found.persons) == [[75]]


def test_all_together_are_the_persons_of_those_who_have_any():
    counts = [("183", [(30, 10)]), ("187", [(10, 10)])]
    tally = levels(*counts, population=np.array([[100.0], [20.0]]))
    found = WaveEstimates.of(tally, pool=np.array([0, 1])).waves()
    assert (at(found.persons), at(found.n), at(found.df)) == ([[120]], [[60]], [[58]])
    whole = WaveEstimates.of(levels(*counts), pool=np.array([0, 1])).waves()
    p, scores = 40 / 60, [(30, 10, 40), (10, 10, 20)]
    each = [n / (n - 1) * (yes * (1 - p) ** 2 + no * p**2 - (yes - n * p) ** 2 / n) / 60**2 for yes, no, n in scores]
    assert at(whole.variance) == [[pytest.approx(sum(each))]]
    assert at(found.variance) == [[pytest.approx(each[0] * 0.6 + each[1] / 20)]]


def test_a_level_of_two_waves_is_their_plain_mean_with_kishs_number_of_it():
    """0.75 of 40 and 0.25 of 20: 0.5; an answer of the small wave weighs twice as much, 4 / (1/40 + 1/20)."""
    tally = levels(("183", [(30, 10), (5, 15), (1, 1)]))
    found = WaveEstimates.of(tally).levels([(0, 1), (0,)])
    assert at(found.estimate) == [[0.5], [0.75]]
    assert at(found.n_effective) == [[pytest.approx(160 / 3)], [40]]
    assert at(found.n) == [[60], [40]]
    apart = 0.1875 * (1 / 39 + 1 / 19) / 4
    assert at(found.variance)[0] == [pytest.approx(apart)], "who answered twice is not known"
    assert at(found.spread) == [[pytest.approx(0.1875 + 0.0625)], [pytest.approx(0.1875)]]
    assert at(found.df) == [[59], [39]]


def test_a_level_of_two_waves_of_a_random_sample_is_of_these_persons():
    counts = [("183", [(30, 10), (30, 10)])]
    found = WaveEstimates.of(levels(*counts, population=np.array([[100.0, 80.0]]))).levels([(0, 1)])
    variance = 0.1875 / 39 / 4
    assert at(found.variance) == [[pytest.approx(variance * (0.6 + 0.5))]]
    assert at(found.persons) == [[180]]
    assert at(found.spread) == [[pytest.approx(0.1875 * 1.1 / 2)]]


def test_a_change_of_the_same_people_is_that_of_their_own_differences():
    """Of ten one falls and the rest stay: -0.1; squares of 0.9 x 0.1 over nine, whatever all others say."""
    tally = levels(("183", [(6, 4), (5, 5)]), respondent_id=[*range(10), *range(10)])
    value, variance = WaveEstimates.of(tally).contrasts(np.array([[-1.0, 1.0]]))
    assert (at(value), at(variance)) == ([[pytest.approx(-0.1)]], [[pytest.approx(0.09 / 9)]])
    apart = levels(("183", [(6, 4), (5, 5)]))
    _, independent = WaveEstimates.of(apart).contrasts(np.array([[-1.0, 1.0]]))
    assert at(independent) == [[pytest.approx(0.24 / 9 + 0.25 / 9)]]
    waves = WaveEstimates.of(tally)
    assert (at(waves.degrees_of_freedom((0, 1))), at(waves.answers((0, 1)))) == ([9], [20])


def test_those_who_answer_the_same_again_have_no_variance_of_a_change_and_are_worth_their_number():
    tally = levels(("183", [(6, 4), (6, 4)]), respondent_id=[*range(10), *range(10)])
    value, variance = WaveEstimates.of(tally).contrasts(np.array([[-1.0, 1.0]]))
    assert (at(value), at(variance)) == ([[0]], [[0]])
    alike = WaveEstimates.of(levels(("183", [(10, 0), (10, 0)]), respondent_id=[*range(10), *range(10)]))
    assert at(alike.levels([(0, 1)]).n_effective) == [[10]]


def test_a_wave_of_one_answer_makes_no_variance_and_one_of_none_no_value():
    tally = levels(("183", [(6, 4), (1, 0)]), ("187", [(6, 4), (0, 0)]))
    value, variance = WaveEstimates.of(tally).contrasts(np.array([[-1.0, 1.0]]))
    assert at(value)[0][0] == pytest.approx(0.4)
    assert np.isnan(at(value)[0][1])
    assert np.isnan(at(variance)).all()


def test_replicate_weights_tell_the_variance_by_how_far_each_moves_the_figure():
    """Either of two persons counts twice: 1 and 0 beside 0.5, and half of both squares."""
    columns = {"replicate_1": [2.0, 0.0], "replicate_2": [0.0, 2.0]}
    tally = levels(("183", [(1, 1)]), scale=0.5, **columns)
    found = WaveEstimates.of(tally).waves()
    assert (at(found.variance), at(found.df)) == ([[0.25]], [[1]])
    plain = WaveEstimates.of(tally, weighted=False).waves()
    assert (at(plain.variance), at(plain.df)) == ([[0.25]], [[1]]), "two persons by themselves: 2 x 2 x 1/16"
    assert at(WaveEstimates.of(tally).degrees_of_freedom((0,))) == [1]


def test_replicates_move_each_municipality_and_wave_by_itself():
    """Who disagrees in the first municipality's first wave counts twice in turn; nobody moves the others."""
    columns = {"replicate_1": [2.0, 0.0, 1, 1, 1, 1, 1, 1], "replicate_2": [0.0, 2.0, 1, 1, 1, 1, 1, 1]}
    tally = levels(("183", [(1, 1), (1, 1)]), ("187", [(1, 1), (2, 0)]), scale=0.5, **columns)
    found = WaveEstimates.of(tally)
    assert at(found.waves().variance) == [[0.25, 0], [0, 0]]
    change, variance = found.contrasts(np.array([[-1.0, 1.0]]))
    assert (at(change), at(variance)) == ([[0, 0.5]], [[0.25, 0]])
    pooled = WaveEstimates.of(tally, pool=np.array([0, 1])).waves()
    assert at(pooled.variance) == [[0.0625, 0]], "half of both municipalities' answers are that one's"


def test_clusters_are_worth_what_they_differ():
    """Two who agree in one and two who disagree with them alone: 0.25 and twice -0.125 of three clusters."""
    tally = levels(("183", [(2, 2)]), **{CLUSTER: ["a", "a", "b", "c"]})
    found = WaveEstimates.of(tally).waves()
    assert at(found.variance) == [[pytest.approx(3 / 2 * (0.25**2 + 2 * 0.125**2))]]
    assert at(found.df) == [[2]]
    one = WaveEstimates.of(levels(("183", [(2, 2)]), **{CLUSTER: ["a"] * 4})).waves()
    assert np.isnan(at(one.variance)).all()
    assert at(one.n_effective) == [[1]], "of one cluster nothing is known; it is worth one answer"


def test_clusters_that_come_again_make_the_errors_of_waves_alike():
    """The same two clusters in both waves, each as before: no change and none possible."""
    teams = ["a", "a", "b", "b"] * 2
    tally = levels(("183", [(2, 2), (2, 2)]), **{CLUSTER: teams})
    value, variance = WaveEstimates.of(tally).contrasts(np.array([[-1.0, 1.0], [0.5, 0.5]]))
    assert (at(value), at(variance)[0]) == ([[0], [0.5]], [pytest.approx(0)])
    assert at(variance)[1] == [pytest.approx(2 * 2 * 0.25**2)]
    assert at(WaveEstimates.of(tally).degrees_of_freedom((0, 1))) == [1]


def test_units_of_cells_are_persons_clusters_or_the_rank_of_replicates():
    everybody = [np.ones(2, dtype=bool), np.array([True, False])]
    plain = levels(("183", [(2, 3)]))
    assert [[each.tolist() for each in plain.units(inside)] for inside in everybody] == [[[5], [1]], [[3], [1]]]
    teams = levels(("183", [(2, 3)]), **{CLUSTER: ["a", "a", "a", "b", "c"]})
    assert [each.tolist() for each in teams.units(everybody[0])] == [[3], [1]]
    columns = {"replicate_1": [2.0, 0, 1, 1, 1], "replicate_2": [0.0, 2, 1, 1, 1]}
    drawn = levels(("183", [(2, 3)]), scale=0.5, **columns)
    assert [each.tolist() for each in drawn.units(everybody[0])] == [[2], [1]]


def test_of_some_replicates_only_those_of_who_answered_so_count():
    columns = {"replicate_1": [2.0, 0, 1, 1, 1], "replicate_2": [0.0, 2, 1, 1, 1]}
    drawn = levels(("183", [(2, 3)]), scale=0.5, **columns)
    assert [each.tolist() for each in drawn.units(np.array([True, False]))] == [[1], [1]], "the others are all alike"
