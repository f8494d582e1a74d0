"""The form as a person sees it: one step at a time, with what is done folded above it."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from jobreport.desk.form import folder, making, pieces, refusals, remembered
from jobreport.desk.form.about import About
from jobreport.desk.form.folder import Uploads, laid
from jobreport.desk.form.making import Check, Made, Making
from jobreport.desk.form.questions import Questions
from jobreport.desk.form.refusals import CHECK, QUESTIONS, REPORT, Refusal
from jobreport.desk.form.rounds import Rounds
from jobreport.desk.form.session import Session
from jobreport.desk.form.steps import Fields, Form, Road, Step
from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats.tables import known
from jobreport.page.fonts import font_face_css

LANGUAGES = (("Dansk", "da"), ("English", "en"))
OF_A_FILE = (  # what is said of questions and rounds of one file and not of another
    "way.", "right.", "column.", "label.", "take.", "positive.", "order.", "elsewhere.", "wave", "place_from", "groups",
    "code.", "same_person", "event.", "unit", "comments.", "several.",
)  # fmt: skip


class Page:
    """The whole form; showing it in a notebook begins a session.

    ``language``: of the form; it can be changed on the page, and the report is made in the same.
    """

    def __init__(self, language: str = "da") -> None:
        self.session = Session(language)
        self.fields = Fields(self._changed)
        self.box, self.languages = ipywidgets.VBox(), pieces.menu("Sprog / Language", LANGUAGES, language)
        self.languages.observe(lambda change: self._begin(change["new"]), names="value")
        self.before = pieces.unseen("before")  # the page says here what it was before it was loaded again
        self.before.observe(lambda change: self.bring_back(change["new"]), names="value")
        self.packages: dict[str, bytes] = {}
        self.kept: Uploads = {}  # other files beside the answers, by what they are for
        self.files: Files
        self.road: Road
        self._begin(language)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)  # type: ignore[no-untyped-call]

    def _begin(self, language: str) -> None:
        self.texts, self.session.language = pieces.texts(language), language
        at, reached = (self.road.at, self.road.reached) if self.session.proposals else (0, 0)
        self.form = Form(self.session, self.fields, self.texts, self.kept)
        self.road = Road(self.texts, self.fields, list(self.texts["steps"].values()))
        self.files = Files(self, getattr(self, "files", None))
        self.box.children = (
            ipywidgets.HTML(f"<style>{font_face_css()}</style>"),
            self.languages,
            pieces.told_to_the_page(language, self.session.folder.name),
            self.before,
            pieces.heading(self.texts["title"], 1),
            pieces.note(self.texts["intro_open" if folder.OPEN in os.environ else "intro"]),
            self.road.box,
        )
        self.road.begin([self.files])
        self.road.keeping = Keeping(self)
        if self.session.proposals:
            self.lay(at, reached)

    def lay(self, at: int, reached: int = 0) -> None:
        """Lay the steps that a file which was read leads to."""
        form, files = self.form, self.files
        rounds, questions = Rounds(form), Questions(form, files.edited)
        questions.correct = files.correct
        rounds.heard = questions.look
        steps = questions, rounds, About(form, rounds, self.packages)
        self.making = Making(form, self.road, steps, files.offer)
        self.check = Check(self.making)
        there: Sequence[Step] = (files, *steps, self.check, Made(self.making))
        self.road.watch = self._opened
        self.road.reached = min(reached, CHECK)
        self.road.begin(there, min(at, CHECK))

    def _opened(self, place: int) -> None:
        self._note()
        if place == CHECK:
            self.check.look()

    def _changed(self) -> None:
        # What a check, a report or a link said is old as soon as something is changed.
        self.road.fall_back(CHECK)
        self.road.keeping.forget()
        self._note()

    def _note(self) -> None:
        at = {"at": self.road.at, "reached": self.road.reached, "language": self.session.language}
        files = {"left_out": self.files.left_out, "sheet": self.files.sheet.value, "uploads": self.session.uploads}
        kept = {role: (one[0], laid(self.session.folder, role, one).as_posix()) for role, one in self.kept.items()}
        folder.note(self.session.folder, {"memory": self.fields.memory, "kept": kept, **at, **files})

    def bring_back(self, name: str) -> None:
        """Go on where a page that was loaded again was, if its folder is still there."""
        draft = folder.take_over(name, self.session.folder)
        if draft is None:
            return
        self.fields.memory = dict(draft["memory"])
        self.packages.update(draft["packages"])
        self.kept.update(draft["kept"])
        self.languages.value = draft["language"]
        self.files.given, self.files.book = draft["files"], draft["codebook"]
        self.files.left_out = draft["left_out"]
        if draft["files"]:
            self.session.receive(draft["files"], draft["codebook"], draft["sheet"] or None, draft["left_out"])
            self.lay(draft["at"], draft["reached"])
            if draft["at"] == REPORT and self.road.at == CHECK:
                self.session.take_report(draft["folder"], self.making.choices())
                self.road.open(REPORT if self.session.report is not None else CHECK)
        shutil.rmtree(draft["folder"], ignore_errors=True)


class Keeping:
    """What was said so far, as files to keep; a link is gone as soon as something is changed."""

    def __init__(self, page: Page) -> None:
        self.page, self.links = page, ipywidgets.HTML()
        self.button = pieces.button(page.texts["keep"])
        self.button.add_class("quiet")
        self.button.on_click(lambda pressed: page.making.working(page.texts["working"], self._keep))
        self.widgets = (self.button, self.links)

    def _keep(self) -> None:
        said = self.page.session.said(self.page.making.choices())
        self.links.value = pieces.links(said, self.page.texts["downloads"])

    def forget(self) -> None:
        """The links are old."""
        self.links.value = ""


class Files(Step):
    """The first step: the files, and what stopped one of them settled here."""

    further = "read"

    def __init__(self, page: Page, before: Files | None) -> None:
        super().__init__(page.form)
        self.page = page
        endings = ",".join((*known(), ".txt", ".tsv"))
        self.survey = self.fields.show("survey", pieces.upload(self.texts["survey"], endings, several_files=True))
        kept = pieces.upload(self.texts["codebook"], ".yml,.yaml,.csv", several_files=True)
        self.codebook = self.fields.show("codebook", kept)
        self.given: dict[str, bytes] = dict(before.given) if before else {}
        self.book: bytes | None = before.book if before else None
        self.brought: dict[str, bytes] = {}  # what was kept last time and is not yet taken in
        self.edited: bytes | None = None  # a codebook as a person edited it, that broke a rule
        self.left_out: list[str] = list(before.left_out) if before else []
        self.survey.observe(lambda change: self._take(change["new"]), names="value")
        self.codebook.observe(lambda change: self._take_book(change["new"]), names="value")
        self.leaving, self.bar, self.named = ipywidgets.VBox(), ipywidgets.HTML(), ipywidgets.HTML()
        self.sheet = self.fields.show("sheet", pieces.menu(self.texts["sheet"], [(self.texts["choose"], "")]))
        self._name()

    def _take(self, files: Sequence[Any]) -> None:
        self.given = {file["name"]: bytes(file["content"]) for file in files}
        self._name()

    def _take_book(self, files: Sequence[Any]) -> None:
        contents = [bytes(file["content"]) for file in files]
        self.brought = {file["name"]: content for file, content in zip(files, contents, strict=True)}
        books = [each for each in self.brought.values() if remembered.is_codebook(each)]
        self.book, self.edited = next((each for each in books if not remembered.is_open(each)), None), None
        self.left_out += [name for each in books for name in remembered.left_out(each) if name not in self.left_out]
        self._name()

    def _name(self) -> None:
        self.named.value = pieces.listed([*self.given, *self.brought])

    def body(self) -> list[Any]:
        """What can be read, and the buttons to choose it."""
        return [
            pieces.note(self.texts["upload_help"]),
            self.survey,
            self.named,
            pieces.note(self.texts["codebook_help"]),
            self.codebook,
            self.leaving,
            self.bar,
        ]

    def folded(self) -> str:
        """The files, and all that was found in them."""
        names = ", ".join(self.given)
        rows = sum(len(each.table.frame) for each in self.session.proposals)
        layouts = {each.table.layout for each in self.session.proposals if each.table.layout}
        told = self.texts["read_so"].format(files=names, count=rows, layout=", ".join(["", *sorted(layouts)]))
        return escape(told) + pieces.details(self.texts["found_head"], self.session.told())

    def lacks(self) -> list[Refusal]:
        """A file."""
        return [] if self.given else [Refusal(self.texts["nothing_chosen"], "survey")]

    def leave(self) -> bool:
        """Read the files; whether they can be used."""
        self.bar.value = pieces.progress(self.texts["progress"], 0, 1, self.texts["reading"])
        return making.worked(self._read, self._refused, self.page.road, self.bar, self.session.language)

    def _refused(self, problems: Sequence[Problem]) -> None:
        self.offer(refusals.to_leave_out(problems, {}), refusals.sheets_to_choose(problems))
        self.page.road.tell(refusals.told(problems, self.session.language))

    def _read(self) -> None:
        page = self.page
        mark = sorted([name, zlib.crc32(content)] for name, content in self.given.items())
        if self.fields.said("files") != mark:
            self.fields.forget(*OF_A_FILE)
        self.fields.memory["files"] = mark
        if self.book is None or self._can_be_asked_again(self.book):
            self.book = None
        self._receive(self.book)
        self.fields.memory |= remembered.of_all([*self.brought.values()], self.session)
        self.brought = {}
        self.leaving.children = ()
        page.lay(0)

    def _receive(self, book: bytes | None) -> None:
        self.session.receive(self.given, book, self.sheet.value or None, self.left_out)

    def _can_be_asked_again(self, book: bytes) -> bool:
        page, before = self.page, dict(self.fields.memory)
        try:
            self._receive(None)
            self.fields.memory |= remembered.of_all([*self.brought.values()], self.session)
            page.lay(0)
            written = self.session.said(page.making.choices())["codebook"].content
        except InputRefused:
            written = b""
        self.fields.memory = before
        return remembered.is_the_same(written, book)

    def correct(self, book: bytes) -> bool:
        """Read the files by a codebook that a person edited; the one before stays where it breaks a rule."""
        page, before, reached = self.page, self.book, self.page.road.reached
        found: list[Refusal] = []
        try:
            self.book, self.edited = book, None
            self._read()
        except InputRefused as refused:
            found = refusals.told(refused.problems, self.session.language)
            self.book, self.edited = before, book
            self._read()
        page.lay(QUESTIONS, reached)
        if found:
            page.road.tell(found)
        return not found

    def offer(self, columns: list[str], sheets: Sequence[str] = ()) -> None:
        """Let what stopped the file be settled here: a column left out by its button, a sheet chosen."""
        buttons = [pieces.button(self.texts["leave_out"].format(column=name)) for name in columns]
        for name, button in zip(columns, buttons, strict=True):
            button.on_click(lambda pressed, name=name: self._leave_out([name]))
            self.fields.show("leave_out", buttons[0])
        if len(columns) > 1:
            whole = pieces.button(self.texts["leave_all_out"])
            whole.on_click(lambda pressed: self._leave_out(columns))
            buttons.append(whole)
        if sheets:
            self.sheet.options = [(self.texts["choose"], ""), *((name, name) for name in sheets)]
        told = [pieces.note(self.texts["leave_out_help"])] if columns else []
        self.leaving.children = (*told, *buttons, *([self.sheet] if len(self.sheet.options) > 1 else []))

    def _leave_out(self, names: list[str]) -> None:
        self.left_out = list(dict.fromkeys([*self.left_out, *names]))
        self.page.road.onward()
