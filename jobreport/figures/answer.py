"""The front page's picture: what people answered before and after, with intervals, beside all answers together."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from jobreport.domain.released import COUNTRY, OTHERS, Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Parts
from jobreport.wording.survey import Survey, rounds_of
from jobreport.wording.texts import sentences

LINE_MM = 4.6
FRAME_MM = 14
APART = 0.5  # lines between two indicators
Levels = tuple[Row, Row]


class Answer(FigureWriter, Survey):
    """The levels before and after of what the front page tells of."""

    def figure(self) -> Figure | None:
        """Draw the municipality's levels before and after, and those of all answers; None where there are not both."""
        told = {name: row for name in self.told_names() if (row := self.change_of(name)) is not None}
        shown = {name: self._levels(name, self.code) for name, row in told.items() if self.pictured(row)}
        found = {name: levels for name, levels in shown.items() if levels is not None}
        if not found:
            return None
        whom = COUNTRY if self.params.unit is None else OTHERS
        beside = {name: levels for name in found if (levels := self._levels(name, whom)) is not None}
        if whom == COUNTRY:  # (of a lone municipality these are the same answers)
            beside = {name: each for name, each in beside.items() if each[1].value("n") > found[name][1].value("n")}
        first, alike = next(iter(found.values())), len({rounds_of(told[name]) for name in found}) == 1
        of_event = bool(told[next(iter(found))].text("event")) and alike
        kind = "" if of_event else "_rounds" if alike else "_apart"
        with style.page(FRAME_MM + LINE_MM * (2 + APART) * len(found)) as drawing:
            axes = drawing.subplots()
            for place, (name, levels) in enumerate(found.items()):
                self._pair(axes, place * (2 + APART), levels, beside.get(name))
            sides = [self.word(f"figures.answer.{side}") for side in ("before", "after")]
            self._frame(axes, {k: sides if of_event else [self.window(row).text for row in found[k]] for k in found})
            caption = self._caption(list(found.values()), kind, beside=bool(beside))
            alt = self._alt(found, beside, of_event=of_event)
            source = () if beside else self.source(next(iter(found)))
            return self.finished(drawing, "answer", of=first, alt=alt, caption=caption, source=source)

    def _levels(self, name: str, code: str) -> Levels | None:
        change = self.change_of(name)  # (others may have been compared in other rounds)
        levels = self.ends_of(change, municipality_code=code) if change else {}
        if not levels or not all(row.has("ci_low") for row in levels.values()):
            return None
        return levels["before"], levels["after"]

    def _pair(self, axes: Axes, top: float, levels: Levels, beside: Levels | None) -> None:
        look, other = style.LOOKS["treated"], style.LOOKS["country"]
        for line, row in enumerate(levels):
            at = top + line
            ends = [parts.shown(row, "ci_low"), parts.shown(row, "ci_high")]
            axes.plot(ends, [at, at], color=look.colour, linewidth=1.6)
            dot = {"color": look.colour, "markerfacecolor": look.colour if line else "white", "markersize": 6}
            axes.plot([parts.shown(row, "estimate")], [at], look.marker, **dot)  # type: ignore[arg-type]
            base = self.said("figures.base", n=self.count(row, "n"))
            style.beside(axes, at, f"{self.number(row, 'estimate').text}   ({base})")
        for line, row in enumerate(beside or ()):
            axes.plot([parts.shown(row, "estimate")], [top + line], other.marker, color=other.colour, markersize=4.5)

    def _frame(self, axes: Axes, sides: Mapping[str, Sequence[str]]) -> None:
        ticks = [place * (2 + APART) + line for place in range(len(sides)) for line in (0, 1)]
        lines = [f"{self.indicator(name)}, {side}" for name, both in sides.items() for side in both]
        style.named_lines(axes, dict(zip(ticks, lines, strict=True)))
        axes.set(xlim=(0, 100), ylim=(ticks[-1] + 0.6, -0.6))
        style.number_axis(axes, "x", self.language)

    def _caption(self, found: Sequence[Levels], kind: str, *, beside: bool) -> Parts:
        before, after = found[0]
        shares = {row.text("unit") == "share" for row, _ in found}
        what = self.word(f"figures.answer.of_{'both' if len(shares) > 1 else 'share' if True in shares else 'index'}")
        told = self.say(f"figures.answer.caption{kind}", what=what, before=before, after=after)
        return sentences(told, self.say("figures.answer.beside") if beside else ())

    def _alt(self, found: dict[str, Levels], beside: dict[str, Levels], *, of_event: bool) -> Parts:
        told: list[Parts] = []
        key = f"figures.answer.alt{'' if of_event else '_rounds'}"
        for name, (before, after) in found.items():
            told.append(self.say(key, who=self.municipality(self.code), before=before, after=after))
            if name in beside:
                before, after = beside[name]
                told.append(self.say(key, who=self.area(before), before=before, after=after))
        return sentences(*told)
