"""Dots with intervals: the groups of one municipality, and other people's surveys beside this one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from jobreport.domain.released import Row, one, rows
from jobreport.figures import parts, style
from jobreport.intake.formats.published import box
from jobreport.page import Figure, Paragraph, Parts, plain
from jobreport.wording import lines, numbers, phrases
from jobreport.wording.labels import INDICATORS, Labels
from jobreport.wording.levels import main_measure
from jobreport.wording.published import figure_of, stated
from jobreport.wording.survey import latest_wave, shown_groups
from jobreport.wording.texts import sentences

LINE_MM = 6.2
FRAME_MM = 18
PANEL_MM = 7
NAN = float("nan")
Point = tuple[str, float, float, float, str]  # name, value, low, high, what stands to the right


def groups(estimates: pd.DataFrame, labels: Labels, indicator: str) -> Figure | Paragraph:
    """Draw the main measure of an indicator in every group of every grouping, with intervals and bases.

    Parameters
    ----------
    estimates
        Released rows; a group too small to show stands there by name, without a dot.
    labels
        Names and language.
    indicator
        Its name.
    """
    groupings = list(labels.codebook.groups) if labels.codebook else []
    panels = {column: shown_groups(estimates, labels, indicator, column) for column in groupings}
    panels = {column: found for column, found in panels.items() if found}
    if not panels or not any(row.has("estimate") for found in panels.values() for row in found):
        return lines.nothing(labels, indicator, "no_groups" if labels.of_table and not panels else "nothing")
    total = _total(estimates, labels, indicator)
    sizes = [len(found) for found in panels.values()]
    first = next(row for found in panels.values() for row in found if row.has("estimate"))
    with style.page(FRAME_MM + LINE_MM * sum(sizes) + PANEL_MM * len(sizes)) as drawing:
        grid = drawing.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=sizes)[:, 0]
        for axes, (column, found) in zip(grid, panels.items(), strict=True):
            _panel(axes, [_group_point(row, labels) for row in found], labels.grouping(column))
            if total is not None:
                axes.axvline(
                    parts.shown(total, "estimate"), color=style.TREATED, linewidth=0.8, linestyle=":", zorder=1
                )
        _scale(grid[-1], first, labels)
        return parts.finished(
            drawing,
            f"groups-{indicator}",
            labels,
            alt=_groups_alt(panels, total, labels),
            caption=_groups_caption(first, labels, indicator),
            source=lines.source(labels, indicator),
            simulated=first.simulated,
        )


def _groups_caption(first: Row, labels: Labels, indicator: str) -> Parts:
    level = numbers.rule("interval_level", labels.language)
    return labels.texts.fill(
        "figures.groups.caption",
        name=labels.indicator(indicator),
        measure=labels.measure(first, closed=True),
        municipality=labels.municipality(labels.code),
        wave=numbers.window(first, "wave"),
        level=level,
    )


def _total(estimates: pd.DataFrame, labels: Labels, indicator: str) -> Row | None:
    measure, category = main_measure(labels, indicator)
    which = {"indicator": indicator, "measure": measure, "category": category, "municipality_code": labels.code}
    found = [row for row in rows(estimates, "estimates", group_by="", **which) if row.has("estimate")]
    if not found:
        return None
    wave = latest_wave([row.text("wave") for row in found], labels)
    return one(estimates, "estimates", group_by="", wave=wave, **which)


def _group_point(row: Row, labels: Labels) -> Point:
    label = labels.group(row.text("group_by"), row.text("group"))
    if not row.has("estimate"):
        return label, NAN, NAN, NAN, labels.texts.word("figures.suppressed")
    base = labels.texts.word("figures.base").replace("{n}", numbers.count(row, "n", labels.language).text)
    mark = f" {labels.texts.word('common.uncertain_short')}" if row.uncertain else ""
    return label, *_place(row), base + mark


def _place(row: Row) -> tuple[float, float, float]:
    return parts.shown(row, "estimate"), parts.shown(row, "ci_low"), parts.shown(row, "ci_high")


def _panel(axes: Axes, points: Sequence[Point], title: str, own: int | None = None) -> None:
    """Draw dots with intervals; the first `own` are the municipality's (all, if None), the rest are other people's."""
    first = len(points) if own is None else own
    _intervals(axes, points, range(first), style.LOOKS["treated"])
    _intervals(axes, points, range(first, len(points)), style.LOOKS["country"])
    for place, (*_, note) in enumerate(points):
        axes.annotate(
            note, (1, place), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=style.SMALL_SIZE, annotation_clip=False,
        )  # fmt: skip
    axes.set_yticks(range(len(points)), [name for name, *_ in points])
    axes.set_ylim(len(points) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
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


def _scale(axes: Axes, row: Row, labels: Labels) -> None:
    if row.text("unit") in ("share", "points_0_100"):
        axes.set_xlim(0, 100)
    style.number_axis(axes, "x", labels.language)
    axes.set_xlabel(parts.axis_unit(row, labels))


def _groups_alt(panels: dict[str, list[Row]], total: Row | None, labels: Labels) -> Parts:
    told: list[Parts] = []
    if total is not None:
        told.append(_point_alt((labels.texts.word("figures.groups.all"),), total, labels))
    for column, found in panels.items():
        told.append(labels.texts.fill("figures.groups.alt_intro", grouping=labels.grouping(column)))
        told += [_point_alt((labels.group_of(row),), row, labels) for row in found]
    return sentences(*told)


def _point_alt(name: Parts, row: Row, labels: Labels) -> Parts:
    if not row.has("estimate", "ci_low", "n"):
        return labels.texts.fill("figures.groups.alt_hidden", name=name)
    return labels.texts.fill(
        "figures.groups.alt_one",
        name=name,
        value=phrases.with_unit(row, labels),
        interval=phrases.interval(row, labels),
        n=numbers.count(row, "n", labels.language),
    )


def benchmarks(benchmarks: pd.DataFrame | None, estimates: pd.DataFrame, labels: Labels) -> Figure | Paragraph:
    """Draw published shares beside this survey's own: a panel for each question, never two kinds of scale in one.

    Parameters
    ----------
    benchmarks
        One row per published figure, with 'ci_low' and 'ci_high' where a base is known.
    estimates
        Released rows of the report's own survey, if there is one.
    labels
        Names and language.

    Returns
    -------
    Figure
        A sentence instead where nothing comparable is published.
    """
    published = [row for name in INDICATORS for row in _comparable(benchmarks, labels, name)]
    asked = dict.fromkeys(row.text("indicator") for row in published)
    panels = {
        name: (_own(estimates, labels, name), [row for row in published if row.text("indicator") == name])
        for name in asked
    }
    if not panels:
        return lines.nothing(labels, "")
    sizes = [len(own) + len(found) for own, found in panels.values()]
    with style.page(FRAME_MM + LINE_MM * sum(sizes) + PANEL_MM * len(sizes)) as drawing:
        grid = drawing.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=sizes)[:, 0]
        for axes, (name, (own, found)) in zip(grid, panels.items(), strict=True):
            points = [*(_own_point(row, labels) for row in own), *(_published_point(row, labels) for row in found)]
            others = stated(found[0], "text", labels)  # what nobody here was asked has the name that others give it
            _panel(axes, points, labels.indicator(name) if labels.asked(name) else plain((others,)), own=len(own))
        grid[-1].set_xlim(0, 100)
        style.number_axis(grid[-1], "x", labels.language)
        grid[-1].set_xlabel(labels.texts.word("units.axis.share"))
        return parts.finished(
            drawing,
            "published",
            labels,
            alt=sentences(*(_published_alt(own, found, labels) for own, found in panels.values())),
            caption=labels.texts.fill(
                "figures.published.caption", level=numbers.rule("interval_level", labels.language)
            ),
            source=_published_source(any(own for own, _ in panels.values()), labels),
            simulated=any(row.simulated for own, _ in panels.values() for row in own),
        )


def _published_source(own: bool, labels: Labels) -> Parts:
    """Return the source line: the surveys by their names, and what the report's own figures rest on."""
    named: Parts = (labels.texts.word("figures.published.surveys"),)
    if own:
        named = (*named, f"; {labels.municipality(labels.code)}: {lines.own_survey(labels)}")
    return labels.texts.fill("common.source_own", source=named)


def _comparable(benchmarks: pd.DataFrame | None, labels: Labels, indicator: str) -> list[Row]:
    """Return positive shares of the indicator or its questions; another scale kind or box stands in the table only."""
    if benchmarks is None or benchmarks.empty:
        return []
    asked = labels.codebook.indicators if labels.codebook else ()
    known = next((one.items for one in asked if one.name == indicator), ())
    names = tuple({indicator, *(item.name for item in known), *QUESTIONS.get(indicator, ())})
    kinds = {(item.scale.kind, box(item.scale, "positive")) for item in known} or {(KINDS[indicator], BOX)}
    found = rows(benchmarks, "benchmarks", indicator=names, measure="share", category="positive")
    return [row for row in found if (row.text("scale_kind"), row.text("box")) in kinds]


QUESTIONS = {"trust": ("trust_met", "trust_listened", "trust_situation")}
BOX = "top_2_of_5"
KINDS = {"satisfaction": "tilfredshed", "trust": "grad", "meaning": "grad"}


def _own(estimates: pd.DataFrame, labels: Labels, name: str) -> list[Row]:
    which = {"indicator": name, "measure": "share", "category": "positive", "municipality_code": labels.code}
    found = [row for row in rows(estimates, "estimates", group_by="", **which) if row.has("estimate", "n")]
    if not found:
        return []
    wave = latest_wave([row.text("wave") for row in found], labels)
    return [row for row in found if row.text("wave") == wave]


def _own_point(row: Row, labels: Labels) -> Point:
    wave = numbers.window(row, "wave").text
    name = f"{labels.municipality(labels.code)} ({wave})"
    base = labels.texts.word("figures.base").replace("{n}", numbers.count(row, "n", labels.language).text)
    return name, *_place(row), base


def _published_point(row: Row, labels: Labels) -> Point:
    name = f"{row.text('source')} ({row.text('year')})"
    text = row.text("n").removesuffix(".0")
    counted = (
        numbers.decimal(float(text), 0, labels.language) if text.isdigit() else labels.texts.word("common.not_stated")
    )
    base = labels.texts.word("figures.base").replace("{n}", counted)
    low, high = (100 * row.value(c) if row.has(c) else float("nan") for c in ("ci_low", "ci_high"))
    return name, 100 * row.value("value"), low, high, base


def _published_alt(own: list[Row], found: list[Row], labels: Labels) -> Parts:
    told = [
        _point_alt((labels.municipality(labels.code), ", ", labels.indicator(row.text("indicator"))), row, labels)
        for row in own
    ]
    told.extend(
        labels.texts.fill(
            "figures.published.alt_one",
            source=stated(row, "source", labels),
            year=stated(row, "year", labels),
            name=stated(row, "text", labels),
            value=figure_of(row, labels),
        )
        for row in found
    )
    return sentences(*told)
