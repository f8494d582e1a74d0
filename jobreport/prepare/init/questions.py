"""Which columns are questions, and the scale of each: known, ordered by its words, or left to a person."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from jobreport.intake.checks import several
from jobreport.prepare.init import scales, vocabulary
from jobreport.prepare.init.columns import Column
from jobreport.setup.coding import normal
from jobreport.setup.kinds import slug

LONGEST = 24  # letters of a name made of a question's words
NAME = 60  # letters of a name with a choice behind it
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@dataclass(frozen=True)
class ScaleFound:
    """A scale in the file: its labels from least to most positive and the codes in that order."""

    kind: str
    labels_da: tuple[str, ...]
    labels_en: tuple[str, ...]
    codes: tuple[str, ...]
    positive: int
    negative: int
    outside: tuple[tuple[str, str, str], ...]  # code, Danish label, English label of 'ved ikke' and the like
    only_numbers: bool = False  # no labels in the file: the direction cannot be known
    unsure: tuple[str, ...] = ()  # which doubt a person must look at, and its facts; () for a scale that is known


@dataclass(frozen=True)
class QuestionFound:
    """A question proposed for an indicator; ``label`` is its short name where a person gave one."""

    indicator: str
    name: str
    column: Column
    scale: ScaleFound
    label: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it belongs to none of the known indicators."""
        return self.indicator not in vocabulary.INDICATORS


CROSS = ScaleFound("kryds", ("Ikke valgt", "Valgt"), ("Not chosen", "Chosen"), ("0", "1"), 1, 1, ())  # of a choice


def recognise_scale(column: Column) -> ScaleFound | None:
    """Find the scale of a column's answers, 'ved ikke' and the like beside it: a known one, or one ordered by words.

    A known scale of which the file lacks a label is proposed as unsure: its middle may not have been there to choose.
    """
    answers = {normal(label): (code, label) for code, label in column.answers.items()}
    english = {text: vocabulary.DONT_KNOW.get(text) or scales.outside(label) for text, (_, label) in answers.items()}
    outside = tuple((*answers[text], said) for text, said in english.items() if said)
    inside = {text: answers[text] for text, said in english.items() if not said}
    return _known(column, inside, outside) or _ordered(column, inside, outside)


Inside = dict[str, tuple[str, str]]  # the text that is compared -> code and label
Outside = tuple[tuple[str, str, str], ...]


def _known(column: Column, inside: Inside, outside: Outside) -> ScaleFound | None:
    for scale in vocabulary.SCALES:
        for words in (scale.da, scale.en):
            wanted = [normal(word) for word in words]
            absent = [word for word in words if normal(word) not in inside]
            if not inside.keys() <= set(wanted) or len(inside) < scales.LEAST or (absent and column.coded):
                continue
            if [normal(word) for word in absent] == [wanted[len(wanted) // 2]]:
                continue  # the middle: perhaps a scale without one
            codes = tuple(inside[word][0] for word in wanted) if column.coded else ()
            doubt = ("absent", ", ".join(absent)) if absent else ()
            ends = scale.positive, scale.negative
            return ScaleFound(scale.kind, scale.da, scale.en, codes, *ends, outside, unsure=doubt)
    return None


def _ordered(column: Column, inside: Inside, outside: Outside) -> ScaleFound | None:
    made = scales.ordered([label for _, label in inside.values()])
    if made is None or column.kind != "closed":
        return None
    codes = tuple(inside[normal(label)][0] for label in made.labels) if column.coded else ()
    return ScaleFound(made.kind, made.labels, (), codes, made.positive, made.negative, outside, unsure=("ordered",))


def found(columns: Sequence[Column]) -> Iterator[QuestionFound]:
    """Propose questions: those of the known indicators, and every other that is answered on a scale, for itself."""
    scaled = [(column, scale) for column in columns if (scale := recognise_scale(column)) is not None]
    taken: set[str] = set()
    names: set[str] = set()
    of_jobcentre = any(word in _text(column) for column in columns for word in vocabulary.JOBCENTRE)
    for each in _of_items(columns, scaled, of_jobcentre=of_jobcentre):
        taken.add(each.column.name)
        names |= {each.name, each.indicator}
        yield each
    for column, scale in scaled:
        if column.name not in taken:
            name = named(column, names)
            names.add(name)
            yield QuestionFound(name, name, column, scale)


def of_choices(columns: Sequence[Column], taken: Collection[str]) -> Iterator[QuestionFound]:
    """Propose a question for each choice of a column of which several could be chosen."""
    begun = set(taken)
    for asked in (column for column in columns if column.kind == several.KIND):
        found = [(column, choice) for column in columns if (choice := several.choice(asked.name, column.name))]
        indicator = named(asked, begun)
        for column, choice in found:
            name = free(f"{indicator}_{slug(choice, 'svar').replace('-', '_')}"[:NAME], begun)
            begun |= {name, indicator}
            yield QuestionFound(indicator, name, column, CROSS, choice)


def _of_items(
    columns: Sequence[Column], scaled: list[tuple[Column, ScaleFound]], *, of_jobcentre: bool
) -> Iterator[QuestionFound]:
    taken: set[str] = set()
    begun: set[str] = set()
    for item in vocabulary.ITEMS:
        if item.indicator in begun and not of_jobcentre:
            continue
        fitting = [
            (column, scale)
            for column, scale in scaled
            if column.name not in taken
            and scale.kind.partition("_")[0] in {kind.partition("_")[0] for kind in item.kinds}
            and any(word in _text(column) for word in item.words)
        ]
        made = max(fitting, key=lambda pair: _preference(pair[0])) if fitting else _bare(item, columns, taken)
        if made is not None:
            taken.add(made[0].name)
            begun.add(item.indicator)
            yield QuestionFound(item.indicator, item.name, *made)


def _text(column: Column) -> str:
    return f"{column.question} {column.name}".casefold()


def named(column: Column, taken: Collection[str]) -> str:
    """A name for results, of the last words of what was asked, that no other question has."""
    words = re.findall(r"[a-z0-9]+", (column.question or column.name).casefold().translate(_LETTERS))
    name = words[-1][:LONGEST] if words else "spoergsmaal"
    for word in reversed(words[:-1]):
        if len(name) + len(word) >= LONGEST:
            break
        name = f"{word}_{name}"
    return free(name if name[0].isalpha() else f"q_{name}", taken)


def free(name: str, taken: Collection[str]) -> str:
    """The name, or the first with a number behind it that is not taken.

    Examples
    --------
    >>> free("hold", ("hold", "hold_2"))
    'hold_3'
    """
    return next(one for one in (name, *(f"{name}_{number}" for number in range(2, 1000))) if one not in taken)


def _bare(item: vocabulary.Item, columns: Sequence[Column], taken: set[str]) -> tuple[Column, ScaleFound] | None:
    for column in columns:
        named = any(word in _text(column) for word in item.words)
        if named and column.name not in taken and column.kind == "number" and len(column.answers) >= scales.LEAST:
            return column, numbered(column, item.kinds[0])
    return None


def numbered(column: Column, kind: str) -> ScaleFound:
    """Take numbers that follow each other as a scale, five of them as the usual one; those beyond a gap are outside."""
    numbers = sorted(map(int, column.answers))
    size = next((place for place, number in enumerate(numbers) if number != numbers[0] + place), len(numbers))
    beyond = tuple((str(number), "Ved ikke", "Don't know") for number in numbers[size:])
    usual = next(scale for scale in vocabulary.SCALES if scale.kind == kind)
    if size == len(usual.da):
        return ScaleFound(kind, usual.da, usual.en, (), usual.positive, usual.negative, beyond, True)
    labels, ends = tuple(map(str, numbers[:size])), scales.ends(size)
    return ScaleFound(f"tal_{labels[0]}_{labels[-1]}", labels, labels, (), ends, ends, beyond, True)


def directed(question: QuestionFound, outside: Sequence[str], *, turned: bool) -> ScaleFound:
    """Make a scale of bare numbers: those that are none on it left out, the highest the best unless ``turned``."""
    scale = question.scale
    inside = sorted((code for code in question.column.answers if code not in outside), key=float)
    codes = tuple(reversed(inside)) if turned else tuple(inside)
    beyond = tuple((code, "Ved ikke", "Don't know") for code in outside)
    if len(codes) == len(scale.labels_da) and scale.labels_en != scale.labels_da:
        return replace(scale, codes=codes, outside=beyond, only_numbers=False)
    ends = scales.ends(len(codes))
    named = f"tal_{inside[0]}_{inside[-1]}" if inside else scale.kind
    return ScaleFound(named, codes, codes, codes, ends, ends, beyond)


def placed(column: Column, order: Sequence[str], positive: int | None = None) -> ScaleFound:
    """Make a scale of the answers that a person put in order, least positive first; the others are outside it."""
    labels = tuple(column.answers[code] for code in order)
    outside = tuple(
        (code, label, vocabulary.DONT_KNOW.get(normal(label)) or scales.outside(label) or label)
        for code, label in column.answers.items()
        if code not in order
    )
    box = scales.ends(len(labels)) if positive is None else positive
    negative = min(box, len(labels) - box)
    kind = scales.Ordered(labels, box, negative).kind if labels else ""
    return ScaleFound(kind, labels, (), tuple(order) if column.coded else (), box, negative, outside)


def _preference(column: Column) -> int:
    text = column.question.casefold()
    return sum(word in text for word in vocabulary.PREFERRED)
