"""Which groups differ, which are too small to show, and how the questions of an index hang together."""

import pytest

from jobreport.wording.groups import Groups
from tests.unit import view_rows as made
from tests.unit.said import said

NAMES = ("satisfaction", "meaning")
WOMEN, MEN = (("k", 0.7, 0.62, 0.77, 80), ("m", 0.5, 0.4, 0.6, 70))


def group(of, indicator="satisfaction", wave="2022", **cells):
    name, value, low, high, n = of
    row = {"group_by": "gender", "group": name, "estimate": value, "ci_low": low, "ci_high": high, "n": n}
    return made.estimate(indicator=indicator, wave=wave, **(row | cells))


def welch(p, indicator="satisfaction", wave="2022", **cells):
    row = {"diagnostic": "group_test", "measure": "rao_scott", "group_by": "gender", "p_adjusted": p, "value": None}
    return made.diagnostic(indicator=indicator, wave=wave, **(row | cells))


def told(speak, estimates, *diagnostics, **params):
    tables = {"estimates": made.frame(*estimates), "diagnostics": made.frame(made.diagnostic(), *diagnostics)}
    return said(Groups, speak, params, **tables)


RANGE = "Køn: lavest ligger mænd med 50 pct. (95 pct.-interval: 40 til 60; n = 70), højest kvinder med 70 pct. (62 til "
RANGE += "77; n = 80). De to er nævnt, fordi de ligger yderst."
OF_SURE = "Køn: blandt de grupper, der vises og ikke er usikre, ligger mænd lavest med 50 pct. (95 pct.-interval: 40 "
OF_SURE += "til 60; n = 70), kvinder højest med 70 pct. (62 til 77; n = 80). De to er nævnt, fordi de ligger yderst."
CLEAR = "I 2022 svarer grupperne set under ét klart forskelligt (p = 0,010, rettet for, at flere spørgsmål er prøvet)."
FEW = "Køn: set under ét svarer grupperne klart forskelligt i 2022 (p = 0,010, rettet for, at flere spørgsmål er "
FEW += "prøvet). Hvem der ligger lavest og højest, nævnes ikke: der er få svar i grupperne."
UNCLEAR = "Ingen klar forskel mellem grupperne i 2022: Køn (p = 0,300), rettet for, at flere spørgsmål er prøvet."
NOT_SHOWN = "Nogle grupper vises ikke, for de er for små, eller en for lille gruppe kunne regnes ud af dem; hvilke, "
NOT_SHOWN += "står under »Til eftersyn«."
BOTH = (group(WOMEN), group(MEN))
HIDDEN = {"flag": "suppressed", "estimate": None, "ci_low": None, "ci_high": None}
LEFT_OUT = HIDDEN | {"reason": "level_left_out"}
ONE_HIDDEN = "Kvinder vises ikke: for få har svaret, eller en for lille gruppe kunne ellers regnes ud."
TWO_HIDDEN = "Kvinder og Mænd vises ikke: mindst én gruppe er for lille, og den kunne ellers regnes ud af de andre."
ALL_LEFT_OUT = (
    "Køn: Ingen kommuners grupper vises i 2022. Næsten alle er for små, eller en for lille gruppe kunne regnes ud af "
    "dem."
)


@pytest.mark.parametrize(
    ("estimates", "test", "answer"),
    [
        (BOTH, (welch(0.01),), f"{RANGE} {CLEAR}"),
        (BOTH, (welch(0.049),), f"{RANGE} {CLEAR.replace('0,010', '0,049')}"),
        (BOTH, (welch(0.05),), UNCLEAR.replace("0,300", "0,050")),
        (BOTH, (welch(0.3, measure="welch"),), UNCLEAR),
        (BOTH, (welch(0.3, measure="other"),), ""),
        (BOTH, (welch(None),), ""),
        (BOTH, (), ""),
        ((BOTH[0], BOTH[1] | {"flag": "uncertain"}), (welch(0.01),), CLEAR),
        ((BOTH[0], BOTH[1] | {"ci_low": None}), (welch(0.01),), CLEAR),
        ((BOTH[0] | HIDDEN, BOTH[1]), (welch(0.01),), f"{CLEAR} {ONE_HIDDEN}"),
        ((BOTH[0] | HIDDEN, BOTH[1] | HIDDEN), (), TWO_HIDDEN),
        ((BOTH[0] | LEFT_OUT, BOTH[1] | LEFT_OUT), (), ALL_LEFT_OUT),
        ((BOTH[0] | LEFT_OUT, BOTH[1] | HIDDEN), (), TWO_HIDDEN),
        ((BOTH[0] | LEFT_OUT,), (), ALL_LEFT_OUT),
        ((), (welch(0.01),), ""),
    ],
)
def test_of_groups_the_outermost_are_named_only_where_a_test_tells_them_apart(estimates, test, answer):
    everybody, earlier = made.estimate(wave="2022"), group(WOMEN, wave="2021", estimate=0.1)
    assert told(lambda w: w.groups_answer("satisfaction", ["gender"]), [*estimates, everybody, *([earlier] if
                estimates else [])], *test, welch(0.01, wave="2021")) == answer  # fmt: skip


@pytest.mark.parametrize(
    ("third", "answer"),
    [
        ({"estimate": 0.08}, OF_SURE),
        ({"estimate": 0.91}, OF_SURE),
        ({"estimate": 0.6}, RANGE),
        ({"estimate": None, "flag": "suppressed", "n": None}, OF_SURE),
        ({"estimate": None, "flag": "", "n": 0}, RANGE),
    ],
)
def test_the_outermost_are_so_among_the_sure_where_one_of_few_answers_or_a_hidden_one_may_lie_beyond(third, answer):
    """Else a figure would show a group of 8 pct. below the sentence that says that 50 is lowest."""
    gender = made.Group(
        "gender", {"da": "Køn"}, {k: {"da": v} for k, v in (("k", "Kvinder"), ("m", "Mænd"), ("x", "X"))}
    )
    codebook = made.Codebook(made.CODEBOOK.indicators, {"gender": gender})
    levels = [*BOTH, group(("x", 0.6, 0.1, 0.9, 26), flag="uncertain") | third]
    tables = {"estimates": made.frame(*levels), "diagnostics": made.frame(welch(0.01))}
    for speak in (lambda w: w.groups_answer("satisfaction", ["gender"]), lambda w: w.groups_in_short(["satisfaction"])):
        assert answer in said(Groups, speak, codebook=codebook, **tables)


@pytest.mark.parametrize(
    ("hidden", "tests", "short"),
    [
        ((), (0.01, 0.01), ["of satisfaction", "of meaning"]),
        ((), (0.01, 0.3), ["of satisfaction", "Ellers er der ingen klar forskel mellem grupperne."]),
        ((), (0.3, 0.3), ["Ingen klar forskel mellem grupperne."]),
        ((), (None, None), ["Om grupperne efter køn svarer forskelligt, kan rapporten ikke sige."]),
        ((), (0.3, None), ["Om grupperne efter køn svarer forskelligt, kan rapporten ikke sige for alle mål."]),
        (("meaning",), (0.01, None),
         ["of satisfaction", ("Om grupperne efter køn svarer forskelligt, kan rapporten ikke sige for alle mål. "
          f"{NOT_SHOWN}")]),
        (("meaning",), (0.3, 0.01),
         [f"Mening, {FEW}", f"Ellers er der ingen klar forskel mellem grupperne. {NOT_SHOWN}"]),
        (("satisfaction", "meaning"), (0.01, 0.01),
         [f"Tilfredshed, {FEW}", f"Mening, {FEW}", NOT_SHOWN]),
    ],
)  # fmt: skip
def test_in_short_each_indicator_whose_groups_differ_is_told_and_all_the_rest_at_once(hidden, tests, short):
    """Of two groups one hidden leaves nobody to be the other end, and yet it is said that they differ."""
    levels = [each | (HIDDEN if name in hidden and each["group"] == "k" else {}) for name in NAMES for each in
              (group(WOMEN, name), group(MEN, name))]  # fmt: skip
    rows = [welch(p, name) for name, p in zip(NAMES, tests, strict=True)]
    found = told(lambda w: w.groups_in_short(NAMES), levels, *rows).splitlines()
    ranges = {"of satisfaction": f"Tilfredshed, {RANGE}", "of meaning": f"Mening, {RANGE}"}
    assert found == [ranges.get(line, line) for line in short]


@pytest.mark.parametrize(
    ("of_age", "line"),
    [
        ((0.3, 0.3), "Ingen klar forskel mellem grupperne efter alder. {unknown}"),
        ((0.01, 0.3), "Ellers er der ingen klar forskel mellem grupperne efter alder. {unknown}"),
        ((0.01, 0.01), "{unknown}"),
    ],
)
def test_where_one_grouping_is_hidden_no_difference_is_said_of_the_other_alone(of_age, line):
    age = made.Group("age", {"da": "Alder"}, {"u": {"da": "Unge"}, "o": {"da": "Gamle"}})
    codebook = made.Codebook(made.CODEBOOK.indicators, {**made.CODEBOOK.groups, "age": age})
    levels = [group((key, 0.5, 0.4, 0.6, 40), name, group_by="age") for name in NAMES for key in "uo"]
    levels += [group(WOMEN, name) | HIDDEN for name in NAMES]
    tests = [welch(p, name, group_by="age") for name, p in zip(NAMES, of_age, strict=True)]
    tables = {"estimates": made.frame(*levels), "diagnostics": made.frame(*tests)}
    found = said(Groups, lambda w: w.groups_in_short(NAMES), codebook=codebook, **tables)
    unknown = "Om grupperne efter køn svarer forskelligt, kan rapporten ikke sige. Nogle grupper vises ikke, for de er"
    assert found.splitlines()[-1].startswith(line.format(unknown=unknown))
    assert len(found.splitlines()) == 1 + sum(p < 0.05 for p in of_age)


def test_groupings_of_one_round_that_do_not_differ_are_told_in_one_sentence_and_of_another_in_theirs():
    age = made.Group("age", {"da": "Alder"}, {"u": {"da": "Under 30"}, "o": {"da": "Over 30"}})
    home = made.Group("home", {"da": "Bolig"}, {"l": {"da": "Lejer"}, "e": {"da": "Ejer"}})
    codebook = made.Codebook(made.CODEBOOK.indicators, {**made.CODEBOOK.groups, "age": age, "home": home})
    levels = [*BOTH, group(("u", 0.5, 0.4, 0.6, 9), group_by="age"), group(("l", 0.5, 0.4, 0.6, 9), wave="2021",
              group_by="home")]  # fmt: skip
    tests = [welch(0.3), welch(0.9999, group_by="age"), welch(0.2, wave="2021", group_by="home")]
    tables = {"estimates": made.frame(*levels), "diagnostics": made.frame(*tests)}
    found = said(Groups, lambda w: w.groups_answer("satisfaction", ["gender", "age", "home"]),
                 codebook=codebook, **tables)  # fmt: skip
    assert found.splitlines() == [
        (
            "Ingen klar forskel mellem grupperne i 2022: Køn (p = 0,300) og Alder (p over 0,999), rettet for, at flere "
            "spørgsmål er prøvet."
        ),
        "Ingen klar forskel mellem grupperne i 2021: Bolig (p = 0,200), rettet for, at flere spørgsmål er prøvet.",
    ]


# ---------------------------------------------------------------- the questions of an index


def alpha(value, **cells):
    row = {"diagnostic": "reliability", "indicator": "trust", "measure": "alpha", "category": "", "unit": "coefficient"}
    return made.diagnostic(**(row | {"value": value} | cells))


ROSE = "Spørgsmål om trust_met: Andelen, der svarer »Høj« eller »Meget høj«, steg 5,0 procentpoint (95 pct.-interval: "
ROSE += "+1,0 til +9,0; 150 svar før, 152 efter)."
POOR = (
    "Spørgsmålene hænger ikke godt nok sammen til et sikkert indeks (alfa = 0,69; grænsen er 0,7). Se hellere på "
    "spørgsmålene hver for sig."
)


def items(*diagnostics, name="trust", change=None, **params):
    tables = {"changes": made.frame(made.change(indicator="trust_met", **(change or {}))),
              "estimates": made.frame(made.estimate(indicator="trust_met", wave="2022")),
              "diagnostics": made.frame(made.diagnostic(), *diagnostics)}  # fmt: skip
    return said(Groups, lambda w: w.items_answer(name), params, **tables).splitlines()


def test_the_questions_of_an_index_are_told_one_by_one_with_how_they_hang_together():
    of_others = (alpha(0.1, measure="items"), alpha(0.1, indicator="meaning"), alpha(0.1, wave="2021"))
    assert items(alpha(0.69), *of_others) == [ROSE, POOR]
    assert items(alpha(0.7))[1] == "Spørgsmålene hænger godt nok sammen til et indeks (alfa = 0,70; grænsen er 0,7)."
    assert items() == [ROSE]
    assert items(alpha(None)) == [ROSE]
    assert items(alpha(0.9), name="satisfaction") == []


def test_of_a_table_a_question_is_told_by_its_level_where_no_change_is():
    table = {"survey": {"file": "a.csv", "codebook": "b.yml", "aggregates": True, "waves": []}}
    only = {"reason": "only_a_table", "change": None, "ci_low": None, "ci_high": None}
    level, why = items(change=only, **table)[0].split(" Andelen, der svarer »Høj« eller »Meget høj«, ")[1:]
    assert level == "var 59 pct. i 2022 (95 pct.-interval: 51 til 67; 150 svar)."
    assert why.startswith("vises uden ændring")
    assert items(change=None, **table) == [ROSE]
