"""What the numbers rest on and who answered, what is missing, what cannot be shown, and the method in words."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from jobreport.domain import periods, rules
from jobreport.domain.released import Row, newest, waves_in, window_of
from jobreport.page import Bullets, Group, Heading, Paragraph, Parts, Strong, plain
from jobreport.setup.params_model import Survey
from jobreport.wording import numbers
from jobreport.wording.compared import Compared
from jobreport.wording.levels import Levels
from jobreport.wording.phrases import situation
from jobreport.wording.texts import Filling, sentences
from jobreport.wording.writer import Writer

METHOD = (
    "base", "interval", "index", "change", "effect", "similar", "swings", "log", "rank", "detectable", "several",
    "false_date", "course", "words", "weights", "disclosure", "unchanged", "rounding", "check",
)  # fmt: skip
OF_EVENTS = ("effect", "detectable", "false_date", "course", "words")
OF_ANSWERS, OF_REGISTERS = ("base", "index", "change", "several", "weights", "disclosure"), ("swings", "log")
DRAWN = ("clusters", "strata", "replicates")
EQUAL = 1e-9  # so near to 1 is a design effect of equal weights


class Basis(Writer):
    """What the numbers rest on."""

    def title(self) -> str:
        """Return the title of a report whose params give none: what it is about, or the place that an event names."""
        place = self.municipality(self.code)
        if self.codebook.subject:
            subject = self.texts.of(self.codebook.subject)
            return plain(self.say("title.report", subject=subject, municipality=place))
        return place if self.own_event() is not None else plain(self.say(f"title.{self._held()}", municipality=place))

    def _held(self) -> str:
        if self.params.survey is None:
            return "figures"
        return "both" if self.params.registers else "answers"

    def subtitle(self) -> str:
        """Return the line under the title: the municipality's own event and its date; nothing where there is none."""
        if self.own_event() is None:
            return ""
        return plain(self.say("title.event", event=self.event(), date=self.event_date()))

    def cannot_show_title(self) -> Heading:
        """Return the heading of the list of what the report cannot show."""
        return Heading(2, self.say("cannot_show.title"), "cannot-show")

    def cannot_show(self) -> Bullets:
        """Return what the report cannot show, given what it holds."""
        survey = not self.estimates[self.estimates["measure"] != "register"].empty
        told = ["simulated"] if bool(self.estimates["simulated"].any()) else []
        levels = set(
            self.changes.loc[
                self.changes["municipality_code"].eq(self.code) & self.changes["method"].eq("effect"), "wording_level"
            ]
        )
        if self.params.events:
            carried = "cause_effect" if levels == {"effect"} else "cause"
            told += [carried if self.own_event() is not None else "cause_elsewhere"]
        elif survey and len(self.changes) and self.changes["measure"].ne("register").any():
            told += ["cause_rounds"]
        elif self.params.registers:
            told += ["cause_elsewhere"]
        told += ["legality", "non_response"] if survey else ["no_survey"]
        told += ["table"] if self.of_table else []
        told += ["register"] if (self.estimates["measure"] == "register").any() else []
        return Bullets(tuple(self.say(f"cannot_show.{key}") for key in told))

    def method(self) -> Bullets:
        """Return the method in plain words, with the project's thresholds."""
        names = {name: self.rule(name) for name in rules.PRINTED}
        for name in ("suppress_below", "suppress_cells_below", "uncertain_below"):
            names[name] = self.limit(name)
        foreign = self._foreign()
        said = {key: self.say(f"method.{key}", **names) for key in METHOD if key not in foreign}
        if self.params.survey is None:
            said["interval"] = self.say("method.interval_series", **names)
        target = self._target()
        if target is not None:
            said["interval"] = (*said["interval"], " ", *self.say(f"method.target.{target}", **names))
        return Bullets(tuple(said.values()))

    def _foreign(self) -> tuple[str, ...]:
        described = any(self.params.event_of(each) is None for each in self.params.registers)
        foreign = (*(() if described else ("similar",)), *(() if self.params.events else OF_EVENTS))
        if self.params.survey is not None:
            return foreign if self.params.registers else (*foreign, *OF_REGISTERS)
        return (*foreign, *OF_ANSWERS)

    def _target(self) -> str | None:
        survey = self.params.survey
        if survey is None:
            return None
        of_all = survey.selection == "random" and self.rows("diagnostics", diagnostic="nonresponse", measure="of_all")
        return "random_of_all" if of_all else survey.selection or "unknown"

    def whose(self, report_date: str) -> tuple[Paragraph, ...]:
        """Return whether those whom a survey is about made it, and a warning where its latest wave is old.

        ``report_date``: 'YYYY-MM-DD'. Returns nothing on a survey that there is not, or that is simulated.
        """
        survey = self.params.survey
        if survey is None or survey.simulated:
            return ()
        did = survey.evaluated_party
        named = [self.say(f"whose.did.{act}") for act in did or ()]
        key = "unknown" if did is None else "by_itself" if did else "not_by_itself"
        told = [Paragraph(self.say(f"whose.{key}", acts=self.listing(named)), kind="note")]
        place = latest(survey)
        if place is None or _year(survey, place) >= int(report_date[:4]) - rules.OLD_AFTER_YEARS:
            return tuple(told)
        wave: Parts = (numbers.params_text(survey.waves[place].wave, f"survey.waves.{place}.wave"),)
        return (*told, Paragraph(self.say("whose.old", wave=wave), kind="warning"))

    def told_by_others(self, facts: Mapping[str, Any]) -> tuple[Paragraph, ...]:
        """Return which figures were checked here and which were told by other municipalities; nothing without any."""
        if not facts.get("packages"):
            return ()
        here, told = facts["checked_here"], facts["told_by_others"]
        own: Filling = (self.municipality(self.code),)
        if here > 1:
            own = self.say("told.several", count=self.params_number(here, "facts.checked_here"))
        count = self.params_number(told, "facts.told_by_others")
        key = "none" if not told else "one" if told == 1 else "front"
        return (Paragraph(self.say(f"told.{key}", own=own, count=count), kind="note"),)


def latest(survey: Survey) -> int | None:
    """Return the place of the wave that ended last; None where no wave is dated."""
    dated = {place: last for place in range(len(survey.waves)) for last in _days(survey, place)}
    return max(dated, key=lambda place: dated[place], default=None)


def _days(survey: Survey, place: int) -> Iterator[date]:
    wave = survey.waves[place]
    span = periods.span(wave.wave)
    known = [day for day in (wave.to, wave.from_, span[1] if span else None) if day is not None]
    yield from known[:1]


def _year(survey: Survey, place: int) -> int:
    return next(_days(survey, place)).year


class Response(Writer):
    """Who answered, and how far those who did not, and the weights, could turn the findings round."""

    def answer(self) -> Group:
        """Return who was asked and answered."""
        selection = self.params.survey.selection if self.params.survey is not None else None
        how = self.say(f"survey.selection.{selection or 'unknown'}")
        return Group((Paragraph(sentences(self._answered(), self._of_all(), how)),))

    def majorities(self) -> Group:
        """Return for each figure on which side of a half it lies, and which odds of answering would turn that round."""
        told = [(name, self._majority(name)) for name in self._names()]
        items = tuple(_named(self.indicator(name), said) for name, said in told if said)
        return Group((Bullets(items),) if items else ())

    def checks(self) -> Group:
        """Return the extremes of non-response, what skipped questions and weights do, and what more answers would."""
        changes = {name: row for name in self._names() if (row := Compared.of(self).change_of(name)) is not None}
        came = Compared.of(self).came_again(next(iter(changes.values()))) if changes else ()
        told = [sentences(self._skipped(), came, self._design_effect(), self._of_answers(changes))]
        told += [self._extremes(name) for name in self._names()]
        return Group(tuple(Paragraph(parts) for parts in told if parts))

    def _names(self) -> tuple[str, ...]:
        return self.questions_told()

    def _answered(self) -> Parts:
        levels = (Levels.of(self).latest_level(name) for name in self._names())
        row = next(iter(newest(row for row in levels if row is not None)), None)
        if row is None:
            return self.say("missing.response")
        if not row.has("n_answered") and row.suppressed:
            return self.say("survey.suppressed_base", row=row)
        if not row.has("n_answered"):
            return sentences(self.say("survey.answered_unknown", row=row), self.say("survey.response_unknown"))
        rate = self._diagnostic("nonresponse", "", "rate", row.text("wave"))
        if not row.has("n_invited") or rate is None:
            return sentences(self.say("survey.answered", row=row), self.say("survey.response_unknown"))
        return self.say("survey.response", row=row, rate=rate)

    def _skipped(self) -> Parts:
        rows = self.rows("diagnostics", "value", measure="skipped", municipality_code=self.code)
        asked = {name for each in self.codebook.indicators for name, _ in each.named_items}
        told = [row for row in newest(rows) if row.text("indicator") in asked]
        if not told:
            return ()
        least, most = (pick(told, key=lambda row: row.value("value")) for pick in (min, max))
        nobody = numbers.decimal(numbers.shown(most, "value"), 0, self.language) == "0"
        return self.say("survey.skipped_none" if nobody else "survey.skipped", least=least, most=most)

    def _of_all(self) -> Parts:
        found = self.rows("diagnostics", "value", measure="of_all", municipality_code=self.code)
        return self.say("survey.of_all", row=found[-1]) if found else ()

    def _diagnostic(self, diagnostic: str, indicator: str, measure: str, wave: str) -> Row | None:
        which = {"diagnostic": diagnostic, "indicator": indicator, "measure": measure, "wave": wave, "group_by": ""}
        return self.one("diagnostics", "value", municipality_code=self.code, **which)

    def _design_effect(self) -> Parts:
        drawn = [self.say(f"survey.{name}", row=row) for name in DRAWN if (row := self._latest(name)) is not None]
        ratio = self._latest("variance_ratio")
        return sentences(*drawn, self._weights() if ratio is None else self.say("survey.variance_ratio", row=ratio))

    def _latest(self, measure: str) -> Row | None:
        which = {"diagnostic": "weights", "measure": measure, "municipality_code": self.code, "group_by": ""}
        return next(iter(newest(self.rows("diagnostics", "value", **which))), None)

    def _weights(self) -> Parts:
        row = self._latest("design_effect")
        if row is None:
            return ()
        which = {"diagnostic": "weights", "measure": "design_effect", "municipality_code": self.code, "group_by": ""}
        weighted = any(abs(each.value("value") - 1) > EQUAL for each in self.rows("diagnostics", "value", **which))
        return self.say("survey.design_effect" if weighted else "survey.equal_weights", row=row)

    def _majority(self, indicator: str) -> Parts:
        level = Levels.of(self).latest_level(indicator)
        if level is None or not level.has("estimate"):
            return ()
        known = self._diagnostic("nonresponse", indicator, "tipping_point", level.text("wave"))
        said = self._side(level) if known else "unsure"
        return sentences(self.say(f"survey.majority.{said}") if known else (), self._odds(indicator, level, said))

    def _extremes(self, indicator: str) -> Parts:
        level = Levels.of(self).latest_level(indicator)
        if level is None or not level.has("estimate"):
            return ()
        worst, best, tipping, unweighted = (
            self._diagnostic("nonresponse", indicator, measure, level.text("wave"))
            for measure in ("worst", "best", "tipping_point", "unweighted")
        )
        told = sentences(
            self.say("survey.tipping", row=tipping) if tipping is not None else (),
            self._bounds(worst, best),
            self.say("survey.unweighted", row=unweighted, weighted=level) if unweighted is not None else (),
        )
        return _named(self.indicator(indicator), told) if told else ()

    def extremes(self, indicator: str) -> tuple[Row, Row, Row] | None:
        """Return the latest level with the numbers if none, or all, of those without an answer were positive."""
        level = Levels.of(self).latest_level(indicator)
        wave = level.text("wave") if level is not None and level.has("ci_low", "ci_high") else ""
        worst, best = (self._diagnostic("nonresponse", indicator, measure, wave) for measure in ("worst", "best"))
        return (level, worst, best) if wave and level and worst and best else None

    def answered(self) -> list[Row]:
        """Return of each round how many answered, where it is known."""
        found = {row.text("wave"): row for name in self._names()[:1] for row in Levels.of(self).in_waves(name)}
        return [row for _, row in sorted(found.items()) if row.has("n_answered")]

    def rates(self) -> list[tuple[Row, Row]]:
        """Return of each round how many were asked and answered, with the rate; only those where both are known."""
        known = {row.text("wave"): row for row in self.answered() if row.has("n_invited")}
        rates = [(row, self._diagnostic("nonresponse", "", "rate", wave)) for wave, row in known.items()]
        return [(row, rate) for row, rate in rates if rate is not None]

    def _odds(self, indicator: str, level: Row, side: str) -> Parts:
        name = {"yes": "turning_odds", "no": "turning_odds_of_others"}.get(side, "")
        turning = self._diagnostic("nonresponse", indicator, name, level.text("wave")) if name else None
        at_odds = self._diagnostic("nonresponse", indicator, "at_odds", level.text("wave"))
        key = "survey.odds_turn" + ("_of_others" if side == "no" else "")
        turns = self.say(key, row=turning) if turning is not None else ()
        return turns if at_odds is None else sentences(turns, self.say("survey.at_odds", row=at_odds))

    def changed(self) -> Group:
        """Return, as part of a comparison, who answered before and after and what other answering would undo."""
        return Group(tuple(Paragraph(told) for told in [self._changed()] if told))

    def _changed(self) -> Parts:
        rows = {name: row for name in self._names() if (row := Compared.of(self).change_of(name)) is not None}
        if not rows:
            return ()
        first = next(iter(rows.values()))
        windows = {side: first.text(f"wave_{side}") for side in ("before", "after")}
        rates = {side: self._diagnostic("nonresponse", "", "rate", window) for side, window in windows.items()}
        known = {side: row for side, row in rates.items() if row is not None}
        kind = "survey.rates" if first.text("event") else "rounds.rates"
        stated = [row for row in Levels.of(self).in_waves(next(iter(rows))) if row.has("n_invited") or row.suppressed]
        part = "" if len(known) == len(rates) else "_some" if known or stated else "_unknown"
        told = self.say(f"{kind}{part}", row=first, **known)
        vanish = [self._vanishing(name, row) for name, row in rows.items()]
        return sentences(told, *vanish)

    def _of_answers(self, changes: Mapping[str, Row]) -> Parts:
        parts = []
        for name, change in changes.items():
            which = {"measure": "of_answers", "indicator": name, "category": change.text("event")}
            found = self.rows("diagnostics", "value", municipality_code=self.code, **which)
            parts += [self.say("survey.of_answers_one", row=row) for row in found]
        return self.say("survey.of_answers", list=self.listing(parts)) if parts else ()

    def _vanishing(self, name: str, change: Row) -> Parts:
        of = {"rise": "", "fall": "_of_others"}.get(situation(change))
        waves = window_of(wave for side in ("before", "after") for wave in waves_in(change.text(f"wave_{side}")))
        which = {"indicator": name, "category": change.text("event"), "measure": f"vanishing_odds{of}", "wave": waves}
        found = self.rows("diagnostics", "value", municipality_code=self.code, **which) if of is not None else []
        row = next(iter(found), None)
        text = "survey" if change.text("event") else "rounds"
        return self.say(f"{text}.odds_vanish{of}", odds=row, row=change) if row is not None else ()

    def _bounds(self, worst: Row | None, best: Row | None) -> Parts:
        if worst is None or best is None:
            return ()
        kind = "bounds" if worst.text("unit") == "share" else "bounds_index"
        return self.say(f"survey.{kind}", worst=worst, best=best)

    def _side(self, level: Row) -> str:
        half = rules.MAJORITY
        if not level.has("ci_low", "ci_high") or level.uncertain:
            return "unsure"
        return "yes" if level.value("ci_low") > half else "no" if level.value("ci_high") < half else "unsure"


def _named(name: str, told: Parts) -> Parts:
    return (Strong((name,)), ": ", *told)
