"""Reports of every municipality on official figures alone, without survey and event: described, never an effect."""

import dataclasses

import nbformat
import pandas as pd
import pytest

from jobreport.domain import municipalities
from jobreport.intake import checks
from jobreport.make.batch import jobs
from jobreport.page import Figure, KeyFigures, plain
from jobreport.prepare import check
from jobreport.release import computation
from jobreport.report.overview import Overview
from jobreport.report.results import select
from jobreport.report.study import Study
from jobreport.setup import params

REGISTER = "data/register"
pytestmark = pytest.mark.usefixtures("computed_once")


@pytest.fixture(scope="module")
def chosen(request):
    return params.read(request.config.rootpath / "params" / "kommuner.yml")


@pytest.fixture(scope="module")
def inputs(chosen):
    return checks.read_inputs(chosen)


@pytest.fixture(scope="module")
def computed(inputs):
    return computation.compute(inputs, computation.municipalities_in(inputs))


@pytest.fixture(scope="module")
def report(chosen, computed):
    context = checks.read_context(chosen)

    def of(code, language="da"):
        own = jobs.for_municipality(chosen, code).model_copy(update={"language": language})
        return Study(select(computed, dataclasses.replace(context, params=own)))

    return of


def said(*blocks):
    return " ".join(line for block in blocks for line in block.lines())


def figures(root, series):
    table = pd.read_csv(root / REGISTER / f"{series}.csv", dtype={"municipality_code": str, "period": str})
    return table.pivot(index="municipality_code", columns="period", values="value")


# The capital, the largest, the smallest, islands, towns and suburbs; all 98 with the slow tests.
SOME = ("101", "147", "173", "183", "187", "265", "400", "461", "482", "563", "575", "741", "751", "825", "849", "851")
SOME_AND_ALL = [pytest.param(SOME, id="some"), pytest.param(None, marks=pytest.mark.slow, id="all")]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("of", SOME_AND_ALL)
@pytest.mark.dear
def test_every_municipality_gets_a_report_of_itself_that_speaks_of_no_effect_and_no_event(report, computed, of):
    assert len(computed.municipalities) == 98
    fronts = {}
    for code in of or computed.municipalities:
        study = report(code)
        fronts[code] = said(study.front())
        assert municipalities.name(code) in fronts[code]
        assert "af 98 kommuner" not in fronts[code]  # (a place among all stands in the chapter)
        assert "begivenhed" not in fronts[code]
    assert len(set(fronts.values())) == len(fronts) == len(of or computed.municipalities)
    whole = [
        said(s.front(), s.register(), s.register_others(), s.register_event(), s.method(), s.missing())
        for s in map(report, ("183", "825"))
    ]
    assert [text for text in whole if "effekt" in text.lower().replace("effektiv", "")] == []


def drawn(place, code):
    """One municipality in fourteen is drawn by default."""
    return pytest.param(code, marks=[pytest.mark.slow] if place % 14 else [])


@pytest.mark.parametrize("code", [drawn(*each) for each in enumerate(sorted(municipalities.names()))])
def test_the_front_of_every_municipality_is_drawn(report, code):
    front = report(code).front()
    assert [leaf for leaf in front.leaves() if isinstance(leaf, Figure) and "</svg>" not in leaf.svg] == []
    assert "</svg>" in front.html()


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("code", ["825", "101", "741"])  # a small, a large and an island municipality
def test_levels_and_changes_are_those_of_the_file(report, chosen, code, language):
    told = said(report(code, language).register())
    values = figures(chosen.root, "unemployment")
    mark = "," if language == "da" else "."
    for year in ("2023", "2024"):
        assert f"{values.loc[code, year]:.2f}".replace(".", mark) in told


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_ishoej_is_number_35_from_below_in_higher_education_and_near_the_top_in_social_assistance(report, chosen):
    told = said(report("183").front(), report("183").register(), report("183").register_others())
    for series, ascending, words in (
        ("higher_education", True, "nr. 35 af 98 kommuner, talt fra den laveste"),
        ("social_assistance", False, "nr. 4 af 98 kommuner, talt fra den højeste"),
    ):
        ranks = figures(chosen.root, series)["2022"].drop("000").rank(method="min", ascending=ascending)
        assert f"nr. {ranks['183']:.0f} af" in words
        assert words in told
    assert "faldt 0,83 promillepoint i Ishøj; i hele landet faldt den 0,73" in told


@pytest.mark.usefixtures("undrawn")
def test_a_figure_that_is_no_per_cent_is_not_called_percentage_points(report):
    study = report("183")
    chapter = said(study.register(), study.register_others())
    of_assistance = chapter[chapter.index("## Kontanthjælp") :]
    assert "promillepoint" in of_assistance
    assert "0,83 procentpoint" not in of_assistance


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_a_clear_difference_that_the_municipality_has_had_before_may_be_chance(report, computed):
    """Small islands swing more than those of their level do: that is said, and lowers the word."""
    changes, diagnostics = computed.released.changes, computed.released.diagnostics
    similar = changes[changes["method"].eq("similar") & changes["indicator"].eq("unemployment")]
    clear = set(similar.loc[(similar["ci_low"] > 0) | (similar["ci_high"] < 0), "municipality_code"])
    before = diagnostics[diagnostics["diagnostic"].eq("as_large") & diagnostics["indicator"].eq("unemployment")]
    often = set(before.loc[before["value"].gt(0) & before["municipality_code"].isin(clear), "municipality_code"])
    assert often
    for code in sorted(often)[:3]:
        assert "end kommuner som den svinger af sig selv" not in said(report(code).front())


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_a_report_with_an_event_tells_series_of_no_event_beside_it(request):
    chosen = params.read(request.config.rootpath / "params" / "ishoej.yml")
    study = Study(computation_of(chosen))
    told = said(study.register(), study.register_others(), study.register_event())
    assert "Videregående uddannelse" in told
    released = study.results.released
    of_none = released.changes["indicator"].ne("unemployment")
    assert set(released.changes.loc[of_none, "event"]) == {""}
    assert "effect" not in set(released.changes.loc[of_none, "method"])
    assert "uddannelsesniveauer" in said(study.claims())


def computation_of(chosen):
    found = checks.read_inputs(chosen)
    everybody = computation.municipalities_in(found)  # (other files ask for their reports, of the same computation)
    return select(computation.compute(found, everybody), checks.read_context(chosen))


def test_check_says_that_the_figures_are_described(chosen):
    lines = check.check(chosen.root / "params" / "kommuner.yml")
    assert "Officielle tal uden begivenhed" in lines
    assert "Kontanthjælp" in lines


def overview_of(chosen, computed, language):
    (job,) = jobs.overviews(chosen, [language], chosen.root, 1)
    return Overview.of_study(Study(select(computed, checks.read_context(job.params))))


SERIES = ("unemployment", "higher_education", "social_assistance")


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.dear
def test_the_overview_shows_every_municipality_in_every_series_in_no_order_of_value(chosen, computed, language):
    overview = overview_of(chosen, computed, language)
    found = [b for b in overview.each_series_check().blocks if getattr(b, "key", "").startswith("table-overview")]
    assert [table.key.rpartition("-")[2] for table in found] == [*SERIES]
    told = [leaf for leaf in overview.each_series().leaves() if isinstance(leaf, Figure)]
    for table, figure in zip(found, told, strict=True):
        assert len(table.rows) == 98
        assert [row[0][0] for row in table.rows if row[0][0] not in plain(figure.alt)] == []


@pytest.mark.usefixtures("drawn_wide")
@pytest.mark.parametrize("language", ["da", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("series", SERIES)
@pytest.mark.dear
def test_every_municipality_is_drawn_in_the_overview(chosen, computed, series, language):
    alone = tuple(each for each in chosen.registers if each.series == series)
    overview = overview_of(chosen.model_copy(update={"registers": alone}), computed, language)
    (figure,) = [leaf for leaf in overview.each_series().leaves() if isinstance(leaf, Figure)]
    names = [municipalities.name(code, language) for code in municipalities.names()]
    assert [name for name in names if f">{name}<" not in figure.svg] == []


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("language", "begins"), [("da", "Oversigten viser de off"), ("en", "The overview shows the off")]
)
def test_the_overview_says_in_front_what_it_shows(chosen, computed, language, begins):
    overview = overview_of(chosen, computed, language)
    front = overview.front()
    assert len([leaf for leaf in front.leaves() if isinstance(leaf, KeyFigures)]) == 1
    assert "98" not in said(overview.not_compared())
    assert said(front).startswith(begins)


def test_the_overview_notebook_loops_over_whatever_the_codebook_holds(request):
    notebook = nbformat.read(request.config.rootpath / "notebooks" / "overview.ipynb", as_version=4)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "overview.each_indicator()" in source
    assert "satisfaction" not in source
