"""Find personal data in a table, and never say what they are: only which column and how many rows.

CPR numbers and e-mail addresses are found by value in every column, and in the labels and questions that
a file brings; telephone, name and address by the header or the question's text, where the cells could be
that: a column that is empty, constant, or holds a few answers or small numbers is none. A CPR number is
known by its date (DDMMYY), since modulus 11 no longer holds for all numbers issued from 2007 (CPR-kontoret):
the check is therefore on the wide side. Of a whole column modulus 11 tells: where few of many fit it, they are a key,
and a person may say so. Texts are looked at as they are read by eye: without hidden characters, in ordinary digits.

Of a column that nobody has claimed yet a value is shown only if it stands in several rows and is short; of one about a
person who is named (a caseworker, a contact) or about a date of birth none, however often it stands there.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both, words
from jobreport.errors import Problem, as_seen
from jobreport.setup import coding

CHANCE = 0.2  # at most this share of a survey key's values may look like a date by chance
UNNAMED = "***"  # stands for a header that is itself personal
CLOSE = 20  # so many numbers of persons are never born on one day of the month
_ONE_DAY = 10**8  # the first two digits of ten are the day
_DASH = r"[-\u2010-\u2015\u2212./_]"
_SEPARATOR = rf"(?:\s?{_DASH}\s?|[\s)]\s?)"
_DAY = r"\d\d(?P<inner>[-./ ]?)\d\d(?P=inner)\d\d"
_NO_DIGITS = re.compile(r"\D*$")
_ADDRESS = re.compile(r"https?://\S+")
_CPR = re.compile(  # what stands in one piece may be the digits of a decimal number
    rf"(?<!\d){_DAY}{_SEPARATOR}\d{{4}}(?!\d)|(?<![\d.,])\d{{6}}\d{{4}}(?!\d)(?![.,]\d*[1-9])"
    r"|(?<!\d)\d{6}(?:--|\s?[~:\u00b7\\|*\u2043\u30fc+=]\s?)\d{4}(?!\d)"
)
_LONG = re.compile(rf"\d{{6}}{_SEPARATOR}?\d{{4}}")  # with more digits around it no CPR number, but not shown either
_NUMBER = re.compile(r"\d{9,10}[.,]0+|\d[.,]\d+[eE]\+?\d+")  # as a spreadsheet writes a long one
_SHORT = re.compile(r"(?<![\d.,])(\d{5})(-?)(\d{4})(?![\d])(?![.,]\d*[1-9])")
_EMAIL = re.compile(r"[^\s@;,<>]@[^\s@;,<>]+\.[^\W\d_]{2,}")  # (one letter before: more would take time squared)
_WEIGHTS = np.array([4, 3, 2, 7, 6, 5, 4, 3, 2, 1])
MODULUS = 0.5  # of numbers issued before 2007 all fit modulus 11, of other numbers of ten digits one in eleven
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d")
_TOLD_BY = words("personal")
_HEADERS = {kind: frozenset(headers) for kind, headers in _TOLD_BY["headers"].items()}

LONGEST_NAME = 4  # a header of more words is a question
LONGEST_VALUE = 30
OFTEN = 3  # rows from which a value is no one person's
MOST_ANSWERS = 12  # more different answers than this are no list to choose from
_PERSONS = tuple(_TOLD_BY["persons"])
_WORDS = frozenset(_TOLD_BY["names"])
_WHO = re.compile(r"\b(hvem (er|var|har været) din|hvad hedder|navn(et)? på|who is your|name of)\b")
_TELEPHONE = re.compile(r"(?<!\d)(?<!\d[.,])(?:(?:\+|00)\d{2}\s?)?\d{2}(?:[\s./-]?\d{2}){3}(?!\d)(?![.,]\d)")
_STREET = re.compile(r"\b\w+(?:vej|vejen|gade|gaden|allé|alle|stræde|plads|torv|vænget|parken|boulevard)\s+\d+", re.I)
_SENTENCE = re.compile(r"[.!?:;…\n\"“”»«()\[\]]+|\s[-–—]\s")
_CAPITALS, _FIRST_NAMES = frozenset(_TOLD_BY["capitals"]), frozenset(_TOLD_BY["first_names"])
_SMALL = re.compile(r"-?\d{1,4}(?:[.,]\d{1,2})?")


@dataclass(frozen=True)
class Finding:
    """One kind of personal data in one column; ``certain`` if no confirmation can let it pass.

    ``seen`` is where it is: in the 'cells', or in the 'labels' that the file brings; a 'header' only says what
    cells that differ from each other may be.
    """

    kind: str
    column: str
    number: int
    rows: int
    certain: bool
    seen: str = "cells"


def findings(
    frame: pd.DataFrame, questions: Mapping[str, str] | None = None, closed: frozenset[str] = frozenset()
) -> list[Finding]:
    """Search every column; of one in ``closed``, with answers to choose from, the question is not searched for words.

    Examples
    --------
    >>> found = findings(pd.DataFrame({"a": ["x", "010180-1234"]}))
    >>> found[0].kind, found[0].column, found[0].rows, found[0].certain
    ('cpr', 'a', 1, True)
    """
    found: list[Finding] = []
    for place, name in enumerate(frame.columns):
        column = frame[name]
        text = "" if name in closed else (questions or {}).get(name, "")
        found += _by_value(column, str(name), place + 1)
        seen = {finding.kind for finding in found if finding.column == name}
        kinds = [kind for kind in _by_words(f"{name}", text) if kind not in seen]
        cells = counts(column) if kinds else pd.Series(dtype=int)
        if kinds and varied(cells):
            found += [Finding(kind, str(name), place + 1, int(cells.sum()), False, "header") for kind in kinds]
    return found


def in_labels(
    names: Sequence[str], labels: Mapping[str, Mapping[str, str]], questions: Mapping[str, str]
) -> list[Finding]:
    """Search what a file says of its columns: question texts and answer labels.

    Examples
    --------
    >>> in_labels(["q"], {"q": {"1": "Per, 010180-1234"}}, {})[0].seen
    'labels'
    """
    found = []
    for place, name in enumerate(names, start=1):
        texts = [questions.get(name, ""), *labels.get(name, {}).values()]
        for kind, holds in (("email", _EMAIL.search), ("cpr", _cpr_in)):
            if count := sum(bool(holds(as_seen(text))) for text in texts):
                found.append(Finding(kind, name, place, count, True, "labels"))
    return found


def problems(found: list[Finding], where: str, allowed: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Write what was found; columns confirmed as a date or a survey key pass unless it is certain."""
    for finding in found:
        if finding.column in allowed and not finding.certain:
            continue
        header = UNNAMED if _looks_personal(finding.column) or _LONG.search(finding.column) else finding.column
        facts = {"column": header, "number": finding.number, "count": finding.rows}
        key = "personal_data" if finding.certain else "personal_data_likely"
        key = {"labels": "personal_data_in_labels", "header": "personal_data_by_header"}.get(finding.seen, key)
        yield Problem(key, where, facts | {"kind": both(f"personal.{finding.kind}")})


def _looks_personal(text: str) -> bool:
    return bool(_EMAIL.search(as_seen(text))) or holds_cpr(text)


def holds_cpr(text: str) -> bool:
    """Tell whether a text that is to be printed or written holds what may be a CPR number; a web address is none.

    Examples
    --------
    >>> holds_cpr("Per, 01.01.80 - 1234"), holds_cpr("Notat 2024-01-01, sag 123456")
    (True, False)
    """
    return any(_is_date(match) for match in _CPR.finditer(_ADDRESS.sub(" ", as_seen(text))))


def in_prose(text: str) -> tuple[str, ...]:
    """Tell what of `OF_PROSE` a text may hold that somebody wrote; on the wide side, for it is to be printed.

    A name is a first name that is no other word, or a word with a capital letter inside a sentence, but for
    municipalities and what else is written so.

    Examples
    --------
    >>> in_prose("Jeg ringede til Ane Prøve på 12 34 56 78"), in_prose("Jeg ventede i 3 måneder. De ringede aldrig.")
    (('telephone', 'name'), ())
    >>> in_prose("mette var god"), in_prose("Jobcenter Ishøj var god, og I lyttede"), in_prose("Bor på Strandvej 5")
    (('name',), (), ('address', 'name'))
    """
    return tuple(kind for kind, holds in OF_PROSE.items() if holds(as_seen(text)))


def _names_somebody(text: str) -> bool:
    for sentence in _SENTENCE.split(text):
        words = re.findall(r"[^\W\d_]+", sentence)
        if any(word.casefold() in _FIRST_NAMES for word in words):
            return True
        strange = [len(word) > 1 and word[0].isupper() and not _is_no_name(word) for word in words]
        if any(strange[1:]):
            return True
    return False


def _is_no_name(word: str) -> bool:
    return word in _CAPITALS or municipalities.recognise(word) is not None


OF_PROSE: Mapping[str, Callable[[str], object]] = {
    "telephone": _TELEPHONE.search,
    "address": _STREET.search,
    "name": _names_somebody,
}


def _by_words(header: str, question: str) -> Iterator[str]:
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", " ", header))}
    words |= {header.casefold().replace("-", "").replace("_", "").replace(" ", "")}
    words |= {word.casefold() for word in re.findall(r"[^\W\d_]+", question)}
    for kind, listed in _HEADERS.items():
        if words & listed:
            yield kind


def _by_value(column: pd.Series, name: str, number: int) -> Iterator[Finding]:
    if _looks_personal(name):
        yield Finding("email" if _EMAIL.search(name) else "cpr", name, number, 1, True)
        return
    there = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    if pd.api.types.is_bool_dtype(there) or pd.api.types.is_datetime64_any_dtype(there):
        return
    is_number = pd.api.types.is_numeric_dtype(there)
    if is_number and not (there >= 1e8).any():
        return
    counts = column.value_counts()
    counts = counts if there is column else counts[counts > 0]  # (a category may stand nowhere)
    if is_number:
        values = counts.index.to_numpy(dtype=float)
        large = (values >= 1e8) & (values < 1e10)
        counts = counts[large & (np.where(large, values, 0) % 1 == 0)]  # (of infinity NumPy knows no remainder)
        counts.index = pd.Index([f"{int(value):010d}" for value in counts.index], dtype=object)
    hits, certain, timed = 0, False, 0
    mails = 0
    whole: list[str] = []
    for value, rows in zip(counts.index.tolist(), counts.tolist(), strict=True):  # (as `items` gives them, but at once)
        text = _plain(value)
        mails += rows if _EMAIL.search(text) else 0
        match = _cpr_in(text)
        if match is not None:
            hits += rows
            day, separator, last = _parts(match)
            alone = match[0] == text.strip()
            certain |= bool(re.search(r"[-\u2010-\u2013]", separator)) or not alone
            timed += rows if _TIME.fullmatch(last) else 0
            whole.append(day + last)
    if mails:
        yield Finding("email", name, number, mails, True)
    if hits:
        filled = int(column.notna().sum())
        chance = hits <= CHANCE * filled or (timed == hits and hits >= 20) or _numbered_on(counts) or _is_key(whole)
        yield Finding("cpr", name, number, hits, certain or not chance)


def _numbered_on(counts: pd.Series) -> bool:
    # Tell whether the numbers lie so close that all would be born on one day of the month: a key that counts on.
    texts = [_plain(value).strip() for value in counts.index]
    if len(texts) < CLOSE or not all(re.fullmatch(r"\d{9,10}", text) for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return max(numbers) - min(numbers) < _ONE_DAY


def _is_key(numbers: list[str]) -> bool:
    # Tell whether so few of many different numbers fit modulus 11 that they are not persons'.
    digits = np.array([list(map(int, number)) for number in numbers if len(number) == 10]).reshape(-1, 10)
    return len(digits) >= CLOSE and bool(((digits @ _WEIGHTS) % 11 == 0).mean() < MODULUS)


def _parts(match: re.Match[str]) -> tuple[str, str, str]:
    day, last = match[0][:-4], match[0][-4:]
    return re.sub(r"\D", "", day).zfill(6), _NO_DIGITS.findall(day)[0], last


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):010d}" if 1e8 <= value < 1e10 else str(int(value))
    if isinstance(value, int) and not isinstance(value, bool) and 10**8 <= value < 10**10:
        return f"{value:010d}"
    text = as_seen(str(value))
    number = float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else 0.0
    return _plain(number) if number.is_integer() and 1e8 <= number < 1e10 else text


def _cpr_in(text: str) -> re.Match[str] | None:
    # Find the first run of digits whose first six are a date; a lost leading zero is put back.
    for match in _CPR.finditer(text):
        if _is_date(match):
            return match
    for match in _SHORT.finditer(text):
        if match[0] == text.strip() and _valid(f"0{match[1]}"):
            return match
    return None


def _is_date(match: re.Match[str]) -> bool:
    return _valid(_parts(match)[0])


def _valid(ddmmyy: str) -> bool:
    # Tell whether DDMMYY can be a date; a day may have 60 added, as in replacement numbers.
    day, month = int(ddmmyy[:2]), int(ddmmyy[2:4])
    day -= 60 if day > 60 else 0
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= longest[month - 1]


def counts(column: pd.Series) -> pd.Series:
    """Count the rows of every text in a column, the most frequent first; blanks are none.

    Examples
    --------
    >>> counts(pd.Series(["a", " a", "b", None])).to_dict()
    {'a': 2, 'b': 1}
    """
    texts = coding.apply(column, str, coding.plain)
    found: pd.Series = texts[texts != ""].value_counts()
    return found


def varied(found: pd.Series) -> bool:
    """Tell whether a column could be about persons: not empty, constant, small numbers, or a few answers repeated.

    Examples
    --------
    >>> varied(pd.Series({"anonymous": 90})), varied(pd.Series({"Ja": 40, "Nej": 50})), varied(pd.Series({"1987": 1}))
    (False, False, False)
    >>> varied(pd.Series({"Ane Prøve": 1, "Bo Test": 1}))
    True
    """
    rows = int(found.sum())
    if not rows or (len(found) == 1 and rows >= OFTEN):
        return False
    if all(_SMALL.fullmatch(str(text)) for text in found.index):
        return False
    return len(found) > MOST_ANSWERS or rows < OFTEN * len(found)


def about_persons(name: str, question: str = "") -> bool:
    """Tell whether a header, or the question of a column, is the name or the birth of a person.

    Examples
    --------
    >>> about_persons("Sagsbehandler"), about_persons("s_4", "Fødselsdato"), about_persons("Alder")
    (True, True, False)
    >>> about_persons("Hvor tilfreds er du med din sagsbehandler?"), about_persons("s_5", "Hvem er din sagsbehandler?")
    (False, True)
    """
    for text in (name.casefold(), question.casefold()):
        words = re.findall(r"[^\W\d_]+", text)
        short = len(words) <= LONGEST_NAME
        if short and (any(stem in text for stem in _PERSONS) or _WORDS.intersection(words)):
            return True
        if _WHO.search(text):
            return True
    return False


def shown(found: Mapping[str, int], name: str, question: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """List the values of a column that nobody has claimed which may be shown.

    ``found``: text -> rows. ``known``: whether a text is a label of a scale, a place and the like: shown however rare
    it is.

    Examples
    --------
    >>> shown({"Hold A": 9, "Per Hansen sagde op": 1, "Ja": 1}, "Hold", "", {"Ja"}.__contains__)
    ('Hold A', 'Ja')
    >>> shown({"Ane Prøve": 45, "Bo Test": 45}, "Sagsbehandler", "", {"Ja"}.__contains__)
    ()
    """
    safe = [text for text in found if known(text)]
    if about_persons(name, question):
        return tuple(safe)
    often = {text for text, rows in found.items() if rows >= OFTEN and len(text) <= LONGEST_VALUE}
    return tuple(text for text in found if text in often or text in safe)
