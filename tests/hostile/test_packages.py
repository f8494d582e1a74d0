"""Hostile packages are refused with reasons that can be followed, in both languages, and nothing of them is done."""

import json
import shutil
import time
import tracemalloc

import pytest

from jobreport.domain.texts import LANGUAGES
from jobreport.errors import HEADINGS, InputRefused
from jobreport.intake.checks import packages as read_packages
from jobreport.make import package
from jobreport.prepare.gather import gather
from tests.hostile import packages as attacks
from tests.hostile.test_packages_together import FEWER, THREE, country


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    """A package of Ishøj, 100 answers in each of three waves."""
    return package.members(country(tmp_path_factory.mktemp("owner"), ("183",), THREE, people=100, asked=FEWER))


@pytest.mark.dear
def test_there_are_sixty_and_the_package_itself_is_right(members):
    assert len(attacks.EVERY) >= 60
    read, problems = package.checked(attacks.sealed(members), "x.zip")
    assert (read.code, problems) == ("183", [])


@pytest.mark.parametrize("name", attacks.EVERY)
def test_a_hostile_package_is_refused_with_reasons_that_can_be_followed(name, members, tmp_path):
    (tmp_path / "x.zip").write_bytes(attacks.EVERY[name](members))
    before = sorted(tmp_path.rglob("*"))
    began = time.monotonic()
    found = read_packages.read(tmp_path, ["*.zip"], "params/x.yml")
    assert found.problems
    for problem in found.problems:
        for language in LANGUAGES:
            lines = problem.text(language).splitlines()
            assert [line.split(":")[0].strip() for line in lines[1:]] == list(HEADINGS[language])
            assert all(line.isprintable() and len(line) < 1000 for line in lines)
    assert sorted(tmp_path.rglob("*")) == before
    assert time.monotonic() - began < 20


@pytest.mark.dear
def test_a_bomb_is_not_unpacked(members, tmp_path):
    (tmp_path / "x.zip").write_bytes(attacks.bomb(members))
    tracemalloc.start()
    read_packages.read(tmp_path, ["x.zip"], "params/x.yml")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "pattern", ["../*.zip", "/tmp/*.zip", "a/../../*.zip", "C:/x.zip", "**", "", "\0", "[", "~/x.zip"]
)
def test_a_pattern_reads_nothing_outside_the_project(pattern, members, tmp_path):
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "outside.zip").write_bytes(attacks.sealed(members))
    found = read_packages.read(inside, [pattern], "params/x.yml")
    assert found.packages == ()
    assert [problem.key for problem in found.problems] == ["package_missing"]


def test_a_link_out_of_the_project_is_not_followed(members, tmp_path):
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "outside.zip").write_bytes(attacks.sealed(members))
    (inside / "x.zip").symlink_to(tmp_path / "outside.zip")
    assert read_packages.read(inside, ["*.zip"], "params/x.yml").packages == ()


@pytest.mark.dear
def test_two_packages_of_one_municipality_are_refused_with_both_names(members, tmp_path):
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(attacks.sealed(members))
    found = read_packages.read(tmp_path, ["*.zip"], "params/x.yml")
    (problem,) = found.problems
    assert problem.key == "package_twice"
    assert "a.zip, b.zip" in problem.text("da")


def test_a_package_of_another_municipality_cannot_be_made_by_changing_its_code(members, tmp_path):
    """Who changes the code must change it in every file; then nothing but the sender says whose it is."""
    files = {name: data.replace(b'"183"', b'"101"') for name, data in members.items()}
    (tmp_path / "x.zip").write_bytes(attacks.sealed(files))
    keys = [problem.key for problem in read_packages.read(tmp_path, ["x.zip"], "params/x.yml").problems]
    assert keys == ["package_contradicts"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_gather_tells_all_that_is_wrong_at_once(language, members, tmp_path):
    names = ("share of 1.2", "file above", "formula in a label")
    for place, name in enumerate(names):
        (tmp_path / f"{place}.zip").write_bytes(attacks.EVERY[name](members))
    with pytest.raises(InputRefused) as refused:
        gather(sorted(tmp_path.glob("*.zip")), language=language)
    assert {problem.where.rsplit("/", 1)[-1] for problem in refused.value.problems} == {"0.zip", "1.zip", "2.zip"}
    assert "=cmd" not in refused.value.text(language)
    shutil.rmtree(tmp_path)
    assert json.dumps(refused.value.language)
