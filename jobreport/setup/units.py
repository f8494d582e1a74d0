"""Units of a municipality (teams, schools, nursing homes) as the params name them, and what must hold of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from jobreport.domain import municipalities
from jobreport.domain.released import unit_code
from jobreport.errors import Problem
from jobreport.setup.coding import normal
from jobreport.setup.kinds import Code, Label, OutputName, Strict, Whole

OF_THE_MUNICIPALITY: dict[str, Any] = {
    **dict.fromkeys(("events", "registers", "packages", "declared_equal", "signers"), ()),
    **dict.fromkeys(("benchmarks", "claims", "frozen")),
}
"""What is known of a municipality and says nothing of a unit alone: a unit's report does without."""


class Unit(Strict):
    """A part of a municipality that can have a report of its own: a team, a school, a nursing home."""

    unit: OutputName = Field(description="Key of the unit: small letters, digits, - and _")
    label: Label = Field(description="Its name; the file may hold the key or the name")
    municipality_code: Code = Field(description="The municipality that it is a part of")
    invited: dict[str, Whole] = Field(default={}, description="Persons invited in each wave; left out = 'ikke oplyst'")

    @property
    def code(self) -> str:
        """The code that it stands under in the tables."""
        return unit_code(self.municipality_code, self.unit)

    @property
    def spellings(self) -> frozenset[str]:
        """What a file may call it, in one form."""
        return frozenset(normal(text) for text in (self.unit, *self.label.values()))


def breaches(units: Sequence[Unit], chosen: str | None, home: str, where: str) -> Iterator[Problem]:
    """Find units that cannot be told apart, and one ``chosen`` for the report that is not in the municipality."""
    counted = Counter(text for unit in units for text in unit.spellings)
    if twice := [unit.unit for unit in units if any(counted[text] > 1 for text in unit.spellings)]:
        yield Problem("units_alike", where, {"units": twice})
    found = next((unit for unit in units if unit.unit == chosen), None)
    if chosen is not None and found is None:
        yield Problem("unit_undeclared", where, {"unit": chosen, "known": [each.unit for each in units] or ["-"]})
    if found is not None and found.municipality_code != home:
        named = f"'{found.municipality_code}' ({municipalities.name(found.municipality_code)})"
        yield Problem("unit_elsewhere", where, {"unit": found.unit, "municipality": named})


def of_survey(
    units: Sequence[Unit], chosen: str | None, waves: Sequence[str], where: str, *, persons: bool, margins: bool
) -> Iterator[Problem]:
    """Find what the survey cannot give units: answers of persons, a wave that was not, weights to known margins."""
    if units and not persons:
        yield Problem("units_without_persons", where)
    for unit in units if persons else ():
        if unknown := [wave for wave in unit.invited if wave not in waves]:
            facts = {"unit": unit.unit, "waves": unknown, "known": list(waves) or ["-"]}
            yield Problem("unit_wave_unknown", where, facts)
    if chosen is not None and margins:
        yield Problem("unit_and_margins", where)
