"""Who answered: how many of those asked in each round, and how far those without an answer could move the numbers."""

from matplotlib.axes import Axes

from jobreport.domain.released import Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Parts
from jobreport.wording import basis
from jobreport.wording.texts import sentences

LINE_MM = 4.5
FRAME_MM = 26
BAR = 0.62  # of a line
Extremes = tuple[Row, Row, Row]  # level, if none were positive, if all were


class Response(FigureWriter, basis.Response):
    """Who was asked, who answered, and what the others could change."""

    def figure(self) -> Figure | None:
        """Draw the answers of each round, and each number between its extremes; None where nothing of it is known."""
        rounds = self.rates()
        moved = {name: found for name in self.questions_told() if (found := self.extremes(name)) is not None}
        if not rounds:
            return self._answers_alone()
        sizes = [len(rounds), *([len(moved)] if moved else [])]
        with style.page(FRAME_MM / 2 * len(sizes) + LINE_MM * sum(sizes)) as drawing:
            grid = drawing.subplots(len(sizes), 1, squeeze=False, height_ratios=sizes)[:, 0]
            self._rounds(grid[0], rounds)
            if moved:
                self._moved(grid[1], moved)
            return self.finished(
                drawing,
                "response",
                of=rounds[0],
                alt=self._alt(rounds, moved),
                caption=self._caption(moved),
                source=self.source(self.questions_told()[0]),
            )

    def _answers_alone(self) -> Figure | None:
        rounds = self.answered()
        if not rounds:
            return None
        with style.page(FRAME_MM / 2 + LINE_MM * len(rounds)) as drawing:
            axes = drawing.subplots()
            for place, row in enumerate(rounds):
                axes.barh(place, row.value("n_answered"), height=BAR, color=style.TREATED)
                style.beside(axes, place, self.said("figures.response.alone", row=row))
            most = max(row.value("n_answered") for row in rounds)
            self._frame(axes, [self.window(row).text for row in rounds], "figures.response.answers", most)
            return self.finished(
                drawing,
                "response",
                of=rounds,
                alt=sentences(*(self.say("figures.response.alt_alone", row=row) for row in rounds)),
                caption=self.say("figures.response.caption_alone"),
                source=self.source(self.questions_told()[0]),
            )

    def _rounds(self, axes: Axes, rounds: list[tuple[Row, Row]]) -> None:
        for place, (row, rate) in enumerate(rounds):
            axes.barh(place, 100, height=BAR, color=style.GRID)
            axes.barh(place, parts.shown(rate, "value"), height=BAR, color=style.TREATED)
            style.beside(axes, place, self.said("figures.response.beside", row=row, rate=rate))
        self._frame(axes, [self.window(row).text for row, _ in rounds], "figures.response.rounds")

    def _moved(self, axes: Axes, moved: dict[str, Extremes]) -> None:
        look = style.LOOKS["treated"]
        for place, (level, worst, best) in enumerate(moved.values()):
            ends = [parts.shown(row, "value") for row in (worst, best)]
            axes.plot(ends, [place, place], color=style.CONTEXT, linewidth=1, zorder=1)
            axes.plot(ends, [place, place], "|", color=style.CONTEXT, markersize=7, zorder=1)
            axes.plot(
                [parts.shown(level, end) for end in ("ci_low", "ci_high")], [place] * 2, color=look.colour, lw=2.4
            )
            dot = {"color": look.colour, "markersize": 6.5, "markeredgecolor": "white", "zorder": 3}
            axes.plot([parts.shown(level, "estimate")], [place], look.marker, **dot)  # type: ignore[arg-type]
            style.beside(axes, place, self.said("figures.response.between", level=level, worst=worst, best=best))
        self._frame(axes, [self.indicator(name) for name in moved], "figures.response.moved")

    def _frame(self, axes: Axes, names: list[str], title: str, most: float = 100) -> None:
        style.named_lines(axes, dict(enumerate(names)))
        axes.set(xlim=(0, most), ylim=(len(names) - 0.4, -0.6), title=self.word(title))
        style.number_axis(axes, "x", self.language)

    def _caption(self, moved: dict[str, Extremes]) -> Parts:
        more = self.say("figures.response.caption_moved") if moved else ()
        return sentences(self.say("figures.response.caption"), more)

    def _alt(self, rounds: list[tuple[Row, Row]], moved: dict[str, Extremes]) -> Parts:
        told = [self.say("figures.response.alt_round", row=row, rate=rate) for row, rate in rounds]
        for name, (level, worst, best) in moved.items():
            told.append(self.point_alt((self.indicator(name),), level))
            told.append(self.say("figures.response.alt_moved", worst=worst, best=best))
        return sentences(*told)
