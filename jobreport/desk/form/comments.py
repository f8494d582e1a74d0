"""Comments that somebody has read and coded, and quotations that somebody has approved; no text is read here."""

from collections.abc import Iterator
from typing import Any

import ipywidgets

from jobreport.desk.form import pieces
from jobreport.desk.form.choices import CommentsChoice
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.session import Session
from jobreport.desk.form.steps import Fields
from jobreport.desk.form.uploads import Uploads, laid, one_file
from jobreport.errors import InputRefused
from jobreport.intake.formats.tables import read_table

CODED, QUOTATIONS = "comments", "quotations"


class Comments:
    """The part of step 4 that asks for comments: two files, what was asked, and what the themes are called."""

    def __init__(self, session: Session, fields: Fields, texts: Any, kept: Uploads) -> None:
        self.session, self.fields, self.texts, self.kept = session, fields, texts, kept
        self.asked, self.refused = ipywidgets.VBox(), ""
        self.columns: list[str] = []
        self._read()

    @property
    def is_begun(self) -> bool:
        """Whether a file was chosen, now or last time."""
        return bool({CODED, QUOTATIONS} & set(self.kept) or self.fields.said("comments.expected"))

    def body(self) -> list[Any]:
        """The two files, and what belongs to the first."""
        texts, held = self.texts["comments"], (self.texts["beside"], self.fields, self.kept)
        coded = one_file(CODED, ".csv,.xlsx,.ods", *held, self._taken)
        quotations = one_file(QUOTATIONS, ".csv", *held, lambda: None)
        self._draw()
        head = [pieces.heading(texts["head"], 3), pieces.note(texts["help"])]
        if self.fields.said("comments.expected") and CODED not in self.kept:
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
        texts, add = self.texts["comments"], self.fields.add
        keys = [(name, name) for name in self._keys]
        key = [add("comments.key", pieces.menu(texts["key"], keys))] if len(keys) > 1 else []
        asked = add("comments.wording", pieces.text_field(texts["wording"], self._wording, texts["wording_example"]))
        names = [
            add(f"comments.theme.{name}", pieces.text_field(name, name.capitalize(), texts["theme_example"]))
            for name in self.themes
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
        said, keys = self.fields.said("comments.key"), self._keys
        return said if said in keys else next(iter(keys), "")

    @property
    def themes(self) -> list[str]:
        """The other columns."""
        return [name for name in self.columns if name not in (self.key, self._wave)]

    def chosen(self) -> CommentsChoice | None:
        """What was chosen; None without a file of coded comments."""
        if CODED not in self.kept:
            return None
        said = self.fields.said
        names = {name: said(f"comments.theme.{name}", name.capitalize()).strip() for name in self.themes}
        wording = said("comments.wording", self._wording).strip()
        return CommentsChoice(self.kept[CODED], self.kept.get(QUOTATIONS), self.key, wording, names)

    def lacks(self) -> Iterator[Refusal]:
        """A file that can be read, a key, and what was asked."""
        needs = self.texts["needs"]
        if self.refused:
            yield Refusal(self.refused, CODED)
        chosen = self.chosen()
        if chosen is None:
            if QUOTATIONS in self.kept:
                yield Refusal(needs["coded"], CODED)
        elif not self.refused and not self.session.has_codebook:
            if not self.key or not self.themes:
                yield Refusal(needs["comment_key" if not self.key else "themes"], CODED)
            elif not chosen.wording:
                yield Refusal(needs["comment_wording"], "comments.wording")
            for name in (name for name, label in chosen.themes.items() if not label):
                yield Refusal(needs["theme"].format(column=name), f"comments.theme.{name}")
