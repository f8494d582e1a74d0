"""Which sentence is printed in which situation, and that each number in it is bound."""

import re

import pandas as pd
import pytest

from jobreport import wording
from jobreport.domain.released import Row, frame, rows
from jobreport.domain.texts import LANGUAGES
from jobreport.page import Block, Bullets, Group, Heading, Number, Paragraph, Parts, Strong, plain
from jobreport.wording.compared import Compared
from jobreport.wording.design import Design
from jobreport.wording.phrases import situation
from jobreport.wording.published import Published
from jobreport.wording.surroundings import Surroundings, about_event
from jobreport.wording.survey import Survey
from jobreport.wording.texts import Once, read_texts
from tests.unit import view_rows as made

DANISH = made.labels()
NO_BREAK = "\u00a0"


def text(block: Block) -> str:
    return "\n".join(block.lines()).replace(NO_BREAK, " ")


def trusted(of: wording.Response) -> str:
    """All that is said of those who did not answer, in the main part and in the annex."""
    return "\n".join(text(block) for block in (of.answer(), of.majorities(), of.checks()))


def unbound_digits(parts: Parts) -> list[str]:
    loose = [part for part in parts if isinstance(part, str) and re.search(r"\d", part)]
    return loose + [found for part in parts if isinstance(part, Strong) for found in unbound_digits(part.parts)]


def assert_all_bound(block: Block) -> None:
    assert [loose for parts in block.all_parts() for loose in unbound_digits(parts)] == []


# ---------------------------------------------------------------- the headline on a register


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_headline_on_ishoej_says_points_and_per_cent_and_binds_every_number(language: str) -> None:
    labels = made.labels(language)
    block = wording.Register.of(labels, estimates=made.register_estimates(), changes=made.register_changes()).headline(
        "unemployment"
    )
    assert_all_bound(block)
    shown = {number.text.replace(",", ".") for number in block.numbers()}
    wanted = {"6.41", "4.60", "1.81", "3.62", "2.53", "1.09", "28", "30", "96", "0.79", "−1.44", "−0.14", "3.5"}
    assert wanted <= shown


def test_both_languages_print_the_same_cells_in_the_same_order() -> None:
    told = [
        wording.Register.of(
            made.labels(k), estimates=made.register_estimates(), changes=made.register_changes()
        ).headline("unemployment")
        for k in ("da", "en")
    ]
    cells = [[(n.table, n.row, n.column) for n in block.numbers()] for block in told]
    assert cells[0] == cells[1]


def test_more_than_the_country_in_points_but_not_in_per_cent_is_said_so() -> None:
    told = text(
        wording.Register.of(DANISH, estimates=made.register_estimates(), changes=made.register_changes()).headline(
            "unemployment"
        )
    )
    assert "faldt 1,81 procentpoint i Ishøj; i hele landet faldt den 1,09. Målt i procent faldt den derimod" in told
    assert "De to mål peger hver sin vej, og mindst et af dem er klart." in told
    assert "på 2 af 3 tidligere tidspunkter, hvor intet skete (2015 og 2016; målt i procentpoint)" in told
    assert "effekt" not in told


@pytest.mark.parametrize(
    ("points", "log", "said"),
    [
        ((-1.8, -1.0), (-0.4, -0.3), "Også målt i procent faldt den mere end i landet ("),
        ((-1.8, -1.0), (-0.2, -0.3), "Målt i procent faldt den derimod ikke mere end i landet ("),
        ((-0.8, -1.0), (-0.4, -0.3), "Det er ikke mere end i landet. Men målt i procent faldt den mere ("),
        ((-0.8, -1.0), (-0.2, -0.3), "Det er ikke mere end i landet, heller ikke målt i procent ("),
        ((0.8, 0.5), (0.2, 0.1), "Også målt i procent steg den mere end i landet ("),
    ],
)
def test_the_headline_beside_the_country_quotes_nobody(
    points: tuple[float, float], log: tuple[float, float], said: str
) -> None:
    """»Faldt mere end landsgennemsnittet« stood in the report of every municipality; one article on Ishøj says it."""
    changes = made.frame(
        *(
            made.register_change(code, role, scale, change=value)
            for scale, values in (("points", points), ("log", log))
            for (code, role), value in zip((("183", "treated"), ("000", "country")), values, strict=True)
        )
    )
    told = text(
        wording.Register.of(DANISH, estimates=made.register_estimates(), changes=changes).headline("unemployment")
    )
    assert said in told
    assert "landsgennemsnit" not in told


UNCLEAR = {"ci_low": -0.65, "ci_high": 0.38}


@pytest.mark.parametrize(
    ("points", "log", "said"),
    [
        (UNCLEAR, UNCLEAR, "Forskellen fra de andre kommuner kan være tilfældig."),
        ({}, UNCLEAR, "Forskellen fra de andre kommuner er kun klar målt i procentpoint."),
        (UNCLEAR, {}, "Forskellen fra de andre kommuner er kun klar målt i pct."),
        ({}, {}, "(−28 mod −30)."),
    ],
)
def test_a_headline_on_a_register_says_no_more_than_its_interval(
    points: dict[str, float], log: dict[str, float], said: str
) -> None:
    changes = made.register_changes()
    effects = changes["method"].eq("effect") & changes["municipality_code"].eq("183")
    for scale, cells in (("points", points), ("log", log)):
        for column, value in ({"change": -0.1, "ci_low": -0.2, "ci_high": -0.05, "flag": ""} | cells).items():
            changes.loc[effects & changes["scale"].eq(scale), column] = value
    block = wording.Register.of(DANISH, estimates=made.register_estimates(), changes=changes).headline("unemployment")
    assert text(block.blocks[0]).endswith(said)  # type: ignore[attr-defined]
    no_difference = "Der er ingen klar forskel fra de andre kommuner." in text(block)
    assert no_difference == (points == log == UNCLEAR)


def test_vallensbaeks_level_is_said_to_be_no_evidence() -> None:
    told = text(
        wording.Register.of(DANISH, estimates=made.register_estimates(), changes=made.register_changes()).exposed(
            "unemployment"
        )
    )
    assert "Ledigheden i Vallensbæk var højere end i hele landet før og lavere efter." in told
    assert "Et lavt niveau viser ikke, at kommunens indsats er god." in told
    assert "aldrig i sammenligningen" in told


# ---------------------------------------------------------------- situations


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, "rise"),
        ({"change": -0.05, "ci_low": -0.09, "ci_high": -0.01}, "fall"),
        ({"ci_low": -0.01}, "undetected"),
        ({"flag": "uncertain"}, "uncertain"),
        ({"flag": "suppressed", "change": None, "ci_low": None, "ci_high": None}, "suppressed"),
        ({"reason": "not_comparable", "change": None}, "not_comparable"),
        ({"reason": "descriptive_only"}, "too_few"),
        ({"reason": "no_comparison", "change": None}, "too_few"),
        ({"change": None}, "not_computed"),
        ({"ci_low": None, "ci_high": None}, "described"),
        ({"ci_low": None, "ci_high": None, "reason": "no_variation", "flag": "uncertain"}, "alike"),
        ({"ci_low": 0.0}, "undetected"),
    ],
)
def test_situations(cells: dict[str, object], expected: str) -> None:
    assert situation(rows(made.frame(made.change(**cells)), "changes")[0]) == expected


@pytest.mark.parametrize(
    ("cells", "danish", "english"),
    [
        ({}, "steg 5,0 procentpoint (95 pct.-interval: +1,0", "rose 5.0 percentage points (95 per cent interval: +1.0"),
        ({"change": -0.05, "ci_low": -0.09, "ci_high": -0.01}, "faldt 5,0 procentpoint", "fell 5.0 percentage points"),
        ({"ci_low": -0.01}, "Det er ikke det samme som, at intet er ændret", "not the same as no change"),
        ({"flag": "uncertain"}, "hviler på få svar og er usikre", "rest on few answers and are uncertain"),
        ({"flag": "suppressed"}, "kan ikke vises: for få har svaret", "cannot be shown: too few answered"),
        ({"reason": "not_comparable"}, "spørgsmålet ikke er stillet ens", "the question was not put alike"),
        (
            {"ci_low": None, "ci_high": None, "reason": "no_variation", "flag": "uncertain"},
            "Alle svarede ens, og så kan usikkerheden ikke regnes ud.",
            "everybody answered alike, and then the uncertainty cannot be computed.",
        ),
    ],
)
def test_each_situation_has_its_sentence(cells: dict[str, object], danish: str, english: str) -> None:
    row = rows(made.frame(made.change(**cells)), "changes")[0]
    nothing = made.frame(made.estimate()).iloc[:0]
    told = [
        plain(Survey.of(made.labels(k), estimates=nothing).change_sentence(row)).replace(NO_BREAK, " ")
        for k in ("da", "en")
    ]
    assert danish in told[0]
    assert english in told[1]


def test_a_suppressed_change_prints_no_number_even_if_the_row_held_one() -> None:
    row = rows(made.frame(made.change(flag="suppressed")), "changes")[0]
    parts = Survey.of(DANISH, estimates=made.frame(made.estimate())).change_sentence(row)
    assert not [part for part in parts if isinstance(part, Number)]


def test_levels_before_and_after_are_told_where_the_estimates_hold_the_windows() -> None:
    windows = made.frame(made.estimate(wave="2021", estimate=0.594), made.estimate(wave="2022", estimate=0.644))
    row = rows(made.frame(made.change()), "changes")[0]
    told = plain(Survey.of(DANISH, estimates=windows).change_sentence(row)).replace(NO_BREAK, " ")
    assert told.startswith("Andelen, der svarer »Tilfreds« eller »Meget tilfreds«, steg fra 59 pct. til 64 pct.")


# ---------------------------------------------------------------- what the design carries

NOTHING_KNOWN = made.frame(made.estimate()).iloc[:0]


@pytest.mark.parametrize("level", ["change", "description", ""])
@pytest.mark.parametrize("language", ["da", "en"])
def test_the_word_effect_is_not_printed_below_its_level(level: str, language: str) -> None:
    labels = made.labels(language)
    changes = made.register_changes(wording_level=level)
    blocks = [
        wording.Register.of(labels, estimates=made.register_estimates(), changes=changes).headline("unemployment"),
        wording.Register.of(labels, estimates=made.register_estimates(), changes=changes).answer("unemployment"),
    ]
    assert not re.search(r"\beffekt(?!iv)|\beffect\b", " ".join(text(block) for block in blocks))


def test_the_word_effect_is_printed_only_with_a_design_that_carries_it() -> None:
    changes = made.register_changes(wording_level="effect", reason="")
    row = rows(changes, "changes", method="effect", municipality_code="183", scale="points")[0]
    assert "effekt" in plain(Design.of(DANISH).conclusion(row))


def test_an_unclear_difference_is_never_called_no_change() -> None:
    changes = made.register_changes(wording_level="change", ci_high=0.2)
    row = rows(changes, "changes", method="effect", municipality_code="183", scale="points")[0]
    told = plain(Design.of(DANISH).conclusion(row))
    assert "Der er ingen klar forskel fra de andre kommuner. Det er ikke det samme som, at intet er ændret." in told


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"reason": "no_comparison", "n_comparison": None}, "Der er ingen andre kommuner at sammenligne med."),
        ({"reason": "descriptive_only", "n_comparison": 3}, "Kun 3 andre kommuner kan sammenlignes med."),
        ({"flag": "suppressed"}, "Sammenligningen kan ikke vises eller ikke beregnes."),
        (
            {"rank": 4, "n_comparison": 12, "ci_low": -0.02},
            "Så stor en forskel kan være tilfældig: få svar og kommunernes egne udsving.",
        ),
        ({"rank": 1, "n_comparison": 40}, "Det er mere, end få svar og kommunernes egne udsving plejer at give."),
        ({"rank": 1, "n_comparison": 40, "flag": "uncertain"}, "Tallene hviler på få svar og er usikre."),
    ],
)
def test_the_comparison_is_told_as_the_number_of_municipalities_allows(cells: dict[str, object], said: str) -> None:
    row = rows(made.frame(made.change(method="effect", **cells)), "changes")[0]
    assert said in plain(Compared.of(DANISH).against(row))


def test_reasons_are_told_in_words_and_unknown_ones_are_not_printed_raw() -> None:
    row = rows(made.frame(made.change(method="effect", reason="parallel_unchecked;left_out=151")), "changes")[0]
    told = plain(Design.of(DANISH).conclusion(row))
    assert "Der er for få målinger før til at se, om kommunerne udviklede sig ens." in told
    assert "left_out" not in told


def test_choices_that_point_both_ways_are_counted() -> None:
    curve = [
        made.change(method="specification", specification=f"before={k}", change=value, ci_low=low, ci_high=high)
        for k, (value, low, high) in enumerate(((0.1, 0.02, 0.2), (0.1, -0.1, 0.3), (-0.1, -0.3, 0.1)))
    ]
    effect = made.change(method="effect")
    changes = made.frame(effect, *curve)
    told = Design.of(DANISH, changes=changes).choices(rows(changes, "changes", method="effect")[0])
    assert plain(told).startswith("Samme beregning er lavet på 3 rimelige måder: 2 peger opad, 1 peger nedad, og 1 er")
    assert {n.column for n in told if isinstance(n, Number)} == {
        "count", "count_positive", "count_negative", "count_excluding_zero",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "ends"),
    [
        (((0.1, -0.1, 0.3), (-0.1, -0.3, 0.1)), "1 peger opad, 1 peger nedad. Ingen af dem er klare."),
        (((0.1, 0.02, 0.3), (-0.1, -0.3, 0.1)), "og 1 er klare. Svaret afhænger altså af valget."),
        (((0.1, -0.1, 0.3), (0.2, -0.3, 0.4)), "Alle peger samme vej, men ingen af dem er klare."),
        (((0.1, 0.02, 0.3), (0.2, -0.3, 0.4)), "Alle peger samme vej; 1 af dem er klare."),
    ],
)
def test_an_answer_depends_on_the_choice_only_where_some_choice_gives_a_clear_one(
    found: tuple[tuple[float, float, float], ...], ends: str
) -> None:
    curve = [
        made.change(method="specification", specification=f"k={k}", change=value, ci_low=low, ci_high=high)
        for k, (value, low, high) in enumerate(found)
    ]
    changes = made.frame(made.change(method="effect"), *curve)
    told = plain(Design.of(DANISH, changes=changes).choices(rows(changes, "changes", method="effect")[0]))
    assert told.endswith(ends)


# ---------------------------------------------------------------- an event elsewhere


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_report_on_a_municipality_without_the_event_carries_its_name_in_no_head(language: str) -> None:
    labels = made.labels(language, municipality_code="751", registers=[])
    own = made.frame(made.change(municipality_code="751", role="comparison"))
    event = plain((labels.event("ishoej_2022"),))
    told = [
        wording.Survey.of(labels, estimates=NOTHING_KNOWN, changes=own, diagnostics=NOTHING).headline(),
        wording.Basis.of(labels, estimates=NOTHING_KNOWN, changes=own).cannot_show(),
    ]
    assert event not in " ".join(text(block) for block in told) + wording.Basis.of(labels).subtitle()
    assert not re.search(r"begivenhed|\bevent\b", " ".join(text(block) for block in told))


def test_a_municipality_without_the_event_is_not_said_to_be_alone() -> None:
    changes = made.frame(made.change(), made.change(municipality_code="751", role="comparison"))
    alone = made.frame(made.change(), made.change(municipality_code="000", role="country"))
    elsewhere = made.labels(municipality_code="751")
    told = text(wording.Compared.of(elsewhere, changes=changes).before_after("satisfaction"))
    assert told == (
        "Aarhus var ikke med i det, der skete. Derfor er ændringen her ikke sammenlignet med de andre kommuners."
    )
    assert "ingen andre kommuner" in text(wording.Compared.of(DANISH, changes=alone).before_after("satisfaction"))
    assert "kan ikke vises" in text(wording.Compared.of(DANISH, changes=changes).before_after("satisfaction"))


def test_the_event_told_is_the_municipalitys_own_where_there_are_several() -> None:
    other = made.EVENT | {"event": "aarhus", "treated": ["751"], "exposed": [], "label": {"da": "Aarhus samler"}}
    labels = made.labels(events=[made.EVENT, other], municipality_code="751", registers=[])
    assert wording.Basis.of(labels).subtitle().startswith("Aarhus samler")


# ---------------------------------------------------------------- majorities


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"estimate": 0.56, "ci_low": 0.469, "ci_high": 0.649}, "Om flertallet af svarene er positive, er usikkert."),
        ({"estimate": 0.76, "ci_low": 0.68, "ci_high": 0.83}, "Flertallet af svarene er positive."),
        ({"estimate": 0.3, "ci_low": 0.2, "ci_high": 0.4}, "Flertallet af svarene er ikke positive."),
        ({"estimate": 0.8, "ci_low": 0.6, "ci_high": 0.9, "flag": "uncertain"}, "er usikkert."),
    ],
)
def test_a_majority_is_said_of_an_interval_and_not_of_a_point(cells: dict[str, object], said: str) -> None:
    place = {"diagnostic": "nonresponse", "indicator": "satisfaction", "municipality_code": "183", "wave": "2021"}
    place |= {"group_by": "", "group": "", "category": "positive", "unit": "share"}
    found = made.frame(*(place | {"measure": name, "value": 0.4} for name in ("worst", "best", "tipping_point")))
    told = trusted(wording.Response.of(DANISH, estimates=made.frame(made.estimate(**cells)), diagnostics=found))
    assert said in told
    assert "Er mindst 40 pct. af dem uden svar positive, er et flertal af alle spurgte det." in told


@pytest.mark.parametrize(
    ("cells", "name", "said"),
    [
        (
            {"estimate": 0.76, "ci_low": 0.68, "ci_high": 0.83},
            "turning_odds",
            "også blandt alle spurgte, medmindre de positive var mere end 7,3 gange så tilbøjelige til at svare som de",
        ),
        (
            {"estimate": 0.3, "ci_low": 0.2, "ci_high": 0.4},
            "turning_odds_of_others",
            "heller ikke blandt alle spurgte, medmindre de andre var mere end 7,3 gange så tilbøjelige til at svare",
        ),
        (
            {"estimate": 0.56, "ci_low": 0.469, "ci_high": 0.649},
            "turning_odds",
            "er usikkert. Var de positive 1,5 gange",
        ),
    ],
)
def test_the_sentence_to_remember_of_those_who_did_not_answer_stands_before_the_bounds(
    cells: dict[str, object], name: str, said: str
) -> None:
    place = {"diagnostic": "nonresponse", "indicator": "satisfaction", "municipality_code": "183", "wave": "2021"}
    place |= {"group_by": "", "group": "", "category": "positive", "unit": "share"}
    found = made.frame(
        *(place | {"measure": each, "value": 0.4} for each in ("worst", "best", "tipping_point")),
        place | {"measure": name, "value": 7.3, "unit": "ratio"},
        place | {"measure": "at_odds", "value": 0.732},
    )
    told = trusted(wording.Response.of(DANISH, estimates=made.frame(made.estimate(**cells)), diagnostics=found))
    assert said in told
    assert "Var de positive 1,5 gange så tilbøjelige til at svare, er 73 pct. af alle spurgte positive." in told
    assert told.index("tilbøjelige") < told.index("Yderpunkterne er 40 pct. og 40 pct.")


def test_what_clusters_make_of_the_uncertainty_stands_where_weights_would() -> None:
    place = {"diagnostic": "weights", "municipality_code": "183", "wave": "2021", "group_by": "", "group": ""}
    place |= {"indicator": "", "category": "", "unit": "ratio"}
    clusters = [place | {"measure": "clusters", "value": 12.0, "unit": "clusters"}]
    clusters.append(place | {"measure": "variance_ratio", "indicator": "satisfaction", "value": 1.834})
    found = made.frame(place | {"measure": "design_effect", "value": 1.08}, *clusters)
    told = trusted(wording.Response.of(DANISH, estimates=made.frame(made.estimate()), diagnostics=found))
    assert "Svarene hører sammen i 12 klynger" in told
    assert "er usikkerheden om tilfredsheden 1,83 gange så stor som ved lige så mange uafhængige svar" in told
    assert "1,08" not in told
    others = [place | {"measure": "strata", "value": 3.0}, place | {"measure": "replicates", "value": 80.0}]
    found = made.frame(*others)
    told = trusted(wording.Response.of(DANISH, estimates=made.frame(made.estimate()), diagnostics=found))
    assert "trukket i 3 lag" in told
    assert "80 sæt gentagelsesvægte" in told


@pytest.mark.parametrize(
    ("cells", "measure", "said"),
    [
        ({}, "vanishing_odds", "Stigningen i tilfredsheden forsvinder, hvis de positive efter begivenheden blev 2,0"),
        (
            {"change": -0.09, "ci_low": -0.16, "ci_high": -0.02},
            "vanishing_odds_of_others",
            "Faldet i tilfredsheden forsvinder, hvis de, der ikke er positive, efter begivenheden blev 2,0 gange",
        ),
        ({"ci_low": -0.01}, "vanishing_odds", ""),
    ],
)
def test_beside_a_change_stands_who_answered_before_and_after(
    cells: dict[str, object], measure: str, said: str
) -> None:
    change = made.change(**cells)
    place = {"diagnostic": "nonresponse", "municipality_code": "183", "group_by": "", "group": "", "unit": "share"}
    rates = [place | {"measure": "rate", "wave": change[f"wave_{side}"], "value": value, "indicator": "",
                      "category": ""} for side, value in (("before", 0.41), ("after", 0.35))]  # fmt: skip
    odds = place | {"indicator": "satisfaction", "category": change["event"], "measure": measure, "value": 1.98}
    tables = {"changes": made.frame(change), "diagnostics": made.frame(*rates, odds | {"wave": "2021+2022"})}
    levels = made.frame(made.estimate())
    told = text(wording.Response.of(DANISH, estimates=levels, **tables).changed())
    assert "Før begivenheden svarede 41 pct. af de spurgte, efter den 35 pct." in told
    assert said in told
    assert ("forsvinder" in told) is bool(said)
    uninvited = made.frame(made.estimate(n_invited=None))
    unknown = text(wording.Response.of(DANISH, estimates=uninvited, changes=tables["changes"]).changed())
    assert "Hvor mange af de spurgte der svarede før og efter begivenheden, er ikke oplyst." in unknown


def test_who_skipped_came_again_and_what_more_answers_could_do_are_told() -> None:
    place = {"diagnostic": "nonresponse", "municipality_code": "183", "group_by": "", "group": "", "unit": "share"}
    place |= {"category": "", "wave": "2021", "indicator": ""}
    change = made.change()
    of_change = place | {"category": change["event"], "wave": "2021+2022"}
    rows = [
        *(place | {"measure": "skipped", "indicator": name, "value": value} for name, value in
          (("satisfaction", 0.02), ("meaning", 0.07))),
        of_change | {"measure": "again", "value": 0.6},
        *(of_change | {"measure": f"{side}_before", "indicator": "satisfaction", "value": value, "ci_low": low,
                       "ci_high": high} for side, value, low, high in
          (("again", 0.68, 0.48, 0.85), ("left", 0.65, 0.56, 0.74))),
        of_change | {"measure": "of_answers", "indicator": "satisfaction", "value": 0.97},
    ]  # fmt: skip
    told = wording.Response.of(
        DANISH,
        estimates=made.frame(made.estimate()),
        changes=made.frame(change),
        diagnostics=made.frame(*rows),
    )
    said = trusted(told) + text(told.changed())
    assert "sprang mellem 2 pct. og 7 pct. et spørgsmål over (flest ved »Mening" in said
    assert (
        "Af dem, der svarede før, svarede 60 pct. også efter. I den sidste måling før begivenheden var tallet for "
        "tilfredsheden 68 pct. blandt dem, der svarede igen (95 pct.-interval: 48 til 85), og 65 pct. blandt de andre "
        "(56 til 74)."
    ) in said
    assert "(som varians) kommer 97 pct. i tilfredsheden af, at ikke flere har svaret i Ishøj." in said


def test_the_level_over_the_years_is_told_where_it_is_much_narrower_or_does_not_fit() -> None:
    level = made.estimate(estimate=0.6, ci_low=0.5, ci_high=0.7, n=90)
    pooled = {"diagnostic": "own_waves", "indicator": "satisfaction", "measure": "share", "category": "positive"}
    pooled |= {"unit": "share", "municipality_code": "183", "wave": "2020+2021", "group_by": "", "group": ""}

    def said(language: str = "da", **numbers: object) -> str:
        labels = made.labels(language)
        found = made.frame(pooled | {"value": 0.58, "ci_low": 0.53, "ci_high": 0.63, "n": 200, "reason": ""} | numbers)
        told = wording.Survey.of(labels, estimates=made.frame(level), diagnostics=found).over_the_years("satisfaction")
        return "".join(text(paragraph) for paragraph in told)

    assert said().startswith("Niveauet gennem årene: 58 pct. i ")
    assert "regnet af alle kommunens svar i 2020 – 2021 (200)." in said()
    assert said().endswith("Det siger intet om, hvad der er nyt i den seneste måling.")
    assert "says nothing of what is new in the latest round" in said("en")
    assert said(ci_low=0.5, ci_high=0.66) == "", "a fifth narrower or more"
    apart = said(value=None, ci_low=None, ci_high=None, reason="latest_apart")
    assert apart.startswith("Niveauet gennem årene er ikke regnet.")


def test_the_difference_without_what_foresaw_the_event_stands_beside_it() -> None:
    chosen = "before=2;after=2;scale=points;comparison=all;weighted=yes;adjusted=no;foreseen="
    curve = [
        made.change(method="specification", specification=f"chosen;{chosen}yes"),
        made.change(method="specification", specification=f"{chosen.replace('before=2', 'before=1')}no", change=0.04),
        made.change(method="specification", specification=f"{chosen.replace('all', 'region')}no", change=0.09),
    ]
    effect = made.change(method="effect")
    told = Design.of(DANISH, changes=made.frame(effect, *curve))
    row = rows(made.frame(effect), "changes")[0]
    assert "Uden målingerne imellem er forskellen fra de andre +4,0 procentpoint" in plain(told.foreseen(row))
    assert Design.of(DANISH, changes=made.frame(effect)).foreseen(row) == ()


# ---------------------------------------------------------------- survey sections


def survey_rows() -> tuple[object, object]:
    estimates = made.frame(
        *(made.estimate(wave=wave, estimate=value) for wave, value in (("2021", 0.594), ("2022", 0.644))),
        *(
            made.estimate(wave="2022", group_by="gender", group=group, estimate=value, ci_low=low, ci_high=high, n=n)
            for group, value, low, high, n in (("k", 0.7, 0.62, 0.77, 80), ("m", 0.5, 0.4, 0.6, 70))
        ),
    )
    changes = made.frame(made.change(), made.change(method="effect", rank=2, n_comparison=42, wording_level="change"))
    return estimates, changes


@pytest.mark.parametrize(
    ("language", "country"), [("da", "Ledighed, hele landet"), ("en", "Unemployment, the whole country")]
)
def test_key_figures_of_a_register_say_whose_they_are(language: str, country: str) -> None:
    tables = {"estimates": made.register_estimates(), "changes": made.register_changes()}
    figures = wording.Register.of(made.labels(language), **tables).key_figures("unemployment")
    series = country.partition(",")[0]
    assert [plain(each.label) for each in figures.items][:2] == [f"{series}, Ishøj", country]  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["da", "en"])
def test_key_figures_show_before_and_after_and_say_what_is_not_stated(language: str) -> None:
    estimates, changes = survey_rows()
    block = wording.Survey.of(
        made.labels(language), estimates=estimates, changes=changes, diagnostics=NOTHING
    ).key_figures()
    assert_all_bound(block)
    assert [plain(item.parts).replace(NO_BREAK, " ") for item in block.blocks[0].items] == {
        "da": ["59 → 64 pct.", "Ikke oplyst", "Ikke oplyst"],
        "en": ["59 → 64 per cent", "Not stated", "Not stated"],
    }[language]


def group_test(p: float) -> object:
    test = {"diagnostic": "group_test", "indicator": "satisfaction", "measure": "rao_scott", "municipality_code": "183"}
    return made.frame(
        test | {"category": "positive", "wave": "2022", "group_by": "gender", "group": "", "p_adjusted": p}
    )


def said_of_groups(estimates: object, diagnostics: object) -> str:
    groups = wording.Groups.of(DANISH, estimates=estimates, diagnostics=diagnostics)  # type: ignore[arg-type]
    return text(groups.groups_answer("satisfaction", ["gender"]))


def test_no_group_is_named_lowest_or_highest_where_chance_or_few_answers_may_have_put_it_there() -> None:
    estimates, _ = survey_rows()
    named = said_of_groups(estimates, group_test(0.01))
    assert "lavest ligger mænd" in named
    told = said_of_groups(estimates, group_test(0.3))
    assert "lavest" not in told
    assert "Ingen klar forskel mellem grupperne" in told
    few = estimates.assign(flag=["uncertain" if group == "k" else "" for group in estimates["group"]])  # type: ignore[attr-defined]
    assert "lavest" not in said_of_groups(few, group_test(0.01))


def trust_rows() -> tuple[object, object, object]:
    """An index of two questions, its levels and changes, and an alpha that is too low."""
    names = ("satisfaction", "trust_met", "trust_listened")
    index = {"indicator": "trust", "measure": "index", "category": "", "unit": "points_0_100"}
    estimates = [made.estimate(indicator=name, wave=wave) for name in names for wave in ("2021", "2022")]
    estimates += [made.estimate(wave=wave, **(index | {"estimate": 62.0})) for wave in ("2021", "2022")]
    changes = [*(made.change(indicator=name) for name in names), made.change(**index)]
    place = {"municipality_code": "000", "wave": "2022", "group_by": "", "group": "", "category": ""}
    alpha = {"diagnostic": "reliability", "indicator": "trust", "measure": "alpha", "value": 0.46}
    return made.frame(*estimates), made.frame(*changes), made.frame(place | alpha)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_front_page_tells_the_questions_of_an_index_that_does_not_hold_together(language: str) -> None:
    estimates, changes, loose = trust_rows()
    labels = made.labels(language)
    for diagnostics, shown in ((loose, 0), (loose.assign(value=0.9), 1)):  # type: ignore[attr-defined]
        figures = wording.Survey.of(labels, estimates=estimates, changes=changes, diagnostics=diagnostics).key_figures()
        headline = wording.Survey.of(labels, estimates=estimates, changes=changes, diagnostics=diagnostics).headline()
        for block in (figures, headline):
            assert_all_bound(block)
            rows_used = {number.row for number in block.numbers() if number.table in ("estimates", "changes")}
            assert any("|trust|" in f"|{row}" for row in rows_used) == bool(shown)
            assert any("trust_listened|" in row for row in rows_used) != bool(shown)


def test_groups_whose_test_says_so_are_said_to_differ_and_hidden_ones_are_named() -> None:
    estimates, _ = survey_rows()
    diagnostics = NOTHING
    told = said_of_groups(estimates, group_test(0.01))
    assert "lavest ligger mænd med 50 pct. (95 pct.-interval: 40 til 60; n = 70), højest kvinder" in told
    assert "De to er nævnt, fordi de ligger yderst. I 2022 svarer grupperne set under ét klart forskelligt" in told
    assert said_of_groups(estimates, diagnostics) == "", "intervals that do not overlap are no test"
    of_another_wave = group_test(0.01).assign(wave="2021")  # type: ignore[attr-defined]
    assert said_of_groups(estimates, of_another_wave) == "", "nor is one of another wave"
    hidden = made.frame(made.estimate(wave="2022", group_by="gender", group="k", flag="suppressed", estimate=None))
    told = said_of_groups(hidden, diagnostics)
    assert told == "Kvinder vises ikke: for få har svaret, eller en for lille gruppe kunne ellers regnes ud."


TWO_EVENTS = (made.EVENT | {"treated": ["101"], "exposed": []}, made.EVENT | {"event": "other", "label": "Et valg"})


def test_a_report_is_about_the_event_of_its_municipality_and_says_where_the_others_stand() -> None:
    labels = made.labels(events=TWO_EVENTS, registers=[], survey={"file": "a.csv", "codebook": "b.yml", "waves": []})
    told = " ".join(text(block) for block in Surroundings.of(labels).other_events())
    assert told.startswith("Rapporten er skrevet om begivenheden Et valg.")
    assert "Ishøj forlader jobcentret står kun i changes.csv" in told
    assert Surroundings.of(DANISH).other_events() == ()
    changes = made.frame(made.change(), made.change(event="other"), made.register_change("183", "treated", "points"))
    assert list(about_event(changes, labels.params)["event"]) == ["other", "ishoej_2022"]
    assert len(about_event(changes, DANISH.params)) == 3


def test_missing_sections_say_so_and_how_to_supply_a_file() -> None:
    for section in made.SECTIONS:
        block = DANISH.missing(section)
        assert block.kind == "missing"
        assert text(block).startswith(("Ikke oplyst: ", "Ikke vist: "))


def test_what_cannot_be_shown_depends_on_what_the_report_holds() -> None:
    estimates, changes = survey_rows()
    with_survey = text(wording.Basis.of(DANISH, estimates=estimates, changes=changes).cannot_show())
    without = text(
        wording.Basis.of(DANISH, estimates=made.register_estimates(), changes=made.register_changes()).cannot_show()
    )
    assert "Svarene er borgernes oplevelse." in with_survey
    assert "Der er ingen borgerundersøgelse i denne rapport." in without


def test_the_method_prints_thresholds_from_params_and_rules() -> None:
    survey = {"file": "a.csv", "codebook": "b.yml", "waves": []}
    labels = made.labels(survey=survey, disclosure={"suppress_below": 10, "uncertain_below": 50})
    block = wording.Basis.of(labels).method()
    assert_all_bound(block)
    bound = {(n.text, n.table, n.row) for n in block.numbers()}
    assert {("10", "params", "disclosure.suppress_below"), ("95", "rules", "interval_level")} <= bound


# ---------------------------------------------------------------- a survey without an event

NOTHING = made.frame(made.change()).iloc[:0]


@pytest.mark.parametrize("language", ["da", "en"])
def test_one_wave_without_an_event_is_told_by_its_levels(language: str) -> None:
    labels = made.labels(language, events=[], registers=[])
    estimates, changes = made.frame(made.estimate(wave="2020", estimate=0.4), made.estimate()), NOTHING
    figures = wording.Survey.of(labels, estimates=estimates, changes=changes, diagnostics=NOTHING).key_figures()
    headline = wording.Survey.of(labels, estimates=estimates, changes=changes, diagnostics=NOTHING).headline()
    answer = wording.Survey.of(labels, estimates=estimates, changes=changes).answer("satisfaction")
    for block in (figures, headline, answer):
        assert_all_bound(block)
        assert {"59", "51", "67", "150", "2021"} <= {number.text for number in block.numbers()}
        assert not [number for number in block.numbers() if number.text == "40"]
    cannot = text(wording.Basis.of(labels, estimates=estimates, changes=changes).cannot_show())
    assert "begivenheden" not in cannot
    assert "the event" not in cannot


def test_a_level_that_may_not_be_shown_is_said_to_rest_on_too_few() -> None:
    labels = made.labels(events=[], registers=[])
    hidden = made.frame(made.estimate(estimate=None, ci_low=None, ci_high=None, n=None, flag="suppressed"))
    survey = wording.Survey.of(labels, estimates=hidden, changes=NOTHING, diagnostics=NOTHING)
    told = [survey.headline(), survey.key_figures()]
    assert "kan ikke vises: for få har svaret" in text(told[0])
    assert "Kan ikke vises: for få svar, eller det ville røbe et skjult tal." in text(told[1])


def test_a_unit_that_only_the_file_knows_stands_as_it_is_and_a_share_of_anything_in_per_cent() -> None:
    row = {"unit": "pct_of_18_66", "scale": "points"}
    danish, english = made.labels(), made.labels("en")
    share, persons = Row("changes", "k", row), Row("changes", "k", row | {"unit": "personer"})
    assert (danish.unit(share), danish.unit(share, change=True)) == ("pct.", "procentpoint")
    assert danish.axis_unit(share, "difference") == "forskel fra de andre, procentpoint"
    assert english.axis_unit(share) == "per cent"
    assert (danish.unit(persons), danish.unit(persons, change=True), danish.axis_unit(persons)) == ("personer",) * 3
    assert danish.axis_unit(persons, "change") == "ændring, personer"
    assert english.axis_unit(persons, "difference") == "difference from others, personer"


def test_a_series_with_the_key_of_a_question_is_called_what_the_params_call_it() -> None:
    series = made.SERIES | {"series": "trust", "label": "Sager om tillid", "in_sentence": None}
    labels = made.labels(with_codebook=False, registers=[series])
    assert labels.indicator("trust") == "Sager om tillid"
    assert plain(labels.definite("trust")) == "tallet for »Sager om tillid«"
    assert labels.indicator("satisfaction") == "satisfaction"


@pytest.mark.parametrize(
    ("alpha", "said"), [(0.69, "hænger ikke godt nok sammen"), (0.70, "hænger godt nok sammen til et indeks")]
)
def test_whether_questions_make_an_index_is_told_by_their_alpha_and_its_limit(alpha: float, said: str) -> None:
    row = {"diagnostic": "reliability", "measure": "alpha", "indicator": "trust", "value": alpha}
    told = plain(wording.Groups.of(DANISH, diagnostics=frame("diagnostics", [row], {})).reliability("trust"))
    assert said in told
    assert f"alfa = {alpha:.2f}".replace(".", ",") in told
    assert "grænsen er 0,7" in told


def test_the_interval_of_a_published_share_is_told_in_per_cent_and_what_has_none_says_so() -> None:
    given = [{"benchmark": "a", "ci_low": 0.55, "ci_high": 0.644}, {"benchmark": "b"}]
    whole, none = rows(pd.DataFrame(given), "benchmarks")
    assert plain(Published.of(DANISH).interval_of(whole)) == "55 til 64"
    assert plain(Published.of(DANISH).interval_of(none)) == "–"


def test_a_report_without_claims_says_where_they_are_added() -> None:
    assert "Der er ingen fil med påstande" in text(DANISH.missing("claims"))


def test_how_often_others_stood_out_before_the_event_is_told_with_one_decimal_and_its_base() -> None:
    row = {"diagnostic": "false_alarms", "category": "points", "municipality_code": "183", "indicator": "unemployment"}
    told = frame("diagnostics", [row | {"value": 0.0481, "n": 208, "unit": "share"}], {"183": "Ishøj"})
    changes = made.register_changes()
    block = wording.Register.of(DANISH, estimates=made.register_estimates(), changes=changes, diagnostics=told)
    assert "slog den ud i 4,8 pct. af 208 prøver" in text(block.checks("unemployment"))


@pytest.mark.parametrize("unit", ["share", "points_1_5"])
def test_a_card_has_base_and_interval_and_says_what_it_measures_where_no_picture_does(unit: str) -> None:
    row = Row("changes", "k", dict(made.change(change=0.1, ci_low=0.05, ci_high=0.15)) | {"unit": unit})
    told = plain(wording.Survey.of(DANISH)._key_detail(row, ("Klar stigning.",)))
    assert "svar" in told
    assert "95 pct.-interval" in told
    assert ("Andelen" in told) == (not wording.Survey.of(DANISH).pictured(row))


def test_a_section_says_once_which_interval_is_meant_and_what_an_unclear_change_is_not() -> None:
    """A report said it 24 times; a new section begins anew, and numbers keep their interval and base."""
    row = Row("changes", "k", dict(made.change(ci_low=-0.01)))
    said = Paragraph(wording.Survey.of(DANISH).change_sentence(row))
    section = (Heading(1, ("Tilfredshed",), "a"), said, Bullets((said.parts, said.parts)))
    told = text(Once(DANISH.texts).block(Group((*section, Heading(1, ("Tillid",), "b"), said))))
    assert told.count("95 pct.-interval: ") == 2
    assert told.count("Det er ikke det samme som, at intet er ændret.") == 1
    assert told.count("svar før") == 4
    assert not [line for line in told.splitlines() if "  " in line or line.endswith(" ")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_caution_that_is_said_once_stands_in_a_sentence(language: str) -> None:
    texts = read_texts(language).entries
    cautions = [words for key, words in texts.items() if key.startswith("cautions.")]
    others = [words for key, words in texts.items() if not key.startswith("cautions.")]
    assert [caution for caution in cautions if not any(caution in words for words in others)] == []


def test_a_survey_of_others_is_a_card_with_base_and_maker_and_without_what_the_rest_follows_from() -> None:
    of = {"source": "KL", "year": "2024", "reference": "", "population_da": "Borgere", "commissioner": "KL"}
    of |= {"evaluated_party": "commissioner payer", "n": "33000", "measure": "share", "approximate": "true"}
    answers = (("satisfaction", "positive", 0.6, "tilfredse"), ("satisfaction", "negative", 0.2, "utilfredse"))
    found = [of | dict(zip(("indicator", "category", "value", "text_da"), answer, strict=True)) for answer in answers]
    told = text(Published.of(DANISH).survey_cards(pd.DataFrame(found)))
    assert told.splitlines() == [
        "KL (2024)",
        "Spurgt: Borgere",
        "Tal: ca. 60 pct. tilfredse",
        "Antal svar: 33.000. Bestilt af: KL (bestilt og betalt af dem, den handler om).",
    ]


def test_a_claim_is_a_card_in_quotation_marks_with_what_the_figures_say() -> None:
    of = {"claimed_by_da": "Avisen", "dated": "2022-12", "basis_da": "ikke oplyst", "reply_da": "ikke oplyst"}
    of |= {"status_da": "ikke efterprøvet", "notes_da": "Ingen tal.", "municipality_code": "183"}
    rows_ = pd.DataFrame([of | {"claim_da": name, "checked_with": name} for name in ("Færre", "»80 procent«")])
    said: dict[str, Parts] = {"Færre": ("Ledigheden faldt.",), "»80 procent«": ()}
    told = text(Published.of(DANISH).claim_cards(rows_, lambda series, _: said[series])).splitlines()
    who = ["Hvem: Avisen (2022-12)", "Grundlag: ikke oplyst"]
    assert told == [
        *("»Færre«", *who, "Det siger tallene: Ledigheden faldt. Ingen tal."),
        *("»80 procent«", *who, "Det siger tallene: Ikke efterprøvet. Ingen tal."),
    ]
    elsewhere = Published.of(DANISH).claim_cards(rows_.assign(municipality_code="751"), lambda series, _: said[series])
    assert text(elsewhere) == "Påstande om andre kommuner er udeladt her."


def test_a_verdict_on_all_comparisons_is_said_once_and_different_ones_each_at_its_own() -> None:
    names, clear, unclear = ("satisfaction", "meaning"), {"ci_low": 0.01}, {"ci_low": -0.01}
    of = {"method": "effect", "rank": 2, "n_comparison": 42, "wording_level": "change"}
    own = [made.change(indicator=name) for name in names]
    for kinds, said in (((unclear, unclear), 1), ((clear, clear), 1), ((clear, unclear), 2)):
        effects = [made.change(indicator=name, **(of | kind)) for name, kind in zip(names, kinds, strict=True)]
        told = text(Survey.of(DANISH, changes=made.frame(*own, *effects)).one_by_one())
        assert told.count("kommunernes egne udsving") == said


@pytest.mark.dear
def test_a_municipality_that_the_event_also_touched_is_told_of_in_one_place() -> None:
    changes = [made.change(indicator=name, municipality_code="187") for name in ("satisfaction", "meaning")]
    told = text(Survey.of(DANISH, changes=made.frame(*changes)).exposed(("satisfaction", "meaning"))).splitlines()
    assert told[0].startswith("Vallensbæk blev også berørt af begivenheden.")
    assert len(told) == 3
    assert all("150 svar før, 152 efter" in line for line in told[1:])
