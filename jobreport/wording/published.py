"""Other people's surveys side by side, and claims that are no surveys."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import get_args
from urllib.parse import urlsplit

import pandas as pd

from jobreport.domain import rules
from jobreport.domain.released import Row, rows
from jobreport.page import Card, Cards, Group, Inline, Link, Paragraph, Parts, Strong, plain
from jobreport.setup.params_model import Act
from jobreport.wording import numbers, phrases
from jobreport.wording.texts import sentences
from jobreport.wording.writer import Writer

ACTS = get_args(Act)
QUOTED = ("»", "“")
NOT_STATED = ("", "ikke oplyst", "not stated")


class Published(Writer):
    """Other people's figures and claims."""

    def stated(self, row: Row, column: str) -> Inline:
        """Return a cell of somebody else's figures as it stands; 'ikke oplyst' where nothing does.

        A column that exists in both languages ('population_da', 'population_en') is read in the report's.
        """
        own = f"{column}_{self.language}"
        column = own if own in row.cells else column
        text = row.text(column)
        if text.strip().lower() in NOT_STATED:
            return self.word("common.not_stated")
        return numbers.bound(text, row, column)

    def whole(self, row: Row, column: str) -> Inline:
        """Return a count that somebody else states, with the language's separator; or 'ikke oplyst'."""
        text = row.text(column)
        if text.replace(".0", "").isdigit():
            return self.count(row, column)
        return self.stated(row, column)

    def found_at(self, row: Row) -> Parts:
        """Return where a source can be looked up, each address as a link, and the day it was read; or 'ikke oplyst'."""
        links: list[Parts] = [
            (Link((_host(url, row),), url),) for url in row.text("address").split() if url.startswith("http")
        ]
        if not links:
            return (self.stated(row, "address"),)
        addresses = self.listing(links)
        return self.say("published.found_at", addresses=addresses, day=self._day(row))

    def _day(self, row: Row) -> Inline:
        try:
            day = date.fromisoformat(row.text("read_on"))
        except ValueError:
            return self.stated(row, "read_on")
        return numbers.Number(numbers.long_date(day, self.language), row.table, row.key, "read_on")

    def figure_of(self, row: Row) -> Parts:
        """Return a published figure with its unit and 'omkring' where it is rounded: 'omkring 60 pct.'."""
        share = row.text("measure") == "share"
        value = numbers.decimal(row.value("value") * (100 if share else 1), _places(row), self.language)
        number = numbers.Number(value, row.table, row.key, "value")
        shown: Parts = (number, phrases.NO_BREAK, self.word("common.per_cent")) if share else (number,)
        about = row.text("approximate").lower() == "true"
        return (self.word("published.about"), " ", *shown) if about else shown

    def interval_of(self, row: Row) -> Parts:
        """Return the interval of a published share; why there is none where there is none."""
        if not row.has("ci_low", "ci_high"):
            return self.say("published.no_interval")
        low, high = (
            numbers.Number(numbers.decimal(100 * row.value(column), 0, self.language), row.table, row.key, column)
            for column in ("ci_low", "ci_high")
        )
        return self.say("common.interval_short", low=low, high=high)

    def answer(self, benchmarks: pd.DataFrame | None, report_date: str) -> Group:
        """Return how the published surveys are to be read, with a warning against the old ones.

        ``benchmarks``: one row per published figure; the figures themselves stand in figure and table. ``report_date``:
        date of the report, 'YYYY-MM-DD': what is more than ``rules.OLD_AFTER_YEARS`` years older is named as old.
        """
        if benchmarks is None or benchmarks.empty:
            return Group((Paragraph(self.say("missing.benchmarks"), kind="missing"),))
        return Group((*self._old(benchmarks, report_date), Paragraph(self.say("published.intro"), kind="question")))

    def survey_cards(self, benchmarks: pd.DataFrame) -> Cards:
        """Return a card for each survey: who was asked, how many answered, what they said, who had it made.

        ``benchmarks``: one row per published figure; the rest of a question stands in the table alone.
        """
        surveys: dict[tuple[str, ...], list[Row]] = {}
        for row in rows(benchmarks, "benchmarks"):
            surveys.setdefault(tuple(row.text(name) for name in ("source", "year", "reference")), []).append(row)
        return Cards(tuple(self._survey(own) for own in surveys.values()))

    def _survey(self, own: list[Row]) -> Card:
        first = own[0]
        people = {plain((self.stated(row, "population"),)): self.stated(row, "population") for row in own}
        told = [self._figure(row, people=len(people) > 1) for row in _telling(own)]
        facts: dict[str, Parts] = {"asked": (next(iter(people.values())),)} if len(people) == 1 else {}
        maker = (self.stated(first, "commissioner"), *self._themselves(first), ".")
        facts |= {"found": _apart(told), "answers": self._counted(first, maker)}
        title = self.say("published.old_one", source=self.stated(first, "source"), year=self.stated(first, "year"))
        return Card(title, self._facts(facts))

    def _counted(self, row: Row, maker: Parts) -> Parts:
        return (self.whole(row, "n"), ". ", Strong((self.word("published.facts.made_by"),)), " ", *maker)

    def _figure(self, row: Row, *, people: bool) -> Parts:
        told = (*self.figure_of(row), " ", self.stated(row, "text"))
        return (*told, " (", self.stated(row, "population"), ")") if people else told

    def _themselves(self, row: Row) -> Parts:
        did = [self.say(f"whose.did.{act}") for act in row.text("evaluated_party").split() if act in ACTS]
        return (" ", *self.say("published.themselves", acts=self.listing(did))) if did else ()

    def _facts(self, facts: Mapping[str, Parts]) -> tuple[Parts, ...]:
        return tuple((Strong((self.word(f"published.facts.{name}"),)), " ", *told) for name, told in facts.items())

    def _old(self, benchmarks: pd.DataFrame, report_date: str) -> tuple[Paragraph, ...]:
        newest = int(report_date[:4]) - rules.OLD_AFTER_YEARS
        dated = [row for row in rows(benchmarks, "benchmarks") if row.has("year") and row.value("year") < newest]
        surveys = {(row.text("source"), row.text("year")): row for row in reversed(dated)}
        if not surveys:
            return ()
        named = [
            self.say("published.old_one", source=self.stated(row, "source"), year=self.stated(row, "year"))
            for row in reversed(surveys.values())
        ]
        years = self.rule("old_after_years")
        told = self.say("published.old", list=self.listing(named), years=years)
        return (Paragraph(sentences(told), kind="warning"),)

    def claim_cards(self, claims: pd.DataFrame, checked: Callable[[str, str], Parts]) -> Group:
        """Return a card for each claim: who and when, on what basis, what was replied, what the figures say of it.

        ``claims``: one row per claim; none of them enters an indicator. ``checked``: what the report's own figures say:
        an official series and a municipality to a sentence, or nothing.
        """
        shown = self.about_these(claims)
        cards = tuple(self._claim(row, checked) for row in rows(shown, "claims"))
        others = Paragraph(self.say("published.claims_elsewhere"), kind="note")
        return Group((*([Cards(cards)] if cards else []), *([others] if len(shown) < len(claims) else [])))

    def about_these(self, claims: pd.DataFrame) -> pd.DataFrame:
        """Claims about the report's municipality, those of its events, or none: of others it has no figures."""
        touched = (code for event in self.params.events for code in (*event.treated, *event.exposed))
        return claims[claims["municipality_code"].isin({self.code, "", *touched})]

    def _claim(self, row: Row, checked: Callable[[str, str], Parts]) -> Card:
        facts: dict[str, Parts] = {
            "who": (self.stated(row, "claimed_by"), " (", self.stated(row, "dated"), ")"),
            "basis": (self.stated(row, "basis"),),
        }
        if self.stated(row, "reply") != self.word("common.not_stated"):
            facts["reply"] = (self.stated(row, "reply_by"), ": ", self.stated(row, "reply"))
        figures = checked(row.text("checked_with"), row.text("municipality_code"))
        facts["figures"] = sentences(figures or (self.stated(row, "status"), "."), (self.stated(row, "notes"),))
        return Card(self._quoted(self.stated(row, "claim")), self._facts(facts))

    def _quoted(self, claim: Inline) -> Parts:
        marked = any(mark in plain((claim,)) for mark in QUOTED)
        return (claim,) if marked else self.say("common.quoted", text=claim)


def _telling(own: list[Row]) -> list[Row]:
    # Of a question the positive answers, or the mean; the negative ones where nothing else of it is published.
    better = {row.text("indicator") for row in own if row.text("category") in ("", "positive")}
    return [row for row in own if row.text("category") in ("", "positive") or row.text("indicator") not in better]


def _apart(told: list[Parts]) -> Parts:
    return tuple(part for place, parts in enumerate(told) for part in ((("; ",) if place else ()) + parts))


def _host(url: str, row: Row) -> Inline:
    return numbers.bound(urlsplit(url).netloc.removeprefix("www."), row, "address")


def _places(row: Row) -> int:
    # A share with a decimal ('67.9') is printed as published.
    if row.text("measure") != "share":
        return 2
    return 0 if abs(round(row.value("value") * 100) - row.value("value") * 100) < 1e-6 else 1
