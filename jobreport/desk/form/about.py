"""Step 4: what the report is called, what is known about the survey, its comments, and who publishes it."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any, get_args

import ipywidgets

from jobreport.desk.form import days, pieces
from jobreport.desk.form.choices import CommentsChoice
from jobreport.desk.form.folder import laid
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.rounds import Rounds
from jobreport.desk.form.steps import Form, Part, Step
from jobreport.errors import InputRefused
from jobreport.intake.formats.tables import read_table
from jobreport.setup.params_model import Act

ACTS, NOTHING = get_args(Act), "nothing"
LOGO, CODED, QUOTATIONS = "logo", "comments", "quotations"
WRITTEN = ("name", "contact", "logo_text", "colour")  # of the sender
FIRST = ("commissioner", "collector", "target_population", "mode")  # what a reader asks first of a survey


class About(Step):
    """The step: what the report is called, its date, and what is known about the survey."""

    further = "check"

    def __init__(self, form: Form, rounds: Rounds, given: dict[str, bytes]) -> None:
        super().__init__(form)
        self.rounds, self.given = rounds, given  # the second are packages of other municipalities: name -> content
        self.named = ipywidgets.HTML(pieces.listed(self.given))
        self.packages = pieces.upload(self.texts["packages"], ".zip", several_files=True)
        self.comments, self.sender = Comments(form), Sender(form)
        self.packages.observe(lambda change: self._take(change["new"]), names="value")

    def body(self) -> list[Any]:
        """Four questions that matter first, and the others folded."""
        texts, language = self.texts, self.session.language
        description = {
            key: self.text(f"about.{key}", label, example=texts["examples"][key])
            for key, label in texts["description"].items()
        }
        done = [(texts["did"][key], key) for key in (*ACTS, NOTHING)]
        ways = [(texts["not_stated"], ""), *((label, key) for key, label in texts["selections"].items())]
        others = [field for key, field in description.items() if key not in FIRST]
        changed = any(self.said(f"about.{key}") for key in texts["description"] if key not in FIRST)
        changed |= self.sender.is_begun or self.comments.is_begun
        lost = ", ".join(self.said("lost", ()))
        return [
            *([pieces.note(texts["lost"].format(names=lost))] if lost else []),
            self.text("title", texts["title_of_report"], "", texts["title_example"]),
            self.text("date", texts["report_date"], days.write(self.proposed, language)),
            self.tick("simulated", texts["simulated"]),
            pieces.heading(texts["description_head"], 3),
            pieces.note(texts["description_help"]),
            *(description[key] for key in FIRST),
            self.menu("selection", texts["selection"], ways),
            self.add("did", pieces.Ticks(texts["evaluated_party"], done)),
            pieces.more(texts["more_head"], texts["more_less"], lambda: [*others, *self._further()], begun=changed),
        ]

    def _further(self) -> list[Any]:
        texts = self.texts
        packages = [pieces.heading(texts["packages_head"], 3), pieces.note(texts["packages_help"]), self.packages]
        name = self.text("name", texts["name"], self.session.name())
        return [name, *self.comments.body(), *self.sender.body(), *packages, self.named]

    def _take(self, files: Sequence[Any]) -> None:
        self.given.clear()
        self.given.update({file["name"]: bytes(file["content"]) for file in files})
        self.named.value = pieces.listed(self.given)
        self.fields.changed()

    @property
    def proposed(self) -> str:
        """The last day on which people answered; else today."""
        last = max((wave.last for wave in self.rounds.chosen()), default="")
        return last or datetime.datetime.now(tz=datetime.UTC).date().isoformat()

    @property
    def date(self) -> str:
        """The date of the report, as params have it."""
        return self.day("date", self.proposed)

    def evaluated_party(self) -> tuple[str, ...] | None:
        """What the municipality or its jobcentre did itself: nothing (``()``), or not stated (None)."""
        said = tuple(self.said("did", ()))
        return tuple(act for act in said if act != NOTHING) or (() if said else None)

    def folded(self) -> str:
        """Title and date."""
        title = self.said("title", "").strip() or self.said("name", self.session.name())
        return escape(f"{title}, {days.write(self.date, self.session.language)}")

    def lacks(self) -> list[Refusal]:
        """A date that is none, and what the comments and the sender lack."""
        return [*self.no_day("date"), *self.comments.lacks(), *self.sender.lacks()]


class Sender(Part):
    """The part of step 4 that asks who publishes the report."""

    @property
    def is_begun(self) -> bool:
        """Whether anything was said of it."""
        return LOGO in self.kept or any(self.chosen().values())

    def body(self) -> list[Any]:
        """A field for each, with an example."""
        texts = self.texts["sender"]
        made = {key: self.text(f"sender.{key}", texts[key], "", texts["examples"][key]) for key in WRITTEN}
        logo = one_file(self, LOGO, ".svg,.png")
        head = [pieces.heading(texts["head"], 3), pieces.note(texts["help"])]
        return [*head, made["name"], made["contact"], logo, made["logo_text"], made["colour"]]

    def chosen(self) -> dict[str, str]:
        """What was written, without what is empty."""
        said = {key: self.said(f"sender.{key}", "").strip() for key in WRITTEN}
        return {key: text for key, text in said.items() if text}

    @property
    def logo(self) -> tuple[str, bytes] | None:
        """Name and content of the logo."""
        return self.kept.get(LOGO)

    def lacks(self) -> Iterator[Refusal]:
        """A name, where anything else is said; and what the logo shows."""
        said = self.chosen()
        if (said or LOGO in self.kept) and "name" not in said:
            yield self.lacking("sender", "sender.name")
        if LOGO in self.kept and "logo_text" not in said:
            yield self.lacking("logo_text", "sender.logo_text")


class Comments(Part):
    """The part of step 4 that asks for coded comments and approved quotations; no text of a person is read here."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.asked, self.refused = ipywidgets.VBox(), ""
        self.columns: list[str] = []
        self._read()

    @property
    def is_begun(self) -> bool:
        """Whether a file was chosen, now or last time."""
        return bool({CODED, QUOTATIONS} & set(self.kept) or self.said("comments.expected"))

    def body(self) -> list[Any]:
        """The two files, and what belongs to the first."""
        texts = self.texts["comments"]
        coded, quotations = one_file(self, CODED, ".csv,.xlsx,.ods", self._taken), one_file(self, QUOTATIONS, ".csv")
        self._draw()
        head = [pieces.heading(texts["head"], 3), pieces.note(texts["help"])]
        if self.said("comments.expected") and CODED not in self.kept:
            head.append(pieces.note(texts["expected"]))
        return [*head, coded, self.asked, pieces.note(texts["quotations_help"]), quotations]

    def _taken(self) -> None:
        self._read()
        self._draw()

    def _read(self) -> None:
        self.refused, self.columns = "", []
        if CODED in self.kept:
            try:
                path = laid(self.session.folder, CODED, self.kept[CODED])
                self.columns = [str(name) for name in read_table(path, path.name).frame.columns]
            except InputRefused as refused:
                self.refused = refused.text(self.session.language)

    def _draw(self) -> None:
        if not self.columns or self.session.has_codebook:
            self.asked.children = ()
            return
        texts = self.texts["comments"]
        keys = [(name, name) for name in self._keys]
        key = [self.menu("comments.key", texts["key"], keys)] if len(keys) > 1 else []
        asked = self.text("comments.wording", texts["wording"], self._wording, texts["wording_example"])
        names = [
            self.text(f"comments.theme.{name}", name, name.capitalize(), texts["theme_example"]) for name in self.themes
        ]
        self.asked.children = (*key, asked, pieces.note(texts["themes"]), *names)

    @property
    def _wording(self) -> str:
        first = self.session.proposals[0]
        asked = [column for column in first.columns if column.name in {*first.free_text} - {*self.columns}]
        return asked[0].question or asked[0].name if len(asked) == 1 else ""

    @property
    def _keys(self) -> list[str]:
        known = {column.name for column in self.session.proposals[0].columns} - {self._wave}
        return [name for name in self.columns if name in known]

    @property
    def _wave(self) -> str:
        column = self.session.proposals[0].keys.get("wave")
        return column.name if column is not None else ""

    @property
    def key(self) -> str:
        """The column that ties comments to answers; '' where there is none."""
        said, keys = self.said("comments.key"), self._keys
        return said if said in keys else next(iter(keys), "")

    @property
    def themes(self) -> list[str]:
        """The other columns."""
        return [name for name in self.columns if name not in (self.key, self._wave)]

    def chosen(self) -> CommentsChoice | None:
        """What was chosen; None without a file of coded comments."""
        if CODED not in self.kept:
            return None
        said = self.said
        names = {name: said(f"comments.theme.{name}", name.capitalize()).strip() for name in self.themes}
        wording = said("comments.wording", self._wording).strip()
        return CommentsChoice(self.kept[CODED], self.kept.get(QUOTATIONS), self.key, wording, names)

    def lacks(self) -> Iterator[Refusal]:
        """A file that can be read, a key, and what was asked."""
        if self.refused:
            yield Refusal(self.refused, CODED)
        chosen = self.chosen()
        if chosen is None:
            if QUOTATIONS in self.kept:
                yield self.lacking("coded", CODED)
        elif not self.refused and not self.session.has_codebook:
            if not self.key or not self.themes:
                yield self.lacking("comment_key" if not self.key else "themes", CODED)
            elif not chosen.wording:
                yield self.lacking("comment_wording", "comments.wording")
            for name in (name for name, label in chosen.themes.items() if not label):
                yield self.lacking("theme", f"comments.theme.{name}", column=name)


def one_file(part: Part, role: str, endings: str, heard: Callable[[], None] = lambda: None) -> Any:
    """A button that takes one file, its name below, and a way to do without it again."""
    texts, fields, kept = part.texts["beside"], part.fields, part.kept
    button, named = fields.show(role, pieces.upload(texts[role], endings)), ipywidgets.HTML()
    without, box = pieces.button(""), ipywidgets.VBox()
    without.add_class("quiet")

    def draw() -> None:
        names = [kept[role][0]] if role in kept else []
        named.value, without.description = pieces.listed(names), texts["without"].format(file="".join(names))
        box.children = [button, named, *([without] if role in kept else [])]

    def changed() -> None:
        draw()
        heard()
        fields.changed()

    def take(files: Sequence[Any]) -> None:
        if files:
            kept[role] = files[0]["name"], bytes(files[0]["content"])
            changed()

    def drop(pressed: object) -> None:
        kept.pop(role, None)
        changed()

    button.observe(lambda change: take(change["new"]), names="value")
    without.on_click(drop)
    draw()
    return box
