"""What the columns of a file seem to be: proposals, each of which a person must confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jobreport.intake.formats.tables import RawTable
from jobreport.prepare.init import keys, questions, tabled
from jobreport.prepare.init.columns import Column, describe
from jobreport.prepare.init.questions import QuestionFound


@dataclass(frozen=True)
class Proposal:
    """Everything proposed for one file."""

    table: RawTable
    columns: tuple[Column, ...]
    keys: Mapping[str, Column] = field(default_factory=dict)
    groups: Mapping[str, Column] = field(default_factory=dict)
    outside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # grouping -> codes that are no group
    questions: tuple[QuestionFound, ...] = ()
    municipality_recode: Mapping[str, str] = field(default_factory=dict)
    wave_recode: Mapping[str, str] = field(default_factory=dict)
    unit_recode: Mapping[str, str] | None = None  # what stands for a unit -> its key, where a person named them
    free_text: tuple[str, ...] = ()
    row_numbers: tuple[str, ...] = ()  # columns named as numbers of persons, that count rows
    is_table: bool = False  # counts, shares or means instead of answers

    def column(self, name: str) -> Column | None:
        """Return a column by name."""
        return next((column for column in self.columns if column.name == name), None)


def propose(table: RawTable, counted: frozenset[str] | None = None, said: Mapping[str, str] | None = None) -> Proposal:
    """Look at every column of a file and propose what it is.

    Parameters
    ----------
    table
        A file as read.
    counted
        Columns that count rows in every file of the survey; None if this is the only file.
    said
        Which column a person says is what; '' where none is.
    """
    if tabled.is_table(table):
        named = tabled.keys(table)
        return Proposal(table, tuple(named.values()), named, questions=tuple(tabled.questions(table)), is_table=True)
    counted = keys.row_numbers([table]) if counted is None else counted
    columns = tuple(describe(table, str(name)) for name in table.frame.columns)
    its_keys = keys.said(keys.found(columns, table, counted), columns, said or {})
    groups = keys.groups(columns, table, {column.name for column in its_keys.values()})
    taken = {column.name for column in (*its_keys.values(), *groups.values())}
    strata = keys.strata(its_keys, table)
    rest = [column for column in columns if column.name not in taken]
    asked = list(questions.found(rest))
    asked += questions.of_choices(rest, {name for each in asked for name in (each.name, each.indicator)})
    return Proposal(
        table=table,
        columns=columns,
        keys=its_keys,
        groups=groups,
        outside={name: keys.outside(table.frame[c.name], c.answers, strata) for name, c in groups.items()},
        questions=tuple(asked),
        municipality_recode=keys.recode(its_keys.get("municipality_code")),
        wave_recode=keys.wave_recode(its_keys.get("wave"), table),
        free_text=tuple(column.name for column in columns if column.kind == "text" and column.name not in taken),
        row_numbers=tuple(column.name for column in columns if column.name in counted),
    )
