"""Other people's surveys side by side, and claims that are no surveys."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pandas as pd
from babel.dates import format_date

from jobreport.domain import rules
from jobreport.domain.released import Row, rows
from jobreport.page import Group, Inline, Link, Paragraph, Parts
from jobreport.wording import numbers, phrases
from jobreport.wording.labels import Labels
from jobreport.wording.texts import listing, sentences

NOT_STATED = ("", "ikke oplyst", "not stated")


def stated(row: Row, column: str, labels: Labels) -> Inline:
    """Return a cell of somebody else's figures as it stands; 'ikke oplyst' where nothing does.

    A column that exists in both languages ('population_da', 'population_en') is read in the report's.
    """
    own = f"{column}_{labels.language}"
    column = own if own in row.cells else column
    text = row.text(column)
    if text.strip().lower() in NOT_STATED:
        return labels.texts.word("common.not_stated")
    return numbers.bound(text, row, column)


def whole(row: Row, column: str, labels: Labels) -> Inline:
    """Return a count that somebody else states, with the language's separator; or 'ikke oplyst'."""
    text = row.text(column)
    if text.replace(".0", "").isdigit():
        return numbers.Number(numbers.decimal(float(text), 0, labels.language), row.table, row.key, column)
    return stated(row, column, labels)


def found_at(row: Row, labels: Labels) -> Parts:
    """Return where a source can be looked up, each address as a link, and the day it was read; or 'ikke oplyst'."""
    links: list[Parts] = [
        (Link((_host(url, row),), url),) for url in row.text("address").split() if url.startswith("http")
    ]
    if not links:
        return (stated(row, "address", labels),)
    addresses = listing(links, labels.texts)
    return labels.texts.fill("published.found_at", addresses=addresses, day=_day(row, labels))


def _host(url: str, row: Row) -> Inline:
    return numbers.bound(urlsplit(url).netloc.removeprefix("www."), row, "address")


def _day(row: Row, labels: Labels) -> Inline:
    try:
        day = date.fromisoformat(row.text("read_on"))
    except ValueError:
        return stated(row, "read_on", labels)
    text = format_date(day, format="long", locale=numbers.DATES[labels.language])
    return numbers.Number(text, row.table, row.key, "read_on")


def figure_of(row: Row, labels: Labels) -> Parts:
    """Return a published figure with its unit and 'omkring' where it is rounded: 'omkring 60 pct.'."""
    share = row.text("measure") == "share"
    value = numbers.decimal(row.value("value") * (100 if share else 1), _places(row), labels.language)
    number = numbers.Number(value, row.table, row.key, "value")
    shown: Parts = (number, phrases.NO_BREAK, labels.texts.word("common.per_cent")) if share else (number,)
    about = row.text("approximate").lower() == "true"
    return (labels.texts.word("published.about"), " ", *shown) if about else shown


def _places(row: Row) -> int:
    """A share with a decimal ('67.9') is printed as published."""
    if row.text("measure") != "share":
        return 2
    return 0 if abs(round(row.value("value") * 100) - row.value("value") * 100) < 1e-6 else 1


def interval_of(row: Row, labels: Labels) -> Parts:
    """Return the interval of a published share; why there is none where there is none."""
    if not row.has("ci_low", "ci_high"):
        return labels.texts.fill("published.no_interval")
    low, high = (
        numbers.Number(numbers.decimal(100 * row.value(column), 0, labels.language), row.table, row.key, column)
        for column in ("ci_low", "ci_high")
    )
    return labels.texts.fill("common.interval_short", low=low, high=high)


def published_answer(benchmarks: pd.DataFrame | None, labels: Labels, report_date: str) -> Group:
    """Return how the published surveys are to be read, with a warning against the old ones.

    Parameters
    ----------
    benchmarks
        One row per published figure; the figures themselves stand in figure and table.
    labels
        Language.
    report_date
        Date of the report, 'YYYY-MM-DD': what is more than ``rules.OLD_AFTER_YEARS`` years older is named as old.
    """
    if benchmarks is None or benchmarks.empty:
        return Group((Paragraph(labels.texts.fill("missing.benchmarks"), kind="missing"),))
    level = numbers.rule("interval_level", labels.language)
    notes = [labels.texts.fill("published.intro"), labels.texts.fill("published.dated")]
    notes.append(labels.texts.fill("published.interval_note", level=level))
    notes.append(labels.texts.fill("published.scales"))
    return Group((Paragraph(sentences(*notes)), *_old(benchmarks, labels, report_date), *_norm(benchmarks, labels)))


def _old(benchmarks: pd.DataFrame, labels: Labels, report_date: str) -> tuple[Paragraph, ...]:
    """Name the surveys that are more than so many years older than the report, each once."""
    newest = int(report_date[:4]) - rules.OLD_AFTER_YEARS
    dated = [row for row in rows(benchmarks, "benchmarks") if row.has("year") and row.value("year") < newest]
    surveys = {(row.text("source"), row.text("year")): row for row in reversed(dated)}
    if not surveys:
        return ()
    named = [
        labels.texts.fill("published.old_one", source=stated(row, "source", labels), year=stated(row, "year", labels))
        for row in reversed(surveys.values())
    ]
    years = numbers.rule("old_after_years", labels.language)
    told = labels.texts.fill("published.old", list=listing(named, labels.texts), years=years)
    return (Paragraph(sentences(told), kind="warning"),)


def _norm(benchmarks: pd.DataFrame, labels: Labels) -> tuple[Paragraph, ...]:
    """Say what the largest and the contrary surveys find, each with its base and year."""
    told = [
        labels.texts.fill(
            "published.one",
            source=stated(row, "source", labels),
            year=stated(row, "year", labels),
            value=figure_of(row, labels),
            text=stated(row, "text", labels),
            base=_base(row, labels),
        )
        for row in rows(benchmarks, "benchmarks")
        if row.text("indicator") == "satisfaction" and row.text("category") == "positive"
    ]
    return (Paragraph(sentences(*told)),) if told else ()


def _base(row: Row, labels: Labels) -> Parts:
    base = whole(row, "n", labels)
    return (
        labels.texts.fill("published.base", n=base)
        if isinstance(base, numbers.Number)
        else labels.texts.fill("published.base_unknown")
    )


def claims_answer(claims: pd.DataFrame | None, labels: Labels) -> Group:
    """Return every claim as a quotation: who, when, on what basis, what was answered, what can be said of it."""
    if claims is None or claims.empty:
        return Group((Paragraph(labels.texts.fill("missing.claims"), kind="missing"),))
    return Group((Paragraph(labels.texts.fill("published.claims_intro"), kind="question"),))
