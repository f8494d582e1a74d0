"""Steps 5 and 6: the check, and the report with its front page, its files and a package."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets

from jobreport.desk.form import pieces, refusals
from jobreport.desk.form.about import About
from jobreport.desk.form.choices import Choices
from jobreport.desk.form.questions import Questions
from jobreport.desk.form.rounds import Rounds
from jobreport.desk.form.steps import Form, Part, Road, Step
from jobreport.errors import InputRefused, JobreportError, Problem

STEPS = 4  # what `report.run` tells of


class Making(Part):
    """What all steps together say, and the work that is made of it, with every refusal led to its field."""

    def __init__(
        self, form: Form, road: Road, steps: tuple[Questions, Rounds, About], offer: Callable[[list[str]], None]
    ) -> None:
        super().__init__(form)
        self.road, self.offer = road, offer  # the second is given the columns that a person may leave out
        self.questions, self.rounds, self.about = steps
        self.bar = ipywidgets.HTML()

    def choices(self) -> Choices:
        """Everything that stands in the form."""
        said, about, rounds, asked = self.said, self.about, self.rounds, self.questions
        names = {each.name: rounds.name_of(each.name) for each in self.session.rounds()}
        return Choices(
            name=said("name", self.session.name()).strip(),
            title=said("title", "").strip(),
            language=self.session.language,
            municipality_code=rounds.municipality,
            report_date=about.date,
            simulated=bool(said("simulated")),
            columns_confirmed=self.road.reached > refusals.ROUNDS,
            same_person=bool(said("same_person")),
            groups=rounds.groups_chosen(),
            group_labels=rounds.group_labels(),
            questions=asked.chosen(),
            other_waves=tuple(replace(each, wave=names.get(each.wave, each.wave)) for each in asked.of_other_waves()),
            waves=rounds.chosen(),
            wave_names=names,
            event=rounds.event(),
            evaluated_party=about.evaluated_party(),
            selection=said("selection", ""),
            description={key: said(f"about.{key}", "").strip() for key in self.texts["description"]},
            packages=dict(about.given),
            units=rounds.units.chosen(),
            unit=rounds.units.of_report,
            comments=about.comments.chosen(),
            sender=about.sender.chosen(),
            logo=about.sender.logo,
            carried=dict(said("carried", {})),
        )

    def working(self, told: str, work: Callable[[], None]) -> bool:
        """Do something that takes a while, with a bar; whether nothing stood in its way."""
        self.bar.value = pieces.progress(self.texts["progress"], 0, STEPS, told)
        return worked(work, self._lead, self.road, self.bar, self.session.language)

    def _lead(self, problems: Sequence[Problem]) -> None:
        names = {self.rounds.name_of(each.name): each.name for each in self.session.rounds()}
        found = refusals.told(problems, self.session.language, names)
        place = min((refusals.step(each.field) for each in found), default=self.road.at)
        self.offer(refusals.to_leave_out(problems, self.session.proposals[0].keys))
        self.road.tell(found, place)


def worked(
    work: Callable[[], object], refused: Callable[[Sequence[Problem]], None], road: Road, bar: Any, language: str
) -> bool:
    """Do something, and tell of what stood in its way: whether nothing did.

    ``refused``: leads to the fields that problems are about. ``bar``: shows that something is being done.
    """
    try:
        work()
    except InputRefused as found:
        refused(found.problems)
    except JobreportError as failed:
        road.said.value = pieces.message(road.texts["failed_head"], failed.text(language), "alert")
    except Exception as failure:
        road.said.value = pieces.failed(failure, road.texts)
    else:
        return True
    finally:
        bar.value = ""
    return False


class Check(Step):
    """The step: what the report will hold, as ``jobreport check`` says."""

    further = "make"

    def __init__(self, making: Making) -> None:
        super().__init__(making.form)
        self.making, self.told = making, ipywidgets.HTML()

    def body(self) -> list[Any]:
        """The verdict."""
        return [self.told, self.making.bar]

    def look(self) -> None:
        """Check everything; the step stays open only if nothing is wrong."""
        self.told.value = ""
        self.making.working(self.texts["checking"], self._checked)

    def _checked(self) -> None:
        told = self.session.check(self.making.choices())
        _, _, rest = told.partition("\n")  # (the first line names a file that nobody here has)
        texts = self.texts
        self.told.value = pieces.verdict(texts["in_order"], texts["can_be_made"], rest, texts["all_said"])

    def folded(self) -> str:
        """That nothing is wrong."""
        return escape(self.texts["in_order"])

    def leave(self) -> bool:
        """Make the report."""
        return self.making.working(self.texts["working"], self._made)

    def _made(self) -> None:
        steps: list[str] = []

        def progress(step: str) -> None:
            steps.append(step)
            done = min(len(steps), STEPS)
            self.making.bar.value = pieces.progress(self.texts["progress"], done, STEPS, step)

        self.session.make(self.making.choices(), progress)


class Made(Step):
    """The step: the front page, the files to take home, and a package for others."""

    def __init__(self, making: Making) -> None:
        super().__init__(making.form)
        self.making = making

    def body(self) -> list[Any]:
        """The front page as a picture, links, all pages."""
        texts, session = self.texts, self.session
        pages = pieces.pictures(session.report / "report.pdf") if session.report is not None else []
        package, packed = pieces.button(texts["package"]), ipywidgets.HTML()
        package.add_class("quiet")
        package.on_click(lambda pressed: self.making.working(texts["working"], lambda: self._packed(packed)))
        shown = ipywidgets.HTML(pieces.images(pages, texts["preview"], texts["page"]))
        return [
            pieces.note(texts["done"]),
            ipywidgets.HTML(pieces.front(pages[:1], texts["front"])),
            pieces.heading(texts["download_head"], 3),
            ipywidgets.HTML(pieces.links(session.downloads(), texts["downloads"])),
            pieces.note(texts["download_help"]),
            pieces.note(texts["package_help"]),
            package,
            packed,
            self.making.bar,
            pieces.more(texts["all_pages"], texts["fewer_pages"], lambda: [pieces.note(texts["preview_note"]), shown]),
        ]

    def _packed(self, place: Any) -> None:
        place.value = pieces.links(self.session.package(), self.texts["downloads"])
        self.making.road.said.value = pieces.message(self.texts["package_done"], "", "status")

    def folded(self) -> str:
        """That it is done."""
        return escape(self.texts["done"])

    def leave(self) -> bool:
        """There is no step after it."""
        return False
