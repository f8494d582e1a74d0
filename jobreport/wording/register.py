"""What a register series says of an event, in points and in per cent side by side."""

from __future__ import annotations

import pandas as pd

from jobreport.domain.released import COUNTRY, Row, one
from jobreport.page import Bullets, Group, KeyFigure, KeyFigures, Paragraph, Parts, Strong
from jobreport.wording import design, numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.texts import Filling, sentences

PLACES: dict[str, int | None] = {"points": None, "log": 0}
"""Decimals of a change in words: those of the unit in points, none in per cent."""
MOST_KEY_FIGURES = 3


def register_headline(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str) -> Group:
    """Return the conclusion on a series: one sentence to remember, then what carries it, point by point.

    Parameters
    ----------
    estimates, changes
        Released rows; `changes` holds the series on both scales.
    labels
        Names and language; the report's own municipality is the one spoken of.
    series
        The series' name ('unemployment').
    """
    code = labels.code
    effect = _telling(changes, series, code)
    pieces = [
        levels(estimates, changes, labels, series, code),
        against(changes, labels, series, code),
        design.false_dates_headline(changes, effect, labels) if effect else (),
        design.headline(effect, labels) if effect and _concluded_on(effect) else (),
    ]
    first = _one_sentence(changes, labels, series, code)
    headline = (Paragraph(sentences(first), kind="headline"),) if first else ()
    return Group((*headline, Bullets(tuple(parts for parts in pieces if parts))))


def register_key_figures(
    estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str
) -> KeyFigures | Group:
    """Return the series before and after in the municipality, in the country and in the exposed ones beside it."""
    codes = dict.fromkeys((labels.code, COUNTRY, *_exposed_beside(labels, series)))
    found = [_change(changes, series, code, "points") for code in codes]
    shown = [figure for row in found if row and (figure := _key_figure(estimates, changes, row, labels))]
    return KeyFigures(tuple(shown[:MOST_KEY_FIGURES])) if shown else Group(())


def _key_figure(estimates: pd.DataFrame, changes: pd.DataFrame, own: Row, labels: Labels) -> KeyFigure | None:
    before, after = _level(estimates, own, "wave_before"), _level(estimates, own, "wave_after")
    log = _change(changes, own.text("indicator"), own.text("municipality_code"), "log")
    if before is None or after is None or log is None or not log.has("change"):
        return None
    names: dict[str, Filling] = {
        "series": labels.indicator(own.text("indicator")),
        "municipality": labels.municipality(own.text("municipality_code")),
        "before": numbers.number(before, "estimate", labels.language),
        "after": numbers.number(after, "estimate", labels.language),
        "unit": phrases.unit(after, labels),
        "points": numbers.number(own, "change", labels.language, sign=True),
        "log": numbers.number(log, "change", labels.language, sign=True, decimals=PLACES["log"]),
        "period_before": numbers.window(own, "wave_before"),
        "period_after": numbers.window(own, "wave_after"),
    }
    area = "of_country" if own.text("municipality_code") == COUNTRY else "of"
    kind = "exposed" if own.text("role") == "exposed" else "own"
    return KeyFigure(
        labels.texts.fill(f"key_figures.register.{area}", **names),
        labels.texts.fill("key_figures.value", **names),
        labels.texts.fill(f"key_figures.register.{kind}", **names),
    )


def _one_sentence(changes: pd.DataFrame, labels: Labels, series: str, code: str) -> Parts:
    """Return the change beside the country's in points and in per cent, in one sentence."""
    found = _pairs(changes, series, code)
    if found is None:
        return ()
    moved, which = _verdict(found)
    shown: dict[str, Filling] = {
        f"{who}_{scale}": numbers.number(row, "change", labels.language, sign=True, decimals=_places(scale, pair))
        for scale, pair in found.items()
        for who, row in zip(("own", "country"), pair, strict=True)
    }
    names: dict[str, Filling] = {"series": labels.definite(series), "municipality": labels.municipality(code)}
    told = labels.texts.fill(f"register.headline.{moved}.{which}", **names, **shown)
    return sentences(told, _sure(changes, labels, series, code))


def _telling(changes: pd.DataFrame, series: str, code: str) -> Row | None:
    """Return the effect that is concluded on: a clear one, so that "no clear difference" holds on both scales."""
    points, log = (_effect(changes, series, code, scale) for scale in ("points", "log"))
    return log if points and log and design.is_clear(log) and not design.is_clear(points) else points


def _sure(changes: pd.DataFrame, labels: Labels, series: str, code: str) -> Parts:
    """Return how sure the difference from the others is, unless it is clear on both scales or has no interval."""
    known = [e for scale in PLACES if (e := _effect(changes, series, code, scale)) and e.has("ci_low", "ci_high")]
    clear = [effect for effect in known if design.is_clear(effect)]
    if known and not clear:
        return labels.texts.fill("register.headline.unclear")
    if len(clear) == len(known):
        return ()
    return labels.texts.fill("register.headline.one_clear", how=labels.unit(clear[0], change=True))


def _places(scale: str, pair: tuple[Row, Row]) -> int | None:
    """Return the decimals of a change: in per cent as few as tell the two apart ('more' is not said of 10 and 10)."""
    least = PLACES[scale]
    return least if least is None else numbers.telling_places(pair, "change", least)


def register_answer(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str) -> Group:
    """Return what stands under the figures of a series: why two measures, false dates, what can be detected."""
    code = labels.code
    points, log = (_effect(changes, series, code, scale) for scale in ("points", "log"))
    pieces = [_both_scales(points, log, labels)]
    pieces += [_on_scale(changes, effect, labels) for effect in (points, log) if effect]
    effect = _telling(changes, series, code)
    if points and effect:
        pieces += [design.choices(changes, points, labels)]
        pieces += [design.conclusion(effect, labels)] if _concluded_on(effect) else []
    return Group((Bullets(tuple(piece for piece in pieces if piece)),))


def register_exposed(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str) -> Group:
    """Return what the same figures say of every exposed municipality, if the event concerns the report's own."""
    codes = _exposed_beside(labels, series)
    return Group(tuple(Paragraph(_exposed(estimates, changes, labels, series, code)) for code in codes))


def _exposed_beside(labels: Labels, series: str) -> tuple[str, ...]:
    """Return the exposed municipalities that a report tells of: all where the event happened, else itself alone."""
    event = labels.params.event(labels.series(series)[1].event)
    return event.exposed if labels.code in event.treated else tuple({labels.code} & {*event.exposed})


def _concluded_on(effect: Row) -> bool:
    """Whether an effect may be concluded on: only where the event happened."""
    return effect.text("role") == "treated"


def levels(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str, code: str) -> Parts:
    """Return from what to what the series went, beside the country, in points and in per cent."""
    own, country = (_change(changes, series, c, "points") for c in (code, COUNTRY))
    own_log, country_log = (_change(changes, series, c, "log") for c in (code, COUNTRY))
    if own is None:
        return ()
    names: dict[str, Filling] = {"series": labels.definite(series), "municipality": labels.municipality(code)}
    told = [_moved(estimates, own, labels, names)]
    if country:
        told.append(_beside_country(estimates, own, country, labels))
    if own_log and country_log:
        digits = _places("log", (own_log, country_log))
        told.append(
            labels.texts.fill(
                "register.log_country",
                moved=phrases.moved(own_log, labels),
                change=numbers.number(own_log, "change", labels.language, size=True, decimals=digits),
                country_change=numbers.number(country_log, "change", labels.language, size=True, decimals=digits),
                **names,
            )
        )
    return sentences(*told)


def _moved(estimates: pd.DataFrame, own: Row, labels: Labels, names: dict[str, Filling]) -> Parts:
    moved = phrases.moved(own, labels)
    periods = {f"period_{side}": numbers.window(own, f"wave_{side}") for side in ("before", "after")}
    before, after = _level(estimates, own, "wave_before"), _level(estimates, own, "wave_after")
    if before is None or after is None:
        change = numbers.number(own, "change", labels.language, size=True)
        unit = labels.unit(own, change=True)
        return labels.texts.fill("register.change_only", moved=moved, change=change, unit=unit, **periods, **names)
    return labels.texts.fill(
        "register.levels",
        moved=moved,
        before=numbers.number(before, "estimate", labels.language),
        after=numbers.number(after, "estimate", labels.language),
        unit=phrases.unit(after, labels),
        **periods,
        **names,
    )


def _beside_country(estimates: pd.DataFrame, own: Row, country: Row, labels: Labels) -> Parts:
    before, after = _level(estimates, country, "wave_before"), _level(estimates, country, "wave_after")
    if before is None or after is None:
        return ()
    return labels.texts.fill(
        "register.points_country",
        change=numbers.number(own, "change", labels.language, size=True),
        country_moved=phrases.moved(country, labels),
        country_change=numbers.number(country, "change", labels.language, size=True),
        country_before=numbers.number(before, "estimate", labels.language),
        country_after=numbers.number(after, "estimate", labels.language),
        unit=phrases.unit(after, labels),
    )


def _pairs(changes: pd.DataFrame, series: str, code: str) -> dict[str, tuple[Row, Row]] | None:
    """Return the change of the municipality and of the country on both scales; None if one is missing."""
    found: dict[str, tuple[Row, Row]] = {}
    for scale in PLACES:
        own, country = (_change(changes, series, c, scale) for c in (code, COUNTRY))
        if own is None or country is None or not (own.has("change") and country.has("change")):
            return None
        found[scale] = own, country
    return found


def _verdict(found: dict[str, tuple[Row, Row]]) -> tuple[str, str]:
    """Return 'fell' or 'rose', and on which scales it did so more than in the country."""
    sign = -1 if found["points"][0].value("change") < 0 else 1
    more = [s for s, (own, country) in found.items() if sign * own.value("change") > sign * country.value("change")]
    return "fell" if sign < 0 else "rose", "both" if len(more) == len(found) else more[0] if more else "neither"


def against(changes: pd.DataFrame, labels: Labels, series: str, code: str) -> Parts:
    """Return the comparison with the other municipalities on both scales, and whether they agree."""
    told: list[Parts] = []
    effects = {scale: _effect(changes, series, code, scale) for scale in ("points", "log")}
    for scale, effect in effects.items():
        if effect is None or not effect.has("change", "ci_low", "rank"):
            continue
        key = "log_alone" if scale == "log" and not told else scale
        told.append(
            labels.texts.fill(
                f"register.against.{key}",
                n=numbers.count(effect, "n_comparison", labels.language),
                size=numbers.number(effect, "change", labels.language, size=True),
                direction=phrases.direction(effect, labels),
                interval=phrases.interval(effect, labels),
                rank=phrases.rank(effect, labels),
            )
        )
    points, log = effects["points"], effects["log"]
    if points and log and points.value("change") * log.value("change") < 0:
        some = design.is_clear(points) or design.is_clear(log)
        told.append(labels.texts.fill(f"register.scales_differ{'' if some else '_unclear'}"))
    return sentences(*told)


def _both_scales(points: Row | None, log: Row | None, labels: Labels) -> Parts:
    why = labels.texts.fill("register.why_points")
    if points is None or log is None or points.value("change") * log.value("change") < 0:
        return why
    key = "clear" if design.is_clear(points) and design.is_clear(log) else "unclear"
    return sentences(labels.texts.fill(f"register.scales_agree_{key}"), why)


def _on_scale(changes: pd.DataFrame, effect: Row, labels: Labels) -> Parts:
    scale = Strong((labels.texts.word(f"register.on_scale.{effect.text('scale')}"),))
    told = sentences(design.false_dates(changes, effect, labels), design.detectable(effect, labels))
    return (scale, " ", *told)


def _exposed(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str, code: str) -> Parts:
    name = labels.municipality(code)
    effects = [_effect(changes, series, code, scale) for scale in ("points", "log")]
    return sentences(
        labels.texts.fill("register.exposed.not_a_comparison", municipality=name),
        levels(estimates, changes, labels, series, code),
        against(changes, labels, series, code),
        _stands_out(effects, labels),
        _beside_level(estimates, changes, labels, series, code),
        labels.texts.fill("register.exposed.not_evidence"),
    )


def _stands_out(effects: list[Row | None], labels: Labels) -> Parts:
    """Return on how many scales the difference is clear; nothing where a scale has no interval to tell it by."""
    known = [effect for effect in effects if effect is not None and effect.has("ci_low", "ci_high")]
    if len(known) < len(effects):
        return ()
    clear = sum(design.is_clear(effect) for effect in known)
    return labels.texts.fill(f"register.exposed.{('both_scales_unclear', 'one_clear', 'clear')[clear]}")


def _beside_level(estimates: pd.DataFrame, changes: pd.DataFrame, labels: Labels, series: str, code: str) -> Parts:
    change = _change(changes, series, code, "points")
    if change is None:
        return ()
    pairs = [
        (_level(estimates, change, side), _level(estimates, change, side, COUNTRY))
        for side in ("wave_before", "wave_after")
    ]
    if any(own is None or country is None for own, country in pairs):
        return ()
    lower = [own.value("estimate") < country.value("estimate") for own, country in pairs]  # type: ignore[union-attr]
    key = {
        (True, True): "level_below",
        (False, False): "level_above",
        (True, False): "level_rose_above",
        (False, True): "level_fell_below",
    }[lower[0], lower[1]]
    names: dict[str, Filling] = {"series": labels.definite(series), "municipality": labels.municipality(code)}
    return labels.texts.fill(f"register.exposed.{key}", **names)


def _change(changes: pd.DataFrame, series: str, code: str, scale: str) -> Row | None:
    return one(
        changes,
        "changes",
        method="change",
        measure="register",
        indicator=series,
        municipality_code=code,
        scale=scale,
        adjustment="",
    )


def _effect(changes: pd.DataFrame, series: str, code: str, scale: str) -> Row | None:
    return design.effect_of(changes, series, "register", "", code, scale)


def _level(estimates: pd.DataFrame, change: Row, column: str, code: str | None = None) -> Row | None:
    return one(
        estimates,
        "estimates",
        indicator=change.text("indicator"),
        measure="register",
        municipality_code=code or change.text("municipality_code"),
        wave=change.text(column),
    )
