"""Who answered, and how far those who did not, and the weights, could turn the findings round."""

from __future__ import annotations

from jobreport.domain import rules
from jobreport.domain.released import Row
from jobreport.page import Group, Paragraph, Parts
from jobreport.wording import numbers
from jobreport.wording.labels import INDICATORS
from jobreport.wording.levels import Levels
from jobreport.wording.texts import Filling, sentences
from jobreport.wording.writer import Writer

EQUAL = 1e-9  # so near to 1 is a design effect of equal weights


class Response(Writer):
    """Who answered."""

    def answer(self) -> Group:
        """Return who answered in the latest wave, the bounds of non-response, the tipping point, and the weighting."""
        told = [sentences(self._answered(), self._design_effect())]
        told += [self._indicator(name) for name in self._names()]
        return Group(tuple(Paragraph(parts) for parts in told if parts))

    def _names(self) -> tuple[str, ...]:
        """What is told of, of a table question by question."""
        return self.questions_told(INDICATORS) if self.of_table else INDICATORS

    def _answered(self) -> Parts:
        row = next((row for name in self._names() if (row := Levels.of(self).latest_level(name))), None)
        if row is None:
            return self.say("missing.response")
        names: dict[str, Filling] = {"wave": numbers.window(row, "wave"), "municipality": self.municipality(self.code)}
        if not row.has("n_answered") and not row.suppressed:
            unknown = self.say("survey.answered_unknown", **names)
            return sentences(unknown, self.say("survey.response_unknown"))
        if not row.has("n_answered"):
            return self.say("survey.suppressed_base", **names)
        names["answered"] = self.count(row, "n_answered")
        rate = self._diagnostic("nonresponse", "", "rate", row.text("wave"))
        if not row.has("n_invited") or rate is None:
            return sentences(self.say("survey.answered", **names), self.say("survey.response_unknown"))
        names["invited"] = self.count(row, "n_invited")
        return self.say("survey.response", rate=self.with_unit(rate, "value"), **names)

    def _diagnostic(self, diagnostic: str, indicator: str, measure: str, wave: str) -> Row | None:
        which = {"diagnostic": diagnostic, "indicator": indicator, "measure": measure, "wave": wave, "group_by": ""}
        found = self.one("diagnostics", municipality_code=self.code, **which)
        return found if found is not None and found.has("value") else None

    def _design_effect(self) -> Parts:
        which = {"diagnostic": "weights", "measure": "design_effect", "municipality_code": self.code, "group_by": ""}
        found = [row for row in self.rows("diagnostics", **which) if row.has("value")]
        if not found:
            return ()
        latest = max(found, key=lambda row: row.text("wave"))
        if abs(latest.value("value") - 1) < EQUAL:
            return self.say("survey.equal_weights")
        effect = self.number(latest, "value", decimals=2, plain=True)
        return self.say("survey.design_effect", effect=effect)

    def _indicator(self, indicator: str) -> Parts:
        level = Levels.of(self).latest_level(indicator)
        if level is None or not level.has("estimate"):
            return ()
        found = {
            measure: self._diagnostic("nonresponse", indicator, measure, level.text("wave"))
            for measure in ("worst", "best", "tipping_point", "unweighted")
        }
        return sentences(
            self._bounds(found["worst"], found["best"]),
            self._majority(level) if found["tipping_point"] else (),
            self._tipping(found["tipping_point"]),
            self._unweighted(found["unweighted"], level),
        )

    def _bounds(self, worst: Row | None, best: Row | None) -> Parts:
        if worst is None or best is None:
            return ()
        kind = "bounds" if worst.text("unit") == "share" else "bounds_index"
        shown: dict[str, Filling] = {"worst": self.with_unit(worst, "value"), "best": self.with_unit(best, "value")}
        return self.say(f"survey.{kind}", name=self.indicator(worst.text("indicator")), **shown)

    def _majority(self, level: Row) -> Parts:
        """Say on which side of a half the answers lie only where the whole interval lies there."""
        half = rules.MAJORITY
        sure = level.has("ci_low", "ci_high") and not level.uncertain
        side = (
            "yes" if sure and level.value("ci_low") > half else "no" if sure and level.value("ci_high") < half else None
        )
        return self.say(f"survey.majority.{side or 'unsure'}")

    def _tipping(self, tipping: Row | None) -> Parts:
        if tipping is None:
            return ()
        return self.say("survey.tipping", tipping=self.with_unit(tipping, "value"))

    def _unweighted(self, plain: Row | None, level: Row) -> Parts:
        if plain is None:
            return ()
        shown: dict[str, Filling] = {"unweighted": self.with_unit(plain, "value"), "weighted": self.with_unit(level)}
        return self.say("survey.unweighted", name=self.about(level.text("indicator")), **shown)
