"""A map of tiles: one per municipality, roughly where it lies, marked by what its interval allows to say.

The layout is ``data/tile_grid.csv``: column from west to east, row from north to south, a short name.
"""

import csv
from dataclasses import dataclass
from functools import cache

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from jobreport.domain.released import COUNTRY, Row
from jobreport.domain.shipped import shipped
from jobreport.figures import style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import numbers
from jobreport.wording.funnels import FEWEST_OTHERS, Funnels, others_beside
from jobreport.wording.survey import latest_wave
from jobreport.wording.texts import sentences

TILE_MM = 7.4
FRAME_MM = 14
FILLS = {"above": (style.TREATED, "#FFFFFF"), "like": ("#DCDCDC", "#111111"), "below": ("#E39A52", "#111111")}
NONE = ("#FFFFFF", "#6B6B6B")
KEY_PLACE = (8.1, 0.0)  # the sea between Læsø and Zealand


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
        which = self.told_by(indicator) | {"group_by": ""}
        found = [row for row in self.rows("estimates", **which) if row.has("estimate", "ci_low")]
        wave = wave or (latest_wave([row.text("wave") for row in found]) if found else "")
        shown = {row.text("municipality_code"): row for row in found if row.text("wave") == wave}
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
                alt=self._alt(shown, country),
                caption=self.say(
                    "figures.map.caption",
                    name=self.indicator(indicator),
                    wave=numbers.window(country, "wave"),
                    country=self.with_unit(country),
                    level=self.rule("interval_level"),
                ),
                source=self.source_of_all(indicator),
                simulated=country.simulated,
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
        name = {
            "ha": "center",
            "va": "center",
            "fontsize": style.SMALL_SIZE,
            "color": ink,
            "fontweight": heavy,
            "zorder": 4,
            "in_layout": False,
        }
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
        axes.legend(
            handles=handles, loc="upper left", bbox_to_anchor=KEY_PLACE, bbox_transform=axes.transData,
            frameon=False, fontsize=style.SMALL_SIZE, handlelength=1.0,
            handletextpad=0.4, borderaxespad=0,
        )  # fmt: skip

    def _alt(self, shown: dict[str, Row], country: Row) -> Parts:
        others = {code: row for code, row in shown.items() if code.isdigit() and code != COUNTRY}
        front = [code for code in others if self.role(code) in ("treated", "exposed")]
        told = [self._one(code, others[code], country) for code in sorted(front)]
        intro = self.say("figures.map.alt_intro", country=self.with_unit(country))
        return sentences(intro, *told, Funnels.of(self).span(list(others.values()), "estimate"))

    def _one(self, code: str, row: Row, country: Row) -> Parts:
        return self.say(
            "figures.map.alt_one",
            municipality=self.municipality(code),
            value=self.with_unit(row),
            interval=self.interval(row),
            beside=self.word(f"figures.map.{beside(row, country)}"),
        )


def beside(row: Row, country: Row) -> str:
    """Return 'above' or 'below' if the whole interval lies there, else 'like'."""
    if row.value("ci_low") > country.value("estimate"):
        return "above"
    return "below" if row.value("ci_high") < country.value("estimate") else "like"


def _axes(axes: Axes, tiles: tuple[Tile, ...]) -> None:
    axes.set_xlim(-0.1, max(tile.column for tile in tiles) + 1.1)
    axes.set_ylim(max(tile.row for tile in tiles) + 1.1, -0.1)
    axes.set_axis_off()
