"""Hostile params files are refused in words, or their texts are kept as the texts they are."""

import os
import sys

import pytest

from jobreport.intake import checks
from jobreport.setup import params
from tests.hostile.params_cases import BASE, cases, quoted
from tests.hostile.refusals import ACCEPTED, outcome
from tests.hostile.texts import TEXTS

CASES = cases()
NEEDS_LINKS = ("link", "pipe")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project folder with links out of it, a link to itself and a pipe, where the system has them."""
    outer = tmp_path_factory.mktemp("outer")
    root = outer / "project"
    (root / "params").mkdir(parents=True)
    (outer / "x.csv").write_text("cpr\n010180-1234\n", encoding="utf-8")
    (root / "s.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (root / "b.yml").write_text("scales: {}\nquestions: []\nindicators: []\n", encoding="utf-8")
    if sys.platform != "win32":
        (root / "out.csv").symlink_to("../x.csv")
        (root / "away").symlink_to("..")
        (root / "loop.csv").symlink_to("loop.csv")
        os.mkfifo(root / "pipe.csv")
    return root


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_params_file(name, project):
    if sys.platform == "win32" and any(part in name for part in NEEDS_LINKS):
        pytest.skip("links and pipes need rights that a user of Windows lacks")
    content, expected = CASES[name]
    file = project / "params" / "hostile.yml"
    file.write_bytes(content.encode("utf-8"))
    found = outcome(lambda: params.read(file), ("010180",))
    assert expected in found
    again = outcome(lambda: checks.read_params(file), ("010180",))
    assert set(found) - {ACCEPTED} <= set(again)
    assert ACCEPTED not in found or found == again or "survey" in content  # the survey itself is another's test
    assert sorted(path.name for path in project.parent.iterdir()) == ["project", "x.csv"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_kept_as_it_was_written(name, project):
    file = project / "params" / "kept.yml"
    file.write_text(f"{BASE}title: {quoted(TEXTS[name])}\n", encoding="utf-8")
    assert params.read(file).title == {"da": TEXTS[name], "en": TEXTS[name]}


def test_a_file_that_is_not_there_or_is_a_folder_or_not_utf8(project):
    (project / "params" / "old.yml").write_bytes("name: Ishøj".encode("cp1252"))
    (project / "params" / "utf16.yml").write_bytes(BASE.encode("utf-16"))
    expected = {
        "none.yml": "params_missing",
        "": "file_unreadable",
        "old.yml": "yaml_encoding",
        "utf16.yml": "yaml_encoding",
    }
    assert {name: outcome(lambda n=name: params.read(project / "params" / n))[0] for name in expected} == expected


def test_the_table_is_long_enough():
    assert len(CASES) >= 300
    assert ACCEPTED in {key for _, key in CASES.values()}
