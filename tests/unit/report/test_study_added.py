"""An analyst's own indicator, and the same study with other params."""

import pytest

import jobreport

pytestmark = pytest.mark.usefixtures("computed_once")


@pytest.fixture(scope="module")
def study(plain_project, computed_once):
    return jobreport.load(plain_project / "params" / "demo.yml")


@pytest.fixture(scope="module")
def ours(study):
    return study.add_indicator("contact", ["trust_met", "trust_listened"], label="Kontakt")


@pytest.mark.dear
def test_an_own_indicator_has_all_that_an_indicator_has(study, ours):
    assert [*ours.indicators().indicator][-1] == "contact"
    assert [*study.indicators().indicator] == [*ours.indicators().indicator][:-1]
    rows = ours.estimates(indicator="contact", measure="index", group_by="", municipality_code="183")
    assert set(rows.columns) >= {"n", "ci_low", "ci_high", "simulated"}
    assert not ours.changes(indicator="contact", method="effect").empty
    assert "Kontakt" in repr(ours.figure("paths", "contact"))
    assert ours.results.facts["indicators_added"] == [["contact", ("trust_met", "trust_listened"), "Kontakt"]]


@pytest.mark.dear
def test_an_indicator_of_one_question_has_the_numbers_of_that_question(study):
    ours = study.add_indicator("listened", "trust_listened", positive=2)
    own, asked = (
        ours.estimates(indicator=name, measure="mean", group_by="", municipality_code="183").estimate.tolist()
        for name in ("listened", "trust_listened")
    )
    assert own == asked


@pytest.mark.parametrize(
    ("name", "items", "given", "said"),
    [
        ("trust", ["trust_met"], {}, "no new name"),
        ("Tillid til os", ["trust_met"], {}, "no new name"),
        ("ours", ["s_99"], {}, "s_99: no such question; there are satisfaction"),
        ("ours", [], {}, "none named"),
        ("ours", ["trust_met"], {"positive": 1}, "trust_met 2 of 5"),
    ],
)
@pytest.mark.dear
def test_what_makes_no_indicator_is_refused_with_what_there_is(study, name, items, given, said):
    with pytest.raises(ValueError, match=said):
        study.add_indicator(name, items, **given)


@pytest.mark.dear
def test_without_a_survey_there_is_nothing_to_make_an_indicator_of():
    with pytest.raises(ValueError, match="no survey"):
        jobreport.load("ishoej").add_indicator("ours", ["trust_met"])


@pytest.mark.dear
def test_keys_of_the_params_are_replaced_and_own_indicators_kept(study, ours):
    ours = ours.with_(language="en", municipality_code="Randers", events=[])
    assert ours.municipality() == "Randers"
    assert [*ours.indicators().indicator][-1] == "contact"
    assert ours.changes().method.ne("effect").all()
    with pytest.raises(jobreport.errors.InputRefused, match="languge"):
        study.with_(languge="en")
