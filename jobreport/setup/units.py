"""Units of a municipality (teams, schools, nursing homes) as the params name them."""

from typing import Any

from pydantic import Field

from jobreport.domain.released import unit_code
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
