"""What a tally holds, and that sums over its cells are those over its people."""

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.levels import window_estimates
from jobreport.compare.rounds import round_changes
from jobreport.compare.survey import survey_changes
from jobreport.estimate import measures
from jobreport.estimate import tally as tallies_of
from jobreport.estimate.measures import Answers, all_measures
from jobreport.estimate.sample import Overlap, Sample, Within
from jobreport.estimate.tally import LARGE, Tallies, Tally, questions
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.events import event

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
ONE = Indicator("satisfaction", {}, (Question("q", {}, SCALE, {"da": ("ved ikke",)}),))


def few_people():
    """Person 1 answers 5 and then 1, person 2 only once, and persons 3 and 4 answer 4 in both waves, weighing 2."""
    rows = [(1, "w0", 5, 1.0, "k"), (1, "w1", 1, 1.0, "m"), (2, "w0", 5, 3.0, "k")]
    rows += [(person, wave, 4, 2.0, "m") for person in (3, 4) for wave in ("w0", "w1")]
    frame = pd.DataFrame(rows, columns=["respondent_id", "wave", "q", "weight", "g"])
    frame = frame.assign(municipality_code="100").astype({"q": "int8"})
    return frame.astype(dict.fromkeys(["municipality_code", "wave", "g"], "category"))


def test_a_tally_holds_the_sums_of_respondents_with_the_same_answer():
    tally = Tallies(Sample(few_people())).of(all_measures([ONE])[:1])
    assert tally.stratum.tolist() == [0, 0, 1, 1]
    assert (tally.answer - 1).tolist() == [4, 5, 1, 4]
    assert tally.values.tolist() == [[1.0], [1.0], [0.0], [1.0]]
    assert (tally.n.tolist(), tally.w.tolist(), tally.ww.tolist()) == ([2, 2, 1, 2], [4, 4, 1, 4], [8, 10, 1, 8])
    pairs = tally.pairs
    between = zip(pairs.first.tolist(), pairs.second.tolist(), pairs.n, pairs.w, strict=True)
    assert {(i, j): (n, w) for i, j, n, w in between} in (
        {(0, 3): (2, 8), (1, 2): (1, 1)},  # counted
        {(0, 3): (1, 4), (1, 2): (1, 1)},  # each pair for itself
    )


def test_sums_of_a_tally_are_those_of_its_people():
    """Scores 1 for a 4 in w0, 10 for a 1 and 100 for a 4 in w1, each times its weight."""
    tally = Tallies(Sample(few_people())).of(all_measures([ONE])[:1])
    scores = np.array([[1.0], [0.0], [10.0], [100.0]])
    totals, squares = tally.sums(scores)
    assert totals[0, :, 0].tolist() == [2 + 2, 10 + 200 + 200]
    assert squares[0, :, 0].tolist() == [4 + 4, 100 + 2 * 200**2]
    products = tally.products(scores, squares)[0, :, :, 0]
    assert products.tolist() == [[4 + 4, 2 * 200 * 2], [2 * 200 * 2, 100 + 2 * 200**2]]
    totals, squares = tally.sums(scores, weighted=False)
    assert totals[0, :, 0].tolist() == [2, 210]
    products = tally.products(scores, squares, weighted=False)[0, :, :, 0]
    assert products.tolist() == [[2, 200], [200, 100 + 2 * 100**2]]


def test_series_are_added_up_each_by_itself():
    """Two measures in two groups at once are what each is alone."""
    tallies, measures = Tallies(Sample(few_people())), all_measures([ONE])[:2]
    both = tallies.of(measures, "g")
    scores = np.arange(1.0, 1 + both.values.size).reshape(both.values.shape)
    found = both.products(scores, both.sums(scores)[1])
    for number in range(2):
        alone = tallies.of(measures[number : number + 1], "g")
        column = scores[:, number : number + 1]
        expected = alone.products(column, alone.sums(column)[1])
        assert found[..., number::2].tolist() == expected.tolist()
    assert found.shape == (1, 2, 2, 4)


def test_measures_that_are_made_anew_find_the_tally_again():
    tallies = Tallies(Sample(few_people()))
    assert tallies.of(all_measures([ONE]), "g") is tallies.of(all_measures([ONE]), "g")


def test_in_a_group_only_its_own_rows_and_pairs_count():
    """Person 1 changed from k to m: one row in each, and no pair."""
    tallies, measures = Tallies(Sample(few_people())), all_measures([ONE])
    apart, together = (tallies.of(measures[:1], "g", apart=apart) for apart in (True, False))
    assert [apart.n[apart.group == group].tolist() for group in (0, 1)] == [[2], [2, 1, 2]]
    assert (apart.pairs.n.sum(), together.pairs.n.sum()) == (2, 3)
    assert apart.people((0, 1)).tolist() == [[2, 3]]
    assert tallies.of(measures[3:4], "g").people((0, 1)).tolist() == [[2, 3]]
    assert (apart.parts, together.parts) == (2, 1)


def test_people_are_counted_once_however_often_they_answer():
    tallies = Tallies(Sample(few_people()))
    tally = tallies.of(all_measures([ONE])[:1])
    assert tallies.overlap.size((0, 1)).tolist() == [4]
    assert tally.people((0, 1)).tolist() == [[4]]
    assert tally.people((1,)).tolist() == [[3]]


def test_pairs_are_counted_by_cells_where_that_is_less():
    """A hundred people who answer 4 in both waves: one pair of cells instead of a hundred pairs of rows."""
    frame = pd.DataFrame({"respondent_id": np.tile(np.arange(100), 2), "wave": np.repeat(["w0", "w1"], 100)})
    frame = frame.assign(municipality_code="100", q=np.int8(4), weight=np.tile([1.0, 3.0], 100))
    frame = frame.astype({"municipality_code": "category", "wave": "category"})
    pairs = Tallies(Sample(frame)).of(all_measures([ONE])[:1]).pairs
    assert (pairs.first.tolist(), pairs.second.tolist(), pairs.n.tolist()) == ([0], [1], [100])
    assert pairs.w.tolist() == [50 * 1 + 50 * 9]


def test_the_whole_is_the_sum_of_its_groups_and_of_those_in_none():
    frame, measure = few_people(), all_measures([ONE])[0]
    frame.loc[2, "g"] = np.nan
    direct, summed = Tallies(Sample(frame)), Tallies(Sample(frame), ["g"])
    assert direct.answered().tolist() == summed.answered().tolist() == [[[4], [3]]]
    assert summed.answered("g").tolist() == [[[1, 2, 1], [0, 3, 0]]]
    one, other = (each.of((measure,)) for each in (direct, summed))
    assert [one.n.tolist(), one.w.tolist(), one.ww.tolist()] == [other.n.tolist(), other.w.tolist(), other.ww.tolist()]
    assert summed.of((measure,), "g").n.sum() == 6


def test_measures_of_the_same_answers_are_taken_together_and_single_answers_by_themselves():
    two = Indicator("both", {}, (Question("a", {}, SCALE), Question("b", {}, SCALE)))
    found = [[(m.indicator, m.category or m.name) for m in same] for same in questions(all_measures([ONE, two]))]
    boxes, singles = ["positive", "neutral", "negative"], [f"answer_{number}" for number in range(1, 6)]
    assert found == [
        [("satisfaction", name) for name in (*boxes, "mean", "index", "dont_know")],
        [("satisfaction", name) for name in singles],
        [("both", "mean")], [("both", "index")],
        [("a", name) for name in (*boxes, "mean", "index")], [("a", name) for name in singles],
        [("b", name) for name in (*boxes, "mean", "index")], [("b", name) for name in singles],
    ]  # fmt: skip


def two_places():
    return pd.concat([few_people(), few_people().assign(municipality_code="200", q=np.int8(2))]).astype(
        {"municipality_code": "category"}
    )


def test_of_some_places_the_others_have_their_place_and_no_answer():
    tallies = Tallies(Sample(two_places()), ["g"])
    alone = tallies.of_places(["200", "999"])
    assert alone.sample.municipalities == ("100", "200")
    assert alone.answered()[..., 0].tolist() == [[0, 0], [4, 3]]
    assert alone.group_by == ("g",)
    assert tallies.of_places(["200"]) is tallies.of_places(["200", "999"])
    assert tallies.of_places(["999"]) is tallies.of_places(["100", "200"]) is tallies


def test_valid_answers_and_weights_are_counted_by_place_wave_and_group():
    """In the first wave 5, 5, 4 and 4 with weights 1, 3, 2 and 2; in the second 1, 4 and 4 with 1, 2 and 2."""
    frame = few_people()
    frame.loc[0, "q"] = 0
    tallies, (positive, *_, unsure) = Tallies(Sample(frame)), all_measures([ONE])
    valid, yes, *weights = (each[0, :, 0].tolist() for each in tallies.valid(positive))
    assert (valid, yes, weights) == ([3, 3], [3, 2], [[7, 5], [17, 9]])
    assert [each[0, :, 0].tolist() for each in tallies.valid(unsure)[:2]] == [[4, 3], [1, 0]]
    by_group = [each[0, 0].tolist() for each in tallies.valid(positive, "g")[:2]]
    assert by_group == [[1, 2, 0], [1, 2, 0]]


def test_somebody_counts_more_than_another_or_nobody_does():
    assert Tallies(Sample(few_people())).is_weighted
    assert not Tallies(Sample(few_people().assign(weight=2.0))).is_weighted


def test_a_base_is_counted_once_for_all_measures_that_have_it():
    tally = Tallies(Sample(few_people())).of(questions(all_measures([ONE]))[0])
    first, which = tally.bases
    assert len(first) == 2
    assert len(set(which[:5])) == 1
    assert which[5] != which[0], "that somebody does not know has another base"


def test_what_is_made_of_a_tally_is_made_once():
    tally, made = Tallies(Sample(few_people())).of(all_measures([ONE])[:1]), []
    assert [tally.once("key", lambda: made.append(1) or len(made)) for _ in range(3)] == [1, 1, 1]
    assert tally.once("other", lambda: 7) == 7


def test_pairs_that_were_let_go_are_made_again():
    tallies = Tallies(Sample(few_people()))
    tally = tallies.of(all_measures([ONE])[:1])
    scores = np.arange(1.0, 1 + tally.values.size).reshape(tally.values.shape)
    before, pairs = tally.products(scores, tally.sums(scores)[1]), tally.pairs
    tallies.let_go()
    assert tally.products(scores, tally.sums(scores)[1]).tolist() == before.tolist()
    assert tally.pairs is not pairs


def test_products_are_the_same_bits_however_many_columns_are_added_up_at_once(monkeypatch):
    tally = Tallies(Sample(few_people())).of(all_measures([ONE]))
    scores = np.random.default_rng(1).normal(size=tally.values.shape)
    before = tally.products(scores, tally.sums(scores)[1])
    added, add = [], Tally._added
    monkeypatch.setattr(
        Tally, "_added", lambda self, some, **how: added.append(some.shape[1]) or add(self, some, **how)
    )
    monkeypatch.setattr(tallies_of, "BLOCK", 2 * len(tally.pairs.first))
    assert tally.products(scores, tally.sums(scores)[1]).tobytes() == before.tobytes()
    assert set(added[:-1]) == {2}
    assert sum(added) == tally.measures > 4


@pytest.mark.parametrize("told", [round_changes, survey_changes, window_estimates])
def test_of_a_question_that_is_done_with_nothing_large_is_held(told):
    """Pairs of all questions at once were a third of what ten million answers took."""
    tallies, stated = Tallies(Sample(few_people()), ("g",)), {"simulated": True, "names": {}}
    asked = {round_changes: {"focus": ["100"], "mix": "g"}, window_estimates: {"windows": [("w0", "w1")]}}
    happened = {"event": event(treated=["100"]), "before": ["w0"], "after": ["w1"], "mix": "g"}
    told(tallies, [ONE], **stated, **asked.get(told, happened))
    made = [each for each in tallies._made.values() if isinstance(each, Tally)]
    assert made
    assert not [name for each in made for name in LARGE if name in vars(each)]


def test_when_only_levels_are_still_asked_the_sums_stay_and_nothing_of_each_respondent_but_his_cell():
    tallies = Tallies(Sample(few_people()), ("g",))
    tally = tallies.of(all_measures([ONE])[:1], "g")
    counted, people = tallies._counted(all_measures([ONE])[0], "g"), tally.people((0, 1))
    assert tally.pairs.n.sum() == 2, "persons 3 and 4; person 1 changed group"
    tallies.keep_sums()
    assert not [each for each in tallies._made.values() if isinstance(each, (Tally, Within, Overlap))]
    assert tallies._counted(all_measures([ONE])[0], "g") is counted
    again = tallies.of(all_measures([ONE])[:1], "g")
    assert again is not tally
    assert again.people((0, 1)).tolist() == people.tolist() == [[2, 3]]


def test_of_each_of_millions_no_more_is_held_than_there_is_to_tell():
    """A cell in two bytes, a group where it stands already, who answered again in four bytes."""
    tallies = Tallies(Sample(few_people()), ("g",))
    assert tallies.cell("g").dtype == np.int16
    assert np.shares_memory(tallies.sample.codes("g"), tallies.sample.responses["g"].array.codes)
    assert tallies.sample.codes("").strides == (0,)
    repeated, within = tallies.overlap.repeated, tallies.within("g", together=False)
    assert {each.dtype.itemsize for each in (repeated.rows, repeated.person, within.place, within.who)} == {4}


def test_means_of_several_questions_have_their_numbers_in_the_order_of_the_rows(monkeypatch):
    asked = (Question("a", {}, SCALE), Question("b", {}, SCALE))
    measure = next(m for m in all_measures([Indicator("trust", {}, asked)]) if m.name == "mean")
    frame = pd.DataFrame({"a": [5, -1, 1, 5, 4], "b": [4, -1, 1, 4, 5]}, dtype="int8")
    monkeypatch.setattr(measures, "BLOCK", 2)
    found = Answers.of(measure, frame)
    assert (found.of_rows.tolist(), found.of_rows.dtype) == ([0, -1, 1, 0, 0], np.int8)
    assert found.table[1:].tolist() == [4.5, 1.0]


def test_who_has_no_group_is_in_no_cell_of_it():
    frame = few_people()
    frame.loc[2, "g"] = np.nan
    tally = Tallies(Sample(frame)).of(all_measures([ONE])[:1], "g")
    assert tally.rows(np.ones(len(tally.n), dtype=bool)).tolist() == [True, True, False, True, True, True, True]
    assert tally.rows(tally.group == 0).tolist() == [True] + [False] * 6
