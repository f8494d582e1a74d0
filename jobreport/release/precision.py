"""How many digits of a number are published: those that its interval carries, and no more.

Of a weighted share with twelve digits there is one way in which so many persons can have answered. What is published is
therefore rounded, to one digit more than a report prints. It is never rounded to a number that ends in 0 or 5 unless it
is that number, but to the next: so whoever rounds it again gets what the whole number would have given, and nothing
becomes nought, a limit or the middle of two. Full precision lives nowhere: `verify` computes it anew. Official figures
are nobody's answers and keep twelve digits.
"""

from typing import Any

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTS, NUMBERS
from jobreport.estimate.estimators import Floats, Ints

POWERS = np.array([10**places for places in range(23)], dtype=float)  # all that a double holds exactly
BETWEEN = 0.499  # nearer to the middle of two numbers of twelve digits the scaling itself could decide
SIGNIFICANT = "%.12g"  # what differs between processors lies beyond twelve digits
PLACES = {"share": 4, "points_0_100": 2}
"""Decimals by unit: a change is printed with one fewer, as is what stands in another unit."""
OTHER_PLACES = 3
OF_P = 4
WIDE_FROM = 0.01
"""Standard error from which a share has one decimal fewer: half an interval is 20 of its units then."""
EXACT = 1e-6  # of a unit of the last place; twelve digits leave more of what is not


def as_published(table: pd.DataFrame) -> pd.DataFrame:
    """Make the table what its file will hold: a notebook that computes shows the same as one that reads.

    Examples
    --------
    >>> table = pd.DataFrame({"measure": "share", "unit": "share", "change": [1 / 3, 0.25, -1e-9], "simulated": False})
    >>> as_published(table)["change"].tolist()
    [0.3333, 0.25, -0.0001]
    """
    made: dict[str, pd.Series[Any]] = {}
    of_persons, places = table["measure"].ne("register").to_numpy(bool), _places(table)
    for name in table.columns:
        if name in COUNTS:
            made[name] = pd.to_numeric(table[name]).astype("Int64")
        elif name in NUMBERS:
            digits = significant(_floats(table[name]))
            made[name] = pd.Series(np.where(of_persons, _few(digits, name, table, places), digits), table.index)
        elif name != "simulated":
            made[name] = table[name].fillna("").astype(str)
    return table.assign(**made, simulated=table["simulated"].astype(bool))


def _floats(column: pd.Series) -> Floats:
    return np.asarray(pd.to_numeric(column).to_numpy(float, na_value=np.nan))


def _places(table: pd.DataFrame) -> Ints:
    places: Ints = np.array(table["unit"].astype(object).map(PLACES).fillna(OTHER_PLACES), dtype=np.int64)
    if "estimate" not in table:
        return places
    wide = table["unit"].eq("share").to_numpy() & ~(_floats(table["standard_error"]) < WIDE_FROM)
    return np.asarray(places - wide)


def _few(values: Floats, name: str, table: pd.DataFrame, places: Ints) -> Floats:
    if name == "n_effective":
        return _two_digits(values, _floats(table["n"]))
    return rounded(values, np.full_like(places, OF_P) if name.startswith("p_") else places)


def rounded(values: Floats, places: Ints) -> Floats:
    """Round to decimals, but to no number ending in 0 or 5 that is not the very number.

    Examples
    --------
    >>> rounded(np.array([0.12344, 0.12346, 0.1235, 0.12996]), np.array([4, 4, 4, 4])).tolist()
    [0.1234, 0.1234, 0.1235, 0.1299]
    """
    scaled = values * POWERS[places]
    near = np.rint(scaled)
    other = np.where(near > scaled, np.floor(scaled), np.ceil(scaled))
    misleading = (np.abs(scaled - near) > EXACT) & (near % 5 == 0)
    return np.asarray(np.where(misleading, other, near) / POWERS[places])


def _two_digits(values: Floats, n: Floats) -> Floats:
    # Effective numbers in two digits, and never more than the number; where weights are equal it is the number.
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = 10.0 ** (np.floor(np.log10(values)) - 1)
        found = np.fmin(np.where(values > 0, np.rint(values / unit) * unit, values), n)
    equal = np.abs(values - n) <= EXACT
    return significant(np.where(np.isnan(values), np.nan, np.where(equal, n, found)))


def significant(values: Floats) -> Floats:
    """Round to twelve significant digits, to the very number that their text is read as.

    A whole number of at most twelve digits and a power of ten up to 22 are exact, so their quotient is what the text
    would give. Text is written only of numbers outside, and of those that lie between two such numbers.

    Examples
    --------
    >>> significant(np.array([2 / 3, -1.5e-30, 0.0])).tolist()
    [0.666666666667, -1.5e-30, 0.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        places = 11 - np.floor(np.log10(np.abs(values)))
    inside = (places >= 0) & (places <= 22)
    power = POWERS[np.where(inside, places, 0.0).astype(np.int64)]
    scaled = np.where(inside, values, 0.0) * power
    whole = np.rint(scaled)
    sure = inside & (np.abs(whole) >= 1e11) & (np.abs(whole) <= 1e12) & (np.abs(scaled - whole) < BETWEEN)
    rest = ~sure & np.isfinite(values)
    found = np.where(sure, whole / power, values)
    found[rest] = [float(SIGNIFICANT % value) for value in values[rest]]
    return np.asarray(found)
