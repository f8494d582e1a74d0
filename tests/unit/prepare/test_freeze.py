"""What a plan holds, ten things one by one; what departs from it is named, and a late plan does not count."""

import datetime
import hashlib
from pathlib import Path

import pytest
import yaml

import jobreport
from jobreport.desk import cli
from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.formats.key import Key
from jobreport.prepare import freeze, rehearsal
from jobreport.prepare.power import Design
from jobreport.report.results import checksums, digest
from jobreport.setup import frozen
from jobreport.setup import params as params_file
from tests import plans

SAID = {"rise": {"da": "Steg.", "en": "Rose."}, "none": {"da": "Intet.", "en": "Nothing."}}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A project whose plan was frozen before the answers came; nobody alters it."""
    curve = [{"specification": "chosen", "scale": "points", "standard_error": 1.0}]
    return plans.frozen(tmp_path_factory.mktemp("frozen") / "project", SAID, curve)


@pytest.fixture
def project(written, tmp_path):
    """A copy of it that names its plan."""
    block = "frozen: {file: params/pleje.frozen.yml, held_by: {da: Arkivet, en: The archive}}"
    return plans.copied(written, tmp_path / "p", block)


@pytest.fixture(scope="module")
def held(written):
    return yaml.safe_load(written.with_name("pleje.frozen.yml").read_text(encoding="utf-8"))


def departed(params: Path) -> list[tuple[str, str]]:
    """Section and path of everything that is otherwise than in the plan."""
    context = checks.read_context(params_file.read(params))
    now = checksums(context.params.to_plain(), next(file.sha256 for file in context.files if file.role == "codebook"))
    return [
        (each.section, each.path)
        for each in context.frozen.departures(frozen.Held(context.params, context.codebook), now)
    ]


# ---------------------------------------------------------------------- the ten things


@pytest.mark.dear
def test_one_it_holds_checksums_of_params_codebook_and_program(held, project, monkeypatch):
    codebook = project.with_name("kodebog.yml")
    assert held["checksums"]["codebook"] == hashlib.sha256(codebook.read_bytes()).hexdigest()
    assert held["checksums"]["version"] == jobreport.__version__
    assert all(len(held["checksums"][name]) == 64 for name in ("params", "codebook", "program"))
    assert departed(project) == []
    codebook.write_text(codebook.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    monkeypatch.setattr(jobreport, "__version__", "9.9")
    assert departed(project) == [("codebook", ""), ("program", "")]


def test_two_it_holds_what_is_measured_in_words_and_in_keys(held, project):
    assert held["in_words"]["da"].startswith(
        "Ændringen i Hjælpen (andel positive svar) i Greve fra målingerne før 1. jan"
    )
    assert held["estimand"]["population"]["en"] == "Citizens with home care"
    assert (held["estimand"]["treated"], held["estimand"]["date"]) == (["253"], "2023-01-01")
    plans.named(project, "Borgere med hjemmehjælp => Borgere over 80 år")
    assert departed(project) == [("estimand", "population")]


def test_three_it_holds_one_main_outcome(held, project):
    assert held["outcome"] == {"indicator": "help", "measure": "share", "negative_control": "weather"}
    plans.named(project, "{indicator: help, measure: share} => {indicator: help, measure: index}")
    assert departed(project) == [("outcome", "measure")]


def test_four_it_holds_the_rounds_by_their_days(held, project):
    assert [*held["windows"]["before"]] == ["2019", "2020", "2021", "2022"]
    assert held["windows"]["after"]["2023"] == "2023-03-01 – 2023-03-28"
    plans.named(project, "from: '2023-03-01', to: '2023-03-28' => from: '2023-04-01', to: '2023-04-28'")
    assert departed(project) == [("windows", "after.2023")]


def test_five_it_holds_the_comparison_with_its_rule_and_its_day(held, project):
    assert held["comparison"]["municipalities"] == [*plans.OTHERS]
    assert held["comparison"]["rule"]["en"] == "Municipalities of the same region"
    assert held["frozen_on"] == "2022-12-15"
    plans.named(project, "'101', '147', => '147',")
    assert departed(project) == [("comparison", "municipalities")]


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        ("kodebog.yml", "Er hjælpen god? => Er hjælpen ikke god?", "questions.help.wording"),
        ("kodebog.yml", "Meget tilfreds] => Helt tilfreds]", "questions.help.answers"),
        ("kodebog.yml", "positive: 2 => positive: 1", "questions.help.positive"),
        ("pleje.yml", "mode: {da: Brev, en: Letter} => mode: {da: Telefon, en: Telephone}", "mode.2019"),
    ],
)
def test_six_it_holds_wording_and_mode_of_every_round(held, project, name, change, where):
    assert held["asked"]["questions"]["help"]["wording"]["da"] == "Er hjælpen god?"
    assert set(held["asked"]["mode"]) == set(plans.WAVES)
    plans.named(project.with_name(name), change)
    assert ("asked", where) in departed(project)


def test_seven_it_holds_the_frame_and_the_expected_response(held, project):
    assert held["frame"]["frame"]["da"] == "Kommunens omsorgssystem"
    assert (held["frame"]["invited"], held["frame"]["response"], held["expected"]["answers"]) == (300, 40.0, 120)
    plans.named(project, "Kommunens omsorgssystem => Et panel")
    plans.named(project, "response: 40} => response: 55}")
    assert departed(project) == [("frame", "frame"), ("frame", "response")]


def test_eight_it_holds_the_smallest_change_that_matters_beside_the_detectable_one(held, project):
    design = Design(10, waves_before=4, waves_after=2)
    assert held["expected"]["detectable"] == pytest.approx(100 * design.detectable(120), abs=0.05)
    assert (held["smallest"]["matters"], held["expected"]["enough"]) == (5.0, False)
    assert held["expected"]["unchanged_of_100"] == round(100 * design.unchanged(120, 0.05))
    plans.named(project, "unchanged_margin: 5 => unchanged_margin: 15")
    assert departed(project) == [("smallest", "matters")]


def test_nine_it_holds_the_gate_and_the_choices_that_count(held, project, monkeypatch):
    assert (held["gate"]["course_level"], held["gate"]["waves_before"], held["gate"]["comparisons"]) == (50.0, 4, 9)
    assert held["specifications"] == ["chosen"]
    monkeypatch.setitem(frozen.GATE, "waves_before", 2)
    assert departed(project) == [("gate", "waves_before")]


def test_ten_it_holds_what_happens_with_missing_rounds(held, project):
    assert "færre end 4 målinger før" in held["missing_waves"]["da"]
    plans.named(project, "response: 40} => response: 40, missing_waves: {da: Intet, en: Nothing}}")
    assert departed(project) == [("missing_waves", "")]
    plans.named(project, "    - {wave: '2024', from: '2024-03-01', to: '2024-03-28'}\n => ")
    assert departed(project) == [("missing_wave", "after.2024"), ("missing_waves", "")]


@pytest.mark.dear
def test_its_sentences_are_marked_as_made_up_and_hold_no_number(written):
    found = freeze.Draft(freeze._read(written), "x", written.with_name("other.yml")).checked()
    stage = rehearsal.Stage.of(frozen.Held(found.params, found.codebook), found.others, 60)
    said = rehearsal._sentences({"rise": stage.results(jump=0.5)})["rise"]
    for language in LANGUAGES:
        texts = texts_of("freeze", language)
        assert said[language].startswith(texts["mark"])
        assert said[language].count(texts["number"]) > 5
        left = said[language].replace("95", "")
        assert not any(letter.isdigit() for letter in left), left
    assert "peger på en effekt af begivenheden (Et nyt hold)" in said["da"]
    assert " steg fra [tal]" in said["da"]


# ---------------------------------------------------------------------- what counts


def test_other_keys_of_the_params_are_told_of_too_and_names_and_titles_are_not(project):
    plans.named(project, "name: pleje => name: anden")
    plans.named(project, "disclosure: {suppress_below: 10}")
    assert departed(project) == [("rest", "disclosure.suppress_below")]


@pytest.mark.parametrize(
    ("day", "there", "why"),
    [
        (datetime.date(2022, 12, 15), False, ()),
        (datetime.date(2023, 3, 1), False, ("after_fieldwork",)),
        (datetime.date(2024, 1, 1), False, ("after_fieldwork",)),
        (datetime.date(2022, 12, 15), True, ("data_there",)),
    ],
)
def test_a_plan_from_after_the_answers_does_not_count(written, day, there, why):
    plan, _ = frozen.load(written.with_name("pleje.frozen.yml").read_bytes(), "x")
    dated = frozen.Frozen(plan.model_copy(update={"frozen_on": day}), "")
    params = params_file.read(written)
    own = Key(params).published("survey", digest((written.parents[1] / "svar.csv").read_bytes()))
    assert dated.too_late(frozen.Held(params, None), [own] if there else []) == why


def test_waves_moved_to_later_days_make_no_late_plan_an_early_one(project):
    plan, _ = frozen.load(project.with_name("pleje.frozen.yml").read_bytes(), "x")
    plans.named(project, "from: '2023-03-01', to: '2023-03-28' => from: '2023-09-01', to: '2023-09-28'")
    late = frozen.Frozen(plan.model_copy(update={"frozen_on": datetime.date(2023, 6, 1)}), "")
    assert late.too_late(frozen.Held(params_file.read(project), None), ()) == ("after_fieldwork",)


def test_the_day_of_a_time_stamp_goes_before_that_of_the_file(written):
    plan, _ = frozen.load(written.with_name("pleje.frozen.yml").read_bytes(), "x")
    stamped = frozen.Frozen(plan, "", datetime.date(2023, 3, 2))
    assert stamped.too_late(frozen.Held(params_file.read(written), None), ()) == ("after_fieldwork",)


@pytest.mark.dear
def test_answers_that_are_there_already_are_written_into_the_plan(tmp_path, monkeypatch):
    params = plans.project(tmp_path / "p", plans.WAVES)
    monkeypatch.setattr(rehearsal, "play", lambda *_: rehearsal.Played(SAID, []))
    told = freeze.freeze(params, "Kontoret", today=datetime.date(2024, 5, 1))
    held = yaml.safe_load(params.with_name("pleje.frozen.yml").read_text(encoding="utf-8"))
    assert held["answers_there"] == ["2023", "2024"]
    assert "tæller ikke som fastlagt på forhånd" in told


def test_a_file_that_cannot_be_read_yet_is_not_said_to_be_without_answers(tmp_path, monkeypatch):
    params = plans.project(tmp_path / "p")
    (tmp_path / "p" / "svar.csv").write_text("runde;kommune;help\n2019;999;9\n", encoding="utf-8")
    monkeypatch.setattr(rehearsal, "play", lambda *_: rehearsal.Played(SAID, []))
    told = freeze.freeze(params, "Kontoret", today=plans.BEFOREHAND)
    assert "kan ikke læses endnu" in told


def test_the_file_of_answers_may_be_still_to_come(tmp_path, monkeypatch):
    params = plans.project(tmp_path / "p")
    (tmp_path / "p" / "svar.csv").unlink()
    monkeypatch.setattr(rehearsal, "play", lambda *_: rehearsal.Played(SAID, []))
    told = freeze.freeze(params, "Kontoret", language="en", today=plans.BEFOREHAND)
    assert "10 municipalities to compare with" in told
    held = yaml.safe_load(params.with_name("pleje.frozen.yml").read_text(encoding="utf-8"))
    assert held["data"] == [{"file": "svar.csv", "checksum": None}]


# ---------------------------------------------------------------------- refusals


def refused(params: Path, signed_by: str = "Kontoret", **given: object) -> list[tuple[str, dict[str, object]]]:
    with pytest.raises(InputRefused) as found:
        freeze.freeze(params, signed_by, **given)
    return [(problem.key, problem.values) for problem in found.value.problems]


def test_all_that_is_lacking_is_named_at_once(tmp_path):
    params = plans.project(tmp_path / "p")
    for gone in ("unchanged_margin: 5\n", "  planned: {invited: 300, response: 40}\n",
                 "    mode: {da: Brev, en: Letter}\n",
                 "    outcome: {indicator: help, measure: share}\n"):  # fmt: skip
        plans.named(params, f"{gone} => ")
    ((key, facts),) = refused(params)
    assert key == "freeze_incomplete"
    assert facts["keys"] == ["unchanged_margin", "events, outcome", "survey, planned", "survey, description, mode"]
    assert not params.with_name("pleje.frozen.yml").exists()


def test_a_plan_without_a_signature_is_none(tmp_path):
    assert refused(plans.project(tmp_path / "p"), "  ") == [("freeze_incomplete", {"keys": ["--sign-by"]})]


def test_a_plan_is_never_written_over(written):
    before = written.with_name("pleje.frozen.yml").read_bytes()
    assert [key for key, _ in refused(written)] == ["frozen_there"]
    assert written.with_name("pleje.frozen.yml").read_bytes() == before


def test_a_plan_goes_into_a_folder_that_is_there(written, tmp_path):
    assert [key for key, _ in refused(written, out=tmp_path / "gone" / "x.frozen.yml")] == ["frozen_place"]
    assert [*tmp_path.iterdir()] == []


def test_a_plan_of_next_to_no_answers_promises_nothing(tmp_path, monkeypatch):
    params = plans.project(tmp_path / "p")
    plans.named(params, "invited: 300, response: 40} => invited: 5, response: 40}")
    monkeypatch.setattr(rehearsal, "play", lambda *_: rehearsal.Played(SAID, []))
    assert "kan ingen ændring opdages" in freeze.freeze(params, "Kontoret", today=plans.BEFOREHAND)
    held = yaml.safe_load(params.with_name("pleje.frozen.yml").read_text(encoding="utf-8"))
    assert (held["expected"]["detectable"], held["expected"]["enough"]) == (None, False)


def test_as_many_answers_as_anybody_plans_are_not_all_laid_out(written):
    found = freeze.Draft(freeze._read(written), "x", written.with_name("other.yml")).checked()
    stage = rehearsal.Stage.of(frozen.Held(found.params, found.codebook), found.others, 10**12)
    assert stage.answers == rehearsal.MOST


def test_all_others_need_to_be_counted(tmp_path):
    params = plans.project(tmp_path / "p")
    listed = ", ".join(f"'{code}'" for code in plans.OTHERS)
    plans.named(params, f"comparison: [{listed}] => comparison: all")
    assert refused(params)[0][1] == {"keys": ["survey, planned, municipalities"]}


def test_the_command_says_what_is_lacking_in_the_language_asked_for(tmp_path, capsys):
    params = plans.project(tmp_path / "p")
    plans.named(params, "unchanged_margin: 5\n => ")
    assert cli.main(["freeze", str(params), "--sign-by", "x", "--language", "en"]) == 2
    assert "the plan cannot be written yet: unchanged_margin is lacking" in capsys.readouterr().err
