"""Differences between groups and between the questions of an index."""

from __future__ import annotations

from jobreport.domain import rules
from jobreport.domain.released import Row
from jobreport.page import Group, Inline, Paragraph, Parts, Strong
from jobreport.release.disclosure import LEVEL_LEFT_OUT
from jobreport.wording import numbers
from jobreport.wording.levels import weak
from jobreport.wording.phrases import situation
from jobreport.wording.survey import MOVES, Survey
from jobreport.wording.texts import sentences

TESTS = ("rao_scott", "wald", "score", "welch")


class Groups(Survey):
    """The groups and the questions of an indicator."""

    def groups_answer(self, indicator: str, group_by: str) -> Group:
        """Return who lies lowest and highest where that is no chance, and how many groups are too small to show."""
        told = self._grouping(indicator, group_by)
        return Group((Paragraph(told),) if told else ())

    def groups_in_short(self, indicator: str) -> Group:
        """Return one sentence where no grouping differs, and all of it only where one does; what is hidden is named."""
        columns = {by: self.shown_groups(indicator, by) for by in (self.codebook.groups if self.codebook else ())}
        tests = {by: self._tested(indicator, by, rows[0].text("wave")) for by, rows in columns.items() if rows}
        known = {by: test for by, test in tests.items() if test is not None}
        alike: list[Parts] = [(self.grouping(by),) for by, test in known.items() if not _differ(test)]
        apart = [by for by, test in known.items() if _differ(test)]
        told = [Paragraph(self._grouping(indicator, by)) for by in apart]
        hidden = any(row.suppressed for by, rows in columns.items() if by not in apart for row in rows)
        rest = sentences(
            self.say("survey.groups_alike", list=self.listing(alike)) if alike else (),
            self.say("survey.groups_elsewhere") if hidden else (),
        )
        return Group((*told, *([Paragraph(rest)] if rest else [])))

    def _grouping(self, indicator: str, column: str) -> Parts:
        found = self.shown_groups(indicator, column)
        # a group of few answers is easily the outermost: it is shown, but not named as lowest or highest
        sure = [row for row in found if row.has("estimate", "ci_low") and not row.uncertain]
        shown = sorted(sure, key=lambda row: row.value("estimate"))
        hidden = [row for row in found if row.suppressed]
        told: list[Parts] = []
        test = self._tested(indicator, column, found[0].text("wave")) if found else None
        if len(shown) > 1 and test is not None and _differ(test):
            told += [self._range(shown[0], shown[-1], column), self.say("survey.groups_outermost")]
        told.append(self._test(test, column))
        if found and all(row.text("reason") == LEVEL_LEFT_OUT for row in found):
            wave = numbers.window(found[0], "wave")
            told.append(self.say("survey.groups_left_out", grouping=self.grouping(column), wave=wave))
        elif hidden:
            one = "_one" if len(hidden) == 1 else ""
            told.append(
                self.say(f"survey.groups_hidden{one}", groups=self.listing([(self.group_of(row),) for row in hidden]))
            )
        return sentences(*told)

    def _range(self, lowest: Row, highest: Row, column: str) -> Parts:
        return self.say(
            "survey.groups_range",
            grouping=self.grouping(column),
            lowest=_in_sentence(self.group_of(lowest)),
            low=self.number(lowest, "estimate"),
            low_interval=self.interval(lowest),
            low_n=self.count(lowest, "n"),
            highest=_in_sentence(self.group_of(highest)),
            high=self.number(highest, "estimate"),
            high_interval=self.interval(highest, short=True),
            high_n=self.count(highest, "n"),
            unit=self.unit_after(lowest),
        )

    def _tested(self, indicator: str, column: str, wave: str) -> Row | None:
        """Return the test of the groups in the wave or window that is shown."""
        which = {"indicator": indicator, "group_by": column, "municipality_code": self.code, "wave": wave}
        found = self.one("diagnostics", diagnostic="group_test", measure=TESTS, **which)
        return found if found is not None and found.has("p_adjusted") else None

    def _test(self, test: Row | None, column: str) -> Parts:
        if test is None:
            return ()
        p = self.number(test, "p_adjusted", decimals=3, plain=True)
        which, wave = "clear" if _differ(test) else "unclear", numbers.window(test, "wave")
        return self.say(f"survey.groups_test.{which}", p=p, wave=wave, grouping=self.grouping(column))

    def items_answer(self, indicator: str) -> Group:
        """Return the questions of an index one by one, and whether they hang together; nothing for one question."""
        known = self.codebook.indicator(indicator) if self.codebook else None
        if known is None or len(known.items) == 1:
            return Group(())
        found = {name: self.change_of(name) for name, _ in known.named_items}
        told = [self._item(row, name) for name, row in found.items()]
        told.append(self.reliability(indicator))
        return Group(tuple(Paragraph(parts) for parts in told if parts))

    def _item(self, row: Row | None, indicator: str) -> Parts:
        """Tell of one question: its change, or its latest level where a table is all there is."""
        told = row is not None and situation(row) in MOVES
        level = self.latest_level(indicator) if self.of_table and not told else None
        said = [self.level_sentence(level)] if level is not None else []
        said += [self.change_sentence(row)] if row is not None else []
        return (Strong((f"{self.indicator(indicator)}:",)), " ", *sentences(*said)) if said else ()

    def reliability(self, indicator: str) -> Parts:
        """Return whether the questions of an index measure the same thing well enough."""
        found = self.alpha(indicator)
        if found is None:
            return ()
        good = not weak(found)
        return self.say(
            f"survey.reliability.{'good' if good else 'poor'}",
            alpha=self.number(found, "value", decimals=2, plain=True),
            floor=self.rule("reliability_floor"),
        )


def _in_sentence(label: Inline) -> Inline:
    """A group's name begins with a small letter inside a sentence; one with a digit is a bound text and stands."""
    return label[:1].lower() + label[1:] if isinstance(label, str) else label


def _differ(test: Row) -> bool:
    return test.value("p_adjusted") < rules.TEST_LEVEL
