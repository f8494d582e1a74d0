"""Numbers are rounded to what their text will be read as, to the last bit."""

import numpy as np
import pandas as pd
import pytest

from jobreport.release.precision import as_published, rounded, significant

HARD = [0.0, 1000.0, 0.1, 1e-11, 1e-12, 1e12, 1e22, 1e23, 999999999999.5, 0.9999999999995, 1e-300, 5e-324, np.inf]


def same(values):
    text = np.array([float(f"{value:.12g}") for value in values])
    found = significant(np.asarray(values))
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


@pytest.mark.parametrize("fewer", [0, 1, 2, 3])
def test_a_rounded_number_is_rounded_again_to_what_the_whole_one_would_be(fewer):
    values = np.random.default_rng(5).normal(size=50_000)
    found = rounded(values, np.full(len(values), 4))
    np.testing.assert_array_equal(np.round(found, fewer), np.round(values, fewer))
    assert np.abs(found - values).max() <= 1e-4
    np.testing.assert_array_equal(np.sign(found), np.sign(values))


def test_what_is_published_of_few_persons_fits_many_ways_of_answering():
    """Twelve persons with weights of their own: a share in twelve digits tells who, one in three fits several."""
    weights = np.random.default_rng(6).uniform(0.5, 2.0, 12)
    ways = (np.arange(2**12)[:, None] >> np.arange(12)) & 1
    shares = ways @ weights / weights.sum()
    assert len(np.unique(significant(shares))) == 2**12
    told = rounded(significant(shares), np.full(len(shares), 3))
    assert np.median(np.unique(told, return_counts=True)[1]) >= 4


def test_official_figures_keep_their_digits_and_effective_numbers_two():
    columns = {"measure": ["register", "share"], "unit": ["percent", "share"], "n": [None, 126]}
    columns |= {"n_effective": [None, 117.4], "estimate": [1 / 3, 1 / 3], "standard_error": [None, 0.04]}
    made = as_published(pd.DataFrame(columns | {"simulated": False}))
    assert made["estimate"].tolist() == [0.333333333333, 0.333]
    assert made["n_effective"].tolist()[1] == 120
    assert str(made["n"].dtype) == "Int64", "numbers of answers are whole, and may be missing"


@pytest.mark.parametrize(("effective", "shown"), [(126.0, 126), (125.9, 126), (4.26, 4.3), (0.0, 0)])
def test_an_effective_number_is_at_most_the_number(effective, shown):
    row = {"measure": ["share"], "unit": ["share"], "n": [126], "n_effective": [effective], "simulated": [False]}
    assert as_published(pd.DataFrame(row))["n_effective"].tolist() == [shown]
