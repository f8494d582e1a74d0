"""The path of every municipality: those in front with names, all the others as thin lines."""

from matplotlib.axes import Axes

from jobreport.domain import periods
from jobreport.domain.released import COUNTRY, Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import numbers
from jobreport.wording.texts import sentences

HEIGHT_MM = 54
LETTERS = 70  # of a line with the name of the event
ABOVE = 15  # points: above the heading of the axis, so that the name lies on no data
GAP = (float("nan"), float("nan"))


class Paths(FigureWriter):
    """An indicator over time."""

    def figure(self, indicator: str, measure: str = "register", category: str = "") -> Figure | Paragraph:
        """Draw an indicator over time for all municipalities.

        Returns a sentence instead where there is nothing to draw.
        """
        found = self.rows("estimates", indicator=indicator, measure=measure, category=category, group_by="")
        found = [row for row in found if row.asked and not row.spans_waves]
        found = [row for row in found if row.text("municipality_code").isdigit()]
        if measure != "register" and len({row.text("municipality_code") for row in found} - {COUNTRY}) < 2:
            found = [row for row in found if row.text("municipality_code") != COUNTRY]  # all answers are its own
        waves = sorted({row.text("wave") for row in found})
        if len({row.text("wave") for row in found if row.has("estimate")}) < 2:
            return self.nothing(indicator)
        if not self.comparable(indicator):
            return self.nothing(indicator, "no_path")
        times = _times(found[0], waves)
        with style.page(HEIGHT_MM) as drawing:
            axes = drawing.subplots()
            self._context(axes, found, times)
            named = self._front(axes, found, times)
            self._event_line(axes, indicator, times)
            self._axes(axes, times, found)
            _end_labels(axes, named, times[waves[-1]])
            return self.finished(
                drawing,
                f"paths-{indicator}-{measure}",
                of=found,
                alt=self._alt(found, waves),
                caption=self.say("figures.paths.caption", name=self.indicator(indicator)),
            )

    def _context(self, axes: Axes, found: list[Row], times: dict[str, int]) -> None:
        courses: dict[str, dict[int, float]] = {}
        for row in found:
            code = row.text("municipality_code")
            if row.has("estimate") and self.role(code) == "comparison":
                courses.setdefault(code, {})[times[row.text("wave")]] = parts.shown(row, "estimate")
        points = [point for course in courses.values() for point in (*sorted(course.items()), GAP)]
        if points:
            across, up = zip(*points, strict=True)
            axes.plot(across, up, color=style.CONTEXT, linewidth=0.5, zorder=1)

    def _front(self, axes: Axes, found: list[Row], times: dict[str, int]) -> list[tuple[str, str, float]]:
        named: list[tuple[str, str, float]] = []
        for who in ("country", "exposed", "treated"):
            for code in sorted({row.text("municipality_code") for row in found}):
                if self.role(code) == who:
                    own = {row.text("wave"): row for row in found if row.text("municipality_code") == code}
                    values = [parts.shown(own[wave], "estimate") if wave in own else float("nan") for wave in times]
                    look = style.LOOKS[who]
                    axes.plot(
                        [*times.values()], values, color=look.colour, linestyle=look.line, linewidth=1.8, zorder=3,
                        marker=look.marker, markersize=4, markeredgecolor="white", markeredgewidth=0.5,
                    )  # fmt: skip
                    told = [own[wave] for wave in times if wave in own and own[wave].has("estimate")]
                    named += [(self._ended(row), who, parts.shown(row, "estimate")) for row in told[-1:]]
        return named

    def _ended(self, row: Row) -> str:
        return f"{self.area(row)} {self.number(row, 'estimate').text}"

    def _event_line(self, axes: Axes, indicator: str, times: dict[str, int]) -> None:
        place = self.event_place(times)
        if place is not None and self.own_event(indicator) is not None:
            axes.axvline(place, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=2)
            label = style.wrapped(self.texts.of(self.params.event(None).label), LETTERS)
            look = {"ha": "center", "va": "bottom", "fontsize": style.SMALL_SIZE}
            style.near(axes, label, (place, 1), (0, ABOVE), xycoords=("data", "axes fraction"), **look)

    def _axes(self, axes: Axes, times: dict[str, int], found: list[Row]) -> None:
        axes.set_xticks([*times.values()], [*times])
        axes.set_xlim(-0.2, max(times.values()) + 0.2)
        if found[0].text("measure") == "register":
            axes.set_ylim(bottom=0)
        values = [parts.shown(row, "estimate") for row in found]
        axes.set_title(self.spanning(axes, found[0], values, "y"), fontweight="normal")

    def _alt(self, found: list[Row], waves: list[str]) -> Parts:
        in_front = (*(code for code, _ in self.places()), COUNTRY)
        own = [row for row in found if row.text("municipality_code") in in_front and row.has("estimate")]
        told = [self.say("figures.paths.alt_intro", first=_at(found, waves[0]), last=_at(found, waves[-1]))]
        for code in in_front:
            mine = sorted((row for row in own if row.text("municipality_code") == code), key=lambda r: r.text("wave"))
            if mine:
                of = self.area(mine[0])
                told.append(self.say("figures.paths.alt_one", municipality=of, first=mine[0], last=mine[-1]))
        return sentences(*told, self._others(found, waves[-1]))

    def _others(self, found: list[Row], wave: str) -> Parts:
        others = self.others(row for row in found if row.text("wave") == wave and row.has("estimate"))
        if not others:
            return ()
        ordered = sorted(others, key=lambda row: (row.value("estimate"), row.text("municipality_code")))
        key = f"figures.paths.alt_{'extremes' if _sure_ends(ordered) else 'span'}"
        return self.say(key, low=ordered[0], high=ordered[-1])


def _end_labels(axes: Axes, named: list[tuple[str, str, float]], last: int) -> None:
    low, high = axes.get_ylim()
    placed = style.spread([value for _, _, value in named], (high - low) * 0.11, low, high)
    for (name, who, _), place in zip(named, placed, strict=True):
        look = {"color": style.LOOKS[who].colour, "fontweight": "bold"}
        style.near(axes, name, (last, place), (10, 0), va="center", ha="left", **look)


def _times(row: Row, waves: list[str]) -> dict[str, int]:
    # Where each wave stands: periods of an official series in true time, for it may lack some; rounds one by one.
    if row.text("measure") != "register" or any(periods.span(wave) is None for wave in waves):
        return {wave: place for place, wave in enumerate(waves)}
    return {wave: periods.steps(waves[0], wave) for wave in waves}


def _at(found: list[Row], wave: str) -> Row:
    return next(row for row in found if row.text("wave") == wave)


def _sure_ends(ordered: list[Row]) -> bool:
    # Whether it is no chance who lies lowest and highest: official figures, each end in one municipality only.
    printed = [numbers.printed(row, "estimate") for row in ordered]
    alone = printed.count(printed[0]) == printed.count(printed[-1]) == 1
    return ordered[0].text("measure") == "register" and alone and len(ordered) > 1
