"""The locks hold everything, by version and checksum, under licences that go with GPL-3."""

import pytest

from tests import supply
from tests.supply import LOCKS, PROJECT, compatible, incomplete, installed, licence, locked, unpinned


@pytest.fixture(scope="module")
def names() -> set[str]:
    return {name for lock in LOCKS for name in locked(PROJECT / lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_held_to_a_version_and_checksums(lock):
    assert unpinned(PROJECT / lock) == []


def test_a_lock_without_a_checksum_or_version_is_found(tmp_path):
    lock = tmp_path / "x.lock"
    lock.write_text("a==1 \\\n    --hash=sha256:00\nb==1\nc>=1 \\\n    --hash=sha256:00\n", encoding="utf-8")
    assert unpinned(lock) == ["b", "c"]


@pytest.mark.dear
def test_nothing_that_is_needed_is_missing_from_the_locks(names):
    assert list(incomplete(names)) == []
    assert any(line.startswith("pandas needs numpy") for line in incomplete({"pandas"}))


def test_licences_go_with_gpl_3(names):
    looked_at = sorted(names & installed())
    assert len(looked_at) > 80
    assert {name: licence(name) for name in looked_at if not compatible(licence(name))} == {}


@pytest.mark.parametrize(
    "stated", ["", "Proprietary", "GPL-2.0-only", "CC-BY-NC-4.0", "SSPL-1.0", "MIT AND Proprietary"]
)
def test_other_licences_do_not(stated):
    assert not compatible(stated)


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("No known vulnerabilities found", True),
        ("Found 2 known vulnerabilities in 1 package", False),
        ("ConnectionError", None),
        ("No known vulnerabilities found\njinja2 Dependency not found on PyPI and could not be audited", None),
    ],
)
def test_a_database_out_of_reach_is_not_a_clean_answer(said, safe, monkeypatch):
    done = supply.subprocess.CompletedProcess((), 0, said, "")
    monkeypatch.setattr(supply.subprocess, "run", lambda *args, **kwargs: done)
    assert supply.known_holes() == (safe, said)
