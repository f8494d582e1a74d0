"""What a survey says of one indicator before and after: every situation, with its levels, base and interval."""

from dataclasses import replace

import pytest

from jobreport.wording.survey import Survey
from tests.unit import view_rows as made
from tests.unit.said import said

BEFORE, AFTER = made.estimate(), made.estimate(wave="2022", estimate=0.644)
LEVELS = (BEFORE, AFTER, BEFORE | {"municipality_code": "187", "estimate": 0.1}, BEFORE | {"category": "negative"},
          BEFORE | {"group_by": "gender", "group": "k"})  # fmt: skip
ANSWERS = "Andelen, der svarer »Tilfreds« eller »Meget tilfreds«,"
DOWN = {"change": -0.05, "ci_low": -0.09, "ci_high": -0.01}
GONE = {"change": None, "ci_low": None, "ci_high": None}
OF_ROUNDS = {"events": [], "registers": []}


def told(speak, *changes, levels=LEVELS, diagnostics=(), **params):
    tables = {"estimates": made.frame(*levels), "changes": made.frame(*changes)}
    return said(Survey, speak, params, diagnostics=made.frame(*diagnostics), **tables)


def sentence(levels=LEVELS, **cells):
    row = made.change(**cells)
    return told(lambda w: w.change_sentence(made.row("changes", row)), row, levels=levels)


INTERVAL = "(95 pct.-interval: +1,0 til +9,0; 150 svar før, 152 efter)"
FELL = "(95 pct.-interval: −9,0 til −1,0; 150 svar før, 152 efter)"
SMALL = "(95 pct.-interval: −1,0 til +9,0; 150 svar før, 152 efter)"
CHANCE = "og så lille en forskel kan være tilfældig. Det er ikke det samme som, at intet er ændret."
FEW = "Tallene hviler på få svar og er usikre."


@pytest.mark.parametrize(
    ("cells", "with_levels", "alone"),
    [
        ({}, f"steg fra 59 pct. til 64 pct. Ændringen er +5,0 procentpoint {INTERVAL}.",
         f"steg 5,0 procentpoint {INTERVAL}."),
        (DOWN, f"faldt fra 59 pct. til 64 pct. Ændringen er −5,0 procentpoint {FELL}.",
         f"faldt 5,0 procentpoint {FELL}."),
        ({"ci_low": -0.01}, f"var 59 pct. før og 64 pct. efter. Ændringen er +5,0 procentpoint {SMALL}, {CHANCE}",
         f"er ændret +5,0 procentpoint {SMALL}, {CHANCE}"),
        ({"flag": "uncertain"}, f"var 59 pct. før og 64 pct. efter. Ændringen er +5,0 procentpoint {INTERVAL}. {FEW}",
         f"er ændret +5,0 procentpoint {INTERVAL}. {FEW}"),
    ],
)  # fmt: skip
def test_a_change_is_told_by_both_levels_where_both_may_be_shown(cells, with_levels, alone):
    assert sentence(**cells) == f"{ANSWERS} {with_levels}"
    for levels in (LEVELS[1:], (BEFORE,), (BEFORE, AFTER | {"estimate": None})):
        assert sentence(levels, **cells) == f"{ANSWERS} {alone}"


NOT_ALIKE = "kan ikke sammenlignes før og efter, fordi spørgsmålet ikke er stillet ens."
NOT_ALL = "kan ikke sammenlignes før og efter, fordi spørgsmålet ikke blev stillet i alle målinger."


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({"flag": "suppressed"}, "kan ikke vises: for få har svaret, eller tallet ville røbe et, der er skjult."),
        ({"reason": "not_comparable"}, NOT_ALIKE),
        ({"reason": "not_asked"}, NOT_ALL),
        ({"reason": "only_a_table"}, ("vises uden ændring: undersøgelsen er givet som en tabel med andele eller "
                                     "gennemsnit, og en ændring med usikkerhed kræver svarene eller antallene.")),
        ({"change": None}, "har ingen ændring, der kan beregnes."),
        ({"ci_low": None}, "har ingen ændring, der kan beregnes."),
        ({"reason": "no_comparison"}, "har ingen ændring, der kan beregnes."),
    ],
)  # fmt: skip
def test_what_is_no_change_that_may_be_told_says_why(cells, line):
    assert sentence(**cells) == f"{ANSWERS} {line}"


SINCE = "(95 pct.-interval: +1,0 til +9,0; 150 svar i 2021, 152 i 2022)"


def of_rounds(**cells):
    return sentence(event="", **cells)


def test_between_two_rounds_the_rounds_are_named_and_no_event():
    moved = f"{ANSWERS} steg fra 59 pct. i 2021 til 64 pct. i 2022. Ændringen er +5,0 procentpoint {SINCE}."
    assert of_rounds() == moved
    assert of_rounds(**DOWN).startswith(f"{ANSWERS} faldt fra 59 pct. i 2021 til 64 pct. i 2022.")
    small = f"{ANSWERS} var 59 pct. i 2021 og 64 pct. i 2022. Ændringen er +5,0 procentpoint"
    assert of_rounds(ci_low=-0.01).startswith(small)
    assert of_rounds(ci_low=-0.01).endswith(CHANCE)
    assert of_rounds(flag="uncertain") == f"{small} {SINCE}. {FEW}"
    assert of_rounds(levels=(BEFORE,)) == f"{ANSWERS} steg 5,0 procentpoint {SINCE}."
    not_alike = "kan ikke sammenlignes mellem 2021 og 2022, fordi spørgsmålet ikke er stillet ens."
    assert of_rounds(reason="not_comparable") == f"{ANSWERS} {not_alike}"
    alike = "kan ikke sammenlignes mellem 2021 og 2022: Alle svarede ens, og så kan usikkerheden ikke regnes ud."
    assert of_rounds(reason="no_variation", ci_low=None, ci_high=None) == f"{ANSWERS} {alike}"


# ---------------------------------------------------------------- the section of an indicator

MOVED = f"lead: {ANSWERS} steg fra 59 pct. til 64 pct. Ændringen er +5,0 procentpoint {INTERVAL}."
DONT_KNOW = [made.estimate(measure="dont_know", category="", wave=wave, estimate=value) for wave, value in
             (("2021", 0.02), ("2022", 0.04))]  # fmt: skip
KNOWN = "»Ved ikke« svarede 2 pct. før og 4 pct. efter. De indgår ikke i de øvrige andele."


@pytest.mark.parametrize(
    ("more", "cells", "rest"),
    [
        ((), {}, None),
        (DONT_KNOW, {}, KNOWN),
        (DONT_KNOW[:1], {}, None),
        ((DONT_KNOW[0], DONT_KNOW[1] | {"estimate": None}), {}, None),
        ((DONT_KNOW[0], DONT_KNOW[1] | {"group_by": "gender", "group": "k"}), {}, None),
        ((), {"reason": "overlap_unknown"},
         "Filen siger ikke, om de samme personer har svaret flere gange. Målingerne regnes som uafhængige."),
    ],
)  # fmt: skip
def test_a_section_begins_with_the_change_and_then_says_who_did_not_know(more, cells, rest):
    found = told(lambda w: w.answer("satisfaction"), made.change(**cells), levels=[*LEVELS, *more]).splitlines()
    assert found == [MOVED, *([rest] if rest else [])]


def test_where_the_codebook_counts_those_who_did_not_know_it_is_not_said_that_they_are_left_out():
    asked = replace(made.CODEBOOK.indicators[0].items[0], dont_know_in_base=True)
    codebook = made.Codebook((replace(made.CODEBOOK.indicators[0], items=(asked,)),))
    for event, told_when in (("ishoej_2022", "2 pct. før og 4 pct. efter."), ("", "2 pct. i 2021 og 4 pct. i 2022.")):
        tables = {"changes": made.frame(made.change(event=event)), "estimates": made.frame(*LEVELS, *DONT_KNOW)}
        found = said(Survey, lambda w: w.answer("satisfaction"), OF_ROUNDS if not event else {}, codebook=codebook,
                     **tables).splitlines()[1]  # fmt: skip
        assert found.startswith(f"»Ved ikke« svarede {told_when} De tæller med i grundlaget for de øvrige andele.")


def test_of_rounds_a_section_says_that_chance_is_not_all_and_that_the_same_persons_were_counted_as_such():
    beyond = (
        "Ændringen er større, end stikprøvens tilfældighed giver. Så meget svinger kommuner ofte af sig selv. Hvorfor "
        "den kom, viser tallene ikke."
    )
    overlap = "Personer, der svarede begge gange, er regnet med som de samme."
    unasked = AFTER | {"wave": "2023", "reason": "not_asked", "estimate": None}

    def lines(*more, **cells):
        row = made.change(event="", **cells)
        return told(lambda w: w.answer("satisfaction"), row, levels=[*LEVELS, *more], **OF_ROUNDS).splitlines()

    assert lines()[0].endswith(beyond)
    assert lines()[1] == overlap
    assert not lines(ci_low=-0.01)[0].endswith(beyond)
    assert lines(unasked)[1] == f"Spørgsmålet blev ikke stillet i 2023. {overlap}"
    assert overlap not in lines(reason="overlap_unknown")[1]
    assert len(lines(flag="suppressed", **GONE)) == 1
    both = [made.estimate(measure="dont_know", category="", wave=wave, estimate=0.02) for wave in ("2021", "2022")]
    assert lines(*both)[1].startswith("»Ved ikke« svarede 2 pct. i 2021 og 2 pct. i 2022. De indgår ikke i de øvrige")


LEVEL = f"lead: {ANSWERS} var 64 pct. i 2022 (95 pct.-interval: 51 til 67; 150 svar)."


def test_where_no_change_may_be_told_a_section_begins_with_the_latest_level_and_why():
    assert told(lambda w: w.answer("satisfaction")) == LEVEL
    unasked = AFTER | {"wave": "2023", "reason": "not_asked", "estimate": None}
    since = told(lambda w: w.answer("satisfaction"), levels=[*LEVELS, unasked])
    assert since == f"{LEVEL} Spørgsmålet blev ikke stillet i 2023."
    for reason, why in (("not_comparable", NOT_ALIKE), ("not_asked", NOT_ALL)):
        found = told(lambda w: w.answer("satisfaction"), made.change(reason=reason, **GONE))
        assert found.splitlines() == [LEVEL, f"{ANSWERS} {why}"]
    nobody = "missing: Ikke oplyst: Der er ingen svar på spørgsmålet om meningen med aktiviteterne."
    assert told(lambda w: w.answer("meaning"), made.change()) == nobody
    table = {"survey": {"file": "a.csv", "codebook": "b.yml", "aggregates": True, "waves": []}}
    assert told(lambda w: w.answer("trust"), **table).startswith("missing: Et indeks for tilliden kan ikke laves:")


@pytest.mark.parametrize(
    ("margin", "cells", "is_told"),
    [
        (5, {"reason": "within_margin"}, True),
        (5, {"reason": ""}, False),
        (None, {"reason": "within_margin"}, False),
        (5, {"reason": "within_margin", "adjustment": "mix"}, False),
        (5, {"reason": "within_margin", "method": "effect"}, False),
        (5, {"reason": "within_margin", "municipality_code": "187"}, False),
    ],
)
def test_a_change_is_called_unchanged_beside_the_others_only_within_the_margin_that_was_set(margin, cells, is_told):
    rows = made.change(), made.change(**({"method": "unchanged"} | cells))
    found = told(lambda w: w.unchanged(w.change_of("satisfaction")), *rows, unchanged_margin=margin)
    assert found == is_told * (
        "Forskellen fra de andre kommuner ligger inden for 5,0 procentpoint, som er sat som uden betydning. Derfor kan "
        "den kaldes uændret i forhold til dem."
    )


def test_those_whom_the_event_also_touched_are_told_of_one_by_one_and_nobody_without_an_event():
    rows = [made.change(), made.change(municipality_code="187", role="exposed", **DOWN),
            made.change(municipality_code="101", role="comparison")]  # fmt: skip
    assert told(lambda w: w.exposed(("satisfaction", "meaning")), *rows, levels=()).splitlines() == [
        (
            "question: Vallensbæk blev også berørt af begivenheden. Den er ikke med i sammenligningen, men ændrede sig "
            "sådan:"
        ),
        f"{ANSWERS} faldt 5,0 procentpoint {FELL}.",
    ]
    assert told(lambda w: w.exposed(("meaning",)), *rows) == ""
    assert told(lambda w: w.exposed(("satisfaction",)), *rows, **OF_ROUNDS) == ""


# ---------------------------------------------------------------- the front page


def three(*cells, **common):
    """A change of each of the three cards."""
    names = ("satisfaction", "meaning", "trust")
    index = {"measure": "index", "category": "", "unit": "points_0_100", "change": 5.0, "ci_low": 1.0, "ci_high": 9.0}
    return [made.change(indicator=name, **(index if name == "trust" else {}) | common | each)
            for name, each in zip(names, cells, strict=False)]  # fmt: skip


def effect(indicator="satisfaction", **cells):
    row = {"method": "effect", "rank": 2, "n_comparison": 42, "change": 0.094, "ci_low": 0.01, "ci_high": 0.18}
    return made.change(**(row | {"indicator": indicator, "wording_level": "change"} | cells))


OWN_NONE = "headline: Borgernes svar har ikke ændret sig mere, end stikprøvens tilfældighed kan give."
SWINGS = "har ændret sig mere, end stikprøvens tilfældighed giver. Så meget svinger kommuner ofte af sig selv."
OF_TWO = OWN_NONE.replace("svar", "svar om tilfredsheden og meningen med aktiviteterne")
OF_MEANING_ALONE = OWN_NONE.replace("svar", "svar om meningen med aktiviteterne")
NOT_OTHERWISE = "headline: Borgernes svar har ikke ændret sig klart mere i Ishøj end i andre kommuner."
UNKNOWN = "headline: Tallene kan ikke vise, om borgernes svar har ændret sig."
UNSURE = {"ci_low": -0.5}
LITTLE = {"flag": "uncertain"}
NOT_ASKED = {"reason": "not_asked"} | GONE


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (three({}, UNSURE), f"headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) {SWINGS}"),
        (three({}, {}), ("headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) og meningen med "
                        f"aktiviteterne (+5,0 procentpoint) {SWINGS}")),
        (three(UNSURE, UNSURE, UNSURE), OWN_NONE),
        (three(UNSURE, UNSURE), OF_TWO),
        (three(UNSURE, UNSURE, LITTLE), OF_TWO),
        (three(UNSURE, UNSURE, NOT_ASKED), OF_TWO),
        (three(LITTLE, UNSURE, {"flag": "suppressed"} | GONE), OF_MEANING_ALONE),
        (three(LITTLE, LITTLE), UNKNOWN),
        (three({}, LITTLE), f"headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) {SWINGS}"),
        ([*three({}), effect()], ("headline: Borgernes svar om tilfredsheden (+9,4 procentpoint) har ændret sig klart "
                                 "anderledes i Ishøj end i andre kommuner.")),
        ([*three({}), *(effect(name, ci_low=-0.01) for name in ("satisfaction", "meaning")),
          effect("trust", measure="index", category="", ci_low=-0.01)], NOT_OTHERWISE),
        ([*three({}, {}), effect(ci_low=-0.01)], NOT_OTHERWISE.replace("svar", "svar om tilfredsheden")),
        ([*three({}, {}), effect(ci_low=-0.01), effect("meaning", flag="uncertain")],
         NOT_OTHERWISE.replace("svar", "svar om tilfredsheden")),
        ([*three({}), effect(flag="uncertain")],
         f"headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) {SWINGS}"),
        ([*three({}), effect(rank=None)],
         f"headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) {SWINGS}"),
        ([*three({}), effect(flag="suppressed")],
         f"headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) {SWINGS}"),
    ],
)  # fmt: skip
def test_the_front_page_says_what_changed_otherwise_than_elsewhere_or_else_more_than_chance(rows, line):
    assert told(lambda w: w.headline(), *rows) == line


def test_a_change_from_round_to_round_in_a_report_of_an_event_says_that_nothing_is_compared():
    rows = three({}, event="")
    moved = (
        f"headline: Borgernes svar om tilfredsheden (fra 59 pct. til 64 pct.) {SWINGS} Hvorfor svarene har ændret sig, "
    )
    assert told(lambda w: w.headline(), *rows).splitlines() == [
        f"{moved}viser tallene ikke.",
        "Svarene sammenlignes ikke før og efter begivenheden: der er ikke målinger på begge sider af den.",
    ]
    assert told(lambda w: w.headline(), *rows, **OF_ROUNDS) == f"{moved}viser tallene ikke."
    assert told(lambda w: w.headline(), *three(UNSURE, UNSURE, UNSURE, event=""), **OF_ROUNDS) == OWN_NONE


@pytest.mark.parametrize(
    ("card", "meaning", "line"),
    [
        (UNSURE, UNSURE, OWN_NONE),
        (UNSURE, {}, OWN_NONE.replace("svar", "svar om tilfredsheden og tilliden")),
        (UNSURE, LITTLE, OWN_NONE.replace("svar", "svar om tilfredsheden og tilliden")),
        (LITTLE, LITTLE, UNKNOWN),
        (LITTLE, {}, UNKNOWN.replace("svar", "svar om tilfredsheden og tilliden")),
        (LITTLE, UNSURE, UNKNOWN.replace("svar", "svar om tilfredsheden og tilliden")),
    ],
)
def test_what_is_said_of_the_cards_is_said_of_all_answers_only_where_it_is_so_of_the_table_below(card, meaning, line):
    indicators = made.CODEBOOK.indicators
    codebook = replace(made.CODEBOOK, indicators=[replace(each, front=each.name != "meaning") for each in indicators])
    changes = made.frame(*three(card, meaning, card))
    assert (
        said(Survey, lambda w: w.headline(), codebook=codebook, estimates=made.frame(*LEVELS), changes=changes) == line
    )


COMPARED = "Tilfredshed: +9,4 procentpoint (95 pct.-interval: +1,0 til +18,0)."
OF_MEANING = COMPARED.replace("Tilfredshed", "Mening")
MORE = "Det er mere, end få svar og kommunernes egne udsving plejer at give."
UNCLEAR = "Så stor en forskel kan være tilfældig: få svar og kommunernes egne udsving."
START = "question: Ændringen i Ishøj fra før (2021) til efter (2022) minus ændringen i 42 andre kommuner:"
OWN_START = "question: Ændringen i Ishøj fra før (2021) til efter (2022):"
NOT_WHY = "Tallene kan ikke vise, om begivenheden er årsagen."
NO_OUTCOME = "Intet mål er nævnt som hovedmålet. Derfor er der rettet for, at flere er prøvet."
ROSE = "Tilfredsheden steg 5,0 procentpoint (95 pct.-interval: +1,0 til +9,0)."


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([*three({}), effect()], [START, f"{COMPARED} {MORE}", NOT_WHY]),
        ([*three({}, {}), effect(), effect("meaning")],
         [START, COMPARED, OF_MEANING, f"{MORE} {NOT_WHY} {NO_OUTCOME}"]),
        ([*three({}, {}), effect(), effect("meaning", ci_low=-0.01)],
         [START, f"{COMPARED} {MORE}", f"{OF_MEANING.replace('+1,0', '−1,0')} {UNCLEAR}", f"{NOT_WHY} {NO_OUTCOME}"]),
        ([*three({}, {}), effect(wording_level="effect"), effect("meaning", wording_level="description")],
         [START, COMPARED, OF_MEANING, f"{MORE} Tallene kan ikke vise, hvorfor det gik sådan. {NO_OUTCOME}"]),
        ([*three({}, {}), effect(wording_level="effect"), effect("meaning", ci_low=-0.01)],
         [START, f"{COMPARED} {MORE}", f"{OF_MEANING.replace('+1,0', '−1,0')} {UNCLEAR}",
          f"Hvor forskellen er klar, kan den med rapportens forbehold kaldes en effekt. {NO_OUTCOME}"]),
        ([*three({}, UNSURE), effect(wording_level="")],
         [START, f"{COMPARED} {MORE}",
          ("Uden sammenligning: Meningen med aktiviteterne viser ingen klar ændring (+5,0 procentpoint; 95 "
          "pct.-interval: −50,0 til +9,0).")]),
        ([*three({}, {}), effect(), effect("meaning", n_comparison=30)],
         [START, COMPARED, OF_MEANING.replace(").", "; 30 andre kommuner)."), f"{MORE} {NOT_WHY} {NO_OUTCOME}"]),
        ([*three({}, {"flag": "suppressed"} | GONE), effect()],
         [START, f"{COMPARED} {MORE}", ("Meningen med aktiviteterne kan ikke vises, fordi for få har svaret, eller "
                                       "fordi tallet ville røbe et, der er skjult."), NOT_WHY]),
        (three({}, DOWN), [OWN_START, ROSE, ("Meningen med aktiviteterne faldt 5,0 procentpoint (95 pct.-interval: "
                                            "−9,0 til −1,0).")]),
        (three({}, LITTLE), [OWN_START, ROSE, ("Meningen med aktiviteterne er for usikker til en konklusion (+5,0 "
                                              "procentpoint; 95 pct.-interval: +1,0 til +9,0).")]),
        (three({}, {"flag": "suppressed"} | GONE),
         [OWN_START, ROSE, ("Meningen med aktiviteterne kan ikke vises, fordi for få har svaret, eller fordi tallet "
                           "ville røbe et, der er skjult.")]),
        (three({}, {"reason": "not_comparable"}),
         [OWN_START, ROSE, "Meningen med aktiviteterne kan ikke sammenlignes før og efter."]),
        (three({}, {"change": None}), [OWN_START, ROSE, "Meningen med aktiviteterne kan ikke beregnes."]),
        (three({"reason": "not_comparable"}), []),
    ],
)  # fmt: skip
def test_what_carries_the_headline_stands_one_by_one_with_one_verdict_where_all_have_the_same(rows, lines):
    assert told(lambda w: w.one_by_one(), *rows).splitlines() == lines


def test_changes_of_other_rounds_than_the_first_are_told_with_theirs():
    """A question that the latest round did not ask changed between the two before it."""
    earlier = {"wave_before": "2020", "wave_after": "2021"}
    levels = [*LEVELS, *(made.estimate(indicator="meaning", wave=wave) for wave in ("2020", "2021"))]
    rows = three({}, earlier, event="")
    assert told(lambda w: w.headline(), *rows, levels=levels, **OF_ROUNDS).startswith(
        "headline: Borgernes svar om tilfredsheden (fra 59 pct. i 2021 til 64 pct. i 2022) og meningen med "
        "aktiviteterne (fra 59 pct. i 2020 til 59 pct. i 2021) har ændret sig"
    )
    each = told(lambda w: w.one_by_one(), *rows, levels=levels, **OF_ROUNDS).splitlines()
    assert each[0] == "question: Ændringen i Ishøj fra 2021 til 2022:"
    assert [line.endswith("Her er det fra 2020 til 2021.") for line in each[1:3]] == [False, True]
    compared = [*three({}, earlier), effect(), effect("meaning", n_comparison=40, **earlier)]
    each = told(lambda w: w.one_by_one(), *compared, levels=levels).splitlines()
    assert each[0] == START
    assert "; 40 andre kommuner)" in each[2]
    assert each[2].endswith("Her er det fra 2020 til 2021.")
    assert "Her er" not in each[1]
    assert told(lambda w: w.headline(), *compared, levels=levels).startswith(
        "headline: Borgernes svar om tilfredsheden (+9,4 procentpoint fra 2021 til 2022) og meningen med aktiviteterne "
        "(+9,4 procentpoint fra 2020 til 2021) har ændret sig klart anderledes"
    )


def test_what_carries_the_headline_names_two_rounds_where_there_is_no_event():
    found = told(lambda w: w.one_by_one(), *three({}, {"reason": "not_comparable"}, event=""), **OF_ROUNDS)
    assert found.splitlines() == [
        "question: Ændringen i Ishøj fra 2021 til 2022:",
        ROSE,
        "Meningen med aktiviteterne kan ikke sammenlignes mellem 2021 og 2022.",
    ]


def test_the_main_outcome_is_named_as_what_the_others_hang_on():
    outcome = {"events": [made.EVENT | {"outcome": {"indicator": "meaning"}}]}
    found = told(lambda w: w.one_by_one(), *three({}, {}), effect(), effect("meaning"), **outcome)
    assert found.endswith(
        "Hovedmålet er meningen med aktiviteterne (andelen af positive svar). De andre mål kan kun kaldes klare, hvis "
        "det er det."
    )
    assert "Hovedmålet" not in told(lambda w: w.one_by_one(), *three({}), effect(), **outcome)


# ---------------------------------------------------------------- cards


def cards(*rows, levels=LEVELS, **params):
    lines = told(lambda w: w.key_figures(), *rows, levels=levels, **params).splitlines()
    return ["|".join(lines[at : at + 3]) for at in range(0, len(lines), 3)]


BASE = "+5,0 procentpoint (95 pct.-interval: +1,0 til +9,0; 150 svar før, 152 efter)."
ALONE = "Steg mere, end stikprøvens tilfældighed giver. Så meget svinger kommuner ofte af sig selv."
CLEAR = "Klar stigning. Ændring efter begivenheden; årsagen kan ikke vises."
NONE = "Ingen klar forskel fra de andre kommuner."
BOX = ANSWERS.removesuffix(",")


@pytest.mark.parametrize(
    ("rows", "card"),
    [
        (three({}), f"Tilfredshed|59 → 64 pct.|{BASE} {ALONE}"),
        ([*three({}), effect()], f"Tilfredshed|59 → 64 pct.|{BASE} {CLEAR}"),
        ([*three({}), effect(ci_low=-0.01)], f"Tilfredshed|59 → 64 pct.|{BASE} {ALONE} {NONE}"),
        ([*three({}), effect(wording_level="effect")],
         f"Tilfredshed|59 → 64 pct.|{BASE} Klar stigning. Designet kan bære ordet effekt."),
        ([*three({}), effect(wording_level="description")], f"Tilfredshed|59 → 64 pct.|{BASE} Klar stigning."),
        ([*three(UNSURE), effect()],
         f"Tilfredshed|59 → 64 pct.|{BASE.replace('+1,0', '−50,0')} For lille til at være sikker."),
        ([*three(LITTLE), effect()], f"Tilfredshed|59 → 64 pct.|{BASE} Få svar. Brug tallet varsomt."),
        (three({"flag": "suppressed"}),
         "Tilfredshed|Ikke oplyst|Kan ikke vises: for få svar, eller det ville røbe et skjult tal."),
        (three({"change": None}), "Tilfredshed|Ikke oplyst|Kan ikke beregnes."),
        (three({"reason": "not_comparable"}),
         (f"Tilfredshed|64 pct.|{BOX}. 95 pct.-interval: 51 til 67; 150 svar i 2022. Før og efter kan ikke "
         "sammenlignes.")),
        (three({"reason": "no_variation", "ci_low": None}),
         (f"Tilfredshed|64 pct.|{BOX}. 95 pct.-interval: 51 til 67; 150 svar i 2022. Alle svarede ens. Usikkerheden "
         "kan ikke regnes ud.")),
        (three({"event": ""}),
         (f"Tilfredshed|59 → 64 pct.|{BASE.replace('svar før, 152 efter', 'svar i 2021, 152 i 2022')} Steg siden 2021 "
         "mere, end stikprøvens tilfældighed giver. Så meget svinger kommuner ofte af sig selv.")),
        ([], f"Tilfredshed|64 pct.|{BOX}. 95 pct.-interval: 51 til 67; 150 svar i 2022."),
    ],
)  # fmt: skip
def test_a_card_has_both_levels_the_change_its_base_and_how_much_may_be_concluded(rows, card):
    assert cards(*rows)[0] == card


def test_a_card_whose_levels_no_picture_shows_says_what_it_measures():
    alone = f"Tilfredshed|+5,0 procentpoint|{BOX}. Ændring: {BASE} {ALONE}"
    for levels in ((AFTER,), (BEFORE,), (BEFORE | {"estimate": None}, AFTER)):
        assert cards(*three({}), levels=levels)[0] == alone
    with_levels = alone.replace("+5,0 procentpoint|", "59 → 64 pct.|")
    assert cards(*three({}), levels=(BEFORE | {"ci_low": None}, AFTER))[0] == with_levels


@pytest.mark.parametrize(("third", "words"), [(UNSURE, False), ({}, True), ({"flag": "suppressed"}, True)])
def test_what_all_cards_would_say_the_headline_says_once(third, words):
    found = cards(*three(UNSURE, UNSURE, third))
    assert len(found) == 3
    assert ("For lille til at være sikker." in found[0]) is words
