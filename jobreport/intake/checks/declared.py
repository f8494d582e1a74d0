"""What a file itself says of its codes, questions, places and waves, held against the codebook of each wave.

A file that holds several waves says one thing of all of them: it must be true of at least one, and the codebook
says under ``in_wave`` which were different. A number as a label, and a header that is only a name, say nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from jobreport.domain import municipalities
from jobreport.domain.texts import LANGUAGES, phrase
from jobreport.errors import Problem
from jobreport.intake.coded import key_column
from jobreport.intake.formats.contract import EXAMPLES
from jobreport.intake.formats.tables import RawTable
from jobreport.setup import coding
from jobreport.setup.codebook import DONT_KNOW, NOT_ANSWERED, Answers, Codebook, Question
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Survey

LONGEST_NAME = 4  # a header of more words is a question
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OUTSIDE = {DONT_KNOW: "answer.dont_know", NOT_ANSWERED: "answer.not_answered"}


def contradictions(table: RawTable, waves: Sequence[str], codebook: Codebook) -> Iterator[Problem]:
    """Find what a file says otherwise than the codebook of its waves, in which the wave of a file of one is fixed."""
    for item in codebook.items:
        for column, found in _by_column(item, waves, codebook).items():
            if column in table.frame:
                yield from _answers(table, column, item, found)
                yield from _wording(table, column, item, tuple(found))
    yield from _groups(table, codebook)
    yield from _places(table, codebook)
    yield from _wave_names(table, codebook)


def other_waves(table: RawTable, wave: str, codebook: Codebook, survey: Survey) -> Iterator[Problem]:
    """Find that a file given for one wave says itself that it holds another, or several."""
    column = codebook.layout.columns.get("wave")
    if column is None or column not in table.frame:
        return
    labels = table.labels.get(column, {})
    recoded = key_column("wave", table.frame, codebook)
    cells = coding.texts(table.frame[column] if recoded is None else recoded)
    said = sorted({normal(labels.get(cell, cell)) for cell in cells.cat.categories} - {""})
    known = {normal(each.wave): each.wave for each in survey.waves}
    others = [known[label] for label in said if label in known and label != normal(wave)]
    if others or len(said) > 1:
        facts = {"wave": wave, "column": column, "others": others or ["…"], "distinct": len(said)}
        yield Problem("wave_file_other", table.where, facts)


def crossed_names(files: Mapping[str, str], where: str) -> Iterator[Problem]:
    """Find that the years in the names of waves' files are those of each other's waves: wave -> file."""
    years = {wave: _one_year(wave) for wave in files}
    named = {wave: _one_year(file) for wave, file in files.items()}
    wrong = {wave for wave in files if years[wave] and named[wave] and years[wave] != named[wave]}
    for wave in sorted(wrong):
        if named[wave] in {years[other] for other in wrong - {wave}}:
            yield Problem("wave_files_swapped", where, {"wave": wave, "file": files[wave], "year": named[wave]})


def _one_year(text: str) -> str | None:
    found = set(_YEAR.findall(text))
    return found.pop() if len(found) == 1 else None


def essence(text: str) -> str:
    """Reduce a text to its words: case, punctuation, tags and spaces say nothing.

    Examples
    --------
    >>> essence("Ved ikke/<b>ikke  relevant</b>.")
    'ved ikke ikke relevant'
    """
    return " ".join(re.findall(r"[^\W_]+", normal(re.sub(r"<[^<>]+>", " ", text))))


def _by_column(item: Question, waves: Sequence[str], codebook: Codebook) -> dict[str, dict[str, Answers]]:
    found: dict[str, dict[str, Answers]] = {}
    for wave in waves:
        answers = codebook.answers_in(item.name, wave)
        if answers is not None and item.asked_in(wave):
            found.setdefault(answers.column, {})[wave] = answers
    return found


def _answers(table: RawTable, column: str, item: Question, found: Mapping[str, Answers]) -> Iterator[Problem]:
    labels = {code: label for code, label in table.labels.get(column, {}).items() if _says(code, label)}
    verdicts = {
        code: [_verdict(code, label, answers.table) for answers in found.values()] for code, label in labels.items()
    }
    first = next(iter(found.values())).table
    facts = {"name": item.name, "column": column, "waves": [wave for wave in found if wave] or ["-"]}
    for key in ("file_code_differs", "file_label_unknown"):
        if wrong := [code for code, each in verdicts.items() if all(each) and each[0] == key]:
            pairs = {language: _pairs(wrong, labels, first, language) for language in LANGUAGES}
            yield Problem(key, table.where, {**facts, "pairs": pairs})


def _says(code: str, label: str) -> bool:
    # A label that is a number, as in a scale of which only the ends have words, says nothing.
    return bool(essence(label)) and not _NUMBER.fullmatch(normal(label)) and normal(label) != normal(code)


def _verdict(code: str, label: str, table: Mapping[str, int]) -> str:
    meant = table.get(normal(code))
    if meant is None:
        return ""  # a code without meaning is refused where it occurs in a cell
    said = _meaning(code, label, table)
    if said is None:
        return "" if meant == NOT_ANSWERED else "file_label_unknown"
    return "" if said == meant else "file_code_differs"


def _meaning(code: str, label: str, table: Mapping[str, int]) -> int | None:
    words = {essence(text): meant for text, meant in table.items() if not _NUMBER.fullmatch(text)}
    said = essence(label)
    return words.get(said, words.get(said.removeprefix(f"{normal(code)} ")))


def _pairs(codes: list[str], labels: Mapping[str, str], table: Mapping[str, int], language: str) -> str:
    meant = {code: _shown(table.get(normal(code)), table, language) for code in codes[: 2 * EXAMPLES]}
    return ", ".join(phrase("answer.pair", language, code=c, label=labels[c], meant=own) for c, own in meant.items())


def _shown(meant: int | None, table: Mapping[str, int], language: str) -> str:
    if meant is None:
        return "-"
    if words := [text for text, each in table.items() if each == meant and not _NUMBER.fullmatch(text)]:
        return words[0]
    return phrase(_OUTSIDE[meant], language) if meant in _OUTSIDE else "-"


def _wording(table: RawTable, column: str, item: Question, waves: tuple[str, ...]) -> Iterator[Problem]:
    said = table.questions.get(column, "") or (column if reads_as_question(column) else "")
    if not essence(said):
        return
    known = {essence(text) for wave in waves for text in item.texts_in(wave)}
    if essence(said) not in known:
        facts = {"name": item.name, "column": column, "said": said, "waves": [wave for wave in waves if wave] or ["-"]}
        wording = {language: item.wording_in(waves[0])[language] for language in LANGUAGES}
        yield Problem("file_question_differs", table.where, facts | {"wording": wording})


def reads_as_question(header: str) -> bool:
    """Tell whether a header is a question and not the name of one.

    Examples
    --------
    >>> reads_as_question("Hvor tilfreds er du?"), reads_as_question("q1"), reads_as_question("Tilfredshed i alt")
    (True, False, False)
    """
    return header.strip().endswith("?") or len(re.findall(r"[^\W_]+", header)) > LONGEST_NAME


def _groups(table: RawTable, codebook: Codebook) -> Iterator[Problem]:
    for name, (column, keys) in codebook.layout.groups.items():
        meanings = {text: keys.get(normal(text)) for pair in table.labels.get(column, {}).items() for text in pair}
        yield from _keyed(table, column, name, meanings.get, meanings.get)


def _places(table: RawTable, codebook: Codebook) -> Iterator[Problem]:
    column = codebook.layout.columns.get("municipality_code")
    recodes = codebook.layout.recodes.get("municipality_code", {})
    if column is not None:
        recognise = municipalities.recognise
        by_code = {code: recognise(recodes.get(normal(code), code)) for code in table.labels.get(column, {})}
        yield from _keyed(table, column, "municipality_code", by_code.get, recognise)


def _keyed(
    table: RawTable, column: str, name: str, by_code: Callable[[str], str | None], by_label: Callable[[str], str | None]
) -> Iterator[Problem]:
    # Find codes whose label in the file belongs to another value; labels in other words are no contradiction.
    labels = {code: label for code, label in table.labels.get(column, {}).items() if _says(code, label)}
    if wrong := [code for code, label in labels.items() if _unlike(by_code(code), by_label(label))]:
        shown = ", ".join(f"{code} = »{labels[code]}« ({by_code(code)})" for code in wrong[:EXAMPLES])
        yield Problem("file_key_differs", table.where, {"name": name, "column": column, "pairs": shown})


def _unlike(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and one != other


def _wave_names(table: RawTable, codebook: Codebook) -> Iterator[Problem]:
    # The labels of the column of waves are their names; a name of one's own may not name another year.
    column = codebook.layout.columns.get("wave")
    labels = table.labels.get(column or "", {})
    recodes = codebook.layout.recodes.get("wave", {})
    for code, label in labels.items():
        if not label.strip() or normal(code) == normal(label):
            continue
        name = recodes.get(normal(code))
        years = set(_YEAR.findall(name or "")), set(_YEAR.findall(label))
        if name is None or (all(years) and years[0].isdisjoint(years[1])):
            facts = {"column": column, "code": code, "label": label, "name": name or code}
            yield Problem("file_wave_differs", table.where, facts)
