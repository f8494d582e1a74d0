"""An output folder is replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from jobreport import exchange
from jobreport.errors import InputRefused, RunFailed


def write(folder: Path, text: str) -> None:
    for name in ("report.pdf", exchange.LAST_FILE):
        (folder / name).write_text(text, encoding="utf-8")


def content(folder: Path) -> set[str]:
    return {p.read_text(encoding="utf-8") for p in folder.iterdir()}


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
