"""Other people's surveys and claims as they stand in a report: what they state, and 'ikke oplyst' where they do not."""

import pandas as pd
import pytest

from jobreport.page import Link, plain
from jobreport.wording.published import Published
from tests.unit import view_rows as made
from tests.unit.said import said

KL = {
    "benchmark": "kl-1", "source": "KL", "year": "2015", "reference": "", "indicator": "satisfaction",
    "category": "positive", "measure": "share", "value": 0.6, "approximate": "", "n": "33000", "text_da": "tilfredse",
    "text_en": "satisfied", "population_da": "Borgere", "population_en": "Citizens", "commissioner": "KL",
    "evaluated_party": "", "ci_low": None, "ci_high": None, "address": "", "read_on": "",
}  # fmt: skip


def benchmarks(*given):
    return pd.DataFrame([KL | {"benchmark": f"b{place}"} | each for place, each in enumerate(given)])


def told(speak, *given):
    held = benchmarks(*given)
    return said(Published, lambda w: speak(w, held), extra={"benchmarks": held})


def row_of(**cells):
    return made.row("benchmarks", KL | cells)


@pytest.mark.parametrize(
    ("cells", "printed"),
    [
        ({}, "60 pct."),
        ({"value": 0.679}, "67,9 pct."),
        ({"value": 0.5, "approximate": "true"}, "ca. 50 pct."),
        ({"value": 0.5, "approximate": "false"}, "50 pct."),
        ({"value": 3.256, "measure": "mean"}, "3,26"),
        ({"value": 3.2, "measure": "mean", "approximate": "TRUE"}, "ca. 3,20"),
    ],
)
def test_a_published_figure_is_printed_as_exactly_as_it_was_published(cells, printed):
    assert told(lambda w, held: w.figure_of(made.row("benchmarks", dict(held.iloc[0]))), cells) == printed


@pytest.mark.parametrize(
    ("cells", "printed"),
    [({}, "–"), ({"ci_low": 0.555, "ci_high": 0.644}, "56 til 64"), ({"ci_low": 0.555}, "–"), ({"ci_high": 0.6}, "–")],
)
def test_an_interval_of_a_published_share_has_two_ends_or_is_none(cells, printed):
    assert told(lambda w, held: w.interval_of(made.row("benchmarks", dict(held.iloc[0]))), cells) == printed


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("nothing", ["", " ", "ikke oplyst", "Not stated"])
def test_what_nobody_states_is_not_stated_and_what_is_stands_in_the_reports_language(language, nothing):
    writer = Published.of(made.labels(language))
    assert writer.stated(row_of(source=nothing), "source") == {"da": "ikke oplyst", "en": "not stated"}[language]
    assert writer.stated(row_of(), "population") == {"da": "Borgere", "en": "Citizens"}[language]
    assert writer.whole(row_of(n="1234.0"), "n").text == {"da": "1.234", "en": "1,234"}[language]
    assert writer.whole(row_of(n=nothing), "n") == {"da": "ikke oplyst", "en": "not stated"}[language]
    assert plain((writer.whole(row_of(n="ca. 500"), "n"),)) == "ca. 500"


def test_each_address_is_a_link_by_its_host_with_the_day_it_was_read():
    writer, row = Published.of(made.labels()), row_of(address="https://www.kl.dk/a http://b.dk x", read_on="2026-01-31")
    found = writer.found_at(row)
    assert plain(found) == "kl.dk og b.dk (læst 31. januar 2026)"
    assert [part.url for part in found if isinstance(part, Link)] == ["https://www.kl.dk/a", "http://b.dk"]
    assert plain(writer.found_at(row_of(address="https://b.dk"))) == "b.dk (læst ikke oplyst)"
    assert plain(writer.found_at(row_of(address="https://b.dk", read_on="i 2025"))) == "b.dk (læst i 2025)"
    assert plain(writer.found_at(row_of(address="https://www.3f.dk/x"))).startswith("3f.dk (")
    assert plain(writer.found_at(row_of(address="KLs arkiv"))) == "KLs arkiv"
    assert plain(writer.found_at(row_of())) == "ikke oplyst"


INTRO = "question: Andre har spurgt om noget lignende. De spurgte på hver sin måde, så tallene kan ikke lægges sammen."


@pytest.mark.parametrize(
    ("years", "old"),
    [
        (["2015"], "KL (2015)"),
        (["2016"], ""),
        (["2015", "2015", "2012", "2020"], "KL (2015) og KL (2012)"),
        (["", "2015"], "KL (2015)"),
    ],
)
def test_surveys_more_than_so_many_years_older_than_the_report_are_named_once_each(years, old):
    """Five years: of a report of 2021 those before 2016."""
    found = told(lambda w, held: w.answer(held, "2021-03-01"), *({"year": year} for year in years))
    warning = f"warning: {old}: mere end 5 år ældre end rapporten. Læs tallene som historie.\n" if old else ""
    assert found == warning + INTRO


@pytest.mark.parametrize("none", [None, pd.DataFrame()])
def test_without_published_surveys_it_says_so(none):
    found = said(Published, lambda w: w.answer(none, "2026-03-01"))
    assert found == "missing: Ikke oplyst: Der er ingen fil med andre undersøgelser."


def test_a_card_tells_the_positive_answers_of_each_question_and_who_was_asked_where_that_differs():
    found = told(
        lambda w, held: w.survey_cards(held),
        {},
        {"category": "negative", "value": 0.2, "text_da": "utilfredse"},
        {"indicator": "trust", "category": "negative", "value": 0.1, "text_da": "uden tillid", "text_en": "x",
         "population_da": "Ledige", "population_en": "The unemployed"},
        {"indicator": "meaning", "category": "", "measure": "mean", "value": 3.5, "text_da": "i snit", "text_en": "x"},
        {"year": "2020", "n": "", "commissioner": "", "evaluated_party": "payer nobody collector"},
        {"year": "2020", "reference": "bind 2", "n": "12"},
    )  # fmt: skip
    assert found.splitlines() == [
        "KL (2015)",
        "Tal: 60 pct. tilfredse (Borgere); 10 pct. uden tillid (Ledige); 3,50 i snit (Borgere)",
        "Antal svar: 33.000. Bestilt af: KL.",
        "KL (2020)",
        "Spurgt: Borgere",
        "Tal: 60 pct. tilfredse",
        "Antal svar: ikke oplyst. Bestilt af: ikke oplyst (betalt og indsamlet af dem, den handler om).",
        "KL (2020)",
        "Spurgt: Borgere",
        "Tal: 60 pct. tilfredse",
        "Antal svar: 12. Bestilt af: KL.",
    ]


CLAIM = {
    "claim": "c1", "claim_da": "Alle er glade", "claim_en": "All are glad", "claimed_by_da": "Avisen",
    "claimed_by_en": "The paper", "dated": "2022", "basis_da": "", "basis_en": "", "reply_da": "", "reply_en": "",
    "reply_by_da": "Borgmesteren", "reply_by_en": "The mayor", "status_da": "ikke efterprøvet",
    "status_en": "not checked", "notes_da": "Ingen tal.", "notes_en": "No figures.", "municipality_code": "183",
    "checked_with": "unemployment",
}  # fmt: skip


def claims(checked, *given):
    held = pd.DataFrame([CLAIM | {"claim": f"c{place}"} | each for place, each in enumerate(given)])
    return said(Published, lambda w: w.claim_cards(held, checked), extra={"claims": held}).splitlines()


def test_a_claim_stands_with_its_reply_and_what_the_figures_say_of_that_place():
    asked = []

    def checked(series, place):
        asked.append((series, place))
        return ("ledigheden faldt.",) if place == "187" else ()

    found = claims(checked, {}, {"municipality_code": "187", "reply_da": "Nej", "reply_en": "No",
                   "claim_da": "Der er »80 procent«", "claim_en": "“80 per cent”"}, {"municipality_code": "751"},
                   {"municipality_code": ""})  # fmt: skip
    who = ["Hvem: Avisen (2022)", "Grundlag: ikke oplyst"]
    unchecked = "Det siger tallene: Ikke efterprøvet. Ingen tal."
    assert found == [
        *("»Alle er glade«", *who, unchecked),
        *("Der er »80 procent«", *who, "Svar på påstanden: Borgmesteren: Nej"),
        "Det siger tallene: Ledigheden faldt. Ingen tal.",
        *("»Alle er glade«", *who, unchecked),
        "note: Påstande om andre kommuner er udeladt her.",
    ]
    assert asked[:3] == [("unemployment", "183"), ("unemployment", "187"), ("unemployment", "")]


def test_claims_about_these_places_are_all_shown_and_about_others_none():
    assert claims(lambda *_: (), {})[-1] == "Det siger tallene: Ikke efterprøvet. Ingen tal."
    assert claims(lambda *_: (), {"municipality_code": "751"}) == ["note: Påstande om andre kommuner er udeladt her."]
