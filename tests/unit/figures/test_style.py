"""Where panels come to lie: nothing is cut off or covered, and as matplotlib itself would place it."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch

from jobreport.figures import style

HEIGHT_MM = 90.0
SHAPES = [(1, 1), (2, 2), (3, 1)]


def decorated(drawing: Drawing, rows: int, columns: int, *, key: bool) -> Drawing:
    drawing.dpi = style.DOTS_PER_INCH
    ratios = tuple(range(1, rows + 1))
    grid = drawing.subplots(rows, columns, squeeze=False, height_ratios=ratios)
    for place, axes in enumerate(grid.flat):
        axes.plot([0, 1, 2], [0, 1000 * (place + 1), 3])
        axes.set_title("procentpoint")
        axes.set_xlabel("antal svar")
        axes.set_yticks([0, 1], ["en lang etiket" if place else "a", "b"])
        axes.annotate("Ringkøbing-Skjern", (2, 3), xytext=(10, 0), textcoords="offset points", annotation_clip=False)
    if key:
        drawing.legend(handles=[Patch(label="Tilfreds")], loc="outside upper center")
    return drawing


def renderer(drawing: Drawing) -> RendererSVG:
    return RendererSVG(*drawing.bbox.size, io.StringIO())


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_panels_lie_where_the_constrained_layout_puts_them(rows: int, columns: int, key: bool) -> None:
    with style.page(HEIGHT_MM) as own:
        decorated(own, rows, columns, key=key)
        style.place(own, renderer(own))
    with style.page(HEIGHT_MM) as other:
        decorated(other, rows, columns, key=key)
        FigureCanvasSVG(other)
        other.set_layout_engine("constrained")
        other.get_layout_engine().execute(other)
    for ours, theirs in zip(own.axes, other.axes, strict=True):
        apart = np.abs(ours.get_position().get_points() - theirs.get_position().get_points()) * own.bbox.size
        assert apart.max() < 3, "points"


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_nothing_is_cut_off_or_lies_over_another_panel(rows: int, columns: int) -> None:
    with style.page(HEIGHT_MM) as drawing:
        decorated(drawing, rows, columns, key=True)
        style.place(drawing, renderer(drawing))
        boxes = [axes.get_tightbbox(renderer(drawing)) for axes in drawing.axes]
        boxes.append(drawing.legends[0].get_window_extent(renderer(drawing)))
    for place, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= drawing.bbox.x1
        assert box.y1 <= drawing.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_a_panel_without_words_leaves_three_points_all_round() -> None:
    with style.page(HEIGHT_MM) as drawing:
        drawing.dpi = style.DOTS_PER_INCH
        drawing.subplots().set_axis_off()
        style.place(drawing, renderer(drawing))
        (left, bottom), (right, top) = drawing.axes[0].get_position().get_points() * drawing.bbox.size
    assert (left, bottom) == pytest.approx((3, 3))
    assert (drawing.bbox.width - right, drawing.bbox.height - top) == pytest.approx((3, 3))


def test_a_panel_that_stands_in_no_grid_is_refused() -> None:
    with style.page(HEIGHT_MM) as drawing:
        drawing.add_axes((0, 0, 1, 1))
        with pytest.raises(ValueError, match="grid"):
            style.place(drawing, renderer(drawing))
