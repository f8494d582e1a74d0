"""Every municipality among the others: against its answers in a funnel, and on a map of tiles, roughly where it lies.

The layout of the map is ``data/tile_grid.csv``: column from west to east, row from north to south, a short name.
"""

import csv
from dataclasses import dataclass
from functools import cache

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from jobreport.domain.released import COUNTRY, Row, newest
from jobreport.domain.shipped import shipped
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording.funnels import FEWEST_OTHERS, Funnels, others_beside
from jobreport.wording.texts import sentences

HEIGHT_MM = 70
LIMITS = (("limit_95", "--", "funnel_inner"), ("limit_998", "-", "funnel_outer"))
TILE_MM = 7.4
FRAME_MM = 14
FILLS = {"above": (style.TREATED, "#FFFFFF"), "like": ("#DCDCDC", "#111111"), "below": ("#E39A52", "#111111")}
NONE = ("#FFFFFF", "#6B6B6B")
KEY_PLACE = (8.1, 0.0)  # the sea between Læsø and Zealand


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
                of=dots,
                alt=self._alt(found, dots),
                caption=self.say("figures.funnel.caption", row=dots[0]),
            )

    def _limits(self, axes: Axes, found: dict[str, list[Row]]) -> None:
        for measure, line, rule in LIMITS:
            ordered = sorted(found.get(measure, []), key=lambda row: row.value("n"))
            for column in ("ci_low", "ci_high"):
                values = [parts.shown(row, column) for row in ordered]
                axes.plot([row.value("n") for row in ordered], values, color=style.INK, linewidth=0.8, linestyle=line)
            if ordered:
                said = self.said("figures.funnel.limit", level=self.rule(rule))
                end = ordered[-1].value("n"), parts.shown(ordered[-1], "ci_high")
                style.near(axes, said, end, (4, 0), va="center", fontsize=style.SMALL_SIZE)
                axes.axhline(parts.shown(ordered[0], "value"), color=style.INK, linewidth=0.6)

    def _dots(self, axes: Axes, dots: list[Row]) -> None:
        others = self.others(dots)
        answers, levels = [row.value("n") for row in others], [parts.shown(row, "value") for row in others]
        axes.plot(answers, levels, linestyle="none", marker="o", color=style.CONTEXT, markersize=4.5, zorder=2)
        for row in dots:
            look = style.LOOKS.get(self.role(row.text("municipality_code")))
            if look is None:
                continue
            place = row.value("n"), parts.shown(row, "value")
            dot = {"marker": look.marker, "color": look.colour, "markersize": 7, "markeredgecolor": "white"}
            axes.plot(*([x] for x in place), **dot, zorder=4)  # type: ignore[arg-type]
            name = self.municipality(row.text("municipality_code"))
            style.near(axes, name, place, (6, 5), color=look.colour, fontweight="bold", bbox=style.HALO, zorder=4)

    def _axes(self, axes: Axes, row: Row) -> None:
        style.number_axis(axes, "x", self.language)
        style.number_axis(axes, "y", self.language)
        axes.set_xlabel(self.word("figures.funnel.answers"))
        axes.set_title(self.axis_unit(row), fontweight="normal")

    def _alt(self, found: dict[str, list[Row]], dots: list[Row]) -> Parts:
        front = [row for row in dots if self.role(row.text("municipality_code")) != "comparison"]
        told = [self.say("figures.funnel.alt_one", row=row) for row in front]
        return sentences(*told, Funnels.of(self).span(dots, "value"), Funnels.of(self).outside(found))


@dataclass(frozen=True)
class Tile:
    """Where a municipality stands, and its short name."""

    code: str
    column: int
    row: int
    short: str


@cache
def layout() -> tuple[Tile, ...]:
    """Return the tiles of all municipalities.

    Examples
    --------
    >>> len(layout())
    98
    """
    with shipped("data/tile_grid.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Tile(line["municipality_code"], int(line["column"]), int(line["row"]), line["short"])
            for line in csv.DictReader(file)
        )


class TileMap(FigureWriter):
    """Every municipality roughly where it lies."""

    def figure(self, indicator: str, wave: str = "") -> Figure | Paragraph:
        """Draw whose interval lies above or below the whole country's level; those without answers stay white.

        ``wave``: a round, or rounds together; '' is the latest that they were put together to.
        """
        which = self.told_by(indicator) | {"group_by": ""} | ({"wave": wave} if wave else {})
        found = newest(self.rows("estimates", "estimate", "ci_low", **which))
        shown = {row.text("municipality_code"): row for row in found}
        country = shown.get(COUNTRY)
        if country is None or others_beside(self.estimates, self.code) < FEWEST_OTHERS:
            return self.nothing(indicator)
        tiles = layout()
        with style.page(FRAME_MM + TILE_MM * (1 + max(tile.row for tile in tiles))) as drawing:
            axes = drawing.subplots()
            for tile in tiles:
                self._tile(axes, tile, shown.get(tile.code), country)
            _axes(axes, tiles)
            self._key(axes)
            return self.finished(
                drawing,
                f"map-{indicator}",
                of=[country],
                alt=self._alt(shown, country),
                caption=self.say("figures.map.caption", country=country),
            )

    def _tile(self, axes: Axes, tile: Tile, row: Row | None, country: Row) -> None:
        fill, ink = NONE if row is None else FILLS[beside(row, country)]
        front = self.role(tile.code) in ("treated", "exposed")
        axes.add_artist(  # (as a patch each would be asked how far the axes have to reach)
            Rectangle(
                (tile.column + 0.03, tile.row + 0.03), 0.94, 0.94, facecolor=fill, zorder=3 if front else 2,
                edgecolor=style.INK if front else style.CONTEXT, linewidth=2.2 if front else 0.5,
                in_layout=False,
            )
        )  # fmt: skip
        middle = tile.column + 0.5
        heavy = "bold" if front else "normal"
        high = 0.5 if row is None else 0.3
        name = {"ha": "center", "va": "center", "fontsize": style.SMALL_SIZE, "color": ink, "fontweight": heavy}
        name |= {"zorder": 4, "in_layout": False}
        axes.text(middle, tile.row + high, tile.short, **name)  # type: ignore[arg-type]
        if row is not None:
            value = self.number(row, "estimate").text
            axes.text(middle, tile.row + 0.72, value, **name)  # type: ignore[arg-type]

    def _key(self, axes: Axes) -> None:
        fills = {key: fill for key, (fill, _) in FILLS.items()} | {"none": NONE[0]}
        handles = [
            Patch(facecolor=fill, edgecolor=style.INK, linewidth=0.4, label=self.word(f"figures.map.{key}"))
            for key, fill in fills.items()
        ]
        place = {"bbox_to_anchor": KEY_PLACE, "bbox_transform": axes.transData, "borderaxespad": 0}
        axes.legend(handles=handles, loc="upper left", **place, **style.KEY)

    def _alt(self, shown: dict[str, Row], country: Row) -> Parts:
        others = {code: row for code, row in shown.items() if code.isdigit() and code != COUNTRY}
        front = [code for code in others if self.role(code) in ("treated", "exposed")]
        lying = {code: self.word(f"figures.map.{beside(others[code], country)}") for code in sorted(front)}
        told = [self.say("figures.map.alt_one", row=others[code], beside=where) for code, where in lying.items()]
        intro = self.say("figures.map.alt_intro", country=country)
        return sentences(intro, *told, Funnels.of(self).span(list(others.values()), "estimate"))


def beside(row: Row, country: Row) -> str:
    """Return 'above' or 'below' if the whole interval lies there, else 'like'."""
    if row.value("ci_low") > country.value("estimate"):
        return "above"
    return "below" if row.value("ci_high") < country.value("estimate") else "like"


def _axes(axes: Axes, tiles: tuple[Tile, ...]) -> None:
    axes.set_xlim(-0.1, max(tile.column for tile in tiles) + 1.1)
    axes.set_ylim(max(tile.row for tile in tiles) + 1.1, -0.1)
    axes.set_axis_off()
