"""A worker tells of a test what says more than that it has begun or ended well (`tests/conftest.py`)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import worth_telling

TESTS = """
import pytest

@pytest.fixture
def falls():
    yield
    raise ValueError("on its way out")

@pytest.fixture
def stumbles():
    raise ValueError("on its way in")

def test_passes(): pass
def test_fails(): assert 0
def test_skips(): pytest.skip("not here")
@pytest.mark.skip(reason="nowhere")
def test_is_skipped(): pass
@pytest.mark.xfail(reason="known", strict=True)
def test_is_known(): assert 0
def test_ends_badly(falls): pass
def test_begins_badly(stumbles): pass
"""


@pytest.mark.parametrize(
    ("when", "outcome", "told"),
    [
        ("setup", "passed", False), ("setup", "failed", True), ("setup", "skipped", True), ("call", "passed", True),
        ("call", "failed", True), ("call", "skipped", True), ("teardown", "passed", False),
        ("teardown", "failed", True),
    ],
)  # fmt: skip
def test_a_part_that_went_well_is_told_only_of_the_test_itself(when, outcome, told):
    report = pytest.TestReport("a.py::test", ("a.py", 1, "test"), {}, outcome, None, when)
    assert worth_telling(report) == told


@pytest.mark.dear
@pytest.mark.parametrize("more", [(), ("--durations", "0")])
def test_workers_tell_of_every_test_how_it_ended(tmp_path, more):
    (tmp_path / "conftest.py").write_bytes((Path(__file__).parents[1] / "conftest.py").read_bytes())
    (tmp_path / "test_all.py").write_text(TESTS, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-n", "2", "-ra", *more, str(tmp_path)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1].strip("= ").split(" in ")[0] == (
        "1 failed, 2 passed, 2 skipped, 1 xfailed, 2 errors"
    ), done.stdout
    for said in ("on its way out", "on its way in", "not here", "nowhere", "known"):
        assert said in done.stdout
    assert ("slowest durations" in done.stdout) == bool(more)
