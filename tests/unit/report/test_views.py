"""One figure or table at a time: what is chosen is what is drawn."""

from dataclasses import replace

import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.page import Figure, Paragraph, Table
from jobreport.report import views
from jobreport.report.study import Study
from jobreport.setup import params, yaml_writer

pytestmark = pytest.mark.usefixtures("computed_once", "drawn_wide")


@pytest.mark.parametrize("name", [name for name in views.FIGURES if name != "map"])
def test_every_figure_is_drawn_with_alt_text(study, name):
    drawn = study.figure(name, "satisfaction")
    assert isinstance(drawn, Figure)
    assert "<svg" in drawn.html()
    assert drawn.simulated


@pytest.mark.parametrize(("name", "where"), [("estimates", {}), ("effects", {}), ("groups", {"group_by": "gender"})])
def test_every_table_is_shown(study, name, where):
    assert isinstance(study.table(name, "trust", **where), Table)


def test_another_municipality_stands_in_front(study):
    assert "Randers" in study.figure("paths", "satisfaction", municipality="730").svg
    assert "Randers" not in study.figure("paths", "satisfaction").svg


def test_all_answers_of_a_survey_are_not_called_the_country(study):
    for name in ("paths", "rank"):
        figure = study.figure(name, "satisfaction")
        assert "Alle svar" in figure.svg
        assert "Hele landet" not in figure.svg + str(figure.alt)


def test_waves_after_the_chosen_one_are_not_drawn(study):
    whole, part = (study.figure("paths", "satisfaction", **where).svg for where in ({}, {"wave": "2022-1"}))
    assert "2023-1" in whole
    assert "2022-1" in part
    assert "2022-2" not in part


def test_a_grouping_leaves_the_others_out(study):
    drawn = study.figure("groups", "satisfaction", group_by="gender").svg
    assert "Kvinde" in drawn
    assert "Dagpenge" not in drawn


def test_groups_of_a_municipality_that_the_report_does_not_name_are_there(study):
    assert isinstance(study.figure("groups", "satisfaction", municipality="730"), Figure)
    assert study.estimates(municipality_code="730", group_by="gender").empty
    assert not study.all_estimates(municipality_code="730", group_by="gender").empty


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_a_municipality_may_be_named_or_numbered_everywhere(study):
    for named in ("Randers", 730, "0730", "randers kommune"):
        assert study.all_estimates(municipality_code=named, group_by="").municipality_code.eq("730").all()
        assert study.figure("paths", "trust", municipality=named) == study.figure("paths", "trust", municipality="730")


def test_several_values_of_a_column_may_be_asked_for(study):
    picked = study.all_estimates(municipality_code=["Randers", "183"], indicator=("trust",), group_by="")
    assert {*picked.municipality_code} == {"730", "183"}
    assert {*picked.indicator} == {"trust"}


@pytest.mark.parametrize(
    "where",
    [{"municipality_code": "Malmø"}, {"wave": ["2022-1", "1999"]}, {"indicator": "trsut"}, {"municipality_code": 42}],
)
def test_a_value_that_no_row_has_is_refused_with_what_there_is(study, where):
    for rows in (study.estimates, study.all_estimates):
        with pytest.raises(KeyError, match="is none of"):
            rows(**where)
    with pytest.raises(KeyError, match="no column wawe; there are"):
        study.changes(wawe="2022-1")


@pytest.mark.parametrize(
    "where", [{"municipality": "999"}, {"event": "none"}, {"wave": "1999"}, {"group_by": "shoe_size"}]
)
def test_what_is_not_there_is_refused_with_what_there_is(study, where):
    with pytest.raises(KeyError, match="is none of"):
        study.figure("paths", "satisfaction", **where)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", [*views.FIGURES, *views.TABLES])
@pytest.mark.parametrize(("what", "value"), [("wave", "2022-1"), ("group_by", "gender")])
def test_a_choice_that_would_change_nothing_is_refused_with_what_it_changes(study, name, what, value):
    draw = study.figure if name in views.FIGURES else study.table
    if name in views.HEEDED[what]:
        plain = {} if name in views.FIGURES or name != "groups" else {"group_by": "age"}
        assert draw(name, "satisfaction", **plain | {what: value}).html() != draw(name, "satisfaction", **plain).html()
        return
    with pytest.raises(KeyError, match=r"changes nothing in .*; it does in .*groups"):
        draw(name, "satisfaction", **{what: value})


def test_a_name_that_is_not_there_is_refused(study):
    with pytest.raises(KeyError, match="paths, distribution"):
        study.figure("pie", "satisfaction")
    with pytest.raises(KeyError, match="satisfaction, trust, meaning"):
        study.figure("paths", "happiness")


def test_where_there_is_nothing_to_draw_a_sentence_stands(study):
    assert isinstance(study.figure("paths", "satisfaction", wave="2020-2"), Paragraph)


def test_answers_of_persons_are_behind_a_name_that_says_so(study):
    assert not [name for name in dir(study) if "responses" in name and not name.startswith("unsafe_")]
    assert len(study.unsafe_responses()) == 2400


def test_a_params_file_is_found_from_the_folder_of_notebooks(demo_project, monkeypatch):
    from jobreport.report.study import _found

    (demo_project / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(demo_project / "notebooks")
    assert _found("params/demo.yml").samefile(demo_project / "params" / "demo.yml")


def test_a_written_params_file_reads_back_the_same(demo_project, study):
    path = demo_project / "params" / "again.yml"
    plain = study.params.to_plain() | {
        "name": "again",
        "municipality_code": "101",
        "title": {"da": "no: 12:30", "en": "x"},
    }
    path.write_text(yaml_writer.write(plain, "Again."), encoding="utf-8")
    assert params.read(path).to_plain() == plain


def test_a_notebook_that_only_names_a_report_opens_its_params_file(demo_project, monkeypatch):
    (demo_project / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(demo_project / "notebooks")
    empty = dict.fromkeys(("title", "survey", "events", "registers", "disclosure"))
    opened = jobreport.load(name="demo", language="en", municipality_code="730", **empty)
    assert (opened.params.language, opened.params.municipality_code, opened.params.title) == ("en", "730", None)
    assert opened.params.survey is not None
    with pytest.raises(InputRefused):
        jobreport.load(name="demo", language="en", municipality_code="999", **empty)
    with pytest.raises(InputRefused, match=r"nowhere\.yml: the file is not there|nowhere\.yml: filen findes ikke"):
        jobreport.load(name="nowhere", language="en", municipality_code="730", **empty)


@pytest.mark.usefixtures("undrawn")
def test_the_chapter_of_changes_speaks_of_the_event_only_where_it_happened(study):
    assert _changes_of(study, "183")[0] == "# Før og efter"
    assert _changes_of(study, "461")[:2] == ["# Ændringer over tid", "Hvad er blevet anderledes i kommunen selv?"]


@pytest.mark.usefixtures("undrawn")
def test_a_municipality_that_the_event_missed_gets_no_differences_of_others_and_no_false_reason(study):
    """Figures of false dates and of every choice are of the difference; 'ikke tal nok til' would be no reason."""
    here, elsewhere = ("\n".join(_changes_of(study, code)) for code in ("183", "461"))
    assert here.count("forskellen fra de øvrige kommuner, før") == 3
    assert "forskellen fra de øvrige kommuner, før" not in elsewhere
    assert elsewhere.count("for få tal til en figur") == 1  # (its own dots: the rows taken out here are those of Ishøj)


@pytest.mark.parametrize(
    ("code", "title", "shown"),
    [
        ("183", "Ishøj efter jobcentret", "Ishøj efter jobcentret"),
        ("461", "Ishøj efter jobcentret: Odense", "Jobcentret i Odense"),
        ("461", "Svar fra 2023: Odense", "Svar fra 2023: Odense"),
    ],
)
def test_a_title_that_names_whom_the_event_happened_to_is_on_no_other_report(study, code, title, shown):
    changed = {"municipality_code": code, "title": {"da": title, "en": title}}
    own = study.results.params.model_copy(update=changed)
    assert Study(replace(study.results, params=own)).front_matter()["title"] == shown


def _changes_of(study, code):
    own = study.results.params.model_copy(update={"municipality_code": code})
    report = Study(replace(study.results, params=own))
    return [*report.before_after().lines(), *report.before_after_checks().lines()]


@pytest.mark.parametrize(
    ("language", "title"), [("da", "Odense: hvad borgerne mener"), ("en", "Odense: what citizens think")]
)
def test_a_report_without_event_subject_or_title_says_what_it_is_about(study, language, title):
    own = study.results.params.model_copy(
        update={"municipality_code": "461", "title": None, "language": language, "registers": (), "events": ()}
    )
    book = replace(study.results.codebook, subject={})
    matter = Study(replace(study.results, params=own, codebook=book)).front_matter()
    assert (matter["title"], matter["subtitle"]) == (title, "")


def test_what_matters_most_is_said_to_be_left_out_once(study):
    released = study.results.released
    none = released.diagnostics[released.diagnostics["diagnostic"] != "drivers"]
    few = Study(replace(study.results, released=replace(released, diagnostics=none)))
    assert "\n".join(few.priorities().lines()).count("Ikke vist") == 1
