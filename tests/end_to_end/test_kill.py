"""Whatever stops a run, what lies in its folder is a whole report: the old one or the new one."""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.typed import Copy, clean, copied

POINTS = 50  # by each of four seeds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and permissions of POSIX systems"),
]


@pytest.fixture
def small(tmp_path) -> Copy:
    """A copy with two params files that write to one folder: `old` and `new` differ in their title."""
    copy = Copy(copied(tmp_path / "p"), {})
    values = yaml.safe_load((copy.root / "params" / "ishoej.yml").read_text(encoding="utf-8"))
    values |= {"name": "report", "registers": [], "events": [], "claims": None, "jobcentres": None}
    values["report_date"] = "2024-12-31"
    for title in ("old", "new"):
        text = yaml.safe_dump(values | {"title": title}, allow_unicode=True)
        (copy.root / "params" / f"{title}.yml").write_text(text, encoding="utf-8")
    return copy


def started(copy: Copy, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "jobreport", *words],
        cwd=copy.root,
        env=clean(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    """A small disk of its own under a folder, where this user may mount one."""
    folder.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", options, "none", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def whole(folder: Path) -> str:
    """Title of the report in a folder, once every file has been found to be what its manifest says."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    found.pop("manifest.json")
    assert found == manifest["outputs"]
    return manifest["params"]["title"]["da"]


def beside(folder: Path) -> list[str]:
    """What a run has left beside its folder; the lock file is empty and stays."""
    return sorted(
        path.name for path in folder.parent.iterdir() if path not in {folder, folder.with_name(".report.lock")}
    )


def kernels(copy: Copy) -> list[int]:
    """Processes that still work in the copy's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(copy.root):
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("seed", [2019, 2020, 2021, 2022])
def test_a_run_killed_at_any_moment_leaves_a_whole_report(seed, small):
    folder = small.output("report")
    assert small.run("run", "params/old.yml").returncode == 0
    lasts = min(_seconds(small, "new"), _seconds(small, "old"))  # (a machine that is busy for once would kill too late)
    chance = random.Random(seed)
    parts = [chance.uniform(0, 1) for _ in range(POINTS // 2)]
    parts += [chance.uniform(0.8, 1.1) for _ in range(POINTS // 2)]  # where files are exchanged
    published, killed = whole(folder), 0
    for number, part in enumerate(parts):
        title = ("old", "new")[number % 2]
        run, begun = started(small, "run", f"params/{title}.yml"), time.monotonic()
        try:
            run.wait(part * lasts)
            lasts = min(lasts, time.monotonic() - begun)  # the machine was busy when it was measured
        except subprocess.TimeoutExpired:
            run.kill()
        run.communicate()
        finished = run.returncode == 0
        killed += not finished
        if not folder.exists():  # killed between the two renamings: the old report lies beside, whole
            assert whole(folder.with_name(".report.old")) == published
            continue
        published = whole(folder)
        assert not finished or published == title
    assert killed > POINTS // 2
    assert small.run("run", "params/new.yml").returncode == 0
    assert whole(folder) == "new"
    assert beside(folder) == []
    time.sleep(5)  # a kernel looks every second whether its parent lives
    assert kernels(small) == []


def _seconds(small, title):
    begun = time.monotonic()
    assert small.run("run", f"params/{title}.yml").returncode == 0
    return time.monotonic() - begun


def test_two_runs_into_one_folder_do_not_mix(small):
    runs = [started(small, "run", f"params/{title}.yml") for title in ("old", "new")]
    said = [run.communicate()[0] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2], said
    assert whole(small.output("report")) in {"old", "new"}
    assert beside(small.output("report")) == []


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_an_interrupted_run_leaves_the_old_report_and_says_130(step, small):
    """As soon as it has told that a step begins: a moment later a short one may be over, and the report there."""
    assert small.run("run", "params/old.yml").returncode == 0
    run = started(small, "run", "params/new.yml")
    told = [run.stdout.readline() for _ in range(step)]
    run.send_signal(signal.SIGINT)
    said = [*told, run.communicate()[0]]
    assert run.returncode == 130, said
    assert whole(small.output("report")) == "old"
    assert beside(small.output("report")) == []


def test_a_disk_that_may_not_be_written_to_is_refused(small):
    with disk(small.root / "outputs", "ro"):
        done = small.run("run", "params/new.yml")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "outputs" in done.stdout + done.stderr


def test_a_full_disk_is_said_and_leaves_nothing(small):
    outputs = small.root / "outputs"
    with disk(outputs, "size=64k"):
        done = small.run("run", "params/new.yml")
        left = [path.name for path in outputs.iterdir() if path.name != ".report.lock"]
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert left == []


def test_a_kernel_that_dies_is_said_and_leaves_the_old_report(small):
    assert small.run("run", "params/old.yml").returncode == 0
    notebook = small.root / "notebooks" / "report.ipynb"
    cells = json.loads(notebook.read_text(encoding="utf-8"))
    last = next(cell for cell in reversed(cells["cells"]) if cell["cell_type"] == "code")
    last |= {"source": ["import os, signal\n", "os.kill(os.getpid(), signal.SIGKILL)"], "metadata": {}}
    notebook.write_text(json.dumps(cells), encoding="utf-8")
    done = small.run("run", "params/new.yml")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert whole(small.output("report")) == "old"


def test_an_unwritable_home_does_no_harm(small, tmp_path):
    nowhere = {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"}
    done = Copy(small.root, nowhere).run("run", "params/new.yml")
    assert done.returncode == 0, done.stdout + done.stderr
