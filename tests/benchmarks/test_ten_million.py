"""The promise of ten_million.py, measured in one run (not part of the default tests: half a minute)."""

import runpy
import sys
from pathlib import Path

import pytest

BENCHMARK = runpy.run_path(str(Path(__file__).with_name("ten_million.py")))


@pytest.mark.dear
def test_small_runs_agree_with_pandas():
    frame = BENCHMARK["responses"](20_000)
    estimates = BENCHMARK["ours"](frame)
    sums = BENCHMARK["pandas_sums"](frame)
    naive = (sums["trust"]["wy"] / sums["trust"]["w"]).dropna()
    where = "indicator == 'trust' and measure == 'mean' and municipality_code != '000' and group != '' and n > 0"
    means = estimates.query(where).set_index(["municipality_code", "wave", "group"])["estimate"]
    assert len(means) == len(naive) > 5_000
    assert means.to_numpy() == pytest.approx(naive[list(means.index)].to_numpy(), rel=1e-12)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's peak memory this way")
def test_five_times_faster_than_pandas_in_little_memory():
    found = BENCHMARK["measure"](10_000_000)
    assert found["times_faster"] >= 5
    assert found["peak_gigabytes"] < 1.5
