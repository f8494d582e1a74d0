"""The same comparison by every reasonable choice, so that nobody can pick the best one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jobreport.compare.panel import Choice, Panel
from jobreport.compare.question import Question
from jobreport.compare.rows import Row, effect_numbers
from jobreport.compare.windows import other_windows
from jobreport.domain.rules import FEWEST_FOR_INTERVAL

SIMILAR = 20


def comparison_sets(panel: Panel, asked: Question, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Sets to compare with: the chosen one, the same region, the most similar level before.

    Similar are the 20 municipalities (at most half of the chosen set) whose level in the chosen window
    before is nearest to that of the treated; a set of fewer than four is left out.
    """
    everyone = asked.roles.comparison
    sets = {"listed" if asked.listed else "all": everyone}
    regions = {asked.regions.get(code, "") for code in codes} - {""}
    if regions:
        sets["region"] = tuple(code for code in everyone if asked.regions.get(code) in regions)
    level = dict(zip(panel.codes, panel.level(asked.window), strict=True))
    own = np.mean([level.get(code, np.nan) for code in codes])
    distance = {c: abs(level[c] - own) for c in everyone if np.isfinite(level.get(c, np.nan))}
    nearest = sorted(distance, key=lambda code: (distance[code], code))
    sets["similar"] = tuple(sorted(nearest[: min(SIMILAR, len(everyone) // 2)]))
    return {name: found for name, found in sets.items() if len(found) >= FEWEST_FOR_INTERVAL}


def specification_rows(panel: Panel, asked: Question, unit: Row, codes: Sequence[str]) -> list[Row]:
    """One row per combination of windows, scale, comparison set, weights and adjustment.

    The chosen combination stands first; its ``specification`` begins with 'chosen;'.
    """
    sets = comparison_sets(panel, asked, codes)
    chosen = Choice(asked.window, asked.scales[0])
    rows = []
    for window in other_windows(asked.window, len(panel.periods), asked.seasons):
        for scale, weighted, adjusted in panel.choices:
            choice = Choice(window, scale, weighted, adjusted)
            changes = panel.changes(choice)
            for name, comparison in sets.items():
                found = changes.effect(codes, comparison)
                first = choice == chosen and comparison == asked.roles.comparison
                key = ("chosen;" if first else "") + _key(choice, name)
                numbers = effect_numbers(found)
                row = asked.row(panel, choice, "specification", **unit, **numbers, specification=key)
                if np.isfinite(found.change):
                    rows.append(row)
    return sorted(rows, key=lambda row: not str(row["specification"]).startswith("chosen;"))


def _key(choice: Choice, comparison: str) -> str:
    parts = {
        "before": len(choice.window.before),
        "after": len(choice.window.after),
        "scale": choice.scale,
        "comparison": comparison,
        "weighted": "yes" if choice.weighted else "no",
        "adjusted": "yes" if choice.adjusted else "no",
    }
    return ";".join(f"{name}={value}" for name, value in parts.items())


def sign_changes(curve: Sequence[Row]) -> bool:
    """Whether some choices say up and others say down."""
    signs = {np.sign(row["change"]) for row in curve}  # type: ignore[call-overload]
    return {1.0, -1.0} <= signs
