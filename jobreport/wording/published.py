"""Other people's surveys side by side, and claims that are no surveys."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pandas as pd
from babel.dates import format_date

from jobreport.domain import rules
from jobreport.domain.released import Row, rows
from jobreport.domain.texts import LOCALES
from jobreport.page import Group, Inline, Link, Paragraph, Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.texts import sentences
from jobreport.wording.writer import Writer

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
            return numbers.Number(numbers.decimal(float(text), 0, self.language), row.table, row.key, column)
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
        text = format_date(day, format="long", locale=LOCALES[self.language])
        return numbers.Number(text, row.table, row.key, "read_on")

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

        Parameters
        ----------
        benchmarks
            One row per published figure; the figures themselves stand in figure and table.
        report_date
            Date of the report, 'YYYY-MM-DD': what is more than ``rules.OLD_AFTER_YEARS`` years older is named as old.
        """
        if benchmarks is None or benchmarks.empty:
            return Group((Paragraph(self.say("missing.benchmarks"), kind="missing"),))
        level = self.rule("interval_level")
        notes = [self.say("published.intro"), self.say("published.dated")]
        notes.append(self.say("published.interval_note", level=level))
        notes.append(self.say("published.scales"))
        return Group((Paragraph(sentences(*notes)), *self._old(benchmarks, report_date), *self._norm(benchmarks)))

    def _old(self, benchmarks: pd.DataFrame, report_date: str) -> tuple[Paragraph, ...]:
        """Name the surveys that are more than so many years older than the report, each once."""
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

    def _norm(self, benchmarks: pd.DataFrame) -> tuple[Paragraph, ...]:
        """Say what the surveys find of the outcome, or of what the file begins with, each with its base and year."""
        found = rows(benchmarks, "benchmarks")
        names = [row.text("indicator") for row in found]
        first = self.outcome if self.outcome in names else next(iter(names), "")
        told = [
            self.say(
                "published.one",
                source=self.stated(row, "source"),
                year=self.stated(row, "year"),
                value=self.figure_of(row),
                text=self.stated(row, "text"),
                base=self._base(row),
            )
            for row in found
            if row.text("indicator") == first and row.text("category") == "positive"
        ]
        return (Paragraph(sentences(*told)),) if told else ()

    def _base(self, row: Row) -> Parts:
        base = self.whole(row, "n")
        return (
            self.say("published.base", n=base)
            if isinstance(base, numbers.Number)
            else self.say("published.base_unknown")
        )

    def claims_answer(self, claims: pd.DataFrame | None) -> Group:
        """Return every claim as a quotation: who, when, on what basis, what was answered, what can be said of it."""
        if claims is None or claims.empty:
            return Group((Paragraph(self.say("missing.claims"), kind="missing"),))
        return Group((Paragraph(self.say("published.claims_intro"), kind="question"),))


def _host(url: str, row: Row) -> Inline:
    return numbers.bound(urlsplit(url).netloc.removeprefix("www."), row, "address")


def _places(row: Row) -> int:
    """A share with a decimal ('67.9') is printed as published."""
    if row.text("measure") != "share":
        return 2
    return 0 if abs(round(row.value("value") * 100) - row.value("value") * 100) < 1e-6 else 1
