"""Step 4: what the report is called, what is known about the survey, its comments, and who publishes it."""

import datetime
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, get_args

import ipywidgets

from jobreport.desk.form import days, pieces
from jobreport.desk.form.comments import Comments
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.rounds import Rounds, day, no_day
from jobreport.desk.form.session import Session
from jobreport.desk.form.steps import Fields
from jobreport.desk.form.uploads import Uploads, one_file
from jobreport.setup.params_model import Act

ACTS, NOTHING = get_args(Act), "nothing"
LOGO = "logo"
WRITTEN = ("name", "contact", "logo_text", "colour")  # of the sender
FIRST = ("commissioner", "collector", "target_population", "mode")  # what a reader asks first of a survey


class About:
    """The step: what the report is called, its date, and what is known about the survey."""

    def __init__(
        self, session: Session, fields: Fields, texts: Any, rounds: Rounds, given: dict[str, bytes], kept: Uploads
    ) -> None:
        self.session, self.fields, self.texts, self.rounds = session, fields, texts, rounds
        self.given = given  # packages of other municipalities: name -> content
        self.named = ipywidgets.HTML(pieces.listed(self.given))
        self.title, self.further = texts["steps"]["about"], texts["check"]
        self.packages = pieces.upload(texts["packages"], ".zip", several_files=True)
        self.comments, self.sender = Comments(session, fields, texts, kept), Sender(fields, texts, kept)
        self.packages.observe(lambda change: self._take(change["new"]), names="value")

    def body(self) -> list[Any]:
        """Four questions that matter first, and the others folded."""
        texts, add, language = self.texts, self.fields.add, self.session.language
        description = {
            key: add(f"about.{key}", pieces.text_field(label, example=texts["examples"][key]))
            for key, label in texts["description"].items()
        }
        done = [(texts["did"][key], key) for key in (*ACTS, NOTHING)]
        ways = [(texts["not_stated"], ""), *((label, key) for key, label in texts["selections"].items())]
        others = [field for key, field in description.items() if key not in FIRST]
        changed = any(self.fields.said(f"about.{key}") for key in texts["description"] if key not in FIRST)
        changed |= self.sender.is_begun or self.comments.is_begun
        lost = ", ".join(self.fields.said("lost", ()))
        return [
            *([pieces.note(texts["lost"].format(names=lost))] if lost else []),
            add("title", pieces.text_field(texts["title_of_report"], "", texts["title_example"])),
            add("date", pieces.text_field(texts["report_date"], days.write(self.proposed, language))),
            add("simulated", pieces.tick(texts["simulated"])),
            pieces.heading(texts["description_head"], 3),
            pieces.note(texts["description_help"]),
            *(description[key] for key in FIRST),
            add("selection", pieces.menu(texts["selection"], ways)),
            add("did", pieces.Ticks(texts["evaluated_party"], done)),
            pieces.more(texts["more_head"], texts["more_less"], lambda: [*others, *self._further()], begun=changed),
        ]

    def _further(self) -> list[Any]:
        texts = self.texts
        packages = [pieces.heading(texts["packages_head"], 3), pieces.note(texts["packages_help"]), self.packages]
        name = self.fields.add("name", pieces.text_field(texts["name"], self.session.name()))
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
        return day(self.fields, "date", self.proposed)

    def evaluated_party(self) -> tuple[str, ...] | None:
        """What the municipality or its jobcentre did itself: nothing (``()``), or not stated (None)."""
        said = tuple(self.fields.said("did", ()))
        return tuple(act for act in said if act != NOTHING) or (() if said else None)

    def folded(self) -> str:
        """Title and date."""
        title = self.fields.said("title", "").strip() or self.fields.said("name", self.session.name())
        return escape(f"{title}, {days.write(self.date, self.session.language)}")

    def lacks(self) -> list[Refusal]:
        """A date that is none, and what the comments and the sender lack."""
        return [*no_day(self.fields, self.texts, ["date"]), *self.comments.lacks(), *self.sender.lacks()]

    def leave(self) -> bool:
        """Nothing is left to do; the check follows."""
        return True


class Sender:
    """The part of step 4 that asks who publishes the report."""

    def __init__(self, fields: Fields, texts: Any, kept: Uploads) -> None:
        self.fields, self.texts, self.kept = fields, texts, kept

    @property
    def is_begun(self) -> bool:
        """Whether anything was said of it."""
        return LOGO in self.kept or any(self.chosen().values())

    def body(self) -> list[Any]:
        """A field for each, with an example."""
        texts = self.texts["sender"]
        made = {
            key: self.fields.add(f"sender.{key}", pieces.text_field(texts[key], "", texts["examples"][key]))
            for key in WRITTEN
        }
        logo = one_file(LOGO, ".svg,.png", self.texts["beside"], self.fields, self.kept, lambda: None)
        head = [pieces.heading(texts["head"], 3), pieces.note(texts["help"])]
        return [*head, made["name"], made["contact"], logo, made["logo_text"], made["colour"]]

    def chosen(self) -> dict[str, str]:
        """What was written, without what is empty."""
        said = {key: self.fields.said(f"sender.{key}", "").strip() for key in WRITTEN}
        return {key: text for key, text in said.items() if text}

    @property
    def logo(self) -> tuple[str, bytes] | None:
        """Name and content of the logo."""
        return self.kept.get(LOGO)

    def lacks(self) -> Iterator[Refusal]:
        """A name, where anything else is said; and what the logo shows."""
        needs, said = self.texts["needs"], self.chosen()
        if (said or LOGO in self.kept) and "name" not in said:
            yield Refusal(needs["sender"], "sender.name")
        if LOGO in self.kept and "logo_text" not in said:
            yield Refusal(needs["logo_text"], "sender.logo_text")
