"""What may be shown of a column before anybody has said what it is: nothing that could be one person's.

A value is shown only if it stands in several rows and is short; of a column about a person who is named
(a caseworker, a contact) or about a date of birth, no value is shown however often it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from jobreport.setup import coding

LONGEST_NAME = 4  # a header of more words is a question
LONGEST_VALUE = 30
OFTEN = 3  # rows from which a value is no one person's
MOST_ANSWERS = 12  # more different answers than this are no list to choose from
_PERSONS = (
    "sagsbehandl", "kontaktperson", "rådgiver", "raadgiver", "mentor", "konsulent", "medarbejder", "vejleder",
    "behandler", "ansvarlig", "caseworker", "case worker", "adviser", "advisor", "counsellor", "fødsel", "foedsel",
    "født", "birth", "underskrift", "initialer",
)  # fmt: skip
_WORDS = frozenset({"navn", "navne", "fornavn", "efternavn", "name", "names", "born", "dob", "født", "leder", "cpr"})
_WHO = re.compile(r"\b(hvem (er|var|har været) din|hvad hedder|navn(et)? på|who is your|name of)\b")
_SMALL = re.compile(r"-?\d{1,4}(?:[.,]\d{1,2})?")


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

    Parameters
    ----------
    found
        Text -> rows.
    known
        Whether a text is a label of a scale, a place and the like: shown however rare it is.

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
