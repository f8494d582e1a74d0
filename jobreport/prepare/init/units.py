"""Units below the municipality (nursing homes, schools, teams): the names in their column, as params list them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobreport.domain import municipalities
from jobreport.domain.rules import SUPPRESS_AT_LEAST
from jobreport.prepare.init import keys
from jobreport.prepare.init.propose import Proposal
from jobreport.setup import coding
from jobreport.setup.coding import normal
from jobreport.setup.kinds import slug
from jobreport.setup.yaml_writer import Line


@dataclass(frozen=True)
class Found:
    """A unit as the file has it: what stands in its cells, what it is called, and how many rows it has."""

    cell: str
    label: str
    rows: int

    @property
    def is_rare(self) -> bool:
        """Whether so few rows have it that it may be anything, such as somebody's name."""
        return self.rows < SUPPRESS_AT_LEAST


def found(proposals: Sequence[Proposal], municipality: str = "") -> list[Found]:
    """List the units of a municipality, or of all that are in the files, in the order of their names."""
    rows: dict[str, int] = {}
    said: dict[str, tuple[str, str]] = {}
    for each in proposals:
        column = each.keys.get("unit")
        if column is None:
            continue
        own = _of(each, municipality)
        for cell in keys.wave_spellings(column, own.table):
            label = each.table.labels.get(column.name, {}).get(normal(cell), "") or cell
            said.setdefault(normal(cell), (cell, label))
            rows[normal(cell)] = rows.get(normal(cell), 0) + _count(own, column.name, cell)
    return sorted((Found(*said[text], rows[text]) for text in said), key=lambda unit: normal(unit.label))


def listed(names: Mapping[str, str], municipality: str | None) -> list[Line]:
    """Units as the params list them, of what stands in their cells and what they are called.

    What is called the same is one unit.

    Examples
    --------
    >>> [dict(each) for each in listed({"17": "Solbakken", "18": "Åhøj", "19": "Åhøj"}, "183")]
    [{'unit': 'solbakken', 'label': 'Solbakken', 'municipality_code': '183'}, {'unit': 'aahoej', 'label': 'Åhøj', \
'municipality_code': '183'}]
    """
    once: dict[str, str] = {}
    for cell, unit in coded(names).items():
        once.setdefault(unit, names[cell])
    return [Line(unit=unit, label=label, municipality_code=municipality) for unit, label in once.items()]


def coded(names: Mapping[str, str]) -> dict[str, str]:
    """Give the cells of each unit its key: of those that are called the same, the same.

    Examples
    --------
    >>> coded({"17": "Hold A", "18": "hold a", "19": "Hold-A"})
    {'17': 'hold-a', '18': 'hold-a', '19': 'hold-a-2'}
    """
    made: dict[str, str] = {}
    for label in names.values():
        if normal(label) not in made:
            first = slug(label, "enhed")
            free = (one for one in (first, *(f"{first}-{n}" for n in range(2, 1000))) if one not in made.values())
            made[normal(label)] = next(free)
    return {cell: made[normal(label)] for cell, label in names.items()}


def recode(names: Mapping[str, str]) -> dict[str, str]:
    """What the codebook must say of cells that are neither the key of their unit nor its name.

    Examples
    --------
    >>> recode({"17": "Solbakken", "Åhøj": "Åhøj"})
    {'17': 'solbakken'}
    """
    called = coded(names)
    return {cell: called[cell] for cell, label in names.items() if normal(cell) not in (called[cell], normal(label))}


def _of(proposal: Proposal, municipality: str) -> Proposal:
    column = proposal.keys.get("municipality_code")
    if not municipality or column is None:
        return proposal
    cells = coding.apply(proposal.table.frame[column.name], normal)
    codes = cells.map(lambda cell: proposal.municipality_recode.get(cell) or municipalities.recognise(cell))
    return replace(proposal, table=replace(proposal.table, frame=proposal.table.frame[codes.eq(municipality)]))


def _count(proposal: Proposal, column: str, cell: str) -> int:
    return int(coding.apply(proposal.table.frame[column], normal).eq(normal(cell)).sum())
