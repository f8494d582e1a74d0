"""Wording: labels, number formats and sentences, made from released rows only; Danish and English.

>>> read_texts("en").word("common.not_stated")
'not stated'
"""

from jobreport.wording.basis import (
    SECTIONS,
    cannot_show,
    cannot_show_title,
    method,
    missing,
    simulated_note,
    subtitle,
    title,
)
from jobreport.wording.compared import before_after_answer
from jobreport.wording.funnels import comparison_answer, priorities_answer
from jobreport.wording.groups import groups_answer, items_answer
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.levels import main_measure, questions_told, with_held
from jobreport.wording.published import claims_answer, published_answer
from jobreport.wording.register import register_answer, register_exposed, register_headline, register_key_figures
from jobreport.wording.response import response_answer
from jobreport.wording.surroundings import surroundings_answer
from jobreport.wording.survey import exposed_answer, indicator_answer, key_figures, survey_headline
from jobreport.wording.texts import Texts, read_texts

__all__ = [
    "INDICATORS",
    "SECTIONS",
    "Labels",
    "Texts",
    "before_after_answer",
    "cannot_show",
    "cannot_show_title",
    "claims_answer",
    "comparison_answer",
    "exposed_answer",
    "groups_answer",
    "indicator_answer",
    "items_answer",
    "key_figures",
    "main_measure",
    "method",
    "missing",
    "priorities_answer",
    "published_answer",
    "questions_told",
    "read_texts",
    "register_answer",
    "register_exposed",
    "register_headline",
    "register_key_figures",
    "response_answer",
    "simulated_note",
    "subtitle",
    "surroundings_answer",
    "survey_headline",
    "title",
    "with_held",
]
