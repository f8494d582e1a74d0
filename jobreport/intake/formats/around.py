"""What stands around the answers in a file: titles above, totals below, row numbers, other sheets, and who wrote it.

What is no answer is set aside and named, so that a person sees it; the words it is known by are `texts/layouts.yml`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from jobreport.domain.texts import phrase, words
from jobreport.setup import coding

_HELD = words("layouts")
_TOTALS, _NOTES, _DONE = frozenset(_HELD["totals"]), frozenset(_HELD["notes"]), dict(_HELD["done"])
_KEYS, _KEY_COLUMNS = frozenset(_HELD["key_sheets"]), [frozenset(each) for each in _HELD["key_columns"]]
LOOKED_AT = 30  # rows in which the names of the columns stand, if they stand anywhere
TITLE = 2  # cells of a title or a note at most
ENOUGH = 10  # rows of answers from which it can be told that a row holds names
NUMBERED = "(nr.)"  # the name that a column of row numbers gets
STATUS = "status"
_NUMBER = re.compile(r"[-\d.,:/ ]+")


@dataclass(frozen=True)
class Aside:
    """Something in a file that is no answer: which ('titles', 'totals', 'numbers', 'hidden', ...) and where."""

    kind: str
    names: tuple[str, ...]

    def told(self, language: str) -> str:
        """Say what it is.

        Examples
        --------
        >>> Aside("hidden", ("Lister",)).told("da")
        'skjulte ark: Lister'
        """
        return phrase(f"aside.{self.kind}", language, names=", ".join(self.names))


def by_file(aside: Sequence[tuple[str, Aside]], language: str) -> Iterator[tuple[str, str]]:
    """Say of each file what was set aside.

    Examples
    --------
    >>> list(by_file([("a.xlsx", Aside("totals", ("9",))), ("a.xlsx", Aside("hidden", ("Lister",)))], "en"))
    [('a.xlsx', 'row 9 is a total or a mean; hidden sheets: Lister')]
    """
    for where in dict.fromkeys(file for file, _ in aside):
        yield where, "; ".join(each.told(language) for file, each in aside if file == where)


def bare(rows: list[list[Any]]) -> tuple[list[list[Any]], list[Aside]]:
    """Set aside titles above the names of the columns, and totals and notes under the answers; name row numbers.

    The rows that are left keep their number: what was set aside is empty.

    Examples
    --------
    >>> answers = [[str(n), "Ja", "Nej"] for n in range(12)]
    >>> kept, aside = bare([["Måling 2024", "", ""], ["Id", "Tilfreds?", "Andet?"], *answers, ["I alt", "12", ""]])
    >>> kept[0], kept[1][0], kept[-1], [(each.kind, each.names) for each in aside]
    ([], 'Id', [], [('titles', ('1',)), ('totals', ('15',))])
    """
    top = _names_at(rows)
    above = [place for place in range(top) if any(_texts(rows[place]))]
    below = _below(rows, top)
    gone = {*above, *(place for places in below.values() for place in places)}
    kept = [[] if place in gone else row for place, row in enumerate(rows)]
    aside = [Aside("titles", _numbers(above))] if above else []
    aside += [Aside(kind, _numbers(places)) for kind, places in below.items() if places]
    if _counts_rows(kept, top):
        kept[top] = [NUMBERED, *kept[top][1:]]
        aside.append(Aside("numbers", ("1",)))
    return kept, aside


def _texts(row: Sequence[Any]) -> list[str]:
    return [coding.plain(cell) for cell in row]


def _numbers(places: Sequence[int]) -> tuple[str, ...]:
    return tuple(str(place + 1) for place in places)


def _names_at(rows: list[list[Any]]) -> int:
    # The row that names the columns: the first, unless it is a title and a later one can only be names.
    filled = [(place, row) for place, row in enumerate(map(_texts, rows[:LOOKED_AT])) if any(row)]
    if not filled:
        return 0
    first, widest = filled[0][0], max(_width(row) for _, row in filled)
    named = next(((place, row) for place, row in filled if 2 * _width(row) > widest), filled[0])
    place, row = named
    titles = [above for at, above in filled if at < place]
    is_title = widest > TITLE and all(_width(above) <= TITLE for above in titles)
    return place if titles and is_title and _are_names(row, rows[place + 1 :]) else first


def _width(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _are_names(names: list[str], body: list[list[Any]]) -> bool:
    # Tell whether cells are texts that no row below has in the same column, as no row of answers is.
    held = [row for row in map(_texts, body[: 100 * ENOUGH]) if any(row)]
    given = [name for name in names if name]
    if len(held) < ENOUGH or len(set(given)) < len(given) or any(map(_NUMBER.fullmatch, given)):
        return False
    return not any(row[place : place + 1] == [name] for row in held for place, name in enumerate(names) if name)


def _below(rows: list[list[Any]], top: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"totals": [], "notes": []}
    for place in range(len(rows) - 1, top, -1):
        row = _texts(rows[place])
        if not any(row):
            continue
        kind = _no_answer(row)
        if kind is None or (kind == "totals" and _is_given(row, rows[top + 1 : place])):
            break
        found[kind].insert(0, place)
    return found


def _no_answer(row: list[str]) -> str | None:
    first = next(text for text in row if text).casefold().rstrip(":. ")
    if first in _TOTALS and len(row) > 1:
        return "totals"
    return "notes" if _width(row) == 1 and re.split(r"[\s:.]", first)[0] in _NOTES else None


def _is_given(row: list[str], body: list[list[Any]]) -> bool:
    place = next(at for at, text in enumerate(row) if text)
    return any(coding.normal(cell) == row[place].casefold() for each in body for cell in each[place : place + 1])


def _counts_rows(rows: list[list[Any]], top: int) -> bool:
    names = _texts(rows[top]) if top < len(rows) else []
    if len(names) < TITLE or names[0] or not all(names[1 : _last(names)]):
        return False
    cells = [coding.plain(row[0]) for row in rows[top + 1 :] if row and any(_texts(row))]
    if not cells or not all(re.fullmatch(r"\d{1,9}", cell) for cell in cells):
        return False
    counted = list(map(int, cells))
    return counted[0] < counted[-1] and all(before < after for before, after in pairwise(counted))


def _last(names: list[str]) -> int:
    return max((place for place, name in enumerate(names, start=1) if name), default=0)


def answers_sheet(sheets: Mapping[str, list[list[Any]]], hidden: Sequence[str]) -> tuple[list[str], list[str]]:
    """Sheets that may hold the answers, and those that explain others by their name; hidden ones are neither.

    Examples
    --------
    >>> answers_sheet({"Svar": [], "Kodenøgle": [], "Lister": []}, ["Lister"])
    (['Svar'], ['Kodenøgle'])
    """
    seen = [name for name in sheets if name not in hidden]
    keys = [name for name in seen if name.strip().casefold() in _KEYS]
    return ([name for name in seen if name not in keys], keys) if len(keys) < len(seen) else (seen, [])


def key_labels(sheets: Sequence[list[list[Any]]], columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """What codes mean, as a sheet with a column, its codes and their texts says it.

    Examples
    --------
    >>> key_labels([[["Variabel", "Kode", "Tekst"], ["q1", 1, "Nej"], ["", 2, "Ja"]]], ["q1"])
    {'q1': {'1': 'Nej', '2': 'Ja'}}
    """
    found: dict[str, dict[str, str]] = {}
    for rows in sheets:
        for name, code, label in _keyed(rows):
            if name in columns and code and label:
                found.setdefault(name, {})[code] = label
    return found


def _keyed(rows: list[list[Any]]) -> Iterator[tuple[str, str, str]]:
    heads = [coding.normal(cell) for cell in rows[0]] if rows else []
    places = [next((at for at, head in enumerate(heads) if head in one), -1) for one in _KEY_COLUMNS]
    if -1 in places:
        return
    last = ""
    for row in map(_texts, rows[1:]):
        name, code, label = (row[at] if at < len(row) else "" for at in places)
        last = name or last
        yield last, code, label


def tool(names: Sequence[str]) -> Mapping[str, Any] | None:
    """The survey tool whose own columns a file has: its entry in the words; None if it is nobody's.

    Examples
    --------
    >>> tool(["Id", "Starttidspunkt", "Fuldførelsestidspunkt", "Er du tilfreds?"])["name"]
    'Microsoft Forms'
    """
    there = {coding.normal(name) for name in names}
    return next((each for each in _HELD["tools"] if all(there & set(own) for own in each["columns"])), None)


def finished(frame: pd.DataFrame, found: Mapping[str, Any]) -> tuple[str, pd.Series, dict[str, str]] | None:
    """Whether each answer was finished, where the tool says it: column, cells and their labels."""
    by_name = {coding.normal(name): str(name) for name in frame.columns}
    done = next((by_name[name] for name in found.get("done", ()) if name in by_name), None)
    if done is not None:
        there = {str(code): coding.normal(code) for code in frame[done].dropna().unique()}
        codes = {code: _DONE[text] for code, text in there.items() if text in _DONE}
        return (done, frame[done], codes) if codes else None
    handed = next((by_name[name] for name in found.get("last", ()) if name in by_name), None)
    if handed is None or STATUS in frame:
        return None
    blank = coding.blank(frame[handed])
    if not blank.any():
        return None
    cells = pd.Series("1", index=frame.index, dtype=object).mask(blank, "0")
    return STATUS, cells, {code: _DONE[code] for code in ("1", "0")}
