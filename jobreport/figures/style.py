"""One look for all figures: width of the text column, the report's typeface and size, colours, the stamp.

The colours are told apart by people who are colour blind and in greyscale; none carries a meaning alone:
the municipality is a filled circle on a solid line, an exposed one a square on a dashed line, the country
a black dotted line.
"""

import io
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.gridspec import SubplotSpec
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import BboxBase
from numpy.typing import ArrayLike

from jobreport.figures import kept
from jobreport.page import FIGURE_WIDTH_MM
from jobreport.page.fonts import register_in_matplotlib
from jobreport.wording import numbers

MM = 1 / 25.4
DOTS_PER_INCH = 72  # those of an SVG drawing: a dot is a point
TEXT_SIZE = 9.0
SMALL_SIZE = 8.5
STAMP_STRIP = 11.0  # points
PAD = 3.0  # points around everything that belongs to a panel, and around a key
TREATED = "#08457E"
EXPOSED = "#C04A00"
COUNTRY = "#111111"
CONTEXT = "#8C8C8C"
GRID = "#DDDDDD"
INK = "#222222"
STAMP_INK = "#A63D17"
DIVERGING = ("#8F3B00", "#E39A52", "#DCDCDC", "#79AAD6", "#08457E")
STAMP_LOOK = {"ha": "right", "va": "bottom", "fontsize": 8.0, "color": STAMP_INK, "fontweight": "bold"}
HALO = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # around words that lie over lines
KEY: dict[str, Any] = {"frameon": False, "fontsize": SMALL_SIZE, "handlelength": 1.0, "handletextpad": 0.4}
BESIDE_LINE = ("axes fraction", "data")
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


def svg(drawing: Drawing, stamp: str = "", heights: Sequence[float] = ()) -> str:
    """Return the drawing as SVG, the same bytes every time; `stamp` has a strip of its own below what is drawn.

    Where `heights` of the panels in each row are given, in points, the drawing becomes as high as they need.
    """
    drawing.dpi = DOTS_PER_INCH
    written = io.StringIO()
    with kept.answers():
        place(drawing, _renderer(drawing, io.StringIO()), STAMP_STRIP if stamp else 0.0, heights)
        renderer = _renderer(drawing, written)
        if stamp:
            drawing.text(1, PAD / drawing.bbox.height, stamp, **STAMP_LOOK)  # type: ignore[arg-type]
        drawing.draw(renderer)
    renderer.finalize()  # type: ignore[no-untyped-call]
    return written.getvalue()


def _renderer(drawing: Drawing, written: io.StringIO) -> RendererSVG:
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    return RendererSVG(*drawing.bbox.size, written, image_dpi=DOTS_PER_INCH, metadata=nothing)  # type: ignore[no-untyped-call]


def number_axis(axes: Axes, which: str, language: str, *, sign: bool = False) -> None:
    """Write the numbers of an axis as the report writes numbers, with as many decimals as its ticks need."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    places = _places(axis.get_majorticklocs())
    axis.set_major_formatter(lambda value, _: numbers.decimal(value, places, language, sign=sign))
    axes.grid(axis=which)  # type: ignore[arg-type]


def near(axes: Axes, said: str, at: tuple[float, float], away: tuple[float, float], **look: Any) -> None:
    """Write something so many points away from a place, also where that is outside the panel."""
    axes.annotate(said, at, xytext=away, textcoords="offset points", annotation_clip=False, **look)


def beside(axes: Axes, height: float, said: str) -> None:
    """Write what stands to the right of a line."""
    near(axes, said, (1, height), (5, 0), xycoords=BESIDE_LINE, va="center", fontsize=SMALL_SIZE)


def named_lines(axes: Axes, names: Mapping[float, str]) -> None:
    """Let the names of lines stand at their places, without ticks and without a line down the side."""
    axes.set_yticks([*names], [*names.values()])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def wrapped(text: str, width: int) -> str:
    """Break a text into lines of so many letters at most."""
    return "\n".join(textwrap.wrap(text, width))


def _places(ticks: Iterable[float]) -> int:
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


def place(drawing: Drawing, renderer: RendererBase, below: float = 0.0, heights: Sequence[float] = ()) -> None:
    """Place the panels of a grid, with keys above it, so that no words lie over others or are cut off.

    They come to lie where matplotlib's constrained layout puts them. That one measures all that is drawn twice, since
    words inside a panel reach further out of it when it has become smaller; here only those are measured again.
    ``drawing``: its panels are those of one `subplots`; it has one dot per point. ``below``: points that are left free
    below all panels. ``heights``: points that the panels of each row get, for which the drawing becomes as high as it
    must; else they share what there is.
    """
    grid = spot(drawing.axes[0]).get_gridspec()
    across, down = np.full((grid.ncols, 2), PAD), np.full((grid.nrows, 2), PAD)
    keys = sum(key.get_window_extent(renderer).height + 2 * PAD for key in drawing.legends)
    for reach in (_all, _words):
        for axes in drawing.axes:
            column, row, inner = spot(axes).colspan.start, spot(axes).rowspan.start, axes.bbox
            for outer in reach(axes, renderer):
                across[column] = np.maximum(across[column], (PAD + inner.x0 - outer.x0, PAD + outer.x1 - inner.x1))
                down[row] = np.maximum(down[row], (PAD + outer.y1 - inner.y1, PAD + inner.y0 - outer.y0))
        columns = _spans(across, grid.get_width_ratios(), 0, drawing.bbox.width)
        if heights:
            high = keys + down.sum() + sum(heights) + below
            drawing.set_size_inches(drawing.get_figwidth(), high / DOTS_PER_INCH)
        rows = _spans(down, heights or grid.get_height_ratios(), keys, drawing.bbox.height, below)
        for axes in drawing.axes:
            (left, right), (top, bottom) = columns[spot(axes).colspan.start], rows[spot(axes).rowspan.start]
            axes.set_position((left, 1 - bottom, right - left, bottom - top))
        kept.moved()


def _all(axes: Axes, renderer: RendererBase) -> Iterator[BboxBase]:
    box = axes.get_tightbbox(renderer, for_layout_only=True)
    if box is not None:
        yield box


def _words(axes: Axes, renderer: RendererBase) -> Iterator[BboxBase]:
    boxes = (text.get_tightbbox(renderer) for text in axes.texts if text.get_in_layout())
    yield from (box for box in boxes if box is not None and box.width > 0)


def spot(axes: Axes) -> SubplotSpec:
    """Return where in its grid a panel stands."""
    found = axes.get_subplotspec()
    if found is None:
        raise ValueError("a panel that stands in no grid has no place of its own")
    return found


def _spans(
    margins: np.ndarray, ratios: ArrayLike, start: float, size: float, rest: float = 0.0
) -> list[tuple[float, float]]:
    """Share out what the margins before and after each panel leave: where it begins and ends, as parts of the size.

    Examples
    --------
    >>> _spans(np.array([[20.0, 0.0], [5.0, 5.0]]), (1, 3), 10.0, 100.0)
    [(0.3, 0.45), (0.5, 0.95)]
    """
    weights = np.asarray(ratios, dtype="float64")
    lengths = (size - start - rest - margins.sum()) * weights / weights.sum()
    spans, reached = [], start
    for (before, after), length in zip(margins.tolist(), lengths.tolist(), strict=True):
        spans.append(((reached + before) / size, (reached + before + length) / size))
        reached += before + length + after
    return spans
