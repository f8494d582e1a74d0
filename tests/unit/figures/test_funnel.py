"""The specification curve, the priority map, the funnel and the map of tiles; their sentences."""

import re
import xml.etree.ElementTree as ElementTree
from functools import cache

import pandas as pd
import pytest

from jobreport import figures, wording
from jobreport.domain import municipalities
from jobreport.domain.released import Row
from jobreport.figures.funnel import beside, layout
from jobreport.page import Figure, Paragraph, plain
from tests.unit import view_rows as made

pytestmark = pytest.mark.usefixtures("drawn_wide")
DANISH = made.labels()
NO_BREAK = "\u00a0"


def funnel_diagnostics() -> pd.DataFrame:
    levels = {"183": (0.75, 150), "187": (0.55, 100), "101": (0.6, 200), "147": (0.58, 120)}
    found = [made.diagnostic(municipality_code=code, value=value, n=n) for code, (value, n) in levels.items()]
    for code, (value, n) in levels.items():
        for measure, width in (("limit_95", 0.08), ("limit_998", 0.13)):
            reason = "outside" if measure == "limit_95" and abs(value - 0.59) > width else ""
            limits = {"value": 0.59, "ci_low": 0.59 - width, "ci_high": 0.59 + width, "reason": reason}
            found.append(made.diagnostic(municipality_code=code, measure=measure, n=n, **limits))
    outside = {"measure": "outside_95", "value": 1.0, "ci_high": 0.2, "n": 570, "unit": "municipalities"}
    found.append(made.diagnostic(municipality_code="000", **outside))
    return made.frame(*found)


def driver_diagnostics() -> pd.DataFrame:
    pairs = {"trust_met": (0.68, 0.57, 0.76), "trust_listened": (0.64, 0.5, 0.74), "meaning": (0.3, 0.1, 0.45)}
    return made.frame(
        *(
            made.diagnostic(
                diagnostic="drivers", measure="correlation", category=name, unit="coefficient", value=value, ci_low=low,
                ci_high=high, n=118,
            )
            for name, (value, low, high) in pairs.items()
        )
    )  # fmt: skip


def driver_estimates() -> pd.DataFrame:
    return made.frame(*(made.estimate(indicator=k, wave="2022") for k in ("trust_met", "trust_listened", "meaning")))


def map_estimates() -> pd.DataFrame:
    intervals = {"000": (0.58, 0.6), "183": (0.6, 0.7), "187": (0.3, 0.5), "101": (0.5, 0.65)}
    return made.frame(
        *(
            made.estimate(wave="2022", municipality_code=code, estimate=(low + high) / 2, ci_low=low, ci_high=high)
            for code, (low, high) in intervals.items()
        )
    )


def curve_changes() -> pd.DataFrame:
    specifications = [
        ("chosen;before=1;after=1;scale=points;comparison=all", -0.79, -1.4, -0.1),
        ("before=2;after=1;scale=points;comparison=all", -0.4, -1.0, 0.2),
        ("before=1;after=1;scale=points;comparison=region", 0.2, -0.4, 0.8),
    ]
    curve = [
        made.effect("183", "points", value, low, high, 1, method="specification", specification=text, reason="")
        for text, value, low, high in specifications
    ]
    return pd.concat([made.register_changes(), made.frame(*curve)], ignore_index=True)


def texts_in(figure: Figure | Paragraph) -> list[str]:
    assert isinstance(figure, Figure), figure
    root = ElementTree.fromstring(figure.svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def drawn() -> dict[str, Figure | Paragraph]:
    return {
        "curve": figures.SpecificationCurve.of(DANISH, changes=curve_changes()).figure("unemployment"),
        "priorities": figures.PriorityMap.of(
            DANISH, estimates=driver_estimates(), diagnostics=driver_diagnostics()
        ).figure(),
        "funnel": figures.Funnel.of(DANISH, estimates=made.frame(), diagnostics=funnel_diagnostics()).figure(
            "satisfaction"
        ),
        "map": figures.TileMap.of(DANISH, estimates=map_estimates()).figure("satisfaction"),
    }


@cache
def once() -> dict[str, Figure | Paragraph]:
    """The same, drawn once for all that look at them."""
    return drawn()


@pytest.mark.dear
def test_figures_are_the_same_bytes_twice_and_their_words_are_bound() -> None:
    for (name, first), second in zip(once().items(), drawn().values(), strict=True):
        assert isinstance(first, Figure), name
        assert isinstance(second, Figure)
        assert first.svg == second.svg
        loose = [p for parts in first.all_parts() for p in parts if isinstance(p, str) and re.search(r"\d", p)]
        assert loose == [], name


def path_estimates() -> pd.DataFrame:
    places = {"183": 0.6, "101": 0.5, "147": 0.7}
    return made.frame(
        *(
            made.estimate(wave=wave, municipality_code=code, estimate=level)
            for wave in ("2021", "2022")
            for code, level in places.items()
        )
    )


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("language", "ends"), [("da", "ligger {}mellem {} og {}"), ("en", "lie between {1} and {2}")])
def test_no_figure_of_a_survey_reads_out_who_lies_lowest_or_highest(language: str, ends: str) -> None:
    labels = made.labels(language)
    unit = "pct." if language == "da" else "per cent"
    for figure, others, low, high in (
        (
            figures.Funnel.of(labels, estimates=made.frame(), diagnostics=funnel_diagnostics()).figure("satisfaction"),
            "",
            55,
            75,
        ),
        (figures.TileMap.of(labels, estimates=map_estimates()).figure("satisfaction"), "", 40, 65),
        (
            figures.Paths.of(labels, estimates=path_estimates()).figure("satisfaction", "share", "positive"),
            "de øvrige kommuner ",
            50,
            70,
        ),
    ):
        assert isinstance(figure, Figure)
        alt = plain(figure.alt).replace(NO_BREAK, " ")
        assert ends.format(others, f"{low} {unit}", f"{high} {unit}") in alt
        assert not re.search("København|Copenhagen|Frederiksberg|lavest|højest|lowest|highest", alt)


def test_the_layout_holds_every_municipality_once_and_no_two_in_one_place() -> None:
    tiles = layout()
    assert sorted(tile.code for tile in tiles) == sorted(municipalities.names())
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)
    assert len({tile.short for tile in tiles}) == len(tiles)


@pytest.mark.parametrize(
    ("west", "east"), [("Esbjerg", "København"), ("Fanø", "Esbjerg"), ("Odense", "Slagelse"), ("Dragør", "Bornholm")]
)
def test_west_lies_left_of_east(west: str, east: str) -> None:
    column = {municipalities.name(tile.code): tile.column for tile in layout()}
    assert column[west] <= column[east]


@pytest.mark.parametrize(("north", "south"), [("Hjørring", "Aalborg"), ("Aarhus", "Kolding"), ("Helsingør", "Køge")])
def test_north_lies_above_south(north: str, south: str) -> None:
    row = {municipalities.name(tile.code): tile.row for tile in layout()}
    assert row[north] < row[south]


def test_a_tile_is_marked_only_if_its_whole_interval_lies_on_one_side() -> None:
    country = Row("estimates", "c", {"estimate": 0.59})
    marks = [
        beside(Row("estimates", "k", {"ci_low": low, "ci_high": high}), country)
        for low, high in ((0.6, 0.7), (0.5, 0.65), (0.3, 0.5))
    ]
    assert marks == ["above", "like", "below"]


def test_the_map_prints_values_only_where_there_are_answers_and_reads_out_those_in_front() -> None:
    figure = once()["map"]
    assert [text for text in texts_in(figure) if text.isdigit()] == ["58", "65", "40"]
    assert isinstance(figure, Figure)
    alt = plain(figure.alt).replace(NO_BREAK, " ")
    assert "Ishøj: 65 pct. (95 pct.-interval: 60 til 70; over alle svar)." in alt


def test_the_curve_marks_the_chosen_one_and_names_the_choices_that_differ() -> None:
    texts = texts_in(once()["curve"])
    assert texts.count("valgt") == 1
    assert {"målinger før: 1", "målinger før: 2", "sammenlignet med: samme region"} <= set(texts)
    assert not [text for text in texts if "målinger efter" in text]


def test_the_curve_without_other_choices_is_a_sentence() -> None:
    assert isinstance(
        figures.SpecificationCurve.of(DANISH, changes=made.register_changes()).figure("unemployment"), Paragraph
    )


def test_a_curve_of_two_scales_and_no_other_choice_is_a_sentence() -> None:
    changes = curve_changes()
    tried = changes["method"] == "specification"
    same = changes[tried].head(1).assign(specification="chosen;before=1;comparison=all;scale=points")
    log = same.assign(scale="log", specification="before=1;comparison=all;scale=log")
    only = pd.concat([changes[~tried], same, log])
    assert isinstance(figures.SpecificationCurve.of(DANISH, changes=only).figure("unemployment"), Paragraph)


def test_levels_at_the_top_of_the_scale_have_an_axis_of_some_length() -> None:
    top = driver_estimates().assign(estimate=1.0, ci_low=1.0, ci_high=1.0)
    assert isinstance(figures.PriorityMap.of(DANISH, estimates=top, diagnostics=driver_diagnostics()).figure(), Figure)


def test_above_what_goes_the_other_way_it_does_not_say_that_the_top_is_closest() -> None:
    same = driver_diagnostics()
    turned = pd.concat([same.head(2), same.tail(1).assign(value=-0.3, ci_low=-0.45, ci_high=-0.1)])
    for found, said in ((same, "øverst følges"), (turned, "hver sin vej")):
        figure = figures.PriorityMap.of(DANISH, estimates=driver_estimates(), diagnostics=found).figure()
        words = " ".join(texts_in(figure))
        assert [each for each in ("øverst følges", "hver sin vej") if each in words] == [said]


def test_one_experience_alone_is_not_put_in_order() -> None:
    alone = driver_diagnostics().head(1)
    assert isinstance(
        figures.PriorityMap.of(DANISH, estimates=driver_estimates(), diagnostics=alone).figure(), Paragraph
    )
    told = "\n".join(wording.Funnels.of(DANISH, estimates=driver_estimates(), diagnostics=alone).priorities().lines())
    assert "Tilføj en svarfil" not in told
    assert "mindst to spørgsmål" in told


@pytest.mark.parametrize("others", [0, 1])
def test_fewer_than_two_other_municipalities_are_neither_map_nor_funnel(others: int) -> None:
    kept = ["000", "183", "187"][: 2 + others]
    rows_, found = map_estimates(), funnel_diagnostics()
    few = rows_[rows_["municipality_code"].isin(kept)], found[found["municipality_code"].isin(kept)]
    assert isinstance(figures.TileMap.of(DANISH, estimates=few[0]).figure("satisfaction"), Paragraph)
    assert isinstance(figures.Funnel.of(DANISH, estimates=few[0], diagnostics=few[1]).figure("satisfaction"), Paragraph)


def test_the_funnel_sentence_says_inside_or_outside_and_what_chance_would_give() -> None:
    found = wording.Funnels.of(DANISH, diagnostics=funnel_diagnostics())
    told = plain(found.answer("satisfaction")).replace(NO_BREAK, " ")
    assert "75 pct. mod 59 pct. for alle svar (150 svar fra kommunen)." in told
    assert "Det er mere, end tilfældet plejer at give (51 til 67)." in told
    counted = plain(found.outside(found.funnel_rows("satisfaction"))).replace(NO_BREAK, " ")
    assert counted == "1 kommune afviger mere, end tilfældet plejer at give; 0,2 kunne man vente."


def test_priorities_are_ordered_and_an_unsure_order_is_said_to_be() -> None:
    found = driver_diagnostics()
    told = "\n".join(wording.Funnels.of(DANISH, estimates=driver_estimates(), diagnostics=found).priorities().lines())
    assert told.index("trust_met") < told.index("trust_listened") < told.index("Mening")
    assert "Den første hænger klart tættere sammen" in told
    found = found.assign(ci_high=found["ci_high"].mask(found["category"].eq("meaning"), 0.6))
    told = "\n".join(wording.Funnels.of(DANISH, estimates=driver_estimates(), diagnostics=found).priorities().lines())
    assert "Rækkefølgen er usikker" in told
    assert "sammenhæng 0,68 (0,57 til 0,76)" in told.replace(NO_BREAK, " ")
    none = wording.Funnels.of(DANISH, estimates=driver_estimates(), diagnostics=found.assign(ci_low=-0.1)).priorities()
    assert "Ingen af dem følges klart med det" in "\n".join(none.lines())


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ((0.6, 0.51, 0.67), "Flertallet af svarene er positive."),
        ((0.4, 0.33, 0.47), "Flertallet af svarene er ikke positive."),
        ((0.5, 0.43, 0.57), ""),
    ],
)
def test_the_tipping_point_stands_beside_the_side_of_the_majority(level: tuple[float, ...], said: str) -> None:
    base = {"diagnostic": "nonresponse", "n": 150}
    found = made.frame(
        made.diagnostic(**base, measure="rate", indicator="", category="", value=0.38),
        made.diagnostic(**base, measure="worst", value=0.28),
        made.diagnostic(**base, measure="best", value=0.91),
        made.diagnostic(**base, measure="tipping_point", value=0.349),
    )
    cells = dict(zip(("estimate", "ci_low", "ci_high"), level, strict=True))
    of = wording.Response.of(DANISH, estimates=made.frame(made.estimate(wave="2022", **cells)), diagnostics=found)
    said_of = [line for block in (of.answer(), of.majorities(), of.checks()) for line in block.lines()]
    told = "\n".join(said_of).replace(NO_BREAK, " ")
    assert "blev 400 spurgt i 2022, og 155 svarede (38 pct.)." in told
    assert "Yderpunkterne er 28 pct. og 91 pct.: ingen, eller alle, af dem uden svar er positive." in told
    assert said in told
    assert "Er mindst 35 pct. af dem uden svar positive, er et flertal af alle spurgte det." in told


def test_an_unknown_number_of_invited_is_said_to_be_unknown() -> None:
    block = wording.Response.of(
        DANISH, estimates=made.frame(made.estimate(n_invited=None)), diagnostics=made.frame(made.diagnostic())
    ).answer()
    assert "Derfor er svarprocenten ukendt." in "\n".join(block.lines())


@pytest.mark.parametrize(
    ("effect", "said"), [(1.0, "Alle svar tæller lige meget."), (1.2, "Det gør usikkerheden 1,20 gange så stor")]
)
def test_answers_that_weigh_the_same_are_not_said_to_differ(effect: float, said: str) -> None:
    weights = made.diagnostic(diagnostic="weights", measure="design_effect", indicator="", category="", value=effect)
    told = (
        wording.Response.of(DANISH, estimates=made.frame(made.estimate(wave="2022")), diagnostics=made.frame(weights))
        .checks()
        .lines()
    )
    assert said in "\n".join(told).replace(NO_BREAK, " ")
