"""Step 2: which question is what, and which way each scale runs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Any

import ipywidgets

from jobreport.desk.form import pieces
from jobreport.desk.form.choices import QuestionChoice, WaveAnswer
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.steps import Form, Part, Step
from jobreport.prepare.init import codebook_text, scales
from jobreport.prepare.init.between import Doubt
from jobreport.prepare.init.columns import Column
from jobreport.prepare.init.questions import CROSS, QuestionFound
from jobreport.setup.coding import normal

UNSETTLED = " "  # no column has such a name
UP, DOWN = -1, 1


class Order(Part):
    """The answers of a question in order, each with how many gave it, and moved by a person where that is wrong."""

    def __init__(self, form: Form, name: str, column: Column, order: Sequence[str]) -> None:
        super().__init__(form)
        self.name, self.column, self.counts = name, column, dict(self.session.counted(column))
        self.order = [code for code in self.said(f"order.{name}", order) if code in column.answers]
        self.box = ipywidgets.VBox()
        self._draw()

    @property
    def beyond(self) -> list[str]:
        """Answers that are none on the scale."""
        return [code for code in self.column.answers if code not in self.order]

    def _draw(self) -> None:
        most = max([1, *self.counts.values()])
        rows = [self._row(code, place, most) for place, code in enumerate(self.order)]
        others = [self._outside(code, most) for code in self.beyond]
        head = [pieces.note(self.texts["beyond"])] if others else []
        self.box.children = [pieces.note(self.texts["least_first"]), *rows, *head, *others]

    def _row(self, code: str, place: int, most: int) -> Any:
        label = self.column.answers[code]
        moves = [
            self._button("↑", self.texts["move_up"].format(label=label), lambda: self._move(place, UP), place > 0),
            self._button(
                "↓", self.texts["move_down"].format(label=label), lambda: self._move(place, DOWN),
                place < len(self.order) - 1,
            ),
            self._button("×", self.texts["move_out"].format(label=label), lambda: self._put(code, inside=False), True),
        ]  # fmt: skip
        return self._line([pieces.bar(label, self.counts.get(code, 0), most), *moves])

    def _outside(self, code: str, most: int) -> Any:
        label = self.column.answers[code]
        back = self._button("+", self.texts["move_in"].format(label=label), lambda: self._put(code, inside=True), True)
        return self._line([pieces.bar(label, self.counts.get(code, 0), most), back])

    def _line(self, parts: Iterable[Any]) -> Any:
        row = ipywidgets.HBox(list(parts))
        row.add_class("answer")
        return row

    def _button(self, sign: str, told: str, work: Any, able: bool) -> Any:
        made = ipywidgets.Button(description=sign, tooltip=told, disabled=not able)
        made.add_class("move")
        made.on_click(lambda pressed: work())
        return made

    def _move(self, place: int, way: int) -> None:
        order = self.order
        order[place], order[place + way] = order[place + way], order[place]
        self._say()

    def _put(self, code: str, *, inside: bool) -> None:
        self.order = [*self.order, code] if inside else [each for each in self.order if each != code]
        self._say()

    def _say(self) -> None:
        self.fields.say(f"order.{self.name}", list(self.order))
        self._draw()


class Asked(Part):
    """One question: what was asked and answered, and, where the guess is wrong, what to mend."""

    def __init__(self, form: Form, question: QuestionFound, *, unsure: bool) -> None:
        super().__init__(form)
        self.question, self.unsure, self.name = question, unsure, question.name
        self.head = codebook_text.short_name(question)

    @property
    def _proposed(self) -> tuple[str, ...]:
        scale, column = self.question.scale, self.question.column
        if scale.only_numbers:
            beyond = {code for code, *_ in scale.outside}
            return tuple(code for code in sorted(column.answers, key=float) if code not in beyond)
        if scale.codes:
            return scale.codes
        spelt = {normal(label): code for code, label in column.answers.items()}
        return tuple(spelt[text] for text in map(normal, scale.labels_da) if text in spelt)

    def widgets(self) -> list[Any]:
        """The question with its answers and how many gave each; what is unsure must be answered."""
        question, texts = self.question, self.texts
        counts = self.session.counts(question.column, question.scale)
        made = [pieces.heading(question.column.question or question.column.name, 3)]
        made.append(ipywidgets.HTML(pieces.bars(counts)))
        if question.scale.only_numbers:
            high, low = self._proposed[-1:], self._proposed[:1]
            ways = [
                (texts["choose"], UNSETTLED),
                *((texts["best"].format(number=n[0]), code) for n, code in ((high, ""), (low, "turned")) if n),
            ]
            made.append(self.menu(f"way.{self.name}", texts["way"], ways, UNSETTLED))
        elif self.unsure:
            key, *facts = question.scale.unsure
            made.append(pieces.note(texts["unsure"][key].format(*facts)))
            made.append(self.tick(f"right.{self.name}", texts["right"].format(name=self.head)))
        changed = any(self.said(f"{key}.{self.name}") is not None for key in ("order", "column", "label", "positive"))
        return [*made, pieces.more(texts["mend"], texts["mend_less"], self._mending, begun=changed)]

    def _mending(self) -> list[Any]:
        texts, name, column, scale = self.texts, self.name, self.question.column, self.question.scale
        columns = self.session.proposals[0].columns
        alike = [c for c in columns if c is column or (c.answers and c.answers == column.answers)]
        options = [(f"{c.name}: {c.question[:70]}" if c.question else c.name, c.name) for c in alike]
        sizes = [(str(n), n) for n in range(1, max(2, len(scale.labels_da)))]
        proposed = (texts["as_proposed"].format(count=scale.positive), 0)
        return [
            self.menu(f"column.{name}", texts["column"], [*options, (texts["left_out"], "")], column.name),
            self.text(f"label.{name}", texts["label"], "", texts["label_example"]),
            self.menu(f"positive.{name}", texts["positive"], [proposed, *sizes]),
            Order(self.form, name, column, self._proposed).box,
        ]

    def lacks(self) -> Iterator[Refusal]:
        """What a person must say of it."""
        if self.said(f"column.{self.name}") == "":
            return
        if self.question.scale.only_numbers and self.said(f"way.{self.name}", UNSETTLED) == UNSETTLED:
            yield self.lacking("way", f"way.{self.name}", name=self.head)
        elif not self.question.scale.only_numbers and self.unsure and not self.said(f"right.{self.name}"):
            yield self.lacking("right", f"right.{self.name}", name=self.head)

    def chosen(self) -> QuestionChoice:
        """What was chosen; confirmed where nothing is lacking."""
        said, name = self.said, self.name
        order = tuple(said(f"order.{name}", ()))
        return QuestionChoice(
            name,
            said(f"column.{name}", self.question.column.name),
            confirmed=not any(self.lacks()),
            turned=said(f"way.{name}") == "turned",
            label=said(f"label.{name}", "").strip(),
            order=order if order != self._proposed else (),
            positive=said(f"positive.{name}") or None,
        )


class Other(Part):
    """A column with fixed answers that no question was proposed for: a person may take it, and orders its answers."""

    def __init__(self, form: Form, name: str, column: Column) -> None:
        super().__init__(form)
        self.name, self.column = name, column
        self.head = codebook_text.short(column.question or column.name)
        self.missed = scales.unplaced(list(column.answers.values()))
        self.first = [code for code, label in column.answers.items() if not scales.outside(label)]

    def widgets(self) -> list[Any]:
        """A box to tick, and once it is ticked the answers to order."""
        return self.where_ticked(f"take.{self.name}", self.column.question or self.column.name, self._ordering)

    def _ordering(self) -> list[Any]:
        texts, name = self.texts, self.name
        told = [pieces.note(texts["unplaced"].format(labels=", ".join(self.missed)))] if self.missed else []
        size = [(texts["choose"], 0), *((str(n), n) for n in range(1, max(2, len(self.first))))]
        return [
            *told,
            pieces.note(texts["order_help"]),
            Order(self.form, name, self.column, self.first).box,
            self.menu(f"positive.{name}", texts["positive"], size),
            self.text(f"label.{name}", texts["label"], "", texts["label_example"]),
            self.tick(f"right.{name}", texts["right"].format(name=self.head)),
        ]

    def lacks(self) -> Iterator[Refusal]:
        """What a person who takes it must say."""
        for key in ("positive", "right") if self.said(f"take.{self.name}") else ():
            if not self.said(f"{key}.{self.name}"):
                yield self.lacking(key, f"{key}.{self.name}", name=self.head)

    def chosen(self) -> Iterator[QuestionChoice]:
        """The question, if a person took it."""
        said, name = self.said, self.name
        if not said(f"take.{name}"):
            return
        order = tuple(said(f"order.{name}", self.first))
        positive, label = said(f"positive.{name}") or None, said(f"label.{name}", "").strip()
        yield QuestionChoice(
            name, self.column.name, confirmed=not any(self.lacks()), label=label, order=order, positive=positive
        )


class Several(Part):
    """The choices of one question, each with how many chose it; taken or left out as a whole."""

    def __init__(self, form: Form, choices: Sequence[QuestionFound]) -> None:
        super().__init__(form)
        self.choices, self.name, self.asked = choices, choices[0].indicator, choices[0].column.question
        self.head = codebook_text.short(self.asked)

    def widgets(self) -> list[Any]:
        """The question, its choices, and a box to take it by."""
        counts = [(each.label, dict(self.session.counted(each.column)).get("1", 0)) for each in self.choices]
        taken = self.tick(f"several.{self.name}", self.texts["take_several"].format(name=self.head), value=True)
        told = pieces.note(self.texts["several_chosen"])
        return [pieces.heading(self.asked, 3), told, ipywidgets.HTML(pieces.bars(counts)), taken]

    def chosen(self) -> Iterator[QuestionChoice]:
        """A question for each choice."""
        taken = self.said(f"several.{self.name}", True)
        for each in self.choices:
            yield QuestionChoice(each.name, each.column.name if taken else "", confirmed=True, label=each.label)


class Questions(Step):
    """The step: every question proposed, the others that may be taken, and what other files lack."""

    further = "right_onward"

    def __init__(self, form: Form, edited: bytes | None = None) -> None:
        super().__init__(form)
        self.correct: Callable[[bytes], bool] = lambda book: True  # is given a codebook that a person edited
        held = self.session.codebook if edited is None else edited
        self.by_hand = pieces.lines(self.texts["codebook_text"], held.decode("utf-8-sig"))
        self.look()

    def look(self) -> None:
        """Look at what is proposed, which another column of the round or the municipality changes."""
        form, session = self.form, self.session
        proposed = () if session.has_codebook else session.proposals[0].questions
        unsure = {question.name for question in codebook_text.unsure(proposed)}
        alone = [each for each in proposed if each.scale != CROSS]
        self.asked = [Asked(form, each, unsure=each.name in unsure) for each in alone]
        self.several = [
            Several(form, list(choices))
            for _, choices in groupby((each for each in proposed if each.scale == CROSS), lambda each: each.indicator)
        ]
        self.others = [Other(form, name, column) for name, column in session.others()]
        self.doubts = [doubt for doubt in session.doubts() if doubt.question]

    def body(self) -> list[Any]:
        """Every question with its answers."""
        texts = self.texts
        if self.session.has_codebook:
            return [pieces.note(texts["codebook_by_hand"]), self.by_hand]
        made = [pieces.note(texts["confirm_help"] if self.asked or self.several else texts["no_questions"])]
        made += [widget for each in self.asked for widget in each.widgets()]
        made += [widget for choices in self.several for widget in choices.widgets()]
        if self.doubts:
            made += [pieces.heading(texts["other_waves_head"], 3), pieces.note(texts["other_waves_help"])]
            made += [self._menu_of(doubt) for doubt in self.doubts]
        if self.others:
            taken = any(self.said(f"take.{each.name}") for each in self.others)
            made += [pieces.heading(texts["others_head"], 3), pieces.note(texts["others_help"])]
            label = texts["others_more"].format(count=len(self.others))
            begun = taken or not (self.asked or self.several)
            made.append(pieces.more(label, texts["others_less"], self._others, begun=begun))
        return made

    def _others(self) -> list[Any]:
        return [widget for each in self.others for widget in each.widgets()]

    def _menu_of(self, doubt: Doubt) -> Any:
        known = doubt.question in {each.name for each in self.asked}
        first = (self.texts["choose"], UNSETTLED), (self.texts["not_asked" if known else "left_out"], "")
        label = self.texts["in_wave"].format(question=doubt.question, wave=doubt.wave)
        options = [*first, *((name, name) for name in doubt.columns)]
        return self.menu(self._key(doubt), label, options, UNSETTLED)

    def _key(self, doubt: Doubt) -> str:
        return f"elsewhere.{doubt.question}.{doubt.wave}"

    def of_other_waves(self) -> tuple[WaveAnswer, ...]:
        """What was said of questions in other waves."""
        said = [(doubt, self.said(self._key(doubt), UNSETTLED)) for doubt in self.doubts]
        return tuple(WaveAnswer(each.question, each.wave, column) for each, column in said if column != UNSETTLED)

    @property
    def _of_more(self) -> list[Several | Other]:
        return [*self.several, *self.others]

    def chosen(self) -> tuple[QuestionChoice, ...]:
        """What was chosen and confirmed."""
        more = [one for each in self._of_more for one in each.chosen()]
        return (*(each.chosen() for each in self.asked), *more)

    def folded(self) -> str:
        """The questions by their names."""
        names = [each.chosen().label or each.head for each in self.asked if each.chosen().column]
        names += [each.head for each in self._of_more if any(one.column for one in each.chosen())]
        return escape(", ".join(names)) if names else self.texts["codebook_by_hand"].partition(".")[0]

    def lacks(self) -> list[Refusal]:
        """Every question that is open, and that there is one at all."""
        if self.session.has_codebook:
            return []
        every: list[Asked | Other] = [*self.asked, *self.others]
        found = [refusal for each in every for refusal in each.lacks()]
        undecided = [doubt for doubt in self.doubts if self.said(self._key(doubt), UNSETTLED) == UNSETTLED]
        found += [self.lacking("elsewhere", self._key(d), question=d.question, wave=d.wave) for d in undecided]
        if not found and not any(choice.column for choice in self.chosen()):
            found.append(self.lacking("question", f"take.{self.others[0].name}" if self.others else ""))
        return found

    def leave(self) -> bool:
        """Take the codebook as it was edited."""
        written = self.by_hand.value.encode()
        return not self.session.has_codebook or written == self.session.codebook or self.correct(written)
