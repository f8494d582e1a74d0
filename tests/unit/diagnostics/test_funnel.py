"""The funnel of figures that others told, of which there is one's own where nobody told any."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics import survey_diagnostics
from jobreport.diagnostics.funnel import funnel, standardised, told_funnel
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.measures import headline
from jobreport.estimate.moments import Moments
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.estimates import estimate
from tests.unit import view_rows as made


def survey(n=400):
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "municipality_code": rng.choice(["101", "147", "183"], n),
            "wave": rng.choice(["1", "2"], n),
            "g": rng.choice(["k", "m"], n),
            "weight": rng.uniform(0.5, 2, n),
            "respondent_id": np.arange(n),
            "satisfaction": rng.integers(1, 6, n).astype("int8"),
        }
    )
    return frame.astype(dict.fromkeys(["municipality_code", "wave", "g"], "category"))


def alone(tallies, measures, column):
    return Moments.of(WaveEstimates.of(tallies.of(measures, column)))


@pytest.mark.parametrize("group", ["all", "one is empty"])
def test_where_nobody_told_any_it_is_the_funnel_of_the_answers(group):
    frame, measures = survey(), [headline(made.CODEBOOK.indicators[0])]
    if group != "all":
        frame = frame[~(frame["municipality_code"].eq("147") & frame["g"].eq("m"))]
    latest = frame[frame["wave"].eq("2")]
    latest = latest.assign(wave=latest["wave"].cat.remove_unused_categories())
    own = funnel(Tallies(Sample(latest)), measures, "g")
    told = told_funnel(SimpleNamespace(codes=(), beside=alone), Tallies(Sample(frame)), measures, "g")
    assert [row["measure"] for row in told] == [row["measure"] for row in own]
    for mine, theirs in zip(own, told, strict=True):
        assert {**theirs, **mine} == pytest.approx(theirs, nan_ok=True)


SATISFACTION = headline(made.CODEBOOK.indicators[0])
SCALE = Scale("grad", {"da": tuple("abcde")}, 2, 2)


def counted(*cells, **columns):
    """Persons of a municipality and group with an answer, one by one."""
    frame = pd.DataFrame([*cells], columns=["municipality_code", "g", "satisfaction"]).assign(wave="2", weight=1.0)
    frame = frame.assign(**columns).astype({"satisfaction": "int8"})
    return frame.astype(dict.fromkeys(["municipality_code", "wave", "g"], "category"))


HALF, EVEN = [("101", "k", 5), ("101", "k", 1), ("101", "m", 5), ("101", "m", 5)], [
    ("147", "k", 5), ("147", "k", 5), ("147", "m", 1), ("147", "m", 1)
]  # fmt: skip


def standard(frame, **known):
    return standardised(Tallies(Sample(frame, **known)).of((SATISFACTION,), "g", apart=False))


def test_a_standardised_figure_is_that_of_the_groups_in_the_mix_of_all():
    """Half and 1, of which all have six and six; without one group there is none."""
    mean, variance, freedom = standard(counted(*HALF, *EVEN, ("183", "k", 5), ("183", "k", 1)))
    assert mean[:2] == pytest.approx([0.5 * 0.6 + 0.4, 0.6])
    assert (np.isnan(mean[2]), np.isnan(variance[2])) == (True, True)
    assert freedom.tolist() == [3, 3, 1]
    assert variance[:2] == pytest.approx([4 / 3 * 2 * (0.6 / 4) ** 2, 0])


def test_replicate_weights_tell_how_unsure_a_standardised_figure_is():
    """Either of the two who disagree counts twice: 1 and 0.5 beside 0.75, and half of both squares."""
    columns = {"replicate_1": [2.0, 0, 1, 1, 1, 1, 1, 1], "replicate_2": [0.0, 2, 1, 1, 1, 1, 1, 1]}
    mean, variance, _ = standard(counted(*HALF, *EVEN, **columns), scale=0.5)
    assert mean == pytest.approx([0.75, 0.5])
    assert variance == pytest.approx([0.5 * 2 * 0.25**2, 0])


def test_limits_are_where_chance_puts_a_municipality_of_that_size_around_all():
    """150 of 200 and 50 of 200: half of all, 0.5 / root of 200 either way, and both are far outside."""
    cells = [(code, group, answer) for code, yes in (("101", 75), ("147", 25)) for group in "km" for answer, n in
             ((5, yes), (1, 100 - yes)) for _ in range(n)]  # fmt: skip
    rows = funnel(Tallies(Sample(counted(*cells))), [SATISFACTION], "g")
    told = {(row["municipality_code"], row["measure"]): row for row in rows}
    for name, z in (("limit_95", 1.959964), ("limit_998", 3.090232)):
        for code in ("101", "147"):
            row = told[code, name]
            assert (row["value"], row["reason"], row["n"]) == (0.5, "outside", 200)
            assert [row["ci_low"], row["ci_high"]] == pytest.approx(
                [0.5 - z * 0.5 / 200**0.5, 0.5 + z * 0.5 / 200**0.5]
            )
    own = told["101", "standardised"]
    error = (0.75 * 0.25 / 199) ** 0.5
    assert [own["value"], own["ci_low"], own["ci_high"]] == pytest.approx(
        [0.75, 0.75 - 1.971957 * error, 0.75 + 1.971957 * error]
    )
    assert [told["000", name]["value"] for name in ("standardised", "outside_95", "outside_998")] == [0.5, 2, 2]
    assert [told["000", name]["ci_high"] for name in ("outside_95", "outside_998")] == pytest.approx([0.1, 0.004])
    assert {row["diagnostic"] for row in rows} == {"funnel"}
    assert {row["wave"] for row in rows} == {"2"}


def test_nobody_is_drawn_of_one_answer_and_nothing_of_none():
    rows = funnel(Tallies(Sample(counted(*HALF, ("147", "k", 5)))), [SATISFACTION], "g")
    assert {row["municipality_code"] for row in rows} == {"101", "000"}
    assert funnel(Tallies(Sample(counted(("101", "k", 5), ("147", "k", -1)))), [SATISFACTION], "g") == []


@pytest.mark.dear
def test_of_all_together_only_the_index_and_the_funnel_are_told_where_others_told_their_figures():
    """How questions go together is asked of one's own; what rests on one's own answers alone is not of all."""
    frame = survey().assign(trust_met=lambda rows: rows["satisfaction"], trust_kept=np.int8([1, 2, 4, 5] * 100))
    trust = Indicator("trust", {}, tuple(Question(name, {}, SCALE) for name in ("trust_met", "trust_kept")))
    asked = {"simulated": False, "names": {}}
    indicators = [made.CODEBOOK.indicators[0], trust]
    tallies = Tallies(Sample(frame), ("g",))
    levels = estimate(frame, indicators, group_by=("g",), **asked)
    told = SimpleNamespace(codes=(), beside=alone)
    found = survey_diagnostics(tallies, indicators, levels, mix="g", focus=["183"], told=told, **asked)
    of_all = found[found["municipality_code"].eq("000")]
    assert set(of_all["diagnostic"]) == {"reliability", "funnel"}
    assert {"weights", "group_test", "drivers"} <= set(found.loc[found["municipality_code"].eq("183"), "diagnostic"])
    without = survey_diagnostics(tallies, indicators, levels, focus=["183"], told=told, **asked)
    assert "funnel" not in set(without["diagnostic"])
    one = survey_diagnostics(tallies, indicators, levels, mix="g", focus=["183"], **asked)
    assert {"weights", "group_test", "drivers", "funnel"} <= set(
        one.loc[one["municipality_code"].eq("000"), "diagnostic"]
    )
