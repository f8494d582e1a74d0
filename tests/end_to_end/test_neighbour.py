"""Another user of the machine, a real one: nothing of a run or a batch can be read, written or run by them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.typed import PROJECT

NEIGHBOUR = "jobreport-neighbour"
CANNOT = not hasattr(os, "geteuid") or os.geteuid() != 0 or not all(map(shutil.which, ("useradd", "runuser")))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CANNOT, reason="only root can make another user, by useradd and runuser"),
]
TRY = """
import json, os, pathlib, socket, sys
asked = json.load(sys.stdin)
got = []
for path in asked["paths"]:
    for how in ("rb", "ab"):
        try:
            with open(path, how) as file:
                got.append((path, how))
        except OSError:
            pass
for path in asked["sockets"]:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(path)
            got.append((path, "connected"))
        except OSError:
            pass
for process in asked["processes"]:
    for name in ("environ", "mem", "fd"):
        try:
            os.listdir(f"/proc/{process}/fd") if name == "fd" else open(f"/proc/{process}/{name}", "rb").read(1)
            got.append((process, name))
        except OSError:
            pass
print(json.dumps(got))
"""


@pytest.fixture(scope="module")
def neighbour() -> Iterator[str]:
    """A user made for the test, and removed after it."""
    # (one that a killed run of these tests left behind)
    subprocess.run(["userdel", NEIGHBOUR], check=False, capture_output=True)
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", NEIGHBOUR], check=True)
    try:
        yield NEIGHBOUR
    finally:
        subprocess.run(["userdel", NEIGHBOUR], check=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a survey that only its owner may read, in a place that everybody reaches."""
    for folder in (*tmp_path.parents, tmp_path):
        if folder.stat().st_uid == os.geteuid() and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)
    for name in ("params", "data"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    for path in (tmp_path / "data").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return tmp_path


def tries(neighbour: str, paths: list[Path], processes: list[int]) -> list[list[str]]:
    """What the neighbour gets of files, sockets and processes."""
    import json

    sockets = [str(path) for path in paths if path.is_socket()]
    asked = {"paths": [str(p) for p in paths if p.is_file()], "sockets": sockets, "processes": processes}
    done = subprocess.run(
        ["runuser", "-u", neighbour, "--", "/usr/bin/env", "python3", "-c", textwrap.dedent(TRY)],
        input=json.dumps(asked), capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", [["run", "params/demo.yml"], ["batch", "params/demo.yml", "--workers", "1"]])
def test_a_neighbour_reads_writes_and_runs_nothing_of_a_command_at_work(neighbour, project, tmp_path, command):
    """All that lies in the folder of temporary files, the survey, every process and socket, ten times a second."""
    import psutil

    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o711)
    environment = {**os.environ, "TMPDIR": str(scratch)}
    at_work = subprocess.Popen([sys.executable, "-m", "jobreport", *command], cwd=project, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    survey, got, looked = list((project / "data" / "demo").iterdir()), [], 0
    try:
        while at_work.poll() is None:
            family = [at_work.pid, *(child.pid for child in psutil.Process(at_work.pid).children(recursive=True))]
            got += tries(neighbour, [*survey, *scratch.rglob("*")], family)
            looked += 1
            time.sleep(0.3)
    finally:
        at_work.kill()
        at_work.wait()
    assert at_work.returncode == 0
    assert looked > 5
    assert got == []
    assert list(scratch.iterdir()) == [], "nothing is left in the folder of temporary files"


def test_a_neighbour_who_may_not_write_is_told_so_in_words(neighbour, project):
    """The same program run by the neighbour in a project that is not theirs."""
    for path in (project / "data", project / "params", *(project / "data").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    where = ["runuser", "-u", neighbour, "--", "/usr/bin/env", f"PATH={os.environ['PATH']}", sys.executable]
    if subprocess.run([*where, "-c", "import jobreport"], cwd=project, capture_output=True, check=False).returncode:
        pytest.skip("the program lies where another user cannot read it")
    for command in (["run", "params/ishoej.yml"], ["batch", "params/ishoej.yml"]):
        done = subprocess.run([*where, "-m", "jobreport", *command], cwd=project, capture_output=True, text=True,
                              check=False)  # fmt: skip
        assert done.returncode == 2
        assert "kan ikke" in done.stderr
        assert "Uventet" not in done.stderr
