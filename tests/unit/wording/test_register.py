"""What an official series says of an event, in points and in per cent side by side."""

import math

import pytest

from jobreport.wording.register import Register
from tests.unit import view_rows as made
from tests.unit.said import said

POINTS = {"183": (10.0, 8.0), "000": (5.0, 4.5), "187": (4.0, 3.0)}
ROLES = {"183": "treated", "000": "country", "187": "exposed"}


def levels(**other):
    """Ten to eight per cent in Ishøj, five to four and a half in the country, four to three in Vallensbæk."""
    return [
        made.estimate(
            indicator="unemployment", measure="register", category="", unit="pct_of_labour_force", n=None, ci_low=None,
            ci_high=None, municipality_code=code, wave=wave, estimate=value,
        )
        for code, pair in (POINTS | other).items()
        for wave, value in zip(("2021", "2022"), pair, strict=True)
    ]  # fmt: skip


def changes(**other):
    return [
        made.register_change(code, ROLES[code], scale, change=value)
        for code, (before, after) in (POINTS | other).items()
        for scale, value in (("points", after - before), ("log", math.log(after / before)))
    ]


def effects(points, log, code="183", **cells):
    """The difference in points with its interval, and that in per cent; None is no interval."""
    return [
        made.effect(code, scale, value, low, high, 3, reason="", **cells)
        for scale, found in (("points", points), ("log", log)) if found
        for value, low, high in (found,)
    ]  # fmt: skip


DOWN, FEW_DOWN = (-1.5, -2.5, -0.5), (-1.5, -3.5, 0.5)
LOG_DOWN, LOG_FEW, LOG_UP = (-0.1, -0.2, -0.01), (-0.1, -0.2, 0.01), (0.1, 0.01, 0.2)


def told(speak, *more, held=None, own=None, **params):
    tables = {"estimates": made.frame(*(levels() if held is None else held)),
              "changes": made.frame(*(changes() if own is None else own), *more)}  # fmt: skip
    return said(Register, speak, params, **tables)


FIRST = "Ledigheden faldt 2,00 procentpoint i Ishøj; i hele landet faldt den 0,50. Også målt i procent faldt den mere "
FIRST += "end i landet (−20 mod −10)."
LEVELS = (
    "Ledigheden i Ishøj faldt fra 10,00 pct. i 2021 til 8,00 pct. i 2022. Det er 2,00 procentpoint. I hele landet "
    "faldt den 0,50 procentpoint, fra 5,00 til 4,50 pct. Regnet i procent faldt den 20 pct. i Ishøj og 10 pct. "
    "i hele landet."
)
AGAINST = "Sammenlignet med 96 andre kommuner endte den 1,50 procentpoint lavere, end hvis den havde fulgt dem (95 pct."
AGAINST += "-interval: −2,50 til −0,50)."
IN_PER_CENT = "Regnet i procent endte den 9,5 pct. lavere (95 pct.-interval: −18,1 til −1,0)."
NOT_WHY = "Tallene kan ikke vise, om begivenheden er årsagen."
NO_CLEAR = "Der er ingen klar forskel fra de andre kommuner."


def test_the_headline_is_one_sentence_and_what_carries_it():
    lines = told(lambda w: w.headline("unemployment"), *effects(DOWN, LOG_DOWN)).splitlines()
    assert lines == [f"headline: {FIRST}", LEVELS, f"{AGAINST} {IN_PER_CENT}", NOT_WHY]
    assert told(lambda w: w.headline("unemployment", 1), *effects(DOWN, LOG_DOWN)) == FIRST


def test_of_several_series_the_first_is_carried_by_its_comparison_alone():
    two = {"registers": [made.SERIES, made.SERIES | {"series": "education"}]}
    lines = told(lambda w: w.headline("unemployment"), *effects(DOWN, LOG_DOWN), **two).splitlines()
    assert lines == [f"headline: {FIRST}", f"{AGAINST} {IN_PER_CENT}"]
    assert told(lambda w: w.headline("education"), **two) == told(lambda w: w.headline("education", 1), **two) == ""


def test_false_dates_that_stand_out_stand_in_the_headline_of_a_series():
    date = made.effect("183", "points", -0.4, -0.8, -0.1, 9, method="false_date", specification="2016",
                       wave_before="2015", wave_after="2016", reason="")  # fmt: skip
    lines = told(lambda w: w.headline("unemployment"), *effects(DOWN, LOG_DOWN), date).splitlines()
    assert lines[3].startswith(
        "Metoden finder også en »forskel« på 1 af 1 tidligere tidspunkter, hvor intet skete (2016;"
    )


def test_without_a_comparison_the_headline_is_the_change_beside_the_countrys():
    assert told(lambda w: w.headline("unemployment")).splitlines() == [f"headline: {FIRST}", LEVELS]


@pytest.mark.parametrize(
    ("points", "log", "sure", "short"),
    [
        (DOWN, LOG_DOWN, "", ""),
        (FEW_DOWN, LOG_FEW, "Forskellen fra de andre kommuner kan være tilfældig.",
         "Forskellen fra de andre er ikke klar."),
        (DOWN, LOG_FEW, "Forskellen fra de andre kommuner er kun klar målt i procentpoint.", None),
        (FEW_DOWN, LOG_DOWN, "Forskellen fra de andre kommuner er kun klar målt i pct.", None),
        ((-1.5, None, None), (-0.1, None, None), "", ""),
        (DOWN, (-0.1, None, None), "", ""),
        (None, None, "", ""),
    ],
)  # fmt: skip
def test_how_sure_a_difference_is_follows_from_both_its_scales(points, log, sure, short):
    rows = effects(points, log)
    headline = told(lambda w: w.headline("unemployment", 1), *rows)
    assert headline == " ".join(filter(None, (FIRST, sure)))
    beside = told(lambda w: w.said_of("unemployment", "183"), *rows)
    assert beside == " ".join(filter(None, (FIRST, sure if short is None else short)))


def test_of_a_series_that_the_report_does_not_hold_and_a_place_without_figures_nothing_is_said():
    assert told(lambda w: w.said_of("education", "183")) == ""
    assert told(lambda w: w.said_of("unemployment", "751")) == ""
    without = [each for each in changes() if each["municipality_code"] != "000"]
    assert told(lambda w: w.said_of("unemployment", "183"), own=without) == ""
    hidden = [each | ({"change": None} if each["scale"] == "log" else {}) for each in changes()]
    assert told(lambda w: w.said_of("unemployment", "183"), own=hidden) == ""


@pytest.mark.parametrize(
    ("points", "log", "also"),
    [
        ((-1.5, -2.5, -0.5), (0.1, 0.01, 0.2),
         "De to mål peger hver sin vej, og mindst et af dem er klart. Derfor afhænger svaret af, hvordan man regner."),
        ((-1.5, -3.5, 0.5), (0.1, -0.01, 0.2), "De to mål peger hver sin vej, og ingen af dem er klare."),
        ((-1.5, -2.5, -0.5), (0.1, -0.01, 0.2),
         "De to mål peger hver sin vej, og mindst et af dem er klart. Derfor afhænger svaret af, hvordan man regner."),
        ((-1.5, -3.5, 0.5), (-0.1, -0.2, 0.01), ""),
    ],
)  # fmt: skip
def test_two_scales_that_point_each_its_way_are_said_to(points, log, also):
    found = told(lambda w: w.against("unemployment", "183"), *effects(points, log))
    assert found.endswith(also or "(95 pct.-interval: −18,1 til +1,0).")
    assert ("hver sin vej" in found) is bool(also)


def test_two_scales_that_are_nought_as_they_are_printed_point_nowhere():
    for noise in (1e-17, -1e-17):
        rows = effects((noise, -1.0, 1.0), (1e-17, -0.1, 0.1))
        assert "hver sin vej" not in told(lambda w: w.against("unemployment", "183"), *rows)
        assert "samme vej" not in told(lambda w: w.answer("unemployment"), *rows)


def test_a_series_that_did_not_move_changed_by_nought_and_was_not_unchanged_it():
    still = {"held": levels(**{"000": (5.0, 5.0)}), "own": changes(**{"000": (5.0, 5.0)})}
    assert "i hele landet ændrede den sig 0,00." in told(lambda w: w.said_of("unemployment", "183"), **still)
    none = dict.fromkeys(("000", "183"), (5.0, 5.0))
    said_of_both = told(lambda w: w.levels("unemployment", "183"), held=levels(**none), own=changes(**none))
    assert "I hele landet ændrede den sig 0,00 procentpoint, fra 5,00 til 5,00 pct." in said_of_both
    assert said_of_both.endswith("Regnet i procent ændrede den sig 0 pct. i Ishøj og 0 pct. i hele landet.")


def test_a_difference_in_per_cent_alone_is_told_with_whom_it_is_compared():
    alone = (
        "Sammenlignet med 96 andre kommuner endte den, regnet i procent, 10,5 pct. højere, end hvis den havde fulgt dem"
    )
    assert told(lambda w: w.against("unemployment", "183"), *effects(None, LOG_UP)).startswith(alone)
    for missing in ("change", "ci_low", "rank"):
        rows = effects(DOWN, LOG_UP)
        rows[0][missing] = None
        assert told(lambda w: w.against("unemployment", "183"), *rows).startswith(alone)


WHY = "Et højt niveau falder mest i procentpoint, når det går ned overalt. Derfor står procent altid ved siden af."
CONCLUDED = (
    "Det er en ændring efter begivenheden (Ishøj forlader jobcentret). Tallene kan ikke vise, om den er årsagen."
)
UNCLEAR = "Der er ingen klar forskel fra de andre kommuner. Det er ikke det samme som, at intet er ændret."


@pytest.mark.parametrize(
    ("points", "log", "role", "lines"),
    [
        (DOWN, LOG_DOWN, "treated", [f"Begge mål peger samme vej, og begge forskelle er klare. {WHY}", CONCLUDED]),
        (DOWN, LOG_FEW, "treated",
         [f"Begge mål peger samme vej, men mindst en af forskellene kan være tilfældig. {WHY}", CONCLUDED]),
        (FEW_DOWN, LOG_DOWN, "treated",
         [f"Begge mål peger samme vej, men mindst en af forskellene kan være tilfældig. {WHY}", CONCLUDED]),
        (FEW_DOWN, LOG_FEW, "treated",
         [f"Begge mål peger samme vej, men mindst en af forskellene kan være tilfældig. {WHY}", UNCLEAR]),
        (DOWN, LOG_UP, "treated", [WHY, CONCLUDED]),
        (DOWN, None, "treated", [WHY, CONCLUDED]),
        (None, LOG_DOWN, "treated", [WHY]),
        (DOWN, LOG_DOWN, "exposed", [f"Begge mål peger samme vej, og begge forskelle er klare. {WHY}"]),
    ],
)  # fmt: skip
def test_under_the_figures_stands_why_two_measures_and_what_may_be_concluded(points, log, role, lines):
    found = told(lambda w: w.answer("unemployment"), *(each | {"role": role} for each in effects(points, log)))
    assert found.splitlines() == lines


# ---------------------------------------------------------------- key figures, and levels


def test_key_figures_show_the_municipality_the_country_and_who_was_also_touched():
    assert told(lambda w: w.key_figures("unemployment")).splitlines() == [
        "Ledighed, Ishøj", "10,00 → 8,00 pct.",
        "−2,00 procentpoint fra 2021 til 2022, det er −20 pct. Officielt tal for alle.",
        "Ledighed, hele landet", "5,00 → 4,50 pct.",
        "−0,50 procentpoint fra 2021 til 2022, det er −10 pct. Officielt tal for alle.",
        "Ledighed, Vallensbæk", "4,00 → 3,00 pct.",
        "−1,00 procentpoint fra 2021 til 2022, det er −25 pct. Også berørt af begivenheden.",
    ]  # fmt: skip


@pytest.mark.parametrize("missing", ["2021", "2022", "log", "no log"])
def test_a_key_figure_that_lacks_a_level_or_its_change_in_per_cent_is_left_out(missing):
    of = lambda each: each["municipality_code"] == "183"  # noqa: E731
    held = [each for each in levels() if not (of(each) and each["wave"] == missing)]
    own = [each | ({"change": None} if of(each) and each["scale"] == missing else {}) for each in changes()
           if not (of(each) and f"no {each['scale']}" == missing)]  # fmt: skip
    assert told(lambda w: w.key_figures("unemployment"), held=held, own=own).startswith("Ledighed, hele landet")
    assert told(lambda w: w.key_figures("unemployment"), held=[]) == ""


@pytest.mark.parametrize(
    ("pair", "moved"),
    [
        ((10.0, 10.0), "var uændret fra 10,00 pct. i 2021 til 10,00 pct. i 2022"),
        ((10.0, 10.004), "var uændret fra 10,00 pct. i 2021 til 10,00 pct. i 2022"),
        ((10.0, 10.006), "steg fra 10,00 pct. i 2021 til 10,01 pct. i 2022"),
        ((10.0, 9.9), "faldt fra 10,00 pct. i 2021 til 9,90 pct. i 2022"),
    ],
)
def test_a_level_is_said_to_have_moved_as_the_printed_number_says(pair, moved):
    other = {"183": pair}
    found = told(lambda w: w.levels("unemployment", "183"), held=levels(**other), own=changes(**other))
    assert found.startswith(f"Ledigheden i Ishøj {moved}.")


@pytest.mark.parametrize("pair", [(5.0, 4.5), (5.0, 3.0), (6.0, 4.504)])
def test_a_municipality_as_the_country_before_or_after_is_said_to_be_neither_lower_nor_higher(pair):
    """The country's figures are 5.00 and 4.50, as they are printed."""
    other = {"187": pair}
    found = told(lambda w: w.exposed("unemployment"), held=levels(**other), own=changes(**other))
    assert "end i hele landet" not in found
    assert found.endswith(EVIDENCE)


@pytest.mark.parametrize("country", [(5.0, 4.5), (5.0, 5.5)])
@pytest.mark.parametrize("after", [10.0, 9.996, 10.004])
def test_what_did_not_move_as_it_is_printed_did_not_move_more_than_the_country(country, after):
    other = {"183": (10.0, after), "000": country}
    found = told(lambda w: w.headline("unemployment", 1), held=levels(**other), own=changes(**other))
    assert "Det er ikke mere end i landet, heller ikke målt i procent" in found


@pytest.mark.parametrize("log", [None, 0.0])
def test_where_one_measure_is_not_there_the_two_are_not_said_to_point_the_same_way(log):
    rows = effects(DOWN, (0.0, None, None)) if log is not None else effects(DOWN, LOG_DOWN)
    rows = [each | ({"change": log} if each["scale"] == "log" else {}) for each in rows]
    assert "Begge mål" not in told(lambda w: w.answer("unemployment"), *rows)
    assert "Begge mål peger samme vej" in told(lambda w: w.answer("unemployment"), *effects(DOWN, LOG_DOWN))


def test_in_per_cent_the_country_goes_the_way_that_it_went():
    """Four to five per cent in the country, while it was ten to eight in Ishøj: not 25 per cent down too."""
    other = {"000": (4.0, 5.0)}
    found = told(lambda w: w.levels("unemployment", "183"), held=levels(**other), own=changes(**other))
    assert found.endswith("Regnet i procent faldt den 20 pct. i Ishøj og steg 25 pct. i hele landet.")


@pytest.mark.parametrize("code", ["183", "000"])
def test_of_a_change_from_nought_nothing_is_said_in_per_cent_and_the_rest_is(code):
    own = [each | ({"change": None} if (each["municipality_code"], each["scale"]) == (code, "log") else {})
           for each in changes()]  # fmt: skip
    assert told(lambda w: w.levels("unemployment", "183"), own=own) == LEVELS.partition(" Regnet i procent")[0]
    assert told(lambda w: w.headline("unemployment"), own=own) == LEVELS.partition(" Regnet i procent")[0]
    unknown = [each | {"change": None} for each in changes()]
    assert told(lambda w: w.levels("unemployment", "183"), own=unknown) == ""


def test_without_levels_the_change_is_told_alone_and_without_the_country_no_country():
    alone = "Ledigheden i Ishøj faldt 2,00 procentpoint fra 2021 til 2022."
    for missing in ("2021", "2022"):
        held = [each for each in levels() if each["wave"] != missing]
        found = told(lambda w: w.levels("unemployment", "183"), held=held)
        assert found == f"{alone} Regnet i procent faldt den 20 pct. i Ishøj og 10 pct. i hele landet."
    own = [each for each in changes() if each["municipality_code"] == "183"]
    assert told(lambda w: w.levels("unemployment", "183"), held=[], own=own) == alone
    assert told(lambda w: w.levels("unemployment", "751")) == ""


# ---------------------------------------------------------------- who was also touched

EXPOSED = "Vallensbæk blev selv berørt af begivenheden og indgår derfor aldrig i sammenligningen."
EVIDENCE = (
    "Et lavt niveau viser ikke, at kommunens indsats er god. Det afhænger også af, hvem der bor i kommunen, og af "
    "arbejdspladserne omkring den."
)
NEITHER = "Hverken i procentpoint eller i procent skiller ændringen sig klart ud fra de andre kommuner."


@pytest.mark.parametrize(
    ("pair", "points", "log", "said_"),
    [
        ((4.0, 3.0), FEW_DOWN, LOG_FEW,
         (NEITHER, "Ledigheden i Vallensbæk var lavere end i hele landet både før og efter.")),
        ((6.0, 5.0), DOWN, LOG_DOWN,
         ("Forskellen fra de andre kommuner er klar.", "højere end i hele landet både før og efter.")),
        ((6.0, 3.0), DOWN, LOG_FEW, ("er kun klar på den ene måde", "højere end i hele landet før og lavere efter.")),
        ((4.0, 5.0), FEW_DOWN, LOG_DOWN, ("er kun klar på den ene måde", "i hele landet før og højere efter.")),
        ((6.0, 4.6), DOWN, (-0.1, None, None), ("", "højere end i hele landet både før og efter.")),
    ],
)  # fmt: skip
def test_a_municipality_that_was_also_touched_is_told_apart_with_whether_it_stands_out(pair, points, log, said_):
    other = {"187": pair}
    found = told(lambda w: w.exposed("unemployment"), *effects(points, log, "187"), held=levels(**other),
                 own=changes(**other))  # fmt: skip
    assert found.startswith(f"{EXPOSED} Ledigheden i Vallensbæk")
    assert found.endswith(f"{said_[1]} {EVIDENCE}")
    assert said_[0] in found
    assert ("skiller" in found, "Forskellen fra de andre" in found) == (
        said_[0] == NEITHER,
        said_[0] not in ("", NEITHER),
    )


def test_who_was_also_touched_is_told_of_where_the_event_happened_and_of_itself():
    def places(code, **params):
        found = told(lambda w: w.exposed("unemployment"), municipality_code=code, **params)
        return [line.split(" blev")[0] for line in found.splitlines()]

    assert (places("183"), places("187"), places("751")) == (["Vallensbæk"], ["Vallensbæk"], [])
    of_no_event = {"registers": [made.SERIES | {"event": "none"}]}
    assert (places("183", **of_no_event), places("187", **of_no_event)) == (["Vallensbæk"], ["Ishøj"])


# ---------------------------------------------------------------- checks, and a series of no event


def test_each_scale_is_checked_by_false_dates_courses_and_sizes():
    lines = told(lambda w: w.checks("unemployment"), *effects(DOWN, LOG_DOWN)).splitlines()
    few = "Der er for få tidspunkter før begivenheden til at prøve beregningen på en falsk dato."
    size = "Disse data kan kun se forskelle på omkring 0,92 procentpoint eller mere (med 80 pct. sandsynlighed)."
    assert lines[0] == f"I procentpoint: {few} {size}"
    assert lines[1].startswith(f"I procent: {few} Disse data")
    assert len(lines) == 2
    assert len(told(lambda w: w.checks("unemployment"), *effects(None, LOG_DOWN)).splitlines()) == 1
    assert told(lambda w: w.checks("unemployment")) == ""
    tried = [made.effect("183", "points", -0.1, -0.2, 0.1, 3, method="specification", specification=f"k={k}")
             for k in range(2)]  # fmt: skip
    last = told(lambda w: w.checks("unemployment"), *effects(DOWN, LOG_DOWN), *tried).splitlines()[2]
    assert last.startswith("Samme beregning er lavet på 2 rimelige måder.")


def test_the_course_before_and_what_was_foreseen_stand_between_false_dates_and_sizes():
    points, _ = effects(DOWN, LOG_DOWN)
    course = [
        points | {"method": method, "change": 0.1, "rank": None} for method in ("course", "continued", "breakdown")
    ]
    chosen = [points | {"method": "specification", "specification": each} for each in
              ("chosen;before=2;foreseen=yes", "before=1;foreseen=no")]  # fmt: skip
    line = told(lambda w: w.checks("unemployment"), points, *course, *chosen).splitlines()[0]
    order = ["falsk dato", "Før begivenheden ændrede", "Begivenheden var kendt, før den skete.", "Disse data kan kun"]
    assert sorted(order, key=line.index) == order


def test_how_often_others_stood_out_where_nothing_happened_is_told_of_the_scale():
    row = {"diagnostic": "false_alarms", "indicator": "unemployment", "measure": "", "wave": "", "unit": "share"}
    of = (("points", "183", 0.048, 208), ("log", "183", 0.1, 1200), ("points", "187", 0.9, 10))
    rows = [
        made.diagnostic(**row, category=scale, municipality_code=code, value=value, n=n) for scale, code, value, n in of
    ]
    tables = {"estimates": made.frame(*levels()), "changes": made.frame(*changes(), *effects(DOWN, LOG_DOWN)),
              "diagnostics": made.frame(*rows)}  # fmt: skip
    lines = said(Register, lambda w: w.checks("unemployment"), **tables).splitlines()
    rates = ("slog den ud i 4,8 pct. af 208 prøver", "slog den ud i 10,0 pct. af 1.200 prøver")
    ends = "i årene før, hvor intet var sket. Det burde være 5 pct."
    assert all(f"{rate} {ends}" in line for rate, line in zip(rates, lines, strict=True))


def test_a_series_of_no_event_is_told_with_its_place_and_those_most_alike():
    similar = made.register_change("183", "", "points", change=1.5, ci_low=0.5, ci_high=2.5, rank=2, n_comparison=12,
                                   event="", method="similar")  # fmt: skip
    place = made.diagnostic(diagnostic="place", indicator="unemployment", measure="register", category="from_below",
                            unit="municipalities", value=10.0, n=98)  # fmt: skip
    tables = {"estimates": made.frame(*levels()), "changes": made.frame(*changes(), similar),
              "diagnostics": made.frame(place)}  # fmt: skip
    params = {"registers": [made.SERIES | {"event": "none"}]}
    front = said(Register, lambda w: w.headline("unemployment"), params, **tables).splitlines()
    where = "I 2022 lå Ishøj nr. 10 af 98 kommuner, talt fra den laveste."
    assert (front[0], front[1]) == (f"headline: {FIRST}", LEVELS)
    assert front[2].startswith("Ved siden af de 12 kommuner, der lignede mest, endte Ishøj 1,50 procentpoint højere")
    answer = said(Register, lambda w: w.answer("unemployment"), params, **tables).splitlines()
    assert (answer[0], answer[1], answer[3]) == (LEVELS, where, WHY)
    assert answer[2].startswith("Ved siden af de 12 kommuner, der lignede mest (samme højde i årene til og med 2021)")
    assert said(Register, lambda w: w.said_of("unemployment", "183"), params, **tables) == f"{FIRST} {where}"
    assert "nr. 10" not in said(Register, lambda w: w.said_of("unemployment", "187"), params, **tables)
