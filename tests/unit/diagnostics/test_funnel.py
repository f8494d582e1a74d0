"""The funnel of figures that others told, of which there is one's own where nobody told any."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics.funnel import funnel, told_funnel
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.measures import headline
from jobreport.estimate.moments import Moments
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
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
