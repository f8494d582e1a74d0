"""The level of a municipality by its own waves equals R's, where metafor finds the variance of the shocks.

Inputs and results are made by own_waves.R (R 4.2.2, metafor 3.8-1) and committed.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobreport.estimate.own_waves import own_waves

HERE = Path(__file__).parent
ALIKE = 0.3  # correlation of the errors of neighbouring waves, as in the script


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(HERE / "own_waves_r.csv").set_index("m")


@pytest.fixture(scope="module")
def cells():
    table = pd.read_csv(HERE / "own_waves.csv")
    return {name: table.pivot(index="m", columns="wave", values=name) for name in ("estimate", "n", "variance")}


def pooled(cells, alike):
    waves = np.arange(cells["n"].shape[1])
    error = np.sqrt(cells["variance"].fillna(0.0).to_numpy())
    together = alike ** np.abs(waves[:, None] - waves) if alike else np.eye(len(waves))
    covariance = error[:, :, None] * error[:, None, :] * together
    return own_waves(cells["estimate"].to_numpy(), covariance, cells["n"].to_numpy())


def test_level_and_error_equal_those_of_whole_matrices(cells, reference):
    found = pooled(cells, ALIKE)
    made = pd.DataFrame({"level": found.level, "apart": found.apart, "variance": found.variance}, cells["n"].index)
    assert made.index[made["level"].isna()].tolist() == ["g"], "one wave alone is no level of several"
    made = made.dropna()
    assert found.between == pytest.approx(reference["between"].iloc[0], rel=1e-4)
    for name in ("level", "apart"):
        np.testing.assert_allclose(made[name], reference.loc[made.index, name], rtol=2e-5)
    # (what not knowing the variance of the shocks adds is reckoned as if the waves' common moves were known)
    whole = reference.loc[made.index, "error"] + 2 * reference.loc[made.index, "learning"]
    np.testing.assert_allclose(made["variance"], whole, rtol=0.02)


def test_without_the_same_people_the_variance_of_the_shocks_is_that_of_meta_regression(cells, reference):
    assert pooled(cells, 0.0).between == pytest.approx(reference["independent"].iloc[0], rel=1e-6)
