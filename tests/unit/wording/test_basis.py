"""Whose survey it is, how old and whom it stands for: said of each state of the params, and of no other."""

import itertools

import pandas as pd
import pytest

from jobreport.domain import rules
from jobreport.domain.released import COLUMNS
from jobreport.domain.texts import LANGUAGES
from jobreport.page import plain
from jobreport.wording.basis import Basis, Response
from tests.unit import view_rows as made
from tests.unit.wording.test_sentences import MAY_BE_SAID, holds, recorded

ACTS = ("commissioner", "payer", "collector")
STATES = (None, [], ["commissioner"], ["payer", "collector"], list(ACTS))
WAVES = {"dated": {"wave": "A", "from": "2015-01-01", "to": "2015-06-30"}, "named": {"wave": "2015"}}


def survey(state, wave, **more):
    return {"file": "x.csv", "codebook": "c.yml", "waves": [wave, {"wave": "B"}], "evaluated_party": state, **more}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("state", "wave"), list(itertools.product(STATES, WAVES)))
def test_the_front_says_who_made_the_survey_and_that_it_is_old_where_it_is(language, state, wave):
    """A report of 2026 on answers of 2015 that the municipality itself had paid for said neither."""
    for years in (rules.OLD_AFTER_YEARS, rules.OLD_AFTER_YEARS + 1):
        labels, said = recorded(language, survey=survey(state, WAVES[wave]))
        told = Basis.of(labels).whose(f"{2015 + years}-03-01")
        facts = {f"did_{act}": act in (state or ()) for act in ACTS}
        facts |= {"did_nothing": state == [], "not_stated": state is None, "old_wave": years > rules.OLD_AFTER_YEARS}
        rows = {key: condition for key, condition in MAY_BE_SAID.items() if key.startswith("whose.")}
        assert {key for key, condition in rows.items() if holds(condition, facts)} == said & {*rows}
        assert [number.column for block in told for number in block.numbers()] == ["value"] * (
            (1 + (wave == "named")) * (years > rules.OLD_AFTER_YEARS)
        )


def test_nothing_is_said_of_a_survey_that_nobody_made():
    assert Basis.of(recorded("da", survey=survey([], WAVES["dated"], simulated=True))[0]).whose("2026-01-01") == ()
    assert Basis.of(recorded("da")[0]).whose("2026-01-01") == ()


OF_ALL = {"diagnostic": "nonresponse", "measure": "of_all", "unit": "share", "value": 0.38, "n": 148}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("selection", "known"), [(None, False), ("all", False), ("random", False), ("random", True), ("other", False)]
)
def test_what_an_interval_means_follows_from_how_the_asked_were_chosen(language, selection, known):
    """Everybody asked, and 38 of 100 answered: the report said that 95 of 100 intervals hit the true figure."""
    rows = [OF_ALL | {"municipality_code": "183", "wave": "2022", "indicator": "", "category": ""}] if known else []
    more = {"selection": selection} if selection else {}
    labels, said = recorded(language, survey=survey(None, WAVES["dated"], **more))
    diagnostics = pd.DataFrame([dict.fromkeys(COLUMNS["diagnostics"], "") | row for row in rows])
    Response.of(labels, diagnostics=diagnostics).answer()
    told = Basis.of(labels, diagnostics=diagnostics).method()
    facts = {"everybody_asked": selection == "all", "drawn_at_random": selection == "random", "number_known": known}
    facts |= {"otherwise_chosen": selection == "other", "choice_not_stated": selection is None}
    chosen = {key: each for key, each in MAY_BE_SAID.items() if key.startswith(("survey.selection.", "method.target."))}
    chosen["survey.of_all"] = MAY_BE_SAID["survey.of_all"]
    assert {key for key, condition in chosen.items() if holds(condition, facts)} == said & {*chosen}
    assert not any(word in plain(told.items[1]) for word in ("sande", "true"))


def test_without_a_survey_no_interval_is_of_answers():
    labels, said = recorded("da")
    Basis.of(labels).method()
    assert not [key for key in said if key.startswith("method.target.")]


def test_the_method_says_nothing_of_what_the_report_does_not_hold():
    survey = {"file": "a.csv", "codebook": "b.yml", "waves": []}
    told = {
        "register": plain_text(Basis.of(made.labels()).method()),
        "survey": plain_text(Basis.of(made.labels(registers=[], survey=survey)).method()),
    }
    assert ("»Ved ikke« er sit eget tal" in told["survey"], "Ved ikke" in told["register"]) == (True, False)
    assert ("Officielle tal svinger" in told["register"], "Officielle tal svinger" in told["survey"]) == (True, False)
    assert all("Ordet effekt bruges kun" in each for each in told.values())


def plain_text(block):
    return " ".join(plain(parts) for parts in block.items)
