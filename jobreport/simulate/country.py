"""The structure of the made-up country: who lives where, how they tend to answer, what changed when.

Everything here is fixed before anybody is asked. Drawing answers is `jobreport.simulate.answers`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, ndtr

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ITEMS = ("satisfaction", "trust_met", "trust_listened", "trust_situation", "meaning")
TRUST_ITEMS = ("trust_met", "trust_listened", "trust_situation")

# Expected share of answer 1 (least positive) to 5. The boxes 59/21/20 and 44/28/28 are published
# (Momentum 2023), as is "about 60" for trust; the split within a box is assumed.
PUBLISHED_SHARES = {
    "satisfaction": (0.07, 0.13, 0.21, 0.40, 0.19),
    "trust_met": (0.05, 0.09, 0.24, 0.38, 0.24),
    "trust_listened": (0.06, 0.11, 0.24, 0.36, 0.23),
    "trust_situation": (0.06, 0.11, 0.25, 0.36, 0.22),
    "meaning": (0.11, 0.17, 0.28, 0.29, 0.15),
}

GROUPS: dict[str, tuple[str, ...]] = {
    "benefit_group": ("dagpenge", "sygedagpenge", "jobparate", "aktivitetsparate"),
    "age_group": ("18-29", "30-44", "45-59", "60+"),
    "gender": ("kvinde", "mand"),
}
CELL_SHAPE = tuple(len(values) for values in GROUPS.values())

# By group column: share of those invited, latent level, logit of answering, share of "ved ikke" in
# per cent. Assumed, but for the sign that aktivitetsparate are more negative than the rest.
MIX = ((0.35, 0.20, 0.20, 0.25), (0.26, 0.30, 0.28, 0.16), (0.53, 0.47))
LEVEL = ((0.12, 0.05, 0.0, -0.50), (-0.05, 0.0, 0.0, 0.08), (0.03, -0.03))
ANSWERING = ((0.0, 0.10, -0.25, -0.40), (-0.55, -0.15, 0.15, 0.50), (0.10, -0.10))
DONT_KNOW = dict(zip(ITEMS, (0.02, 0.03, 0.03, 0.03, 0.04), strict=True))

# Forty-four of the 98 municipalities, most answers first. The choice is arbitrary.
MUNICIPALITIES = (
    "101", "751", "461", "851", "561", "730", "791", "621", "183", "615", "630",
    "265", "657", "740", "370", "607", "813", "479", "661", "259", "330", "540",
    "219", "316", "376", "573", "707", "580", "746", "167", "169", "185", "550",
    "760", "810", "840", "430", "163", "320", "329", "400", "671", "187", "482",
)  # fmt: skip
WAVES = ("2020-2", "2021-1", "2021-2", "2022-1", "2022-2", "2023-1")
EFFECTS = {
    ("183", "satisfaction"): 0.08,
    ("183", "trust_met"): 0.05,
    ("183", "trust_listened"): 0.05,
    ("183", "trust_situation"): 0.05,
    ("187", "satisfaction"): -0.05,
    ("187", "meaning"): -0.04,
}


@dataclass(frozen=True)
class Design:
    """What is decided about a country before chance has its say."""

    answers: int = 35_000  # respondents in the whole file
    municipalities: tuple[str, ...] = MUNICIPALITIES  # codes, those with the most answers first
    waves: tuple[str, ...] = WAVES  # in order of time
    event_wave: str = "2022-1"  # the first after the event
    # (municipality, item) to the change of its true positive share from `event_wave`, as a share
    effects: Mapping[tuple[str, str], float] = field(default_factory=lambda: dict(EFFECTS))
    # municipality to what is added to its share of aktivitetsparate from `event_wave`
    mix_change: Mapping[str, float] = field(default_factory=lambda: {"730": 0.25})
    municipality_sd: float = 0.15  # standard deviation of the municipalities' levels, in latent units
    shock_sd: float = 0.08  # and of their shocks per wave
    repeat: float = 0.2  # share of a wave's respondents who answer again in the next one (each at most twice)
    response_rate: float = 0.388  # share of those invited who answer, whole country
    answering_spread: float = 1.0  # factor on the differences in willingness to answer: 0 gives (nearly) equal weights

    @property
    def after(self) -> slice:
        """The waves from the event on."""
        return slice(self.waves.index(self.event_wave), None)


@dataclass(frozen=True)
class Country:
    """A country with known truth; M municipalities, T waves, C cells, K items."""

    design: Design
    seed: int
    n_answered: Counts  # (M, T): respondents
    mix: Floats  # (M, T, C): share of each cell among those asked
    answering: Floats  # (M, C): probability that one who is asked answers
    latent: Floats  # (M, T, C, K): mean of the latent answer
    cuts: Floats  # (K, 4): cut points between the five answers
    dont_know: Floats  # (C, K): probability of "ved ikke" among those who answer the question at all

    @property
    def asked(self) -> Floats:
        """How many must be asked to get the respondents, (M, T); the people the weights stand for."""
        rate: Floats = np.einsum("mtc,mc->mt", self.mix, self.answering)
        return self.n_answered / rate


def draw_country(design: Design | None = None, seed: int = 20220101) -> Country:
    """Draw levels, mixes and shocks, calibrate to the published shares, then add the changes.

    Raises
    ------
    ValueError
        If an effect or a change of mix names a municipality that is not in the country.

    Examples
    --------
    >>> country = draw_country()
    >>> country.mix.shape, int(country.n_answered.sum())
    ((44, 6, 32), 35000)
    """
    design = design or Design()
    named = {code for code, _ in design.effects} | set(design.mix_change)
    if not named <= set(design.municipalities):
        raise ValueError(f"not in the country: {sorted(named - set(design.municipalities))}")
    rng = np.random.default_rng([seed, 0])
    size = len(design.municipalities), len(design.waves)
    mix = _mixes(design, rng)
    answering = _answering(design, mix, rng)
    country = Country(
        design=design,
        seed=seed,
        n_answered=_apportion(design.answers, _relative_sizes(*size, rng)),
        mix=mix,
        answering=answering,
        latent=_latent(design, size, rng),
        cuts=np.empty(0),
        dont_know=_dont_know(),
    )
    country = replace(country, cuts=_cuts(country))
    return _with_effects(_with_mix_change(country))


def without_effects(country: Country) -> Country:
    """The same country, shocks and changed mix included, had no municipality changed its ways."""
    design = replace(country.design, effects={})
    return replace(draw_country(design, country.seed), design=design)


def cells(values: tuple[tuple[float, ...], ...], combine: np.ufunc) -> Floats:
    """Combine one value per level of the three group columns into one per cell (C,)."""
    first, second, third = (np.asarray(part) for part in values)
    combined: Floats = combine.outer(combine.outer(first, second), third)
    return combined.ravel()


def _mixes(design: Design, rng: np.random.Generator) -> Floats:
    logits = np.log(cells(MIX, np.multiply))
    benefit = np.repeat(np.arange(CELL_SHAPE[0]), CELL_SHAPE[1] * CELL_SHAPE[2])
    own = rng.normal(0, 0.25, (len(design.municipalities), CELL_SHAPE[0]))
    weight = np.exp(logits + own[:, benefit])
    mix = weight / weight.sum(axis=1, keepdims=True)
    each_wave: Floats = np.repeat(mix[:, None, :], len(design.waves), axis=1)
    return each_wave


def _answering(design: Design, mix: Floats, rng: np.random.Generator) -> Floats:
    own = rng.normal(0, 0.15, (len(design.municipalities), 1))
    logit = design.answering_spread * (cells(ANSWERING, np.add) + own)

    def surplus(constant: float) -> float:
        rate = (mix[:, 0] * expit(constant + logit)).sum(axis=1)
        return 1 / float(np.mean(1 / rate)) - design.response_rate

    probability: Floats = expit(brentq(surplus, -8, 8) + logit)
    return probability


def _relative_sizes(municipalities: int, waves: int, rng: np.random.Generator) -> Floats:
    rank = (np.arange(municipalities) + 0.5) / municipalities
    return (104 - 28.6 * np.log(rank))[:, None] * rng.uniform(0.97, 1.03, (municipalities, waves))


def _apportion(total: int, sizes: Floats) -> Counts:
    # Whole numbers in proportion to `sizes` that add up to `total` (largest remainder).
    exact = sizes / sizes.sum() * total
    whole: Counts = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole.flat[np.argsort(whole - exact, axis=None, kind="stable")[:missing]] += 1
    return whole


def _latent(design: Design, size: tuple[int, int], rng: np.random.Generator) -> Floats:
    # Levels and shocks; four fifths of their variance is shared by the five items.
    municipalities, waves = size

    def correlated(sd: float, *shape: int) -> Floats:
        shared, own = rng.normal(0, sd, (*shape, 1)), rng.normal(0, sd, (*shape, len(ITEMS)))
        drawn: Floats = np.sqrt(0.8) * shared + np.sqrt(0.2) * own
        return drawn

    level = correlated(design.municipality_sd, municipalities, 1)
    shock = correlated(design.shock_sd, municipalities, waves)
    latent: Floats = (level + shock)[:, :, None, :] + cells(LEVEL, np.add)[:, None]
    return latent


def _dont_know() -> Floats:
    factor: Floats = np.ones(CELL_SHAPE)
    factor[GROUPS["benefit_group"].index("aktivitetsparate")] = 2.0
    probability: Floats = factor.ravel()[:, None] * np.array([DONT_KNOW[item] for item in ITEMS])
    return probability


def _cuts(country: Country) -> Floats:
    cuts = np.empty((len(ITEMS), 4))
    for k, item in enumerate(ITEMS):
        weight = country.asked[:, :, None] * country.mix * (1 - country.dont_know[:, k])
        weight = (weight / weight.sum()).ravel()
        latent = country.latent[..., k].ravel()
        for j, target in enumerate(np.cumsum(PUBLISHED_SHARES[item])[:4]):

            def beyond(cut: float, latent: Floats = latent, weight: Floats = weight, target: float = target) -> float:
                return float(weight @ ndtr(cut - latent)) - target

            cuts[k, j] = brentq(beyond, -6, 6)
    return cuts


def _with_mix_change(country: Country) -> Country:
    design, mix = country.design, country.mix.copy()
    step = CELL_SHAPE[1] * CELL_SHAPE[2]
    for code, added in design.mix_change.items():
        after = mix[design.municipalities.index(code), design.after]
        share = after[:, -step:].sum(axis=1, keepdims=True)
        after[:, -step:] *= (share + added) / share
        after[:, :-step] *= (1 - share - added) / (1 - share)
    return replace(country, mix=mix)


def _with_effects(country: Country) -> Country:
    design, latent = country.design, country.latent.copy()
    for (code, item), effect in design.effects.items():
        m, k = design.municipalities.index(code), ITEMS.index(item)
        weight = country.mix[m, design.after] * (1 - country.dont_know[:, k])
        weight /= weight.sum(axis=1, keepdims=True)
        above = country.latent[m, design.after, :, k] - country.cuts[k, 2]

        def surplus(shift: float, weight: Floats = weight, above: Floats = above, effect: float = effect) -> float:
            moved = (weight * (ndtr(above + shift) - ndtr(above))).sum(axis=1)
            return float(moved.mean()) - effect

        latent[m, design.after, :, k] += brentq(surplus, -3, 3, xtol=1e-13)
    return replace(country, latent=latent)
