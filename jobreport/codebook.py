"""What the questions mean: wording, scales and their direction, indicators and their items.

A codebook is a YAML file (see `jobreport.codebook_file`); here is what it becomes, and how a raw
table is turned into `responses`, one row per respondent and wave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOT_ANSWERED = -1
DONT_KNOW = 0
LANGUAGE_ORDER = ("da", "en")


@dataclass(frozen=True)
class Scale:
    """An ordered answer scale.

    Parameters
    ----------
    kind
        'tilfredshed', 'grad', 'enighed', 'gennemsnit_1_5', ...: scales of different kinds never
        share an axis.
    labels
        language -> answer labels from the LEAST positive (1) to the MOST positive (k).
    positive, negative
        How many of the top (bottom) answers form the positive (negative) box, such as 2 and 2 of 5.
    """

    kind: str
    labels: Mapping[str, tuple[str, ...]]
    positive: int
    negative: int

    @property
    def size(self) -> int:
        """Number of answers, k."""
        return len(next(iter(self.labels.values())))


@dataclass(frozen=True)
class Question:
    """One question as it was put; ``name`` is its column in `responses`.

    ``waves`` are the waves in which it was asked (empty: all); ``wave_wording`` holds the wording
    where a wave had another than ``wording``.
    """

    name: str
    wording: Mapping[str, str]
    scale: Scale
    dont_know: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dont_know_in_base: bool = False
    waves: tuple[str, ...] = ()
    wave_wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def wording_in(self, wave: str) -> Mapping[str, str]:
        """Return the wording that was used in a wave."""
        return self.wave_wording.get(wave, self.wording)


@dataclass(frozen=True)
class Indicator:
    """What is reported: one question, or several whose mean is an index.

    ``comparable`` says whether before and after may be compared; ``reason`` is why, and is printed.
    """

    name: str
    label: Mapping[str, str]
    items: tuple[Question, ...]
    comparable: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Group:
    """A grouping of respondents: its column in `responses`, its label and the labels of its values."""

    column: str
    label: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    role: str = ""


@dataclass(frozen=True)
class Codebook:
    """Everything that is known about the questions of one survey."""

    indicators: tuple[Indicator, ...]
    groups: Mapping[str, Group] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Question, ...]:
        """All questions that belong to an indicator, each once, in reading order."""
        seen = {item.name: item for indicator in self.indicators for item in indicator.items}
        return tuple(seen.values())

    def indicator(self, name: str) -> Indicator:
        """Return the indicator of that name; KeyError if there is none."""
        return next(found for found in self.indicators if found.name == name)
