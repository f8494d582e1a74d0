"""Worked examples of the method: a few made-up answers or figures each, computed by the functions that make reports.

Each can be checked in the head, so a name in the text (``texts/lesson.<language>.yml``) is all that a number needs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import stdev
from typing import Any

import numpy as np
import pandas as pd

from jobreport.compare.effect import Measured, effects
from jobreport.compare.register import Official
from jobreport.compare.survey import survey_changes
from jobreport.diagnostics.nonresponse import bounds
from jobreport.domain import rules
from jobreport.domain.released import having
from jobreport.estimate.indicators import estimate
from jobreport.estimate.measures import measures_of
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.estimate.weights import design_effect
from jobreport.release.suppression import Rule, domains_of, suppressed_domains
from jobreport.setup.codebook import DONT_KNOW, NOT_ANSWERED, Indicator, Question, Scale
from jobreport.setup.params_model import Event

HERE = "A"
EVENT = Event.model_construct(event="e", label={}, date=date.min, treated=(HERE,))  # (A is no code of a municipality)
YES, NO = 5, 1
FIVE = ("Meget utilfreds", "Utilfreds", "Hverken eller", "Tilfreds", "Meget tilfreds")
QUESTION = Question("satisfaction", {}, Scale("tilfredshed", {"da": FIVE}, 2, 2), {"da": ("Ved ikke",)})
SATISFACTION = Indicator("satisfaction", {}, (QUESTION,))
Facts = Mapping[str, float]


@dataclass(frozen=True)
class Some:
    """So many people of one group who gave the same answer in one wave; ``first`` numbers the first of them."""

    number: int
    answer: int
    wave: str = "1"
    group: str = "all"
    weight: float = 1.0
    first: int | None = None


def responses(*people: Some) -> pd.DataFrame:
    """Write people out as `responses`; who has no number of their own is nobody else.

    Examples
    --------
    >>> responses(Some(2, YES), Some(1, NO))["satisfaction"].tolist()
    [5, 5, 1]
    """
    rows = []
    for some in people:
        start = 1000 * (1 + people.index(some)) if some.first is None else some.first
        of_all = {"wave": some.wave, "group": some.group, "weight": some.weight, "satisfaction": some.answer}
        rows += [{**of_all, "respondent_id": start + i} for i in range(some.number)]
    frame = pd.DataFrame(rows).assign(municipality_code=HERE)
    return frame.astype(dict.fromkeys(("wave", "group", "municipality_code"), "category") | {"satisfaction": "int8"})


def _level(frame: pd.DataFrame, indicator: Indicator = SATISFACTION) -> Callable[..., pd.Series]:
    found = estimate(Tallies(Sample(frame)), measures_of(indicator), simulated=True, names={})
    found = found[found["municipality_code"] == HERE]
    return lambda measure, category="": _only(found, measure=measure, category=category)


def _only(table: pd.DataFrame, **values: str) -> pd.Series:
    (row,) = (row for _, row in having(table, **values).iterrows())
    return row


def _changed(frame: pd.DataFrame, before: tuple[str, ...], after: tuple[str, ...], mix: str | None = None) -> Any:
    asked: dict[str, Any] = {"event": EVENT, "before": before, "after": after, "mix": mix}
    found = survey_changes(Tallies(Sample(frame)), [SATISFACTION], **asked, simulated=True, names={})
    own = found[found["municipality_code"].eq(HERE) & found["category"].eq("positive") & found["adjustment"].eq("")]
    return lambda method: _only(own[own["measure"] == "share"], method=method)


def _compared(values: Mapping[str, tuple[float, ...]]) -> pd.DataFrame:
    periods = [str(2000 + i) for i in range(len(values[HERE]))]
    rows = [(code, period, value) for code, own in values.items() for period, value in zip(periods, own, strict=True)]
    series = pd.DataFrame(rows, columns=["municipality_code", "period", "value"]).assign(series="s", unit="points")
    before, after = periods[-2:-1], periods[-1:]
    return Official(series, event=EVENT, before=before, after=after, simulated=True, names={}).changes()


def base() -> Facts:
    """Who counts: twelve were asked, two did not answer, two did not know."""
    people = Some(2, YES), Some(4, 4), Some(2, NO), Some(2, DONT_KNOW), Some(2, NOT_ANSWERED)
    frame = responses(*people)
    widened = Question("satisfaction", {}, QUESTION.scale, dont_know_in_base=True)
    among_all = _level(frame, Indicator("satisfaction", {}, (widened,)))
    level = _level(frame)
    positive = level("share", "positive")
    facts = {"asked": len(frame), "silent": 2, "doubt": 2, "base": positive["n"], "positive": 6}
    facts |= {"dont_know": level("dont_know")["estimate"], "dont_know_base": level("dont_know")["n"]}
    return facts | {"share": positive["estimate"], "among_all": among_all("share", "positive")["estimate"]}


def index() -> Facts:
    """The same eight answers as a mean and as an index."""
    level = _level(responses(Some(2, YES), Some(4, 4), Some(2, NO)))
    mean = level("mean")
    facts = {"top": YES, "good": 4, "low": NO, "steps": YES - NO, "zero": 0, "full": 100}
    facts |= {"sum": mean["estimate"] * mean["n"], "n": mean["n"], "mean": mean["estimate"]}
    return facts | {"index": level("index")["estimate"]}


def weights() -> Facts:
    """Five young who count once and five old who count three times."""
    frame = responses(Some(4, YES), Some(1, NO), Some(1, YES, weight=3), Some(4, NO, weight=3))
    found = _level(frame)("share", "positive")
    plain = _level(frame.assign(weight=1.0))("share", "positive")
    facts: dict[str, float] = {"each": 5, "young_yes": 4, "old_yes": 1, "one": 1, "weight": 3, "squared": 9}
    facts |= {"sum": frame["weight"].sum(), "yes": found["estimate"] * frame["weight"].sum()}
    facts |= {"share": found["estimate"], "plain": plain["estimate"], "n": found["n"]}
    return facts | {"n_effective": found["n_effective"], "design_effect": design_effect(frame["weight"].to_numpy())}


def width() -> Facts:
    """60 per cent of 25, 100 and 400 answers."""
    facts: dict[str, float] = {"full": 100}
    for name, n in {"small": 25, "middle": 100, "large": 400}.items():
        found = _level(responses(Some(6 * n // 10, YES), Some(4 * n // 10, NO)))("share", "positive")
        facts |= {f"n_{name}": n, f"low_{name}": found["ci_low"], f"high_{name}": found["ci_high"]}
        facts |= {f"rule_{name}": 1 / n**0.5, "share": found["estimate"]}
    return facts


def ends() -> Facts:
    """None of ten is dissatisfied."""
    found = _level(responses(Some(10, YES)))("share", "negative")
    others = 1 - found["ci_high"]
    facts = {"n": found["n"], "none": found["estimate"], "high": found["ci_high"]}
    return facts | {"others": others, "chance": others ** found["n"]}


def score() -> Facts:
    """Four people of whom one changes her mind, counted as four and as eight."""
    before = Some(2, YES, first=1), Some(2, NO, first=3)
    after = Some(3, YES, "2", first=1), Some(1, NO, "2", first=4)
    frame = responses(*before, *after)
    same = _changed(frame, ("1",), ("2",))("change")
    apart = _changed(frame.drop(columns="respondent_id"), ("1",), ("2",))("change")
    facts = {"people": 4, "twice": 8, "yes_before": 2, "yes_after": 3, "one": 1, "unchanged": 3}
    facts |= {"change": same["change"], "same": same["standard_error"], "apart": apart["standard_error"]}
    return facts | {"smaller": (same["standard_error"] / apart["standard_error"]) ** 2}


def change() -> Facts:
    """Two waves before, of different sizes, and one after."""
    first, second = (Some(100, YES), Some(100, NO)), (Some(60, YES, "2"), Some(40, NO, "2"))
    frame = responses(*first, *second, Some(70, YES, "3"), Some(30, NO, "3"))
    found = _changed(frame, ("1", "2"), ("3",))("change")
    thrown = _level(responses(Some(160, YES), Some(140, NO)))("share", "positive")
    facts = {"two": 2, "n_first": 200, "n_second": 100, "n_after": found["n_after"]}
    facts |= {"first": 0.5, "second": 0.6, "after": 0.7}
    facts |= {"change": found["change"], "low": found["ci_low"], "high": found["ci_high"]}
    return facts | {"before": 0.7 - found["change"], "thrown": thrown["estimate"]}


def mix() -> Facts:
    """Both groups are more satisfied afterwards, and the total is the same."""
    before = Some(8, YES, group="A"), Some(2, NO, group="A"), Some(4, YES, group="B"), Some(6, NO, group="B")
    after = Some(9, YES, "2", "A"), Some(1, NO, "2", "A"), Some(15, YES, "2", "B"), Some(15, NO, "2", "B")
    found = _changed(responses(*before, *after), ("1",), ("2",), mix="group")
    facts = {"a_before": 0.8, "b_before": 0.4, "a_after": 0.9, "b_after": 0.5}
    facts |= {"a_mean": 0.85, "b_mean": 0.45, "moved": 0.25, "whole": 1.0}
    facts |= {"held_before": 0.5, "held_after": 0.25, "rest_before": 0.5, "rest_after": 0.75}
    facts |= {"before": 0.6, "after": 0.6 + found("change")["change"]}
    parts = {"change": "change", "mix": "mix", "rates": "rates"}
    return facts | {name: round(found(method)["change"], 12) for name, method in parts.items()}


def event() -> Facts:
    """One municipality beside four, by hand."""
    values = {HERE: (10.0, 15.0), "B": (10.0, 10.0), "C": (10.0, 12.0), "D": (10.0, 10.0), "E": (10.0, 12.0)}
    rows = _compared(values)
    rows = rows[rows["scale"] == "points"]
    found = _only(rows, method="effect")
    own = rows[rows["method"] == "change"].set_index("municipality_code")["change"]
    facts = {f"before_{code}": pair[0] for code, pair in values.items()}
    facts |= {f"after_{code}": pair[1] for code, pair in values.items()}
    facts |= {f"change_{code}": own[code] for code in values}
    facts |= {"mean": _only(rows, method="comparison_mean")["change"], "n": found["n_comparison"]}
    facts |= {"effect": found["change"], "error": found["standard_error"], "s": stdev(own.drop(HERE))}
    facts |= {"low": found["ci_low"], "high": found["ci_high"], "detectable": found["detectable_change"]}
    facts |= {"one": 1, "half": found["ci_high"] - found["change"]}
    facts |= {"t": facts["half"] / found["standard_error"]}
    return facts | {"rank": found["rank"], "all": found["n_comparison"] + 1, "p": found["p_smallest_possible"]}


def ranks() -> Facts:
    """The smallest p that ranks among so many can give."""
    sizes = {"few": 4, "some": 12, "enough": 19, "all": 96}
    facts: dict[str, float] = {f"n_{name}": size for name, size in sizes.items()}
    for name, size in sizes.items():
        treated, others = Measured(np.array([[99.0]])), Measured(np.arange(float(size))[None])
        facts[f"p_{name}"] = effects(treated, others, [np.arange(size)])[0].p_smallest_possible
    return facts | {"one": 1, "all": 5, "p": facts["p_few"], "level": rules.TEST_LEVEL}


def false_dates() -> Facts:
    """A municipality that falls by one every year, also before anything happened."""
    steady = {"B": (5.0, 5.1, 5.0, 5.1, 5.0), "C": (5.0, 4.9, 5.0, 4.9, 5.0)}
    values = {HERE: (10.0, 9.0, 8.0, 7.0, 6.0), **steady, "D": steady["B"], "E": steady["C"]}
    rows = _compared(values)
    rows = rows[rows["scale"] == "points"]
    found = _only(rows, method="effect")
    facts = {"fall": 1.0, "effect": round(found["change"], 2)}
    facts |= {"low_event": found["ci_low"], "high_event": found["ci_high"]}
    false = rows[rows["method"] == "false_date"].to_dict("records")
    for name, row in zip(("third", "second", "first"), false, strict=True):
        facts |= {name: round(row["change"], 2), f"low_{name}": row["ci_low"], f"high_{name}": row["ci_high"]}
    return facts


def points() -> Facts:
    """Two municipalities that both lose a quarter."""
    rows = _compared({HERE: (8.0, 6.0), "B": (4.0, 3.0)})
    own = rows[rows["method"] == "change"].set_index(["municipality_code", "scale"])["change"]
    facts = {"before_A": 8.0, "after_A": 6.0, "before_B": 4.0, "after_B": 3.0}
    facts |= {f"points_{code}": own[code, "points"] for code in (HERE, "B")}
    return facts | {f"per_cent_{code}": float(np.expm1(own[code, "log"])) for code in (HERE, "B")}


def silent() -> Facts:
    """60 per cent of the fifty who answered, of a hundred who were asked."""
    share = next(m for m in measures_of(SATISFACTION) if m.category == "positive")
    worst, best, tipping = (float(str(row["value"])) for row in bounds(0.6, 50, 100, share))
    facts = {"invited": 100, "n": 50, "share": 0.6, "yes": 30, "silent": 50, "half": 50, "missing": 20}
    return facts | {"worst": worst, "best": best, "tipping": tipping}


def hidden() -> Facts:
    """Three, six and forty answers: two groups disappear."""
    groups = {"small": 3, "next": 6, "large": 40}
    frame = responses(*(Some(n - 1, YES, group=name) for name, n in groups.items()),
                      *(Some(1, NO, group=name) for name in groups))  # fmt: skip
    found = estimate(Tallies(Sample(frame), ["group"]), measures_of(SATISFACTION), simulated=True, names={})
    rule = Rule()
    gone = suppressed_domains(domains_of(found[found["municipality_code"] == HERE]), rule)
    facts = {**groups, "total": len(frame), "below": rule.suppress_below, "hidden": len(gone)}
    return facts | {"together": sum(groups[group] for *_, group in gone)}


def said() -> Facts:
    """What a design needs for each word."""
    fewest: dict[str, float] = {"interval": rules.FEWEST_FOR_INTERVAL, "effect": rules.FEWEST_FOR_TEST}
    fewest |= {"rank": rules.FEWEST_FOR_RANK_TEST, "waves": rules.FEWEST_WAVES_BEFORE}
    return fewest | {"level": rules.TEST_LEVEL}


EXAMPLES: Mapping[str, Callable[[], Facts]] = {
    made.__name__: made
    for made in (
        base, index, weights, width, ends, score, change, mix, event, ranks, false_dates, points, silent, hidden, said
    )
}  # fmt: skip
