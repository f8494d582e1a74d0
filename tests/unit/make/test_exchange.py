"""An output folder is replaced as a whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from jobreport.errors import InputRefused, RunFailed
from jobreport.make import exchange, kernel, single
from jobreport.prepare import check


def write(folder: Path, text: str) -> None:
    (folder / "report.pdf").write_text(text, encoding="utf-8")
    manifest = {"jobreport": text, "outputs": {"report.pdf": ""}}
    (folder / exchange.LAST_FILE).write_text(json.dumps(manifest), encoding="utf-8")


def content(folder: Path) -> set[str]:
    said = json.loads((folder / exchange.LAST_FILE).read_text(encoding="utf-8"))["jobreport"]
    return {said, (folder / "report.pdf").read_text(encoding="utf-8")}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "ishoej"
    folder.mkdir()
    write(folder, "old")
    return folder


def fail_after(writing: Path, error: Exception) -> None:
    with exchange.replacing(writing) as new:
        write(new, "new")
        raise error


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.parent.iterdir() if p.name not in {folder.name, f".{folder.name}.lock"})


def test_a_finished_run_takes_the_place_of_the_old_one(published: Path) -> None:
    with exchange.replacing(published) as new:
        write(new, "new")
    assert content(published) == {"new"}
    assert leftovers(published) == []


def test_a_run_that_fails_leaves_the_old_one(published: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(published, ZeroDivisionError())
    assert content(published) == {"old"}
    assert leftovers(published) == []


def test_a_run_that_fails_leaves_nothing_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(tmp_path / "outputs" / "x", ZeroDivisionError())
    assert not (tmp_path / "outputs" / "x").exists()


@pytest.mark.parametrize(("complete", "expected"), [(True, "new"), (False, "old")])
def test_a_killed_exchange_is_finished_or_undone(published: Path, complete: bool, expected: str) -> None:
    # killed after the old folder was moved away and before the new one was moved in
    new = published.with_name(".ishoej.new")
    new.mkdir()
    write(new, "new")
    if not complete:
        (new / exchange.LAST_FILE).unlink()
    published.rename(published.with_name(".ishoej.old"))
    exchange.recover(published)
    assert content(published) == {expected}
    assert leftovers(published) == []


def test_two_runs_at_once_are_refused(published: Path) -> None:
    with exchange.replacing(published) as new:
        with pytest.raises(InputRefused, match="samme mappe"), exchange.replacing(published):
            pass
        write(new, "new")
    assert content(published) == {"new"}


def test_a_file_that_is_open_elsewhere_gives_a_message(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.rename

    def locked(self: Path, target: Path) -> Path:
        if self == published:  # Windows refuses to move a folder with an open file
            raise PermissionError(errno.EACCES, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(RunFailed, match="luk filen"), exchange.replacing(published) as new:
        write(new, "new")
    assert content(published) == {"old"}
    assert leftovers(published) == []


def test_a_full_disk_gives_a_message_and_leaves_the_old_report(published: Path) -> None:
    with pytest.raises(RunFailed, match="gør plads"):
        fail_after(published, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert content(published) == {"old"}
    assert leftovers(published) == []


def put_a_file_in(folder: Path) -> None:
    """Do so while its report is being made."""
    with exchange.replacing(folder) as new:
        write(new, "new")
        (folder / "notes.docx").write_text("mine", encoding="utf-8")


def keys(folder: Path) -> list[str]:
    return [problem.key for problem in exchange.in_the_way(folder)]


def refused(folder: Path) -> list[str]:
    """Keys of the refusal of a run that would replace a folder; it must not even begin."""
    with pytest.raises(InputRefused) as caught, exchange.replacing(folder):
        pytest.fail("the run began")
    return [problem.key for problem in caught.value.problems]


@pytest.mark.parametrize("language", ["da", "en"])
def test_somebody_elses_files_are_named_and_stay(tmp_path: Path, language: str) -> None:
    docs = tmp_path / "docs"
    (docs / "figures").mkdir(parents=True)
    (docs / "thesis.txt").write_text("ten years", encoding="utf-8")
    with pytest.raises(InputRefused) as caught, exchange.replacing(docs, language):
        pytest.fail("the run began")
    assert "(figures, thesis.txt)" in caught.value.text()
    assert "--out" in caught.value.text()
    assert (docs / "thesis.txt").read_text(encoding="utf-8") == "ten years"
    assert leftovers(docs) == []


def test_a_file_of_ones_own_beside_a_report_is_named_and_stays(published: Path) -> None:
    (published / "notes.docx").write_text("mine", encoding="utf-8")
    assert refused(published) == ["output_holds_others"]
    assert content(published) == {"old"}
    assert (published / "notes.docx").exists()


def test_a_file_that_appears_while_the_report_is_made_is_not_lost(published: Path) -> None:
    with pytest.raises(InputRefused, match=r"notes\.docx"):
        put_a_file_in(published)
    assert content(published) == {"old"}
    assert (published / "notes.docx").exists()
    assert leftovers(published) == []


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{", b"null", b"[]", b'{"name": "web app"}', b'{"jobreport": 1}', b'{"jobreport": 1, "outputs": ["a"]}'],
)
def test_a_manifest_of_another_program_is_somebody_elses_file(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "manifest.json").write_bytes(manifest)
    assert refused(tmp_path / "x") == ["output_holds_others"]
    assert (tmp_path / "x" / "manifest.json").read_bytes() == manifest


def test_a_folder_or_link_in_place_of_a_listed_file_is_not_what_was_made(published: Path) -> None:
    (published / "report.pdf").unlink()
    (published / "report.pdf").mkdir()
    assert keys(published) == ["output_holds_others"]
    (published / "report.pdf").rmdir()
    (published / "report.pdf").symlink_to(__file__)
    assert keys(published) == ["output_holds_others"]


def test_what_a_file_manager_leaves_does_not_stop_a_report(published: Path) -> None:
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini"):
        (published / name).touch()
    with exchange.replacing(published) as new:
        write(new, "new")
    assert content(published) == {"new"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with exchange.replacing(tmp_path / "x") as new:
        write(new, "new")
    assert content(tmp_path / "x") == {"new"}


def test_a_link_to_a_folder_is_not_replaced(published: Path) -> None:
    link = published.with_name("link")
    link.symlink_to(published, target_is_directory=True)
    assert refused(link) == ["output_is_link"]
    assert refused(published.parent / "." / "link") == ["output_is_link"]
    assert link.is_symlink()
    assert content(published) == {"old"}


def test_a_file_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    assert refused(tmp_path / "x") == ["output_is_file"]
    assert (tmp_path / "x").read_text(encoding="utf-8") == "mine"


def test_the_folder_one_stands_in_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "empty"
    here.mkdir()
    monkeypatch.chdir(here)
    for place in (Path(), Path(".."), here, tmp_path, Path("x") / "..", Path(here.anchor)):
        assert refused(place) == ["output_is_here"], place
    assert here.exists()
    monkeypatch.chdir(tmp_path)


def test_a_mounted_drive_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "usb").mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "usb")
    assert refused(tmp_path / "usb") == ["output_is_mount"]


def test_a_place_that_is_closed_is_told_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a folder that is there, and on the way to one that is not; to root all are open."""
    (tmp_path / "closed" / "x").mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda path, _how: Path(path).name != "closed")
    assert keys(tmp_path / "closed" / "x") == keys(tmp_path / "closed" / "of" / "y") == ["output_not_writable"]
    assert keys(tmp_path / "open" / "x") == []


def test_two_dots_in_the_middle_of_a_path_mean_the_folder_they_lead_to(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with exchange.replacing(tmp_path / "a" / ".." / "x") as new:
        write(new, "new")
    assert content(tmp_path / "x") == {"new"}
    shutil.rmtree(tmp_path / "x")


def test_a_stopped_notebook_is_never_kept_in_place_of_a_file_of_the_users(tmp_path: Path) -> None:
    own, stopped = tmp_path / "x-stopped.ipynb", {"metadata": {"papermill": {"exception": True}}}
    assert kernel.place_of_evidence(tmp_path / "x") == own
    own.write_text(json.dumps(stopped), encoding="utf-8")
    assert kernel.place_of_evidence(tmp_path / "x") == own
    own.write_text(json.dumps({"metadata": {}, "cells": ["my own work"]}), encoding="utf-8")
    assert kernel.place_of_evidence(tmp_path / "x").name == "x-stopped2.ipynb"


def test_check_says_beforehand_that_a_run_would_be_refused(tmp_path: Path) -> None:
    for folder in ("params", "outputs/x"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "outputs" / "x" / "notes.docx").write_text("mine", encoding="utf-8")
    file = tmp_path / "params" / "x.yml"
    file.write_text("name: x\nmunicipality_code: '183'\nreport_date: '2024-01-01'\nlanguage: en\n", encoding="utf-8")
    for road in (check.check, lambda path: single.run(path, progress=lambda _: None)):
        with pytest.raises(InputRefused, match=r"did not make \(notes\.docx\)") as caught:
            road(file)
        assert [problem.key for problem in caught.value.problems] == ["output_holds_others"]
    assert "x.yml" in check.check(file, "da")  # the Danish one goes to a folder of its own
