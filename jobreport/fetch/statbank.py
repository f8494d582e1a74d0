"""Danmarks Statistik's StatBank API, version 1: what a table holds, and its cells.

Facts about the service from its documentation (dst.dk, "Statistikbank API"): POST JSON to ``tableinfo``
and ``data``, no key; an answer in JSON-stat holds at most 1,000,000 cells, counted as rows x (variables + 1),
so larger questions are divided; errors are JSON with errorTypeCode and message. The streamed formats, which
have no limit, leave out rows that are zero: there an answer cut short would turn into zeros, so none is used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import FetchFailed, Problem
from jobreport.fetch.connection import Connection, as_json

ADDRESS = "https://api.statbank.dk/v1"
LICENCE = "CC BY 4.0, Danmarks Statistik"
SOURCE = "Danmarks Statistik"
MOST_CELLS = 1_000_000
TOTAL_CODES = ("TOT", "IALT")
TOTAL_TEXTS = ("i alt", "total", "alder i alt", "køn i alt", "age, total", "all ages")
TOO_MANY = "REQUEST-LIMIT"

CONTENTS = "ContentsCode"
Selection = Mapping[str, Sequence[str]]


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
    """What the API says of a table."""

    table: str
    title: str
    unit: str
    updated: str
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
    """A client. ``most_cells`` is the service's limit on the cells of one answer."""

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
        told = as_json(self.connection.ask("tableinfo", question), where)
        try:
            return Table(
                table=str(told["id"]).upper(),
                title=str(told["text"]),
                unit=str(told["unit"]),
                updated=str(told["updated"]),
                variables=tuple(_variable(variable) for variable in told["variables"]),
            )
        except (KeyError, TypeError, AttributeError):
            raise FetchFailed(Problem("fetch_not_table", where, {"table": table})) from None

    def plan(self, table: Table, selection: Selection) -> Iterator[Part]:
        """Divide a selection into questions under the cell limit, by period and, where one is too much, by area."""
        time, area = table.time().code, table.area().code
        row = math.prod(len(codes) for name, codes in selection.items() if name not in (time, area))
        fits = max(self.most_cells // (row * (len(selection) + 1)), 1)
        for areas in _pieces(selection[area], fits):
            for periods in _pieces(selection[time], max(fits // len(areas), 1)):
                yield Part({**selection, area: areas, time: periods})

    def cells(self, table: Table, part: Part, language: str) -> pd.DataFrame:
        """Ask for the cells of one part; if the service has lowered its limit, ask for each half of it.

        Raises
        ------
        FetchFailed
            See `Connection.ask` and `from_jsonstat`.
        """
        where = f"{self.connection.base}/data, {table.table}"
        try:
            answer = self.connection.ask("data", part.question(table.table, language))
        except FetchFailed as failed:
            halves = part.halves()
            if failed.problem.values.get("code") != TOO_MANY or not halves:
                raise
            return pd.concat([self.cells(table, half, language) for half in halves], ignore_index=True)
        return from_jsonstat(as_json(answer, where), part.selection, where)


@dataclass(frozen=True)
class Part:
    """One question for cells: the codes of every variable."""

    selection: Selection

    def halves(self) -> tuple[Part, ...]:
        """Divide the question by its longest variable; nothing where it asks for one cell.

        Examples
        --------
        >>> [part.selection for part in Part({"area": ("183",), "time": ("2021", "2022", "2023")}).halves()]
        [{'area': ('183',), 'time': ('2021',)}, {'area': ('183',), 'time': ('2022', '2023')}]
        """
        name, codes = max(self.selection.items(), key=lambda variable: len(variable[1]))
        half = len(codes) // 2
        return tuple(Part({**self.selection, name: piece}) for piece in (codes[:half], codes[half:])) if half else ()

    def question(self, table: str, language: str) -> dict[str, Any]:
        """Return the JSON that is posted."""
        variables = [{"code": code, "values": list(values)} for code, values in self.selection.items()]
        return {"table": table, "format": "JSONSTAT", "lang": language, "variables": variables}


def _pieces(codes: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (codes[start : start + size] for start in range(0, len(codes), size))


def _variable(told: Mapping[str, Any]) -> Variable:
    labels = {str(value["id"]): str(value["text"]) for value in told["values"]}
    return Variable(str(told["id"]), bool(told.get("time", False)), labels)


def from_jsonstat(document: Any, selection: Selection, where: str) -> pd.DataFrame:
    """Read JSON-stat 1 as StatBank writes it; ``null`` is a cell that is held back.

    Returns one column per variable (its code as asked), and ``value``; a row for every cell that was asked for.

    Raises
    ------
    FetchFailed
        If it is no JSON-stat, or its dimensions or codes are not those asked for.
    """
    try:
        dataset = document["dataset"]
        dimension = dataset["dimension"]
        names, sizes = list(dimension["id"]), list(dimension["size"])
        codes = [_codes(dimension[name]["category"]["index"]) for name in names]
        values = _dense(dataset["value"], math.prod(sizes))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FetchFailed(Problem("fetch_not_jsonstat", where)) from None
    if [len(part) for part in codes] != sizes or len(values) != math.prod(sizes):
        raise FetchFailed(Problem("fetch_not_jsonstat", where))
    rows = [(*place, value) for place, value in zip(itertools.product(*codes), values, strict=True)]
    frame = pd.DataFrame(rows, columns=[*names, "value"]).drop(columns=CONTENTS, errors="ignore")
    frame["value"] = frame["value"].astype(float)
    frame = _as_asked(frame, selection, where)
    if absent := math.prod(len(part) for part in selection.values()) - len(frame):
        raise FetchFailed(Problem("fetch_cells_absent", where, {"count": absent}))
    return frame


def _codes(index: Any) -> list[str]:
    return [*map(str, sorted(index, key=lambda code: int(index[code])) if isinstance(index, Mapping) else index)]


def _dense(values: Any, size: int) -> list[Any]:
    # Values in order; JSON-stat may write only those that are not null, by place.
    if isinstance(values, Mapping):
        return [values.get(str(place)) for place in range(size)]
    return list(values)


def _as_asked(frame: pd.DataFrame, selection: Selection, where: str) -> pd.DataFrame:
    by_upper = {str(name).upper(): name for name in frame.columns}
    if absent := [name for name in selection if name.upper() not in by_upper]:
        facts: dict[str, object] = {"variables": absent}
        facts["found"] = [name for name in frame.columns if name != "value"]
        raise FetchFailed(Problem("fetch_variable_gone", where, facts))
    frame = frame.rename(columns={by_upper[name.upper()]: name for name in selection})[[*selection, "value"]]
    for name, codes in selection.items():
        if strange := sorted(set(frame[name]) - set(codes)):
            raise FetchFailed(Problem("fetch_code_unasked", where, {"variable": name, "codes": strange[:5]}))
    return frame
