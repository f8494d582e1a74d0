"""The writer of a report: texts, names, numbers and released rows bound together once, and a few verbs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Self

import pandas as pd

from jobreport.domain.released import Row, Searched, one, rows
from jobreport.page import Inline, Number, Paragraph, Parts, Strong
from jobreport.wording import numbers
from jobreport.wording.labels import Labels
from jobreport.wording.phrases import CONTROL_MOVED, NO_BREAK
from jobreport.wording.texts import Filling, listing, sentences


@dataclass(frozen=True, eq=False)
class Writer(Labels):
    """What a report is written with. The writer of a subject, as of a figure, is made `of` the report's.

    ``rounds``: released changes from round to round, since the previous and since the first, whatever ``changes``
    holds. ``others_told``: whether others' figures are compared that they told themselves, in packages.

    Examples
    --------
    >>> from jobreport.page import plain
    >>> from jobreport.setup.params_model import Params
    >>> from jobreport.wording.texts import read_texts
    >>> writer = Writer(read_texts("en"), Params.model_validate({"name": "x", "municipality_code": "183"}))
    >>> plain(writer.with_unit(Row("estimates", "k", {"estimate": 0.594, "unit": "share"}))).replace("\u00a0", " ")
    '59 per cent'
    """

    estimates: pd.DataFrame = field(default_factory=pd.DataFrame)
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    diagnostics: pd.DataFrame = field(default_factory=pd.DataFrame)
    rounds: pd.DataFrame = field(default_factory=pd.DataFrame)
    others_told: bool = False

    @classmethod
    def of(cls, writer: Labels, **tables: pd.DataFrame) -> Self:
        """Return the writer of a subject with all that another has bound; ``tables`` take the place of its own."""
        bound = {one.name: getattr(writer, one.name) for one in fields(cls) if hasattr(writer, one.name)}
        return cls(**bound | tables)

    def begin(self) -> None:
        """Prepare every search of the released rows, before processes part that will search in them."""
        for table in (self.estimates, self.changes, self.diagnostics, self.rounds):
            if isinstance(table, Searched):
                table.begin()

    def rows(self, table: str, *known: str, **criteria: str | tuple[str, ...]) -> list[Row]:
        """Return the released rows with these values: of 'estimates', 'changes' or 'diagnostics', if there are any.

        ``known``: columns in which they must hold a number.
        """
        held: pd.DataFrame = getattr(self, table)
        return [row for row in rows(held, table, **criteria) if row.has(*known)] if len(held) else []

    def one(self, table: str, *known: str, **criteria: str | tuple[str, ...]) -> Row | None:
        """Return the only released row with these values if it holds the ``known`` numbers; several are an error."""
        held: pd.DataFrame = getattr(self, table)
        found = one(held, table, **criteria) if len(held) else None
        return found if found is not None and found.has(*known) else None

    def change_of(self, indicator: str, **other: str) -> Row | None:
        """Return a municipality's own change in the main measure, everybody together, unadjusted.

        ``other``: values of columns that take the place of these.
        """
        chosen = {"method": "change", "adjustment": "", "group_by": "", "scale": "points"}
        return self.one("changes", **self.told_by(indicator) | chosen | {"municipality_code": self.code} | other)

    def effect_of(self, indicator: str, **other: str) -> Row | None:
        """Return its difference from the other municipalities, likewise."""
        return self.change_of(indicator, method="effect", **other)

    def level_of(self, change: Row, side: str, **other: str) -> Row | None:
        """Return the level 'before' or 'after' a change; None where it may not be shown."""
        columns = ("indicator", "measure", "category", "municipality_code", "group_by", "group")
        same = {name: change.text(name) for name in columns} | {"wave": change.text(f"wave_{side}")}
        return self.one("estimates", "estimate", **same | other)

    def ends_of(self, change: Row, **other: str) -> dict[str, Row]:
        """Return the levels 'before' and 'after' a change, where both may be shown."""
        found = {side: self.level_of(change, side, **other) for side in ("before", "after")}
        known = {side: row for side, row in found.items() if row is not None}
        return known if len(known) == len(found) else {}

    def between_rounds(self, names: tuple[str, ...], **criteria: str) -> list[Row]:
        """Return changes of these indicators and questions from round to round, by what each is told by."""
        told = [self.told_by(name) | {"method": "change", "municipality_code": self.code} | criteria for name in names]
        return [row for which in told if len(self.rounds) for row in rows(self.rounds, "changes", **which)]

    # ------------------------------------------------------------------ words

    def say(self, key: str, **names: Filling | Row) -> Parts:
        """Return a text with its names filled; a text names a row's columns and their forms itself.

        ``{row.change:signed}`` is a cell of the row that is given as ``row``, ``{row:interval}`` what is made of all of
        it, ``{power:rule}`` one of the project's fixed numbers; ``{municipality}`` is the report's own unless given.

        Raises
        ------
        KeyError
            If the text uses a name that is not given, a column that the row lacks or a form that there is not.
        """
        filled = {name: filling for name, filling in names.items() if not isinstance(filling, Row)}
        for name, form in self.texts.fields(key):
            if form:
                filled[f"{name}:{form}"] = self._formed(name, form, names)
            elif name == "municipality":
                filled.setdefault(name, self.municipality(self.code))
        return self.texts.fill(key, **filled)

    def _formed(self, name: str, form: str, names: Mapping[str, Filling | Row]) -> Filling:
        if form == "rule":
            return self.rule(name)
        of, _, column = name.partition(".")
        row = names[of]
        if not isinstance(row, Row) or (column and column not in row.cells):
            raise KeyError(f"{name}: no such cell of a row")
        if form in NAMES:
            return NAMES[form](self, row.text(column))
        return FORMS[form](self, row, *([column] if column else []))

    def word(self, key: str) -> str:
        """Return a text that has no names to fill."""
        return self.texts.word(key)

    def listing(self, items: list[Parts]) -> Parts:
        """Return 'a, b og c'."""
        return listing(items, self.texts)

    def source(self, indicator: str = "") -> Parts:
        """Return the source line of a register series, or of the survey."""
        for place, series in enumerate(self.params.registers):
            if series.series == indicator:
                stated = self.texts.of(series.source) if series.source else self.word("common.not_stated")
                named = numbers.params_text(stated, f"registers.{place}.source.{self.language}")
                return self.say("common.source_own", source=named)
        return self.say("common.source_own", source=self.own_survey())

    def source_of_all(self, indicator: str) -> Parts:
        """Return the source line of what holds other municipalities' figures too, some of which they may have told."""
        official = indicator in {series.series for series in self.params.registers}
        if official or not self.others_told:
            return self.source(indicator)
        return self.say("common.source_told", source=self.own_survey())

    def own_survey(self) -> str:
        """Return what the report's own figures of a survey rest on."""
        survey = self.params.survey
        return self.word(f"common.{'simulated' if survey is not None and survey.simulated else 'survey'}_source")

    def nothing(self, indicator: str, why: str = "nothing") -> Paragraph:
        """Return the sentence that stands where a figure or a table has nothing to show; ``why`` is its key."""
        return Paragraph(self.say(f"figures.{why}", name=self.about(indicator)), kind="missing")

    def missing(self, section: str) -> Paragraph:
        """Return what a section says that has no data: 'ikke oplyst', and how to supply a file."""
        return Paragraph(self.say(f"missing.{section}"), kind="missing")

    # ------------------------------------------------------------------ numbers

    def limit(self, name: str) -> Number:
        """Return one of the limits below which little is hidden or marked, as the params set it."""
        return self.params_number(getattr(self.params.disclosure, name), f"disclosure.{name}")

    def interval(self, row: Row, *, short: bool = False) -> Parts:
        """Return '95 pct.-interval: −1,44 til −0,14'; changes are written with their sign."""
        sign = row.table == "changes"
        low, high = (self.number(row, column, sign=sign) for column in ("ci_low", "ci_high"))
        if short:
            return self.say("common.interval_short", low=low, high=high)
        return self.say("common.interval", level=self.rule("interval_level"), low=low, high=high)

    def rank(self, row: Row) -> Parts:
        """Return 'nr. 3 af 97'."""
        return self.say("common.rank", row=row)

    def unit_after(self, row: Row) -> Parts:
        """Return a level's unit with the space before it; nothing for a mean."""
        word = self.unit(row)
        return (NO_BREAK + word,) if word else ()

    def with_unit(self, row: Row, column: str = "estimate") -> Parts:
        """Return '59 pct.'."""
        return (self.number(row, column), *self.unit_after(row))

    def strong(self, name: str) -> Strong:
        """Return the short name of an indicator, in bold."""
        return Strong((self.indicator(name),))

    def moved(self, row: Row, how: str = "") -> Inline:
        """Return 'steg', 'faldt' or 'var uændret', as the printed number says; ``how``: in front of how much."""
        value = numbers.printed(row, "change")
        return self.word(f"common.{'rise' if value > 0 else 'fall' if value < 0 else 'same'}{how}")

    def direction(self, row: Row) -> Inline:
        """Return 'højere' or 'lavere'."""
        return self.word("common.higher" if row.value("change") > 0 else "common.lower")

    def reasons(self, row: Row) -> Parts:
        """Return the sentences for everything that the row's reason says."""
        known = {key: value for key, value in row.reasons.items() if self.texts.has(f"reasons.{key}")}
        named = {CONTROL_MOVED: self.about}  # (of the others the value is no name)
        texts = (self.say(f"reasons.{key}", name=named[key](v) if key in named else "") for key, v in known.items())
        return sentences(*texts)


FORMS: Mapping[str, Callable[..., Filling]] = {
    "number": Writer.number,
    "signed": partial(Writer.number, sign=True),
    "size": partial(Writer.number, size=True),
    "whole": partial(Writer.number, decimals=0, plain=True),
    "times": partial(Writer.number, decimals=1, plain=True),
    "ratio": partial(Writer.number, decimals=2, plain=True),
    "thousandths": partial(Writer.number, decimals=3, plain=True),
    "count": Writer.count,
    "level": Writer.with_unit,
    "unit": Writer.unit_after,
    "change_unit": partial(Writer.unit, change=True),
    "axis_unit": Writer.axis_unit,
    "interval": Writer.interval,
    "range": partial(Writer.interval, short=True),
    "rank": Writer.rank,
    "ranked": Writer.ranked,
    "direction": Writer.direction,
    "moved": Writer.moved,
    "moved_by": partial(Writer.moved, how="_by"),
    "moved_it": partial(Writer.moved, how="_it"),
    "window": Writer.window,
    "written": Writer.written,
    "p_value": Writer.p_value,
}
"""What a text may write a number or a row as."""
NAMES: Mapping[str, Callable[..., Filling]] = {
    "name": Writer.indicator,
    "strong": Writer.strong,
    "definite": Writer.definite,
    "about": Writer.about,
    "grouping": Writer.grouping,
    "place": Writer.municipality,
}
"""What a text may write the name in a cell as."""
