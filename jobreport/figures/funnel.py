"""The funnel: every municipality against its number of answers, inside limits that chance alone would give."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from jobreport.domain.released import COUNTRY, Row
from jobreport.figures import parts, style
from jobreport.page import Figure, Paragraph, Parts
from jobreport.wording import lines, numbers, phrases
from jobreport.wording.funnels import FEWEST_OTHERS, funnel_rows, outside, span
from jobreport.wording.labels import Labels
from jobreport.wording.texts import sentences

HEIGHT_MM = 70
LIMITS = (("limit_95", "--", "funnel_inner"), ("limit_998", "-", "funnel_outer"))


def funnel(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str) -> Figure | Paragraph:
    """Draw the standardised level of every municipality against its answers, with funnel limits; no ranking.

    Parameters
    ----------
    estimates
        Released estimates (not drawn; kept so that all figures of a survey are called alike).
    diagnostics
        Released diagnostics of the kind 'funnel'.
    labels
        Names and language.
    indicator
        Its name.
    """
    found = funnel_rows(diagnostics, labels, indicator)
    dots = [row for row in found.get("standardised", []) if row.text("municipality_code") != COUNTRY]
    if len(dots) <= FEWEST_OTHERS:
        return lines.nothing(labels, indicator)
    with style.page(HEIGHT_MM) as drawing:
        axes = drawing.subplots()
        _limits(axes, found, labels)
        _dots(axes, dots, labels)
        _axes(axes, dots[0], labels)
        return parts.finished(
            drawing,
            f"funnel-{indicator}",
            labels,
            alt=_alt(found, dots, labels),
            caption=labels.texts.fill(
                "figures.funnel.caption",
                name=labels.indicator(indicator),
                wave=numbers.window(dots[0], "wave"),
                inner=numbers.rule("funnel_inner", labels.language),
                outer=numbers.rule("funnel_outer", labels.language),
            ),
            source=lines.source(labels, indicator),
            simulated=dots[0].simulated,
        )


def _limits(axes: Axes, found: dict[str, list[Row]], labels: Labels) -> None:
    for measure, line, rule in LIMITS:
        ordered = sorted(found.get(measure, []), key=lambda row: row.value("n"))
        for column in ("ci_low", "ci_high"):
            values = [parts.shown(row, column) for row in ordered]
            axes.plot([row.value("n") for row in ordered], values, color=style.INK, linewidth=0.8, linestyle=line)
        if ordered:
            axes.annotate(
                labels.texts.word("figures.funnel.limit").replace("{level}", numbers.rule(rule, labels.language).text),
                (ordered[-1].value("n"), parts.shown(ordered[-1], "ci_high")), xytext=(4, 0),
                textcoords="offset points", va="center", fontsize=style.SMALL_SIZE, annotation_clip=False,
            )  # fmt: skip
            axes.axhline(parts.shown(ordered[0], "value"), color=style.INK, linewidth=0.6)


def _dots(axes: Axes, dots: list[Row], labels: Labels) -> None:
    others = [row for row in dots if parts.role(row.text("municipality_code"), labels) == "comparison"]
    answers, levels = [row.value("n") for row in others], [parts.shown(row, "value") for row in others]
    axes.plot(answers, levels, linestyle="none", marker="o", color=style.CONTEXT, markersize=4.5, zorder=2)
    for row in dots:
        look = style.LOOKS.get(parts.role(row.text("municipality_code"), labels))
        if look is None:
            continue
        place = row.value("n"), parts.shown(row, "value")
        axes.plot(
            *([x] for x in place),
            marker=look.marker,
            color=look.colour,
            markersize=7,
            markeredgecolor="white",
            zorder=4,
        )
        axes.annotate(
            labels.municipality(row.text("municipality_code")), place, xytext=(6, 5), textcoords="offset points",
            color=look.colour, fontweight="bold", zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def _axes(axes: Axes, row: Row, labels: Labels) -> None:
    style.number_axis(axes, "x", labels.language)
    style.number_axis(axes, "y", labels.language)
    axes.set_xlabel(labels.texts.word("figures.funnel.answers"))
    axes.set_title(parts.axis_unit(row, labels), fontweight="normal")


def _alt(found: dict[str, list[Row]], dots: list[Row], labels: Labels) -> Parts:
    told = [_one(row, labels) for row in dots if parts.role(row.text("municipality_code"), labels) != "comparison"]
    return sentences(*told, span(dots, labels, "value"), outside(found, labels))


def _one(row: Row, labels: Labels) -> Parts:
    return labels.texts.fill(
        "figures.funnel.alt_one",
        municipality=labels.municipality(row.text("municipality_code")),
        value=phrases.with_unit(row, labels, "value"),
        n=numbers.count(row, "n", labels.language),
    )
