"""The same drawing for a telephone: panels below each other, and what a line is called above it, in letters as large.

Everything that was drawn stays; it is only laid out anew, so that both drawings say the same.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, MaxNLocator

from jobreport.figures import style

WIDTH_MM = 78.0
"""On a screen of 360 pixels the smallest letters of a drawing this wide are 12 high."""
LETTER, LINE = 4.3, 11.0
"""Points that a letter takes of a line, and a line of a page."""
WIDTH = WIDTH_MM * style.MM * style.DOTS_PER_INCH
ROOM = 150.0  # points that a panel has at least, where names stand to its left
ACROSS, LEFT, ASIDE, BESIDE = 46, 30, 16, 34
"""Letters over the whole drawing, left of a panel, inside it, and of a name and what stands beside it in one line."""
PITCH, BAR, UP = 25.0, 11.0, 6.5
"""Points from line to line where names stand above, of a bar, and from the middle of a line to its name."""
NARROWER = 1.5  # a panel whose names break into lines is so many times as high
_PATH = re.compile(r'(?<= d=")[^"]*')
_DIGITS = re.compile(r"(\.\d\d)\d+")


@dataclass(frozen=True)
class Name:
    """What a line of a panel is called, and where it lies."""

    place: float
    text: str
    weight: str


def svg(drawing: Drawing, stamp: str = "") -> str:
    """Lay a drawing out anew, narrow, and return it as SVG; '' for a map, whose tiles would not hold their letters.

    ``drawing``: placed once, in full width; it stays narrow. ``stamp``: as of `style.svg`.
    """
    panels = drawing.axes
    if not all(axes.axison for axes in panels):
        return ""
    for text in list(drawing.texts):
        text.remove()
    names = {axes: found for axes in panels if (found := list(_names(axes)))}
    heights = [axes.bbox.height for axes in panels]
    drawing.set_size_inches(WIDTH_MM * style.MM, drawing.get_size_inches()[1])
    ordered = _stacked(drawing, names)
    room = ACROSS // 2 if names else ACROSS  # of a title over a panel that has names beside it, or stands over one
    wanted = [_panel(axes, height, names.get(axes, []), room) for axes, height in zip(panels, heights, strict=True)]
    _keys(drawing)
    drawn = style.svg(drawing, stamp, [wanted[place] for place in ordered])
    return _PATH.sub(lambda found: _DIGITS.sub(r"\1", found[0]), drawn)


def _names(axes: Axes) -> Iterator[Name]:
    spot = style.spot(axes)
    row = [one for one in axes.get_figure().axes if style.spot(one).rowspan.start == spot.rowspan.start]  # type: ignore[union-attr]
    first = min(row, key=lambda one: style.spot(one).colspan.start)
    if isinstance(first.yaxis.get_major_locator(), FixedLocator):
        for place, label in zip(first.get_yticks(), first.get_yticklabels(), strict=True):
            yield Name(float(place), label.get_text(), str(label.get_fontweight()))


def _stacked(drawing: Drawing, names: dict[Axes, list[Name]]) -> list[int]:
    grid = style.spot(drawing.axes[0]).get_gridspec()
    below = drawing.add_gridspec(grid.nrows * grid.ncols, 1)
    order = {}
    for number, axes in enumerate(drawing.axes):
        spot = style.spot(axes)
        place = spot.colspan.start * grid.nrows + spot.rowspan.start
        order[place] = number
        axes.set_subplotspec(below[place, 0])
        if axes in names:
            axes.tick_params(axis="y", labelleft=True)
    return [order[place] for place in sorted(order)]


def _panel(axes: Axes, height: float, names: list[Name], room: int) -> float:
    _ticks(axes)
    if not any(name.text for name in names):
        _titled(axes, room)
        high = height * max([1.0, *(_broken(text) for text in axes.texts)])
        _apart([t for t in axes.texts if isinstance(t, Annotation) and t.anncoords == "data"], axes.get_ylim(), high)
        return high
    notes = [t for t in axes.texts if isinstance(t, Annotation) and t.xycoords == style.BESIDE_LINE and t.xy[0] == 1]
    beside = max((len(note.get_text()) for note in notes), default=0)
    if axes.patches or max(len(name.text) for name in names) + beside > BESIDE:
        _titled(axes, ACROSS)
        return _above(axes, names, notes, ACROSS + 6 - beside)
    _titled(axes, room)
    return _left(axes, height, names)


def _titled(axes: Axes, room: int) -> None:
    for text in axes.findobj(Text):
        if text.get_text() and text.get_text() in (axes.get_title("left"), axes.get_xlabel()):
            text.set_text(style.wrapped(text.get_text(), room))


def _broken(text: Text) -> float:
    said = text.get_text()
    if len(said) <= ASIDE:
        return 1.0
    room, higher = (ACROSS, 1.0) if text.get_horizontalalignment() == "center" else (ASIDE, NARROWER)
    text.set_text(style.wrapped(said.replace("\n", " "), room))
    return higher


def _apart(names: list[Annotation], ends: tuple[float, float], height: float) -> None:
    if names:
        lines = max(name.get_text().count("\n") + 1 for name in names)
        gap = (ends[1] - ends[0]) * LINE * lines / height
        for name, place in zip(names, style.spread([name.xyann[1] for name in names], gap, *ends), strict=True):
            name.xyann = (name.xyann[0], place)


def _ticks(axes: Axes) -> None:
    if not isinstance(axes.xaxis.get_major_locator(), FixedLocator):
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
        return
    said = [label.get_text() for label in axes.get_xticklabels()]
    step = math.ceil(sum(LETTER * (len(text) + 1) for text in said) / ROOM)
    if step > 1:
        axes.set_xticks(axes.get_xticks(), [t if not (len(said) - 1 - i) % step else "" for i, t in enumerate(said)])


def _left(axes: Axes, height: float, names: list[Name]) -> float:
    wrapped = [style.wrapped(name.text, LEFT) for name in names]
    axes.set_yticks([name.place for name in names], wrapped)
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        label.set_fontweight(name.weight)
    lines = max(text.count("\n") + 1 for text in wrapped)
    return max(height, _span(axes) * LINE * lines if lines > 1 else 0)


def _above(axes: Axes, names: list[Name], notes: list[Annotation], room: int) -> float:
    wrapped = [style.wrapped(name.text, room) for name in names]
    lines = max(text.count("\n") + 1 for text in wrapped)
    pitch = PITCH + LINE * (lines - 1)
    axes.set_yticks([name.place for name in names], [""] * len(names))
    _thin(axes, pitch)
    for text in axes.texts:
        heading = not isinstance(text, Annotation) and text.get_verticalalignment() == "bottom"  # of several lines
        if heading:
            text.set_position((axes.get_xlim()[0], text.get_position()[1] - LINE / pitch))
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top - LINE * (lines - 0.5) / pitch)
    for name, said in zip(names, wrapped, strict=True):
        look = {"fontsize": style.SMALL_SIZE, "fontweight": name.weight, "bbox": style.HALO}
        style.near(axes, said, (0, name.place), (0, UP), xycoords=style.BESIDE_LINE, ha="left", va="bottom", **look)
    for note in notes:
        note.set(ha="right", va="bottom", text=" ".join(note.get_text().split()))
        note.xyann = (0, UP)
    return _span(axes) * pitch


def _thin(axes: Axes, pitch: float) -> None:
    for bar in (patch for patch in axes.patches if isinstance(patch, Rectangle)):
        middle = bar.get_y() + bar.get_height() / 2
        bar.set(height=BAR / pitch, y=middle - BAR / pitch / 2)
    if axes.patches and axes.get_xlim()[0] < 0:
        reach = [edge for bar in axes.patches for edge in (bar.get_x(), bar.get_x() + bar.get_width())]  # type: ignore[attr-defined]
        axes.set_xlim(min(reach), max(reach))


def _span(axes: Axes) -> float:
    bottom, top = axes.get_ylim()
    return float(abs(bottom - top))


def _keys(drawing: Drawing) -> None:
    for key in list(drawing.legends):
        words = [text.get_text() for text in key.get_texts()]
        handles = [handle for handle in key.legend_handles if handle is not None]
        key.remove()
        across = 1 if max(map(len, words)) > ACROSS // 2 - 4 else 2
        drawing.legend(handles, words, loc="upper center", ncols=across, columnspacing=1.2, **style.KEY)
