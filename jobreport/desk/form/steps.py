"""The road of the form: fields that remember what a person said, and steps of which one is open at a time."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets
from traitlets import TraitError

from jobreport.desk.form import days, pieces
from jobreport.desk.form.folder import Uploads
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.session import Session


class Fields:
    """Every field by a name of its own, and what a person said in it: that outlives the field.

    ``changed`` is called whenever a person changes something.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.memory: dict[str, Any] = {}  # name -> what was said
        self.changed = changed
        self._shown: dict[str, Any] = {}

    def add(self, name: str, field: Any) -> Any:
        """Show a field as a person left it."""
        if name in self.memory:
            with suppress(TraitError):  # (what was said of another file may be no choice in this one)
                field.value = self.memory[name]
        field.observe(lambda change: self.say(name, change["new"]), names="value")
        return self.show(name, field)

    def show(self, name: str, field: Any) -> Any:
        """Let the page find a field, of which nothing is remembered here."""
        field.add_class(place(name))
        self._shown[name] = field
        return field

    def say(self, name: str, value: Any) -> None:
        """Remember what a person said."""
        self.memory[name] = value
        self.changed()

    def said(self, name: str, otherwise: Any = None) -> Any:
        """What a person said, whether the field is shown or not."""
        return self.memory.get(name, otherwise)

    def forget(self, *beginnings: str) -> None:
        """Forget what was said of another file."""
        self.memory = {name: value for name, value in self.memory.items() if not name.startswith(beginnings)}

    def mark(self, names: Iterable[str]) -> None:
        """Mark the fields that something is wrong with, and no others."""
        wrong = set(names)
        for name, field in self._shown.items():
            (field.add_class if name in wrong else field.remove_class)("wrong")


def place(name: str) -> str:
    """The class by which the page finds a field."""
    return f"field-{zlib.crc32(name.encode()):x}"


@dataclass(frozen=True)
class Form:
    """What every part of the form stands on; ``kept`` are files beside the answers."""

    session: Session
    fields: Fields
    texts: Mapping[str, Any]
    kept: Uploads


class Part:
    """Something that the form asks for: its fields by their names, what was said in them, and what they lack."""

    def __init__(self, form: Form) -> None:
        self.form, self.session, self.fields, self.texts = form, form.session, form.fields, form.texts
        self.add, self.said, self.kept = form.fields.add, form.fields.said, form.kept

    def text(self, name: str, label: str, value: str = "", example: str = "") -> Any:
        """Show a line to write on, with an example of what may stand there."""
        look = {"style": pieces.LABELS, "layout": pieces.WIDE}
        return self.add(name, ipywidgets.Text(value=value, description=label, placeholder=example, **look))

    def tick(self, name: str, label: str, value: bool = False) -> Any:
        """Show a box to tick."""
        return self.add(name, pieces.tick(label, value))

    def menu(self, name: str, label: str, options: Sequence[tuple[str, Any]], value: str | None = None) -> Any:
        """Show a menu."""
        return self.add(name, pieces.menu(label, options, value))

    def where_ticked(self, name: str, label: str, fields: Callable[[], Sequence[Any]]) -> list[Any]:
        """Show a box to tick, and once it is ticked what it asks for."""
        box, inside = self.tick(name, label), ipywidgets.VBox()

        def show(*, ticked: bool) -> None:
            inside.children = fields() if ticked else ()

        box.observe(lambda change: show(ticked=change["new"]), names="value")
        show(ticked=box.value)
        return [box, inside]

    def day(self, name: str, otherwise: str = "") -> str:
        """The day that stands in a field, as params have it; '' where it is none."""
        try:
            return days.read(self.said(name, otherwise))
        except ValueError:
            return ""

    def no_day(self, *names: str) -> Iterator[Refusal]:
        """Name the fields of days in which something else stands."""
        for name in names:
            if self.said(name, "").strip() and not self.day(name):
                yield self.lacking("day", name, value=self.said(name))

    def lacking(self, key: str, field: str, **facts: object) -> Refusal:
        """Say what is needed in a field."""
        return Refusal(self.texts["needs"][key].format(**facts), field)


class Step(Part):
    """One step: what it asks, what is said of it once it is done, and what it still lacks."""

    further = ""  # what the button to the next step says, by its key

    def body(self) -> Sequence[Any]:
        """What is shown while it is open."""
        raise NotImplementedError

    def folded(self) -> str:
        """What was done, in a line."""
        raise NotImplementedError

    def lacks(self) -> list[Refusal]:
        """What must be said first."""
        return []

    def leave(self) -> bool:
        """Do what the step is for; whether the next one can be opened."""
        return True


class Road:
    """Steps in their order: those that are done folded, one open, the rest named."""

    def __init__(self, texts: Mapping[str, Any], fields: Fields, names: Sequence[str]) -> None:
        self.texts, self.fields, self.names = texts, fields, names
        self.steps: list[Step] = []
        self.at, self.reached = 0, 0
        self.watch: Callable[[int], None] = lambda place: None  # is told when a step was opened
        self.said = ipywidgets.HTML()
        self.sign = ipywidgets.HTML()
        self.keeping: Any = None  # the button that keeps what was said, shown from the second step on
        self.parts = [ipywidgets.VBox() for _ in names]
        self.box = ipywidgets.VBox([*self.parts, self.sign])

    def begin(self, steps: Sequence[Step], at: int = 0) -> None:
        """Take steps in the place of those that there were from the second on, and open one."""
        self.steps = list(steps)
        self.open(at)

    def open(self, at: int) -> None:
        """Open a step; what was said of the one before is gone."""
        self.at, self.reached = at, max(at, self.reached)
        self.said.value = ""
        self.fields.mark(())
        for number, part in enumerate(self.parts):
            part.children = self._shown(number)
        self.sign.value = f'<span data-step="{at + 1}"></span>'
        self.watch(at)

    def fall_back(self, place: int) -> None:
        """Take back every step that was reached after one: what it says is old."""
        if self.reached > place and self.at < place:
            self.reached = place
            for number in range(place, len(self.names)):
                self.parts[number].children = self._shown(number)

    def _shown(self, place: int) -> list[Any]:
        name = f"{place + 1}. {self.names[place]}"
        if place >= len(self.steps) or (place >= self.reached and place != self.at):
            return [ipywidgets.HTML(f'<p class="coming">{escape(name)}</p>')]
        step = self.steps[place]
        if place == self.at:
            onward = pieces.button(self.texts[step.further]) if step.further else None
            if onward is not None:
                onward.on_click(lambda pressed: self.onward())
            head = ipywidgets.HTML(f'<h2 class="open" tabindex="-1" aria-current="step">{escape(name)}</h2>')
            keeping = self.keeping.widgets if place and self.keeping is not None else ()
            return [head, *step.body(), self.said, *([onward] if onward is not None else []), *keeping]
        again = pieces.button(self.texts["again"].format(number=place + 1))
        again.add_class("again")
        again.add_class(f"again-{place + 1}")
        again.on_click(lambda pressed: self.open(place))
        done = ipywidgets.HTML(f'<h2 class="done">{escape(name)}</h2><p>{step.folded()}</p>')
        row = ipywidgets.HBox([done, again])
        row.add_class("folded")
        return [row]

    def onward(self) -> None:
        """Go on if the open step lacks nothing: to the first step that was not reached yet."""
        if self.refused() or not self.steps[self.at].leave():
            return
        self.open(max(self.at + 1, self.reached))

    def refused(self) -> bool:
        """Whether a step up to the open one lacks something; it is opened and says what."""
        for number, step in enumerate(self.steps[: self.at + 1]):
            if found := step.lacks():
                self.tell(found, number)
                return True
        return False

    def tell(self, found: Sequence[Refusal], number: int | None = None) -> None:
        """Say what is wrong in the step it is about, mark its fields and lead to the first."""
        if number is not None and number != self.at:
            self.open(number)
        self.fields.mark(each.field for each in found)
        first = next((each.field for each in found if each.field), "")
        self.said.value = pieces.refused(self.texts["refused_head"], [each.text for each in found], place(first))
