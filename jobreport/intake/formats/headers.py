"""Exports with two or three header rows: SurveyMonkey writes the choice under the question, Qualtrics the wording."""

import re
from collections.abc import Sequence
from typing import Any

_IMPORT = re.compile(r'\{\s*"ImportId"\s*:.*\}', re.IGNORECASE | re.DOTALL)  # Qualtrics' name of a column, as JSON
_DEEPEST = 3  # the header rows that an export has at most
_ENOUGH = 10  # rows of answers, from which words that nobody gives in any column are no answers
_FEW = 2  # 'Response' and 'Open-Ended Response', in the language of the account
RESPONSES = frozenset({"response", "open-ended response"})


def one(rows: list[list[Any]]) -> tuple[list[list[Any]], dict[str, str]]:
    """Make one header row of two or three, where their structure tells them from answers; other rows stay as they are.

    Returns
    -------
    tuple
        Names and cells, of which only the first row names the columns: further header rows are empty, so that rows
        keep their number. And name -> question text, where a header row held it.

    Examples
    --------
    >>> one([["ID", "Tilfreds?", ""], ["", "Response", "Andet"], ["1", "Ja", ""]])[0]
    [['ID', 'Tilfreds?', 'Tilfreds? [Andet]'], [], ['1', 'Ja', '']]
    >>> one([["Q1"], ["Er du tilfreds?"], ['{"ImportId":"QID1"}'], ["Ja"]])[1]
    {'Q1': 'Er du tilfreds?'}
    """
    filled = [place for place, row in enumerate(rows[: 10 * _DEEPEST]) if any(_texts(row))]
    if len(filled) < _DEEPEST:
        return rows, {}
    top, second = filled[:2]
    if imports := [place for place in filled[1:_DEEPEST] if _names_imports(rows[place])]:
        wordings = _texts(rows[second]) if second not in imports else []
        pairs = zip(_texts(rows[top]), wordings, strict=False)
        return _only_first(rows, top, imports[0]), {name: text for name, text in pairs if name and text}
    if _names_choices(_texts(rows[top]), _texts(rows[second]), rows[second + 1 :]):
        names = _joined(_texts(rows[top]), _texts(rows[second]))
        return [*rows[:top], names, *_only_first(rows, top, second)[top + 1 :]], {}
    return rows, {}


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if cell is None else str(cell).replace("\ufeff", "").strip() for cell in row]


def _only_first(rows: list[list[Any]], top: int, last: int) -> list[list[Any]]:
    return [*rows[: top + 1], *([] for _ in range(last - top)), *rows[last + 1 :]]


def _names_imports(row: Sequence[Any]) -> bool:
    return all(_IMPORT.fullmatch(text) for text in _texts(row) if text)


def _names_choices(names: list[str], choices: list[str], body: list[list[Any]]) -> bool:
    # It has nothing under the respondent's number, which every row of answers has, a name for every column that the
    # first row leaves without one, and the same few words under all questions of one column: nobody answers there.
    pairs = list(zip(names, choices, strict=False))
    if choices[0] or not any(choices) or not all(name or choice for name, choice in pairs[: _width(names, choices)]):
        return False
    alone = {choice.casefold() for choice in _alone(names, choices)}
    named = any(choice and not name for name, choice in pairs)
    repeated = len(alone) < sum(map(bool, choices)) and len(body) >= _ENOUGH
    words = len(alone - RESPONSES) <= _FEW and not any(map(_is_number, alone))
    return words and (named or bool(alone & RESPONSES) or repeated) and not _answered_below(names, choices, body)


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").lstrip("-").isdigit()


def _width(names: list[str], choices: list[str]) -> int:
    return max(place for place, pair in enumerate(zip(names, choices, strict=False), start=1) if any(pair))


def _alone(names: list[str], choices: list[str]) -> list[str]:
    return [choices[place] for place in _single(names, choices)]


def _single(names: list[str], choices: list[str]) -> list[int]:
    following = [*names[1:], "-"]
    triples = enumerate(zip(names, choices, following, strict=False))
    return [place for place, (name, choice, after) in triples if name and choice and after]


def _answered_below(names: list[str], choices: list[str], body: list[list[Any]]) -> bool:
    # Tell whether a row is one of answers: another row gives one of the same, or has no respondent's number either.
    # (A choice that somebody made stands in the cell with the very words of its header.)
    places = _single(names, choices)
    texts = (row for row in map(_texts, body) if any(row))
    return any(not row[0] or any(row[at : at + 1] == [choices[at]] for at in places) for row in texts)


def _joined(names: list[str], choices: list[str]) -> list[str]:
    # The question, and the choice in brackets; the choices after the first have no question over them.
    plain = {choice.casefold() for choice in _alone(names, choices)} | RESPONSES | {""}
    made, question = [], ""
    for name, choice in zip(names, choices, strict=False):
        question = name or question
        made.append(name if choice.casefold() in plain else f"{question} [{choice}]")
    return made + names[len(choices) :]
