"""What was fixed before the answers came: whether it counts, who holds it, what was expected and what departed."""

import pytest

from jobreport.wording.beforehand import Beforehand
from tests.unit import view_rows as made
from tests.unit.said import said

PLAN = {
    "day": "2022-12-15", "too_late": [], "departures": [], "held_by": None, "stamped": False, "stamped_by": "",
    "signed_by": "Kontor 3", "sha256": "ab12", "changed": 0,
    "in_words": {"da": "Andel i 2022.", "en": "Share in 2022."},
    "expected": {"matters": 5, "answers": 200, "detectable": 9.75, "enough": False},
    "missing_waves": {"da": "Så bruges 2021.", "en": "Then 2021 is used."},
    "sentences": [],
}  # fmt: skip
FIXED = "Hovedmål, målinger, sammenligning og sætninger blev fastlagt 15. december 2022, før svarene kom."
FOLLOWED = FIXED.removesuffix(".") + ", og planen er fulgt."
ALONE = "Ingen andre har den. For datoen står kun den, der har underskrevet."
STAMP = "Et tidsstempel (RFC) på filen siger 15. december 2022."
OUTCOME = {"events": [made.EVENT | {"outcome": {"indicator": "satisfaction"}}]}


def told(speak, held_by=None, params=None, changes=(), estimates=(), **cells):
    plan = PLAN | {"held_by": held_by} | cells
    plan["changed"] = len(plan["departures"])
    given = {"changes": changes, "estimates": estimates}
    tables = {name: made.frame(*rows) for name, rows in given.items() if rows}
    known = {"frozen": {"file": "plan.yml", "held_by": held_by}} | (params or {})
    return said(Beforehand, lambda w: speak(w, plan), known, {"frozen": plan}, **tables)


def departed(section="smallest", **cells):
    return {"section": section, "path": "", "then": "5", "now": "4"} | cells


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({}, f"{FOLLOWED} {ALONE}"),
        ({"departures": [departed()]},
         f"{FIXED} 1 ting er siden ændret. Se hvad under »Til eftersyn«. {ALONE}"),
        ({"departures": [departed()] * 2},
         f"{FIXED} 2 ting er siden ændret. Se hvad under »Til eftersyn«. {ALONE}"),
        ({"too_late": ["undated", "data_there"], "departures": [departed()]},
         ("En plan er dateret 15. december 2022. Den tæller ikke som fastlagt på forhånd: det er ikke oplyst, hvornår "
         f"svarene efter begivenheden kom og filen med svar var der allerede. {ALONE}")),
        ({"held_by": {"da": "Arkiv 7.", "en": "Archive 7."}}, f"{FOLLOWED} Den ligger også hos andre: Arkiv 7."),
        ({"stamped": True, "stamped_by": "Tid"},
         f"{FOLLOWED} {STAMP} Det er underskrevet af Tid. Om det er nogen, man kan stole på, er ikke efterprøvet her."),
        ({"stamped": True},
         f"{FOLLOWED} {STAMP} Det er uden certifikat, så underskriften på det kan ikke prøves."),
        ({"stamped": True, "held_by": {"da": "Arkivet", "en": "The archive"}},
         (f"{FOLLOWED} {STAMP} Det er uden certifikat, så underskriften på det kan ikke prøves. Den ligger også hos "
         "andre: Arkivet.")),
    ],
)  # fmt: skip
def test_one_line_says_whether_the_plan_counts_was_followed_and_who_else_can_say_when(cells, line):
    assert told(lambda w, plan: w.line(plan), **cells) == f"note: {line}"


SIGNED = "Planen er underskrevet af Kontor 3."
SUM = "Filens kontrolsum (SHA) er ab12."
EXPECTED = (
    "Det, der måles: Andel i 2022. Mindste ændring, der betyder noget, er 5,0 procentpoint. Med 200 svar i hver måling "
    "blev det ventet, at en ændring på 9,8 procentpoint kunne opdages."
)
CANNOT = "Det stod altså klart på forhånd, at så lille en ændring ikke ville kunne ses."


def test_the_whole_says_who_signed_what_was_expected_and_what_holds_for_a_round_that_is_missing():
    whole = f"{FOLLOWED} {SIGNED} {ALONE} {SUM}"
    assert told(lambda w, plan: w.told(plan)).splitlines() == [whole, f"{EXPECTED} {CANNOT}"]
    enough = PLAN["expected"] | {"enough": True}
    assert told(lambda w, plan: w.told(plan), expected=enough).splitlines()[1] == EXPECTED
    unknown = PLAN["expected"] | {"detectable": None}
    assert told(lambda w, plan: w.told(plan), expected=unknown).splitlines() == [whole, "Det, der måles: Andel i 2022."]
    lost = [departed("smallest"), departed("missing_wave")]
    assert told(lambda w, plan: w.told(plan), departures=lost).splitlines()[2] == (
        "For en måling, der mangler, gælder det, der blev fastlagt: Så bruges 2021."
    )


EFFECT = made.change(method="effect", rank=2, n_comparison=42, change=0.1, ci_low=0.01, ci_high=0.2,
                     wording_level="change")  # fmt: skip
WRITTEN = {
    "da": "Sammenlignet med [tal] andre kommuner er forskellen [tal] procentpoint (95 pct.-interval: [tal] til [tal]). "
    "Det er mere, end få svar og kommunernes egne udsving plejer at give. Det er en ændring efter begivenheden (Ishøj "
    "forlader jobcentret). Tallene kan ikke vise, om den er årsagen.",
    "en": "Compared with [number] other municipalities the difference is [number] percentage points (95 per cent "
    "interval: [number] to [number]). That is more than few answers and the municipalities’ own swings usually give. "
    "It is a change after the event (Ishøj leaves the jobcentre). The figures cannot show whether it is the cause.",
}


def sentence(sentences, params=OUTCOME):
    return told(lambda w, plan: w.told(plan), None, params, [EFFECT], sentences=sentences).splitlines()


def test_the_sentence_on_the_main_outcome_is_held_against_those_written_down_number_for_blank():
    known, other = {"da": f"Før. {WRITTEN['da']}", "en": WRITTEN["en"]}, {"da": "Den faldt.", "en": "It fell."}
    assert told(lambda w, _: w.on_outcome(), None, OUTCOME, [EFFECT]) == WRITTEN["da"]
    same = "Sætningen om hovedmålet er, på nær tallene, en af dem, der blev skrevet ned på forhånd."
    assert sentence([other, known])[2] == same
    assert sentence([other])[2] == "Sætningen om hovedmålet er ikke en af dem, der blev skrevet ned på forhånd."
    assert len(sentence([known], {})) == 2
    assert told(lambda w, _: w.on_outcome(), None, {}, [EFFECT]) == ""


def test_the_municipalitys_own_change_is_told_without_numbers_and_that_it_may_be_called_unchanged():
    unchanged = made.change(method="unchanged", reason="within_margin")
    margin = OUTCOME | {"unchanged_margin": 5}
    both = [made.change(), unchanged]
    assert told(lambda w, _: [w.own_change()[0]][0], None, margin, both) == (
        "Andelen, der svarer »Tilfreds« eller »Meget tilfreds«, steg [tal] procentpoint (95 pct.-interval: [tal] til "
        "[tal]; [tal] svar før, [tal] efter)."
    )
    assert told(lambda w, _: w.own_change()[1], None, margin, both).startswith(
        "Forskellen fra de andre kommuner ligger inden for 5,0 procentpoint, som er sat som uden betydning."
    )
    assert told(lambda w, _: "|".join(w.own_change()), None, {}, both) == "|"
    assert told(lambda w, _: "|".join(w.own_change()), None, OUTCOME) == "|"


def test_how_many_answered_stands_beside_how_many_were_expected():
    levels = [made.estimate(wave="2022", n_answered=155), made.estimate(n_answered=9)]
    came = told(lambda w, plan: w.told(plan), None, OUTCOME, [EFFECT], levels).splitlines()[1]
    assert came == f"{EXPECTED} {CANNOT} Der blev ventet 200 svar i hver måling; i 2022 svarede 155."
    for params, held in ((OUTCOME, [levels[0] | {"n_answered": None}]), (OUTCOME, []), ({}, levels)):
        lines = told(lambda w, plan: w.told(plan), None, params, [EFFECT], held).splitlines()
        assert lines[1] == f"{EXPECTED} {CANNOT}"


@pytest.mark.parametrize(
    ("found", "cells"),
    [
        (departed(), ["Mindste ændring", "5", "4"]),
        (departed("outcome", path="measure", then="share", now=""), ["Hovedmål: målt som", "share", "ingen"]),
        (departed("windows", path="before.1", then="", now="2021"), ["Målinger: før, 1", "ingen", "2021"]),
        (departed("asked", path="questions.help.wording"), ["Spørgsmål og form: spørgsmål, help, ordlyd", "5", "4"]),
    ],
)
def test_a_departure_says_what_it_is_as_planned_and_as_it_is(found, cells):
    for place, cell in enumerate(cells):
        assert told(lambda w, _, at=place: w.departure(1, found)[at], departures=[departed("rest"), found]) == cell
