"""The change beside other municipalities, and how far the answer depends on the choices."""

from jobreport.domain import rules
from jobreport.domain.released import COUNTRY, OTHERS, Row
from jobreport.page import Bullets, Group, Paragraph, Parts
from jobreport.wording import design, phrases
from jobreport.wording.design import Design
from jobreport.wording.survey import KNOWN_BEFORE, MOVES, Survey
from jobreport.wording.texts import sentences


class Compared(Survey):
    """An indicator's change beside other municipalities."""

    def before_after(self, indicator: str) -> Group:
        """Return what may be concluded about an indicator from the comparison."""
        effect = self.effect_of(indicator)
        if effect is None:
            return Group((Paragraph(self._no_comparison(), kind="missing"),))
        told = sentences(self.against(effect), Design.of(self).conclusion(effect))
        return Group((Paragraph(told),))

    def checks(self, indicator: str) -> Group:
        """Return how far the answer depends on dates, courses, sizes and choices."""
        effect = self.effect_of(indicator)
        if effect is None:
            return Group(())
        more = (
            Design.of(self).false_dates(effect),
            Design.of(self).course(effect),
            Design.of(self).foreseen(effect),
            Design.of(self).control(effect),
            Design.of(self).detectable(effect) if effect.has("n_comparison") else (),
            self._rank_limit(effect),
            self.mix(indicator),
            Design.of(self).choices(effect),
        )
        told = tuple(parts for parts in more if parts)
        return Group((Bullets(told),) if told else ())

    def since_rounds(self, indicator: str) -> tuple[Paragraph, ...]:
        """Return what else is told of a change from round to round: the mix of groups, and since the first round."""
        row, told = self.change_of(indicator), []
        if row is not None and not row.text("event"):
            told.append(self.mix(indicator))
        since = self.between_rounds((indicator,), adjustment="", group_by="")
        if len(since) > 1:
            first = min(since, key=lambda each: each.text("wave_before"))
            told.append(sentences(self.say("rounds.since_first"), self.change_sentence(first)))
        return tuple(Paragraph(parts) for parts in told if parts)

    def beside_others(self, indicator: str) -> tuple[Paragraph, ...]:
        """Return a unit's latest level beside that of the others in its municipality; nothing of a municipality."""
        level = self.latest_level(indicator)
        if self.params.unit is None or level is None or not level.has("estimate"):
            return ()
        which = self.told_by(indicator) | {"municipality_code": OTHERS, "wave": level.text("wave"), "group_by": ""}
        others = self.one("estimates", "estimate", **which)
        if others is None or not others.has("ci_low"):
            why = "alike" if others is not None and "no_variation" in others.reasons else "hidden"
            return (Paragraph(self.say(f"beside_others.{why}", others=self.municipality(OTHERS))),)
        told = self.say("beside_others.level", row=others)
        row = self._from_others(indicator, level.text("wave"))
        if row is None:
            return (Paragraph(sentences(told, self.say("beside_others.alike"))),)
        said = self.say("beside_others.difference", row=row), self.say(f"beside_others.{_apart(row)}")
        return (Paragraph(sentences(told, *said)),)

    def among_others(self) -> tuple[Paragraph, ...]:
        """Return for the front page which of a unit's answers are clearly others than its neighbours' give."""
        levels = {name: level for name in self.reported if (level := self.latest_level(name)) is not None}
        known = [row for name, level in levels.items() if (row := self._from_others(name, level.text("wave")))]
        if self.params.unit is None or not known:
            return ()
        clear = [row for row in known if _apart(row) == "clear"]
        said = "survey.headline.one"
        pieces = [self.say(said, row=row, change=self.number(row, "value", sign=True)) for row in clear]
        named = self.listing(pieces or [self.about(row.text("indicator")) for row in known])
        key = "some" if clear else "none" if len(known) == len(levels) else "none_of"
        place = self.municipality(self.params.municipality_code)
        return (Paragraph(self.say(f"beside_others.front_{key}", municipality=place, list=named)),)

    def _from_others(self, indicator: str, wave: str) -> Row | None:
        which = self.told_by(indicator) | {"wave": wave, "municipality_code": OTHERS}
        return self.one("diagnostics", "value", "ci_low", "p_adjusted", diagnostic="beside_others", **which)

    def withheld(self, indicator: str) -> Paragraph | None:
        """Return why an indicator is not compared before and after; None where it is, or might be."""
        if self.of_table and indicator not in self.held:
            return self.missing_answer(indicator)
        row = self.change_of(indicator)
        seen = phrases.situation(row)
        if row is None or seen not in KNOWN_BEFORE:
            return None
        told = self.say(f"survey.short.{seen}", name=self.definite(indicator))
        why = self.reason(indicator) if seen == "not_comparable" else ()
        return Paragraph(sentences(told, why), kind="missing")

    def came_again(self, change: Row) -> Parts:
        """Return how many came again, and, of the first thing told, whether they had answered as those who did not."""
        which = {"category": change.text("event"), "municipality_code": self.code, "diagnostic": "nonresponse"}
        row = next(iter(self.rows("diagnostics", "value", measure="again", **which)), None)
        if row is None:
            return ()
        told = self.say("survey.again", row=row)
        which["indicator"] = change.text("indicator")
        sides = ("again_before", "left_before")
        again, left = (self.one("diagnostics", "value", "ci_low", measure=side, **which) for side in sides)
        if again is None or left is None:
            return told
        return sentences(told, self.say("survey.again_before", change=change, again=again, left=left))

    def one_sided(self) -> Paragraph | None:
        """Return that nothing is compared where the params name no round before the event, or none after it."""
        survey = self.params.survey
        sides = survey.windows(self.params.event(None)) if survey is not None else ((), ())
        return None if all(sides) else Paragraph(self.say("survey.one_sided"), kind="missing")

    def _no_comparison(self) -> Parts:
        # Return why a municipality has no comparison: the event was elsewhere, it is alone, or it cannot be shown.
        name = self.municipality(self.code)
        if self.own_event() is None:
            return self.say("elsewhere.not_compared", municipality=name)
        others = self.changes["municipality_code"].ne(self.code) & self.changes["municipality_code"].str.isdecimal()
        alone = set(self.changes.loc[others, "municipality_code"]) <= {COUNTRY}
        return self.say("missing.comparison" if alone else "survey.against_hidden")

    def against(self, effect: Row) -> Parts:
        """Return the difference from the other municipalities, or why there is none."""
        seen = phrases.situation(effect)
        if seen == "too_few":
            others = effect.value("n_comparison")
            key = "too_few" if others > 1 else "too_few_one" if others == 1 else "no_comparison"
            return self.say(f"survey.{key}", row=effect)
        if seen not in MOVES or not effect.has("rank", "ci_low"):
            return self.say("survey.against_hidden")
        return sentences(self.say("survey.against", row=effect), self.say(f"survey.against_{phrases.verdict(effect)}"))

    def _rank_limit(self, effect: Row) -> Parts:
        return self.say("design.rank_limit", row=effect) if effect.has("p_smallest_possible", "rank") else ()

    def mix(self, indicator: str) -> Parts:
        """Return the change with the mix of groups held still, beside the raw one, and the split in two."""
        raw, adjusted = self.change_of(indicator), self.change_of(indicator, adjustment="mix")
        if raw is None or adjusted is None or not (raw.has("change") and adjusted.has("change", "ci_low")):
            return ()
        told = self.before_and_after(raw, "mix", grouping=self._mix_grouping(), adjusted=adjusted)
        return sentences(told, self._split(raw))

    def _split(self, raw: Row) -> Parts:
        which = {"scale": "points", **design.same(raw)}
        mix, rates = (self.one("changes", "change", method=part, **which) for part in ("mix", "rates"))
        if mix is None or rates is None:
            return ()
        return self.say("survey.mix_split", row=raw, mix=mix, rates=rates)

    def _mix_grouping(self) -> str:
        names = [self.texts.of(each.label) for each in self.codebook.groups.values() if each.role == "benefit_group"]
        return names[0].lower() if names else self.word("survey.mix_groups")


def _apart(row: Row) -> str:
    return "clear" if row.value("p_adjusted") < rules.TEST_LEVEL else "unclear"
