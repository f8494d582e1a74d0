"""One look for all figures: width of the text column, the report's typeface and size, colours, the stamp.

The colours are told apart by people who are colour blind and in greyscale; none carries a meaning alone:
the municipality is a filled circle on a solid line, an exposed one a square on a dashed line, the country
a black dotted line.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from jobreport.figures import margins
from jobreport.page import FIGURE_WIDTH_MM
from jobreport.page.fonts import register_in_matplotlib
from jobreport.wording import numbers

MM = 1 / 25.4
DOTS_PER_INCH = 72  # those of an SVG drawing: a dot is a point
TEXT_SIZE = 9.0
SMALL_SIZE = 8.5
STAMP_SIZE = 15.0
TREATED = "#08457E"
EXPOSED = "#C04A00"
COUNTRY = "#111111"
CONTEXT = "#8C8C8C"
GRID = "#DDDDDD"
INK = "#222222"
STAMP_INK = "#6B6B6B"
DIVERGING = ("#8F3B00", "#E39A52", "#DCDCDC", "#79AAD6", "#08457E")
INK_ON = ("#FFFFFF", "#111111", "#111111", "#111111", "#FFFFFF")


@dataclass(frozen=True)
class Look:
    """How one of the municipalities in front is drawn."""

    colour: str
    marker: str
    line: str


LOOKS = {
    "treated": Look(TREATED, "o", "-"),
    "exposed": Look(EXPOSED, "s", "--"),
    "country": Look(COUNTRY, "D", ":"),
}


def _settings(family: str) -> dict[str, object]:
    return {
        "font.family": family,
        "font.size": TEXT_SIZE,
        "axes.titlesize": TEXT_SIZE,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": TEXT_SIZE,
        "xtick.labelsize": SMALL_SIZE,
        "ytick.labelsize": SMALL_SIZE,
        "ytick.alignment": "center",
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.edgecolor": INK,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "svg.fonttype": "none",
        "text.parse_math": False,  # a label between dollar signs is a label, not a formula
        "svg.hashsalt": "jobreport",
        "figure.facecolor": "white",
    }


@contextmanager
def page(height_mm: float) -> Iterator[Drawing]:
    """Give a drawing of the text column's width; everything about it is drawn and saved inside."""
    with rc_context(_settings(register_in_matplotlib())):  # type: ignore[arg-type]
        yield Drawing(figsize=(FIGURE_WIDTH_MM * MM, height_mm * MM))


def svg(drawing: Drawing, stamp: str = "", stamp_at: float = 0.5) -> str:
    """Return the drawing as SVG, the same bytes every time; `stamp` is drawn across every panel, so far up it."""
    if stamp:
        for axes in drawing.axes:
            _stamp(axes, stamp, stamp_at)
    drawing.dpi = DOTS_PER_INCH
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    written = io.StringIO()
    renderer = RendererSVG(*drawing.bbox.size, written, image_dpi=DOTS_PER_INCH, metadata=nothing)  # type: ignore[no-untyped-call]
    margins.place(drawing, renderer)  # with the same renderer, which knows then what it has measured
    drawing.draw(renderer)
    renderer.finalize()  # type: ignore[no-untyped-call]
    return written.getvalue()


def _stamp(axes: Axes, stamp: str, height: float) -> None:
    axes.text(
        0.5,
        height,
        stamp,
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize=STAMP_SIZE,
        color=STAMP_INK,
        fontweight="bold",
        alpha=0.35,
        zorder=10,
        clip_on=True,
        in_layout=False,
    )


def number_axis(axes: Axes, which: str, language: str, *, sign: bool = False) -> None:
    """Write the numbers of an axis as the report writes numbers, with as many decimals as its ticks need."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    places = _places(axis.get_majorticklocs())
    axis.set_major_formatter(lambda value, _: numbers.decimal(value, places, language, sign=sign))
    axes.grid(axis=which)  # type: ignore[arg-type]


def _places(ticks: Iterable[float]) -> int:
    """Return how many decimals, at most three, tell the ticks apart exactly."""
    return next((n for n in range(3) if all(abs(round(tick, n) - tick) < 1e-9 for tick in ticks)), 3)


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move label positions apart until they are `gap` from each other, keeping their order.

    Examples
    --------
    >>> spread([1.0, 1.0], 0.5, 0.0, 2.0)
    [0.75, 1.25]
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed = [wanted[place] for place in order]
    for _ in range(200):
        moved = False
        for i in range(len(placed) - 1):
            overlap = gap - (placed[i + 1] - placed[i])
            if overlap > 1e-9:
                placed[i], placed[i + 1] = placed[i] - overlap / 2, placed[i + 1] + overlap / 2
                moved = True
        if not moved:
            break
    placed = [min(max(value, low), high) for value in placed]
    return [placed[order.index(place)] for place in range(len(wanted))]
