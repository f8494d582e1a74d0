"""Estimates and effects of what tests have: a frame of respondents and what they were asked, arrays of changes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from jobreport.compare.effect import Effect, Measured, effects
from jobreport.estimate import indicators
from jobreport.estimate.estimators import Floats
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.estimate.weights import Calibration
from jobreport.setup.codebook import Indicator


def estimate(
    responses: pd.DataFrame,
    asked: Sequence[Indicator],
    calibration: Calibration | None = None,
    group_by: Sequence[str] = (),
    **stated: Any,
) -> pd.DataFrame:
    """Every measure of the indicators, as `indicators.estimate` gives them."""
    return indicators.estimate(Tallies(Sample(responses, calibration), group_by), all_measures(asked), **stated)


def effect(
    treated: Floats,
    comparison: Floats,
    treated_variance: Floats | None = None,
    comparison_variance: Floats | None = None,
    treated_spread: Floats | None = None,
    comparison_spread: Floats | None = None,
) -> Effect:
    """One comparison, as `effects` makes many; a change, a variance and a spread for each municipality."""
    sides = (treated, treated_variance, treated_spread), (comparison, comparison_variance, comparison_spread)
    own, others = (Measured(*(None if each is None else each[None] for each in side)) for side in sides)
    return effects(own, others, [np.arange(len(comparison))])[0]
