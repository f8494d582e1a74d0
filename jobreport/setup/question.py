"""One question as it was put, and the scale that it is answered on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jobreport.setup.coding import first_number, lowest, normal

EVERY_WAVE = ""


@dataclass(frozen=True)
class Scale:
    """An ordered answer scale."""

    kind: str  # 'tilfredshed', 'grad', 'enighed', 'gennemsnit_1_5', ...: scales of different kinds never share an axis
    # language -> answer labels from the LEAST positive (1) to the MOST positive (k)
    labels: Mapping[str, tuple[str, ...]]
    # positive, negative: how many of the top (bottom) answers form the positive (negative) box, such as 2 and 2 of 5
    positive: int
    negative: int
    unit: Mapping[str, str] = field(default_factory=dict)  # what the numbers count, such as years; empty: points

    @property
    def size(self) -> int:
        """Number of answers, k."""
        return len(next(iter(self.labels.values())))

    @property
    def is_quantity(self) -> bool:
        """Whether its numbers count something, so that none of them is better than another."""
        return bool(self.unit)

    @property
    def lowest(self) -> float:
        """Number of the least positive answer, from which means are counted."""
        return lowest(self.labels)

    @property
    def highest(self) -> float:
        """Number of the most positive answer."""
        return self.lowest + self.size - 1

    @property
    def numbers_turned(self) -> bool:
        """Whether the answers are called by numbers of which the lowest is the most positive."""
        return self.size > 1 and any(first_number(labels[::-1]) is not None for labels in self.labels.values())

    @property
    def boxes(self) -> dict[str, tuple[int, ...]]:
        """The answers of each box, 1 the least positive.

        Examples
        --------
        >>> Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2).boxes
        {'positive': (4, 5), 'neutral': (3,), 'negative': (1, 2)}
        """
        low, high = self.negative + 1, self.size - self.positive + 1
        ends = {"positive": (high, self.size + 1), "neutral": (low, high), "negative": (1, low)}
        return {box: tuple(range(*span)) for box, span in ends.items()}


@dataclass(frozen=True)
class Question:
    """One question as it was put; ``name`` is its column in `responses`.

    ``label`` is its short name in the report (empty: the wording), ``in_sentence`` that name as it stands inside a
    sentence (empty: the label in quotation marks).
    ``waves`` are the waves in which it was asked (empty: all); ``wave_wording`` holds the wording
    where a wave had another than ``wording``. ``file_text`` is what the file of a wave ('': of every other)
    calls the question, where that is not its wording. ``direction`` holds, by wave, why answers that look
    turned round are not. ``published_as`` is the source of published means that were asked just so.
    """

    name: str
    wording: Mapping[str, str]
    scale: Scale
    dont_know: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dont_know_in_base: bool = False
    waves: tuple[str, ...] = ()
    wave_wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    file_text: Mapping[str, str] = field(default_factory=dict)
    direction: Mapping[str, str] = field(default_factory=dict)
    label: Mapping[str, str] = field(default_factory=dict)
    in_sentence: Mapping[str, str] = field(default_factory=dict)
    published_as: str = ""

    @property
    def has_dont_know(self) -> bool:
        """Whether there was an answer outside the scale; without one nobody can have given it."""
        return any(self.dont_know.values())

    def asked_in(self, wave: str) -> bool:
        """Tell whether the question was put in a wave."""
        return not self.waves or normal(wave) in {normal(label) for label in self.waves}

    def wording_in(self, wave: str) -> Mapping[str, str]:
        """Return the wording that was used in a wave."""
        own = {normal(label): wording for label, wording in self.wave_wording.items()}
        return own.get(normal(wave), self.wording)

    def texts_in(self, wave: str) -> tuple[str, ...]:
        """Return what the file of a wave may call the question: the wording, and what is stated to stand there."""
        stated = self.file_text.get(normal(wave), self.file_text.get(EVERY_WAVE))
        return (*self.wording_in(wave).values(), *([stated] if stated else []))
