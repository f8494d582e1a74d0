"""Weights from known margins, within municipality x wave, and what they do to scores.

Post-stratification gives every cell of one (joint) margin its known number; raking fits several
margins one after the other until all of them agree. Afterwards a score counts with its residual: the
part of it that the margins do not explain, which is what still varies from sample to sample.

References
----------
Deville, J.-C. and Särndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of the
American Statistical Association 87, 376-382.
"""

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pandas as pd

from jobreport.errors import Problem, refuse
from jobreport.estimate.estimators import Floats, Ints

SMALLEST_CELL = 5
TOLERANCE = 1e-12
MOST_ROUNDS = 10_000
JOINT = "*"
WHERE = "margins"
LABELS = ("wave", "municipality_code", "group_by", "group")


@dataclass(frozen=True)
class Margin:
    """One known margin: each respondent's category within the stratum, and the categories' numbers.

    ``target`` has shape (strata, categories); categories that were joined share one code.
    """

    group_by: str
    code: Ints
    target: Floats


@dataclass(frozen=True)
class Collapsed:
    """Categories of one margin in one stratum that were joined because too few answered."""

    wave: str
    municipality_code: str
    group_by: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Calibration:
    """Weights that fit known margins, and what is needed for variances.

    ``base`` are the weights before, ``weight`` after; ``collapsed`` lists what was joined.
    """

    stratum: Ints
    base: Floats
    weight: Floats
    margins: tuple[Margin, ...]
    collapsed: tuple[Collapsed, ...]

    def residuals(self, scores: Floats) -> Floats:
        """Subtract from unweighted scores their regression on the margins, stratum by stratum.

        The regression is weighted with the base weights. Equal to what R does after ``postStratify``
        and after ``calibrate(calfun = "raking")``.
        """
        explained = np.einsum("sij,sj->si", self._inverse, self._totals(self.base * scores))
        fitted = [explained[self.stratum, column] for column in self._columns]
        return np.asarray(scores - np.sum(fitted, axis=0))

    @cached_property
    def widening(self) -> Floats:
        """What residuals are multiplied by in every stratum, so that a variance is divided by n less the margins' rank.

        R divides by n - 1 whatever was fitted; of 30 answers raked to two margins its standard errors are 7 to 8 per
        cent too small.
        """
        totals = self._totals(np.ones(len(self.stratum)))[:, : self.margins[0].target.shape[1]]
        n, rank = totals.sum(axis=1), np.einsum("sij,sji->s", self._inverse, self._normal).round()
        return np.asarray(np.sqrt(np.maximum(n - 1, 1.0) / np.maximum(n - np.maximum(rank, 1.0), 1.0)))

    @cached_property
    def _columns(self) -> list[Ints]:
        widths = [margin.target.shape[1] for margin in self.margins]
        starts = np.cumsum([0, *widths[:-1]])
        return [start + m.code for start, m in zip(starts, self.margins, strict=True)]

    def _totals(self, values: Floats) -> Floats:
        width = sum(margin.target.shape[1] for margin in self.margins)
        strata = len(self.margins[0].target)
        total = np.zeros(strata * width)
        for column in self._columns:
            total += np.bincount(self.stratum * width + column, values, strata * width)
        return total.reshape(strata, width)

    @cached_property
    def _inverse(self) -> Floats:
        # Pseudo-inverse of every stratum's normal equations (the margins' dummies are collinear).
        return np.asarray(np.linalg.pinv(self._normal, rcond=1e-10, hermitian=True))

    @cached_property
    def _normal(self) -> Floats:
        width = sum(margin.target.shape[1] for margin in self.margins)
        strata = len(self.margins[0].target)
        normal = np.zeros((strata, width, width))
        for left in self._columns:
            for right in self._columns:
                key = (self.stratum * width + left) * width + right
                normal += np.bincount(key, self.base, normal.size).reshape(normal.shape)
        return normal


def calibrate(
    responses: pd.DataFrame,
    margins: pd.DataFrame,
    method: str = "rake",
    *,
    smallest: int = SMALLEST_CELL,
) -> tuple[pd.DataFrame, Calibration]:
    """Weight the respondents of every municipality and wave to known numbers of persons.

    Parameters
    ----------
    responses
        As `indicators.estimate` takes them; ``weight`` is the weight to start from.
    margins
        Columns ``wave, municipality_code, group_by, group, count``; ``group_by`` names a column of
        ``responses`` or several joined by '*', ``group`` its value or values joined likewise.
    method
        'poststratify' (one margin, mostly a joint one) or 'rake' (one or several).
    smallest
        A category with fewer respondents is joined to its neighbour in the order of ``margins`` (the
        one with fewer respondents), until none is smaller.

    Returns
    -------
    (responses with the new weights, calibration)

    Respondents whose category is not known form one of their own that keeps its share of the weights.

    Raises
    ------
    InputRefused
        If a margin's column is not among the responses, if a municipality and wave, or a category in which
        somebody answered, is missing from the margins, if margins have different totals, or if no weights can
        fit all of them.
    """
    if method not in ("poststratify", "rake"):
        raise ValueError(f"method is {method!r}, not 'poststratify' or 'rake'")
    margins = margins.astype(dict.fromkeys(LABELS, str))
    columns = list(dict.fromkeys(margins["group_by"]))
    unknown = [column for column in columns if not set(column.split(JOINT)) <= set(responses)]
    if unknown:
        refuse([Problem("margin_column_missing", WHERE, {"columns": unknown})])
    if method == "poststratify" and len(columns) > 1:
        refuse([Problem("margins_not_joint", WHERE, {"margins": columns})])
    strata = _Strata(responses)
    problems: list[Problem] = []
    collapsed: list[Collapsed] = []
    fitted = tuple(
        _margin(strata, margins[margins["group_by"] == column], column, smallest, collapsed, problems)
        for column in columns
    )
    refuse(problems)
    totals = [margin.target.sum(axis=1) for margin in fitted]
    for margin, total in zip(fitted, totals, strict=True):
        differs = ~np.isclose(total, totals[0], rtol=1e-6)
        if differs.any():
            names = {"margins": [columns[0], margin.group_by], "places": strata.places(differs)}
            problems.append(Problem("margins_differ", WHERE, names))
    refuse(problems)
    weight = _fit(strata, fitted)
    calibration = Calibration(strata.code, strata.base, weight, fitted, tuple(collapsed))
    return responses.assign(weight=weight), calibration


class _Strata:
    def __init__(self, responses: pd.DataFrame) -> None:
        self.responses = responses
        wave, place = responses["wave"].cat, responses["municipality_code"].cat
        self.waves = tuple(wave.categories)
        self.codes = tuple(place.categories)
        self.code = np.asarray(place.codes, np.int64) * len(self.waves) + np.asarray(wave.codes)
        self.base = responses["weight"].to_numpy(np.float64)
        self.size = len(self.waves) * len(self.codes)
        self.used = np.bincount(self.code, minlength=self.size) > 0

    def label(self, stratum: int) -> tuple[str, str]:
        """(municipality code, wave)."""
        place, wave = divmod(stratum, len(self.waves))
        return self.codes[place], self.waves[wave]

    def places(self, which: np.ndarray) -> list[str]:
        """Strata in words, the first few."""
        found = np.flatnonzero(which & self.used)
        return [" ".join(self.label(int(stratum))) for stratum in found[:5]]

    def categories(self, column: str) -> pd.Series:
        """Category of each respondent as ``margins`` writes it; NaN if a part is not known."""
        parts = [self.responses[name].astype(object) for name in column.split(JOINT)]
        return reduce(lambda text, part: text + JOINT + part, parts)


def _margin(
    strata: _Strata,
    known: pd.DataFrame,
    column: str,
    smallest: int,
    collapsed: list[Collapsed],
    problems: list[Problem],
) -> Margin:
    labels = list(dict.fromkeys(known["group"]))
    place = {label: i for i, label in enumerate(labels)}
    text = strata.categories(column)
    position = text.map(place).fillna(-1).to_numpy(np.int64)
    foreign = sorted(set(text[(position < 0) & text.notna().to_numpy()]))
    if foreign:
        problems.append(Problem("margin_group_missing", WHERE, {"column": column, "groups": foreign}))
    unknown = len(labels)
    position = np.where(position < 0, unknown, position)
    target = _targets(strata, known, place)
    missing = strata.used & ~(target.sum(axis=1) > 0)
    if missing.any():
        facts = {"column": column, "places": strata.places(missing), "count": int(missing.sum())}
        problems.append(Problem("margin_missing", WHERE, facts))
    target = np.column_stack([target, np.zeros(strata.size)])
    weights = np.bincount(strata.code * (unknown + 1) + position, strata.base, target.size)
    weights = weights.reshape(target.shape)
    with np.errstate(invalid="ignore"):
        share = np.nan_to_num(weights[:, unknown] / weights.sum(axis=1))
    target *= (1 - share)[:, None]
    target[:, unknown] = target.sum(axis=1) * share / np.where(share < 1, 1 - share, 1)
    counts = np.bincount(strata.code * (unknown + 1) + position, minlength=target.size)
    joined = _join(strata, column, labels, counts.reshape(target.shape), target, smallest, collapsed)
    return Margin(column, joined[strata.code, position], _joined_targets(target, joined))


def _targets(strata: _Strata, known: pd.DataFrame, place: dict[str, int]) -> Floats:
    codes = {code: i for i, code in enumerate(strata.codes)}
    waves = {wave: i for i, wave in enumerate(strata.waves)}
    here = known[known["municipality_code"].isin(codes) & known["wave"].isin(waves)]
    stratum = here["municipality_code"].map(codes) * len(waves) + here["wave"].map(waves)
    target = np.zeros((strata.size, len(place)))
    rows, columns = stratum.to_numpy(np.int64), here["group"].map(place).to_numpy(np.int64)
    np.add.at(target, (rows, columns), here["count"].to_numpy(float))
    return target


def _join(
    strata: _Strata,
    column: str,
    labels: list[str],
    counts: Ints,
    target: Floats,
    smallest: int,
    collapsed: list[Collapsed],
) -> Ints:
    # Code of every stratum's categories after joining those with too few respondents.
    # The category of those not known (the last) is never joined.
    joined = np.tile(np.arange(target.shape[1]), (strata.size, 1))
    for stratum in np.flatnonzero(strata.used):
        present = [i for i in range(len(labels)) if counts[stratum, i] or target[stratum, i] > 0]
        cells = _merged(present, counts[stratum], smallest)
        for cell in cells:
            joined[stratum, cell] = cell[0]
        groups = tuple(tuple(labels[i] for i in cell) for cell in cells if len(cell) > 1)
        if groups:
            code, wave = strata.label(int(stratum))
            collapsed.append(Collapsed(wave, code, column, groups))
    return joined


def _merged(categories: list[int], counts: Ints, smallest: int) -> list[list[int]]:
    cells = [[category] for category in categories]
    sizes = [int(counts[category]) for category in categories]
    while len(cells) > 1 and min(sizes) < smallest:
        least = sizes.index(min(sizes))
        sides = [i for i in (least - 1, least + 1) if 0 <= i < len(cells)]
        first, second = sorted((least, min(sides, key=lambda i: sizes[i])))
        cells[first : second + 1] = [cells[first] + cells[second]]
        sizes[first : second + 1] = [sizes[first] + sizes[second]]
    return cells


def _joined_targets(target: Floats, joined: Ints) -> Floats:
    total = np.zeros_like(target)
    rows = np.repeat(np.arange(len(target)), target.shape[1])
    np.add.at(total, (rows, joined.ravel()), target.ravel())
    return total


def _fit(strata: _Strata, margins: tuple[Margin, ...]) -> Floats:
    # Multiply the weights margin by margin until all margins fit to a relative 1e-12.
    weight = strata.base.copy()
    for _ in range(MOST_ROUNDS):
        worst = 0.0
        for margin in margins:
            width = margin.target.shape[1]
            key = strata.code * width + margin.code
            now = np.bincount(key, weight, margin.target.size).reshape(margin.target.shape)
            needed = (now > 0) | (margin.target > 0)
            with np.errstate(invalid="ignore", divide="ignore"):
                factor = np.where(needed & strata.used[:, None], margin.target / now, 1.0)
            impossible = ~np.isfinite(factor) | (factor <= 0)
            if impossible.any():
                facts = {"column": margin.group_by, "places": strata.places(np.any(impossible, axis=1))}
                refuse([Problem("margins_impossible", WHERE, facts)])
            worst = max(worst, float(np.abs(factor - 1).max()))
            weight = weight * factor[strata.code, margin.code]
        if worst < TOLERANCE or len(margins) == 1:
            return weight
    names = {"column": [margin.group_by for margin in margins], "places": []}
    refuse([Problem("margins_impossible", WHERE, names)])
    raise AssertionError("refuse() always raises")


def design_effect(weight: Floats) -> float:
    """Kish's design effect of weights, 1 + cv^2: by how much they enlarge the variance of a mean.

    Examples
    --------
    >>> design_effect(np.array([1.0, 3.0]))
    1.25
    """
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)
