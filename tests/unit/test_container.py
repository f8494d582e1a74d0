"""The container and Binder, by reading what is written for them; built where podman or buildah and a base are found."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from jobreport.desk.form import server

PROJECT = Path(__file__).parents[2]
CONTAINERFILE = (PROJECT / "Containerfile").read_text(encoding="utf-8")
LINES = [line for line in CONTAINERFILE.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
STAGES = {part.split()[2]: part for part in re.split(r"^FROM ", CONTAINERFILE, flags=re.MULTILINE)[1:]}
# (buildah on a kernel with hybrid cgroups: BUILDAH_ISOLATION=chroot)
BASE = "JOBREPORT_BASE_IMAGE"  # environment variable: an image with Python 3.11 or newer, where none can be pulled


def test_nothing_but_the_wheel_and_the_locks_can_enter_the_container():
    rules = (PROJECT / ".containerignore").read_text(encoding="utf-8").split()
    assert rules[0] == "*"
    assert rules[1:] == ["!requirements.lock", "!notebooks/requirements.lock", "!dist/jobreport-*.whl"]
    copied = [word for line in LINES if line.startswith("COPY") for word in line.split()[1:-1]]
    assert set(copied) == {rule[1:] for rule in rules[1:]}


def test_what_is_installed_is_held_to_its_checksums_and_nothing_runs_as_root():
    for line in re.findall(r"pip install .*", CONTAINERFILE):
        assert "--require-hashes" in line or "--no-deps" in line
    for name in ("form", "report"):
        assert re.findall(r"^(USER|CMD) ?(\S+)", STAGES[name], flags=re.MULTILINE)[0] == ("USER", "jobreport")


def test_the_form_in_a_container_asks_for_a_token_that_no_file_holds():
    assert '"--host", "0.0.0.0"' in STAGES["form"]
    assert f"-e {server.GATE} " in CONTAINERFILE
    assert not re.search(rf"(ENV|ARG).*{server.GATE}", CONTAINERFILE)


def test_binder_finds_one_python_the_locks_and_the_program():
    """repo2docker reads one exact Python, stages the whole folder where pip names a file of it, runs postBuild."""
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    python, _, by_pip = environment["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", python)
    assert all(line.startswith("-r ") and (PROJECT / line[3:]).is_file() for line in by_pip["pip"])
    script = PROJECT / "postBuild"
    assert os.name == "nt" or os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert "--editable ." in script.read_text(encoding="utf-8")
    others = ("binder", ".binder", "Dockerfile", "requirements.txt", "runtime.txt", "Pipfile", "apt.txt")
    assert not [name for name in others if (PROJECT / name).exists()]  # each would be read instead, or as well


@pytest.mark.slow
@pytest.mark.parametrize("target", ["report", "form"])
def test_the_container_is_built(target, tmp_path):
    program = shutil.which("podman") or shutil.which("buildah")
    if program is None:
        pytest.skip("neither podman nor buildah here")
    for name in ("Containerfile", ".containerignore", "requirements.lock", "notebooks/requirements.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    words = ["make", "-o", ".venv/.report", "dist", f"PY={sys.executable}", f"DIST={tmp_path / 'dist'}"]
    subprocess.run(words, cwd=PROJECT, check=True, capture_output=True)
    base = ["--build-arg", f"BASE={os.environ[BASE]}"] if BASE in os.environ else []
    command = [program, "build", *base, "--target", target, "--tag", f"jobreport-{target}-test", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if re.search("pinging container registry|initializing source|Failed to establish a new connection", done.stderr):
        pytest.skip(f"no base image or no packages can be had here; {BASE} names an image that is here")
    assert not done.returncode, done.stderr[-2000:]
