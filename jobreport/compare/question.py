"""What is asked of a panel, and how the rows of the answer begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jobreport.compare.panel import Choice, Panel
from jobreport.compare.rows import Roles, Row
from jobreport.compare.windows import Window
from jobreport.domain.released import window_of


@dataclass(frozen=True)
class Question:
    """What is asked of a panel: who, when, on which scales, and with which checks.

    ``scales[0]`` is the chosen one. Only a ``headline`` measure goes through all checks. ``identity``
    holds the columns that all rows share. ``seasons`` is the number of periods in a year of a register
    that moves with the seasons.
    """

    roles: Roles
    window: Window
    scales: tuple[str, ...]
    identity: Row
    adjustments: tuple[bool, ...] = (False,)
    false_dates: bool = True
    specifications: bool = True
    regions: Mapping[str, str] = field(default_factory=dict)
    unchanged_margin: float | None = None
    listed: bool = False
    headline: bool = True
    seasons: int = 1

    def row(self, panel: Panel, choice: Choice, method: str, **values: object) -> Row:
        """Start a row: identity, method, scale and windows."""
        return {
            **self.identity,
            "method": method,
            "unit": panel.unit(choice.scale),
            "scale": choice.scale,
            "adjustment": "mix" if choice.adjusted else "",
            "wave_before": window_of(panel.periods[i] for i in choice.window.before),
            "wave_after": window_of(panel.periods[i] for i in choice.window.after),
            **values,
        }
