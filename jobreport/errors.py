"""Everything jobreport can refuse to do, drawn as a tree.

    JobreportError                 exit code 1
    ├── InputRefused               2   the input is not as it must be; holds every problem found
    ├── RunFailed                  1   the notebook stopped
    ├── ExportFailed               1   the executed notebook could not become PDF, HTML or XLSX
    ├── FetchFailed                1   official figures could not be fetched; holds the problem
    ├── OutputsDiffer              3   a re-derived report is not the one that was published
    └── BatchIncomplete            4   some reports of a batch were not made

The sentences stand in ``texts/errors.da.yml`` and ``texts/errors.en.yml``, one entry per key with what,
expected, why and do. A problem never carries personal data: only where, how many and which column.
"""

import re
import traceback
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import PurePath

LONGEST = 300  # letters of a value that a message quotes
LISTED = 1_000  # letters of a list of values, after which it says how many there are
MOST = 100  # problems that a message writes out
MASKED = "***"
_DAY = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d\d"
_NO_DATE = r"(?:(?<!19)(?<!20)|(?=\d{4}(?:00|3[2-9]|[4-9]\d)))"  # what 20220101-20220630 has is no number of a person
_PERSONAL = re.compile(
    rf"(?:{_NO_DATE}{_DAY}|(?<!\d)\d\d([-./ ])\d\d\1\d\d)[\W_\u30fc]{{1,3}}\d{{4}}"
    rf"|(?<!\d)(?:{_DAY}|\d\d([-./ ])\d\d\2\d\d)\d{{4}}(?!\d)"
    r"|[^\s@;,<>]{1,64}@[^\s@;,<>]+\.[^\W\d_]{2,}"
)
"""What may be a CPR number or an address; whatever it is, a message can do without it."""
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
HEADINGS = {"da": ("Forventet", "Hvorfor", "Gør"), "en": ("Expected", "Why", "Do")}
COUNTS = {"da": "{n} problemer:", "en": "{n} problems:"}
FIRST = {
    "da": "Her står de første {most}. Ret dem, og prøv igen: så står resten her.",
    "en": "These are the first {most}. Correct them and try again: the rest will stand here then.",
}


@cache
def texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """Read the error texts of one language: key -> {what, expected, why, do}; `domain.texts` reads all others."""
    import yaml

    source = resources.files("jobreport").joinpath("texts", f"errors.{language}.yml")
    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as quick, where the package has it
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(source.read_text(encoding="utf-8"), quick)  # noqa: S506 - safe
    return loaded


class _Count(int):
    """A number that takes its noun: '{count:row|rows}' becomes '1 row' or '2 rows'."""

    def __format__(self, nouns: str) -> str:
        one, _, many = nouns.partition("|")
        return f"{int(self)} {one if self == 1 else many}" if nouns else str(int(self))


def _in_language(value: object, language: str) -> str | _Count:
    if isinstance(value, int) and not isinstance(value, bool):
        return _Count(value)
    if isinstance(value, Mapping):
        value = value[language]
    if isinstance(value, (list, tuple)):
        return _listed(value, language)
    return _readable(str(value))


def _listed(values: Sequence[object], language: str) -> str:
    written: list[str] = []
    length = 0
    for value in values:
        shown = str(_in_language(value, language))
        length += len(shown) + 2
        if written and length > LISTED:
            return f"{', '.join(written)}, … ({len(values)})"
        written.append(shown)
    return ", ".join(written)


def as_seen(text: str) -> str:
    """A text as an eye reads it: no hidden characters, digits and signs of other alphabets as the ordinary ones.

    Examples
    --------
    >>> as_seen("０１０１８０" + chr(0x200B) + "－１２３４")
    '010180-1234'
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    shown = plain if plain.isprintable() else "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.digit(digit[0])), shown)


def _masked(text: str) -> str:
    text = _PERSONAL.sub(MASKED, text)
    seen = as_seen(text)
    return _PERSONAL.sub(MASKED, seen) if _PERSONAL.search(seen) else text


def _readable(text: str) -> str:
    # Text from a file as a message may quote it: no line of its own, no hidden character, not endless, no person.
    text = _masked(text[: LONGEST + 1])
    shown = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in re.sub(r"\s", " ", text))
    return shown if len(text) <= LONGEST else f"{shown[:LONGEST]}…"


@dataclass(frozen=True)
class Problem:
    """One breach: where it is, and the facts that its text needs.

    Examples
    --------
    >>> problem = Problem("file_missing", "params/x.yml", {"field": "benchmarks", "file": "b.csv"})
    >>> problem.text("en").splitlines()[0]
    'params/x.yml: benchmarks names b.csv, which is not there.'
    """

    key: str  # entry in ``texts/errors.<language>.yml``
    where: str  # the file as the user named it, such as ``params/ishoej.yml``
    # facts for the text. A mapping with the keys 'da' and 'en' is read in the language of the message; a list is
    # printed with commas. Never the content of a personal column
    values: Mapping[str, object] = field(default_factory=dict)

    def facts(self, language: str) -> dict[str, object]:
        """The facts as a text of one language prints them."""
        return {name: _in_language(value, language) for name, value in self.values.items()}

    def text(self, language: str = "da") -> str:
        """Write the problem in the form what / expected / why / do."""
        entry, facts = texts(language)[self.key], self.facts(language)
        what, *rest = (entry[part].format_map(facts) for part in ("what", "expected", "why", "do"))
        lines = [f"{_readable(self.where)}: {what}."]
        lines += [f"  {head}: {text}" for head, text in zip(HEADINGS[language], rest, strict=True)]
        return "\n".join(lines)


def nameless(failure: BaseException) -> str:
    """Say what an unexpected failure is and where it happened, never its message, which could hold data.

    Examples
    --------
    >>> nameless(ValueError("answer of 010101-1234"))
    'ValueError'
    """
    frames = traceback.extract_tb(failure.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(failure).__name__}{where}"


class JobreportError(Exception):
    """The root of the tree; ``exit_code`` is what the command line returns."""

    exit_code = 1
    language = "da"

    def text(self, language: str | None = None) -> str:
        """Write the message in a language; the default is that of the report."""
        return str(self)


class InputRefused(JobreportError):
    """The input is refused; every problem found is held in ``problems``."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], language: str = "da") -> None:
        self.problems = tuple(problems)
        self.language = language
        super().__init__(self.problems, language)

    def text(self, language: str | None = None) -> str:
        """Write the problems, separated by empty lines; their number first if there are several."""
        language = language or self.language
        written = [problem.text(language) for problem in self.problems[:MOST]]
        if len(written) > 1:
            written.insert(0, COUNTS[language].format(n=len(self.problems)))
        if len(self.problems) > MOST:
            written.append(FIRST[language].format(most=MOST))
        return "\n\n".join(written)

    def __str__(self) -> str:
        return self.text()


class Failed(JobreportError):
    """One thing went wrong: a problem, or words of the program's own."""

    def __init__(self, problem: Problem | str, language: str = "da") -> None:
        self.problem = problem
        self.language = language
        super().__init__(problem, language)

    def text(self, language: str | None = None) -> str:
        """Write the problem."""
        return self.problem if isinstance(self.problem, str) else self.problem.text(language or self.language)

    def __str__(self) -> str:
        return self.text()


class RunFailed(Failed):
    """The notebook stopped before its end, or its report could not be put in its place."""


class ExportFailed(Failed):
    """The executed notebook could not become PDF, HTML or a workbook; a reason of the program's own is quoted."""

    def __init__(self, found: Problem | str, language: str = "da") -> None:
        quoted = Problem("export_stopped", "report", {"reason": found}) if isinstance(found, str) else found
        super().__init__(quoted, language)


class FetchFailed(Failed):
    """Official figures could not be fetched; nothing that is no data was taken for data."""

    problem: Problem


class OutputsDiffer(JobreportError):
    """A re-derived report is not the one that was published."""

    exit_code = 3


class BatchIncomplete(JobreportError):
    """Some reports of a batch were not made."""

    exit_code = 4


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let every refusal and failure of the block be told in one language, whatever its place knew of it.

    Examples
    --------
    >>> try:
    ...     with speaking("en"):
    ...         refuse([Problem("params_missing", "params/x.yml")])
    ... except InputRefused as refused:
    ...     print(refused.text().splitlines()[0])
    params/x.yml: the file is not there.
    """
    try:
        yield
    except JobreportError as refused:
        refused.language = language
        raise


def refuse(problems: Iterable[Problem], language: str = "da") -> None:
    """Raise `InputRefused` if there is any problem; return in silence if there is none."""
    found = tuple(problems)
    if found:
        raise InputRefused(found, language)
