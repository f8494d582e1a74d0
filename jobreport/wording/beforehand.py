"""What was fixed before the answers came: whether it counts, who holds it, and what has departed from it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jobreport.domain.texts import texts_of
from jobreport.page import Inline, Number, Paragraph, Parts, plain
from jobreport.wording import numbers
from jobreport.wording.compared import Compared
from jobreport.wording.texts import Filling, sentences
from jobreport.wording.writer import Writer

STATED = "facts.frozen"
FIXED = ("params", "rules")  # tables whose numbers are known before the answers are


class Beforehand(Writer):
    """A plan that was frozen, as the report tells of it; ``plan`` is what the facts hold of it."""

    def line(self, plan: Mapping[str, Any]) -> Paragraph:
        """Return in one line whether the plan counts as fixed beforehand, and whether it was followed."""
        see = self.say("frozen.see") if plan["departures"] and not plan["too_late"] else ()
        return Paragraph(sentences(self._verdict(plan), see, self._witness(plan)), kind="note")

    def _verdict(self, plan: Mapping[str, Any]) -> Parts:
        names: dict[str, Filling] = {"day": self.day(plan)}
        if plan["too_late"]:
            why = [self.say(f"frozen.why.{each}") for each in plan["too_late"]]
            return self.say("frozen.too_late", why=self.listing(why), **names)
        count = len(plan["departures"])
        if not count:
            return self.say("frozen.followed", **names)
        key = "departed_one" if count == 1 else "departed"
        return self.say(f"frozen.{key}", count=self.params_number(count, f"{STATED}.changed"), **names)

    def _witness(self, plan: Mapping[str, Any]) -> Parts:
        stamped = self._stamped(plan)
        if plan["held_by"]:
            path = f"frozen.held_by.{self.language}"
            held = numbers.params_text(self.texts.of(plan["held_by"]).rstrip("."), path)
            return sentences(stamped, self.say("frozen.held", who=held))
        return stamped or self.say("frozen.own_word")

    def _stamped(self, plan: Mapping[str, Any]) -> Parts:
        if not plan["stamped"]:
            return ()
        known = "stamped_by" if plan["stamped_by"] else "stamped_by_nobody"
        by = self.say(f"frozen.{known}", who=self._bound(plan, "stamped_by"))
        return sentences(self.say("frozen.stamped", day=self.day(plan)), by)

    def told(self, plan: Mapping[str, Any]) -> tuple[Paragraph, ...]:
        """Return the whole: what was fixed, who signed it, what it could see, and whether its sentences hold."""
        lost = any(each["section"] == "missing_wave" for each in plan["departures"])
        signed = self.say("frozen.signed", who=self._bound(plan, "signed_by"))
        whole = self.say("frozen.checksum", sha=self._bound(plan, "sha256"))
        told = [
            sentences(self._verdict(plan), signed, self._witness(plan), whole),
            sentences(
                self.say("frozen.estimand", text=self._bound(plan, "in_words")), self._power(plan), self._came(plan)
            ),
            sentences(self._sentence(plan), self._missing(plan) if lost else ()),
        ]
        return tuple(Paragraph(parts) for parts in told if parts)

    def _power(self, plan: Mapping[str, Any]) -> Parts:
        expected, path = plan["expected"], f"{STATED}.expected"
        if expected["detectable"] is None:
            return ()
        names = {
            name: self.params_number(expected[name], f"{path}.{name}", decimals)
            for name, decimals in (("matters", 1), ("answers", 0), ("detectable", 1))
        }
        small = () if expected["enough"] else self.say("frozen.cannot")
        return sentences(self.say("frozen.detectable", **names), small)

    def _came(self, plan: Mapping[str, Any]) -> Parts:
        event = self.own_event()
        outcome = event.outcome.indicator if event is not None and event.outcome is not None else ""
        row = Compared.of(self).latest_level(outcome) if outcome else None
        if row is None or not row.has("n_answered"):
            return ()
        expected = self.params_number(plan["expected"]["answers"], f"{STATED}.expected.answers")
        return self.say("frozen.came", expected=expected, row=row)

    def _sentence(self, plan: Mapping[str, Any]) -> Parts:
        now = self.on_outcome()
        if not now:
            return ()
        known = any(each[self.language].endswith(now) for each in plan["sentences"])
        return self.say("frozen.sentence_known" if known else "frozen.sentence_other")

    def on_outcome(self) -> str:
        """Return what the report says of the main outcome beside others, without numbers; '' where there is none."""
        event = self.own_event()
        if event is None or event.outcome is None:
            return ""
        told = Compared.of(self).before_after(event.outcome.indicator)
        texts = (each.parts for each in told.blocks if isinstance(each, Paragraph))
        return " ".join(without_numbers(parts, self.language) for parts in texts)

    def own_change(self) -> tuple[str, str]:
        """Return how the municipality itself changed in the main outcome, and that it is unchanged where it may be."""
        event = self.own_event()
        own = Compared.of(self).change_of(event.outcome.indicator) if event is not None and event.outcome else None
        if own is None:
            return "", ""
        found = Compared.of(self).change_sentence(own), Compared.of(self).unchanged(own)
        return without_numbers(found[0], self.language), without_numbers(found[1], self.language)

    def _missing(self, plan: Mapping[str, Any]) -> Parts:
        return self.say("frozen.missing_wave", text=self._bound(plan, "missing_waves"))

    def _bound(self, held: Mapping[str, Any], name: str) -> Inline:
        value, path = held[name], f"{STATED}.{name}"
        if isinstance(value, Mapping):
            value, path = self.texts.of(value), f"{path}.{self.language}"
        return numbers.params_text(str(value), path)

    def day(self, plan: Mapping[str, Any]) -> Inline:
        """Return the day that counts as that of the plan."""
        return self.params_date(date.fromisoformat(plan["day"]), f"{STATED}.day")

    def departure(self, place: int, found: Mapping[str, str]) -> tuple[Parts, Parts, Parts]:
        """Return the cells of one departure: what it is, as planned, and as it is now."""
        path = f"{STATED}.departures.{place}"
        pieces: list[Parts] = [self.say(f"frozen.sections.{found['section']}")]
        for piece in filter(None, found["path"].split(".")):
            key = f"frozen.pieces.{piece}"
            pieces.append(self.say(key) if self.texts.has(key) else (numbers.params_text(piece, f"{path}.path"),))
        between = ("", ": ", *([", "] * len(pieces)))
        what = tuple(part for mark, parts in zip(between, pieces, strict=False) for part in (mark, *parts))
        nothing = self.word("frozen.nothing")
        then, now = (
            numbers.params_text(found[side], f"{path}.{side}") if found[side] else nothing for side in ("then", "now")
        )
        return tuple(part for part in what if part), (then,), (now,)


def without_numbers(parts: Parts, language: str) -> str:
    """Return a text with a blank for every number that the answers decide.

    Examples
    --------
    >>> without_numbers(("Det er ", Number("7,8", "changes", "k", "change"), " point."), "da")
    'Det er [tal] point.'
    """
    blank = texts_of("freeze", language)["number"]
    return plain(tuple(_blank(part, blank) for part in parts))


def _blank(part: Inline, blank: str) -> Inline:
    if isinstance(part, Number):
        return part if part.table in FIXED else blank
    return plain(tuple(_blank(each, blank) for each in part.parts)) if not isinstance(part, str) else part
