"""A change beside other municipalities, and a unit beside the others in its municipality."""

import pytest

from jobreport.wording.compared import Compared
from tests.unit import view_rows as made
from tests.unit.said import said

# ---------------------------------------------------------------- a unit beside the others

BIRK = "183-birk"
UNIT = {"units": [{"unit": "birk", "label": {"da": "Birk", "en": "Birk"}, "municipality_code": "183"}], "unit": "birk",
        "events": [], "registers": []}  # fmt: skip
OWN = (made.estimate(municipality_code=BIRK, wave="2022"), made.estimate(municipality_code=BIRK))
OTHERS = made.estimate(municipality_code="others", wave="2022", estimate=0.5, ci_low=0.45, ci_high=0.55, n=1200)
ELSEWHERE = (made.estimate(municipality_code="others", estimate=0.1), OTHERS | {"group_by": "gender", "group": "k"},
             OTHERS | {"category": "negative"}, OTHERS | {"indicator": "meaning"})  # fmt: skip


def apart(p, **cells):
    row = {"diagnostic": "beside_others", "municipality_code": "others", "measure": "share", "value": 0.094}
    return made.diagnostic(**(row | {"ci_low": 0.01, "ci_high": 0.18, "p_adjusted": p} | cells))


def unit(speak, estimates, *diagnostics, **params):
    return said(Compared, speak, UNIT | params, estimates=made.frame(*estimates), diagnostics=made.frame(*diagnostics))


LEVEL = "De andre i Ishøj: 50 pct. i 2022 (95 pct.-interval: 45 til 55; 1.200 svar)."
DIFFERENCE = "Forskellen er +9 procentpoint (95 pct.-interval: 1 til 18)."
CLEAR = (
    "Det er mere, end stikprøvens tilfældighed giver. Hvorfor viser tallene ikke; det kan også være, hvem der har "
    "svaret."
)
HIDDEN = "De andre i Ishøj kan ikke vises: for få har svaret, eller tallet ville røbe et, der er skjult."
ALIKE = "Usikkerheden om forskellen kan ikke regnes ud, for alle et af stederne svarede ens."


@pytest.mark.parametrize(
    ("others", "row", "told"),
    [
        (OTHERS, apart(0.049), f"{LEVEL} {DIFFERENCE} {CLEAR}"),
        (OTHERS, apart(0.05), f"{LEVEL} {DIFFERENCE} Så stor en forskel kan være tilfældig."),
        (OTHERS, apart(None), f"{LEVEL} {ALIKE}"),
        (OTHERS, apart(0.01, ci_low=None), f"{LEVEL} {ALIKE}"),
        (OTHERS, apart(0.01, value=None), f"{LEVEL} {ALIKE}"),
        (OTHERS, apart(0.01, wave="2021"), f"{LEVEL} {ALIKE}"),
        (OTHERS, apart(0.01, diagnostic="funnel"), f"{LEVEL} {ALIKE}"),
        (OTHERS | {"estimate": None}, apart(0.01), HIDDEN),
        (OTHERS | {"ci_low": None}, apart(0.01), HIDDEN),
        (OTHERS | {"wave": "2020"}, apart(0.01), HIDDEN),
        (OTHERS | {"ci_low": None, "reason": "no_variation"}, apart(None), ALIKE),
        (OTHERS | {"estimate": None, "ci_low": None, "reason": "no_variation"}, apart(None), HIDDEN),
    ],
)
def test_a_unit_stands_beside_the_others_of_the_same_round(others, row, told):
    assert unit(lambda w: w.beside_others("satisfaction"), [*OWN, *ELSEWHERE, others], row) == told


def test_nothing_stands_beside_a_municipality_or_a_unit_without_a_level():
    without = [OWN[0] | {"estimate": None}, OTHERS]
    for names in ((without, {}), ([OTHERS], {})):
        assert unit(lambda w: w.beside_others("satisfaction"), names[0], apart(0.01), **names[1]) == ""
    whole = [OWN[0] | {"municipality_code": "183"}, OTHERS]
    assert unit(lambda w: w.beside_others("satisfaction"), whole, apart(0.01), unit=None) == ""
    assert unit(lambda w: w.among_others(), whole, apart(0.01), unit=None) == ""
    assert unit(lambda w: w.among_others(), OWN, apart(None)) == ""


@pytest.mark.parametrize(
    ("p", "told"),
    [
        ((0.01, 0.2), ("Klart anderledes end de andre i Ishøj: tilfredsheden (+9 procentpoint). Hvorfor viser tallene "
                      "ikke; det kan også være, hvem der har svaret.")),
        ((0.01, 0.01), ("Klart anderledes end de andre i Ishøj: tilfredsheden (+9 procentpoint) og meningen med "
                       "aktiviteterne (−2 procentpoint). Hvorfor viser tallene ikke; det kan også være, hvem der har "
                       "svaret.")),
        ((0.2, 0.2), "Ingen af svarene er klart anderledes end hos de andre i Ishøj."),
        ((None, 0.2), ("Af de svar, hvis forskel kan prøves (meningen med aktiviteterne), er ingen klart anderledes "
                      "end hos de andre i Ishøj.")),
        ((None, 0.01), ("Klart anderledes end de andre i Ishøj: meningen med aktiviteterne (−2 procentpoint). Hvorfor "
                       "viser tallene ikke; det kan også være, hvem der har svaret.")),
    ],
)  # fmt: skip
def test_the_front_page_names_which_answers_are_clearly_others_than_the_neighbours(p, told):
    levels = [*OWN, *(each | {"indicator": "meaning"} for each in OWN)]
    rows = apart(p[0]), apart(p[1], indicator="meaning", value=-0.02)
    assert unit(lambda w: w.among_others(), levels, *rows) == told


# ---------------------------------------------------------------- the mix of groups, and since the first round


def changes(speak, *rows, rounds=(), **params):
    tables = {"changes": made.frame(*rows)} | ({"rounds": made.frame(*rounds)} if rounds else {})
    return said(Compared, speak, params, **tables)


RAW = made.change()
MIX = made.change(adjustment="mix", change=0.03, ci_low=-0.01, ci_high=0.07)
SPLIT = (made.change(method="mix", change=0.02), made.change(method="rates", change=0.03))
LIKE = "Med samme fordeling på grupper før og efter ville ændringen være +3,0 procentpoint (95 pct.-interval: −1,0 til "
LIKE += "+7,0) og ikke +5,0."
PARTS = "Af ændringen kommer +2,0 procentpoint af, at andre grupper svarer, og +3,0 procentpoint af, at grupperne"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((RAW, MIX, *SPLIT), f"{LIKE} {PARTS} svarer anderledes."),
        ((RAW, MIX, SPLIT[0]), LIKE),
        ((RAW, MIX, SPLIT[0] | {"change": None}, SPLIT[1]), LIKE),
        ((RAW, MIX, SPLIT[0] | {"scale": "log"}, SPLIT[1]), LIKE),
        ((RAW, MIX | {"ci_low": None}), ""),
        ((RAW, MIX | {"change": None}), ""),
        ((RAW | {"change": None}, MIX), ""),
        ((RAW,), ""),
        ((MIX,), ""),
    ],
)
def test_a_change_with_the_mix_of_groups_held_still_stands_beside_the_raw_one_with_its_two_parts(rows, told):
    assert changes(lambda w: w.mix("satisfaction"), *rows) == told


def test_what_is_told_from_round_to_round_is_the_mix_and_the_change_since_the_first():
    since = {"2019": (0.2, 0.1, 0.3), "2021": (0.05, 0.01, 0.09)}
    rounds = [made.change(event="", wave_before=wave, change=value, ci_low=low, ci_high=high)
              for wave, (value, low, high) in since.items()]  # fmt: skip
    told = changes(lambda w: w.since_rounds("satisfaction"), rounds[1], MIX | {"event": ""}, rounds=rounds, events=[])
    assert told.splitlines() == [
        (
            "Med samme fordeling på grupper i 2021 og 2022 ville ændringen være +3,0 procentpoint (95 pct.-interval: "
            "−1,0 til +7,0) og ikke +5,0."
        ),
        (
            "Siden den første måling: Andelen, der svarer »Tilfreds« eller »Meget tilfreds«, steg 20,0 procentpoint "
            "(95 pct.-interval: +10,0 til +30,0; 150 svar i 2019, 152 i 2022)."
        ),
    ]
    assert changes(lambda w: w.since_rounds("satisfaction"), rounds[1], rounds=rounds[1:], events=[]) == ""
    assert changes(lambda w: w.since_rounds("satisfaction"), RAW, MIX, rounds=rounds[1:]) == ""


# ---------------------------------------------------------------- why nothing is compared


SURVEY = {"file": "a.csv", "codebook": "b.yml"}
BEFORE, AFTER = ({"wave": year, "from": f"{year}-03-01", "to": f"{year}-03-31"} for year in ("2021", "2022"))
ONE_SIDED = "missing: Svarene sammenlignes ikke før og efter begivenheden: der er ikke målinger på begge sider af den."


@pytest.mark.parametrize(
    ("survey", "told"),
    [([BEFORE, AFTER], ""), ([BEFORE], ONE_SIDED), ([AFTER], ONE_SIDED), (None, ONE_SIDED)],
)
def test_a_report_whose_rounds_lie_on_one_side_of_the_event_says_so(survey, told):
    params = {"survey": survey and SURVEY | {"waves": survey}}
    assert said(Compared, lambda w: w.one_sided() or (), params) == told


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"reason": "not_comparable"}, "missing: Tilfredsheden kan ikke sammenlignes før og efter."),
        ({"reason": "not_asked"}, ("missing: Tilfredsheden kan ikke sammenlignes før og efter, fordi spørgsmålet ikke "
                                  "blev stillet i alle målinger.")),
        ({"reason": "only_a_table"}, ("missing: Tilfredsheden vises uden ændring før og efter, fordi undersøgelsen er "
                                     "givet som en tabel med andele eller gennemsnit.")),
        ({"flag": "suppressed"}, ""),
        ({"reason": "no_variation", "ci_low": None, "ci_high": None}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_is_known_beforehand_not_to_be_comparable_says_why(cells, told):
    assert changes(lambda w: w.withheld("satisfaction") or (), made.change(**cells)) == told


def test_of_a_table_an_indicator_that_it_does_not_give_is_said_to_be_missing():
    table = {"survey": SURVEY | {"aggregates": True, "waves": [BEFORE, AFTER]}}
    found = said(Compared, lambda w: w.withheld("satisfaction") or (), table, changes=made.frame(made.change()))
    assert found == "missing: Ikke oplyst: Der er ingen svar på spørgsmålet om tilfredsheden."


# ---------------------------------------------------------------- the comparison, and how far it can be trusted


EFFECT = made.change(method="effect", rank=2, n_comparison=42, change=0.094, ci_low=0.01, ci_high=0.18,
                     wording_level="change", p_smallest_possible=0.0233, detectable_change=0.08)  # fmt: skip
AGAINST = "Sammenlignet med 42 andre kommuner er forskellen +9,4 procentpoint (95 pct.-interval: +1,0 til +18,0)."
CHANGE = "Det er en ændring efter begivenheden (Ishøj forlader jobcentret). Tallene kan ikke vise, om den er årsagen."
NOT_SHOWN = "Sammenligningen kan ikke vises eller ikke beregnes."


UNCLEAR = "Der er ingen klar forskel fra de andre kommuner. Det er ikke det samme som, at intet er ændret."
DESCRIBED = "Tallene beskriver, hvad der skete. De kan ikke vise hvorfor."
CHANCE = "Så stor en forskel kan være tilfældig: få svar og kommunernes egne udsving."
SEVERAL = "Men flere mål er prøvet, og rettet for det kan"
SET = "Set for sig er"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, f"{AGAINST} Det er mere, end få svar og kommunernes egne udsving plejer at give. {CHANGE}"),
        ({"ci_low": -0.01}, f"{AGAINST.replace('+1,0', '−1,0')} {CHANCE} {UNCLEAR}"),
        ({"reason": "one_of_several"},
         (f"{AGAINST} {SET} det mere, end tilfældet plejer at give. {SEVERAL} forskellen være tilfældig. {UNCLEAR} "
         f"{SET} forskellen klar. {SEVERAL} den være tilfældig.")),
        ({"flag": "uncertain"}, f"{AGAINST} Tallene hviler på få svar og er usikre. {UNCLEAR}"),
        ({"rank": None}, f"{NOT_SHOWN} {CHANGE}"),
        ({"ci_low": None}, f"{NOT_SHOWN} {DESCRIBED}"),
        ({"flag": "suppressed", "change": None}, f"{NOT_SHOWN} {DESCRIBED}"),
        *(({"reason": "no_comparison", "n_comparison": nobody, "wording_level": ""},
         f"Der er ingen andre kommuner at sammenligne med. {DESCRIBED} Der er ingen kommuner at sammenligne med.")
          for nobody in (None, 0)),
        ({"reason": "descriptive_only", "n_comparison": 1, "wording_level": "description"},
         (f"Kun 1 anden kommune kan sammenlignes med. Det er for få til at sige, om ændringen er usædvanlig. "
         f"{DESCRIBED} Der er for få kommuner at sammenligne med til et interval.")),
        ({"reason": "descriptive_only", "n_comparison": 3, "wording_level": "description"},
         (f"Kun 3 andre kommuner kan sammenlignes med. Det er for få til at sige, om ændringen er usædvanlig. "
         f"{DESCRIBED} Der er for få kommuner at sammenligne med til et interval.")),
    ],
)  # fmt: skip
def test_a_difference_from_the_others_is_told_with_how_many_how_sure_and_what_may_be_concluded(cells, told):
    assert changes(lambda w: w.before_after("satisfaction"), made.change(), EFFECT | cells) == told


def test_the_checks_of_a_comparison_are_told_in_their_order_and_only_those_there_are():
    dates = [made.change(method="false_date", specification=str(year), wave_before=str(year - 1), wave_after=str(year),
                         change=change, ci_low=low, ci_high=0.05, detectable_change=size)
             for year, change, low, size in ((2018, 0.01, -0.03, 0.06), (2019, 0.02, -0.01, 0.05))]  # fmt: skip
    curve = [made.change(method="specification", specification=f"k={k}", change=value) for k, value in
             enumerate((0.05, 0.04))]  # fmt: skip
    found = changes(lambda w: w.checks("satisfaction"), RAW, MIX, EFFECT, *dates, *curve).splitlines()
    assert found == [
        (
            "Den samme beregning på tidligere tidspunkter, hvor begivenheden ikke var sket, giver ingen klare udslag "
            "(2 prøvet). De kunne kun vise forskelle på mindst 5,0 procentpoint."
        ),
        "Disse data kan kun se forskelle på omkring 8,0 procentpoint eller mere (med 80 pct. sandsynlighed).",
        "Med 43 kommuner kan sandsynligheden (p), der bygger på rangen, ikke blive mindre end 0,023.",
        LIKE,
        "Samme beregning er lavet på 2 rimelige måder. Alle peger samme vej; 2 af dem er klare.",
    ]
    missing = "Der er for få tidspunkter før begivenheden til at prøve beregningen på en falsk dato."
    assert changes(lambda w: w.checks("satisfaction"), EFFECT | {"n_comparison": None, "rank": None}) == missing
    assert changes(lambda w: w.checks("satisfaction"), RAW) == ""
    of_index = EFFECT | {"indicator": "trust", "measure": "index", "category": "", "unit": "points_0_100"}
    assert missing in changes(lambda w: w.checks("trust"), of_index)


AGAIN = made.diagnostic(diagnostic="nonresponse", measure="again", category="ishoej_2022", indicator="", value=0.6)


def before(side, value, **cells):
    row = {"diagnostic": "nonresponse", "measure": f"{side}_before", "category": "ishoej_2022", "value": value}
    return made.diagnostic(**(row | {"ci_low": value - 0.1, "ci_high": value + 0.1} | cells))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((AGAIN, before("again", 0.7), before("left", 0.6)),
         ("Af dem, der svarede før, svarede 60 pct. også efter. I den sidste måling før begivenheden var tallet for "
         "tilfredsheden 70 pct. blandt dem, der svarede igen (95 pct.-interval: 60 til 80), og 60 pct. blandt de andre "
         "(50 til 70).")),
        ((AGAIN, before("again", 0.7)), "Af dem, der svarede før, svarede 60 pct. også efter."),
        ((AGAIN, before("again", 0.7), before("left", 0.6, ci_low=None)),
         "Af dem, der svarede før, svarede 60 pct. også efter."),
        ((AGAIN | {"value": None}, before("again", 0.7), before("left", 0.6)), ""),
        ((AGAIN | {"municipality_code": "187"},), ""),
        ((AGAIN | {"category": "other"},), ""),
        ((AGAIN | {"diagnostic": "funnel"},), ""),
    ],
)  # fmt: skip
def test_how_many_came_again_is_told_with_how_they_had_answered_beside_those_who_did_not(rows, told):
    tables = {"changes": made.frame(made.change()), "diagnostics": made.frame(*rows)}
    assert said(Compared, lambda w: w.came_again(w.change_of("satisfaction")), **tables) == told
