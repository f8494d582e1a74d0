"""How often the words of a comparison are said where they are wrong, and where they are right.

``python tests/simulation/words.py`` writes study_words.csv beside itself (a quarter of an hour), ``words.py gate own``
those kinds of its rows alone. Every row has its own random numbers. The tests in test_words.py hold the file to what is
promised and make a part of it again. 'error' is half of the 95 pct. interval of 'after' that chance in the draws
leaves, of families as from country to country.

gate: 'clear' is how often the interval leaves zero out, 'word' how often the difference also bears that the course
before goes on (`jobreport.compare.course`), whatever the number of waves. Model as in study.py.

family: the three indicators of the product's own country where nothing happens, each municipality in its turn as if
something had: how often one of them or more is clear by its interval, and by the p that governs the word.

outcome: the same, one measure at a time: how often it is clear, and the change that can be detected, in points of the
satisfaction share if all questions move alike.

swing: a treated municipality whose shocks are twice as large as the others', which every comparison takes them not to
be: how often it is clear, and how often called an effect, where nothing happened.

false dates: 'flagged' is how often the same calculation stands out at one false date or more, 'word' how often the
difference is clear and none does, which was once enough for the word effect.

response: the dissatisfied of the treated answer 15 pct. less often after than before, and nothing else happens: how
often it is clear, and how often called an effect. No comparison can tell; the report gives response and odds beside.

own: the municipalities in which one of three indicators or more changed clearly by its own interval, where nothing
happened, and those that are told of a clear rise or fall, which asks that the difference from the others is clear too.

rank: 'raw' and 'studentised' are how often the treated is among the outer tenth where nothing happened, by the change
alone and by what the product prints, with others of 20 to 1,000 answers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from jobreport.compare.course import Course
from jobreport.compare.effect import Effect, Floats, ranks
from jobreport.compare.family import adjusted
from jobreport.compare.panel import Changes, Choice, Line, Panel, Window, false_windows
from jobreport.compare.survey import SurveyPanels
from jobreport.estimate.measures import headline
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator
from jobreport.simulate import Design, draw_country, responses, true_effects
from jobreport.simulate.country import ITEMS, MUNICIPALITIES, TRUST_ITEMS
from tests.estimates import effect
from tests.simulation import study
from tests.simulation.conftest import DEGREE, SATISFACTION, question

HERE = Path(__file__).parent
SEED = 20260315
REPLICATES = 2_000
GATES = tuple((before, drift, size) for before in (3, 6, 8) for drift, size in ((0, 0), (0.02, 0), (0, 0.1), (0, 0.15)))
ANSWERS = (20, 40, 150, 1000)
COUNTRIES = {12: 125, 43: 37}  # municipalities to compare with -> countries; some 1,600 tests of each
FAMILIES = {12: 2000, 43: 3000}  # the same for families, whose alarms lie too near 5 pct. for so few
MOVED, FEWER = 0.08, 0.15


@dataclass(frozen=True)
class Row:
    """One row of study_words.csv; shares of the countries."""

    what: str
    case: str
    before: str
    after: str
    error: str = ""


def gate(before: int, drift: float, size: float, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """42 others, three waves after, 150 answers in each municipality and wave."""
    case = GATES.index((before, drift, size))
    rng = np.random.default_rng([seed, case])
    scenario = study.Scenario("", comparison=42, before=before, drift=drift)
    truth = f"{before} + 3 waves, drift {100 * drift:g}, effect {100 * size:g}"
    return Row("gate", truth, *_judged(*study.asked(scenario, size, replicates, rng), before))


def swing(others: int, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """Three waves before and after of 150 answers; the treated's shocks are twice the others'."""
    rng = np.random.default_rng([seed, 2000 + others])
    shocks = rng.normal(0, 0.03, (replicates, others + 1, 6))
    shocks[:, 0] *= 2
    p = np.clip(0.59 + rng.normal(0, 0.06, (replicates, others + 1, 1)) + shocks, 0.005, 0.995)
    found = rng.binomial(150, p) / 150
    return Row("swing", f"{others} others", *_judged(found, found * (1 - found) / 149, 3))


def response(others: int, answers: int, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """Three waves before and after; of those asked in the treated the dissatisfied answer 15 pct. less often after."""
    rng = np.random.default_rng([seed, 3000 + others])
    p = 0.59 + rng.normal(0, 0.06, (replicates, others + 1, 1)) + rng.normal(0, 0.03, (replicates, others + 1, 6))
    p = np.clip(p, 0.005, 0.995)
    p[:, 0, 3:] /= p[:, 0, 3:] + (1 - FEWER) * (1 - p[:, 0, 3:])
    found = rng.binomial(answers, p) / answers
    return Row(
        "response", f"{others} others, {answers} answers", *_judged(found, found * (1 - found) / (answers - 1), 3)
    )


def false_dates(others: int, drift: float, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """Three waves before and after of 150 answers; the false dates are those that the product tries."""
    rng = np.random.default_rng([seed, 4000 + others + round(1000 * drift)])
    scenario = study.Scenario("", comparison=others, drift=drift)
    estimates, variances = study.asked(scenario, 0.0, replicates, rng)
    window = Window((0, 1, 2), (3, 4, 5))
    true, *false = (np.array(each.contrast(6)) for each in (window, *false_windows(window)))
    flagged, word = 0, 0
    for estimate, variance in zip(estimates, variances, strict=True):
        clear, *stands_out = (
            effect(d[:1], d[1:], v[:1], v[1:]).p_value < 0.05
            for d, v in ((estimate @ c, variance @ c**2) for c in (true, *false))
        )
        flagged += any(stands_out)
        word += clear and not any(stands_out)
    case = f"{others} others, 3 + 3 waves, drift {100 * drift:g}"
    return Row("false dates", case, f"{flagged / replicates:.4f}", f"{word / replicates:.4f}")


def own(others: int) -> Row:
    """Own changes of every municipality of some countries, by the interval of its sample alone."""
    names = list(indicators())[:3]
    alone, told = [], []
    for seed in range(COUNTRIES[others]):
        p, clear = [], []
        for name in names:
            changes = _panel(others, seed, name).changes([Choice(Window((0, 1, 2), (3, 4, 5)))])
            clear.append(np.abs(changes.change[0]) > 1.96 * np.sqrt(changes.variance[0]))
            p.append([each.p_value for each in _each(changes)])
        words = np.array([adjusted(each, np.zeros(3, dtype=bool)) for each in np.array(p).T]).T
        alone.append(np.any(clear, axis=0).mean())
        told.append((np.array(clear) & (words < 0.05)).any(axis=0).mean())
    return Row("own", f"{others} others", f"{np.mean(alone):.4f}", f"{np.mean(told):.4f}")


def _judged(estimates: Floats, variances: Floats, before: int) -> tuple[str, str]:
    """How often the first municipality is clear, and how often it is so and bears the course before."""
    waves = estimates.shape[2]
    window = Window(tuple(range(before)), tuple(range(before, waves)))
    line = Line(window.before)
    codes = tuple(map(str, range(estimates.shape[1])))
    contrasts = [np.array(each.contrast(waves)) for each in (window, line)]
    clear, word = 0, 0
    for estimate, variance in zip(estimates, variances, strict=True):
        change, slope = (Changes((estimate @ c)[None], (variance @ c**2)[None], codes=codes) for c in contrasts)
        (found,) = change.effects(codes[:1], codes[1:])
        clear += found.p_value < 0.05
        word += Course.of(slope, line, window, codes[:1], codes[1:]).bears(found)
    return f"{clear / len(estimates):.4f}", f"{word / len(estimates):.4f}"


def rank(n: int, replicates: int = REPLICATES, seed: int = SEED) -> Row:
    """42 others of 20 to 1,000 answers, three waves before and after; the treated has n."""
    rng = np.random.default_rng([seed, 1000 + n])
    answers = np.exp(rng.uniform(np.log(20), np.log(1000), (replicates, 43))).astype(int)
    answers[:, 0] = n
    p = 0.59 + rng.normal(0, 0.06, (replicates, 43, 1)) + rng.normal(0, 0.03, (replicates, 43, 6))
    found = rng.binomial(answers[:, :, None], np.clip(p, 0.005, 0.995)) / answers[:, :, None]
    variance = found * (1 - found) / (answers[:, :, None] - 1)
    sign = np.repeat([-1 / 3, 1 / 3], 3)
    change, error = found @ sign, variance @ sign**2
    even = np.ones(change.shape)
    raw = ranks(change[:, 0], change[:, 1:], even[:, 0], even[:, 1:])
    printed = np.array([_rank(d, v) for d, v in zip(change, error, strict=True)])
    return Row("rank", f"{n} answers", *(f"{(each / 43 <= 0.10).mean():.4f}" for each in (raw, printed)))


def indicators() -> dict[str, Indicator]:
    """What the country is asked about: satisfaction as a share and as an index, trust, meaning, and all together."""
    items = {name: question(name, SATISFACTION if name == "satisfaction" else DEGREE) for name in ITEMS}
    one = Indicator("satisfaction", {}, (items["satisfaction"],))
    return {
        "satisfaction share": one,
        "trust index": Indicator("trust", {}, tuple(items[name] for name in TRUST_ITEMS)),
        "meaning share": Indicator("meaning", {}, (items["meaning"],)),
        "satisfaction index": Indicator("satisfaction", {}, one.items, told="index"),
        "index of all five": Indicator("all", {}, tuple(items.values())),
    }


def country(others: int) -> Design:
    """13 or 44 municipalities with some 130 answers in each of three waves before and three after."""
    places = MUNICIPALITIES[9:22] if others == 12 else MUNICIPALITIES
    return Design(answers=len(places) * 6 * 130, municipalities=places, effects={}, mix_change={})


def in_turn(others: int, seed: int, names: Sequence[str] = ()) -> dict[str, list[Effect]]:
    """Each municipality of a country where nothing happens beside all the others, by every measure, or by some."""
    window = Choice(Window((0, 1, 2), (3, 4, 5)))
    return {name: _each(_panel(others, seed, name).changes([window])) for name in names or indicators()}


def _panel(others: int, seed: int, name: str) -> Panel:
    measure = headline(indicators()[name])
    return SurveyPanels(_tallies(others, seed), (measure,), None).of(measure)


@lru_cache(maxsize=1)
def _tallies(others: int, seed: int) -> Tallies:
    return Tallies(Sample(responses(draw_country(country(others), SEED + 1000 * others + seed)), None))


def _each(changes: Changes) -> list[Effect]:
    return [changes.effects([code], [other for other in changes.codes if other != code])[0] for code in changes.codes]


def family(others: int) -> Iterator[Row]:
    """One indicator or more of three, by the interval and corrected; with a main outcome named and without.

    What is true of one municipality of a country is not quite so of the next, so chance is counted by countries.
    """
    names = list(indicators())[:3]
    found = [in_turn(others, seed, names) for seed in range(FAMILIES[others])]
    p = np.array([[[each.p_value for each in country[name]] for name in names] for country in found])
    for case, first in (("Holm", [False] * 3), ("main outcome satisfaction", [True, False, False])):
        words = np.array([[adjusted(each, np.array(first)) for each in country.T] for country in p])
        before, after = ((each < 0.05).any(axis=axis).mean(axis=1) for each, axis in ((p, 1), (words, 2)))
        error = 1.96 * after.std(ddof=1) / np.sqrt(len(after))
        yield Row("family", f"{others} others, {case}", f"{before.mean():.4f}", f"{after.mean():.4f}", f"{error:.4f}")


def outcome(others: int, tests: list[dict[str, Effect]]) -> Iterator[Row]:
    """Alarms of each measure, and what it can detect if all questions move by as much as eight points of the share."""
    moved = _moved()
    for name in indicators():
        alarm = np.mean([test[name].p_value < 0.05 for test in tests])
        seen = np.median([test[name].detectable_change for test in tests]) / moved[name] * MOVED
        yield Row("outcome", f"{others} others, {name}", f"{alarm:.4f}", f"{seen:.4f}")


def _moved() -> dict[str, float]:
    """The true change of every measure where the positive share of every question rises by eight points."""
    design = Design(effects={("183", item): MOVED for item in ITEMS}, mix_change={})
    truth = true_effects(draw_country(design)).set_index(["indicator", "measure", "category"])["effect"]
    index = {name: float(truth[name, "index", ""]) for name in ("satisfaction", "trust", "meaning")}
    found = {"satisfaction share": MOVED, "meaning share": MOVED, "trust index": index["trust"]}
    found["satisfaction index"] = index["satisfaction"]
    return found | {"index of all five": (index["satisfaction"] + 3 * index["trust"] + index["meaning"]) / 5}


def _tests(others: int) -> list[dict[str, Effect]]:
    found = [in_turn(others, seed) for seed in range(COUNTRIES[others])]
    return [dict(zip(each, turn, strict=True)) for each in found for turn in zip(*each.values(), strict=True)]


def _rank(change: Floats, variance: Floats) -> int:
    return effect(change[:1], change[1:], variance[:1], variance[1:]).rank


KINDS: dict[str, Callable[[], Iterator[Row]]] = {
    "gate": lambda: (gate(*case) for case in GATES),
    "rank": lambda: (rank(n) for n in ANSWERS),
    "swing": lambda: (swing(others) for others in (12, 42)),
    "false dates": lambda: (false_dates(others, drift) for others in (12, 42) for drift in (0.0, 0.02)),
    "response": lambda: (response(others, answers) for others, answers in ((12, 150), (42, 400))),
    "own": lambda: (own(others) for others in COUNTRIES),
    "family": lambda: (row for others in COUNTRIES for row in family(others)),
    "outcome": lambda: (row for others in COUNTRIES for row in outcome(others, _tests(others))),
}


def rows(kinds: Sequence[str] = tuple(KINDS)) -> pd.DataFrame:
    """Rows of these kinds, in the order of the file."""
    found = pd.DataFrame(asdict(row) for kind in kinds for row in KINDS[kind]())
    return found.assign(seed=SEED, replicates=REPLICATES)


def main(kinds: Sequence[str]) -> None:
    """Make the rows of some kinds, or of all, and keep the others."""
    path = HERE / "study_words.csv"
    made = rows(kinds or tuple(KINDS))
    kept = pd.read_csv(path, dtype=str, keep_default_na=False) if kinds else made.head(0)
    table = pd.concat([kept[~kept["what"].isin(made["what"])], made])
    table = table.sort_values("what", key=lambda what: what.map(list(KINDS).index), kind="stable")
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
