"""What comments were about: of how many who wrote one, and of how many who answered; and approved quotations."""

from collections.abc import Iterator

import pandas as pd

from jobreport.domain.released import OF_ANSWERED, Row, rows
from jobreport.page import Block, Bullets, Group, Heading, Paragraph, Parts, Table
from jobreport.setup.codebook import Comments
from jobreport.setup.coding import normal
from jobreport.tables.cells import Columns, TableWriter
from jobreport.wording import numbers

OF_COMMENTED = "share"
Pair = tuple[str, Row, Row]  # what a theme is called, and its two shares


class CommentTables(TableWriter):
    """Comments, as somebody coded them; no text of theirs was read."""

    def chapter(self, asked: Comments, quotations: pd.DataFrame | None) -> Group | None:
        """Return the chapter on comments; None where none were coded.

        ``asked``: the open question and its themes. ``quotations``: approved ones, of any municipality; None where the
        params name none.
        """
        wrote = [row for row in self._shares(asked.commented.name, OF_COMMENTED) if row.asked]
        pairs = [pair for theme in asked.themes for pair in self._pairs(theme.name, self.texts.of(theme.label))]
        if not wrote or not pairs:
            return None
        blocks: list[Block] = [
            Heading(1, self.say("comments.title"), "comments-heading"),
            Paragraph(self.say("common.quoted", text=self.texts.of(asked.wording)), kind="question"),
            *self._lead(wrote[-1], [pair for pair in pairs if pair[1].text("wave") == wrote[-1].text("wave")]),
            self._table(pairs, asked.commented.name),
        ]
        said = [] if quotations is None else [*self._quoted(quotations, wrote)]
        if said:
            blocks.append(Heading(2, self.say("comments.quotations"), "quotations-heading"))
            blocks += [Paragraph(self.say("comments.chosen"), kind="note"), Bullets(tuple(said))]
        return Group(tuple(blocks))

    def _shares(self, name: str, measure: str) -> list[Row]:
        which = {"indicator": name, "measure": measure, "category": "positive", "group_by": ""}
        return sorted(self.rows("estimates", municipality_code=self.code, **which), key=lambda row: row.text("wave"))

    def _pairs(self, name: str, theme: str) -> Iterator[Pair]:
        of_all = {row.text("wave"): row for row in self._shares(name, OF_ANSWERED)}
        for row in reversed(self._shares(name, OF_COMMENTED)):
            if row.asked:
                yield theme, row, of_all[row.text("wave")]

    def _lead(self, wrote: Row, pairs: list[Pair]) -> Iterator[Paragraph]:
        told = [pair for pair in pairs if pair[1].has("estimate", "n") and pair[2].has("estimate")]
        if not told or not wrote.has("estimate", "n"):
            return
        theme, row, of_all = max(told, key=lambda pair: pair[1].value("estimate"))
        quoted = self.say("common.quoted", text=theme)
        yield Paragraph(self.say("comments.lead", wrote=wrote, row=row), kind="lead")
        shown = [numbers.printed(pair[1], "estimate") for pair in told]
        if len(shown) == len(pairs) and shown.count(max(shown)) == 1:  # (one that is hidden may be of more)
            yield Paragraph(self.say("comments.most", theme=quoted, row=row, of_all=of_all))

    def _table(self, pairs: list[Pair], name: str) -> Table:
        columns: Columns[Pair] = {
            "theme": lambda pair: pair[0],
            "wave": lambda pair: self.window(pair[1]),
            "of_commented": lambda pair: self.level_cell(pair[1]),
            "commented_n": lambda pair: self.base_cell(pair[1]),
            "of_answered": lambda pair: self.level_cell(pair[2]),
            "answered_n": lambda pair: self.base_cell(pair[2]),
        }
        coded = self.say("comments.coded", least=self.limit("suppress_cells_below"))
        return self.table("comments", pairs, columns, self.source(name), coded)

    def _quoted(self, quotations: pd.DataFrame, wrote: list[Row]) -> Iterator[Parts]:
        waves = {normal(row.text("wave")) for row in wrote if not row.suppressed}
        for row in rows(quotations, "quotations", municipality_code=self.code):
            if normal(row.text("wave")) in waves:
                said = {
                    "text": self.say("common.quoted", text=self.written(row, "text")),
                    "wave": self.written(row, "wave"),
                    "group": numbers.bound(self.group(row.text("group_by"), row.text("group")), row, "group"),
                }
                yield self.say(f"comments.{'said_in' if self._may_name(row) else 'said'}", **said)

    def _may_name(self, row: Row) -> bool:
        # Whether the group of a quotation is shown in its round: one that is hidden stands beside nobody's words.
        if not row.text("group_by"):
            return False
        which = {"group_by": row.text("group_by"), "group": row.text("group"), "measure": OF_COMMENTED}
        found = self.rows("estimates", municipality_code=self.code, category="positive", **which)
        own = [each for each in found if normal(each.text("wave")) == normal(row.text("wave"))]
        return bool(own) and not any(each.suppressed for each in own)
