"""The sheet that most readers want: each question and round once, in per cent, with base, interval and reason."""

import math
import shutil

import pandas as pd
import pytest

import jobreport
from jobreport.domain import municipalities
from jobreport.page import KeyFigure, plain
from jobreport.report import glance
from jobreport.wording.survey import Survey
from tests.unit import view_rows as made

pytestmark = pytest.mark.usefixtures("computed_once")


@pytest.mark.parametrize(("language", "share"), [("da", "pct."), ("en", "per cent")])
@pytest.mark.dear
def test_each_question_and_round_stands_once_as_the_report_tells_it(demo_project, language, share):
    study = jobreport.load(demo_project / "params" / "demo.yml", language=language)
    told = glance.results(study)
    assert told.attrs["place"] == "Ishøj"
    assert len(told) == 3 * 6
    first = told.iloc[0]
    row = study.estimates(
        indicator="satisfaction",
        measure="share",
        category="positive",
        municipality_code="183",
        group_by="",
        wave="2020-2",
    ).iloc[0]
    assert first.iloc[4] == share
    assert first.iloc[3] == round(100 * row.estimate, 2)
    assert (first.iloc[5], first.iloc[6], first.iloc[7]) == (
        round(100 * row.ci_low, 2),
        round(100 * row.ci_high, 2),
        row.n,
    )
    latest = study.changes(
        indicator="satisfaction", measure="share", category="positive", municipality_code="183", group_by="",
        wave_before="2022-2", wave_after="2023-1", adjustment="", method="change",
    ).iloc[0]  # fmt: skip
    assert told.iloc[5, 8:11].tolist() == [round(100 * latest[name], 2) for name in ("change", "ci_low", "ci_high")]
    assert told.iloc[:5, 8].isna().all()  # computed since the round before for the latest, and since the first


@pytest.mark.dear
def test_official_figures_have_no_interval_and_say_why():
    told = glance.results(jobreport.load("ishoej"))
    assert math.isnan(told.iloc[0, 5])
    assert told.iloc[:, -1].unique().tolist() == ["Officielt tal, som ikke bygger på en stikprøve"]


@pytest.mark.dear
def test_what_is_hidden_has_no_number_and_the_reason(plain_project, tmp_path):
    shutil.copytree(plain_project, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "data" / "demo" / "responses.parquet"
    answers = pd.read_parquet(file)
    first = answers["municipality_code"].eq("183") & answers["wave"].eq("2021-2")
    answers[~first | (first.cumsum() <= 4)].to_parquet(file, index=False)
    told = glance.results(jobreport.load(tmp_path / "params" / "demo.yml"))
    hidden = told[told.iloc[:, -1].str.startswith("Skjult")]
    assert 0 < len(hidden) < len(told)
    assert hidden.iloc[:, [3, 5, 6, 7, 8, 9, 10]].isna().all(axis=None)


@pytest.mark.dear
def test_an_overview_has_the_rows_of_every_municipality_as_their_own_reports_have_them(demo_project):
    study = jobreport.load(demo_project / "params" / "demo.yml")
    own, everybody = glance.results(study), glance.results(study, everybody=True)
    assert everybody.attrs["place"] == "alle kommuner"
    assert everybody.columns[0] == "Kommune"
    places = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    known = set(study.estimates()["municipality_code"])
    assert [*everybody["Kommune"].unique()] == [one.name for one in places if one.code in known]
    same = everybody[everybody["Kommune"].eq("Ishøj")].drop(columns="Kommune").reset_index(drop=True)
    assert same.equals(own)


HIDDEN = {"estimate": None, "ci_low": None, "ci_high": None, "n": None, "flag": "suppressed"}


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({}, ["59 pct. (95 pct.-interval: 51 til 67, 2022)", "vises ikke", "150"]),
        ({"ci_low": None, "ci_high": None}, ["59 pct. (uden interval, 2022)", "vises ikke", "150"]),
        ({"n": None}, ["59 pct. (95 pct.-interval: 51 til 67, 2022)", "vises ikke", "ikke oplyst"]),
        (HIDDEN, ["kan ikke vises", "vises ikke", "kan ikke vises"]),
        ({"wave": None}, ["ikke spurgt", "vises ikke", "ikke spurgt"]),
    ],
)
def test_a_line_of_the_list_says_hidden_only_of_what_is(cells, line):
    """A level without an interval, as of a table, or without a base was called hidden for few answers."""
    rows = [made.estimate(wave="2022") | cells] if "wave" not in cells else []
    survey = Survey.of(made.labels(), estimates=made.frame(*rows), changes=made.frame(), diagnostics=made.frame())
    told = glance._of_survey(survey, "satisfaction", KeyFigure((), (), ()))
    assert [plain(part).replace("\u00a0", " ") for part in told] == line
