"""How often jobreport's intervals hold the truth, and how often its event test cries wolf.

``python tests/simulation/study.py`` writes study_intervals.csv and study_events.csv beside itself (some
minutes). Every row has its own random numbers, so any row can be made again alone. The tests in
test_study.py hold the files to what is promised and make a part of them again, `make simulation` all of them.

Intervals: a share p or a mean of answers 1-5 among n respondents with weights, in one wave or as the mean of
three. Weights are lognormal and unrelated to the answer, or of two classes that answer differently ('related').
Beside each stands what R's own interval does (`of_r`): what jobreport did before, and where it deviates.

Events: changes of a positive share around 59 pct. in one treated and J0 other municipalities, by the
same model as in `jobreport.simulate`: a level per municipality, a shock per municipality and wave, a
sample per wave. Size is how often p < .05 when the treated municipality has no change of its own; power
how often when it has one of 5, 10 or 15 points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

import jobreport
from jobreport.estimate.estimators import (
    ROUNDING,
    Estimates,
    Floats,
    Ints,
    mean_interval,
    share_interval,
    t_quantile,
    with_replacement,
)
from jobreport.estimate.indicators import flags
from tests.estimates import effect

HERE = Path(__file__).parent
SEED = 20240401
INTERVAL_REPLICATES = 20_000
EVENT_REPLICATES = 4_000

SIZES = (20, 50, 200)
LARGE, LARGE_SHARES = 800, (0.05, 0.10, 0.20, 0.50)
WAVES, WINDOW_SIZES, WINDOW_SHARES = 3, (20, 50), (0.02, 0.10, 0.50, 0.90)
SHARES = (0.02, 0.05, 0.10, 0.20, 0.35, 0.50, 0.65, 0.80, 0.90, 0.95, 0.98)
WEIGHT_CVS = {"equal": 0.0, "cv .3": 0.3, "cv .5": 0.5, "related": None, "cv 1": 1.0, "cv 1.5": 1.5}
# Two classes: a quarter of the respondents weigh 2.5, the others 1; the logits of their answers are 0.8
# apart. 1 + cv² = 1.22.
RELATED_SHARE, RELATED_WEIGHT, RELATED_LOGIT = 0.25, 2.5, 0.8
ANSWERS = {
    "as published": (0.07, 0.13, 0.21, 0.40, 0.19),
    "skewed": (0.02, 0.03, 0.10, 0.35, 0.50),
    "two camps": (0.35, 0.10, 0.10, 0.10, 0.35),
    "nearly all content": (0.02, 0.02, 0.04, 0.12, 0.80),
}
EFFECTS = (0.05, 0.10, 0.15)


@dataclass(frozen=True)
class Interval:
    """One row of study_intervals.csv: what is estimated, of how many in each wave, with which weights."""

    measure: str
    answers: str
    p: float
    n: int
    weights: str
    waves: int = 1


@dataclass(frozen=True)
class Scenario:
    """One row of study_events.csv; shares and standard deviations on the scale 0-1.

    ``shock`` is 'normal', 'heavy' (t with 3 degrees of freedom) or 'persistent' (each wave's shock
    keeps .8 of the last). ``weights`` 'register' is an official figure, without sampling error.
    ``drift`` is what the treated municipality gains per wave whatever happens: with it trends are not
    parallel, and no test can tell.
    """

    name: str
    comparison: int = 12
    n_treated: int = 150
    n_comparison: int = 150
    before: int = 3
    after: int = 3
    p: float = 0.59
    shock: str = "normal"
    shock_sd: float = 0.03
    weights: str = "equal"
    drift: float = 0.0


BASE = Scenario("12 others, 3 + 3 waves of 150 answers")
SCENARIOS = (
    BASE,
    Scenario("4 others", comparison=4),
    Scenario("8 others", comparison=8),
    Scenario("19 others", comparison=19),
    Scenario("42 others", comparison=42),
    Scenario("97 others", comparison=97),
    Scenario("small treated", n_treated=40),
    Scenario("large treated", n_treated=1000),
    Scenario("large treated among small", n_treated=1000, n_comparison=40),
    Scenario("one wave before and after", before=1, after=1),
    Scenario("two waves before and after", before=2, after=2),
    Scenario("persistent shocks", shock="persistent"),
    Scenario("heavy-tailed shocks", shock="heavy"),
    Scenario("heavy-tailed shocks, 42 others", shock="heavy", comparison=42),
    Scenario("no shocks", shock_sd=0.0),
    Scenario("strong shocks", shock_sd=0.08),
    Scenario("share of 90 pct.", p=0.90, shock_sd=0.02),
    Scenario("post-stratified weights", weights="post-stratified"),
    Scenario("post-stratified weights, 42 others", weights="post-stratified", comparison=42),
    Scenario("register, 12 others", weights="register"),
    Scenario("register, 96 others", weights="register", comparison=96),
    Scenario("register, 96 others, heavy-tailed shocks", weights="register", comparison=96, shock="heavy"),
    Scenario("not parallel: treated gains 2 points a wave", drift=0.02),
    Scenario("not parallel: treated gains 1 point a wave, 42 others", drift=0.01, comparison=42),
    Scenario("large treated, 42 others", n_treated=1000, comparison=42),
    Scenario("very large treated among small, 42 others", n_treated=5000, n_comparison=40, comparison=42),
)


def intervals() -> Iterator[Interval]:
    for n in SIZES:
        for weights in WEIGHT_CVS:
            for p in SHARES:
                yield Interval("share", "", p, n, weights)
            for answers in ANSWERS:
                yield Interval("mean", answers, np.nan, n, weights)
    # The most unequal weights with many answers.
    for p in LARGE_SHARES:
        yield Interval("share", "", p, LARGE, "cv 1.5")
    for answers in ANSWERS:
        yield Interval("mean", answers, np.nan, LARGE, "cv 1.5")
    for n in WINDOW_SIZES:
        for weights in ("equal", "cv 1", "cv 1.5"):
            for p in WINDOW_SHARES:
                yield Interval("share", "", p, n, weights, WAVES)
            for answers in ANSWERS:
                yield Interval("mean", answers, np.nan, n, weights, WAVES)


@dataclass(frozen=True)
class Moments:
    """Sums over the valid answers of each cell; all arrays have one shape.

    ``n`` answers, ``w`` sum of weights, ``wy`` and ``wyy`` of weight x value and x squared value, ``ww`` of squared
    weights, ``wwy`` and ``wwyy`` of squared weight x value and x squared value.
    """

    n: Floats
    w: Floats
    wy: Floats
    wyy: Floats
    ww: Floats
    wwy: Floats
    wwyy: Floats

    def sum(self, axis: int) -> Moments:
        """Add cells together along an axis."""
        return Moments(*(value.sum(axis=axis) for value in self._arrays()))

    def reshape(self, *shape: int) -> Moments:
        """Give all arrays another shape."""
        return Moments(*(value.reshape(shape) for value in self._arrays()))

    def _arrays(self) -> tuple[Floats, ...]:
        return (self.n, self.w, self.wy, self.wyy, self.ww, self.wwy, self.wwyy)


def moments(cell: Ints, cells: int, weight: Floats, y: Floats) -> Moments:
    """Sum a variable by cell."""
    sums = np.zeros((7, cells))
    wy = weight * y
    for row, summand in enumerate((np.ones(len(y)), weight, wy, wy * y, weight**2, weight * wy, wy**2)):
        sums[row] = np.bincount(cell, weights=summand, minlength=cells)
    return Moments(*sums)


def ratio_estimates(parts: Moments, stratum_n: Floats) -> Estimates:
    """Estimate the mean of every domain from the moments of its parts, one part per stratum.

    Parameters
    ----------
    parts
        Arrays of shape (strata, ...): the domain runs over the first axis, which has length 1 when
        a domain lies within one municipality and wave.
    stratum_n
        Everyone who answered in the stratum, in the domain or not; broadcasts to the shape of
        ``parts``.

    Returns
    -------
    Estimates of shape (...). A stratum with one respondent adds its squared score: its mean is
    unknown, so the score is measured from the overall mean, which is 0.

    """
    whole = parts.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = whole.wy / whole.w
        squares = parts.wwyy - 2 * estimate * parts.wwy + estimate**2 * parts.ww
        squares[squares <= ROUNDING * (1 + estimate**2) * parts.ww] = 0.0
        # (a stratum without anybody of the domain adds nothing, however few answered there)
        variance = np.where(parts.n > 0, with_replacement(squares, parts.wy - estimate * parts.w, stratum_n), 0.0)
        variance = variance.sum(0) / whole.w**2
        effective = whole.w**2 / whole.ww
        spread = whole.wyy / whole.w - estimate**2
    variance[whole.n < 2] = np.nan
    df = whole.n - (parts.n > 0).sum(0)
    return Estimates(estimate, variance, whole.n, effective, df, spread, np.full_like(estimate, np.inf))


def level(waves: Estimates) -> Estimates:
    """The plain mean of the waves, the first axis; nobody answered twice."""
    count, estimate = len(waves.estimate), waves.estimate.mean(axis=0)
    spread = (waves.spread + (waves.estimate - estimate) ** 2).mean(axis=0)
    n, effective = waves.n.sum(axis=0), count**2 / (1 / waves.n_effective).sum(axis=0)
    return Estimates(
        estimate, waves.variance.sum(axis=0) / count**2, n, effective, n - 1, spread, waves.persons.sum(axis=0)
    )


def of_r(found: Estimates, *, share: bool) -> tuple[Floats, Floats]:
    """The interval of R's ``svyciprop(method = "beta")`` and ``confint(svymean())``, the latter cut off at 1 and 5."""
    if share:
        some = np.where(found.variance > 0, np.inf, found.n_effective)
        return share_interval(replace(found, n_effective=some))
    half = np.where(found.variance > 0, t_quantile(0.975, found.df) * np.sqrt(found.variance), np.nan)
    return np.maximum(found.estimate - half, 1), np.minimum(found.estimate + half, 5)


def study_interval(case: Interval, replicates: int = INTERVAL_REPLICATES, seed: int = SEED) -> dict:
    """Draw samples, estimate each, and count how often the interval holds the truth."""
    rng = np.random.default_rng([seed, list(map(repr, intervals())).index(repr(case))])
    if case.measure == "share":
        y, weight, truth = _share_sample(case, replicates * case.waves, rng)
    else:
        y, weight, truth = _mean_sample(case, replicates * case.waves, rng)
    sample = np.repeat(np.arange(replicates * case.waves), case.n)
    sums = moments(sample, replicates * case.waves, weight.ravel(), y.ravel().astype(float))
    of_waves = ratio_estimates(sums.reshape(1, case.waves, replicates), np.full((1, 1, 1), float(case.n)))
    found = level(of_waves) if case.waves > 1 else of_waves.at(0)
    share = case.measure == "share"
    low, high = share_interval(found) if share else mean_interval(found, 1, 5)
    given = np.isfinite(low)
    low_of_r, high_of_r = of_r(found, share=share)
    return {
        **asdict(case),
        "design_effect": float((found.n / found.n_effective).mean()),
        "replicates": replicates,
        "without_interval": float(1 - given.mean()),
        "coverage": float(((low <= truth) & (truth <= high))[given].mean()),
        "truth_below": float((truth < low)[given].mean()),
        "truth_above": float((truth > high)[given].mean()),
        "mean_width": float((high - low)[given].mean()),
        "coverage_of_r": float(((low_of_r <= truth) & (truth <= high_of_r))[given].mean()),
        "mean_width_of_r": float((high_of_r - low_of_r)[given].mean()),
        "uncertain": float((flags(found, share=share)[0] == "uncertain").mean()),
    }


def _share_sample(case: Interval, replicates: int, rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    shape = replicates, case.n
    if case.weights != "related":
        return rng.random(shape) < case.p, _weights(case.weights, shape, rng), case.p
    heavy = rng.random(shape) < RELATED_SHARE
    mass = RELATED_SHARE * RELATED_WEIGHT / (RELATED_SHARE * RELATED_WEIGHT + 1 - RELATED_SHARE)

    def surplus(light: float) -> float:
        return (1 - mass) * expit(light) + mass * expit(light + RELATED_LOGIT) - case.p

    light = brentq(surplus, logit(case.p) - 3, logit(case.p) + 3)
    yes = rng.random(shape) < expit(light + RELATED_LOGIT * heavy)
    return yes, np.where(heavy, RELATED_WEIGHT, 1.0), case.p


def _mean_sample(case: Interval, replicates: int, rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    shape, probabilities = (replicates, case.n), np.array(ANSWERS[case.answers])
    if case.weights != "related":
        y = rng.choice(np.arange(1, 6), shape, p=probabilities)
        return y, _weights(case.weights, shape, rng), float(probabilities @ np.arange(1, 6))
    heavy = rng.random(shape) < RELATED_SHARE
    others = probabilities[::-1]
    y = np.where(
        heavy, rng.choice(np.arange(1, 6), shape, p=others), rng.choice(np.arange(1, 6), shape, p=probabilities)
    )
    mass = RELATED_SHARE * RELATED_WEIGHT / (RELATED_SHARE * RELATED_WEIGHT + 1 - RELATED_SHARE)
    truth = float(((1 - mass) * probabilities + mass * others) @ np.arange(1, 6))
    return y, np.where(heavy, RELATED_WEIGHT, 1.0), truth


def _weights(kind: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    cv = WEIGHT_CVS[kind]
    return rng.lognormal(0, np.sqrt(np.log1p(cv**2)), shape) if cv else np.ones(shape)


def study_event(scenario: Scenario, replicates: int = EVENT_REPLICATES, seed: int = SEED) -> dict:
    """Draw countries and test the treated municipality in each, without and with a change of its own."""
    rng = np.random.default_rng([seed, 1000 + SCENARIOS.index(scenario)])
    found = [_tests(scenario, size, replicates, rng) for size in (0.0, *EFFECTS)]
    none = found[0]
    return {
        **asdict(scenario),
        "replicates": replicates,
        "size": float((none["p_value"] < 0.05).mean()),
        "size_of_rank": float((none["rank_p"] <= 0.05 + 1e-12).mean()),
        "rank_p_smallest": 1 / (scenario.comparison + 1),
        **{
            f"power_{round(100 * size)}": float((tests["p_value"] < 0.05).mean())
            for size, tests in zip(EFFECTS, found[1:], strict=True)
        },
        "mean_error": float(none["change"].mean()),
        "spread_of_change": float(none["change"].std()),
        "mean_standard_error": float(none["standard_error"].mean()),
        "detectable_change": float(none["detectable"].median()),
    }


def _tests(scenario: Scenario, size: float, replicates: int, rng: np.random.Generator) -> pd.DataFrame:
    change, variance = _changes(scenario, size, replicates, rng)
    rows = []
    for d, v in zip(change, variance, strict=True):
        register = scenario.weights == "register"
        tested = effect(d[:1], d[1:]) if register else effect(d[:1], d[1:], v[:1], v[1:])
        rank_p = tested.rank / (scenario.comparison + 1)
        rows.append((tested.change, tested.standard_error, tested.p_value, rank_p, tested.detectable_change))
    return pd.DataFrame(rows, columns=["change", "standard_error", "p_value", "rank_p", "detectable"])


def _changes(scenario: Scenario, size: float, replicates: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Mean of the waves after less mean of the waves before, and its sampling variance; (R, 1 + J0)."""
    after = np.arange(scenario.before + scenario.after) >= scenario.before
    sign = np.where(after, 1 / scenario.after, -1 / scenario.before)
    estimate, variance = asked(scenario, size, replicates, rng)
    return estimate @ sign, variance @ sign**2


def asked(scenario: Scenario, size: float, replicates: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What is found in every wave, and its sampling variance; (R, 1 + J0, waves)."""
    waves, places = scenario.before + scenario.after, 1 + scenario.comparison
    p = scenario.p + rng.normal(0, 0.06 if scenario.p < 0.8 else 0.02, (replicates, places, 1))
    p = p + _shocks(scenario, (replicates, places, waves), rng)
    p[:, 0] += scenario.drift * np.arange(waves)
    p[:, 0, scenario.before :] += size
    if scenario.weights == "register":
        return p, np.zeros(p.shape)
    n = np.full(places, scenario.n_comparison)
    n[0] = scenario.n_treated
    found = _waves(scenario, np.clip(p, 0.005, 0.995), n, rng)
    return found.estimate, found.variance


def _shocks(scenario: Scenario, shape: tuple[int, int, int], rng: np.random.Generator) -> Floats:
    if scenario.shock == "heavy":
        return scenario.shock_sd * rng.standard_t(3, shape) / np.sqrt(3)
    shocks = rng.normal(0, scenario.shock_sd, shape)
    if scenario.shock == "persistent":
        for t in range(1, shape[2]):
            shocks[..., t] = 0.8 * shocks[..., t - 1] + 0.6 * shocks[..., t]
    return shocks


def _waves(scenario: Scenario, p: Floats, n: np.ndarray, rng: np.random.Generator) -> Estimates:
    """Ask n respondents in every municipality and wave; arrays (R, J, T)."""
    n_each = np.broadcast_to(n[None, :, None], p.shape)
    if scenario.weights == "equal":
        yes = rng.binomial(n_each, p).astype(float)
        base = n_each.astype(float)
        sums = Moments(base, base, yes, yes, base, yes, yes)
        return ratio_estimates(sums.reshape(1, *p.shape), base[None])
    # Four benefit groups, 35/20/20/25 of those asked and 42/22/18/18 of those who answer; the last lies
    # 24 points lower. Weights bring the groups of each sample to the known margin.
    known, answering = np.array([0.35, 0.20, 0.20, 0.25]), np.array([0.42, 0.22, 0.18, 0.18])
    own = np.array([0.06, 0.06, 0.06, -0.18])
    count = np.maximum(rng.multinomial(n_each, answering), 1)
    yes = rng.binomial(count, np.clip(p[..., None] + own, 0.005, 0.995))
    base = count.sum(axis=-1)
    weight = known * base[..., None] / count
    wy, wwy = weight * yes, weight**2 * yes
    summed = (count, weight * count, wy, wy, weight**2 * count, wwy, wwy)
    sums = Moments(*(part.sum(axis=-1).astype(float) for part in summed))
    return ratio_estimates(sums.reshape(1, *p.shape), base[None].astype(float))


def tables() -> dict[str, pd.DataFrame]:
    """Both tables by the name of their file."""
    found = {
        "study_intervals.csv": pd.DataFrame([study_interval(case) for case in intervals()]),
        "study_events.csv": pd.DataFrame([study_event(scenario) for scenario in SCENARIOS]),
    }
    facts = {"seed": SEED, "version": jobreport.__version__, "numpy": np.__version__}
    return {name: table.assign(**facts) for name, table in found.items()}


def main() -> None:
    for name, table in tables().items():
        table.to_csv(HERE / name, index=False, lineterminator="\n", float_format="%.6g", encoding="utf-8")


if __name__ == "__main__":
    main()
