"""The key of the checksums of answers: made once, for its owner, and told in words where it cannot be."""

import hashlib
import os
import time

import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.formats.key import FILE, MADE_WITH, Key
from jobreport.make import fingerprint
from jobreport.setup import params


@pytest.fixture
def chosen(project):
    return params.read(project.write())


def answers_of(chosen):
    return next(file.sha256 for file in checks.read_inputs(chosen).files if file.role == "survey")


def test_the_checksum_of_answers_is_none_that_a_guess_has(chosen, project):
    plain = hashlib.sha256((project.folder / "svar.csv").read_bytes()).hexdigest()
    Key(chosen).hold()
    assert answers_of(chosen).startswith(MADE_WITH)
    assert plain not in str(checks.read_inputs(chosen).files)


def test_a_codebook_holds_no_answers(chosen, project):
    files = {file.role: file.sha256 for file in checks.read_inputs(chosen).files}
    assert (
        files["codebook"] == hashlib.sha256((project.folder / "params" / "own-codebook.yml").read_bytes()).hexdigest()
    )


def test_the_key_is_made_once_and_is_its_owners(chosen, project):
    Key(chosen).hold()
    path = project.folder / "params" / FILE
    first, before = path.read_bytes(), answers_of(chosen)
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    Key(chosen).hold()
    assert path.read_bytes() == first
    assert answers_of(chosen) == before
    path.write_text("0" * 64)
    assert answers_of(chosen) != before


def test_a_batch_plans_with_the_checksums_that_its_reports_publish(chosen):
    Key(chosen).hold()
    published = {file.path: file.sha256 for file in checks.read_inputs(chosen).files}
    assert fingerprint.input_checksums(chosen, {}) == published


def test_looking_makes_no_key(chosen, project):
    checks.read_inputs(chosen)
    assert not (project.folder / "params" / FILE).exists()


def test_what_a_killed_run_left_of_a_key_is_filled(chosen, project, monkeypatch):
    """After a second, for another run may be writing it."""
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    (project.folder / "params" / FILE).touch()
    Key(chosen).hold()
    assert sum(waited) == pytest.approx(1)
    assert len((project.folder / "params" / FILE).read_text()) == 65


@pytest.mark.parametrize("held", ["x" * 64, "0" * 63, "ø"])
def test_what_is_no_key_is_refused_once_and_kept(held, chosen, project):
    path = project.folder / "params" / FILE
    path.write_text(held, encoding="utf-8")
    for work in (Key(chosen).hold, lambda: checks.read_inputs(chosen)):
        with pytest.raises(InputRefused) as refused:
            work()
        assert [(each.key, each.where) for each in refused.value.problems] == [("key_damaged", f"params/{FILE}")]
    assert path.read_text(encoding="utf-8") == held


def test_a_key_that_cannot_be_kept_is_told_in_words(chosen, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(InputRefused) as refused:
        Key(chosen).hold()
    assert [each.key for each in refused.value.problems] == ["key_unwritable"]


@pytest.mark.parametrize("held", [None, "0" * 64])
def test_a_report_made_with_another_key_is_not_compared_with(held, chosen, project):
    Key(chosen).hold()
    facts = Key(chosen).facts()
    Key(chosen).same_as(facts)
    Key(chosen).same_as({})  # a report without answers of persons
    path = project.folder / "params" / FILE
    path.unlink() if held is None else path.write_text(held)
    with pytest.raises(InputRefused) as refused:
        Key(chosen).same_as(facts)
    assert [each.key for each in refused.value.problems] == ["key_other"]
