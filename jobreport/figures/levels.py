"""The level of every municipality with its interval, ordered by name: a picture of spread, not a ranking."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from jobreport.domain.released import Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Parts

ROW_MM, FRAME_MM = 4.0, 16.0


class LevelLines(FigureWriter):
    """A line for each municipality."""

    def figure(
        self, key: str, places: Sequence[Row], country: Row, indicator: str, *, alt: Parts, caption: Parts
    ) -> Figure:
        """Draw one line per municipality, in the order given, and the country's level across them.

        Parameters
        ----------
        key
            Key of the figure.
        places
            Released estimates, one per municipality; a row without a number keeps its line and stays empty.
        country
            The whole country's estimate of the same measure and wave.
        alt, caption
            The figure's words.
        """
        with style.page(FRAME_MM + ROW_MM * len(places)) as drawing:
            axes = drawing.subplots()
            for place, row in enumerate(places):
                self._one(axes, place, row)
            axes.axvline(parts.shown(country, "estimate"), color=style.COUNTRY, linestyle=":", linewidth=1.2)
            axes.set_yticks(range(len(places)), [self.municipality(row.text("municipality_code")) for row in places])
            axes.set_ylim(len(places) - 0.4, -0.6)
            style.number_axis(axes, "x", self.language)
            axes.set_title(self.axis_unit(country), fontweight="normal")
            return self.finished(
                drawing, key, alt=alt, caption=caption, source=self.source(indicator), simulated=country.simulated
            )

    def _one(self, axes: Axes, place: int, row: Row) -> None:
        look = style.LOOKS.get(self._role(row))
        colour = look.colour if look else style.CONTEXT
        ends = [parts.shown(row, "ci_low"), parts.shown(row, "ci_high")]
        axes.plot(ends, [place, place], color=colour, linewidth=1.6, solid_capstyle="butt")
        marker = look.marker if look else "o"
        axes.plot(
            [parts.shown(row, "estimate")], [place], marker=marker, color=colour, markersize=4.5, linestyle="none"
        )

    def _role(self, row: Row) -> str:
        code = row.text("municipality_code")
        event = {c: "treated" for e in self.params.events for c in e.treated}
        event |= {c: "exposed" for e in self.params.events for c in e.exposed}
        return event.get(code, "comparison")
