"""Beside other municipalities without ranking them, and what goes together with what a survey is judged by."""

import pandas as pd

from jobreport.domain.released import COUNTRY, Row, newest
from jobreport.page import Bullets, Group, Paragraph, Parts
from jobreport.wording.texts import sentences
from jobreport.wording.writer import Writer

FEWEST_PAIRS = 2  # one experience alone has no place in an order
FEWEST_OTHERS = 2  # beside one other municipality there is nothing that municipalities usually differ by
Pair = tuple[Row, Row]  # the level of an experience, its correlation with the outcome


class Funnels(Writer):
    """One municipality among the others."""

    def funnel_rows(self, indicator: str) -> dict[str, list[Row]]:
        """Return the latest rows of an indicator's funnel by measure: 'standardised', 'limit_95', 'outside_95', ..."""
        _, category = self.main_measure(indicator)
        which = {"indicator": indicator, "category": category, "group_by": ""}
        by_measure: dict[str, list[Row]] = {}
        for row in newest(self.rows("diagnostics", "value", "n", diagnostic="funnel", **which)):
            by_measure.setdefault(row.text("measure"), []).append(row)
        return by_measure

    def span(self, found: list[Row], column: str) -> Parts:
        """Return how far the municipalities of a figure lie apart; whose the ends are, chance may have decided."""
        ordered = sorted(found, key=lambda row: row.value(column))
        low, high = (self.with_unit(row, column) for row in (ordered[0], ordered[-1]))
        return self.say("figures.span", low=low, high=high)

    def outside(self, found: dict[str, list[Row]]) -> Parts:
        """Return how many lie outside the inner limits, and how many chance alone would put there."""
        row = next((row for row in found.get("outside_95", []) if row.has("value", "ci_high")), None)
        if row is None:
            return ()
        return self.say(f"figures.funnel.outside{'_one' if row.value('value') == 1 else ''}", row=row)

    def answer(self, indicator: str) -> Parts:
        """Return where the municipality lies in the funnel; nothing without a funnel."""
        found = self.funnel_rows(indicator)
        own = next((row for row in found.get("standardised", []) if row.text("municipality_code") == self.code), None)
        limit = next((row for row in found.get("limit_95", []) if row.text("municipality_code") == self.code), None)
        if own is None or limit is None:
            return ()
        key = f"survey.funnel.{'outside' if 'outside' in limit.reasons else 'inside'}"
        return self.say(key, own=own, limit=limit)

    def driver_pairs(self) -> list[Pair]:
        """Return the level of every experience with its correlation with the outcome, the closest first."""
        which = {"indicator": self.outcome, "measure": "correlation", "municipality_code": self.code}
        found = self.rows("diagnostics", "ci_low", diagnostic="drivers", **which)
        levels = [self._level(row) for row in found]
        pairs = [(level, row) for level, row in zip(levels, found, strict=True) if level is not None]
        return sorted(pairs, key=lambda pair: -abs(pair[1].value("value")))

    def _level(self, importance: Row) -> Row | None:
        which = {"indicator": importance.text("category"), "measure": "share", "category": "positive", "group_by": ""}
        which |= {"municipality_code": self.code, "wave": importance.text("wave")}
        return self.one("estimates", "estimate", "ci_low", **which)

    def priorities(self) -> Group:
        """Return what goes most closely together with the outcome, and whether the order is sure."""
        pairs = self.driver_pairs()
        if len(pairs) < FEWEST_PAIRS:
            few = self.say("missing.priorities_few", outcome=self.about(self.outcome))
            return Group((Paragraph(few, kind="missing"),))
        closest, loosest = pairs[0][1], pairs[-1][1]
        near, far = (sorted(abs(row.value(end)) for end in ("ci_low", "ci_high")) for row in (closest, loosest))
        sure = closest.clear and near[0] > far[1]  # (two that go opposite ways follow each other too)
        clear = any(importance.clear for _, importance in pairs)
        told = self.say("survey.priorities.order", outcome=self.about(self.outcome))
        said = [self.say("survey.priorities.one", level=level, importance=importance) for level, importance in pairs]
        key = "none" if not clear else "sure" if sure else "unsure"
        what = sentences(self.say(f"survey.priorities.{key}"), self.say("survey.priorities.no_cause"))
        return Group((Paragraph(told, kind="question"), Bullets(tuple(said)), Paragraph(what)))


def others_beside(rows_: pd.DataFrame, code: str) -> int:
    """Return how many other municipalities have a figure of the survey that may be shown, everybody together.

    ``code``: the municipality that is not counted.
    """
    places = rows_.loc[rows_["measure"].ne("register") & rows_["group_by"].eq("") & rows_["estimate"].notna()]
    return len({place for place in places["municipality_code"].unique() if place.isdigit()} - {code, COUNTRY})
