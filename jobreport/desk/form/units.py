"""Units of the municipality (nursing homes, schools, teams): which column tells them, and what they are called."""

from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets

from jobreport.desk.form import pieces
from jobreport.desk.form.refusals import Refusal
from jobreport.desk.form.session import Session
from jobreport.desk.form.steps import Fields
from jobreport.prepare.init.units import Found, coded, found


class Units:
    """The part of step 3 that asks for units; ``municipality`` tells whose they are."""

    def __init__(self, session: Session, fields: Fields, texts: Any, municipality: Callable[[], str]) -> None:
        self.session, self.fields, self.texts, self.municipality = session, fields, texts, municipality
        self.named = ipywidgets.VBox()

    def body(self, heard: Callable[[], None]) -> list[Any]:
        """The column, and what its units are called; ``heard`` is told of another column."""
        texts, first = self.texts, self.session.proposals[0]
        likely, columns = first.keys.get("unit"), [] if self.session.has_codebook else self._columns()
        if not columns or first.is_table:
            return []
        ways = [(pieces.column(texts, *column), column[0]) for column in columns]
        menu = self.fields.add("unit_from", pieces.menu(texts["unit_from"], [(texts["no_units"], ""), *ways], ""))
        menu.observe(lambda change: heard(), names="value")
        menu.observe(lambda change: self.draw(), names="value")
        self.draw()
        told = [pieces.note(texts["units_likely"].format(column=likely.name))] if likely is not None else []
        return [pieces.heading(texts["units_head"], 3), pieces.note(texts["units_help"]), *told, menu, self.named]

    def _columns(self) -> list[tuple[str, str]]:
        keys = self.session.proposals[0].keys
        taken = {column.name for key, column in keys.items() if key != "unit"}
        free = [column for column in self.session.columns_for("unit") if column[0] not in taken]
        return sorted(free, key=lambda column: "unit" not in keys or column[0] != keys["unit"].name)

    def draw(self) -> None:
        """Ask for the names of those that the chosen column has."""
        if not self.fields.said("unit_from"):
            self.named.children = ()
            return
        texts, add = self.texts, self.fields.add
        names = [add(f"unit.{each.cell}", pieces.text_field(each.cell, each.label)) for each in self._found()]
        menu = add("unit_of_report", pieces.menu(texts["unit_of_report"], self._reports(), ""))
        for name in names:
            name.observe(lambda change: self._rename(menu), names="value")
        self.named.children = (pieces.note(texts["unit_names"]), *names, menu)

    def _reports(self) -> list[tuple[str, str]]:
        named = self.chosen()
        first = {unit: cell for cell, unit in list(coded(named).items())[::-1]}
        units = [(named[cell], cell) for cell in named if cell in first.values()]
        return [(self.texts["whole_municipality"], ""), *units]

    def _rename(self, menu: Any) -> None:
        said, options = menu.value, self._reports()
        menu.options = options
        menu.value = said if said in [cell for _, cell in options] else ""

    def _found(self) -> list[Found]:
        return found(self.session.proposals, self.municipality())

    def chosen(self) -> dict[str, str]:
        """What stands in the column -> what it is called; empty where the report knows no units."""
        if self.session.has_codebook or not self.fields.said("unit_from"):
            return {}
        return {each.cell: self.fields.said(f"unit.{each.cell}", each.label).strip() for each in self._found()}

    @property
    def of_report(self) -> str:
        """What stands in the column for the unit that the report is about; '' for the whole municipality."""
        said: str = self.fields.said("unit_of_report", "")
        return said if said in self.chosen() else ""

    def lacks(self) -> Iterator[Refusal]:
        """A name for each."""
        for cell, name in self.chosen().items():
            if not name:
                yield Refusal(self.texts["needs"]["unit"].format(cell=cell), f"unit.{cell}")
