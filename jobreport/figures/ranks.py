"""The change among those of all municipalities, the effect with its interval, false dates, and every other choice."""

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes

from jobreport.domain.released import COUNTRY, Row, waves_in
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import design
from jobreport.wording.design import CHOSEN, Design
from jobreport.wording.texts import sentences

HEIGHT_MM = 64
ALONE_HEIGHT_MM = 50
FALSE_DATES_HEIGHT_MM = 43
SCALES = ("points", "log")
NAME_HEIGHTS = (("country", -0.45), ("exposed", -0.62), ("treated", -0.79))
CURVE_MM = 40
LINE_MM = 4.2


class Ranks(FigureWriter):
    """One municipality's change beside all the others', and beside false dates."""

    def figure(self, indicator: str, measure: str = "register", category: str = "") -> Figure | Paragraph:
        """Draw every municipality's change as a dot, and below it the difference from the others with its interval.

        Returns a sentence instead where there is nothing to draw.
        """
        which = {"indicator": indicator, "measure": measure, "category": category, "group_by": "", "adjustment": ""}
        dots = _by_scale(self.rows("changes", method="change", **which))
        effects = _by_scale(self.rows("changes", "ci_low", "ci_high", method="effect", **which))
        scales = [scale for scale in SCALES if dots.get(scale) and effects.get(scale)]
        if self.own_event(indicator) is None or not scales:
            return self._alone(dots, indicator, measure)
        with style.page(HEIGHT_MM) as drawing:
            grid = drawing.subplots(2, len(scales), squeeze=False, height_ratios=(2.4, 1))
            for column, scale in enumerate(scales):
                self._dots(grid[0][column], dots[scale])
                self._effects(grid[1][column], effects[scale], named=column == 0)
            return self.finished(
                drawing,
                f"rank-{indicator}-{measure}",
                of=effects[scales[0]],
                alt=self._alt([effects[scale] for scale in scales]),
                caption=self.say("figures.rank.caption", row=dots[scales[0]][0]),
            )

    def _alone(self, dots: dict[str, list[Row]], indicator: str, measure: str) -> Figure | Paragraph:
        # Draw the municipality's own change among the others': the event happened elsewhere, or no effect is known.
        scales = [scale for scale in SCALES if any(row.text("municipality_code") == self.code for row in dots[scale])]
        if not scales:
            return self.nothing(indicator)
        first = dots[scales[0]][0]
        why = "alone" if first.text("event") and self.own_event(indicator) is None else "no_event"
        with style.page(ALONE_HEIGHT_MM) as drawing:
            for axes, scale in zip(drawing.subplots(1, len(scales), squeeze=False)[0], scales, strict=True):
                self._dots(axes, dots[scale])
            return self.finished(
                drawing,
                f"rank-{indicator}-{measure}",
                of=dots[scales[0]],
                alt=sentences(*(self._alt_alone(dots[scale]) for scale in scales)),
                caption=self.say(f"figures.rank.caption_{why}", row=first),
            )

    def everybody(self, indicator: str) -> Figure | Paragraph:
        """Draw every municipality's change in an official figure of no event, with nobody but the country in front."""
        nobody = replace(self, params=self.params.model_copy(update={"municipality_code": COUNTRY, "events": ()}))
        which = {"indicator": indicator, "measure": "register", "adjustment": ""}
        return nobody._alone(_by_scale(self.rows("changes", method="change", **which)), indicator, "register")

    def _alt_alone(self, found: list[Row]) -> Parts:
        ordered = sorted(found, key=lambda row: (row.value("change"), row.text("municipality_code")))
        own = next(row for row in ordered if row.text("municipality_code") == self.code)
        others = self.others(ordered)
        ends = {"low": others[0], "high": others[-1]} if others else {}
        return self.say(f"figures.rank.alt_{'among' if others else 'alone'}", own=own, **ends)

    def _dots(self, axes: Axes, found: list[Row]) -> None:
        if others := self.others(found):
            _swarm(axes, [parts.shown(row, "change") for row in others])
        axes.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
        for who, height in NAME_HEIGHTS:
            for row in found:
                if self.role(row.text("municipality_code")) == who:
                    self._pointed(axes, row, who, height)
        axes.set_ylim(0.4, -0.95)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_title(self.axis_unit(found[0], "change"))
        style.number_axis(axes, "x", self.language, sign=True)

    def _pointed(self, axes: Axes, row: Row, who: str, height: float) -> None:
        look, value = style.LOOKS[who], parts.shown(row, "change")
        axes.plot([value, value], [0, height], color=look.colour, linewidth=0.8, linestyle=":", zorder=3)
        axes.plot([value], [0], marker=look.marker, color=look.colour, markersize=6, markeredgecolor="white", zorder=4)
        heavy = {"color": look.colour, "fontweight": "bold", "bbox": style.HALO, "zorder": 5}
        style.near(axes, self.area(row), (value, height), (0, 1), ha="center", va="bottom", **heavy)

    def _effects(self, axes: Axes, found: list[Row], *, named: bool) -> None:
        ordered = sorted(found, key=lambda row: row.text("role") != "treated")
        names = []
        for place, row in enumerate(ordered):
            look = style.LOOKS.get(row.text("role"), style.LOOKS["treated"])
            low, high, value = (parts.shown(row, column) for column in ("ci_low", "ci_high", "change"))
            axes.plot([low, high], [place, place], color=look.colour, linewidth=1.8, solid_capstyle="butt")
            axes.plot([value], [place], marker=look.marker, color=look.colour, markersize=6, markeredgecolor="white")
            names.append(self.municipality(row.text("municipality_code")) if named else "")
        axes.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
        style.named_lines(axes, dict(enumerate(names)))
        axes.set_ylim(len(ordered) - 0.5, -0.5)
        axes.set_title(self.axis_unit(ordered[0], "difference"))
        style.number_axis(axes, "x", self.language, sign=True)

    def _alt(self, effects: list[list[Row]]) -> Parts:
        told = [self.say("figures.rank.alt_intro")]
        for found in effects:
            told += [self.alt_effect(row) for row in found if row.has("ci_low", "rank", "n_comparison")]
        return sentences(*told)

    def false_dates(self, indicator: str, measure: str = "register", category: str = "") -> Figure | Paragraph:
        """Draw the difference from the others at the true date and at every earlier date where nothing happened.

        Returns a sentence instead where no false date could be tried.
        """
        found = {scale: self._dated(indicator, measure, category, scale) for scale in SCALES}
        scales = [scale for scale, dated in found.items() if len(dated) > 1]
        if not scales:
            return self.nothing(indicator)
        with style.page(FALSE_DATES_HEIGHT_MM) as drawing:
            grid = drawing.subplots(1, len(scales), squeeze=False)
            for axes, scale in zip(grid[0], scales, strict=True):
                self._intervals(axes, found[scale])
            return self.finished(
                drawing,
                f"false-dates-{indicator}-{measure}",
                of=found[scales[0]],
                alt=self._false_alt([found[scale] for scale in scales]),
                caption=self.say("figures.false_dates.caption", row=found[scales[0]][-1]),
            )

    def _dated(self, indicator: str, measure: str, category: str, scale: str) -> list[Row]:
        effect = self.effect_of(indicator, measure=measure, category=category, scale=scale)
        if effect is None:
            return []
        ordered = sorted(Design.of(self).tried(effect), key=lambda row: row.text("specification"))
        return [*ordered, *([effect] if effect.has("ci_low", "ci_high") else [])]

    def _intervals(self, axes: Axes, dated: list[Row]) -> None:
        for place, row in enumerate(dated):
            true = row.text("method") == "effect"
            colour = style.TREATED if true else style.INK if row.clear else style.CONTEXT
            low, high, value = (parts.shown(row, column) for column in ("ci_low", "ci_high", "change"))
            axes.plot([place, place], [low, high], color=colour, linewidth=1.8 if true else 1.2, solid_capstyle="butt")
            axes.plot(
                [place], [value], marker="o" if true else "D", markersize=6 if true else 4.5, color=colour,
                markerfacecolor=colour if row.clear else "white", markeredgewidth=1.2,
            )  # fmt: skip
        axes.axhline(0, color=style.INK, linewidth=0.6, zorder=1)
        axes.set_xticks(range(len(dated)), [_date(row) for row in dated])
        axes.get_xticklabels()[-1].set_fontweight("bold")
        axes.set_xlim(-0.6, len(dated) - 0.4)
        axes.set_title(self.axis_unit(dated[0], "difference"))
        style.number_axis(axes, "y", self.language, sign=True)

    def _false_alt(self, found: list[list[Row]]) -> Parts:
        told = [self.say("figures.false_dates.alt_intro")]
        for dated in found:
            if dated[-1].text("method") == "effect":
                told.append(self.alt_effect(dated[-1]))
            tried = [row for row in dated if row.text("method") == "false_date"]
            one_by_one = [self.say("figures.false_dates.alt_one", row=row) for row in tried]
            told.append(self.say("figures.false_dates.alt_list", list=self.listing(one_by_one), row=dated[0]))
        return sentences(*told)


def _by_scale(found: list[Row]) -> dict[str, list[Row]]:
    kept = [row for row in found if row.has("change") and row.text("municipality_code").isdigit()]
    return {scale: [row for row in kept if row.text("scale") == scale] for scale in SCALES}


def _swarm(axes: Axes, values: list[float]) -> None:
    import seaborn as sns  # late: two seconds that a report without figures need not wait

    sns.swarmplot(x=values, ax=axes, color=style.CONTEXT, size=3.8, orient="h", zorder=2)


def _date(row: Row) -> str:
    return row.text("specification") or waves_in(row.text("wave_after"))[0]


class SpecificationCurve(FigureWriter):
    """A comparison under every reasonable choice."""

    def figure(self, indicator: str, measure: str = "register", category: str = "") -> Figure | Paragraph:
        """Draw the difference from the others under all choices, ordered by size, and below it which choices they are.

        Returns a sentence instead where no other choice was tried.
        """
        effect = self._effect(indicator, measure, category)
        known = ("change", "ci_low", "ci_high")
        found = self.rows("changes", *known, method="specification", **design.same(effect)) if effect else []
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
                of=[effect],
                alt=sentences(Design.of(self).choices(effect), self.alt_effect(effect)),
                caption=self.say("figures.curve.caption", row=effect),
            )

    def _effect(self, indicator: str, measure: str, category: str) -> Row | None:
        found = self.effect_of(indicator, measure=measure, category=category)
        return found if found is not None and found.has("rank", "n_comparison", "ci_low") else None

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
            heavy = {"color": style.TREATED, "fontweight": "bold", "bbox": style.HALO | {"pad": 0.6}, "zorder": 5}
            said = self.word("figures.curve.chosen")
            style.near(axes, said, (place, high), (0, 3), ha="center", va="bottom", **heavy)
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
