"""Who publishes the report: name, whom to ask, logo and colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jobreport.desk.form import pieces
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.steps import Fields
from jobreport.desk.form.uploads import Uploads, one_file

LOGO = "logo"
WRITTEN = ("name", "contact", "logo_text", "colour")


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
