"""The rows of a survey that are about the event a report is written about; those of other events stand in the files."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import of_windows, window_of
from jobreport.page import Paragraph, Parts
from jobreport.setup.params_model import Params
from jobreport.wording.labels import Labels
from jobreport.wording.texts import listing


def about_event(table: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Leave out the comparisons and the windows of a survey's other events; official series have events of their own.

    Parameters
    ----------
    table
        Released estimates or changes.
    params
        Say which event the report is about.
    """
    if len(params.events) < 2 or params.survey is None:
        return table
    event, official = params.event(None), table["measure"].eq("register")
    if "event" in table:
        return table[official | table["event"].eq(event.event)]
    own = [window_of(sorted(window)) for window in params.survey.windows(event)]
    return table[official | ~of_windows(table) | table["wave"].isin(own)]


def other_events(labels: Labels) -> tuple[Paragraph, ...]:
    """Return where the comparisons of other events stand; nothing where there is one event."""
    chosen = labels.params.event(None)
    others: list[Parts] = [(labels.event(event.event),) for event in labels.params.events if event != chosen]
    if not others:
        return ()
    told = labels.texts.fill("elsewhere.other_events", event=labels.event(), list=listing(others, labels.texts))
    return (Paragraph(told, kind="note"),)
