"""The form as a person sees it: five steps, each shown when the one before it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import ipywidgets

from jobreport.desk.form import pieces
from jobreport.desk.form.choices import Choices, EventChoice, QuestionChoice, WaveAnswer, WaveChoice, person_column
from jobreport.desk.form.session import Session, personal_columns, sheets_to_choose
from jobreport.domain import municipalities
from jobreport.errors import JobreportError
from jobreport.intake.formats.tables import known
from jobreport.page.fonts import font_face_css
from jobreport.prepare.init import codebook_text, vocabulary
from jobreport.prepare.init.between import Doubt
from jobreport.prepare.init.questions import QuestionFound
from jobreport.prepare.init.rounds import Round
from jobreport.setup.params_model import Act

ACTS, NOTHING = get_args(Act), "nothing"
LANGUAGES = (("Dansk", "da"), ("English", "en"))
FIRST = ("commissioner", "collector", "target_population", "mode")  # what a reader asks first of a survey
UNSETTLED = " "  # no column has such a name
STEPS = 4  # what `report.run` tells of


class Page:
    """The whole form; showing it in a notebook begins a session.

    Parameters
    ----------
    language : {'da', 'en'}
        Of the form; it can be changed on the page, and the report is made in the same.
    """

    def __init__(self, language: str = "da") -> None:
        self.session = Session(language)
        self.box = ipywidgets.VBox()
        self.languages = pieces.menu("Sprog / Language", LANGUAGES, language)
        self.languages.observe(lambda change: self._begin(change["new"]), names="value")
        self._begin(language)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)  # type: ignore[no-untyped-call]

    def _begin(self, language: str) -> None:
        self.texts, self.session.language = pieces.texts(language), language
        self.survey = pieces.upload(self.texts["survey"], ",".join((*known(), ".txt", ".tsv")), several_files=True)
        self.codebook = pieces.upload(self.texts["codebook"], ".yml,.yaml")
        self.read = pieces.button(self.texts["read"])
        self.read.on_click(self._read)
        self.left_out = pieces.several(self.texts["leave_out"], [])
        self.sheet = pieces.menu(self.texts["sheet"], [(self.texts["choose"], "")])
        self.leaving = ipywidgets.VBox()
        self.found, self.rest = ipywidgets.HTML(), ipywidgets.VBox()
        self.box.children = (
            ipywidgets.HTML(f"<style>{font_face_css()}</style>"),
            self.languages,
            pieces.told_to_the_page(language),
            pieces.heading(self.texts["title"], 1),
            pieces.note(self.texts["intro"]),
            pieces.heading(self.texts["upload_head"]),
            pieces.note(self.texts["upload_help"]),
            self.survey,
            pieces.note(self.texts["codebook_help"]),
            self.codebook,
            self.read,
            self.found,
            self.leaving,
            self.rest,
        )

    def _read(self, pressed: object) -> None:
        self.rest.children = ()
        if not self.survey.value:
            self.found.value = pieces.message(self.texts["refused_head"], self.texts["nothing_chosen"], "alert")
            return
        files = {file["name"]: bytes(file["content"]) for file in self.survey.value}
        book = bytes(self.codebook.value[0]["content"]) if self.codebook.value else None
        self.found.value = ""
        try:
            found = self.session.receive(files, book, self.sheet.value or None, self.left_out.value)
            questions, report = Questions(self.session, self.texts), Report(self.session, self.texts)
        except JobreportError as refused:
            said = f"{refused.text(self.session.language)}\n\n{self.texts['refused_intro']}"
            self.found.value = pieces.message(self.texts["refused_head"], said, "alert")
            self._offer(personal_columns(refused), sheets_to_choose(refused))
            return
        except Exception as failure:
            self.found.value = pieces.failed(failure, self.texts)
            return
        self.found.value = pieces.message(self.texts["found_head"], found, "status")
        self.rest.children = (*questions.widgets, *report.widgets, *Making(self, questions, report).widgets)

    def _offer(self, columns: list[str], sheets: list[str]) -> None:
        """Let what stopped the file be settled here: columns left out, a sheet chosen; what was said before stays."""
        before = self.left_out.value
        self.left_out.options = list(dict.fromkeys([*before, *columns]))
        self.left_out.value = before
        shown = (pieces.note(self.texts["leave_out_help"]), self.left_out) if self.left_out.options else ()
        if sheets:
            self.sheet.options = [(self.texts["choose"], ""), *((name, name) for name in sheets)]
        choosing = (self.sheet,) if len(self.sheet.options) > 1 else ()
        self.leaving.children = (*shown, *choosing)


class Questions:
    """Step 2: which question is what, and which way each scale runs."""

    def __init__(self, session: Session, texts: Any) -> None:
        self.texts, self.session = texts, session
        self.columns: dict[str, Any] = {}
        self.right: dict[str, Any] = {}
        self.turned: dict[str, Any] = {}
        self.labels: dict[str, Any] = {}
        self.outside: dict[str, Any] = {}
        self.elsewhere: dict[tuple[str, str], Any] = {}
        self.widgets = [pieces.heading(texts["confirm_head"])]
        self.columns_right = pieces.tick(texts["columns_right"])
        self.groups = self._groups()
        number = None if session.has_codebook else person_column(session.proposals[0])
        self.same_person = pieces.tick(texts["same_person"].format(column=number.name if number else ""))
        if session.has_codebook:
            self.widgets.append(pieces.note(texts["has_codebook"]))
            return
        proposed = session.proposals[0].questions
        self.widgets.append(pieces.note(texts["confirm_help"] if proposed else texts["no_questions"]))
        self.unsure = {question.name for question in codebook_text.unsure(proposed)}
        for question in proposed:
            self.widgets += self._question(question)
        self.all_right = pieces.tick(texts["all_right"])
        self.widgets += [self.all_right] if len(self.right) < len(proposed) else []
        self.elsewhere = {(doubt.question, doubt.wave): self._menu_of(doubt) for doubt in session.doubts()}
        if self.elsewhere:
            other_waves = pieces.heading(texts["other_waves_head"], 3), pieces.note(texts["other_waves_help"])
            self.widgets += [*other_waves, *self.elsewhere.values()]
        self.widgets += [self.columns_right, *([self.same_person] if number else [])]
        self.widgets += [self.groups] if self.groups.options else []

    def _groups(self) -> Any:
        place = 0 if self.session.language == "da" else 1
        options = [(vocabulary.GROUP_LABELS[name][place], name) for name in self.session.proposals[0].groups]
        return pieces.several(self.texts["groups"], options, (name for _, name in options))

    def _question(self, question: QuestionFound) -> list[Any]:
        scale = (question.scale.labels_en if self.session.language == "en" else ()) or question.scale.labels_da
        label = f"{codebook_text.short_name(question)} ({question.name})"
        proposal = self.session.proposals[0]
        alike = [c for c in proposal.columns if c is question.column or c.answers == question.column.answers]
        options = [(f"{c.name}: {c.question[:70]}" if c.question else c.name, c.name) for c in alike]
        self.columns[question.name] = pieces.menu(
            f"{self.texts['column']}, {question.name}", [*options, (self.texts["left_out"], "")], question.column.name
        )
        self.labels[question.name] = pieces.text_field(f"{self.texts['label']}, {question.name}")
        made = [pieces.heading(label, 3), pieces.note(question.column.question or question.column.name)]
        made += [self.columns[question.name], self.labels[question.name]]
        made.append(pieces.note(f"{self.texts['least_first']} {', '.join(scale)}"))
        made.append(ipywidgets.HTML(pieces.bars(self.session.counts(question.column, question.scale))))
        if question.scale.only_numbers:
            made += self._of_numbers(question)
        if question.name in self.unsure or question.scale.only_numbers:
            key, *facts = question.scale.unsure or ("numbers",)
            self.right[question.name] = pieces.tick(self.texts["right"].format(name=label))
            made += [pieces.note(self.texts["unsure"][key].format(*facts)), self.right[question.name]]
        return made

    def _of_numbers(self, question: QuestionFound) -> list[Any]:
        """Ask which way bare numbers run, and which of them are no answer on the scale."""
        name = question.name
        self.turned[name] = pieces.tick(f"{self.texts['turned']} ({name})")
        codes = [(code, code) for code in sorted(question.column.answers, key=float)]
        beyond = [code for code, *_ in question.scale.outside]
        self.outside[name] = pieces.several(f"{self.texts['outside']}, {name}", codes, beyond)
        return [self.turned[name], self.outside[name]]

    def _menu_of(self, doubt: Doubt) -> Any:
        """Ask which column a question is in another wave; a question that only a later wave has can be left out."""
        known = doubt.question in self.columns
        first = (self.texts["choose"], UNSETTLED), (self.texts["not_asked" if known else "left_out"], "")
        label = self.texts["in_wave"].format(question=doubt.question, wave=doubt.wave)
        return pieces.menu(label, [*first, *((name, name) for name in doubt.columns)], UNSETTLED)

    def of_other_waves(self) -> tuple[WaveAnswer, ...]:
        """What was said of questions in other waves."""
        menus = self.elsewhere.items()
        return tuple(WaveAnswer(*pair, menu.value) for pair, menu in menus if menu.value != UNSETTLED)

    def chosen(self) -> tuple[QuestionChoice, ...]:
        """What was chosen and confirmed."""
        return tuple(
            QuestionChoice(
                name,
                menu.value,
                bool(self.right.get(name, self.all_right).value),
                bool(self.turned[name].value) if name in self.turned else False,
                self.labels[name].value.strip(),
                tuple(self.outside[name].value) if name in self.outside else None,
            )
            for name, menu in self.columns.items()
        )


class Report:
    """Step 3: municipality, waves, event, and what is known about the survey."""

    def __init__(self, session: Session, texts: Any) -> None:
        self.session, self.texts = session, texts
        codes = session.municipality_codes()
        names = sorted((name, code) for code, name in municipalities.names().items())
        self.name = pieces.text_field(texts["name"], session.name())
        self.title = pieces.text_field(texts["title_of_report"])
        only = codes[0] if len(codes) == 1 else ""
        self.municipality = pieces.menu(texts["municipality"], [(texts["choose"], ""), *names], only)
        self.date = pieces.date(texts["report_date"])
        self.simulated = pieces.tick(texts["simulated"])
        self.waves = [(each.name, *self._asked_of(each)) for each in session.rounds()]
        self.has_event = pieces.tick(texts["has_event"])
        self.label, self.event_date = pieces.text_field(texts["event_label"]), pieces.date(texts["event_date"])
        present = [(name, code) for name, code in names if not codes or code in codes]
        self.treated = pieces.several(texts["treated"], present)
        self.exposed = pieces.several(texts["exposed"], present)
        after = [(texts["by_dates"], ""), *((wave, wave) for wave, *_ in self.waves[1:])]
        self.first_after = pieces.menu(texts["first_after"], after)
        self.announced = pieces.date(texts["announced"])
        known = [(f"{name}, {texts['measures'][one[1]]}", one) for name, of in session.outcomes().items() for one in of]
        self.outcome = pieces.menu(texts["outcome"], [(texts["no_outcome"], None), *known], None)
        options = [(texts["did"][key], key) for key in (*ACTS, NOTHING)]
        self.did = pieces.several(texts["evaluated_party"], options)
        ways = [(label, key) for key, label in texts["selections"].items()]
        self.selection = pieces.menu(texts["selection"], [(texts["not_stated"], ""), *ways])
        self.description = {
            key: pieces.text_field(label, example=texts["examples"][key]) for key, label in texts["description"].items()
        }
        self.packages = pieces.upload(texts["packages"], ".zip", several_files=True)
        self.widgets = self._laid_out()

    def _asked_of(self, found: Round) -> tuple[Any, Any, Any]:
        """Fields for the name of a round, where no column gives it, and for its first and last day."""
        first, last = (
            pieces.date(self.texts[key].format(wave=found.name), day)
            for key, day in (("first_day", found.first), ("last_day", found.last))
        )
        named = pieces.text_field(
            f"{self.texts['wave_name']} {found.name}".strip(), found.name, self.texts["wave_example"]
        )
        return named, first, last

    def rounds(self) -> tuple[WaveChoice, ...]:
        """The rounds by the names that a person gave them."""
        return tuple(WaveChoice(self.name_of(wave), _day(first), _day(last)) for wave, _, first, last in self.waves)

    def name_of(self, wave: str) -> str:
        """What a person calls a round that was found under another name."""
        given = {found: field.value.strip() for found, field, *_ in self.waves}
        return wave if self.session.rounds_are_named else given.get(wave, wave)

    def _laid_out(self) -> list[Any]:
        event = ipywidgets.VBox()
        asked = (
            self.label, self.event_date, pieces.note(self.texts["several"]),
            self.treated, self.exposed, self.first_after, self.announced, self.outcome,
        )  # fmt: skip
        self.has_event.observe(lambda change: setattr(event, "children", asked if change["new"] else ()), names="value")
        first = [self.description[key] for key in FIRST]
        others = [field for key, field in self.description.items() if key not in FIRST]
        named = self.session.rounds_are_named
        days = [ipywidgets.HBox([*([] if named else [name]), first, last]) for _, name, first, last in self.waves]
        for row in days:
            row.layout.flex_flow = "row wrap"
        return [
            pieces.heading(self.texts["report_head"]),
            self.municipality, self.name, self.title, self.date, self.simulated,
            pieces.heading(self.texts["waves_head"], 3), pieces.note(self.texts["waves_help"]), *days,
            pieces.heading(self.texts["event_head"], 3), self.has_event, event,
            pieces.heading(self.texts["packages_head"], 3), pieces.note(self.texts["packages_help"]), self.packages,
            pieces.heading(self.texts["description_head"], 3), pieces.note(self.texts["description_help"]),
            *first, self.selection, self.did,
            pieces.heading(self.texts["more_head"], 3), pieces.note(self.texts["more_help"]), *others,
        ]  # fmt: skip

    def evaluated_party(self) -> tuple[str, ...] | None:
        """What the municipality or its jobcentre did itself: nothing (``()``), or not stated (None)."""
        acts = tuple(act for act in self.did.value if act != NOTHING)
        return acts or (() if self.did.value else None)

    def event(self) -> EventChoice | None:
        """The event, if there is one."""
        if not self.has_event.value:
            return None
        return EventChoice(
            self.label.value.strip(), _day(self.event_date), self.treated.value, self.exposed.value,
            self.name_of(self.first_after.value), _day(self.announced), self.outcome.value,
        )  # fmt: skip


class Making:
    """Steps 4 and 5: check, make with progress, look at the pages, download."""

    def __init__(self, page: Page, questions: Questions, report: Report) -> None:
        self.session, self.texts, self.questions, self.report = page.session, page.texts, questions, report
        self.check, self.make = pieces.button(self.texts["check"]), pieces.button(self.texts["make"])
        self.package = pieces.button(self.texts["package"])
        self.check.on_click(lambda pressed: self._afresh(self._checked))
        self.make.on_click(lambda pressed: self._afresh(self._made))
        self.package.on_click(lambda pressed: self._while_waiting(self._packed))
        self.bar, self.said, self.packed = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.taken_home = ipywidgets.VBox()
        buttons = ipywidgets.HBox([self.check, self.make])
        self.widgets = [pieces.heading(self.texts["make_head"]), buttons, self.bar, self.said, self.taken_home]

    def choices(self) -> Choices:
        """Everything that stands in the form."""
        report = self.report
        return Choices(
            name=report.name.value.strip(),
            title=report.title.value.strip(),
            language=self.session.language,
            municipality_code=report.municipality.value,
            report_date=_day(report.date),
            simulated=report.simulated.value,
            columns_confirmed=self.questions.columns_right.value,
            same_person=self.questions.same_person.value,
            groups=self.questions.groups.value,
            questions=self.questions.chosen(),
            other_waves=tuple(
                replace(each, wave=report.name_of(each.wave)) for each in self.questions.of_other_waves()
            ),
            waves=report.rounds(),
            event=report.event(),
            evaluated_party=report.evaluated_party(),
            selection=report.selection.value,
            description={key: field.value.strip() for key, field in report.description.items()},
            packages={file["name"]: bytes(file["content"]) for file in report.packages.value},
        )

    def _afresh(self, work: Any) -> None:
        self.taken_home.children = ()
        self._while_waiting(work)

    def _while_waiting(self, work: Any) -> None:
        self.check.disabled = self.make.disabled = self.package.disabled = True
        self.said.value = pieces.message(self.texts["working"], "", "status")
        try:
            work()
        except JobreportError as refused:
            text = refused.text(self.session.language)
            self.said.value = pieces.message(self.texts["refused_head"], text, "alert")
        except Exception as failure:
            self.said.value = pieces.failed(failure, self.texts)
        finally:
            self.bar.value = ""
            self.check.disabled = self.make.disabled = self.package.disabled = False

    def _checked(self) -> None:
        told = self.session.check(self.choices())
        self.said.value = pieces.message(self.texts["in_order"], told, "status")

    def _made(self) -> None:
        steps: list[str] = []

        def progress(step: str) -> None:
            steps.append(step)
            self.bar.value = pieces.progress(self.texts["progress"], min(len(steps), STEPS), STEPS, step)

        self.session.make(self.choices(), progress)
        self.said.value = pieces.message(self.texts["done"], "", "status")
        self.packed.value, pages = "", self.session.pages()
        self.taken_home.children = (
            pieces.heading(self.texts["download_head"]),
            ipywidgets.HTML(pieces.links(self.session.downloads(), self.texts["downloads"])),
            pieces.note(self.texts["download_help"]),
            pieces.note(self.texts["package_help"]),
            self.package,
            self.packed,
            pieces.heading(self.texts["preview"], 3),
            pieces.note(self.texts["preview_note"]),
            ipywidgets.HTML(pieces.images(pages, self.texts["preview"], self.texts["page"])),
        )

    def _packed(self) -> None:
        """Put the link where the button is, and say above, where all is said, that it is done."""
        self.packed.value = pieces.links(self.session.package(), self.texts["downloads"])
        self.said.value = pieces.message(self.texts["package_done"], "", "status")


def _day(picker: Any) -> str:
    return picker.value.isoformat() if picker.value else ""
