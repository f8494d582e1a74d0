"""What a register series says of an event, in points and in per cent side by side."""

from jobreport.domain.released import COUNTRY, Row
from jobreport.page import Bullets, Group, KeyFigure, KeyFigures, Paragraph, Parts, Strong
from jobreport.wording import design, numbers
from jobreport.wording.described import Described
from jobreport.wording.design import Design
from jobreport.wording.texts import Filling, sentences
from jobreport.wording.writer import Writer

PLACES: dict[str, int | None] = {"points": None, "log": 0}
"""Decimals of a change in words: those of the unit in points, none in per cent."""
MOST_KEY_FIGURES = 3
BESIDE_LEVEL: dict[tuple[bool, ...], str] = {
    (True, True): "level_below",
    (False, False): "level_above",
    (True, False): "level_rose_above",
    (False, True): "level_fell_below",
}
"""Whether one lay lower than the country before and after -> what is said of it."""
Pair = tuple[Row | None, Row | None]


class Register(Writer):
    """An official series at an event."""

    def headline(self, series: str, place: int = 0) -> Group:
        """Return the conclusion on a series: one sentence to remember, then what carries it, point by point.

        ``series``: the series' name ('unemployment'). ``place``: among several series: of the first the sentence and
        the comparison, of the others the sentence alone.
        """
        first = self._one_sentence(series, self.code)
        if place:
            return Group((Bullets((first,)),) if first else ())
        headline = (Paragraph(sentences(first), kind="headline"),) if first else ()
        told = tuple(parts for parts in self._carrying(series, alone=len(self.params.registers) == 1) if parts)
        return Group((*headline, *([Bullets(told)] if told else [])))

    def _carrying(self, series: str, *, alone: bool) -> tuple[Parts, ...]:
        levels = self.levels(series, self.code) if alone else ()
        if self._described(series):
            return levels, Described.of(self).front(series)
        effect = self._telling(series, self.code)
        concluded = alone and effect is not None and effect.text("role") == "treated"
        return (
            levels,
            self.against(series, self.code),
            Design.of(self).false_dates_headline(effect) if effect else (),
            Design.of(self).headline(effect) if effect and concluded else (),
        )

    def _described(self, series: str) -> tuple[Parts, ...]:
        if self.params.event_of(self.series(series)[1]) is not None:
            return ()
        return Described.of(self).place(series), Described.of(self).beside(series)

    def key_figures(self, series: str) -> KeyFigures | Group:
        """Return the series before and after in the municipality, in the country and in the exposed ones beside it."""
        codes = dict.fromkeys((self.code, COUNTRY, *self._exposed_beside(series)))
        found = [self.change_of(series, municipality_code=code) for code in codes]
        shown = [figure for row in found if row and (figure := self._key_figure(row))]
        return KeyFigures(tuple(shown[:MOST_KEY_FIGURES])) if shown else Group(())

    def _key_figure(self, own: Row) -> KeyFigure | None:
        levels, code = self.ends_of(own), own.text("municipality_code")
        log = self.change_of(own.text("indicator"), municipality_code=code, scale="log")
        if not levels or log is None or not log.has("change"):
            return None
        percent = self.number(log, "change", sign=True, decimals=PLACES["log"])
        area = "of_country" if code == COUNTRY else "of"
        kind = "exposed" if own.text("role") == "exposed" else "own"
        return KeyFigure(
            self.say(f"key_figures.register.{area}", row=own),
            self.say("key_figures.value", **levels),
            self.say(f"key_figures.register.{kind}", row=own, log=percent),
        )

    def _one_sentence(self, series: str, code: str) -> Parts:
        told = self._beside_the_country(series, code)
        return sentences(told, self._sure(series, code, "unclear")) if told else ()

    def _beside_the_country(self, series: str, code: str) -> Parts:
        found = self._pairs(series, code)
        if found is None:
            return ()
        own, country = found["points"]
        shown: dict[str, Filling] = {
            f"{who}_log": self.number(row, "change", sign=True, decimals=_places("log", found["log"]))
            for who, row in zip(("own", "country"), found["log"], strict=True)
        }
        shown |= {
            f"{who}_points": self.number(row, "change", size=True, decimals=_places("points", found["points"]))
            for who, row in (("own", own), ("country", country))
        }
        first = self.say("register.headline.first", row=own, country=country, **shown)
        return sentences(first, self.say(f"register.headline.{_verdict(found)}", row=own, **shown))

    def _telling(self, series: str, code: str) -> Row | None:
        points, log = self._effects(series, code)
        return log if points and log and design.is_clear(log) and not design.is_clear(points) else points

    def _sure(self, series: str, code: str, unclear: str) -> Parts:
        # Return how sure the difference from the others is, unless it is clear on both scales or has no interval.
        known = [row for row in self._effects(series, code) if row is not None and row.has("ci_low", "ci_high")]
        clear = [effect for effect in known if design.is_clear(effect)]
        if known and not clear:
            return self.say(f"register.headline.{unclear}")
        if len(clear) == len(known):
            return ()
        return self.say("register.headline.one_clear", how=self.unit(clear[0], change=True))

    def answer(self, series: str) -> Group:
        """Return what stands under the figures of a series: why two measures, and what may be concluded."""
        points, log = self._effects(series, self.code)
        described = self._described(series)
        pieces = [self.levels(series, self.code), *described] if described else []
        pieces.append(self._both_scales(points, log))
        effect = self._telling(series, self.code)
        if points and effect and effect.text("role") == "treated":
            pieces.append(Design.of(self).conclusion(effect))
        return Group((Bullets(tuple(piece for piece in pieces if piece)),))

    def checks(self, series: str) -> Group:
        """Return how far the answer depends on dates, courses, sizes and choices."""
        points, log = self._effects(series, self.code)
        pieces = [self._on_scale(effect) for effect in (points, log) if effect]
        pieces += [Design.of(self).choices(points)] if points else []
        told = tuple(piece for piece in pieces if piece)
        return Group((Bullets(told),) if told else ())

    def said_of(self, series: str, code: str) -> Parts:
        """Return what a series says of a municipality beside the country; nothing where it is not in the report."""
        known = series in {each.series for each in self.params.registers}
        if not known:
            return ()
        place = self._described(series)[:1] if code == self.code else ()
        return sentences(self._beside_the_country(series, code), self._sure(series, code, "short"), *place)

    def exposed(self, series: str) -> Group:
        """Return what the same figures say of every exposed municipality, if the event concerns the report's own."""
        return Group(tuple(Paragraph(self._exposed(series, code)) for code in self._exposed_beside(series)))

    def _exposed_beside(self, series: str) -> tuple[str, ...]:
        # Return the exposed municipalities that a report tells of: all where the event happened, else itself alone.
        event = self.params.event_of(self.series(series)[1])
        if event is None:
            return tuple(code for code, role in self.places() if role != "own" and code != self.code)
        return event.exposed if self.code in event.treated else tuple({self.code} & {*event.exposed})

    def levels(self, series: str, code: str) -> Parts:
        """Return from what to what the series went, beside the country, in points and in per cent."""
        (own, country), (own_log, country_log) = (self._changes(series, code, scale) for scale in PLACES)
        if own is None or not own.has("change"):
            return ()
        told = [self._moved(own)]
        if country:
            told.append(self._beside_country(own, country))
        if own_log and country_log and own_log.has("change") and country_log.has("change"):
            pair = own_log, country_log
            sizes = (self.number(row, "change", size=True, decimals=_places("log", pair)) for row in pair)
            changes = dict(zip(("change", "country_change"), sizes, strict=True))
            apart = "" if self.moved(own_log) == self.moved(country_log) else "_apart"
            told.append(self.say(f"register.log_country{apart}", row=own_log, country=country_log, **changes))
        return sentences(*told)

    def _moved(self, own: Row) -> Parts:
        levels = self.ends_of(own)
        return self.say("register.levels" if levels else "register.change_only", row=own, **levels)

    def _beside_country(self, own: Row, country: Row) -> Parts:
        levels = self.ends_of(country)
        return self.say("register.points_country", row=own, country=country, **levels) if levels else ()

    def _pairs(self, series: str, code: str) -> dict[str, tuple[Row, Row]] | None:
        pairs = {scale: self._changes(series, code, scale) for scale in PLACES}
        found = {scale: (a, b) for scale, (a, b) in pairs.items() if a and b and a.has("change") and b.has("change")}
        return found if len(found) == len(PLACES) else None

    def against(self, series: str, code: str) -> Parts:
        """Return the comparison with the other municipalities on both scales, and whether they agree."""
        told: list[Parts] = []
        effects = dict(zip(PLACES, self._effects(series, code), strict=True))
        for scale, effect in effects.items():
            if effect is None or not effect.has("change", "ci_low", "rank"):
                continue
            key = "log_alone" if scale == "log" and not told else scale
            told.append(self.say(f"register.against.{key}", row=effect))
        points, log = effects["points"], effects["log"]
        if points and log and _agreed(points, log) < 0:
            some = design.is_clear(points) or design.is_clear(log)
            told.append(self.say(f"register.scales_differ{'' if some else '_unclear'}"))
        return sentences(*told)

    def _both_scales(self, points: Row | None, log: Row | None) -> Parts:
        why = self.say("register.why_points")
        if points is None or log is None or not _agreed(points, log) > 0:
            return why
        key = "clear" if design.is_clear(points) and design.is_clear(log) else "unclear"
        return sentences(self.say(f"register.scales_agree_{key}"), why)

    def _on_scale(self, effect: Row) -> Parts:
        scale = Strong(self.say(f"register.on_scale.{effect.text('scale')}", row=effect))
        of_design = Design.of(self)
        tried = sentences(of_design.false_dates(effect), self._false_alarms(effect))
        course = sentences(of_design.course(effect), of_design.foreseen(effect))
        return (scale, " ", *sentences(tried, course, of_design.detectable(effect)))

    def _false_alarms(self, effect: Row) -> Parts:
        which = {"indicator": effect.text("indicator"), "municipality_code": effect.text("municipality_code")}
        found = self.one("diagnostics", diagnostic="false_alarms", category=effect.text("scale"), **which)
        if found is None:
            return ()
        return self.say("register.false_alarms", rate=self.number(found, "value", decimals=1), row=found)

    def _exposed(self, series: str, code: str) -> Parts:
        return sentences(
            self.say("register.exposed.not_a_comparison", municipality=self.municipality(code)),
            self.levels(series, code),
            self.against(series, code),
            self._stands_out(self._effects(series, code)),
            self._beside_level(series, code),
            self.say("register.exposed.not_evidence"),
        )

    def _stands_out(self, effects: Pair) -> Parts:
        known = [effect for effect in effects if effect is not None and effect.has("ci_low", "ci_high")]
        if len(known) < len(effects):
            return ()
        clear = sum(design.is_clear(effect) for effect in known)
        return self.say(f"register.exposed.{('both_scales_unclear', 'one_clear', 'clear')[clear]}")

    def _beside_level(self, series: str, code: str) -> Parts:
        change = self.change_of(series, municipality_code=code)
        own = self.ends_of(change) if change else {}
        country = self.ends_of(change, municipality_code=COUNTRY) if change else {}
        if change is None or not own or not country:
            return ()
        if any(self.number(own[side], "estimate").text == self.number(country[side], "estimate").text for side in own):
            return ()  # (neither lower nor higher, as it is printed)
        lower = tuple(own[side].value("estimate") < country[side].value("estimate") for side in own)
        return self.say(f"register.exposed.{BESIDE_LEVEL[lower]}", row=change)

    def _changes(self, series: str, code: str, scale: str) -> Pair:
        own, country = (self.change_of(series, municipality_code=each, scale=scale) for each in (code, COUNTRY))
        return own, country

    def _effects(self, series: str, code: str) -> Pair:
        points, log = (self.effect_of(series, municipality_code=code, scale=scale) for scale in PLACES)
        return points, log


def _places(scale: str, pair: tuple[Row, Row]) -> int | None:
    # Return the decimals of a change: in per cent as few as tell the two apart ('more' is not said of 10 and 10).
    least = PLACES[scale]
    return least if least is None else numbers.telling_places(pair, "change", least)


def _agreed(points: Row, log: Row) -> float:
    # Return above nought where both measures point the same way as they are printed, below where each points its own.
    return numbers.printed(points, "change") * numbers.printed(log, "change")


def _verdict(found: dict[str, tuple[Row, Row]]) -> str:
    way = numbers.printed(found["points"][0], "change")
    if not way:
        return "neither"  # ('was unchanged more than the country' is said of nobody)
    more = [s for s, (own, country) in found.items() if way * own.value("change") > way * country.value("change")]
    return "both" if len(more) == len(found) else more[0] if more else "neither"
