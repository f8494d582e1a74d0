"""Tables: cells, shorthand and notes, alignment, bindings."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from jobreport import tables
from jobreport.domain.released import rows
from jobreport.page import Link, Paragraph, Table, plain
from jobreport.wording.published import Published
from jobreport.wording.writer import Writer
from tests.unit import view_rows as made

DANISH = made.labels()
NO_BREAK = "\u00a0"


def body(table: Table | Paragraph) -> list[list[str]]:
    assert isinstance(table, Table), table
    return [[plain(cell).replace(NO_BREAK, " ") for cell in row] for row in table.rows]


def assert_all_bound(table: Table | Paragraph) -> None:
    loose = [part for parts in table.all_parts() for part in parts if isinstance(part, str) and re.search(r"\d", part)]
    assert loose == []


def test_a_series_stands_in_points_and_in_per_cent_beside_the_country() -> None:
    table = tables.ChangeTables.of(
        DANISH, estimates=made.register_estimates(), changes=made.register_changes()
    ).register("unemployment")
    assert body(table)[:3] == [
        ["Ishøj", "6,41", "4,60", "−1,81", "−28,2"],
        ["Vallensbæk", "3,82", "2,40", "−1,42", "−37,1"],
        ["Hele landet", "3,62", "2,53", "−1,09", "−30,2"],
    ]
    assert_all_bound(table)
    assert isinstance(table, Table)
    assert [column.align for column in table.columns] == ["left", "right", "right", "right", "right"]
    assert [column.row_header for column in table.columns] == [True, False, False, False, False]


def test_the_effect_stands_with_interval_rank_p_and_level() -> None:
    table = tables.ChangeTables.of(DANISH, changes=made.register_changes()).effects("unemployment")
    assert body(table)[0] == [
        "Ishøj", "procentpoint", "−0,79", "−1,44 til −0,14", "3 af 97", "0,031", "0,92", "ændring efter",
    ]  # fmt: skip
    assert_all_bound(table)


@pytest.mark.parametrize(("before", "rounds"), [("2021", []), ("2020", ["Fra og til"])])
def test_the_rounds_of_a_change_beside_the_cards_are_named_where_not_all_are_of_the_same(before, rounds) -> None:  # type: ignore[no-untyped-def]
    """A question that a round between did not ask changed since the one before that."""
    card, *rest = made.CODEBOOK.indicators
    asked = made.Codebook((replace(card, front=True), *rest), made.CODEBOOK.groups)
    labels = Writer(made.labels().texts, made.labels(events=[]).params, asked)
    levels = [made.estimate(indicator=name, wave=wave) for name in ("satisfaction", "meaning")
              for wave in (before, "2022")]  # fmt: skip
    changes = [
        made.change(event="", wave_before="2021"),
        made.change(event="", indicator="meaning", wave_before=before),
    ]
    found = {"estimates": made.frame(*levels), "changes": made.frame(*changes), "diagnostics": made.frame()}
    table = tables.SurveyTables.of(labels, **found).beside_the_cards()
    assert isinstance(table, Table)
    assert [plain(column.header) for column in table.columns if plain(column.header) == "Fra og til"] == rounds
    assert (f"{before} → 2022" in body(table)[-1]) is bool(rounds)
    assert_all_bound(table)


def test_suppressed_and_uncertain_cells_carry_a_shorthand_that_a_note_explains() -> None:
    found = made.frame(
        made.estimate(wave="2022", group_by="gender", group="k", flag="uncertain", n=20),
        made.estimate(wave="2022", group_by="gender", group="m", flag="suppressed", estimate=None, n=None),
    )
    table = tables.SurveyTables.of(DANISH, estimates=found).groups("satisfaction", "gender")
    assert body(table) == [["Kvinder", "59 [u]", "51 til 67", "20"], ["Mænd", "[f]", "[f]", "[f]"]]
    assert isinstance(table, Table)
    notes = [plain(note) for note in table.notes]
    assert notes[0].startswith("[f] fortroligt: tallet bygger på færre end 5 svar")
    assert notes[1].startswith("[u] usikkert: tallet bygger på få svar (færre end 30)")


def test_every_measure_stands_with_its_base_under_it() -> None:
    found = made.frame(
        made.estimate(),
        made.estimate(wave="2022", n=None, estimate=None, flag="suppressed"),
        made.estimate(measure="mean", category="", unit="points_1_5", estimate=3.62, ci_low=3.4, ci_high=3.8),
    )
    lines = {
        row[0]: row[1:]
        for row in body(tables.SurveyTables.of(DANISH, estimates=found, changes=made.frame()).levels("satisfaction"))
    }
    assert lines["Tilfredshed: positive svar, pct."] == ["59 (51 til 67)", "[f]"]
    assert lines["Tilfredshed: svar (n)"] == ["150", "[f]"]
    assert lines["Tilfredshed: gennemsnit (1–5)"] == ["3,62 (3,40 til 3,80)", "ikke oplyst"]


def test_who_was_asked_is_ikke_oplyst_where_nobody_says() -> None:
    table = tables.SurveyTables.of(DANISH, estimates=made.frame(made.estimate(n_invited=None))).response()
    assert body(table) == [["2021", "ikke oplyst", "155", "150"]]


@pytest.mark.parametrize(("approximate", "shown"), [("true", "ca. 60 pct."), ("false", "60 pct.")])
def test_published_figures_say_when_they_are_rounded(approximate: str, shown: str) -> None:
    row = {
        "benchmark": "a", "source": "KL", "year": 2024, "text_da": "tilfredse", "value": 0.6, "measure": "share",
        "n": "33000", "approximate": approximate, "population_da": "", "commissioner": "ikke oplyst",
        "quality_notes_da": "Mere end 33.000 svar. Andelen er afrundet.", "reference": "kl.dk",
    }  # fmt: skip
    table = tables.PublishedTables.of(DANISH).benchmarks(pd.DataFrame([row]))
    assert body(table) == [["KL (2024)", "tilfredse", shown, "–", "33.000"]]
    assert_all_bound(table)
    assert isinstance(table, Table)
    assert "Måde: ikke oplyst. Mere end 33.000 svar. Andelen er afrundet. Læst i: kl.dk." in plain(table.notes[1])


def test_a_claim_stands_with_who_basis_reply_and_status() -> None:
    row = {
        "claim": "a", "claimed_by_da": "Udsatterådet", "dated": "2022-12", "claim_da": "80-90 pct. er positive",
        "basis_da": "Kommentarer", "reply_by_da": "Vallensbæk Kommune", "reply_da": "afviser billedet",
        "status_da": "ikke efterprøvet", "notes_da": "Ingen undersøgelse.",
    }  # fmt: skip
    table = tables.PublishedTables.of(DANISH).claims(pd.DataFrame([row]))
    assert body(table) == [[
        "80-90 pct. er positive", "Udsatterådet (2022-12)", "Kommentarer", "Vallensbæk Kommune: afviser billedet",
        "Ikke efterprøvet. Ingen undersøgelse.",
    ]]  # fmt: skip
    assert_all_bound(table)


@pytest.mark.parametrize(
    ("language", "both", "one"),
    [
        ("da", "B (2022) og A (2022): læst i Bladet. Adresse: ikke oplyst.", "A (2022): læst i Avisen."),
        ("en", "B (2022) and A (2022): read in Bladet. Address: not stated.", "A (2022): read in Avisen."),
    ],
)
def test_where_claims_were_read_stands_below_them_once_for_each_source(language: str, both: str, one: str) -> None:
    lines = [("B", "Bladet"), ("A", "Avisen"), ("A", "Bladet"), ("A", "Bladet")]
    read = [{"claim": str(n), "claimed_by": who, "dated": "2022", "reference": at} for n, (who, at) in enumerate(lines)]
    table = tables.PublishedTables.of(made.labels(language)).claims(pd.DataFrame(read))
    assert isinstance(table, Table)
    notes = [plain(note) for note in table.notes[1:]]
    assert (notes[0], notes[1][: len(one)], len(notes)) == (both, one, 2)
    assert "Avisen" not in str(body(table))
    assert_all_bound(table)


def test_without_a_file_the_tables_say_so() -> None:
    assert isinstance(tables.PublishedTables.of(DANISH).benchmarks(None), Paragraph)
    assert isinstance(tables.PublishedTables.of(DANISH).claims(None), Paragraph)
    assert isinstance(tables.DataSheet.of(made.labels(with_codebook=False)).description(), Paragraph)


def test_the_description_of_a_survey_prints_ikke_oplyst_for_every_field_left_out() -> None:
    survey = {"file": "a.csv", "codebook": "c.yml", "description": {"payer": "Kommunen"}}
    lines = dict(map(tuple, body(tables.DataSheet.of(made.labels(survey=survey)).description())))  # type: ignore[arg-type]
    assert lines["Betalt af"] == "Kommunen"
    assert {lines[name] for name in lines if name != "Betalt af"} == {"ikke oplyst"}


@pytest.mark.parametrize("language", ["da", "en"])
def test_data_sheet_tables_bind_every_digit(language: str) -> None:
    labels = made.labels(language)
    facts = {"jobreport": "0.1.0", "thresholds": {"suppress_below": 5}, "seeds": "none", "inputs": [], "params": {}}
    files = [{"role": "register", "file": "data/x2.csv", "sha256": "ab12"}]
    for table in (
        tables.DataSheet.of(labels).versions(facts),
        tables.DataSheet.of(labels).inputs(files),
        tables.DataSheet.of(labels).thresholds(),
        tables.DataSheet.of(labels).terms(),
        tables.DataSheet.of(labels).questions(),
    ):
        assert_all_bound(table)


def test_a_published_source_is_a_link_with_the_day_it_was_read():
    given = {"benchmark": "b", "address": "https://www.kl.dk/a https://vive.dk/b2", "read_on": "2026-11-27"}
    told = Published.of(DANISH).found_at(rows(pd.DataFrame([given]), "benchmarks")[0])
    assert plain(told) == "kl.dk og vive.dk (læst 27. november 2026)"
    assert [part.url for part in told if isinstance(part, Link)] == given["address"].split()
