"""The form as a person sees it: one step at a time, with what is done folded above it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from jobreport.desk.form import making, pieces, refusals
from jobreport.desk.form.making import Check, Made, Making
from jobreport.desk.form.questions import Questions
from jobreport.desk.form.rounds import About, Rounds
from jobreport.desk.form.session import Session, sheets_to_choose
from jobreport.desk.form.steps import Fields, Refusal, Road, Step
from jobreport.errors import InputRefused, JobreportError
from jobreport.intake.formats.tables import known
from jobreport.page.fonts import font_face_css

LANGUAGES = (("Dansk", "da"), ("English", "en"))
OF_A_FILE = (  # what is said of questions and rounds of one file and not of another
    "way.", "right.", "column.", "label.", "take.", "positive.", "order.", "elsewhere.", "wave", "place_from", "groups",
    "code.", "same_person", "event.",
)  # fmt: skip


class Page:
    """The whole form; showing it in a notebook begins a session.

    Parameters
    ----------
    language : {'da', 'en'}
        Of the form; it can be changed on the page, and the report is made in the same.
    """

    def __init__(self, language: str = "da") -> None:
        self.session = Session(language)
        self.fields = Fields(changed=self._changed)
        self.box, self.languages = ipywidgets.VBox(), pieces.menu("Sprog / Language", LANGUAGES, language)
        self.languages.observe(lambda change: self._begin(change["new"]), names="value")
        self.files: Files
        self.road: Road
        self._begin(language)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)  # type: ignore[no-untyped-call]

    def _begin(self, language: str) -> None:
        """Write the page in a language; what was said and read stays."""
        self.texts, self.session.language = pieces.texts(language), language
        at, reached = (self.road.at, self.road.reached) if self.session.proposals else (0, 0)
        self.road = Road(self.texts, self.fields, list(self.texts["steps"].values()))
        self.files = Files(self, getattr(self, "files", None))
        self.box.children = (
            ipywidgets.HTML(f"<style>{font_face_css()}</style>"),
            self.languages,
            pieces.told_to_the_page(language),
            pieces.heading(self.texts["title"], 1),
            pieces.note(self.texts["intro"]),
            self.road.box,
        )
        self.road.begin([self.files])
        if self.session.proposals:
            self.lay(at, reached)

    def lay(self, at: int, reached: int = 0) -> None:
        """Lay the steps that a file which was read leads to."""
        session, fields, texts, files = self.session, self.fields, self.texts, self.files
        rounds = Rounds(session, fields, texts)
        questions = Questions(session, fields, texts)
        rounds.heard = questions.look
        steps = questions, rounds, About(session, fields, texts, rounds)
        self.making = Making(session, fields, texts, self.road, steps, files.offer)
        self.check = Check(self.making)
        there: Sequence[Step] = (files, *steps, self.check, Made(self.making))
        self.road.watch = lambda place: self.check.look() if place == making.CHECK else None
        self.road.begin(there, min(at, making.CHECK))
        self.road.reached = max(self.road.reached, min(reached, making.CHECK))

    def _changed(self) -> None:
        """What a check or a report said is old as soon as something is changed."""
        self.road.fall_back(making.CHECK)


class Files:
    """The first step: the files, and what stopped one of them settled here."""

    def __init__(self, page: Page, before: Files | None) -> None:
        self.page, self.texts = page, page.texts
        self.title, self.further = self.texts["steps"]["files"], self.texts["read"]
        endings = ",".join((*known(), ".txt", ".tsv"))
        self.survey = page.fields.show("survey", pieces.upload(self.texts["survey"], endings, several_files=True))
        self.codebook = page.fields.show("codebook", pieces.upload(self.texts["codebook"], ".yml,.yaml"))
        self.given: dict[str, bytes] = dict(before.given) if before else {}
        self.book: bytes | None = before.book if before else None
        self.left_out: list[str] = list(before.left_out) if before else []
        self.survey.observe(lambda change: self._take(change["new"]), names="value")
        self.codebook.observe(lambda change: self._take_book(change["new"]), names="value")
        self.leaving, self.bar, self.named = ipywidgets.VBox(), ipywidgets.HTML(), ipywidgets.HTML()
        self.sheet = page.fields.show("sheet", pieces.menu(self.texts["sheet"], [(self.texts["choose"], "")]))
        self._name()

    def _take(self, files: Sequence[Any]) -> None:
        self.given = {file["name"]: bytes(file["content"]) for file in files}
        self._name()

    def _take_book(self, files: Sequence[Any]) -> None:
        self.book = bytes(files[0]["content"]) if files else None

    def _name(self) -> None:
        self.named.value = pieces.listed(self.given)

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
        rows = sum(len(each.table.frame) for each in self.page.session.proposals)
        layouts = {each.table.layout for each in self.page.session.proposals if each.table.layout}
        told = self.texts["read_so"].format(files=names, count=rows, layout=", ".join(["", *sorted(layouts)]))
        return escape(told) + pieces.details(self.texts["found_head"], self.page.session.told())

    def lacks(self) -> list[Refusal]:
        """A file."""
        return [] if self.given else [Refusal(self.texts["nothing_chosen"], "survey")]

    def leave(self) -> bool:
        """Read the files; whether they can be used."""
        self.bar.value = pieces.progress(self.texts["progress"], 0, 1, self.texts["reading"])
        try:
            self._read()
        except InputRefused as refused:
            self.offer(refusals.to_leave_out(refused.problems, {}), sheets_to_choose(refused))
            self.page.road.tell(refusals.told(refused.problems, self.page.session.language))
            return False
        except JobreportError as failed:
            told = failed.text(self.page.session.language)
            self.page.road.said.value = pieces.message(self.texts["failed_head"], told, "alert")
            return False
        except Exception as failure:
            self.page.road.said.value = pieces.failed(failure, self.texts)
            return False
        finally:
            self.bar.value = ""
        return True

    def _read(self) -> None:
        page = self.page
        mark = sorted([name, zlib.crc32(content)] for name, content in self.given.items())
        if page.fields.said("files") != mark:
            page.fields.forget(*OF_A_FILE)
        page.fields.memory["files"] = mark
        page.session.receive(self.given, self.book, self.sheet.value or None, self.left_out)
        self.leaving.children = ()
        page.lay(0)

    def offer(self, columns: list[str], sheets: Sequence[str] = ()) -> None:
        """Let what stopped the file be settled here: a column left out by its button, a sheet chosen."""
        buttons = [pieces.button(self.texts["leave_out"].format(column=name)) for name in columns]
        for name, button in zip(columns, buttons, strict=True):
            button.on_click(lambda pressed, name=name: self._leave_out([name]))
            self.page.fields.show("leave_out", buttons[0])
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
