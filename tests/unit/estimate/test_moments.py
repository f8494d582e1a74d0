"""Sums of municipalities each by itself give what all their answers in one file give."""

import numpy as np
import pandas as pd
import pytest

from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.measures import Measure, measures_of
from jobreport.estimate.moments import Moments
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.estimate.weights import calibrate
from jobreport.setup.codebook import Indicator, Question, Scale

PLACES, WAVES = ("101", "147", "183", "187"), ("2020", "2021", "2022")
SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
QUESTION = Question("q", {"da": "q"}, SCALE, {"da": ("ved ikke",)})
MEASURES = questions(measures_of(Indicator("q", {"da": "q"}, (QUESTION,))))
CONTRASTS = np.array([[-1.0, 0.0, 1.0], [-0.5, -0.5, 1.0], [0.0, -1.0, 1.0]])


def answers(*, weighted: bool = True, known: bool = True) -> pd.DataFrame:
    """Some 60 people in four municipalities and three waves, many of whom answer again, some in all waves."""
    draw = np.random.default_rng(7)
    n = 720
    frame = pd.DataFrame(
        {
            "wave": pd.Categorical(draw.choice(WAVES, n), WAVES, ordered=True),
            "municipality_code": pd.Categorical(draw.choice(PLACES, n), PLACES),
            "respondent_id": draw.integers(0, 300, n),
            "group": pd.Categorical(draw.choice(["x", "y"], n)),
            "weight": draw.uniform(0.5, 3.0, n) if weighted else np.ones(n),
            "q": draw.integers(-1, 6, n).astype(np.int8),
        }
    ).drop_duplicates(["wave", "municipality_code", "respondent_id"])
    return frame if known else frame.drop(columns="respondent_id")


def alone(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    return frame[frame["municipality_code"] == code].assign(
        municipality_code=lambda rows: rows["municipality_code"].cat.remove_unused_categories()
    )


def both(
    frames: list[pd.DataFrame], whole: pd.DataFrame, measures: tuple[Measure, ...], column: str, *, weighted: bool
) -> tuple[Moments, Tallies]:
    parts = [
        Moments.of(WaveEstimates.of(Tallies(Sample(frame)).of(measures, column), weighted=weighted)) for frame in frames
    ]
    return Moments.joined(parts), Tallies(Sample(whole))


@pytest.mark.parametrize("column", ["", "group"])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_municipalities_apart_give_the_levels_changes_and_pool_of_one_file(column, weighted, known):
    frame = answers(known=known)
    for measures in MEASURES:
        joined, tallies = both([alone(frame, code) for code in PLACES], frame, measures, column, weighted=weighted)
        tally = tallies.of(measures, column)
        for pool, found in ((None, joined.own), (np.arange(4), joined.pool()), (np.array([0, 2]), None)):
            expected = WaveEstimates.of(tally, weighted=weighted, pool=pool)
            made = found or joined.pool(np.isin(np.arange(4), [0, 2]))
            for one, other in zip(made.contrasts(CONTRASTS), expected.contrasts(CONTRASTS), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-14)
            windows = [(0, 1), (1, 2), (0, 1, 2)]
            pairs = [(made.waves(), expected.waves()), (made.levels(windows), expected.levels(windows))]
            for one, other in pairs:
                for name in ("estimate", "variance", "n", "n_effective", "df", "spread"):
                    np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-14)


def test_a_municipality_whose_repeated_people_are_unknown_is_mixed_with_others_that_know_theirs():
    frame = answers()
    frames = [alone(frame, code) for code in PLACES]
    frames[1] = frames[1].drop(columns="respondent_id")
    joined, tallies = both(frames, frame, MEASURES[0], "", weighted=True)
    _, variance = joined.own.contrasts(CONTRASTS)
    _, known = WaveEstimates.of(tallies.of(MEASURES[0])).contrasts(CONTRASTS)
    unknown = Tallies(Sample(frame.drop(columns="respondent_id"))).of(MEASURES[0])
    _, apart = WaveEstimates.of(unknown).contrasts(CONTRASTS)
    np.testing.assert_allclose(variance[:, [0, 2, 3]], known[:, [0, 2, 3]], rtol=1e-9)
    np.testing.assert_allclose(variance[:, 1], apart[:, 1], rtol=1e-9)


def test_weights_fitted_to_margins_are_joined_too():
    frame = answers(weighted=False)
    margins = pd.DataFrame(
        [
            {"wave": wave, "municipality_code": code, "group_by": "group", "group": group, "count": count}
            for wave in WAVES
            for code in PLACES
            for group, count in (("x", 400), ("y", 700))
        ]
    )

    def fitted(rows: pd.DataFrame, codes: tuple[str, ...]) -> Tallies:
        kept = margins[margins["municipality_code"].isin(codes)]
        return Tallies(Sample(*calibrate(rows, kept, "poststratify")))

    parts = [fitted(alone(frame, code), (code,)) for code in PLACES]
    joined = Moments.joined([Moments.of(WaveEstimates.of(each.of(MEASURES[0]))) for each in parts])
    tally = fitted(frame, PLACES).of(MEASURES[0])
    for pool, found in ((None, joined.own), (np.arange(4), joined.pool())):
        expected = WaveEstimates.of(tally, pool=pool).contrasts(CONTRASTS)
        for one, other in zip(found.contrasts(CONTRASTS), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-14)
