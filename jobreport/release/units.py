"""Units of a municipality (teams, schools, nursing homes): who is whose, and what is hidden of them all together.

The municipality's own report and those of its units are laid side by side by whoever has them. So one decision covers
them all: a municipality is the sum of its units as the country is of its municipalities, in whichever report it is
shown. A unit's report knows two places only, the unit and the others of its municipality, who are shown where both
the unit and the municipality are.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from jobreport.domain.released import COUNTRY, OTHERS, UNIT, around
from jobreport.intake.checks import Inputs


def seen_from(responses: pd.DataFrame, place: str) -> pd.DataFrame:
    """Keep, for a unit's report, the answers of its municipality: those of the unit, and of all the others.

    Examples
    --------
    >>> people = pd.DataFrame({"municipality_code": ["183", "183", "187"], "unit": ["183-a", "183-b", "187"]})
    >>> seen_from(people, "183-a")["municipality_code"].tolist()
    ['183-a', 'others']
    """
    if around(place) == COUNTRY:
        return responses
    own = responses[responses["municipality_code"].eq(around(place))].reset_index(drop=True)
    places = own[UNIT].astype(str).where(own[UNIT].eq(place), OTHERS)
    return own.assign(municipality_code=pd.Categorical(places))


def domains_of_all(
    responses: pd.DataFrame, own: pd.DataFrame, count: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """How few stand behind each domain of municipalities, of the country and of every unit.

    Parameters
    ----------
    responses
        Of everybody, with the column `UNIT` where there are units.
    own
        Domains of the report's places, which are all there are where nobody has a unit.
    count
        Counts what stands behind each domain of such responses, as `jobreport.estimate.domains.behind` does.
    """
    if UNIT not in responses:
        return own
    units = count(responses.assign(municipality_code=pd.Categorical(responses[UNIT].astype(str))))
    return pd.concat([count(responses), units[units["municipality_code"].map(around).ne(COUNTRY)]], ignore_index=True)


def of_two_places(table: pd.DataFrame) -> pd.DataFrame:
    """Leave the rows of the whole municipality to its own report, where they have the intervals of all its units.

    How well the questions of an index go together is asked of everybody.
    """
    everybody = table["municipality_code"].eq(COUNTRY)
    return table[~everybody | table["diagnostic"].eq("reliability") if "diagnostic" in table else ~everybody]


def invited(inputs: Inputs) -> pd.DataFrame | None:
    """Tell who was invited: of a unit what the params say of it, for nobody else knows."""
    unit = inputs.params.own_unit
    if unit is None:
        return inputs.invited
    rows = [{"wave": wave, "municipality_code": unit.code, "n_invited": n} for wave, n in unit.invited.items()]
    told = pd.DataFrame(rows, columns=["wave", "municipality_code", "n_invited"])
    return told.assign(group_by="", group="", n_answered=np.nan) if rows else None
