"""Short names that `jobreport init` proposes: out of the words that were asked, never out of the project's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobreport.prepare.init import vocabulary
from jobreport.prepare.init.propose import QuestionFound

_LEADS = re.compile(r"^(?:i hvilken grad|i hvor høj grad|hvor (?:u)?enig (?:eller uenig )?er du i,?(?: at)?)\s+", re.I)
_THEMES = {"satisfaction": ("tilfreds",), "trust": ("tillid",), "meaning": ("mening", "aktivitet")}


def short(wording: str) -> str:
    """Return a short name of a question: what stands after an introduction, in the words that were asked.

    Examples
    --------
    >>> short("Hvor enig er du i følgende: Min sagsbehandler lytter til mig")
    'Min sagsbehandler lytter til mig'
    >>> short("I hvilken grad bliver du mødt med tillid?")
    'Bliver du mødt med tillid?'
    """
    said = " ".join(wording.split())
    before, colon, after = said.partition(": ")
    said = after if colon and len(after) > len(before) / 2 else said
    said = _LEADS.sub("", said)
    return said[:1].upper() + said[1:]


def of_question(question: QuestionFound) -> str:
    """Return the short name of a question: what a person gave, else one out of its words."""
    return question.label or short(question.column.question or question.column.name)


def of_indicator(indicator: str, questions: Sequence[QuestionFound]) -> tuple[str, str]:
    """Return the Danish and the English name proposed for an indicator.

    It has the name of its theme only where a question says the words of the theme; else the names of its questions.
    """
    given = [question.label for question in questions]
    if len(given) == 1 and given[0]:
        return given[0], given[0]
    asked = [(question.column.question or question.column.name).casefold() for question in questions]
    if any(all(word in text for word in _THEMES[indicator]) for text in asked):
        return vocabulary.INDICATORS[indicator]
    own = " / ".join(map(of_question, questions))
    return own, own
