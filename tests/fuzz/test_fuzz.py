"""Fuzzing by changing right inputs at random places; ``fuzz.py`` runs the same targets as long as one likes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, TOKENS, run

EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6))),
    min_size=1,
    max_size=6,
)
FOUND = Path(__file__).parent / "found"  # inputs that once ended in an error of ours, as they were found
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]


def changed(seed: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """Cut out some bytes at each place and put others there."""
    for place, length, put in edits:
        at = int(place * len(seed))
        seed = seed[:at] + put + seed[at + length :]
    return seed


def attacked(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=CALM)
    @given(st.sampled_from(TARGETS[name].seeds), EDITS)
    def attack(seed, edits):
        run(name, changed(seed, edits))

    attack()


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.dear
def test_the_seeds_end_well(name):
    for seed in TARGETS[name].seeds:
        run(name, seed)


@pytest.mark.parametrize("path", sorted(FOUND.iterdir()), ids=lambda path: path.name)
def test_what_fuzzing_has_found_ends_well(path):
    run(path.suffix.removeprefix("."), path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_few_changed_inputs(name):
    attacked(name, 15)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_many_changed_inputs(name):
    attacked(name, 2_000)
