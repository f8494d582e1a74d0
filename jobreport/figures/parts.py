"""What figures share: rows as points, the event's place, the pieces of a display figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import pandas as pd
from matplotlib.figure import Figure as Drawing

from jobreport.domain import periods
from jobreport.domain.released import COUNTRY, Row, waves_in
from jobreport.figures import style
from jobreport.page import Figure, Parts
from jobreport.wording import numbers
from jobreport.wording.labels import Labels


def role(code: str, labels: Labels) -> str:
    """Return 'treated', 'exposed', 'country' or 'comparison'; of an event elsewhere nobody but the report's own."""
    if code == COUNTRY:
        return "country"
    for event in labels.params.events:
        if labels.code not in (*event.treated, *event.exposed):
            continue
        if code in event.treated:
            return "treated"
        if code in event.exposed:
            return "exposed"
    return "treated" if code == labels.code else "comparison"


def start_of(wave: str, labels: Labels) -> date | None:
    """Return the first day of a wave or period, None if nothing says it."""
    waves = labels.params.survey.waves if labels.params.survey else ()
    for known in waves:
        if known.wave == wave and known.from_ is not None:
            return known.from_
    days = periods.span(wave)
    return days[0] if days else None


def after(row: Row, labels: Labels) -> bool | None:
    """Return whether a row's wave begins after the event; None where no date says so."""
    start = start_of(waves_in(row.text("wave"))[0], labels)
    return None if start is None or not labels.params.events else start >= labels.params.event(None).date


def event_place(waves: list[str], labels: Labels, name: str | None = None) -> float | None:
    """Return where on an axis of waves the event lies: half a step before the first wave after it."""
    if not labels.params.events:
        return None
    event = labels.params.event(name)
    starts = [start_of(wave, labels) for wave in waves]
    later = [place for place, start in enumerate(starts) if start is not None and start >= event.date]
    return later[0] - 0.5 if later and later[0] > 0 else None


def shown(row: Row, column: str) -> float:
    """Return a cell in the unit it is printed in; NaN draws nothing."""
    return numbers.shown(row, column) if row.has(column) else math.nan


def joined(starts: Iterable[float], ends: Iterable[float]) -> list[float]:
    """Return the ends of many pieces as one line with gaps: a hundred lines take a hundred times as long to draw.

    Examples
    --------
    >>> joined([1.0, 2.0], [3.0, 4.0])
    [1.0, 3.0, nan, 2.0, 4.0, nan]
    """
    return [value for ends_ in zip(starts, ends, strict=True) for value in (*ends_, math.nan)]


def axis_unit(row: Row, labels: Labels, what: str = "") -> str:
    """Return an axis' unit; `what` is '', 'change' or 'difference'."""
    unit = "log" if row.text("scale") == "log" else row.text("unit")
    key = f"units.axis.{what}_{unit}" if what else f"units.axis.{unit}"
    return labels.texts.word(key) if labels.texts.has(key) else unit


def is_simulated(frame: pd.DataFrame) -> bool:
    """Whether any row drawn is simulated."""
    return "simulated" in frame and bool(frame["simulated"].eq(True).any())


def finished(
    drawing: Drawing,
    key: str,
    labels: Labels,
    *,
    alt: Parts,
    caption: Parts,
    source: Parts,
    simulated: bool,
    stamp_at: float = 0.5,
) -> Figure:
    """Return the drawing with its words; a simulated one is stamped inside every panel, so far up it."""
    stamp = labels.texts.word("common.simulated") if simulated else ""
    return Figure(key, style.svg(drawing, stamp, stamp_at), alt, caption, source, simulated)
