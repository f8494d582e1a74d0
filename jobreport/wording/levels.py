"""What a survey says where nothing is compared, with one wave or no event: the latest level of each indicator."""

from collections.abc import Sequence

from jobreport.domain import rules
from jobreport.domain.released import Row, newest
from jobreport.page import Bullets, Group, KeyFigure, Paragraph, Parts, Strong
from jobreport.wording.texts import sentences
from jobreport.wording.writer import Writer

NARROWER = 0.8  # of the latest wave's own interval: else earlier waves tell nothing that is worth a sentence


class Levels(Writer):
    """The latest level of each indicator."""

    def described(self, names: Sequence[str], withheld: tuple[Parts, ...] = ()) -> Group:
        """Return the latest levels where nothing is compared, and why: one wave, no event, or what is withheld."""
        levels = [level for name in names if (level := self.latest_level(name)) is not None]
        if not levels:
            return Group((Paragraph(self.say("missing.survey"), kind="missing"),))
        sure = [level for level in levels if level.has("estimate", "ci_low", "ci_high")]
        last = newest(sure)
        shown = [self.say(f"survey.headline.level{'' if level in last else '_then'}", row=level) for level in sure]
        first = self.say("survey.headline.described", list=self.listing(shown), row=last[0]) if last else ()
        each = Bullets(tuple(self._named(level) for level in levels))
        twice = self.of_table and any(sum(row.asked for row in self.in_waves(name)) > 1 for name in names)
        why = self.say("survey.only_a_table_all" if twice else "survey.nothing_compared")
        headline = (Paragraph(first, kind="headline"),) if first else ()
        return Group((*headline, each, Bullets(withheld) if withheld else Paragraph(why)))

    def _named(self, level: Row) -> Parts:
        name = level.text("indicator")
        told = sentences(self.level_sentence(level), self.unasked_since(name))
        return (Strong((self.indicator(name),)), ": ", *told)

    def latest_level(self, indicator: str) -> Row | None:
        """Return the municipality's row of the main measure in the latest single wave that asked."""
        return next(iter(newest(row for row in self.in_waves(indicator) if row.asked)), None)

    def unasked_since(self, indicator: str) -> Parts:
        """Return in which waves after the latest level the question was not put; nothing where that is of the last."""
        latest = self.latest_level(indicator)
        unasked = [row for row in self.in_waves(indicator) if not row.asked]
        later = [row for row in unasked if latest is None or row.text("wave") > latest.text("wave")]
        names: list[Parts] = [(self.window(row),) for row in sorted(later, key=lambda row: row.text("wave"))]
        return self.say("survey.not_asked_in", list=self.listing(names)) if names else ()

    def in_waves(self, indicator: str) -> list[Row]:
        """Return the municipality's rows of the main measure, everybody together, a row for each round."""
        which = self.told_by(indicator) | {"municipality_code": self.code}
        return [row for row in self.rows("estimates", group_by="", **which) if not row.spans_waves]

    def level_sentence(self, level: Row) -> Parts:
        """Return one level with its interval, base and wave."""
        key = "survey.level" if level.has("estimate", "ci_low", "ci_high") else "survey.suppressed"
        return sentences(self.say(key, measure=self.measure(level), row=level))

    def key_level(self, name: str, words: Parts = ()) -> KeyFigure:
        """Return the latest level as a key figure where nothing is compared; ``words`` say why."""
        level = self.latest_level(name)
        label, missing = (self.indicator(name),), self.say("key_figures.missing")
        if level is None:
            return KeyFigure(label, missing, words or self.say("missing.short_other"))
        if not level.has("estimate", "ci_low", "ci_high"):
            known = "alike" if "no_variation" in level.reasons else "not_computed"
            why = known if level.has("estimate") else "suppressed"
            return KeyFigure(label, missing, self.say(f"key_figures.words.{why}"))
        measure = sentences(self.measure(level, closed=True))
        detail = self.say("key_figures.described", measure=measure, row=level)
        more = words or self.unasked_since(name)
        return KeyFigure(label, self.with_unit(level), sentences(detail, more))

    def over_the_years(self, indicator: str) -> tuple[Paragraph, ...]:
        """Return the level by all of a small municipality's own waves, beside that of the latest alone."""
        level = self.latest_level(indicator)
        pooled = self.one("diagnostics", diagnostic="own_waves", municipality_code=self.code, **self.told_by(indicator))
        if level is None or pooled is None or not level.has("ci_low", "ci_high"):
            return ()
        if "latest_apart" in pooled.reasons:
            return (Paragraph(self.say("survey.own_waves_apart", row=level)),)
        if not _width(pooled) < NARROWER * _width(level):
            return ()
        return (Paragraph(self.say("survey.own_waves", row=level, pooled=pooled)),)

    def missing_answer(self, indicator: str) -> Paragraph:
        """Return what stands where an indicator has no answers at all."""
        return Paragraph(self.say("missing.indicator", name=self.about(indicator)), kind="missing")

    def told_names(self) -> tuple[str, ...]:
        """Return the names that the front page has cards and sentences of, in reading order.

        An index whose questions do not hang together is called too uncertain where it is explained; the front
        page must not print it all the same, and tells the questions instead; so it does where a table gives no index.
        """
        return self._told(self.codebook.cards)

    def rest_names(self) -> tuple[str, ...]:
        """Return the names that the front page has a line of a table of: all that are no cards."""
        return self._told([name for name in self.reported if name not in self.codebook.cards])

    def _told(self, wanted: Sequence[str]) -> tuple[str, ...]:
        known = {one.name: one for one in self.codebook.indicators}
        names: list[str] = []
        for name in wanted:
            found = self.alpha(name)
            items = known[name].items if name in known else ()
            apart = (found is not None and weak(found)) or self.without_index(name)
            names += [item.name for item in items] if apart else [name]
        return tuple(dict.fromkeys(names))

    def alpha(self, indicator: str) -> Row | None:
        """Return how well the questions of an index hang together in the latest wave; None where that is not known."""
        found = next(iter(newest(self.rows("diagnostics", indicator=indicator, measure="alpha"))), None)
        return found if found is not None and found.has("value") else None


def _width(row: Row) -> float:
    return row.value("ci_high") - row.value("ci_low")


def weak(alpha_row: Row) -> bool:
    """Whether the questions hang too loosely together for an index."""
    return alpha_row.value("value") < rules.RELIABLE_FROM
