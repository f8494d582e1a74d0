"""The funnel: every municipality against its number of answers, inside limits that chance alone would give."""

from matplotlib.axes import Axes

from jobreport.domain.released import COUNTRY, Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import numbers
from jobreport.wording.funnels import FEWEST_OTHERS, Funnels
from jobreport.wording.texts import sentences

HEIGHT_MM = 70
LIMITS = (("limit_95", "--", "funnel_inner"), ("limit_998", "-", "funnel_outer"))


class Funnel(FigureWriter):
    """Every municipality against its number of answers."""

    def figure(self, indicator: str) -> Figure | Paragraph:
        """Draw the standardised level of every municipality against its answers, with funnel limits; no ranking."""
        found = Funnels.of(self).funnel_rows(indicator)
        dots = [row for row in found.get("standardised", []) if row.text("municipality_code") != COUNTRY]
        if len(dots) <= FEWEST_OTHERS:
            return self.nothing(indicator)
        with style.page(HEIGHT_MM) as drawing:
            axes = drawing.subplots()
            self._limits(axes, found)
            self._dots(axes, dots)
            self._axes(axes, dots[0])
            return self.finished(
                drawing,
                f"funnel-{indicator}",
                alt=self._alt(found, dots),
                caption=self.say(
                    "figures.funnel.caption",
                    name=self.indicator(indicator),
                    wave=numbers.window(dots[0], "wave"),
                    inner=self.rule("funnel_inner"),
                    outer=self.rule("funnel_outer"),
                ),
                source=self.source_of_all(indicator),
                simulated=dots[0].simulated,
            )

    def _limits(self, axes: Axes, found: dict[str, list[Row]]) -> None:
        for measure, line, rule in LIMITS:
            ordered = sorted(found.get(measure, []), key=lambda row: row.value("n"))
            for column in ("ci_low", "ci_high"):
                values = [parts.shown(row, column) for row in ordered]
                axes.plot([row.value("n") for row in ordered], values, color=style.INK, linewidth=0.8, linestyle=line)
            if ordered:
                axes.annotate(
                    self.word("figures.funnel.limit").replace("{level}", self.rule(rule).text),
                    (ordered[-1].value("n"), parts.shown(ordered[-1], "ci_high")), xytext=(4, 0),
                    textcoords="offset points", va="center", fontsize=style.SMALL_SIZE, annotation_clip=False,
                )  # fmt: skip
                axes.axhline(parts.shown(ordered[0], "value"), color=style.INK, linewidth=0.6)

    def _dots(self, axes: Axes, dots: list[Row]) -> None:
        others = [row for row in dots if self.role(row.text("municipality_code")) == "comparison"]
        answers, levels = [row.value("n") for row in others], [parts.shown(row, "value") for row in others]
        axes.plot(answers, levels, linestyle="none", marker="o", color=style.CONTEXT, markersize=4.5, zorder=2)
        for row in dots:
            look = style.LOOKS.get(self.role(row.text("municipality_code")))
            if look is None:
                continue
            place = row.value("n"), parts.shown(row, "value")
            axes.plot(
                *([x] for x in place),
                marker=look.marker,
                color=look.colour,
                markersize=7,
                markeredgecolor="white",
                zorder=4,
            )
            axes.annotate(
                self.municipality(row.text("municipality_code")), place, xytext=(6, 5), textcoords="offset points",
                color=look.colour, fontweight="bold", zorder=4,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )  # fmt: skip

    def _axes(self, axes: Axes, row: Row) -> None:
        style.number_axis(axes, "x", self.language)
        style.number_axis(axes, "y", self.language)
        axes.set_xlabel(self.word("figures.funnel.answers"))
        axes.set_title(self.axis_unit(row), fontweight="normal")

    def _alt(self, found: dict[str, list[Row]], dots: list[Row]) -> Parts:
        told = [self._one(row) for row in dots if self.role(row.text("municipality_code")) != "comparison"]
        return sentences(*told, Funnels.of(self).span(dots, "value"), Funnels.of(self).outside(found))

    def _one(self, row: Row) -> Parts:
        return self.say(
            "figures.funnel.alt_one",
            municipality=self.municipality(row.text("municipality_code")),
            value=self.with_unit(row, "value"),
            n=self.count(row, "n"),
        )
