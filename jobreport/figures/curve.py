"""The specification curve: the same comparison under every reasonable choice, the chosen one marked."""

from typing import Any

from matplotlib.axes import Axes

from jobreport.domain.released import Row
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import design
from jobreport.wording.design import CHOSEN, Design
from jobreport.wording.texts import sentences

CURVE_MM = 40
LINE_MM = 4.2


class SpecificationCurve(FigureWriter):
    """A comparison under every reasonable choice."""

    def figure(self, indicator: str, measure: str = "register", category: str = "") -> Figure | Paragraph:
        """Draw the difference from the others under all choices, ordered by size, and below it which choices they are.

        Returns a sentence instead where no other choice was tried.
        """
        effect = self._effect(indicator, measure, category)
        found = self.rows("changes", method="specification", **design.same(effect)) if effect else []
        found = [row for row in found if row.has("change", "ci_low", "ci_high")]
        choices = _choices(found)
        if effect is None or not choices:
            return self.nothing(indicator)
        scales = sorted({row.text("scale") for row in found}, key=lambda scale: scale != "points")
        with style.page(CURVE_MM + LINE_MM * len(choices)) as drawing:
            heights = (CURVE_MM, LINE_MM * len(choices))
            grid = drawing.subplots(2, len(scales), squeeze=False, sharex="col", height_ratios=heights)
            for column, scale in enumerate(scales):
                ordered = sorted(
                    (row for row in found if row.text("scale") == scale), key=lambda row: row.value("change")
                )
                self._curve(grid[0][column], ordered)
                self._matrix(grid[1][column], ordered, choices, named=column == 0)
            return self.finished(
                drawing,
                f"choices-{indicator}-{measure}",
                alt=sentences(Design.of(self).choices(effect), self.alt_effect(effect)),
                caption=self._caption(effect, indicator),
                source=self.source_of_all(indicator),
                simulated=effect.simulated,
            )

    def _effect(self, indicator: str, measure: str, category: str) -> Row | None:
        found = Design.of(self).effect_of(indicator, measure, category, self.code)
        return found if found is not None and found.has("rank", "n_comparison", "ci_low") else None

    def _caption(self, effect: Row, indicator: str) -> Parts:
        municipality = self.municipality(effect.text("municipality_code"))
        return self.say("figures.curve.caption", name=self.indicator(indicator), municipality=municipality)

    def _curve(self, axes: Axes, ordered: list[Row]) -> None:
        is_chosen = [_chosen(row) for row in ordered]
        for clear, colour in ((True, style.INK), (False, style.CONTEXT)):
            places = [i for i, row in enumerate(ordered) if row.clear is clear and not is_chosen[i]]
            _intervals(axes, places, ordered, color=colour, linewidth=0.9)
            values = [parts.shown(ordered[place], "change") for place in places]
            axes.plot(places, values, linestyle="none", marker="D", markersize=2.6, color=colour, zorder=3)
        for place in (place for place, chosen in enumerate(is_chosen) if chosen):
            _intervals(axes, [place], ordered, color=style.TREATED, linewidth=2.2)
            value, high = (parts.shown(ordered[place], column) for column in ("change", "ci_high"))
            axes.plot(
                [place], [value], marker="o", markersize=6, color=style.TREATED, markeredgecolor="white", zorder=4
            )
            axes.annotate(
                self.word("figures.curve.chosen"), (place, high), xytext=(0, 3), textcoords="offset points",
                ha="center", va="bottom", color=style.TREATED, fontweight="bold", annotation_clip=False, zorder=5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
        axes.axhline(0, color=style.INK, linewidth=0.6, zorder=1)
        axes.set_xlim(-1, len(ordered))
        axes.tick_params(axis="x", length=0, labelbottom=False)
        axes.spines["bottom"].set_visible(False)
        axes.set_title(self.axis_unit(ordered[0], "difference"))
        style.number_axis(axes, "y", self.language, sign=True)

    def _matrix(self, axes: Axes, ordered: list[Row], choices: list[tuple[str, str]], *, named: bool) -> None:
        for chosen, colour, size in ((False, style.CONTEXT, 2.2), (True, style.TREATED, 3.2)):
            own = [(place, _parsed(row)) for place, row in enumerate(ordered) if _chosen(row) is chosen]
            taken = [
                (place, line)
                for place, of in own
                for line, (name, value) in enumerate(choices)
                if of.get(name) == value
            ]
            across, down = [place for place, _ in taken], [line for _, line in taken]
            axes.plot(across, down, linestyle="none", marker="s", markersize=size, color=colour)
        axes.set_yticks(
            range(len(choices)), [self._named(name, value) for name, value in choices] if named else [""] * len(choices)
        )
        axes.set_ylim(len(choices) - 0.5, -0.5)
        axes.set_xticks([])
        axes.tick_params(axis="y", length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.grid(axis="y")

    def _named(self, name: str, value: str) -> str:
        texts = self.texts
        title = texts.word(f"choices.{name}.title") if texts.has(f"choices.{name}.title") else name
        own = f"choices.{name}.{value}"
        return f"{title}: {texts.word(own) if texts.has(own) else value}"


def _parsed(row: Row) -> dict[str, str]:
    # Return the choices of a row: 'chosen;before=1;after=2' -> {'before': '1', 'after': '2'}.
    pairs = (piece.partition("=") for piece in row.text("specification").removeprefix(CHOSEN).split(";"))
    return {name: value for name, _, value in pairs if name != "scale"}


def _choices(found: list[Row]) -> list[tuple[str, str]]:
    seen: dict[str, dict[str, None]] = {}
    for row in found:
        for name, value in _parsed(row).items():
            seen.setdefault(name, {})[value] = None
    return [(name, value) for name, values in seen.items() if len(values) > 1 for value in sorted(values)]


def _chosen(row: Row) -> bool:
    return row.text("specification").startswith(CHOSEN)


def _intervals(axes: Axes, places: list[int], ordered: list[Row], **look: Any) -> None:
    low, high = ([parts.shown(ordered[place], column) for place in places] for column in ("ci_low", "ci_high"))
    axes.plot(parts.joined(places, places), parts.joined(low, high), solid_capstyle="butt", zorder=2, **look)
