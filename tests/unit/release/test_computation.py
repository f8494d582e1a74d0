"""Numbers are rounded to what their text will be read as, to the last bit."""

import numpy as np
import pytest

from jobreport.release.computation import _significant

HARD = [0.0, 1000.0, 0.1, 1e-11, 1e-12, 1e12, 1e22, 1e23, 999999999999.5, 0.9999999999995, 1e-300, 5e-324, np.inf]


def same(values):
    text = np.array([float(f"{value:.12g}") for value in values])
    found = _significant(np.asarray(values))
    np.testing.assert_array_equal(found, text)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(text))


@pytest.mark.parametrize("value", HARD)
def test_numbers_at_the_ends_are_rounded_as_text(value):
    same([value, -value, np.nextafter(value, 0), np.nextafter(value, np.inf)])


def test_numbers_in_the_middle_of_two_are_rounded_as_text():
    """Thirteen digits that end in 5: the next double below or above decides, and what is read decides alike."""
    rng = np.random.default_rng(3)
    middle = (rng.integers(10**11, 10**12, 20_000) + 0.5) / 10.0 ** rng.integers(0, 23, 20_000)
    same(np.concatenate([middle, np.nextafter(middle, 0), np.nextafter(middle, np.inf)]))


def test_numbers_of_every_size_are_rounded_as_text():
    rng = np.random.default_rng(4)
    same(rng.normal(size=50_000) * 10.0 ** rng.uniform(-30, 30, 50_000))
