"""What a design lets a report say: false dates, the course before, a control, what could be found, and choices."""

import pytest

from jobreport.wording.design import Design
from tests.unit import view_rows as made
from tests.unit.said import said

EFFECT = made.change(method="effect", rank=2, n_comparison=42, change=0.094, ci_low=0.01, ci_high=0.18,
                     wording_level="change", detectable_change=0.08)  # fmt: skip


def told(speak, *rows, effect=EFFECT, **params):
    """Ask of the effect, beside which the same rows of another municipality and of the women stand."""
    others = [each | {"municipality_code": "187"} for each in (effect, *rows)]
    groups = [each | {"group_by": "gender", "group": "k"} for each in (effect, *rows)]
    changes = made.frame(effect, *rows, *others, *groups)
    return said(Design, lambda w: speak(w, made.row("changes", effect)), params, changes=changes)


# ---------------------------------------------------------------- false dates


def false_date(year, low, high, size=None, **cells):
    when = {"specification": str(year), "wave_before": str(year - 1), "wave_after": str(year)}
    row = {
        "method": "false_date",
        "change": (low + high) / 2,
        "ci_low": low,
        "ci_high": high,
        "detectable_change": size,
    }
    return made.change(**(row | when | cells))


QUIET, LOUD, FALL = (-0.1, 0.2), (0.05, 0.2), (-0.2, -0.05)
BEFORE = "Den samme beregning på "
MEANS = "Når metoden slår ud, uden at noget er sket, kan et udslag ikke tilskrives begivenheden."
FEWER = "Ved tilfælde ventes 5 pct. af dem, her færre end én."


@pytest.mark.parametrize(
    ("dates", "line"),
    [
        ((), "Der er for få tidspunkter før begivenheden til at prøve beregningen på en falsk dato."),
        ((false_date(2018, *QUIET),),
         f"{BEFORE}et tidligere tidspunkt (2018), hvor begivenheden ikke var sket, giver intet klart udslag."),
        ((false_date(2018, *QUIET, 0.064),),
         (f"{BEFORE}et tidligere tidspunkt (2018), hvor begivenheden ikke var sket, giver intet klart udslag. De kunne "
         "kun vise forskelle på mindst 6,4 procentpoint.")),
        ((false_date(2018, *QUIET, 0.064), false_date(2019, *QUIET, 0.05), false_date(2020, *QUIET)),
         (f"{BEFORE}tidligere tidspunkter, hvor begivenheden ikke var sket, giver ingen klare udslag (3 prøvet). De "
         "kunne kun vise forskelle på mindst 5,0 procentpoint.")),
        ((false_date(2018, *LOUD), false_date(2019, *QUIET), false_date(2020, *FALL)),
         (f"{BEFORE}3 tidligere tidspunkter, hvor begivenheden ikke var sket, giver også et klart udslag i 2 af dem "
         f"(2018 og 2020). {FEWER} {MEANS}")),
        ((false_date(2018, *LOUD, scale="log"), false_date(2018, *LOUD, adjustment="mix")),
         "Der er for få tidspunkter før begivenheden til at prøve beregningen på en falsk dato."),
    ],
)  # fmt: skip
def test_false_dates_are_counted_and_those_that_stand_out_are_named(dates, line):
    assert told(lambda w, effect: w.false_dates(effect), *dates) == line


UNTRIED = "Beregningen er ikke prøvet på en falsk dato: Det kræver et interval, og det kan ikke regnes ud eller ikke "
UNTRIED += "vises."


def test_where_there_is_no_interval_it_is_not_said_that_dates_are_too_few():
    """Beside three municipalities or none there is no interval, however many waves there were before."""
    hidden = false_date(2018, *QUIET) | {"ci_low": None, "ci_high": None}
    alone = made.change(method="effect", ci_low=None, ci_high=None)
    assert told(lambda w, effect: w.false_dates(effect), hidden) == UNTRIED
    assert said(Design, lambda w: w.false_dates(made.row("changes", alone)), changes=made.frame(alone)) == UNTRIED


@pytest.mark.parametrize(("number", "expected"), [(19, FEWER), (20, "Ved tilfælde ventes 5 pct. af dem.")])
def test_where_twenty_were_tried_one_is_expected_by_chance(number, expected):
    dates = [false_date(1990 + k, *(QUIET if k else LOUD)) for k in range(number)]
    assert told(lambda w, effect: w.false_dates(effect), *dates).endswith(f"i 1 af dem (1990). {expected} {MEANS}")


def test_the_headline_names_false_dates_that_stand_out_and_says_nothing_of_quiet_ones():
    dates = false_date(2018, *LOUD), false_date(2019, *QUIET)
    assert told(lambda w, effect: w.false_dates_headline(effect), *dates) == (
        "Metoden finder også en »forskel« på 1 af 2 tidligere tidspunkter, hvor intet skete (2018; målt i "
        "procentpoint). Derfor er forskellen i 2022 intet bevis."
    )
    assert told(lambda w, effect: w.false_dates_headline(effect), dates[1]) == ""


# ---------------------------------------------------------------- the course before, and a control


def course(reason="", limit=0.021, effect=EFFECT, **cells):
    row = effect | {"change": 0.012, "ci_low": -0.01, "ci_high": 0.03, "rank": None, "wording_level": ""} | cells
    return (row | {"method": "course", "adjustment": ""}, row | {"method": "continued", "reason": reason},
            row | {"method": "breakdown", "change": limit})  # fmt: skip


COURSE = (
    "Før begivenheden ændrede kommunen sig +1,2 procentpoint pr. måling i forhold til de andre (50 pct.-interval: −1,0 "
)
COURSE += "til +3,0)."
BREAKS = "Forskellen er ikke længere klar, hvis den kurs i virkeligheden var +2,1 procentpoint pr. måling."


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (course(), f"{COURSE} Gik kursen videre på samme måde hele tiden, er forskellen stadig klar. {BREAKS}"),
        (course("course_goes_on"),
         (f"{COURSE} Gik kursen videre på samme måde hele tiden, er forskellen ikke klar. Den kan være begyndt før "
         f"begivenheden. {BREAKS}")),
        (course()[:2], ""), (course()[1:], ""), (course()[::2], ""), (course(limit=None), ""),
    ],
)  # fmt: skip
def test_the_course_before_is_told_with_whether_the_difference_bears_it_and_what_would_explain_it(rows, line):
    assert told(lambda w, effect: w.course(effect), *rows) == line


def test_the_course_of_official_figures_is_counted_in_years_and_that_of_another_scale_is_none():
    effect = made.effect("183", "points", -0.79, -1.4, -0.1, 3, reason="")
    found = told(lambda w, e: w.course(e), *course(effect=effect, change=0.12, limit=0.21), effect=effect)
    assert found.startswith(
        "Før begivenheden ændrede kommunen sig +0,12 procentpoint pr. år i forhold til de andre (50"
    )
    assert told(lambda w, e: w.course(e), *course(effect=EFFECT | {"scale": "log"})) == ""


def test_the_course_is_that_of_the_raw_figures_whatever_is_held_still():
    adjusted = EFFECT | {"adjustment": "mix"}
    assert told(lambda w, e: w.course(e), *course(effect=adjusted), effect=adjusted).startswith(COURSE)


CONTROL = {"events": [made.EVENT | {"negative_control": "meaning"}]}


def other(**cells):
    return EFFECT | {"indicator": "meaning"} | cells


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ((other(),), "viser en klar forskel: +9,4 procentpoint (95 pct.-interval: +1,0 til +18,0)."),
        ((other(ci_low=-0.01),), "viser ingen klar forskel: +9,4 procentpoint (95 pct.-interval: −1,0 til +18,0)."),
        ((other(ci_low=None),), "kan ikke vises eller ikke beregnes."),
        ((other(change=None),), "kan ikke vises eller ikke beregnes."),
        ((other(scale="log"),), "kan ikke vises eller ikke beregnes."),
        ((), "kan ikke vises eller ikke beregnes."),
    ],
)
def test_what_the_event_cannot_touch_is_told_of_beside_what_it_can(rows, line):
    begins = "Prøven på et mål, som begivenheden ikke kan påvirke (meningen med aktiviteterne), "
    assert told(lambda w, effect: w.control(effect), *rows, **CONTROL) == begins + line


def test_without_a_control_and_of_the_control_itself_no_control_is_told_of():
    assert told(lambda w, effect: w.control(effect), other()) == ""
    assert told(lambda w, effect: w.control(effect), EFFECT, effect=other(), **CONTROL) == ""
    of_no_event = EFFECT | {"event": "other"}
    assert told(lambda w, effect: w.control(effect), other(), effect=of_no_event, **CONTROL) == ""


# ---------------------------------------------------------------- what could be found, and choices


@pytest.mark.parametrize(
    ("size", "line"),
    [
        (0.08, "Disse data kan kun se forskelle på omkring 8,0 procentpoint eller mere (med 80 pct. sandsynlighed)."),
        (None, "Hvor stor en ændring disse data kan opdage, kan ikke beregnes."),
    ],
)
def test_how_large_a_difference_had_to_be_is_told(size, line):
    assert told(lambda w, effect: w.detectable(effect), effect=EFFECT | {"detectable_change": size}) == line


def choice(k, change, low=-1.0, high=1.0):
    return made.change(method="specification", specification=f"k={k}", change=change, ci_low=low, ci_high=high)


SAME = "Samme beregning er lavet på 3 rimelige måder"


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (((0.1,), (0.2,), (0.3,)), f"{SAME}. Alle peger samme vej, men ingen af dem er klare."),
        (((-0.1,), (-0.2, -0.3, -0.1), (-0.3,)), f"{SAME}. Alle peger samme vej; 1 af dem er klare."),
        (((-0.1,), (-0.2,), (0.3,)), f"{SAME}: 1 peger opad, 2 peger nedad. Ingen af dem er klare."),
        (((-0.1,), (-0.2,), (0.3, 0.1, 0.5)),
         f"{SAME}: 1 peger opad, 2 peger nedad, og 1 er klare. Svaret afhænger altså af valget."),
        (((0.1,), (0.2,), (0.0,)), f"{SAME}: 2 peger opad, 0 peger nedad. Ingen af dem er klare."),
        (((None,),), ""), ((), ""),
    ],
)  # fmt: skip
def test_choices_are_counted_by_where_they_point_and_how_many_are_clear(found, line):
    assert told(lambda w, effect: w.choices(effect), *(choice(k, *each) for k, each in enumerate(found))) == line


def specification(text, **cells):
    return made.change(method="specification", specification=text, change=0.04, **cells)


CHOSEN = specification("chosen;before=2;after=2;foreseen=yes")


@pytest.mark.parametrize(
    ("rows", "is_told"),
    [
        ((CHOSEN, specification("before=1;after=2;foreseen=no")), True),
        ((CHOSEN, specification("before=2;after=1;foreseen=no")), False),
        ((CHOSEN, specification("before=1;after=2;foreseen=yes")), False),
        ((CHOSEN, specification("before=1;after=2;foreseen=no", ci_low=None)), False),
        ((CHOSEN, specification("before=1;after=2;foreseen=no", scale="log")), False),
        ((specification("before=2;after=2;foreseen=yes"), specification("before=1;after=2;foreseen=no")), False),
    ],
)
def test_the_difference_without_rounds_that_foresaw_the_event_is_told_where_all_else_is_as_chosen(rows, is_told):
    line = (
        "Begivenheden var kendt, før den skete. Uden målingerne imellem er forskellen fra de andre +4,0 procentpoint "
    )
    line += "(95 pct.-interval: +1,0 til +9,0)."
    assert told(lambda w, effect: w.foreseen(effect), *rows) == (line if is_told else "")


# ---------------------------------------------------------------- the word that a design carries

EVENT = "begivenheden (Ishøj forlader jobcentret)"
WORDS = {
    "effect": (f"Sammenligningen peger på en effekt af {EVENT}, hvis kommunen ellers havde fulgt de andre.",
               "Hvor forskellen er klar, kan den med rapportens forbehold kaldes en effekt."),
    "change": (f"Det er en ændring efter {EVENT}. Tallene kan ikke vise, om den er årsagen.",
               "Tallene kan ikke vise, om begivenheden er årsagen."),
    "unclear": ("Der er ingen klar forskel fra de andre kommuner. Det er ikke det samme som, at intet er ændret.",
                "Der er ingen klar forskel fra de andre kommuner."),
    "description": ("Tallene beskriver, hvad der skete. De kan ikke vise hvorfor.",
                    "Tallene kan ikke vise, hvorfor det gik sådan."),
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"wording_level": "effect"}, "effect"),
        ({"wording_level": "change"}, "change"),
        ({"wording_level": "effect", "ci_low": -0.01}, "unclear"),
        ({"wording_level": "change", "flag": "uncertain"}, "unclear"),
        ({"wording_level": "effect", "ci_low": None}, "description"),
        ({"wording_level": "effect", "ci_high": None}, "description"),
        ({"wording_level": "effect", "change": None}, "description"),
        ({"wording_level": "description"}, "description"),
        ({"wording_level": ""}, "description"),
    ],
)
def test_a_conclusion_and_the_headline_say_the_word_that_the_row_carries_and_no_stronger(cells, word):
    effect = EFFECT | cells
    assert told(lambda w, e: w.conclusion(e), effect=effect) == WORDS[word][0]
    assert told(lambda w, e: w.headline(e), effect=effect) == WORDS[word][1]
