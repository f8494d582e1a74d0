"""What a report says of a plan from before the answers, and of what the event cannot touch."""

import pytest

import jobreport
from jobreport.intake import checks
from jobreport.prepare import check, freeze, rehearsal
from tests import plans
from tests.unit.report.test_any_survey import text_of

pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")

SIGNED = {"da": "Andel steg. Det er [tal].", "en": "It rose."}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A plan, and the answers that came afterwards: the main outcome rose, what the event cannot touch did not."""
    root = tmp_path_factory.mktemp("planned") / "p"
    params = plans.project(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal, "play", lambda stage, design: rehearsal.Played(_played(stage), []))
        freeze.freeze(params, "Analysekontoret", today=plans.BEFOREHAND)
    plans.collect(root, help_rose=0.35)
    plans.named(params, "frozen: {file: params/pleje.frozen.yml, held_by: {da: Arkivet, en: The archive}}")
    return params


def _played(stage):
    """The one case that comes out."""
    return rehearsal._sentences({"rise": stage.results(jump=0.4)})


@pytest.fixture(scope="module")
def study(planned):
    return jobreport.load(planned)


@pytest.mark.dear
def test_a_plan_that_was_followed_is_told_of_in_one_line(study):
    said = text_of(study.response_basis())
    assert "sætninger blev fastlagt 15. december 2022" in said
    assert "før svarene kom, og planen er fulgt." in said
    assert "Den ligger også hos andre: Arkivet." in said


@pytest.mark.dear
def test_for_inspection_it_says_who_signed_what_was_expected_and_that_the_sentence_was_written_down(study):
    said = text_of(study.frozen())
    assert "Planen er underskrevet af Analysekontoret." in said
    assert "Det, der måles: Ændringen i Hjælpen" in said
    assert "Det stod altså klart på forhånd, at så lille en ændring ikke ville kunne ses." in said
    assert "Sætningen om hovedmålet er, på nær tallene, en af dem, der blev skrevet ned på forhånd." in said
    assert "Tabel" not in said


def test_check_says_the_same_as_the_report(planned, study):
    found = check.Findings(checks.read_inputs(study.params), study.results)
    assert any("og planen er fulgt. Den ligger også hos andre: Arkivet." in line for line in found.lines())


def test_another_outcome_than_the_plan_foresaw_is_said(planned, study):
    plan = dict(study.results.facts["frozen"], sentences=[SIGNED])
    told = jobreport.wording.Beforehand.of(study.writer).told(plan)
    assert "er ikke en af dem, der blev skrevet ned på forhånd" in text_of(jobreport.page.Group(told))


def test_a_plan_of_after_the_answers_is_told_of_as_that(study):
    plan = dict(study.results.facts["frozen"], too_late=["after_fieldwork", "data_there"], held_by=None)
    said = text_of(jobreport.wording.Beforehand.of(study.writer).line(plan))
    assert "Den tæller ikke som fastlagt på forhånd: da var indsamlingen efter begivenheden begyndt og filen" in said
    assert "For datoen står kun den, der har underskrevet." in said


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("Tid A/S", "Om det er nogen, man kan stole på, er ikke efterprøvet her."),
        ("", "Det er uden certifikat, så underskriften på det kan ikke prøves."),
    ],
)
def test_a_time_stamp_says_the_day_and_by_whom_and_what_was_not_verified(study, by, told):
    plan = dict(study.results.facts["frozen"], stamped=True, stamped_by=by, held_by=None)
    said = text_of(jobreport.wording.Beforehand.of(study.writer).line(plan))
    assert "Et tidsstempel (RFC) på filen siger 15. december 2022" in said
    assert told in said
    assert "For datoen står kun" not in said


def test_a_change_beside_a_quiet_control_may_be_an_effect_and_the_control_never_is(study):
    effects = study.changes(
        method="effect", adjustment="", scale="points", category="positive", municipality_code="253"
    )
    level = dict(zip(effects["indicator"], effects["wording_level"], strict=True))
    assert level == {"help": "effect", "weather": "change"}
    said = text_of(study.before_after_checks())
    assert "Sammenligningen peger på en effekt" in said
    assert "Prøven på et mål, som begivenheden ikke kan påvirke (vejret), viser ingen klar forskel" in said
    assert "Målet er nævnt som et, begivenheden ikke kan påvirke." in said


@pytest.fixture(scope="module")
def otherwise(planned):
    """What the event cannot touch rose too, and one thing is otherwise than planned; in English."""
    plans.collect(planned.parents[1], help_rose=0.35, weather_rose=0.3)
    try:
        return jobreport.load(planned, unchanged_margin=4, language="en")
    finally:
        plans.collect(planned.parents[1], help_rose=0.35)


@pytest.mark.dear
def test_what_departed_is_named_line_by_line(otherwise):
    assert "1 thing has changed since." in text_of(otherwise.response_basis())
    assert "Smallest change: points" in text_of(otherwise.frozen())
    (found,) = otherwise.results.facts["frozen"]["departures"]
    assert (found["section"], found["then"], found["now"]) == ("smallest", "5", "4")


@pytest.mark.dear
def test_where_the_control_moves_too_nothing_is_called_an_effect(otherwise):
    said = text_of(otherwise.before_after_checks())
    assert "points to an effect" not in said
    assert "But the weather, which the event cannot touch, also changed clearly otherwise" in said
    assert "effect" not in set(otherwise.changes(method="effect")["wording_level"])


@pytest.mark.parametrize(
    ("block", "key"),
    [
        ("negative_control: weather => negative_control: wether", "control_unknown"),
        ("negative_control: weather => negative_control: help", "control_is_outcome"),
    ],
)
def test_a_control_that_cannot_be_one_is_refused(tmp_path, block, key):
    params = plans.project(tmp_path / "p", plans.WAVES)
    plans.named(params, block)
    with pytest.raises(jobreport.errors.InputRefused) as found:
        jobreport.load(params)
    assert [problem.key for problem in found.value.problems] == [key]
