"""Answers that belong together in clusters: the interval holds the truth where it takes account of them, else not."""

import numpy as np
import pandas as pd
import pytest

from jobreport.setup.codebook import Indicator, Question, Scale
from tests.estimates import estimate

ONE = Indicator("satisfaction", {}, (Question("q", {}, Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)),))
SAMPLES, CLUSTERS, EACH = 1_000, 12, 15


@pytest.fixture(scope="module")
def answers():
    """Many samples as municipalities: 12 caseworkers of 15 citizens, whose shares vary by 15 points around 60."""
    rng = np.random.default_rng(5)
    share = np.clip(rng.normal(0.6, 0.15, (SAMPLES, CLUSTERS, 1)), 0.02, 0.98)
    yes = rng.random((SAMPLES, CLUSTERS, EACH)) < share
    size = CLUSTERS * EACH
    frame = pd.DataFrame(
        {
            "municipality_code": np.repeat([f"{i:04}" for i in range(SAMPLES)], size),
            "wave": "1",
            "weight": 1.0,
            "q": np.where(yes, 5, 1).ravel().astype("int8"),
            "cluster": np.tile(np.repeat(np.arange(CLUSTERS), EACH), SAMPLES),
        }
    )
    return frame.astype({"municipality_code": "category", "wave": "category"})


@pytest.mark.parametrize(("known", "least", "most"), [(True, 0.94, 1.0), (False, 0.0, 0.90)])
@pytest.mark.dear
def test_intervals_hold_the_truth_only_where_clusters_are_known(answers, known, least, most):
    frame = answers if known else answers.drop(columns="cluster")
    table = estimate(frame, [ONE], simulated=True, names={})
    rows = table[(table["category"] == "positive") & (table["municipality_code"] != "000")]
    held = ((rows["ci_low"] <= 0.6) & (rows["ci_high"] >= 0.6)).mean()
    assert least <= held <= most


def test_one_cluster_is_worth_one_answer(answers):
    """Thirty answers of one caseworker tell nothing of how much caseworkers differ."""
    frame = answers.head(30).assign(cluster=1, q=np.int8(5))
    frame.loc[:9, "q"] = 1
    row = estimate(frame, [ONE], simulated=True, names={}).query("category == 'positive'").iloc[0]
    assert np.isnan(row["standard_error"])
    assert row["ci_high"] - row["ci_low"] > 0.9
    assert "few_effective_answers" in row["reason"]
