"""Danmarks Statistik's StatBank API, version 1: what a table holds, and its cells.

Facts about the service from its documentation (dst.dk, "Statistikbank API"): POST JSON to ``tableinfo``
and ``data``, no key; formats that are not streamed hold at most 1,000,000 cells, counted as rows x
(variables + 1); the streamed BULK has no limit, cannot sum a variable away, comes unsorted and leaves out
rows whose value is the table's ``suppressedDataValue``; errors are JSON with errorTypeCode and message.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobreport import municipalities
from jobreport.errors import FetchFailed, Problem
from jobreport.fetch.cells import Cells, from_bulk, from_jsonstat
from jobreport.fetch.connection import JSON_TYPES, TEXT_TYPES, Connection, as_json

ADDRESS = "https://api.statbank.dk/v1"
LICENCE = "CC BY 4.0, Danmarks Statistik"
SOURCE = "Danmarks Statistik"
MOST_CELLS = 1_000_000
MOST_PARTS = 20
FORMATS = ("jsonstat", "bulk")
TOTAL_CODES = ("TOT", "IALT")
TOTAL_TEXTS = ("i alt", "total", "alder i alt", "køn i alt", "age, total", "all ages")
TOO_MANY = "REQUEST-LIMIT"


@dataclass(frozen=True)
class Variable:
    """One variable of a table: its code, whether it is time, and its labels (code to text)."""

    code: str
    time: bool
    labels: Mapping[str, str]

    def total(self) -> str | None:
        """Code of the value that sums all others; None if the table does not mark one."""
        coded = [code for code in self.labels if code.upper() in TOTAL_CODES]
        worded = [code for code, text in self.labels.items() if text.strip().lower() in TOTAL_TEXTS]
        return next(iter([*coded, *worded]), None)

    def is_area(self) -> bool:
        """Whether most of the 98 municipalities are among the values."""
        return sum(code in self.labels for code in municipalities.names()) > len(municipalities.names()) // 2


@dataclass(frozen=True)
class Table:
    """What the API says of a table.

    ``left_out`` is the value of cells that streaming formats leave out; NaN if the table states none.
    """

    table: str
    title: str
    unit: str
    updated: str
    left_out: float
    variables: tuple[Variable, ...]

    def variable(self, code: str) -> Variable:
        """Return a variable by its code, whatever its case.

        Raises
        ------
        FetchFailed
            If the table has no such variable (any more).
        """
        found = [variable for variable in self.variables if variable.code.upper() == code.upper()]
        if not found:
            facts = {"variables": [code], "found": [variable.code for variable in self.variables]}
            raise FetchFailed(Problem("fetch_variable_gone", self.table, facts))
        return found[0]

    def area(self) -> Variable:
        """Return the variable that holds the municipalities."""
        return self._only("is_area", [variable for variable in self.variables if variable.is_area()])

    def time(self) -> Variable:
        """Return the variable that holds the periods."""
        return self._only("time", [variable for variable in self.variables if variable.time])

    def _only(self, role: str, found: Sequence[Variable]) -> Variable:
        if len(found) != 1:
            facts = {"role": role, "found": [variable.code for variable in self.variables]}
            raise FetchFailed(Problem("fetch_role_gone", self.table, facts))
        return found[0]


@dataclass(frozen=True)
class StatBank:
    """A client. ``most_cells`` is the service's limit on answers that are not streamed."""

    connection: Connection
    most_cells: int = MOST_CELLS

    def table(self, table: str, language: str) -> Table:
        """Ask what a table holds.

        Raises
        ------
        FetchFailed
            If there is no such table, or the answer describes none.
        """
        where = f"{self.connection.base}/tableinfo"
        question = {"table": table, "lang": language, "format": "JSON"}
        told = as_json(self.connection.ask("tableinfo", question, JSON_TYPES), where)
        try:
            return Table(
                table=str(told["id"]).upper(),
                title=str(told["text"]),
                unit=str(told["unit"]),
                updated=str(told["updated"]),
                left_out=_left_out(told.get("suppressedDataValue")),
                variables=tuple(_variable(variable) for variable in told["variables"]),
            )
        except (KeyError, TypeError, AttributeError):
            raise FetchFailed(Problem("fetch_not_table", where, {"table": table})) from None

    def plan(self, table: Table, selection: Mapping[str, Sequence[str]], form: str | None) -> Iterator[Part]:
        """Divide a selection into questions under the cell limit, by period; BULK if that makes too many."""
        time = table.time().code
        periods = list(selection[time])
        row = math.prod(len(codes) for name, codes in selection.items() if name != time)
        fits = max(self.most_cells // (row * (len(selection) + 1)), 0)
        parts = math.ceil(len(periods) / fits) if fits else len(periods) * MOST_PARTS
        form = form or ("jsonstat" if fits and parts <= MOST_PARTS else "bulk")
        size = fits if form == "jsonstat" and fits else max(math.ceil(len(periods) / MOST_PARTS), 1)
        for start in range(0, len(periods), size):
            yield Part(form, {**selection, time: periods[start : start + size]})

    def cells(self, table: Table, part: Part, language: str) -> Cells:
        """Ask for the cells of one part; if the service has lowered its limit, ask for them as BULK.

        Raises
        ------
        FetchFailed
            See `Connection.ask`, `from_jsonstat` and `from_bulk`.
        """
        try:
            return self._cells(table, part, language)
        except FetchFailed as failed:
            if part.form != "jsonstat" or failed.facts.get("code") != TOO_MANY:
                raise
        return self._cells(table, Part("bulk", part.selection), language)

    def _cells(self, table: Table, part: Part, language: str) -> Cells:
        where = f"{self.connection.base}/data, {table.table}"
        question = part.question(table.table, language)
        if part.form == "jsonstat":
            answer = self.connection.ask("data", question, JSON_TYPES)
            return from_jsonstat(as_json(answer, where), part.selection, where)
        answer = self.connection.ask("data", question, TEXT_TYPES)
        return from_bulk(answer.text(where), part.selection, table.left_out, language, where)


@dataclass(frozen=True)
class Part:
    """One question for cells: its format, and the codes of every variable."""

    form: str
    selection: Mapping[str, Sequence[str]]

    def question(self, table: str, language: str) -> dict[str, Any]:
        """Return the JSON that is posted."""
        variables = [{"code": code, "values": list(values)} for code, values in self.selection.items()]
        question = {"table": table, "format": self.form.upper(), "lang": language, "variables": variables}
        return question | ({"valuePresentation": "Code"} if self.form == "bulk" else {})


def _variable(told: Mapping[str, Any]) -> Variable:
    labels = {str(value["id"]): str(value["text"]) for value in told["values"]}
    return Variable(str(told["id"]), bool(told.get("time", False)), labels)


def _left_out(told: object) -> float:
    try:
        return float(str(told))
    except ValueError:
        return math.nan
