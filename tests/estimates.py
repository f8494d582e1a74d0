"""Estimates of answers as tests have them: a frame of respondents, and what they were asked."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from jobreport.estimate import indicators
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
