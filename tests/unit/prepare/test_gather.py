"""Who is comparable on what, and why not, as `gather`, `check` and a report say it."""

import json
import shutil
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.checks import comparable
from jobreport.intake.formats import package as contract
from jobreport.make import package
from jobreport.prepare.check import check
from jobreport.prepare.gather import gather
from jobreport.release import computation
from jobreport.setup import params
from jobreport.setup.params_model import DeclaredEqual


@pytest.fixture(scope="module")
def inputs(plain_inputs):
    return plain_inputs


@pytest.fixture(scope="module")
def package_of(inputs):
    """A function: code of a municipality to the files of its package, made once."""

    @cache
    def made(code):
        chosen = inputs.params.model_copy(update={"municipality_code": code})
        return package.members(replace(inputs, params=chosen))

    return made


@pytest.fixture(scope="module")
def members(package_of):
    return package_of("187")


def altered(members, question=(), **survey):
    """A package whose satisfaction was asked otherwise, or whose survey states something else, with right checksums."""
    codebook = json.loads(members["codebook.json"])
    asked = next(each for each in codebook["questions"] if each["name"] == "satisfaction")
    asked.update(question)
    facts = json.loads(members["survey.json"])
    description = survey.pop("description", {})
    facts = facts | survey | {"description": facts["description"] | description}
    files = members | {"codebook.json": json.dumps(codebook).encode(), "survey.json": json.dumps(facts).encode()}
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = {name: contract.checksum(data) for name, data in files.items() if name != "manifest.json"}
    return package.packed(files | {"manifest.json": json.dumps(manifest).encode()})


def fitted(inputs, data, *declared):
    read, problems = package.checked(data, "187.zip")
    assert [problem.key for problem in problems] == []
    own = inputs.own_survey
    return comparable.fitted(read, replace(own, declared=tuple(declared)))


LABELS = ["Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds"]
OTHERWISE = {
    "wording": {"wording": {"da": "Er du tilfreds?"}},
    "labels": {"labels": {"da": [*LABELS[:4], "Yderst tilfreds"]}},
    "order": {"labels": {"da": LABELS[::-1]}},
    "box": {"positive": 1},
    "dont_know": {"dont_know": {}},
    "base": {"dont_know_in_base": True},
}


@pytest.mark.parametrize("kind", OTHERWISE)
@pytest.mark.dear
def test_a_question_that_was_asked_otherwise_is_left_out_with_its_reason(inputs, members, kind):
    found = fitted(inputs, altered(members, OTHERWISE[kind]))
    assert [(each.indicator, each.what, each.leaves_out) for each in found.differences] == [
        ("satisfaction", kind, True)
    ]
    assert set(found.names.values()) == {"trust", "trust_met", "trust_listened", "trust_situation", "meaning"}


@pytest.mark.parametrize(
    ("kind", "survey"),
    [
        ("simulated", None),
        ("mode", {"description": {"mode": {"da": "Telefon"}}}),
        ("target_population", {"description": {"target_population": {"da": "Kun sygemeldte"}}}),
        ("dates", {"from": "2001-01-01", "to": "2001-12-31"}),
        ("their_days", {"from": None, "to": None}),
        ("own_days", None),
    ],
)
def test_a_survey_of_others_or_of_other_days_is_left_out_as_a_whole(inputs, members, kind, survey):
    if kind == "simulated":
        own = inputs.params.survey.model_copy(update={"simulated": False})
        real = replace(inputs, params=inputs.params.model_copy(update={"survey": own}))
        found = fitted(real, altered(members))
    elif kind == "own_days":
        own = inputs.params.survey.model_copy(update={"waves": ()})
        found = fitted(replace(inputs, params=inputs.params.model_copy(update={"survey": own})), altered(members))
    elif "days" in kind or kind == "dates":
        waves = json.loads(members["survey.json"])["waves"]
        found = fitted(inputs, altered(members, waves=[wave | survey for wave in waves]))
    else:
        found = fitted(inputs, altered(members, **survey))
    assert kind in {each.what for each in found.differences if not each.indicator}
    assert not found.compared


def test_another_selection_is_told_beside_and_leaves_nothing_out(inputs, members):
    found = fitted(inputs, altered(members, description={"selection": {"da": "Alle"}, "weighting": {"da": "Ingen"}}))
    assert (found.beside, found.differences, found.compared) == (("selection", "weighting"), (), True)


def test_what_is_not_stated_makes_no_difference(inputs, members):
    assert fitted(inputs, altered(members, description={"mode": None})).differences == ()


@pytest.mark.dear
def test_what_is_declared_equal_is_compared_and_its_reason_told(inputs, members):
    reason = {"da": "samme mening", "en": "same meaning"}
    said = DeclaredEqual(municipality_code="187", what="wording", indicator="satisfaction", reason=reason)
    found = fitted(inputs, altered(members, OTHERWISE["wording"]), said)
    assert [(each.what, each.reason) for each in found.differences] == [("wording", reason)]
    assert "satisfaction" in found.names.values()
    other = said.model_copy(update={"municipality_code": "157"})
    assert "satisfaction" not in fitted(inputs, altered(members, OTHERWISE["wording"]), other).names.values()


def test_a_question_of_another_name_is_found_by_its_wording(inputs, members):
    renamed = {name: data.replace(b"meaning", b"mening") for name, data in members.items() if name.endswith(".csv")}
    codebook = json.loads(members["codebook.json"].replace(b'"meaning"', b'"mening"'))
    data = altered(members | renamed | {"codebook.json": json.dumps(codebook).encode()})
    found = fitted(inputs, data)
    assert (found.differences, found.names["mening"]) == ((), "meaning")


def test_waves_are_matched_by_their_days_and_not_by_their_names(inputs, members):
    waves = [
        wave | {"wave": f"runde {place}"} for place, wave in enumerate(json.loads(members["survey.json"])["waves"])
    ]
    names = {wave.wave: f"runde {place}" for place, wave in enumerate(inputs.params.survey.waves)}
    tables = {name: data for name, data in members.items() if name.endswith(".csv")}
    for old, new in names.items():
        tables = {name: data.replace(f",{old},".encode(), f",{new},".encode()) for name, data in tables.items()}
        tables = {name: data.replace(f",{old},".encode(), f",{new},".encode()) for name, data in tables.items()}
        tables["people.csv"] = tables["people.csv"].replace(f"\n{old},".encode(), f"\n{new},".encode())
    found = fitted(inputs, altered(members | tables, waves=waves))
    assert found.waves == {new: old for old, new in names.items()}


@pytest.fixture(scope="module")
def project(plain_project, package_of, members, tmp_path_factory):
    """A project with Ishøj's answers, its own package and Vallensbæk's, which was asked otherwise."""
    root = shutil.copytree(plain_project, tmp_path_factory.mktemp("told"), dirs_exist_ok=True)
    (root / "pakker").mkdir()
    (root / "pakker" / "183.zip").write_bytes(package.packed(package_of("183")))
    (root / "pakker" / "187.zip").write_bytes(altered(members, OTHERWISE["wording"]))
    return root


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.dear
def test_gather_says_who_is_comparable_on_what_and_why_not(project, language):
    files = sorted((project / "pakker").glob("*.zip"))
    told = gather(files, language=language)
    reason = {
        "da": "Udeladt: Tilfredshed, fordi ordlyden er en anden",
        "en": "Left out: Satisfaction, because the wording",
    }
    assert reason[language] in told
    assert told.count("Ishøj") == 2


@pytest.mark.dear
def test_gather_refuses_two_packages_of_one_municipality(project, tmp_path):
    copy = tmp_path / "again.zip"
    copy.write_bytes((project / "pakker" / "187.zip").read_bytes())
    with pytest.raises(InputRefused) as refused:
        gather([copy, project / "pakker" / "187.zip"])
    assert [problem.key for problem in refused.value.problems] == ["package_twice"]


@pytest.mark.dear
def test_what_is_declared_equal_of_nobody_is_refused(project):
    text = (project / "params" / "demo.yml").read_text(encoding="utf-8").replace("name: demo", "name: told")
    declared = "declared_equal:\n  - {municipality_code: '157', what: wording, reason: det samme}\n"
    path = project / "params" / "told.yml"
    path.write_text(f"{text}\npackages: ['pakker/*.zip', 'pakker/gone.zip']\n{declared}", encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        check(path)
    keys = [problem.key for problem in refused.value.problems]
    assert keys == ["package_missing", "declared_without_package"]


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.dear
def test_the_municipality_of_the_event_may_have_told_its_figures(there, project, inputs, tmp_path_factory):
    """Vallensbæk's report of what happened in Ishøj needs Ishøj's answers or its package."""
    root = tmp_path_factory.mktemp("187")
    for name in ("data/demo/codebook.yml", "data/benchmarks.csv", "data/jobcentres.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((project / name).read_bytes())
    answers = pd.read_parquet(project / "data" / "demo" / "responses.parquet")
    code = answers["municipality_code"].astype(str)
    answers[code.eq("187")].to_parquet(root / "data" / "demo" / "responses.parquet", index=False)
    (root / "pakker").mkdir()
    source = "183.zip" if there else "187.zip"
    (root / "pakker" / source).write_bytes((project / "pakker" / source).read_bytes())
    text = (project / "params" / "demo.yml").read_text(encoding="utf-8")
    text = text.replace("municipality_code: '183'", "municipality_code: '187'")
    (root / "params").mkdir()
    (root / "params" / "demo.yml").write_text(f"{text}\npackages: ['pakker/*.zip']\n", encoding="utf-8")
    if not there:
        with pytest.raises(InputRefused) as refused:
            checks.read_inputs(params.read(root / "params" / "demo.yml"))
        assert [problem.key for problem in refused.value.problems] == ["municipality_without_answers"]
        return
    read = checks.read_inputs(params.read(root / "params" / "demo.yml"))
    changes = computation.compute(read, computation.focus(read.params)).released.changes
    effects = changes[changes["method"].eq("effect") & changes["scale"].eq("points")]
    assert set(effects["municipality_code"]) == {"183", "187"}
