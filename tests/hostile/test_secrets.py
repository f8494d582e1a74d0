"""Two surveys that differ only in what is hidden give the same tables, to the last digit.

A secret is who answered what within groups that are shown neither of a municipality nor of all together: two persons
of two such groups exchange all their answers. Whatever is released of the one survey must be what is released of the
other, whichever column it stands in. (Where a group is shown of all together, its standard error follows from how the
answers fall on the municipalities, hidden or not: that is released, and so no secret.)
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobreport.domain.released import COUNTRY
from jobreport.intake import checks
from jobreport.release import computation
from jobreport.release.disclosure import of_single_answers
from jobreport.setup import params
from tests.grid.designs import GROUPS, QUESTIONS, Design, write

SECRETS, ATTEMPTS = 200, 12
FIRST = (0, 2, 0, 0, 3, 0, 0, 1, 1, 3, 0, 3, 0, 0, 0, 2, 1, 1, 3, 0)  # of the first designs
QUICK = (3, 4, 6, 8, 13)  # of the default tests: they differ in all that is drawn
TABLES = ("estimates", "changes", "diagnostics")


def survey(seed: int, folder: Path) -> checks.Inputs:
    """A small survey drawn by its number, with a threshold of its own."""
    draw = np.random.default_rng(seed)
    design = Design(
        municipalities=int(draw.choice([1, 1, 1, 2])),
        waves=int(draw.choice([1, 2])),
        answers=12,
        questions=int(draw.choice([1, 2, 3, 5])),
        weights=str(draw.choice(["none", "column"])),
        invited=bool(draw.random() < 0.5),
        event=bool(draw.random() < 0.5),
        exposed=False,
    )
    folder.mkdir()
    read = checks.read_inputs(params.read(write(design, folder)))
    disclosure = read.params.disclosure.model_copy(update={"suppress_below": int(draw.choice([5, 5, 8]))})
    return replace(read, params=read.params.model_copy(update={"disclosure": disclosure}))


def released(inputs: checks.Inputs, responses: pd.DataFrame) -> computation.Computation:
    made = replace(inputs, responses=responses)
    return computation.compute(made, computation.municipalities_in(made))


def hidden(found: computation.Computation) -> set[tuple[str, ...]]:
    rows = found.released.estimates
    rows = rows[~of_single_answers(rows)]  # (these have a rule of their own)
    domain = ["wave", "municipality_code", "group_by", "group"]
    return set(rows.loc[rows["flag"].eq("suppressed"), domain].itertuples(index=False, name=None))


def exchanged(responses: pd.DataFrame, gone: set[tuple[str, ...]], seed: int) -> pd.DataFrame | None:
    """Another version of the survey that differs in hidden groups only; None where nothing is hidden that could."""
    draw = np.random.default_rng(seed)
    columns = [column for column in GROUPS if column in responses]
    choices = [
        (wave, code, column, one, other)
        for wave in responses["wave"].cat.categories
        for code in responses["municipality_code"].cat.categories
        for column in columns
        for one, other in permutations(responses[column].cat.categories, 2)
    ]
    for wave, code, column, one, other in draw.permutation(np.array(choices, dtype=object)):
        secret = {(wave, place, column, group) for place in (code, COUNTRY) for group in (one, other)}
        rest = [each for each in columns if each != column]
        pair = _pair(responses, (wave, code), column, (one, other), rest, draw) if secret <= gone else None
        if pair is not None:
            other, there = responses.copy(), list(pair)
            items = [item for item in QUESTIONS if item in responses]
            other.loc[there, items] = responses.loc[there[::-1], items].to_numpy()
            return other
    return None


def _pair(
    responses: pd.DataFrame,
    where: tuple[str, str],
    column: str,
    groups: tuple[str, str],
    rest: list[str],
    draw: np.random.Generator,
) -> tuple[int, int] | None:
    """Two persons of equal weight who answered everything, one of each group, alike in the other groupings."""
    items = [item for item in QUESTIONS if item in responses]
    here = responses["wave"].eq(where[0]) & responses["municipality_code"].eq(where[1])
    whole = responses[here & responses[items].gt(0).all(axis=1)]
    first, second = (whole.index[whole[column].eq(group)] for group in groups)
    pairs = [
        (a, b)
        for a in first
        for b in second
        if responses.loc[a, [*rest, "weight"]].tolist() == responses.loc[b, [*rest, "weight"]].tolist()
        and responses.loc[a, items].tolist() != responses.loc[b, items].tolist()
    ]
    return pairs[int(draw.integers(len(pairs)))] if pairs else None


def secret(number: int) -> object:
    """Number of a design and of the first survey to look at: those before are known to hide no two such groups."""
    first = FIRST[number] if number < len(FIRST) else 0
    return pytest.param(number * ATTEMPTS + first, first, marks=[] if number in QUICK else [pytest.mark.slow])


@pytest.mark.parametrize(("seed", "first"), [secret(number) for number in range(SECRETS)])
@pytest.mark.dear
def test_what_is_released_does_not_depend_on_what_is_hidden(seed: int, first: int, tmp_path: Path) -> None:
    """Surveys are drawn until one has two such groups, and hides the same of both versions.

    (The rule itself looks at the answers: what is all in one box is hidden, and so may be what stands beside it.)
    """
    for drawn in range(seed, seed - first + ATTEMPTS):
        inputs = survey(drawn, tmp_path / str(drawn))
        assert inputs.responses is not None
        one = released(inputs, inputs.responses)
        responses = exchanged(inputs.responses, hidden(one), drawn)
        other = released(inputs, responses) if responses is not None else None
        if other is not None and hidden(one) == hidden(other):
            for table in TABLES:
                found = getattr(one.released, table), getattr(other.released, table)
                pd.testing.assert_frame_equal(*found, check_exact=True)
            return
    pytest.fail("no survey of so many hides two groups")
