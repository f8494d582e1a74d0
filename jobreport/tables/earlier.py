"""What the report before said beside what this one says, round by round, and which figures were revised."""

from functools import partial

from jobreport.domain.released import Row, rows
from jobreport.intake.formats.earlier import Earlier
from jobreport.page import Group, Heading, Paragraph, Parts, Table
from jobreport.tables.cells import Columns, TableWriter
from jobreport.wording import numbers

ROUNDS = 4  # of a table that stands on a page
Pair = tuple[Row, Row | None]


class EarlierTables(TableWriter):
    """Then and now."""

    def chapter(self, earlier: Earlier, changed: tuple[str, ...]) -> Group:
        """Return the figures of the report before beside today's, and why some were revised.

        ``changed``: which of data, codebook and program are not as they were.
        """
        heading = Heading(1, self.say("earlier.title"), "earlier-heading")
        pairs = self._pairs(earlier)
        if not pairs:
            return Group((heading, Paragraph(self.say("earlier.nothing"), kind="missing")))
        return Group((heading, Paragraph(self.revised(earlier, changed), kind="lead"), self._table(pairs)))

    def archive(self, earlier: Earlier | None, changed: tuple[str, ...]) -> tuple[Table, ...]:
        """Return every round that is known, with one line for each indicator; nothing where there is one round.

        ``earlier``: the report before, and those before it; None where the params name none. ``changed``: which of
        data, codebook and program are not as they were then.
        """
        own = {name: self._by_round(name, None) for name in self.questions_told()}
        then = {name: self._by_round(name, earlier) for name in own}
        waves = sorted({wave for held in (own, then) for found in held.values() for wave in found})
        asked = {name: then[name] | own[name] for name in own}
        if len(waves) < 2:
            return ()
        # (the latest rounds stand in the last table, which is full)
        starts = range(len(waves) % ROUNDS, len(waves) + 1, ROUNDS)
        parts = [waves[max(start - ROUNDS, 0) : start] for start in starts if start]
        book = self.say("archive.codebook") if "codebook" in changed and any(then.values()) else ()
        return tuple(self._rounds(at, part, asked, book) for at, part in enumerate(parts, start=1))

    def _by_round(self, name: str, earlier: Earlier | None) -> dict[str, Row]:
        told = self.told_by(name)
        if earlier is not None:
            found = rows(earlier.archive, "earlier", **told)
        else:
            found = self.rows("estimates", municipality_code=self.code, group_by="", **told)
        return {row.text("wave"): row for row in found if not row.spans_waves}

    def _rounds(self, at: int, waves: list[str], asked: dict[str, dict[str, Row]], book: Parts) -> Table:
        shown = [found[wave] for found in asked.values() for wave in waves if wave in found]
        rounds = self.of_waves(shown, waves, partial(self._round, asked))
        columns: Columns[str] = {"measure": self.indicator, **rounds}
        return self.table(f"archive-{at}", asked, columns, self.source(), book, shown=shown)

    def _round(self, asked: dict[str, dict[str, Row]], wave: str, name: str) -> Parts:
        row = asked[name].get(wave)
        if row is None:
            return self.say("common.not_asked")
        if self.not_there(row) is not None or not row.has("estimate", "n"):
            return self.level_cell(row)
        return (*self.level_cell(row), *self.say("archive.base", row=row))

    def revised(self, earlier: Earlier, changed: tuple[str, ...]) -> Parts:
        """Return how many figures of then are told otherwise now, and what is not as it was."""
        pairs = self._pairs(earlier)
        if not pairs:
            return self.say("earlier.nothing")
        dated = numbers.bound(pairs[0][0].text("date"), pairs[0][0], "date")
        seen = [self._now(*pair) for pair in pairs]
        if "yes" not in seen:
            return self.say(f"earlier.same.{'_'.join(sorted({*seen}))}", date=dated)
        names: list[Parts] = [(self.word(f"earlier.because.{name}"),) for name in changed]
        why = self.listing(names) if names else (self.word("common.not_stated"),)
        moved = [row for (row, _), now in zip(pairs, seen, strict=True) if now == "yes"]
        listed = {(row.text("indicator"), row.text("wave")): row for row in moved}
        named = [(self.indicator(name), " (", self.window(row), ")") for (name, _), row in listed.items()]
        return self.say("earlier.revised", date=dated, list=self.listing([*named]), why=why)

    def _pairs(self, earlier: Earlier) -> list[Pair]:
        found: list[Pair] = []
        for name in self.questions_told():
            told = self.told_by(name)
            for row in rows(earlier.figures, "earlier", **told):
                which = told | {"municipality_code": self.code, "group_by": "", "wave": row.text("wave")}
                found.append((row, self.one("estimates", **which)))
        return found

    def _now(self, then: Row, now: Row | None) -> str:
        # Whether another number is printed now ('yes', 'no'); 'gone': none is that could be held against that of then.
        if now is None or now.suppressed or not now.has("estimate"):
            return "gone"
        return "no" if self.number(then, "estimate").text == self.number(now, "estimate").text else "yes"

    def _table(self, pairs: list[Pair]) -> Table:
        columns: Columns[Pair] = {
            "measure": lambda pair: self.indicator(pair[0].text("indicator")),
            "wave": lambda pair: self.window(pair[0]),
            "then": lambda pair: self.value_cell(pair[1] if pair[1] and pair[1].suppressed else pair[0]),
            "now": lambda pair: self.value_cell(pair[1]),
            "revised": lambda pair: self.word(f"earlier.{self._now(*pair)}"),
        }
        return self.table("earlier", pairs, columns, self.source(), shown=[now for _, now in pairs])
