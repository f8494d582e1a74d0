"""Ask the made-up country: who answers, what they answer, the file that comes out of it, and what is true of all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
from scipy.special import ndtr

from jobreport.simulate.country import (
    CELL_SHAPE,
    GROUPS,
    ITEMS,
    TRUST_ITEMS,
    Country,
    Counts,
    Design,
    Floats,
    without_effects,
)

# How much of an answer the five items share, and how much of that stays with a person until the
# next wave. Gives the trust index an alpha of about .8.
LOADING = np.array([0.80, 0.85, 0.80, 0.75, 0.65])
STAYS = 0.5
NOT_ANSWERED = 0.01

# The raw file numbers its answers like a real export: 1 is best for some questions and worst for
# others, and "ved ikke" is a number too.
COLUMNS = {
    "satisfaction": "q_tilfredshed",
    "trust_met": "q_tillid_moedt",
    "trust_listened": "q_tillid_lyttet",
    "trust_situation": "q_tillid_situation",
    "meaning": "q_mening",
}
ONE_IS_BEST = ("satisfaction", *TRUST_ITEMS)
DONT_KNOW_CODE = 8

BOXES = {"positive": slice(3, 5), "neutral": slice(2, 3), "negative": slice(0, 2)}
TRUE_COLUMNS = [
    "indicator", "measure", "category", "unit", "municipality_code", "wave", "group_by", "group", "value",
]  # fmt: skip


def responses(country: Country, draw: int = 0) -> pd.DataFrame:
    """Draw everybody's answers.

    ``draw``: another number asks the same country again: same truth, new respondents. Returns canonical responses, one
    row per respondent and wave: items as int8 with -1 not answered, 0 "ved ikke", 1 least to 5 most positive; weights
    relative to the country's response rate.

    Examples
    --------
    >>> from jobreport.simulate import draw_country
    >>> len(responses(draw_country()))
    35000
    """
    return pd.concat(list(chunks(country, draw)), ignore_index=True)


def chunks(country: Country, draw: int = 0) -> Iterator[pd.DataFrame]:
    """The rows of `responses` one municipality at a time, so that memory stays small."""
    first_id = 1
    for m in range(len(country.design.municipalities)):
        frame = _one_municipality(country, m, first_id, _stream(country, draw, m))
        first_id += frame["respondent_id"].nunique()
        yield frame


def as_exported(frame: pd.DataFrame) -> pd.DataFrame:
    """The raw file: answers and groups as the numbers that `data/demo/codebook.yml` explains.

    "Meget tilfreds" is 5 in `responses` and 1 in the raw file; "ved ikke" is 0 and 8.
    """
    raw = frame.drop(columns=list(ITEMS)).astype({"wave": str, "municipality_code": str, "jobcentre_code": str})
    for column in GROUPS:
        raw[column] = (frame[column].cat.codes + 1).astype("int8")
    for item, column in COLUMNS.items():
        answer = frame[item].astype("Int8")
        code = 6 - answer if item in ONE_IS_BEST else answer
        raw[column] = code.mask(answer == 0, DONT_KNOW_CODE).mask(answer == -1)
    raw["simulated"] = True
    return raw


def invited(country: Country, draw: int = 0) -> pd.DataFrame:
    """Count those asked and those who answered, in all and by each group column.

    Returns wave, municipality_code, group_by ('' = everybody), group, n_invited, n_answered, simulated; `n_answered`
    counts the rows of `responses` for the same country and draw.
    """
    rng = np.random.default_rng([country.seed, 2, draw])
    every = range(len(country.design.municipalities))
    answered = np.stack([_counts(country, m, _stream(country, draw, m)) for m in every])
    asked = answered + _silent(country, rng)
    parts = [_by_group(country, asked, answered, axis) for axis in (None, *range(len(GROUPS)))]
    return pd.concat(parts, ignore_index=True).assign(simulated=True)


def _stream(country: Country, draw: int, m: int) -> np.random.Generator:
    return np.random.default_rng([country.seed, 1, draw, m])


def _counts(country: Country, m: int, rng: np.random.Generator) -> Counts:
    willing = country.mix[m] * country.answering[m]
    counts: Counts = rng.multinomial(country.n_answered[m], willing / willing.sum(axis=1, keepdims=True))
    return counts


def _one_municipality(country: Country, m: int, first_id: int, rng: np.random.Generator) -> pd.DataFrame:
    design = country.design
    counts = _counts(country, m, rng)
    person = _people(counts, design.repeat, rng)
    wave = np.repeat(np.arange(len(design.waves)), counts.sum(axis=1))
    cell = np.repeat(np.tile(np.arange(counts.shape[1]), len(counts)), counts.ravel())
    answers = _answers(country, m, wave, cell, person, rng)
    rate = country.n_answered.sum() / country.asked.sum()
    code, places = design.municipalities[m], sorted(design.municipalities)
    return pd.DataFrame(
        {
            "respondent_id": person + first_id,
            "wave": pd.Categorical.from_codes(wave, _index(tuple(design.waves)), ordered=True),
            "municipality_code": pd.Categorical.from_codes([places.index(code)] * len(wave), _index(tuple(places))),
            "jobcentre_code": _jobcentre(code, design, wave),
            **{
                column: pd.Categorical.from_codes(level, _index(tuple(GROUPS[column])))
                for column, level in zip(GROUPS, np.unravel_index(cell, CELL_SHAPE), strict=True)
            },
            "weight": np.round(rate / country.answering[m][cell], 3),
            **{item: answers[:, k] for k, item in enumerate(ITEMS)},
        }
    )


def _people(counts: Counts, repeat: float, rng: np.random.Generator) -> Counts:
    # Number the people of all rows; the last of a cell in one wave come back as the first of the same cell in the
    # next. Those who came back stand first, so nobody is taken a third time.
    starts = (np.cumsum(counts.ravel()) - counts.ravel()).reshape(counts.shape)
    again = np.full(int(counts.sum()), -1)
    fresh = counts[0]
    for t in range(1, len(counts)):
        back = np.minimum(rng.binomial(counts[t - 1], repeat), np.minimum(fresh, counts[t]))
        within = np.arange(back.sum()) - np.repeat(np.cumsum(back) - back, back)
        again[np.repeat(starts[t], back) + within] = np.repeat(starts[t - 1] + counts[t - 1] - back, back) + within
        fresh = counts[t] - back
    new = again < 0
    person = np.cumsum(new) - 1
    person[~new] = person[again[~new]]
    return person


def _answers(
    country: Country, m: int, wave: Counts, cell: Counts, person: Counts, rng: np.random.Generator
) -> np.ndarray:
    # One int8 answer per row and item; each latent error is standard normal by construction.
    rows, items = len(wave), len(ITEMS)
    lasting = rng.standard_normal(int(person.max(initial=-1)) + 1)[person]
    shared = np.sqrt(STAYS) * lasting + np.sqrt(1 - STAYS) * rng.standard_normal(rows)
    answers = np.empty((rows, items), dtype=np.int8)
    for k in range(items):
        own = np.sqrt(1 - LOADING[k] ** 2) * rng.standard_normal(rows)
        latent = country.latent[m, wave, cell, k] + LOADING[k] * shared + own
        answers[:, k] = 1 + np.searchsorted(country.cuts[k], latent)
    answers[rng.random((rows, items)) < country.dont_know[cell]] = 0
    answers[rng.random((rows, items)) < NOT_ANSWERED] = -1
    return answers


@cache
def _index(values: tuple[str, ...]) -> pd.Index[str]:
    # Made once: anew for each municipality it takes longer than to draw its answers.
    return pd.Index(values)


def _jobcentre(code: str, design: Design, wave: Counts) -> pd.Categorical[str]:
    ordered = sorted(f"{each}01" for each in design.municipalities)
    before = "187" if code == "183" and "187" in design.municipalities else code
    after = wave >= design.waves.index(design.event_wave)
    index = np.where(after, ordered.index(f"{code}01"), ordered.index(f"{before}01"))
    return pd.Categorical.from_codes(index, _index(tuple(ordered)))


def _silent(country: Country, rng: np.random.Generator) -> Counts:
    unwilling = country.mix * (1 - country.answering)[:, None, :]
    unwilling /= unwilling.sum(axis=2, keepdims=True)
    silent = np.rint(country.asked).astype(np.int64) - country.n_answered
    counts: Counts = rng.multinomial(silent, unwilling)
    return counts


def _by_group(country: Country, asked: Counts, answered: Counts, axis: int | None) -> pd.DataFrame:
    design = country.design
    column = "" if axis is None else list(GROUPS)[axis]
    groups = ("",) if axis is None else GROUPS[column]

    def summed(counts: Counts) -> Counts:
        shaped = counts.reshape(*counts.shape[:2], *CELL_SHAPE)
        others = tuple(2 + i for i in range(len(CELL_SHAPE)) if i != axis)
        total: Counts = shaped.sum(axis=others)
        return total.swapaxes(0, 1).ravel()

    index = pd.MultiIndex.from_product(
        [design.waves, design.municipalities, [column], groups],
        names=["wave", "municipality_code", "group_by", "group"],
    )
    counts = {"n_invited": summed(asked), "n_answered": summed(answered)}
    return pd.DataFrame(counts, index=index).reset_index()


def true_values(country: Country, group_by: tuple[str, ...] = ()) -> pd.DataFrame:
    """The value of every measure in every domain, if all who were asked had answered.

    Returns one row per indicator × measure × category × municipality (and '000', where each municipality counts with
    the number it asked) × wave × group: shares in [0, 1], means 1-5, indices 0-100. Shares and means are among those
    with an opinion.

    Examples
    --------
    >>> from jobreport.simulate import draw_country
    >>> true = true_values(draw_country())
    >>> set(true["unit"]) == {"share", "points_1_5", "points_0_100"}
    True
    """
    probabilities = _probabilities(country)
    rows = [_rows(country, probabilities, "", "", np.ones(CELL_SHAPE, bool).ravel())]
    for column in group_by:
        axis = list(GROUPS).index(column)
        level = np.indices(CELL_SHAPE)[axis].ravel()
        for i, group in enumerate(GROUPS[column]):
            rows.append(_rows(country, probabilities, column, group, level == i))
    return pd.concat(rows, ignore_index=True)[TRUE_COLUMNS]


def true_effects(country: Country) -> pd.DataFrame:
    """What the changes did: mean true value after the event, with them minus without them.

    Returns indicator, measure, category, unit, municipality_code, effect; measures 'share', 'mean' and 'index' of every
    municipality that changed.
    """
    codes = sorted({code for code, _ in country.design.effects})
    keys = ["indicator", "measure", "category", "unit", "municipality_code"]

    def after(which: Country) -> pd.Series:
        values = true_values(which)
        wanted = values["wave"].isin(which.design.waves[which.design.after])
        wanted &= values["municipality_code"].isin(codes) & (values["measure"] != "dont_know")
        return values[wanted].groupby(keys, sort=False)["value"].mean()

    return (after(country) - after(without_effects(country))).rename("effect").reset_index()


def _probabilities(country: Country) -> Floats:
    below = ndtr(country.cuts - country.latent[..., None])
    probabilities: Floats = np.diff(below, prepend=0.0, append=1.0, axis=-1)
    return probabilities


def _rows(country: Country, probabilities: Floats, column: str, group: str, inside: np.ndarray) -> pd.DataFrame:
    weight = country.asked[:, :, None] * country.mix * inside
    parts = []
    for k, item in enumerate(ITEMS):
        doubt = country.dont_know[:, k]
        shares = _mean(weight * (1 - doubt), probabilities[:, :, :, k])
        mean = shares @ np.arange(1, 6)
        for category, box in BOXES.items():
            parts.append((item, "share", category, "share", shares[..., box].sum(axis=-1)))
        parts.append((item, "mean", "", "points_1_5", mean))
        parts.append((item, "index", "", "points_0_100", 25 * (mean - 1)))
        parts.append((item, "dont_know", "", "share", _mean(weight, np.broadcast_to(doubt, weight.shape))))
    trust = _trust_mean(country, probabilities, weight)
    parts.append(("trust", "mean", "", "points_1_5", trust))
    parts.append(("trust", "index", "", "points_0_100", 25 * (trust - 1)))
    return pd.concat([_table(country, part) for part in parts]).assign(group_by=column, group=group)


def _trust_mean(country: Country, probabilities: Floats, weight: Floats) -> Floats:
    # Mean of the answered trust items among those who answered at least two of the three.
    # Whether an item is answered depends on the cell only and is as likely for each of the three, so
    # within a cell the mean over those answered has the expectation of the plain mean of the three.
    items = [ITEMS.index(item) for item in TRUST_ITEMS]
    valid = (1 - NOT_ANSWERED) * (1 - country.dont_know[:, items[0]])
    at_least_two = valid**3 + 3 * valid**2 * (1 - valid)
    in_cell = (probabilities[:, :, :, items] @ np.arange(1, 6)).mean(axis=-1)
    return _mean(weight * at_least_two, in_cell)


def _mean(weight: Floats, values: Floats) -> Floats:
    wide = weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))
    total = (wide * values).sum(axis=2)
    base = wide.sum(axis=2)
    total = np.concatenate([total, total.sum(axis=0, keepdims=True)])
    base = np.concatenate([base, base.sum(axis=0, keepdims=True)])
    mean: Floats = total / base
    return mean


def _table(country: Country, part: tuple[str, str, str, str, Floats]) -> pd.DataFrame:
    indicator, measure, category, unit, values = part
    places, waves = [*country.design.municipalities, "000"], country.design.waves
    domains = {"municipality_code": np.repeat(places, len(waves)), "wave": np.tile(waves, len(places))}
    what = {"indicator": indicator, "measure": measure, "category": category, "unit": unit}
    return pd.DataFrame({**domains, "value": values.ravel(), **what})
