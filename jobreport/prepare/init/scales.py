"""Answers of a question in order, from the least to the most positive, by the words and numbers that they hold.

Nothing is ordered by the order of the file or of its codes. An order made here is a guess and is marked as one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from jobreport.domain.texts import words
from jobreport.setup.coding import normal

_HELD = words("scales")
_DEGREE = re.compile(_HELD["degree"]["pattern"])
_LEADING = re.compile(r"\(?(?P<number>\d{1,2})\)?(?:\s*[-–:.)=/]\s*|\s+|$)(?P<rest>.*)")
USUAL = 5
LEAST, MOST = 3, 11  # answers of a scale


@dataclass(frozen=True)
class Ordered:
    """Answers from the least to the most positive, and how many of them are positive and negative."""

    labels: tuple[str, ...]
    positive: int
    negative: int

    @property
    def kind(self) -> str:
        """What is asked by such a scale; scales of different kinds never share an axis.

        Examples
        --------
        >>> Ordered(("Aldrig", "Ofte", "Altid"), 1, 1).kind, Ordered(("Uenig", "Enig", "Helt enig"), 1, 1).kind
        ('hyppighed_3', 'enighed_3')
        """
        last = normal(self.labels[-1])
        named = next(
            (kind for kind, pieces in _HELD["kinds"].items() if any(piece in last for piece in pieces)), "skala"
        )
        return named if len(self.labels) == USUAL else f"{named}_{len(self.labels)}"


def outside(label: str) -> str:
    """Say in English what an answer outside every scale is; '' for an answer that may be on one.

    Examples
    --------
    >>> outside("Ved ikke / husker det ikke"), outside("Tilfreds")
    ("Don't know", '')
    """
    text = normal(label)
    return next((english for piece, english in _HELD["outside"].items() if piece in text), "")


def ordered(labels: Sequence[str]) -> Ordered | None:
    """Order the answers of a scale, those outside it left out; None if a person must.

    Examples
    --------
    >>> ordered(["Helt enig", "Delvist uenig", "Hverken/eller", "Helt uenig", "Delvist enig"]).labels[:2]
    ('Helt uenig', 'Delvist uenig')
    >>> ordered(["1 - Meget god", "2", "3 - Meget dårlig"]).labels
    ('3 - Meget dårlig', '2', '1 - Meget god')
    >>> ordered(["Rød", "Grøn", "Blå"]) is None
    True
    """
    if not LEAST <= len(labels) <= MOST:
        return None
    return _by_numbers(labels) or next((made for score in _SCORES if (made := _by_words(labels, score))), None)


def unplaced(labels: Sequence[str]) -> list[str]:
    """Name the answers that kept a scale from being ordered: no word of them is known where those of others are.

    Examples
    --------
    >>> unplaced(["Helt enig", "Enig", "Jeg er i tvivl", "Helt uenig"])
    ['Jeg er i tvivl']
    """
    missed = [[label for label in labels if score(normal(label)) is None] for score in _SCORES]
    fewest = min(missed, key=len)
    return fewest if len(fewest) <= len(labels) / 2 else []


def _by_numbers(labels: Sequence[str]) -> Ordered | None:
    found = [_LEADING.fullmatch(normal(label)) for label in labels]
    numbers = [int(match["number"]) for match in found if match]
    if len(numbers) < len(labels) or sorted(numbers) != list(range(min(numbers), min(numbers) + len(numbers))):
        return None
    rising = sorted(zip(numbers, labels, [match["rest"] if match else "" for match in found], strict=True))
    low, high = (_any(rest) for _, _, rest in (rising[0], rising[-1]))
    if low is None or high is None or low == high:
        return None
    names = tuple(label for _, label, _ in (rising if low < high else rising[::-1]))
    box = ends(len(names))
    return Ordered(names, box, box)


def ends(size: int) -> int:
    """How many answers at either end of a scale of numbers count as positive and negative.

    Examples
    --------
    >>> [ends(size) for size in (3, 4, 5, 7, 10, 11)]
    [1, 2, 2, 2, 3, 3]
    """
    return 3 if size > 7 else min(size // 2, 2)


def _any(text: str) -> float | None:
    return next((value for score in _SCORES if (value := score(text)) is not None), None)


def _by_words(labels: Sequence[str], score: Callable[[str], float | None]) -> Ordered | None:
    values = [score(normal(label)) for label in labels]
    known = [value for value in values if value is not None]
    if len(set(known)) < len(labels):
        return None
    low, high = _BOXES[score]
    positive, negative = sum(value >= high for value in known), sum(value <= low for value in known)
    names = tuple(label for _, label in sorted(zip(known, labels, strict=True)))
    return Ordered(names, positive, negative) if positive and negative else None


def _degree(text: str) -> float | None:
    if text in _HELD["degree"]["none"]:
        return 0
    match = _DEGREE.fullmatch(text)
    table: Mapping[float, list[str]] = _HELD["degree"]["words"]
    return next((float(value) for value, names in table.items() if match and match["word"] in names), None)


def _listed(key: str, text: str) -> float | None:
    return next((float(value) for value, names in _HELD[key].items() if text in names), None)


def _polar(text: str) -> float | None:
    # -3 to 4: the sign of the word, how strong it is, and whether it is denied.
    said = re.findall(r"[^\W\d_]+", text)
    if said and said[0] in _HELD["neutral"]:
        return 0
    sign = 1 if _has(said, "positive") else -1 if _has(said, "negative") else 0
    if not sign:
        return 4 if _has(said, "best") else None
    if _has(said, "not"):
        strength = 3.0 if _has(said, "at_all") or "at all" in text else 1.0 if _has(said, "not_very") else 2.0
        return -sign * strength
    if _has(said, "less"):
        return -sign
    return sign * (3 if _has(said, "most") else 1.8 if _has(said, "mostly") else 1 if _has(said, "little") else 2)


def _agreed(text: str) -> float | None:
    said = re.findall(r"[^\W\d_]+", text)
    if not said:
        return None
    sign = 1 if said[0] in _HELD["agreed"] else -1 if said[0] in _HELD["denied"] else 0
    if not sign:
        return 0 if any(text.startswith(word) for word in _HELD["partly"]) else None
    rest = " ".join(said[1:])
    degree = _degree(rest)
    if degree is not None:
        return sign * (2 if degree >= 4 else 0.5) if degree else -2
    if _has(said, "at_all") or "at all" in rest:
        return -2
    weak = any(word in rest for word in _HELD["partly"]) or (_has(said[1:], "not") and _has(said, "not_very"))
    return sign * (0.5 if weak else 2 if _has(said[1:], "most") else 1)


def _has(said: Sequence[str], key: str) -> bool:
    return any(word in _HELD[key] for word in said)


_Score = Callable[[str], float | None]
_SIGNED, _COUNTED = (-0.5, 0.5), (2.0, 4.0)  # up to where an answer is negative, and from where it is positive
_BOXES: dict[_Score, tuple[float, float]] = {
    _degree: _COUNTED,
    partial(_listed, "often"): _COUNTED,
    _polar: _SIGNED,
    _agreed: _SIGNED,
    partial(_listed, "amounts"): (1.0, 4.0),
}
_SCORES = tuple(_BOXES)
