"""How much work a report is, in counts; seconds are measured by reports.py and asserted nowhere."""

from pathlib import Path

import pytest

from jobreport.intake import checks
from jobreport.release import computation
from jobreport.report import results

DEMO = Path(__file__).parents[2] / "params" / "demo.yml"


@pytest.fixture(scope="module")
def inputs():
    """The simulated survey of 44 municipalities."""
    return checks.read_inputs(checks.read_params(DEMO))


def test_only_rows_that_somebody_gets_are_finished(inputs):
    computed = computation.compute(inputs, computation.focus(inputs.params)).released
    context = checks.Context(inputs.params, inputs.codebook, inputs.benchmarks, inputs.claims)
    everything = computation.Computation(computed, inputs.files, inputs.dropped, (), ())
    given = results.select(everything, context).released
    assert [len(table) for table in (computed.estimates, computed.changes)] == [
        len(table) for table in (given.estimates, given.changes)
    ]
