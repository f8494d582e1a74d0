"""Cells of a table that name no municipality: shown, counted and explained, as far as they cannot be a person's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import Problem
from jobreport.setup.coding import plain

EXAMPLES = 5
FIRST_ROW = 2  # the first row of a file names the columns


def unknown(cells: pd.Series, where: str) -> Problem:
    """Refuse the cells of one of the project's own tables; the index gives the rows of the file."""
    rows = [int(place) + FIRST_ROW for place in cells.index]
    facts = {"column": cells.name, "values": told(cells), "rows": rows[:EXAMPLES], "count": len(rows)}
    return Problem("table_municipality_unknown", where, facts)


def told(cells: Iterable[object]) -> list[dict[str, object]]:
    """Write the most frequent cells that name no municipality, each with what it may be and how often it stands.

    Examples
    --------
    >>> [one["da"] for one in told(["107", "107", "Ishoi"])]
    ['107 (0153, Brøndby, læst som oktaltal) ×2', 'Ishoi (tættest på Ishøj 183) ×1']
    """
    counted: Counter[tuple[str, str]] = Counter()
    for cell, times in Counter(map(plain, cells)).items():
        written = municipalities.told(cell)
        counted[written["da"], written["en"]] += times
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:EXAMPLES]
    return [{"da": f"{da} ×{times}", "en": f"{en} ×{times}"} for (da, en), times in ordered]
