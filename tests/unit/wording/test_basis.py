"""Whose survey it is, how old and whom it stands for: said of each state of the params, and of no other."""

import itertools
from dataclasses import replace

import pandas as pd
import pytest

from jobreport.domain import rules
from jobreport.domain.released import COLUMNS
from jobreport.domain.texts import LANGUAGES
from jobreport.page import plain
from jobreport.wording.basis import Basis, Response, latest
from tests.unit import view_rows as made
from tests.unit.said import said
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


@pytest.mark.parametrize(
    ("here", "told", "line"),
    [
        (1, 2, ("note: Efterprøvet her er alene tallene for Ishøj. Tallene for 2 andre kommuner er oplyst af "
               "kommunerne selv og ikke efterprøvet her; se datagrundlaget bagest.")),
        (3, 1, ("note: Efterprøvet her er alene tallene for 3 kommuner. Tallene for 1 anden kommune er oplyst af "
               "kommunen selv og ikke efterprøvet her; se datagrundlaget bagest.")),
        (1, 0, "note: Andre kommuners tal kunne ikke sammenlignes; se hvorfor i datagrundlaget bagest."),
    ],
)  # fmt: skip
def test_whose_figures_were_checked_here_and_whose_were_told_is_said_where_there_are_packages(here, told, line):
    facts = {"packages": ["x.zip"], "checked_here": here, "told_by_others": told}
    assert said(Basis, lambda w: w.told_by_others(facts), facts=facts) == line
    assert said(Basis, lambda w: w.told_by_others(facts | {"packages": []}), facts=facts) == ""
    assert said(Basis, lambda w: w.told_by_others({}), facts=facts) == ""


# ---------------------------------------------------------------- who answered


def nonresponse(measure, value, indicator="", wave="2022", **cells):
    row = {"diagnostic": "nonresponse", "measure": measure, "indicator": indicator, "wave": wave, "category": ""}
    return made.diagnostic(**(row | {"value": value} | cells))


def answered(estimates, *diagnostics, speak=lambda w: w.answer(), **params):
    held = made.frame(nonresponse("rate", 0.9, municipality_code="187"), nonresponse("rate", 0.8, wave="2021"),
                      nonresponse("rate", 0.7, group_by="gender", group="k"), *diagnostics)  # fmt: skip
    return said(Response, speak, params, estimates=made.frame(*estimates), diagnostics=held)


LATEST = made.estimate(wave="2022", n_invited=400, n_answered=152)
EARLIER = made.estimate(wave="2021", n_invited=500, n_answered=200)
ASKED = "Hvordan de spurgte blev valgt, er ikke oplyst."
NOT_KNOWN = "Hvor mange der blev spurgt, er ikke oplyst. Derfor er svarprocenten ukendt."
RATE = nonresponse("rate", 0.38)


@pytest.mark.parametrize(
    ("cells", "rows", "told"),
    [
        ({}, (RATE,), "I Ishøj blev 400 spurgt i 2022, og 152 svarede (38 pct.)."),
        ({}, (RATE, nonresponse("of_all", 0.25)),
         "I Ishøj blev 400 spurgt i 2022, og 152 svarede (38 pct.). Det er 25 pct. af alle, det handler om."),
        ({}, (RATE, nonresponse("of_all", 0.25, municipality_code="187"), nonresponse("of_all", None)),
         "I Ishøj blev 400 spurgt i 2022, og 152 svarede (38 pct.)."),
        ({}, (), f"I Ishøj svarede 152 i 2022. {NOT_KNOWN}"),
        ({}, (nonresponse("rate", None),), f"I Ishøj svarede 152 i 2022. {NOT_KNOWN}"),
        ({"n_invited": None}, (RATE,), f"I Ishøj svarede 152 i 2022. {NOT_KNOWN}"),
        ({"n_answered": None}, (RATE,),
         ("Hvor mange i Ishøj der svarede i 2022, er ikke oplyst. Svar på hvert spørgsmål står ved tallet. "
         f"{NOT_KNOWN}")),
        ({"n_answered": None, "flag": "suppressed"}, (RATE,),
         ("Hvor mange i Ishøj der svarede i 2022, kan ikke vises: for få har svaret, eller tallet ville røbe et, der "
         "er skjult.")),
        ({"flag": "suppressed"}, (RATE,), "I Ishøj blev 400 spurgt i 2022, og 152 svarede (38 pct.)."),
    ],
)  # fmt: skip
def test_who_answered_is_told_of_the_latest_round_with_how_many_were_asked_where_that_is_known(cells, rows, told):
    assert answered([EARLIER, LATEST | cells], *rows) == f"{told} {ASKED}"


def test_without_answers_that_is_said_and_the_first_question_that_has_some_tells():
    assert answered([EARLIER | {"municipality_code": "187"}]) == (
        f"Ikke oplyst: Hvor mange der blev spurgt, og hvor mange der svarede, mangler. {ASKED}"
    )
    of_another = answered([LATEST | {"indicator": "meaning", "n_answered": 70}], RATE)
    assert of_another.startswith("I Ishøj blev 400 spurgt i 2022, og 70 svarede")
    unasked = LATEST | {"reason": "not_asked", "estimate": None, "n_answered": None}
    both = answered([EARLIER, unasked, LATEST | {"indicator": "meaning"}], RATE)
    assert both.startswith("I Ishøj blev 400 spurgt i 2022, og 152 svarede"), "not of the first question's"


@pytest.mark.parametrize("selection", ["all", "random", "other"])
def test_how_the_asked_were_chosen_is_said_as_it_is_stated(selection):
    chosen = {"all": "Alle, det handler om, blev spurgt.", "random": "De spurgte er trukket tilfældigt.",
              "other": "De spurgte er ikke trukket tilfældigt."}  # fmt: skip
    told = answered([LATEST], RATE, survey=survey(None, WAVES["dated"], selection=selection))
    assert told.endswith(f"(38 pct.). {chosen[selection]}")


def test_rounds_with_their_answers_and_rates_stand_in_the_order_of_time():
    more = ({"wave": "2023", "n_invited": None}, {"wave": "2024", "n_answered": None}, {"wave": "2020"})
    tables = {"estimates": made.frame(LATEST, EARLIER, *(LATEST | each for each in (*more, {"wave": "2019+2020"}))),
              "diagnostics": made.frame(RATE, nonresponse("rate", 0.4, wave="2021"))}  # fmt: skip
    response = Response.of(made.labels(), **tables)
    assert [row.text("wave") for row in response.answered()] == ["2020", "2021", "2022", "2023"]
    pairs = [(row.text("wave"), row.value("n_answered"), rate.value("value")) for row, rate in response.rates()]
    assert pairs == [("2021", 200.0, 0.4), ("2022", 152.0, 0.38)]


SKIPPED = [nonresponse("skipped", value, name) for name, value in
           (("satisfaction", 0.02), ("meaning", 0.07), ("trust_met", 0.04))]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (SKIPPED, "Af dem, der svarede, sprang mellem 2 pct. og 7 pct. et spørgsmål over (flest ved »Mening«)."),
        ([*SKIPPED, nonresponse("skipped", 0.9, "unknown"), nonresponse("skipped", 0.9, municipality_code="187")],
         "Af dem, der svarede, sprang mellem 2 pct. og 7 pct. et spørgsmål over (flest ved »Mening«)."),
        ([*SKIPPED, nonresponse("skipped", 0.3, "meaning", wave="2023")],
         "Af dem, der svarede, sprang mellem 30 pct. og 30 pct. et spørgsmål over (flest ved »Mening«)."),
        ([nonresponse("skipped", 0.004, "meaning")], "Næsten ingen sprang et spørgsmål over."),
        ([nonresponse("skipped", 0.005, "meaning")],
         "Af dem, der svarede, sprang mellem 1 pct. og 1 pct. et spørgsmål over (flest ved »Mening«)."),
        ([nonresponse("skipped", None, "meaning")], ""),
    ],
)  # fmt: skip
def test_how_many_skipped_a_question_is_told_of_the_least_and_the_most_in_the_latest_round(rows, told):
    assert answered([], *rows, speak=lambda w: w.checks()) == told


def weights(measure, value, wave="2022", **cells):
    row = {"diagnostic": "weights", "indicator": "", "category": "", "unit": "ratio"}
    return made.diagnostic(**(row | {"measure": measure, "value": value, "wave": wave} | cells))


CLUSTERS = "Svarene hører sammen i 12 klynger (fx efter sagsbehandler eller hold), og usikkerheden regner med det."
STRATA = "Svarene er trukket i 3 lag hver for sig, og usikkerheden regner med det."
REPLICATES = "Usikkerheden er regnet af 80 sæt gentagelsesvægte, som fulgte med svarene."
RATIO = (
    "Alt i alt er usikkerheden om tilfredsheden 1,83 gange så stor som ved lige så mange uafhængige svar, der tæller "
)
RATIO += "lige meget (målt som varians)."
WEIGHTED = "Svarene er vægtet. Det gør usikkerheden 1,25 gange så stor (målt som varians)."
RATIO_ROW = weights("variance_ratio", 1.834, indicator="satisfaction")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([weights("clusters", 12.0), weights("clusters", 9.0, "2021")], CLUSTERS),
        ([weights("clusters", 12.0, municipality_code="187")], ""),
        ([weights("clusters", 12.0, diagnostic="funnel")], ""),
        ([weights("replicates", 80.0), weights("strata", 3.0), RATIO_ROW, weights("clusters", 12.0)],
         f"{CLUSTERS} {STRATA} {REPLICATES} {RATIO}"),
        ([weights("design_effect", 1.25), RATIO_ROW], RATIO),
        ([weights("design_effect", 1.0)], "Alle svar tæller lige meget."),
        ([weights("design_effect", 1.0), weights("design_effect", 1.0, "2021")], "Alle svar tæller lige meget."),
        ([weights("design_effect", 1.0), weights("design_effect", 1.4, "2021")], WEIGHTED.replace("1,25", "1,00")),
        ([weights("design_effect", 1.25), weights("design_effect", None, "2023")], WEIGHTED),
        ([weights("design_effect", 1.25, group_by="gender", group="k")], ""),
    ],
)  # fmt: skip
def test_what_the_design_and_the_weights_do_is_told_of_the_latest_round(rows, told):
    assert answered([], *rows, speak=lambda w: w.checks()) == told


PLACE = {"indicator": "satisfaction", "category": "positive"}
SURE, BELOW = {"estimate": 0.76, "ci_low": 0.68, "ci_high": 0.83}, {"estimate": 0.3, "ci_low": 0.2, "ci_high": 0.4}
TIPPING = nonresponse("tipping_point", 0.4, **PLACE)
TURNS = nonresponse("turning_odds", 7.3, **PLACE), nonresponse("turning_odds_of_others", 2.5, **PLACE)
AT_ODDS = nonresponse("at_odds", 0.732, **PLACE)
YES = "Flertallet af svarene er positive."
NO = "Flertallet af svarene er ikke positive."
UNSURE = "Om flertallet af svarene er positive, er usikkert."
OF_POSITIVE = (
    "Det er de også blandt alle spurgte, medmindre de positive var mere end 7,3 gange så tilbøjelige til at svare som "
    "de andre (i odds)."
)
OF_OTHERS = (
    "Det er de heller ikke blandt alle spurgte, medmindre de andre var mere end 2,5 gange så tilbøjelige til at svare "
    "som de positive (i odds)."
)
TRIED = "Var de positive 1,5 gange så tilbøjelige til at svare, er 73 pct. af alle spurgte positive."


@pytest.mark.parametrize(
    ("cells", "rows", "told"),
    [
        (SURE, (TIPPING, *TURNS, AT_ODDS), f"{YES} {OF_POSITIVE} {TRIED}"),
        (BELOW, (TIPPING, *TURNS, AT_ODDS), f"{NO} {OF_OTHERS} {TRIED}"),
        (SURE | {"ci_low": 0.5}, (TIPPING, *TURNS, AT_ODDS), f"{UNSURE} {TRIED}"),
        (BELOW | {"ci_high": 0.5}, (TIPPING, *TURNS, AT_ODDS), f"{UNSURE} {TRIED}"),
        (SURE | {"flag": "uncertain"}, (TIPPING,), UNSURE),
        (SURE | {"ci_low": None}, (TIPPING,), UNSURE),
        (SURE | {"ci_high": None}, (TIPPING,), UNSURE),
        (SURE, (TIPPING, TURNS[0]), f"{YES} {OF_POSITIVE}"),
        (SURE, (*TURNS, AT_ODDS), TRIED),
        (SURE, (), ""),
        (SURE | {"estimate": None}, (TIPPING, *TURNS, AT_ODDS), ""),
    ],
)
def test_a_majority_is_told_with_what_it_would_take_to_turn_it_round(cells, rows, told):
    found = answered([EARLIER, LATEST | cells], *rows, speak=lambda w: w.majorities())
    assert found == (f"Tilfredshed: {told}" if told else "")


WORST, BEST = nonresponse("worst", 0.2, **PLACE), nonresponse("best", 0.9, **PLACE)
TIPS = "Er mindst 40 pct. af dem uden svar positive, er et flertal af alle spurgte det."
ENDS = "Yderpunkterne er 20 pct. og 90 pct.: ingen, eller alle, af dem uden svar er positive."


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((WORST, BEST, TIPPING, nonresponse("unweighted", 0.71, **PLACE)),
         f"{TIPS} {ENDS} Uden vægte er tallet for tilfredsheden 71 pct.; med vægte 59 pct."),
        ((WORST, BEST), ENDS),
        ((WORST, TIPPING), TIPS),
        ((BEST,), ""),
        ((WORST | {"wave": "2021"}, BEST), ""),
        ((WORST | {"unit": "points_0_100", "value": 20.0}, BEST | {"unit": "points_0_100", "value": 90.0}),
         "Yderpunkterne er 20 og 90: alle uden svar ligger lavest, eller højest, på skalaen."),
    ],
)  # fmt: skip
def test_the_extremes_of_those_who_did_not_answer_are_told_with_what_weights_do(rows, told):
    found = answered([EARLIER, LATEST], *rows, speak=lambda w: w.checks()).replace(" point", "")
    assert found == (f"Tilfredshed: {told}" if told else "")
    hidden = answered([LATEST | {"estimate": None}], *rows, speak=lambda w: w.checks())
    assert hidden == ""


def test_the_extremes_are_those_of_a_level_that_may_be_shown_and_none_where_one_is_missing():
    def extremes(*rows, **cells):
        tables = {"estimates": made.frame(EARLIER, LATEST | cells), "diagnostics": made.frame(*rows)}
        return Response.of(made.labels(), **tables).extremes("satisfaction")

    level, worst, best = extremes(WORST, BEST)
    assert (level.text("wave"), worst.value("value"), best.value("value")) == ("2022", 0.2, 0.9)
    assert extremes(WORST) is extremes(BEST) is extremes(WORST, BEST, ci_low=None) is None
    assert Response.of(made.labels()).extremes("satisfaction") is None


RATES = [nonresponse("rate", 0.41, wave="2021"), nonresponse("rate", 0.35)]
ROSE, FELL = made.change(), made.change(change=-0.09, ci_low=-0.16, ci_high=-0.02)


def vanishing(measure, event="ishoej_2022", **cells):
    return nonresponse(measure, 1.98, "satisfaction", "2021+2022", category=event, **cells)


@pytest.mark.parametrize(
    ("change", "rows", "told"),
    [
        (ROSE, (*RATES, vanishing("vanishing_odds")),
         ("Før begivenheden svarede 41 pct. af de spurgte, efter den 35 pct. Stigningen i tilfredsheden forsvinder, "
         "hvis de positive efter begivenheden blev 2,0 gange så tilbøjelige til at svare som de andre (i odds).")),
        (FELL, (*RATES, vanishing("vanishing_odds_of_others"), vanishing("vanishing_odds")),
         ("Før begivenheden svarede 41 pct. af de spurgte, efter den 35 pct. Faldet i tilfredsheden forsvinder, hvis "
         "de, der ikke er positive, efter begivenheden blev 2,0 gange så tilbøjelige til at svare som de andre (i "
         "odds).")),
        (ROSE, (RATES[0], vanishing("vanishing_odds", municipality_code="187"), vanishing("vanishing_odds", "other")),
         ("Det er ikke for alle målinger før og efter begivenheden oplyst eller vist, hvor mange af de spurgte der "
         "svarede.")),
        (ROSE, (), "Hvor mange af de spurgte der svarede før og efter begivenheden, er ikke oplyst."),
        (ROSE | {"event": ""}, (*RATES, vanishing("vanishing_odds", "")),
         ("I 2021 svarede 41 pct. af de spurgte, i 2022 35 pct. Stigningen i tilfredsheden forsvinder, hvis de "
         "positive i 2022 blev 2,0 gange så tilbøjelige til at svare som de andre (i odds).")),
        (FELL | {"event": ""}, (RATES[1], vanishing("vanishing_odds_of_others", "")),
         ("Det er ikke for alle målinger oplyst eller vist, hvor mange af de spurgte der svarede. Faldet i "
         "tilfredsheden forsvinder, hvis de, der ikke er positive, i 2022 blev 2,0 gange så tilbøjelige til at svare "
         "som de andre (i odds).")),
        (ROSE | {"ci_low": -0.01}, (*RATES, vanishing("vanishing_odds")),
         "Før begivenheden svarede 41 pct. af de spurgte, efter den 35 pct."),
    ],
)  # fmt: skip
def test_beside_a_change_stand_both_rates_and_what_would_undo_it(change, rows, told):
    tables = {"changes": made.frame(change), "diagnostics": made.frame(*rows)}
    assert said(Response, lambda w: w.changed(), **tables) == told
    assert said(Response, lambda w: w.changed(), diagnostics=tables["diagnostics"]) == ""


@pytest.mark.parametrize("stated", [{"n_invited": 400}, {"flag": "suppressed"}])
def test_rates_of_some_rounds_or_hidden_ones_are_not_said_to_be_unknown_of_all(stated):
    rows = [made.estimate(wave=wave) | (stated if wave == "2022" else {}) for wave in ("2021", "2022")]
    tables = {"changes": made.frame(ROSE | {"event": "", "wave_after": "2023"}), "estimates": made.frame(*rows)}
    assert said(Response, lambda w: w.changed(), **tables) == (
        "Det er ikke for alle målinger oplyst eller vist, hvor mange af de spurgte der svarede."
    )


def test_what_more_answers_could_take_of_the_uncertainty_is_told_of_each_change():
    rows = [nonresponse("of_answers", share, name, "2021+2022", category="ishoej_2022") for name, share in
            (("satisfaction", 0.97), ("meaning", 0.4), ("trust", None))]  # fmt: skip
    changes = [made.change(indicator=name) for name in ("satisfaction", "meaning")]
    tables = {"changes": made.frame(*changes), "diagnostics": made.frame(*rows)}
    assert said(Response, lambda w: w.checks(), **tables) == (
        "Af usikkerheden om forskellen fra andre kommuner (som varians) kommer 97 pct. i tilfredsheden og 40 pct. i "
        "meningen med aktiviteterne af, at ikke flere har svaret i Ishøj. Resten kommer af de andre kommuners svar og "
        "udsving."
    )


# ---------------------------------------------------------------- title, and what cannot be shown

CAUSE = {
    "cause": "Om begivenheden er årsagen. Meget andet skete i de samme år.",
    "cause_effect": "Alle årsager. Sammenligningen tager kun højde for det, der ramte kommunerne ens.",
    "cause_elsewhere": "Hvorfor tallene er, som de er.",
    "cause_rounds": "Hvorfor svarene har ændret sig fra måling til måling. Ændringen er ikke holdt op mod andre "
    "kommuners.",
}
ASKED_OF = [
    "Om kommunens arbejde er lovligt og godt. Svarene er borgernes oplevelse.", "Hvad de, der ikke svarede, mener.",
]  # fmt: skip
NOBODY_ASKED = "Hvad borgerne mener. Der er ingen borgerundersøgelse i denne rapport."
FIGURES = "Hvordan borgerne har det. Officielle tal måler ikke oplevelsen."
OF_TABLE = "Indeks af flere spørgsmål, og hvad der følges ad. Undersøgelsen er givet som en tabel."
MADE_UP = "Noget om virkeligheden. Tallene er simulerede."
TABLE = survey(None, WAVES["dated"], aggregates=True)


def effect(level, **cells):
    return made.change(method="effect", wording_level=level, **cells)


SINCE = made.change(event="")
SERIES = made.register_change("183", "", "points")
OFFICIAL = made.estimate(measure="register")


@pytest.mark.parametrize(
    ("levels", "changes", "params", "lines"),
    [
        ([LATEST], [effect("change")], {}, [CAUSE["cause"], *ASKED_OF]),
        ([LATEST], [effect("effect")], {}, [CAUSE["cause_effect"], *ASKED_OF]),
        ([LATEST], [effect("effect"), effect("change", indicator="meaning")], {}, [CAUSE["cause"], *ASKED_OF]),
        ([LATEST], [effect("effect"), effect("change", municipality_code="187")], {},
         [CAUSE["cause_effect"], *ASKED_OF]),
        ([LATEST], [made.change(wording_level="effect")], {}, [CAUSE["cause"], *ASKED_OF]),
        ([LATEST], [effect("effect")], {"municipality_code": "751"}, [CAUSE["cause_elsewhere"], *ASKED_OF]),
        ([LATEST], [SINCE], {"events": [], "registers": []}, [CAUSE["cause_rounds"], *ASKED_OF]),
        ([LATEST], [SERIES], {"events": []}, [CAUSE["cause_elsewhere"], *ASKED_OF]),
        ([LATEST], [SERIES], {"events": [], "registers": []}, ASKED_OF),
        ([OFFICIAL], [SINCE], {"events": []}, [CAUSE["cause_elsewhere"], NOBODY_ASKED, FIGURES]),
        ([OFFICIAL], [], {"events": []}, [CAUSE["cause_elsewhere"], NOBODY_ASKED, FIGURES]),
        ([LATEST, OFFICIAL], [effect("change")], {}, [CAUSE["cause"], *ASKED_OF, FIGURES]),
        ([LATEST], [effect("change")], {"survey": TABLE}, [CAUSE["cause"], *ASKED_OF, OF_TABLE]),
        ([LATEST, LATEST | {"wave": "2021", "simulated": True}], [effect("change")], {},
         [MADE_UP, CAUSE["cause"], *ASKED_OF]),
    ],
)  # fmt: skip
def test_what_a_report_cannot_show_follows_from_what_it_holds(levels, changes, params, lines):
    rows = made.frame(*changes) if changes else made.frame(SINCE).iloc[:0]
    tables = {"estimates": made.frame(*levels), "changes": rows}
    assert said(Basis, lambda w: w.cannot_show(), params, **tables).splitlines() == lines


ANSWERS, LEAVES = survey(None, WAVES["dated"]), "Ishøj forlader jobcentret, 1. januar 2022"


@pytest.mark.parametrize(
    ("params", "subject", "title", "line"),
    [
        ({}, {}, "Ishøj", LEAVES),
        ({"municipality_code": "187"}, {}, "Vallensbæk", LEAVES),
        ({}, {"da": "Hjemmepleje", "en": "Home care"}, "Hjemmepleje i Ishøj", LEAVES),
        ({"events": []}, {}, "Ishøj: hvad de officielle tal viser", ""),
        ({"events": [], "registers": [], "survey": ANSWERS}, {}, "Ishøj: hvad borgerne mener", ""),
        ({"events": [], "survey": ANSWERS}, {}, "Ishøj: hvad borgerne mener, og hvad de officielle tal viser", ""),
        ({"municipality_code": "751"}, {}, "Aarhus: hvad de officielle tal viser", ""),
    ],
)
def test_a_title_says_what_the_report_is_about_and_the_line_under_it_the_event_of_the_municipality(
    params, subject, title, line
):
    basis = Basis.of(replace(made.labels(**params), codebook=replace(made.CODEBOOK, subject=subject)))
    assert (basis.title(), basis.subtitle()) == (title, line)
    bare = Basis.of(made.labels(with_codebook=False, **params))
    assert bare.title() == (title if not subject else "Ishøj")
    assert (basis.cannot_show_title().level, basis.cannot_show_title().key) == (2, "cannot-show")
    assert plain(basis.cannot_show_title().parts) == "Det kan rapporten ikke vise"


def method(**params):
    return said(Basis, lambda w: w.method(), params).splitlines()


def test_the_method_tells_of_what_the_report_uses_in_the_order_of_the_chapters():
    begins = {
        "base": "Andele regnes", "interval": "Et 95 pct.-interval", "index": "Et indeks", "change": "Ændringen er g",
        "effect": "Forskellen fra de andre", "similar": "De kommuner, der lignede", "swings": "Officielle tal svinger",
        "log": "En ændring i procent", "rank": "Rangen viser", "detectable": "Den mindste", "several": "Når flere mål",
        "false_date": "En falsk dato", "course": "Kommunens kurs", "words": "Ordet effekt", "weights": "Når svarene",
        "disclosure": "Tal, der bygger på færre end 5 svar", "unchanged": "»Ingen klar", "rounding": "Tal er afrundet",
        "check": "Alle tal står",
    }  # fmt: skip
    of_events = {"effect", "detectable", "false_date", "course", "words"}
    of_answers = {"base", "index", "change", "several", "weights", "disclosure"}
    of_no_event = {"registers": [made.SERIES | {"event": "none"}]}
    for params, without in (
        ({"survey": ANSWERS}, {"similar"}),
        ({"survey": ANSWERS, "registers": []}, {"similar", "swings", "log"}),
        ({"survey": ANSWERS, "events": [], "registers": []}, {"similar", "swings", "log"} | of_events),
        ({}, {"similar"} | of_answers),
        (of_no_event, of_answers),
    ):
        wanted = [text for key, text in begins.items() if key not in without]
        lines = method(**params)
        assert [line[: len(text)] for line, text in zip(lines, wanted, strict=True)] == wanted


def test_the_method_of_series_alone_explains_their_interval_and_that_of_a_survey_whom_it_is_about():
    assert method()[0].endswith("De officielle tal tæller alle og har ingen usikkerhed fra et udvalg.")
    assert method(survey=ANSWERS)[1].endswith("hvis de, der ikke svarede, ligner dem, der svarede.")
    own = {"suppress_below": 7, "uncertain_below": 50, "suppress_cells_below": 40}
    told = "\n".join(method(survey=ANSWERS, disclosure=own))
    assert "færre end 7 svar" in told
    assert "mindst 40" in told
    assert "50" in told


@pytest.mark.parametrize(
    ("waves", "latest_wave"),
    [
        ([{"wave": "a", "from": "2015-01-01", "to": "2015-06-30"}, {"wave": "b", "to": "2014-06-30"}], 0),
        ([{"wave": "a", "from": "2015-01-01"}, {"wave": "b", "to": "2015-02-01"}], 1),
        ([{"wave": "2015"}, {"wave": "b", "to": "2015-12-30"}], 0),
        ([{"wave": "a"}, {"wave": "b"}], None),
    ],
)  # fmt: skip
def test_the_latest_round_is_the_one_that_ended_last_as_far_as_is_known(waves, latest_wave):
    params = made.labels(survey={"file": "x.csv", "codebook": "c.yml", "waves": waves}).params
    assert latest(params.survey) == latest_wave


def test_whose_a_survey_is_and_how_old_is_said_in_these_words():
    old = "warning: Svarene er gamle: Den seneste måling (A) er mere end 5 år ældre end rapporten. Læs tallene som "
    old += "historie."

    def whose(day, state):
        return said(Basis, lambda w: w.whose(day), {"survey": survey(state, WAVES["dated"])}).splitlines()

    unknown = "note: Om kommunen selv har bestilt, betalt eller indsamlet undersøgelsen, er ikke oplyst."
    assert whose("2020-12-31", None) == [unknown]
    assert whose("2021-01-01", None) == [unknown, old]
    by_itself = "note: Undersøgelsen er bestilt og betalt af kommunen selv, altså af den, den handler om."
    assert whose("2020-12-31", ["commissioner", "payer"]) == [by_itself]
    assert whose("2020-12-31", []) == ["note: Kommunen selv har hverken bestilt, betalt eller indsamlet undersøgelsen."]
