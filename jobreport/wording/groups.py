"""Differences between groups and between the questions of an index."""

from __future__ import annotations

import pandas as pd

from jobreport.disclosure import LEVEL_LEFT_OUT
from jobreport.display import Group, Inline, Paragraph, Parts, Strong
from jobreport.domain import rules
from jobreport.wording import numbers, phrases
from jobreport.wording.cells import Row, rows
from jobreport.wording.labels import Labels
from jobreport.wording.survey import change_of, change_sentence, shown_groups
from jobreport.wording.texts import sentences


def groups_answer(
    estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str, group_by: str
) -> Group:
    """Return who lies lowest and highest in a grouping, whether that may be chance, and who is too few to show."""
    told = _grouping(estimates, diagnostics, labels, indicator, group_by)
    return Group((Paragraph(told),) if told else ())


def _grouping(estimates: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str, column: str) -> Parts:
    found = shown_groups(estimates, labels, indicator, column)
    shown = sorted((row for row in found if row.has("estimate", "ci_low")), key=lambda row: row.value("estimate"))
    hidden = [row for row in found if row.suppressed]
    told: list[Parts] = []
    if len(shown) > 1:
        apart = shown[0].value("ci_high") < shown[-1].value("ci_low")
        told.append(_range(shown[0], shown[-1], labels, column))
        told.append(labels.texts.fill(f"survey.groups_{'apart' if apart else 'overlap'}"))
        told.append(_test(diagnostics, labels, indicator, column))
    if found and all(row.text("reason") == LEVEL_LEFT_OUT for row in found):
        wave = numbers.window(found[0], "wave")
        told.append(labels.texts.fill("survey.groups_left_out", grouping=labels.grouping(column), wave=wave))
    elif hidden:
        count = numbers.count_rows(len(hidden), hidden[0], ("group",), "count_suppressed", labels.language)
        one = "_one" if len(hidden) == 1 else ""
        told.append(labels.texts.fill(f"survey.groups_hidden{one}", count=count))
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


def _test(diagnostics: pd.DataFrame, labels: Labels, indicator: str, column: str) -> Parts:
    which = {"indicator": indicator, "group_by": column, "municipality_code": labels.code}
    found = _diagnostic(diagnostics, "group_test", measure=("rao_scott", "wald"), **which)
    if found is None or not found.has("p_adjusted"):
        return ()
    clear = found.value("p_adjusted") < rules.TEST_LEVEL
    p = numbers.number(found, "p_adjusted", labels.language, decimals=3, plain=True)
    wave = numbers.window(found, "wave")
    return labels.texts.fill(f"survey.groups_test.{'clear' if clear else 'unclear'}", p=p, wave=wave)


def items_answer(
    estimates: pd.DataFrame, changes: pd.DataFrame, diagnostics: pd.DataFrame, labels: Labels, indicator: str
) -> Group:
    """Return the questions of an index one by one, and whether they hang together; nothing for one question."""
    known = labels.codebook.indicator(indicator) if labels.codebook else None
    if known is None or len(known.items) == 1:
        return Group(())
    found = [change_of(changes, labels, name) for name, _ in known.named_items]
    told = [_item(estimates, row, labels) for row in found if row is not None]
    told.append(reliability(diagnostics, labels, indicator))
    return Group(tuple(Paragraph(parts) for parts in told if parts))


def _item(estimates: pd.DataFrame, row: Row, labels: Labels) -> Parts:
    name = Strong((f"{labels.indicator(row.text('indicator'))}:",))
    return (name, " ", *change_sentence(estimates, row, labels))


def reliability(diagnostics: pd.DataFrame, labels: Labels, indicator: str) -> Parts:
    """Return whether the questions of an index measure the same thing well enough."""
    found = _diagnostic(diagnostics, "reliability", indicator=indicator, measure="alpha")
    if found is None or not found.has("value"):
        return ()
    good = found.value("value") >= rules.RELIABLE_FROM
    return labels.texts.fill(
        f"survey.reliability.{'good' if good else 'poor'}",
        alpha=numbers.number(found, "value", labels.language, decimals=2, plain=True),
        floor=numbers.rule("reliability_floor", labels.language),
    )


def _diagnostic(diagnostics: pd.DataFrame, diagnostic: str, **criteria: str | tuple[str, ...]) -> Row | None:
    """Return the latest wave's row."""
    if "diagnostic" not in diagnostics:
        return None
    found = rows(diagnostics, "diagnostics", diagnostic=diagnostic, **criteria)
    return max(found, key=lambda row: row.text("wave"), default=None)
