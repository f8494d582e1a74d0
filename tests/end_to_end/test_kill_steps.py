"""Killed at any step, a command loses no file of the user's and leaves none half-made: 60 steps of each drawn anew.

`test_kill` kills whole runs at random moments; here the steps are counted, in a copy of the process for each.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.killing import WORK, rows_of_answers
from tests.end_to_end.typed import PROJECT, clean

KILLS, SEED = 60, 17
OWN = ("speciale.txt", "params/noter.txt", "params/.skjult", "outputs/mit.docx", "outputs/.egne.txt", "data/mine.csv")
PASSING = {"init": (".new",), "example": (".new",), "exchange": (), "form": (), "key": ()}  # endings of hidden files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and forks of POSIX systems"),
]


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A folder in which somebody works, with files of their own, a survey and a finished report."""
    folder = tmp_path / "before"
    for name in OWN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"mit: {name}", encoding="utf-8")
    (folder / "svar.csv").write_text("\n".join(rows_of_answers(60)), encoding="utf-8")
    (folder / "temporary").mkdir()
    report = folder / "outputs" / "egne"
    report.mkdir()
    (report / "report.pdf").write_text("old", encoding="utf-8")
    manifest = {"jobreport": "x", "outputs": {"report.pdf": ""}}
    (report / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def killed(work: str, before: Path, places: Path) -> tuple[dict[str, bytes], list[dict[str, bytes]]]:
    """What the folder holds where nobody was killed, and after each kill."""
    places.mkdir()
    asked = {"work": work, "before": str(before), "places": str(places), "kills": KILLS, "seed": SEED}
    environment = {**clean(), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killing.py"))],
        input=json.dumps(asked), capture_output=True, text=True, env=environment, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["killed"] == len(told["at"]) >= min(KILLS, told["steps"]) > 2
    shutil.rmtree(places / "warm")
    return contents(places / "whole"), [contents(places / str(number)) for number in told["at"]]


def of_report(held: dict[str, bytes], folder: str = "egne") -> dict[str, bytes]:
    return {name: content for name, content in held.items() if name.startswith(f"outputs/{folder}/")}


@pytest.mark.parametrize("work", WORK)
def test_a_kill_at_any_step_loses_nothing_and_leaves_nothing_half_made(work, before, tmp_path):
    old = contents(before)
    whole, left = killed(work, before, tmp_path / "places")
    for held in left:
        assert {name: held.get(name) for name in (*OWN, "svar.csv")} == {name: old[name] for name in (*OWN, "svar.csv")}
        report = of_report(held) or of_report(held, ".egne.old")
        assert [*report.values()] in ([*of_report(old).values()], [*of_report(whole).values()])
        new = {name: content for name, content in held.items() if name not in old and not is_passing(work, name)}
        assert {name: content for name, content in new.items() if content != whole.get(name)} == {}


def is_passing(work: str, name: str) -> bool:
    """What a kill may leave, all of it hidden or in the folder of temporary files, until the next command."""
    if name.startswith(("outputs/.egne.", "outputs/egne/")):  # (the report is looked at by itself)
        return work == "exchange" and name != "outputs/.egne.txt"
    if work == "form":
        return name.startswith("temporary/jobreport-form-")
    if work == "key":
        return name == "params/checksum.key"  # is of no report yet: see below
    return Path(name).name.startswith(".") and name.endswith(PASSING[work])


@pytest.mark.parametrize("work", ["init", "example", "exchange", "key"])
def test_what_a_kill_has_left_stops_nobody_who_begins_again(work, before, tmp_path):
    """The same once more, in each folder in which it was killed, ends as if nothing had been."""
    whole, left = killed(work, before, tmp_path / "places")
    again = (
        "import os, pathlib, sys; from tests.end_to_end import killing; from jobreport.errors import InputRefused\n"
        "for place in sorted(pathlib.Path(sys.argv[2]).iterdir()):\n"
        "    os.chdir(place)\n"
        "    try:\n        killing.WORK[sys.argv[1]](place)\n    except InputRefused as refused:\n"
        "        assert {each.key for each in refused.problems} <= {'init_exists', 'example_exists'}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", again, work, str(tmp_path / "places")],
        capture_output=True, text=True, env={**clean(), "PYTHONPATH": str(PROJECT)}, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for place in (tmp_path / "places").iterdir():
        held = contents(place)
        if work == "key":
            assert len(held.pop("params/checksum.key")) == 65
            assert held == {name: content for name, content in whole.items() if name != "params/checksum.key"}
        else:
            assert held == whole, place.name
    assert len(left) > 2
