"""A question of which several answers could be chosen, as one of step 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets

from jobreport.desk.form import pieces
from jobreport.desk.form.choices import QuestionChoice
from jobreport.desk.form.session import Session
from jobreport.desk.form.steps import Fields
from jobreport.prepare.init import codebook_text
from jobreport.prepare.init.questions import QuestionFound


class Several:
    """The choices of one question, each with how many chose it; taken or left out as a whole."""

    def __init__(self, choices: Sequence[QuestionFound], session: Session, fields: Fields, texts: Any) -> None:
        self.choices, self.session, self.fields, self.texts = choices, session, fields, texts
        self.name, self.asked = choices[0].indicator, choices[0].column.question
        self.head = codebook_text.short(self.asked)

    def widgets(self) -> list[Any]:
        """The question, its choices, and a box to take it by."""
        counts = [(each.label, dict(self.session.counted(each.column)).get("1", 0)) for each in self.choices]
        tick = pieces.tick(self.texts["take_several"].format(name=self.head), value=True)
        taken = self.fields.add(f"several.{self.name}", tick)
        told = pieces.note(self.texts["several_chosen"])
        return [pieces.heading(self.asked, 3), told, ipywidgets.HTML(pieces.bars(counts)), taken]

    def chosen(self) -> Iterator[QuestionChoice]:
        """A question for each choice."""
        taken = self.fields.said(f"several.{self.name}", True)
        for each in self.choices:
            yield QuestionChoice(each.name, each.column.name if taken else "", confirmed=True, label=each.label)
