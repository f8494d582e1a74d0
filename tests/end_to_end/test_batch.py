"""A batch as a user runs it: what is broken is told, what dies is done again, what is done is kept, and bytes agree."""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psutil
import pytest

from jobreport.domain.rules import SUPPRESS_AT_LEAST
from tests.end_to_end.typed import Copy, clean, copied

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals as on Linux and macOS")]

GOOD = ("183", "187", "461", "851")
MADE = (
    *("report.pdf", "report.html", "report.ipynb", "estimates.csv", "changes.csv", "diagnostics.csv", "tables.xlsx"),
    *("datapackage.json", "ro-crate-metadata.json"),
)
PATIENCE = 900  # seconds


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Copy:
    """A copy with a params file for each of four municipalities and three that are broken."""
    root = copied(tmp_path_factory.mktemp("batch") / "jobreport")
    demo = (root / "params" / "demo.yml").read_text(encoding="utf-8")
    for code in GOOD:
        _write(root, f"land-{code}", demo, code)
    _write(root, "land-825", demo, "825")  # nobody in Læsø has answered
    _write(root, "land-number", demo.replace("municipality_code: '183'", "municipality_code: 0153"), "")
    _write(root, "land-file", demo.replace("responses.parquet", "gone.parquet"), "183")
    return Copy(root, {})


def _write(root: Path, name: str, text: str, code: str) -> None:
    text = text.replace("name: demo", f"name: {name}")
    text = text.replace("municipality_code: '183'", f"municipality_code: '{code}'") if code else text
    (root / "params" / f"{name}.yml").write_text(text, encoding="utf-8", newline="\n")


def _command(project: Copy, *words: str, only: str = "land-*") -> list[str]:
    files = sorted(path.as_posix() for path in (project.root / "params").glob(f"{only}.yml"))
    return [sys.executable, "-m", "jobreport", "batch", *files, *words]


@pytest.fixture(scope="module")
def finished(project) -> Copy:
    """The batch after a worker was killed, after Ctrl-C, and after it was taken up again."""
    running = subprocess.Popen(
        _command(project, "--workers", "2"), cwd=project.root, env=clean(), preexec_fn=_hearing_ctrl_c
    )
    _until(lambda: _made(project) >= 1, running)
    _a_worker_of(running).kill()
    _until(lambda: _made(project) >= 2, running)
    running.send_signal(signal.SIGINT)
    assert running.wait(PATIENCE) == 130
    before = _stamps(project)
    resumed = project_run(project, "--workers", "2", "--resume")
    assert resumed.returncode == 4, resumed.stderr
    assert before.items() <= _stamps(project).items()  # what was made is not made again
    (project.root / "said.txt").write_text(resumed.stderr, encoding="utf-8")
    return project


def _hearing_ctrl_c() -> None:
    """What is started in the background of a shell would ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def project_run(project: Copy, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the batch to its end."""
    return subprocess.run(
        _command(project, *words), cwd=project.root, env=clean(), capture_output=True, encoding="utf-8", check=False,
        timeout=PATIENCE,
    )  # fmt: skip


def _until(reached, running: subprocess.Popen) -> None:
    for _ in range(10 * PATIENCE):
        if reached():
            return
        assert running.poll() is None, "the batch ended before its time"
        time.sleep(0.1)
    pytest.fail("the batch took too long")


def _a_worker_of(running: subprocess.Popen) -> psutil.Process:
    return psutil.Process(running.pid).children()[0]


def _made(project: Copy) -> int:
    return len(_stamps(project))


def _stamps(project: Copy) -> dict[str, int]:
    return {path.parent.name: path.stat().st_mtime_ns for path in project.root.glob("outputs/land-*/manifest.json")}


def test_every_good_report_is_there_and_every_broken_one_is_explained(finished):
    assert sorted(_stamps(finished)) == [f"land-{code}" for code in GOOD]
    said = (finished.root / "said.txt").read_text(encoding="utf-8")
    for words in ("der er ingen svar fra '825'", "0153", "gone.parquet"):
        assert words in said
    page = (finished.root / "outputs" / "index.html").read_text(encoding="utf-8")
    assert all(f'href="land-{code}/report.html"' in page for code in GOOD)
    assert "gone.parquet" in page


def test_nothing_half_made_is_left(finished):
    left = [path.name for path in (finished.root / "outputs").iterdir() if path.name.endswith((".new", ".old"))]
    assert left == []


def test_a_report_of_a_batch_is_the_report_of_a_run(finished, tmp_path):
    out = tmp_path / "alone"
    done = finished.run("run", "params/land-461.yml", "--out", str(out))
    assert done.returncode == 0, done.stderr
    batch = finished.output("land-461")
    assert {name: (out / name).read_bytes() == (batch / name).read_bytes() for name in MADE} == dict.fromkeys(
        MADE, True
    )


@contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of their own, on the loopback address."""
    dask = [sys.executable, "-m", "dask"]
    address = "tcp://127.0.0.1:18786"
    own = {"cwd": folder, "env": clean(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    place = ["--host", "127.0.0.1", "--port", "18786", "--no-dashboard"]
    started = [subprocess.Popen([*dask, "scheduler", *place], **own)]
    for _ in range(2):
        words = ["worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard"]
        started.append(subprocess.Popen([*dask, *words], **own))
    try:
        time.sleep(15)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(60)


def test_bytes_do_not_depend_on_who_did_the_work(finished, tmp_path):
    one = tmp_path / "one"
    assert project_run(finished, "--workers", "1", "--out", str(one), "--fresh-kernels").returncode == 4
    remote = tmp_path / "remote"
    with scheduler(finished.root) as address:
        done = project_run(finished, "--scheduler", address, "--out", str(remote))
    assert done.returncode == 4, done.stderr
    for code, name in itertools.product(GOOD, (*MADE, "manifest.json")):
        expected = (finished.output(f"land-{code}") / name).read_bytes()
        assert (one / f"land-{code}" / name).read_bytes() == expected, (code, name)
        assert (remote / f"land-{code}" / name).read_bytes() == expected, (code, name)


def test_the_reports_together_tell_no_more_than_one(finished, tmp_path):
    """An attacker lays all reports, the overview and both languages side by side and looks for a small count."""
    out = tmp_path / "english"
    assert project_run(finished, "--languages", "en", "--out", str(out)).returncode == 4
    folders = [
        p for place in (finished.root / "outputs", out) for p in place.iterdir() if (p / "manifest.json").exists()
    ]
    assert len(folders) >= 2 * (len(GOOD) + 1)
    keys = ["indicator", "measure", "category", "municipality_code", "wave", "group_by", "group"]
    tables = [pd.read_csv(folder / "estimates.csv", dtype=str, keep_default_na=False) for folder in folders]
    seen = pd.concat([table.drop(columns="municipality") for table in tables]).drop_duplicates()
    assert not seen.duplicated(keys).any()  # a figure hidden in one report is shown in none
    shown = seen[(seen["flag"] != "suppressed") & (seen["n"] != "")]
    assert shown["n"].astype(int).ge(SUPPRESS_AT_LEAST).all()
    tidy = pd.read_parquet(finished.root / "outputs" / "estimates.parquet")
    hidden = set(seen.loc[seen["flag"] == "suppressed", keys].itertuples(index=False, name=None))
    numbers = tidy[tidy["n"].notna()][keys].astype(str).itertuples(index=False, name=None)
    assert not hidden & set(numbers)


def test_a_file_is_fanned_out_over_the_municipalities_in_its_data(project, tmp_path):
    root = tmp_path / "few"
    shutil.copytree(project.root, root, ignore=shutil.ignore_patterns("outputs"))
    few = root / "data" / "demo" / "responses.parquet"
    answers = pd.read_parquet(few)
    answers[answers["municipality_code"].isin([*GOOD, "101"])].to_parquet(few, index=False)
    demo = root / "params" / "demo.yml"
    text = demo.read_text(encoding="utf-8").replace("invited: data/demo/invited.csv", "invited: null")
    demo.write_text(text, encoding="utf-8", newline="\n")
    fanned = Copy(root, {})
    words = ["batch", "params/demo.yml", "--each", "municipality", "--languages", "da,en"]
    done = fanned.run(*words)
    assert done.returncode == 0, done.stderr
    codes = sorted((*GOOD, "101"))
    names = {f"demo-{code}{language}" for code in codes for language in ("", "-en")} | {"overview", "overview-en"}
    assert {path.parent.name for path in fanned.root.glob("outputs/*/manifest.json")} == names
