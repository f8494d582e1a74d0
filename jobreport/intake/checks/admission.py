"""The door: personal data stop everything, free text and unused columns stay outside."""

from collections.abc import Iterator

import pandas as pd

from jobreport.errors import Problem
from jobreport.intake.checks import personal, rules
from jobreport.intake.formats.tables import RawTable
from jobreport.setup import coding
from jobreport.setup.codebook import Codebook

MEASURED = ("weight", "answered_on")  # keys whose cells mostly differ
MOST_ANSWERS, ENOUGH, OFTEN = 12, 30, 3  # answers to choose from, rows and times each, from which they were a choice
FREE_TEXT_LENGTH = 25  # mean length from which a column of texts is written by people and not by a scale


def personal_data(table: RawTable, allowed: tuple[str, ...]) -> Iterator[Problem]:
    """Find personal data in every column, used or not."""
    return personal.problems(found_in(table), table.where, allowed)


def found_in(table: RawTable) -> list[personal.Finding]:
    """Find personal data in every cell, question and label of a table."""
    closed = frozenset(name for name, labels in table.labels.items() if labels)
    labelled = personal.in_labels([str(name) for name in table.frame.columns], table.labels, table.questions)
    return [*personal.findings(table.frame, table.questions, closed), *labelled]


def free_text(table: RawTable, used: tuple[str, ...]) -> list[str]:
    """Name the columns that hold what people wrote; they are never read further."""
    return [name for name in table.frame.columns if name not in used and is_free_text(table, name)]


def is_free_text(table: RawTable, name: str) -> bool:
    """Tell whether a column holds what people wrote: the file says so, or long and varied texts do."""
    if name in table.kinds:
        return table.kinds[name] == "text"
    column = table.frame[name]
    if table.labels.get(name) or not coding.is_text(column):
        return False
    counts = coding.apply(column, str).value_counts().drop("", errors="ignore")
    if _is_chosen(counts):
        return False
    return bool(len(counts)) and float(counts.index.str.len().to_numpy().mean()) >= FREE_TEXT_LENGTH


def _is_chosen(counts: pd.Series) -> bool:
    # Tell whether texts were chosen and not written: a few of them, each given by several.
    return 1 < len(counts) <= MOST_ANSWERS and counts.sum() >= ENOUGH and float(counts.median()) >= OFTEN


def missing_columns(table: RawTable, codebook: Codebook) -> list[Problem]:
    """Find columns that the codebook names and the file lacks, and keys that nothing gives."""
    names = [str(name) for name in table.frame.columns]
    absent = [name for name in sorted({*codebook.layout.used} - {*names}) if not _asked_elsewhere(name, codebook)]
    layout = codebook.layout
    asked = {answers.column: question for (question, _), answers in layout.answers.items()}
    free = [name for name in names if name not in layout.used]  # (another question's column is no remedy)
    facts = [{"column": name, "near": rules.suggestion(name, free), "question": asked.get(name)} for name in absent]
    of_wave = [bool(each["question"]) and "wave" in layout.fixed for each in facts]
    keys = ["column_missing_in_wave" if one else "column_missing" for one in of_wave]
    problems = [Problem(key, table.where, {**each, **layout.fixed}) for key, each in zip(keys, facts, strict=True)]
    if "status" in table.kinds.values() and "status" not in layout.columns:
        problems.append(Problem("status_unused", table.where))
    for key, other in (("wave", None), ("municipality_code", "jobcentre_code")):
        if not ({key, other} & {*layout.columns, *layout.fixed}):
            problems.append(Problem("key_column_open", table.where, {"key": key}))
    return problems


def _asked_elsewhere(column: str, codebook: Codebook) -> bool:
    layout = codebook.layout
    if column in layout.columns.values() or column in [name for name, _ in layout.groups.values()]:
        return False
    fixed = layout.fixed.get("wave")
    if fixed is not None:
        there = [codebook.answers_in(item.name, fixed) for item in codebook.items if item.asked_in(fixed)]
        return column not in [answers.column for answers in there if answers is not None]
    users = [(question, wave) for (question, wave), answers in layout.answers.items() if answers.column == column]
    items = {item.name for item in codebook.items}
    varied = {question for (question, wave) in layout.answers if wave}
    return all(question not in items or bool(wave) or question in varied for question, wave in users)


def needed(table: RawTable, codebook: Codebook) -> pd.DataFrame:
    """Keep the columns the codebook uses; a code that the file calls missing, and only it, is blank."""
    cells = {name: table.frame[name] for name in codebook.layout.used if name in table.frame}
    measured = {codebook.layout.columns.get(key) for key in MEASURED}
    # (a copy, for what is left of the file's table would hold on to all of it)
    kept = {name: each.copy() if name in measured else coding.compact(each) for name, each in cells.items()}
    raw = pd.DataFrame(kept, table.frame.index, copy=False)
    known = {text for answers in codebook.layout.answers.values() for text in answers.table}
    for name, codes in table.missing.items():
        if name in raw and codes:
            blank = coding.apply(raw[name], frozenset(codes).difference(known).__contains__)
            raw[name] = raw[name].mask(blank.astype(bool))
    return raw
