"""The change among the changes of all municipalities, the effect with its interval, and false dates."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from jobreport.domain.released import Row, rows, waves_in
from jobreport.figures import parts, style
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import design, lines, numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.texts import Filling, listing, sentences

HEIGHT_MM = 70
ALONE_HEIGHT_MM = 50
FALSE_DATES_HEIGHT_MM = 50
SCALES = ("points", "log")
NAME_HEIGHTS = (("country", -0.45), ("exposed", -0.62), ("treated", -0.79))


def rank_picture(
    changes: pd.DataFrame, labels: Labels, indicator: str, measure: str = "register", category: str = ""
) -> Figure | Paragraph:
    """Draw every municipality's change as a dot, and below it the difference from the others with its interval.

    Parameters
    ----------
    changes
        Released changes; a register has both scales, which stand side by side.
    labels
        Names and language.
    indicator, measure, category
        Which rows.

    Returns
    -------
    Figure
        A sentence instead where there is nothing to draw.
    """
    which = {"indicator": indicator, "measure": measure, "category": category, "group_by": "", "adjustment": ""}
    dots = _by_scale(rows(changes, "changes", method="change", **which))
    if labels.own_event() is None:
        return _alone(dots, labels, indicator, measure)
    effects = _by_scale(rows(changes, "changes", method="effect", **which))
    scales = [scale for scale in SCALES if dots.get(scale) and effects.get(scale)]
    if not scales:
        return lines.nothing(labels, indicator)
    with style.page(HEIGHT_MM) as drawing:
        grid = drawing.subplots(2, len(scales), squeeze=False, height_ratios=(2.4, 1))
        for column, scale in enumerate(scales):
            _dots(grid[0][column], dots[scale], labels, named=True)
            _effects(grid[1][column], effects[scale], labels, named=column == 0)
        return parts.finished(
            drawing,
            f"rank-{indicator}-{measure}",
            labels,
            alt=_alt([effects[scale] for scale in scales], labels),
            caption=labels.texts.fill("figures.rank.caption", name=labels.indicator(indicator), **_windows(dots)),
            source=lines.source(labels, indicator),
            simulated=any(row.simulated for row in effects[scales[0]]),
        )


def _alone(dots: dict[str, list[Row]], labels: Labels, indicator: str, measure: str) -> Figure | Paragraph:
    """Draw the municipality's own change among the others': the event happened elsewhere, so there is no effect."""
    scales = [scale for scale in SCALES if any(row.text("municipality_code") == labels.code for row in dots[scale])]
    if not scales:
        return lines.nothing(labels, indicator)
    with style.page(ALONE_HEIGHT_MM) as drawing:
        for axes, scale in zip(drawing.subplots(1, len(scales), squeeze=False)[0], scales, strict=True):
            _dots(axes, dots[scale], labels, named=True)
        return parts.finished(
            drawing,
            f"rank-{indicator}-{measure}",
            labels,
            alt=sentences(*(_alt_alone(dots[scale], labels) for scale in scales)),
            caption=labels.texts.fill("figures.rank.caption_alone", name=labels.indicator(indicator), **_windows(dots)),
            source=lines.source(labels, indicator),
            simulated=any(row.simulated for row in dots[scales[0]]),
        )


def _alt_alone(found: list[Row], labels: Labels) -> Parts:
    """Return where the own change lies among the others: the least and the largest of them beside it."""
    ordered = sorted(found, key=lambda row: (row.value("change"), row.text("municipality_code")))
    own = next(row for row in ordered if row.text("municipality_code") == labels.code)
    others = [row for row in ordered if parts.role(row.text("municipality_code"), labels) == "comparison"]
    told = {"own": own} | ({"low": others[0], "high": others[-1]} if others else {})
    names: dict[str, Filling] = {
        name: numbers.number(row, "change", labels.language, sign=True) for name, row in told.items()
    }
    return labels.texts.fill(
        f"figures.rank.alt_{'among' if others else 'alone'}",
        municipality=labels.municipality(labels.code),
        unit=labels.unit(own, change=True),
        **names,
    )


def _by_scale(found: list[Row]) -> dict[str, list[Row]]:
    kept = [row for row in found if row.has("change") and row.text("municipality_code").isdigit()]
    return {scale: [row for row in kept if row.text("scale") == scale] for scale in SCALES}


def _windows(dots: dict[str, list[Row]]) -> dict[str, numbers.Number]:
    row = next(row for found in dots.values() for row in found)
    return {side: numbers.window(row, f"wave_{side}") for side in ("before", "after")}


def _dots(axes: Axes, found: list[Row], labels: Labels, *, named: bool) -> None:
    others = [row for row in found if parts.role(row.text("municipality_code"), labels) == "comparison"]
    if others:
        _swarm(axes, [parts.shown(row, "change") for row in others])
    axes.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
    for who, height in NAME_HEIGHTS:
        for row in found:
            if parts.role(row.text("municipality_code"), labels) == who:
                _pointed(axes, row, who, height, labels)
    axes.set_ylim(0.4, -0.95)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(parts.axis_unit(found[0], labels, "change"))
    style.number_axis(axes, "x", labels.language, sign=True)


def _swarm(axes: Axes, values: list[float]) -> None:
    import seaborn as sns  # late: two seconds that a report without figures need not wait

    sns.swarmplot(x=values, ax=axes, color=style.CONTEXT, size=3.8, orient="h", zorder=2)


def _pointed(axes: Axes, row: Row, who: str, height: float, labels: Labels) -> None:
    """Mark a municipality on the line of dots and write its name above."""
    look, value = style.LOOKS[who], parts.shown(row, "change")
    axes.plot([value, value], [0, height], color=look.colour, linewidth=0.8, zorder=3)
    axes.plot([value], [0], marker=look.marker, color=look.colour, markersize=6, markeredgecolor="white", zorder=4)
    axes.annotate(
        labels.area(row), (value, height), ha="center", va="bottom",
        color=look.colour, fontweight="bold", xytext=(0, 1), textcoords="offset points", annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}, zorder=5,
    )  # fmt: skip


def _effects(axes: Axes, found: list[Row], labels: Labels, *, named: bool) -> None:
    ordered = sorted(found, key=lambda row: row.text("role") != "treated")
    names = []
    for place, row in enumerate(ordered):
        look = style.LOOKS.get(row.text("role"), style.LOOKS["treated"])
        low, high, value = (parts.shown(row, column) for column in ("ci_low", "ci_high", "change"))
        axes.plot([low, high], [place, place], color=look.colour, linewidth=1.8, solid_capstyle="butt")
        axes.plot([value], [place], marker=look.marker, color=look.colour, markersize=6, markeredgecolor="white")
        names.append(labels.municipality(row.text("municipality_code")))
    axes.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
    axes.set_yticks(range(len(ordered)), names if named else [""] * len(ordered))
    axes.set_ylim(len(ordered) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_title(parts.axis_unit(ordered[0], labels, "difference"))
    style.number_axis(axes, "x", labels.language, sign=True)


def _alt(effects: list[list[Row]], labels: Labels) -> Parts:
    told = [labels.texts.fill("figures.rank.alt_intro")]
    for found in effects:
        told += [alt_effect(row, labels) for row in found if row.has("ci_low", "rank", "n_comparison")]
    return sentences(*told)


def alt_effect(row: Row, labels: Labels) -> Parts:
    """Return an effect as it is read aloud: value, interval, rank."""
    return labels.texts.fill(
        "figures.rank.alt_one",
        municipality=labels.municipality(row.text("municipality_code")),
        change=numbers.number(row, "change", labels.language, sign=True),
        unit=labels.unit(row, change=True),
        interval=phrases.interval(row, labels),
        rank=phrases.rank(row, labels),
    )


def false_dates(
    changes: pd.DataFrame, labels: Labels, indicator: str, measure: str = "register", category: str = ""
) -> Figure | Paragraph:
    """Draw the difference from the others at the true date and at every earlier date where nothing happened.

    Returns
    -------
    Figure
        A sentence instead where no false date could be tried.
    """
    found = {scale: _dated(changes, labels, indicator, measure, category, scale) for scale in SCALES}
    scales = [scale for scale, dated in found.items() if len(dated) > 1]
    if not scales:
        return lines.nothing(labels, indicator)
    with style.page(FALSE_DATES_HEIGHT_MM) as drawing:
        grid = drawing.subplots(1, len(scales), squeeze=False)
        for axes, scale in zip(grid[0], scales, strict=True):
            _intervals(axes, found[scale], labels)
        name, municipality = (
            labels.indicator(indicator),
            labels.municipality(found[scales[0]][-1].text("municipality_code")),
        )
        return parts.finished(
            drawing,
            f"false-dates-{indicator}-{measure}",
            labels,
            alt=_false_alt([found[scale] for scale in scales], labels),
            caption=labels.texts.fill("figures.false_dates.caption", name=name, municipality=municipality),
            source=lines.source(labels, indicator),
            simulated=found[scales[0]][0].simulated,
        )


def _dated(changes: pd.DataFrame, labels: Labels, indicator: str, measure: str, category: str, scale: str) -> list[Row]:
    """Return the false dates in order, the true one last."""
    effect = design.effect_of(changes, indicator, measure, category, labels.code, scale)
    if effect is None:
        return []
    tried = rows(changes, "changes", method="false_date", adjustment="", scale=scale, **design.same(effect))
    ordered = sorted(tried, key=lambda row: row.text("specification"))
    return [row for row in (*ordered, effect) if row.has("ci_low", "ci_high")]


def _intervals(axes: Axes, dated: list[Row], labels: Labels) -> None:
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
    axes.set_title(parts.axis_unit(dated[0], labels, "difference"))
    style.number_axis(axes, "y", labels.language, sign=True)


def _date(row: Row) -> str:
    return row.text("specification") or waves_in(row.text("wave_after"))[0]


def _false_alt(found: list[list[Row]], labels: Labels) -> Parts:
    told = [labels.texts.fill("figures.false_dates.alt_intro")]
    for dated in found:
        if dated[-1].text("method") == "effect":
            told.append(alt_effect(dated[-1], labels))
        one_by_one = [_false_one(row, labels) for row in dated if row.text("method") == "false_date"]
        names: dict[str, Filling] = {
            "list": listing(one_by_one, labels.texts),
            "unit": labels.unit(dated[0], change=True),
        }
        told.append(labels.texts.fill("figures.false_dates.alt_list", **names))
    return sentences(*told)


def _false_one(row: Row, labels: Labels) -> Parts:
    return labels.texts.fill(
        "figures.false_dates.alt_one",
        date=numbers.written(row, "specification"),
        change=numbers.number(row, "change", labels.language, sign=True),
        interval=phrases.interval(row, labels, short=True),
    )
