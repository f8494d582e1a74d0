"""What the design lets a report say: false dates, choices, what could be detected, the strongest word."""

from collections.abc import Sequence

from jobreport.domain.released import Row
from jobreport.domain.rules import TEST_LEVEL
from jobreport.page import Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.texts import Filling, sentences
from jobreport.wording.writer import Writer

VARYING_DATES = ("specification", "wave_before", "wave_after")
CHOSEN = "chosen;"
VARYING_CHOICES = ("adjustment", "specification", "scale", "wave_before", "wave_after")


def same(row: Row) -> dict[str, str]:
    """Return what identifies the comparison that a row belongs to, whatever the method."""
    columns = ("event", "indicator", "measure", "category", "municipality_code", "group_by", "group")
    return {column: row.text(column) for column in columns}


class Design(Writer):
    """What a design carries."""

    def false_dates(self, effect: Row) -> Parts:
        """Return how many false dates stand out, and which: 'i 4 af dem (2015, 2016, 2017 og 2019)'.

        ``effect``: the effect row whose false dates are meant; its scale is used.
        """
        tried = self.tried(effect)
        clear = [row for row in tried if row.clear]
        if not tried:
            few = effect.has("ci_low", "ci_high") and not self.tried(effect, known=())
            return self.say(f"design.false_dates.{'missing' if few else 'untried'}")
        if not clear and len(tried) == 1:
            return sentences(self.say("design.false_dates.one_unclear", list=self._dates(tried)), self._seen(tried))
        if not clear:
            told = self.say("design.false_dates.none", all=self._count(tried, tried, "count"))
            return sentences(told, self._seen(tried))
        told = self.say("design.false_dates.some", **self._counted(tried, clear))
        expected = self.say(f"design.false_dates.expected{'' if len(tried) * TEST_LEVEL < 1 else '_many'}")
        return sentences(told, expected, self.say("design.false_dates.meaning"))

    def _seen(self, tried: list[Row]) -> Parts:
        # Return the smallest difference that false dates could have shown: that none stands out may say little.
        known = [row for row in tried if row.has("detectable_change")]
        if not known:
            return ()
        return self.say("design.false_dates.seen", row=min(known, key=lambda row: row.value("detectable_change")))

    def course(self, effect: Row) -> Parts:
        """Return whether a clear difference bears that the course before goes on, and which course would explain it."""
        found = {name: self._beside(effect, name) for name in ("course", "continued", "breakdown")}
        course, continued, limit = found.values()
        if course is None or continued is None or limit is None or not limit.has("change"):
            return ()
        step = self.word(f"design.step.{'year' if effect.text('measure') == 'register' else 'wave'}")
        told = self.say("design.course.before", row=effect, course=course, step=step)
        beyond = self.say("design.course.breakdown", row=effect, limit=limit, step=step)
        bears = "goes_on" if "course_goes_on" in continued.reasons else "bears"
        return sentences(told, self.say(f"design.course.{bears}"), beyond)

    def control(self, effect: Row) -> Parts:
        """Return what was found of the indicator that the event cannot touch; nothing where none is named."""
        event = next((each for each in self.params.events if each.event == effect.text("event")), None)
        name = event.negative_control if event is not None else None
        if name is None or name == effect.text("indicator"):
            return ()
        found = self.effect_of(name, municipality_code=effect.text("municipality_code"))
        if found is None or not found.has("change", "ci_low"):
            return self.say("design.control.unknown", name=self.about(name))
        return self.say(f"design.control.{'moved' if found.clear else 'quiet'}", row=found)

    def _beside(self, effect: Row, method: str) -> Row | None:
        adjustment = "" if method == "course" else effect.text("adjustment")
        which = {"method": method, "adjustment": adjustment, "scale": effect.text("scale"), **same(effect)}
        return self.one("changes", **which)

    def false_dates_headline(self, effect: Row) -> Parts:
        """Return the short form for the headline; nothing where no false date stands out."""
        tried = self.tried(effect)
        clear = [row for row in tried if row.clear]
        if not clear:
            return ()
        year = self.event_year(effect.text("event"))
        return self.say("design.false_dates.headline", event_year=year, row=effect, **self._counted(tried, clear))

    def tried(self, effect: Row, known: Sequence[str] = ("ci_low", "ci_high")) -> list[Row]:
        """Return the same comparison at false dates, where it has an interval."""
        which = {"method": "false_date", "adjustment": "", "scale": effect.text("scale"), **same(effect)}
        return self.rows("changes", *known, **which)

    def _counted(self, tried: list[Row], clear: list[Row]) -> dict[str, Filling]:
        return {
            "all": self._count(tried, tried, "count"),
            "clear": self._count(tried, clear, "count_excluding_zero"),
            "list": self._dates(clear),
        }

    def _count(self, tried: list[Row], counted: list[Row], what: str) -> numbers.Number:
        return self.count_rows(len(counted), tried[0], VARYING_DATES, what)

    def _dates(self, found: list[Row]) -> Parts:
        return self.listing([(self.written(row, "specification"),) for row in found])

    def detectable(self, effect: Row) -> Parts:
        """Return how large a difference had to be for these data to find it."""
        return self.say(f"design.{'' if effect.has('detectable_change') else 'no_'}detectable", row=effect)

    def conclusion(self, effect: Row) -> Parts:
        """Return what may be concluded: never more than the row's wording level carries."""
        key = f"design.conclusion.{carried(effect) or 'description'}"
        told = self.say(key, event=self.event(effect.text("event")))
        return sentences(told, self.reasons(effect))

    def headline(self, effect: Row) -> Parts:
        """Return the headline's last sentence: which word the design carries."""
        return self.say(f"design.headline.{carried(effect) or 'description'}")

    def choices(self, effect: Row) -> Parts:
        """Return whether the answer depends on how it is computed; nothing without a specification curve."""
        tried = self.rows("changes", "change", method="specification", **same(effect))
        if not tried:
            return ()
        kinds = {
            "count": tried,
            "count_positive": [row for row in tried if row.value("change") > 0],
            "count_negative": [row for row in tried if row.value("change") < 0],
            "count_excluding_zero": [row for row in tried if row.clear],
        }
        told = {what: self.count_rows(len(some), tried[0], VARYING_CHOICES, what) for what, some in kinds.items()}
        return self.say(f"design.choices.{_choices_key(kinds)}", **told)

    def foreseen(self, effect: Row) -> Parts:
        """Return the difference without the waves in which the event was known to come, if there are any."""
        tried = self.rows("changes", method="specification", scale=effect.text("scale"), **same(effect))
        chosen = next((row for row in tried if row.text("specification").startswith(CHOSEN)), None)
        wanted = _choice(chosen) | {"foreseen": "no"} if chosen is not None else {}
        found = [row for row in tried if wanted and _choice(row) == wanted and row.has("change", "ci_low")]
        if not found:
            return ()
        return self.say("design.foreseen", row=found[0])


def _choice(row: Row) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in row.text("specification").removeprefix(CHOSEN).split(";"))
    return {name: value for name, _, value in pairs if name != "before"}


def is_clear(effect: Row) -> bool:
    """Whether a difference may be called clear: shown, resting on enough, its interval on one side of zero."""
    return phrases.verdict(effect) == "clear"


def carried(effect: Row | None) -> str:
    """Return the word the design carries; 'unclear' where it could carry a word but nothing stands out.

    Without an interval there is no word on whether there is a difference: 'description'.
    """
    level = effect.text("wording_level") if effect else ""
    if effect is None or level not in ("effect", "change"):
        return level
    if not effect.has("change", "ci_low", "ci_high"):
        return "description"
    return level if is_clear(effect) else "unclear"


def _choices_key(kinds: dict[str, list[Row]]) -> str:
    one_way = len(kinds["count"]) in (len(kinds["count_positive"]), len(kinds["count_negative"]))
    return ("stable" if one_way else "unstable") + ("" if kinds["count_excluding_zero"] else "_none")
