"""What is installed is what pyproject.toml asks for and the locks fix, on every system the README names."""

import ast
import datetime
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import hatchling.build
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import jobreport
from jobreport.domain.shipped import EXAMPLE
from tests.house import statements
from tests.release import PLACES, entries, released

PROJECT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
LAB_ONLY = ("jobreport/desk/explore.py", "jobreport/desk/form/")  # a module and a package
SQL_ONLY = "jobreport/fetch/sql.py"
RUN, LAB, TEST = LOCKS = ("requirements.lock", "notebooks/requirements.lock", "tests/requirements.lock")
ASKED = {
    RUN: PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["build"],
    LAB: PYPROJECT["project"]["optional-dependencies"]["lab"],
    TEST: [line for extra in ("test", "sql") for line in PYPROJECT["project"]["optional-dependencies"][extra]],
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = ("x86_64-pc-windows-msvc", "x86_64-unknown-linux-gnu", "aarch64-apple-darwin")


@cache
def pins(lock: str) -> dict[str, list[Requirement]]:
    """Name -> its pins in a lock (several only if their markers exclude each other)."""
    found: dict[str, list[Requirement]] = {}
    for line in re.findall(r"^(\S+==[^\\\n]*)", (PROJECT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE):
        found.setdefault(canonicalize_name(Requirement(line).name), []).append(Requirement(line))
    return found


def here(requirement: Requirement, extras: tuple[str, ...] = ("",)) -> bool:
    """Whether a requirement's marker holds on the system that runs this test."""
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras)


def needed(asked: list[str]) -> set[str]:
    """Everything that these requirements pull in, read from what is installed."""
    assert absent() == {}, f"the locks are newer than this environment: pip install --require-hashes -r {RUN} -r {TEST}"
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in asked]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in found:
                continue
            found.add((name, extra))
            inner = [Requirement(text) for text in metadata.requires(name) or ()]
            waiting += [one for one in inner if here(one, (extra,))]
    return {name for name, _ in found}


def absent() -> dict[str, str]:
    """What is locked for a report or the tests, and is not installed here."""
    there = {canonicalize_name(found.name) for found in metadata.distributions()}
    locked = [pin for lock in (RUN, TEST) for found in pins(lock).values() for pin in found if here(pin)]
    return {pin.name: str(pin.specifier) for pin in locked if canonicalize_name(pin.name) not in there}


def tracked() -> list[Path]:
    """Files of the project as git has them; of a ZIP without git, nothing can be said."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("this copy of the project has no git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True).stdout
    return [PROJECT / name for name in listed.decode("utf-8").split("\0") if name and (PROJECT / name).is_file()]


def needs_lab(file: Path) -> bool:
    """Whether a module is used in JupyterLab or its form only, and may import what the extra 'lab' brings."""
    return file.relative_to(PROJECT).as_posix().startswith(LAB_ONLY)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_exact_versions_with_hashes_and_no_address(lock):
    text = (PROJECT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == sum(len(found) for found in pins(lock).values()) > 10
    for block in blocks:
        assert re.fullmatch(r"[a-z0-9.-]+==[^\s;]+( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", block)
    assert "://" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_pyproject_is_locked_at_a_version_it_allows(lock):
    for text in ASKED[lock]:
        asked = Requirement(text)
        locked = [pin for other in LOCKS for pin in pins(other).get(canonicalize_name(asked.name), [])]
        assert locked, text
        assert all(asked.specifier.contains(str(pin.specifier)[2:]) for pin in locked), text


def test_the_locks_agree_with_each_other():
    for name in set(pins(RUN)) & (set(pins(LAB)) | set(pins(TEST))) | set(pins(LAB)) & set(pins(TEST)):
        assert len({str(pin.specifier) for lock in LOCKS for pin in pins(lock).get(name, [])}) == 1, name


@pytest.mark.dear
def test_a_report_needs_exactly_what_its_lock_holds():
    locked = {name for name, found in pins(RUN).items() if any(here(pin) for pin in found)}
    assert needed(ASKED[RUN]) == locked


@pytest.mark.dear
def test_the_tests_need_exactly_what_their_lock_adds():
    locked = {name for lock in (RUN, TEST) for name, found in pins(lock).items() if any(here(pin) for pin in found)}
    assert needed(ASKED[RUN] + ASKED[TEST]) == locked


@pytest.mark.dear
def test_what_runs_here_is_what_is_locked():
    assert absent() == {}, f"the locks are newer than this environment: pip install --require-hashes -r {RUN} -r {TEST}"
    wrong = {
        name: metadata.version(name)
        for lock in (RUN, TEST)
        for name, found in pins(lock).items()
        for pin in found
        if here(pin) and not pin.specifier.contains(metadata.version(name))
    }
    assert wrong == {}


# The fuzzer has no wheel for every system, and what diff-diff said is kept: the files that import them say how.
BY_HAND = {"atheris", "diff_diff"}


@cache
def distributions() -> Mapping[str, list[str]]:
    """Name of a package as it is imported -> what brings it."""
    return metadata.packages_distributions()


def imports_of(file: Path) -> set[str]:
    """The packages that a file imports, anywhere in it."""
    nodes = list(statements(file.read_text(encoding="utf-8")))
    whole = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    parts = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in whole | parts}


@pytest.mark.parametrize(
    ("folder", "asked"),
    [("jobreport", ASKED[RUN]), ("jobreport", ASKED[RUN] + ASKED[LAB]), ("tests", ASKED[RUN] + ASKED[TEST])],
    ids=["report", "lab", "tests"],
)
@pytest.mark.dear
def test_every_package_that_is_imported_is_asked_for_by_name(folder, asked):
    brought_by = distributions()
    names = {canonicalize_name(Requirement(text).name) for text in asked}
    for_the_lab = asked == ASKED[RUN] + ASKED[LAB]
    files = [file for file in (PROJECT / folder).rglob("*.py") if needs_lab(file) == for_the_lab]
    files = [file for file in files if file != PROJECT / SQL_ONLY]
    assert files
    imported = {name for file in files for name in imports_of(file)}
    imported -= set(sys.stdlib_module_names) | {"jobreport", "tests"}
    own = {file.stem for file in (PROJECT / folder).rglob("*.py")} | BY_HAND
    unasked = {name for name in imported if names.isdisjoint(map(canonicalize_name, brought_by.get(name, [name])))}
    assert unasked <= own


def test_running_a_report_needs_nothing_of_jupyterlab():
    assert {"jupyterlab", "jupyter-server", "rfc3987-syntax"} & set(pins(RUN)) == set()
    assert {"jupyterlab", "ipywidgets", "rfc3987-syntax"} <= set(pins(LAB))


@pytest.mark.parametrize("first", ["jobreport", "jobreport.make.writing"])
@pytest.mark.dear
def test_running_a_report_beside_jupyterlab_does_not_import_what_it_brings(tmp_path, first):
    (tmp_path / "rfc3987_syntax.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {first}, papermill, nbconvert"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_conda_brings_python_and_the_locks_bring_the_rest():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == "jobreport"
    *conda, by_pip = environment["dependencies"]
    assert conda[1:] == ["pip"]
    assert conda[0].removeprefix("python=") in PYTHONS  # one of them, exactly: Binder reads no other form
    assert by_pip == {"pip": [f"-r {RUN}", f"-r {LAB}"]}


def test_the_declared_pythons_are_one_list():
    declared = re.findall(r"Python :: (3\.\d+)", "\n".join(PYPROJECT["project"]["classifiers"]))
    assert tuple(declared) == PYTHONS
    assert PYPROJECT["project"]["requires-python"] == f">={PYTHONS[0]}"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
@pytest.mark.dear
def test_every_locked_package_has_a_wheel(python, system, tmp_path):
    """Asks the registry; macOS 15 because pikepdf's wheels ask for that much. The newest Python lacks wheels first."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--python", sys.executable]
    command += ["--target", str(tmp_path), "--python-platform", system, "--python-version", python]
    command += ["--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", RUN, "-r", LAB]
    environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "15.0", "UV_HTTP_RETRIES": "1"}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if "Failed to fetch" in done.stderr or "Connection" in done.stderr:
        pytest.skip("the registry of packages cannot be reached")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
def test_pip_finds_every_wheel_for_windows(python, tmp_path):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--platform", "win_amd64"]
    command += ["--python-version", python, "--no-deps", "--require-hashes", "-r", RUN, "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.whl"))) >= len(needed(ASKED[RUN])) - 3  # pexpect, ptyprocess, appnope: never there


@pytest.mark.dear
def test_the_wheel_holds_every_file_of_the_package(tmp_path, monkeypatch):
    monkeypatch.chdir(PROJECT)
    with zipfile.ZipFile(tmp_path / hatchling.build.build_wheel(str(tmp_path))) as wheel:
        inside = {name for name in wheel.namelist() if name.startswith("jobreport/")}
    package = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "jobreport").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    carried = set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].values())
    assert inside == package | carried
    assert {f"jobreport/shipped/notebooks/{name}.ipynb" for name in ("report", "overview", "method")} <= carried
    assert {f"jobreport/shipped/{name}" for name in EXAMPLE} <= carried
    assert {"jobreport/py.typed", "jobreport/domain/municipalities.csv"} <= package


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == jobreport.__version__ == metadata.version("jobreport")
    assert entries((PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"))[jobreport.__version__] == str(
        citation["date-released"]
    ), "the version has no entry in CHANGELOG.md, or CITATION.cff another date: make release writes both"
    assert citation["license"] == PYPROJECT["project"]["license"] == "GPL-3.0-or-later"
    licence = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE\n                       Version 3" in licence


def test_the_changelog_says_nothing_twice():
    said = [line[:60] for line in (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if len(line) > 60]
    assert sorted(said) == sorted(set(said))


def test_a_release_changes_the_version_wherever_it_stands():
    old = {name: (PROJECT / name).read_text(encoding="utf-8") for name in PLACES}
    new = {name: released(name, text, "9.8.7", "2030-01-31") for name, text in old.items()}
    assert next(iter(entries(new["CHANGELOG.md"]).items())) == ("9.8.7", "2030-01-31")
    assert yaml.safe_load(new["CITATION.cff"]) == yaml.safe_load(old["CITATION.cff"]) | {
        "version": "9.8.7",
        "date-released": datetime.date(2030, 1, 31),
    }
    assert '__version__ = "9.8.7"' in new["jobreport/__init__.py"]
    with pytest.raises(SystemExit, match=r"CITATION\.cff has no line like"):
        released("CITATION.cff", "title: x", "9.8.7", "2030-01-31")


def test_the_source_archive_holds_what_the_wheel_is_made_of_and_nobodys_answers():
    chosen = PYPROJECT["tool"]["hatch"]["build"]["targets"]
    sources = set(chosen["wheel"]["force-include"])
    named = set(chosen["sdist"]["only-include"])
    assert sources <= named
    assert {name for name in named if (PROJECT / name).is_dir()} == {"jobreport"}
    assert named - sources <= {path.relative_to(PROJECT).as_posix() for path in tracked()} | {"jobreport"}


def test_no_file_names_a_machine_or_a_registry():
    private = ["/".join(parts) for parts in (("", "root", ""), ("", "home", ""), ("", "work", ""), ("", "opt", ""))] + [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
    ]
    found = [
        f"{path.relative_to(PROJECT)}: {word}"
        for path in tracked()
        for word in private
        if word.encode() in path.read_bytes()
    ]
    assert found == []
