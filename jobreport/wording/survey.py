"""What a survey says: one indicator before and after, its groups and its items."""

from collections.abc import Iterable, Sequence

from jobreport.domain.released import Row, newest
from jobreport.page import Block, Bullets, Group, KeyFigure, KeyFigures, Paragraph, Parts
from jobreport.wording import design, phrases
from jobreport.wording.design import Design
from jobreport.wording.levels import Levels
from jobreport.wording.phrases import Situation, situation
from jobreport.wording.texts import Filling, sentences

MOVES = ("rise", "fall", "undetected", "uncertain")
CARDS = 3  # in a band
PICTURED = ("share", "points_0_100")  # units that lie between nought and a hundred
KNOWN_BEFORE = ("not_comparable", "not_asked", "only_a_table")
WITHHELD = ("suppressed", *KNOWN_BEFORE, "alike")


class Survey(Levels):
    """One indicator before and after."""

    def headline(self) -> Group:
        """Return the conclusion on the survey: one sentence to remember."""
        found, moved = self._moved()
        if not moved:
            return self.described(self.told_names(), tuple(self._short(name, row) for name, row in found.items()))
        shown = self._beside_others(moved)
        known = [row for row in shown if situation(row) != "uncertain"]
        told = sentences(self._one_sentence(known or list(moved.values()), bool(known)))
        beside = self.params.events and not shown and not next(iter(moved.values())).text("event")
        more = [Paragraph(self.say("survey.one_sided"))] if beside else []
        return Group((Paragraph(told, kind="headline"), *more))

    def one_by_one(self) -> Group:
        """Return what carries the conclusion, indicator by indicator; nothing where nothing moved."""
        found, moved = self._moved()
        if not moved:
            return Group(())
        shown = self._beside_others(moved)
        verdicts = {phrases.verdict(row) for row in shown}
        alike = verdicts if len(shown) > 1 and len(verdicts) == 1 else set()
        compared = {row.text("indicator"): self._compared(row, shown[0], verdict=not alike) for row in shown}
        alone = dict.fromkeys(moved, self.say("survey.beside.alone") if shown else ())
        told = {
            name: compared.get(name) or sentences(alone.get(name, ()), self._short(name, row))
            for name, row in found.items()
        }
        of_these = moved | {row.text("indicator"): row for row in shown}
        first = next(iter([*shown, *moved.values()]))
        each = [sentences(said, self._otherwise(of_these.get(name, first), first)) for name, said in told.items()]
        weakest = _weakest(self._effects(moved))
        said = Design.of(self).headline(weakest) if weakest is not None else ()
        together = [self.say(f"survey.beside.all_{verdict}") for verdict in alike]
        last = sentences(*together, said, self._outcome(shown))
        start = Paragraph(self._start(first, compared=bool(shown)), kind="question")
        return Group((start, Bullets(tuple(each)), *([Paragraph(last)] if last else [])))

    def _moved(self) -> tuple[dict[str, Row], dict[str, Row]]:
        found = {name: row for name in self.told_names() if (row := self.change_of(name)) is not None}
        return found, {name: row for name, row in found.items() if situation(row) in MOVES}

    def _effects(self, moved: Iterable[str]) -> list[Row]:
        return [row for name in moved if (row := self.effect_of(name)) is not None]

    def _beside_others(self, moved: Iterable[str]) -> list[Row]:
        return [row for row in self._effects(moved) if situation(row) in MOVES and row.has("rank", "ci_low")]

    def _one_sentence(self, found: list[Row], compared: bool) -> Parts:
        # Return which indicators changed clearly: otherwise than others where that is known, else by themselves.
        certain = [row for row in found if situation(row) != "uncertain"]
        clear = [row for row in certain if situation(row) in ("rise", "fall")]
        if clear:
            pieces = [self._how(row, by_levels=not compared) for row in clear]
            said = self.say(f"survey.headline.{'compared' if compared else 'own'}_some", list=self.listing(pieces))
            return said if compared or clear[0].text("event") else sentences(said, self.say("rounds.no_cause"))
        names = self.listing([self.about(row.text("indicator")) for row in certain or found])
        key = "own_unknown" if not certain else "compared_none" if compared else "own_none"
        return self.say(f"survey.headline.{key}{'' if self._of_all(key) else '_of'}", list=names)

    def _of_all(self, key: str) -> bool:
        # Nothing is said of all answers where of some of them, cards or not, something else is known, or nothing.
        which = self.effect_of if key == "compared_none" else self.change_of
        seen = {situation(which(name)) for name in (*self.told_names(), *self.rest_names())}
        return not seen & {"rise", "fall", "undetected"} if key == "own_unknown" else seen == {"undetected"}

    def _how(self, row: Row, *, by_levels: bool) -> Parts:
        levels, own = self.ends_of(row) if by_levels else {}, "" if self._of_same_rounds() else "_then"
        if not levels:
            return self.say(f"survey.headline.one{own}", row=row, change=self.number(row, "change", sign=True))
        return self.say(f"survey.headline.one_moved{own}", row=row, **levels)

    def _of_same_rounds(self) -> bool:
        # Whether all that moved did so between the same rounds: a question may not have been asked in the latest.
        return len({rounds_of(row) for row in self._moved()[1].values()}) == 1

    def _start(self, first: Row, *, compared: bool) -> Parts:
        of_event = "survey.beside.start" if compared else "survey.beside.start_own"
        return self.say(of_event if compared or first.text("event") else "rounds.start", row=first)

    def _otherwise(self, row: Row, first: Row) -> Parts:
        # The rounds of a change that are not those of the line above them all.
        return self.say("survey.beside.otherwise", row=row) if rounds_of(row) != rounds_of(first) else ()

    def _outcome(self, compared: list[Row]) -> Parts:
        event = self.own_event()
        if len(compared) < 2 or event is None:
            return ()
        if event.outcome is None:
            return self.say("survey.no_outcome")
        measure = self.word(f"survey.outcome_as.{event.outcome.measure}")
        return self.say("survey.outcome", name=self.about(event.outcome.indicator), measure=measure)

    def _short(self, name: str, row: Row) -> Parts:
        seen = situation(row)
        key = seen if seen in (*MOVES, *WITHHELD) else "not_computed"
        of_rounds = self._of_rounds(row, f"short_{key}", name=self.definite(name))
        return sentences(of_rounds or self.say(f"survey.short.{key}", name=self.definite(name), row=row))

    def _compared(self, effect: Row, first: Row, *, verdict: bool) -> Parts:
        others = "" if effect.value("n_comparison") == first.value("n_comparison") else "_with"
        told = self.say(f"survey.beside.compared{others}", row=effect)
        return sentences(told, self.say(f"survey.against_{phrases.verdict(effect)}") if verdict else ())

    def key_figures(self) -> Group:
        """Return the front page's figures in bands, each with interval, base and how much may be concluded."""
        names = self.told_names()
        changes = [self.change_of(name) for name in names]
        alike = len(names) >= CARDS and all(row is not None and situation(row) == "undetected" for row in changes)
        figures = [self._key_figure(name, in_headline=alike) for name in names]
        bands = [figures[at : at + CARDS] for at in range(0, len(figures), CARDS)]
        return Group(tuple(KeyFigures(tuple(band)) for band in bands))

    def _key_figure(self, name: str, *, in_headline: bool = False) -> KeyFigure:
        row = self.change_of(name)
        label = (self.indicator(name),)
        if row is None:
            return self.key_level(name)
        seen = situation(row)
        if seen in (*KNOWN_BEFORE, "alike"):
            return self.key_level(name, self._change_words(row, seen))
        words = () if in_headline else self._key_words(row, seen)
        if seen not in (*MOVES, "described"):
            return KeyFigure(label, self.say("key_figures.missing"), words)
        return KeyFigure(label, self._key_value(row), self._key_detail(row, words))

    def _key_value(self, row: Row) -> Parts:
        if levels := self.ends_of(row):
            return self.say("key_figures.value", **levels)
        return (self.number(row, "change", sign=True), phrases.NO_BREAK, self.unit(row, change=True))

    def pictured(self, row: Row) -> bool:
        """Whether the front page's picture shows a change's levels, and says what they measure."""
        levels = self.ends_of(row).values()
        return row.text("unit") in PICTURED and bool(levels) and all(level.has("ci_low") for level in levels)

    def _key_detail(self, row: Row, words: Parts) -> Parts:
        return self.say(
            "key_figures.detail" if self.pictured(row) else "key_figures.detail_alone",
            measure=sentences(self.measure(row, closed=True)),
            row=row,
            bases=self.before_and_after(row, "bases"),
            words=words,
        )

    def _key_words(self, row: Row, seen: Situation) -> Parts:
        effect = self.effect_of(row.text("indicator"))
        key = f"key_figures.level.{design.carried(effect)}"
        level = self.say(key) if seen in ("rise", "fall", "described") and self.texts.has(key) else ()
        alone = seen in ("rise", "fall") and (effect is None or not design.is_clear(effect))
        words = self._change_words(row, seen, alone=alone) if seen != "described" else ()
        return sentences(words, level, self.unasked_since(row.text("indicator")) if not row.text("event") else ())

    def _change_words(self, row: Row, seen: Situation, *, alone: bool = False) -> Parts:
        usual = f"key_figures.words.{seen}{'_alone' if alone else ''}"
        return self._of_rounds(row, f"card_{seen}") or self.say(usual)

    def before_and_after(self, row: Row, key: str, **names: Filling | Row) -> Parts:
        """Return a text of a change, with the names of two rounds where they are no 'before' and 'after'."""
        return self._of_rounds(row, key, **names) or self.say(f"survey.{key}", row=row, **names)

    def _of_rounds(self, row: Row, key: str, **names: Filling | Row) -> Parts:
        known = not row.text("event") and self.texts.has(f"rounds.{key}")
        return self.say(f"rounds.{key}", row=row, **names) if known else ()

    def change_sentence(self, row: Row) -> Parts:
        """Return the sentence that fits a change: rise, fall, not detectable, uncertain, suppressed, ..."""
        seen = situation(row)
        measure = self.measure(row)
        if seen not in MOVES:
            told = self.before_and_after(row, seen if seen in WITHHELD else "not_computed", measure=measure)
            return sentences(told, self.reason(row.text("indicator")) if seen == "not_comparable" else ())
        levels, bases = self.ends_of(row), self.before_and_after(row, "bases")
        key = seen if levels else f"{seen}_only"
        return sentences(self.before_and_after(row, key, measure=measure, bases=bases, **levels))

    def answer(self, indicator: str) -> Group:
        """Return what an indicator's section begins with: the change in words, and 'don't know'."""
        row = self.change_of(indicator)
        if row is None or situation(row) in KNOWN_BEFORE:
            return self._level_answer(row, indicator)
        beyond = not row.text("event") and situation(row) in ("rise", "fall")
        lead = sentences(self.change_sentence(row), self.say("rounds.beyond_chance") if beyond else ())
        told = [Paragraph(lead, kind="lead")]
        dont_know = self._dont_know(row)
        since = self.unasked_since(indicator) if not row.text("event") else ()
        known = row.has("change") and "overlap_unknown" not in row.reasons
        overlap = self._of_rounds(row, "overlap") if known else ()
        more = sentences(self.unchanged(row), dont_know, since, overlap, self.reasons(row), self.reason(indicator))
        return Group((*told, *([Paragraph(more)] if more else [])))

    def _level_answer(self, row: Row | None, indicator: str) -> Group:
        level = self.latest_level(indicator)
        if self.without_index(indicator):
            told = self.say("survey.no_index", name=self.about(indicator))
            return Group((Paragraph(told, kind="missing"),))
        if level is None:
            return Group((self.missing_answer(indicator),))
        lead = sentences(self.level_sentence(level), self.unasked_since(indicator))
        why = [Paragraph(self.change_sentence(row))] if row is not None else []
        return Group((Paragraph(lead, kind="lead"), *why))

    def unchanged(self, row: Row) -> Parts:
        """Return that a change may be called unchanged; nothing where it may not."""
        found = self.one("changes", method="unchanged", adjustment="", **design.same(row))
        if found is None or "within_margin" not in found.reasons or self.params.unchanged_margin is None:
            return ()
        margin = self.params_number(self.params.unchanged_margin, "unchanged_margin", 1)
        return self.say("survey.unchanged", margin=margin, row=found)

    def _dont_know(self, row: Row) -> Parts:
        levels = self.ends_of(row, measure="dont_know", category="")
        counted = getattr(self.question(row.text("indicator")), "dont_know_in_base", False)
        return self.before_and_after(row, f"dont_know{'_counted' if counted else ''}", **levels) if levels else ()

    def exposed(self, names: Sequence[str]) -> Group:
        """Return the changes of every municipality that the event also touched, told apart from the comparison."""
        told: list[Block] = []
        for code, role in self.places() if self.params.events else ():
            rows = [self.change_of(name, municipality_code=code) for name in names] if role == "exposed" else []
            known = [row for row in rows if row is not None]
            if known:
                told.append(
                    Paragraph(self.say("survey.exposed", municipality=self.municipality(code)), kind="question")
                )
                told.append(Bullets(tuple(self.change_sentence(row) for row in known)))
        return Group(tuple(told))

    def shown_groups(self, indicator: str, group_by: str) -> list[Row]:
        """Return the latest rows of every group that were asked, in the codebook's order, suppressed ones too."""
        which = self.told_by(indicator) | {"municipality_code": self.code, "group_by": group_by}
        found = newest(row for row in self.rows("estimates", **which) if row.asked)
        order = list(self.codebook.groups[group_by].values)
        return sorted(found, key=lambda row: order.index(row.text("group")))


def rounds_of(change: Row) -> tuple[str, str]:
    """Return the two rounds or windows of a change, by which changes are told apart."""
    return change.text("wave_before"), change.text("wave_after")


def _weakest(effects: list[Row]) -> Row | None:
    order = ("description", "change", "effect", "unclear")  # (else one that is unclear would deny those that are clear)
    known = [row for row in effects if design.carried(row) in order]
    return min(known, key=lambda row: order.index(design.carried(row)), default=None)
