"""The priority map: how it goes with each experience, and how closely the outcome follows it."""

from matplotlib.axes import Axes

from jobreport.domain.released import Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph
from jobreport.wording.funnels import FEWEST_PAIRS, Funnels, Pair
from jobreport.wording.texts import sentences

HEIGHT_MM = 57
LEADER = {"arrowstyle": "-", "color": style.CONTEXT, "linewidth": 0.6, "linestyle": (0, (1, 2)), "shrinkB": 5}
"""A line to a name is thin and dotted: an interval is neither."""
WIDE, NARROW, BESIDE = 90, 28, 34  # letters in a line above the figure, inside it and beside it


class PriorityMap(FigureWriter):
    """Level against importance."""

    def figure(self) -> Figure | Paragraph:
        """Draw level against importance for every question, both with intervals."""
        pairs = Funnels.of(self).driver_pairs()
        if len(pairs) < FEWEST_PAIRS:
            return self.nothing(self.outcome)
        with style.page(HEIGHT_MM) as drawing:
            axes = drawing.subplots()
            for level, importance in pairs:
                _cross(axes, level, importance)
            self._axes(axes, pairs)
            self._names(axes, pairs)
            return self.finished(
                drawing,
                "priorities",
                of=pairs[0],
                alt=sentences(
                    *(
                        self.say("figures.priorities.alt_one", level=level, row=importance)
                        for level, importance in pairs
                    )
                ),
                caption=self.say("figures.priorities.caption", row=pairs[0][1]),
                source=self.source(self.outcome),
            )

    def _names(self, axes: Axes, pairs: list[Pair]) -> None:
        low, high = axes.get_ylim()
        names = [style.wrapped(self.indicator(level.text("indicator")), BESIDE) for level, _ in pairs]
        gap = (high - low) * 0.1 * max(name.count("\n") + 1 for name in names)
        places = style.spread([importance.value("value") for _, importance in pairs], gap, low, high)
        right = axes.get_xlim()[1]
        for (level, importance), name, place in zip(pairs, names, places, strict=True):
            dot = parts.shown(level, "estimate"), importance.value("value")
            axes.annotate(
                name, dot, xytext=(right, place), textcoords="data", va="center",
                color=style.TREATED, fontweight="bold", annotation_clip=False, zorder=4,
                arrowprops=LEADER,
            )  # fmt: skip

    def _axes(self, axes: Axes, pairs: list[Pair]) -> None:
        ends = [parts.shown(level, column) for level, _ in pairs for column in ("ci_low", "ci_high")]
        axes.set_ylim(
            min(0.0, *(row.value("ci_low") for _, row in pairs)), max(row.value("ci_high") for _, row in pairs)
        )
        style.number_axis(axes, "y", self.language)
        axes.set_xlabel(f"{self.word('figures.priorities.level')}, {self.spanning(axes, pairs[0][0], ends)}")
        outcome = self.about(self.outcome)
        key = "importance" if all(row.value("value") > 0 for _, row in pairs) else "importance_opposite"
        axes.set_title(
            style.wrapped(self.said(f"figures.priorities.{key}", outcome=outcome), WIDE), fontweight="normal"
        )
        own = self._outcome(pairs[0][1])
        if own is None:
            return
        middle = parts.shown(own, "estimate")
        axes.axvline(middle, color=style.INK, linewidth=0.8, linestyle=":", zorder=1)
        for side, key, away in (("right", "work_on", -5), ("left", "keep", 5)):
            said = style.wrapped(self.said(f"figures.priorities.{key}", outcome=outcome), NARROW)
            look = {"ha": side, "va": "bottom", "fontsize": style.SMALL_SIZE, "style": "italic"}
            style.near(axes, said, (middle, 0.03), (away, 0), xycoords=("data", "axes fraction"), **look)

    def _outcome(self, importance: Row) -> Row | None:
        which = self.told_by(self.outcome) | {"municipality_code": self.code, "group_by": ""}
        return self.one("estimates", "estimate", wave=importance.text("wave"), unit="share", **which)


def _cross(axes: Axes, level: Row, importance: Row) -> None:
    x, x_low, x_high = (parts.shown(level, column) for column in ("estimate", "ci_low", "ci_high"))
    y, y_low, y_high = (importance.value(column) for column in ("value", "ci_low", "ci_high"))
    axes.plot([x_low, x_high], [y, y], color=style.TREATED, linewidth=1.6, zorder=2)
    axes.plot([x, x], [y_low, y_high], color=style.TREATED, linewidth=1.6, zorder=2)
    axes.plot([x], [y], marker="o", color=style.TREATED, markersize=7, markeredgecolor="white", zorder=3)
