"""What figures share: rows as points, the event's place, the pieces of a display figure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from jobreport.domain import periods
from jobreport.domain.released import COUNTRY, Row, waves_in
from jobreport.figures import narrow, style
from jobreport.page import Figure, Parts, plain
from jobreport.wording import numbers
from jobreport.wording.texts import Filling
from jobreport.wording.writer import Writer

HUNDRED = ("share", "points_0_100")  # units that lie between nought and a hundred
STEP = 10.0  # their axes begin and end at tens


class FigureWriter(Writer):
    """What the writers of figures share: who stands in front, where the event lies."""

    def role(self, code: str) -> str:
        """Return 'treated', 'exposed', 'country' or 'comparison'; of an event elsewhere nobody but the report's own."""
        if code == COUNTRY:
            return "country"
        for event in self.params.events:
            if self.code not in (*event.treated, *event.exposed):
                continue
            if code in event.treated:
                return "treated"
            if code in event.exposed:
                return "exposed"
        return "treated" if code == self.code else "comparison"

    def start_of(self, wave: str) -> date | None:
        """Return the first day of a wave or period, None if nothing says it."""
        waves = self.params.survey.waves if self.params.survey else ()
        for known in waves:
            if known.wave == wave and known.from_ is not None:
                return known.from_
        days = periods.span(wave)
        return days[0] if days else None

    def after(self, row: Row) -> bool | None:
        """Return whether a row's wave begins after the event; None where no date says so."""
        start = self.start_of(waves_in(row.text("wave"))[0])
        return None if start is None or not self.params.events else start >= self.params.event(None).date

    def event_place(self, times: Mapping[str, int]) -> float | None:
        """Return where on an axis of waves the event lies: half a step before the first wave after it."""
        if not self.params.events:
            return None
        day, starts = self.params.event(None).date, {place: self.start_of(wave) for wave, place in times.items()}
        later = [place for place, start in starts.items() if start is not None and start >= day]
        return later[0] - 0.5 if later and later[0] > 0 else None

    def others(self, found: Iterable[Row]) -> list[Row]:
        """Return the rows of municipalities that do not stand in front."""
        return [row for row in found if self.role(row.text("municipality_code")) == "comparison"]

    def said(self, key: str, **names: Filling | Row) -> str:
        """Return a text with its names filled, as a drawing writes it."""
        return plain(self.say(key, **names))

    def alt_effect(self, row: Row) -> Parts:
        """Return an effect as it is read aloud: value, interval, rank."""
        return self.say("figures.rank.alt_one", row=row)

    def point_alt(self, name: Parts, row: Row) -> Parts:
        """Return a level as it is read aloud: whose it is, value, interval, base; or that it is hidden."""
        known = row.has("estimate", "ci_low", "n")
        return self.say(f"figures.groups.alt_{'one' if known else 'hidden'}", name=name, row=row)

    def spanning(self, axes: Axes, row: Row, values: Iterable[float], which: str = "x") -> str:
        """Let an axis of levels reach over what is shown; return its unit, and where it begins if not at nought."""
        known = [value for value in values if value == value]
        if row.text("unit") in HUNDRED and known:
            low = max(0.0, min(100 - STEP, STEP * (min(known) // STEP)))
            ends = low, min(100.0, max(low + STEP, STEP * -(-max(known) // STEP)))
            axes.set(**{f"{which}lim": ends})
        style.number_axis(axes, which, self.language)
        begins = (axes.get_xlim() if which == "x" else axes.get_ylim())[0]
        unit = self.axis_unit(row)
        if begins <= 0:
            return unit
        return self.said("figures.axis_from", unit=unit, start=numbers.decimal(begins, 0, self.language))

    def finished(
        self, drawing: Drawing, key: str, *, of: Sequence[Row], alt: Parts, caption: Parts, source: Parts = ()
    ) -> Figure:
        """Return the drawing with its words; a simulated one is stamped, where nothing else is drawn.

        ``of``: rows that it shows, one at least unless it has a ``source`` of its own instead of that of figures of all
        municipalities.
        """
        source = source or self.source_of_all(of[0].text("indicator"))
        simulated = any(row.simulated for row in of)
        stamp = self.word("common.simulated") if simulated else ""
        wide = style.svg(drawing, stamp)
        return Figure(key, wide, alt, caption, source, simulated, narrow=narrow.svg(drawing, stamp))


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
