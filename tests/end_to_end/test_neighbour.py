"""Another user of the machine, a real one: nothing of a run, a batch, the form or a kernel of JupyterLab is theirs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import psutil
import pytest

from jobreport.make.batch import cluster
from tests.end_to_end.typed import PROJECT

NEIGHBOUR = "jobreport-neighbour"
CANNOT = not hasattr(os, "geteuid") or os.geteuid() != 0 or not all(map(shutil.which, ("useradd", "runuser")))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CANNOT, reason="only root can make another user, by useradd and runuser"),
]
OPEN = "open.txt"  # which shows that the neighbour reaches the folder
OTHERS = {"matplotlib", "migrated", ".npm"}  # at home: the machine's fonts, that Jupyter has run, how npm started
TRY = """
import json, os, pathlib, socket, sys, urllib.request
class Same(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None
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
for address in asked["pages"]:
    try:
        with urllib.request.build_opener(Same).open(address, timeout=5) as page:
            got.append((address, page.status))
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
def project() -> Iterator[Path]:
    """A project with a survey that only its owner may read, in a place that everybody reaches.

    (Not in pytest's folder, which is its owner's alone again as soon as anybody begins another test.)
    """
    root = Path(tempfile.mkdtemp(prefix="n", dir="/tmp"))
    for name in ("params", "data"):
        shutil.copytree(PROJECT / name, root / name)
    for path in (root / "data").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    for folder in (root, root / "home", root / "scratch"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
    (root / OPEN).write_text("what everybody may read")
    (root / OPEN).chmod(0o644)
    yield root
    shutil.rmtree(root)


def tries(neighbour: str, paths: list[Path], processes: list[int], pages: Sequence[str] = ()) -> list[list[str]]:
    """What the neighbour gets of files, sockets and processes, and of pages without a token."""
    sockets = [str(path) for path in paths if path.is_socket()]
    asked = {"paths": [str(p) for p in paths if p.is_file()], "sockets": sockets, "processes": processes}
    asked |= {"pages": list(pages)}
    done = subprocess.run(
        ["runuser", "-u", neighbour, "--", "/usr/bin/env", "python3", "-c", textwrap.dedent(TRY)],
        input=json.dumps(asked), capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", [["run", "params/demo.yml"], ["batch", "params/demo.yml", "--workers", "1"]])
def test_a_neighbour_reads_writes_and_runs_nothing_of_a_command_at_work(neighbour, project, command):
    """All that lies in the folder of temporary files and at home, the survey, every process and socket, all along."""
    scratch, home = project / "scratch", project / "home"
    environment = {**os.environ, "TMPDIR": str(scratch), "HOME": str(home)}
    at_work = subprocess.Popen([sys.executable, "-m", "jobreport", *command], cwd=project, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    survey, got, looked = list((project / "data" / "demo").iterdir()), [], 0
    try:
        while at_work.poll() is None:
            family = [at_work.pid, *(child.pid for child in psutil.Process(at_work.pid).children(recursive=True))]
            got += tries(neighbour, [*survey, *scratch.rglob("*"), *kept(home), project / OPEN], family)
            looked += 1
            time.sleep(0.3)
    finally:
        at_work.kill()
        at_work.wait()
    assert at_work.returncode == 0
    assert looked > 5
    assert [each for each in got if each[0] != str(project / OPEN)] == []
    assert len(got) == looked, "the neighbour reaches the folder"
    assert list(scratch.iterdir()) == [], "nothing is left in the folder of temporary files"
    assert kept(home) == [], "nor at home: no history, no cache"


def kept(home: Path) -> list[Path]:
    """Files at home, but for those that never hold anything of a survey."""
    return [path for path in home.rglob("*") if path.is_file() and not OTHERS & {*path.parts}]


@pytest.fixture(scope="module")
def program(neighbour: str) -> Iterator[list[str]]:
    """Python with the same packages and the same program, as the neighbour can run it."""
    place = Path(tempfile.mkdtemp(prefix="n", dir="/tmp"))
    place.chmod(0o755)
    base, packages = Path(sys.base_prefix), Path(sysconfig.get_path("purelib"))
    python = base / "bin" / f"python3.{sys.version_info.minor}"
    if not may(neighbour, "-x", python):
        python = linked(base, place / "python", "site-packages", "test") / python.relative_to(base)
    if not may(neighbour, "-r", packages / "numpy"):
        packages = linked(packages, place / "packages")
    own = PROJECT if may(neighbour, "-r", PROJECT / "jobreport") else place
    if own == place:
        linked(PROJECT / "jobreport", place / "jobreport")
    settings = [f"PYTHONPATH={packages}:{own}", f"LD_LIBRARY_PATH={python.parents[1] / 'lib'}", "HOME=/tmp"]
    words = ["runuser", "-u", neighbour, "--", "/usr/bin/env", *settings, str(python)]
    subprocess.run([*words, "-c", "import distributed, jobreport"], cwd="/", check=True)
    yield words
    shutil.rmtree(place)


def may(neighbour: str, how: str, path: Path) -> bool:
    """Whether the neighbour may read a file or folder (-r) or run it (-x)."""
    return not subprocess.run(["runuser", "-u", neighbour, "--", "test", how, str(path)], check=False).returncode


def linked(folder: Path, to: Path, *without: str) -> Path:
    """The same folder where everybody can read it."""
    shutil.copytree(folder, to, symlinks=True, ignore=shutil.ignore_patterns(*without), copy_function=_linked)
    return to


def _linked(path: str, to: str) -> None:
    try:
        os.link(path, to, follow_symlinks=False)
    except OSError:  # (from another disk)
        shutil.copy2(path, to, follow_symlinks=False)


def test_a_neighbour_who_may_not_write_is_told_so_in_words(program, project):
    """The same program run by the neighbour in a project that is not theirs."""
    for path in (project, project / "data", project / "params", *(project / "data").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for command in (["run", "params/ishoej.yml"], ["batch", "params/ishoej.yml"]):
        done = subprocess.run([*program, "-m", "jobreport", *command], cwd=project, capture_output=True, text=True,
                              check=False)  # fmt: skip
        assert done.returncode == 2
        assert "mappen kan der ikke skrives til" in done.stderr
        assert "regner" not in done.stderr, "told before anything is computed"


RUN = """
import os, sys
from distributed import Client
print(Client(sys.argv[1], timeout=5, set_as_default=False).run_on_scheduler(os.getuid))
"""


def runs(program: list[str], address: str) -> str:
    """What the neighbour, who has the same packages, has a scheduler say of whose process it is."""
    done = subprocess.run([*program, "-c", RUN, address], cwd="/", capture_output=True, text=True, timeout=60,
                          check=False)  # fmt: skip
    return done.stdout.strip()


def test_a_neighbour_with_the_same_packages_runs_nothing_in_a_batch(program: list[str], tmp_path: Path) -> None:
    """In processes that take connections they would run what they like, as whose the batch is; a batch's take none."""
    import distributed  # (slow to import, and slow tests are collected by all)

    with cluster.hands(1, None, tmp_path) as own:
        own.submit(os.getpid)
        [done] = own.completed()
        assert [each for each in psutil.Process(done.result()).net_connections("all") if each.laddr] == []
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as unprotected:
        assert runs(program, unprotected.scheduler_address) == str(os.getuid())


def of_form(address: str) -> None:
    """Open the form, whose kernel then runs and says what it shows."""
    assert httpx.get(address, timeout=120).status_code == 200
    time.sleep(5)


def of_lab(address: str) -> None:
    """Start a kernel in JupyterLab; it says that it starts, and again."""
    place = re.sub("/lab.*", "/", address)
    with httpx.Client(base_url=place, headers={"Authorization": "token secret"}, timeout=120) as client:
        kernel = client.post("api/kernels", json={"name": "python3"}).raise_for_status().json()["id"]
        for _ in range(3):
            client.post(f"api/kernels/{kernel}/restart").raise_for_status()
            time.sleep(1)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder of temporary files whose name is short, as the path of a socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="n", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


SERVERS = {
    "form": (["jobreport", "form", "--no-browser"], of_form),
    "lab": (["jupyterlab", "--no-browser", "--allow-root", "--port=18799", "--IdentityProvider.token=secret"], of_lab),
}


@pytest.mark.parametrize("server", SERVERS)
def test_a_neighbour_reads_hears_and_runs_nothing_of_kernels_that_are_served(
    neighbour: str, project: Path, tmp_path: Path, scratch: Path, server: str
) -> None:
    """Files, processes and sockets as of a command, and pages without the token.

    Kernels publish what they show to whoever hears their port: they have sockets in a folder of their user's instead.
    """
    pytest.importorskip("voila" if server == "form" else "jupyterlab", reason="JupyterLab's packages are not installed")
    words, use = SERVERS[server]
    home = project / "home"
    shutil.copytree(PROJECT / "notebooks", project / "notebooks")
    own = {"TMPDIR": str(scratch), "HOME": str(home), "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    own["JUPYTER_RUNTIME_DIR"] = str(scratch / "jupyter")
    own["JUPYTER_CONFIG_PATH"] = str(PROJECT / "notebooks" / ".jupyter")
    log = tmp_path / "log"
    with log.open("wb") as file:
        at_work = subprocess.Popen([sys.executable, "-m", *words], cwd=project, env={**os.environ, **own},
                                   stdout=file, stderr=file)  # fmt: skip
    got: list[list[str]] = []
    try:
        address = _address(log, at_work)
        used = threading.Thread(target=_used, args=(use, address, failures := []))
        used.start()
        port = int(re.search(r":(\d+)/", address)[1])  # type: ignore[index]
        pages = [
            f"http://127.0.0.1:{port}/{page}" for page in ("", "api/kernels", "lab", "voila/static/x", "files/data")
        ]
        told, looked = [], 0
        while used.is_alive() or looked < 3:
            family = [at_work, *psutil.Process(at_work.pid).children(recursive=True)]
            files = [*(path for place in (scratch, project / "data") for path in place.rglob("*")), *kept(home)]
            told += [json.loads(path.read_text()) for path in scratch.rglob("kernel-*.json")]
            got += tries(neighbour, [*files, project / OPEN], [each.pid for each in family], pages)
            looked += 1
        used.join()
    finally:
        for each in (*psutil.Process(at_work.pid).children(recursive=True), at_work):
            each.kill()
        at_work.wait()
    assert failures == []
    assert {each["transport"] for each in told} == {"ipc"}
    assert [each for each in got if each[0] != str(project / OPEN)] == []
    assert len(got) == looked, "the neighbour reaches the folder"


def _address(log: Path, at_work: subprocess.Popen[bytes]) -> str:
    for _ in range(240):
        said = log.read_text(encoding="utf-8", errors="replace")
        if found := re.search(r"http://127\.0\.0\.1:\d+/\S*\?token=\S+", said):
            return found[0]
        assert at_work.poll() is None, said
        time.sleep(0.5)
    raise AssertionError("the server did not answer")


def _used(use: Callable[[str], None], address: str, failures: list[Exception]) -> None:
    time.sleep(2)
    try:
        use(address)
    except Exception as failure:
        failures.append(failure)
