"""The same input gives the same bytes, wherever, whenever and by whichever Python a report is made."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.end_to_end.typed import PROJECT, Copy, copied, danish, typed

SAME = (
    *("report.pdf", "report.html", "report.ipynb", "estimates.csv", "changes.csv", "diagnostics.csv", "tables.xlsx"),
    *("datapackage.json", "ro-crate-metadata.json"),
)
LOCK = PROJECT / "requirements.lock"
MACHINES = {
    "a second time": {},
    "in another time zone": {"TZ": "Pacific/Kiritimati"},
    "without a locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "with other hashes": {"PYTHONHASHSEED": "4711"},
    "with one thread": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    "in a small terminal": {"COLUMNS": "40", "LINES": "10", "TERM": "dumb"},
}

pytestmark = pytest.mark.slow


@pytest.fixture(params=["ishoej", "demo"])
def first(request) -> Path:
    """Folder of each report as it was made first."""
    return request.getfixturevalue(request.param).output(request.param)


def different(one: Path, other: Path) -> list[str]:
    """Names of the files that are not the same to the byte."""
    return [name for name in SAME if (one / name).read_bytes() != (other / name).read_bytes()]


def made(copy: Copy, name: str) -> Path:
    done = copy.run("run", f"params/{name}.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy.output(name)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_bytes_are_the_same(machine, first, tmp_path):
    again = made(Copy(copied(tmp_path / "p", first.parents[1]), MACHINES[machine]), first.name)
    assert different(first, again) == []
    assert (first / "manifest.json").read_bytes() == (again / "manifest.json").read_bytes()


def test_the_bytes_are_the_same_in_danish(first, tmp_path):
    again = made(Copy(copied(tmp_path / "p", first.parents[1]), danish(tmp_path, "UTF-8")), first.name)
    assert different(first, again) == []


def test_the_bytes_are_the_same_from_another_folder_into_another_folder(first, tmp_path):
    root = copied(tmp_path / "p", first.parents[1])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "jobreport", "run", str(root / "params" / f"{first.name}.yml"), "--out", "here"]
    done = typed(*command, folder=elsewhere, settings={"PYTHONPATH": str(root)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert different(first, elsewhere / "here") == []
    assert str(tmp_path) not in (elsewhere / "here" / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_the_bytes_are_the_same_for_a_user_who_shares_nothing(first, tmp_path):
    root = copied(tmp_path / "p", first.parents[1])
    command = [sys.executable, "-m", "jobreport", "run", f"params/{first.name}.yml"]
    done = typed(*command, folder=root, settings={}, umask=0o077)
    assert done.returncode == 0, done.stdout + done.stderr
    assert different(first, root / "outputs" / first.name) == []


def interpreter(version: str) -> str:
    """A Python of that version on this machine, or a skip."""
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions", Path("/usr/bin")]
    candidates = [shutil.which(f"python{version}"), *(str(p) for r in roots for p in r.rglob(f"bin/python{version}"))]
    for candidate in filter(None, candidates):
        said = typed(candidate, "-c", "import sys; print(sys.version)", folder=Path.cwd(), settings={})
        if said.returncode == 0 and said.stdout.startswith(version):
            return candidate
    pytest.skip(f"there is no Python {version} here")


@pytest.fixture(scope="module", params=["3.11", "3.12", "3.13", "3.14"])
def other_python(request, tmp_path_factory) -> str:
    """An environment made from the lock for another Python."""
    if request.param == f"{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip("this is the Python that made the first report")
    place = tmp_path_factory.mktemp(f"python{request.param}") / "venv"
    binary = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    base = interpreter(request.param)
    for command in (
        [sys.executable, "-m", "uv", "venv", "--python", base, str(place)],
        [sys.executable, "-m", "uv", "pip", "install", "--python", str(binary), "--require-hashes", "-r", str(LOCK)],
    ):
        done = typed(*command, folder=PROJECT, settings={})
        assert done.returncode == 0, done.stderr
    return str(binary)


def test_the_bytes_are_the_same_by_another_python(other_python, first, tmp_path):
    again = made(Copy(copied(tmp_path / "p", first.parents[1]), {}, other_python), first.name)
    assert different(first, again) == []
    then, now = (json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (first, again))
    assert {key for key in then if then[key] != now[key]} == {"python"}
