"""Differences between groups and between the questions of an index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jobreport.domain import rules
from jobreport.domain.released import Row
from jobreport.page import Bullets, Group, Inline, Paragraph, Parts, Strong
from jobreport.release.disclosure import LEVEL_LEFT_OUT
from jobreport.wording.levels import weak
from jobreport.wording.phrases import situation
from jobreport.wording.survey import MOVES, Survey
from jobreport.wording.texts import sentences

TESTS = ("rao_scott", "wald", "score", "welch")


class Groups(Survey):
    """The groups and the questions of an indicator."""

    def groups_answer(self, indicator: str, columns: Sequence[str]) -> Group:
        """Return who lies lowest and highest where that is no chance, what is too small to show, and all the rest."""
        found = {column: self.shown_groups(indicator, column) for column in columns}
        tests = {by: self._tested(indicator, by, rows[0].text("wave")) for by, rows in found.items() if rows}
        told = [self._grouping(rows, tests.get(column)) for column, rows in found.items()]
        alike = {column: test for column, test in tests.items() if test is not None and not _differ(test)}
        told += [self._alike(alike, wave) for wave in dict.fromkeys(test.text("wave") for test in alike.values())]
        return Group(tuple(Paragraph(parts) for parts in told if parts))

    def groups_in_short(self, names: Sequence[str]) -> Group:
        """Return where groups differ, indicator by indicator, and one sentence for all the rest."""
        shown = {(name, by): self.shown_groups(name, by) for name in names for by in self.codebook.groups}
        tests = {each: self._tested(*each, rows[0].text("wave")) for each, rows in shown.items() if rows}
        apart = [self._apart(*each, test) for each, test in tests.items() if test is not None and _differ(test)]
        hidden = any(row.suppressed for rows in shown.values() for row in rows)
        rest = sentences(*self._rest(tests, bool(apart)), self.say("survey.groups_elsewhere") if hidden else ())
        return Group((*([Bullets(tuple(apart))] if apart else []), *([Paragraph(rest)] if rest else [])))

    def _rest(self, tests: Mapping[tuple[str, str], Row | None], apart: bool) -> Iterator[Parts]:
        # Groupings that do not differ, by name where of others it is not known; and these.
        known = [(by, _differ(test)) for (_, by), test in tests.items() if test is not None]
        unknown = dict.fromkeys(by for (_, by), test in tests.items() if test is None)
        if alike := dict.fromkeys(by for by, differ in known if not differ and by not in unknown):
            key = f"survey.groups_alike{'_else' if apart else ''}{'_of' if unknown else ''}"
            yield self.say(key, list=self._groupings(alike))
        if unknown:
            some = "_some" if any(by in unknown for by, _ in known) else ""
            yield self.say(f"survey.groups_unknown{some}", list=self._groupings(unknown))

    def _groupings(self, groupings: Iterable[str]) -> Parts:
        return self.listing([(_in_sentence(self.grouping(by)),) for by in groupings])

    def _apart(self, indicator: str, column: str, test: Row) -> Parts:
        told = self._outermost(self.shown_groups(indicator, column)) or [self.say("survey.groups_apart", row=test)]
        return (Strong((self.indicator(indicator),)), ", ", *sentences(*told))

    def _outermost(self, found: list[Row]) -> list[Parts]:
        # Return the lowest and the highest: one of few answers is easily the outermost, and is shown but not named.
        sure = [row for row in found if row.has("estimate", "ci_low") and not row.uncertain]
        if len(sure) < 2:
            return []
        low, *_, high = sorted(sure, key=lambda row: row.value("estimate"))
        reach = low.value("estimate"), high.value("estimate")
        of_all = all(reach[0] <= row.value("estimate") <= reach[1] for row in found if row.value("n") != 0)
        named = {"lowest": _in_sentence(self.group_of(low)), "highest": _in_sentence(self.group_of(high))}
        told = self.say(f"survey.groups_range{'' if of_all else '_of_sure'}", low=low, high=high, **named)
        return [told, self.say("survey.groups_outermost")]

    def _grouping(self, found: list[Row], test: Row | None) -> Parts:
        hidden = [row for row in found if row.suppressed]
        told: list[Parts] = []
        if test is not None and _differ(test):
            told += [*self._outermost(found), self.say("survey.groups_test.clear", row=test)]
        if found and all(row.text("reason") == LEVEL_LEFT_OUT for row in found):
            told.append(self.say("survey.groups_left_out", row=found[0]))
        elif hidden:
            groups = self.listing([(self.group_of(row),) for row in hidden])
            told.append(self.say(f"survey.groups_hidden{'_one' if len(hidden) == 1 else ''}", groups=groups))
        return sentences(*told)

    def _tested(self, indicator: str, column: str, wave: str) -> Row | None:
        which = {"indicator": indicator, "group_by": column, "municipality_code": self.code, "wave": wave}
        return self.one("diagnostics", "p_adjusted", diagnostic="group_test", measure=TESTS, **which)

    def _alike(self, tests: Mapping[str, Row], wave: str) -> Parts:
        of_wave = {column: test for column, test in tests.items() if test.text("wave") == wave}
        told: list[Parts] = [
            (self.grouping(column), " (", *self.p_value(test, "p_adjusted"), ")") for column, test in of_wave.items()
        ]
        return self.say("survey.groups_test.unclear", list=self.listing(told), row=next(iter(of_wave.values())))

    def items_answer(self, indicator: str) -> Group:
        """Return the questions of an index one by one, and whether they hang together; nothing for one question."""
        known = self.codebook.indicator(indicator)
        if len(known.items) == 1:
            return Group(())
        found = {name: self.change_of(name) for name, _ in known.named_items}
        told = [self._item(row, name) for name, row in found.items()]
        told.append(self.reliability(indicator))
        return Group(tuple(Paragraph(parts) for parts in told if parts))

    def _item(self, row: Row | None, indicator: str) -> Parts:
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
        return self.say(f"survey.reliability.{'poor' if weak(found) else 'good'}", row=found)


def _in_sentence(label: Inline) -> Inline:
    # A group's name begins with a small letter inside a sentence; one with a digit is a bound text and stands.
    return label[:1].lower() + label[1:] if isinstance(label, str) else label


def _differ(test: Row) -> bool:
    return test.value("p_adjusted") < rules.TEST_LEVEL
