"""Dots with intervals: other people's surveys beside this one, and every municipality."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from jobreport.domain.released import Row, newest, rows
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.intake.formats.published import box
from jobreport.page import Figure, Paragraph, Parts, plain
from jobreport.wording import numbers
from jobreport.wording.published import Published
from jobreport.wording.texts import sentences

LINE_MM = 4.7
FRAME_MM = 17
ROW_MM, ROWS_FRAME_MM = 3.4, 13.0
COLUMN = 52  # lines that a page holds below each other
PANEL_MM = 6.5
Point = tuple[str, float, float, float, str]  # name, value, low, high, what stands to the right


class Dots(FigureWriter, Published):
    """Surveys, one below the other, each a dot with its interval."""

    def published(self, benchmarks: pd.DataFrame | None) -> Figure | Paragraph:
        """Draw published shares beside this survey's own: a panel for each question, never two kinds of scale in one.

        ``benchmarks``: one row per published figure, with 'ci_low' and 'ci_high' where a base is known. Returns a
        sentence instead where nothing comparable is published.
        """
        published = [row for name in self.reported for row in self._comparable(benchmarks, name)]
        asked = dict.fromkeys(row.text("indicator") for row in published)
        panels = {
            name: (self._own(name), [row for row in published if row.text("indicator") == name]) for name in asked
        }
        if not panels:
            return Paragraph(self.say("figures.none_published"), kind="missing")
        sizes = [len(own) + len(found) for own, found in panels.values()]
        with style.page(FRAME_MM + LINE_MM * sum(sizes) + PANEL_MM * len(sizes)) as drawing:
            grid = drawing.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=sizes)[:, 0]
            for axes, (name, (own, found)) in zip(grid, panels.items(), strict=True):
                points = [*(self._own_point(row) for row in own), *(self._published_point(row) for row in found)]
                others = self.stated(found[0], "text")  # what nobody here was asked has the name that others give it
                _panel(axes, points, self.indicator(name) if self.asked(name) else plain((others,)), own=len(own))
            grid[-1].set_xlim(0, 100)
            style.number_axis(grid[-1], "x", self.language)
            grid[-1].set_xlabel(self.word("units.axis.share"))
            return self.finished(
                drawing,
                "published",
                of=[row for own, _ in panels.values() for row in own],
                alt=sentences(*(self._published_alt(own, found) for own, found in panels.values())),
                caption=self.say("figures.published.caption"),
                source=self._published_source(any(own for own, _ in panels.values())),
            )

    def _published_source(self, own: bool) -> Parts:
        named: Parts = (self.word("figures.published.surveys"),)
        if own:
            named = (*named, f"; {self.municipality(self.code)}: {self.own_survey()}")
        return self.say("common.source_own", source=named)

    def _comparable(self, benchmarks: pd.DataFrame | None, indicator: str) -> list[Row]:
        if benchmarks is None or benchmarks.empty:
            return []
        asked = self.codebook.indicators
        known = next((one.items for one in asked if one.name == indicator), ())
        names = tuple({indicator, *(item.name for item in known)})
        kinds = {(item.scale.kind, box(item.scale, "positive")) for item in known}
        found = rows(benchmarks, "benchmarks", indicator=names, measure="share", category="positive")
        return [row for row in found if (row.text("scale_kind"), row.text("box")) in kinds]

    def _own(self, name: str) -> list[Row]:
        which = {"indicator": name, "measure": "share", "category": "positive", "municipality_code": self.code}
        return newest(self.rows("estimates", "estimate", "n", group_by="", **which))

    def _own_point(self, row: Row) -> Point:
        wave = self.window(row).text
        name = f"{self.municipality(self.code)} ({wave})"
        base = self.said("figures.base", n=self.count(row, "n"))
        return name, *_place(row), f"{self.number(row, 'estimate').text} ({base})"

    def _published_point(self, row: Row) -> Point:
        name = f"{row.text('source')} ({row.text('year')})"
        text = row.text("n").removesuffix(".0")
        counted = numbers.decimal(float(text), 0, self.language) if text.isdigit() else self.word("common.not_stated")
        base = self.said("figures.base", n=counted)
        low, high = (100 * row.value(c) if row.has(c) else float("nan") for c in ("ci_low", "ci_high"))
        return name, 100 * row.value("value"), low, high, f"{plain(self.figure_of(row))} ({base})"

    def _published_alt(self, own: list[Row], found: list[Row]) -> Parts:
        told = [
            self.point_alt((self.municipality(self.code), ", ", self.indicator(row.text("indicator"))), row)
            for row in own
        ]
        told.extend(
            self.say(
                "figures.published.alt_one",
                source=self.stated(row, "source"),
                year=self.stated(row, "year"),
                name=self.stated(row, "text"),
                value=self.figure_of(row),
            )
            for row in found
        )
        return sentences(*told)


def _place(row: Row) -> tuple[float, float, float]:
    return parts.shown(row, "estimate"), parts.shown(row, "ci_low"), parts.shown(row, "ci_high")


def _panel(axes: Axes, points: Sequence[Point], title: str, own: int) -> None:
    _intervals(axes, points, range(own), style.LOOKS["treated"])
    _intervals(axes, points, range(own, len(points)), style.LOOKS["country"])
    for place, (*_, note) in enumerate(points):
        style.beside(axes, place, note)
    style.named_lines(axes, {place: name for place, (name, *_) in enumerate(points)})
    axes.set_ylim(len(points) - 0.5, -0.5)
    axes.set_title(title)
    axes.grid(axis="x")


def _intervals(axes: Axes, points: Sequence[Point], places: range, look: style.Look) -> None:
    if not places:
        return
    _, values, low, high, _ = zip(*(points[place] for place in places), strict=True)
    lines = parts.joined(low, high), parts.joined(places, places)
    axes.plot(*lines, color=look.colour, linewidth=1.6, solid_capstyle="butt", zorder=2)
    dot = {"marker": look.marker, "color": look.colour, "markersize": 6, "markeredgecolor": "white", "zorder": 3}
    axes.plot(values, places, linestyle="none", **dot)  # type: ignore[arg-type]


class LevelLines(FigureWriter):
    """The level of every municipality on one axis, by region and name: a picture of spread, not a ranking."""

    def figure(
        self,
        key: str,
        regions: Mapping[str, Sequence[Row]],
        country: Row,
        *,
        before: Mapping[str, Row] | None = None,
        alt: Parts,
        caption: Parts,
    ) -> Figure:
        """Draw one line per municipality, in the order given, and the country's level across them.

        ``regions``: name of each region and its municipalities' estimates; one without a number keeps its line and says
        so. ``country``: the whole country's estimate of the same measure and wave. ``before``: what each municipality
        was at, where no interval but a change is drawn.
        """
        lines: list[str | Row] = []
        for region, found in regions.items():
            lines += [region, *found]
        columns = _columns(lines)
        drawn = [*(row for found in regions.values() for row in found), *(before or {}).values()]
        reach = [parts.shown(row, column) for row in drawn for column in ("estimate", "ci_low", "ci_high")]
        high = max(map(len, columns))
        with style.page(ROWS_FRAME_MM + ROW_MM * high) as drawing:
            grid = drawing.subplots(1, len(columns), squeeze=False, sharex=True)[0]
            for axes, shown in zip(grid, columns, strict=True):
                self._column(axes, shown, before, alone=len(columns) == 1)
                axes.axvline(parts.shown(country, "estimate"), color=style.COUNTRY, linestyle=":", linewidth=1.2)
                axes.set_ylim(high - 0.5, -0.5)
            grid[0].set_xlim(left=min(0.0, *(value for value in reach if value == value)))
            for axes in grid:
                axes.set_title(self.spanning(axes, country, reach), fontweight="normal")
            return self.finished(
                drawing,
                key,
                of=[country],
                alt=alt,
                caption=caption,
            )

    def _column(self, axes: Axes, lines: Sequence[str | Row], before: Mapping[str, Row] | None, *, alone: bool) -> None:
        named = [line if isinstance(line, str) else self.municipality(_code(line)) for line in lines]
        style.named_lines(axes, dict(enumerate(named)))
        for label, line in zip(axes.get_yticklabels(), lines, strict=True):
            label.set_fontweight("bold" if isinstance(line, str) else "normal")
        for place, row in enumerate(lines):
            if not isinstance(row, str):
                start = None if before is None else before.get(_code(row))
                self._one(axes, place, row, start)
                style.beside(axes, place, self._note(row, start, alone=alone))

    def _one(self, axes: Axes, place: int, row: Row, start: Row | None) -> None:
        look = style.LOOKS.get(self._role(row))
        colour, marker = (look.colour, look.marker) if look else (style.CONTEXT, "o")
        dot: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 4.5, "linestyle": "none"}
        first = parts.shown(row, "ci_low") if start is None else parts.shown(start, "estimate")
        last = parts.shown(row, "ci_high" if start is None else "estimate")
        axes.plot([first, last], [place, place], color=colour, linewidth=1.6, solid_capstyle="butt")
        if start is not None:
            axes.plot([first], [place], markerfacecolor="white", **dot)
        axes.plot([parts.shown(row, "estimate")], [place], **dot)

    def _note(self, row: Row, start: Row | None, *, alone: bool) -> str:
        if not row.has("estimate"):
            return self.word("common.suppressed_short" if row.suppressed else "common.no_number")
        level = self.number(row, "estimate").text
        if start is not None and start.has("estimate"):
            return f"{self.number(start, 'estimate').text} → {level}"
        return f"{level} ({plain(self.interval(row, short=True))})" if alone and row.has("ci_low", "ci_high") else level

    def _role(self, row: Row) -> str:
        event = {c: "treated" for e in self.params.events for c in e.treated}
        event |= {c: "exposed" for e in self.params.events for c in e.exposed}
        return event.get(_code(row), "comparison")


def _code(row: Row) -> str:
    return row.text("municipality_code")


def _columns(lines: Sequence[str | Row]) -> list[list[str | Row]]:
    count = -(-len(lines) // COLUMN)
    each = -(-len(lines) // count)
    columns = [list(lines[at : at + each]) for at in range(0, len(lines), each)]
    for before, column in pairwise(columns):
        if isinstance(before[-1], str):
            column.insert(0, before.pop())
        elif not isinstance(column[0], str):
            column.insert(0, next(line for line in reversed(before) if isinstance(line, str)))
    return columns
