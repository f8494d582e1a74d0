"""What a survey says where nothing is compared: the latest level, with what it rests on and when it was asked."""

import pytest

from jobreport.wording.levels import Levels
from tests.unit import view_rows as made
from tests.unit.said import said

LATEST, EARLIER = made.estimate(wave="2022", estimate=0.62), made.estimate()
MEANING = LATEST | {"indicator": "meaning", "estimate": 0.4, "ci_low": 0.3, "ci_high": 0.5, "n": 90, "wave": "2021"}
UNASKED = {"reason": "not_asked", "estimate": None, "ci_low": None, "ci_high": None, "n": None}
HIDDEN = {"flag": "suppressed", "estimate": None, "ci_low": None, "ci_high": None, "n": None}
WITHOUT = (LATEST | {"group_by": "gender", "group": "k"}, LATEST | {"wave": "2023", "municipality_code": "187"},
           LATEST | {"wave": "2021+2022"}, LATEST | {"category": "negative", "wave": "2024"})  # fmt: skip
ANSWERS = "Andelen, der svarer »Tilfreds« eller »Meget tilfreds«,"
OF_DEGREE = "Andelen, der svarer »Høj« eller »Meget høj«,"


def told(speak, *estimates, diagnostics=(), **params):
    tables = {"estimates": made.frame(*estimates), "diagnostics": made.frame(*diagnostics)}
    return said(Levels, speak, params, **tables)


LEVEL = f"{ANSWERS} var 62 pct. i 2022 (95 pct.-interval: 51 til 67; 150 svar)."
OF_MEANING = f"{OF_DEGREE} var 40 pct. i 2021 (95 pct.-interval: 30 til 50; 90 svar)."
NOTHING = "Rapporten"


def test_where_nothing_is_compared_the_levels_are_told_in_one_sentence_and_each_with_its_interval():
    lines = told(lambda w: w.described(("satisfaction", "meaning", "trust")), LATEST, EARLIER, MEANING, *WITHOUT)
    assert lines.splitlines()[:3] == [
        "headline: Ishøj i 2022: tilfredsheden 62 pct. og meningen med aktiviteterne 40 pct. (i 2021).",
        f"Tilfredshed: {LEVEL}",
        f"Mening: {OF_MEANING}",
    ]
    assert len(lines.splitlines()) == 4


def test_a_level_that_is_hidden_has_no_number_and_is_not_in_the_headline():
    hidden = f"Mening: {OF_DEGREE} kan ikke vises: for få har svaret, eller tallet ville røbe et, der er skjult."
    lines = told(lambda w: w.described(("satisfaction", "meaning")), LATEST, MEANING | HIDDEN).splitlines()
    assert lines[0] == "headline: Ishøj i 2022: tilfredsheden 62 pct."
    assert lines[2] == hidden
    later = told(lambda w: w.described(("satisfaction", "meaning")), LATEST, MEANING | HIDDEN | {"wave": "2023"})
    assert later.splitlines()[0] == lines[0], "the round named is that of what is shown"
    assert told(lambda w: w.described(("meaning",)), MEANING | HIDDEN).splitlines()[0] == hidden
    for end in ("ci_low", "ci_high"):
        assert told(lambda w: w.described(("meaning",)), MEANING | {end: None}).splitlines()[0] == hidden


def test_why_nothing_is_compared_is_said_last_or_what_is_withheld():
    def last(*more, **params):
        return told(lambda w: w.described(("satisfaction",)), LATEST, *more, **params).splitlines()[-1]

    table = {"survey": {"file": "a.csv", "codebook": "b.yml", "aggregates": True, "waves": []}}
    assert last(EARLIER, **table).startswith("Undersøgelsen er givet som en tabel med andele eller gennemsnit.")
    assert last(**table) == last(EARLIER | UNASKED, **table) == last(EARLIER), "(a table of counts too has one round)"
    assert last(EARLIER).startswith("Der er ikke to målinger at sammenligne.")
    withheld = told(lambda w: w.described(("satisfaction",), (("Kan ikke sammenlignes.",),)), LATEST)
    assert withheld.splitlines()[-1] == "Kan ikke sammenlignes."
    nobody = "missing: Ikke oplyst: Hvad borgerne mener. Rapporten har ingen borgerundersøgelse."
    assert told(lambda w: w.described(("trust",)), LATEST) == nobody


@pytest.mark.parametrize(
    ("waves", "since"),
    [
        ({}, ""),
        ({"2023": UNASKED}, "Spørgsmålet blev ikke stillet i 2023."),
        ({"2024": UNASKED, "2023": UNASKED, "2020": UNASKED}, "Spørgsmålet blev ikke stillet i 2023 og 2024."),
        ({"2020": UNASKED}, ""),
    ],
)
def test_rounds_after_the_latest_level_that_did_not_ask_are_named(waves, since):
    rows = [LATEST, EARLIER, *(LATEST | cells | {"wave": wave} for wave, cells in waves.items())]
    assert told(lambda w: w.unasked_since("satisfaction"), *rows) == since
    assert told(lambda w: w.described(("satisfaction",)), *rows).splitlines()[1] == " ".join(
        filter(None, (f"Tilfredshed: {LEVEL}", since))
    )


def test_of_a_question_that_no_round_asked_all_rounds_are_named():
    rows = [LATEST | UNASKED, EARLIER | UNASKED]
    assert told(lambda w: w.unasked_since("satisfaction"), *rows) == "Spørgsmålet blev ikke stillet i 2021 og 2022."


CARD = f"{ANSWERS.removesuffix(',')}. 95 pct.-interval: 51 til 67; 150 svar i 2022."


@pytest.mark.parametrize(
    ("rows", "words", "card"),
    [
        ([LATEST], (), f"Tilfredshed|62 pct.|{CARD}"),
        ([LATEST], ("Ny skala.",), f"Tilfredshed|62 pct.|{CARD} Ny skala."),
        ([LATEST, LATEST | UNASKED | {"wave": "2023"}], (),
         f"Tilfredshed|62 pct.|{CARD} Spørgsmålet blev ikke stillet i 2023."),
        ([], (), "Tilfredshed|Ikke oplyst|Der er ingen svar på spørgsmålet i rapporten."),
        ([], ("Ny skala.",), "Tilfredshed|Ikke oplyst|Ny skala."),
        ([LATEST | HIDDEN], (),
         "Tilfredshed|Ikke oplyst|Kan ikke vises: for få svar, eller det ville røbe et skjult tal."),
        ([LATEST | {"ci_low": None, "reason": "no_variation"}], (),
         "Tilfredshed|Ikke oplyst|Alle svarede ens. Usikkerheden kan ikke regnes ud."),
        ([LATEST | HIDDEN | {"reason": "no_variation"}], (),
         "Tilfredshed|Ikke oplyst|Kan ikke vises: for få svar, eller det ville røbe et skjult tal."),
        ([LATEST | {"ci_high": None}], (), "Tilfredshed|Ikke oplyst|Kan ikke beregnes."),
    ],
)  # fmt: skip
def test_a_card_of_a_level_has_what_it_rests_on_or_why_there_is_none(rows, words, card):
    def parts(writer):
        figure = writer.key_level("satisfaction", words)
        return (*figure.label, "|", *figure.parts, "|", *figure.detail)

    assert told(parts, *rows) == card


# ---------------------------------------------------------------- the level over the years


def pooled(low, high, value=0.58, **cells):
    row = {"diagnostic": "own_waves", "measure": "share", "wave": "2020+2021+2022", "n": 400}
    return made.diagnostic(**(row | {"value": value, "ci_low": low, "ci_high": high} | cells))


NARROW = LATEST | {"estimate": 0.6, "ci_low": 0.5, "ci_high": 0.7}
OVER_THE_YEARS = (
    "Niveauet gennem årene: 58 pct. i 2022 (95 pct.-interval: 53 til 63), regnet af alle kommunens svar i 2020 – 2022 "
    "(400). Svarene i 2022 alene giver et bredere interval: 50 til 70. Tallet bygger på, at kommunen svinger fra "
    "måling til måling som de andre. Det siger intet om, hvad der er nyt i den seneste måling."
)
APART = (
    "Niveauet gennem årene er ikke regnet. Svarene i 2022 ligger uden for det, som kommunens tidligere målinger lod "
    "vente."
)


@pytest.mark.parametrize(
    ("level", "row", "line"),
    [
        (NARROW, pooled(0.53, 0.63), OVER_THE_YEARS),
        (NARROW, pooled(0.5, 0.66), ""),
        (NARROW, pooled(0.5, 0.65), OVER_THE_YEARS.replace("53 til 63", "50 til 65")),
        (NARROW, pooled(None, None, None, reason="latest_apart"), APART),
        (NARROW | {"ci_low": None}, pooled(0.53, 0.63), ""),
        (NARROW, pooled(0.53, 0.63, municipality_code="187"), ""),
        (NARROW, pooled(0.53, 0.63, category="negative"), ""),
    ],
)
def test_the_level_over_the_years_is_told_where_it_is_a_fifth_narrower(level, row, line):
    assert told(lambda w: w.over_the_years("satisfaction"), level, diagnostics=[row]) == line


def test_the_front_page_tells_cards_and_the_rest_a_line_and_of_a_loose_index_its_questions():
    def alpha(value, wave="2022"):
        return made.diagnostic(diagnostic="reliability", indicator="trust", measure="alpha", value=value, wave=wave)

    def names(*rows):
        levels = Levels.of(made.labels(), diagnostics=made.frame(*rows))
        return levels.told_names(), levels.rest_names()

    loose = ("satisfaction", "trust_met", "trust_listened", "meaning")
    assert names(alpha(0.69), alpha(0.9, "2021"))[0] == loose
    assert names(alpha(0.7), alpha(0.1, "2021"))[0] == ("satisfaction", "trust", "meaning")
    assert names()[0] == ("satisfaction", "trust", "meaning")
    assert names(alpha(None))[1] == ()
    assert Levels.of(made.labels(with_codebook=False)).rest_names() == ()
