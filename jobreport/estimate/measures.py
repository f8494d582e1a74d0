"""What is measured of an indicator: which value each answer gets and which answers are the base.

A question gives the shares of its positive, neutral and negative box and of every answer, the mean of
its answers (1..k, or the numbers that they are called by), the index 100 (mean - 1)/(k - 1) and the share
of "don't know". An indicator of several questions gives the mean of each respondent's item mean, at least half
of the items answered, and its index; its questions are reported beside it under their own names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from jobreport.domain.rules import INDEX_HIGHEST, INDEX_LOWEST
from jobreport.estimate.estimators import BLOCK, Bools, Floats, Ints
from jobreport.setup.codebook import DONT_KNOW, Indicator, Question

BOXES = ("positive", "neutral", "negative")


@dataclass(frozen=True)
class Measure:
    """One measure of one indicator.

    Attributes
    ----------
    indicator, name, category, unit
        As in the columns ``indicator, measure, category, unit`` of `estimates`.
    items
        Columns of `responses` that are used.
    lookup
        Value of the answers -1, 0, 1..k of a single item, NaN outside the base; of several items the
        value of each answer before the mean is taken.
    lowest, highest
        Ends of the scale.
    questions
        What was asked, for the waves in which it was.
    """

    indicator: str
    name: str
    category: str
    unit: str
    items: tuple[str, ...]
    lookup: tuple[float, ...]
    lowest: float
    highest: float
    questions: tuple[Question, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        # (two NaN are never equal but where they are one: a measure that is made anew must find its sums again)
        object.__setattr__(self, "lookup", tuple(np.nan if np.isnan(value) else value for value in self.lookup))

    def asked_in(self, wave: str) -> bool:
        """Whether a wave asked the question; of several at least half, or nobody could have a value."""
        return 2 * sum(question.asked_in(wave) for question in self.questions) >= len(self.questions)

    @property
    def is_share(self) -> bool:
        """Whether the measure lies in [0, 1]."""
        return self.unit == "share"

    @property
    def is_single_answer(self) -> bool:
        """Whether the measure is the share of one answer, which is shown of those in front and compared by nobody."""
        return self.name == "share" and not self.is_box

    @property
    def is_box(self) -> bool:
        """Whether the measure is the share of a box."""
        return self.name == "share" and self.category in BOXES

    def values(self, responses: pd.DataFrame) -> Floats:
        """Give each respondent's value; NaN is outside the base.

        Examples
        --------
        Three items answered "very high degree", "high degree" and not at all asked: (5 + 4)/2.

        >>> answers = pd.DataFrame({"a": [5], "b": [4], "c": [-1]})
        >>> lookup = (np.nan, np.nan, 1.0, 2.0, 3.0, 4.0, 5.0)
        >>> Measure("trust", "mean", "", "points_1_5", ("a", "b", "c"), lookup, 1, 5).values(answers)
        array([4.5])
        """
        table: Floats = np.asarray(self.lookup)
        if len(self.items) == 1:
            return np.asarray(table[responses[self.items[0]].to_numpy() + 1])
        total, answered = np.zeros(len(responses)), np.zeros(len(responses), np.int16)
        for item in self.items:
            value = table[responses[item].to_numpy() + 1]
            known = ~np.isnan(value)
            answered += known
            total[known] += value[known]
        total[(answered == 0) | (2 * answered < len(self.items))] = np.nan
        total /= np.maximum(answered, 1)
        return total


@dataclass(frozen=True)
class Answers:
    """Each respondent's answer to what a measure asks, -1, 0, 1, ..., and the value that each of these has."""

    of_rows: Ints
    table: Floats

    @classmethod
    def of(cls, measure: Measure, responses: pd.DataFrame) -> Answers:
        """Take the answers as they stand; of several questions every value of their mean is an answer."""
        if len(measure.items) == 1:
            return cls(responses[measure.items[0]].to_numpy(), np.asarray(measure.lookup))
        numbers: dict[float, int] = {}  # in the order in which they come
        codes = np.empty(len(responses), dtype=np.int32)
        for start in range(0, len(responses), BLOCK):  # (of millions side by side values would fill the memory)
            answers = responses[list(measure.items)].iloc[start : start + BLOCK]
            alike, first = _alike(answers, len(measure.lookup))
            values = measure.values(answers.iloc[first])
            here = [-1 if np.isnan(value) else numbers.setdefault(value, len(numbers)) for value in values.tolist()]
            codes[start : start + BLOCK] = np.array(here)[alike]
        return cls(codes.astype(np.min_scalar_type(-len(numbers) - 1)), np.array([np.nan, *numbers]))


def _alike(answers: pd.DataFrame, width: int) -> tuple[Ints, Ints]:
    # Number rows by their answers in the order in which these come, and give the first row of each number.
    key = np.zeros(len(answers), dtype=np.int64)
    for item in answers:
        key = pd.factorize(key * width + answers[item].to_numpy())[0]
    return key, np.flatnonzero(np.diff(np.maximum.accumulate(key), prepend=-1))


def measures_of_question(question: Question, indicator: str) -> tuple[Measure, ...]:
    """All measures of one question, reported under ``indicator``."""
    k = question.scale.size
    answer = np.arange(-1, k + 1)
    asked = answer >= (DONT_KNOW if question.dont_know_in_base else 1)
    boxes = {box: np.isin(answer, inside) for box, inside in question.scale.boxes.items()}
    boxes |= {f"answer_{j}": answer == j for j in range(1, k + 1)}

    def share(name: str, category: str, yes: Bools, base: Bools) -> Measure:
        lookup = tuple(np.where(base, yes, np.nan).astype(float).tolist())
        return Measure(indicator, name, category, "share", (question.name,), lookup, 0.0, 1.0, (question,))

    shares = [share("share", category, yes, asked) for category, yes in boxes.items()]
    outside = share("dont_know", "", answer == DONT_KNOW, answer >= DONT_KNOW)
    return (*shares, *_means(indicator, (question,)), *([outside] if question.has_dont_know else []))


def measures_of(indicator: Indicator) -> tuple[Measure, ...]:
    """All measures of an indicator; of several items, its index first and then each item's.

    Raises
    ------
    ValueError
        If the items have scales of different lengths, which have no common mean.
    """
    of_items = [m for name, item in indicator.named_items for m in measures_of_question(item, name)]
    if len(indicator.items) == 1:
        return tuple(of_items)
    ends = {(item.scale.lowest, item.scale.highest) for item in indicator.items}
    if len(ends) != 1:
        raise ValueError(f"{indicator.name}: items with scales of {sorted(ends)} have no mean")
    return (*_means(indicator.name, indicator.items), *of_items)


def _means(indicator: str, asked: tuple[Question, ...]) -> tuple[Measure, Measure]:
    scale = asked[0].scale
    low, high = scale.lowest, scale.highest
    points = np.concatenate([[np.nan, np.nan], np.arange(low, high + 1)])
    index = INDEX_LOWEST + (INDEX_HIGHEST - INDEX_LOWEST) * (points - low) / (high - low)
    mean = tuple(points.tolist())
    items = tuple(question.name for question in asked)
    return (
        Measure(indicator, "mean", "", f"points_{low:g}_{high:g}", items, mean, low, high, asked),
        Measure(
            indicator, "index", "", "points_0_100", items, tuple(index.tolist()), INDEX_LOWEST, INDEX_HIGHEST, asked
        ),
    )


def all_measures(indicators: Sequence[Indicator]) -> tuple[Measure, ...]:
    """The measures of all indicators in reading order, each once: a question may belong to several of them."""
    every = (measure for indicator in indicators for measure in measures_of(indicator))
    return tuple({(each.indicator, each.name, each.category): each for each in every}.values())


def headline(indicator: Indicator) -> Measure:
    """The measure that stands for an indicator: what it is told by."""
    wanted = (indicator.name, *indicator.main)
    return next(m for m in measures_of(indicator) if (m.indicator, m.name, m.category) == wanted)


def item_mean(indicator: Indicator) -> Measure:
    """The index of an indicator, whether of one item or of several."""
    found = (m for m in measures_of(indicator) if m.name == "index")
    return next(m for m in found if m.indicator == indicator.name)
