"""Where the panels of a drawing lie: as large as the words around them allow, and in line with each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure as Drawing
from matplotlib.gridspec import SubplotSpec
from matplotlib.transforms import BboxBase
from numpy.typing import ArrayLike

PAD = 3.0  # points around everything that belongs to a panel, and around a key


def place(drawing: Drawing, renderer: RendererBase) -> None:
    """Place the panels of a grid, with keys above it, so that no words lie over others or are cut off.

    They come to lie where matplotlib's constrained layout puts them. That one measures all that is drawn twice, since
    words inside a panel reach further out of it when it has become smaller; here only those are measured again.

    Parameters
    ----------
    drawing
        Its panels are those of one `subplots`; it has one dot per point.
    renderer
        Knows how large words are.
    """
    grid = _spot(drawing.axes[0]).get_gridspec()
    across, down = np.full((grid.ncols, 2), PAD), np.full((grid.nrows, 2), PAD)
    keys = sum(key.get_window_extent(renderer).height + 2 * PAD for key in drawing.legends)
    for reach in (_all, _words):
        for axes in drawing.axes:
            column, row, inner = _spot(axes).colspan.start, _spot(axes).rowspan.start, axes.bbox
            for outer in reach(axes, renderer):
                across[column] = np.maximum(across[column], (PAD + inner.x0 - outer.x0, PAD + outer.x1 - inner.x1))
                down[row] = np.maximum(down[row], (PAD + outer.y1 - inner.y1, PAD + inner.y0 - outer.y0))
        columns = _spans(across, grid.get_width_ratios(), 0, drawing.bbox.width)
        rows = _spans(down, grid.get_height_ratios(), keys, drawing.bbox.height)
        for axes in drawing.axes:
            (left, right), (top, bottom) = columns[_spot(axes).colspan.start], rows[_spot(axes).rowspan.start]
            axes.set_position((left, 1 - bottom, right - left, bottom - top))


def _all(axes: Axes, renderer: RendererBase) -> Iterator[BboxBase]:
    box = axes.get_tightbbox(renderer, for_layout_only=True)
    if box is not None:
        yield box


def _words(axes: Axes, renderer: RendererBase) -> Iterator[BboxBase]:
    boxes = (text.get_tightbbox(renderer) for text in axes.texts if text.get_in_layout())
    yield from (box for box in boxes if box is not None and box.width > 0)


def _spot(axes: Axes) -> SubplotSpec:
    spot = axes.get_subplotspec()
    if spot is None:
        raise ValueError("a panel that stands in no grid has no place of its own")
    return spot


def _spans(margins: np.ndarray, ratios: ArrayLike, start: float, size: float) -> list[tuple[float, float]]:
    """Share out what the margins before and after each panel leave: where it begins and ends, as parts of the size.

    Examples
    --------
    >>> _spans(np.array([[20.0, 0.0], [5.0, 5.0]]), (1, 3), 10.0, 100.0)
    [(0.3, 0.45), (0.5, 0.95)]
    """
    weights = np.asarray(ratios, dtype="float64")
    lengths = (size - start - margins.sum()) * weights / weights.sum()
    spans, reached = [], start
    for (before, after), length in zip(margins.tolist(), lengths.tolist(), strict=True):
        spans.append(((reached + before) / size, (reached + before + length) / size))
        reached += before + length + after
    return spans
