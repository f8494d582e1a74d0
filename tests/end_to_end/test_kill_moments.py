"""Killed at any moment, a command loses no file of the user's, in its folders or beside, and leaves none half-made.

Real processes and random moments, 50 of each command in four parts; `test_kill_steps` counts steps instead, and
`test_kill` has runs alone, their disks and their kernels.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jobreport.desk.form.folder import NEW, PREFIX, remove_what_was_left
from jobreport.make.batch import MARKER, SHARED
from tests.end_to_end.killing import rows_of_answers
from tests.end_to_end.test_kill import kernels, whole
from tests.end_to_end.typed import Copy, clean, copied

KILLS = {2019: 13, 2020: 13, 2021: 12, 2022: 12}  # by seed
OWN = ("speciale.txt", "params/noter.txt", "params/.skjult", "outputs/mit.docx", "outputs/.a.txt", "data/mine.csv")
NOTES = "outputs/c/noter.txt"  # in the folder of a report, which nobody may then replace
REPORTS = ("a", "b", "c")
FORM = """
import pathlib, sys
from jobreport.desk.form.choices import Choices
from jobreport.desk.form.session import Session
answers, book = (pathlib.Path("data/demo", name).read_bytes() for name in ("responses.parquet", "codebook.yml"))
session = Session("da")  # (goes to a folder of its own)
session.receive({"responses.parquet": answers}, book)
choices = Choices("egne", sys.argv[1], municipality_code="183", report_date="2024-12-31", simulated=True)
session.make(choices, lambda *_: None)
session.close()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and permissions of POSIX systems"),
]


@pytest.fixture
def project(tmp_path: Path) -> Copy:
    """A copy in which somebody works: files of their own, a survey, and params of three reports by two titles."""
    copy = Copy(copied(tmp_path / "p"), {"TMPDIR": str(tmp_path / "temporary")})
    (tmp_path / "temporary").mkdir()
    values = yaml.safe_load((copy.root / "params" / "ishoej.yml").read_text(encoding="utf-8"))
    values |= {"registers": [], "events": [], "claims": None, "jobcentres": None, "report_date": "2024-12-31"}
    for title in ("old", "new"):
        for name in REPORTS:
            text = yaml.safe_dump(values | {"name": name, "title": title}, allow_unicode=True)
            (copy.root / "params" / f"{title}-{name}.yml").write_text(text, encoding="utf-8")
    answers = copy.root / "data" / "demo" / "responses.parquet"
    held = pd.read_parquet(answers)
    held[held["municipality_code"].isin(["183", "187", "461"])].iloc[::4].to_parquet(answers, index=False)
    (copy.root / "svar.csv").write_text("\n".join(rows_of_answers(60)), encoding="utf-8")
    for name in OWN:
        (copy.root / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.root / name).write_text(f"mit: {name}", encoding="utf-8")
    return copy


@dataclass(frozen=True)
class Command:
    """What is typed for a title, what is made once before, and what must hold after each kill."""

    words: Callable[[str], list[str]]
    first: Callable[[Copy], None] = lambda _: None
    holds: Callable[[Copy], None] = lambda _: None
    left: tuple[str, ...] = ()  # beginnings of the names of what it may leave in the folder of temporary files


def reports(title: str) -> list[str]:
    return [f"params/{title}-{name}.yml" for name in REPORTS]


def with_notes(copy: Copy) -> None:
    """All reports, and notes that somebody keeps in the folder of the last."""
    assert copy.run("batch", *reports("old"), "--workers", "2").returncode == 0
    (copy.root / NOTES).write_text(f"mit: {NOTES}", encoding="utf-8")


def reports_are_whole(copy: Copy) -> None:
    """Each is the old or the new one; the one with notes is the old one, and the files of all together can be read."""
    outputs = copy.root / "outputs"
    for name in REPORTS[:2]:
        folder = outputs / name
        assert whole(folder if folder.exists() else outputs / f".{name}.old") in {"old", "new"}
    assert {path.name for path in (outputs / "c").iterdir()} - {Path(NOTES).name} == {
        *json.loads((outputs / "c" / "manifest.json").read_bytes())["outputs"],
        "manifest.json",
    }
    if (outputs / "index.html").exists():
        assert (outputs / "index.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def init_is_whole(copy: Copy) -> None:
    """Each of its files is absent or what a whole run wrote; then they go, for it writes over none."""
    for name in ("egne.yml", "egne-codebook.yml"):
        path, kept = copy.root / "params" / name, copy.root / "params" / f"kept-{name}"
        if not kept.exists():
            shutil.copy(path, kept)
        if path.exists():
            assert path.read_bytes() == kept.read_bytes()
            path.unlink()


def begun_anew(copy: Copy) -> None:
    """Whoever begins again in the folder of temporary files deletes what a killed one has left there."""
    place = Path(copy.settings["TMPDIR"])
    for folder in place.glob(f"{PREFIX}*"):
        os.utime(folder, (time.time() - 2 * NEW,) * 2)  # as if it had lain there for some minutes
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tempfile.tempdir", str(place))
        remove_what_was_left()
    assert list(place.glob(f"{PREFIX}*")) == []


COMMANDS = {
    "run": Command(lambda title: ["-m", "jobreport", "run", f"params/{title}-a.yml"], with_notes, reports_are_whole),
    "batch": Command(
        lambda title: ["-m", "jobreport", "batch", *reports(title), "--workers", "2"], with_notes, reports_are_whole
    ),
    "form": Command(lambda title: ["-c", FORM, title], holds=begun_anew, left=(PREFIX,)),
    "init": Command(lambda _: ["-m", "jobreport", "init", "svar.csv", "--name", "egne"], holds=init_is_whole),
}


def finished(copy: Copy, words: list[str], after: float | None) -> bool:
    """Start a command, and kill all or the first of its processes after so many seconds; whether it had finished."""
    run = subprocess.Popen([sys.executable, *words], cwd=copy.root, env=clean() | dict(copy.settings),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    try:
        run.wait(after)
    except subprocess.TimeoutExpired:
        alone = round(1000 * (after or 0)) % 2
        run.kill() if alone else os.killpg(run.pid, signal.SIGKILL)
    return run.wait() >= 0


def own(copy: Copy) -> dict[str, str]:
    names = [*OWN, "svar.csv", *([NOTES] if (copy.root / NOTES).exists() else [])]
    return {name: (copy.root / name).read_text(encoding="utf-8") for name in names}


@pytest.mark.parametrize("seed", KILLS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_kill_at_any_moment_loses_nothing_and_leaves_nothing_half_made(command, seed, project):
    work, chance = COMMANDS[command], random.Random(seed)
    work.first(project)
    lasts = []
    for title in ("new", "old"):
        begun = time.monotonic()
        assert finished(project, work.words(title), None)
        lasts.append(time.monotonic() - begun)
        work.holds(project)
    mine, killed, kills = own(project), 0, KILLS[seed]
    parts = [chance.uniform(0, 1) if number % 2 else chance.uniform(0.6, 1.05) for number in range(2 * kills)]
    for number, part in enumerate(parts):
        begun = time.monotonic()
        done = finished(project, work.words(("old", "new")[number % 2]), part * min(lasts))
        lasts.append(time.monotonic() - begun if done else min(lasts))  # (the machine was busy when it was measured)
        killed += not done
        assert own(project) == mine
        work.holds(project)
        if killed == kills:
            break
    assert killed == kills
    time.sleep(5)  # kernels and workers look every second whether their parent lives
    assert kernels(project) == []
    assert finished(project, work.words("new"), None)
    work.holds(project)
    assert own(project) == mine
    assert hidden(project) == []


def hidden(copy: Copy) -> list[str]:
    """What is left that no reader was to see, but for what a batch keeps; files of locks are empty, and stay."""
    places = (copy.root, copy.root / "params", copy.root / "outputs", copy.root / "outputs" / SHARED)
    found = [path for place in places if place.exists() for path in place.glob(".*") if path.suffix != ".lock"]
    names = (path.relative_to(copy.root).as_posix() for path in found)
    return sorted({*names} - {*OWN, f"outputs/{SHARED}", f"outputs/{MARKER}"})
