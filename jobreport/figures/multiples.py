"""Small multiples: the groups of one municipality, a column for each indicator, with the numbers beside the dots."""

from collections.abc import Mapping
from typing import NamedTuple

from matplotlib.axes import Axes

from jobreport.domain.released import Row, newest
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Block, Figure, Group, Parts
from jobreport.wording.survey import Survey
from jobreport.wording.texts import sentences

ACROSS = 3  # indicators beside each other
LINE_MM = 4.1
FRAME_MM = 18
Line = tuple[str, str]  # a grouping and one of its groups; '' is the heading of the grouping


class _Column(NamedTuple):
    name: str
    rows: Mapping[Line, Row]
    total: Row | None

    @property
    def first(self) -> Row:
        """A row that holds a number."""
        return next(row for row in self.rows.values() if row.has("estimate"))


class Multiples(FigureWriter, Survey):
    """The groups of several indicators beside each other."""

    def figures(self, *names: str) -> Block:
        """Draw the main measure of each indicator in every group, with interval and base, so many in a figure.

        ``*names``: indicators; those without a group that may be shown are left out. Returns figures; a sentence where
        there is nothing to draw.
        """
        columns = [column for name in names if (column := self._column(name)) is not None]
        if not columns:
            return self.nothing(names[0], "no_groups" if self.of_table else "nothing")
        made = tuple(self._figure(columns[at : at + ACROSS]) for at in range(0, len(columns), ACROSS))
        return made[0] if len(made) == 1 else Group(made)

    def _column(self, name: str) -> _Column | None:
        found = {(by, row.text("group")): row for by in self.codebook.groups for row in self.shown_groups(name, by)}
        return _Column(name, found, self._total(name)) if any(row.has("estimate") for row in found.values()) else None

    def _total(self, indicator: str) -> Row | None:
        which = self.told_by(indicator) | {"municipality_code": self.code}
        return next(iter(newest(self.rows("estimates", "estimate", group_by="", **which))), None)

    def _figure(self, columns: list[_Column]) -> Figure:
        lines = self._lines(columns)
        with style.page(FRAME_MM + LINE_MM * len(lines)) as drawing:
            grid = drawing.subplots(1, len(columns), squeeze=False, sharey=True)[0]
            for axes, column in zip(grid, columns, strict=True):
                self._draw(axes, lines, column)
            grid[0].set_ylim(len(lines) - 0.5, -0.5)
            for label, (_, value) in zip(grid[0].get_yticklabels(), lines, strict=True):
                label.set_fontweight("normal" if value else "bold")
            first = columns[0]
            waves: dict[str, Parts] = {c.first.text("wave"): (self.window(c.first),) for c in columns}
            return self.finished(
                drawing,
                f"groups-{first.name}",
                of=[first.first],
                alt=sentences(*(self._alt(column) for column in columns)),
                caption=self.say(
                    "figures.groups.caption",
                    name=self.listing([(self.indicator(column.name),) for column in columns]),
                    wave=self.listing(list(waves.values())),
                ),
                source=self.source(first.name),
            )

    def _lines(self, columns: list[_Column]) -> list[Line]:
        shown = {line for column in columns for line in column.rows}
        groups = self.codebook.groups
        lines = [[(by, ""), *((by, value) for value in group.values)] for by, group in groups.items()]
        return [line for some in lines if shown & {*some} for line in some if not line[1] or line in shown]

    def _draw(self, axes: Axes, lines: list[Line], column: _Column) -> None:
        look = style.LOOKS["treated"]
        drawn = {place: column.rows[line] for place, line in enumerate(lines) if line in column.rows}
        ends = [parts.shown(row, side) for row in drawn.values() for side in ("ci_low", "ci_high")]
        for place, row in drawn.items():
            axes.plot([parts.shown(row, "ci_low"), parts.shown(row, "ci_high")], [place] * 2, color=look.colour, lw=1.6)
            dot = {"color": look.colour, "markersize": 6, "markeredgecolor": "white", "zorder": 3}
            axes.plot([parts.shown(row, "estimate")], [place], look.marker, **dot)  # type: ignore[arg-type]
            style.beside(axes, place, self._beside(row))
        if column.total is not None:
            ends.append(parts.shown(column.total, "estimate"))
            axes.axvline(ends[-1], color=look.colour, linewidth=0.8, linestyle=":", zorder=1)
        axes.set_xlabel(self._measured(column.first) + self.spanning(axes, column.first, ends))
        axes.set_title(style.wrapped(self.indicator(column.name), 26))
        named = [self.group(by, value) if value else self.grouping(by) for by, value in lines]
        style.named_lines(axes, dict(enumerate(named)))

    def _measured(self, row: Row) -> str:
        key = f"figures.groups.measured.{row.text('category')}"
        return f"{self.word(key)}, " if self.texts.has(key) else ""

    def _beside(self, row: Row) -> str:
        if not row.has("estimate"):
            return self.word("figures.suppressed")
        mark = f" {self.word('common.uncertain_short')}" if row.uncertain else ""
        return f"{self.number(row, 'estimate').text} ({self.count(row, 'n').text}){mark}"

    def _alt(self, column: _Column) -> Parts:
        told: list[Parts] = [(f"{self.indicator(column.name)}:",)]
        if column.total is not None:
            told.append(self.point_alt((self.word("figures.groups.all"),), column.total))
        for by in dict.fromkeys(by for by, _ in column.rows):
            told.append(self.say("figures.groups.alt_intro", grouping=self.grouping(by)))
            told += [self.point_alt((self.group_of(row),), row) for (of, _), row in column.rows.items() if of == by]
        return sentences(*told)
