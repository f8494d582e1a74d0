"""The program as it is installed from its wheel, in an empty folder: no file of the project is near."""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from pathlib import Path

import hatchling.build
import pytest

import jobreport
from tests.end_to_end.typed import PROJECT, Copy, typed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` builds."""
    made = tmp_path_factory.mktemp("dist")
    words = ("make", "-o", ".venv/.report", "dist", f"PY={sys.executable}", f"DIST={made}")
    done = typed(*words, folder=PROJECT, settings={})
    assert not done.returncode, done.stderr
    return made


def uv(*words: str, folder: Path) -> None:
    """Run uv; nothing is said where the registry cannot be reached."""
    done = typed(sys.executable, "-m", "uv", *words, folder=folder, settings={"UV_HTTP_RETRIES": "1"})
    if "Failed to fetch" in done.stderr or "error sending request" in done.stderr:
        pytest.skip("the registry of packages cannot be reached")
    assert not done.returncode, done.stderr


def test_wheel_and_archive_are_the_same_program(dist: Path, tmp_path: Path) -> None:
    archive, wheel = next(dist.glob("*.tar.gz")), next(dist.glob("*.whl"))
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    again = typed(sys.executable, "-m", "hatchling", "build", "-t", "wheel", folder=unpacked, settings={})
    assert not again.returncode, again.stderr
    assert (unpacked / "dist" / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_wheel_makes_a_report_in_a_fresh_environment(dist: Path, tmp_path: Path) -> None:
    uv("venv", "--python", sys.executable, "fresh", folder=tmp_path)
    interpreter = str(tmp_path / "fresh" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    into = ("pip", "install", "--python", interpreter)
    uv(*into, "--require-hashes", "-r", str(PROJECT / "requirements.lock"), folder=tmp_path)
    uv(*into, "--no-deps", str(next(dist.glob("*.whl"))), folder=tmp_path)
    uv("pip", "check", "--python", interpreter, folder=tmp_path)
    (tmp_path / "empty").mkdir()
    fresh = Copy(tmp_path / "empty", {}, interpreter)
    assert fresh.run("--version").stdout.strip().endswith(jobreport.__version__)
    for words in (["init", "--example"], ["run", "params/ishoej.yml"], ["verify", "outputs/ishoej"]):
        done = fresh.run(*words)
        assert not done.returncode, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """An empty folder on a machine where the wheel is installed."""
    site, empty = (tmp_path_factory.mktemp(name) for name in ("site", "empty"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        wheel = hatchling.build.build_wheel(str(site))
    with zipfile.ZipFile(site / wheel) as packed:
        packed.extractall(site)
    return Copy(empty, {"PYTHONPATH": str(site)})


@pytest.fixture(scope="module")
def example(installed: Copy) -> Copy:
    """The folder with the example in it."""
    assert not installed.run("init", "--example").returncode
    return installed


def test_what_needs_no_files_of_ones_own_works_in_an_empty_folder(installed: Copy, tmp_path: Path) -> None:
    empty = Copy(tmp_path, installed.settings)
    where = empty.python("-c", "import jobreport; print(jobreport.__file__)").stdout.strip()
    assert Path(where).is_relative_to(installed.settings["PYTHONPATH"])
    for words in (["published"], ["published", "-l", "en"], ["schema"], ["--help"], ["method"]):
        done = empty.run(*words)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*.pdf")) == ["method.pdf"]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", ["ishoej", "demo"])
def test_the_plain_road_gives_the_bytes_of_run(example: Copy, name: str, language: str) -> None:
    made = example.run("run", f"params/{name}.yml", "--language", language, "--out", f"outputs/{name}-{language}")
    assert not made.returncode, made.stderr
    notebook = Path(example.settings["PYTHONPATH"]) / "jobreport" / "shipped" / "notebooks" / "report.ipynb"
    out = f"{name}-{language}.ipynb"
    options = ("-f", f"params/{name}.yml", "-p", "language", language)
    assert not example.python("-m", "papermill", str(notebook), out, *options).returncode
    for kind in ("pdf", "html"):
        done = example.python("-m", "nbconvert", "--to", f"jobreport_{kind}", out)
        assert not done.returncode, done.stderr
        plain, run = example.root / f"{name}-{language}.{kind}", example.output(f"{name}-{language}")
        assert plain.read_bytes() == (run / f"report.{kind}").read_bytes()


def test_a_survey_of_ones_own_begins_in_an_empty_folder(installed: Copy, tmp_path: Path) -> None:
    own = Copy(tmp_path, installed.settings)
    rows = "runde,kommune,tilfreds\n" + "2024,Greve,Tilfreds\n2024,Greve,Utilfreds\n" * 40
    (tmp_path / "svar.csv").write_text(rows, encoding="utf-8")
    done = own.run("init", "svar.csv", "--name", "vores")
    assert not done.returncode, done.stderr
    there = sorted(path.name for path in (tmp_path / "params").iterdir())
    assert there == ["codebook.schema.json", "params.schema.json", "vores-codebook.yml", "vores.yml"]
    assert own.run("check", "params/vores.yml").returncode == 2  # nothing of it is confirmed yet
