"""The answers of persons with their weights: the sample that everything told of them is estimated from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from jobreport.estimate.estimators import Floats
from jobreport.intake.checks import Inputs
from jobreport.intake.formats.contract import POPULATION
from jobreport.setup.params_model import Survey

if TYPE_CHECKING:
    from jobreport.estimate.sample import Sample
    from jobreport.estimate.weights import Calibration


def sampled(given: pd.DataFrame, inputs: Inputs, survey: Survey) -> Sample:
    """Return answers, all or those to one question, with what the survey knows of their weights."""
    from jobreport.estimate.sample import Sample

    responses, calibration = weighted(given, inputs.margins, survey)
    return Sample(responses, calibration, _population(responses, inputs.invited, survey), _scale(responses, survey))


def weighted(
    responses: pd.DataFrame, margins: pd.DataFrame | None, survey: Survey
) -> tuple[pd.DataFrame, Calibration | None]:
    """Weight to known margins where the params give some; else the weights are those of the file."""
    from jobreport.estimate.weights import calibrate

    return (responses, None) if margins is None else calibrate(responses, margins, survey.margins_method)


def _scale(responses: pd.DataFrame, survey: Survey) -> float | None:
    """What belongs to the replicate weights that came with the answers."""
    from jobreport.estimate.sample import REPLICATE

    count = sum(str(name).startswith(REPLICATE) for name in responses)
    return survey.replicates.scale(count) if survey.replicates is not None and count else None


def _population(responses: pd.DataFrame, invited: pd.DataFrame | None, survey: Survey) -> Floats | None:
    """How many there are in all in every municipality and wave of a random sample, where that is stated.

    Where clusters or parts were drawn it is their number that would matter, and nobody states it.
    """
    from jobreport.estimate.sample import CLUSTER, OWN_STRATUM

    drawn_alone = not {CLUSTER, OWN_STRATUM} & {*responses} and survey.replicates is None
    if survey.selection != "random" or invited is None or POPULATION not in invited or not drawn_alone:
        return None
    known = invited[invited["group_by"] == ""].set_index(["municipality_code", "wave"])[POPULATION]
    every = [responses[name].cat.categories for name in ("municipality_code", "wave")]
    return known.reindex(pd.MultiIndex.from_product(every)).to_numpy(float).reshape(*map(len, every))
