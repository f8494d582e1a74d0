"""Events as tests write them: whom it happened to and whom they are compared with; nothing else is looked at."""

import datetime
from collections.abc import Sequence

from jobreport.setup.params_model import Event


def event(
    treated: Sequence[str], *, exposed: Sequence[str] = (), comparison: str | Sequence[str] = "all", key: str = "e"
) -> Event:
    """Make an event of any codes, also of such that no municipality has."""
    given = {"event": key, "treated": tuple(treated), "exposed": tuple(exposed), "comparison": comparison}
    return Event.model_construct(label={}, date=datetime.date.min, **given)
