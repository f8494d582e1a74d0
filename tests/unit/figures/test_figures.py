"""Figures: what is drawn, what is left out, words, stamp, the same bytes twice."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest
from matplotlib.axes import Axes

from jobreport import figures
from jobreport.figures import narrow, style
from jobreport.page import FIGURE_WIDTH_MM, Figure, Paragraph, plain
from tests.unit import view_rows as made

DANISH = made.labels()


def drawn(figure: Figure | Paragraph) -> str:
    assert isinstance(figure, Figure), figure
    root = ElementTree.fromstring(figure.svg)
    return " ".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))


def survey_estimates(**cells: object) -> pd.DataFrame:
    shares = {"answer_1": 0.05, "answer_2": 0.1, "answer_3": 0.25, "answer_4": 0.4, "answer_5": 0.2}
    return made.frame(
        *(
            made.estimate(category=answer, wave=wave, estimate=share, **cells)
            for wave in ("2021", "2022")
            for answer, share in shares.items()
        ),
        *(made.estimate(wave=wave, **cells) for wave in ("2021", "2022")),
        *(made.estimate(wave="2022", group_by="gender", group=group, **cells) for group in ("k", "m")),
    )


def benchmarks() -> pd.DataFrame:
    row = {
        "benchmark": "a", "source": "Marselisborg", "year": 2023, "n": "9989", "indicator": "satisfaction",
        "category": "positive", "measure": "share", "value": 0.59, "ci_low": 0.58, "ci_high": 0.6,
        "scale_kind": "tilfredshed", "box": "top_2_of_5", "approximate": "false",
    }  # fmt: skip
    other = row | {"benchmark": "b", "source": "Psykiatrifonden", "scale_kind": "grad_hoej_eller_nogen"}
    return pd.DataFrame([row, other])


DRAWINGS: dict[str, Callable[[], Figure | Paragraph]] = {
    "paths": lambda: figures.Paths.of(DANISH, estimates=made.register_estimates()).figure("unemployment"),
    "rank": lambda: figures.Ranks.of(DANISH, changes=made.register_changes()).figure("unemployment"),
    "false_dates": lambda: figures.Ranks.of(DANISH, changes=made.register_changes()).false_dates("unemployment"),
    "distribution": lambda: figures.Distribution.of(
        DANISH, estimates=survey_estimates(), changes=made.frame(made.change())
    ).figure("satisfaction"),
    "groups": lambda: figures.Multiples.of(DANISH, estimates=survey_estimates()).figures("satisfaction"),
    "benchmarks": lambda: figures.Dots.of(DANISH, estimates=survey_estimates()).published(benchmarks()),
}


@cache
def once(name: str) -> Figure:
    """A figure that is drawn once for all that look at it; it cannot be changed."""
    made = DRAWINGS[name]()
    assert isinstance(made, Figure), made
    return made


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_is_the_same_bytes_twice_as_wide_as_the_text_and_names_one_typeface(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = once(name)
    monkeypatch.setattr(narrow, "svg", lambda *_: "")
    second = DRAWINGS[name]()
    assert isinstance(second, Figure)
    assert first.svg == second.svg
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', first.svg)[1])  # type: ignore[index]
    assert width == pytest.approx(FIGURE_WIDTH_MM / 25.4 * 72, abs=0.01)
    assert set(re.findall(r"font-family: ([^;\"]+)", first.svg)) == {"'Source Sans 3'"}
    assert "<dc:date>" not in first.svg


@pytest.mark.usefixtures("undrawn")
def test_published_figures_beside_own_ones_name_the_source_of_both() -> None:
    both, published = (
        figures.Dots.of(DANISH, estimates=estimates).published(benchmarks())
        for estimates in (survey_estimates(), survey_estimates(municipality_code="187"))
    )
    said = "Kilde: de undersøgelser, der er nævnt i figuren{}. Egne beregninger."
    assert plain(both.source) == said.format("; Ishøj: borgerundersøgelsen")
    assert plain(published.source) == said.format("")


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_has_words_whose_numbers_are_bound(name: str) -> None:
    figure = once(name)
    loose = [part for parts in figure.all_parts() for part in parts if isinstance(part, str) and re.search(r"\d", part)]
    assert loose == []
    assert plain(figure.source).startswith("Kilde: ")


@pytest.mark.usefixtures("undrawn")
def test_of_changes_without_an_interval_of_any_difference_the_figure_and_its_words_tell_the_changes_alone() -> None:
    """Beside fewer than four municipalities the caption promised intervals, and the words a list that was empty."""
    found = made.register_changes()
    few = found.assign(**{end: found[end].mask(found["method"].eq("effect")) for end in ("ci_low", "ci_high")})
    figure = figures.Ranks.of(DANISH, changes=few).figure("unemployment")
    assert isinstance(figure, Figure)
    assert plain(figure.caption).startswith("Ændringen i alle kommuner fra")
    assert "skete et andet sted" not in plain(figure.caption)
    assert "I de andre kommuner gik ændringerne fra" in plain(figure.alt)
    assert "Forskellen fra de øvrige" not in plain(figure.alt)


def test_no_type_is_smaller_than_the_report_allows() -> None:
    figure = once("rank")
    assert min(float(size) for size in re.findall(r"font-size: ([\d.]+)px", figure.svg)) >= style.SMALL_SIZE


@pytest.mark.usefixtures("drawn_wide")
def test_a_simulated_figure_is_stamped_in_the_drawing_and_a_real_one_is_not() -> None:
    simulated = figures.Multiples.of(DANISH, estimates=survey_estimates(simulated=True)).figures("satisfaction")
    assert "SIMULEREDE TAL" in drawn(simulated)
    assert isinstance(simulated, Figure)
    assert simulated.simulated
    assert "SIMULEREDE TAL" not in drawn(
        figures.Multiples.of(DANISH, estimates=survey_estimates()).figures("satisfaction")
    )


@pytest.mark.usefixtures("drawn_wide")
def test_the_stamp_stands_once_in_a_figure_below_all_that_is_drawn() -> None:
    """It lay across the lines and the dots, once in each panel."""
    shares = {"2021": 0.41, "2022": 0.6}
    rows_ = made.frame(*(made.estimate(wave=wave, estimate=share, simulated=True) for wave, share in shares.items()))
    figure = figures.Paths.of(DANISH, estimates=rows_).figure("satisfaction", "share", "positive")
    words = drawn(figure)
    assert words.count("SIMULEREDE TAL") == 1
    assert isinstance(figure, Figure)
    heights = {text: float(y) for y, text in re.findall(r'<text[^>]* y="([\d.]+)"[^>]*>([^<]+)</text>', figure.svg)}
    assert heights["SIMULEREDE TAL"] == max(heights.values())
    assert "SIMULEREDE TAL" not in "".join(figure.html().split("<svg")[0])


@pytest.mark.usefixtures("drawn_wide")
def test_an_axis_spans_what_is_shown_and_says_where_it_begins() -> None:
    rows_ = made.frame(*(made.estimate(wave=w, estimate=x) for w, x in {"2021": 0.41, "2022": 0.6}.items()))
    words = drawn(figures.Paths.of(DANISH, estimates=rows_).figure("satisfaction", "share", "positive"))
    assert "pct., fra 40" in words


def test_the_paths_name_the_municipalities_in_front_and_read_out_the_extremes() -> None:
    figure = once("paths")
    assert all(name in drawn(figure) for name in ("Ishøj", "Vallensbæk", "Hele landet"))
    alt = plain(figure.alt).replace("\u00a0", " ")
    assert "Ishøj: 7,00 pct. i 2020 og 4,60 pct. i 2022." in alt
    assert "Frederiksberg lavest i 2022 med 3,00 pct. og København højest med 3,10 pct." in alt


@pytest.mark.usefixtures("drawn_wide")
def test_the_event_stands_just_before_the_first_period_after_it_also_where_periods_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """2018, 2020 and 2022 stand at 0, 2 and 4: the event of 2022 stood at 1.5, before the year 2020."""
    drawn_at: list[float] = []
    own = Axes.axvline
    monkeypatch.setattr(Axes, "axvline", lambda axes, x, **look: drawn_at.append(x) or own(axes, x, **look))
    found = made.register_estimates().replace({"wave": {"2020": "2018", "2021": "2020"}})
    assert isinstance(figures.Paths.of(DANISH, estimates=found).figure("unemployment"), Figure)
    assert drawn_at == [3.5]


@pytest.mark.usefixtures("undrawn")
def test_official_figures_name_no_end_that_two_municipalities_share() -> None:
    found = made.register_estimates()
    last = found["wave"].eq("2022") & found["municipality_code"].isin(["101", "147"])
    found.loc[last, "estimate"] = 3.0
    figure = figures.Paths.of(DANISH, estimates=found).figure("unemployment")
    assert isinstance(figure, Figure)
    alt = plain(figure.alt).replace("\u00a0", " ")
    assert "lavest" not in alt
    assert "I 2022 ligger de øvrige kommuner mellem 3,00 pct. og 3,00 pct." in alt


@pytest.mark.usefixtures("drawn_wide")
def test_a_suppressed_group_is_named_but_not_drawn() -> None:
    hidden = {"flag": "suppressed", "estimate": None, "ci_low": None, "ci_high": None, "n": None}
    rows_ = survey_estimates()
    rows_.loc[rows_["group"] == "m", list(hidden)] = list(hidden.values())
    figure = figures.Multiples.of(DANISH, estimates=rows_).figures("satisfaction")
    assert isinstance(figure, Figure)
    assert "fortroligt" in drawn(figure)
    assert "Mænd: fortroligt." in plain(figure.alt)


def test_a_distribution_with_a_suppressed_answer_is_not_drawn_at_all() -> None:
    rows_ = survey_estimates()
    rows_.loc[rows_["category"] == "answer_1", ["estimate", "flag"]] = [None, "suppressed"]
    figure = figures.Distribution.of(DANISH, estimates=rows_, changes=made.frame(made.change())).figure("satisfaction")
    assert isinstance(figure, Paragraph)
    assert figure.kind == "missing"


def test_scales_of_different_kinds_never_share_an_axis() -> None:
    assert "Psykiatrifonden" not in drawn(once("benchmarks"))


@pytest.mark.parametrize("draw", [figures.Paths.figure, figures.Ranks.figure, figures.Ranks.false_dates])
def test_a_figure_without_rows_is_a_sentence(draw: Callable[..., Figure | Paragraph]) -> None:
    empty = {"estimates": made.register_estimates().iloc[:0], "changes": made.register_changes().iloc[:0]}
    of = figures.Paths if draw is figures.Paths.figure else figures.Ranks
    assert isinstance(draw(of.of(DANISH, **empty), "unemployment"), Paragraph)


@pytest.mark.usefixtures("drawn_wide")
def test_a_change_is_drawn_also_where_nobody_is_left_to_swarm_beside_it() -> None:
    changes = made.register_changes()
    figure = figures.Ranks.of(DANISH, changes=changes[changes["role"] != "comparison"]).figure("unemployment")
    assert {"Ishøj", "Vallensbæk"} <= set(re.findall("Ishøj|Vallensbæk", drawn(figure)))


@pytest.mark.parametrize("shown", [(), ("2021",)])
def test_a_path_with_fewer_than_two_figures_to_show_is_a_sentence(shown: tuple[str, ...]) -> None:
    hidden = {"estimate": None, "flag": "suppressed"}
    waves = (made.estimate(wave=wave, **({} if wave in shown else hidden)) for wave in ("2021", "2022", "2023"))
    assert isinstance(
        figures.Paths.of(DANISH, estimates=made.frame(*waves)).figure("satisfaction", "share", "positive"), Paragraph
    )


@pytest.mark.usefixtures("drawn_wide")
def test_a_lone_municipality_is_not_drawn_beside_itself_as_all_answers() -> None:
    waves = [made.estimate(wave=wave, municipality_code=code) for code in ("183", "000") for wave in ("2021", "2022")]
    alone = figures.Paths.of(DANISH, estimates=made.frame(*waves)).figure("satisfaction", "share", "positive")
    assert isinstance(alone, Figure)
    assert "Alle svar" not in drawn(alone) + plain(alone.alt)
    waves += [made.estimate(wave=wave, municipality_code="101") for wave in ("2021", "2022")]
    beside = figures.Paths.of(DANISH, estimates=made.frame(*waves)).figure("satisfaction", "share", "positive")
    assert isinstance(beside, Figure)
    assert "Alle svar" in drawn(beside)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2.1 defines it."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_seen_and_told_apart_in_greyscale() -> None:
    assert contrast(style.CONTEXT, "#FFFFFF") >= 3
    assert all(contrast(look.colour, "#FFFFFF") >= 4.5 for look in style.LOOKS.values())
    assert all(contrast(ink, fill) >= 4.5 for ink, fill in zip(style.INK_ON, style.DIVERGING, strict=True))
    assert len({look.marker for look in style.LOOKS.values()}) == len({x.line for x in style.LOOKS.values()}) == 3


def test_labels_are_moved_apart_and_keep_their_order() -> None:
    placed = style.spread([3.0, 1.0, 1.1], 0.5, 0.0, 4.0)
    assert placed[1] < placed[2] < placed[0]
    assert placed[2] - placed[1] == pytest.approx(0.5)


# ---------------------------------------------------------------- the front page's picture


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("unit", "said", "unsaid"),
    [("share", "andel af positive svar i pct.", "indeks"), ("points_0_100", "point på et indeks", "pct., ")],
)
def test_the_caption_speaks_of_an_index_only_where_one_is_drawn(unit: str, said: str, unsaid: str) -> None:
    share = unit == "share"
    told = {"measure": "share", "indicator": "satisfaction"} if share else {"measure": "index", "category": ""}
    measure = {"indicator": "trust", **told, "unit": unit}
    levels = made.frame(*(made.estimate(wave=wave, **measure) for wave in ("2021", "2022")))
    changed = made.frame(made.change(**measure))
    figure = figures.Answer.of(DANISH, estimates=levels, changes=changed, diagnostics=made.frame()).figure()
    assert isinstance(figure, Figure)
    caption = plain(figure.caption).replace("\u00a0", " ")
    assert said in caption
    assert unsaid not in caption


@pytest.mark.parametrize(
    ("rounds", "event", "lines", "said"),
    [
        (("2021", "2022"), "", ["2021", "2022"] * 2, "Ishøj i 2021 (ring) og 2022 (prik)"),
        (("2020", "2021"), "", ["2021", "2022", "2020", "2021"], "i de to målinger, der er nævnt ved hvert spørgsmål"),
        (("2021", "2022"), "ishoej_2022", ["før", "efter"] * 2, "Ishøj før (2021, ring) og efter (2022, prik)"),
        (
            ("2020", "2022"),
            "ishoej_2022",
            ["2021", "2022", "2020", "2022"],
            "i de to målinger, der er nævnt ved hvert spørgsmål",
        ),
    ],
)
def test_each_level_is_drawn_beside_its_own_round(rounds, event, lines, said, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """A question that the latest round did not ask changed between the two before it."""
    drawn: list[str] = []
    named = style.named_lines
    monkeypatch.setattr(style, "named_lines", lambda axes, told: (drawn.extend(told.values()), named(axes, told)))
    of = {"satisfaction": ("2021", "2022"), "meaning": rounds}
    levels = [made.estimate(indicator=name, wave=wave) for name, waves in of.items() for wave in waves]
    changes = [made.change(indicator=name, wave_before=waves[0], wave_after=waves[1], event=event)
               for name, waves in of.items()]  # fmt: skip
    found = {"estimates": made.frame(*levels), "changes": made.frame(*changes), "diagnostics": made.frame()}
    figure = figures.Answer.of(made.labels() if event else made.labels(events=[]), **found).figure()
    assert isinstance(figure, Figure)
    assert drawn == [f"{name}, {line}" for name, line in zip(["Tilfredshed"] * 2 + ["Mening"] * 2, lines, strict=True)]
    assert said in plain(figure.caption).replace("\u00a0", " ")


def test_beside_a_municipality_stand_all_answers_of_its_own_rounds() -> None:
    """It did not answer in 2024: those of 2022 and 2024 stood on its lines of 2020 and 2022."""
    own = [made.estimate(wave=wave) for wave in ("2020", "2022")]
    everybody = [made.estimate(wave=wave, municipality_code="000", estimate=value, n=900)
                 for wave, value in (("2020", 0.21), ("2022", 0.32), ("2024", 0.43))]  # fmt: skip
    changed = [made.change(event="", municipality_code=code, wave_before=before, wave_after=after)
               for code, before, after in (("183", "2020", "2022"), ("000", "2022", "2024"))]  # fmt: skip
    tables = {"changes": made.frame(*changed), "diagnostics": made.frame(), "estimates": made.frame(*own, *everybody)}
    figure = figures.Answer.of(made.labels(events=[], registers=[]), **tables).figure()
    assert isinstance(figure, Figure)
    words = plain(figure.alt).replace("\u00a0", " ")
    assert "Alle svar, Tilfredshed: 21 pct. i 2020" in words
    assert "32 pct. i 2022" in words
    assert "2024" not in words
