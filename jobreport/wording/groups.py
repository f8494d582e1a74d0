"""Differences between groups and between the questions of an index."""

from __future__ import annotations

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.released import Row
from jobreport.page import Group, Inline, Paragraph, Parts, Strong
from jobreport.release.disclosure import LEVEL_LEFT_OUT
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.levels import latest_level, level_sentence
from jobreport.wording.phrases import situation
from jobreport.wording.survey import MOVES, change_of, change_sentence, shown_groups
from jobreport.wording.texts import listing, sentences
from jobreport.wording.told import alpha, latest_diagnostic, weak


def groups_answer(
    estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str, group_by: str
) -> Group:
    """Return who lies lowest and highest where that is no chance, and how many groups are too small to show."""
    told = _grouping(estimates, diagnostics, labels, indicator, group_by)
    return Group((Paragraph(told),) if told else ())


def _grouping(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str, column: str) -> Parts:
    found = shown_groups(estimates, labels, indicator, column)
    # a group of few answers is easily the outermost: it is shown, but not named as lowest or highest
    sure = [row for row in found if row.has("estimate", "ci_low") and not row.uncertain]
    shown = sorted(sure, key=lambda row: row.value("estimate"))
    hidden = [row for row in found if row.suppressed]
    told: list[Parts] = []
    test = _tested(diagnostics, labels, indicator, column)
    if len(shown) > 1 and (test is None or _differ(test)):
        apart = shown[0].value("ci_high") < shown[-1].value("ci_low")
        told.append(_range(shown[0], shown[-1], labels, column))
        told.append(labels.texts.fill(f"survey.groups_{'apart' if apart else 'overlap'}"))
    told.append(_test(test, labels))
    if found and all(row.text("reason") == LEVEL_LEFT_OUT for row in found):
        wave = numbers.window(found[0], "wave")
        told.append(labels.texts.fill("survey.groups_left_out", grouping=labels.grouping(column), wave=wave))
    elif hidden:
        one = "_one" if len(hidden) == 1 else ""
        told.append(
            labels.texts.fill(
                f"survey.groups_hidden{one}", groups=listing([(labels.group_of(row),) for row in hidden], labels.texts)
            )
        )
    return sentences(*told)


def _range(lowest: Row, highest: Row, labels: Labels, column: str) -> Parts:
    return labels.texts.fill(
        "survey.groups_range",
        grouping=labels.grouping(column),
        lowest=_in_sentence(labels.group_of(lowest)),
        low=numbers.number(lowest, "estimate", labels.language),
        low_interval=phrases.interval(lowest, labels),
        low_n=numbers.count(lowest, "n", labels.language),
        highest=_in_sentence(labels.group_of(highest)),
        high=numbers.number(highest, "estimate", labels.language),
        high_interval=phrases.interval(highest, labels, short=True),
        high_n=numbers.count(highest, "n", labels.language),
        unit=phrases.unit(lowest, labels),
    )


def _in_sentence(label: Inline) -> Inline:
    """A group's name begins with a small letter inside a sentence; one with a digit is a bound text and stands."""
    return label[:1].lower() + label[1:] if isinstance(label, str) else label


def _tested(diagnostics: pd.DataFrame, labels: Labels, indicator: str, column: str) -> Row | None:
    which = {"indicator": indicator, "group_by": column, "municipality_code": labels.code}
    found = latest_diagnostic(diagnostics, "group_test", measure=("rao_scott", "wald"), **which)
    return found if found is not None and found.has("p_adjusted") else None


def _differ(test: Row) -> bool:
    return test.value("p_adjusted") < rules.TEST_LEVEL


def _test(test: Row | None, labels: Labels) -> Parts:
    if test is None:
        return ()
    p = numbers.number(test, "p_adjusted", labels.language, decimals=3, plain=True)
    wave = numbers.window(test, "wave")
    return labels.texts.fill(f"survey.groups_test.{'clear' if _differ(test) else 'unclear'}", p=p, wave=wave)


def items_answer(
    estimates: pd.DataFrame, changes: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str
) -> Group:
    """Return the questions of an index one by one, and whether they hang together; nothing for one question."""
    known = labels.codebook.indicator(indicator) if labels.codebook else None
    if known is None or len(known.items) == 1:
        return Group(())
    found = {name: change_of(changes, labels, name) for name, _ in known.named_items}
    told = [_item(estimates, row, labels, name) for name, row in found.items()]
    told.append(reliability(diagnostics, labels, indicator))
    return Group(tuple(Paragraph(parts) for parts in told if parts))


def _item(estimates: pd.DataFrame, row: Row | None, labels: Labels, indicator: str) -> Parts:
    """Tell of one question: its change, or its latest level where a table is all there is."""
    told = row is not None and situation(row) in MOVES
    level = latest_level(estimates, labels, indicator) if labels.of_table and not told else None
    said = [level_sentence(level, labels)] if level is not None else []
    said += [change_sentence(estimates, row, labels)] if row is not None else []
    return (Strong((f"{labels.indicator(indicator)}:",)), " ", *sentences(*said)) if said else ()


def reliability(diagnostics: pd.DataFrame, labels: Labels, indicator: str) -> Parts:
    """Return whether the questions of an index measure the same thing well enough."""
    found = alpha(diagnostics, indicator)
    if found is None:
        return ()
    good = not weak(found)
    return labels.texts.fill(
        f"survey.reliability.{'good' if good else 'poor'}",
        alpha=numbers.number(found, "value", labels.language, decimals=2, plain=True),
        floor=numbers.rule("reliability_floor", labels.language),
    )
