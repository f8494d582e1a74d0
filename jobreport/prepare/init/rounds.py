"""Which rounds the answers are from: by a column, by gaps between the days of answers, or by the name of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import pandas as pd
from babel.dates import format_date

from jobreport.domain.rules import SUPPRESS_AT_LEAST
from jobreport.domain.texts import LOCALES, texts_of
from jobreport.intake.checks import rules
from jobreport.prepare.init import keys
from jobreport.prepare.init.propose import Proposal
from jobreport.setup import coding
from jobreport.setup.coding import normal

GAP = 60  # days without an answer, after which another round begins
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True)
class Round:
    """One round as found: its name ('' if nothing tells), the first and last day of its answers, how many they are."""

    name: str
    first: str = ""
    last: str = ""
    rows: int = 0


def found(proposals: Sequence[Proposal], stems: Sequence[str]) -> list[Round]:
    """List the rounds of a survey in the order of time; of several files one each, perhaps named by its ``stem``."""
    if len(proposals) == 1:
        return _of_one(proposals[0], stems[0])
    days = [_spanned(_days(proposal)) for proposal in proposals]
    named = [in_column(proposal) for proposal in proposals]
    own = [names[0] if len(names) == 1 else "" for names in named]
    dated = [each.first[:4] if each.first[:4] == each.last[:4] else "" for each in days]
    years = [_year(stem) for stem in stems]
    chosen = next((names for names in (own, dated, years) if _tell_apart(names)), list(stems))
    return [replace(each, name=name) for each, name in zip(days, chosen, strict=True)]


def together(found: Sequence[Round]) -> Round:
    """All rounds as one, from the first day of any to the last; its name is open unless they have just one."""
    names = {each.name for each in found}
    firsts, lasts = ([day for day in days if day] for days in zip(*((r.first, r.last) for r in found), strict=True))
    whole = sum(each.rows for each in found)
    return Round(names.pop() if len(names) == 1 else "", min(firsts, default=""), max(lasts, default=""), whole)


def told(waves: Sequence[Round], language: str) -> str:
    """Say which rounds there are, from when and of how many answers.

    Examples
    --------
    >>> told([Round("2024", "2024-03-01", "2024-03-28", 190)], "da")
    '  Målinger: 2024 (1.–28. marts 2024: 190)'
    """
    texts = texts_of("init", language)
    return str(texts["rounds"]).format(rounds=", ".join(_told(each, language, texts["unnamed"]) for each in waves))


def _told(each: Round, language: str, unnamed: str) -> str:
    name = each.name or unnamed
    if not each.first:
        return f"{name} ({each.rows})" if each.rows else name
    first, last = date.fromisoformat(each.first), date.fromisoformat(each.last)
    return f"{name} ({span(first, last, language)}: {each.rows})"


def span(first: date, last: date, language: str) -> str:
    """Write the days from one to another.

    Examples
    --------
    >>> span(date(2024, 3, 1), date(2024, 3, 28), "da"), span(date(2024, 3, 1), date(2024, 4, 2), "en")
    ('1.–28. marts 2024', '1 March 2024 – 2 April 2024')
    """
    begun, ended = (format_date(day, "long", locale=LOCALES[language]) for day in (first, last))
    if first == last:
        return ended
    same = (first.year, first.month) == (last.year, last.month)
    return f"{begun.split()[0]}–{ended}" if same else f"{begun} – {ended}"


def _tell_apart(names: Sequence[str]) -> bool:
    return all(names) and len({normal(name) for name in names}) == len(names)


def _year(stem: str) -> str:
    years = set(_YEAR.findall(stem))
    return years.pop() if len(years) == 1 else ""


def _of_one(proposal: Proposal, stem: str) -> list[Round]:
    if "wave" in proposal.keys:
        return _by_column(proposal)
    dated = by_gaps(_days(proposal))
    if len(dated) == 1:
        return [replace(dated[0], name=_year(stem) or dated[0].name)]
    return dated or [Round(_year(stem))]


def in_column(proposal: Proposal) -> list[str]:
    """List the waves that a column of the file names, in the order of their labels."""
    cells = keys.wave_cells(proposal.keys.get("wave"), proposal.table)
    return sorted(proposal.wave_recode.get(cell, cell) for cell in cells)


def _by_column(proposal: Proposal) -> list[Round]:
    column, days = proposal.keys["wave"], _days(proposal)
    recoded = {normal(cell): normal(name) for cell, name in proposal.wave_recode.items()}
    cells = coding.apply(proposal.table.frame[column.name], lambda text: recoded.get(text, text))
    made = []
    for name in in_column(proposal):
        own = days[cells[cells == normal(name)].index.intersection(days.index)]
        made.append(replace(_spanned(own), name=name, rows=int((cells == normal(name)).sum())))
    in_time = sorted((each.first, each.last) for each in made)
    apart = all(before[1] < after[0] for before, after in pairwise(in_time))
    return made if apart else [replace(each, first="", last="") for each in made]


def _days(proposal: Proposal) -> pd.Series:
    column = proposal.keys.get("answered_on")
    read = rules.read_dates(proposal.table.frame[column.name], "") if column is not None else None
    return pd.Series(dtype=object) if read is None else read.dropna()


def _spanned(days: pd.Series) -> Round:
    if days.empty:
        return Round("")
    return Round("", min(days).isoformat(), max(days).isoformat(), len(days))


def by_gaps(days: pd.Series) -> list[Round]:
    """Divide days where nobody answered for long; a round is named by its year, and a number if the year has several.

    Parts of fewer answers than are ever shown, such as somebody's trial, are no rounds.

    Examples
    --------
    >>> found = by_gaps(pd.Series([date(2024, 3, 1)] * 9 + [date(2024, 3, 28)] + [date(2025, 3, 4)] * 7))
    >>> [(each.name, each.first, each.last, each.rows) for each in found]
    [('2024', '2024-03-01', '2024-03-28', 10), ('2025', '2025-03-04', '2025-03-04', 7)]
    """
    ordered = sorted(days)
    cuts = [place for place, (a, b) in enumerate(pairwise(ordered), start=1) if (b - a).days > GAP]
    parts = [ordered[a:b] for a, b in pairwise([0, *cuts, len(ordered)])]
    kept = [part for part in parts if len(part) >= SUPPRESS_AT_LEAST]
    return [replace(_spanned(pd.Series(part)), name=_named(part[0], place, kept)) for place, part in enumerate(kept)]


def _named(first: date, place: int, parts: Sequence[Sequence[date]]) -> str:
    same = [at for at, part in enumerate(parts) if part[0].year == first.year]
    return str(first.year) if len(same) == 1 else f"{first.year}-{same.index(place) + 1}"
