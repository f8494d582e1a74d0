"""`responses` as arrays: where each respondent belongs and what he or she weighs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from jobreport.estimate.estimators import Bools, Floats, Ints
from jobreport.estimate.weights import Calibration


@dataclass(frozen=True)
class Sample:
    """`responses` as arrays: where each respondent belongs, and what he or she weighs.

    ``calibration`` is what made the weights, None for weights as delivered.
    """

    responses: pd.DataFrame
    calibration: Calibration | None = None

    @cached_property
    def municipalities(self) -> tuple[str, ...]:
        """Codes of the municipalities that answered."""
        return tuple(self.responses["municipality_code"].cat.categories)

    @cached_property
    def waves(self) -> tuple[str, ...]:
        """Labels of the waves in order of time."""
        return tuple(self.responses["wave"].cat.categories)

    @cached_property
    def stratum(self) -> Ints:
        """Municipality x wave of each respondent, waves running fastest."""
        # (32 bits: with ten million respondents every such array counts)
        stratum = self.responses["municipality_code"].cat.codes.to_numpy(np.int32)
        stratum = stratum * np.int32(len(self.waves))
        stratum += self.responses["wave"].cat.codes.to_numpy()
        return stratum

    @cached_property
    def weight(self) -> Floats:
        """Weight of each respondent."""
        return self.responses["weight"].to_numpy(np.float64)

    def only(self, rows: Bools) -> Sample:
        """Keep some respondents: all those of a stratum, or nobody of it."""
        made = self.calibration
        if made is not None:
            margins = tuple(replace(margin, code=margin.code[rows]) for margin in made.margins)
            arrays = {name: getattr(made, name)[rows] for name in ("stratum", "base", "weight")}
            made = replace(made, margins=margins, **arrays)
        return Sample(self.responses[rows], made)

    def contributions(self, scores: Floats, *, weighted: bool = True) -> Floats:
        """Weighted scores; after calibration the residuals from the margins."""
        if not weighted:
            return scores
        if self.calibration is not None:
            scores = self.calibration.residuals(scores)
        return scores * self.weight

    def groups(self, column: str) -> tuple[str, ...]:
        """Values of a grouping; '' has the one value '', everybody."""
        return tuple(self.responses[column].cat.categories) if column else ("",)

    def shape(self, column: str) -> tuple[int, int, int]:
        """Municipalities, waves, groups (the last holds those without a group)."""
        return len(self.municipalities), len(self.waves), len(self.groups(column)) + bool(column)

    def cell(self, column: str) -> tuple[Ints, int]:
        """Cell of each respondent and the width of a stratum; its last cell has no known group."""
        if not column:
            return self.stratum, 1
        width = self.shape(column)[2]
        code = self.responses[column].cat.codes.to_numpy()
        cell = self.stratum * np.int32(width)
        cell += np.where(code < 0, code.dtype.type(width - 1), code)
        return cell, width
